"""What stands in the table when it has no rows: why, and the way on.

Stands apart because the cases differ in words and buttons and in nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

Offer = tuple[str, Callable[[], None]]


class EmptyState(QWidget):
    """Covers the viewport it is a child of while `say` was called last, not `hide`. Empty itself until then."""

    def __init__(self, viewport: QWidget) -> None:
        super().__init__(viewport)
        self.setObjectName("empty_state")
        self._buttons: list[QPushButton] = []
        self.hide()

    def _furnish(self) -> None:
        self._heading = QLabel(self)
        self._heading.setProperty("role", "heading")
        self._text = QLabel(self)
        self._text.setProperty("role", "muted")
        for label in (self._heading, self._text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(40, 20, 40, 40)
        layout.setSpacing(10)
        layout.addStretch(2)
        layout.addWidget(self._heading)
        layout.addWidget(self._text)
        layout.addSpacing(4)
        layout.addLayout(self._row)
        layout.addStretch(3)

    def say(self, heading: str, text: str, offers: Sequence[Offer] = ()) -> None:
        """Show a heading, a sentence and buttons."""
        if self.layout() is None:
            self._furnish()
        self._heading.setText(heading)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        while self._row.count():
            self._row.takeAt(0)
        self._row.addStretch(1)
        for place, (words, call) in enumerate(offers):
            button = QPushButton(words, self)
            button.setAutoDefault(False)
            if place == 0:
                button.setProperty("kind", "primary")
            button.clicked.connect(lambda checked=False, then=call: then())
            self._row.addWidget(button)
            self._buttons.append(button)
        self._row.addStretch(1)
        viewport = self.parentWidget()
        if viewport is not None:
            self.setGeometry(viewport.rect())
        self.show()
        self.raise_()
