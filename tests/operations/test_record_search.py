"""Records are found by key and text; a record knows its segments, and how it reached its sequences."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest

from segment_manager.domain.errors import UnknownRecord, UnknownRecordType
from segment_manager.domain.plans import Action
from segment_manager.operations import record_search
from segment_manager.operations.imports import import_records
from segment_manager.operations.jobs import finish
from tests.operations import scenes

ROWS = [
    ("Id", "City", "Employees", "Revenue", "Signed"),
    ("L1", "Berlin", "50", "12.50", "2026-01-05"),
    ("L10", "Łódź", "7", "1250", "2026-02-05"),
    ("l1-b", "Köln", "125", "", ""),
    ("X", "near l1", "", "0.5", "2026-02-15"),
    ("Straße", "München", "", "", ""),
]


@pytest.fixture
def world(workspace, tmp_path):
    """Five leads of several kinds of values."""
    path = tmp_path / "leads.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(ROWS)
    finish(import_records(workspace, path, "Lead"))
    return workspace


def found(workspace, text: str, limit: int = 100) -> list[str]:
    return record_search.find_records(workspace, "lead", text, limit=limit).keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("L1", ["L1", "L10", "l1-b", "X"]),
        ("l1-b", ["l1-b"]),
        ("BERLIN", ["L1"]),
        ("łódź", ["L10"]),
        ("STRASSE", ["Straße"]),
        ("125", ["l1-b"]),
        ("12.5", ["L1"]),
        ("1,250", ["L10"]),
        ("2026-02", ["L10", "X"]),
        ("%", []),
        ("nowhere", []),
        ("", ["L1", "L10", "l1-b", "X", "Straße"]),
    ],
)
def test_records_are_found_by_key_first_then_by_what_they_hold(world, text, keys):
    """The very key first, then keys that hold the text, then fields; numbers must be whole, case does not matter."""
    assert found(world, text) == keys


def test_no_more_records_than_asked_for(world):
    """And it is told that there are more."""
    few = record_search.find_records(world, "Lead", "", limit=2)
    assert (few.keys, few.more) == (["L1", "L10"], True)
    assert not record_search.find_records(world, "Lead", "", limit=5).more
    assert "Berlin" in few.rows[0]


def test_a_record_knows_its_segments_since_when(world, clock):
    """Since it joined last; Inactive segments by the members they kept."""
    start = clock.now
    scenes.add_segment(world, "Berliners", scenes.city_is("Berlin"))
    scenes.add_segment(world, "Everyone", '{"everything":true}')
    scenes.add_segment(world, "Parisians", scenes.city_is("Paris"))
    clock.now += timedelta(days=1)
    scenes.add_leads(world, [("L1", "Paris")])
    clock.now += timedelta(days=1)
    scenes.add_leads(world, [("L1", "Berlin")])
    scenes.do(world, Action.DEACTIVATE, "Everyone")
    inside = record_search.segments_of_record(world, "Lead", "L1")
    assert [(each.name, str(each.status), each.member_since) for each in inside] == [
        ("Berliners", "active", start + timedelta(days=2)),
        ("Everyone", "inactive", start),
    ]


def test_a_record_knows_through_which_segment_it_reached_a_sequence(world, clock):
    """The first segment that brought it, also after that segment was deleted."""
    scenes.add_segment(world, "Berliners", scenes.city_is("Berlin"))
    scenes.add_segment(world, "Everyone", '{"everything":true}')
    scenes.use(world, ("sequence", "Win-back", "live", "Berliners"))
    clock.now += timedelta(days=1)
    scenes.use(world, ("sequence", "Win-back", "live", "Everyone"), ("sequence", "Survey", "paused", "Everyone"))
    scenes.use(world, ("sequence", "News", "live", "Everyone"), ("campaign", "C", "live", "Everyone"))

    def reached(key: str) -> list[tuple[str, str, str]]:
        sequences = record_search.sequences_of_record(world, "Lead", key)
        return [(each.name, each.segment_name, str(each.state)) for each in sequences]

    assert reached("L1") == [("Win-back", "Berliners", "live"), ("News", "Everyone", "live")]
    assert reached("L10") == [("News", "Everyone", "live"), ("Win-back", "Everyone", "live")]
    scenes.do(world, Action.DELETE, "Berliners", anyway=True)
    first = record_search.sequences_of_record(world, "Lead", "L1")[0]
    assert (first.segment_id, first.segment_name) == (None, "Berliners")


def test_a_record_that_is_not_there(world):
    """It is told by its key, and so is a record type."""
    with pytest.raises(UnknownRecord, match="no Lead with the key “nobody”"):
        record_search.record_place(world, "Lead", "nobody")
    with pytest.raises(UnknownRecordType):
        record_search.find_records(world, "Nobody", "x")
