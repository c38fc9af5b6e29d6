"""How many records the whole rule matches, some of them, and what saving it would change.

Stands apart from the builder because it shows facts of the workspace; the builder shows only the rule.
"""

from __future__ import annotations

from datetime import tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.records import RecordType
from segment_manager.operations.rule_counts import Difference, RuleCount
from segment_manager.ui.details.formats import counted, number, value_text
from segment_manager.ui.details.header import text_label
from segment_manager.ui.result_bar import announce
from segment_manager.ui.wording import plain_tooltip

WIDEST = 240
UNFINISHED = "The rule is not finished yet"
COUNTING = "Counting…"


def change_said(change: Difference, active: bool) -> str:
    """'12 join, 5 leave, 1,187 stay', and when."""
    if not change.join and not change.leave:
        return f"Saving changes no members: {number(change.stay)} stay."
    said = f"{number(change.join)} join, {number(change.leave)} leave, {number(change.stay)} stay"
    return f"When saved: {said}." if active else f"Once it is active again: {said}. While it is inactive, all stay."


class RulePreview(QWidget):
    """One line with the count, one with the change, and a table of some matching records on demand."""

    def __init__(self, record_type: RecordType, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record_type = record_type
        self._zone = zone
        self._count = text_label(UNFINISHED)
        self._count.setObjectName("rule_count")
        self._change = text_label()
        self._change.setObjectName("rule_change")
        self._change.hide()
        self._button = QPushButton("Preview")
        self._button.setCheckable(True)
        self._button.setAutoDefault(False)
        self._button.setToolTip("Show some of the records that match")
        self._table = QTableWidget()
        self._build()
        self._button.toggled.connect(self._toggle)

    def _build(self) -> None:
        self._table.setAccessibleName("Some matching records")
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setTabKeyNavigation(False)
        self._table.setShowGrid(False)
        self._table.verticalHeader().hide()
        self._table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._table.horizontalHeader().setMaximumSectionSize(WIDEST)
        self._table.setFixedHeight(190)
        self._table.hide()
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._count)
        texts.addWidget(self._change)
        line = QHBoxLayout()
        line.addLayout(texts, 1)
        line.addWidget(self._button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(line)
        column.addWidget(self._table)

    def _toggle(self, shown: bool) -> None:
        self._table.setVisible(shown)
        self._button.setText("Hide preview" if shown else "Preview")

    def expect(self, finished: bool) -> None:
        """The rule changed: what stands here is grey until it is counted anew, or gone where it is not finished."""
        if not finished:
            self.say(UNFINISHED)
            return
        if self._count.text().startswith("Matches "):
            for label in (self._count, self._change):
                label.setEnabled(False)
        else:
            self.say(COUNTING)
        self._table.setEnabled(False)

    def say(self, text: str) -> None:
        """A sentence instead of a count."""
        self._count.setText(text)
        self._count.setEnabled(True)
        self._change.hide()
        self._table.setRowCount(0)

    def show_count(self, found: RuleCount, change: str) -> None:
        """Show a count; `change`: what saving would change, where there is something to say."""
        if found.count is None:
            if found.complete:
                self.say(UNFINISHED)
            return
        text = f"Matches {number(found.count)} of {counted(found.records, 'record')}"
        if text != self._count.text() and found.complete:
            announce(self, f"{text}. {change}")
        self._count.setText(text)
        self._count.setEnabled(True)
        if not found.complete:
            return
        self._change.setText(change)
        self._change.setEnabled(True)
        self._change.setVisible(bool(change))
        self._table.setEnabled(True)
        self._show_sample(found)

    def _show_sample(self, found: RuleCount) -> None:
        fields = [field for field in self._record_type.fields if field.label != self._record_type.key_label]
        self._table.setColumnCount(1 + len(fields))
        self._table.setHorizontalHeaderLabels([self._record_type.key_label, *(field.label for field in fields)])
        self._table.setRowCount(len(found.sample))
        for row, record in enumerate(found.sample):
            texts = [str(record["key"]), *(value_text(record.get(field.name), self._zone) for field in fields)]
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tooltip(text))
                self._table.setItem(row, column, item)
        self._table.resizeColumnsToContents()  # twenty rows, no more
