"""The rule builder: what is built with the keyboard is the rule that comes out, and what goes in comes out unbent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

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
from segment_manager.operations.rule_counts import ValueCounts
from segment_manager.storage.queries import ValueCount
from segment_manager.ui.rule_builder import RuleBuilder
from segment_manager.ui.rule_builder.condition_row import Row
from segment_manager.ui.rule_builder.draft import placed, root_of, rule_of
from segment_manager.ui.rule_builder.drag_and_drop import KIND
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


PLAIN, ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
A, B, C, D = (Condition("city", "equals", name) for name in "ABCD")
FOUR = All((A, Any((B, C)), D))


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


@pytest.mark.parametrize(
    ("on", "pressed", "modifiers", "rule"),
    [
        ("A", Qt.Key.Key_Down, ALT, All((Any((B, C)), A, D))),
        ("D", Qt.Key.Key_Up, ALT, All((A, D, Any((B, C))))),
        ("C", Qt.Key.Key_Up, ALT, All((A, Any((C, B)), D))),
        ("B", Qt.Key.Key_Up, ALT, All((A, B, Any((C,)), D))),
        ("C", Qt.Key.Key_Down, ALT, All((A, Any((B,)), C, D))),
        ("B", Qt.Key.Key_Left, ALT, All((A, Any((C,)), B, D))),
        ("A", Qt.Key.Key_Right, ALT, All((Any((A, B, C)), D))),
        ("D", Qt.Key.Key_Right, ALT, All((A, Any((B, C, D))))),
        ("D", Qt.Key.Key_G, CTRL, All((A, Any((B, C)), Any((D,))))),
        ("B", Qt.Key.Key_G, CTRL, All((A, Any((All((B,)), C)), D))),
        ("B", Qt.Key.Key_D, CTRL, All((A, Any((B, B, C)), D))),
        ("C", Qt.Key.Key_Delete, ALT, All((A, Any((B,)), D))),
    ],
)
def test_parts_are_moved_by_keys_and_moved_back(qtbot, builder, on, pressed, modifiers, rule):
    """Each key moves the condition under the focus, which stays with it; undo and redo go back and forth."""
    builder.set_rule(FOUR)
    stand_on(qtbot, builder, on)
    key(qtbot, builder, pressed, modifiers)
    assert builder.rule() == rule
    key(qtbot, builder, Qt.Key.Key_Z, CTRL)
    assert builder.rule() == FOUR
    assert not builder.is_changed()
    key(qtbot, builder, Qt.Key.Key_Z, CTRL | SHIFT)
    assert builder.rule() == rule


def test_a_group_is_moved_and_taken_apart_by_keys(qtbot, builder):
    """On the head of a group the same keys move it whole; Ctrl+Shift+G leaves its conditions where it stood."""
    builder.set_rule(FOUR)
    named(builder, "Which of the conditions must hold", QComboBox)[1].setFocus()
    key(qtbot, builder, Qt.Key.Key_Down, ALT)
    assert builder.rule() == All((A, D, Any((B, C))))
    key(qtbot, builder, Qt.Key.Key_G, CTRL | SHIFT)
    assert builder.rule() == All((A, D, B, C))


def test_what_cannot_be_moved_says_so(qtbot, builder):
    """At the top there is no further up; the reason stands above the rule, which stays as it is."""
    builder.set_rule(FOUR)
    stand_on(qtbot, builder, "A")
    key(qtbot, builder, Qt.Key.Key_Left, ALT)
    assert builder.error.text() == "It stands in the outermost group already."
    assert builder.rule() == FOUR


def test_typing_is_one_step(qtbot, builder):
    """Ctrl+Z in a value takes back all that was typed there, then what was done before, and the cursor stays there."""
    builder.set_rule(FOUR)
    stand_on(qtbot, builder, "A")
    key(qtbot, builder, Qt.Key.Key_D, CTRL)
    box = named(builder, "Value", QLineEdit)[1]
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "Hamburg")
    assert builder.rule() == All((A, Condition("city", "equals", "Hamburg"), *FOUR.children[1:]))
    key(qtbot, builder, Qt.Key.Key_Z, CTRL)
    assert box.text() == "A"
    assert builder.focusWidget() is box
    key(qtbot, builder, Qt.Key.Key_Z, CTRL)
    assert builder.rule() == FOUR
    key(qtbot, builder, Qt.Key.Key_Z, CTRL)
    assert builder.rule() == FOUR
    key(qtbot, builder, Qt.Key.Key_Y, CTRL)
    key(qtbot, builder, Qt.Key.Key_Y, CTRL)
    assert named(builder, "Value", QLineEdit)[1].text() == "Hamburg"


def test_every_kind_of_change_can_be_undone(qtbot, builder):
    """Field, comparison, case, kind of group, every record, JSON: each is one step back."""
    builder.set_rule(FOUR)
    type_into_field(qtbot, named(builder, "Field", QComboBox)[0], "Employees")
    choose(qtbot, named(builder, "Comparison", QComboBox)[3], "is empty")
    next(each for each in named(builder, "Match case") if each.isEnabled()).click()
    choose(qtbot, named(builder, "Which of the conditions must hold", QComboBox)[0], "Any of")
    next(each for each in builder.findChildren(QWidget) if getattr(each, "text", str)() == "Every record").click()
    press(qtbot, builder, "Edit as JSON")
    named(builder, "Rule as JSON", QPlainTextEdit)[0].setPlainText(to_json(NESTED))
    press(qtbot, builder, "Back to conditions")
    assert builder.rule() == NESTED
    seen = []
    for _ in range(20):
        if builder.rule_so_far() == FOUR:
            break
        builder.undo()
        seen.append(builder.rule_so_far())
    assert seen[0] == Everything()
    assert isinstance(seen[1], Any)
    assert builder.rule() == FOUR
    while builder.rule_so_far() != NESTED:
        builder.redo()


@given(st.lists(st.sampled_from(["up", "down", "out", "into", "wrap", "unwrap", "duplicate", "remove"]), max_size=8))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_row_of_changes_can_be_taken_back(builder, commands):
    """Whatever is done, the widgets show what the draft says, and as many steps back give the first rule again."""
    builder.set_rule(FOUR)
    for number, command in enumerate(commands):
        drafts = [draft for _path, draft in placed(builder._editing.root)]
        builder._perform(command, drafts[number * 7 % len(drafts)])
        for _path, draft in placed(builder._editing.root):
            builder._tree.wake_draft(draft)
        shown = [draft for draft, _widget in builder._tree._all()]
        assert shown == [draft for _path, draft in placed(builder._editing.root)]
        assert {part for part in builder.findChildren(Row) if part.isVisibleTo(builder)} == {
            widget for _draft, widget in builder._tree._all() if isinstance(widget, Row)
        }
    for _ in commands:
        builder.undo()
    assert builder.rule() == FOUR


def test_a_part_travels_by_clipboard(qtbot, builder):
    """Copied as JSON and pasted behind another condition, a group is there twice; the text is the rule format."""
    builder.set_rule(FOUR)
    named(builder, "Which of the conditions must hold", QComboBox)[1].setFocus()
    key(qtbot, builder, Qt.Key.Key_C, CTRL)
    assert from_json(QGuiApplication.clipboard().text()) == FOUR.children[1]
    stand_on(qtbot, builder, "D")
    key(qtbot, builder, Qt.Key.Key_V, CTRL | SHIFT)
    assert builder.rule() == All((*FOUR.children, FOUR.children[1]))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"all": [', "Nothing was pasted: the clipboard holds no rule. This is not JSON: line 1, column 10"),
        ('{"field":"city"}', "Nothing was pasted: the clipboard holds no rule. "),
        ("  ", "Nothing was pasted: the clipboard holds no text. Copy a condition or a rule as JSON first."),
    ],
)
def test_what_is_no_rule_is_not_pasted(qtbot, builder, text, said):
    """The reason is told, and the rule stays as it is."""
    builder.set_rule(FOUR)
    QGuiApplication.clipboard().setText(text)
    stand_on(qtbot, builder, "A")
    key(qtbot, builder, Qt.Key.Key_V, CTRL | SHIFT)
    assert builder.error.text().startswith(said)
    assert builder.rule() == FOUR
    assert not builder.is_changed()


def test_text_is_copied_as_text(qtbot, builder):
    """In a box of text Ctrl+C and Ctrl+V mean the text."""
    builder.set_rule(FOUR)
    stand_on(qtbot, builder, "A")
    builder.focusWidget().selectAll()
    key(qtbot, builder, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "A"
    stand_on(qtbot, builder, "B")
    key(qtbot, builder, Qt.Key.Key_V, CTRL)
    assert builder.rule() == All((A, Any((Condition("city", "equals", "AB"), C)), D))


def drag(builder: RuleBuilder, which: Condition | Any, point: QPoint, *, drop: bool = True) -> bool:
    """Drag a part of the rule to a point of the tree, as the platform tells it; whether it may be dropped there."""
    inside = builder._tree.inside
    builder._drags._dragged = next(draft for _path, draft in placed(builder._editing.root) if rule_of(draft) == which)
    data = QMimeData()
    data.setData(KIND, b"part")
    nothing, left, move = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton, Qt.DropAction.MoveAction
    QApplication.sendEvent(inside, QDragEnterEvent(point, move, data, left, nothing))
    moved = QDragMoveEvent(point, move, data, left, nothing)
    QApplication.sendEvent(inside, moved)
    if drop:
        QApplication.sendEvent(inside, QDropEvent(QPointF(point), move, data, left, nothing))
    return moved.isAccepted()


def spot(builder: RuleBuilder, value: str, part: float) -> QPoint:
    """A point of the row with this value, from its upper edge (0) to its lower (1)."""
    box = next(each for each in named(builder, "Value", QLineEdit) if each.text() == value)
    row = box.parentWidget().parentWidget()
    corner = row.mapTo(builder._tree.inside, QPoint(0, 0))
    return QPoint(corner.x() + 40, corner.y() + round(row.height() * part))


@pytest.mark.parametrize(
    ("which", "at", "part", "rule"),
    [
        (D, "A", 0.1, All((D, A, Any((B, C))))),
        (A, "C", 0.9, All((Any((B, C, A)), D))),
        (B, "D", 0.9, All((A, Any((C,)), D, B))),
        (Any((B, C)), "A", 0.1, All((Any((B, C)), A, D))),
    ],
)
def test_parts_are_dragged_between_groups(builder, which, at, part, rule):
    """Dropped between two rows, also of another group, a part stands there; one step back and it is where it was."""
    builder.set_rule(FOUR)
    assert drag(builder, which, spot(builder, at, part), drop=False)
    line = builder.findChild(QWidget, "drop_line")
    assert line.isVisible()
    drag(builder, which, spot(builder, at, part))
    assert builder.rule() == rule
    assert not line.isVisible()
    builder.undo()
    assert builder.rule() == FOUR


def test_a_group_is_not_dropped_into_itself(builder):
    """There is no place for it there, and nothing happens."""
    builder.set_rule(FOUR)
    assert not drag(builder, FOUR.children[1], spot(builder, "C", 0.5))
    assert builder.rule() == FOUR


def test_the_menu_of_a_row_tells_all_that_can_be_done(qtbot, builder):
    """The handle opens it with the keyboard, and every entry shows its key."""
    builder.set_rule(FOUR)
    handle = named(builder, "Move or change this condition")[1]
    handle.setFocus()
    qtbot.keyClick(handle, Qt.Key.Key_Space)
    menu = builder.findChild(QMenu, "part_menu")
    entries = {each.text(): each.shortcut().toString() for each in menu.actions() if each.text()}
    assert entries["Wrap in a group"] == "Ctrl+G"
    assert "Take the group apart" not in entries
    next(each for each in menu.actions() if each.text() == "Move up").trigger()
    menu.close()
    assert builder.rule() == All((A, B, Any((C,)), D))


def long_rule(number: int) -> All:
    return All(tuple(Condition("city", "equals", f"City {place}") for place in range(number)))


def test_a_long_rule_is_built_where_it_is_seen(qtbot, builder):
    """A thousand conditions are there at once, unbent; rows become real when one scrolls to them."""
    builder.set_rule(long_rule(1000))
    assert len(builder.findChildren(QComboBox)) < 100
    assert builder.rule() == long_rule(1000)
    bar = builder._tree.verticalScrollBar()
    QApplication.processEvents()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: any(each.text() == "City 999" for each in named(builder, "Value", QLineEdit)))
    assert len(builder.findChildren(QComboBox)) < 200
    assert not builder.is_changed()


def test_the_keyboard_wakes_what_it_comes_to(qtbot, builder):
    """Tab goes on into rows that are not built yet, forwards and backwards."""
    builder.set_rule(long_rule(200))
    builder._tree._waking.stop()
    names = [draft.value for _path, draft in placed(builder._editing.root) if draft is not builder._editing.root]
    last = builder._tree.widget_of(builder._editing.root.children[150])
    last.setFocus(Qt.FocusReason.TabFocusReason)
    assert builder.focusWidget().accessibleName() == "Move or change this condition"
    assert builder.focusWidget().parentWidget().condition.value == names[150]
    qtbot.keyClick(builder.focusWidget(), Qt.Key.Key_Tab, SHIFT)
    assert builder.focusWidget().accessibleName() == "Remove this condition"
    assert builder.focusWidget().parentWidget().condition.value == names[149]


def test_a_problem_far_down_is_gone_to(qtbot, builder):
    """The row that is wrong is built, shown and has the focus."""
    builder.set_rule(long_rule(300))
    builder.show_problems([("all[250]", "The value must be a number.")])
    row = builder._tree.widget_of(builder._editing.root.children[250])
    assert row.error.text() == "The value must be a number."
    assert row.isAncestorOf(builder.focusWidget())


def counts(builder: RuleBuilder) -> list[str]:
    """The counts beside the parts, top to bottom; those in brackets are grey."""
    labels = [each for each in builder.findChildren(QLabel, "part_count") if each.isVisibleTo(builder)]
    labels.sort(key=lambda each: place(builder, each))
    return [each.text() if each.isEnabled() else f"({each.text()})" for each in labels]


def test_counts_stand_beside_their_parts(qtbot, builder):
    """What is counted shows its number; what changes is grey till counted anew; what is not finished shows none."""
    builder.set_rule(FOUR)
    builder.show_counts({"all[0]": 1204, "all[1]": 30, "all[1].any[0]": 10})
    assert counts(builder) == ["1,204", "30", "10", "(…)", "(…)"]
    builder.show_counts({"": 2, "all[0]": 1204, "all[1]": 30, "all[1].any[0]": 10, "all[1].any[1]": 20, "all[2]": 7})
    stand_on(qtbot, builder, "B")
    qtbot.keyClicks(builder.focusWidget(), "x")
    assert counts(builder) == ["1,204", "(30)", "(10)", "20", "7"]
    key(qtbot, builder, Qt.Key.Key_Z, CTRL)
    assert counts(builder) == ["1,204", "30", "10", "20", "7"]
    key(qtbot, builder, Qt.Key.Key_Insert, ALT)
    assert counts(builder) == ["1,204", "", "10", "", "20", "7"]
    builder.show_counts({"": None, "all[0]": 1204, "all[1].any[0]": 10, "all[1].any[1]": None, "all[2]": None})
    assert counts(builder)[-1] == ""


class Told:
    """Suggestions that answer at once."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def ask(self, field, prefix, told):
        self.asked.append((field, prefix))
        told(ValueCounts((ValueCount("Berlin", 1204), ValueCount("Bern", 3)), exact=True))


