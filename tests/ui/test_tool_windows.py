"""Tool windows beside the list, and what leads from elsewhere to segments in it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from segment_manager.operations import usage
from segment_manager.storage import queries
from tests.ui.tool_windows_scene import make_scanned, open_tool
from tests.ui.window_scene import make_workspace, opened


@pytest.fixture
def path(tmp_path):
    """One segment last used 94 days ago and one never, both marked by the scan; one due in five days; records."""
    return make_scanned(tmp_path)


def test_a_tool_window_is_open_once(driver):
    """Asking again brings the same window; closed and asked for again it is a new one."""
    first = open_tool(driver, "review_unused", "Review unused segments")
    assert open_tool(driver, "review_unused", "Review unused segments") is first
    assert len(driver.dialogs("Review unused segments")) == 1
    first.close()
    driver.settle()
    assert open_tool(driver, "review_unused", "Review unused segments").isVisible()


@pytest.mark.parametrize(("tool", "title"), [("assets", "Assets"), ("find_record", "Find record")])
def test_the_other_tool_windows_open_beside_the_list(driver, tool, title):
    """They block nothing, and lead to segments in the list."""
    dialog = open_tool(driver, tool, title)
    assert not dialog.isModal()
    people = next(each.id for each in queries.summaries(driver.window._workspace) if each.name == "People")
    dialog.segment_requested.emit(people)
    driver.until(lambda: driver.selected() == ["People"])


def test_a_set_of_another_record_type_is_shown_too(driver):
    """The list turns to all record types where the chosen one holds not all of the set, and goes on to one segment."""
    people = next(each.id for each in queries.summaries(driver.window._workspace) if each.name == "People")
    driver.window.go_to(people)
    driver.until(lambda: driver.selected() == ["People"])
    assert driver.window.filter_bar.record_type_id is None
    assert driver.shown() == ["People"]
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_Escape)
    assert "Nine" in driver.shown()


def test_a_segment_that_is_gone_is_told(driver):
    """Going to a deleted segment says so and leaves the list as it is."""
    before = driver.shown()
    driver.window.go_to(10**6)
    driver.until(lambda: "deleted" in driver.window.result_bar.message)
    assert driver.shown() == before


def test_reuse_is_told_with_a_link(qtbot, tmp_path):
    """A usage import that makes a segment Active again names segment and asset, and shows it on request."""
    made = make_workspace(tmp_path / "w.segments")
    file = tmp_path / "again.csv"
    header = "asset_type,asset_id,asset_name,state,record_type,segment,started_on,ended_on"
    file.write_text(f"{header}\ncampaign,c9,Autumn,live,Lead,Old webinar,,\n", encoding="utf-8")
    with opened(made, qtbot) as driver:
        window = driver.window
        window.jobs.run(
            lambda: usage.import_usage(window._workspace, file),
            title="Importing",
            done=lambda report: window.jobs.changed.emit(report.change),
        )
        driver.until(lambda: "Active again: “Old webinar” (“Autumn” began to use it)" in window.result_bar.message)
        driver.until(lambda: window.result_bar._links[0].text() == "Show")
        window.result_bar._links[0].click()
        driver.until(lambda: driver.shown() == ["Old webinar"])
