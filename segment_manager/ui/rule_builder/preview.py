"""How many records a rule matches as it stands, and some of them.

Stands apart from the builder because it needs a workspace; the builder does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import Rule
from segment_manager.operations import computation
from segment_manager.operations.computation import Preview
from segment_manager.storage import queries
from segment_manager.ui.details.formats import counted, number, value_text
from segment_manager.ui.details.header import text_label
from segment_manager.ui.details.lifetime import while_there
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.wording import plain_tooltip

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

WAIT = 300
SAMPLE = 20
WIDEST = 240
UNFINISHED = "The rule is not finished yet"


class RulePreview(QWidget):
    """Counts `show_rule`'s newest rule, 300 ms after the last change, on the reading thread; stores nothing."""

    def __init__(
        self, workspace: Workspace, jobs: Jobs, record_type: RecordType, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._jobs = jobs
        self._record_type = record_type
        self._rule: Rule | None = None
        self._turn = 0
        self._zone = workspace.zone
        self._count = text_label(UNFINISHED)
        self._count.setObjectName("rule_count")
        self._button = QPushButton("Preview")
        self._button.setCheckable(True)
        self._button.setAutoDefault(False)
        self._button.setToolTip("Show some of the records that match")
        self._table = QTableWidget()
        self._table.setAccessibleName("Some matching records")
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setShowGrid(False)
        self._table.verticalHeader().hide()
        self._table.setFixedHeight(190)
        self._table.hide()
        line = QHBoxLayout()
        line.addWidget(self._count, 1)
        line.addWidget(self._button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(line)
        column.addWidget(self._table)
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(WAIT)
        self._waiting.timeout.connect(self._ask)
        self._table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._table.horizontalHeader().setMaximumSectionSize(WIDEST)
        self._button.toggled.connect(self._toggle)

    def _toggle(self, shown: bool) -> None:
        self._table.setVisible(shown)
        self._button.setText("Hide preview" if shown else "Preview")

    def show_rule(self, rule: Rule | None) -> None:
        """Count this rule soon; None: it is not finished."""
        self._rule = rule
        self._turn += 1
        if rule is None:
            self._waiting.stop()
            self._say(UNFINISHED)
            self._table.setRowCount(0)
        else:
            if self._count.text() == UNFINISHED:
                self._say("Counting…")
            self._waiting.start()

    def _ask(self) -> None:
        rule, turn = self._rule, self._turn
        if rule is None:
            return
        workspace, record_type = self._workspace, self._record_type

        def look() -> tuple[Preview, int]:
            found = computation.preview(workspace, record_type.name, rule, sample=SAMPLE)
            return found, queries.record_count(workspace, record_type)

        self._jobs.read(
            look,
            while_there(self, lambda answer: self._show(turn, answer[0], answer[1])),
            key="rule preview",
            failed=while_there(self, lambda error: self._failed(turn, error)),
        )

    def _show(self, turn: int, preview: Preview, records: int) -> None:
        if turn != self._turn:
            return
        self._say(f"Matches {number(preview.count)} of {counted(records, 'record')}")
        fields = [field for field in self._record_type.fields if field.label != self._record_type.key_label]
        self._table.setColumnCount(1 + len(fields))
        self._table.setHorizontalHeaderLabels([self._record_type.key_label, *(field.label for field in fields)])
        self._table.setRowCount(len(preview.sample))
        for row, record in enumerate(preview.sample):
            texts = [str(record["key"]), *(value_text(record[field.name], self._zone) for field in fields)]
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tooltip(text))
                self._table.setItem(row, column, item)
        self._table.resizeColumnsToContents()  # twenty rows, no more

    def _failed(self, turn: int, error: BaseException) -> None:
        if turn == self._turn:
            self._say(_reason(error))
            self._table.setRowCount(0)

    def _say(self, text: str) -> None:
        self._count.setText(text)


def _reason(error: BaseException) -> str:
    if isinstance(error, InvalidRule):
        return f"{UNFINISHED}. {error.problems[0][1]}"
    return f"The matching records cannot be counted: {error}"
