"""The dialogs about one asset or one use: add and edit an asset, change the days of a use.

Stands apart from link_forms.py, whose dialogs choose among many.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget

from segment_manager.domain.changes import Change
from segment_manager.domain.segments import NAME_LIMIT
from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.operations import assets
from segment_manager.storage.queries import AssetLine
from segment_manager.ui.assets.asset_words import STATES, TYPES, state_text, upper
from segment_manager.ui.assets.form import Done, Form, UseDates
from segment_manager.ui.dialogs import label
from segment_manager.ui.jobs import Jobs

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


class AssetFields(QWidget):
    """Type, name, id and state of an asset; type and id of one that is there already stay as they are."""

    def __init__(self, line: AssetLine | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("Type")
        self.kind.addItems([upper(each) for each in TYPES])
        self.name = QLineEdit(self)
        self.name.setAccessibleName("Name")
        self.name.setMaxLength(NAME_LIMIT + 50)
        self.asset_id = QLineEdit(self)
        self.asset_id.setAccessibleName("Id")
        self.asset_id.setPlaceholderText("Made from the name")
        self.state = QComboBox(self)
        self.state.setAccessibleName("State")
        self.state.addItems([state_text(each) for each in STATES])
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(8)
        for text, field in (("Type", self.kind), ("Name", self.name), ("Id", self.asset_id), ("State", self.state)):
            form.addRow(text, field)
        if line is not None:
            self.kind.setCurrentIndex(TYPES.index(line.asset_type))
            self.name.setText(line.name)
            self.asset_id.setText(line.asset_id)
            self.state.setCurrentIndex(STATES.index(line.state))
            for fixed in (self.kind, self.asset_id):
                fixed.setEnabled(False)
        self.name.selectAll()

    @property
    def asset_type(self) -> AssetType:
        return TYPES[self.kind.currentIndex()]

    @property
    def asset_state(self) -> AssetState:
        return STATES[self.state.currentIndex()]


class EditAsset(Form):
    """A new asset (`line` None), or another name and state for one that is there."""

    def __init__(self, workspace: Workspace, jobs: Jobs, line: AssetLine | None, done: Done, parent: QWidget) -> None:
        title = "Add asset" if line is None else "Edit asset"
        heading = "Add an asset that uses segments" if line is None else f"Edit “{line.name}”"
        super().__init__(title, heading, title if line is None else "Save asset", workspace, jobs, done, parent)
        self._line = line
        self.fields = AssetFields(line, self)
        self.body.addWidget(self.fields)
        said = "Scheduled and live sequences, campaigns, journeys, messages and test lists keep their segments Active."
        self.body.addWidget(label(said, "muted"))
        self.fields.name.setFocus()

    def work(self) -> Callable[[], Change]:
        fields, line, workspace = self.fields, self._line, self.workspace
        name, state = fields.name.text(), fields.asset_state
        if line is None:
            return partial(assets.add_asset, workspace, fields.asset_type, fields.asset_id.text(), name, state)
        return partial(assets.edit_asset, workspace, line.id, name=name, state=state)


class EditDates(Form):
    """Since when and until when an asset uses a segment."""

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        asset: tuple[int, str],
        segment: tuple[int, str],
        days: tuple[date | None, date | None],
        done: Done,
        parent: QWidget,
    ) -> None:
        heading = f"When does “{asset[1]}” use “{segment[1]}”?"
        super().__init__("Edit dates", heading, "Save dates", workspace, jobs, done, parent)
        self._asset, self._segment = asset[0], segment[0]
        self.dates = UseDates(*days, workspace.today(), self)
        self.body.addWidget(self.dates)
        self.body.addWidget(label("A use is live through its last day.", "muted"))
        self.dates.since.setFocus()

    def work(self) -> Callable[[], Change]:
        started, ended = self.dates.days()
        return partial(
            assets.edit_reference, self.workspace, self._asset, self._segment, started_on=started, ended_on=ended
        )
