"""Who joined and who left a segment in one of its computations.

Stands apart from the members of a day because it shows what one computation did, on two pages of which one is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from segment_manager.operations.timeline import moved_members
from segment_manager.storage.queries import ComputationEntry, MemberPage, Move
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.formats import counted, moment_text, number
from segment_manager.ui.details.member_table import PAGE
from segment_manager.ui.details.past_members import PastMembersDialog
from segment_manager.ui.jobs import Jobs

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


class MembersMovedDialog(PastMembersDialog):
    """The records that one computation took in, and those it let go."""

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        facts: Facts,
        computation: ComputationEntry,
        parent: QWidget | None = None,
    ) -> None:
        self._when = moment_text(computation.at, facts.zone, facts.today)
        title = f"Joined and left, {self._when}"
        super().__init__(workspace, jobs, facts, title, "Search these records", parent)
        self._computation = computation
        self._move = Move.JOINED if computation.joined or not computation.left else Move.LEFT
        self.setObjectName("members_moved")
        self.said.setObjectName("members_moved_said")
        self.view.setAccessibleName("Joined or left")
        self.column.insertLayout(0, self._switch())
        self.start()

    def _switch(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        group = QButtonGroup(self)
        texts = (("Joined", self._computation.joined, "first"), ("Left", self._computation.left, "last"))
        for move, (text, count, end) in zip(Move, texts, strict=True):
            button = QPushButton(f"{text} {number(count)}")
            button.setCheckable(True)
            button.setChecked(move is self._move)
            button.setEnabled(count > 0)
            button.setProperty("segment", end)
            button.setAutoDefault(False)
            group.addButton(button, list(Move).index(move))
            row.addWidget(button)
        row.addStretch(1)
        group.idClicked.connect(self._turn_to)
        return row

    def _turn_to(self, place: int) -> None:
        self._move = list(Move)[place]
        self.start()

    def read(self, offset: int, search: str) -> MemberPage | None:
        return moved_members(self.workspace, self._computation.id, self._move, offset=offset, limit=PAGE, search=search)

    def take_first(self, page: MemberPage | None, search: str) -> None:
        total = 0 if page is None else page.total
        held = f" that hold “{search}”" if search else ""
        self.said.setText(
            f"{counted(total, 'record')}{held} {self._move} “{self.facts.summary.name}” in its computation {self._when}"
            f" ({self._computation.cause}). The values are those the records have now."
        )
