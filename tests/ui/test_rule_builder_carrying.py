"""Parts of a rule are carried by clipboard and by drag and drop."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget

from segment_manager.domain.rules import All, Any, Condition, from_json
from segment_manager.ui.rule_builder import RuleBuilder
from segment_manager.ui.rule_builder.draft import placed, rule_of
from segment_manager.ui.rule_builder.drag_and_drop import KIND
from tests.ui.rule_builder_scene import CTRL, FOUR, SHIFT, A, B, C, D, key, named, stand_on


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
