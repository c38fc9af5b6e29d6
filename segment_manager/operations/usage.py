"""Usage: which assets use which segments, reuse, and the scan for unused segments.

Stands apart because usage decides over the status of segments without a person asking, so it must do it in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from segment_manager.domain.changes import Change, Progress
from segment_manager.domain.plans import Action, Named, Plan
from segment_manager.domain.usage_mapping import UsageMapping
from segment_manager.operations.import_report import ImportReport
from segment_manager.operations.jobs import Job
from segment_manager.operations.row_files import report_on, told
from segment_manager.operations.usage_file import UsageFacts, read_usage
from segment_manager.storage import membership, queries, usage_rows
from segment_manager.storage import scan as scanning
from segment_manager.storage.change import OpenChange
from segment_manager.storage.workspace import Workspace

CLOCK_SLACK = timedelta(minutes=5)
"""How far before the last activity the clock may stand. Computers that share a workspace differ by seconds, and a clock
that is set right jumps by a few minutes at most; more is a clock that is wrong."""

CLOCK_LEAP = timedelta(days=400)
"""How far after the last activity the clock may stand. A year and a month: a workspace opened once a year is still
scanned, while a clock that lost its battery or was set to a wrong year is not believed. Even if such a date is right,
the known usage is more than a year old, and what it says of today is no ground to set anything aside."""


def import_usage(
    workspace: Workspace,
    path: Path,
    *,
    mapping: UsageMapping | None = None,
    complete: bool = False,
    dry_run: bool = False,
    skip_bad_rows: bool = False,
) -> Job[ImportReport]:
    """Bring in assets and their references from a usage file (CSV, XLSX, JSON lines); a job, one transaction.

    What `mapping` does not say of the file is found out. With `complete` the file holds all there is: what it does not
    hold, not even in a bad row, is ended; of a file of one asset type only assets of that type. Reuse and, unless the
    workspace turned it off, the scan follow in the same step. Raises FileUnreadable, InvalidMapping, ImportRefused,
    NotPermitted.
    """
    workspace.check_permission("import usage")
    yield Progress(0, None, f"Reading {path.name}")
    facts = read_usage(workspace, path, mapping)
    report = report_on(path, facts.read, facts.bad_rows, facts.columns, skip_bad_rows=skip_bad_rows, dry_run=dry_run)
    report.notes = facts.notes
    yield Progress(facts.read, facts.read, f"Storing {len(facts.references):,} references")
    with workspace.change("import usage", None if dry_run else f"import of usage from “{path.name}”") as change:
        tally, outcome = _store(workspace, change, facts, complete=complete, source=path.name)
        undo_label = change.undo_label
        if dry_run:
            change.take_back()
    if dry_run:
        return told(report, tally, None)
    ids = outcome.changed
    return told(
        report,
        tally,
        Change(
            outcome.message,
            changed=ids,
            undo_label=undo_label,
            everything=True,
            to_compute=frozenset(queries.stale_ids(workspace, ids)),
        ),
    )


def _store(
    workspace: Workspace, change: OpenChange, facts: UsageFacts, *, complete: bool, source: str
) -> tuple[usage_rows.Tally, Change]:
    doubt = clock_doubt(workspace)  # before this import's own activity
    usage_rows.remember_live(change)
    tally = usage_rows.store_usage(change, facts.assets, facts.references)
    ended = 0
    if complete:
        ended = usage_rows.end_what_is_not_in(
            change, facts.assets, facts.references, workspace.zone, only=facts.only, spared=facts.in_bad_rows
        )
    effects = settle(workspace, change, doubt)
    after = {"source": source, "added": tally.added, "updated": tally.updated, "ended": ended, "complete": complete}
    change.log(after=after)
    said = f"Imported usage: {tally.added:,} references added, {tally.updated:,} updated."
    changed = {each.segment_id for each in facts.references} | effects.touched
    return tally, Change(" ".join([said, *effects.sentences]), changed=frozenset(changed))


class Effects(NamedTuple):
    """What followed from a change of usage: the segments whose status it changed, and a sentence for each kind."""

    touched: frozenset[int]
    sentences: tuple[str, ...]


def settle(workspace: Workspace, change: OpenChange, doubt: str | None) -> Effects:
    """Draw the consequences of usage that changed since `usage_rows.remember_live`.

    Notes what was lost, makes reused segments Active, connects members to sequences that are live now, takes back what
    was marked unused earlier today and was in use, and marks unused segments unless the workspace turned that off.
    `doubt`: clock_doubt before this change's own activity.
    """
    usage_rows.note_lost(change, workspace.zone)
    revived = usage_rows.revived(change)
    usage_rows.reactivate(change, revived)
    membership.connect_fresh(change, usage_rows.newly_live_segments(change))
    taken_back = scanning.weigh_again(workspace, change)
    marked: list[int] = []
    sentences = []
    if revived:
        sentences.append(reuse_told(revived))
    if taken_back:
        sentences.append(
            f"{_segments(len(taken_back))} marked unused earlier today and in use after all: Active again."
        )
    if workspace.setting("auto_scan"):
        if doubt is None:
            marked = scanning.mark_unused(workspace, change, int(str(workspace.setting("grace_days"))))
        if marked:
            sentences.append(f"{_segments(len(marked))} marked unused.")
        if doubt:
            sentences.append(doubt)
    touched = {*marked, *taken_back, *(each.segment_id for each in revived)}
    return Effects(frozenset(touched), tuple(sentences))


def reuse_told(revived: Sequence[usage_rows.Revived]) -> str:
    """Which segments are Active again, and which asset did it, for a person."""
    first = revived[0]
    also = f" and {len(revived) - 1:,} more" if len(revived) > 1 else ""
    return f"Active again: “{first.name}” (“{first.asset_name}” began to use it){also}."


def clock_doubt(workspace: Workspace) -> str | None:
    """Why the scan does not believe the clock, for a person; None where it does, or where it is told a time gone by.

    The scan counts days, so a clock that jumped would set everything aside at once. It is held against the newest
    activity: see CLOCK_SLACK and CLOCK_LEAP.
    """
    newest = queries.activity(workspace, limit=1)
    if not newest:
        return None
    now, last, zone = workspace.now(), newest[0].at, workspace.zone
    if (last - CLOCK_SLACK <= now or workspace.time_told) and now <= last + CLOCK_LEAP:
        return None
    if now < last:
        distance = f"before the last activity here, which was at {last.astimezone(zone):%Y-%m-%d %H:%M}"
    else:
        distance = f"{(now - last).days:,} days after the last activity here"
    return (
        f"Nothing was marked unused: the clock says {now.astimezone(zone):%Y-%m-%d %H:%M}, {distance}. Check the date"
        " of this computer. If it is right, import the current usage or make any other change, then scan again."
    )


def plan_scan(workspace: Workspace, grace_days: int | None = None) -> Plan:
    """What a scan would mark unused now, with the workspace's grace period or another (days).

    Nothing where the clock is not believed; clock_doubt says why.
    """
    grace = _grace(workspace, grace_days)
    with workspace.snapshot():
        if clock_doubt(workspace):
            return Plan(Action.SCAN, grace_days=grace)
        found = tuple(Named(*each) for each in scanning.unused_segments(workspace, grace))
        with queries.chosen_ids(workspace, (each.id for each in found)) as chosen:
            return Plan(
                Action.SCAN,
                will_do=found,
                sequences=queries.linked_sequences(workspace, chosen, count_new=False),
                used_by_sequences=queries.used_by_sequences(workspace, chosen),
                active=len(found),
                members_kept=queries.member_total(workspace, chosen),
                connections_kept=queries.connection_total(workspace, chosen),
                grace_days=grace,
            )


def unused_number(workspace: Workspace) -> int:
    """How many segments plan_scan would name."""
    with workspace.snapshot():
        return 0 if clock_doubt(workspace) else scanning.unused_number(workspace, _grace(workspace, None))


def scan(workspace: Workspace, grace_days: int | None = None, stop: Callable[[], bool] = lambda: False) -> Change:
    """Mark the unused segments Inactive, reason unused, in one undoable step. Raises NotPermitted, and Cancelled soon
    after `stop` says so, with all as it was.

    Marks nothing, and says why, where the clock is not believed (clock_doubt).
    """
    with workspace.stopping(stop), workspace.change("scan") as change:
        doubt = clock_doubt(workspace)
        if doubt:
            return Change(doubt)
        change.undo_label = "marking of unused segments"
        change.record_undo()
        marked = scanning.mark_unused(workspace, change, _grace(workspace, grace_days))
    if not marked:
        return Change("No segment is unused.")
    return Change(f"{_segments(len(marked))} marked unused.", changed=frozenset(marked), undo_label=change.undo_label)


def _grace(workspace: Workspace, grace_days: int | None) -> int:
    return int(str(workspace.setting("grace_days"))) if grace_days is None else grace_days


def _segments(count: int) -> str:
    return "1 segment was" if count == 1 else f"{count:,} segments were"
