"""A segment over time: its count, its members on a past day, the versions of its rule.

Stands apart because these look back, at what computations and activity log kept; only `use_version_again` changes
something, and it does so as an edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from segment_manager.domain.changes import Change
from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.records import RecordType
from segment_manager.domain.rule_difference import Difference, differences
from segment_manager.domain.rules import InSegment, Rule, from_json, rename_segments, segments_used, to_json, walk
from segment_manager.domain.segments import folded_name
from segment_manager.operations.segments import edit
from segment_manager.storage import queries
from segment_manager.storage.queries import ActivityEntry, ComputationEntry, MemberPage, MembersThen, Move
from segment_manager.storage.workspace import Workspace

_BY_HISTORY = frozenset({"undo", "redo"})


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One rule that a segment had: the `number`-th, from `at` on, through what `who` did; `current`: it has it now.

    `seq`: the row of the activity log that tells so.
    """

    number: int
    at: datetime
    who: str
    action: str
    rule_json: str
    current: bool = False
    seq: int = 0


def count_over_time(workspace: Workspace, segment_id: int) -> list[ComputationEntry]:
    """Every computation of a segment, oldest first: when, why, how many members then, who joined and left."""
    return queries.computations(workspace, segment_id, limit=-1)[::-1]


def members_on(
    workspace: Workspace, segment_id: int, day: date, *, offset: int = 0, limit: int = 200, search: str = ""
) -> MembersThen | None:
    """A stretch of those who were members at the end of a day; None where the segment was not computed by then."""
    return queries.members_on(workspace, segment_id, day, offset=offset, limit=limit, search=search)


def moved_members(
    workspace: Workspace, computation_id: int, move: Move, *, offset: int = 0, limit: int = 200, search: str = ""
) -> MemberPage:
    """A stretch of those who joined or left in one computation, with the values their records have now."""
    return queries.moved_members(workspace, computation_id, move, offset=offset, limit=limit, search=search)


def rule_versions(workspace: Workspace, segment_id: int) -> list[RuleVersion]:
    """The rules a segment has had, newest first, from the activity log. Raises UnknownSegment.

    Undo and redo log no rule; what they put back is seen from the next rule, or from the one of now, and stands under
    the last of them.
    """
    with workspace.snapshot():
        detail = queries.segment_detail(workspace, segment_id)
        log = queries.segment_log(workspace, segment_id)
    summary = detail.summary
    made = ActivityEntry(0, summary.created_at, detail.created_by, "create", (summary.name,), {}, {})
    found: list[tuple[ActivityEntry, str]] = []
    put_back: ActivityEntry | None = None
    for entry in log:
        was, is_now = _rule(entry.before), _rule(entry.after)
        if is_now is None:
            put_back = entry if entry.action in _BY_HISTORY else put_back
            continue
        if was is not None:
            _add(found, (put_back or log[0]) if found else _beginning(log, entry, made), was)
        _add(found, entry, is_now)
        put_back = None
    _add(found, put_back or (log[-1] if found else log[0] if log else made), detail.rule_json)
    return [
        RuleVersion(number, entry.at, entry.who, entry.action, rule, number == len(found), entry.seq)
        for number, (entry, rule) in enumerate(found, 1)
    ][::-1]


def _rule(values: dict[str, object]) -> str | None:
    rule = values.get("rule")
    return rule if isinstance(rule, str) else None


def _beginning(log: Sequence[ActivityEntry], entry: ActivityEntry, made: ActivityEntry) -> ActivityEntry:
    """What gave a segment the rule it had before its first change: its creation, or cloning."""
    return log[0] if log[0] is not entry else made


def _add(found: list[tuple[ActivityEntry, str]], entry: ActivityEntry, rule: str) -> None:
    if not found or _canonical(found[-1][1]) != _canonical(rule):
        found.append((entry, rule))


def _canonical(rule: str) -> str:
    try:
        return to_json(from_json(rule))
    except InvalidRule:  # of a later version of the program
        return rule


def version_difference(older: str, newer: str, record_type: RecordType) -> tuple[Difference, ...]:
    """What differs between two rules as JSON, in words; () where they say the same. Raises InvalidRule."""
    return differences(from_json(older), from_json(newer), record_type)


def use_version_again(workspace: Workspace, segment_id: int, version: RuleVersion) -> Change:
    """Give a segment a rule it had before, as an edit; segments that the rule refers to are called as they are now.

    Raises what `edit` raises; InvalidRule also where the rule refers to what is gone since.
    """
    rule = from_json(version.rule_json)
    with workspace.snapshot():
        summary = queries.segment_detail(workspace, segment_id).summary
        names = queries.present_names(workspace, summary.record_type_id, segments_used(rule), version.seq)
    _refuse_what_is_gone(rule, names)
    change = edit(workspace, segment_id, rule=rename_segments(rule, names))
    renamed = [
        f"“{then}” is called “{names[folded_name(then)]}” now."
        for then in sorted(segments_used(rule))
        if folded_name(then) != folded_name(names[folded_name(then)])
    ]
    return change._replace(message=" ".join([change.message, *renamed]))


def _refuse_what_is_gone(rule: Rule, names: Mapping[str, str]) -> None:
    gone = [
        (path, f"The segment “{node.segment}” was deleted since.")
        for path, node, _ in walk(rule)
        if isinstance(node, InSegment) and folded_name(node.segment) not in names
    ]
    if gone:
        way_on = "Bring it back from a backup, or edit the rule and refer to another segment."
        raise InvalidRule([*gone[:-1], (gone[-1][0], f"{gone[-1][1]} {way_on}")])
