"""Which editor goes with which operator, and the editors made of several parts.

Stands apart so that a row need not know the kinds of values there are.
"""

from __future__ import annotations

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QAction, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QCompleter, QLabel, QLineEdit, QListView, QSpinBox, QWidget

from segment_manager.domain.operators import OPERATORS, Takes, element_kind
from segment_manager.domain.periods import CALENDAR_UNITS, CLOCK_UNITS, PERIODS
from segment_manager.domain.records import Field, FieldType
from segment_manager.domain.rule_tree import Duration, RuleValue, Scalar
from segment_manager.ui import icons
from segment_manager.ui.rule_builder.combos import CalmCombo
from segment_manager.ui.rule_builder.completion import Known, Suggestions
from segment_manager.ui.rule_builder.list_value import ListValue
from segment_manager.ui.rule_builder.value_widgets import (
    DayValue,
    MomentValue,
    NumberValue,
    SingleValue,
    TextValue,
    TruthValue,
    plain,
)

MOST = 1_000_000_000


class _CalmSpin(QSpinBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class RangeValue(SingleValue):
    """Two values, both included."""

    def __init__(self, name: str, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._ends = (_single(f"{name}: from", kind, None, self), _single(f"{name}: to", kind, None, self))
        self.may_be_empty = self._ends[0].may_be_empty
        self._row.addWidget(self._ends[0], 1)
        self._row.addWidget(QLabel("and"))
        self._row.addWidget(self._ends[1], 1)
        self.setFocusProxy(self._ends[0])
        for end in self._ends:
            end.edited.connect(self.edited)

    def value(self) -> RuleValue:
        ends = [end.value() for end in self._ends]
        if all(end is None for end in ends):
            return None
        return tuple("" if end is None or isinstance(end, tuple | Duration) else end for end in ends)

    def show_value(self, value: RuleValue) -> None:
        items: tuple[Scalar, ...] = value if isinstance(value, tuple) else ()
        for end, item in zip(self._ends, items, strict=False):
            end.show_value(None if item == "" else item)

    def can_show(self, value: RuleValue) -> bool:
        return value is not None and self.shows(value)

    def shows(self, value: RuleValue) -> bool:
        """Whether both ends can show what they are given."""
        if value is None:
            return True
        return (
            isinstance(value, tuple)
            and len(value) == 2
            and all(end.fits(item) for end, item in zip(self._ends, value, strict=True))
        )


class DurationValue(SingleValue):
    """A number and a unit of time."""

    def __init__(self, name: str, field_type: FieldType, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._count = _CalmSpin(self)
        self._count.setRange(0, MOST)
        self._count.setMaximumWidth(90)
        self._count.setValue(30)
        self._count.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._unit = CalmCombo(f"{name}: unit of time", self)
        units = CALENDAR_UNITS if field_type is FieldType.DATE else (*CLOCK_UNITS, *CALENDAR_UNITS)
        for unit in units:
            self._unit.addItem(unit, unit)
        self._unit.setCurrentIndex(self._unit.findData("days"))
        self._add(self._count, f"{name}: number")
        self._add(self._unit, f"{name}: unit of time")
        self._row.addStretch(1)
        self._count.valueChanged.connect(lambda _count: self.edited.emit())
        self._unit.activated.connect(lambda _index: self.edited.emit())

    def value(self) -> RuleValue:
        return Duration(self._count.value(), str(self._unit.currentData()))

    def show_value(self, value: RuleValue) -> None:
        if not isinstance(value, Duration):
            return
        self._count.blockSignals(True)
        self._count.setValue(value.count)
        self._count.blockSignals(False)
        self._unit.setCurrentIndex(self._unit.findData(value.unit))

    def can_show(self, value: RuleValue) -> bool:
        return value is not None and self.shows(value)

    def shows(self, value: RuleValue) -> bool:
        """Whether it is a length of time this field can have."""
        if value is None:
            return True
        return isinstance(value, Duration) and 0 <= value.count <= MOST and self._unit.findData(value.unit) >= 0


class PeriodValue(SingleValue):
    """'this month', 'last week'…"""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._combo = CalmCombo(name, self)
        self._combo.setMaxVisibleItems(len(PERIODS))
        for period in PERIODS:
            self._combo.addItem(period.replace("_", " "), period)
        self._add(self._combo, name)
        self._row.addStretch(1)
        self._combo.activated.connect(lambda _index: self.edited.emit())

    def value(self) -> RuleValue:
        return str(self._combo.currentData())

    def show_value(self, value: RuleValue) -> None:
        self._combo.setCurrentIndex(max(0, self._combo.findData(value)))

    @staticmethod
    def fits(value: RuleValue) -> bool:
        return value is None or value in PERIODS


class _NameEdit(QLineEdit):
    """A line that opens its list of suggestions with the Down key, whatever stands in it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        completer = self.completer()
        if event.key() == Qt.Key.Key_Down and completer is not None:
            self.open_list()
            return
        super().keyPressEvent(event)

    def open_list(self) -> None:
        completer = self.completer()
        completer.setCompletionPrefix("" if completer.currentCompletion() == self.text() else self.text())
        completer.complete()


class SegmentValue(SingleValue):
    """Another segment of the record type, found by any part of its name. All rows share one model of the names."""

    may_be_empty = True

    def __init__(self, name: str, segments: QStringListModel, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._edit = _NameEdit(self)
        self._edit.setMinimumWidth(140)
        self._edit.setPlaceholderText("Name of a segment")
        completer = QCompleter(segments, self._edit)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(12)
        popup = completer.popup()
        if isinstance(popup, QListView):
            popup.setUniformItemSizes(True)  # 100,000 names: no measuring of each
        self._edit.setCompleter(completer)
        show_all = QAction(icons.icon("chevron-down"), "Show all segments", self._edit)
        show_all.triggered.connect(self._edit.open_list)
        self._edit.addAction(show_all, QLineEdit.ActionPosition.TrailingPosition)
        self._add(self._edit, name, 1)
        self._edit.textChanged.connect(lambda _text: self.edited.emit())

    def value(self) -> RuleValue:
        return self._edit.text().strip() or None

    def show_value(self, value: RuleValue) -> None:
        self._edit.blockSignals(True)
        self._edit.setText(plain(value))
        self._edit.setCursorPosition(0)
        self._edit.blockSignals(False)


def _single(name: str, kind: str, known: Known | None, parent: QWidget) -> SingleValue:
    match kind:
        case "number":
            return NumberValue(name, known, parent)
        case "date":
            return DayValue(name, parent)
        case "datetime":
            return MomentValue(name, parent)
        case "boolean":
            return TruthValue(name, parent)
        case _:
            return TextValue(name, known, parent)


def editor_for(
    field: Field, op: str, value: RuleValue, name: str, parent: QWidget, suggestions: Suggestions | None = None
) -> SingleValue | None:
    """The editor for an operator's value on a field, showing `value`; None where the operator takes none.

    A value that the fitting editor cannot show as it is gets a plain text box. `suggestions`: where to ask for the
    values that records hold.
    """
    operator = OPERATORS[op]
    if operator.takes is Takes.NOTHING:
        return None
    editor = _fitting(field, op, name, parent, Known(field.name, field.choices, suggestions))
    shows = editor.shows if isinstance(editor, RangeValue | DurationValue) else editor.fits
    if not shows(value):
        editor.hide()
        editor.deleteLater()
        listed = isinstance(value, tuple)
        editor = ListValue(name, element_kind(field.type), None, parent) if listed else TextValue(name, None, parent)
    editor.show_value(value)
    return editor


def _fitting(field: Field, op: str, name: str, parent: QWidget, known: Known) -> SingleValue:
    element = element_kind(field.type)
    match OPERATORS[op].takes:
        case Takes.LIST:
            return ListValue(name, element, known, parent)
        case Takes.RANGE:
            return RangeValue(name, element, parent)
        case Takes.DURATION:
            return DurationValue(name, field.type, parent)
        case Takes.PERIOD:
            return PeriodValue(name, parent)
        case Takes.PATTERN:
            return TextValue(name, None, parent)
        case _:
            return _single(name, OPERATORS[op].value_kind(field.type), known, parent)


def carried(value: RuleValue, old: str, new: str) -> RuleValue:
    """What of a value is kept when a person changes the operator from `old` to `new`; None where nothing fits."""
    before = OPERATORS[old].takes if old in OPERATORS else Takes.NOTHING
    after = OPERATORS[new].takes
    single, many = (Takes.ONE, Takes.PATTERN), (Takes.LIST, Takes.RANGE)
    if before is after or (before in single and after in single):
        return value
    if before in single and after is Takes.LIST and value is not None and not isinstance(value, tuple | Duration):
        return (value,)
    if before in many and after in single and isinstance(value, tuple) and value:
        return value[0]
    return None
