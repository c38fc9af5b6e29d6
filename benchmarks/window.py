"""The real window on a workspace, driven as a person would.

Stands apart because several benchmarks work in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTableView

from segment_manager.ui.segment_columns import Column
from segment_manager.ui.segment_filter import SegmentFilter

TYPED = "dorm"
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
PATIENCE = 300.0  # seconds that a million rows may take for anything
AT_REST = 30  # milliseconds in which what timers put off has happened


class RealWindow:
    """The real window on a workspace, all statuses shown."""

    def __init__(self, path: Path) -> None:
        self.application = QApplication.instance() or QApplication([])
        from segment_manager import app

        window: Any = app.open_window(path)
        self.window = window
        self.window.filter_bar.choose_status(None)
        self.list = self.window.list
        self.shown: SegmentFilter = self.list.shown
        self.view: QTableView = self.list.view
        self.search_box: QLineEdit = self.window.filter_bar.search
        self.is_read = False
        self.watch()
        self.list.loaded.connect(self._loaded)
        self.until(lambda: self.is_read)
        self.settle()

    def _loaded(self) -> None:
        self.is_read = True

    def watch(self) -> None:
        """What is wanted of the window before its rows come."""

    def until(self, reached: Callable[[], bool]) -> None:
        """Let the window work until something is so. Raises TimeoutError."""
        began = time.monotonic()
        while not reached():
            # as the program's own loop does: one that never sleeps would take Python away from the other threads
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.monotonic() - began > PATIENCE:
                raise TimeoutError("The window was not done in time.")

    def settle(self) -> None:
        """Wait until what was put off has happened."""
        self.until(lambda: self.shown.is_whole and not self.shown.is_sorting and self.window.jobs.is_idle)
        QTest.qWait(AT_REST)

    def clear(self) -> None:
        self.search_box.clear()
        self.settle()

    def type_each(self) -> float:
        """Milliseconds a key; between two keys the rest happens."""
        gone = 0.0
        for letter in TYPED:
            began = time.perf_counter()
            QTest.keyClicks(self.search_box, letter)
            gone += time.perf_counter() - began
            self.settle()
        return gone * 1000 / len(TYPED)

    def type_and_paint(self) -> None:
        QTest.keyClicks(self.search_box, TYPED[0])
        self.view.viewport().repaint()

    def type_and_wait(self) -> None:
        QTest.keyClicks(self.search_box, TYPED[0])
        self.until(lambda: self.shown.is_whole)

    def sort(self) -> None:
        self.view.sortByColumn(Column.NAME, UP)
        self.until(lambda: not self.shown.is_sorting)

    def sort_otherwise(self) -> None:
        self.view.sortByColumn(Column.MODIFIED, DOWN)
        self.settle()

    def select_all(self) -> None:
        QTest.keyClick(self.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QApplication.processEvents()

    def select_none(self) -> None:
        self.view.clearSelection()
        self.settle()

    def close(self) -> None:
        self.settle()
        self.window.close()
        self.window.deleteLater()
        QTest.qWait(AT_REST)
