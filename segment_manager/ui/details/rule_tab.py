"""Rule: the rule as a readable outline, to be edited or copied.

Stands apart as one of the tabs.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QTextEdit, QVBoxLayout, QWidget

from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import describe, from_json
from segment_manager.ui import icons, theme
from segment_manager.ui.details.outline import Line, outline

INDENT = 22.0


class RuleTab(QWidget):
    """Shows one rule; `edit_requested` when the person wants to change it."""

    edit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rule_tab")
        self._json = ""
        self._record_type: RecordType | None = None
        self._text = QTextEdit()
        self._text.setReadOnly(True)
        self._text.setAcceptRichText(False)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setAccessibleName("Rule")
        self._text.setTabChangesFocus(True)
        self.edit_button = QPushButton("Edit rule…")
        self.edit_button.setIcon(icons.icon("pencil"))
        self.edit_button.clicked.connect(self.edit_requested)
        copy = QPushButton("Copy as JSON")
        copy.setIcon(icons.icon("copy"))
        copy.clicked.connect(self._copy)
        self._copied = QLabel("Copied")
        self._copied.setProperty("role", "muted")
        self._copied.hide()
        buttons = QHBoxLayout()
        for widget in (self.edit_button, copy, self._copied):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addLayout(buttons)
        column.addWidget(self._text, 1)
        theme.changed().connect(self._colour)

    def show_rule(self, rule_json: str, record_type: RecordType) -> None:
        """Show a rule given as its stored JSON."""
        self._json, self._record_type = rule_json, record_type
        self._copied.hide()
        try:
            rule = from_json(rule_json)
        except InvalidRule as error:
            self._fill([Line(0, f"The rule cannot be read: {error}", False)], "")
            return
        lines = outline(rule, record_type)
        self._fill(lines, describe(rule, record_type) if len(lines) > 1 else "")

    def _fill(self, lines: list[Line], sentence: str) -> None:
        self._text.clear()
        cursor = QTextCursor(self._text.document())
        plain, bold, faint = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        bold.setFontWeight(600)
        faint.setForeground(self.palette().placeholderText())
        for number, line in enumerate(lines):
            block = QTextBlockFormat()
            block.setLeftMargin(INDENT * line.depth)
            block.setTopMargin(0 if number == 0 else 5)
            cursor.insertBlock(block) if number else cursor.setBlockFormat(block)
            text = line.text if line.group or not line.depth else f"•  {line.text}"
            cursor.insertText(text, bold if line.group else plain)
        if sentence and len(sentence) < 2000:
            block = QTextBlockFormat()
            block.setTopMargin(18)
            cursor.insertBlock(block)
            cursor.insertText(f"In one sentence: {sentence}.", faint)
        self._text.moveCursor(QTextCursor.MoveOperation.Start)

    def _colour(self) -> None:
        if self._record_type is not None:
            self.show_rule(self._json, self._record_type)

    def text(self) -> str:
        """What is shown."""
        return self._text.toPlainText()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._json)
        self._copied.show()

    def allow_editing(self, allowed: bool, why_not: str) -> None:
        """Grey the button out with a tooltip that says why."""
        self.edit_button.setEnabled(allowed)
        self.edit_button.setToolTip("" if allowed else why_not)
