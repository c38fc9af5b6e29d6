"""The members of one segment as a table that reads only the pages that are painted.

Stands apart because a segment may have a million members: the table knows their number and asks for 200 at a time,
the pages on screen first, and forgets pages that were not looked at for a while.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from segment_manager.domain.records import Field, FieldType
from segment_manager.domain.stored_values import Value
from segment_manager.storage.queries import MemberPage
from segment_manager.ui.details.formats import value_text
from segment_manager.ui.wording import plain_tooltip

PAGE = 200
KEPT_PAGES = 60
WAITING = "…"

Index = QModelIndex | QPersistentModelIndex
Ask = Callable[[int], None]
"""Takes a page number; the answer comes back through `MemberTable.take`."""

_NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL})
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class MemberTable(QAbstractTableModel):
    """One row a member: its key, then every field of the record type."""

    def __init__(self, ask: Ask, zone: tzinfo, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self.zone = zone
        self._total = 0
        self._fields: tuple[Field, ...] = ()
        self._shown: list[int] = []
        self._key_label = "Key"
        self._pages: OrderedDict[int, list[list[str]]] = OrderedDict()
        self._wanted: list[int] = []
        self._asked: int | None = None

    def start(self, page: MemberPage) -> None:
        """Show other members, of which the first page is known."""
        self.beginResetModel()
        self._total = page.total
        self._key_label = page.record_type.key_label
        # A file's key is a field as well: it stands once, as the key.
        of_type = page.record_type.fields
        self._shown = [place for place, field in enumerate(of_type) if field.label != self._key_label]
        self._fields = tuple(of_type[place] for place in self._shown)
        self._pages.clear()
        self._wanted.clear()
        self._asked = None
        self._pages[0] = self._cells(page)
        self.endResetModel()

    def grow(self, total: int) -> None:
        """More members of those that are shown have been found; they come after the ones that are known."""
        if total <= self._total:
            return
        number, rest = divmod(self._total, PAGE)
        if rest:
            self._pages.pop(number, None)
        self.beginInsertRows(QModelIndex(), self._total, total - 1)
        self._total = total
        self.endInsertRows()

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._total, self._fields, self._shown, self._asked = 0, (), [], None
        self._pages.clear()
        self._wanted.clear()
        self.endResetModel()

    def take(self, number: int, page: MemberPage) -> None:
        """The page that was asked for has come."""
        if number != self._asked:
            return
        self._asked = None
        self._pages[number] = self._cells(page)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        first = number * PAGE
        last = min(first + PAGE, self._total) - 1
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))
        self._ask_next()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or not self._key_label else 1 + len(self._fields)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal and section:
            return _RIGHT if self._fields[section - 1].type in _NUMBERS else None
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return section + 1
        return self._key_label if section == 0 else self._fields[section - 1].label

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(self._text(index.row(), index.column()))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return _RIGHT if self._fields[index.column() - 1].type in _NUMBERS else None
        return None

    def _text(self, row: int, column: int) -> str:
        number, place = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None:
            self._want(number)
            return WAITING
        return page[place][column] if place < len(page) else ""

    def _want(self, number: int) -> None:
        if number == self._asked or number in self._wanted:
            return
        self._wanted.append(number)
        del self._wanted[:-4]  # scrolled past already: the pages on screen are the last ones wanted
        self._ask_next()

    def _ask_next(self) -> None:
        if self._asked is None and self._wanted:
            self._asked = self._wanted.pop()
            self._ask(self._asked)

    def _cells(self, page: MemberPage) -> list[list[str]]:
        zone, places = self.zone, self._shown

        def shown(values: tuple[Value, ...]) -> list[str]:
            return [value_text(values[place], zone) for place in places]

        return [[key, *shown(row)] for key, row in zip(page.keys, page.rows, strict=True)]
