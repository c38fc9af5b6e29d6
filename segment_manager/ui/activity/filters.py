"""What activity is shown: segment, person, action, from and to.

Stands apart from the window because it is a form that gives one value, an ActivityFilter.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from PySide6.QtCore import QDate, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateEdit, QHBoxLayout, QLineEdit, QWidget

from segment_manager.storage.queries.history import ActivityFilter
from segment_manager.ui.activity.lines import Choices
from segment_manager.ui.wording import menu_text

_PAUSE = 250  # milliseconds after the last key before the log is read


class ActivityFilters(QWidget):
    """`changed()` comes when something else is to be shown."""

    changed = Signal()

    def __init__(self, today: date, zone: tzinfo, parent: QWidget) -> None:
        super().__init__(parent)
        self._zone = zone
        self.segment = QLineEdit(self)
        self.segment.setPlaceholderText("Segment")
        self.segment.setAccessibleName("Activity of segments whose name holds")
        self.segment.setClearButtonEnabled(True)
        self.segment.setMaxLength(300)
        self.who = self._box("Activity by", "Everybody")
        self.action = self._box("Activity of the kind", "Everything")
        self.since, self.since_day = self._day("From", "First day", today - timedelta(days=30))
        self.until, self.until_day = self._day("To", "Last day", today)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self.changed)
        self.segment.textChanged.connect(lambda text: self._pause.start())
        for box in (self.who, self.action):
            box.currentIndexChanged.connect(lambda place: self._pause.start())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.segment, 1)
        for part in (self.who, self.action, self.since, self.since_day, self.until, self.until_day):
            row.addWidget(part)

    def _box(self, name: str, everything: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setMinimumWidth(130)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.addItem(everything, None)
        return box

    def _day(self, text: str, name: str, shown: date) -> tuple[QCheckBox, QDateEdit]:
        box = QCheckBox(menu_text(text), self)
        day = QDateEdit(QDate(shown.year, shown.month, shown.day), self)
        day.setDisplayFormat("d MMM yyyy")
        day.setCalendarPopup(True)
        day.setAccessibleName(name)
        day.setEnabled(False)
        box.toggled.connect(day.setEnabled)
        box.toggled.connect(lambda on: self._pause.start())
        day.dateChanged.connect(lambda chosen: self._pause.start())
        return box, day

    def show_choices(self, choices: Choices) -> None:
        """Fill the boxes; what is chosen stays, and nobody is told."""
        people = [(each, each) for each in choices.people]
        for box, entries in ((self.who, people), (self.action, list(choices.actions))):
            chosen = box.currentData()
            was = box.blockSignals(True)
            while box.count() > 1:
                box.removeItem(1)
            for stored, said in entries:
                box.addItem(said, stored)
                if stored == chosen:
                    box.setCurrentIndex(box.count() - 1)
            box.blockSignals(was)

    def clear(self) -> None:
        """Show everything again."""
        self.segment.clear()
        self.who.setCurrentIndex(0)
        self.action.setCurrentIndex(0)
        self.since.setChecked(False)
        self.until.setChecked(False)

    @property
    def chosen(self) -> ActivityFilter:
        """What is to be shown; days are those of the workspace's zone."""
        return ActivityFilter(
            segment=self.segment.text(),
            who=self.who.currentData(),
            action=self.action.currentData(),
            since=self._begin(self.since_day, 0) if self.since.isChecked() else None,
            until=self._begin(self.until_day, 1) if self.until.isChecked() else None,
        )

    def _begin(self, field: QDateEdit, later: int) -> datetime:
        day = field.date()
        return datetime.combine(date(day.year(), day.month(), day.day()) + timedelta(days=later), time.min, self._zone)
