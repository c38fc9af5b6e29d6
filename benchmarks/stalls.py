"""How soon rows stand in the window, and how long it stands still at a time while a person works in it."""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from benchmarks import data
from benchmarks.blocks import Blocks
from benchmarks.measure import Benchmark, Goal, Result, Run, Way, compare
from benchmarks.window import DOWN, UP, RealWindow
from segment_manager.domain.segments import Role
from segment_manager.operations.settings import set_role
from segment_manager.ui.export_segments import ExportSegments
from segment_manager.ui.segment_columns import Column

BLOCK = Goal("value", 100)
_NONE = Qt.KeyboardModifier.NoModifier


def stalls(run: Run) -> Iterator[Result]:
    """When rows stand there, and the longest block while reading, searching, sorting, selecting and changing them."""
    path = data.copied(data.with_segments(run.file("listed"), run.size, references=1), "stalls")
    workspace = data.opened(path)
    set_role(workspace, getpass.getuser(), Role.SYSTEM_ADMINISTRATOR)  # who measures may deactivate
    workspace.close()
    worker = _Worker(path)
    blocks = worker.blocks
    while_reading = blocks.longest()
    yield _told(run, "first rows after opening", worker.first_rows, None)
    yield _told(run, "all rows after opening", worker.all_rows, None)
    yield _told(run, "block: open and read", while_reading, BLOCK)
    for name, work in (
        ("search", worker.search),
        ("search a field", worker.search_field),
        ("sort", worker.sort_all),
        ("scroll and select", worker.scroll_and_select),
        ("copy all names", worker.copy_names),
        ("export all", worker.export),
        ("plan to deactivate all", worker.plan_deactivation),
        ("deactivate all", worker.deactivate),
        ("undo", worker.undo),
    ):
        yield _told(run, f"block: {name}", blocks.during(work), BLOCK)
    blocks.stop()
    worker.close()


def _told(run: Run, name: str, value: float, goal: Goal | None) -> Result:
    return compare(run, name, goal, ours=Way(lambda: value), note="" if goal else "by the clock")


class _Worker(RealWindow):
    """What a person does, one after the other."""

    def __init__(self, path: Path) -> None:
        self._began = time.perf_counter()
        self.target = path.with_name("exported.csv")
        self.first_rows = self.all_rows = 0.0
        super().__init__(path)

    def watch(self) -> None:
        """Note when rows come. What opening the window takes is the start's affair."""
        self.blocks = Blocks()
        self.list.begun.connect(partial(self._note, "first_rows"))
        self.list.loaded.connect(partial(self._note, "first_rows"))
        self.list.loaded.connect(partial(self._note, "all_rows"))

    def _note(self, name: str) -> None:
        if not getattr(self, name):
            setattr(self, name, (time.perf_counter() - self._began) * 1000)

    def search(self) -> None:
        self.type_each()
        self.clear()

    def search_field(self) -> None:
        self.search_box.setText("unused:>90d -plan")
        self.settle()
        self.clear()

    def sort_all(self) -> None:
        for column in (Column.MEMBERS, Column.STATUS, Column.USED_BY, Column.NAME):
            self.view.sortByColumn(column, DOWN if column != Column.NAME else UP)
            self.settle()

    def scroll_and_select(self) -> None:
        bar, spot = self.view.verticalScrollBar(), QPoint(100, 100)
        for share in range(101):
            bar.setValue(bar.maximum() * share // 100)
            QApplication.processEvents()
        for _ in range(20):
            wheel = QWheelEvent(
                QPointF(spot), QPointF(self.view.viewport().mapToGlobal(spot)), QPoint(), QPoint(0, 240),
                Qt.MouseButton.NoButton, _NONE, Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.sendEvent(self.view.viewport(), wheel)
            QApplication.processEvents()
        for key, modifier in (
            (Qt.Key.Key_Home, _NONE),
            (Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier),
            (Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier),
        ):
            QTest.keyClick(self.view, key, modifier)
            QApplication.processEvents()

    def copy_names(self) -> None:
        bar = self.window.result_bar
        self.window.actions_["copy_name"].trigger()
        self.until(lambda: bar.message.startswith("Copied"))

    def export(self) -> None:
        self.window.actions_["export"].trigger()
        question = self._question()
        assert isinstance(question, ExportSegments)
        question.accept()
        question.write("segments", self.target)
        self.until(lambda: "written" in self.window.result_bar.message)

    def plan_deactivation(self) -> None:
        self.window.actions_["deactivate"].trigger()
        self.until(lambda: self._question() is not None)

    def deactivate(self) -> None:
        question = self._question()
        assert question is not None
        # the last one goes furthest: beside it may stand 'the other …'
        [*_, button] = [each for each in question.findChildren(QPushButton) if each.text().startswith("Deactivate")]
        button.click()
        self.until(lambda: self._active() == 0)
        self.settle()

    def undo(self) -> None:
        self.window.menus.undo.trigger()
        self.until(lambda: self._active() > 0)
        self.settle()

    def _active(self) -> int:
        return self.shown.counts.active

    def _question(self) -> QDialog | None:
        found = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
        return found[0] if found else None


BENCHMARKS = (Benchmark("stalls", stalls, (100_000, 1_000_000)),)
