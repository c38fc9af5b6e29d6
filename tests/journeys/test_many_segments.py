"""A workspace of 20,000 segments: whatever a person does in the list, the window never stands still."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from segment_manager.domain.segments import Status
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace
from segment_manager.ui import segment_filter
from segment_manager.ui.segment_columns import Column
from tests.ui.window_scene import opened

MANY = 20_000
_AT = "2026-01-05T09:00:00.000000Z"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The workspace, made once, by SQL: an operation for each would take longer than the journeys."""
    path = tmp_path_factory.mktemp("many") / "many.segments"
    workspace = Workspace.create(path)
    workspace.connection.execute(
        "INSERT INTO segment (record_type_id, name, name_folded, rule, created_at, created_by, modified_at)"
        " SELECT 1, printf('Segment %05d', value), printf('segment %05d', value),"
        """ '{"everything": true}', :at, 'ada', :at"""
        " FROM (WITH RECURSIVE each(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM each WHERE value < :many)"
        " SELECT value FROM each)",
        {"at": _AT, "many": MANY},
    )
    workspace.connection.execute(
        "INSERT INTO segment_state (segment_id, state, since) SELECT id, 2, created_at FROM segment"
    )
    workspace.connection.execute("INSERT INTO segment_result (segment_id, rule_stale) SELECT id, 0 FROM segment")
    workspace.connection.execute("UPDATE setting SET value = 'false' WHERE name = 'auto_scan'")
    workspace.close()
    return path


@pytest.fixture
def path(made, tmp_path):
    copy = tmp_path / "many.segments"
    copy.write_bytes(made.read_bytes())
    return copy


@pytest.fixture(params=["in one go", "in parts"])
def driver(path, qtbot, watchdog, request, monkeypatch):
    """A window on it; once with the list small enough to be searched at once, once as a list of a million would be."""
    if request.param == "in parts":
        monkeypatch.setattr(segment_filter, "AT_ONCE", 1000)
    with opened(path, qtbot) as window:
        window.until(lambda: window.list.shown.rowCount() == MANY)
        watchdog.begin()
        yield window


def type_into(driver, box, text):
    """One key after the other, the event loop having its turn after each, as when a person types."""
    for key in text:
        driver.qtbot.keyClicks(box, key)
        driver.qtbot.wait(1)


def whole(driver):
    driver.until(lambda: driver.list.shown.is_whole and not driver.list.shown.is_sorting)


def test_search_sort_and_select_without_a_pause(driver):
    """Typing, Ctrl+A, sorting and clearing the search keep the selection and never hold the window up."""
    box = driver.window.findChild(QLineEdit, "search_segments")
    shown, selection = driver.list.shown, driver.list.selection
    type_into(driver, box, '"segment 00')
    whole(driver)
    assert shown.rowCount() == 999
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert selection.selected() == (999, 999, 0)
    driver.table.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    whole(driver)
    assert shown.summary(0).name == "Segment 00999"
    box.clear()
    whole(driver)
    assert shown.rowCount() == MANY
    assert selection.selected() == (999, 999, 0)
    assert shown.summary(0).name == f"Segment {MANY}"


def test_what_a_search_hides_is_deselected_and_told(driver):
    """Of everything selected, a search keeps its hits; the status bar says how many others were deselected."""
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    box = driver.window.findChild(QLineEdit, "search_segments")
    type_into(driver, box, "19")
    whole(driver)
    hits = driver.list.shown.rowCount()
    driver.until(lambda: f"{MANY - hits:,} selected segments are hidden" in driver.window._told.text())
    assert driver.list.selection.selected()[0] == hits


def test_shift_end_selects_to_the_last_one(driver):
    """Shift+End selects from the current segment to the last one, Home goes back to the first."""
    driver.table.setFocus()
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_Home)
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_Down)
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert driver.list.selection.selected()[0] == MANY - 1
    assert driver.table.currentIndex().row() == MANY - 1
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_Home)
    assert driver.table.currentIndex().row() == 0


def test_a_key_right_after_a_search_sees_all_hits(driver):
    """Ctrl+A pressed before the rest of the hits has come selects every hit all the same."""
    box = driver.window.findChild(QLineEdit, "search_segments")
    box.setText('"segment 1')
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert driver.list.selection.selected()[0] == 10_000


def test_everything_that_matches_is_deactivated_at_once(driver, path):
    """All segments that a search shows are deactivated in one step, and the list follows in one."""
    box = driver.window.findChild(QLineEdit, "search_segments")
    type_into(driver, box, '"segment 0')
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    driver.act("deactivate")
    dialog = driver.dialog("Deactivate segments")
    driver.press(dialog, "Deactivate 9,999 segments")
    driver.qtbot.waitUntil(lambda: driver.list.shown.rowCount() == 0, timeout=30_000)
    assert driver.list.shown.counts.inactive == 9999
    box.clear()
    whole(driver)
    assert driver.list.shown.rowCount() == MANY - 9999
    other = Workspace.open(path)
    assert queries.segment_counts(other)[1] == (MANY - 9999, 9999)
    other.close()
    assert driver.list.shown.status is Status.ACTIVE
