"""The window 'Find record': search, the segments and sequences of a record, and why."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListWidget, QPlainTextEdit, QPushButton, QTreeWidget

from segment_manager.domain.plans import Action
from segment_manager.storage import queries
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.record_search import FindRecord
from tests.operations import scenes


@pytest.fixture
def world(workspace):
    """Three leads in two segments, one of which feeds a sequence; and one account."""
    scenes.add_leads(workspace, [("L1", "Berlin"), ("L2", "Paris"), ("L30", "<b>Berlin</b> & Co")])
    scenes.add_leads(workspace, [("A1", "Oslo")], "Account")
    scenes.add_segment(workspace, "Berliners", '{"field":"city","op":"contains","value":"berlin"}')
    scenes.add_segment(workspace, "Parisians", scenes.city_is("Paris"))
    scenes.use(workspace, ("sequence", "Win-back", "live", "Berliners"))
    return workspace


@pytest.fixture
def opened(qtbot, world):
    """Opens the window; nothing may fail unheard, and nothing stays behind."""
    jobs = Jobs()
    failures = []
    jobs.failed.connect(failures.append)

    def show(*arguments) -> FindRecord:
        window = FindRecord(world, jobs, *arguments)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(lambda: bool(window.findChild(QLabel, "record_title").text()))
        return window

    yield show
    jobs.close()
    assert failures == []


def places(window) -> list[tuple[str, list[list[str]]]]:
    tree = window.findChild(QTreeWidget, "record_places")
    groups = [tree.topLevelItem(place) for place in range(tree.topLevelItemCount())]
    return [
        (group.text(0), [[group.child(row).text(column) for column in (0, 1, 3)] for row in range(group.childCount())])
        for group in groups
    ]


def found(window) -> list[str]:
    listed = window.findChild(QListWidget)
    return [listed.item(row).text() for row in range(listed.count())]


def search(qtbot, window, text: str, expected: list[str]) -> None:
    window.findChild(QLineEdit, "search_records").setText(text)
    qtbot.waitUntil(lambda: found(window) == expected)


def test_it_opens_on_the_first_record_type_with_records(qtbot, opened):
    """The first record is shown with its segments, its sequence and through which segment it came."""
    window = opened()
    assert window.windowTitle() == window.accessibleName() == "Find record"
    assert found(window) == ["L1", "L2", "L30"]
    assert window.findChild(QLabel, "record_title").text() == "Lead L1"
    assert window.findChild(QLabel, "record_summary").text() == "It is in 1 segment, and 1 sequence works on it."
    assert places(window) == [
        ("Segments (1)", [["Berliners", "● Active", ""]]),
        ("Sequences (1)", [["Win-back", "running", "“Berliners”"]]),
    ]


def test_search_by_text_says_where_it_was_found(qtbot, opened):
    """The field stands beside the key; what is found is shown at once, as plain text."""
    window = opened()
    search(qtbot, window, "CO", ["L30   City: <b>Berlin</b> & Co"])
    title = window.findChild(QLabel, "record_title")
    qtbot.waitUntil(lambda: title.text() == "Lead L30")
    values = window.findChild(QLabel, "record_values")
    assert (values.text(), values.textFormat()) == ("City: <b>Berlin</b> & Co", Qt.TextFormat.PlainText)
    search(qtbot, window, "nowhere", [])
    assert window.findChild(QLabel, "found_count").text() == "No Lead holds “nowhere”."
    assert places(window) == []


def test_why_in_a_segment_or_not(qtbot, opened):
    """The first segment is explained at once; any other of the record type can be asked about."""
    window = opened()
    answer, because = window.findChild(QLabel, "record_answer"), window.findChild(QPlainTextEdit, "record_because")
    qtbot.waitUntil(lambda: answer.text() == "“L1” is a member of “Berliners”. The rule selects it now.")
    assert because.toPlainText() == "✓  City contains “berlin”: the record has “Berlin”"
    ask = window.findChild(QComboBox, "why_segment")
    ask.setCurrentIndex(ask.findText("Parisians"))
    ask.activated.emit(ask.currentIndex())
    qtbot.waitUntil(lambda: answer.text().startswith("“L1” is not a member of “Parisians”."))
    assert because.toPlainText() == "✗  City is “Paris”: the record has “Berlin”"


def test_a_segment_can_be_shown_in_the_list(qtbot, opened, world):
    """By the button, and by opening its row; a sequence leads to the segment that brought the record."""
    window = opened()
    (berliners,) = queries.segment_ids(world, "Lead", ["Berliners"])
    asked = []
    window.segment_requested.connect(asked.append)
    button = window.findChild(QPushButton)
    qtbot.waitUntil(button.isEnabled)
    button.click()
    tree = window.findChild(QTreeWidget, "record_places")
    tree.itemActivated.emit(tree.topLevelItem(1).child(0), 0)
    assert asked == [berliners, berliners]


def test_enter_in_the_search_line_searches_and_closes_nothing(qtbot, opened):
    """No button of the dialog takes the key."""
    window = opened()
    line = window.findChild(QLineEdit, "search_records")
    asked = []
    window.segment_requested.connect(asked.append)
    line.setText("L2")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: found(window) == ["L2"])
    assert window.isVisible()
    assert asked == []


def test_another_record_type(qtbot, opened, world):
    """The type can be chosen, and the window can be opened on one record."""
    window = opened(queries.record_type(world, "Account"), "A1")
    assert window.findChild(QLabel, "record_title").text() == "Account A1"
    assert window.findChild(QLabel, "record_summary").text() == "It is in no segment, and no sequence works on it."
    window.findChild(QComboBox, "find_record_type").setCurrentIndex(0)
    search(qtbot, window, "", ["L1", "L2", "L30"])


def test_the_segment_that_brought_it_was_deleted(qtbot, opened, world):
    """Its name stays, and it is said that it is gone."""
    scenes.do(world, Action.DELETE, "Berliners", anyway=True)
    window = opened()
    assert places(window)[1] == ("Sequences (1)", [["Win-back", "running", "“Berliners” (deleted since)"]])
