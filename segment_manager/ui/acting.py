"""What acts in a window, apart from what shows: result bar, action flow, verbs, and the work of each day.

Stands apart because the window's first paint is of what shows. Each part is imported and made when it is first needed.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace
    from segment_manager.ui.action_flow import ActionFlow
    from segment_manager.ui.daily_work import DailyWork
    from segment_manager.ui.main_window import MainWindow
    from segment_manager.ui.result_bar import ResultBar
    from segment_manager.ui.selection_actions import SelectionActions


class Acting:
    """The parts of one window."""

    def __init__(self, workspace: Workspace, window: MainWindow) -> None:
        self._workspace, self._window = workspace, window

    @cached_property
    def result_bar(self) -> ResultBar:
        """Says what was done, below everything else."""
        from segment_manager.ui.result_bar import ResultBar

        whole = self._window.centralWidget()
        column = whole.layout() if whole is not None else None
        assert column is not None
        bar = ResultBar(whole)
        column.addWidget(bar)
        return bar

    @cached_property
    def flow(self) -> ActionFlow:
        """Carries out what is done to segments."""
        from segment_manager.ui.action_flow import ActionFlow

        listed = self._window.list
        flow = ActionFlow(self._workspace, self._window.jobs, self.result_bar, self._window)
        flow.show_segments.connect(listed.show_only)
        flow.cloned.connect(listed.selection.select_when_shown)
        flow.hidden = listed.shown.hidden
        return flow

    @cached_property
    def selected(self) -> SelectionActions:
        """What the segment actions do."""
        from segment_manager.ui.selection_actions import SelectionActions

        return SelectionActions(self._workspace, self._window)

    @cached_property
    def daily(self) -> DailyWork:
        """What each day brings."""
        from segment_manager.ui.daily_work import DailyWork

        scan = self._window.on_workspace.scan_quietly
        return DailyWork(self._workspace, self._window.jobs, self.flow, self.result_bar, scan, self._window)

    def do(self, name: str) -> None:
        """Do what the segment action of this name is for."""
        self.selected.do(name)

    def undo(self) -> None:
        """Undo the newest step."""
        self.flow.undo()

    def redo(self) -> None:
        """Do the step undone last again."""
        self.flow.redo()

    def failed(self, error: BaseException) -> None:
        """Tell why a job was not done."""
        self.flow.failed(error)
