"""Activity over a real window: its filters, its export, and the way to the segments it names."""

from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import Qt

from segment_manager.operations import segments
from segment_manager.storage.workspace import Workspace
from tests.ui.tool_windows_scene import make_scanned, open_tool
from tests.ui.window_scene import make_workspace, opened


@pytest.fixture
def path(tmp_path):
    """One segment last used 94 days ago and one never, both marked by the scan; one due in five days; records."""
    return make_scanned(tmp_path)


def test_activity_is_filtered_and_exported(driver, tmp_path):
    """Segment, action and day narrow the lines; the file holds those lines and no others."""
    dialog = open_tool(driver, "activity", "Activity")
    driver.until(lambda: dialog.table.rowCount() > 5)
    assert dialog._told.text().endswith("entries")
    driver.qtbot.keyClicks(dialog.filters.segment, "forg")
    driver.until(lambda: {line.segment for line in dialog.table.lines} == {"Forgotten"})
    place = dialog.filters.action.findData("scan")
    dialog.filters.action.setCurrentIndex(place)
    driver.until(lambda: [line.action for line in dialog.table.lines] == ["Marked unused by the scan"])
    assert "Status: Active → Inactive" in dialog._details.toPlainText()
    dialog.write(tmp_path / "log.csv")
    driver.until(lambda: "1 row written" in dialog._told.text())
    with (tmp_path / "log.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["segments"] for row in csv.DictReader(stream)] == ["Forgotten"]
    dialog.filters.since.setChecked(True)
    driver.until(lambda: dialog.table.rowCount() == 0)
    driver.press(dialog, "Show everything")
    driver.until(lambda: dialog.table.rowCount() > 5)


def test_a_line_leads_to_its_segment(driver):
    """Enter on a line shows its segment in the list."""
    dialog = open_tool(driver, "activity", "Activity")
    dialog.filters.segment.setText("due soon")
    driver.until(lambda: {line.segment for line in dialog.table.lines} == {"Due soon"})
    dialog.view.setFocus()
    driver.qtbot.keyClick(dialog.view, Qt.Key.Key_Return)
    driver.until(lambda: driver.selected() == ["Due soon"])
    assert dialog.isVisible()


def test_older_activity_follows(qtbot, tmp_path):
    """The next page is read when the view comes to the end of the one before."""
    made = make_workspace(tmp_path / "w.segments")
    workspace = Workspace.open(made)
    for number in range(260):
        segments.tag(workspace, [1], [f"t{number}"], [])
    workspace.close()
    with opened(made, qtbot) as driver:
        dialog = open_tool(driver, "activity", "Activity")
        driver.until(lambda: dialog.table.rowCount() == 200)
        dialog.view.scrollToBottom()
        driver.until(lambda: dialog.table.rowCount() > 200)
        seqs = [line.seq for line in dialog.table.lines]
        assert seqs == sorted(seqs, reverse=True)
        assert len(seqs) == len(set(seqs))
