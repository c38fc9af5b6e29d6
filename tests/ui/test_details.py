"""The details pane shows the facts of a real workspace, reads off the GUI thread, and says why in plain words."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QTabWidget,
    QTreeWidget,
)

from segment_manager.domain.changes import Change
from segment_manager.domain.plans import Action
from segment_manager.domain.rules import from_json
from segment_manager.operations import computation, segments, usage
from segment_manager.operations.imports import import_records
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries
from segment_manager.storage.queries import member_search
from segment_manager.ui.details import SegmentDetails
from segment_manager.ui.details.activity_tab import ActivityTab
from segment_manager.ui.details.facts import read_facts
from segment_manager.ui.details.pane import NAMES
from segment_manager.ui.details.reasons import members_line, stale_line, status_line, why
from segment_manager.ui.details.rule_tab import RuleTab

USAGE = [
    ("sequence", "s1", "Win-back", "live", "Berliners", "2026-01-10", None),
    ("sequence", "s2", "Annual survey", "paused", "Berliners", "2025-12-10", None),
    ("campaign", "c1", "Spring renewal", "scheduled", "Berliners", None, "2026-04-01"),
    ("report", "r1", "Board report", "live", "Berliners", None, None),
    ("journey", "j1", "Onboarding", "ended", "Old webinar", "2025-01-01", "2026-01-01"),
]
COLUMNS = ("asset_type", "asset_id", "asset_name", "state", "segment", "started_on", "ended_on")


@pytest.fixture
def furnished(workspace, tmp_path, clock):
    """500 leads, three segments, five references; then the moment is 60 days later."""
    clock.now -= timedelta(days=60)
    cities = ("Berlin", "Paris", "Oslo", "Łódź")
    rows = "".join(f"L{n:04},{cities[n % 4]},{n % 90}\n" for n in range(500))
    leads = tmp_path / "leads.csv"
    leads.write_text(f"Id,City,Employees\n{rows}", encoding="utf-8")
    finish(import_records(workspace, leads, "Lead"))
    segments.create(
        workspace, "Lead", "Berliners", from_json('{"field":"city","op":"equals","value":"berlin"}'),
        description="From the fair.", tags=["fair", "vip"],
    )  # fmt: skip
    segments.create(
        workspace, "Lead", "<b>Large</b> Berliners",
        from_json('{"all":[{"op":"in_segment","value":"Berliners"},{"field":"employees","op":"at_least","value":50}]}'),
    )  # fmt: skip
    segments.create(workspace, "Lead", "Old webinar", from_json('{"everything":true}'))
    finish(computation.compute(workspace))
    lines = [json.dumps({"record_type": "Lead", **dict(zip(COLUMNS, row, strict=True))}) for row in USAGE]
    file = tmp_path / "usage.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    finish(usage.import_usage(workspace, file))
    clock.now += timedelta(days=60)
    return workspace


@pytest.fixture
def pane(qtbot, furnished, jobs):
    made = SegmentDetails(furnished, jobs)
    made.complete()
    qtbot.addWidget(made)
    made.resize(520, 600)
    made.show()
    return made


def id_of(workspace, name: str) -> int:
    return queries.segment_ids(workspace, "Lead", [name])[0]


def test_a_tab_can_be_opened_before_the_others_are_made(qtbot, furnished, jobs):
    """The tabs come one by one between events, none after closing; who asks for one has it at once."""
    made = SegmentDetails(furnished, jobs)
    qtbot.addWidget(made)
    tabs = made.findChild(QTabWidget)
    assert tabs.count() == 1
    made.open_tab("History")
    assert tabs.tabText(tabs.currentIndex()) == "History"
    closed = SegmentDetails(furnished, jobs)
    qtbot.addWidget(closed)
    closed.close()
    later = SegmentDetails(furnished, jobs)
    qtbot.addWidget(later)
    qtbot.waitUntil(lambda: later.findChild(QTabWidget).count() == len(NAMES))
    assert closed.findChild(QTabWidget).count() == 1


def show(qtbot, pane, name: str, tab: str = "Overview") -> None:
    pane.show_segment(id_of(pane._workspace, name))
    pane.open_tab(tab)
    qtbot.waitUntil(lambda: text_of(pane, "segment_name") == name)


def text_of(pane, name: str) -> str:
    label = pane.findChild(QLabel, name)
    return label.text() if label.isVisible() else ""


def test_nothing_selected_says_so_quietly(pane):
    """Without a segment there is one sentence, and with several their number."""
    words = [label.text() for label in pane.findChildren(QLabel) if label.isVisible()]
    assert words == ["Select a segment to see its details"]
    pane.show_several(1204)
    assert [label.text() for label in pane.findChildren(QLabel) if label.isVisible()] == ["1,204 segments are selected"]


def test_overview_says_what_keeps_a_segment_active(qtbot, pane):
    """The live sequence, the scheduled campaign and the active rule are named; the report and the paused are not."""
    show(qtbot, pane, "Berliners")
    assert text_of(pane, "segment_status").startswith("● Active since ")
    said = text_of(pane, "why")
    assert "the sequence “Win-back”" in said
    assert "the campaign “Spring renewal”" in said
    assert "Board report" not in said
    assert "Annual survey" not in said


def test_overview_says_why_a_segment_is_inactive(qtbot, pane, furnished):
    """A person who deactivated it is named, with the day; the scan is named for what it set aside."""
    ids = [id_of(furnished, "Berliners")]
    segments.carry_out(furnished, segments.plan(furnished, Action.DEACTIVATE, ids, anyway=True))
    usage.scan(furnished)
    show(qtbot, pane, "Berliners")
    assert "ada deactivated it today." in text_of(pane, "why")
    assert "125 members stay in it" in text_of(pane, "why")
    assert text_of(pane, "segment_status") == "○ Inactive, deactivated since today"
    show(qtbot, pane, "Old webinar")
    qtbot.waitUntil(lambda: "The scan set it aside today" in text_of(pane, "why"))
    assert text_of(pane, "segment_status") == "◌ Inactive, unused since today"


def test_names_are_shown_as_they_are(qtbot, pane):
    """A name that looks like HTML is a name."""
    show(qtbot, pane, "<b>Large</b> Berliners")
    assert pane.findChild(QLabel, "segment_name").textFormat() is Qt.TextFormat.PlainText


def test_the_rule_is_an_outline_and_can_be_copied(qtbot, pane, furnished):
    """Groups are headings, conditions lines with the labels of fields; the JSON goes to the clipboard."""
    show(qtbot, pane, "<b>Large</b> Berliners", "Rule")
    shown = pane.findChild(RuleTab).text()
    assert shown.splitlines()[:3] == [
        "All of these hold:", "•  Is in segment “Berliners”", "•  Employees is at least 50",
    ]  # fmt: skip
    button = next(each for each in pane.findChildren(QPushButton) if each.text() == "Copy as JSON")
    button.click()
    copied = QGuiApplication.clipboard().text()
    assert from_json(copied) == from_json(queries.rule_of(furnished, id_of(furnished, "<b>Large</b> Berliners")))


def test_edit_rule_asks_for_the_editor(qtbot, pane, furnished):
    """The button names the segment that is shown."""
    show(qtbot, pane, "Berliners", "Rule")
    with qtbot.waitSignal(pane.edit_requested) as asked:
        next(each for each in pane.findChildren(QPushButton) if each.text() == "Edit rule…").click()
    assert asked.args == [id_of(furnished, "Berliners")]


def test_members_come_in_pages_and_are_searched(qtbot, pane):
    """The table knows all members at once, reads those that are looked at, and the search says how many it finds."""
    show(qtbot, pane, "Old webinar", "Members")
    view = pane.findChild(QTableView, "members")
    qtbot.waitUntil(lambda: view.model().rowCount() == 500)
    assert view.model().index(0, 1).data() == "Berlin"
    assert [view.model().headerData(n, Qt.Orientation.Horizontal) for n in range(3)] == ["Id", "City", "Employees"]
    view.scrollToBottom()
    qtbot.waitUntil(lambda: view.model().index(499, 0).data() == "L0499")
    search = next(each for each in pane.findChildren(QLineEdit) if each.accessibleName() == "Search members")
    search.setText("łódź")  # QTest types Latin-1 alone
    qtbot.waitUntil(lambda: view.model().rowCount() == 125)
    assert text_of(pane, "member_count") == "125 of 500 members hold “łódź”"


def test_why_is_answered_for_every_record(qtbot, pane, furnished):
    """A member's row, or any key that is typed, is explained condition by condition."""
    show(qtbot, pane, "<b>Large</b> Berliners", "Members")
    view = pane.findChild(QTableView, "members")
    qtbot.waitUntil(lambda: view.model().rowCount() > 0)
    view.setCurrentIndex(view.model().index(0, 0))
    next(each for each in pane.findChildren(QPushButton) if each.text() == "Why?").click()
    dialog = pane.findChild(QDialog, "why_record")
    answer = dialog.findChild(QLabel, "why_answer")
    qtbot.waitUntil(lambda: "is a member of “<b>Large</b> Berliners”" in answer.text())
    lines = dialog.findChild(QPlainTextEdit).toPlainText().splitlines()
    assert lines[0] == "✓  All of these hold:"
    assert "    ✓  Is in segment “Berliners”" in lines
    dialog.findChild(QLineEdit).setText("L0001")
    next(each for each in dialog.findChildren(QPushButton) if each.text() == "Explain").click()
    qtbot.waitUntil(lambda: "“L0001” is not a member" in answer.text())
    lines = dialog.findChild(QPlainTextEdit).toPlainText().splitlines()
    assert "    ✗  Employees is at least 50: the record has 1" in lines
    dialog.findChild(QLineEdit).setText("nobody")
    next(each for each in dialog.findChildren(QPushButton) if each.text() == "Explain").click()
    qtbot.waitUntil(lambda: "There is no Lead with the key “nobody”." in answer.text())


