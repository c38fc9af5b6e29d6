"""Status and search over the segment table: a proxy that maps rows through the lines that are shown.

Stands apart because a QSortFilterProxyModel with Python code in it needs seconds for what this does in milliseconds:
rows are accepted in bulk, a long list shows its first screenful at once and finds the rest between events, and sorting
is by the source's keys, in slices.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Generator, Iterable
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractProxyModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from segment_manager.domain.search import Search, parse
from segment_manager.domain.segments import SegmentSummary, Status
from segment_manager.storage import queries
from segment_manager.storage.queries import PlainSummary
from segment_manager.ui.chosen_rows import ChosenRows
from segment_manager.ui.segment_columns import Column, sort_keys
from segment_manager.ui.segment_lines import Found, Lines, Wanted, laid_out, numbers_from, sorted_rows
from segment_manager.ui.segment_marks import Marks
from segment_manager.ui.segment_rows import SegmentRows
from segment_manager.ui.segment_table import Index, SegmentTable, SequenceNames
from segment_manager.ui.shown_changes import ShownChanges
from segment_manager.ui.slices import LettingGo, Slices

AT_ONCE = 30_000
"""Lists of up to so many segments are searched in one go."""
SORTED_AT_ONCE, KNOWN_AT_ONCE = 49_152, 131_072
"""And so many are sorted in one go; so many where their order is known, as that of names."""
SCREENFUL, FIRST_WITHIN = 64, 0.012
"""Longer ones show so many hits at once, or what was found in so many seconds; the rest comes between events."""

_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_CHECK = int(Qt.ItemDataRole.CheckStateRole)


class Counts(NamedTuple):
    """Hits of the search by status, and all segments there are."""

    active: int
    inactive: int
    whole: int

    @property
    def hits(self) -> int:
        return self.active + self.inactive


class SegmentFilter(QAbstractProxyModel):
    """Rows of the source that status and search let through, in the order of the last sort (ties: the one before it).

    `counted` comes after the rows or the counts changed, `completed` when what was found later stands there too.
    `is_selected` is set by the view and answers check states. `marks` keep a selection over resets.
    """

    counted = Signal()
    completed = Signal()

    def __init__(self, source: SegmentTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self.search: Search = parse("")
        self.status: Status | None = Status.ACTIVE
        self.only: frozenset[int] | None = None  # ids, for 'Show the 12 segments'
        self.sequence_names: SequenceNames = lambda segment_id: ()
        self.sorted_by: tuple[int, Qt.SortOrder] = (int(Column.NAME), Qt.SortOrder.AscendingOrder)
        self.is_selected: Callable[[Index], bool] = lambda index: False
        self._rows: SegmentRows = source.rows
        self._is_in_order = True
        self._lines = Lines()
        self._found = Found(self._lines, self._wanted())
        self._found.is_whole = True
        self._shown = self._found.shown  # while more is found, only its beginning is shown
        self._ready: tuple[Found, tuple[int, Qt.SortOrder]] | None = None
        self.marks = Marks()
        self._gone = LettingGo(self)
        self._finding, self._sorting, self._preparing = Slices(self), Slices(self), Slices(self)
        self._laying_out = Slices(self)
        self.counts = Counts(0, 0, 0)
        self.setSourceModel(source)
        source.modelAboutToBeReset.connect(self._source_resets)
        source.modelReset.connect(self._read_anew)
        self._changes = ShownChanges(self, source)

    # What is shown

    def filter(self, search: Search, status: Status | None, only: frozenset[int] | None = None) -> None:
        """Show the hits of a search with this status (None: any), at most those of `only`."""
        before = None
        same = search == self.search and only == self.only
        if self._found.is_whole and (same or (self.only is None and search.narrows(self.search))):
            before = self._found.hits
        self._finding.drop()
        self.beginResetModel()
        self.search, self.status, self.only = search, status, only
        self._found = found = Found(self._lines, self._wanted(is_known=same and before is not None))
        steps = found.look(self._source.rows, before)
        self._run_first(steps, found)
        self._shown = found.shown if found.is_whole else found.shown[:]
        self.endResetModel()
        if found.is_whole:
            self.recount()
        else:
            self._finding.begin(steps, lambda result: self._show_rest())

    def finish(self) -> None:
        """Find all of it now, for somebody who asks for the whole list."""
        self._finding.finish()

    @property
    def is_whole(self) -> bool:
        """Whether all hits are shown."""
        return len(self._shown) == len(self._found.shown) and self._found.is_whole

    @property
    def is_sorting(self) -> bool:
        """Whether the list is about to stand in another order."""
        return self._sorting.is_working

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; rows equal in it keep the order that they had. A long list turns up sorted later."""
        if column < 0 or (self._is_in_order and (column, order) == self.sorted_by):
            self.sorted_by = (column, order)
            return
        self.sorted_by, self._is_in_order = (column, order), False
        is_known = column == Column.NAME and self._rows.by_name is not None
        at_once = len(self._lines) <= (KNOWN_AT_ONCE if is_known else SORTED_AT_ONCE)
        self._sorting.begin(self._sorted(slices=not at_once), self._take, at_once=at_once)
        if not at_once:
            self.counted.emit()

    def plain(self, row: int) -> PlainSummary:
        """The same as the plain tuple that it is kept as."""
        return self._source.rows.plain[self._lines.order[self._shown[row]]]

    def summary(self, row: int) -> SegmentSummary:
        """The segment in a shown row."""
        return self._source.rows[self._lines.order[self._shown[row]]]

    def row_of(self, segment_id: int) -> int:
        """The shown row of a segment, or -1."""
        self.finish()
        place = self._source.position(segment_id)
        return -1 if place is None else self.row(self._lines.place(place))

    def chosen(self, runs: Iterable[tuple[int, int]]) -> ChosenRows:
        """The segments in runs of shown rows, each (first, last)."""
        return ChosenRows(self._source.rows, self._lines.order, self._shown, runs)

    def traits(self, runs: Iterable[tuple[int, int]]) -> bytes:
        """The trait bits in runs of shown rows."""
        return b"".join(bytes(self._found.traits[first : last + 1]) for first, last in runs)

    def rows_of(self, ids: Iterable[int]) -> list[int]:
        """The shown rows of those segments that are shown, sorted."""
        self.finish()
        rows = [row for row in map(self._source.position, ids) if row is not None]
        return sorted(row for row in map(self.row, self._lines.places(rows).values()) if row >= 0)

    def hidden(self) -> Callable[[Iterable[int]], int]:
        """What tells how many of some segments are not among those shown now; any thread may ask it."""
        self.finish()
        shown = ChosenRows.copied(self._source.rows.ids, self._lines.order, self._shown)
        return lambda ids: len(frozenset(ids).difference(shown()))

    def mark(self, runs: Iterable[tuple[int, int]], current: int) -> None:
        """Remember runs of shown rows as selected, and a row (-1: none) as current, whatever is shown next."""
        before, self.marks = self.marks, Marks()
        self.marks.take(self._shown, self._found.mask, len(self._lines), runs, current)
        if not self.is_whole:  # what was marked and is not shown again yet
            self.marks.keep_unshown(self._shown, before)

    def marked(self) -> list[tuple[int, int]]:
        """The marked rows among those that are shown, as runs."""
        return self.marks.runs(self._shown, None if not self.is_whole else self._found.mask())

    def marked_current(self) -> int:
        """The shown row that is marked as current, or -1."""
        return -1 if self.marks.current < 0 else self.row(self.marks.current)

    # Finding

    def _wanted(self, *, is_known: bool = False) -> Wanted:
        search, seen = self.search, self._source.seen
        tests: tuple[queries.RowTest, ...] = ()
        if search.filters:
            tests = queries.row_tests(search, seen.record_types, self.sequence_names, seen.now)
        return Wanted(search.words, search.excluded, tests, self.status, self.only, is_known)

    def _run_first(self, steps: Generator[None, None, None], found: Found) -> None:
        whole, until = len(found.lines) <= AT_ONCE, time.perf_counter() + FIRST_WITHIN
        for _ in steps:
            if not whole and (len(found.shown) >= SCREENFUL or time.perf_counter() > until):
                return

    def _show_rest(self) -> None:
        first, last = len(self._shown), len(self._found.shown) - 1
        if last >= first:
            self.beginInsertRows(QModelIndex(), first, last)
            self._shown = self._found.shown
            self.endInsertRows()
        self._shown = self._found.shown
        self.recount()
        self.completed.emit()

    def row(self, place: int) -> int:
        """The shown row of a line, or -1."""
        row = bisect_left(self._shown, place)
        return row if row < len(self._shown) and self._shown[row] == place else -1

    def settled(self) -> Found:
        """What is shown, all of it and with its texts: the way in for changes of some rows."""
        self.finish()
        self._laying_out.finish()
        return self._found

    def recount(self, *, sort: bool = False) -> None:
        """Tell the counts after a change; `sort` where rows stand in other places now."""
        self._count()
        self.counted.emit()
        if sort or self.is_sorting:  # what is being sorted is no longer what there is
            self._is_in_order = False
            self.sort(*self.sorted_by)

    def _count(self) -> None:
        self.counts = Counts(*self._found.numbers(), len(self._source.rows))

    # Sorting, and another list

    def key(self) -> tuple[Callable[..., list[Any]], bool]:
        """What is sorted by now, and whether downwards."""
        column, order = self.sorted_by
        return sort_keys(column, self._source.seen.record_types), order == Qt.SortOrder.DescendingOrder

    def _in_order(self, rows: SegmentRows, order: array[int], *, slices: bool) -> Generator[None, None, array[int]]:
        column, direction = self.sorted_by
        reverse = direction == Qt.SortOrder.DescendingOrder
        return sorted_rows(rows, order, column, self._source.seen.record_types, reverse=reverse, slices=slices)

    def _sorted(self, *, slices: bool) -> Generator[None, None, Found]:
        rows, lines = self._source.rows, Lines()
        lines.order = yield from self._in_order(rows, self._lines.order, slices=slices)
        while True:
            before = self._found
            found = Found(lines, before.wanted._replace(is_known=True))
            if not before.is_whole:
                lines.traits[:] = bytes(map(rows.traits.__getitem__, lines.order))
                return (yield from self._looked_through(rows, lines))
            yield from found.carry(rows, before)
            if before is self._found:
                found.wanted = before.wanted
                return found

    def _looked_through(self, rows: SegmentRows, lines: Lines) -> Generator[None, None, Found]:
        """What is shown of other lines; again where status or search change meanwhile."""
        while True:
            asked = self.search, self.status, self.only
            found = Found(lines, self._wanted())
            yield from found.look(rows)
            if asked == (self.search, self.status, self.only):
                return found

    def _take(self, found: Found) -> None:
        self._finding.drop()
        self.beginResetModel()
        self.marks.carry(self._lines.order, found.lines.order)
        self._exchange(found)
        self._is_in_order = True
        self.endResetModel()
        self.recount()
        self._laying_out.begin(self._lines.lay_out(self._source.rows), lambda result: None)

    def prepare(
        self, rows: SegmentRows, lines: Lines, sorted_by: tuple[int, Qt.SortOrder], then: Callable[[], object]
    ) -> None:
        """Look through another list between events and then call `then`, which gives its rows to the source."""

        def ready(found: Found) -> None:
            self._ready = found, sorted_by
            then()
            self._ready = None

        self._preparing.begin(self._looked_through(rows, lines), ready, at_once=len(lines) <= AT_ONCE)

    def _source_resets(self) -> None:
        for working in (self._finding, self._sorting, self._laying_out):
            working.drop()
        self.beginResetModel()

    def _read_anew(self) -> None:
        rows = self._source.rows
        if self._ready is None:
            order = _result(self._in_order(rows, numbers_from(0, len(rows)), slices=False))
            lines = _result(laid_out(rows, order))
            found, sorted_by = _result(self._looked_through(rows, lines)), self.sorted_by
        else:
            found, sorted_by = self._ready
        self.marks.carry(self._lines.order, found.lines.order, self._rows.ids, rows.ids)
        if self._rows is not rows:
            self._gone.take(self._rows.plain, self._rows.haystacks)
        self._rows = rows
        self._exchange(found)
        self._is_in_order = sorted_by == self.sorted_by
        self._count()
        self.endResetModel()
        self.recount(sort=sorted_by != self.sorted_by)

    def _exchange(self, found: Found) -> None:
        self._gone.take(self._lines.texts)
        self._found, self._lines, self._shown = found, found.lines, found.shown

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
        return self._source.index(self._lines.order[self._shown[index.row()]], index.column())

    def mapFromSource(self, index: Index) -> QModelIndex:
        row = self.row(self._lines.place(index.row())) if index.isValid() else -1
        return QModelIndex() if row < 0 else self.createIndex(row, index.column())

    def data(self, index: Index | QPersistentModelIndex, role: int = _DISPLAY) -> Any:
        if role == _CHECK:
            if index.column() != Column.CHECK:
                return None
            return Qt.CheckState.Checked if self.is_selected(index) else Qt.CheckState.Unchecked
        return self._source.data(self.mapToSource(index), role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The same for every cell; the proxy's own way asks the source for its index each time."""
        return _FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        return self._source.headerData(section, orientation, role)


def _result(steps: Generator[None, None, Any]) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
