"""The actions: same objects everywhere, enablement with reasons, mixed selections, table keys."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QPlainTextEdit, QPushButton, QToolButton

from segment_manager.domain.segments import Role
from segment_manager.operations import segments
from segment_manager.ui import action_flow, chosen_rows, segment_selection, selection_actions
from segment_manager.ui.segment_actions import ROW_MENU, SEGMENT_MENU, VERBS, SegmentActions, Selection
from tests.ui.window_scene import make_workspace, opened

ROW_TEXTS = (
    "Open", "Edit rule…", "Clone", "Deactivate", "Resume computation", "Keep active", "Tags…", "Copy name", "Export…",
    "Delete permanently…",
)  # fmt: skip


@pytest.fixture
def actions(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    made = SegmentActions(window)
    made.follow(Selection(0, 0, 0, Role.VIEWER))
    yield made
    window.close()


@pytest.fixture
def driver(tmp_path, qtbot):
    with opened(make_workspace(tmp_path / "w.segments"), qtbot) as made:
        yield made


def test_texts_of_the_row_menu(actions, qtbot):
    """The row menu holds the promised texts in the promised order."""
    menu = actions.row_menu(actions.parent())
    assert [each.text() for each in menu.actions() if each.text()] == list(ROW_TEXTS)


def test_every_row_action_is_in_the_segment_menu():
    """Nothing exists only in the row menu."""
    assert set(ROW_MENU) <= set(SEGMENT_MENU)


def test_delete_never_stands_beside_clone():
    """In no menu does Delete stand next to Clone."""
    for menu in (ROW_MENU, SEGMENT_MENU):
        assert abs(menu.index("delete_permanently") - menu.index("clone")) > 2


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_viewer_may_only_look(actions, verb):
    """For a Viewer whatever changes something is greyed out, with the roles that may."""
    actions.follow(Selection(1, 1, 0, Role.VIEWER))
    action = actions[verb.name]
    if verb.changes:
        assert not action.isEnabled()
        assert "Sequence Manager" in action.toolTip()
    else:
        assert action.isEnabled() == (not verb.why_not(Selection(1, 1, 0, Role.VIEWER)))


@pytest.mark.parametrize(
    ("chosen", "deactivate", "resume", "clone"),
    [
        (Selection(0, 0, 0, Role.SEQUENCE_MANAGER), False, False, False),
        (Selection(2, 2, 0, Role.SEQUENCE_MANAGER), True, False, True),
        (Selection(2, 0, 0, Role.SEQUENCE_MANAGER), False, True, True),
        (Selection(5, 2, 0, Role.SEQUENCE_MANAGER), True, True, True),
    ],
)
def test_only_what_applies_is_enabled(actions, chosen, deactivate, resume, clone):
    """A verb is enabled where it applies to some of the selection; a disabled one says why."""
    actions.follow(chosen)
    for name, enabled in (("deactivate", deactivate), ("resume_computation", resume), ("clone", clone)):
        assert actions[name].isEnabled() is enabled
        assert actions[name].toolTip()


def test_a_mixed_selection_shows_counts(actions):
    """With Active and Inactive ones selected both verbs say how many."""
    actions.follow(Selection(250, 180, 0, Role.SYSTEM_ADMINISTRATOR))
    assert actions["deactivate"].text() == "Deactivate 180 active…"
    assert actions["resume_computation"].text() == "Resume 70 inactive…"
    actions.follow(Selection(1, 1, 0, Role.SYSTEM_ADMINISTRATOR))
    assert actions["deactivate"].text() == "Deactivate"


def test_toolbar_menu_and_row_menu_are_the_same_actions(driver):
    """Toolbar buttons, Segment menu and row menu show the same QAction objects."""
    window = driver.window
    buttons = {each.text(): each.defaultAction() for each in window.findChildren(QToolButton) if each.defaultAction()}
    assert {"New segment", "Resume", "Deactivate", "Clone", "Delete"} <= set(buttons)
    segment = next(each.menu() for each in window.menuBar().actions() if each.text() == "&Segment")
    in_menu = {each.objectName(): each for each in segment.actions()}
    row = {each.objectName(): each for each in window.actions_.row_menu(window).actions()}
    for name in ("clone", "deactivate", "resume_computation", "delete_permanently"):
        assert in_menu[name] is row[name] is window.actions_[name]
        assert window.actions_[name] in buttons.values()


def row_menu(driver) -> QMenu:
    driver.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    return QApplication.activePopupWidget()


def right_click(driver, row):
    spot = driver.table.visualRect(driver.table.model().index(row, 1)).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, driver.table.viewport().mapToGlobal(spot))
    QApplication.sendEvent(driver.table.viewport(), event)


def test_row_menu_acts_on_the_clicked_row_unless_it_is_selected(driver):
    """A right click outside the selection goes to that row; inside, the selection stays."""
    driver.select("Berlin trials", "Churn risk")
    names = driver.shown()
    right_click(driver, names.index("Churn risk"))
    row_menu(driver).close()
    assert driver.selected() == ["Berlin trials", "Churn risk"]
    right_click(driver, names.index("Free plan"))
    row_menu(driver).close()
    assert driver.selected() == ["Free plan"]


@pytest.mark.parametrize(
    ("key", "with_"),
    [
        (Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_row_menu_by_keyboard(driver, key, with_):
    """The Menu key and Shift+F10 open the row menu."""
    driver.table.setFocus()
    driver.list.view.select_only(1)
    driver.qtbot.keyClick(driver.table, key, with_)
    row_menu(driver).close()


def test_the_row_button_shows_under_the_pointer_and_has_a_name(driver):
    """The ⋯ button shows in the row under the pointer and opens its menu."""
    spot = driver.table.visualRect(driver.table.model().index(2, 1)).center()
    driver.qtbot.mouseMove(driver.table.viewport(), spot)
    driver.list.view.hover(2)
    assert driver.list.view.more.isVisible()
    assert driver.list.view.more.accessibleName() == "Actions of this row"
    driver.window.filter_bar.search.setText("no such segment")
    assert not driver.list.view.more.isVisible()
    driver.window.filter_bar.search.clear()
    driver.list.view.hover(2)
    driver.list.view.more.click()
    row_menu(driver).close()
    assert driver.selected() == [driver.shown()[2]]


def test_delete_key_works_in_the_table_alone(driver):
    """Del opens the deletion's question from the table, and does nothing from the record-type box."""
    driver.select("Free plan")
    driver.window.activateWindow()
    driver.window.filter_bar.record_type.setFocus()
    driver.until(driver.window.filter_bar.record_type.hasFocus)
    driver.qtbot.keyClick(driver.window.filter_bar.record_type, Qt.Key.Key_Delete)
    driver.settle()
    assert driver.dialogs() == []
    assert driver.window.actions_["delete_permanently"].shortcutContext() == Qt.ShortcutContext.WidgetShortcut
    assert driver.window.actions_["delete_permanently"] in driver.table.actions()


