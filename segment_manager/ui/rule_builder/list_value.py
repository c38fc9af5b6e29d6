"""The editor for lists: many values in one box, divided by commas or line ends.

Stands apart for its little format, which is a person's own: 'Berlin, Paris' pasted from anywhere becomes two values; a
value that holds a comma stands in double quotes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QRect, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QCompleter, QPlainTextEdit, QSizePolicy, QWidget

from segment_manager.domain.rule_tree import Duration, RuleValue, Scalar
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

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setPlaceholderText("Values, separated by commas or lines")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._completer: QCompleter | None = None
        if known:
            completer = QCompleter(QStringListModel(list(known), self), self)
            completer.setWidget(self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.activated.connect(self._complete)
            self._completer = completer
        self.textChanged.connect(self._fit)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        popup = self._completer.popup() if self._completer else None
        if popup is not None and popup.isVisible() and event.key() in (
            Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab,
        ):  # fmt: skip
            event.ignore()  # the list of suggestions takes these
            return
        super().keyPressEvent(event)
        if event.text().isprintable() and event.text():
            self._suggest()

    def _current(self) -> str:
        before = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        return before.rsplit(",", 1)[-1].strip().strip('"')

    def _suggest(self) -> None:
        if self._completer is None:
            return
        word = self._current()
        self._completer.setCompletionPrefix(word)
        popup = self._completer.popup()
        if popup is None:
            return
        if not word or self._completer.completionCount() == 0 or self._completer.currentCompletion() == word:
            popup.hide()
            return
        spot = QRect(self.cursorRect())
        spot.setWidth(min(320, max(160, popup.sizeHintForColumn(0) + 24)))
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

    def __init__(self, name: str, kind: str, known: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._kind = kind
        self._edit = _ListEdit(known or (("true", "false") if kind == "boolean" else ()))
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
