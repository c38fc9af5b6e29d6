"""The Assets window and its dialogs."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QDateEdit, QLabel, QPushButton

from segment_manager.domain.segments import Role
from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.operations import assets, history, segments, settings
from segment_manager.storage import queries
from segment_manager.ui.assets import AssetsWindow
from segment_manager.ui.assets.asset_words import before_removing
from segment_manager.ui.light_table import LightColumn, LightTable
from tests.operations import scenes
from tests.ui.assets_scene import asset, dialog, make_world, press
from tests.ui.window_scene import button


@pytest.fixture
def world(workspace, clock):
    """Segments S and T, U whose rule uses S, V whose rule uses U; four assets; no automatic scan."""
    return make_world(workspace, clock)


@pytest.fixture
def window(qtbot, world, jobs):
    made = AssetsWindow(world, jobs)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.table.rowCount() == 4)
    return made


def names(window) -> list[str]:
    return [window.table.index(row, 0).data() for row in range(window.table.rowCount())]


def select(qtbot, window, *wanted) -> None:
    window.view.select_ids([asset(window._workspace, name).id for name in wanted])


def uses(window) -> list[str]:
    return [window.pane.table.index(row, 0).data() for row in range(window.pane.table.rowCount())]


def test_the_table_can_be_searched_filtered_and_sorted(qtbot, window):
    """By words of any column, by type, by state; the count says so, and Esc shows all again."""
    assert names(window) == ["Board", "Onboarding", "Spring & <b>sun</b>", "Win-back"]
    assert [window.table.index(3, column).data() for column in range(1, 6)] == [
        "Sequence", "● live", "2", "10 Jan 2026", "–",
    ]  # fmt: skip
    window.view.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    assert names(window)[0] == "Win-back"
    window.search.setText("LIVE win")
    assert names(window) == ["Win-back"]
    assert window.findChild(QLabel, "asset_count").text() == "1 of 4 assets"
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert [line.name for line in window._selected()] == ["Win-back"]
    qtbot.keyClick(window.search, Qt.Key.Key_Escape)
    assert window.isVisible()
    assert len(names(window)) == 4
    window.kind.setCurrentText("Campaigns")
    assert names(window) == ["Spring & <b>sun</b>"]
    window.kind.setCurrentIndex(0)
    window.state.setCurrentText("○ ended")
    assert names(window) == ["Onboarding"]
    window.search.setText("nothing like it")
    assert window._empty.isVisible()
    press(qtbot, window, "Show all assets")
    assert len(names(window)) == 4
    assert not window._empty.isVisible()


def test_everything_has_a_name_for_screen_readers(window):
    """Fields, tables and buttons; names of assets are shown as plain text."""
    for part in (window, window.view, window.pane, window.pane.view, window.search, window.kind, window.state):
        assert part.accessibleName()
    assert all(each.text() or each.accessibleName() for each in window.findChildren(QPushButton) if each.isVisible())
    assert all(each.textFormat() is not Qt.TextFormat.AutoText for each in window.pane.findChildren(QLabel))


def test_the_segments_of_the_selected_asset_lead_to_them(qtbot, window, world):
    """With use and dates; a double click asks for the segment."""
    select(qtbot, window, "Win-back")
    qtbot.waitUntil(lambda: uses(window) == ["S", "T"])
    assert [window.pane.table.index(0, column).data() for column in range(1, 5)] == [
        "● live", "10 Jan 2026", "–", "● Active",
    ]  # fmt: skip
    spot = window.pane.view.visualRect(window.pane.table.index(1, 0)).center()
    qtbot.mouseClick(window.pane.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    with qtbot.waitSignal(window.segment_requested) as asked:
        qtbot.mouseDClick(window.pane.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert asked.args == scenes.ids(world, "T")


def test_adding_an_asset(qtbot, window, world):
    """A name that cannot be is said in the dialog; the new asset is selected, and Undo is offered."""
    press(qtbot, window, "Add asset…")
    asked = dialog(qtbot, "Add asset")
    press(qtbot, asked, "Add asset")
    qtbot.waitUntil(lambda: "needs a name" in asked.problem.text())
    asked.fields.name.setText("Autumn")
    asked.fields.kind.setCurrentText("Test list")
    press(qtbot, asked, "Add asset")
    qtbot.waitUntil(lambda: [line.name for line in window._selected()] == ["Autumn"])
    line = asset(world, "Autumn")
    assert (line.asset_type, line.asset_id, line.state) == (AssetType.TEST_LIST, "autumn", AssetState.LIVE)
    assert window.bar.message == "Added test list “Autumn”."
    with qtbot.waitSignal(window.undo_requested):
        press(qtbot, window, "Undo")


def test_editing_ending_and_removing(qtbot, window, world, jobs):
    """Each as one step that the main window hears of; removing asks first and offers to end instead."""
    select(qtbot, window, "Spring & <b>sun</b>")
    press(qtbot, window, "Edit…")
    asked = dialog(qtbot, "Edit asset")
    assert not asked.fields.kind.isEnabled()
    asked.fields.name.setText("Spring")
    asked.fields.state.setCurrentText("● live")
    with qtbot.waitSignal(jobs.changed) as heard:
        press(qtbot, asked, "Save asset")
    assert heard.args[0].undo_label == "editing of campaign “Spring & <b>sun</b>”"
    qtbot.waitUntil(lambda: "Spring" in names(window))
    select(qtbot, window, "Spring", "Board")
    with qtbot.waitSignal(jobs.changed):
        press(qtbot, window, "End")
    assert {line.name for line in queries.asset_lines(world) if line.state == "ended"} == {
        "Spring", "Board", "Onboarding",
    }  # fmt: skip
    qtbot.waitUntil(lambda: {line.state for line in window._selected()} == {"ended"})
    qtbot.keyClick(window.view, Qt.Key.Key_Delete)
    asked = dialog(qtbot, "Remove assets")
    assert "End instead" not in {each.text() for each in asked.findChildren(QPushButton)}
    with qtbot.waitSignal(jobs.changed):
        press(qtbot, asked, "Remove 2 assets")
    qtbot.waitUntil(lambda: names(window) == ["Onboarding", "Win-back"])
    for _ in range(3):
        history.undo(world)
    window.refresh()
    qtbot.waitUntil(lambda: "Spring & <b>sun</b>" in names(window))


def test_a_refused_removal_says_why(qtbot, window, world):
    """A sequence with connected records stays; so does the selection."""
    scenes.add_leads(world, [("L1", "Rome")])
    select(qtbot, window, "Win-back")
    press(qtbot, window, "Remove…")
    press(qtbot, dialog(qtbot, "Remove assets"), "Remove asset")
    told = dialog(qtbot, "Not done")
    assert "can't be removed" in told.accessibleDescription()
    told.close()
    assert [line.name for line in window._selected()] == ["Win-back"]


def test_linking_segments(qtbot, window, world):
    """Only segments that it does not use yet; what is ticked stays ticked through other searches."""
    select(qtbot, window, "Board")
    qtbot.waitUntil(lambda: uses(window) == ["T"])
    press(qtbot, window, "Link segments…")
    asked = dialog(qtbot, "Link segments")
    qtbot.waitUntil(lambda: asked.table.rowCount() == 3)
    assert not asked.action.isEnabled()
    for name in ("S", "U"):
        asked.search.setText(name)
        box = asked.table.index(0, 0)
        asked.table.setData(box, Qt.CheckState.Checked.value, int(Qt.ItemDataRole.CheckStateRole))
    asked.dates.choose(date(2026, 2, 1), date(2026, 1, 1))
    press(qtbot, asked, "Link 2 segments")
    qtbot.waitUntil(lambda: "before it starts" in asked.problem.text())
    asked.dates.choose(date(2026, 2, 1), None)
    press(qtbot, asked, "Link 2 segments")
    qtbot.waitUntil(lambda: uses(window) == ["S", "T", "U"])
    assert queries.uses_of_asset(world, asset(world, "Board").id)[0].started_on == date(2026, 2, 1)


def test_dates_end_and_removal_of_uses(qtbot, window, world):
    """The buttons act on the selected uses."""
    row_id = asset(world, "Win-back").id
    select(qtbot, window, "Win-back")
    qtbot.waitUntil(lambda: uses(window) == ["S", "T"])
    assert not button(window, "Dates…").isEnabled()
    window.pane.view.select_ids(scenes.ids(world, "S"))
    press(qtbot, window, "Dates…")
    asked = dialog(qtbot, "Edit dates")
    asked.dates.until.setChecked(True)
    asked.findChildren(QDateEdit)[1].setDate(QDate(2026, 4, 1))
    press(qtbot, asked, "Save dates")
    qtbot.waitUntil(lambda: queries.uses_of_asset(world, row_id)[0].ended_on == date(2026, 4, 1))
    qtbot.waitUntil(lambda: window.pane.table.index(0, 3).data() == "1 Apr 2026")
    window.pane.view.selectAll()
    press(qtbot, window, "End use")
    qtbot.waitUntil(lambda: not any(use.live for use in queries.uses_of_asset(world, row_id)))
    qtbot.waitUntil(lambda: window.pane.table.index(0, 1).data() == "○ over")
    window.pane.view.select_ids(scenes.ids(world, "T"))
    press(qtbot, window, "Remove use")
    qtbot.waitUntil(lambda: uses(window) == ["S"])


def test_a_viewer_may_look_only(qtbot, world, jobs):
    """The buttons are grey and say which role may."""
    settings.set_role(world, "vera", Role.VIEWER)
    world.login = "vera"
    made = AssetsWindow(world, jobs)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.table.rowCount() == 4)
    made.view.selectAll()
    for text in ("Add asset…", "Edit…", "End", "Remove…"):
        assert not button(made, text).isEnabled()
        assert "Sequence Manager" in button(made, text).toolTip()


def test_opening_one_asset_and_those_of_a_segment(qtbot, window, world):
    """Whatever the filters hide; the list of one segment's assets can be widened again."""
    window.state.setCurrentText("○ ended")
    window.open_asset(asset(world, "Board").id)
    qtbot.waitUntil(lambda: [line.name for line in window._selected()] == ["Board"])
    (one,) = scenes.ids(world, "T")
    window.show_assets_of(one, "T")
    qtbot.waitUntil(lambda: names(window) == ["Board", "Win-back"])
    assert window.windowTitle() == "Assets that use “T”"
    press(qtbot, window, "Show all assets")
    assert (len(names(window)), window.windowTitle()) == (4, "Assets")


