"""What the window reads of a workspace in one go, on the reading thread.

Stands apart because it is the only list of queries behind list, filter bar and menus, and makes no widget.
"""

# Annotations are evaluated here, not kept as texts: each text of a named tuple's field is compiled at every start.

import time
from array import array
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from PySide6.QtCore import Qt

from segment_manager.domain import collector
from segment_manager.domain.errors import Cancelled
from segment_manager.domain.segments import Status
from segment_manager.storage import queries
from segment_manager.storage.queries import PlainSummary
from segment_manager.ui.facts import Facts, facts
from segment_manager.ui.segment_columns import Column
from segment_manager.ui.segment_lines import Lines, laid_out, sorted_rows
from segment_manager.ui.segment_rows import SegmentRows
from segment_manager.ui.segment_table import Difference

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


SortedBy = tuple[int, Qt.SortOrder]

FEW = 500
"""Differences that are taken over row by row; where there are more, the list is replaced as a whole."""
MANY = 131_072
"""Segments beyond which the first screenful of a list is read ahead of the rest, which takes a second or more."""
SCREENFUL = 200

_BREATH = 0.0005  # seconds between two steps, in which the GUI thread gets its turn at once


class Reading(NamedTuple):
    """The facts with the rows of one record type (None: of all): as a difference to those known, else all in order."""

    facts: Facts
    record_type_id: int | None
    sorted_by: SortedBy
    rows: SegmentRows
    lines: Lines
    found: Difference | None


class Glance(NamedTuple):
    """The beginning of a long list, while all of it is read. `rows` are in no order."""

    facts: Facts
    record_type_id: int | None
    rows: SegmentRows


def glance(
    workspace: "Workspace", record_type_id: int | None, status: Status | None, sorted_by: SortedBy | None
) -> Glance | None:
    """What a long list begins with, or None where the whole list is there as soon.

    It has rows only where the list is by name: no other order is known before all are read.
    """
    if not queries.has_many(workspace, record_type_id, MANY):
        return None
    now, rows = facts(workspace), SegmentRows()
    column, direction = sorted_by or (None, None)
    if column == Column.NAME:
        types = [each.id for each in now.record_types] if record_type_id is None else [record_type_id]
        reverse = direction == Qt.SortOrder.DescendingOrder
        ids = queries.first_by_name(workspace, types, status, SCREENFUL, reverse=reverse)
        for batch in queries.summary_rows(workspace, record_type_id, ids):
            rows.extend(batch)
    return Glance(now, record_type_id, rows)


def read(
    workspace: "Workspace",
    record_type_id: int | None,
    known: Sequence[PlainSummary],
    sorted_by: SortedBy,
    is_over: Callable[[], bool] = lambda: False,
) -> Reading:
    """Everything anew: how it differs from the rows `known` (in id order), or where that is much, all rows in order.

    Raises Cancelled once `is_over` says that nobody waits for it any more.
    """
    with collector.out_of_reach() if queries.has_many(workspace, record_type_id, MANY) else nullcontext():
        return _read(workspace, record_type_id, known, sorted_by, is_over)


def _read(
    workspace: "Workspace",
    record_type_id: int | None,
    known: Sequence[PlainSummary],
    sorted_by: SortedBy,
    is_over: Callable[[], bool],
) -> Reading:

    def breathe() -> None:
        if is_over():
            raise Cancelled
        time.sleep(_BREATH)

    def result(steps: Generator[None, None, _Made]) -> _Made:
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return cast("_Made", end.value)
            breathe()

    merged, changed, added, removed = _compared(known, queries.summary_rows(workspace, record_type_id), breathe)
    now = facts(workspace)
    if known and len(changed) + len(added) + len(removed) <= FEW:
        found = Difference(list(map(queries.summary_of, changed)), list(map(queries.summary_of, added)), removed)
        return Reading(now, record_type_id, sorted_by, SegmentRows(), Lines(), found)
    rows = SegmentRows()
    for start in range(0, len(merged), _TOGETHER):
        rows.extend(merged[start : start + _TOGETHER])
        breathe()
    types = {each.id: each.name for each in now.record_types}
    as_read = array("i", range(len(rows)))
    result(rows.keep_by_name(result(sorted_rows(rows, as_read, Column.NAME, types, reverse=False, slices=True))))
    column, direction = sorted_by
    reverse = direction == Qt.SortOrder.DescendingOrder
    order = result(sorted_rows(rows, as_read, column, types, reverse=reverse, slices=True))
    return Reading(now, record_type_id, sorted_by, rows, result(laid_out(rows, order)), None)


_TOGETHER = 4096
_Made = TypeVar("_Made")


def _compared(
    known: Sequence[PlainSummary], batches: Iterable[list[PlainSummary]], breathe: Callable[[], None]
) -> tuple[list[PlainSummary], list[PlainSummary], list[PlainSummary], list[int]]:
    """All rows (those that are as they were are the known ones, so that they are there once), changed, added, gone."""
    merged: list[PlainSummary] = []
    changed: list[PlainSummary] = []
    added: list[PlainSummary] = []
    removed: list[int] = []
    place = 0
    for batch in batches:
        breathe()
        before = known[place : place + len(batch)]
        if before == batch:
            merged.extend(before)
            place += len(batch)
            continue
        if not before:  # nothing is known, or no more
            merged.extend(batch)
            added.extend(batch)
            continue
        for new in batch:
            while place < len(known) and known[place][0] < new[0]:
                removed.append(known[place][0])
                place += 1
            old = known[place] if place < len(known) and known[place][0] == new[0] else None
            place += old is not None
            if old is None:
                added.append(new)
            elif old != new:
                changed.append(new)
            merged.append(new if old is None or old != new else old)
    removed.extend(each[0] for each in known[place:])
    return merged, changed, added, removed


def read_some(workspace: "Workspace", record_type_id: int | None, ids: frozenset[int]) -> Difference:
    """Some segments anew: those of the record type come as changed or added, the rest as removed."""
    rows = queries.summaries(workspace, record_type_id, ids)
    there = {row.id for row in rows}
    return Difference(rows, rows, [each for each in ids if each not in there])
