"""The editor for lists: many values in one box, divided by commas or line ends.

Stands apart for its little format, which is a person's own: 'Berlin, Paris' pasted from anywhere becomes two values; a
value that holds a comma stands in double quotes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from segment_manager.domain.rule_tree import Duration, RuleValue, Scalar
from segment_manager.ui.rule_builder.completion import Known, KnownValues, made_completer, popup_of
from segment_manager.ui.rule_builder.value_widgets import SingleValue, plain, typed_number

MOST_LINES = 6


def parts(text: str) -> list[str]:
    """The values a typed list holds, in order, without empty ones."""
    rows = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    return [item.strip() for row in rows for item in row if item.strip()]


def joined_list(values: Iterable[Scalar]) -> str:
    """The text that `parts` takes apart into these values again."""
    return ", ".join(_quoted(plain(value)) for value in values)


def _quoted(text: str) -> str:
    if text == text.strip() and not any(mark in text for mark in ',"\n\r'):
        return text
    return '"' + text.replace('"', '""') + '"'


class _ListEdit(QPlainTextEdit):
    """A box of one to six lines that completes the value under the cursor."""

    def __init__(self, known: Known | None) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setPlaceholderText("Values, separated by commas or lines")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._known = KnownValues(known, self)
        self._completer = made_completer(self._known, self)
        self._completer.setWidget(self)
        self._completer.activated.connect(self._complete)
        self._known.came.connect(self._suggest)
        self.textChanged.connect(self._fit)
        self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Ask for the values, so that they are there when somebody types."""
        super().focusInEvent(event)
        self._known.ask("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Typing suggests; the Down key on the last line opens the list of all values."""
        popup = popup_of(self._completer)
        if popup.isVisible() and event.key() in (
            Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab,
        ):  # fmt: skip
            event.ignore()  # the list of suggestions takes these
            return
        last_line = self.textCursor().blockNumber() == self.blockCount() - 1
        if event.key() == Qt.Key.Key_Down and not event.modifiers() and last_line:
            self._open("")
            return
        super().keyPressEvent(event)
        if event.text().isprintable() and event.text():
            self._known.ask(self._current())
            self._suggest()

    def _current(self) -> str:
        before = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        return before.rsplit(",", 1)[-1].strip().strip('"')

    def _suggest(self) -> None:
        """Show what goes on from the word under the cursor, where somebody is typing one."""
        word = self._current()
        self._completer.setCompletionPrefix(word)
        nothing = self._completer.completionCount() == 0 or self._completer.currentCompletion() == word
        if not word or nothing or not self.hasFocus():
            popup_of(self._completer).hide()
            return
        self._open(word)

    def _open(self, word: str) -> None:
        self._completer.setCompletionPrefix(word)
        popup = popup_of(self._completer)
        spot = QRect(self.cursorRect())
        spot.setWidth(min(420, max(220, popup.sizeHintForColumn(0) + 24)))
        self._completer.complete(spot)

    def _complete(self, chosen: str) -> None:
        cursor = self.textCursor()
        text = cursor.block().text()[: cursor.positionInBlock()]
        tail = text.rsplit(",", 1)[-1]
        for _ in tail.lstrip():
            cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(_quoted(chosen))
        self.setTextCursor(cursor)

    def _fit(self) -> None:
        lines = min(MOST_LINES, max(1, self.blockCount(), len(self.toPlainText()) // 60 + 1))
        margins = self.contentsMargins()
        frame = 2 * self.frameWidth() + margins.top() + margins.bottom() + 2 * int(self.document().documentMargin())
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + frame + 6)


class ListValue(SingleValue):
    """Many values of one kind: 'text', 'number', 'date', 'datetime' or 'boolean' (see operators.element_kind)."""

    may_be_empty = True

    def __init__(self, name: str, kind: str, known: Known | None = None, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._kind = kind
        self._edit = _ListEdit(Known("", ("true", "false"), None) if kind == "boolean" else known)
        self._add(self._edit, name, 1)
        self._edit.textChanged.connect(self.edited)

    def value(self) -> RuleValue:
        return tuple(self._typed(part) for part in parts(self._edit.toPlainText()))

    def show_value(self, value: RuleValue) -> None:
        items = value if isinstance(value, tuple) else () if value is None or isinstance(value, Duration) else (value,)
        self._edit.blockSignals(True)
        self._edit.setPlainText(joined_list(items))
        self._edit.blockSignals(False)

    def _typed(self, part: str) -> Scalar:
        if self._kind == "number":
            return typed_number(part)
        if self._kind == "boolean" and part.casefold() in ("true", "false"):
            return part.casefold() == "true"
        return part

    @staticmethod
    def fits(value: RuleValue) -> bool:
        return not isinstance(value, Duration)
