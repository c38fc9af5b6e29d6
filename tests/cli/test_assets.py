"""The assets group, and usage imports with a mapping, as scripts and people use them."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import USAGE

FOREIGN = "Programme;Ref;Where;Segment Name\nDrip;9;On air;Parisians\n"
SAID = {
    "delimiter": ";",
    "fields": {"Programme": {"name": "asset_type"}, "Ref": "asset_id", "Where": "state"},
    "states": {"On air": "live"},
    "asset_types": {"Drip": "sequence"},
}


def assets(cli, *more):
    return {(each["asset_type"], each["asset_id"]): each for each in cli.json("assets", "list", *more)}


def uses(cli, asset):
    return {each["name"]: each for each in cli.json("assets", "show", asset)["segments"]}


def test_usage_is_imported_with_a_mapping(cli):
    """From a file or from standard input, and with --dry-run without storing."""
    file = cli.file("foreign.csv", FOREIGN)
    said = cli.file("map.json", json.dumps(SAID))
    assert cli.json("import", "usage", file, "--mapping", said, "--dry-run")["added"] == 1
    assert ("sequence", "9") not in assets(cli)
    assert cli.json("import", "usage", file, "--mapping", "-", stdin=json.dumps(SAID))["added"] == 1
    assert assets(cli)["sequence", "9"]["state"] == "live"


@pytest.mark.parametrize("said", ["{", '{"fields": {"Nowhere": "state"}}', '{"fields": {"Ref": "nothing"}}'])
def test_a_wrong_mapping_is_one_line(cli, said):
    """And exit code 1."""
    told = cli("import", "usage", cli.file("foreign.csv", FOREIGN), "--mapping", "-", stdin=said)
    assert (told.code, told.out, told.err.count("\n")) == (1, "", 1)
    assert "mapping" in told.err


def test_list_narrows_by_type_state_and_text(cli):
    """By type and name, with how many segments each uses."""
    assert list(assets(cli)) == [("campaign", "c1"), ("sequence", "s2"), ("sequence", "s1")]
    assert list(assets(cli, "--type", "Sequence", "--state", "live")) == [("sequence", "s1")]
    assert list(assets(cli, "--search", "SURVEY")) == [("sequence", "s2")]
    assert "Win-back Q4" in cli("assets", "list").out
    assert cli("assets", "list", "--type", "report").out == "There is no such asset.\n"
    assert cli("assets", "list", "--format", "csv").out.startswith("asset_type,asset_id,asset_name,state,segments,")
    assert cli("assets", "list", "--type", "boat").code == 2
    assert cli("assets", "list", "--state", "sunk").code == 2


def test_show_tells_the_segments_and_their_days(cli):
    """By id or by name."""
    shown = cli.json("assets", "show", "win-back q4")
    assert (shown["asset_type"], shown["asset_id"], shown["state"]) == ("sequence", "s1", "live")
    (use,) = shown["segments"]
    assert (use["name"], use["live"], use["started_on"], use["ended_on"]) == ("Berliners", True, "2026-01-01", None)
    told = cli("assets", "show", "s1").out
    assert told == (
        "Sequence “Win-back Q4” (s1), live\nSegments: 1\n • Berliners (Lead, active): in use from 2026-01-01\n"
    )


def test_an_asset_that_is_none_or_several_is_told(cli):
    """One line, exit code 1; --type and the id settle it."""
    told = cli("assets", "show", "Nobody")
    assert (told.code, told.err) == (1, "There is no asset “Nobody”. “assets list” shows what there is.\n")
    cli("assets", "add", "Win-back Q4", "--type", "campaign")
    told = cli("assets", "show", "Win-back Q4")
    assert told.code == 1
    assert "may be 2 assets: sequence s1, campaign win-back-q4." in told.err
    assert cli.json("assets", "show", "Win-back Q4", "--type", "campaign")["asset_id"] == "win-back-q4"


def test_add_edit_and_use_bring_a_segment_back(cli):
    """A live use of an Inactive segment makes it Active again, and its members are computed."""
    added = cli.json(
        "assets", "add", "Autumn", "--type", "test-list", "--segment", "Rich", "--started-on", "2026-02-01"
    )
    assert added["assets"][0]["asset_id"] == "autumn"
    assert added["assets"][0]["state"] == "draft"
    assert cli.json("segments", "show", "Rich")["status"] == "inactive"
    edited = cli.json("assets", "edit", "autumn", "--state", "live", "--name", "Fall")
    assert [each["name"] for each in edited["computed"]] == ["Rich"]
    assert cli.json("segments", "show", "Rich")["status"] == "active"
    assert assets(cli)["test list", "autumn"]["asset_name"] == "Fall"
    told = cli("assets", "use", "Fall", "Parisians", "Berliners")
    assert told.out == "“Fall” now uses 2 segments.\n"
    assert set(uses(cli, "autumn")) == {"Rich", "Parisians", "Berliners"}
    again = cli.json("assets", "use", "Fall", "Parisians")
    assert again["done"] == 0
    cli("assets", "edit-use", "Fall", "Parisians", "--started-on", "2026-01-05", "--ended-on", "2026-01-06")
    assert (uses(cli, "autumn")["Parisians"]["started_on"], uses(cli, "autumn")["Parisians"]["live"]) == (
        "2026-01-05",
        False,
    )


def test_wrong_usage_of_the_asset_verbs(cli):
    """Exit code 2 for what cannot be meant, 1 for what is refused."""
    assert cli("assets", "add", "X").code == 2
    assert cli("assets", "add", "X", "--type", "report", "--ended-on", "2026-01-01").code == 2
    assert cli("assets", "add", "X", "--type", "report", "--segment", "Rich", "--ended-on", "soon").code == 2
    assert cli("assets", "edit", "s1").code == 2
    assert cli("assets", "add", "X", "--type", "sequence", "--asset-id", "s1").code == 1
    assert cli("assets", "use", "s1", "Nowhere").code == 1
    told = cli("assets", "use", "c1", "Rich", "--started-on", "2026-02-02", "--ended-on", "2026-02-01")
    assert (told.code, told.err.count("\n")) == (1, 1)


def test_end_and_its_dry_run(cli):
    """An ended asset stays in the list; one that has ended already is told."""
    trial = cli.json("assets", "end", "s1", "c1", "--dry-run")
    assert [each["asset_id"] for each in trial["will_do"]] == ["s1", "c1"]
    assert assets(cli)["sequence", "s1"]["state"] == "live"
    assert cli("assets", "end", "s1", "c1").out.startswith("Ended 2 assets.")
    assert assets(cli)["sequence", "s1"]["state"] == "ended"
    told = cli("assets", "end", "s1", "--dry-run").out
    assert told == "0 assets would be ended.\nNot sequence “Win-back Q4” (s1): ended already.\n"


def test_remove_asks_and_keeps_what_has_connections(cli):
    """Without a terminal --yes is needed; a sequence with connected records is never removed."""
    told = cli("assets", "remove", "c1")
    assert told.code == 1
    assert told.err.startswith("Remove campaign “Spring renewal” (c1) and its 1 use of segments? Nothing was done")
    assert cli("assets", "remove", "c1", stdin="n\n", terminal=True).code == 1
    assert ("campaign", "c1") in assets(cli)
    assert cli("assets", "remove", "c1", stdin="y\n", terminal=True).code == 0
    assert ("campaign", "c1") not in assets(cli)
    cli("undo")
    assert cli.json("assets", "remove", "Spring renewal", "--yes")["done"] == 1
    trial = cli.json("assets", "remove", "s1", "s2", "--dry-run")
    assert [each["asset_id"] for each in trial["will_do"]] == ["s2"]
    assert trial["skipped"][0]["name"] == "Win-back Q4"
    told = cli("assets", "remove", "s1", "--yes")
    assert (told.code, "End it instead" in told.err) == (1, True)


def test_stop_using_ends_a_use_or_takes_it_away(cli):
    """Ended it stays in the history; with --remove it is gone, after asking."""
    trial = cli.json("assets", "stop-using", "s1", "Berliners", "--dry-run")
    assert trial["will_do"] == ["Berliners"]
    assert uses(cli, "s1")["Berliners"]["live"]
    told = cli("assets", "stop-using", "s1", "Berliners", "--as-of", "2026-03-02")
    assert told.out.startswith("“Win-back Q4” uses “Berliners” no longer.")
    assert uses(cli, "s1")["Berliners"]["ended_on"] == "2026-03-01"
    assert cli("assets", "stop-using", "c1", "Parisians", "--remove").code == 1
    assert cli("assets", "stop-using", "c1", "Parisians", "--remove", "--yes").code == 0
    assert uses(cli, "c1") == {}
    told = cli("assets", "stop-using", "c1", "Parisians")
    assert (told.code, told.err.count("\n")) == (1, 1)


def test_the_usual_usage_file_needs_no_mapping(cli):
    """An empty mapping says nothing, so all is found out as without one."""
    told = cli.json("import", "usage", cli.file("again.csv", USAGE), "--mapping", "-", stdin="{}")
    assert (told["read"], told["unchanged"]) == (3, 3)


def test_as_of_a_day_gone_by_the_scan_tells_what_was_unused_then(empty):
    """What was entered today does not make the told time a clock that jumped."""
    line = '{"record_type": "Lead", "name": "Old", "rule": {"everything": true}, "status": "active",'
    file = empty.file("segments.jsonl", line + ' "created_on": "2025-01-01", "activated_on": "2025-01-01"}\n')
    assert empty("import", "segments", file).code == 0
    assert empty.json("scan", "--dry-run", "--as-of", "2025-02-01")["will_do"] == []
    assert [each["name"] for each in empty.json("scan", "--dry-run", "--as-of", "2025-06-01")["will_do"]] == ["Old"]
    assert empty.json("scan", "--as-of", "2025-06-01")["done"] == 1
