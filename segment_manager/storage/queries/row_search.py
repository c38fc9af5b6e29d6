"""The fields of a search asked of many plain rows at once: the bulk twin of Search.accepts, tied to it by a test.

Stands apart because a named summary for each of a million rows would take ten seconds of every search.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from operator import eq, itemgetter
from typing import Any

from segment_manager.domain.search import COMPARISONS, Filter, Search, needle
from segment_manager.domain.segments import SegmentSummary
from segment_manager.storage.queries.segments import PlainSummary
from segment_manager.storage.times import stamp

RowTest = Callable[[Sequence[PlainSummary]], bytes]
"""Gives 1 for each row that is a hit, else 0."""

_TRAITS = {"broken": "broken", "stale": "stale", "pinned": "keep_active"}
_NOT = bytes((1, 0)).ljust(256, b"\0")


def row_tests(
    search: Search,
    record_types: Mapping[int, str],
    sequence_names: Callable[[int], tuple[str, ...]],
    now: datetime,
) -> tuple[RowTest, ...]:
    """What the fields of a search ask. Takes the names of record types and of linked sequences, by id, and the time."""

    def test(wanted: Filter) -> RowTest:
        match wanted.field:
            case "type":
                ids = frozenset(each for each, name in record_types.items() if needle(name).startswith(wanted.value))
                found = _each("record_type_id", ids.__contains__)
            case "sequence":
                named = cache(lambda name: wanted.value in needle(name))
                found = _each("id", lambda segment_id: any(map(named, sequence_names(segment_id))))
            case "unused":
                found = _each("last_used", _unused_for(wanted, now))
            case _:
                found = _of_field(wanted)
        return (lambda rows: found(rows).translate(_NOT)) if wanted.excluded else found

    return tuple(map(test, search.filters))


def _of_field(wanted: Filter) -> RowTest:
    """A filter that the row alone decides."""
    match wanted.field:
        case "status" | "reason":
            return _each(wanted.field, partial(eq, wanted.value))
        case "tag":
            return _each("tags", cache(lambda tags: any(wanted.value == needle(tag) for tag in tags)))
        case "members":
            compare = COMPARISONS[wanted.sign]
            return _each("members", lambda number: number is not None and compare(number, wanted.number))
    if wanted.value in _TRAITS:
        return _each(_TRAITS[wanted.value], bool)
    return _each("sequences", partial(eq, 0))


def _each(field: str, holds: Callable[[Any], bool]) -> RowTest:
    value = itemgetter(SegmentSummary._fields.index(field))
    return lambda rows: bytes(map(holds, map(value, rows)))


def _unused_for(wanted: Filter, now: datetime) -> Callable[[str | None], bool]:
    """The same days as Search counts, as bounds between which the stamp of the last use lies."""

    def before(days: int) -> str:
        try:
            return stamp(now - timedelta(days=days))
        except OverflowError:  # so long ago that every use was later
            return ""

    bound = before(wanted.number)
    if wanted.sign == "=":  # whole days, and half of a day to come is none
        after = before(wanted.number + 1)
        if wanted.number == 0:
            bound = before(-1)
            return lambda used: used is not None and after < used < bound
        return lambda used: used is not None and after < used <= bound
    compare = COMPARISONS[wanted.sign]
    return lambda used: used is not None and compare(bound, used)
