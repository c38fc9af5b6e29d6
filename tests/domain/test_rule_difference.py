"""The difference of two rules is told condition by condition."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from segment_manager.domain.records import Field, FieldType, RecordType
from segment_manager.domain.rule_difference import differences
from segment_manager.domain.rules import from_json
from tests.storage.test_rule_twin import LEAD as WIDE
from tests.storage.test_shared_conditions import rules

LEAD = RecordType(1, "Lead", (Field("city", "City", FieldType.TEXT), Field("size", "Size", FieldType.INTEGER)))
BERLIN = {"field": "city", "op": "equals", "value": "Berlin"}
OSLO = {"field": "city", "op": "equals", "value": "Oslo"}
LARGE = {"field": "size", "op": "at_least", "value": 50}
HUGE = {"field": "size", "op": "at_least", "value": 500}
VIP = {"op": "in_segment", "value": "VIP"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (BERLIN, BERLIN, []),
        (BERLIN, {"all": [BERLIN]}, []),
        ({"any": [BERLIN]}, {"all": [{"any": [BERLIN]}]}, []),
        (BERLIN, OSLO, ["Changed: City is “Berlin” → City is “Oslo”"]),
        (BERLIN, {"not": BERLIN}, ["Changed: City is “Berlin” → Not (City is “Berlin”)"]),
        (BERLIN, {"all": [BERLIN, LARGE]}, ["Added: Size is at least 50"]),
        ({"all": [BERLIN, LARGE, VIP]}, {"all": [BERLIN, VIP]}, ["Removed: Size is at least 50"]),
        (
            {"all": [BERLIN, LARGE]},
            {"any": [BERLIN, HUGE]},
            ["Changed: All of these hold → Any of these holds", "Changed: Size is at least 50 → Size is at least 500"],
        ),
        (
            {"all": [BERLIN, {"any": [LARGE, VIP]}]},
            {"all": [BERLIN, LARGE, {"any": [OSLO, VIP]}]},
            ["Moved: Size is at least 50 (to the whole rule)", "Added: City is “Oslo” (within “Any of these holds”)"],
        ),
        (
            {"all": [BERLIN, {"not": {"any": [LARGE, VIP]}}]},
            {"all": [BERLIN, {"not": {"any": [HUGE, VIP]}}]},
            ["Changed: Size is at least 50 → Size is at least 500 (within “None of these holds”)"],
        ),
        (VIP, {"op": "not_in_segment", "value": "VIP"}, ["Changed: Is in segment “VIP” → Is not in segment “VIP”"]),
        (BERLIN, {"everything": True}, ["Removed: City is “Berlin”", "Added: Every record"]),
    ],
)
def test_differences(old, new, said):
    """What was added, removed, changed or moved, with the group it stands in."""
    found = differences(from_json(json.dumps(old)), from_json(json.dumps(new)), LEAD)
    assert [each.said for each in found] == said


@given(rules, rules)
def test_only_equal_rules_are_told_as_equal(old, new):
    """A rule differs from itself in nothing, and whatever differs can be said, both ways."""
    assert differences(old, old, WIDE) == ()
    there, back = differences(old, new, WIDE), differences(new, old, WIDE)
    assert bool(there) == bool(back)
    assert all(each.said for each in there)
