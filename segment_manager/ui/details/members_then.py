"""Who the members were at the end of a past day.

Stands apart from the Members tab because it looks back: the day is over.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from segment_manager.operations.timeline import members_on
from segment_manager.storage.queries import MemberPage
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.formats import counted, day_text, moment_text
from segment_manager.ui.details.member_table import PAGE
from segment_manager.ui.details.past_members import PastMembersDialog
from segment_manager.ui.jobs import Jobs

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


class MembersThenDialog(PastMembersDialog):
    """The members of one segment on one day."""

    def __init__(
        self, workspace: Workspace, jobs: Jobs, facts: Facts, day: date, parent: QWidget | None = None
    ) -> None:
        title = f"Members on {day_text(day, facts.today)}"
        super().__init__(workspace, jobs, facts, title, "Search these members", parent)
        self._day = day
        self._computed_at: datetime | None = None
        self.setObjectName("members_then")
        self.said.setObjectName("members_then_said")
        self.view.setAccessibleName("Members then")
        self.start()

    def read(self, offset: int, search: str) -> MemberPage | None:
        segment_id = self.facts.summary.id
        found = members_on(self.workspace, segment_id, self._day, offset=offset, limit=PAGE, search=search)
        if found is None:
            return None
        self._computed_at = found.computed_at
        return found.page

    def take_first(self, page: MemberPage | None, search: str) -> None:
        name = self.facts.summary.name
        if page is None or self._computed_at is None:
            self.said.setText(f"“{name}” had not been computed by then.")
            self.search_box.setEnabled(False)
            return
        at = moment_text(self._computed_at, self.facts.zone, self.facts.today)
        held = f" hold “{search}”" if search else ""
        self.said.setText(
            f"{counted(page.total, 'member')} of “{name}”{held} at the end of this day, as of its computation {at}."
            " The values are those the records have now."
        )
