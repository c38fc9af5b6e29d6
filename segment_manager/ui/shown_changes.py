"""How the proxy follows rows that changed, came or went: only the rows concerned are told, never the rest.

Stands apart from the proxy because this is about few rows at a time; very many at once are one reset.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from itertools import compress
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, Qt

from segment_manager.ui.segment_columns import Column
from segment_manager.ui.segment_table import SegmentTable, spans

if TYPE_CHECKING:
    from segment_manager.ui.segment_filter import SegmentFilter

FEW = 64
"""Rows that are told one by one; each costs the view a little, so more are one reset, selection and scroll kept."""

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)


class ShownChanges:
    """Connects one proxy to its source's signals."""

    def __init__(self, proxy: SegmentFilter, source: SegmentTable) -> None:
        self._proxy, self._source = proxy, source
        self._old_keys: list[Any] = []
        source.rows_changing.connect(self._changing)
        source.rows_changed.connect(self._changed)
        source.rows_added.connect(self._added)
        source.rows_removing.connect(self._removing)
        source.rows_removed.connect(self._removed)

    # Changed

    def _changing(self, rows: list[int]) -> None:
        self._old_keys = self._proxy.key()[0](self._source.rows, array("i", rows))

    def _changed(self, rows: list[int]) -> None:
        if not rows:
            self._told_time()
            return
        found = self._proxy.settled()
        keys = self._proxy.key()[0](self._source.rows, array("i", rows))
        moved = {row for row, old, new in zip(rows, self._old_keys, keys, strict=True) if old != new}
        places = found.lines.places(rows)
        if len(rows) > FEW:
            self._proxy.beginResetModel()
            self._rewrite(places)
            found.show_hits()
            self._proxy.endResetModel()
            self._proxy.recount(sort=bool(moved))
            return
        before = {row for row, place in places.items() if self._proxy.row(place) >= 0}
        self._rewrite(places)
        after = {row for row, place in places.items() if found.is_shown(place)}
        self._take_out(self._proxy.row(places[row]) for row in before - (after - moved))
        if moved:
            self._take_lines([places[row] for row in moved])
            self._put_lines(moved)
            places = found.lines.places(rows)
        arriving = [places[row] for row in after - (before - moved)]
        if moved:
            found.show_hits(without=arriving)
        self._put_in(arriving)
        self._repaint(self._proxy.row(places[row]) for row in (before & after) - moved)
        self._proxy.recount()

    def _rewrite(self, places: dict[int, int]) -> None:
        rows, found = self._source.rows, self._proxy.settled()
        for row, place in places.items():
            found.lines.texts[place] = rows.haystacks[row]
            found.lines.traits[place] = rows.traits[row]
            found.hits[place] = self._is_hit(row)
            shown = self._proxy.row(place)
            if shown >= 0:
                found.traits[shown] = rows.traits[row]

    def _is_hit(self, row: int) -> bool:
        return self._proxy.settled().wanted.is_hit(self._source.rows, row)

    def _repaint(self, shown: Iterable[int]) -> None:
        last = self._proxy.columnCount() - 1
        for first, end in spans(sorted(shown)):
            self._proxy.dataChanged.emit(self._proxy.index(first, 0), self._proxy.index(end, last))

    def _told_time(self) -> None:
        number = self._proxy.rowCount()
        if number:
            first, last = self._proxy.index(0, Column.STATUS), self._proxy.index(number - 1, Column.COMPUTED)
            self._proxy.dataChanged.emit(first, last, [_DISPLAY])

    # Came and went

    def _added(self, first: int, number: int) -> None:
        found, rows = self._proxy.settled(), range(first, first + number)
        if number > FEW:
            self._proxy.beginResetModel()
            found.lines.append(self._source.rows, array("i", rows))
            found.hits.extend(map(self._is_hit, rows))
            found.show_hits()
            self._proxy.endResetModel()
            self._proxy.recount(sort=True)
            return
        self._put_lines(rows)
        places = found.lines.places(rows).values()
        arriving = [place for place in places if found.is_shown(place)]
        found.show_hits(without=arriving)
        self._put_in(arriving)
        self._proxy.recount()

    def _removing(self, rows: list[int]) -> None:
        found = self._proxy.settled()
        places = found.lines.places(rows).values()
        if len(rows) > FEW:
            self._proxy.beginResetModel()
        else:
            self._take_out(shown for shown in map(self._proxy.row, places) if shown >= 0)
        self._take_lines(places)

    def _removed(self, rows: list[int]) -> None:
        found = self._proxy.settled()
        length = len(self._source.rows) + len(rows)
        numbers, start = array("i"), 0  # by the row as it was, the row as it is
        for taken, row in enumerate((*rows, length)):
            numbers.extend(range(start - taken, row - taken + 1))
            start = row + 1
        found.lines.order[:] = array("i", map(numbers.__getitem__, found.lines.order))
        if len(rows) > FEW:
            self._proxy.endResetModel()
        self._proxy.recount()

    # Lines and shown rows

    def _take_lines(self, places: Iterable[int]) -> None:
        found = self._proxy.settled()
        kept = bytearray(b"\1" * len(found.lines))
        for place in places:
            kept[place] = 0
        found.lines.keep(kept)
        found.hits[:] = bytes(compress(found.hits, kept))
        self._proxy.marks.keep(kept)
        found.show_hits()

    def _put_lines(self, rows: Iterable[int]) -> None:
        found, all_rows = self._proxy.settled(), self._source.rows
        key, reverse = self._proxy.key()
        for row in rows:
            wanted = key(all_rows, array("i", [row]))[0]
            place = _place(found.lines.order, wanted, lambda each: key(all_rows, array("i", [each]))[0], reverse)
            found.lines.insert(place, row, all_rows.haystacks[row], all_rows.traits[row])
            found.hits.insert(place, self._is_hit(row))

    def _take_out(self, shown: Iterable[int]) -> None:
        found = self._proxy.settled()
        for first, last in reversed(list(spans(sorted(shown)))):
            self._proxy.beginRemoveRows(QModelIndex(), first, last)
            del found.shown[first : last + 1], found.traits[first : last + 1]
            self._proxy.endRemoveRows()

    def _put_in(self, places: Iterable[int]) -> None:
        found = self._proxy.settled()
        for place in sorted(places):
            row = bisect_left(found.shown, place)
            self._proxy.beginInsertRows(QModelIndex(), row, row)
            found.shown.insert(row, place)
            found.traits.insert(row, found.lines.traits[place])
            self._proxy.endInsertRows()


def _place(order: array[int], wanted: Any, key: Callable[[int], Any], reverse: bool) -> int:
    """Where a row with this key belongs: after those that are equal."""
    low, high = 0, len(order)
    while low < high:
        middle = (low + high) // 2
        there = key(order[middle])
        if (there < wanted) if reverse else (wanted < there):
            high = middle
        else:
            low = middle + 1
    return low
