"""A drop-down in which one types to find.

Stands apart because fields, segments and record types are all chosen so: by any part of the name, by keyboard alone.
"""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QSizePolicy, QWidget


class CalmCombo(QComboBox):
    """A drop-down that the mouse wheel does not change while a person scrolls past it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def share(self, entries: QAbstractItemModel) -> None:
        """Show entries that other drop-downs show too; `keep` gives this one its own copy where it needs another."""
        if self.model() is not entries:
            self.setModel(entries)

    def keep(self, text: str, data: str) -> int:
        """The place of an entry that is not among the shared ones, added to a copy of them."""
        own = QStandardItemModel(self)
        for index in range(self.count()):
            own.appendRow(_entry(self.itemText(index), self.itemData(index)))
        own.appendRow(_entry(text, data))
        self.setModel(own)
        return own.rowCount() - 1


def _entry(text: str, data: object) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(data, Qt.ItemDataRole.UserRole)
    return item


class SearchableCombo(CalmCombo):
    """Entries have a text and data (see `share`); typing narrows them to those that hold the text.

    A value that is not among the entries can be shown all the same (`choose`), so that nothing of a rule is lost
    when its field or segment has gone.
    """

    chosen = Signal()

    def __init__(self, name: str, prompt: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setEditable(True)  # makes the completer too, over whatever model is shown
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumContentsLength(12)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(16)
        completer = self.completer()
        assert completer is not None
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        edit = self._edit()
        edit.setPlaceholderText(prompt)
        edit.setAccessibleName(name)
        edit.editingFinished.connect(self._settle)
        self.activated.connect(self._picked)
        self._shown: str | None = None

    def choose(self, data: str | None, shown: str = "") -> None:
        """Choose by data without a signal; None chooses nothing. `shown` stands for an entry that is not there."""
        index = -1 if data is None else self.findData(data)
        if data is not None and index < 0:
            index = self.keep(shown or data, data)
        self.setCurrentIndex(index)
        self._shown = data
        if index < 0:
            self._edit().clear()
        self._edit().setCursorPosition(0)

    def data_chosen(self) -> str | None:
        """The data of the chosen entry, or None."""
        return self._shown

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._settle()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Settles before Tab looks for the next stop: what is chosen here may open it."""
        self._settle()
        return super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._settle()
            saving = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)  # the dialog's own key goes on to it
            event.setAccepted(not saving)  # Enter alone does not: its default button is not meant
            return
        super().keyPressEvent(event)

    def _edit(self) -> QLineEdit:
        edit = self.lineEdit()
        assert edit is not None
        return edit

    def _picked(self, index: int) -> None:
        self._take(self.itemData(index))

    def _settle(self) -> None:
        """Typed text becomes the entry it names, or the only one that holds it; else the last choice comes back."""
        text = self._edit().text().strip()
        index = self.findText(text, Qt.MatchFlag.MatchFixedString) if text else -1
        if index < 0 and text:
            found = [i for i in range(self.count()) if text.casefold() in self.itemText(i).casefold()]
            index = found[0] if len(found) == 1 else -1
        if index >= 0:
            self.setCurrentIndex(index)
            self._take(self.itemData(index))
            return
        self.setCurrentIndex(self.findData(self._shown) if self._shown is not None else -1)
        if self._shown is None:
            self._edit().clear()

    def _take(self, data: str | None) -> None:
        if data != self._shown:
            self._shown = data
            self.chosen.emit()
