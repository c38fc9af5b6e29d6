"""Listing, showing, making and changing segments by the command line."""

from __future__ import annotations

import csv
import io

RICHER = '{"all": [{"op": "in_segment", "value": "Rich"}, {"field": "score", "op": "less_than", "value": 100}]}'


def test_list(cli):
    """The JSON of a list holds what scripts rely on, with times in UTC and null where there is nothing."""
    berliners, parisians, rich = cli.json("segments", "list")
    assert berliners["record_type"] == "Lead"
    assert berliners["name"] == "Berliners"
    assert berliners["status"] == "active"
    assert berliners["reason"] is None
    assert berliners["members"] == 2
    assert berliners["tags"] == ["vip"]
    assert berliners["sequences"] == ["Win-back Q4", "Annual survey"]
    assert berliners["live_references"] == 1
    assert berliners["last_used"] is None
    assert berliners["stale"] is berliners["broken"] is berliners["keep_active"] is False
    assert berliners["since"].endswith("Z")
    assert parisians["sequences"] == []
    assert (rich["status"], rich["reason"], rich["computed_at"]) == ("inactive", "not activated", None)


def test_list_chosen(cli):
    """Status, record type and the search language choose what is listed; without them it is everything."""
    assert [each["name"] for each in cli.json("segments", "list", "--status", "inactive")] == ["Rich"]
    assert [each["name"] for each in cli.json("segments", "list", "--search", "tag:vip berl")] == ["Berliners"]
    assert cli.json("segments", "list", "--record-type", "Account") == []
    assert len(cli.json("segments", "list", "--status", "all")) == 3
    table = cli("segments", "list").out
    assert table.splitlines()[0].split()[:2] == ["ID", "Name"]
    rows = list(csv.DictReader(io.StringIO(cli("segments", "list", "--format", "csv").out)))
    assert rows[0]["sequences"] == "Win-back Q4; Annual survey"
    assert rows[2]["members"] == ""


def test_show(cli):
    """One segment is shown as an object with its rule and references, several as a list."""
    shown = cli.json("segments", "show", "Berliners")
    assert shown["rule"] == {"field": "city", "op": "equals", "value": "Berlin"}
    assert shown["description"] == ""
    assert shown["references"][0] == {
        "asset_type": "sequence",
        "asset_id": "s1",
        "asset_name": "Win-back Q4",
        "state": "live",
        "started_on": "2026-01-01",
        "ended_on": None,
    }
    both = cli.json("segments", "show", "--id", 2, "rich", "--record-type", "Lead")
    assert [each["name"] for each in both] == ["Parisians", "Rich"]
    assert "Annual survey (paused)" in cli("segments", "show", "Berliners").out


def test_names_that_are_not_there(cli):
    """An unknown name tells near ones; an unknown id, record type or no name at all is told as well."""
    told = cli("segments", "show", "Berlinerz")
    assert (told.code, told.out) == (1, "")
    assert "Did you mean “Berliners”?" in told.err
    assert "id 77" in cli("segments", "show", "--id", 77).err
    assert cli("segments", "list", "--record-type", "Nobody").code == 1
    assert cli("segments", "show").code == 2


def test_create_and_edit(cli):
    """A new segment is computed at once; an edit changes what is given and computes again."""
    made = cli.json(
        "segments", "create", "--record-type", "lead", "--name", " Early ", "--rule", "-", "--description", "first",
        stdin='\ufeff{"field": "signed_up", "op": "before", "value": "2026-02-01"}',
    )  # fmt: skip
    assert (made["name"], made["members"], made["description"]) == ("Early", 1, "first")
    rule = cli.file("r.json", '{"everything": true}')
    changed = cli.json("segments", "edit", "Early", "--rule", rule, "--name", "All", "--tag", "x", "--tag", "y")
    assert (changed["name"], changed["members"], changed["tags"]) == ("All", 3, ["x", "y"])
    assert changed["description"] == "first"
    assert cli.json("segments", "edit", "All", "--no-tags")["tags"] == []


