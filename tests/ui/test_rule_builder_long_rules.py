"""Rules of hundreds of conditions: rows are built where one looks or goes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from segment_manager.domain.rules import All, Condition
from segment_manager.ui.rule_builder.draft import placed
from tests.ui.rule_builder_scene import SHIFT, named


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
