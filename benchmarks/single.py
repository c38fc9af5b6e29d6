"""An action on one segment among very many, which should not feel the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from benchmarks import data
from benchmarks.measure import Benchmark, Goal, Result, Run, Way, compare
from segment_manager.domain.plans import Action
from segment_manager.domain.rules import from_json
from segment_manager.operations import history, segments
from segment_manager.storage.workspace import Workspace

_MOMENT = Goal("value", 250)  # milliseconds


def single(run: Run) -> Iterator[Result]:
    """Making a segment, saving another rule, copying, and undoing each of them."""
    workspace = data.opened(data.copied(data.with_segments(run.file("listed"), run.size, references=1), "single"))
    # no records, and so no fields: all would count as broken, and be looked at with each change
    workspace.connection.execute("UPDATE segment_result SET missing = '[]'")
    numbers = count(1)

    def create() -> None:
        segments.create(workspace, data.TYPE, f"New {next(numbers)}", from_json('{"everything": true}'))

    def edit() -> None:
        text = '{"not": {"everything": true}}' if next(numbers) % 2 else '{"everything": true}'
        segments.edit(workspace, run.size + 1, rule=from_json(text))

    def copy() -> None:
        segments.carry_out(workspace, segments.plan(workspace, Action.CLONE, [run.size + 1]))

    for name, work in (("create", create), ("save a rule", edit), ("copy", copy)):
        yield _told(run, workspace, f"one segment: {name}", work, None)
        yield _told(run, workspace, f"one segment: undo {name}", lambda: history.undo(workspace), work)
    workspace.close()


def _told(
    run: Run, workspace: Workspace, name: str, work: Callable[[], object], before: Callable[[], object] | None
) -> Result:
    def prepare() -> None:
        if before is not None:
            before()
        workspace.tidy()

    return compare(run, name, _MOMENT, ours=Way(work, prepare))


BENCHMARKS = (Benchmark("single", single, sizes=(1_000_000,)),)
