"""Who the members were at the end of a past day, a page at a time.

Stands apart from the Members tab because nothing of it can be searched into or acted on: it looks back.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QDialog, QLineEdit, QPushButton, QTableView, QVBoxLayout, QWidget

from segment_manager.operations.timeline import members_on
from segment_manager.storage.queries import MembersThen
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.formats import counted, day_text, moment_text
from segment_manager.ui.details.header import text_label
from segment_manager.ui.details.lifetime import while_there
from segment_manager.ui.details.member_table import PAGE, MemberTable
from segment_manager.ui.jobs import Jobs

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

WAIT_FOR_TYPING = 250


class MembersThenDialog(QDialog):
    """The members of one segment on one day."""

    def __init__(
        self, workspace: Workspace, jobs: Jobs, facts: Facts, day: date, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._jobs, self._facts, self._day = workspace, jobs, facts, day
        self._turn = 0
        self.setWindowTitle(f"Members on {day_text(day, facts.today)}")
        self.setAccessibleName(self.windowTitle())
        self.setObjectName("members_then")
        self.resize(720, 480)
        self._said = text_label()
        self._said.setObjectName("members_then_said")
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search these members")
        self._search.setAccessibleName("Search these members")
        self._search.setClearButtonEnabled(True)
        self._table = MemberTable(self._ask, facts.zone, self)
        self._view = QTableView()
        self._build()
        self._start()

    def _build(self) -> None:
        view = self._view
        view.setModel(self._table)
        view.setAccessibleName("Members then")
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(max(26, self.fontMetrics().height() + 10))
        view.horizontalHeader().setDefaultSectionSize(130)
        view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        close = QPushButton("Close")
        close.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addWidget(self._said)
        column.addWidget(self._search)
        column.addWidget(view, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        close.clicked.connect(self.accept)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(WAIT_FOR_TYPING)
        self._typing.timeout.connect(self._start)
        self._search.textChanged.connect(lambda _text: self._typing.start())

    def _start(self) -> None:
        self._turn += 1
        self._read(0)

    def _ask(self, page: int) -> None:
        """The table wants a page that is painted now."""
        self._read(page)

    def _read(self, page: int) -> None:
        turn, workspace, segment_id, day = self._turn, self._workspace, self._facts.summary.id, self._day
        search = self._search.text()
        self._jobs.read(
            lambda: members_on(workspace, segment_id, day, offset=page * PAGE, limit=PAGE, search=search),
            while_there(self, lambda found: self._take(turn, page, found)),
            failed=while_there(self, lambda error: self._said.setText(f"The members cannot be read: {error}")),
        )

    def _take(self, turn: int, page: int, found: MembersThen | None) -> None:
        if turn != self._turn:
            return
        if found is None:
            self._said.setText(f"“{self._facts.summary.name}” had not been computed by then.")
            self._search.setEnabled(False)
            return
        if page:
            self._table.take(page, found.page)
            return
        self._table.start(found.page)
        at = moment_text(found.computed_at, self._facts.zone, self._facts.today)
        held = f" hold “{self._search.text().strip()}”" if self._search.text().strip() else ""
        self._said.setText(
            f"{counted(found.page.total, 'member')} of “{self._facts.summary.name}”{held} at the end of this day, as of"
            f" its computation {at}. The values are those the records have now."
        )