@pytest.mark.parametrize(("op", "kind"), [("equals", QLineEdit), ("in", QPlainTextEdit)])
def test_values_are_completed_from_the_records(qtbot, builder, op, kind):
    """Typing opens the values that records hold, with how many do; Down and Enter take one."""
    told = Told()
    builder.set_suggestions(told)
    builder.set_rule(All((Condition("city", op, "" if op == "equals" else ()),)))
    box = named(builder, "Value", kind)[0]
    box.setFocus()
    qtbot.waitUntil(lambda: told.asked == [("city", "")])
    qtbot.keyClicks(box, "be")
    completer = box.completer() if kind is QLineEdit else box._completer
    popup = completer.popup()
    qtbot.waitUntil(popup.isVisible)
    shown = popup.model().index(0, 0)
    assert shown.data() == "Berlin"
    assert shown.data(Qt.ItemDataRole.AccessibleTextRole) == "Berlin, 1,204 records"
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    value = builder.rule().children[0].value
    assert value == "Berlin" if op == "equals" else value == ("Berlin",)


def test_a_whole_rule_is_built_without_the_mouse(qtbot, builder):
    """A journey with keys alone: a group, conditions in it, a copy, a move out, a step back, done."""
    named(builder, "Field", QComboBox)[0].setFocus()
    for character in "city":
        qtbot.keyClick(builder.focusWidget(), character)
    key(qtbot, builder, Qt.Key.Key_Tab)
    key(qtbot, builder, Qt.Key.Key_Tab)
    for character in "A":
        qtbot.keyClick(builder.focusWidget(), character)
    assert builder.rule() == All((A,))
    key(qtbot, builder, Qt.Key.Key_G, CTRL)
    key(qtbot, builder, Qt.Key.Key_D, CTRL)
    assert builder.rule() == All((Any((A, A)),))
    key(qtbot, builder, Qt.Key.Key_Tab)
    key(qtbot, builder, Qt.Key.Key_Tab)
    qtbot.keyClick(builder.focusWidget(), "B")
    assert builder.rule() == All((Any((A, B)),))
    key(qtbot, builder, Qt.Key.Key_Left, ALT)
    assert builder.rule() == All((Any((A,)), B))
    key(qtbot, builder, Qt.Key.Key_Z, CTRL)
    assert builder.rule() == All((Any((A, B)),))
