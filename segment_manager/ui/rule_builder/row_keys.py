"""The keys of the rule builder, and the menu that shows them.

Stands apart because text boxes, drop-downs and date boxes take many keys for themselves (Ctrl+Z, Alt+Down, Ctrl+C):
whichever has the focus is asked after the builder.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QMenu, QPlainTextEdit, QWidget

from segment_manager.ui.rule_builder.draft import Draft, GroupDraft
from segment_manager.ui.rule_builder.editing import COMMANDS
from segment_manager.ui.rule_builder.rule_tree import RuleTree

UNDO, REDO = ("Ctrl+Z",), ("Ctrl+Shift+Z", "Ctrl+Y")
_KEYS = {QKeySequence(command.key).toString(): name for name, command in COMMANDS.items() if command.key}
_PLAIN_KEYS = {QKeySequence(command.plain_key).toString(): name for name, command in COMMANDS.items()}
_PARTED_BEFORE = ("duplicate", "copy", "wrap", "up", "remove")


class RowKeys(QObject):
    """Watches whatever has the focus inside the tree. `asked(command, part)`, `undo()`, `redo()` and `left()`, which
    tells that the focus went to another place."""

    def __init__(
        self,
        tree: RuleTree,
        asked: Callable[[str, Draft], None],
        undo: Callable[[], None],
        redo: Callable[[], None],
        left: Callable[[], None],
    ) -> None:
        super().__init__(tree)
        self._tree = tree
        self._asked, self._undo, self._redo, self._left = asked, undo, redo, left
        self._watched: QWidget | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._watched is not None:
            self._watched.removeEventFilter(self)
            self._watched.destroyed.disconnect(self._forget)
            self._watched = None
            self._left()
        if new is not None and self._tree.isAncestorOf(new):
            new.installEventFilter(self)
            new.destroyed.connect(self._forget)
            self._watched = new

    def _forget(self) -> None:
        self._watched = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the builder's keys before the widget sees them, and the Menu key."""
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            call = self._call_for(event, watched)
            if call is not None:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    call()
                return True
        if isinstance(event, QContextMenuEvent) and event.reason() == QContextMenuEvent.Reason.Keyboard:
            draft = self._draft()
            if draft is not None:
                self.open_menu(draft, event.globalPos())
                return True
        return super().eventFilter(watched, event)

    def _menu_chosen(self, command: str, draft: Draft, _checked: bool = False) -> None:
        self._asked(command, draft)

    def undo_or_redo(self, event: QKeyEvent) -> bool:
        """Does what the key means if it means undo or redo; whether it did."""
        call = {**dict.fromkeys(UNDO, self._undo), **dict.fromkeys(REDO, self._redo)}.get(_name_of(event))
        if call is not None:
            call()
        return call is not None

    def _draft(self) -> Draft | None:
        return self._tree.draft_at_focus(self._watched)

    def _call_for(self, event: QKeyEvent, watched: QObject) -> Callable[[], None] | None:
        pressed = _name_of(event)
        if pressed in UNDO:
            return self._undo
        if pressed in REDO:
            return self._redo
        command = _KEYS.get(pressed) or (None if _types(watched) else _PLAIN_KEYS.get(pressed))
        draft = self._draft() if command else None
        if command is None or draft is None:
            return None
        return lambda: self._asked(command, draft)

    def open_menu(self, draft: Draft, place: QPoint) -> QMenu:
        """The menu of a part: every command with its key."""
        menu = QMenu(self._tree)
        menu.setObjectName("part_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, command in COMMANDS.items():
            if not command.in_menu or (command.groups_only and not isinstance(draft, GroupDraft)):
                continue
            if name in _PARTED_BEFORE:
                menu.addSeparator()
            entry = menu.addAction(command.label)
            entry.triggered.connect(partial(self._menu_chosen, name, draft))
            entry.setShortcut(QKeySequence(command.key))
            entry.setShortcutVisibleInContextMenu(True)
            entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # shown here, pressed in eventFilter
        menu.popup(place)
        return menu


def _name_of(event: QKeyEvent) -> str:
    return QKeySequence(event.keyCombination()).toString()


def _types(widget: QObject) -> bool:
    """Whether a widget takes text, so that copying and pasting mean text."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QLineEdit | QPlainTextEdit | QAbstractSpinBox)
