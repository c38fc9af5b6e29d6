"""The columns of the segment table: one row of a table each, with title, text, sort key and tooltip.

Stands apart so that a new column is one entry here and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import IntEnum
from typing import Any

from segment_manager.domain.records import fold
from segment_manager.domain.segments import Reason, SegmentSummary, Status
from segment_manager.ui import wording


class Column(IntEnum):
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


@dataclass(slots=True)
class Seen:
    """What a text depends on beside its segment: the time, the zone and the record types' names."""

    now: datetime
    zone: tzinfo
    record_types: dict[int, str]


@dataclass(frozen=True, slots=True)
class Spec:
    """One column. `key` gives what rows are sorted by; `hint` the tooltip of a cell, `about` that of the header."""

    title: str
    text: Callable[[SegmentSummary, Seen], str]
    key: Callable[[SegmentSummary], Any]
    hint: Callable[[SegmentSummary, Seen], str]
    about: str
    width: int
    right: bool = False
    shown: bool = True


_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_FUTURE = datetime(9999, 1, 1, tzinfo=UTC)
_ORDER = {None: 0, Reason.DEACTIVATED: 1, Reason.UNUSED: 2, Reason.NOT_ACTIVATED: 3}


def _status_key(summary: SegmentSummary) -> tuple[int, datetime]:
    return (0 if summary.status is Status.ACTIVE else _ORDER[summary.reason] or 1, summary.since)


def _last_used_key(summary: SegmentSummary) -> datetime:
    return _FUTURE if summary.last_used is None else summary.last_used


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
    Spec("", lambda s, _: "", lambda s: s.id, lambda s, _: "", "Select all or none", 36),
    Spec("Name", lambda s, _: s.name, lambda s: fold(s.name), _name_hint, "Name of the segment", 225),
    Spec("Record type", _record_type, lambda s: s.record_type_id, _record_type, "What kind of records it holds", 110),
    Spec(
        "Status", lambda s, seen: wording.status(s, seen.now, seen.zone), _status_key, _status_hint,
        "Active or Inactive, why, and since when", 242,
    ),
    Spec(
        "Members", lambda s, _: wording.number(s.members), lambda s: -1 if s.members is None else s.members,
        lambda s, _: "Never computed" if s.members is None else wording.count(s.members, "member"),
        "Records in the stored result", 82, right=True,
    ),
    Spec(
        "Sequences", lambda s, _: wording.number(s.sequences or None), lambda s: s.sequences,
        lambda s, _: f"{wording.count(s.sequences, 'sequence')} linked, {s.live_sequences:,} live",
        "Sequences linked to it, whatever their state", 92, right=True,
    ),
    Spec(
        "Used by", lambda s, _: wording.used_by(s),
        lambda s: (s.live_references, s.rule_uses, s.draft_references, s.analytics_references, s.ended_references),
        lambda s, _: wording.used_by_in_full(s), "Everything that uses it; a click shows what", 190,
    ),
    Spec(
        "Last used", lambda s, seen: wording.last_used(s, seen.now, seen.zone), _last_used_key, _in_use_hint,
        "The latest moment at which something used it", 100,
    ),
    Spec(
        "Modified", lambda s, seen: wording.relative(s.modified_at, seen.now, seen.zone, clock=True),
        lambda s: s.modified_at, lambda s, seen: _when(s.modified_at, seen), "Last change of name, rule or status", 108,
        shown=False,
    ),
    Spec(
        "Computed", _computed, lambda s: s.computed_at or _LONG_AGO, _computed_hint,
        "When its members were computed last", 125,
    ),
)  # fmt: skip
