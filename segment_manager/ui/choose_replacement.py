"""'Replace': choose the segment that takes the place of others in rules and assets.

Stands apart from prompts.py because there may be 100,000 to choose from, and because it stays open while the choice is
weighed: one that would make a circle of rules is refused here, where another can be chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QWidget

from segment_manager.domain.errors import CannotReplace
from segment_manager.domain.plans import Plan
from segment_manager.domain.records import RecordType
from segment_manager.domain.segments import SegmentSummary, Status
from segment_manager.storage import queries
from segment_manager.ui import wording
from segment_manager.ui.dialogs import label
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.light_table import LightColumn, LightTable
from segment_manager.ui.light_view import LightView
from segment_manager.ui.prompts import Prompt

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Choices:
    """The segments that could take the place of some, by name; and what is replaced, in words."""

    record_type: RecordType
    rows: list[SegmentSummary]
    what: str


def choices(workspace: Workspace, ids: Sequence[int]) -> Choices:
    """Read them; any thread may. Raises CannotReplace where the segments are of several record types or gone."""
    leaving = frozenset(ids)
    with workspace.snapshot():
        chosen = queries.summaries(workspace, ids=leaving)
        types = {each.record_type_id for each in chosen}
        if len(types) != 1:
            raise CannotReplace(
                "The segments are of several record types. Select those of one record type, and replace them."
                if types
                else "These segments are gone: somebody deleted them. Select others."
            )
        record_type = queries.record_type_by_id(workspace, types.pop())
        rows = [each for each in queries.summaries(workspace, record_type.id) if each.id not in leaving]
    if not rows:
        raise CannotReplace(f"There is no other segment of {record_type.name}. Make one first.")
    rows.sort(key=lambda each: each.name.casefold())
    what = f"“{chosen[0].name}”" if len(chosen) == 1 else wording.count(len(chosen), "segment")
    return Choices(record_type, rows, what)


class ChooseReplacement(Prompt):
    """Asks for one of `found` and has it planned; closes when that succeeded and tells the plan."""

    def __init__(
        self,
        jobs: Jobs,
        found: Choices,
        plan: Callable[[int], Plan],
        chosen: Callable[[Plan, RecordType], None],
        parent: QWidget,
    ) -> None:
        super().__init__("Replace", f"Which segment takes the place of {found.what}?", "Continue", parent)
        self._jobs, self._found, self._plan, self._tell = jobs, found, plan, chosen
        self.setAccessibleName("Replace")
        self.resize(560, 480)
        self.search = _Search(self)
        self.table: LightTable[SegmentSummary] = LightTable(
            _COLUMNS, lambda row: row.id, lambda row: f"{row.name}\n{' '.join(row.tags)}", parent=self
        )
        self.view = LightView(self.table, "Segments to choose from", self)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._told = label("", "muted")
        self.body.addWidget(self.search)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self._told)
        note = f"Segments of {found.record_type.name} alone can. What changes is shown before it is done."
        self.body.addWidget(label(note, "muted"))
        self.search.textChanged.connect(self.table.narrow)
        self.search.view = self.view
        self.table.counted.connect(self._counted)
        self.view.chosen.connect(self._follow)
        self.view.opened.connect(lambda segment_id: self.action.click())
        self.action.clicked.connect(self._continue)
        self.table.set_rows(found.rows)
        self._follow()
        self.search.setFocus()

    def _counted(self) -> None:
        shown, whole = self.table.rowCount(), len(self.table.rows)
        said = wording.count(whole, "segment")
        self._told.setText(said if shown == whole else f"{shown:,} of {said}")
        if shown and not self.view.selected_ids():
            self.view.selectRow(0)
        self._follow()

    def _follow(self) -> None:
        self.action.setEnabled(bool(self.view.selected_ids()))

    def _continue(self) -> None:
        ids = self.view.selected_ids()
        if not ids:
            return
        self.setEnabled(False)
        chosen = ids[0]
        self._jobs.read(
            lambda: self._plan(chosen),
            while_there(self, self._planned),
            key="plan",
            failed=while_there(self, self.say_problem),
        )

    def _planned(self, plan: Plan) -> None:
        self.accept()
        self._tell(plan, self._found.record_type)


class _Search(QLineEdit):
    """A search field whose arrow keys go to the list below it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.view: QWidget | None = None
        self.setPlaceholderText("Search segments")
        self.setAccessibleName("Search segments to choose from")
        self.setClearButtonEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown) and self.view is not None:
            self.view.setFocus()
        else:
            super().keyPressEvent(event)


def _status(row: SegmentSummary) -> str:
    return f"{wording.shape(row)} {wording.status_word(row)}"


_COLUMNS: tuple[LightColumn[SegmentSummary], ...] = (
    LightColumn("Name", 280, lambda row: row.name, lambda row: row.name.casefold()),
    LightColumn(
        "Status", 100, _status, lambda row: row.status is not Status.ACTIVE,
        colour=lambda row: "active" if row.status is Status.ACTIVE else "muted",
    ),
    LightColumn("Members", 90, lambda row: wording.number(row.members), lambda row: row.members or -1, right=True),
)  # fmt: skip
