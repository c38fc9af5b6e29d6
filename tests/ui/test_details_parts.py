"""What the details are made of: outlines, words for times and changes, and the table of members."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from segment_manager.domain.records import Field, FieldType, RecordType
from segment_manager.domain.rules import from_json
from segment_manager.storage import queries
from segment_manager.ui.details.changes_said import action_said, difference_said
from segment_manager.ui.details.formats import day_text, listed, moment_text, value_text
from segment_manager.ui.details.member_table import KEPT_PAGES, PAGE, WAITING, MemberTable
from segment_manager.ui.details.outline import outline

LEAD = RecordType(1, "Lead", (Field("city", "City", FieldType.TEXT),))


def test_outline_of_nested_rules():
    """Each level of groups is one step deeper, whatever the kinds."""
    rule = from_json(
        '{"any":[{"all":[{"field":"city","op":"is_empty"},{"not":{"field":"city","op":"equals","value":"x"}}]},'
        '{"not":{"any":[{"op":"not_in_segment","value":"S"}]}},{"everything":true}]}'
    )
    assert [(line.depth, line.text) for line in outline(rule, LEAD)] == [
        (0, "Any of these holds:"),
        (1, "All of these hold:"),
        (2, "City is empty"),
        (2, "This does not hold:"),
        (3, "City is “x”"),
        (1, "None of these holds:"),
        (2, "Is not in segment “S”"),
        (1, "Every Lead record"),
    ]


def test_activity_that_is_not_known_is_told_as_it_is():
    """An action of a later version is shown by its own name, its values too."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    entry = queries.ActivityEntry(1, at, "ada", "melt", (), {"heat": 1200}, {"heat": None})
    assert action_said(entry) == "Melt"
    assert difference_said(entry, LEAD, ZoneInfo("UTC"), date(2026, 3, 2)) == ["Heat: 1,200 → none"]


def test_times_and_values_are_told_in_the_workspaces_zone():
    """Days are called today and yesterday where they are; moments and yes or no are readable."""
    berlin = ZoneInfo("Europe/Berlin")
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert moment_text(late, berlin, date(2026, 3, 2)) == "today, 00:30"
    assert value_text(late, berlin) == "2 Mar 2026, 00:30"
    assert value_text(True, berlin) == "Yes"
    assert value_text(("a", "b"), berlin) == "a, b"
    assert day_text(date(2026, 3, 1), date(2026, 3, 2)) == "yesterday"
    assert listed(["A", "B", "C", "D", "E"]) == "“A”, “B”, “C” and 2 more"


def test_a_million_members_keep_only_some_pages(qtbot):
    """Scrolling through a million rows asks for the pages on screen only, and holds few of them."""
    asked = []
    table = MemberTable(asked.append, ZoneInfo("UTC"))

    def page(number: int) -> queries.MemberPage:
        keys = [f"K{number * PAGE + n}" for n in range(PAGE)]
        return queries.MemberPage(1_000_000, keys, [("x",)] * PAGE, LEAD)

    table.start(page(0))
    assert table.rowCount() == 1_000_000
    for number in range(1, 200):
        assert table.index(number * PAGE, 0).data() == WAITING
        assert asked[-1] == number
        table.take(number, page(number))
        assert table.index(number * PAGE, 0).data() == f"K{number * PAGE}"
    assert len(table._pages) <= KEPT_PAGES


def test_pages_scrolled_past_are_not_asked_for(qtbot):
    """While one page is read, only the last few that were painted wait their turn, the newest first."""
    asked = []
    table = MemberTable(asked.append, ZoneInfo("UTC"))
    table.start(queries.MemberPage(1_000_000, [], [], LEAD))
    for number in range(1, 50):
        table.index(number * PAGE, 0).data()
    assert asked == [1]
    table.take(1, queries.MemberPage(1_000_000, [], [], LEAD))
    assert asked == [1, 49]


def test_members_found_later_come_after_the_first(qtbot):
    """The table grows by what a search goes on to find, and reads a page anew that was not full."""
    asked = []
    table = MemberTable(asked.append, ZoneInfo("UTC"))
    table.start(queries.MemberPage(1, ["K0"], [("x",)], LEAD))
    table.grow(PAGE + 5)
    assert table.rowCount() == PAGE + 5
    assert table.index(1, 0).data() == WAITING
    assert asked == [0]
