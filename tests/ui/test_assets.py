"""The Assets window, its dialogs, the Usage tab's verbs and its dependency tree, and the card over 'Used by'."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import (
    QApplication,
    QDateEdit,
    QDialog,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from segment_manager.domain.segments import Role
from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.operations import assets, history, segments, settings
from segment_manager.storage import queries
from segment_manager.ui.assets import AssetsWindow, usage_card
from segment_manager.ui.assets.asset_words import before_removing
from segment_manager.ui.details.dependency_tree import DependencyTree, Direction, heading
from segment_manager.ui.details.facts import read_facts
from segment_manager.ui.details.usage_tab import UsageTab
from segment_manager.ui.light_table import LightColumn, LightTable
from tests.operations import scenes
from tests.ui.window_scene import button

EVERYTHING = '{"everything":true}'
LINES = (
    ("sequence", "Win-back", "live", "S", "2026-01-10"),
    ("sequence", "Win-back", "live", "T", "2026-01-12"),
    ("campaign", "Spring & <b>sun</b>", "draft", "S"),
    ("report", "Board", "live", "T"),
    ("journey", "Onboarding", "ended", "S", "2025-01-01", "2025-12-31"),
)


@pytest.fixture
def world(workspace, clock):
    """Segments S and T, U whose rule uses S, V whose rule uses U; four assets; no automatic scan."""
    clock.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    settings.change_setting(workspace, "time_zone", "UTC")
    settings.change_setting(workspace, "auto_scan", False)
    for name in ("S", "T"):
        scenes.add_segment(workspace, name, EVERYTHING)
    scenes.add_segment(workspace, "U", '{"op":"in_segment","value":"S"}')
    scenes.add_segment(workspace, "V", '{"op":"in_segment","value":"U"}', active=False)
    scenes.use(workspace, *LINES)
    return workspace


@pytest.fixture
def window(qtbot, world, jobs):
    made = AssetsWindow(world, jobs)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.table.rowCount() == 4)
    return made


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


def names(window) -> list[str]:
    return [window.table.index(row, 0).data() for row in range(window.table.rowCount())]


def asset(workspace, name) -> queries.AssetLine | None:
    return next((line for line in queries.asset_lines(workspace) if line.name == name), None)


def select(qtbot, window, *wanted) -> None:
    window.view.select_ids([asset(window._workspace, name).id for name in wanted])


def uses(window) -> list[str]:
    return [window.pane.table.index(row, 0).data() for row in range(window.pane.table.rowCount())]


def dialog(qtbot, title) -> QDialog:
    def found() -> list[QDialog]:
        shown = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
        return [each for each in shown if each.windowTitle() == title]

    qtbot.waitUntil(lambda: found() != [])
    return found()[0]


def press(qtbot, parent, text) -> None:
    qtbot.mouseClick(button(parent, text), Qt.MouseButton.LeftButton)


def branch(tree, heading_) -> QTreeWidgetItem:
    groups = [tree.topLevelItem(place) for place in range(tree.topLevelItemCount())]
    return next(group for group in groups if group.text(0).startswith(heading_))


def children(item) -> list[str]:
    return [item.child(place).text(0) for place in range(item.childCount())]


# The window


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


# The card


def test_the_card_names_what_uses_a_segment(world):
    """By group, in plain text, at most ten names each; a segment that nothing uses says so."""
    (one,) = scenes.ids(world, "S")
    assert usage_card(world, one) == (
        "Live (1)\n•  Win-back (sequence)\n\nDraft and paused (1)\n•  Spring & <b>sun</b> (campaign)\n\n"
        "Ended (1)\n•  Onboarding (journey)\n\nRules of segments (1)\n•  U"
    )
    for number in range(12):
        assets.add_asset(world, AssetType.COHORT, None, f"C{number:02}", AssetState.LIVE, segment_ids=[one])
    card = usage_card(world, one)
    assert "Analytics (12)\n•  C00 (cohort)" in card
    assert "•  C09 (cohort)\nand 2 more" in card
    assert usage_card(world, scenes.ids(world, "V")[0]) == "Nothing uses this segment."


# The Usage tab


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


def test_a_rename_is_seen_at_once(qtbot, window, world, jobs):
    """A segment's new name stands in the pane after the job."""
    select(qtbot, window, "Board")
    qtbot.waitUntil(lambda: uses(window) == ["T"])
    (one,) = scenes.ids(world, "T")
    jobs.run(lambda: segments.edit(world, one, name="Tee"), title="Renaming")
    qtbot.waitUntil(lambda: uses(window) == ["Tee"])
