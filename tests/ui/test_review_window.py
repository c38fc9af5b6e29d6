"""The review over a real window: the evidence, bulk actions, and a clock that is not believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from segment_manager.domain.plans import Action
from segment_manager.operations import segments
from segment_manager.storage.workspace import Workspace
from segment_manager.ui.review_lists import Which
from tests.ui.tool_windows_scene import make_scanned, open_tool, shown, toggle
from tests.ui.window_scene import EVERYTHING, named, opened


@pytest.fixture
def path(tmp_path):
    """One segment last used 94 days ago and one never, both marked by the scan; one due in five days; records."""
    return make_scanned(tmp_path)


@pytest.fixture
def doubted(tmp_path, qtbot):
    """A window on a workspace whose last activity is two years old."""
    made = tmp_path / "old.segments"
    at = datetime.now(UTC) - timedelta(days=730)
    workspace = Workspace.create(made, clock=lambda: at)
    segments.create(workspace, "Lead", "Old", EVERYTHING)
    workspace.close()
    with opened(made, qtbot) as driver:
        yield driver


def test_the_review_tells_the_evidence(driver):
    """Each list names its segments with what used them last, how long ago, and when they become inactive."""
    dialog = open_tool(driver, "review_unused", "Review unused segments")
    driver.until(lambda: dialog._found is not None)
    toggle(dialog, "Soon")
    driver.until(lambda: shown(dialog.table) == ["Due soon"])
    assert dialog.table.index(0, 5).data() == "in 5 days"
    toggle(dialog, "Marked by the scan")
    assert shown(dialog.table) == ["Forgotten", "Set aside"]
    assert dialog.table.index(0, 3).data().startswith("Last used by campaign “Spring renewal”, ended 94 days ago")
    assert dialog.table.index(0, 5).data().startswith("since ")
    toggle(dialog, "Would be marked")
    assert shown(dialog.table) == []
    toggle(dialog, "30 days: 1")
    assert shown(dialog.table) == ["Due soon"]


def test_bulk_actions_of_the_review(driver, path):
    """Resume acts on what is selected of those marked, Keep active on those that would be; the lists follow."""
    dialog = open_tool(driver, "review_unused", "Review unused segments")
    driver.until(lambda: dialog._found is not None)
    dialog.choose(Which.MARKED)
    buttons = dict(dialog._verbs)
    assert not any(button.isEnabled() for button in buttons.values())
    dialog.view.selectAll()
    assert not buttons[Action.KEEP_ACTIVE].isEnabled()
    assert "resume" in buttons[Action.KEEP_ACTIVE].toolTip()
    buttons[Action.RESUME].click()
    driver.press(driver.dialog("Resume segments"), "Resume 2 segments")
    driver.until(lambda: named(path)["Forgotten"].status == "active")
    driver.until(lambda: shown(dialog.table) == [])
    dialog.choose(Which.SOON)
    dialog.view.selectRow(0)
    buttons[Action.KEEP_ACTIVE].click()
    driver.until(lambda: named(path)["Due soon"].keep_active)
    driver.until(lambda: shown(dialog.table) == [])
    assert dialog.isVisible()


def test_questions_stand_over_the_window_that_asked(driver):
    """A deletion begun in the review asks over the review, and Cancel leaves both as they were."""
    dialog = open_tool(driver, "review_unused", "Review unused segments")
    driver.until(lambda: dialog._found is not None)
    dialog.choose(Which.MARKED)
    dialog.view.selectRow(0)
    driver.until(lambda: dialog.activateWindow() or QApplication.activeWindow() is dialog)
    toggle(dialog, "Delete permanently")
    question = driver.dialog("Delete segment")
    assert question.parentWidget() is dialog
    driver.qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert dialog.isVisible()


def test_selecting_all_of_a_long_list_asks_no_row_by_itself(driver, monkeypatch):
    """The headers know nothing of the selection, or each of them would ask every row whenever it is painted."""
    from segment_manager.ui.light_table import LightTable

    dialog = open_tool(driver, "review_unused", "Review unused segments")
    driver.until(lambda: dialog._found is not None)
    dialog.choose(Which.MARKED)
    dialog.table.set_rows(dialog.table.rows * 500)
    asked = []
    flags = LightTable.flags
    monkeypatch.setattr(LightTable, "flags", lambda table, index: asked.append(index.row()) or flags(table, index))
    dialog.view.selectAll()
    dialog.view.grab()
    dialog.view.horizontalHeader().grab()
    assert len(dialog.view.selected_ids()) == 1000
    assert len(asked) < 500


def test_the_automatic_scan_says_why_it_does_not_believe_the_clock(doubted):
    """So that nobody takes the silence for 'nothing is unused'; a scan that is asked for says it too."""
    message = "Nothing was marked unused: the clock says "
    doubted.until(lambda: doubted.window.result_bar.message.startswith(message))
    doubted.window.result_bar.hide()
    doubted.window.on_workspace.scan.trigger()
    doubted.until(lambda: doubted.window.result_bar.message.startswith(message))


def test_the_review_says_why_it_does_not_believe_the_clock(doubted):
    """In place of an empty list; what the scan marked before is told as ever."""
    dialog = open_tool(doubted, "review_unused", "Review unused segments")
    doubted.until(lambda: dialog._found is not None)
    for list_ in ("Would be marked", "Soon"):
        toggle(dialog, list_)
        assert dialog._heading.text() == "The clock of this computer is in doubt"
        assert "730 days after the last activity here" in dialog._text.text()
        assert shown(dialog.table) == []
    assert not dialog._mark.isEnabled()
    toggle(dialog, "Marked by the scan")
    assert dialog._heading.text() == "No segment is inactive because nothing used it"
