"""The rule builder by keyboard: the way through its rows, the keys that move and change parts, and undo."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QPlainTextEdit, QWidget

from segment_manager.domain.rules import All, Any, Condition, Everything, from_json, to_json
from segment_manager.ui.rule_builder.condition_row import Row
from segment_manager.ui.rule_builder.draft import placed
from tests.ui.rule_builder_scene import (
    ALT,
    CTRL,
    FOUR,
    NESTED,
    RULES,
    SHIFT,
    A,
    B,
    C,
    D,
    choose,
    key,
    named,
    press,
    stand_on,
    type_into_field,
)


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
