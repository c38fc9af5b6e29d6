"""'Activity': the log of the whole workspace; filtered, read in words, exported.

Stands apart as the door to this package; a segment's own activity stands in its details.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from segment_manager.operations import exports
from segment_manager.operations.export_files import by_name, write_file
from segment_manager.storage.queries.history import ActivityFilter
from segment_manager.ui import icons
from segment_manager.ui.activity.activity_table import COLUMNS, ActivityTable
from segment_manager.ui.activity.filters import ActivityFilters
from segment_manager.ui.activity.lines import Choices, Page, read_choices, read_page
from segment_manager.ui.dialogs import label, show_error
from segment_manager.ui.empty_state import EmptyState
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.whole_rows import list_whole_rows
from segment_manager.ui.wording import count

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


class ActivityWindow(QDialog):
    """`segment_requested(id)` asks the main window for the segment of a line."""

    segment_requested = Signal(int)

    def __init__(self, workspace: Workspace, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace, self._jobs = workspace, jobs
        self._ticket = 0
        self._shown = ActivityFilter()
        self.setWindowTitle("Activity")
        self.setAccessibleName("Activity")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1080, 600)
        self.filters = ActivityFilters(workspace.today(), workspace.zone, self)
        self.table = ActivityTable(self._read_older, self)
        self.view = self._make_view()
        self._empty = EmptyState(self.view.viewport())
        self._details = QPlainTextEdit(self)
        self._details.setReadOnly(True)
        self._details.setAccessibleName("What changed")
        self._told = label("Reading activity…", "muted")
        self._told.setObjectName("activity_count")
        self._go = self._button("Show segment", "open")
        self._export = self._button("Export…", "upload")
        self._close = self._button("Close", "")
        self._place()
        self._connect()
        self._follow()
        self.load()

    def _make_view(self) -> QTableView:
        view = _LogView(self)
        view.setAccessibleName("Activity log")
        view.setModel(self.table)
        list_whole_rows(view)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = view.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(view.fontMetrics().height() + 11)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, (_, width, _) in enumerate(COLUMNS):
            view.setColumnWidth(column, width)
        header.setStretchLastSection(True)
        return view

    def _button(self, text: str, icon: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        if icon:
            button.setIcon(icons.icon(icon))
        return button

    def _place(self) -> None:
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self.view)
        split.addWidget(self._details)
        split.setStretchFactor(0, 1)
        split.setSizes([400, 100])
        row = QHBoxLayout()
        row.addWidget(self._go)
        row.addWidget(self._export)
        row.addSpacing(8)
        row.addWidget(self._told, 1)
        row.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 16)
        layout.setSpacing(10)
        layout.addWidget(self.filters)
        layout.addWidget(split, 1)
        layout.addLayout(row)

    def _connect(self) -> None:
        self.filters.changed.connect(self.load)
        self.view.selectionModel().currentRowChanged.connect(lambda now, before: self._follow())
        self.table.modelReset.connect(self._follow)
        self.view.activated.connect(self._open)
        self._go.clicked.connect(lambda checked=False: self._open(self.view.currentIndex()))
        self._export.clicked.connect(lambda checked=False: self._choose_file())
        self._close.clicked.connect(self.reject)
        self._jobs.changed.connect(self.load)

    # Reading

    def load(self, *_: object) -> None:
        """Read the newest lines with what is chosen in the filters."""
        self._ticket += 1
        ticket, only, workspace = self._ticket, self.filters.chosen, self._workspace
        self._jobs.read(
            lambda: (read_page(workspace, only, None), read_choices(workspace)),
            while_there(self, lambda found: self._begin(ticket, only, *found)),
            key="activity window",
            failed=while_there(self, self._failed),
        )

    def _begin(self, ticket: int, only: ActivityFilter, page: Page, choices: Choices) -> None:
        if ticket != self._ticket:
            return
        self._shown = only
        self.filters.show_choices(choices)
        chosen = self._current_seq()
        self.table.begin(page)
        self._select(chosen)
        self._told.setText(count(page.total or 0, "entry", "entries"))
        self._export.setEnabled(bool(page.total))
        if page.lines:
            self._empty.hide()
        elif only == ActivityFilter():
            self._empty.say("Nothing was done here yet", "")
        else:
            self._empty.say("Nothing matches", "", [("Show everything", self.filters.clear)])

    def _read_older(self, before: int) -> None:
        ticket, only, workspace = self._ticket, self._shown, self._workspace
        self._jobs.read(
            lambda: read_page(workspace, only, before),
            while_there(self, lambda page: self.table.add(page) if ticket == self._ticket else None),
            failed=while_there(self, self._failed),
        )

    def _failed(self, error: BaseException) -> None:
        self._told.setText(f"The activity cannot be read now: {error}")

    # Showing

    def _current_seq(self) -> int:
        current = self.view.currentIndex()
        return self.table.lines[current.row()].seq if current.isValid() else -1

    def _select(self, seq: int) -> None:
        for row, line in enumerate(self.table.lines):
            if line.seq == seq:
                self.view.selectRow(row)
                return
        if self.table.lines:
            self.view.selectRow(0)

    def _follow(self) -> None:
        current = self.view.currentIndex()
        line = self.table.lines[current.row()] if current.isValid() else None
        self._go.setEnabled(line is not None and line.segment_id is not None)
        if line is None:
            self._details.clear()
            return
        head = " · ".join(part for part in (line.action, line.segment, line.who, line.when) if part)
        self._details.setPlainText("\n".join([head, *line.changes]))

    def _open(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        segment_id = self.table.lines[index.row()].segment_id
        if segment_id is not None:
            self.segment_requested.emit(segment_id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.view.viewport().rect())

    # Files

    def _choose_file(self) -> None:
        proposed = Path.home() / f"{self._workspace.path.stem} activity.csv"
        path, _ = QFileDialog.getSaveFileName(self, "Export activity", str(proposed), "CSV (*.csv);;JSON (*.json)")
        if path:
            self.write(Path(path))

    def write(self, target: Path) -> None:
        """Write what the filters let through as a job; a cancelled one leaves no file."""
        workspace, only = self._workspace, self._shown
        self._jobs.run(
            lambda: write_file(workspace, exports.activity(workspace, only=only), target, by_name(target)),
            title=f"Exporting to {target.name}",
            done=while_there(self, partial(self._written, target)),
            failed=while_there(self, self._not_written),
        )

    def _written(self, target: Path, number: int) -> None:
        self._told.setText(f"{count(number, 'row')} written to {target.name}.")

    def _not_written(self, error: BaseException) -> None:
        show_error(self, error)


class _LogView(QTableView):
    """Enter opens a line instead of closing the window."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)