def test_usage_is_grouped_and_marks_what_is_live(qtbot, pane, furnished):
    """Sequences come first, then campaigns, then analytics, then the segments whose rules use it; those lead there."""
    show(qtbot, pane, "Berliners", "Usage")
    tree = pane.findChild(QTreeWidget, "usage")
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == 4)
    groups = [tree.topLevelItem(n) for n in range(4)]
    assert [group.text(0) for group in groups] == [
        "Sequences (2)", "Campaigns (1)", "Reports (1)", "Segments whose rules use it (1)",
    ]  # fmt: skip
    assert [groups[0].child(n).text(1) for n in range(2)] == ["● live", "○ paused"]
    assert groups[2].child(0).text(1) == "○ live"
    assert "stay connected" in text_of(pane, "usage_sentence")
    with qtbot.waitSignal(pane.segment_requested) as asked:
        tree.itemActivated.emit(groups[3].child(0), 0)
    assert asked.args == [id_of(furnished, "<b>Large</b> Berliners")]


def test_activity_tells_before_and_after(qtbot, pane, furnished):
    """Each step stands with time, person and what changed, the newest on top."""
    segments.edit(
        furnished, id_of(furnished, "Berliners"), name="All Berliners", tags=["fair"],
        rule=from_json('{"field":"city","op":"in","value":["Berlin","Oslo"]}'),
    )  # fmt: skip
    show(qtbot, pane, "All Berliners", "Activity")
    qtbot.waitUntil(lambda: "Created" in pane.findChild(ActivityTab).text())
    lines = pane.findChild(ActivityTab).text().splitlines()
    assert lines[0] == "Edited   today, 09:30 · ada"
    assert "Name: “Berliners” → “All Berliners”" in lines
    assert "Rule: City is “berlin” → City is one of “Berlin” or “Oslo”" in lines
    assert "Tags: fair, vip → fair" in lines


