"""The top of the details pane: which segment it is, and how it stands.

Stands apart because it stays in sight whatever tab is open.
"""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from segment_manager.domain.segments import Status
from segment_manager.ui import theme
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.reasons import status_line
from segment_manager.ui.dialogs import label
from segment_manager.ui.wording import UNUSED_SHAPE, shape


def text_label(text: str = "", role: str = "") -> QLabel:
    """A label that shows its text as it is, wraps, and can be copied from."""
    return label(text, role)


class Header(QWidget):
    """Name, status with its shape, record type and tags of one segment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: Facts | None = None
        self._name = text_label(role="heading")
        self._name.setObjectName("segment_name")
        self._status = text_label()
        self._status.setObjectName("segment_status")
        self._place = text_label(role="muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 8)
        column.setSpacing(3)
        for line in (self._name, self._status, self._place):
            column.addWidget(line)
        theme.changed().connect(self._colour)

    def show_facts(self, facts: Facts) -> None:
        """Show another segment, or the same one anew."""
        self._facts = facts
        summary = facts.summary
        self._name.setText(summary.name)
        broken = " · the rule is broken" if summary.broken else ""
        self._status.setText(status_line(facts) + broken)
        tags = f" · {', '.join(summary.tags)}" if summary.tags else ""
        self._place.setText(f"{facts.detail.record_type}{tags}")
        self._colour()

    def _colour(self) -> None:
        """The status in the colour of its state, as in the list; the shape says it too."""
        if self._facts is None:
            return
        summary, colours = self._facts.summary, theme.colours()
        if summary.broken:
            colour = colours.danger
        elif summary.status is Status.ACTIVE:
            colour = colours.active
        else:
            colour = colours.unused if shape(summary) == UNUSED_SHAPE else colours.inactive
        self._status.setStyleSheet(f"color: {colour};")
