"""'Clean up': groups of doubtful segments with their counts; a click shows a group, or one of its sets, in the list.

Stands apart as the door to this package. It only points: what is done about the segments is done in the list.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.changes import Change, Progress
from segment_manager.domain.errors import Cancelled, SegmentManagerError
from segment_manager.operations.cleanup import FEWEST, MOST, Group
from segment_manager.storage import queries
from segment_manager.ui.cleanup.found import SET_COLUMNS, Found, SetLine, look, set_lines, title_in_list
from segment_manager.ui.cleanup.search_row import SearchRow
from segment_manager.ui.dialogs import label, show_error
from segment_manager.ui.empty_state import EmptyState
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.light_table import LightTable
from segment_manager.ui.light_view import LightView
from segment_manager.ui.wording import count

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

_TITLE = "Looking for what to clean up"
_QUICK = 1.0  # seconds: a search that took no longer is made again by itself when segments changed
_LINED_AT_ONCE = 2000
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CleanUp(QDialog):
    """`show_segments(ids, what they are)` asks the main list for a group or a set, `compare_requested(ids)` for the
    overlap of a set."""

    show_segments = Signal(list, str)
    compare_requested = Signal(list)

    def __init__(self, workspace: Workspace, jobs: Jobs, record_type_id: int | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace, self._jobs = workspace, jobs
        self._found: Found | None = None
        self._ticket = 0
        self._looking = False
        self._began = 0.0
        self._took = 0.0
        self.setWindowTitle("Clean up")
        self.setAccessibleName("Clean up")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1120, 600)
        self.row = SearchRow(self)
        self.row.show_record_types(queries.record_types(workspace), record_type_id)
        self.groups = self._make_groups()
        self.table: LightTable[SetLine] = LightTable(
            SET_COLUMNS, lambda row: row.place, lambda row: f"{row.named}\n{row.what}", parent=self
        )
        self.view = LightView(self.table, "Segments of the group", self)
        self.view.setSelectionMode(LightView.SelectionMode.SingleSelection)
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._empty = EmptyState(self.view.viewport())
        self._title = label("", "heading")
        self._about = label("", "muted")
        self._show_group = self._button("Show in list")
        self._show_group.setProperty("kind", "primary")
        self._compare = self._button("Compare…")
        self._close = self._button("Close")
        self._place()
        self._connect()
        self._follow()
        self.look()

    def _make_groups(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setAccessibleName("Groups to clean up")
        tree.setHeaderLabels(["Group", "Segments"])
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tree.headerItem().setTextAlignment(1, _RIGHT)
        tree.setMinimumWidth(330)
        tree.setStyleSheet("QTreeView::item { padding: 5px 6px; }")
        return tree

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        return button

    def _place(self) -> None:
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 0, 0, 0)
        column.addWidget(self._title)
        column.addWidget(self._about)
        column.addWidget(self.view, 1)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self.groups)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        acts = QHBoxLayout()
        acts.addWidget(self._show_group)
        acts.addWidget(self._compare)
        acts.addStretch(1)
        acts.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 16)
        layout.setSpacing(10)
        layout.addWidget(self.row)
        layout.addWidget(split, 1)
        layout.addLayout(acts)

    def _connect(self) -> None:
        self.row.wanted.connect(self.look)
        self.row.cancelled.connect(self._cancel)
        self.groups.currentItemChanged.connect(lambda now, before: self._fill())
        self.groups.itemClicked.connect(lambda item, column: self._show_whole())
        self.groups.itemActivated.connect(lambda item, column: self._show_whole())
        self.view.chosen.connect(self._follow)
        self.view.clicked.connect(lambda index: self._show_set(self.table.id_at(index.row())))
        self.view.opened.connect(self._show_set)
        self._show_group.clicked.connect(self._show_whole)
        self._compare.clicked.connect(self._ask_to_compare)
        self._close.clicked.connect(self.reject)
        self._jobs.progressed.connect(self._progressed)
        self._jobs.changed.connect(self._changed)

    # Looking

    def look(self) -> None:
        """Search anew with what is chosen; a search that still runs is stopped."""
        self._stop_running()
        self._ticket += 1
        ticket, workspace = self._ticket, self._workspace
        type_id = self.row.record_type.currentData()
        similarity = self.row.similarity.value() / 100
        self._looking, self._began = True, time.monotonic()
        self.row.show_looking(True)
        self.row.told.setText("Waiting for other work to end…" if not self._jobs.is_idle else "Looking…")
        self._jobs.run(
            lambda: look(workspace, type_id, similarity) if ticket == self._ticket else None,
            title=_TITLE,
            done=while_there(self, lambda found: self._take(ticket, found)),
            failed=while_there(self, lambda error: self._failed(ticket, error)),
        )

    def _stop_running(self) -> None:
        if self._looking and self._jobs.title == _TITLE and self._jobs.running_since is not None:
            self._jobs.cancel()

    def _cancel(self) -> None:
        self._stop_running()
        self._ticket += 1
        self._ended("Stopped. Look again to see them." if self._found is None else "Stopped; this is from before.")

    def _ended(self, said: str) -> None:
        self._looking = False
        self.row.show_looking(False)
        self.row.told.setText(said)

    def _progressed(self, title: str, progress: Progress) -> None:
        if self._looking and title == _TITLE:
            self.row.show_progress(progress)

    def _failed(self, ticket: int, error: BaseException) -> None:
        if ticket != self._ticket:
            return
        self._ended("Stopped." if isinstance(error, Cancelled) else str(error))
        if not isinstance(error, SegmentManagerError):
            show_error(self, error)

    def _take(self, ticket: int, found: Found | None) -> None:
        if ticket != self._ticket or found is None:
            return
        chosen = self._group()
        self._found = found
        self._took = time.monotonic() - self._began
        doubtful = len({each for group in found.groups for each in group.ids})
        self._ended(f"{count(doubtful, 'segment')} in {count(sum(bool(g.ids) for g in found.groups), 'group')}")
        self._fill_groups(found, chosen)

    def _changed(self, change: Change) -> None:
        if not change or self._looking:
            return
        if self._took < _QUICK:
            self.row.look_soon()
        else:
            self.row.told.setText("The segments changed since. Look again to see it here.")

    # Showing

    def _fill_groups(self, found: Found, chosen: Group | None) -> None:
        was = self.groups.blockSignals(True)
        self.groups.clear()
        current = None
        for place, group in enumerate(found.groups):
            item = QTreeWidgetItem([group.title, f"{len(group.ids):,}"])
            item.setTextAlignment(1, _RIGHT)
            item.setToolTip(0, group.explanation)
            item.setData(0, Qt.ItemDataRole.UserRole, place)
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{group.title}, {count(len(group.ids), 'segment')}")
            if not group.ids:
                item.setForeground(0, self.palette().placeholderText())
                item.setForeground(1, self.palette().placeholderText())
            self.groups.addTopLevelItem(item)
            if (chosen is not None and group.kind == chosen.kind) or (chosen is None and current is None and group.ids):
                current = item
        first = current or self.groups.topLevelItem(0)
        if first is not None:
            self.groups.setCurrentItem(first)
        self.groups.blockSignals(was)
        self._fill()

    def _group(self) -> Group | None:
        item = self.groups.currentItem()
        if item is None or self._found is None:
            return None
        return self._found.groups[int(item.data(0, Qt.ItemDataRole.UserRole))]

    def _fill(self) -> None:
        group = self._group()
        if group is None or self._found is None:
            return
        sets = f" in {count(len(group.sets), 'set')}" if group.sets else ""
        self._title.setText(f"{group.title}: {count(len(group.ids), 'segment')}{sets}")
        self._about.setText(group.explanation)
        self.view.setColumnHidden(1, not any(group.labels))
        self.view.setColumnHidden(2, not group.sets)
        if group.ids:
            self._empty.hide()
        else:
            self._empty.say("Nothing to clean up here", "")
        found = self._found
        if len(group.sets or group.ids) <= _LINED_AT_ONCE:
            self._show_lines(group, set_lines(found, group))
            return
        self._show_lines(group, [])
        self._jobs.read(
            lambda: set_lines(found, group),
            while_there(self, lambda lines: self._show_lines(group, lines)),
            key="clean-up lines",
        )

    def _show_lines(self, group: Group, lines: list[SetLine]) -> None:
        if group is self._group():
            self.table.set_rows(lines)
            self._follow()

    def _line(self) -> SetLine | None:
        chosen = self.view.selected_ids()
        return self.table.rows[chosen[0]] if chosen else None

    def _follow(self) -> None:
        group, line = self._group(), self._line()
        number = len(group.ids) if group is not None else 0
        self._show_group.setEnabled(bool(number))
        self._show_group.setText(f"Show {count(number, 'segment')} in the list" if number else "Show in list")
        fits = line is not None and FEWEST <= len(line.ids) <= MOST
        self._compare.setEnabled(fits)
        self._compare.setToolTip("" if fits else f"Select a set of {FEWEST} to {MOST} segments.")

    def _show_whole(self) -> None:
        group = self._group()
        if group is not None and group.ids:
            self.show_segments.emit(list(group.ids), title_in_list(group))

    def _show_set(self, place: int) -> None:
        group = self._group()
        if group is not None:
            line = self.table.rows[place]
            self.show_segments.emit(list(line.ids), title_in_list(group, line))

    def _ask_to_compare(self) -> None:
        line = self._line()
        if line is not None:
            self.compare_requested.emit(list(line.ids))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.view.viewport().rect())

    def done(self, result: int) -> None:
        self._stop_running()
        self._ticket += 1
        super().done(result)
