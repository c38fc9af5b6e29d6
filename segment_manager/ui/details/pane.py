"""SegmentDetails: everything about the segment that is current in the list.

Stands apart as the door to this package: it reads the facts off the GUI thread and gives them to the tab that is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
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
from segment_manager.ui.slices import Slices

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

NOTHING_SELECTED = "Select a segment to see its details"
WHO_MAY_EDIT = f"Needs the role {Role.SEQUENCE_MANAGER} or {Role.SYSTEM_ADMINISTRATOR}."


NAMES = ("Overview", "Rule", "Members", "Usage", "Activity", "History")


class _Editing(Protocol):
    def allow_editing(self, allowed: bool, why_not: str) -> None: ...


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
        self._show: dict[str, Callable[[Facts], None]] = {}
        self._editing: list[_Editing] = []
        self._waiting = set(NAMES)
        self._word = QLabel(NOTHING_SELECTED)
        self._pages = QStackedWidget()
        self._build()
        self._making = Slices(self)
        tabs = self._add_tabs()
        next(tabs)
        self._making.begin(tabs, lambda result: None)

    def _build(self) -> None:
        self._tabs.setDocumentMode(True)
        # six tabs in a narrow pane: shortened rather than scrolled out of sight
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self._tabs.setAccessibleName("Details")
        self._tabs.setObjectName("details_tabs")
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

    def _add_tabs(self) -> Generator[None, None, None]:
        """Make the tabs, one in each step: all of them at once take a tenth of a second."""
        overview = OverviewTab()
        self._add(overview, overview.show_facts)
        yield
        rule = RuleTab()
        rule.edit_requested.connect(self._ask_to_edit)
        self._add(rule, lambda facts: rule.show_rule(facts.detail.rule_json, facts.record_type), rule)
        yield
        members = MembersTab(self._workspace, self._jobs)
        self._add(members, members.show_facts)
        yield
        usage = UsageTab(self._workspace, self._jobs)
        usage.segment_requested.connect(self.segment_requested)
        usage.asset_requested.connect(self.asset_requested)
        self._add(usage, usage.show_facts)
        yield
        activity = ActivityTab(self._workspace, self._jobs)
        self._add(activity, activity.show_facts)
        yield
        history = HistoryTab(self._workspace, self._jobs)
        self._add(history, history.show_facts, history)

    def _add(self, tab: QWidget, show: Callable[[Facts], None], editing: _Editing | None = None) -> None:
        name = NAMES[self._tabs.count()]
        self._show[name] = show
        if editing is not None:
            self._editing.append(editing)
            editing.allow_editing(self._may_edit, WHO_MAY_EDIT)
        self._tabs.addTab(tab, name)

    @property
    def segment_id(self) -> int | None:
        """The segment that is shown or being read."""
        return self._shown

    def closeEvent(self, event: QCloseEvent) -> None:
        self._making.drop()  # a closed window's workspace answers no more
        super().closeEvent(event)

    def show_segment(self, segment_id: int | None) -> None:
        """Show a segment; None: the quiet word."""
        if segment_id is None:
            self._say(NOTHING_SELECTED)
            return
        self._shown = segment_id
        self._read(set(NAMES))

    def show_several(self, count: int) -> None:
        """Several segments are selected: say how many."""
        self._say(f"{number(count)} segments are selected")

    def open_tab(self, name: str) -> None:
        """Bring the tab of this name to the front."""
        self.complete()
        self._tabs.setCurrentIndex(NAMES.index(name))

    def complete(self) -> None:
        """Make the tabs that are still missing, now."""
        self._making.finish()

    def apply(self, change: Change) -> None:
        """Something changed: read again what may be different."""
        if self._shown is None:
            return
        if self._shown in change.removed:
            self._say("This segment was deleted")
        elif change.everything or self._shown in change.changed:
            self._read(set(NAMES))
        elif change:  # another segment: it may have begun or ceased to use this one
            self._read({"Overview", "Usage"})

    def _say(self, word: str) -> None:
        self._shown = self._facts = None
        self._word.setText(word)
        self._pages.setCurrentIndex(0)

    def _read(self, tabs: set[str]) -> None:
        segment_id, workspace = self._shown, self._workspace
        if segment_id is None:
            return
        self._jobs.read(
            lambda: (read_facts(workspace, segment_id), workspace.role() is not Role.VIEWER),
            while_there(self, lambda answer: self._take(segment_id, answer[0], answer[1], tabs)),
            key="segment details",
            failed=while_there(self, lambda error: self._failed(segment_id, error)),
        )

    def _take(self, segment_id: int, facts: Facts, may_edit: bool, tabs: set[str]) -> None:
        if segment_id != self._shown:
            return
        other = self._facts is None or self._facts.summary.id != segment_id
        self._facts = facts
        self._may_edit = may_edit
        self._waiting |= set(NAMES) if other else tabs
        self._header.show_facts(facts)
        for tab in self._editing:
            tab.allow_editing(may_edit, WHO_MAY_EDIT)
        self._pages.setCurrentIndex(1)
        self._fill_current()

    def _failed(self, segment_id: int, error: BaseException) -> None:
        if segment_id != self._shown:
            return
        self._say("This segment is gone" if isinstance(error, UnknownSegment) else f"Cannot be shown: {error}")

    def _fill_current(self) -> None:
        """The tab in front reads and shows what it does not show yet; the others wait until they are."""
        name = NAMES[self._tabs.currentIndex()]
        if self._facts is not None and name in self._waiting:
            self._waiting.discard(name)
            self._show[name](self._facts)

    def _ask_to_edit(self) -> None:
        if self._shown is not None and self._may_edit:
            self.edit_requested.emit(self._shown)
