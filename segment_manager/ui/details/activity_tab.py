"""Activity: what happened to the segment, newest first.

Stands apart as one of the tabs; the words come from changes_said.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QLabel, QPushButton, QTextEdit, QVBoxLayout, QWidget

from segment_manager.storage import queries
from segment_manager.storage.queries import ActivityEntry
from segment_manager.ui import theme
from segment_manager.ui.details.changes_said import action_said, difference_said
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.formats import moment_text
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

AT_ONCE = 100
INDENT = 12.0


class ActivityTab(QWidget):
    """Reads the newest rows by `queries.activity`; 'Load more' reads the ones before."""

    def __init__(self, workspace: Workspace, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("activity_tab")
        self._workspace = workspace
        self._jobs = jobs
        self._facts: Facts | None = None
        self._entries: list[ActivityEntry] = []
        self._text = QTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName("Activity")
        self._text.setObjectName("activity")
        self._text.setTabChangesFocus(True)
        self._empty = QLabel("Nothing is recorded for this segment.")
        self._empty.setProperty("role", "muted")
        self._more = QPushButton("Load more")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(self._empty)
        column.addWidget(self._text, 1)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._more.clicked.connect(self._load_more)
        self._empty.hide()
        self._more.hide()
        theme.changed().connect(self._write_anew)

    def show_facts(self, facts: Facts) -> None:
        """Show a segment's newest activity."""
        if self._facts is None or self._facts.summary.id != facts.summary.id:
            self._entries.clear()
            self._text.clear()
        self._facts = facts
        self._read(None)

    def text(self) -> str:
        """What is shown."""
        return self._text.toPlainText()

    def _load_more(self) -> None:
        self._more.setEnabled(False)
        self._read(self._entries[-1].seq if self._entries else None)

    def _read(self, before: int | None) -> None:
        if self._facts is None:
            return
        workspace, facts = self._workspace, self._facts
        self._jobs.read(
            lambda: queries.activity(workspace, segment_id=facts.summary.id, limit=AT_ONCE + 1, before=before),
            while_there(self, lambda entries: self._add(facts, entries, before)),
            key="activity of the segment",
        )

    def _add(self, facts: Facts, entries: list[ActivityEntry], before: int | None) -> None:
        if self._facts is None or self._facts.summary.id != facts.summary.id:
            return
        if before is None:
            self._entries.clear()
            self._text.clear()
        shown = entries[:AT_ONCE]
        self._entries += shown
        self._write(shown, first=before is None)
        self._more.setEnabled(True)
        self._more.setVisible(len(entries) > AT_ONCE)
        self._empty.setVisible(not self._entries)
        self._text.setVisible(bool(self._entries))

    def _write_anew(self) -> None:
        self._text.clear()
        self._write(self._entries, first=True)

    def _write(self, entries: list[ActivityEntry], *, first: bool) -> None:
        """Add entries at the end: what and when on one line, the values below."""
        facts = self._facts
        if facts is None:
            return
        place = self._text.verticalScrollBar().value()
        cursor = QTextCursor(self._text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        bold, plain, faint = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        bold.setFontWeight(600)
        faint.setForeground(self.palette().placeholderText())
        for entry in entries:
            _begin_line(cursor, first=first, above=0 if first else 12, indent=0)
            first = False
            cursor.insertText(action_said(entry), bold)
            cursor.insertText(f"   {moment_text(entry.at, facts.zone, facts.today)} · {entry.who}", faint)
            for line in difference_said(entry, facts.record_type, facts.zone, facts.today):
                _begin_line(cursor, first=False, above=2, indent=INDENT)
                cursor.insertText(line.replace("\n", " "), plain)
        self._text.verticalScrollBar().setValue(0 if place == 0 else place)


def _begin_line(cursor: QTextCursor, *, first: bool, above: float, indent: float) -> None:
    block = QTextBlockFormat()
    block.setTopMargin(above)
    block.setLeftMargin(indent)
    if first:
        cursor.setBlockFormat(block)
    else:
        cursor.insertBlock(block)
