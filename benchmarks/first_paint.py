"""Shows a window and prints how many milliseconds after a moment of the monotonic clock it was painted.

Stands apart as a process of its own that imports nothing beside the window that it measures.
"""

from __future__ import annotations

import sys
import time
from typing import Any

SIZE = (1320, 820)  # of the program's own window at its first start


def _watch(window: Any, painted: Any, began: float) -> None:
    """Print when `painted` has been painted for the first time, and end."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint:
                painted.removeEventFilter(self)
                QTimer.singleShot(0, tell)
            return False

    def tell() -> None:
        print((time.monotonic() - began) * 1000, flush=True)
        getattr(window, "close_now", window.close)()

    window.watch = Watch(window)
    painted.installEventFilter(window.watch)


def _ours(path: str, began: float) -> None:
    from segment_manager import __main__

    main = __main__.window()  # as the program itself imports it
    from segment_manager import app
    from segment_manager.ui.main_window import MainWindow

    class Watched(MainWindow):
        def __init__(self, workspace: Any) -> None:
            super().__init__(workspace)
            _watch(self, self.list.view.viewport(), began)

    app.MainWindow = Watched  # type: ignore[attr-defined]
    main(["--workspace", path])


def _bare(path: str, began: float, model: Any = None) -> None:
    from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

    application = QApplication([])
    window = QMainWindow()
    view = QTableView()
    if model is not None:
        view.setModel(model)
    window.setCentralWidget(view)
    window.resize(*SIZE)
    _watch(window, view.viewport(), began)
    window.show()
    application.exec()


def _naive(path: str, began: float) -> None:
    from pathlib import Path

    from PySide6.QtCore import QAbstractTableModel

    from segment_manager.storage.tables import ROWS, SegmentRow
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
        rows = list(SegmentRow.select())
    _bare(path, began, Rows())
    workspace.close()


if __name__ == "__main__":
    {"ours": _ours, "bare": _bare, "naive": _naive}[sys.argv[1]](sys.argv[2], float(sys.argv[3]))
