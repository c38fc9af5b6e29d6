"""Activity: what happened to the segment, newest first.

Stands apart as one of the tabs; the words come from changes_said.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segment_manager.storage import queries
from segment_manager.storage.queries import ActivityEntry
from segment_manager.ui.details.changes_said import action_said, difference_said
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.formats import moment_text
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.wording import exact, plain_tooltip

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

AT_ONCE = 100


class ActivityTab(QWidget):
    """Reads the newest rows by `queries.activity`; 'Load more' reads the ones before."""

    def __init__(self, workspace: Workspace, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("activity_tab")
        self._workspace = workspace
        self._jobs = jobs
        self._facts: Facts | None = None
        self._oldest: int | None = None
        self._tree = QTreeWidget()
        self._tree.setAccessibleName("Activity")
        self._tree.setObjectName("activity")
        self._tree.setHeaderLabels(["When", "Who", "What", "Changes"])
        self._tree.setRootIsDecorated(False)
        self._tree.setWordWrap(True)
        self._tree.setUniformRowHeights(False)
        self._tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = self._tree.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for section, width in enumerate((140, 80, 130)):
            header.resizeSection(section, width)
        self._empty = QLabel("Nothing is recorded for this segment.")
        self._empty.setProperty("role", "muted")
        self._more = QPushButton("Load more")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(self._empty)
        column.addWidget(self._tree, 1)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._more.clicked.connect(self._load_more)
        self._empty.hide()
        self._more.hide()

    def show_facts(self, facts: Facts) -> None:
        """Show a segment's newest activity."""
        if self._facts is None or self._facts.summary.id != facts.summary.id:
            self._tree.clear()
        self._facts = facts
        self._read(None)

    def _load_more(self) -> None:
        self._more.setEnabled(False)
        self._read(self._oldest)

    def _read(self, before: int | None) -> None:
        if self._facts is None:
            return
        workspace, facts = self._workspace, self._facts
        self._jobs.read(
            lambda: queries.activity(workspace, segment_id=facts.summary.id, limit=AT_ONCE + 1, before=before),
            lambda entries: self._add(facts, entries, before),
            key="activity of the segment",
        )

    def _add(self, facts: Facts, entries: list[ActivityEntry], before: int | None) -> None:
        if self._facts is None or self._facts.summary.id != facts.summary.id:
            return
        if before is None:
            self._tree.clear()
        for entry in entries[:AT_ONCE]:
            self._tree.addTopLevelItem(_item(entry, facts))
            self._oldest = entry.seq
        self._more.setEnabled(True)
        self._more.setVisible(len(entries) > AT_ONCE)
        self._empty.setVisible(self._tree.topLevelItemCount() == 0)


def _item(entry: ActivityEntry, facts: Facts) -> QTreeWidgetItem:
    changes = "\n".join(difference_said(entry, facts.record_type, facts.zone, facts.today))
    item = QTreeWidgetItem([moment_text(entry.at, facts.zone, facts.today), entry.who, action_said(entry), changes])
    item.setToolTip(0, exact(entry.at, facts.zone))
    if changes:
        item.setToolTip(3, plain_tooltip(changes))
    for column in range(4):
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return item
