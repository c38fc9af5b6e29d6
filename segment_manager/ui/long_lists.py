"""What may be long in a question: all names of a list, and rules as they are and as they will be.

Stands apart from dialogs.py because these scroll, can be searched and copied, and answer nothing.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.questions import Rewritten
from segment_manager.ui import theme

_TALLEST = 240
_SHOWN_WHOLE = 20_000  # entries; nobody reads more, and laying them out would take seconds


class RewrittenView(QTextEdit):
    """Each entry's name, what it was and what it will be; a screen reader hears the same as plain text."""

    def __init__(self, part: Rewritten, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName("Before and after")
        self.setObjectName("before_and_after")
        self._part = part
        self._write()
        theme.changed().connect(self._write)
        height = int(self.document().size().height()) + 14
        self.setFixedHeight(min(_TALLEST, max(height, 4 * self.fontMetrics().lineSpacing())))

    def _write(self) -> None:
        self.clear()
        bold, faint, plain = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        bold.setFontWeight(600)
        faint.setForeground(self.palette().placeholderText())
        indented = QTextBlockFormat()
        indented.setLeftMargin(14)
        first = QTextBlockFormat()
        cursor = QTextCursor(self.document())
        for place, (name, before, after) in enumerate(self._part.entries[:_SHOWN_WHOLE]):
            first.setTopMargin(8 if place else 0)
            if place:
                cursor.insertBlock(first)
            cursor.insertText(name.replace("\n", " "), bold)
            for word, rule in (("Before: ", before), ("After: ", after)):
                cursor.insertBlock(indented)
                cursor.insertText(word, faint)
                cursor.insertText(rule.replace("\n", " "), plain)
        self.document().setTextWidth(460)
        self.moveCursor(QTextCursor.MoveOperation.Start)


class NamesDialog(QDialog):
    """All of a long list of names: can be searched and copied."""

    def __init__(self, title: str, names: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(460, 480)
        layout = QVBoxLayout(self)
        search = QLineEdit(self)
        search.setPlaceholderText("Search")
        search.setAccessibleName("Search names")
        search.setClearButtonEnabled(True)
        self._list = QListWidget(self)
        self._list.setAccessibleName(title)
        self._list.setUniformItemSizes(True)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.addItems(list(names))
        search.textChanged.connect(self._filter)
        row = QHBoxLayout()
        copy = QPushButton("Copy", self)
        copy.clicked.connect(self._copy)
        close = QPushButton("Close", self)
        close.clicked.connect(self.reject)
        close.setDefault(True)
        row.addWidget(copy)
        row.addStretch(1)
        row.addWidget(close)
        layout.addWidget(search)
        layout.addWidget(self._list)
        layout.addLayout(row)

    def _filter(self, text: str) -> None:
        needle = text.casefold()
        for row in range(self._list.count()):
            item = self._list.item(row)
            item.setHidden(needle not in item.text().casefold())

    def _copy(self) -> None:
        items = [self._list.item(row) for row in range(self._list.count())]
        chosen = [item for item in items if item.isSelected()] or [item for item in items if not item.isHidden()]
        QGuiApplication.clipboard().setText("\n".join(item.text() for item in chosen))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
            return
        super().keyPressEvent(event)
