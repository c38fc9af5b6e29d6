"""The main window: puts filter bar, toolbar, list, details and status bar in their places and connects them.

Stands apart as the frame; what the parts do is their own affair.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QSplitter, QToolButton, QVBoxLayout, QWidget

from segment_manager.domain.records import RecordType
from segment_manager.domain.segments import Role, SegmentSummary
from segment_manager.storage import queries
from segment_manager.ui import icons, window_memory
from segment_manager.ui.acting import Acting
from segment_manager.ui.facts import Facts
from segment_manager.ui.facts import facts as read_facts
from segment_manager.ui.filter_bar import FilterBar
from segment_manager.ui.job_bar import JobBar
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.menus import Menus
from segment_manager.ui.segment_actions import TOOLBAR, SegmentActions, Selection
from segment_manager.ui.segment_columns import Column
from segment_manager.ui.segment_list import SegmentList
from segment_manager.ui.tool_windows import ToolWindows
from segment_manager.ui.workspace_actions import WorkspaceActions

if TYPE_CHECKING:
    from segment_manager.domain.changes import Change
    from segment_manager.storage.workspace import Workspace
    from segment_manager.ui.action_flow import ActionFlow
    from segment_manager.ui.details import SegmentDetails
    from segment_manager.ui.result_bar import ResultBar

_LATER = ("segment_manager.ui.details", "segment_manager.operations.usage")
_AFTER_PAINT = 2  # milliseconds, so that no reading thread takes its share of Python before the picture is there
_UNPAINTED = 500  # milliseconds after which rows are read even if nothing was painted, as while minimised
_WATCH_EVERY = 700  # milliseconds between two looks at whether another process wrote
_LONG_JOB = 1.0  # seconds after which closing asks what shall become of a job


class MainWindow(QMainWindow):
    """The window on one open workspace. It closes jobs and timers itself; `closed` tells its owner to do the rest."""

    closed = Signal()
    workspace_wanted = Signal(str, bool)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle(f"{workspace.path.stem} — Segment manager")
        self._workspace = workspace
        self._facts: Facts | None = None
        self._details: SegmentDetails | None = None
        self._stop_asked = False
        self._is_closed = False
        self._begun = False
        # each part is born in its place: the style sheet is worked out anew for all that moves to another parent
        self._whole = QWidget(self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self._whole)
        self.jobs = Jobs(self, workspace.tidy)
        self.filter_bar = FilterBar(self._whole)
        self.acting = Acting(workspace, self)
        self.on_workspace = WorkspaceActions(workspace, self.jobs, self)
        self.tools = ToolWindows(workspace, self.jobs, self)
        self.actions_ = SegmentActions(self)
        offers = (
            ("New segment", self.actions_["new_segment"].trigger),
            ("Import records…", self.on_workspace.import_records.trigger),
            ("Import segments…", self.on_workspace.import_segments.trigger),
        )
        self.list = SegmentList(workspace, self.jobs, self.filter_bar, offers, self.splitter)
        self.menus = Menus(self, self.list, self.filter_bar, self.actions_, self.on_workspace, self.tools)
        self._place()
        self._connect()
        self._version = workspace.data_version()
        self._state = window_memory.restore(self, workspace.path)
        facts = read_facts(workspace, for_first_paint=True)
        filled = queries.filled_record_types(workspace)
        self.list.begin(facts, window_memory.first_record_type(self._state, facts.record_types, filled))
        self._watch = self._timer(_WATCH_EVERY, self._look_around)
        self._minute = self._timer(60_000, self._minute_passed)
        self._beginning = self._timer(_UNPAINTED, self._begin)

    @property
    def result_bar(self) -> ResultBar:
        """Where the window says what was done."""
        return self.acting.result_bar

    @property
    def flow(self) -> ActionFlow:
        """What carries out actions on segments."""
        return self.acting.flow

    # Places

    def _place(self) -> None:
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.list)
        self._details_place = QWidget(self.splitter)
        self._details_place.setMinimumWidth(300)
        # the pane itself comes after the first paint; until then its place has its name
        self._details_place.setObjectName("segment_details")
        self._details_place.setAccessibleName("Segment details")
        QVBoxLayout(self._details_place).setContentsMargins(0, 0, 0, 0)
        self.splitter.addWidget(self._details_place)
        self.splitter.setStretchFactor(0, 1)
        column = QVBoxLayout(self._whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filter_bar)
        column.addWidget(self._toolbar())
        column.addWidget(self.splitter, 1)
        self.setCentralWidget(self._whole)
        self._told = QLabel("Reading segments…", self)
        self._told.setObjectName("selection_status")
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._told.setContentsMargins(10, 2, 0, 2)
        self._told.setMinimumWidth(1)
        self.statusBar().addWidget(self._told, 1)
        self.statusBar().addPermanentWidget(JobBar(self.jobs, self))
        self.setTabOrder(self.filter_bar.search, self.list.view)
        self.list.view.setFocus()

    def _toolbar(self) -> QWidget:
        bar = QWidget(self._whole)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 4, 12, 8)
        row.setSpacing(6)
        for name in TOOLBAR:
            button = self._tool_button(bar)
            button.setDefaultAction(self.actions_[name])
            if name == "new_segment":
                button.setProperty("kind", "primary")
                # Whenever its action changes, the button takes over the action's icon, which is for menus.
                on_accent = partial(button.setIcon, icons.icon("plus", "on_accent"))
                self.actions_[name].changed.connect(on_accent)
                on_accent()
            row.addWidget(button)
        row.addStretch(1)
        self._review = self._tool_button(bar)
        self._review.setDefaultAction(self.tools.review_unused)
        row.addWidget(self._review)
        columns = self._tool_button(bar)
        columns.setText("Columns")
        columns.setIcon(icons.icon("columns"))
        columns.setMenu(self.menus.columns)
        columns.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        columns.setToolTip("Show and hide columns")
        row.addWidget(columns)
        return bar

    def _tool_button(self, bar: QWidget) -> QToolButton:
        button = QToolButton(bar)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _connect(self) -> None:
        self.jobs.changed.connect(self._changed)
        self.jobs.failed.connect(self.acting.failed)
        self.jobs.idle.connect(self._look_around)
        self.list.facts_read.connect(self._take_facts)
        self.list.selection_changed.connect(self._selection_changed)
        self.list.current_changed.connect(self._show_current)
        self.list.described.connect(self._told.setText)
        self.list.described.connect(self._told.setToolTip)
        self.list.shown.counted.connect(self._announce_counts)
        self.list.begun.connect(lambda: self._with_the_rest(self._make_details))
        self.list.loaded.connect(lambda: self._with_the_rest(self._loaded))
        self.list.view.menu_wanted.connect(self._open_row_menu)
        self.list.view.opened.connect(self.actions_["open"].trigger)
        self.list.view.header.customContextMenuRequested.connect(
            lambda spot: self.menus.columns.popup(self.list.view.header.mapToGlobal(spot))
        )
        for action in self.actions_.of_table:
            self.list.view.add_shortcut(action)
        self.actions_.pressed.connect(self.acting.do)
        self.menus.undo.triggered.connect(self.acting.undo)
        self.menus.redo.triggered.connect(self.acting.redo)
        self.menus.details.toggled.connect(self.show_details_place)
        self.tools.show_segments.connect(self.show_set)
        self.tools.segment_requested.connect(self.go_to)
        self.tools.record_type_id = lambda: self.filter_bar.record_type_id
        self.list.view.used_by_clicked.connect(self.show_usage)
        self.on_workspace.record_type = self.chosen_record_type
        self.on_workspace.workspace_wanted.connect(self.workspace_wanted)

    # Life

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._begun:  # the children are painted in this same turn
            self._beginning.start(_AFTER_PAINT)

    def _begin(self) -> None:
        """After the first paint: what is not to be seen at first, and the rows."""
        self._beginning.stop()
        self._begun = True
        self.filter_bar.complete()
        self.list.reading.load()

    def _with_the_rest(self, call: Callable[[], None]) -> None:
        """Call something after the import, on the reading thread, of what neither first paint nor rows needed."""
        self.jobs.read(lambda: [import_module(name) for name in _LATER], lambda modules: call())

    def _loaded(self) -> None:
        self._make_details()
        if self._facts is not None:
            self.acting.daily.begin(self._facts)
        self._count_unused()

    def _make_details(self) -> None:
        from segment_manager.ui.details import SegmentDetails

        if self._details is not None or self._is_closed:
            return
        self._details = SegmentDetails(self._workspace, self.jobs, self._details_place)
        self._details_place.setObjectName("details_place")
        self._details_place.setAccessibleName("")
        layout = self._details_place.layout()
        assert layout is not None
        layout.addWidget(self._details)
        self._details.edit_requested.connect(self.acting.selected.edit)
        self._details.segment_requested.connect(self.go_to)
        self._details.asset_requested.connect(self.tools.open_asset)
        self._show_current(self.list.selection.current_id())

    def _timer(self, every: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(every)
        timer.timeout.connect(call)
        timer.start()
        return timer

    def _look_around(self) -> None:
        """Whether somebody else, or a job of ours, wrote since the last look; then read again what is shown."""
        if not self.jobs.is_idle:
            return
        try:
            version = self._workspace.data_version()
        except Exception as error:  # noqa: BLE001  # the file may be gone or locked; the list keeps its last rows
            self._told.setText(f"The workspace cannot be read now: {error}")
            return
        if version != self._version:
            self._version = version
            self.list.reading.refresh()
            if self._details is not None:
                from segment_manager.domain.changes import Change

                self._details.apply(Change("", everything=True))
            self._count_unused()

    def _minute_passed(self) -> None:
        self.list.table.tell_time(self._workspace.now())
        if self._facts is not None:
            self.acting.daily.look(self._facts)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_closed:
            event.accept()
            return
        since = self.jobs.running_since
        if since is not None and self.jobs.cancellable and not self._stop_asked and _seconds_since(since) > _LONG_JOB:
            from segment_manager.ui import dialogs

            event.ignore()
            dialogs.open_still_running(self, self.jobs.title, self.close_now)
            return
        self._is_closed = True
        for timer in (self._beginning, self._watch, self._minute):
            timer.stop()
        self.tools.close_all()
        window_memory.keep(self, self._state, self._workspace.path)
        if self._details is not None:
            self._details.close()
        self.jobs.close(self._workspace.interrupt)
        self.closed.emit()
        event.accept()

    def close_now(self) -> None:
        """Close without asking; a running job is cancelled."""
        self._stop_asked = True
        self.jobs.cancel()
        self.close()

    # What happens

    def _changed(self, change: Change) -> None:
        self.list.reading.apply(change)
        if self._details is not None:
            self._details.apply(change)
        if change and change.message:
            self.flow.follow(change)

    def _take_facts(self, facts: Facts) -> None:
        self._facts = facts
        self.list.view.setColumnHidden(Column.RECORD_TYPE, self.filter_bar.record_type_id is not None)
        may_change = facts.role is not Role.VIEWER
        self.menus.show_undo(facts.undo, facts.redo, may_change)
        self.on_workspace.follow_role(facts.role)
        self.tools.role = facts.role
        self._selection_changed()

    def _selection_changed(self) -> None:
        role = self._facts.role if self._facts is not None else Role.VIEWER
        number, active, kept = self.list.selection.selected()
        self.actions_.follow(Selection(number, active, kept, role))

    def _show_current(self, segment_id: int | None) -> None:
        if self._details is not None:
            self._details.show_segment(segment_id)

    def go_to(self, segment_id: int) -> None:
        """Show a segment, whatever the filter hides now and whatever its record type."""
        if self.list.table.position(segment_id) is not None:
            self._go_there(segment_id)
            return

        def take(found: list[SegmentSummary]) -> None:
            if found:
                self._go_there(segment_id)
            else:
                self.result_bar.tell("This segment is gone: it was deleted.", kind="note")

        self.jobs.read(lambda: queries.summaries(self._workspace, ids=[segment_id]), take, key="go to")

    def _go_there(self, segment_id: int) -> None:
        if self.list.shown.row_of(segment_id) < 0:
            self.list.show_only([segment_id], "the one asked for")
        self.list.selection.select_when_shown([segment_id])

    def show_set(self, ids: list[int], name: str) -> None:
        """Show some segments alone, under a name; one that is alone is selected too."""
        self.list.show_only(ids, name)
        if len(ids) == 1:
            self.list.selection.select_when_shown(ids)

    def show_usage(self) -> None:
        """Open the details on what uses the current segment."""
        self.menus.details.setChecked(True)
        if self._details is not None:
            self._details.open_tab("Usage")

    def chosen_record_type(self) -> RecordType | None:
        """The record type of the dropdown; None: all."""
        types = self._facts.record_types if self._facts is not None else ()
        return next((each for each in types if each.id == self.filter_bar.record_type_id), None)

    @property
    def facts(self) -> Facts | None:
        """What is known of the workspace as a whole; None before the first reading."""
        return self._facts

    def show_details_place(self, shown: bool) -> None:
        """Show or hide the pane at the right."""
        self._details_place.setVisible(shown)

    def show_details(self) -> None:
        """Open the details pane and give it the keyboard."""
        self.menus.details.setChecked(True)
        if self._details is not None:
            self._details.setFocus()
            self._details.focusNextChild()

    def _open_row_menu(self, spot: QPoint) -> None:
        menu = self.actions_.row_menu(self.list.view)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(spot)

    def _count_unused(self) -> None:
        from segment_manager.operations import usage

        def take(number: int) -> None:
            self.tools.review_unused.setIconText(f"Review unused ({number:,})")

        self.jobs.read(
            lambda: usage.unused_number(self._workspace), take, key="unused", failed=lambda error: None, long=True
        )

    def _announce_counts(self) -> None:
        if self.filter_bar.search.text():
            from segment_manager.ui.result_bar import announce

            announce(self.list.view, f"{self.list.shown.rowCount():,} segments match")


def _seconds_since(moment: float) -> float:
    import time

    return time.monotonic() - moment
