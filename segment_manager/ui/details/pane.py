"""SegmentDetails: everything about the segment that is current in the list.

Stands apart as the door to this package: it reads the facts off the GUI thread and gives them to the tab that is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from segment_manager.domain.changes import Change
from segment_manager.domain.errors import UnknownSegment
from segment_manager.domain.segments import Role
from segment_manager.ui.details.activity_tab import ActivityTab
from segment_manager.ui.details.facts import Facts, read_facts
from segment_manager.ui.details.formats import number
from segment_manager.ui.details.header import Header
from segment_manager.ui.details.history_tab import HistoryTab
from segment_manager.ui.details.members_tab import MembersTab
from segment_manager.ui.details.overview_tab import OverviewTab
from segment_manager.ui.details.rule_tab import RuleTab
from segment_manager.ui.details.usage_tab import UsageTab
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

NOTHING_SELECTED = "Select a segment to see its details"
WHO_MAY_EDIT = f"Needs the role {Role.SEQUENCE_MANAGER} or {Role.SYSTEM_ADMINISTRATOR}."


class _Tab(Protocol):
    def show_facts(self, facts: Facts) -> None: ...


class SegmentDetails(QWidget):
    """Shows one segment, how many are selected, or a quiet word.

    `edit_requested(id)` and `segment_requested(id)` ask the window to open the editor and to show another segment,
    `asset_requested(row id)` to open the Assets window on an asset.
    """

    edit_requested = Signal(int)
    segment_requested = Signal(int)
    asset_requested = Signal(int)

    def __init__(self, workspace: Workspace, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("segment_details")
        self.setAccessibleName("Segment details")
        self._workspace = workspace
        self._jobs = jobs
        self._shown: int | None = None
        self._facts: Facts | None = None
        self._may_edit = True
        self._header = Header()
        self._tabs = QTabWidget()
        self._overview = OverviewTab()
        self._rule = RuleTab()
        self._members = MembersTab(workspace, jobs)
        self._usage = UsageTab(workspace, jobs)
        self._activity = ActivityTab(workspace, jobs)
        self._history = HistoryTab(workspace, jobs)
        self._each: dict[QWidget, _Tab] = {
            self._overview: self._overview,
            self._rule: _RuleOfFacts(self._rule),
            self._members: self._members,
            self._usage: self._usage,
            self._activity: self._activity,
            self._history: self._history,
        }
        self._waiting: set[QWidget] = set(self._each)
        self._word = QLabel(NOTHING_SELECTED)
        self._pages = QStackedWidget()
        self._build()

    def _build(self) -> None:
        names = ("Overview", "Rule", "Members", "Usage", "Activity", "History")
        self._tabs.setDocumentMode(True)
        # six tabs in a narrow pane: closer together, and shortened rather than scrolled out of sight
        self._tabs.setStyleSheet("QTabBar::tab { padding: 7px 6px; }")
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self._tabs.setAccessibleName("Details")
        self._tabs.setObjectName("details_tabs")
        for name, tab in zip(names, self._each, strict=True):
            self._tabs.addTab(tab, name)
        whole = QFrame()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._tabs, 1)
        self._word.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._word.setWordWrap(True)
        self._word.setTextFormat(Qt.TextFormat.PlainText)
        self._word.setProperty("role", "muted")
        self._word.setMargin(24)
        self._pages.addWidget(self._word)
        self._pages.addWidget(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self._tabs.currentChanged.connect(lambda _index: self._fill_current())
        self._rule.edit_requested.connect(self._ask_to_edit)
        self._usage.segment_requested.connect(self.segment_requested)
        self._usage.asset_requested.connect(self.asset_requested)

    @property
    def segment_id(self) -> int | None:
        """The segment that is shown or being read."""
        return self._shown

    def show_segment(self, segment_id: int | None) -> None:
        """Show a segment; None: the quiet word."""
        if segment_id is None:
            self._say(NOTHING_SELECTED)
            return
        self._shown = segment_id
        self._read(set(self._each))

    def show_several(self, count: int) -> None:
        """Several segments are selected: say how many."""
        self._say(f"{number(count)} segments are selected")

    def open_tab(self, name: str) -> None:
        """Bring the tab of this name to the front."""
        for index in range(self._tabs.count()):
            if self._tabs.tabText(index) == name:
                self._tabs.setCurrentIndex(index)

    def apply(self, change: Change) -> None:
        """Something changed: read again what may be different."""
        if self._shown is None:
            return
        if self._shown in change.removed:
            self._say("This segment was deleted")
        elif change.everything or self._shown in change.changed:
            self._read(set(self._each))
        elif change:  # another segment: it may have begun or ceased to use this one
            self._read({self._overview, self._usage})

    def _say(self, word: str) -> None:
        self._shown = self._facts = None
        self._word.setText(word)
        self._pages.setCurrentIndex(0)

    def _read(self, tabs: set[QWidget]) -> None:
        segment_id, workspace = self._shown, self._workspace
        if segment_id is None:
            return
        self._jobs.read(
            lambda: (read_facts(workspace, segment_id), workspace.role() is not Role.VIEWER),
            while_there(self, lambda answer: self._take(segment_id, answer[0], answer[1], tabs)),
            key="segment details",
            failed=while_there(self, lambda error: self._failed(segment_id, error)),
        )

    def _take(self, segment_id: int, facts: Facts, may_edit: bool, tabs: set[QWidget]) -> None:
        if segment_id != self._shown:
            return
        other = self._facts is None or self._facts.summary.id != segment_id
        self._facts = facts
        self._may_edit = may_edit
        self._waiting |= set(self._each) if other else tabs
        self._header.show_facts(facts)
        self._rule.allow_editing(may_edit, WHO_MAY_EDIT)
        self._history.allow_editing(may_edit, WHO_MAY_EDIT)
        self._pages.setCurrentIndex(1)
        self._fill_current()

    def _failed(self, segment_id: int, error: BaseException) -> None:
        if segment_id != self._shown:
            return
        self._say("This segment is gone" if isinstance(error, UnknownSegment) else f"Cannot be shown: {error}")

    def _fill_current(self) -> None:
        """The tab in front reads and shows what it does not show yet; the others wait until they are."""
        tab = self._tabs.currentWidget()
        if self._facts is not None and tab in self._waiting:
            self._waiting.discard(tab)
            self._each[tab].show_facts(self._facts)

    def _ask_to_edit(self) -> None:
        if self._shown is not None and self._may_edit:
            self.edit_requested.emit(self._shown)


class _RuleOfFacts:
    """Gives the rule tab the two things it needs of the facts."""

    def __init__(self, tab: RuleTab) -> None:
        self._tab = tab

    def show_facts(self, facts: Facts) -> None:
        self._tab.show_rule(facts.detail.rule_json, facts.record_type)
