"""Drives the real window through the main job on demonstration data and saves a screenshot of each station.

`python3 dev.py tour` starts it, on a virtual screen where there can be one. It finds things as a person or a screen
reader does, by accessible name, menu text, window title and button text, and acts by mouse and keyboard events.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QLineEdit,
    QMainWindow,
    QMenu,
    QWidget,
)

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "build" / "tour"
PATIENCE = 30.0  # seconds for one step on a slow machine
SETTLE = 0.5  # seconds until what has come up is painted, frame and all

Kind = TypeVar("Kind", bound=QWidget)
Awaited = tuple[str, Callable[[], object]]  # what a step waits for, in words and as a question


def plain(text: str) -> str:
    """A menu's or button's text as a person reads it."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")


def click(widget: QWidget, where: QPoint) -> None:
    """Clicks on a widget when the event loop turns next, since a menu or dialog may keep the click from returning."""
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTimer.singleShot(0, lambda: QTest.mouseClick(widget, left, none, where))


def right_click(widget: QWidget, where: QPoint) -> None:
    """The same with the right button, and the question for a menu, which Qt puts for real mice alone."""
    right, none = Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier
    QTimer.singleShot(0, lambda: QTest.mouseClick(widget, right, none, where))
    question = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, widget.mapToGlobal(where))
    QTimer.singleShot(50, lambda: QApplication.postEvent(widget, question))