def test_tabs_read_only_when_they_are_shown(qtbot, pane, monkeypatch):
    """A segment whose members nobody looks at has none of them read."""
    asked = []
    real = queries.members
    monkeypatch.setattr(queries, "members", lambda *args, **more: (asked.append(args), real(*args, **more))[1])
    show(qtbot, pane, "Berliners")
    assert asked == []
    pane.open_tab("Members")
    qtbot.waitUntil(lambda: len(asked) == 1)


def test_a_change_is_shown_at_once(qtbot, pane, furnished, jobs):
    """What changed is read again; what was deleted says so."""
    show(qtbot, pane, "Berliners")
    change = segments.edit(furnished, id_of(furnished, "Berliners"), name="Renamed")
    pane.apply(change)
    qtbot.waitUntil(lambda: text_of(pane, "segment_name") == "Renamed")
    pane.apply(Change("", removed=frozenset({id_of(furnished, "Renamed")})))
    assert pane.segment_id is None


def test_a_segment_that_went_meanwhile_is_told(qtbot, pane):
    """An id that is not there (any more) gives a sentence, no error."""
    pane.show_segment(999)
    qtbot.waitUntil(lambda: any(label.text() == "This segment is gone" for label in pane.findChildren(QLabel)))


def test_the_newest_segment_wins(qtbot, pane, furnished):
    """Walking quickly through a list ends at the last segment, whatever is read in between."""
    for _ in range(5):
        for name in ("Berliners", "Old webinar", "<b>Large</b> Berliners"):
            pane.show_segment(id_of(furnished, name))
    qtbot.waitUntil(lambda: text_of(pane, "segment_name") == "<b>Large</b> Berliners")
    assert pane.findChild(QTabWidget).currentWidget().isVisible()


