"""Importing segment definitions."""

from __future__ import annotations

import json

import pytest

from segment_manager.domain.errors import ImportRefused
from segment_manager.operations import computation, history
from segment_manager.operations.jobs import finish
from segment_manager.operations.segment_import import import_segments
from segment_manager.storage import queries
from tests.operations import scenes


@pytest.fixture
def world(workspace):
    """Two leads."""
    scenes.add_leads(workspace, [("L1", "Berlin"), ("L2", "Paris")])
    return workspace


def run(workspace, path, *definitions, **options):
    path.write_text("".join(json.dumps(each) + "\n" for each in definitions), encoding="utf-8")
    return finish(import_segments(workspace, path, **options))


def definition(name, rule, **more):
    return {"record_type": "Lead", "name": name, "rule": json.loads(rule), **more}


def test_definitions_arrive_inactive_not_activated_unless_they_say_otherwise(world, tmp_path):
    """Status and dates come from the file where it gives them."""
    report = run(
        world, tmp_path / "s.jsonl",
        definition("A", scenes.city_is("Berlin"), description="d", tags=["x", "y"]),
        definition("B", scenes.city_is("Paris"), status="active", created_on="2025-01-05", activated_on="2025-02-01"),
    )  # fmt: skip
    assert (report.read, report.added) == (2, 2)
    assert scenes.status(world, "A") == ("inactive", "not activated")
    assert scenes.status(world, "B") == ("active", None)
    found = {each.name: each for each in queries.summaries(world)}
    assert (found["A"].description, found["A"].tags) == ("d", ("x", "y"))
    assert found["B"].created_at.date().isoformat() == "2025-01-05"
    finish(computation.compute(world, sorted(report.change.to_compute)))
    assert scenes.member_keys(world, "B") == ["L2"]


def test_rules_may_refer_to_segments_further_down(world, tmp_path):
    """Order in the file does not matter; a reference is kept either way."""
    run(
        world,
        tmp_path / "s.jsonl",
        definition("A", '{"op":"in_segment","value":"B"}'),
        definition("B", scenes.city_is("X")),
    )
    assert [each.name for each in queries.dependents(world, *scenes.ids(world, "B"))] == ["A"]


def test_bad_definitions_and_what_rests_on_them_are_rejected_with_their_line(world, tmp_path):
    """An unknown field takes the segment down that refers to it; the circle is shown; the rest can go in."""
    definitions = [
        definition("Good", scenes.city_is("Berlin")),
        definition("Bad", '{"field":"town","op":"equals","value":"x"}'),
        definition("On bad", '{"op":"in_segment","value":"Bad"}'),
        definition("C1", '{"op":"in_segment","value":"C2"}'),
        definition("C2", '{"op":"in_segment","value":"C1"}'),
        {"record_type": "Spaceship", "name": "X", "rule": {"everything": True}},
        definition("good", scenes.city_is("Rome")),
    ]
    with pytest.raises(ImportRefused) as caught:
        run(world, tmp_path / "s.jsonl", *definitions)
    assert [bad.line for bad in caught.value.report.bad_rows] == [2, 3, 4, 5, 6, 7]
    assert queries.all_segment_names(world, 1) == []
    report = run(world, tmp_path / "s.jsonl", *definitions, skip_bad_rows=True)
    assert (report.added, report.rejected) == (1, 6)


def test_importing_again_updates_the_definition_and_leaves_the_status(world, tmp_path):
    """Same name: rule, description and tags follow the file."""
    run(world, tmp_path / "s.jsonl", definition("A", scenes.city_is("Berlin"), status="active"))
    again = run(world, tmp_path / "s.jsonl", definition("A", scenes.city_is("Berlin")))
    assert (again.added, again.updated, again.unchanged) == (0, 0, 1)
    changed = run(world, tmp_path / "s.jsonl", definition("a", scenes.city_is("Paris")))
    assert (changed.updated, scenes.status(world, "A")) == (1, ("active", None))
    history.undo(world)
    assert queries.rule_of(world, *scenes.ids(world, "A")) == scenes.city_is("Berlin").replace(" ", "")


def test_csv_definitions_hold_the_rule_as_json(world, tmp_path):
    """The same columns as CSV."""
    path = tmp_path / "s.csv"
    rule = scenes.city_is("Berlin").replace('"', '""')
    path.write_text(f'record_type,name,rule,tags,status\nlead,A,"{rule}","x, y",active\n', encoding="utf-8")
    assert finish(import_segments(world, path)).added == 1
    assert queries.summaries(world)[0].tags == ("x", "y")


def test_a_line_that_is_no_json_is_told(world, tmp_path):
    """With its number."""
    path = tmp_path / "s.jsonl"
    path.write_text('{"record_type": "Lead", "name": "A"\n', encoding="utf-8")
    with pytest.raises(ImportRefused, match="line 1"):
        finish(import_segments(world, path))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"record_type": "Lead", "name": "A", "rule": {}}', "“rule”: The operator"),
        ('{"record_type": "Lead", "name": "A", "rule": []}', "this is a list"),
        ('{"record_type": "Lead", "name": "A", "rule": null}', "The rule is missing"),
        ('{"record_type": "Lead", "name": ["A"], "rule": {"everything": true}}', "“name”: A text is expected"),
        ('{"record_type": "Lead", "name": "A", "rule": {"everything": true}, "status": true}', "“status”: A text"),
        (
            '{"record_type": "Lead", "name": "A", "rule": {"field": "city", "op": "equals", "value": "x", "value": 1}}',
            "“value” is given more than once",
        ),
        ('{"not": ' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_definition_is_told(world, tmp_path, line, said):
    """The line, the column and what is wrong there."""
    path = tmp_path / "s.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match="line 1") as refused:
        finish(import_segments(world, path))
    assert said in str(refused.value)


def test_a_number_can_be_a_name(world, tmp_path):
    """As it is written."""
    assert run(world, tmp_path / "s.jsonl", definition(2026, scenes.city_is("Berlin"))).added == 1
    assert [each.name for each in queries.summaries(world)] == ["2026"]
