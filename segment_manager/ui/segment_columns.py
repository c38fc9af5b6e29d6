"""The columns of the segment table: one row of a table each, with title, text, sort key and tooltip.

Stands apart so that a new column is one entry here and nothing else.
"""

# Annotations are evaluated here, not kept as texts: each text of a named tuple's field is compiled at every start.

from array import array
from collections.abc import Callable
from datetime import datetime, tzinfo
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from segment_manager.domain.segments import Reason, SegmentSummary, Status
from segment_manager.storage.queries import PlainSummary
from segment_manager.ui import wording

if TYPE_CHECKING:
    from segment_manager.ui.segment_rows import SegmentRows


class Column:
    """The places of the columns."""

    CHECK = 0
    NAME = 1
    RECORD_TYPE = 2
    STATUS = 3
    MEMBERS = 4
    SEQUENCES = 5
    USED_BY = 6
    LAST_USED = 7
    MODIFIED = 8
    COMPUTED = 9


class Seen:
    """What a text depends on beside its segment: the time, the zone and the record types' names."""

    def __init__(self, now: datetime, zone: tzinfo, record_types: dict[int, str]) -> None:
        self.now = now
        self.zone = zone
        self.record_types = record_types


class Spec(NamedTuple):
    """One column. `key` gives what rows are sorted by; `hint` the tooltip of a cell, `about` that of the header."""

    title: str
    text: Callable[[SegmentSummary, Seen], str]
    key: Callable[[PlainSummary], Any]
    hint: Callable[[SegmentSummary, Seen], str]
    about: str
    width: int
    right: bool = False
    shown: bool = True


_LONG_AGO, _FUTURE = "", "~"  # before and after every stamp
_ORDER = {None: "1", "deactivated": "1", "unused": "2", "not activated": "3"}


def _at(*fields: str) -> Callable[[PlainSummary], Any]:
    """What a plain row holds for these fields; keys are asked of a million rows, without making summaries of them."""
    return itemgetter(*map(SegmentSummary._fields.index, fields))


_status, _used = _at("status", "reason", "since"), _at("last_used", "live_references", "rule_uses")
_BITS = 12
_MOST = (1 << _BITS) - 1
_uses = _at("live_references", "rule_uses", "draft_references", "analytics_references", "ended_references")
_members, _computed_at = _at("members"), _at("computed_at")


def _status_key(row: PlainSummary) -> str:
    """Active, deactivated, unused, not activated, each by its time; one text sorts three times as fast as a pair."""
    status, reason, since = _status(row)
    return f"{'0' if status == 'active' else _ORDER[reason]}{since}"


def _last_used_key(row: PlainSummary) -> str:
    when: str | None
    when, live, rules = _used(row)
    if when is not None:
        return when
    return _FUTURE if live or rules else _LONG_AGO


def _used_by_key(row: PlainSummary) -> int:
    """Live uses first, then those of rules, drafts, reports, and ended ones; as one number, for the same reason."""
    live, rules, drafts, reports, ended = numbers = _uses(row)
    if live | rules | drafts | reports | ended > _MOST:
        live, rules, drafts, reports, ended = (min(number, _MOST) for number in numbers)
    key: int = (((live << _BITS | rules) << _BITS | drafts) << _BITS | reports) << _BITS | ended
    return key


def _members_key(row: PlainSummary) -> int:
    members: int | None = _members(row)
    return -1 if members is None else members


def _name_hint(summary: SegmentSummary, seen: Seen) -> str:
    lines = [summary.name]
    if summary.description:
        lines.append(summary.description)
    if summary.tags:
        lines.append("Tags: " + ", ".join(summary.tags))
    return "\n".join(lines)


