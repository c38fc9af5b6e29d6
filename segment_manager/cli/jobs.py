"""Jobs on the command line: progress on stderr where somebody looks, and the computations that a change queued.

Stands apart because imports, scans, edits and the lifecycle verbs all end in the same computations.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from segment_manager.cli.output import note, tame
from segment_manager.domain.changes import Progress

if TYPE_CHECKING:
    from segment_manager.operations.computation import Computed
    from segment_manager.operations.jobs import Job
    from segment_manager.storage.workspace import Workspace

Result = TypeVar("Result")

_CLEAR = "\r\x1b[K"
_MOST_TOLD = 20


def run(job: Job[Result]) -> Result:
    """Run a job to its end, showing its progress on a terminal alone."""
    from segment_manager.operations.jobs import finish

    if not sys.stderr.isatty():
        return finish(job)
    try:
        return finish(job, _show)
    finally:
        sys.stderr.write(_CLEAR)
        sys.stderr.flush()


def _show(progress: Progress) -> None:
    of = "" if progress.total is None else f" of {progress.total:,}"
    sys.stderr.write(f"{_CLEAR}{tame(progress.text)[:60]} {progress.done:,}{of}")
    sys.stderr.flush()


def computed_rows(outcomes: Iterable[Computed]) -> list[dict[str, object]]:
    """Computations as JSON tells them; `error` stands there only where one failed."""
    return [
        {
            "name": each.name,
            "members": each.members,
            "joined": each.joined,
            "left": each.left,
            "seconds": round(each.seconds, 3),
            **({"error": each.error} if each.error else {}),
        }
        for each in outcomes
    ]


def compute_quietly(workspace: Workspace, ids: Iterable[int], cause: str) -> list[dict[str, object]]:
    """Compute what a change left out of date; a segment that fails is told on stderr and keeps its former members."""
    from segment_manager.operations.computation import compute

    wanted = sorted(ids)
    if not wanted:
        return []
    outcomes = run(compute(workspace, wanted, cause=cause))
    failed = [each for each in outcomes if each.error]
    for each in failed[:_MOST_TOLD]:
        note(f"“{each.name}” was not computed: {each.error}")
    if len(failed) > _MOST_TOLD:
        more = f"{len(failed) - _MOST_TOLD:,} more were not computed"
        note(f"And {more}. “segments list --format json” tells of each segment whether its rule is broken.")
    return computed_rows(outcomes)


def outcome_lines(computed: Sequence[dict[str, object]]) -> list[str]:
    """What was computed, for people: a line each, or one for many."""
    done = [row for row in computed if "error" not in row]
    if len(done) > 10:
        return [f"Computed {len(done):,} segments."]
    return [
        f"Computed “{row['name']}”: {row['joined']:,} joined, {row['left']:,} left; members now: {row['members']:,}."
        for row in done
    ]
