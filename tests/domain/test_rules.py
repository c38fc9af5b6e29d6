"""Rules: their JSON, their checks, their circles, their sentences and explanations."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from segment_manager.domain.errors import CircularRule, InvalidRule
from segment_manager.domain.records import Field, FieldType, RecordType
from segment_manager.domain.rules import (
    All,
    Any,
    Condition,
    Context,
    Duration,
    Everything,
    InSegment,
    Not,
    broken_because,
    check,
    check_circle,
    depends_on_time,
    describe,
    explain,
    fields_used,
    from_json,
    matches,
    missing,
    rename_segment,
    segments_used,
    to_json,
)

T = FieldType
LEAD = RecordType(
    1,
    "Lead",
    (
        Field("city", "City", T.TEXT),
        Field("employees", "Employees", T.INTEGER),
        Field("score", "Score", T.DECIMAL, places=2),
        Field("created_on", "Created on", T.DATE),
        Field("seen_at", "Seen at", T.DATETIME),
        Field("vip", "VIP", T.BOOLEAN),
        Field("tags", "Tags", T.CHOICES),
    ),
)
CONTEXT = Context(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
BERLIN = Condition("city", "equals", "Berlin")


def problems(source, **known):
    with pytest.raises(InvalidRule) as caught:
        check(from_json(source), LEAD, **known)
    return dict(caught.value.problems)


def test_json_round_trip_keeps_every_digit():
    """Numbers come back to the last digit, whatever their size."""
    numbers = "[0.1,12345678901234567890.123456789,1e400,-7]"
    text = f'{{"all":[{{"field":"score","op":"in","value":{numbers}}},{{"everything":true}}]}}'
    rule = from_json(text)
    assert rule.children[0].value == (
        Decimal("0.1"), Decimal("12345678901234567890.123456789"), Decimal("1e400"), -7,
    )  # fmt: skip
    assert from_json(to_json(rule)) == rule
    assert "12345678901234567890.123456789" in to_json(rule)


def test_json_is_canonical():
    """Equal rules give equal texts."""
    one = from_json('{"op": "equals", "value": 1.50, "field": "score", "case_sensitive": false}')
    two = from_json({"field": "score", "op": "equals", "value": 1.5})
    assert to_json(one) == to_json(two) == '{"field":"score","op":"equals","value":1.5}'


@pytest.mark.parametrize(
    ("source", "path", "words"),
    [
        ("{", "", "line 1"),
        ("[]", "", "a list"),
        ('{"all": {}}', "", "list"),
        ('{"all": [{"field": "city", "op": "equals", "value": "x"}, {"any": [3]}]}', "all[1].any[0]", "a number"),
        ('{"all": [], "any": []}', "", "exactly one"),
        ('{"all": [], "field": "city"}', "", "“field”"),
        ('{"not": {"field": "city", "op": "eqals", "value": "x"}}', "not", "did you mean “equals”"),
        ('{"field": "city", "op": "equals", "valeu": "x"}', "", "did you mean “value”"),
        ('{"any": [{"field": "city", "value": "x"}]}', "any[0]", "operator"),
        ('{"op": "is_empty"}', "", "field"),
        ('{"everything": false}', "", "only be true"),
        ('{"all": [{"everything": true}], "all": [{"everything": true}]}', "", "more than once"),
        ('{"field": "city", "op": "in", "value": [["x"]]}', "", "a list"),
        ('{"field": "city", "op": "in", "value": [null]}', "", "null"),
        ('{"field": "created_on", "op": "in_last", "value": {"days": 1, "weeks": 2}}', "", "one unit"),
        ('{"field": "created_on", "op": "in_last", "value": {"days": 1.5}}', "", "whole number"),
        ('{"field": "city", "op": "equals", "value": NaN}', "", "number"),
        ('{"op": "in_segment", "field": "city", "value": "x"}', "", "takes no “field”"),
        ('{"op": "in_segment", "value": 3}', "", "name of a segment"),
        ('{"field": "city", "op": "equals", "value": "x", "case_sensitive": 1}', "", "true or false"),
        ('{"not":' * 5000 + "1" + "}" * 5000, "", "50"),
        ('{"not":' * 60 + '{"everything":true}' + "}" * 60, ".".join(["not"] * 51), "50"),
        (b"\xff", "", "UTF-8"),
        ("1e99999999999999999999", "", "number"),
    ],
)
def test_shape_is_refused(source, path, words):
    """What is no rule is refused with the path of the node and a reason."""
    with pytest.raises(InvalidRule) as caught:
        from_json(source)
    found = [message for where, message in caught.value.problems if where == path]
    assert any(words in message for message in found), caught.value.problems


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"field": "cty", "op": "equals", "value": "x"}, "did you mean “city”"),
        ({"field": "Created on", "op": "on", "value": "2026-01-01"}, "did you mean “created_on”"),
        ({"field": "employees", "op": "contains", "value": "5"}, "does not go with"),
        ({"field": "employees", "op": "equals", "value": "5"}, "a number"),
        ({"field": "employees", "op": "equals", "value": True}, "a number"),
        ({"field": "employees", "op": "equals"}, "missing"),
        ({"field": "employees", "op": "between", "value": [1]}, "two values"),
        ({"field": "employees", "op": "in", "value": []}, "empty"),
        ({"field": "employees", "op": "in", "value": 5}, "a list"),
        ({"field": "employees", "op": "is_empty", "value": 5}, "no value"),
        ({"field": "employees", "op": "equals", "value": 5, "case_sensitive": True}, "case_sensitive"),
        ({"field": "city", "op": "equals", "value": 5}, "a text"),
        ({"field": "city", "op": "equals", "value": "a\0b"}, "control character"),
        ({"field": "city", "op": "equals", "value": "\ud800"}, "cannot be stored"),
        ({"field": "city", "op": "matches", "value": "(a"}, "regular expression"),
        ({"field": "city", "op": "matches", "value": "(?=a)"}, "regular expression"),
        ({"field": "created_on", "op": "on", "value": "2026-02-30"}, "a date"),
        ({"field": "created_on", "op": "on", "value": "2026-02-03T10:00"}, "a date"),
        ({"field": "created_on", "op": "in_last", "value": {"hours": 3}}, "unit"),
        ({"field": "created_on", "op": "in_last", "value": {"days": -3}}, "negative"),
        ({"field": "created_on", "op": "in_last", "value": 30}, "length of time"),
        ({"field": "created_on", "op": "in_period", "value": "this_decade"}, "period"),
        ({"field": "seen_at", "op": "after", "value": "yesterday"}, "a time"),
        ({"field": "vip", "op": "in", "value": [1]}, "true or false"),
        ({"field": "tags", "op": "in", "value": ["a"]}, "does not go with"),
        ({"field": "tags", "op": "contains_any", "value": [1]}, "a text"),
    ],
)
def test_condition_is_refused(condition, words):
    """A condition that does not fit its field is refused, with its path and a reason."""
    assert words in problems({"all": [{"everything": True}, {"any": [condition]}]})["all[1].any[0]"]


def test_all_problems_at_once():
    """Every problem of a rule is told in one go."""
    rule = {"all": [{"any": []}, {"field": "nope", "op": "is_empty"}, {"not": {"op": "in_segment", "value": "Old"}}]}
    assert set(problems(rule, segment_names={"new"})) == {"all[0]", "all[1]", "all[2].not"}
    assert problems({"all": []})[""].startswith("The group is empty")


def test_size_limits():
    """A thousand conditions pass, one more does not; neither does a tree built deeper than fifty groups."""
    check(All((BERLIN,) * 1000), LEAD)
    with pytest.raises(InvalidRule, match="1000"):
        check(All((BERLIN,) * 1001), LEAD)
    with pytest.raises(InvalidRule, match="1000"):
        from_json(to_json(All((BERLIN,) * 1001)))
    deep = BERLIN
    for _ in range(51):
        deep = Not(deep)
    check(deep.child, LEAD)
    with pytest.raises(InvalidRule, match="50"):
        check(deep, LEAD)


def test_segment_names_fold():
    """A reference finds its segment by folded name, and a segment may not refer to itself."""
    check(InSegment("STRASSE"), LEAD, {"strasse"})
    assert "circle" in problems({"op": "in_segment", "value": "EMEA"}, segment_names={"emea"}, own_name="Emea")[""]
    assert "no segment" in problems({"op": "not_in_segment", "value": "EMEA"}, segment_names={"apac"})[""]


def test_circle_is_shown():
    """A circle through others is refused, seen under not and as the last of many, with its names and path."""
    rules = {"b": All((Everything(), Not(Any((BERLIN, InSegment("C")))))), "c": InSegment("a", negative=True)}
    with pytest.raises(CircularRule) as caught:
        check_circle("A", All((BERLIN, Not(InSegment("B")))), rules.get)
    assert caught.value.circle == ("A", "B", "C", "A")
    assert caught.value.problems[0][0] == "all[1].not"
    assert "“A” → “B” → “C” → “A”" in str(caught.value)


def test_diamond_is_no_circle():
    """Two ways to the same segment are allowed, and so are 5,000 segments in a row."""
    rules = {"b": InSegment("d"), "c": InSegment("d"), "d": BERLIN}
    check_circle("a", All((InSegment("b"), InSegment("c"), InSegment("b"))), rules.get)
    chain = {f"s{n}": InSegment(f"s{n + 1}") for n in range(5000)}
    check_circle("a", InSegment("s0"), chain.get)
    assert broken_because("a", InSegment("s0"), LEAD, {**chain, "s5000": BERLIN}.get) == ()


def test_missing():
    """A saved rule names what it refers to and is gone, or no longer fits."""
    rule = All((BERLIN, Condition("gone", "is_empty"), Not(InSegment("Old")), Condition("vip", "equals", "x")))
    assert missing(rule, LEAD, {"new"}) == (
        "field “gone”",
        "segment “Old”",
        "field “vip” with values that fit “equals”",
    )
    assert missing(BERLIN, LEAD, set()) == ()


def test_used_and_renamed():
    """The names a rule uses are found wherever they stand, and a segment's new name reaches all of them."""
    rule = Any((BERLIN, Not(All((InSegment("old"), InSegment("OLD", negative=True), InSegment("Other"))))))
    assert segments_used(rule) == {"old", "OLD", "Other"}
    assert fields_used(rule) == {"city"}
    renamed = rename_segment(rule, "Old", "New")
    assert segments_used(renamed) == {"New", "Other"}
    assert renamed.children[1].child.children[1].negative


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (Everything(), "every record"),
        (BERLIN, "City is “Berlin”"),
        (
            Condition("city", "in", ("A", "B", "C"), True),
            "City is one of “A”, “B” or “C” (upper and lower case as written)",
        ),
        (Condition("score", "not_between", (Decimal("0.50"), 2)), "Score is not between 0.5 and 2"),
        (Condition("created_on", "in_last", Duration(1, "weeks")), "Created on is in the last 1 week"),
        (Condition("created_on", "not_in_period", "last_month"), "Created on is not in last month"),
        (Condition("seen_at", "after", "2026-01-01T10:00"), "Seen at is after 2026-01-01 10:00"),
        (Condition("vip", "is_true"), "VIP is true"),
        (InSegment("EMEA", negative=True), "is not in segment “EMEA”"),
        (Condition("gone", "equals", "{value}{0}%s"), "gone is “{value}{0}%s”"),
        (Any((All((BERLIN,)), All((BERLIN, BERLIN)))), "City is “Berlin” or (City is “Berlin” and City is “Berlin”)"),
    ],
)
def test_sentence(rule, sentence):
    """A rule reads as a plain sentence with the labels of its fields."""
    assert describe(rule, LEAD) == sentence


