"""The card that shows over 'Used by': the assets that use a segment, by name.

Stands apart because it is read when the pointer rests there, and shown only if it still does when the answer comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QToolTip

from segment_manager.ui import wording
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.segment_columns import Column
from segment_manager.ui.segment_filter import SegmentFilter
from segment_manager.ui.segment_view import SegmentView

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


class UsageHover(QObject):
    """Answers the delegate's `card_wanted`. Made when the pointer first rests there."""

    def __init__(self, workspace: Workspace, jobs: Jobs, shown: SegmentFilter, view: SegmentView) -> None:
        super().__init__(view)
        self._workspace, self._jobs, self._shown, self._view = workspace, jobs, shown, view

    def ask(self, segment_id: int, spot: QPoint) -> None:
        """Read the card of a segment and show it at a place of the screen."""
        from segment_manager.ui.assets.hover_card import usage_card

        self._jobs.read(
            lambda: usage_card(self._workspace, segment_id),
            lambda card: self.show(segment_id, spot, card),
            key="usage card",
            failed=lambda error: None,
        )

    def show(self, segment_id: int, spot: QPoint, card: str) -> None:
        """Show a card where the pointer is still over its cell."""
        index = self._view.indexAt(self._view.viewport().mapFromGlobal(QCursor.pos()))
        row = self._shown.row_of(segment_id)
        if row >= 0 and index.row() == row and index.column() == Column.USED_BY:
            QToolTip.showText(spot, wording.plain_tooltip(card), self._view, self._view.visualRect(index))
