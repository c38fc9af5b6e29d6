"""The rule builder: fields, comparisons, values and rows that are filled in are the rule that comes out."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.operators import OPERATORS, operators_for
from segment_manager.domain.rules import All, Condition, Duration, Everything, InSegment, Not
from tests.ui.rule_builder_scene import LEAD, NESTED, choose, named, press, type_into_field


def test_a_nested_rule_is_built_by_keyboard(qtbot, builder):
    """Typing field names, walking through comparisons and typing values gives exactly the rule that was meant."""
    type_into_field(qtbot, named(builder, "Field", QComboBox)[0], "city")
    qtbot.keyClicks(named(builder, "Value", QLineEdit)[0], "Berlin")
    press(qtbot, builder, "Add group")
    type_into_field(qtbot, named(builder, "Field", QComboBox)[1], "Empl")
    choose(qtbot, named(builder, "Comparison", QComboBox)[1], "is between")
    qtbot.keyClicks(named(builder, "Value: from", QLineEdit)[0], "50")
    qtbot.keyClicks(named(builder, "Value: to", QLineEdit)[0], "500")
    press(qtbot, builder, "Add condition", 0)
    type_into_field(qtbot, named(builder, "Field", QComboBox)[2], "Created")
    choose(qtbot, named(builder, "Comparison", QComboBox)[2], "is in the last")
    number = named(builder, "Value: number")[0]
    number.selectAll()
    qtbot.keyClicks(number, "14")
    assert builder.rule() == NESTED


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("1.50", Condition("revenue", "equals", Decimal("1.50"))),
        ("-7", Condition("revenue", "equals", -7)),
        ("many", Condition("revenue", "equals", "many")),
    ],
)
def test_numbers_are_typed_to_the_last_digit(qtbot, builder, typed, rule):
    """A number stays the number that was typed; what is none stays as typed for the checks to name."""
    type_into_field(qtbot, named(builder, "Field", QComboBox)[0], "Revenue")
    qtbot.keyClicks(named(builder, "Value", QLineEdit)[0], typed)
    assert builder.rule() == All((rule,))


def test_every_operator_of_every_type_has_its_editor(builder):
    """For each type of field each comparison can be chosen, and shows something to fill in where it takes a value."""
    for field in LEAD.fields:
        for operator in operators_for(field.type):
            builder.set_rule(All((Condition(field.name, operator.name),)))
            names = {each.accessibleName() for each in builder.findChildren(QWidget)}
            has_editor = any(name.startswith("Value") for name in names)
            assert has_editor == (operator.value_kind(field.type) != "none"), (field.name, operator.name)


def test_a_suggested_field_is_taken_with_enter(qtbot, builder):
    """Part of a label opens the suggestions; Down and Enter take one of them."""
    combo = named(builder, "Field", QComboBox)[0]
    combo.setFocus()
    qtbot.keyClicks(combo.lineEdit(), "reat")
    popup = combo.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert combo.data_chosen() == "created_on"
    assert named(builder, "Comparison", QComboBox)[0].currentText() == "is on"


def test_half_a_name_gives_the_field_back(qtbot, builder):
    """Text that names no field, or several, is replaced by the field that was chosen before."""
    builder.set_rule(NESTED)
    combo = named(builder, "Field", QComboBox)[0]
    type_into_field(qtbot, combo, "t")
    assert combo.currentText() == "City"
    assert builder.rule() == NESTED


def test_a_list_takes_commas_and_lines(qtbot, builder):
    """What is pasted with commas or line ends becomes the values of the list."""
    builder.set_rule(All((Condition("tier", "in", ("Gold",)),)))
    box = named(builder, "Value", QPlainTextEdit)[0]
    box.setPlainText('Gold, Silver\n"a, b"')
    assert builder.rule() == All((Condition("tier", "in", ("Gold", "Silver", "a, b")),))


def test_membership_of_a_segment_is_a_condition(qtbot, builder):
    """The last entry of the fields asks for another segment, by name."""
    type_into_field(qtbot, named(builder, "Field", QComboBox)[0], "Segment membership")
    choose(qtbot, named(builder, "Comparison", QComboBox)[0], "is not in segment")
    qtbot.keyClicks(named(builder, "Segment", QLineEdit)[0], "Old webinar")
    assert builder.rule() == All((InSegment("Old webinar", negative=True),))


def test_every_record_is_a_choice(qtbot, builder):
    """Every record is a choice of its own, and never what an unfinished rule means."""
    with pytest.raises(InvalidRule):
        builder.rule()
    next(each for each in builder.findChildren(QWidget) if getattr(each, "text", str)() == "Every record").click()
    assert builder.rule() == Everything()


def test_rows_are_duplicated_and_removed(qtbot, builder):
    """A copy of a row stands behind it; a removed row is gone from the rule."""
    builder.set_rule(NESTED)
    qtbot.mouseClick(named(builder, "Duplicate this condition")[0], Qt.MouseButton.LeftButton)
    assert builder.rule() == All((NESTED.children[0], *NESTED.children))
    qtbot.mouseClick(named(builder, "Remove this condition")[0], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(named(builder, "Remove this group")[0], Qt.MouseButton.LeftButton)
    assert builder.rule() == All((NESTED.children[0],))
    assert builder.is_changed()


def test_changing_the_kind_of_a_group_changes_the_rule(qtbot, builder):
    """All of, Any of and None of are what the group's list offers."""
    builder.set_rule(NESTED)
    choose(qtbot, named(builder, "Which of the conditions must hold", QComboBox)[1], "None of")
    assert builder.rule() == All((NESTED.children[0], Not(NESTED.children[1])))


def test_problems_stand_beside_their_rows(builder):
    """Each problem is shown in the row its path names; the others stand on top."""
    builder.set_rule(NESTED)
    builder.show_problems([("all[1].any[0]", "The value must be a number."), ("", "Too long.")])
    labels = [label for label in builder.findChildren(QLabel) if label.property("role") == "error" and label.text()]
    errors = {label.text(): label for label in labels}
    assert set(errors) == {"The value must be a number.", "Too long."}
    row = errors["The value must be a number."].parentWidget()
    assert row.condition.field == "employees"
    assert builder.error.text() == "Too long."


def test_the_sentence_follows_the_rule(qtbot, builder):
    """Under the rule stands what it says."""
    builder.set_rule(NESTED)
    sentence = builder.findChild(QLabel, "rule_sentence")
    assert sentence.text().startswith("City is “Berlin” and (Employees is between 50 and 500 or")


def test_changing_the_comparison_keeps_what_fits(qtbot, builder):
    """A typed value stays when another comparison can take it, and becomes the list's first where a list is asked."""
    builder.set_rule(All((Condition("city", "equals", "Berlin"),)))
    comparison = named(builder, "Comparison", QComboBox)[0]
    choose(qtbot, comparison, "contains")
    assert builder.rule() == All((Condition("city", "contains", "Berlin"),))
    choose(qtbot, comparison, "is one of")
    assert builder.rule() == All((Condition("city", "in", ("Berlin",)),))
    choose(qtbot, comparison, "is empty")
    assert builder.rule() == All((Condition("city", "is_empty"),))
    assert OPERATORS["is_empty"].label == "is empty"
    assert Duration(1, "days") != Duration(2, "days")
