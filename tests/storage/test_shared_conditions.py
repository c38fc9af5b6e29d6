"""Members worked out from shared sets, by one statement each, whole or by what changed, are the same members."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import (
    All,
    Any,
    Condition,
    Context,
    Duration,
    Everything,
    InSegment,
    Not,
    from_json,
    matches,
)
from segment_manager.operations import computation, segments
from segment_manager.operations.imports import import_records
from segment_manager.operations.jobs import finish
from segment_manager.storage import membership, queries, shared_conditions
from segment_manager.storage.segment_rules import context
from segment_manager.storage.shared_conditions import SharedConditions
from segment_manager.storage.workspace import Workspace
from tests.operations import scenes

CITIES = ["", "Berlin", "berlin", "Łódź", "Oslo"]
rows = st.tuples(
    st.sampled_from(CITIES), st.sampled_from(["", "1", "2", "30"]), st.sampled_from(["", "2026-02-20", "2026-03-02"])
)
leaves = st.one_of(
    st.builds(Condition, st.just("city"), st.sampled_from(["equals", "not_equals", "contains"]), st.just("Berlin")),
    st.builds(Condition, st.just("city"), st.sampled_from(["in", "not_in"]), st.just(("Oslo", "Łódź"))),
    st.builds(Condition, st.just("size"), st.sampled_from(["at_least", "less_than"]), st.sampled_from([1, 2])),
    st.builds(Condition, st.just("seen"), st.sampled_from(["in_last", "not_in_last"]), st.just(Duration(3, "days"))),
    st.builds(Condition, st.sampled_from(["city", "size", "seen"]), st.just("is_empty")),
    st.just(Everything()),
)
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)


def bring(workspace: Workspace, records: dict[str, tuple[str, ...]]) -> None:
    if not records:
        return
    path = workspace.path.with_name("leads.csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["Id", "City", "Size", "Seen"])
        out.writerows([key, *values] for key, values in records.items())
    finish(import_records(workspace, path, "Lead"))


def stored(workspace: Workspace, ids: list[int] | None = None) -> dict[str, set[str]]:
    return {each.name: set(queries.member_keys(workspace, each.id)) for each in queries.summaries(workspace, ids=ids)}


def world(workspace: Workspace) -> tuple[RecordType, Context]:
    lead = queries.record_type(workspace, "Lead")
    return lead, context(workspace, lead.id)


@pytest.fixture
def furnished(workspace):
    """A first record that gives every field its type."""
    bring(workspace, {"K0": ("Berlin", "1", "2026-03-01")})
    return workspace


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(rules, min_size=2, max_size=5), records=st.lists(rows, max_size=8))
def test_three_ways_from_a_rule_to_its_members_agree(furnished, made, records):
    """Shared sets, one statement, and Python give the same records, also among the changed ones alone."""
    bring(furnished, {f"K{number + 1}": values for number, values in enumerate(records)})
    lead, about = world(furnished)
    connection = furnished.connection
    newest = queries.change_number(furnished, lead)
    shared = SharedConditions()
    for rule in made:
        shared.expect(rule, lead, about, None)
    for rule in made:
        keys = [key for (key,) in connection.execute(f"SELECT key FROM records_{lead.id}")]
        known = [queries.record_by_key(furnished, lead, key) for key in keys]
        by_python = BitMap(row_id for row_id, record in known if matches(rule, record, lead, about))
        for since in (None, newest - 1):
            joined = shared.matching(connection, rule, lead, about, newest, since)
            assert joined == membership.matching(connection, rule, lead, about, changed_since=since)
            assert joined <= shared.everyone(connection, lead, newest, since)
        assert membership.matching(connection, rule, lead, about, shared=shared) == by_python


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whole_and_incremental_computation_agree(furnished, data):
    """Whatever changes between two computations, looking at the changed records alone gives what all of them give."""
    first, second, turn = data.draw(rules), data.draw(rules), len(queries.summaries(furnished))
    through = All((InSegment(f"First {turn}", data.draw(st.booleans())), second))
    made = {f"First {turn}": first, f"Second {turn}": through, f"Third {turn}": Any((first, second))}
    for name, rule in made.items():
        segments.create(furnished, "Lead", name, rule)
    ids = scenes.ids(furnished, *made)
    finish(computation.compute(furnished, ids))
    for again in data.draw(st.tuples(st.booleans(), st.just(True))):
        numbers = data.draw(st.lists(st.integers(0, 30), unique=True, max_size=6))
        bring(furnished, {f"K{number}": data.draw(rows) for number in numbers})
        if again:
            finish(computation.compute(furnished, ids))
    by_parts = stored(furnished, ids)
    with furnished.change("forget") as change:
        change.connection.execute("UPDATE segment_result SET members = NULL, computed_at = NULL")
    finish(computation.compute(furnished, ids))
    assert stored(furnished, ids) == by_parts


def test_many_segments_ask_for_each_condition_once(furnished, monkeypatch):
    """A hundred segments on three conditions read the records a few times, not a hundred."""
    asked = []

    def selected(connection, record_type, where, parameters=()):
        asked.append(where)
        return known(connection, record_type, where, parameters)

    known = shared_conditions.selected
    monkeypatch.setattr(shared_conditions, "selected", selected)
    monkeypatch.setattr(membership, "selected", selected)
    parts = [scenes.city_is("Berlin"), '{"field":"size","op":"at_least","value":2}', '{"field":"city","op":"is_empty"}']
    for number in range(99):
        pair = [json.loads(parts[number % 3]), json.loads(parts[(number // 3) % 3])]
        segments.create(furnished, "Lead", f"S{number}", from_json(json.dumps({"any": pair})))
    assert len(finish(computation.compute(furnished))) == 99
    assert len(asked) <= 4


def test_few_kept_sets_give_the_same_members(furnished, monkeypatch):
    """Sets that had to be dropped for want of memory are asked for again."""
    monkeypatch.setattr(shared_conditions, "KEPT_BYTES", 0)
    bring(furnished, {f"K{number}": (CITIES[number % 5], "2", "") for number in range(20)})
    for city, other in product(("Berlin", "Łódź", "Oslo"), repeat=2):
        rule = {"any": [json.loads(scenes.city_is(city)), json.loads(scenes.city_is(other))]}
        segments.create(furnished, "Lead", f"{city} {other}", from_json(json.dumps(rule)))
    finish(computation.compute(furnished))
    assert len(stored(furnished)["Berlin Oslo"]) == 12
    assert len(stored(furnished)["Łódź Łódź"]) == 4


def test_records_that_change_during_a_run_are_seen(furnished, monkeypatch):
    """Between two transactions of one run another import may come; later segments see it."""
    monkeypatch.setattr(computation, "SECONDS_A_TRANSACTION", 0.0)
    bring(furnished, {"K1": ("Berlin", "1", ""), "K2": ("Oslo", "1", "")})
    for name in ("A", "B", "C"):
        segments.create(furnished, "Lead", name, from_json(scenes.city_is("Berlin")))
    run = computation.compute(furnished)
    next(run)
    next(run)  # A is stored; B is under way in its own transaction
    run.close()
    assert [each.members for each in queries.summaries(furnished)] == [2, None, None]

    other = Workspace.open(furnished.path, login="ada")
    resumed = computation._Run(furnished, [each.id for each in queries.summaries(furnished)], "by hand")
    for expected in (2, 3, 3):
        resumed.look_ahead()
        with furnished.change("compute") as change:
            finish(resumed.batch(change))
        assert resumed.outcomes[-1].members == expected
        bring(other, {"K2": ("Berlin", "1", "")})
    other.close()


def test_a_rule_too_large_for_one_statement_is_computed_and_previewed(furnished):
    """Segments that rest on each other many times over are worked out one after the other."""
    bring(furnished, {"K1": ("Berlin", "5", ""), "K2": ("Oslo", "5", "")})
    segments.create(furnished, "Lead", "L0", from_json(scenes.city_is("Berlin")))
    for level in range(1, 24):
        twice = [{"op": "in_segment", "value": f"L{level - 1}"}] * 2
        rule = {"all": [*twice, {"field": "size", "op": "at_least", "value": level % 2}]}
        segments.create(furnished, "Lead", f"L{level}", from_json(json.dumps(rule)))
    last = from_json('{"op":"in_segment","value":"L23"}')
    lead, about = world(furnished)
    with pytest.raises(membership.RuleTooLarge):
        membership.compile_rule(last, lead, about)
    assert computation.preview(furnished, "Lead", last).count == 2
    (highest,) = scenes.ids(furnished, "L23")
    assert [(each.members, each.error) for each in finish(computation.compute(furnished, [highest]))] == [(2, None)]


def test_one_segment_that_fails_stops_no_other(furnished):
    """What cannot be read or computed is told with its segment, which keeps its members; the others are computed."""
    made = [segments.create(furnished, "Lead", name, Everything()) for name in ("A", "B", "C", "D")]
    bad, torn = (next(iter(made[place].added)) for place in (1, 2))
    finish(computation.compute(furnished))
    bring(furnished, {"K1": ("Oslo", "1", "")})
    with furnished.change("damage") as change:
        change.connection.execute("UPDATE segment SET rule = '{\"melted\": 1}' WHERE id = ?", (bad,))
        change.connection.execute("UPDATE segment_result SET members = x'0102' WHERE segment_id = ?", (torn,))
    done = {each.name: each for each in finish(computation.compute(furnished))}
    assert done["A"].members == done["D"].members == 2
    assert done["A"].error is done["D"].error is None
    assert done["B"].error
    assert done["C"].error
    assert [each.members for each in queries.summaries(furnished)] == [2, 1, 1, 2]
    assert [len(queries.computations(furnished, each)) for each in (bad, torn)] == [1, 1]


def test_segments_that_move_by_the_clock_are_refreshed_once_a_day(furnished, clock):
    """A relative date makes members leave without any change; the segment is known to wait, and why."""
    recent = from_json('{"field":"seen","op":"in_last","value":{"days":3}}')
    segments.create(furnished, "Lead", "Recent", recent)
    segments.create(furnished, "Lead", "Berlin", from_json(scenes.city_is("Berlin")))
    segments.create(furnished, "Lead", "Through another", from_json('{"op":"in_segment","value":"Recent"}'))
    named = {each.name: each.id for each in queries.summaries(furnished)}
    assert computation.waiting(furnished) == (tuple(named.values()), ())
    finish(computation.compute(furnished))
    clock.now += timedelta(hours=10)
    assert computation.waiting(furnished) == ((), ())
    clock.now += timedelta(days=5)
    by_clock = (named["Recent"], named["Through another"])
    assert computation.waiting(furnished) == ((), by_clock)
    outcomes = finish(computation.compute(furnished))
    assert [(each.name, each.members, each.left) for each in outcomes] == [
        ("Recent", 0, 1),
        ("Through another", 0, 1),
    ]
    assert computation.waiting(furnished) == ((), ())


def test_shared_sets_are_never_handed_out_to_be_changed(furnished):
    """Two segments of one condition have members of their own."""
    lead, about = world(furnished)
    newest = queries.change_number(furnished, lead)
    shared = SharedConditions()
    rule = from_json(scenes.city_is("Berlin"))
    first = shared.matching(furnished.connection, rule, lead, about, newest)
    first |= BitMap([999])
    assert shared.matching(furnished.connection, rule, lead, about, newest) == BitMap([1])
