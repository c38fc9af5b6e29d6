"""The History tab: the count as a picture and as text, members on a past day, versions of the rule."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QTreeWidget,
)

from segment_manager.domain.rules import from_json
from segment_manager.operations import segments
from segment_manager.storage import queries
from segment_manager.storage.queries import ComputationEntry
from segment_manager.ui import theme
from segment_manager.ui.details import SegmentDetails
from segment_manager.ui.details.count_page import CountPage
from segment_manager.ui.details.count_plot import CountPlot, rounded_up
from segment_manager.ui.details.members_moved import MembersMovedDialog
from segment_manager.ui.details.members_then import MembersThenDialog
from segment_manager.ui.details.versions_page import VersionsPage
from tests.conftest import NOW
from tests.operations import scenes


@pytest.fixture
def world(workspace, clock):
    """A segment computed on three days, with three versions of its rule; the last is not computed yet."""
    scenes.add_leads(workspace, [("L1", "Berlin"), ("L2", "Berlin"), ("L3", "Paris")])
    (berlin,) = [scenes.add_segment(workspace, "Berlin", scenes.city_is("Berlin"))]
    clock.now += timedelta(days=1)
    scenes.add_leads(workspace, [("L2", "Paris"), ("L4", "Berlin"), ("L5", "Berlin")])
    clock.now += timedelta(days=1)
    segments.edit(workspace, berlin, rule=from_json(scenes.city_is("Paris")))
    scenes.add_leads(workspace, [("L6", "Paris")])
    segments.edit(workspace, berlin, rule=from_json(scenes.city_is("Rome")))
    return workspace


@pytest.fixture
def pane(qtbot, world, jobs):
    made = SegmentDetails(world, jobs)
    made.complete()
    qtbot.addWidget(made)
    made.resize(480, 640)
    made.show()
    jobs.changed.connect(made.apply)
    made.show_segment(scenes.ids(world, "Berlin")[0])
    made.open_tab("History")
    qtbot.waitUntil(lambda: made.findChild(QTreeWidget, "computations").topLevelItemCount() == 3)
    return made


def rows(tree: QTreeWidget) -> list[list[str]]:
    return [
        [tree.topLevelItem(row).text(column) for column in range(tree.columnCount())]
        for row in range(tree.topLevelItemCount())
    ]


def press(pane, text: str) -> None:
    next(each for each in pane.findChildren(QPushButton) if each.text() == text).click()


def test_the_count_stands_as_text_beside_the_plot(pane):
    """One sentence for the whole, one line for the chosen computation, one row for each."""
    plot = pane.findChild(CountPlot)
    trend = "3 computations since 2 Mar 2026: from 2 to 3 members."
    assert pane.findChild(QLabel, "trend").text() == trend
    assert (plot.accessibleName(), plot.accessibleDescription()) == ("Members over time", trend)
    assert pane.findChild(QLabel, "readout").text() == "today, 09:30: 3 members, 3 joined, 3 left (by hand)"
    assert [row[:4] for row in rows(pane.findChild(QTreeWidget, "computations"))] == [
        ["today, 09:30", "3", "3", "3"],
        ["yesterday, 09:30", "3", "2", "1"],
        ["2 Mar 2026, 09:30", "2", "2", "0"],
    ]


def test_keys_and_pointer_walk_along_the_plot(qtbot, pane):
    """The readout, the row of the table and the day follow; so does the plot when a row is chosen."""
    plot, table = pane.findChild(CountPlot), pane.findChild(QTreeWidget, "computations")
    readout, day = pane.findChild(QLabel, "readout"), pane.findChild(QDateEdit, "past_day")
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert readout.text().startswith("yesterday, 09:30: 3 members, 2 joined, 1 left")
    assert table.currentItem().text(0) == "yesterday, 09:30"
    assert day.date() == QDate(2026, 3, 3)
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert readout.text().startswith("2 Mar 2026")
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.place == 0
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(plot.width() - 16, 40))
    assert plot.place == 2
    table.setCurrentItem(table.topLevelItem(1))
    assert plot.place == 1


@pytest.mark.parametrize("look", [theme.Appearance.LIGHT, theme.Appearance.DARK])
def test_the_plot_is_painted_in_the_colours_of_the_theme(pane, look):
    """The line in the accent, on the base."""
    theme.apply(look)
    image = pane.findChild(CountPlot).grab().toImage()
    found = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {theme.colours().base, theme.colours().accent} <= found


def test_who_joined_and_left_in_a_computation(qtbot, pane):
    """The chosen computation opens as two lists, the one that is not empty first; each can be searched."""
    qtbot.keyClick(pane.findChild(CountPlot), Qt.Key.Key_Left)
    press(pane, "Who…")
    dialog = pane.window().findChild(MembersMovedDialog)
    assert dialog.windowTitle() == "Joined and left, yesterday, 09:30"
    said, view = dialog.findChild(QLabel, "members_moved_said"), dialog.findChild(QTableView)
    qtbot.waitUntil(lambda: said.text().startswith("2 records joined “Berlin” in its computation yesterday, 09:30"))
    assert [view.model().index(row, 0).data() for row in range(2)] == ["L4", "L5"]
    press(dialog, "Left 1")
    qtbot.waitUntil(lambda: said.text().startswith("1 record left “Berlin”"))
    assert view.model().index(0, 0).data() == "L2"
    dialog.search_box.setText("rome")
    qtbot.waitUntil(lambda: said.text().startswith("0 records that hold “rome” left"))
    dialog.accept()


def test_a_computation_that_moved_nobody_has_no_lists(qtbot, pane):
    """Its button is grey and says why; where nobody left, that page is grey."""
    qtbot.keyClick(pane.findChild(CountPlot), Qt.Key.Key_Home)
    table = pane.findChild(QTreeWidget, "computations")
    table.itemActivated.emit(table.currentItem(), 0)
    dialog = pane.window().findChild(MembersMovedDialog)
    assert [each.isEnabled() for each in dialog.findChildren(QPushButton) if each.isCheckable()] == [True, False]
    dialog.accept()
    page = pane.findChild(CountPage)
    page.show_points([ComputationEntry(NOW, "by hand", 0, 0, 0)], NOW, UTC)
    button = next(each for each in page.findChildren(QPushButton) if each.text() == "Who…")
    assert (button.isEnabled(), button.toolTip()) == (False, "Nobody joined or left in this computation.")


def test_members_on_a_past_day(qtbot, pane):
    """The dialog says how many there were and as of when, lists them, and searches among them."""
    pane.findChild(QDateEdit, "past_day").setDate(QDate(2026, 3, 2))
    press(pane, "Show…")
    dialog = pane.window().findChild(MembersThenDialog)
    assert dialog.windowTitle() == "Members on 2 Mar 2026"
    said, view = dialog.findChild(QLabel, "members_then_said"), dialog.findChild(QTableView)
    qtbot.waitUntil(lambda: said.text().startswith("2 members of “Berlin” at the end of this day, as of"))
    assert [view.model().index(row, 0).data() for row in range(2)] == ["L1", "L2"]
    dialog.search_box.setText("paris")
    qtbot.waitUntil(lambda: said.text().startswith("1 member of “Berlin” hold “paris”"))
    dialog.accept()


def test_a_day_before_the_first_computation(qtbot, pane):
    """It is said that nothing was computed by then."""
    pane.findChild(QDateEdit, "past_day").setDate(QDate(2026, 2, 1))
    press(pane, "Show…")
    dialog = pane.window().findChild(MembersThenDialog)
    said = dialog.findChild(QLabel, "members_then_said")
    qtbot.waitUntil(lambda: said.text() == "“Berlin” had not been computed by then.")
    dialog.accept()


def test_versions_and_what_changed_between_them(pane):
    """Each with its number, moment, person and deed; the difference to the one before, or to the rule now."""
    press(pane, "Rule versions")
    tree, text = pane.findChild(QTreeWidget, "rule_versions"), pane.findChild(QPlainTextEdit, "rule_difference")
    assert rows(tree) == [
        ["3 (now)", "today, 09:30", "ada", "Edited"],
        ["2", "today, 09:30", "ada", "Edited"],
        ["1", "2 Mar 2026, 09:30", "ada", "Created"],
    ]
    assert text.toPlainText().startswith("Changed: City is “Paris” → City is “Rome”")
    tree.setCurrentItem(tree.topLevelItem(2))
    assert text.toPlainText().startswith("This is the first version.")
    pane.findChild(QComboBox).setCurrentText("the rule now")
    assert text.toPlainText().startswith("Changed: City is “Rome” → City is “Berlin”")


def test_use_this_version_again(qtbot, pane, world):
    """The rule is the older one again, as a new version on top; the version of now cannot be used again."""
    press(pane, "Rule versions")
    tree = pane.findChild(QTreeWidget, "rule_versions")
    button = pane.findChild(VersionsPage).use_button
    assert (button.isEnabled(), button.toolTip()) == (False, "This is the rule it has now.")
    tree.setCurrentItem(tree.topLevelItem(2))
    assert button.isEnabled()
    button.click()
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == 4)
    assert rows(tree)[0][0] == "4 (now)"
    assert queries.rule_of(world, scenes.ids(world, "Berlin")[0]) == scenes.city_is("Berlin").replace(" ", "")


def test_a_version_that_cannot_be_used_says_why(qtbot, pane, world):
    """Where the rule refers to what is gone, the reason stands below it; a Viewer is told who may."""
    (berlin,) = scenes.ids(world, "Berlin")
    scenes.add_segment(world, "Paris", scenes.city_is("Paris"))
    segments.edit(world, berlin, rule=from_json('{"op":"in_segment","value":"Paris"}'))
    segments.edit(world, berlin, rule=from_json('{"everything":true}'))
    scenes.do(world, segments.Action.DELETE, "Paris")
    pane.show_segment(berlin)
    tree = pane.findChild(QTreeWidget, "rule_versions")
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == 5)
    press(pane, "Rule versions")
    tree.setCurrentItem(tree.topLevelItem(1))
    pane.findChild(VersionsPage).use_button.click()
    problem = pane.findChild(QLabel, "version_problem")
    qtbot.waitUntil(lambda: "“Paris” was deleted since" in problem.text())
    world.login = "eve"
    pane.show_segment(berlin)
    qtbot.waitUntil(lambda: "Sequence Manager" in pane.findChild(VersionsPage).use_button.toolTip())


def test_a_segment_that_was_never_computed(qtbot, pane, world):
    """The plot says so, and no day can be asked for."""
    change = segments.create(world, "Lead", "New", from_json('{"everything":true}'), active=False)
    pane.show_segment(min(change.added))
    trend = pane.findChild(QLabel, "trend")
    qtbot.waitUntil(lambda: trend.text() == "Not computed yet.")
    plot = pane.findChild(CountPlot)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton)
    assert plot.place is None
    assert not plot.grab().isNull()


def test_scales_end_at_round_numbers():
    """1, 2, 5 and their tens."""
    assert [rounded_up(each) for each in (0, 1, 3, 6, 10, 11, 1204, 4_999_999)] == [
        1, 1, 5, 10, 10, 20, 2000, 5_000_000,
    ]  # fmt: skip
