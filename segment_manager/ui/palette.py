"""'All commands': every action of the window in one searchable list, with its key or the reason why it is greyed out.

Stands apart because it invents nothing: it reads the menus.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QMainWindow, QMenu, QTreeWidget, QTreeWidgetItem, QVBoxLayout


def commands(window: QMainWindow) -> Iterator[tuple[str, QAction]]:
    """(menu, action) of everything in the menus of a window."""
    for top in window.menuBar().actions():
        menu = top.menu()
        if isinstance(menu, QMenu):
            yield from _of(menu, top.text().replace("&", ""))


def _of(menu: QMenu, path: str) -> Iterator[tuple[str, QAction]]:
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from _of(inner, f"{path} › {action.text().replace('&', '')}")
        elif action.text():
            yield path, action


class Palette(QDialog):
    """Type a few letters, press Enter. `title` 'Keys' shows those with a key alone, to read."""

    def __init__(self, window: QMainWindow, title: str = "All commands", *, only_keys: bool = False) -> None:
        super().__init__(window)
        self.setWindowTitle(title)
        self.resize(600, 440)
        self.move(window.frameGeometry().center().x() - 300, window.frameGeometry().top() + 90)
        self.finished.connect(self.deleteLater)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search commands")
        self.search.setAccessibleName("Search commands")
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list = QTreeWidget(self)
        self.list.setAccessibleName(title)
        self.list.setHeaderLabels(["Command", "Menu", "Key"])
        self.list.setRootIsDecorated(False)
        self.list.setColumnWidth(0, 270)
        self.list.setColumnWidth(1, 130)
        self.list.itemActivated.connect(lambda item, column: self._run(item))
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        self._actions: list[QAction] = []
        for path, action in commands(window):
            if not only_keys or not action.shortcut().isEmpty():
                self._add(path, action)
        self._filter("")

    def _add(self, path: str, action: QAction) -> None:
        keys = action.shortcut().toString()
        item = QTreeWidgetItem([action.text().replace("&", ""), path, keys])
        item.setData(0, Qt.ItemDataRole.UserRole, len(self._actions))
        self._actions.append(action)
        if not action.isEnabled():
            item.setDisabled(True)
            item.setText(2, action.toolTip())
            item.setToolTip(2, action.toolTip())
        self.list.addTopLevelItem(item)

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        first: QTreeWidgetItem | None = None
        for place in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(place)
            if item is None:
                continue
            said = f"{item.text(1)} {item.text(0)}".casefold()
            item.setHidden(not all(word in said for word in words))
            if first is None and not item.isHidden() and not item.isDisabled():
                first = item
        if first is not None:
            self.list.setCurrentItem(first)

    def _run(self, item: QTreeWidgetItem | None) -> None:
        if item is None or item.isDisabled():
            return
        action = self._actions[int(item.data(0, Qt.ItemDataRole.UserRole))]
        self.accept()
        QTimer.singleShot(0, action.trigger)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
                self.list.setFocus()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)
