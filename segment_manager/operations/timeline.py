"""A segment over time: its count, its members on a past day, the versions of its rule.

Stands apart because these look back, at what computations and activity log kept; only `use_version_again` changes
something, and it does so as an edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from segment_manager.domain.changes import Change
from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.records import RecordType
from segment_manager.domain.rule_difference import Difference, differences
from segment_manager.domain.rules import Rule, from_json, to_json
from segment_manager.operations.segments import edit
from segment_manager.storage import queries
from segment_manager.storage.queries import ActivityEntry, ComputationEntry, MembersThen
from segment_manager.storage.workspace import Workspace

_BY_HISTORY = frozenset({"undo", "redo"})


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One rule that a segment had: the `number`-th, from `at` on, through what `who` did; `current`: it has it now."""

    number: int
    at: datetime
    who: str
    action: str
    rule_json: str
    current: bool = False


def count_over_time(workspace: Workspace, segment_id: int) -> list[ComputationEntry]:
    """Every computation of a segment, oldest first: when, why, how many members then, who joined and left."""
    return queries.computations(workspace, segment_id, limit=-1)[::-1]


def members_on(
    workspace: Workspace, segment_id: int, day: date, *, offset: int = 0, limit: int = 200, search: str = ""
) -> MembersThen | None:
    """A stretch of those who were members at the end of a day; None where the segment was not computed by then."""
    return queries.members_on(workspace, segment_id, day, offset=offset, limit=limit, search=search)


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
        RuleVersion(number, entry.at, entry.who, entry.action, rule, number == len(found))
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


def use_version_again(workspace: Workspace, segment_id: int, version: RuleVersion | Rule) -> Change:
    """Give a segment a rule it had before, as an edit. Raises what `edit` raises; InvalidRule also where the rule
    refers to what is gone since."""
    rule = from_json(version.rule_json) if isinstance(version, RuleVersion) else version
    return edit(workspace, segment_id, rule=rule)
