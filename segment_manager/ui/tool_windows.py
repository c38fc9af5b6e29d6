"""The tool windows beside the main window: review, clean-up, activity, assets, find record; each open at most once.

Stands apart from workspace_actions.py because these stay open while the list is worked on, and talk to it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from segment_manager.domain.segments import Role
from segment_manager.ui import icons
from segment_manager.ui.jobs import Jobs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from segment_manager.storage.workspace import Workspace
    from segment_manager.ui.main_window import MainWindow


class ToolWindows(QObject):
    """Makes the actions that open them. `show_segments(ids, what they are)` asks the list for a set of segments,
    `segment_requested(id)` for one."""

    show_segments = Signal(list, str)
    segment_requested = Signal(int)

    def __init__(self, workspace: Workspace, jobs: Jobs, window: MainWindow) -> None:
        super().__init__(window)
        self._workspace, self._jobs, self._window = workspace, jobs, window
        self._open: dict[str, QDialog] = {}
        self.role = Role.VIEWER
        self.record_type_id: Callable[[], int | None] = lambda: None
        self.review_unused = self._make("Review unused…", self._review_unused, icon="broom")
        self.clean_up = self._make("Clean up…", self._clean_up)
        self.assets = self._make("Assets…", self._assets)
        self.find_record = self._make("Find record…", self._find_record, "Ctrl+Shift+F", "search")
        self.activity = self._make("Activity…", self._activity)

    def _make(self, text: str, make: Callable[[], QDialog], key: str = "", icon: str = "") -> QAction:
        action = QAction(text, self._window)
        name = text.rstrip("…").lower().replace(" ", "_")
        action.setObjectName(name)
        if key:
            action.setShortcut(QKeySequence(key))
        if icon:
            action.setIcon(icons.icon(icon))
        action.triggered.connect(lambda checked=False: self._show(name, make))
        return action

    def _show(self, name: str, make: Callable[[], QDialog]) -> None:
        """Bring a window to the front, making it where it is not open."""
        window = self._open.get(name)
        if window is None:
            window = self._open[name] = make()
            window.finished.connect(partial(self._gone, name, window))
        window.show()
        window.raise_()
        window.activateWindow()

    def _gone(self, name: str, window: QDialog, *_: object) -> None:
        if self._open.pop(name, None) is not None:
            window.deleteLater()

    def open_asset(self, asset_row_id: int) -> None:
        """Show one asset in the Assets window."""
        self.assets.trigger()
        window = self._open["assets"]
        window.open_asset(asset_row_id)  # type: ignore[attr-defined]  # what is under this name is the Assets window

    def close_all(self) -> None:
        """Close whatever is open, with the main window."""
        for window in list(self._open.values()):
            window.close()

    # The windows

    def _review_unused(self) -> QDialog:
        from segment_manager.ui.review_unused import ReviewUnused

        may_change = self.role is not Role.VIEWER
        made = ReviewUnused(self._workspace, self._jobs, self._window.flow.start, may_change, self._window)
        made.show_segments.connect(self.show_segments)
        return made

    def _clean_up(self) -> QDialog:
        from segment_manager.ui.cleanup import CleanUp

        made = CleanUp(self._workspace, self._jobs, self.record_type_id(), self._window)
        made.show_segments.connect(self.show_segments)
        made.compare_requested.connect(self.compare)
        return made

    def _activity(self) -> QDialog:
        from segment_manager.ui.activity import ActivityWindow

        made = ActivityWindow(self._workspace, self._jobs, self._window)
        made.segment_requested.connect(self.segment_requested)
        return made

    def _assets(self) -> QDialog:
        from segment_manager.ui.assets import AssetsWindow

        made = AssetsWindow(self._workspace, self._jobs, self._window)
        made.segment_requested.connect(self.segment_requested)
        made.undo_requested.connect(self._window.flow.undo)
        return made

    def _find_record(self) -> QDialog:
        from segment_manager.ui.record_search import FindRecord

        made = FindRecord(self._workspace, self._jobs, parent=self._window)
        made.segment_requested.connect(self.segment_requested)
        return made

    def compare(self, ids: list[int]) -> None:
        """Show how the members of 2 to 6 segments overlap, beside whatever is compared already."""
        from segment_manager.ui.compare import CompareSegments

        made = CompareSegments(self._workspace, self._jobs, ids, self._window)
        made.show_segments.connect(self.show_segments)
        made.finished.connect(made.deleteLater)
        made.show()
