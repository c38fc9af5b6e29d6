"""The table model of the activity: pages of lines, the next one read when the view comes near the end.

Stands apart because a log may have millions of rows and the view must never wait for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from segment_manager.ui import wording
from segment_manager.ui.activity.lines import Line, Page

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)

COLUMNS: tuple[tuple[str, int, Callable[[Line], str]], ...] = (
    ("When", 150, lambda line: line.when),
    ("Who", 110, lambda line: line.who),
    ("What", 190, lambda line: line.action),
    ("Segment", 230, lambda line: line.segment),
    ("Before and after", 340, lambda line: "; ".join(line.changes)),
)


class ActivityTable(QAbstractTableModel):
    """`fetch(before)` is called when older lines are wanted; its answer comes through `add`."""

    def __init__(self, fetch: Callable[[int], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self._fetch = fetch
        self._more = False
        self._waiting = False

    def begin(self, page: Page) -> None:
        """Show a first page instead of everything."""
        self.beginResetModel()
        self.lines = list(page.lines)
        self._more, self._waiting = page.more, False
        self.endResetModel()

    def add(self, page: Page) -> None:
        """Add older lines at the end."""
        self._more, self._waiting = page.more, False
        if page.lines:
            first = len(self.lines)
            self.beginInsertRows(_ROOT, first, first + len(page.lines) - 1)
            self.lines.extend(page.lines)
            self.endInsertRows()

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._more and not self._waiting

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent) and self.lines:
            self._waiting = True
            self._fetch(self.lines[-1].seq)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role in (_DISPLAY, Qt.ItemDataRole.AccessibleTextRole):
            return COLUMNS[index.column()][2](line).replace("\n", " ")
        if role == Qt.ItemDataRole.ToolTipRole:
            text = "\n".join(line.changes) if index.column() == len(COLUMNS) - 1 else COLUMNS[index.column()][2](line)
            return wording.plain_tooltip(text)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == _DISPLAY and 0 <= section < len(COLUMNS):
            return COLUMNS[section][0]
        return None
