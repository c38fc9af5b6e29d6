"""Exports: what is in them, and that they are safe to keep and to open."""

from __future__ import annotations

import csv
import io
import json
import stat
import sys

import pytest

from tests.cli.conftest import LEADS


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_members_and_connections(cli):
    """Members are records with their key; connections name the segment through which a record came."""
    members = cli.json("export", "members", "--segment", "Berliners")
    assert [each["key"] for each in members] == ["1", "3"]
    assert members[0]["city"] == "Berlin"
    connections = cli.json("export", "connections", "--sequence", "Win-back Q4")
    assert [(each["key"], each["segment_name"]) for each in connections] == [("1", "Berliners"), ("3", "Berliners")]
    assert all(each["connected_at"].endswith("Z") for each in connections)
    assert cli.json("export", "connections", "--sequence", "Annual survey") == []
    assert cli("export", "connections", "--sequence", "Nothing").code == 1
    assert cli("export", "members").code == 2
    assert cli("export", "members", "--segment", "Rich", "--sequence", "X").code == 2


def test_who_joined_and_left(cli):
    """Each computation of a segment gives a row for each record that joined or left in it."""
    cli.json("import", "records", cli.file("more.csv", "Id,City\n1,Paris\n4,Berlin\n"), "--record-type", "Lead")
    cli.json("compute", "--stale")
    rows = cli.json("export", "moves", "--segment", "Berliners")
    assert [(each["moved"], each["key"]) for each in rows] == [
        ("joined", "1"), ("joined", "3"), ("joined", "4"), ("left", "1"),
    ]  # fmt: skip
    assert set(rows[0]) == {"at", "cause", "moved", "key"}
    assert cli("export", "moves").code == 2


def test_usage_comes_back(cli):
    """Exported usage is a usage file: imported again it changes nothing."""
    told = cli("export", "usage")
    assert [row["asset_name"] for row in table(told.out)] == ["Win-back Q4", "Annual survey", "Spring renewal"]
    again = cli.json("import", "usage", cli.file("again.csv", told.out), "--complete")
    assert (again["added"], again["updated"], again["rejected"]) == (0, 0, 0)
    assert len(cli.json("export", "usage", "--sequence", "Annual survey")) == 1


def test_segments_and_activity(cli):
    """Definitions are exported with their rules, and the activity newest first."""
    rows = cli.json("export", "segments")
    assert rows[0]["rule"] == {"field": "city", "op": "equals", "value": "Berlin"}
    assert json.loads(table(cli("export", "segments").out)[0]["rule"]) == rows[0]["rule"]
    assert [each["name"] for each in cli.json("export", "segments", "--segment", "Rich")] == ["Rich"]
    activity = cli.json("export", "activity")
    assert set(activity[0]) == {"at", "who", "action", "segments", "before", "after"}
    assert activity == cli.json("activity", "--limit", 500)
    assert [each["action"] for each in cli.json("activity", "--segment", "Rich")] == ["create"]
    assert "create" in cli("activity").out


def test_private_file(cli):
    """An export is written whole, for its owner alone, in the form its name says; it never replaces the workspace."""
    target = cli.folder / "out.json"
    told = cli("export", "members", "--segment", "Berliners", "--output", target)
    assert (told.code, told.out) == (0, "")
    assert len(json.loads(target.read_text(encoding="utf-8"))) == 2
    if sys.platform != "win32":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "workspace itself" in cli("export", "segments", "--output", cli.path).err
    assert cli("export", "segments", "--output", cli.folder / "no" / "x.csv").code == 1
    assert cli("export", "connections", "--sequence", "Nothing", "--output", target).code == 1
    assert len(json.loads(target.read_text(encoding="utf-8"))) == 2
    assert not list(cli.folder.glob("*.part"))
    assert not list(cli.folder.glob(".*.part"))


@pytest.mark.parametrize("name", ["=1+1", "@x", "+x", "-x", "\t=x"])
def test_formulas(empty, name):
    """A name that a spreadsheet would run as a formula is exported as text; --raw leaves it as it is."""
    empty.create("X", '{"everything": true}', "--description", name)
    empty.create("Y", '{"everything": true}', "--description", "-5")
    x, y = table(empty("export", "segments").out)
    assert x["description"] == f"'{name.strip()}"
    assert y["description"] == "-5"
    assert table(empty("export", "segments", "--raw").out)[0]["description"] == name.strip()


def test_definitions_come_back(cli):
    """Exported definitions can be imported into another workspace, rules and tags with them."""
    cli.create("Both", '{"any": [{"op": "in_segment", "value": "Rich"}, {"field": "city", "op": "is_empty"}]}')
    kept = ("name", "rule", "description", "tags", "status")
    before = [{key: row[key] for key in kept} for row in cli.json("export", "segments")]
    definitions = cli.file("definitions.csv", cli("export", "segments").out)
    other = ("--workspace", cli.folder / "other.segments")
    assert cli("create-workspace", other[1]).code == 0
    leads = cli.file("leads.csv", LEADS)
    assert cli("import", "records", leads, "--record-type", "Lead", *other).code == 0
    told = cli.json("import", "segments", definitions, *other)
    assert (told["added"], told["rejected"]) == (4, 0)
    assert [{key: row[key] for key in kept} for row in cli.json("export", "segments", *other)] == before
