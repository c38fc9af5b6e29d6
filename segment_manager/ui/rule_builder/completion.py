"""Lists of the values that records hold, each with how many hold it, from which a person picks while typing.

Stands apart because one value and a list of values complete from the same list; where it comes from (the workspace, or
the choices a field is known to have) no editor needs to know.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from segment_manager.domain.rule_format import exact
from segment_manager.domain.stored_values import Value
from segment_manager.operations.rule_counts import LISTED, ValueCounts
from segment_manager.ui.details.formats import counted, number

WAIT = 120
Index = QModelIndex | QPersistentModelIndex


class Suggestions(Protocol):
    """Where lists of values come from: asks for those of a field that begin with a text, and tells later, or never."""

    def ask(self, field: str, prefix: str, told: Callable[[ValueCounts], None]) -> None: ...


class Known(NamedTuple):
    """What can be known of a field's values: its name, its choices, and whom to ask."""

    field: str
    choices: tuple[str, ...] = ()
    suggestions: Suggestions | None = None


def typed_form(value: Value) -> str:
    """A record's value as one types it."""
    if isinstance(value, Decimal):
        return exact(value)
    return value.isoformat() if isinstance(value, date) else str(value)


class KnownValues(QAbstractListModel):
    """The values, with their counts where they were counted. `came`: others are there now."""

    came = Signal()

    def __init__(self, known: Known | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._known = known or Known("")
        self._rows: list[tuple[str, int | None]] = [(choice, None) for choice in self._known.choices]
        self._wanted = ""
        self._asked: str | None = None
        self._whole = False  # what is here is all there is
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(WAIT)
        self._waiting.timeout.connect(self._ask_now)

    def ask(self, prefix: str) -> None:
        """Ask for the values that begin with a text, a moment after the last time; `came` follows."""
        if self._known.suggestions is not None and prefix != self._asked and not self._whole:
            self._wanted = prefix
            self._waiting.start(WAIT if prefix else 0)

    def _ask_now(self) -> None:
        if self._known.suggestions is None:
            return
        asked = self._asked = self._wanted
        self._known.suggestions.ask(self._known.field, asked, lambda found: self._take(asked, found))

    def _take(self, asked: str, found: ValueCounts) -> None:
        if asked != self._asked:
            return
        self._whole = not asked and found.exact and len(found.values) < LISTED
        rows = [(typed_form(each.value), each.records if found.exact else None) for each in found.values]
        there = {text.casefold() for text, _ in rows}
        rows += [(choice, None) for choice in self._known.choices if choice.casefold() not in there]
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()
        self.came.emit()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        text, count = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return text
        if role == Qt.ItemDataRole.UserRole:
            return count
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return text if count is None else f"{text}, {counted(count, 'record')}"
        return None


class _WithCount(QStyledItemDelegate):
    """The value on the left, the count in grey on the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        count = index.data(Qt.ItemDataRole.UserRole)
        if count is not None:
            painter.save()
            painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
            place: QRect = option.rect.adjusted(0, 0, -8, 0)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number(count))
            painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + 90, hint.height() + 4)


def made_completer(values: KnownValues, parent: QWidget) -> QCompleter:
    """A completer over the values: any part of them, upper and lower case alike."""
    completer = QCompleter(values, parent)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setMaxVisibleItems(12)
    popup = popup_of(completer)
    popup.setItemDelegate(_WithCount(popup))
    popup.setAccessibleName("Values in the records")
    if isinstance(popup, QListView):
        popup.setUniformItemSizes(True)
        popup.setMinimumWidth(240)
    return completer


def popup_of(completer: QCompleter) -> QAbstractItemView:
    """The list of a completer, which makes it when it is asked for the first time."""
    popup = completer.popup()
    assert popup is not None
    return popup


class Completion(QObject):
    """Completes one line. It is made when the line gets the focus for the first time: a long rule has many lines."""

    def __init__(self, edit: QLineEdit, known: Known) -> None:
        super().__init__(edit)
        self._edit = edit
        self._known = known
        self._values: KnownValues | None = None
        self._typed = False
        if known.choices or known.suggestions is not None:
            edit.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The focus makes the list; the Down key opens it, whatever stands in the line."""
        if event.type() == QEvent.Type.FocusIn:
            self._begin()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._typed = bool(event.text())
            if event.key() == Qt.Key.Key_Down and not event.modifiers():
                self._begin()
                self._open("")
                return True
        return super().eventFilter(watched, event)

    def _begin(self) -> None:
        if self._values is None:
            self._values = KnownValues(self._known, self._edit)
            self._edit.setCompleter(made_completer(self._values, self._edit))
            self._edit.textEdited.connect(self._values.ask)
            self._values.came.connect(self._came)
            self._values.ask("")

    def _came(self) -> None:
        if self._typed and self._edit.hasFocus() and self._edit.text():
            self._open(self._edit.text())

    def _open(self, prefix: str) -> None:
        completer = self._edit.completer()
        completer.setCompletionPrefix(prefix)
        alone = completer.completionCount() == 1 and completer.currentCompletion() == prefix
        if completer.completionCount() and not alone:
            completer.complete()
