"""The selection over resets: what was selected and is shown again is selected again, and what is lost is told.

Stands apart from the list because a long list comes back in two parts, its first screenful at once, and what is
selected, current or lost has to be right after either.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QObject, QTimer, Signal

from segment_manager.ui.segment_columns import Column
from segment_manager.ui.segment_filter import SegmentFilter
from segment_manager.ui.segment_selection import Run, SegmentSelection

_KEEP = QItemSelectionModel.SelectionFlag.NoUpdate
_TOLD_FOR = 10_000  # milliseconds for which the status bar says what the filter took from the selection


class KeptSelection(QObject):
    """`deselected` is how many selected segments the filter hid lately; `recalled` comes after each part."""

    recalled = Signal()
    emptied = Signal()
    current_lost = Signal()

    def __init__(self, shown: SegmentFilter, selection: SegmentSelection, parent: QObject) -> None:
        super().__init__(parent)
        self._shown, self._selection, self._view = shown, selection, selection.view
        self._scroll = 0
        self.deselected = 0
        self.tells_lost = True  # False while rows are replaced for another reason than what the filter hides
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_TOLD_FOR)
        self._quiet.timeout.connect(self._forget)
        shown.modelAboutToBeReset.connect(self._remember)
        shown.modelReset.connect(self._recall)
        shown.completed.connect(self._complete)

    def selected_anew(self) -> None:
        """Somebody selected: what was lost before is no news any more."""
        self.deselected = 0

    def _remember(self) -> None:
        self._scroll = self._view.verticalScrollBar().value()
        self._shown.mark(self._selection.runs(), self._view.currentIndex().row())

    def _recall(self) -> None:
        self._recall_current()
        runs = self._add_marked()
        self._view.verticalScrollBar().setValue(self._scroll if self._shown.is_whole else 0)
        if not runs:
            self.recalled.emit()
            self.emptied.emit()

    def _complete(self) -> None:
        """The rest of a long list has come."""
        self._recall_current()
        self._add_marked()
        self.recalled.emit()

    def _add_marked(self) -> list[Run]:
        runs, before = self._shown.marked(), self.deselected
        self._selection.add(runs)
        self.deselected = before
        if self._shown.is_whole and self.tells_lost:
            self.deselected += self._shown.marks.number - sum(last - first + 1 for first, last in runs)
        if self.deselected > before:
            self._quiet.start()
        return runs

    def _recall_current(self) -> None:
        if self._view.currentIndex().isValid():
            return
        row = self._shown.marked_current()
        if row < 0 and not self._shown.is_whole:
            return  # it may come with the rest
        lost = row < 0
        if lost and self._shown.rowCount():
            row = 0
        if row >= 0:
            self._view.selectionModel().setCurrentIndex(self._shown.index(row, Column.NAME), _KEEP)
        if lost:
            self.current_lost.emit()

    def _forget(self) -> None:
        self.deselected = 0
        self.recalled.emit()
