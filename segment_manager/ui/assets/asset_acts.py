"""What a person can do to assets and uses: opens the right dialog, asks where that is needed, and runs the job.

Stands apart because the Assets window and the Usage tab offer the same verbs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from segment_manager.domain.changes import Change
from segment_manager.domain.questions import Answer
from segment_manager.operations import assets
from segment_manager.storage.queries import AssetLine
from segment_manager.ui.assets.asset_forms import EditAsset, EditDates
from segment_manager.ui.assets.asset_words import before_removing
from segment_manager.ui.assets.link_forms import LinkAsset, LinkSegments
from segment_manager.ui.dialogs import open_question, show_error
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import is_there

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

Named = tuple[int, str]
"""An id with the name to show."""


class AssetActs(QObject):
    """The verbs, over a window. `told(Change)` comes after each; its message says what was done, or why nothing was.

    `added()` comes before it where it was an asset that was added.
    """

    told = Signal(object)
    added = Signal()

    def __init__(self, workspace: Workspace, jobs: Jobs, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._jobs, self._window = workspace, jobs, window

    def add(self) -> None:
        """Ask for a new asset."""
        self._open(EditAsset(self._workspace, self._jobs, None, self._added, self._window))

    def edit(self, line: AssetLine) -> None:
        """Ask for another name or state."""
        self._open(EditAsset(self._workspace, self._jobs, line, self._done, self._window))

    def end(self, ids: Sequence[int]) -> None:
        """End assets at once; Undo brings them back."""
        self._run("Ending assets", partial(assets.end_asset, self._workspace, list(ids)))

    def remove(self, lines: Sequence[AssetLine]) -> None:
        """Ask, then take assets away, or end them instead."""
        ids = [line.id for line in lines]

        def answered(answer: Answer, _button: object) -> None:
            if answer is Answer.PROCEED:
                self._run("Removing assets", partial(assets.remove_assets, self._workspace, ids))
            elif answer is Answer.OTHERS:
                self.end(ids)

        open_question(self._window, before_removing(lines), answered)

    def link_segments(self, line: AssetLine) -> None:
        """Ask which segments an asset uses."""
        self._open(LinkSegments(self._workspace, self._jobs, line, self._done, self._window))

    def link_asset(self, segment: Named) -> None:
        """Ask which asset uses a segment."""
        self._open(LinkAsset(self._workspace, self._jobs, segment, self._done, self._window))

    def edit_dates(self, asset: Named, segment: Named, days: tuple[date | None, date | None]) -> None:
        """Ask for other first and last days of a use."""
        self._open(EditDates(self._workspace, self._jobs, asset, segment, days, self._done, self._window))

    def end_uses(self, asset_row_id: int, segment_ids: Sequence[int]) -> None:
        """End uses at once."""
        self._run("Ending uses", partial(assets.end_reference, self._workspace, asset_row_id, list(segment_ids)))

    def remove_uses(self, asset_row_id: int, segment_ids: Sequence[int]) -> None:
        """Take uses away at once."""
        self._run("Removing uses", partial(assets.remove_reference, self._workspace, asset_row_id, list(segment_ids)))

    def _open(self, dialog: QDialog) -> None:
        dialog.open()

    def _run(self, title: str, work: Callable[[], Change]) -> None:
        self._jobs.run(work, title=title, done=self._done, failed=self._failed, cancellable=False)

    def _added(self, change: Change) -> None:
        if is_there(self._window):
            self.added.emit()
            self.told.emit(change)

    def _done(self, change: Change) -> None:
        if is_there(self._window):
            self.told.emit(change)

    def _failed(self, error: BaseException) -> None:
        if is_there(self._window):
            show_error(self._window, error)
