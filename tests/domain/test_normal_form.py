"""Normal forms: what means the same becomes equal, and a normal form matches the same records as its rule."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segment_manager.domain.normal_form import normal_form
from segment_manager.domain.rules import All, Any, Not, check, from_json, matches, to_json, walk
from tests.storage.test_rule_twin import LEAD, contexts, groups, records, relaxed


def normal(source) -> str:
    return to_json(normal_form(from_json(source), LEAD))


def city(op, value, **more):
    return {"field": "city", "op": op, "value": value, **more}


def size(op, value):
    return {"field": "size", "op": op, "value": value}


BERLIN, PARIS = city("equals", "Berlin"), city("equals", "Paris")
BIG = size("greater_than", 10)
NEW = {"field": "tags", "op": "contains_any", "value": ["new"]}
EMEA = {"op": "in_segment", "value": "EMEA"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"all": [BERLIN, BIG]}, {"all": [BIG, BERLIN]}),
        ({"all": [BERLIN, {"all": [BIG, NEW]}]}, {"all": [NEW, BIG, BERLIN]}),
        ({"any": [{"any": [BERLIN, BIG]}, NEW, BERLIN]}, {"any": [NEW, {"any": [BIG]}, BERLIN]}),
        ({"all": [{"any": [{"all": [BERLIN]}]}]}, BERLIN),
        ({"not": {"not": BERLIN}}, BERLIN),
        ({"not": BERLIN}, city("not_equals", "berlin")),
        ({"not": city("not_contains", "B")}, city("contains", "b")),
        ({"not": EMEA}, {"op": "not_in_segment", "value": "emea"}),
        ({"not": {"any": [BERLIN, EMEA]}}, {"all": [{"not": EMEA}, {"not": BERLIN}]}),
        ({"not": {"field": "city", "op": "is_empty"}}, {"field": "city", "op": "is_not_empty"}),
        (city("in", ["Paris", "BERLIN", "paris"]), {"any": [BERLIN, PARIS]}),
        (city("not_in", ["Paris", "BERLIN"]), {"all": [{"not": BERLIN}, {"not": PARIS}]}),
        (city("in", ["Berlin"], case_sensitive=True), city("equals", "Berlin", case_sensitive=True)),
        (city("equals", "Cafe\u0301", case_sensitive=True), city("equals", "Caf\u00e9", case_sensitive=True)),
        (city("starts_with", "STRASSE"), city("starts_with", "straße")),
        (size("equals", 5), size("in", [5.0, 5])),
        ({"field": "score", "op": "at_least", "value": 2.50}, {"field": "score", "op": "at_least", "value": 2.5}),
        (
            {"field": "seen", "op": "after", "value": "2026-01-31T14:30+01:00"},
            {"field": "seen", "op": "after", "value": "2026-01-31 13:30:00Z"},
        ),
        ({"field": "born", "op": "on", "value": "2026-01-31"}, {"field": "born", "op": "in", "value": ["2026-01-31"]}),
        (
            {"field": "born", "op": "in_last", "value": {"weeks": 2}},
            {"field": "born", "op": "in_last", "value": {"days": 14}},
        ),
        ({"field": "vip", "op": "is_true"}, {"field": "vip", "op": "in", "value": [True]}),
        ({"any": [{"field": "vip", "op": "is_true"}, {"field": "vip", "op": "is_false"}]},
         {"field": "vip", "op": "is_not_empty"}),
        ({"all": [NEW, {"field": "tags", "op": "contains_any", "value": ["Hot"]}]},
         {"field": "tags", "op": "contains_all", "value": ["hot", "NEW"]}),
        ({"any": [NEW, {"field": "tags", "op": "contains_all", "value": ["Hot"]}]},
         {"field": "tags", "op": "contains_any", "value": ["hot", "NEW"]}),
        ({"all": [{"everything": True}, BERLIN]}, BERLIN),
        ({"all": [{"everything": True}]}, {"everything": True}),
    ],
)  # fmt: skip
def test_the_same_meaning_is_the_same_text(one, other):
    """Two ways to say one thing have one normal form."""
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (BERLIN, city("equals", "Berlin", case_sensitive=True)),
        (city("equals", "berlin", case_sensitive=True), city("equals", "Berlin", case_sensitive=True)),
        ({"all": [BERLIN, BIG]}, {"any": [BERLIN, BIG]}),
        ({"not": BIG}, size("at_most", 10)),
        (size("between", [1, 5]), size("between", [5, 1])),
        (city("matches", r"\d"), city("matches", r"\D")),
        ({"field": "seen", "op": "in_last", "value": {"hours": 24}},
         {"field": "seen", "op": "in_last", "value": {"days": 1}}),
        ({"field": "seen", "op": "on", "value": "2026-01-31T10:00"},
         {"field": "seen", "op": "in", "value": ["2026-01-31T10:00"]}),
        ({"any": [{"everything": True}, EMEA]}, {"everything": True}),
        ({"all": [{"field": "tags", "op": "contains_any", "value": ["a", "b"]}, NEW]},
         {"field": "tags", "op": "contains_all", "value": ["a", "b", "new"]}),
    ],
)  # fmt: skip
def test_what_differs_stays_different(one, other):
    """What can answer differently for some record never becomes equal."""
    assert normal(one) != normal(other)


def test_a_broken_rule_stays_as_it_is():
    """An empty group or a field that is gone is not made to look whole."""
    for broken in ({"all": [{"all": []}, BERLIN]}, {"any": [{"field": "gone", "op": "is_empty"}, BERLIN, BERLIN]}):
        assert normal(broken) == to_json(from_json(broken))


@settings(relaxed, max_examples=200)
@given(st.lists(records, min_size=1, max_size=8), groups, contexts)
def test_a_normal_form_matches_the_same_records(rows, rule, context):
    """For every rule, record, time and zone."""
    made = normal_form(rule, LEAD)
    check(made, LEAD)
    assert [matches(made, row, LEAD, context) for row in rows] == [matches(rule, row, LEAD, context) for row in rows]


@settings(relaxed, max_examples=120)
@given(groups)
def test_a_normal_form_is_its_own(rule):
    """Making it again changes nothing, it survives JSON, and it is nested no deeper than its rule."""
    made = normal_form(rule, LEAD)
    assert normal_form(made, LEAD) == made
    assert to_json(normal_form(from_json(to_json(made)), LEAD)) == to_json(made)
    assert max(depth for _, _, depth in walk(made)) <= max(1, *(depth for _, _, depth in walk(rule)))


def shuffled(rule, random):
    """The same rule with its children in another order, some of them twice, in needless groups."""
    match rule:
        case All() | Any():
            children = [shuffled(child, random) for child in rule.children]
            children += random.sample(children, random.randint(0, 1))
            random.shuffle(children)
            if len(children) > 2:
                children = [type(rule)(tuple(children[:2])), *children[2:]]
            return type(rule)(tuple(children))
        case Not():
            return Not(Any((shuffled(rule.child, random),)))
        case _:
            return Not(Not(rule)) if random.random() < 0.3 else All((rule,))


@settings(relaxed, max_examples=120)
@given(groups, st.randoms(use_true_random=False))
def test_order_and_needless_groups_do_not_matter(rule, random):
    """A rule written in another order, with repetitions and needless groups, has the same normal form."""
    other = shuffled(rule, random)
    assert to_json(normal_form(other, LEAD)) == to_json(normal_form(rule, LEAD)), json.dumps(to_json(other))
