"""The rule as JSON text, for people who want to read, copy or paste it so.

Stands apart because it works on text alone: what it gives is read by the same function as every rule file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from segment_manager.domain.rule_format import from_json, to_json
from segment_manager.domain.rule_tree import Rule
from segment_manager.ui.rule_builder.parts import ErrorLine


def indented(rule: Rule) -> str:
    """A rule as JSON on several lines, every digit of its numbers as it is."""
    # Numbers pass as text marks: json would make floats of them.
    loaded = json.loads(to_json(rule), parse_float=_Digits, parse_int=_Digits)
    return _laid_out(loaded, "")


class _Digits(str):
    """A number as its digits."""

    __slots__ = ()


def _laid_out(part: object, indent: str) -> str:
    deeper = indent + "  "
    if isinstance(part, _Digits):
        return str(part)
    if isinstance(part, list) and any(isinstance(item, dict) for item in part):
        inner = ",\n".join(deeper + _laid_out(item, deeper) for item in part)
        return f"[\n{inner}\n{indent}]"
    if isinstance(part, list):
        return "[" + ", ".join(_laid_out(item, deeper) for item in part) + "]"
    if isinstance(part, dict):
        pairs = (f"{json.dumps(key, ensure_ascii=False)}: {_laid_out(value, indent)}" for key, value in part.items())
        return "{" + ", ".join(pairs) + "}"
    return json.dumps(part, ensure_ascii=False)


class JsonPage(QWidget):
    """A box of JSON with Copy and Paste."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QPlainTextEdit()
        self._box.setAccessibleName("Rule as JSON")
        self._box.setObjectName("rule_json")
        self._box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._box.setTabChangesFocus(True)
        self.error = ErrorLine()
        copy, paste = QPushButton("Copy JSON"), QPushButton("Paste JSON")
        buttons = QHBoxLayout()
        for button in (copy, paste):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._box, 1)
        whole.addWidget(self.error)
        whole.addLayout(buttons)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._box.toPlainText()))
        paste.clicked.connect(self._paste)
        self._box.textChanged.connect(self._typed)
        self.setFocusProxy(self._box)

    def show_rule(self, rule: Rule) -> None:
        """Show a rule; emits nothing."""
        self._box.blockSignals(True)
        self._box.setPlainText(indented(rule))
        self._box.blockSignals(False)
        self.error.say("")

    def text(self) -> str:
        """The text as it stands."""
        return self._box.toPlainText()

    def rule(self) -> Rule:
        """The rule that the text says. Raises InvalidRule."""
        return from_json(self._box.toPlainText())

    def show_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        """Show what is wrong, each with its path."""
        self.error.say("\n".join(f"{path}: {message}" if path else message for path, message in problems))
        self._box.setFocus(Qt.FocusReason.OtherFocusReason)

    def _paste(self) -> None:
        self._box.selectAll()
        self._box.paste()

    def _typed(self) -> None:
        self.error.say("")
        self.edited.emit()
