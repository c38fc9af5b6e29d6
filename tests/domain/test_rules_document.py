"""docs/rule-format.md tells the truth: its examples are run."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from segment_manager.domain.operators import OPERATORS, operators_for
from segment_manager.domain.records import Field, FieldType, RecordType
from segment_manager.domain.rules import Context, check, describe, from_json, matches

TEXT = (Path(__file__).parents[2] / "docs" / "rule-format.md").read_text(encoding="utf-8")
T = FieldType
LEAD = RecordType(
    1,
    "Lead",
    (
        Field("city", "City", T.TEXT),
        Field("email", "Email", T.TEXT),
        Field("stage", "Stage", T.CHOICE, ("New", "Won", "Lost")),
        Field("tags", "Tags", T.CHOICES, ("a", "b", "c")),
        Field("employees", "Employees", T.INTEGER),
        Field("score", "Score", T.DECIMAL, places=2),
        Field("created_on", "Created on", T.DATE),
        Field("seen_at", "Seen at", T.DATETIME),
        Field("vip", "VIP", T.BOOLEAN),
    ),
)
CONTEXT = Context(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
ROWS = re.findall(r"^\| `(\w+)`.*? \| `(\{.*?\})` \| (.*?) \| (.*?)\|$", TEXT, re.MULTILINE)


def value_of(field, text):
    given = json.loads(text, parse_float=Decimal)
    if given is None:
        return None
    match field.type:
        case T.DATE:
            return date.fromisoformat(given)
        case T.DATETIME:
            return datetime.fromisoformat(given).replace(tzinfo=UTC)
        case T.DECIMAL:
            return Decimal(given)
        case T.CHOICES:
            return tuple(given)
        case _:
            return given


@pytest.mark.parametrize(("operator", "example", "true", "false"), ROWS)
def test_example(operator, example, true, false):
    """An example is accepted, and matches what the document says and nothing of what it says it does not."""
    rule = from_json(example)
    check(rule, LEAD)
    assert rule.op == operator
    field = LEAD.field(rule.field)
    for cell, expected in ((true, True), (false, False)):
        for text in re.findall(r"`(.*?)`", cell):
            assert matches(rule, {rule.field: value_of(field, text)}, LEAD, CONTEXT) is expected, text


def test_every_operator_has_an_example():
    """Every operator that compares a field stands in the document with an example."""
    assert {row[0] for row in ROWS} == {name for name, operator in OPERATORS.items() if not operator.for_segments}


def test_documented_operators_fit_their_section():
    """The operators of a section are those of its types."""
    for heading, kind in (
        ("Text and choice", T.TEXT),
        ("Integer and decimal", T.INTEGER),
        ("Date and datetime", T.DATE),
    ):
        section = TEXT.split(f"### {heading}")[1].split("###")[0]
        named = set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))
        assert {operator.name for operator in operators_for(kind)} - named <= {"is_empty", "is_not_empty"}


def test_first_example():
    """The rule at the top is valid, and its sentence in words is the one the program says."""
    rule = from_json(TEXT.split("```json")[1].split("```")[0])
    check(rule, LEAD)
    assert describe(rule, LEAD) in TEXT.replace("\n", " ")
