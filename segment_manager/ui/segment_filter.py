"""Status and search over the segment table: a proxy that maps rows through a list.

Stands apart because a QSortFilterProxyModel with Python code in it needs seconds for what this does in milliseconds:
rows are accepted in bulk, sorting is one list.sort by the source's keys, and a filter change is one reset.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import chain, compress, repeat
from operator import contains
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractProxyModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from segment_manager.domain.search import Search, parse
from segment_manager.domain.segments import SegmentSummary, Status
from segment_manager.ui.segment_columns import Column
from segment_manager.ui.segment_table import (
    ACTIVE,
    Index,
    SegmentTable,
    SequenceNames,
    spans,
)

FEWEST_STEPS, MOST_WORK = 16, 2_000_000
"""Runs of rows are inserted and removed one by one. Each costs the view time by its number of rows (10 ms at 100,000),
so beyond this many runs times rows one reset, with selection and scroll kept, is kinder to everybody."""

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_CHECK = int(Qt.ItemDataRole.CheckStateRole)
_IS_ACTIVE = bytes(trait & ACTIVE for trait in range(256))
_INVERTED = bytes([1, 0, *range(2, 256)])


class Counts(NamedTuple):
    """Hits of the search by status, and all segments there are."""

    active: int
    inactive: int
    whole: int

    @property
    def hits(self) -> int:
        return self.active + self.inactive


class Lines(NamedTuple):
    """Source rows in the order of the list, with their haystacks and whether they are Active (1 or 0).

    Arrays and strings made anew in this order lie side by side in memory, which makes them four times as fast to go
    through as lists of objects in another order.
    """

    rows: array[int]
    texts: list[str]
    active: bytes

    def only(self, wanted: bytes) -> Lines:
        """The lines where `wanted` is 1."""
        rows, texts = array("i", compress(self.rows, wanted)), list(compress(self.texts, wanted))
        return Lines(rows, texts, bytes(compress(self.active, wanted)))


_NO_LINES = Lines(array("i"), [], b"")


class SegmentFilter(QAbstractProxyModel):
    """Rows of the source that status and search let through, in the order of the last sort (ties: the one before it).

    `counted` comes after the rows or the counts changed. `is_selected` is set by the view and answers check states.
    """

    counted = Signal()

    def __init__(self, source: SegmentTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self.search: Search = parse("")
        self.status: Status | None = Status.ACTIVE
        self.only: frozenset[int] | None = None  # ids, for 'Show the 12 segments'
        self.sequence_names: SequenceNames = lambda segment_id: ()
        self.sorted_by: tuple[int, Qt.SortOrder] = (int(Column.NAME), Qt.SortOrder.AscendingOrder)
        self.is_selected: Callable[[Index], bool] = lambda index: False
        self._keys: list[Any] = []
        self._lines = _NO_LINES
        self._hits = _NO_LINES
        self._shown = array("i")
        self._places: list[int] | None = None
        self.counts = Counts(0, 0, 0)
        self.setSourceModel(source)
        source.modelAboutToBeReset.connect(self.beginResetModel)
        source.modelReset.connect(self._read_anew)
        source.rows_changed.connect(self._rows_changed)
        source.rows_added.connect(self._rows_added)
        source.rows_removing.connect(self._rows_removing)
        source.rows_removed.connect(self._rows_removed)

    # What is shown

    def filter(self, search: Search, status: Status | None, only: frozenset[int] | None = None) -> None:
        """Show the hits of a search with this status (None: any), at most those of `only`; one reset."""
        narrower = search.narrows(self.search) and self.only is None
        self.beginResetModel()
        candidates = self._hits if narrower else self._lines
        self.search, self.status, self.only = search, status, only
        self._hits = self._found(candidates)
        self._take(self._with_status())
        self.endResetModel()
        self._count()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; rows that are equal in it keep the order that they had."""
        self.sorted_by = (column, order)
        if column < 0:
            return
        self.beginResetModel()
        self._keys = self._source.sort_keys(column)
        self._put_in_order(self._lines.rows)
        self._hits = self._found(self._lines)
        self._take(self._with_status())
        self.endResetModel()
        self._count()

    def summary(self, row: int) -> SegmentSummary:
        """The segment in a shown row."""
        return self._source.rows[self._shown[row]]

    def row_of(self, segment_id: int) -> int:
        """The shown row of a segment, or -1."""
        place = self._source.position(segment_id)
        return -1 if place is None else self._place(place)

    def ids(self, runs: Iterable[tuple[int, int]]) -> list[int]:
        """The ids in runs of shown rows, each (first, last)."""
        rows = self._source.rows
        return [rows[each].id for first, last in runs for each in self._shown[first : last + 1]]

    def traits(self, runs: Iterable[tuple[int, int]]) -> bytes:
        """The trait bits in runs of shown rows."""
        bits = self._source.traits
        return b"".join(bytes(map(bits.__getitem__, self._shown[first : last + 1])) for first, last in runs)

    def rows_of(self, ids: Iterable[int]) -> list[int]:
        """The shown rows of those segments that are shown, sorted."""
        return sorted(row for row in map(self.row_of, ids) if row >= 0)

    # Finding

    def _found(self, lines: Lines) -> Lines:
        search, only = self.search, self.only
        if only is not None:
            lines = lines.only(bytes(self._source.rows[row].id in only for row in lines.rows))
        for word in sorted(search.words, key=len, reverse=True):
            lines = lines.only(bytes(map(contains, lines.texts, repeat(word))))
        if not search.only_text:
            now = self._source.seen.now
            lines = lines.only(bytes(self._accepted(row, now) for row in lines.rows))
        return lines

    def _accepted(self, row: int, now: datetime) -> bool:
        source = self._source
        summary = source.rows[row]
        type_name = source.seen.record_types.get(summary.record_type_id, "")
        return self.search.accepts(source.haystacks[row], summary, type_name, self.sequence_names(summary.id), now)

    def _with_status(self) -> array[int]:
        rows, active = self._hits.rows, self._hits.active
        if self.status is None:
            return rows[:]
        return array("i", compress(rows, active if self.status is Status.ACTIVE else active.translate(_INVERTED)))

    def _put_in_order(self, rows: Iterable[int]) -> None:
        """Sort source rows by the keys, stable over the order in which they come, and lay out their lines."""
        reverse = self.sorted_by[1] == Qt.SortOrder.DescendingOrder
        order = array("i", sorted(rows, key=self._keys.__getitem__, reverse=reverse))
        texts = "\0".join(map(self._source.haystacks.__getitem__, order)).split("\0")
        if len(texts) != len(order):  # no rows, or a text that holds the mark itself
            texts = list(map(self._source.haystacks.__getitem__, order))
        active = bytes(map(self._source.traits.__getitem__, order)).translate(_IS_ACTIVE)
        self._lines = Lines(order, texts, active)

    def _take(self, shown: array[int]) -> None:
        self._shown = shown
        self._places = None

    def _count(self) -> None:
        active = self._hits.active.count(1)
        self.counts = Counts(active, len(self._hits.rows) - active, len(self._source.rows))
        self.counted.emit()

    def _place(self, source_row: int) -> int:
        if self._places is None:
            places = [-1] * len(self._source.rows)
            for place, row in enumerate(self._shown):
                places[row] = place
            self._places = places
        return self._places[source_row]

    # Following the source

    def _read_anew(self) -> None:
        self._keys = self._source.sort_keys(self.sorted_by[0])
        self._put_in_order(range(len(self._source.rows)))
        self._hits = self._found(self._lines)
        self._take(self._with_status())
        self.endResetModel()
        self._count()

    def _rows_changed(self, rows: list[int]) -> None:
        if rows:
            for row in rows:
                self._keys[row] = self._source.sort_key(self.sorted_by[0], row)
            self._renew(frozenset(rows))
        for first, last in spans(sorted(place for place in map(self._place, rows) if place >= 0)):
            self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))
        if not rows and self._shown:
            last = len(self._shown) - 1
            self.dataChanged.emit(self.index(0, Column.STATUS), self.index(last, Column.COMPUTED), [_DISPLAY])

    def _rows_added(self, first: int, number: int) -> None:
        self._keys.extend(self._source.sort_key(self.sorted_by[0], row) for row in range(first, first + number))
        self._places = None
        self._renew(frozenset(), range(first, first + number))

    def _rows_removing(self, rows: list[int]) -> None:
        going = frozenset(rows)
        self._walk(array("i", [row for row in self._shown if row not in going]), frozenset())

    def _rows_removed(self, rows: list[int]) -> None:
        going = bytearray(len(self._source.rows) + len(rows))
        for row in rows:
            going[row] = 1
        renumbered, place = array("i"), 0
        for gone in going:
            renumbered.append(place)
            place += not gone
        self._keys = [key for key, gone in zip(self._keys, going, strict=True) if not gone]
        self._put_in_order(renumbered[row] for row in self._lines.rows if not going[row])
        self._hits = self._found(self._lines)
        self._take(array("i", [renumbered[row] for row in self._shown]))
        self._count()

    def _renew(self, changed: frozenset[int], added: Iterable[int] = ()) -> None:
        """Find and sort anew, and tell only of the rows that came, went or moved."""
        self._put_in_order(chain(self._lines.rows, added))
        self._hits = self._found(self._lines)
        self._walk(self._with_status(), changed)
        self._count()

    def _walk(self, shown: array[int], changed: frozenset[int]) -> None:
        """Go from the rows shown now to others by removing and inserting runs; `changed` rows may have moved."""
        old = self._shown
        if old == shown:
            return
        staying = frozenset(old).intersection(shown)
        if [row for row in old if row in staying] != [row for row in shown if row in staying]:
            staying -= changed
        gone = list(spans([place for place, row in enumerate(old) if row not in staying]))
        fresh = list(spans([place for place, row in enumerate(shown) if row not in staying]))
        unmoved = [row for row in old if row in staying] == [row for row in shown if row in staying]
        steps = len(gone) + len(fresh)
        if not unmoved or (steps > FEWEST_STEPS and steps * len(old) > MOST_WORK):
            self.beginResetModel()
            self._take(shown)
            self.endResetModel()
            return
        for first, last in reversed(gone):
            self.beginRemoveRows(QModelIndex(), first, last)
            del old[first : last + 1]
            self._places = None
            self.endRemoveRows()
        for first, last in fresh:
            self.beginInsertRows(QModelIndex(), first, last)
            old[first:first] = shown[first : last + 1]
            self._places = None
            self.endInsertRows()

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return self._source.columnCount(parent)

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if parent.isValid() or not (0 <= row < len(self._shown) and 0 <= column < self._source.columnCount()):
            return QModelIndex()
        return self.createIndex(row, column)

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008
        return QModelIndex()

    def mapToSource(self, index: Index) -> QModelIndex:
        if not index.isValid() or index.row() >= len(self._shown):
            return QModelIndex()
        return self._source.index(self._shown[index.row()], index.column())

    def mapFromSource(self, index: Index) -> QModelIndex:
        if not index.isValid():
            return QModelIndex()
        place = self._place(index.row())
        return QModelIndex() if place < 0 else self.createIndex(place, index.column())

    def data(self, index: Index | QPersistentModelIndex, role: int = _DISPLAY) -> Any:
        if role == _CHECK:
            if index.column() != Column.CHECK:
                return None
            return Qt.CheckState.Checked if self.is_selected(index) else Qt.CheckState.Unchecked
        return self._source.data(self.mapToSource(index), role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        return self._source.headerData(section, orientation, role)
