"""The Usage tab: its verbs and its dependency tree."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QTreeWidget, QTreeWidgetItem, QWidget

from segment_manager.operations import history
from segment_manager.storage import queries
from segment_manager.ui.details.dependency_tree import DependencyTree, Direction, heading
from segment_manager.ui.details.facts import read_facts
from segment_manager.ui.details.usage_tab import UsageTab
from tests.operations import scenes
from tests.ui.assets_scene import EVERYTHING, asset, dialog, make_world, press
from tests.ui.window_scene import button


@pytest.fixture
def world(workspace, clock):
    """Segments S and T, U whose rule uses S, V whose rule uses U; four assets; no automatic scan."""
    return make_world(workspace, clock)


@pytest.fixture
def tab(qtbot, world, jobs):
    made = UsageTab(world, jobs)
    qtbot.addWidget(made)
    made.resize(520, 600)
    made.show()
    show(qtbot, made, "S")
    return made


def show(qtbot, tab, name) -> None:
    tab.show_facts(read_facts(tab._workspace, scenes.ids(tab._workspace, name)[0]))
    qtbot.waitUntil(lambda: tab._may_change)


def branch(tree, heading_) -> QTreeWidgetItem:
    groups = [tree.topLevelItem(place) for place in range(tree.topLevelItemCount())]
    return next(group for group in groups if group.text(0).startswith(heading_))


def children(item) -> list[str]:
    return [item.child(place).text(0) for place in range(item.childCount())]


def test_an_asset_of_the_tab_leads_to_the_window(qtbot, tab, world):
    """Double click or Enter asks for it by its row."""
    item = branch(tab.findChild(QTreeWidget, "usage"), "Sequences").child(0)
    with qtbot.waitSignal(tab.asset_requested) as asked:
        tab.findChild(QTreeWidget, "usage").itemActivated.emit(item, 0)
    assert asked.args == [asset(world, "Win-back").id]


def test_the_verbs_of_the_tab(qtbot, tab, world):
    """Add with an asset that is there, edit, end and remove the current use."""
    tree = tab.findChild(QTreeWidget, "usage")
    assert not button(tab, "Dates…").isEnabled()
    press(qtbot, tab, "Add use…")
    asked = dialog(qtbot, "Add use")
    qtbot.waitUntil(lambda: asked.table.rowCount() == 4)
    assert not asked.action.isEnabled()
    asked.search.setText("board")
    asked.view.selectRow(0)
    press(qtbot, asked, "Add use")
    qtbot.waitUntil(lambda: asset(world, "Board").segments == 2)
    show(qtbot, tab, "S")
    tree.setCurrentItem(branch(tree, "Reports").child(0))
    qtbot.waitUntil(button(tab, "Dates…").isEnabled)
    press(qtbot, tab, "Dates…")
    asked = dialog(qtbot, "Edit dates")
    asked.dates.choose(date(2025, 5, 5), None)
    press(qtbot, asked, "Save dates")
    qtbot.waitUntil(lambda: asset(world, "Board").started_on == date(2025, 5, 5))
    show(qtbot, tab, "S")
    assert tree.currentItem().text(0) == "Board"
    assert tree.currentItem().text(2) == "5 May 2025"
    press(qtbot, tab, "End")
    qtbot.waitUntil(lambda: queries.uses_of_asset(world, asset(world, "Board").id)[0].over)
    press(qtbot, tab, "End")
    told = dialog(qtbot, "Nothing to do")
    assert "ended these uses already" in told.accessibleDescription()
    told.close()
    press(qtbot, tab, "Remove")
    qtbot.waitUntil(lambda: asset(world, "Board").segments == 1)


def test_a_new_asset_from_the_tab_is_one_step(qtbot, tab, world):
    """The asset and its use are undone together."""
    press(qtbot, tab, "Add use…")
    asked = dialog(qtbot, "Add use")
    press(qtbot, asked, "A new asset")
    assert not asked.action.isEnabled()
    asked.fields.name.setText("Autumn")
    press(qtbot, asked, "Add use")
    qtbot.waitUntil(lambda: asset(world, "Autumn") is not None and asset(world, "Autumn").segments == 1)
    assert asset(world, "Autumn").started_on == date(2026, 3, 2)
    history.undo(world)
    assert asset(world, "Autumn") is None


def test_the_web_of_rules_is_opened_step_by_step(qtbot, tab, world):
    """Direct users stand in the group, theirs below them once opened; 'uses' goes the other way; each leads there."""
    tree = tab.findChild(QTreeWidget, "usage")
    group = branch(tree, "Segments whose rules use it")
    qtbot.waitUntil(lambda: group.text(0) == "Segments whose rules use it (1 directly, 1 through others)")
    qtbot.waitUntil(lambda: group.child(0).childIndicatorPolicy() is QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
    assert children(group) == ["U"]
    group.child(0).setExpanded(True)
    qtbot.waitUntil(lambda: children(group.child(0)) == ["V"])
    assert group.child(0).child(0).text(1) == "○ inactive"
    with qtbot.waitSignal(tab.segment_requested) as asked:
        tree.itemActivated.emit(group.child(0).child(0), 0)
    assert asked.args == scenes.ids(world, "V")
    show(qtbot, tab, "S")
    qtbot.waitUntil(lambda: children(branch(tree, "Segments whose").child(0)) == ["V"])
    show(qtbot, tab, "V")
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == 1)
    assert tree.topLevelItem(0).text(0) == "Segments its rule uses (1 directly, 1 through others)"
    assert children(tree.topLevelItem(0)) == ["U"]


def test_a_circle_ends_where_it_closes(qtbot):
    """Even if a workspace should hold one."""
    tree = QTreeWidget()
    qtbot.addWidget(tree)
    web = DependencyTree(tree, None, None)
    group = QTreeWidgetItem(["Group"])
    tree.addTopLevelItem(group)
    found = [queries.RuleNeighbour(1, "Self", True, None, 3), queries.RuleNeighbour(2, "Other", False, "unused", 0)]
    web.fill(group, Direction.USES, (1,), found)
    assert children(group) == ["Self (circle)", "Other"]
    assert group.child(0).childIndicatorPolicy() is not QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator
    assert group.child(1).text(1) == "◌ inactive"
    assert heading(Direction.USES, 2, 2) == "Segments its rule uses (2)"


def test_a_segment_that_nothing_uses_can_be_given_a_use(qtbot, tab, world):
    """The tab is empty but for its sentence and the button."""
    scenes.add_segment(world, "Lone", EVERYTHING)
    show(qtbot, tab, "Lone")
    assert tab.findChild(QLabel, "usage_sentence").text() == "Nothing uses this segment."
    assert [button(tab, text).isEnabled() for text in ("Add use…", "Dates…", "End", "Remove")] == [
        True, False, False, False,
    ]  # fmt: skip


def test_without_a_workspace_the_tab_only_shows(qtbot, world):
    """No verbs, no asking for assets."""
    made = UsageTab()
    qtbot.addWidget(made)
    made.show_facts(read_facts(world, scenes.ids(world, "S")[0]))
    assert not any(each.isVisibleTo(made) for each in made.findChildren(QPushButton))
    assert isinstance(made, QWidget)