def test_every_action_has_one_shortcut(driver):
    """No two actions of the window answer to the same key."""
    actions = set(driver.window.findChildren(QAction))
    keys = [each.shortcut().toString() for each in actions if not each.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))


@pytest.fixture
def many(monkeypatch):
    """Three selected segments count as very many."""
    for module in (action_flow, chosen_rows, selection_actions, segment_selection):
        monkeypatch.setattr(module, "MANY", 2)


def test_names_of_very_many_are_copied_without_waiting(driver, many):
    """What takes long to gather arrives on the clipboard in the order of the list, and is told when it is there."""
    shown = driver.shown()
    driver.table.selectAll()
    driver.act("copy_name")
    driver.until(lambda: driver.window.result_bar.message == f"Copied {len(shown)} names.")
    assert QGuiApplication.clipboard().text() == "\n".join(shown)
    driver.act("copy_id")
    driver.until(lambda: driver.window.result_bar.message == f"Copied {len(shown)} IDs.")
    ids = [driver.list.shown.summary(row).id for row in range(len(shown))]
    assert QGuiApplication.clipboard().text().splitlines() == [str(each) for each in ids]


def test_a_plan_for_very_many_says_that_it_is_made_and_can_be_given_up(driver, many, monkeypatch):
    """Until the dialog comes, the bar says what is looked at; Cancel gives it up, and no dialog comes."""
    gate, plan = threading.Event(), segments.plan

    def held(*arguments, **options):
        assert gate.wait(20)
        return plan(*arguments, **options)

    monkeypatch.setattr(segments, "plan", held)
    bar = driver.window.result_bar
    driver.table.selectAll()
    driver.act("deactivate")
    assert bar.message == "Looking at what uses 6 segments…"
    gate.set()
    dialog = driver.dialog("Deactivate segments")
    assert bar.message == ""
    driver.press(dialog, "Cancel")
    gate.clear()
    driver.act("deactivate")
    next(each for each in bar.findChildren(QPushButton) if each.text() == "Cancel").click()
    assert bar.message == ""
    gate.set()
    driver.settle()
    assert driver.dialogs("Deactivate segments") == []


def test_a_smaller_plan_takes_the_note_of_a_larger_one_away(driver, many, monkeypatch):
    """Where another action is asked for meanwhile, nothing goes on saying that the first is looked at."""
    gate, plan = threading.Event(), segments.plan

    def held(workspace, action, ids, **options):
        assert len(ids) == 1 or gate.wait(20)
        return plan(workspace, action, ids, **options)

    monkeypatch.setattr(segments, "plan", held)
    bar = driver.window.result_bar
    driver.table.selectAll()
    driver.act("deactivate")
    assert bar.message == "Looking at what uses 6 segments…"
    driver.select("Free plan")
    driver.act("delete_permanently")
    dialog = driver.dialog("Delete segment")
    assert bar.message == ""
    driver.press(dialog, "Cancel")
    bar.tell("Something else.")
    gate.set()
    driver.settle()
    assert bar.message == "Something else."
    assert driver.dialogs() == []


def test_what_cannot_be_computed_is_told_and_listed_up_to_a_number(driver, monkeypatch):
    """They keep their members; the details name the first ones, and how many more there are."""
    monkeypatch.setattr(action_flow, "_LISTED", 1)
    workspace = driver.window._workspace

    def give(rule: str) -> None:
        workspace.connection.execute("UPDATE segment SET rule = ? WHERE name IN ('Churn risk', 'Free plan')", (rule,))

    give('{"field":"gone","op":"equals","value":"x"}')
    driver.select("Churn risk", "Free plan")
    driver.act("recompute")
    bar = driver.window.result_bar
    driver.until(lambda: bar.message == "2 segments could not be computed. They keep their former members.")
    [details] = [each for each in bar.findChildren(QPushButton) if each.text() == "Details"]
    details.click()
    lines = driver.dialog("Not computed").findChild(QPlainTextEdit).toPlainText().splitlines()
    assert lines[0].startswith("Churn risk: ")
    assert lines[1:] == ["… and 1 more"]
    driver.press(driver.dialog("Not computed"), "Close")
    give('{"everything":true}')
    driver.act("recompute")
    driver.until(lambda: bar.message == "Computed 2 segments.")
