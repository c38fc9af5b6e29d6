"""Shows a window and prints how many milliseconds after a moment of the monotonic clock it was painted.

Stands apart as a process of its own that imports nothing beside the window that it measures.
"""

from __future__ import annotations

import sys
import time
from typing import Any

SIZE = (1320, 820)  # of the program's own window at its first start


def _telling(table: type[Any], began: float) -> type[Any]:
    """A table that prints when it was painted first, once events go on, and ends.

    It is not watched from outside: PySide6 would make the classes of all kinds of events, and to give the viewport
    those of all kinds of widgets.
    """
    from PySide6.QtCore import QTimer

    class Telling(table):  # type: ignore[misc]
        is_painted = False

        def paintEvent(self, event: Any) -> None:  # noqa: N802
            super().paintEvent(event)
            if not self.is_painted:
                self.is_painted = True
                QTimer.singleShot(0, self.tell)

        def tell(self) -> None:
            print((time.monotonic() - began) * 1000, flush=True)
            getattr(self.window(), "close_now", self.window().close)()

    return Telling


def _ours(path: str, began: float) -> None:
    from segment_manager import __main__

    main = __main__.window()  # as the program itself imports it
    from segment_manager.ui import segment_list

    segment_list.SegmentView = _telling(segment_list.SegmentView, began)  # type: ignore[attr-defined]
    main(["--workspace", path])


def _bare(path: str, began: float, model: Any = None) -> None:
    from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

    application = QApplication([])
    window = QMainWindow()
    view = _telling(QTableView, began)()
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
