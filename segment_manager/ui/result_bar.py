"""The bar that says what was done, with a named Undo: it stands for a while and goes by itself.

Stands apart because its patience is a promise: ten seconds at least, longer while pointer or focus are in it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from segment_manager.ui import icons
from segment_manager.ui.wording import menu_text

SECONDS = 12
_KINDS = {"done": ("check", "active"), "note": ("info", "accent"), "problem": ("warning", "warning")}


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say something, politely."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class ResultBar(QFrame):
    """One message with at most two links. A new message takes the place of the old one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("result_bar")
        self._icon = QLabel(self)
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setMinimumWidth(60)
        self._calls: list[Callable[[], None]] = []
        self._links = [self._link(0), self._link(1)]
        close = QToolButton(self)
        close.setIcon(icons.icon("x"))
        close.setAccessibleName("Close message")
        close.setToolTip("Close message")
        close.setProperty("kind", "bare")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 8, 5)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addWidget(self._text)
        for link in self._links:
            row.addWidget(link)
        row.addStretch(1)
        row.addWidget(close)
        self._whole = ""
        self._lasts = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SECONDS * 1000)
        self._timer.timeout.connect(self._time_is_up)
        self.hide()

    def _link(self, place: int) -> QPushButton:
        link = QPushButton(self)
        link.setProperty("kind", "link")
        link.setAutoDefault(False)
        link.clicked.connect(lambda: self._press(place))
        link.hide()
        return link

    def tell(
        self, text: str, *links: tuple[str, Callable[[], None]], kind: str = "done", lasting: bool = False
    ) -> None:
        """Show a message with links (text, what it does). `kind`: 'done', 'note' or 'problem'. `lasting`: until it is
        hidden or another takes its place."""
        drawing, role = _KINDS[kind]
        self._icon.setPixmap(icons.icon(drawing, role).pixmap(QSize(16, 16)))
        self._whole = text
        self._text.setAccessibleDescription(text)
        for place, link in enumerate(self._links):
            link.setVisible(place < len(links))
            if place < len(links):
                link.setText(menu_text(links[place][0]))
        self._calls = [call for _, call in links]
        self._elide()
        self.show()
        self._lasts = lasting
        self._count_down()
        announce(self, text)

    @property
    def message(self) -> str:
        """What it says now; empty where it is hidden."""
        return self._whole if self.isVisible() else ""

    def _press(self, place: int) -> None:
        self.hide()
        self._calls[place]()

    def _count_down(self) -> None:
        if self._lasts:
            self._timer.stop()
        else:
            self._timer.start()

    def _time_is_up(self) -> None:
        focused = QApplication.focusWidget()
        if self.underMouse() or (focused is not None and self.isAncestorOf(focused)):
            self._timer.start()
        else:
            self.hide()

    def _elide(self) -> None:
        taken = sum(link.sizeHint().width() for link in self._links if not link.isHidden())
        room = max(120, self.width() - 120 - taken)
        shown = self._text.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, room)
        self._text.setText(shown)
        self._text.setToolTip("" if shown == self._whole else self._whole.replace("<", "‹"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self.isVisible():
            self._count_down()
        super().leaveEvent(event)
