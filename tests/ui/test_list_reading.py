"""What a long list shows while it is read, and that late answers never undo newer ones."""

from __future__ import annotations

import gc
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from segment_manager.domain.plans import Action
from segment_manager.domain.segments import Status
from segment_manager.operations import segments
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace
from segment_manager.ui import reading
from segment_manager.ui.segment_columns import Column
from tests.ui.window_scene import EVERYTHING, INACTIVE, NAMES, WindowDriver, make_workspace

BY_NAME = sorted((*NAMES, *INACTIVE), key=lambda name: name.casefold())
SECONDS = 20


@pytest.fixture
def path(tmp_path):
    return make_workspace(tmp_path / "long.segments")


@pytest.fixture
def held(monkeypatch):
    """Two segments are many, three fill a screen, and the whole list is read only once the gate opens."""
    gate, whole = threading.Event(), reading.read

    def read(*arguments):
        assert gate.wait(SECONDS)
        return whole(*arguments)

    monkeypatch.setattr(reading, "MANY", 2)
    monkeypatch.setattr(reading, "SCREENFUL", 3)
    monkeypatch.setattr(reading, "read", read)
    yield gate
    gate.set()


@pytest.fixture
def driver(path, held, qtbot):
    """A window that shows the beginning of its list and waits for the rest."""
    from segment_manager.app import open_window

    window = open_window(path)
    with qtbot.waitSignal(window.list.begun, timeout=5000):
        pass
    yield WindowDriver(window, qtbot)
    held.set()
    window.close()
    window.deleteLater()


def load_rest(driver, held):
    with driver.qtbot.waitSignal(driver.list.loaded, timeout=5000):
        held.set()
    driver.settle()


def select_all(driver):
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)


def words(widget):
    return [each.text() for each in widget.findChildren(QLabel)]


def texts(driver):
    return [driver.list._bar._group.button(place).text() for place in range(3)]


def said(driver):
    return driver.window._told.text()


def test_a_long_list_shows_its_beginning_with_the_true_counts(driver, held):
    """The first segments by name stand there with the numbers of all, and the rest follows without moving them."""
    active = [name for name in BY_NAME if name in NAMES]
    assert driver.shown() == active[:3]
    assert texts(driver) == ["Active 6", "Inactive 2", "All 8"]
    assert said(driver) == "Reading segments…"
    load_rest(driver, held)
    assert driver.shown() == active
    assert said(driver) == "0 selected of 6 matching (8 in all)"


def test_what_is_selected_in_the_beginning_stays_selected(driver, held):
    """A row that was selected and made current before the rest came is so afterwards."""
    driver.select(driver.shown()[1])
    chosen = driver.selected()
    load_rest(driver, held)
    assert driver.selected() == chosen
    assert driver.table.currentIndex().siblingAtColumn(1).data() == chosen[0]


def test_pythons_collector_leaves_the_rows_of_a_long_list_alone(driver, held):
    """Rows that were read are out of its reach: it would stop the window for as long as it walks through a million."""
    load_rest(driver, held)
    rows = driver.list.table.rows
    assert not any(each is rows.plain or each is rows.haystacks for each in gc.get_objects())
    gc.unfreeze()


def test_ctrl_a_means_what_is_still_being_read_too(driver, held):
    """Everything that matches is selected as soon as it is there; a click in between takes that back."""
    select_all(driver)
    assert said(driver) == "Reading segments…  ·  All that match will be selected"
    load_rest(driver, held)
    assert driver.selected() == sorted(NAMES)
    held.clear()
    driver.list.reading.load()
    with driver.qtbot.waitSignal(driver.list.begun, timeout=5000):
        pass
    select_all(driver)
    first = driver.shown()[0]
    driver.select(first)
    load_rest(driver, held)
    assert driver.selected() == [first]


def test_a_search_in_the_beginning_goes_on_through_the_rest(driver, held):
    """What is typed while the rest is read finds what is there, claims no numbers, and finds the rest later."""
    driver.list._bar.search.setText("plan")
    assert driver.shown() == []
    assert driver.list.empty.isVisible()
    assert "What matches will stand here once all are read." in words(driver.list.empty)
    assert texts(driver) == ["Active", "Inactive", "All"]
    assert said(driver) == "Reading segments…  ·  The search goes on through the rest"
    load_rest(driver, held)
    assert not driver.list.empty.isVisible()
    assert driver.shown() == ["Free plan"]


def test_details_are_there_before_the_rest(driver, held):
    """A segment of the beginning shows its details while the list is still read."""
    driver.until(lambda: driver.window._details is not None)
    driver.until(lambda: driver.window._details.segment_id is not None)
    assert not held.is_set()


def test_another_record_type_replaces_what_is_read(driver, held):
    """Choosing another record type meanwhile shows that one alone, whatever comes late of the first."""
    box = driver.list._bar.record_type
    box.setCurrentIndex(box.findText("Contact"))
    load_rest(driver, held)
    assert driver.shown() == ["Contacts"]


def test_a_change_while_the_list_is_read_is_shown(driver, held, path):
    """What another program did meanwhile stands there in the end, though the reading began before it."""
    workspace = Workspace.open(path)
    segments.create(workspace, "Lead", "Zoo", EVERYTHING)
    workspace.close()
    driver.window.list.reading.refresh()
    load_rest(driver, held)
    driver.until(lambda: "Zoo" in driver.shown())


def test_in_another_order_the_list_says_that_it_waits(driver, held):
    """By anything but the name nobody knows the first rows yet: the table says so instead of showing wrong ones."""
    driver.table.sortByColumn(Column.MEMBERS, Qt.SortOrder.DescendingOrder)
    with driver.qtbot.waitSignal(driver.list.begun, timeout=5000):
        driver.list.reading.load()
    assert driver.shown() == []
    assert "All in their order will stand here once all are read." in words(driver.list.empty)
    load_rest(driver, held)
    assert sorted(driver.shown()) == sorted(NAMES)


def test_backwards_by_name_the_beginning_is_the_end(path, held, qtbot):
    """Sorted downwards by name a long list begins with the last names; by anything else it waits for all rows."""
    workspace = Workspace.open(path)
    down = reading.glance(workspace, 1, None, (1, Qt.SortOrder.DescendingOrder))
    other = reading.glance(workspace, 1, None, (4, Qt.SortOrder.DescendingOrder))
    short = reading.glance(workspace, 2, None, (1, Qt.SortOrder.AscendingOrder))
    everywhere = reading.glance(workspace, None, Status.ACTIVE, (1, Qt.SortOrder.AscendingOrder))
    workspace.close()
    assert sorted(row.name for row in down.rows) == sorted(BY_NAME[-3:])
    assert (len(other.rows), short) == (0, None)
    assert sorted(row.name for row in everywhere.rows) == sorted(
        sorted((*NAMES, "Contacts"), key=lambda name: name.casefold())[:3]
    )


def test_counts_are_those_of_the_rows(path):
    """Counted from an index, the numbers by record type and status are those of the segments, zeros too."""
    workspace = Workspace.open(path)
    segments.carry_out(workspace, segments.plan(workspace, Action.DEACTIVATE, [1]))
    counts = queries.segment_counts(workspace)
    rows = queries.summaries(workspace)
    types = [each.id for each in queries.record_types(workspace)]
    workspace.close()
    assert list(counts) == types
    for each in types:
        of_type = [row.status for row in rows if row.record_type_id == each]
        assert counts[each] == (of_type.count(Status.ACTIVE), of_type.count(Status.INACTIVE))