def _status_hint(summary: SegmentSummary, seen: Seen) -> str:
    lines = [f"{wording.status_word(summary)} since {wording.exact(summary.since, seen.zone)}"]
    if summary.reason is Reason.DEACTIVATED:
        lines.append("Deactivated by a person. The activity tab says who.")
    elif summary.reason is Reason.UNUSED:
        lines.append("Marked by the scan: nothing had used it for longer than the grace period.")
    elif summary.reason is Reason.NOT_ACTIVATED:
        lines.append("New, and never activated.")
    if summary.keep_active:
        lines.append("Keep active: the scan for unused segments leaves it alone.")
    if summary.broken:
        lines.append("The rule refers to something that is gone. It is not computed until it is mended.")
    return "\n".join(lines)


def _computed(summary: SegmentSummary, seen: Seen) -> str:
    if summary.computed_at is None:
        return "never"
    said = wording.relative(summary.computed_at, seen.now, seen.zone, clock=True)
    return f"{said} · stale" if summary.stale and summary.status is Status.ACTIVE else said


def _computed_hint(summary: SegmentSummary, seen: Seen) -> str:
    if summary.computed_at is None:
        return "Its members have never been computed."
    said = wording.exact(summary.computed_at, seen.zone)
    return f"{said}\nThe rule or the records changed since then." if summary.stale else said


def _when(when: datetime | None, seen: Seen) -> str:
    return wording.exact(when, seen.zone) if when else ""


def _in_use_hint(summary: SegmentSummary, seen: Seen) -> str:
    if summary.last_used is None:
        return wording.used_by_in_full(summary)
    return _when(summary.last_used, seen)


def _record_type(summary: SegmentSummary, seen: Seen) -> str:
    return seen.record_types.get(summary.record_type_id, "")


COLUMNS: tuple[Spec, ...] = (
    Spec("", lambda s, _: "", _at("id"), lambda s, _: "", "Select all or none", 36),
    Spec("Name", lambda s, _: s.name, _at("name"), _name_hint, "Name of the segment", 225),
    Spec("Record type", _record_type, _at("record_type_id"), _record_type, "What kind of records it holds", 110),
    Spec(
        "Status", lambda s, seen: wording.status(s, seen.now, seen.zone), _status_key, _status_hint,
        "Active or Inactive, why, and since when", 242,
    ),
    Spec(
        "Members", lambda s, _: wording.number(s.members), _members_key,
        lambda s, _: "Never computed" if s.members is None else wording.count(s.members, "member"),
        "Records in the stored result", 82, right=True,
    ),
    Spec(
        "Sequences", lambda s, _: wording.number(s.sequences or None), _at("sequences"),
        lambda s, _: f"{wording.count(s.sequences, 'sequence')} linked, {s.live_sequences:,} live",
        "Sequences linked to it, whatever their state", 92, right=True,
    ),
    Spec(
        "Used by", lambda s, _: wording.used_by(s),
        _used_by_key,
        lambda s, _: wording.used_by_in_full(s), "Everything that uses it; a click shows what", 190,
    ),
    Spec(
        "Last used", lambda s, seen: wording.last_used(s, seen.now, seen.zone), _last_used_key, _in_use_hint,
        "The latest moment at which something used it", 100,
    ),
    Spec(
        "Modified", lambda s, seen: wording.relative(s.modified_at, seen.now, seen.zone, clock=True),
        _at("modified_at"), lambda s, seen: _when(s.modified_at, seen), "Last change of name, rule or status", 108,
        shown=False,
    ),
    Spec(
        "Computed", _computed, lambda row: _computed_at(row) or _LONG_AGO, _computed_hint,
        "When its members were computed last", 125,
    ),
)  # fmt: skip


Key = Callable[["SegmentRows", "array[int]"], list[Any]]
"""What some rows are sorted by."""


def sort_keys(column: int, record_types: dict[int, str]) -> Key:
    """The keys of a column; `record_types` are the names to sort by, by id."""
    of_row = COLUMNS[column].key
    if column == Column.NAME:  # the folded name is the first line of the haystack already
        return lambda rows, some: [rows.haystacks[row].partition("\n")[0] for row in some]
    if column == Column.RECORD_TYPE:
        return lambda rows, some: [record_types.get(of_row(rows.plain[row]), "") for row in some]
    return lambda rows, some: list(map(of_row, map(rows.plain.__getitem__, some)))
