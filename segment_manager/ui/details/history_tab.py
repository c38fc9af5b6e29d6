"""History: the member count over time, the members on a past day, and the versions of the rule.

Stands apart as one of the tabs; its two pages are count_page.py and versions_page.py.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from segment_manager.operations import timeline
from segment_manager.operations.timeline import RuleVersion
from segment_manager.storage.queries import ComputationEntry
from segment_manager.ui.details.count_page import CountPage
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.members_moved import MembersMovedDialog
from segment_manager.ui.details.members_then import MembersThenDialog
from segment_manager.ui.details.versions_page import VersionsPage
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


class HistoryTab(QWidget):
    """Reads computations and versions on the reading thread; using a version again is a job like any edit."""

    def __init__(self, workspace: Workspace, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_tab")
        self._workspace, self._jobs = workspace, jobs
        self._facts: Facts | None = None
        self._pages = QStackedWidget(self)
        self.counts = CountPage(self._pages)
        self.versions = VersionsPage(self._pages)
        self._pages.addWidget(self.counts)
        self._pages.addWidget(self.versions)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addLayout(self._switch())
        column.addWidget(self._pages, 1)
        self.counts.day_wanted.connect(self._show_day)
        self.counts.moves_wanted.connect(self._show_moves)
        self.versions.use_wanted.connect(self._use_again)

    def _switch(self) -> QHBoxLayout:
        """Two buttons of which one is down, as in the status filter."""
        row = QHBoxLayout()
        row.setSpacing(0)
        group = QButtonGroup(self)
        for place, (text, end) in enumerate((("Members over time", "first"), ("Rule versions", "last"))):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setChecked(place == 0)
            button.setProperty("segment", end)
            group.addButton(button, place)
            row.addWidget(button)
        row.addStretch(1)
        group.idClicked.connect(self._pages.setCurrentIndex)
        return row

    def show_facts(self, facts: Facts) -> None:
        """Show the history of a segment."""
        self._facts = facts
        workspace, segment_id = self._workspace, facts.summary.id

        def read() -> tuple[list[ComputationEntry], list[RuleVersion]]:
            with workspace.snapshot():
                return (
                    timeline.count_over_time(workspace, segment_id),
                    timeline.rule_versions(workspace, segment_id),
                )

        self._jobs.read(
            read,
            while_there(self, lambda found: self._take(facts, *found)),
            key="history of the segment",
            failed=while_there(self, lambda error: self._failed(facts)),
        )

    def allow_editing(self, allowed: bool, why_not: str) -> None:
        """Whether the person may take up an older rule."""
        self.versions.allow_editing(allowed, why_not)

    def _take(self, facts: Facts, points: list[ComputationEntry], versions: list[RuleVersion]) -> None:
        if self._facts is not None and self._facts.summary.id == facts.summary.id:
            self.counts.show_points(points, self._workspace.now(), facts.zone)
            self.versions.show_versions(versions, facts.record_type, facts.zone, facts.today)

    def _failed(self, facts: Facts) -> None:
        """The segment went meanwhile; the pane says so."""
        self._take(facts, [], [])

    def _show_day(self, day: date) -> None:
        if self._facts is not None:
            dialog = MembersThenDialog(self._workspace, self._jobs, self._facts, day, self.window())
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def _show_moves(self, computation: ComputationEntry) -> None:
        if self._facts is not None:
            dialog = MembersMovedDialog(self._workspace, self._jobs, self._facts, computation, self.window())
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def _use_again(self, version: RuleVersion) -> None:
        if self._facts is None:
            return
        workspace, segment_id = self._workspace, self._facts.summary.id
        self._jobs.run(
            lambda: timeline.use_version_again(workspace, segment_id, version),
            title=f"Using version {version.number} of “{self._facts.summary.name}” again",
            failed=while_there(self, lambda error: self.versions.tell_problem(f"Not used: {error}")),
            cancellable=False,
        )
