"""A table over light rows: search, filter and sort in memory, with boxes to tick where wanted.

Stands apart because assets, the segments of an asset, and what can be chosen are all such tables, and all may have
100,000 rows: no widget a row, one reset a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from segment_manager.ui import theme, wording

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ROOT = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class LightColumn(Generic[Row]):
    """One column: its title, text and sort key by row. `colour` names one of the theme's colours, '' for the usual."""

    title: str
    width: int
    text: Callable[[Row], str]
    key: Callable[[Row], Any]
    right: bool = False
    colour: Callable[[Row], str] | None = None
    hint: Callable[[Row], str] | None = None


class LightTable(QAbstractTableModel, Generic[Row]):
    """Rows with an id each. `searched` gives the text that a search looks through.

    `counted` comes after what is shown changed, `ticked` after a box was ticked.
    """

    counted = Signal()
    ticked = Signal()

    def __init__(
        self,
        columns: Sequence[LightColumn[Row]],
        id_of: Callable[[Row], int],
        searched: Callable[[Row], str],
        *,
        boxes: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._id_of, self._searched, self._boxes = id_of, searched, boxes
        self._all: list[Row] = []
        self._texts: list[str] | None = None  # made for the first search: many lists are never searched
        self._order: list[int] = []
        self._shown: list[int] = []
        self._places: dict[int, int] | None = None
        self._words: list[str] = []
        self._accept: Callable[[Row], bool] | None = None
        self._sorted_by = (0, Qt.SortOrder.AscendingOrder)
        self.chosen: set[int] = set()
        theme.changed().connect(self._repaint)

    # What is shown

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; search, filter and order stay."""
        self.beginResetModel()
        self._all = list(rows)
        self._texts = None
        if self.chosen:
            self.chosen &= {self._id_of(row) for row in rows}
        self._put_in_order()
        self._pick()
        self.endResetModel()
        self.counted.emit()

    def narrow(self, text: str, accept: Callable[[Row], bool] | None = None) -> None:
        """Show the rows that hold every word of `text` and that `accept` lets through."""
        self.beginResetModel()
        self._words, self._accept = text.casefold().split(), accept
        self._pick()
        self.endResetModel()
        self.counted.emit()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.beginResetModel()
        self._sorted_by = (column, order)
        self._put_in_order()
        self._pick()
        self.endResetModel()

    def _put_in_order(self) -> None:
        column, order = self._sorted_by
        first = self.columns[0].key
        self._order = sorted(range(len(self._all)), key=lambda place: first(self._all[place]))
        if column or order is Qt.SortOrder.DescendingOrder:
            key = self.columns[column].key
            down = order is Qt.SortOrder.DescendingOrder
            self._order.sort(key=lambda place: key(self._all[place]), reverse=down)

    def _pick(self) -> None:
        shown = self._order
        if self._words:
            texts = self._texts = self._texts or [self._searched(row).casefold() for row in self._all]
            for word in self._words:
                shown = [place for place in shown if word in texts[place]]
        if self._accept is not None:
            accept = self._accept
            shown = [place for place in shown if accept(self._all[place])]
        self._shown = shown
        self._places = None

    @property
    def rows(self) -> list[Row]:
        """All rows, shown or not."""
        return self._all

    def row(self, place: int) -> Row:
        """The row that is shown at a place."""
        return self._all[self._shown[place]]

    def id_at(self, place: int) -> int:
        """The id of the row that is shown at a place."""
        return self._id_of(self.row(place))

    def between(self, first: int, last: int) -> list[Row]:
        """The rows that are shown from one place to another, both included."""
        return [self._all[place] for place in self._shown[first : last + 1]]

    def ids(self, rows: Iterable[Row]) -> list[int]:
        """The ids of rows."""
        return list(map(self._id_of, rows))

    def place_of(self, row_id: int) -> int:
        """Where the row of an id is shown; -1: nowhere."""
        if self._places is None:
            self._places = {each: place for place, each in enumerate(self.ids(self.between(0, len(self._shown))))}
        return self._places.get(row_id, -1)

    def _repaint(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(self.columns) - 1))

    # What Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if self._boxes and index.column() == 0 else flags

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], self.row(index.row())
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return column.text(row)
            case Qt.ItemDataRole.ToolTipRole:
                return wording.plain_tooltip((column.hint or column.text)(row))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column.right else _LEFT
            case Qt.ItemDataRole.ForegroundRole:
                name = column.colour(row) if column.colour else ""
                return QColor(str(getattr(theme.colours(), name))) if name else None
            case Qt.ItemDataRole.CheckStateRole if self._boxes and index.column() == 0:
                ticked = self._id_of(row) in self.chosen
                return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
        return None

    def setData(self, index: Index, value: Any, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not self._boxes or not index.isValid():
            return False
        row_id = self.id_at(index.row())
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self.chosen.add(row_id)
        else:
            self.chosen.discard(row_id)
        self.dataChanged.emit(index, index)
        self.ticked.emit()
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == _DISPLAY:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[section].right else _LEFT
        return None
