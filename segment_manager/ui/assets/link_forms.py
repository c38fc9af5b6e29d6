"""The dialogs that link assets and segments: segments for an asset, an asset for a segment.

Stands apart because both choose from tables that may be long, which are read in the background.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from segment_manager.domain.changes import Change
from segment_manager.operations import assets
from segment_manager.storage import queries
from segment_manager.storage.queries import AssetLine, SegmentLine
from segment_manager.ui.assets.asset_forms import AssetFields
from segment_manager.ui.assets.asset_words import asset_columns, segment_columns
from segment_manager.ui.assets.form import Done, Form, UseDates, no_enter
from segment_manager.ui.dialogs import label
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.light_table import LightTable
from segment_manager.ui.light_view import LightView
from segment_manager.ui.wording import count

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


def search_field(name: str, parent: QWidget) -> QLineEdit:
    """A field to search with."""
    field = QLineEdit(parent)
    field.setPlaceholderText(name)
    field.setAccessibleName(name)
    field.setClearButtonEnabled(True)
    return field


class LinkSegments(Form):
    """Segments to tick that an asset uses from now on."""

    def __init__(self, workspace: Workspace, jobs: Jobs, asset: AssetLine, done: Done, parent: QWidget) -> None:
        heading = f"Which segments does “{asset.name}” use?"
        super().__init__("Link segments", heading, "Link segments", workspace, jobs, done, parent)
        self._asset = asset.id
        self.resize(560, 560)
        self.search = search_field("Search segments", self)
        self.table: LightTable[SegmentLine] = LightTable(
            segment_columns(), lambda row: row.id, lambda row: f"{row.name}\n{row.record_type}", boxes=True, parent=self
        )
        self.view = LightView(self.table, "Segments to link", self)
        self.dates = UseDates(workspace.today(), None, workspace.today(), self)
        self._told = label("Reading segments…", "muted")
        for part in (self.search, self.view, self._told, self.dates):
            self.body.addWidget(part, 1 if part is self.view else 0)
        self.search.textChanged.connect(self.table.narrow)
        self.table.ticked.connect(self._tell)
        self.view.opened.connect(self._toggle)
        self._tell()
        self.search.setFocus()
        jobs.read(lambda: self._read(workspace, asset.id), while_there(self, self._take), key="segments to link")

    @staticmethod
    def _read(workspace: Workspace, asset_row_id: int) -> list[SegmentLine]:
        with workspace.snapshot():
            used = {use.segment_id for use in queries.uses_of_asset(workspace, asset_row_id) if not use.over}
            return [line for line in queries.segment_lines(workspace) if line.id not in used]

    def _take(self, lines: Sequence[SegmentLine]) -> None:
        self.table.set_rows(lines)
        self._tell()

    def _toggle(self, segment_id: int) -> None:
        self.table.chosen ^= {segment_id}
        self.view.viewport().update()
        self._tell()

    def _tell(self) -> None:
        number = len(self.table.chosen)
        self.action.setEnabled(bool(number))
        self.action.setText(f"Link {count(number, 'segment')}" if number else "Link segments")
        self._told.setText(f"{count(number, 'segment')} chosen of {len(self.table.rows):,} that it does not use yet")

    def work(self) -> Callable[[], Change]:
        started, ended = self.dates.days()
        ids = sorted(self.table.chosen)
        return partial(assets.add_reference, self.workspace, self._asset, ids, started_on=started, ended_on=ended)


class LinkAsset(Form):
    """An asset, there already or new, that uses a segment from now on."""

    def __init__(self, workspace: Workspace, jobs: Jobs, segment: tuple[int, str], done: Done, parent: QWidget) -> None:
        super().__init__("Add use", f"Which asset uses “{segment[1]}”?", "Add use", workspace, jobs, done, parent)
        self._segment = segment[0]
        self.resize(600, 520)
        today = workspace.today()
        self.search = search_field("Search assets", self)
        self.table: LightTable[AssetLine] = LightTable(
            asset_columns(lambda: today)[:3],
            lambda row: row.id,
            lambda row: f"{row.name}\n{row.asset_type}\n{row.asset_id}",
            parent=self,
        )
        self.view = LightView(self.table, "Assets to choose from", self)
        self.view.setSelectionMode(LightView.SelectionMode.SingleSelection)
        self.fields = AssetFields(parent=self)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self._page(self.search, self.view))
        self.pages.addWidget(self._page(self.fields))
        self.dates = UseDates(today, None, today, self)
        self.body.addLayout(self._choices())
        self.body.addWidget(self.pages, 1)
        self.body.addWidget(self.dates)
        self.search.textChanged.connect(self.table.narrow)
        self.view.chosen.connect(self._follow)
        self.view.opened.connect(lambda asset_id: self.action.click())
        self.fields.name.textChanged.connect(self._follow)
        self._follow()
        self.search.setFocus()
        jobs.read(lambda: queries.asset_lines(workspace), while_there(self, self._take), key="assets to choose from")

    def _page(self, *parts: QWidget) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        for part in parts:
            column.addWidget(part, 1 if isinstance(part, LightView) else 0)
        if not any(isinstance(part, LightView) for part in parts):
            column.addStretch(1)
        return page

    def _choices(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        self.choice = QButtonGroup(self)
        for place, (text, side) in enumerate((("An asset that is there", "first"), ("A new asset", "last"))):
            button = no_enter(QPushButton(text, self))
            button.setCheckable(True)
            button.setProperty("segment", side)
            button.setChecked(not place)
            self.choice.addButton(button, place)
            row.addWidget(button)
        row.addStretch(1)
        self.choice.idClicked.connect(self._turn)
        return row

    def _turn(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        (self.fields.name if page else self.search).setFocus()
        self._follow()

    def _take(self, lines: Sequence[AssetLine]) -> None:
        self.table.set_rows(lines)
        if not lines:
            self.choice.button(1).click()

    def _follow(self) -> None:
        new = self.pages.currentIndex() == 1
        self.action.setEnabled(bool(self.fields.name.text().strip()) if new else bool(self.view.selected_ids()))

    def work(self) -> Callable[[], Change]:
        started, ended = self.dates.days()
        if self.pages.currentIndex() == 1:
            fields = self.fields
            return partial(
                assets.add_asset, self.workspace, fields.asset_type, fields.asset_id.text(), fields.name.text(),
                fields.asset_state, segment_ids=[self._segment], started_on=started, ended_on=ended,
            )  # fmt: skip
        chosen = self.view.selected_ids()[0]
        return partial(
            assets.add_reference, self.workspace, chosen, [self._segment], started_on=started, ended_on=ended
        )
