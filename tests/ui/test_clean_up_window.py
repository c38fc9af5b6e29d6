"""Clean-up and comparison over a real window: the groups and sets they find, and the list that shows them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.ui.tool_windows_scene import make_scanned, open_tool, shown


@pytest.fixture
def path(tmp_path):
    """One segment last used 94 days ago and one never, both marked by the scan; one due in five days; records."""
    return make_scanned(tmp_path)


def group(dialog, title):
    """Click a group as a person does."""
    tree = dialog.groups
    item = next(
        tree.topLevelItem(each) for each in range(tree.topLevelItemCount()) if tree.topLevelItem(each).text(0) == title
    )
    tree.setCurrentItem(item)
    tree.itemClicked.emit(item, 0)
    return item.text(1)


def test_a_click_on_a_group_shows_it_in_the_list(driver):
    """Counts stand beside the groups; the list names what it shows, and acts on it."""
    dialog = open_tool(driver, "clean_up", "Clean up")
    driver.until(lambda: dialog._found is not None)
    assert group(dialog, "Near duplicates") == "2"
    assert driver.shown() == ["Nine", "Ten"]
    assert driver.list.strip.text == "Showing 2 segments: near duplicates"
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert driver.selected() == ["Nine", "Ten"]
    driver.window.filter_bar.search.setText("ten")
    assert driver.shown() == ["Ten"]
    driver.window.filter_bar.search.clear()
    assert driver.shown() == ["Nine", "Ten"]
    assert group(dialog, "Unused") == "2"
    assert driver.shown() == ["Forgotten", "Set aside"]
    driver.list.strip._clear.click()
    assert driver.list.strip.text == ""
    assert len(driver.shown()) == 4
    assert driver.window.filter_bar.status == "active"


def test_a_set_is_shown_and_compared(driver):
    """A click on a set shows it alone; Compare shows its overlap in words and numbers."""
    dialog = open_tool(driver, "clean_up", "Clean up")
    driver.until(lambda: dialog._found is not None)
    group(dialog, "Contained in another")
    dialog.view.selectRow(0)
    dialog.view.clicked.emit(dialog.table.index(0, 0))
    assert driver.list.strip.text == "Showing 2 segments: contained in another, in “Ten”"
    driver.press(dialog, "Compare…")
    compared = driver.dialog("Compare segments")
    driver.until(lambda: compared.picture is not None)
    assert shown(compared.table) == ["In both", "Only in “Ten”"]
    assert [compared.table.index(row, 1).data() for row in range(2)] == ["9", "1"]
    assert compared.pairs.index(0, 2).data() == "90 %"
    assert "In both: 9 (90 %)" in compared.accessibleDescription()


def test_the_similarity_is_chosen(driver):
    """At 95 % nine of ten are no near duplicates any more."""
    dialog = open_tool(driver, "clean_up", "Clean up")
    driver.until(lambda: dialog._found is not None)
    dialog.row.similarity.setValue(95)
    driver.until(lambda: group(dialog, "Near duplicates") == "0")
    assert not dialog._show_group.isEnabled()


def test_a_search_can_be_cancelled_and_made_again(driver):
    """A stopped search keeps what was found before, and says so."""
    dialog = open_tool(driver, "clean_up", "Clean up")
    driver.until(lambda: dialog._found is not None)
    dialog.look()
    assert not dialog.row.bar.isHidden()
    dialog.row.cancel.click()
    assert dialog.row.bar.isHidden()
    assert "Stopped" in dialog.row.told.text()
    driver.settle()
    assert dialog._found is not None
    dialog.look()
    driver.until(lambda: "groups" in dialog.row.told.text())


def test_a_large_group_is_lined_up_apart(driver, monkeypatch):
    """The sets of a group come from the reading thread, and are those of the group that is chosen by then."""
    from segment_manager.ui.cleanup import clean_up

    monkeypatch.setattr(clean_up, "_LINED_AT_ONCE", 0)
    dialog = open_tool(driver, "clean_up", "Clean up")
    driver.until(lambda: dialog._found is not None)
    group(dialog, "Near duplicates")
    group(dialog, "Unused")
    driver.settle()
    assert shown(dialog.table) == ["“Set aside” and “Forgotten”"]


def test_what_cannot_be_compared_says_why(driver):
    """A segment that was never computed has no overlap; one segment alone cannot even be asked for."""
    driver.select("Nine")
    assert not driver.window.actions_["compare"].isEnabled()
    driver.window.filter_bar.record_type.setCurrentText("All record types")
    driver.until(lambda: "People" in driver.shown())
    driver.select("Nine", "People")
    driver.act("compare")
    dialog = driver.dialog("Compare segments")
    driver.until(lambda: "several record types" in dialog.accessibleDescription())
