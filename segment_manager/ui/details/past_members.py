"""A dialog that lists records of a segment's past, a page at a time, and searches among them.

Stands apart because the members of a past day and those who joined or left in one computation are listed alike; nothing
of it can be acted on: it looks back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QDialog, QLineEdit, QPushButton, QTableView, QVBoxLayout, QWidget

from segment_manager.storage.queries import MemberPage
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.header import text_label
from segment_manager.ui.details.member_table import PAGE, MemberTable
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.whole_rows import list_whole_rows

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

WAIT_FOR_TYPING = 250


class PastMembersDialog(QDialog):
    """What is read and said, those who derive from it say by `read` and `take_first`."""

    def __init__(
        self, workspace: Workspace, jobs: Jobs, facts: Facts, title: str, search: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.workspace, self.facts = workspace, facts
        self._jobs = jobs
        self._turn = 0
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.resize(720, 480)
        self.said = text_label()
        self.search_box = QLineEdit()
        self.search_box.setPlaceholderText(search)
        self.search_box.setAccessibleName(search)
        self.search_box.setClearButtonEnabled(True)
        self.table = MemberTable(self._read, facts.zone, self)
        self.view = QTableView()
        self.column = QVBoxLayout(self)
        self._build()

    def read(self, offset: int, search: str) -> MemberPage | None:
        """A stretch of the records, on the reading thread; None where there is nothing to tell."""
        raise NotImplementedError

    def take_first(self, page: MemberPage | None, search: str) -> None:
        """Say what the first page is one of."""
        raise NotImplementedError

    def start(self) -> None:
        """Read anew, from the beginning."""
        self._turn += 1
        self._read(0)

    def _build(self) -> None:
        view = self.view
        view.setModel(self.table)
        list_whole_rows(view)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().setDefaultSectionSize(max(26, self.fontMetrics().height() + 10))
        view.horizontalHeader().setDefaultSectionSize(130)
        view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        close = QPushButton("Close")
        close.setDefault(True)
        self.column.setContentsMargins(18, 16, 18, 16)
        self.column.setSpacing(10)
        self.column.addWidget(self.said)
        self.column.addWidget(self.search_box)
        self.column.addWidget(view, 1)
        self.column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        close.clicked.connect(self.accept)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(WAIT_FOR_TYPING)
        self._typing.timeout.connect(self.start)
        self.search_box.textChanged.connect(lambda _text: self._typing.start())

    def _read(self, page: int) -> None:
        turn, search = self._turn, self.search_box.text()
        self._jobs.read(
            lambda: self.read(page * PAGE, search),
            while_there(self, lambda found: self._take(turn, page, found, search.strip())),
            failed=while_there(self, lambda error: self.said.setText(f"The members cannot be read: {error}")),
        )

    def _take(self, turn: int, page: int, found: MemberPage | None, search: str) -> None:
        if turn != self._turn:
            return
        if page:
            if found is not None:
                self.table.take(page, found)
            return
        if found is not None:
            self.table.start(found)
        self.take_first(found, search)
