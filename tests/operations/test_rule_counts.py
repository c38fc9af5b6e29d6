"""Counts beside a rule under construction: those of the rule itself, cheap to ask again, and possible to stop."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest

from segment_manager.domain.errors import Cancelled, UnknownSegment
from segment_manager.domain.rules import All, Any, Condition, Duration, Everything, InSegment, Not, from_json, walk
from segment_manager.operations import computation, rule_counts, segments
from segment_manager.operations.imports import import_records
from segment_manager.operations.jobs import finish
from segment_manager.operations.rule_counts import Difference, FieldValues, RuleCounts, difference
from segment_manager.storage import queries

CITY = Condition("city", "equals", "berlin")
LARGE = Condition("employees", "at_least", 60)
LEADS = [
    {"Id": 1, "City": "Berlin", "Employees": 5, "Seen": "2026-03-01", "Topics": ["art", "sport"]},
    {"Id": 2, "City": "Paris", "Employees": 60, "Seen": "2026-02-01", "Topics": ["art"]},
    {"Id": 3, "City": "BERLIN", "Employees": 70, "Seen": "2026-03-02", "Topics": None},
    {"Id": 4, "City": "Oslo", "Employees": 80, "Seen": None, "Topics": ["sport"]},
    {"Id": 5, "City": None, "Employees": 90, "Seen": "2025-01-01", "Topics": None},
]


def take_in(workspace, tmp_path, *more: dict[str, object]) -> None:
    path = tmp_path / "leads.jsonl"
    path.write_text("".join(json.dumps(lead) + "\n" for lead in [*LEADS, *more]), encoding="utf-8")
    finish(import_records(workspace, path, "Lead"))


@pytest.fixture
def leads(workspace, tmp_path):
    """Five leads and the segment “Berliners”, computed."""
    take_in(workspace, tmp_path)
    segments.create(workspace, "Lead", "Berliners", CITY)
    finish(computation.compute(workspace))
    return workspace


@pytest.fixture
def looked_up(monkeypatch):
    """The conditions that were looked up in the records, in order."""
    seen: list[Condition] = []
    real = queries.matching_ids

    def spy(workspace, conditions, record_type, context):
        seen.extend(conditions)
        return real(workspace, conditions, record_type, context)

    monkeypatch.setattr(queries, "matching_ids", spy)
    return seen


def berliners(workspace) -> int:
    return queries.segment_ids(workspace, "Lead", ["Berliners"])[0]


RULES = [
    Everything(),
    CITY,
    Not(CITY),
    All((CITY, LARGE)),
    Any((CITY, LARGE, Condition("city", "is_empty"))),
    Not(Any((CITY, Condition("city", "not_equals", "Oslo")))),
    All((Any((CITY, LARGE)), Not(All((CITY, Everything()))), Condition("employees", "not_in", (60, 80)))),
    All((InSegment("Berliners"), LARGE)),
    Any((InSegment("Berliners", negative=True), Condition("topics", "contains_any", ("art",)))),
    Condition("seen", "in_last", Duration(30, "days")),
]


@pytest.mark.parametrize("rule", RULES, ids=range(len(RULES)))
def test_every_part_is_counted_as_a_rule_of_its_own(leads, rule):
    """The count of each node, by its path, is what a preview of this node alone says."""
    told = RuleCounts(leads, "Lead").count(rule)
    assert told.complete
    assert told.records == 5
    assert told.count == computation.preview(leads, "Lead", rule).count
    assert told.parts == {path: computation.preview(leads, "Lead", node).count for path, node, _ in walk(rule)}
    assert told.sample == computation.preview(leads, "Lead", rule).sample


@pytest.mark.parametrize(
    "broken",
    [
        Condition("", ""),
        Condition("city", "equals"),
        Condition("gone", "equals", "x"),
        Condition("employees", "at_least", "many"),
        InSegment("nowhere"),
        InSegment(""),
        All(()),
    ],
    ids=str,
)
def test_what_is_not_finished_has_no_count_and_hinders_none(leads, broken):
    """A part without sense is not counted, nor a group around it; the parts beside it are."""
    told = RuleCounts(leads, "Lead").count(All((CITY, Any((LARGE, broken)))))
    assert told.complete
    assert told.count is None
    assert told.sample == []
    assert told.parts == {"": None, "all[0]": 2, "all[1]": None, "all[1].any[0]": 4, "all[1].any[1]": None}


def test_only_what_is_new_is_looked_up(leads, looked_up):
    """Asked again with one condition more, it looks up this one; a complement and a repetition need nothing."""
    counts = RuleCounts(leads, "Lead")
    counts.count(All((CITY, LARGE, CITY)))
    assert looked_up == [CITY, LARGE]
    counts.count(Any((CITY, Condition("city", "not_equals", "berlin"), InSegment("Berliners"), LARGE)))
    assert looked_up == [CITY, LARGE]
    counts.count(Any((CITY, Condition("employees", "at_least", 61))))
    assert looked_up[2:] == [Condition("employees", "at_least", 61)]


def test_new_records_are_counted(leads, tmp_path):
    """After an import the counts are those of the records as they are now."""
    counts = RuleCounts(leads, "Lead")
    assert counts.count(CITY).count == 2
    take_in(leads, tmp_path, {**LEADS[0], "Id": 6, "City": "berlin"})
    told = counts.count(CITY)
    assert (told.count, told.records) == (3, 6)


def test_time_goes_on(leads, clock, looked_up):
    """Conditions that depend on the time are looked up again when a minute has gone, and no others."""
    recent = Condition("seen", "in_last", Duration(1, "days"))
    counts = RuleCounts(leads, "Lead")
    assert counts.count(All((recent, CITY))).parts["all[0]"] == 2
    clock.now += timedelta(seconds=30)
    counts.count(All((recent, CITY)))
    assert looked_up == [recent, CITY]
    clock.now += timedelta(days=1)
    assert counts.count(All((recent, CITY))).parts["all[0]"] == 1
    assert looked_up == [recent, CITY, recent]


def test_a_long_rule_is_counted_in_steps(leads):
    """The whole is told first, then more and more of the parts, until nothing is left."""
    rule = All(tuple(Condition("employees", "at_least", number) for number in range(12)))
    counts = RuleCounts(leads, "Lead")
    steps = [counts.count(rule, seconds=0)]
    while not steps[-1].complete:
        steps.append(counts.count(rule, seconds=0))
    assert [(step.count, len(step.parts)) for step in steps] == [(4, 0), (4, 4), (4, 8), (4, 13)]


def test_a_count_can_be_stopped(leads, monkeypatch):
    """Stopped while it reads, it ends at once with Cancelled; asked again it answers."""
    counts = RuleCounts(leads, "Lead")
    real = queries.matching_ids

    def slow(workspace, conditions, record_type, context):
        threading.Timer(0.2, counts.stop).start()
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        workspace.connection.execute(endless).fetchall()

    monkeypatch.setattr(queries, "matching_ids", slow)
    with pytest.raises(Cancelled):
        counts.count(CITY)
    monkeypatch.setattr(queries, "matching_ids", real)
    counts.stop()
    assert counts.count(CITY).count == 2


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (CITY, Difference(0, 0, 2)),
        (LARGE, Difference(3, 1, 1)),
        (Not(CITY), Difference(3, 2, 0)),
        (from_json('{"everything":true}'), Difference(3, 0, 2)),
    ],
)
def test_the_difference_is_what_saving_does(leads, rule, expected):
    """Who would join, leave and stay is what the computation after saving tells."""
    segment = berliners(leads)
    assert difference(leads, segment, rule) == expected
    assert RuleCounts(leads, "Lead", segment).count(rule).difference == expected
    segments.edit(leads, segment, rule=rule)
    (done,) = finish(computation.compute(leads, [segment]))
    assert (done.joined, done.left, done.members - done.joined) == expected


def test_the_difference_of_nothing_is_refused(leads):
    """Without such a segment there is nothing to compare with."""
    with pytest.raises(UnknownSegment):
        difference(leads, 999, CITY)


@pytest.mark.parametrize(
    ("field", "prefix", "expected"),
    [
        ("city", "", [("Berlin", 2), ("Paris", 1), ("Oslo", 1)]),
        ("city", "b", [("Berlin", 2)]),
        ("city", "x", []),
        ("topics", "", [("art", 2), ("sport", 2)]),
        ("employees", "6", [(60, 1)]),
        ("gone", "", []),
    ],
)
def test_the_values_of_a_field_come_with_their_counts(leads, field, prefix, expected):
    """Held most often first, upper and lower case as one, empty ones left out, narrowed by what was typed."""
    told = FieldValues(leads, "Lead").listed(field, prefix)
    assert told.exact
    assert [(value, count) for value, count in told.values] == expected


def test_a_list_of_values_has_its_limit(leads):
    """No more than was asked for."""
    assert len(FieldValues(leads, "Lead").listed("employees", limit=3).values) == 3


def test_values_follow_the_records(leads, tmp_path):
    """After an import the new values are there."""
    values = FieldValues(leads, "Lead")
    assert values.listed("city", "o").values == (("Oslo", 1),)
    take_in(leads, tmp_path, {**LEADS[0], "Id": 6, "City": "Oulu"})
    assert values.listed("city", "o").values == (("Oslo", 1), ("Oulu", 1))


def test_a_field_of_endless_values_is_not_counted_to_the_end(leads, monkeypatch):
    """Beyond a limit some values are given, marked as some; what was typed is then looked for in all records."""
    from segment_manager.storage.queries import values

    monkeypatch.setattr(values, "MOST_VALUES", 2)
    listed = FieldValues(leads, "Lead").listed("city")
    assert not listed.exact
    assert FieldValues(leads, "Lead").listed("city", "os").values == (("Oslo", 1),)
    assert rule_counts.LISTED == 200