class Tour:
    """The stations, one after the other, each begun when what it needs has appeared."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._steps = self._stations()
        self._awaited: Awaited = ("the window", window.isVisible)
        self._since = time.monotonic()
        self._met = 0.0
        self._count = 0
        self._timer = QTimer(interval=50)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begins; the application's event loop does the rest and ends with exit code 0, or 1 when stuck."""
        self._timer.start()

    def fail(self, why: str) -> None:
        """Ends the tour: says why, leaves a picture of where it was stuck."""
        self._timer.stop()
        self._shot("stuck")
        print(f"The tour is stuck: {why}", file=sys.stderr, flush=True)
        QApplication.exit(1)  # ends the loop of an open dialog, too

    def _look(self) -> None:
        what, met = self._awaited
        now = time.monotonic()
        if not met():
            self._met = 0.0
            if now - self._since > PATIENCE:
                self.fail(f"there is no sign of {what}.")
        elif not self._met:
            self._met = now
        elif now - self._met > SETTLE:
            self._since, self._met = now, 0.0
            awaited = next(self._steps, None)
            if awaited is None:
                self._timer.stop()
                QApplication.exit(0)
            else:
                self._awaited = awaited

    def _stations(self) -> Iterator[Awaited]:
        table = self._named(QAbstractItemView, "Segments")
        yield "the segments", lambda: table.model().rowCount() > 0
        self._shot("start")

        name = self._name_of_a_linked_segment(table)
        search = self._named(QLineEdit, "Search segments")
        click(search, search.rect().center())
        yield "the cursor in the search box", search.hasFocus
        QTest.keyClicks(search, name.split()[0].lower())
        yield "the segment that was searched for", lambda: self._row(table, name) >= 0
        self._shot("filter")

        self._open_row_menu(table, name)
        yield "the row menu", self._menu
        self._shot("row-menu")

        found = table.model().rowCount()
        self._choose("Deactivate")
        yield "the dialog Deactivate segment", lambda: self._dialog("Deactivate segment")
        self._shot("deactivate")
        self._press("Deactivate")
        yield "the list without the segment", lambda: not self._dialog("") and table.model().rowCount() < found
        self._shot("deactivated")

        self._window.activateWindow()
        yield "the window in front", self._window.isActiveWindow
        QTest.keyClick(self._window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        yield "the segment again, after undo", lambda: table.model().rowCount() == found
        self._shot("after-undo")

        self._open_row_menu(table, name)
        yield "the row menu", self._menu
        self._choose("Delete permanently")
        yield "the dialog Delete segment", lambda: self._dialog("Delete segment")
        self._shot("delete")
        self._press("Cancel")
        yield "the dialog closed", lambda: not self._dialog("") and table.model().rowCount() == found

    # --- finding ---

    def _named(self, kind: type[Kind], name: str) -> Kind:
        for widget in self._window.findChildren(kind):
            if widget.accessibleName() == name and widget.isVisible():
                return widget
        raise LookupError(f"nothing in the window is called “{name}”")

    def _column(self, table: QAbstractItemView, title: str) -> int:
        model = table.model()
        for column in range(model.columnCount()):
            if str(model.headerData(column, Qt.Orientation.Horizontal) or "").startswith(title):
                return column
        raise LookupError(f"the table has no column “{title}”")

    def _cell(self, table: QAbstractItemView, row: int, column: int) -> str:
        return str(table.model().index(row, column).data() or "")

    def _name_of_a_linked_segment(self, table: QAbstractItemView) -> str:
        """The segment that most sequences and nothing else uses: the dialogs name these and nothing blocks deletion."""
        names, used = self._column(table, "Name"), self._column(table, "Used by")
        linked = self._column(table, "Sequences")
        uses = {}
        for row in range(min(table.model().rowCount(), 500)):
            sequences = re.fullmatch(r"\d+", self._cell(table, row, linked))
            said = self._cell(table, row, used)
            others = "rule" in said or sum(map(int, re.findall(r"\d+", said))) != int(sequences[0] if sequences else 0)
            uses[self._cell(table, row, names)] = int(sequences[0]) if sequences and not others else 0
        return max(uses, key=lambda name: uses[name])

    def _row(self, table: QAbstractItemView, name: str) -> int:
        column = self._column(table, "Name")
        rows = range(min(table.model().rowCount(), 500))
        return next((row for row in rows if self._cell(table, row, column) == name), -1)

    def _menu(self) -> QMenu | None:
        popup = QApplication.activePopupWidget()
        return popup if isinstance(popup, QMenu) else None

    def _dialog(self, title: str) -> QDialog | None:
        """The open dialog whose title begins so; with an empty title, any."""
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible() and widget.windowTitle().startswith(title):
                return widget
        return None

    # --- doing ---

    def _open_row_menu(self, table: QAbstractItemView, name: str) -> None:
        index = table.model().index(self._row(table, name), self._column(table, "Name"))
        table.scrollTo(index)
        right_click(table.viewport(), table.visualRect(index).center())

    def _choose(self, text: str) -> None:
        menu = self._menu()
        for action in menu.actions() if menu else []:
            if menu and plain(action.text()).startswith(text):
                click(menu, menu.actionGeometry(action).center())
                return
        raise LookupError(f"the row menu has no “{text}”")

    def _press(self, text: str) -> None:
        """Presses the dialog's button whose text begins so; of several the last, which is the strongest."""
        dialog = self._dialog("")
        buttons = dialog.findChildren(QAbstractButton) if dialog else []
        fitting = [each for each in buttons if each.isVisible() and plain(each.text()).startswith(text)]
        if not fitting:
            raise LookupError(f"the dialog has no button “{text}”")
        click(fitting[-1], fitting[-1].rect().center())

    def _shot(self, station: str) -> None:
        if QGuiApplication.platformName() == "xcb":
            picture = QGuiApplication.primaryScreen().grabWindow(0)
        else:
            picture = self._composed()
        self._count += 1
        path = PICTURES / f"{self._count}-{station}.png"
        picture.save(str(path))
        print(path.relative_to(ROOT).as_posix(), flush=True)

    def _composed(self) -> QPixmap:
        """The window with what stands before it, without frames, where the whole screen is not ours to grab."""
        picture = self._window.grab()
        painter = QPainter(picture)
        for widget in QApplication.topLevelWidgets():
            if widget is not self._window and widget.isVisible():
                painter.drawPixmap(widget.pos() - self._window.pos(), widget.grab())
        painter.end()
        return picture


def main() -> int:
    """Makes the demonstration workspace, opens the window on it and takes the tour; gives the exit code."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for former in PICTURES.glob("*.png"):
        former.unlink()
    with tempfile.TemporaryDirectory(prefix="segment-manager-tour-") as folder:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = folder
        from segment_manager.app import open_window
        from segment_manager.operations.demo import make_demo

        workspace = Path(folder) / "demo.segments"
        make_demo(workspace)
        application = QApplication.instance() or QApplication(sys.argv[:1])
        window = open_window(workspace)
        window.setGeometry(20, 40, 1380, 820)
        window.show()
        tour = Tour(window)

        def stop(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            """An exception in a slot would only be printed, and the tour would wait for nothing."""
            if not isinstance(error, LookupError):
                traceback.print_exception(kind, error, trace)
            tour.fail(str(error))

        sys.excepthook = stop
        tour.start()
        code = application.exec()
        window.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
