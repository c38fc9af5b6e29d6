"""The view of a light table: rows are selected whole, and keep their place and selection when the table changes.

Stands apart from the table because these are habits of Qt's view, and the same for every such table.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from segment_manager.ui.light_table import LightTable
from segment_manager.ui.whole_rows import list_whole_rows

_ADD = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
_CURRENT = QItemSelectionModel.SelectionFlag.NoUpdate


class LightView(QTableView):
    """`opened(id)` on a double click or Enter, `chosen()` when other rows are selected, `delete_wanted()` on Del."""

    opened = Signal(int)
    chosen = Signal()
    delete_wanted = Signal()

    def __init__(self, table: LightTable[Any], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._kept: tuple[list[int], int, int] = ([], -1, 0)
        self._restoring = False
        self.setAccessibleName(name)
        self.setModel(table)
        list_whole_rows(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 11)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(60)
        self.setStyleSheet("QTableView::item { padding: 0 5px; }")
        for place, column in enumerate(table.columns):
            self.setColumnWidth(place, column.width)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        table.modelAboutToBeReset.connect(self._keep)
        table.modelReset.connect(self._restore)
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        self.doubleClicked.connect(lambda index: self.opened.emit(self._table.id_at(index.row())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The first column has what the others leave, and never too little to be read."""
        super().resizeEvent(event)
        others = sum(self.columnWidth(place) for place in range(1, len(self._table.columns)))
        self.setColumnWidth(0, max(self._table.columns[0].width, self.viewport().width() - others))

    def selected_rows(self) -> list[Any]:
        """The selected rows, in the order of the table."""
        picked = self.selectionModel().selection()
        spans = sorted((picked.at(each).top(), picked.at(each).bottom()) for each in range(picked.count()))
        return [row for top, bottom in spans for row in self._table.between(top, bottom)]

    def selected_ids(self) -> list[int]:
        """Their ids."""
        return self._table.ids(self.selected_rows())

    def select_ids(self, ids: Iterable[int]) -> None:
        """Select the rows of these ids that are shown, and bring the first into sight."""
        places = sorted(place for each in ids if (place := self._table.place_of(each)) >= 0)
        self.clearSelection()
        self._select(places)
        if places:
            first = self._table.index(places[0], 0)
            self.selectionModel().setCurrentIndex(first, _CURRENT)
            self.scrollTo(first)

    def _select(self, places: list[int]) -> None:
        picked = QItemSelection()
        last = len(self._table.columns) - 1
        start = 0
        for end in range(1, len(places) + 1):
            if end == len(places) or places[end] != places[end - 1] + 1:
                picked.select(self._table.index(places[start], 0), self._table.index(places[end - 1], last))
                start = end
        self.selectionModel().select(picked, _ADD)

    def _keep(self) -> None:
        current = self.currentIndex()
        at = self._table.id_at(current.row()) if current.isValid() else -1
        self._kept = (self.selected_ids(), at, self.verticalScrollBar().value())

    def _restore(self) -> None:
        ids, current, scrolled = self._kept
        self._restoring = True
        self._select(sorted(place for each in ids if (place := self._table.place_of(each)) >= 0))
        place = self._table.place_of(current) if current >= 0 else -1
        if place >= 0:
            self.selectionModel().setCurrentIndex(self._table.index(place, 0), _CURRENT)
        self._restoring = False
        self.verticalScrollBar().setValue(scrolled)
        self.chosen.emit()

    def _selection_changed(self, *_: object) -> None:
        if not self._restoring:
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current: QModelIndex = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid():
            self.opened.emit(self._table.id_at(current.row()))
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit()
        else:
            super().keyPressEvent(event)
