"""The right side of the Assets window: one asset, and the segments that it uses.

Stands apart from the window because it reads for itself, and its buttons are about uses, not about assets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from segment_manager.storage import queries
from segment_manager.storage.queries import AssetLine, SegmentUse
from segment_manager.ui.assets.asset_acts import AssetActs
from segment_manager.ui.assets.asset_words import WHO_MAY, about, use_columns
from segment_manager.ui.assets.form import no_enter
from segment_manager.ui.details.formats import counted
from segment_manager.ui.dialogs import label
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.light_table import LightTable
from segment_manager.ui.light_view import LightView

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

NOTHING_SELECTED = "Select an asset to see the segments it uses"


class AssetPane(QWidget):
    """Shows one asset, how many are selected, or a quiet word. `segment_requested(id)` asks for a segment."""

    segment_requested = Signal(int)

    def __init__(self, workspace: Workspace, jobs: Jobs, acts: AssetActs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("asset_pane")
        self.setAccessibleName("Asset details")
        self._workspace, self._jobs, self._acts = workspace, jobs, acts
        self._line: AssetLine | None = None
        self._today = date.min
        self._may_change = False
        self._name = label("", "heading")
        self._name.setObjectName("asset_name")
        self._about = label("", "muted")
        self._count = label("")
        self.table: LightTable[SegmentUse] = LightTable(
            use_columns(lambda: self._today), lambda row: row.segment_id, lambda row: row.name, parent=self
        )
        self.view = LightView(self.table, "Segments of the asset", self)
        self.view.setObjectName("segments_of_asset")
        self.link = self._button("Link segments…", "Let this asset use more segments")
        self.dates = self._button("Dates…", "Change the first and last day of the selected use")
        self.end = self._button("End use", "Yesterday becomes the last day of the selected uses")
        self.remove = self._button("Remove use", "Take the selected uses away, as if they had been a mistake")
        self._word = QLabel(NOTHING_SELECTED)
        self._pages = QStackedWidget(self)
        self._place()
        self._connect()
        self._follow()

    def _button(self, text: str, hint: str) -> QPushButton:
        button = no_enter(QPushButton(text, self))
        button.setToolTip(hint)
        return button

    def _place(self) -> None:
        whole = QWidget(self)
        column = QVBoxLayout(whole)
        column.setContentsMargins(14, 0, 0, 0)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in (self.link, self.dates, self.end, self.remove):
            row.addWidget(button)
        row.addStretch(1)
        for part in (self._name, self._about, self._count):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        self._word.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._word.setWordWrap(True)
        self._word.setTextFormat(Qt.TextFormat.PlainText)
        self._word.setProperty("role", "muted")
        self._pages.addWidget(self._word)
        self._pages.addWidget(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _connect(self) -> None:
        self.view.chosen.connect(self._follow)
        self.view.opened.connect(self.segment_requested)
        self.view.delete_wanted.connect(self.remove.click)
        self.link.clicked.connect(self._link)
        self.dates.clicked.connect(self._edit_dates)
        self.end.clicked.connect(lambda: self._on_uses(self._acts.end_uses))
        self.remove.clicked.connect(lambda: self._on_uses(self._acts.remove_uses))

    def show_assets(self, lines: Sequence[AssetLine], *, may_change: bool) -> None:
        """Show the one asset that is selected, or say how many are."""
        self._may_change = may_change
        if len(lines) != 1:
            self._line = None
            self._word.setText(f"{counted(len(lines), 'asset')} are selected" if lines else NOTHING_SELECTED)
            self._pages.setCurrentIndex(0)
            return
        if self._line is None or self._line.id != lines[0].id:
            self.table.set_rows([])
        self._line = line = lines[0]
        self._name.setText(line.name)
        self._about.setText(about(line))
        self._pages.setCurrentIndex(1)
        workspace = self._workspace
        self._jobs.read(
            lambda: (workspace.today(), queries.uses_of_asset(workspace, line.id)),
            while_there(self, lambda found: self._take(line.id, *found)),
            key="segments of the asset",
        )
        self._follow()

    def _take(self, asset_row_id: int, today: date, uses: list[SegmentUse]) -> None:
        if self._line is None or self._line.id != asset_row_id:
            return
        self._today = today
        live = sum(use.live for use in uses)
        said = f"{counted(len(uses), 'segment')}, {live:,} in live use" if uses else "It uses no segment yet."
        self._count.setText(said)
        self.table.set_rows(uses)

    def _link(self) -> None:
        if self._line is not None:
            self._acts.link_segments(self._line)

    def _on_uses(self, act: Callable[[int, Sequence[int]], None]) -> None:
        ids = self.view.selected_ids()
        if self._line is not None and ids:
            act(self._line.id, ids)

    def _edit_dates(self) -> None:
        ids = self.view.selected_ids()
        if self._line is None or len(ids) != 1:
            return
        use = self.table.row(self.table.place_of(ids[0]))
        days = (use.started_on, use.ended_on)
        self._acts.edit_dates((self._line.id, self._line.name), (use.segment_id, use.name), days)

    def _follow(self) -> None:
        """Grey out what cannot be done now."""
        number = len(self.view.selected_ids())
        self.link.setEnabled(self._may_change)
        self.dates.setEnabled(self._may_change and number == 1)
        self.end.setEnabled(self._may_change and number > 0)
        self.remove.setEnabled(self._may_change and number > 0)
        if not self._may_change:
            for button in (self.link, self.dates, self.end, self.remove):
                button.setToolTip(WHO_MAY)