def test_refused_rules_and_names(cli):
    """A rule that cannot be saved is refused with the path of what is wrong, a taken name with a way out."""
    bad = cli.file("bad.json", '{"all": [{"field": "salary", "op": "equals", "value": 3}]}')
    told = cli("segments", "create", "--record-type", "Lead", "--name", "X", "--rule", bad)
    assert told.code == 1
    assert "all[0]" in told.err
    assert "exists already" in cli("segments", "edit", "Rich", "--name", "parisians").err
    assert cli("segments", "edit", "Rich").code == 2
    assert cli("segments", "edit", "Rich", "Parisians", "--name", "X").code == 2
    assert "cannot be read" in cli("segments", "edit", "Rich", "--rule", "gone.json").err


def test_explain(cli):
    """Why a record is a member is told as a tree of conditions with their truth."""
    told = cli.json("segments", "explain", "Berliners", "--record", "3")
    assert (told["member"], told["matches"]) == (True, True)
    assert told["because"]["op"] == "equals"
    assert told["because"]["true"] is True
    assert told["because"]["record_value"] == "berlin"
    assert "✗" in cli("segments", "explain", "Berliners", "--record", "2").out
    assert cli("segments", "explain", "Berliners", "--record", "none").code == 1


def test_explain_writes_values_as_preview_does(empty):
    """A moment is the same text in both."""
    seen = "2026-03-29T00:59:59.500000Z"
    (empty.folder / "r.jsonl").write_text(f'{{"key": "1", "seen": "{seen}"}}', encoding="utf-8")
    assert empty("import", "records", "r.jsonl", "--record-type", "Lead").code == 0
    empty.create("Seen", '{"field": "seen", "op": "on", "value": "2026-03-29"}')
    told = empty.json("segments", "explain", "Seen", "--record", "1")
    previewed = empty.json("preview", "--record-type", "Lead", "--rule", "-", stdin='{"everything": true}')
    assert told["because"]["record_value"] == previewed["sample"][0]["seen"] == seen


def test_preview(cli):
    """A preview counts, samples and lists keys, and stores nothing."""
    rule = cli.file("r.json", '{"field": "city", "op": "equals", "value": "berlin"}')
    before = cli.json("segments", "list")
    told = cli.json("preview", "--record-type", "Lead", "--rule", rule, "--ids", "--sample", 1)
    assert (told["count"], told["keys"]) == (2, ["1", "3"])
    assert told["sample"] == [
        {"key": "1", "id": 1, "city": "Berlin", "score": 10, "revenue": 12.5, "signed_up": "2026-01-05"}
    ]
    assert "12.50" in cli("preview", "--record-type", "Lead", "--rule", rule, "--format", "json").out
    assert cli.json("segments", "list") == before


def test_compute(cli):
    """Named segments, all Active ones, or those out of date are computed; each is reported."""
    assert cli.json("compute", "--stale") == []
    assert [each["name"] for each in cli.json("compute", "--all")] == ["Berliners", "Parisians"]
    (one,) = cli.json("compute", "Berliners")
    assert {key: one[key] for key in ("name", "members", "joined", "left")} == {
        "name": "Berliners",
        "members": 2,
        "joined": 0,
        "left": 0,
    }
    assert cli("compute", "Berliners", "--all").code == 2
    assert cli("compute").out == "Nothing is out of date.\n"


def test_what_moves_with_time_is_stale_on_any_other_day(cli):
    """Computed today, it is computed again as of a later and as of an earlier day."""
    cli(
        "segments",
        "create",
        "--record-type",
        "Lead",
        "--name",
        "New",
        "--rule",
        cli.file("new.json", '{"field": "signed_up", "op": "in_last", "value": {"days": 10}}'),
    )
    for day, members in (("2026-03-10", 1), ("2026-02-10", 1), ("2026-01-08", 1), ("2027-01-08", 0)):
        computed = {each["name"]: each["members"] for each in cli.json("compute", "--stale", "--as-of", day)}
        assert computed["New"] == members, day
        assert "New" not in {each["name"] for each in cli.json("compute", "--stale", "--as-of", day)}