def test_a_viewer_cannot_edit(qtbot, pane, furnished):
    """The button is grey, and its tooltip says which role may."""
    furnished.login = "eve"
    show(qtbot, pane, "Berliners", "Rule")
    button = next(each for each in pane.findChildren(QPushButton) if each.text() == "Edit rule…")
    assert not button.isEnabled()
    assert "Sequence Manager" in button.toolTip()


def test_members_out_of_date_are_marked(furnished):
    """After a rule changed the count says as of when it is, and that it is waiting."""
    berliners = id_of(furnished, "Berliners")
    segments.edit(furnished, berliners, rule=from_json('{"field":"city","op":"equals","value":"Oslo"}'))
    facts = read_facts(furnished, berliners)
    assert members_line(facts).startswith("125 members as of ")
    assert "waiting to be computed" in stale_line(facts)
    assert status_line(facts).startswith("● Active")


def test_the_grace_period_is_told(furnished):
    """A segment in no use is told by when the scan takes it, or that the next one does."""
    assert "The grace period of 45 days is over" in why(read_facts(furnished, id_of(furnished, "Old webinar")))[1]
    fresh = segments.create(furnished, "Lead", "Fresh", from_json('{"everything":true}'))
    assert why(read_facts(furnished, min(fresh.added))) == [
        "Nothing uses it now. It was last used, created or activated today.",
        "If nothing uses it until 16 Apr 2026, the scan marks it unused.",
    ]


def test_keep_active_is_a_reason(furnished):
    """A pinned segment says that the scan leaves it alone."""
    ids = [id_of(furnished, "Old webinar")]
    segments.carry_out(furnished, segments.plan(furnished, Action.KEEP_ACTIVE, ids))
    assert why(read_facts(furnished, ids[0])) == ["Keep active is on: the scan for unused segments leaves it alone."]


def test_a_search_among_members_goes_on_where_it_stopped(furnished, monkeypatch):
    """Searched a stretch at a time, members are found as they are in one go."""
    monkeypatch.setattr(member_search, "_STRETCH", 1)
    segment, steps, found = id_of(furnished, "Berliners"), 0, None
    wanted = queries.members(furnished, segment, search="e")
    while found is None or not found.is_whole:
        found = member_search.members_holding(furnished, segment, "e", found, seconds=0)
        steps += 1
    assert steps > 1
    assert queries.members(furnished, segment, among=found.ids) == wanted
