"""Review, clean-up, comparison and activity over a real window: what they list, and what they ask of the list."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from segment_manager.domain.plans import Action
from segment_manager.domain.rules import from_json
from segment_manager.operations import computation, segments, usage
from segment_manager.operations.imports import import_records
from segment_manager.operations.jobs import finish
from segment_manager.operations.settings import change_setting
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace
from segment_manager.ui.review_lists import Which
from tests.ui.window_scene import EVERYTHING, make_workspace, named, opened

ENDED = """asset_type,asset_id,asset_name,state,record_type,segment,started_on,ended_on
campaign,c1,Spring renewal,ended,Lead,Forgotten,{start},{end}
"""


def in_city(*cities):
    return from_json(json.dumps({"field": "city", "op": "in", "value": cities}))


@pytest.fixture
def path(tmp_path):
    """One segment last used 94 days ago and one never, both marked by the scan; one due in five days; records."""
    made = tmp_path / "w.segments"
    now = datetime.now(UTC)
    at = [now - timedelta(days=120)]
    workspace = Workspace.create(made, clock=lambda: at[0])
    change_setting(workspace, "auto_scan", False)
    segments.create(workspace, "Lead", "Set aside", EVERYTHING)
    at[0] = now - timedelta(days=100)
    segments.create(workspace, "Lead", "Forgotten", EVERYTHING)
    file = tmp_path / "usage.csv"
    ended = (now - timedelta(days=94)).date().isoformat()
    file.write_text(ENDED.format(start=(now - timedelta(days=99)).date().isoformat(), end=ended), encoding="utf-8")
    finish(usage.import_usage(workspace, file))
    at[0] = now - timedelta(days=46)
    usage.scan(workspace, 45)
    at[0] = now - timedelta(days=40, hours=1)
    segments.create(workspace, "Lead", "Due soon", EVERYTHING)
    at[0] = now - timedelta(hours=1)
    records = tmp_path / "leads.csv"
    cities = ["Berlin"] * 9 + ["Bern"] + ["Paris"] * 5
    lines = ["key,city", *(f"L{place},{city}" for place, city in enumerate(cities))]
    records.write_text("\n".join(lines), encoding="utf-8")
    finish(import_records(workspace, records, "Lead"))
    for name, rule in (("Nine", in_city("Berlin")), ("Ten", in_city("Berlin", "Bern")), ("Five", in_city("Paris"))):
        segments.create(workspace, "Lead", name, rule)
    segments.create(workspace, "Contact", "People", EVERYTHING)
    finish(computation.compute(workspace))
    workspace.close()
    return made


def shown(table):
    """The first column of a table, row by row."""
    return [table.index(row, 0).data() for row in range(table.rowCount())]


def open_tool(driver, name, title) -> QDialog:
    getattr(driver.window.tools, name).trigger()
    dialog = driver.dialog(title)
    driver.settle()
    return dialog


def toggle(dialog, text):
    """Press the button whose text begins so."""
    from PySide6.QtWidgets import QPushButton

    next(each for each in dialog.findChildren(QPushButton) if each.text().startswith(text)).click()


# Review


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
    dialog.activateWindow()
    driver.until(lambda: QApplication.activeWindow() is dialog)
    toggle(dialog, "Delete permanently")
    question = driver.dialog("Delete segment")
    assert question.parentWidget() is dialog
    driver.qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert dialog.isVisible()


def test_a_tool_window_is_open_once(driver):
    """Asking again brings the same window; closed and asked for again it is a new one."""
    first = open_tool(driver, "review_unused", "Review unused segments")
    assert open_tool(driver, "review_unused", "Review unused segments") is first
    assert len(driver.dialogs("Review unused segments")) == 1
    first.close()
    driver.settle()
    assert open_tool(driver, "review_unused", "Review unused segments").isVisible()


# Clean-up and the set that the list shows


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


# Activity


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


# Used by


def test_a_click_on_used_by_opens_the_usage(qtbot, tmp_path):
    """The cell tells live uses from others, sorts by them, and a click in it opens the Usage tab."""
    from segment_manager.ui.segment_columns import Column

    with opened(make_workspace(tmp_path / "w.segments"), qtbot) as driver:
        model = driver.table.model()
        told = {driver.shown()[row]: model.index(row, Column.USED_BY).data() for row in range(model.rowCount())}
        assert told["Berlin trials"] == "1 live"
        assert told["Churn risk"] == "1 draft or paused"
        assert told["Free plan"] == "–"
        driver.table.sortByColumn(Column.USED_BY, Qt.SortOrder.DescendingOrder)
        assert set(driver.shown()[:2]) == {"Berlin trials", "Dormant leads"}
        row = driver.shown().index("Churn risk")
        spot = driver.table.visualRect(model.index(row, Column.USED_BY)).center()
        qtbot.mouseClick(driver.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        tabs = driver.window._details._tabs
        assert tabs.tabText(tabs.currentIndex()) == "Usage"
        assert driver.list.selection.current_id() == driver.list.shown.summary(row).id


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


@pytest.mark.parametrize(("tool", "title"), [("assets", "Assets"), ("find_record", "Find record")])
def test_the_other_tool_windows_open_beside_the_list(driver, tool, title):
    """They block nothing, and lead to segments in the list."""
    dialog = open_tool(driver, tool, title)
    assert not dialog.isModal()
    people = next(each.id for each in queries.summaries(driver.window._workspace) if each.name == "People")
    dialog.segment_requested.emit(people)
    driver.until(lambda: driver.selected() == ["People"])


def test_the_card_over_used_by(qtbot, tmp_path, monkeypatch):
    """Resting over the cell shows the assets by name; when the pointer has gone meanwhile, nothing shows."""
    from PySide6.QtGui import QCursor, QHelpEvent
    from PySide6.QtWidgets import QToolTip

    from segment_manager.ui.segment_columns import Column

    with opened(make_workspace(tmp_path / "w.segments"), qtbot) as driver:
        cards = []
        monkeypatch.setattr(QToolTip, "showText", lambda spot, text, *rest: cards.append(text))
        index = driver.table.model().index(driver.shown().index("Berlin trials"), Column.USED_BY)
        spot = driver.table.visualRect(index).center()
        place = driver.table.viewport().mapToGlobal(spot)
        monkeypatch.setattr(QCursor, "pos", lambda: place)
        QApplication.sendEvent(driver.table.viewport(), QHelpEvent(QHelpEvent.Type.ToolTip, spot, place))
        driver.until(lambda: len(cards) == 1)
        assert "Live (1)" in cards[0]
        assert "Win-back Q4 (sequence)" in cards[0]
        monkeypatch.setattr(QCursor, "pos", lambda: driver.table.viewport().mapToGlobal(spot * 0))
        QApplication.sendEvent(driver.table.viewport(), QHelpEvent(QHelpEvent.Type.ToolTip, spot, place))
        driver.settle()
        assert len(cards) == 1


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
