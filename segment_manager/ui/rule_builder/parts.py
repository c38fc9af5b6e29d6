"""The small widgets that rows and groups are made of: handle, icon buttons, count, error line.

Stands apart because rows and groups look alike at their edges, and other dialogs use the error line.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QToolButton, QWidget

from segment_manager.ui import icons
from segment_manager.ui.result_bar import announce
from segment_manager.ui.rule_builder.surroundings import Counted


def bare_button(icon: str, name: str, parent: QWidget) -> QToolButton:
    """A small button of one icon, with a name for people who do not see it."""
    button = QToolButton(parent)
    button.setIcon(icons.icon(icon))
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setProperty("kind", "bare")
    button.setMinimumSize(24, 24)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


class ErrorLine(QLabel):
    """What is wrong, under the thing that is wrong; takes no room while nothing is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "error")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence, or nothing."""
        if text == self.text() and self.isHidden() is not bool(text):
            return
        self.setText(text)
        self.setVisible(bool(text))
        if text:
            announce(self, text)


class CountLabel(QLabel):
    """How many records match one part: a number, grey where it was counted for something else, '…' for the first."""

    def __init__(self, what: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._what = what
        self.setObjectName("part_count")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(28)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("0,000,000"))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def show_count(self, counted: Counted) -> None:
        """Show a count, or take it away."""
        if counted == Counted(self.text(), not self.isEnabled()):
            return
        self.setText(counted.text)
        self.setEnabled(not counted.stale)
        told = f"{counted.text} records match {self._what}" if counted.text.strip("…") else ""
        self.setToolTip(told)
        self.setAccessibleName(f"{told}, being counted anew" if counted.stale and told else told)


class Handle(QToolButton):
    """Six dots: dragged by the mouse it moves its part, pressed it opens the part's menu."""

    def __init__(
        self, name: str, grabbed: Callable[[], None], pressed: Callable[[QPoint], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}: drag it, or press for more")
        self.setProperty("kind", "bare")
        self.setFixedSize(QSize(20, 26))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._grabbed = grabbed
        self._from: QPoint | None = None
        self.clicked.connect(lambda: pressed(self.mapToGlobal(self.rect().bottomLeft())))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where, to tell a drag from a press."""
        self._from = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin to drag once the pointer has gone far enough."""
        begun = self._from
        if begun is not None and event.buttons() & Qt.MouseButton.LeftButton:
            gone = (event.position().toPoint() - begun).manhattanLength()
            if gone >= QApplication.startDragDistance():
                self._from = None
                self.setDown(False)
                self._grabbed()
                return
        super().mouseMoveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The dots over what the style paints."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.PlaceholderText))
        middle = self.rect().center()
        for x in (-3, 2):
            for y in (-6, -1, 4):
                painter.drawEllipse(middle.x() + x, middle.y() + y, 3, 3)
