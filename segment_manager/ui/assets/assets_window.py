"""'Assets': everything that can use segments, in a table, with the segments that the selected one uses.

Stands apart as the door to this package: a window of its own beside the main window, which shows its results and undo.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from segment_manager.domain.changes import Change
from segment_manager.domain.segments import Role
from segment_manager.storage import queries
from segment_manager.storage.queries import AssetLine
from segment_manager.ui import icons
from segment_manager.ui.assets.asset_acts import AssetActs
from segment_manager.ui.assets.asset_pane import AssetPane
from segment_manager.ui.assets.asset_words import STATES, TYPES, WHO_MAY, asset_columns, count_text, state_text, upper
from segment_manager.ui.assets.form import no_enter
from segment_manager.ui.assets.link_forms import search_field
from segment_manager.ui.details.reasons import plural
from segment_manager.ui.dialogs import label
from segment_manager.ui.empty_state import EmptyState
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.light_table import LightTable
from segment_manager.ui.light_view import LightView
from segment_manager.ui.result_bar import ResultBar

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


class _Reading(NamedTuple):
    lines: list[AssetLine]
    today: date
    may_change: bool


class AssetsWindow(QDialog):
    """The assets of a workspace. `segment_requested(id)` asks the main window for a segment,
    `undo_requested()` to undo.

    It follows `jobs.changed`, so one window can be kept and shown again.
    """

    segment_requested = Signal(int)
    undo_requested = Signal()

    def __init__(self, workspace: Workspace, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._jobs = workspace, jobs
        self.setObjectName("assets_window")
        self.setWindowTitle("Assets")
        self.setAccessibleName("Assets")
        self.setModal(False)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1280, 680)
        self._today = date.min
        self._may_change = False
        self._known: set[int] | None = None
        self._wanted: int | None = None  # an asset to select as soon as it is read
        self._only: frozenset[int] | None = None
        self._adding = False
        self.acts = AssetActs(workspace, jobs, self)
        self.table: LightTable[AssetLine] = LightTable(
            asset_columns(lambda: self._today),
            lambda row: row.id,
            lambda row: f"{row.name}\n{row.asset_type}\n{row.asset_id}\n{row.state}",
            parent=self,
        )
        self.view = LightView(self.table, "Assets", self)
        self.view.setObjectName("assets")
        self.pane = AssetPane(workspace, jobs, self.acts, self)
        self._empty = EmptyState(self.view.viewport())
        self.bar = ResultBar(self)
        self._make_filters()
        self._make_buttons()
        self._place()
        self._connect()

    # Places

    def _make_filters(self) -> None:
        self.search = search_field("Search assets", self)
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("Type")
        self.kind.addItems(["All types", *(upper(plural(each, 2)) for each in TYPES)])
        self.state = QComboBox(self)
        self.state.setAccessibleName("State")
        self.state.addItems(["All states", *(state_text(each) for each in STATES)])
        self._told = label("Reading assets…", "muted")
        self._told.setObjectName("asset_count")
        self._told.setWordWrap(False)
        self.everything = no_enter(QPushButton("Show all assets", self))
        self.everything.setProperty("kind", "link")
        self.everything.hide()

    def _make_buttons(self) -> None:
        self.add = no_enter(QPushButton("Add asset…", self))
        self.add.setProperty("kind", "primary")
        self.edit = no_enter(QPushButton(icons.icon("pencil"), "Edit…", self))
        self.end = no_enter(QPushButton(icons.icon("pause"), "End", self))
        self.end.setToolTip("The selected assets end: they keep no segment Active any more, and stay in the list")
        self.remove = no_enter(QPushButton(icons.icon("trash"), "Remove…", self))
        self._hints = {each: each.toolTip() for each in (self.add, self.edit, self.end, self.remove)}

    def _place(self) -> None:
        filters, buttons = QHBoxLayout(), QHBoxLayout()
        for part in (self.search, self.kind, self.state):
            filters.addWidget(part, 1 if part is self.search else 0)
        for button in self._hints:
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.everything)
        buttons.addWidget(self._told)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 14, 0)
        column.setSpacing(8)
        column.addLayout(filters)
        column.addLayout(buttons)
        column.addWidget(self.view, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.pane)
        self.splitter.setSizes([720, 560])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(8)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.bar)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._narrow)
        self.kind.currentIndexChanged.connect(self._narrow)
        self.state.currentIndexChanged.connect(self._narrow)
        self.everything.clicked.connect(self.show_everything)
        self.table.counted.connect(self._tell)
        self.view.chosen.connect(self._follow)
        self.view.opened.connect(lambda asset_id: self._edit())
        self.view.delete_wanted.connect(self.remove.click)
        self.add.clicked.connect(self.acts.add)
        self.edit.clicked.connect(self._edit)
        self.end.clicked.connect(lambda: self.acts.end(self.view.selected_ids()))
        self.remove.clicked.connect(lambda: self.acts.remove(self._selected()))
        self.pane.segment_requested.connect(self.segment_requested)
        self.acts.told.connect(self._tell_result)
        self.acts.added.connect(self._select_new)
        self._jobs.changed.connect(self._changed)
        for key, call in (
            (QKeySequence(QKeySequence.StandardKey.Find), self._find),
            (QKeySequence("F2"), self._edit),
            (QKeySequence(QKeySequence.StandardKey.Undo), self.undo_requested.emit),
            (QKeySequence(QKeySequence.StandardKey.Refresh), self.refresh),
        ):
            QShortcut(key, self).activated.connect(call)

    # What is shown

    def refresh(self) -> None:
        """Read all assets anew; what is selected stays so."""
        workspace = self._workspace
        self._jobs.read(
            lambda: _Reading(queries.asset_lines(workspace), workspace.today(), workspace.role() is not Role.VIEWER),
            while_there(self, self._take),
            key="assets",
        )

    def open_asset(self, asset_row_id: int) -> None:
        """Show the window with this asset selected, whatever the filters hide now."""
        self._wanted = asset_row_id
        self.present()
        self._select_wanted()

    def show_assets_of(self, segment_id: int, name: str) -> None:
        """Show the window with only the assets that use a segment."""
        workspace = self._workspace
        self.present()
        self._jobs.read(
            lambda: frozenset(queries.asset_row_ids(workspace, segment_id).values()),
            while_there(self, lambda ids: self._show_only(ids, name)),
            key="assets of a segment",
        )

    def _show_only(self, ids: frozenset[int], name: str) -> None:
        self._clear_filters()
        self._only = ids
        self.setWindowTitle(f"Assets that use “{name}”")
        self._narrow()

    def show_everything(self) -> None:
        """No filter, no search."""
        self._clear_filters()
        self._narrow()

    def present(self) -> None:
        """Bring the window to the front."""
        self.show()
        self.raise_()
        self.activateWindow()

    def _clear_filters(self) -> None:
        self._only = None
        self.setWindowTitle("Assets")
        for field in (self.search, self.kind, self.state):
            field.blockSignals(True)
        self.search.clear()
        self.kind.setCurrentIndex(0)
        self.state.setCurrentIndex(0)
        for field in (self.search, self.kind, self.state):
            field.blockSignals(False)

    def _take(self, found: _Reading) -> None:
        self._today, self._may_change = found.today, found.may_change
        fresh = {line.id for line in found.lines} - self._known if self._known is not None else set()
        self._known = {line.id for line in found.lines}
        self.table.set_rows(found.lines)
        if self._adding and fresh:
            self._adding, self._wanted = False, max(fresh)
        self._select_wanted()
        self._follow()

    def _select_wanted(self) -> None:
        if self._wanted is None or self._known is None or self._wanted not in self._known:
            return
        wanted, self._wanted = self._wanted, None
        if self.table.place_of(wanted) < 0:
            self.show_everything()
        self.view.select_ids([wanted])

    def _narrow(self) -> None:
        kind, state, only = self.kind.currentIndex(), self.state.currentIndex(), self._only
        wanted_type = TYPES[kind - 1] if kind else None
        wanted_state = STATES[state - 1] if state else None

        def accept(line: AssetLine) -> bool:
            return (
                (wanted_type is None or line.asset_type is wanted_type)
                and (wanted_state is None or line.state is wanted_state)
                and (only is None or line.id in only)
            )

        self.table.narrow(self.search.text(), accept if kind or state or only is not None else None)

    def _tell(self) -> None:
        shown, whole = self.table.rowCount(), len(self.table.rows)
        self._told.setText(count_text(shown, whole))
        self.everything.setVisible(self._is_narrowed())
        if shown or self._known is None:
            self._empty.hide()
        elif whole:
            self._empty.say("No asset matches", "", [("Show all assets", self.show_everything)])
        else:
            offers = [("Add asset…", self.acts.add)] if self._may_change else []
            self._empty.say("No assets yet", "Add them here, or import usage from a file.", offers)

    def _is_narrowed(self) -> bool:
        return bool(
            self._only is not None or self.search.text() or self.kind.currentIndex() or self.state.currentIndex()
        )

    # What happens

    def _selected(self) -> list[AssetLine]:
        return self.view.selected_rows()

    def _follow(self) -> None:
        """Grey out what cannot be done now, and show the selected asset."""
        lines = self._selected()
        may = self._may_change
        self.add.setEnabled(may)
        self.edit.setEnabled(may and len(lines) == 1)
        self.end.setEnabled(may and any(line.state != "ended" for line in lines))
        self.remove.setEnabled(may and bool(lines))
        for button, hint in self._hints.items():
            button.setToolTip(hint if may else WHO_MAY)
        self.pane.show_assets(lines, may_change=may)

    def _select_new(self) -> None:
        """The asset that the next reading brings is the one just added."""
        self._adding = True

    def _edit(self) -> None:
        lines = self._selected()
        if self._may_change and len(lines) == 1:
            self.acts.edit(lines[0])

    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _changed(self, change: Change) -> None:
        """Anything may have touched assets; only a window that is seen reads at once."""
        if self.isVisible():
            self.refresh()

    def _tell_result(self, change: Change) -> None:
        if change.undo_label:
            self.bar.tell(change.message, ("Undo", self.undo_requested.emit))
        else:
            self.bar.tell(change.message, kind="note")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Another program may have written meanwhile: look again when the window comes to the front."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc first clears what narrows the list, then closes; Enter in the search goes to the list."""
        if event.key() == Qt.Key.Key_Escape and self._is_narrowed():
            self.show_everything()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.view.setFocus()
            if self.table.rowCount() and not self.view.selected_rows():
                self.view.selectRow(0)
        else:
            super().keyPressEvent(event)