def test_explanation():
    """An explanation shows each condition with the record's value and its truth, and is ready for JSON."""
    rules = {"emea": Any((BERLIN, Condition("score", "greater_than", Decimal("1.5"))))}
    context = Context(CONTEXT.now, CONTEXT.zone, rule_of=rules.get)
    record = {"city": "Rome", "score": Decimal("2.50"), "created_on": date(2026, 3, 1)}
    rule = All((InSegment("EMEA"), Condition("created_on", "in_last", Duration(1, "days")), Not(BERLIN)))
    tree = json.loads(json.dumps(explain(rule, record, LEAD, context)))
    assert tree["true"] is True
    assert tree["op"] == "all"
    inside = tree["children"][0]["children"][0]["children"]
    assert [one["true"] for one in inside] == [False, True]
    assert inside[1] == {
        "op": "greater_than", "field": "score", "value": 1.5, "record_value": 2.5, "true": True, "children": [],
    }  # fmt: skip
    assert tree["children"][1]["value"] == {"days": 1}
    assert tree["children"][1]["record_value"] == "2026-03-01"
    assert tree["children"][2]["op"] == "not"
    assert tree["children"][2]["true"] is True


def test_explanation_of_what_is_broken():
    """A broken rule is explained as matching nobody, and says what it lacks."""
    tree = explain(Not(Condition("gone", "is_empty")), {}, LEAD, CONTEXT)
    assert tree["true"] is False
    assert tree["broken"] == ["field “gone”"]


def test_depends_on_time():
    """A rule depends on the time when it, or a segment it rests on, counts from the moment of the computation."""
    recent = Condition("created_on", "not_in_last", Duration(1, "days"))
    assert depends_on_time(Not(recent))
    assert not depends_on_time(BERLIN)
    assert depends_on_time(InSegment("Recent"), {"recent": recent}.get)


def test_empty_record():
    """A record without the field counts as empty."""
    assert not matches(BERLIN, {}, LEAD, CONTEXT)
    assert matches(Condition("city", "is_empty"), {}, LEAD, CONTEXT)
