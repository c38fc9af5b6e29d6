"""The table model of the segment list: light summaries of all rows, kept in the order in which they came.

Stands apart from filter and view: it knows rows and texts, and changes only the rows that changed.
"""

# Annotations are evaluated here, not kept as texts: each text of a named tuple's field is compiled at every start.

from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from segment_manager.domain.segments import SegmentSummary
from segment_manager.storage.queries import plain_of
from segment_manager.ui import wording
from segment_manager.ui.segment_columns import COLUMNS, Column, Seen, sort_keys
from segment_manager.ui.segment_rows import SegmentRows

Index = QModelIndex | QPersistentModelIndex
ID_ROLE = int(Qt.ItemDataRole.UserRole)
SUMMARY_ROLE = ID_ROLE + 1

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ALIGN = int(Qt.ItemDataRole.TextAlignmentRole)
_TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class Difference(NamedTuple):
    """What another reading of the same list found, by segment id."""

    changed: list[SegmentSummary]
    added: list[SegmentSummary]
    removed: list[int]

    def __bool__(self) -> bool:
        return bool(self.changed or self.added or self.removed)


def difference(old: Sequence[SegmentSummary], new: Sequence[SegmentSummary]) -> Difference:
    """What has to change to get from one reading to the other. Any thread may ask."""
    before = {row.id: row for row in old}
    changed, added = [], []
    for row in new:
        was = before.pop(row.id, None)
        if was is None:
            added.append(row)
        elif was != row:
            changed.append(row)
    return Difference(changed, added, list(before))


class SegmentTable(QAbstractTableModel):
    """All segments of the chosen record type. Its own signals tell the filter of changes in source rows, in bulk."""

    rows_changing = Signal(list)
    rows_changed = Signal(list)
    rows_added = Signal(int, int)
    rows_removing = Signal(list)
    rows_removed = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows = SegmentRows()
        self.seen = Seen(datetime.now(UTC), UTC, {})

    def show(self, rows: SegmentRows | Sequence[SegmentSummary]) -> None:
        """Replace the whole list: another record type, the first reading, or one that differs in very many rows."""
        self.beginResetModel()
        self.rows = rows if isinstance(rows, SegmentRows) else SegmentRows(rows)
        self.endResetModel()

    def apply(self, found: Difference) -> None:
        """Take over a difference: rows that stayed the same are not touched, not even asked."""
        if found.changed:
            self._change(found.changed)
        if found.removed:
            self._remove(found.removed)
        if found.added:
            self._add(found.added)

    def position(self, segment_id: int) -> int | None:
        """The row of a segment, or None."""
        return self.rows.position(segment_id)

    def tell_time(self, now: datetime) -> None:
        """Take another time as now; texts that depend on it are drawn anew."""
        self.seen.now = now
        if self.rows:
            self.rows_changed.emit([])
            last = len(self.rows) - 1
            self.dataChanged.emit(self.index(0, Column.STATUS), self.index(last, Column.COMPUTED), [_DISPLAY])

    def sort_key(self, column: int, row: int) -> Any:
        """What a row is sorted by in this column."""
        return sort_keys(column, self.seen.record_types)(self.rows, array("i", [row]))[0]

    def _change(self, rows: Iterable[SegmentSummary]) -> None:
        there = [(place, row) for row in rows if (place := self.position(row.id)) is not None]
        touched = sorted(place for place, _ in there)
        self.rows_changing.emit(touched)
        for place, row in there:
            self.rows.change(place, row)
        self.rows_changed.emit(touched)
        for first, last in spans(touched):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def _remove(self, ids: Iterable[int]) -> None:
        places = sorted(place for place in map(self.position, ids) if place is not None)
        self.rows_removing.emit(places)
        for first, last in reversed(list(spans(places))):
            self.beginRemoveRows(QModelIndex(), first, last)
            self.rows.remove(first, last)
            self.endRemoveRows()
        self.rows_removed.emit(places)

    def _add(self, rows: Sequence[SegmentSummary]) -> None:
        fresh = [row for row in rows if self.position(row.id) is None]
        if not fresh:
            return
        first = len(self.rows)
        self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
        self.rows.extend(list(map(plain_of, fresh)))
        self.endInsertRows()
        self.rows_added.emit(first, len(fresh))

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role == _ALIGN:
            return _RIGHT if COLUMNS[index.column()].right else _LEFT
        if role != _DISPLAY and role not in _ANSWERS:
            return None
        if not index.isValid():
            return None
        return cell(self.rows[index.row()], index.column(), role, self.seen)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        spec = COLUMNS[section]
        if role == _DISPLAY:
            return spec.title
        if role == _TOOLTIP:
            return spec.about
        if role == _ACCESSIBLE:
            return spec.title or spec.about
        if role == _ALIGN:
            return _RIGHT if spec.right else _LEFT
        return None


_ANSWERS = frozenset({_TOOLTIP, _ACCESSIBLE, ID_ROLE, SUMMARY_ROLE})


def cell(row: SegmentSummary, column: int, role: int, seen: Seen) -> Any:
    """The answer of one cell to a role that is not about looks."""
    if role == _DISPLAY:
        return COLUMNS[column].text(row, seen)
    if role == ID_ROLE:
        return row.id
    if role == SUMMARY_ROLE:
        return row
    if role == _TOOLTIP:
        return wording.plain_tooltip(COLUMNS[column].hint(row, seen))
    if column == Column.CHECK:
        return f"Select {row.name}"
    if column == Column.STATUS:
        return wording.status(row, seen.now, seen.zone)[2:]
    return COLUMNS[column].text(row, seen)


def spans(rows: Sequence[int]) -> Iterable[tuple[int, int]]:
    """The runs of neighbours in a sorted list of rows, each as (first, last)."""
    start = 0
    for place in range(1, len(rows) + 1):
        if place == len(rows) or rows[place] != rows[place - 1] + 1:
            yield rows[start], rows[place - 1]
            start = place


SequenceNames = Callable[[int], tuple[str, ...]]
