"""Shows a window and prints how many milliseconds after a moment of the monotonic clock it was painted.

Stands apart as a process of its own that imports nothing beside the window that it measures.
"""

from __future__ import annotations

import sys
import time
from typing import Any

SIZE = (1320, 820)  # of the program's own window at its first start


def _painted(window: Any, began: float) -> None:
    """Print when this was asked for, once events go on, and end."""
    from PySide6.QtCore import QTimer

    def tell() -> None:
        print((time.monotonic() - began) * 1000, flush=True)
        getattr(window, "close_now", window.close)()

    QTimer.singleShot(0, tell)


def _ours(path: str, began: float) -> None:
    from segment_manager import __main__

    main = __main__.window()  # as the program itself imports it
    from PySide6.QtCore import QEvent, QObject

    from segment_manager import app
    from segment_manager.ui.main_window import MainWindow

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint:
                watched.removeEventFilter(self)
                _painted(self.parent(), began)
            return False

    class Watched(MainWindow):
        def __init__(self, workspace: Any) -> None:
            super().__init__(workspace)
            self.list.view.viewport().installEventFilter(Watch(self))

    app.MainWindow = Watched  # type: ignore[attr-defined]
    main(["--workspace", path])


def _bare(path: str, began: float, model: Any = None) -> None:
    from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

    class View(QTableView):
        """Is not watched from outside: to give its viewport, PySide6 makes the classes of all kinds of widgets."""

        is_painted = False

        def paintEvent(self, event: Any) -> None:  # noqa: N802
            super().paintEvent(event)
            if not self.is_painted:
                self.is_painted = True
                _painted(window, began)

    application = QApplication([])
    window = QMainWindow()
    view = View()
    if model is not None:
        view.setModel(model)
    window.setCentralWidget(view)
    window.resize(*SIZE)
    window.show()
    application.exec()


def _naive(path: str, began: float) -> None:
    from pathlib import Path

    from PySide6.QtCore import QAbstractTableModel

    from segment_manager.storage.tables import ROWS, SegmentRow, SegmentStateRow
    from segment_manager.storage.workspace import Workspace

    class Rows(QAbstractTableModel):
        def rowCount(self, *parent: object) -> int:  # noqa: N802
            return len(rows)

        def columnCount(self, *parent: object) -> int:  # noqa: N802
            return 9

        def data(self, index: Any, role: int = 0) -> Any:
            return rows[index.row()].name if role == 0 else None

    workspace = Workspace.open(Path(path))
    with workspace.db.bind_ctx(ROWS):
        rows = list(SegmentRow.select(SegmentRow, SegmentStateRow).join(SegmentStateRow, attr="life"))
    _bare(path, began, Rows())
    workspace.close()


if __name__ == "__main__":
    {"ours": _ours, "bare": _bare, "naive": _naive}[sys.argv[1]](sys.argv[2], float(sys.argv[3]))
