"""The rule builder: what is built with the keyboard is the rule that comes out, and what goes in comes out unbent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.operators import OPERATORS, operators_for
from segment_manager.domain.records import Field, FieldType, RecordType
from segment_manager.domain.rules import (
    All,
    Any,
    Condition,
    Duration,
    Everything,
    InSegment,
    Not,
    from_json,
    to_json,
)
from segment_manager.ui.rule_builder import RuleBuilder
from segment_manager.ui.rule_builder.draft import placed, root_of, rule_of
from segment_manager.ui.rule_builder.json_page import indented
from segment_manager.ui.rule_builder.list_value import joined_list, parts

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


@pytest.fixture
def builder(qtbot):
    made = RuleBuilder(LEAD, ["Berlin trials", "Old webinar"])
    qtbot.addWidget(made)
    made.resize(820, 600)
    made.show()
    return made


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


def test_tab_walks_through_the_rows_in_reading_order(qtbot, builder):
    """With Tab alone one comes from the first row through the group to the last button."""
    builder.set_rule(NESTED)
    fields = named(builder, "Field", QComboBox)
    fields[0].setFocus()
    seen = []
    for _ in range(40):
        here = builder.focusWidget()
        if here in fields:
            seen.append(fields.index(here))
        builder.focusNextChild()
    assert seen[:3] == [0, 1, 2]


@pytest.mark.parametrize("text", RULES)
def test_a_rule_that_is_not_touched_comes_back_as_it_was(builder, text):
    """Whatever a rule holds, also what its fields do not allow, the builder gives it back to the last digit."""
    builder.set_rule(from_json(text))
    assert to_json(builder.rule()) == text
    assert not builder.is_changed()


def conditions() -> st.SearchStrategy[object]:
    return st.sampled_from([from_json(text) for text in RULES])


NODES = st.recursive(
    conditions(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda children: All(tuple(children))),
        st.lists(inner, max_size=4).map(lambda children: Any(tuple(children))),
        inner.map(Not),
    ),
    max_leaves=12,
)


@given(NODES)
def test_any_rule_goes_through_a_draft_unbent(rule):
    """The draft says the same rule again, and names every node by the path the checks use."""
    draft = root_of(rule)
    assert rule_of(draft) == rule
    for path, node in placed(draft):
        assert isinstance(path, str), node


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NODES)
def test_any_rule_goes_through_the_widgets_unbent(builder, rule):
    """Showing a rule as widgets changes nothing of it."""
    builder.set_rule(rule)
    assert builder.rule() == rule


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc"))), max_size=6))
def test_a_list_is_taken_apart_as_it_was_put_together(values):
    """Commas, quotes and blanks inside values survive the list box; values of white space alone do not."""
    kept = [value for value in values if value.strip()]
    again = parts(joined_list(kept))
    assert [value.strip() for value in kept] == again


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


def test_tab_after_a_typed_field_goes_to_its_comparison(qtbot, builder):
    """Leaving a field by Tab takes what was typed first, so that the comparison it opens is the next stop."""
    combo = named(builder, "Field", QComboBox)[0]
    combo.setFocus()
    combo.lineEdit().setText("employ")
    qtbot.keyClick(combo, Qt.Key.Key_Tab)
    comparison = named(builder, "Comparison", QComboBox)[0]
    assert builder.focusWidget() is comparison
    qtbot.keyClick(comparison, Qt.Key.Key_Tab)
    assert builder.focusWidget().accessibleName() == "Value"


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


def test_the_rule_can_be_edited_as_json(qtbot, builder):
    """JSON that is typed or pasted becomes the rule; JSON that is none is told, and nothing of it is lost."""
    press(qtbot, builder, "Edit as JSON")
    box = named(builder, "Rule as JSON", QPlainTextEdit)[0]
    box.setPlainText('{"all": [')
    with pytest.raises(InvalidRule):
        builder.rule()
    press(qtbot, builder, "Back to conditions")
    assert box.isVisibleTo(builder)
    assert box.toPlainText() == '{"all": ['
    box.setPlainText(to_json(NESTED))
    press(qtbot, builder, "Back to conditions")
    assert builder.rule() == NESTED
    assert len(named(builder, "Field", QComboBox)) == 3


@given(NODES)
def test_indented_json_is_the_same_rule(rule):
    """Laying the JSON out over lines changes nothing of it."""
    assert from_json(indented(rule)) == rule


def test_every_stop_of_the_keyboard_has_a_name(builder):
    """Everything that takes the focus says what it is to people who do not see it."""
    builder.set_rule(All(tuple(from_json(text) for text in RULES[:17])))
    nameless = [
        type(each).__name__
        for each in builder.findChildren(QWidget)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.focusProxy() is None
        and each.isVisibleTo(builder)
        and not each.accessibleName()
        and not getattr(each, "text", str)()
    ]
    assert nameless == []


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
