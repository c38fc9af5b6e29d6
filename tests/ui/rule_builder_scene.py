"""Rules for the rule builder, and the ways in which a person works it, for its tests."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QWidget

from segment_manager.domain.records import Field, FieldType, RecordType
from segment_manager.domain.rules import All, Any, Condition, from_json
from segment_manager.ui.rule_builder import RuleBuilder

LEAD = RecordType(
    1,
    "Lead",
    (
        Field("city", "City", FieldType.TEXT),
        Field("employees", "Employees", FieldType.INTEGER),
        Field("revenue", "Revenue", FieldType.DECIMAL, places=2),
        Field("born_on", "Born", FieldType.DATE),
        Field("created_on", "Created", FieldType.DATETIME),
        Field("opted_in", "Opted in", FieldType.BOOLEAN),
        Field("tier", "Tier", FieldType.CHOICE, ("Gold", "Silver")),
        Field("topics", "Topics", FieldType.CHOICES, ("art", "sport")),
    ),
)
RULES = [
    '{"field":"city","op":"equals","value":"Berlin"}',
    '{"field":"city","op":"equals","value":"","case_sensitive":true}',
    '{"field":"city","op":"in","value":["a, b"," c","\\"d\\"","e\\nf"]}',
    '{"field":"city","op":"not_matches","value":"^B.*n$","case_sensitive":true}',
    '{"field":"employees","op":"between","value":[50,500]}',
    '{"field":"revenue","op":"at_least","value":12345678901234.56}',
    '{"field":"revenue","op":"in","value":[1.5,2,3]}',
    '{"field":"born_on","op":"on","value":"0001-01-01"}',
    '{"field":"created_on","op":"after","value":"2026-01-31T14:30:15.123456+02:00"}',
    '{"field":"created_on","op":"between","value":["2026-01-31","2026-02-01T09:00"]}',
    '{"field":"created_on","op":"in_last","value":{"minutes":90}}',
    '{"field":"born_on","op":"not_in_next","value":{"years":0}}',
    '{"field":"created_on","op":"in_period","value":"last_quarter"}',
    '{"field":"opted_in","op":"is_true"}',
    '{"field":"opted_in","op":"in","value":[true,false]}',
    '{"field":"topics","op":"contains_all","value":["art","sport"]}',
    '{"op":"in_segment","value":"Old webinar"}',
    '{"op":"not_in_segment","value":"one that is gone"}',
    '{"everything":true}',
    '{"field":"gone","op":"equals","value":"x"}',
    '{"field":"employees","op":"contains","value":"x"}',
    '{"field":"employees","op":"equals","value":"many"}',
    '{"all":[]}',
    '{"any":[]}',
    '{"not":{"not":{"field":"opted_in","op":"is_true"}}}',
    '{"not":{"any":[{"field":"opted_in","op":"is_true"}]}}',
    '{"not":{"all":[{"field":"opted_in","op":"is_true"},{"everything":true}]}}',
    '{"all":[{"all":[{"any":[{"field":"city","op":"is_empty"}]}]},{"not":{"everything":true}}]}',
]
NESTED = from_json(
    '{"all":[{"field":"city","op":"equals","value":"Berlin"},'
    '{"any":[{"field":"employees","op":"between","value":[50,500]},'
    '{"field":"created_on","op":"in_last","value":{"days":14}}]}]}'
)
PLAIN, ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
A, B, C, D = (Condition("city", "equals", name) for name in "ABCD")
FOUR = All((A, Any((B, C)), D))


def named(root: QWidget, name: str, kind: type[QWidget] = QWidget) -> list[QWidget]:
    """The visible widgets of a kind with an accessible name, from top to bottom."""
    QApplication.processEvents()
    found = [each for each in root.findChildren(kind) if each.accessibleName() == name and each.isVisibleTo(root)]
    return sorted(found, key=lambda each: place(root, each))


def place(root: QWidget, widget: QWidget) -> tuple[int, int]:
    corner = widget.mapTo(root, widget.rect().topLeft())
    return corner.y(), corner.x()


def press(qtbot, builder: RuleBuilder, text: str, which: int = 0) -> None:
    """Go to a button by keyboard and press it."""
    buttons = [each for each in builder.findChildren(QPushButton) if each.text() == text and each.isVisibleTo(builder)]
    buttons.sort(key=lambda each: place(builder, each))
    buttons[which].setFocus()
    qtbot.keyClick(buttons[which], Qt.Key.Key_Return)


def type_into_field(qtbot, combo: QComboBox, text: str) -> None:
    edit = combo.lineEdit()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def choose(qtbot, combo: QComboBox, label: str) -> None:
    combo.setFocus()
    index = combo.findText(label)
    assert index >= 0, [combo.itemText(i) for i in range(combo.count())]
    while combo.currentIndex() != index:
        qtbot.keyClick(combo, Qt.Key.Key_Down if combo.currentIndex() < index else Qt.Key.Key_Up)


def focused(qtbot, builder: RuleBuilder) -> QWidget:
    """What has the focus once everything has come to rest."""
    QApplication.processEvents()
    widget = builder.focusWidget()
    assert widget is not None
    return widget


def key(qtbot, builder: RuleBuilder, pressed: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    qtbot.keyClick(focused(qtbot, builder), pressed, modifiers)
    QApplication.processEvents()


def stand_on(qtbot, builder: RuleBuilder, value: str) -> None:
    """Put the focus into the value of the condition that has it."""
    next(each for each in named(builder, "Value", QLineEdit) if each.text() == value).setFocus()
    QApplication.processEvents()
