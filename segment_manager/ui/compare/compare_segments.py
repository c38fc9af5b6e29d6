"""'Compare segments': the overlap of 2 to 6 segments as a picture, and beside it the same as a table.

Stands apart as the door to this package; it reads in the background and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from segment_manager.operations.cleanup import Overlap, overlap
from segment_manager.ui.compare.combinations import (
    COMBINATION_COLUMNS,
    PAIR_COLUMNS,
    Combination,
    Pair,
    combinations_of,
    described,
    pairs_of,
)
from segment_manager.ui.compare.upset_picture import SHOWN, UpsetPicture
from segment_manager.ui.dialogs import label
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.light_table import LightTable
from segment_manager.ui.light_view import LightView
from segment_manager.ui.wording import count

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


class CompareSegments(QDialog):
    """Compares `ids`. `show_segments(ids, what they are)` asks the main list for them."""

    show_segments = Signal(list, str)

    def __init__(self, workspace: Workspace, jobs: Jobs, ids: list[int], parent: QWidget) -> None:
        super().__init__(parent)
        self._ids = list(ids)
        self.setWindowTitle("Compare segments")
        self.setAccessibleName("Compare segments")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1220, 560)
        self._heading = label("Comparing members…", "heading")
        self._text = label("By their members as last computed.", "muted")
        self.table: LightTable[Combination] = LightTable(
            COMBINATION_COLUMNS, lambda row: row.place, lambda row: row.said, parent=self
        )
        self.view = LightView(self.table, "Overlap of the segments", self)
        self.pairs: LightTable[Pair] = LightTable(
            PAIR_COLUMNS, lambda row: row.place, lambda row: f"{row.one}\n{row.other}", parent=self
        )
        self.picture: UpsetPicture | None = None
        self._area = QScrollArea(self)
        self._area.setAccessibleName("Picture of the overlap")
        self._area.setWidgetResizable(True)
        self._show = QPushButton("Show in list", self)
        self._show.setAutoDefault(False)
        self._close = QPushButton("Close", self)
        self._place()
        self._show.clicked.connect(lambda: self.show_segments.emit(self._ids, "those compared"))
        self._close.clicked.connect(self.reject)
        self.view.chosen.connect(self._mark)
        jobs.read(
            lambda: overlap(workspace, ids),
            while_there(self, self._take),
            failed=while_there(self, self._failed),
        )

    def _place(self) -> None:
        tabs = QTabWidget(self)
        tabs.setDocumentMode(True)
        tabs.addTab(self.view, "Combinations")
        pairs = LightView(self.pairs, "Pairs of segments", self)
        tabs.addTab(pairs, "Pairs")
        for view in (self.view, pairs):
            view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self._area)
        split.addWidget(tabs)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([650, 530])
        row = QHBoxLayout()
        row.addWidget(self._show)
        row.addStretch(1)
        row.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 16)
        layout.setSpacing(10)
        layout.addWidget(self._heading)
        layout.addWidget(self._text)
        layout.addWidget(split, 1)
        layout.addLayout(row)

    def _take(self, found: Overlap) -> None:
        common = next((number for ids, number in found.rows if len(ids) == len(found.ids)), 0)
        both = "both" if len(found.ids) == 2 else f"all {len(found.ids)}"
        said = "record is" if common == 1 else "records are"
        self._heading.setText(f"{common:,} {said} in {both}, of {count(found.total, 'record')} in any")
        if len(found.rows) > SHOWN:
            shown = f"The picture shows the {SHOWN} largest combinations."
            self._text.setText(f"By their members as last computed. {shown}")
        self.setAccessibleDescription(described(found))
        self.table.set_rows(combinations_of(found))
        self.pairs.set_rows(pairs_of(found))
        self.picture = UpsetPicture(found, self._area)
        self.picture.chosen.connect(lambda place: self.view.select_ids([place]))
        self._area.setWidget(self.picture)

    def _failed(self, error: BaseException) -> None:
        self._heading.setText("These segments cannot be compared")
        self._text.setText(str(error))
        self.setAccessibleDescription(f"These segments cannot be compared. {error}")

    def _mark(self) -> None:
        chosen = self.view.selected_ids()
        if self.picture is not None:
            self.picture.mark(chosen[0] if len(chosen) == 1 else -1)
