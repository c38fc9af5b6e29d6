"""The main job through the real window: find segments, see what uses them, set them aside, bring them back, delete."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPushButton

from segment_manager.domain.plans import Action
from segment_manager.operations import segments
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace
from tests.ui.window_scene import INACTIVE, NAMES, button, named, opened, text_of


def statuses(path):
    """Name → status, read by another program."""
    return {name: row.status.value for name, row in named(path).items()}


def test_window_shows_the_active_segments_of_the_first_record_type(driver):
    """The list opens on the Active segments, the counts of the other statuses beside them."""
    assert set(driver.shown()) == set(NAMES)
    texts = {each.accessibleName(): each.text() for each in driver.window.findChildren(QPushButton)}
    assert texts["Active"] == "Active 6"
    assert texts["Inactive"] == "Inactive 2"
    assert texts["All"] == "All 8"


def test_deactivate_names_the_sequences_and_can_be_undone(driver, path):
    """Deactivate asks, names what uses the segments, and its Undo brings them back."""
    driver.select("Berlin trials", "Churn risk")
    driver.act("deactivate")
    dialog = driver.dialog("Deactivate segments")
    assert "Win-back Q4 (running)" in text_of(dialog)
    assert "Annual survey (paused)" in text_of(dialog)
    driver.press(dialog, "Deactivate 2 segments")
    driver.until(lambda: "Berlin trials" not in driver.shown())
    assert driver.window.result_bar.message == "Deactivated 2 segments."
    assert statuses(path)["Churn risk"] == "inactive"
    driver.press(driver.window, "Undo deactivation")
    driver.until(lambda: "Berlin trials" in driver.shown())
    assert statuses(path)["Churn risk"] == "active"


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_no_key_deletes(driver, path, key):
    """Neither Esc nor Enter in the deletion's dialog deletes anything."""
    driver.select("Berlin trials")
    driver.act("delete_permanently")
    dialog = driver.dialog("Delete segment")
    driver.qtbot.keyClick(dialog, key)
    driver.until(lambda: not driver.dialogs())
    driver.settle()
    assert "Berlin trials" in statuses(path)


def test_enter_on_the_focused_destructive_button_does_not_delete(driver, path):
    """Even with the focus on it, the destructive button answers to Space and the mouse alone."""
    driver.select("Berlin trials")
    driver.act("delete_permanently")
    dialog = driver.dialog("Delete segment")
    wanted = button(dialog, "Delete permanently")
    wanted.setFocus()
    driver.qtbot.keyClick(wanted, Qt.Key.Key_Return)
    driver.settle()
    assert "Berlin trials" in statuses(path)


def test_delete_goes_on_to_the_next_row_and_names_the_backup(driver, path):
    """After a deletion the next row is current, nothing is selected, and the bar names the backup."""
    driver.select("Churn risk")
    driver.act("delete_permanently")
    driver.press(driver.dialog("Delete segment"), "Delete permanently")
    driver.until(lambda: "Churn risk" not in driver.shown())
    assert "Churn risk" not in statuses(path)
    assert driver.selected() == []
    assert driver.table.currentIndex().siblingAtColumn(1).data() == "Dormant leads"
    assert "Backup: today" in driver.window.result_bar.message


def test_live_use_takes_the_stronger_question(driver, path):
    """A segment of a live campaign is deactivated only by 'anyway'."""
    driver.select("Dormant leads")
    driver.act("deactivate")
    dialog = driver.dialog("Deactivate segment")
    assert "Spring renewal" in text_of(dialog)
    driver.press(dialog, "Deactivate anyway")
    driver.until(lambda: "Dormant leads" not in driver.shown())
    assert statuses(path)["Dormant leads"] == "inactive"


def test_changed_facts_are_asked_about_again(driver, path):
    """What another program changed while the question was open is shown again before anything is done."""
    driver.select("Berlin trials", "Event Lisbon")
    driver.act("deactivate")
    dialog = driver.dialog("Deactivate segments")
    other = Workspace.open(path)
    ids = queries.segment_ids(other, "Lead", ["Event Lisbon"])
    segments.carry_out(other, segments.plan(other, Action.DEACTIVATE, ids))
    other.close()
    driver.press(dialog, "Deactivate 2 segments")
    again = driver.dialog("Review again")
    assert "The selection changed while this was open." in text_of(again)
    assert statuses(path)["Berlin trials"] == "active"
    driver.press(again, "Review again")
    driver.press(driver.dialog("Deactivate segment"), "Deactivate")
    driver.until(lambda: statuses(path)["Berlin trials"] == "inactive")


