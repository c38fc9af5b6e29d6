"""Members: the records in a segment, a page at a time.

Stands apart as one of the tabs; the table itself is member_table.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from segment_manager.storage import queries
from segment_manager.storage.queries import MemberPage
from segment_manager.storage.queries.member_search import FoundMembers, members_holding
from segment_manager.ui import icons
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.formats import counted, number
from segment_manager.ui.details.header import text_label
from segment_manager.ui.details.member_table import PAGE, MemberTable
from segment_manager.ui.details.reasons import members_line, stale_line
from segment_manager.ui.details.why_record import WhyRecord
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.whole_rows import list_whole_rows

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

WAIT_FOR_TYPING = 250
MOST_COPIED = 5000


class MembersTab(QWidget):
    """Reads pages by `queries.members` on the reading thread; an answer for another segment or search is dropped."""

    def __init__(self, workspace: Workspace, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("members_tab")
        self._workspace = workspace
        self._jobs = jobs
        self._facts: Facts | None = None
        self._columns: list[str] | None = None
        self._found: FoundMembers | None = None  # what a search found so far
        self._turn = 0  # moves with every segment and search, so that late answers are known as such
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search members")
        self._search.setAccessibleName("Search members")
        self._search.setClearButtonEnabled(True)
        self._search.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._why = QPushButton("Why?")
        self._count = text_label()
        self._count.setObjectName("member_count")
        self._stale = text_label(role="warning")
        self._view = QTableView()
        self._table = MemberTable(self._ask, workspace.zone, self)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(WAIT_FOR_TYPING)
        self._typing.timeout.connect(self._start)
        self._search.textChanged.connect(lambda _text: self._typing.start())
        self._build()

    def _build(self) -> None:
        view = self._view
        view.setModel(self._table)
        view.setAccessibleName("Members")
        view.setObjectName("members")
        list_whole_rows(view)
        view.setAlternatingRowColors(False)
        view.setStyleSheet("QTableView::item { padding: 0 6px; }")
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(max(26, self.fontMetrics().height() + 10))
        view.horizontalHeader().setDefaultSectionSize(130)
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), view)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self._copy)
        line = QHBoxLayout()
        line.addWidget(self._search, 1)
        line.addWidget(self._why)
        self._why.setToolTip("Why a record is a member or not, condition by condition")
        self._why.clicked.connect(lambda _checked: self._explain(view.currentIndex().row()))
        view.activated.connect(lambda index: self._explain(index.row()))
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(self._count)
        column.addWidget(self._stale)
        column.addLayout(line)
        column.addWidget(view, 1)
        self._stale.hide()

    def show_facts(self, facts: Facts) -> None:
        """Show a segment's members from the beginning; the same segment keeps its search."""
        other = self._facts is None or self._facts.summary.id != facts.summary.id
        self._facts = facts
        if other:
            self._search.blockSignals(True)
            self._search.clear()
            self._search.blockSignals(False)
            self._table.clear()
        self._table.zone = facts.zone
        stale = stale_line(facts)
        self._stale.setText(stale)
        self._stale.setVisible(bool(stale))
        self._start()

    def _start(self) -> None:
        """Read the first page anew."""
        if self._facts is None:
            return
        self._turn += 1
        self._found = None
        if self._search.text().strip():
            self._look(None)
            return
        turn, segment, workspace = self._turn, self._facts.summary.id, self._workspace
        self._jobs.read(
            lambda: queries.members(workspace, segment, limit=PAGE),
            while_there(self, lambda page: self._started(turn, page)),
            key="first members",
            failed=while_there(self, lambda error: self._failed(turn, error)),
        )

    def _look(self, before: FoundMembers | None) -> None:
        """Search for a moment, show what is found, and go on: other readings come between."""
        assert self._facts is not None
        turn, segment, workspace, text = self._turn, self._facts.summary.id, self._workspace, self._search.text()

        def search() -> tuple[FoundMembers, MemberPage | None]:
            found = members_holding(workspace, segment, text, before)
            first = None if before is not None else queries.members(workspace, segment, limit=PAGE, among=found.ids)
            return found, first

        self._jobs.read(
            search,
            while_there(self, lambda found: self._looked(turn, *found)),
            key="first members",
            failed=while_there(self, lambda error: self._failed(turn, error)),
        )

    def _looked(self, turn: int, found: FoundMembers, first: MemberPage | None) -> None:
        if turn != self._turn or self._facts is None:
            return
        self._found = found
        if first is not None:
            self._started(turn, first)
        else:
            self._table.grow(len(found.ids))
        self._say(len(found.ids), is_whole=found.is_whole)
        if not found.is_whole:
            self._look(found)

    def _started(self, turn: int, page: MemberPage) -> None:
        if turn != self._turn or self._facts is None:
            return
        keep = self._view.verticalScrollBar().value()
        columns = [field.name for field in page.record_type.fields]
        self._table.start(page)
        if self._columns != columns:
            self._columns = columns
            for section in range(self._table.columnCount()):
                self._view.setColumnWidth(section, _width(self._view, self._table, section))
        self._view.verticalScrollBar().setValue(keep)
        self._say(page.total)

    def _say(self, total: int, *, is_whole: bool = True) -> None:
        assert self._facts is not None
        members = self._facts.summary.members or 0
        search = self._search.text().strip()
        if search:
            so_far = "" if is_whole else "; searching on…"
            self._count.setText(f"{number(total)} of {counted(members, 'member')} hold “{search}”{so_far}")
        else:
            self._count.setText(members_line(self._facts))

    def _failed(self, turn: int, error: BaseException) -> None:
        if turn == self._turn:
            self._table.clear()
            self._count.setText(f"The members cannot be read: {error}")

    def _ask(self, number_of_page: int) -> None:
        """The table wants a page that is painted now."""
        if self._facts is None:
            return
        turn, segment = self._turn, self._facts.summary.id
        found = None if self._found is None else self._found.ids
        workspace = self._workspace
        self._jobs.read(
            lambda: queries.members(workspace, segment, offset=number_of_page * PAGE, limit=PAGE, among=found),
            while_there(self, lambda page: self._take(turn, number_of_page, page)),
            failed=while_there(self, lambda error: self._failed(turn, error)),
        )

    def _take(self, turn: int, number_of_page: int, page: MemberPage) -> None:
        if turn != self._turn:
            return
        if self._found is not None and page.total < len(self._found.ids):
            self._ask(number_of_page)  # more was found since it was asked for
        else:
            self._table.take(number_of_page, page)

    def _explain(self, row: int) -> None:
        """Ask why of the member in a row; without one, of a record still to be named."""
        if self._facts is not None:
            key = str(self._table.index(row, 0).data()) if row >= 0 else ""
            dialog = WhyRecord(self._workspace, self._jobs, self._facts, key, self.window())
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def _copy(self) -> None:
        """The selected rows as text for a spreadsheet."""
        rows = sorted({index.row() for index in self._view.selectionModel().selectedIndexes()})[:MOST_COPIED]
        cells = range(self._table.columnCount())
        texts = ["\t".join(str(self._table.index(row, cell).data() or "") for cell in cells) for row in rows]
        if texts:
            QGuiApplication.clipboard().setText("\n".join(texts))


def _width(view: QTableView, table: MemberTable, section: int) -> int:
    """Wide enough for the heading and the first rows, within bounds; never by measuring every row."""
    metrics = view.fontMetrics()
    texts = [str(table.headerData(section, Qt.Orientation.Horizontal))]
    texts += [str(table.index(row, section).data()) for row in range(min(30, table.rowCount()))]
    return min(260, max(70, max(metrics.horizontalAdvance(text) for text in texts) + 28))
