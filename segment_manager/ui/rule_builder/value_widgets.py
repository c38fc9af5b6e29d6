"""Editors for the single values of a condition: a text, a number, a day, a moment, yes or no.

Stands apart because ranges and lists are made of them. Each gives its value as a rule says it, shows a value it is
given, and emits `edited` when a person changes it. `fits` says whether an editor can show a value without loss; where
it cannot, the plain text editor takes its place, so that nothing of a rule is ever bent.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import QDate, Qt, QTime, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QHBoxLayout,
    QLineEdit,
    QTimeEdit,
    QWidget,
)

from segment_manager.domain.periods import parse_day, parse_moment
from segment_manager.domain.rule_format import exact
from segment_manager.domain.rule_tree import Duration, RuleValue, Scalar
from segment_manager.ui.rule_builder.combos import CalmCombo
from segment_manager.ui.rule_builder.completion import Completion, Known

ISO_DAY = "yyyy-MM-dd"
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


def plain(value: RuleValue) -> str:
    """A single value as one types it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return exact(value)
    return str(value)


def typed_number(text: str) -> Scalar:
    """What a typed text means as a number: int, Decimal, or the text itself where it is none."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return stripped
    try:
        number = Decimal(stripped)
    except InvalidOperation:
        return stripped
    return int(number) if number == number.to_integral_value() and "." not in stripped else number


class SingleValue(QWidget):
    """One value. Subclasses add the widget and say how to read and show it."""

    edited = Signal()
    may_be_empty = False
    """Whether the editor can show that there is no value yet."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._name = name

    def value(self) -> RuleValue:
        """The value as the rule says it."""
        raise NotImplementedError

    def show_value(self, value: RuleValue) -> None:
        """Show a value without emitting `edited`."""
        raise NotImplementedError

    @staticmethod
    def fits(value: RuleValue) -> bool:
        """Whether an editor of this kind can show the value as it is."""
        return not isinstance(value, tuple | Duration)

    def can_show(self, value: RuleValue) -> bool:
        """Whether this editor can show the value as it is; one that shows that there is none can always do that."""
        return self.fits(value) and (value is not None or self.may_be_empty)

    def _add(self, widget: QWidget, name: str, stretch: int = 0) -> None:
        widget.setAccessibleName(name)
        self._row.addWidget(widget, stretch)
        if self.focusProxy() is None:
            self.setFocusProxy(widget)


class TextValue(SingleValue):
    """A text, with completion from the known values of a field."""

    may_be_empty = True

    def __init__(self, name: str, known: Known | None = None, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._edit = QLineEdit(self)
        self._edit.setMinimumWidth(110)
        self._edit.setPlaceholderText("Value")
        if known is not None:
            self._completion = Completion(self._edit, known)
        self._add(self._edit, name, 1)
        self._edit.textChanged.connect(lambda _text: self.edited.emit())

    def value(self) -> RuleValue:
        return self._edit.text() or None  # “contains ''” would match everybody: an empty box is a missing value

    def show_value(self, value: RuleValue) -> None:
        self._edit.blockSignals(True)
        self._edit.setText(plain(value))
        self._edit.setCursorPosition(0)
        self._edit.blockSignals(False)


class NumberValue(TextValue):
    """A number, to the last digit; what is none stays as typed and is told when the rule is checked."""

    def __init__(self, name: str, known: Known | None = None, parent: QWidget | None = None) -> None:
        super().__init__(name, known, parent)
        self._edit.setPlaceholderText("Number")
        self._edit.setMinimumWidth(80)

    def value(self) -> RuleValue:
        return typed_number(self._edit.text()) if self._edit.text().strip() else None


class _CalmDate(QDateEdit):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class _CalmTime(QTimeEdit):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class DayValue(SingleValue):
    """A calendar day, typed or picked."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._day = _CalmDate(QDate.currentDate())
        self._day.setCalendarPopup(True)
        self._day.setDisplayFormat(ISO_DAY)
        self._day.setDateRange(QDate(1, 1, 1), QDate(9999, 12, 31))
        self._day.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._add(self._day, name)
        self._day.setMinimumWidth(124)
        self._day.dateChanged.connect(lambda _date: self.edited.emit())

    def value(self) -> RuleValue:
        return self._day.date().toString(Qt.DateFormat.ISODate)

    def show_value(self, value: RuleValue) -> None:
        self._day.blockSignals(True)
        self._day.setDate(QDate.fromString(str(value), Qt.DateFormat.ISODate))
        self._day.blockSignals(False)

    @staticmethod
    def fits(value: RuleValue) -> bool:
        return value is None or (isinstance(value, str) and parse_day(value) is not None)


class MomentValue(DayValue):
    """A calendar day, or a minute of it where 'at' is ticked."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._timed = QCheckBox("at")
        self._timed.setToolTip("Tick to give a time of the day; otherwise the whole day is meant.")
        self._time = _CalmTime(QTime(0, 0))
        self._time.setDisplayFormat("HH:mm")
        self._time.setEnabled(False)
        self._add(self._timed, f"{name}: with a time of day")
        self._add(self._time, f"{name}: time of day")
        self._row.addStretch(1)
        self._timed.toggled.connect(self._time.setEnabled)
        self._timed.toggled.connect(lambda _on: self.edited.emit())
        self._time.timeChanged.connect(lambda _time: self.edited.emit())

    def value(self) -> RuleValue:
        day = str(super().value())
        return f"{day}T{self._time.time().toString('HH:mm')}" if self._timed.isChecked() else day

    def show_value(self, value: RuleValue) -> None:
        moment = parse_moment(str(value))
        super().show_value(moment.date().isoformat() if moment else value)
        for widget in (self._timed, self._time):
            widget.blockSignals(True)
        self._timed.setChecked(moment is not None)
        self._time.setEnabled(moment is not None)
        if moment is not None:
            self._time.setTime(QTime(moment.hour, moment.minute))
        for widget in (self._timed, self._time):
            widget.blockSignals(False)

    @staticmethod
    def fits(value: RuleValue) -> bool:
        if DayValue.fits(value):
            return True
        moment = parse_moment(value) if isinstance(value, str) else None
        return moment is not None and _to_the_minute(moment)


def _to_the_minute(moment: datetime) -> bool:
    return moment.tzinfo is None and not moment.second and not moment.microsecond


class TruthValue(SingleValue):
    """True or false, as one item of a list."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._combo = CalmCombo(name, self)
        self._combo.addItem("true", True)
        self._combo.addItem("false", False)
        self._add(self._combo, name)
        self._row.addStretch(1)
        self._combo.activated.connect(lambda _index: self.edited.emit())

    def value(self) -> RuleValue:
        return bool(self._combo.currentData())

    def show_value(self, value: RuleValue) -> None:
        self._combo.setCurrentIndex(1 if value is False else 0)

    @staticmethod
    def fits(value: RuleValue) -> bool:
        return value is None or isinstance(value, bool)