def test_what_was_left_alone_is_told(driver, path):
    """Of a mixed selection the result says how many were left as they were, and why."""
    driver.qtbot.mouseClick(status_button(driver, "All"), Qt.MouseButton.LeftButton)
    driver.select("Old webinar", "Free plan", "Event Lisbon")
    assert driver.window.actions_["deactivate"].text() == "Deactivate 2 active…"
    driver.act("deactivate")
    driver.press(driver.dialog("Deactivate segments"), "Deactivate 2 segments")
    driver.until(lambda: statuses(path)["Free plan"] == "inactive")
    driver.until(lambda: driver.window.result_bar.message == "Deactivated 2 segments. 1 was already inactive.")
    assert len(driver.selected()) == 3


def test_resume_of_one_needs_no_question(driver, path):
    """One segment without links is resumed at once, with Undo."""
    driver.qtbot.mouseClick(status_button(driver, "Inactive"), Qt.MouseButton.LeftButton)
    driver.select("Old webinar")
    driver.act("resume_computation")
    driver.until(lambda: statuses(path)["Old webinar"] == "active")
    assert driver.dialogs() == []


def test_clone_appears_and_is_selected(driver):
    """A clone shows in the list and becomes the selection."""
    driver.select("Free plan")
    driver.act("clone")
    driver.until(lambda: "Free plan (copy)" in driver.shown())
    driver.until(lambda: driver.selected() == ["Free plan (copy)"])


def test_other_programs_changes_show_without_losing_the_selection(driver, path):
    """A segment made by another process appears within moments; selection and order stay."""
    driver.select("Berlin trials", "Free plan")
    other = Workspace.open(path)
    segments.create(other, "Lead", "Brand new", segments.from_json('{"everything": true}'))
    other.close()
    driver.until(lambda: "Brand new" in driver.shown())
    assert driver.selected() == ["Berlin trials", "Free plan"]


def test_search_keeps_what_it_shows_selected_and_says_what_it_hid(driver):
    """Rows that a search hides leave the selection, and the status bar says so."""
    driver.select("Berlin trials", "Free plan")
    box = driver.window.findChild(QLineEdit, "search_segments")
    driver.qtbot.keyClicks(box, "berlin")
    assert driver.shown() == ["Berlin trials"]
    assert driver.selected() == ["Berlin trials"]
    assert "1 selected segment is hidden by the filter and was deselected" in driver.window._told.text()
    assert driver.window._told.text().startswith("1 selected of 1 matching (8 in all)")


def test_search_that_hits_inactive_ones_offers_to_show_them(driver):
    """When only Inactive segments match, the empty table says so and offers them."""
    box = driver.window.findChild(QLineEdit, "search_segments")
    driver.qtbot.keyClicks(box, "webinar")
    assert driver.shown() == []
    driver.press(driver.window, "Show inactive")
    assert driver.shown() == ["Old webinar"]
    assert set(INACTIVE) - set(driver.shown()) == {"Price watchers"}


def test_the_segments_of_a_question_can_be_shown(driver):
    """'Show the 3 segments' narrows the list to them; Esc shows all again."""
    driver.select("Berlin trials", "Churn risk", "Free plan")
    driver.act("delete_permanently")
    driver.press(driver.dialog("Delete segments"), "Show the 3 segments")
    assert driver.shown() == ["Berlin trials", "Churn risk", "Free plan"]
    assert "Esc shows all again" in driver.window._told.text()
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_Escape)
    assert len(driver.shown()) == 8 or len(driver.shown()) == len(NAMES)


def test_all_record_types_is_an_entry(driver):
    """The record-type dropdown switches the list, 'All record types' included."""
    box = driver.window.findChild(QComboBox, "record_type")
    assert box.currentText() == "Lead"
    box.setCurrentText("All record types")
    driver.until(lambda: "Contacts" in driver.shown())
    assert not driver.table.isColumnHidden(2)
    box.setCurrentText("Contact")
    driver.until(lambda: driver.shown() == ["Contacts"])


def test_closing_leaves_nothing_behind(path, qtbot):
    """A closed window leaves no thread, no lock file and no sidecar of the workspace, and can be opened again."""
    import threading

    for _ in range(2):
        with opened(path, qtbot) as driver:
            assert path.with_name("w.segments.lock").exists()
            driver.select("Ärzte")
        assert not path.with_name("w.segments.lock").exists()
        assert [each.name for each in threading.enumerate() if each.name.startswith("segment-")] == []


def status_button(driver, name: str) -> QAbstractButton:
    return next(each for each in driver.window.findChildren(QPushButton) if each.accessibleName() == name)
