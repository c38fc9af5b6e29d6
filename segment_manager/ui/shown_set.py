"""The strip over the list that says which segments alone are shown: 'Showing 12 segments: near duplicates ✕'.

Stands apart because a list that hides something must say so, and give everything back with one click.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from segment_manager.ui import icons
from segment_manager.ui.wording import count

CHOSEN = "those asked for"
_LONGEST = 90


class ShownSet(QFrame):
    """Hidden until a set is shown. `cleared()` when somebody wants all segments back."""

    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shown_set")
        self.setAccessibleName("Shown set")
        self._name = ""
        self.hide()

    def _furnish(self) -> None:
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setMinimumWidth(60)
        self._clear = QToolButton(self)
        self._clear.setIcon(icons.icon("x"))
        self._clear.setProperty("kind", "bare")
        self._clear.setAccessibleName("Show all segments again")
        self._clear.setToolTip("Show all segments again (Esc)")
        self._clear.clicked.connect(self.cleared)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 3, 8, 3)
        row.setSpacing(6)
        row.addWidget(self._text)
        row.addWidget(self._clear)
        row.addStretch(1)

    def show_set(self, name: str) -> None:
        """Name the set that is shown from now on."""
        if self.layout() is None:
            self._furnish()
        self._name = name
        self.show()

    def show_number(self, number: int) -> None:
        """How many segments it holds."""
        from segment_manager.ui.dialogs import middle  # which the first paint does not need

        said = f"Showing {count(number, 'segment')}: {middle(self._name, _LONGEST)}"
        self._text.setText(said)
        self.setAccessibleDescription(said)

    @property
    def text(self) -> str:
        """What it says; empty where no set is shown."""
        return self._text.text() if not self.isHidden() else ""