def test_it_follows_what_changes_elsewhere(qtbot, window, world, jobs):
    """A job of any window; what was selected stays so."""
    select(qtbot, window, "Win-back")
    jobs.run(lambda: assets.add_asset(world, AssetType.FUNNEL, None, "A funnel", AssetState.LIVE), title="Adding")
    qtbot.waitUntil(lambda: names(window)[0] == "A funnel")
    assert [line.name for line in window._selected()] == ["Win-back"]


def test_many_rows_are_quick():
    """100,000 rows are searched and sorted in memory, each word narrowing."""
    columns = [LightColumn("Name", 100, lambda row: row[1], lambda row: row[1].casefold())]
    table = LightTable(columns, lambda row: row[0], lambda row: row[1])
    table.set_rows([(number, f"Asset {number}") for number in range(100_000)])
    table.sort(0, Qt.SortOrder.DescendingOrder)
    table.narrow("asset 9999")
    assert table.rowCount() == 19
    assert table.id_at(0) == 99999
    assert table.place_of(5) == -1


def test_the_question_before_removing(world):
    """It names them, counts the uses, and says how to keep the history."""
    asked = before_removing(queries.asset_lines(world))
    assert asked.heading == "Remove 4 assets and their 5 uses of segments?"
    assert [each.text for each in asked.buttons] == ["Cancel", "End instead", "Remove 4 assets"]
    alone = before_removing([queries.asset_lines(world)[0]._replace(segments=0, state=AssetState.ENDED)])
    assert alone.heading == "Remove “Win-back”?"
    assert [each.text for each in alone.buttons] == ["Cancel", "Remove asset"]


def test_a_rename_is_seen_at_once(qtbot, window, world, jobs):
    """A segment's new name stands in the pane after the job."""
    select(qtbot, window, "Board")
    qtbot.waitUntil(lambda: uses(window) == ["T"])
    (one,) = scenes.ids(world, "T")
    jobs.run(lambda: segments.edit(world, one, name="Tee"), title="Renaming")
    qtbot.waitUntil(lambda: uses(window) == ["Tee"])
