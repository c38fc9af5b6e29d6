"""What the rule builder tells from the records: counts beside the parts, and values to complete what is typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit

from segment_manager.domain.rules import All, Condition
from segment_manager.operations.rule_counts import ValueCounts
from segment_manager.storage.queries import ValueCount
from segment_manager.ui.rule_builder import RuleBuilder
from tests.ui.rule_builder_scene import ALT, CTRL, FOUR, key, named, place, stand_on


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
