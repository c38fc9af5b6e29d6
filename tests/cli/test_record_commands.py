"""records show and records find."""

from __future__ import annotations


def test_show_tells_segments_and_sequences_of_a_record(cli):
    """As JSON with ids and times, for people with names."""
    cli("compute", "--all")
    shown = cli.json("records", "show", "1", "--record-type", "Lead")
    assert shown["record"]["city"] == "Berlin"
    assert shown["record"]["revenue"] == 12.5
    assert [(each["name"], each["status"]) for each in shown["segments"]] == [("Berliners", "active")]
    assert shown["segments"][0]["member_since"].endswith("Z")
    (sequence,) = shown["sequences"]
    assert (sequence["name"], sequence["state"], sequence["segment_name"]) == ("Win-back Q4", "live", "Berliners")
    told = cli("records", "show", "1", "--record-type", "lead")
    assert "• Berliners (active, member since " in told.out
    assert "through “Berliners”" in told.out


def test_show_of_a_record_that_is_not_there(cli):
    """One line, exit code 1."""
    told = cli("records", "show", "nobody", "--record-type", "Lead")
    assert (told.code, told.err) == (1, "There is no Lead with the key “nobody”.\n")


def test_find_gives_keys_and_values(cli):
    """By key or text, at most so many."""
    assert [each["key"] for each in cli.json("records", "find", "BERLIN", "--record-type", "Lead")] == ["1", "3"]
    told = cli("records", "find", "berlin", "--record-type", "Lead", "--limit", "1")
    assert "These are the first 1" in told.out
    assert cli("records", "find", "x", "--record-type", "Lead").out == "No Lead holds “x”.\n"
    assert cli.json("records", "find", "x", "--record-type", "Lead") == []


def test_an_import_lets_active_segments_take_in_the_records(cli, tmp_path):
    """At once, and only those that were added or changed; an Inactive segment stays as it was."""
    cli("compute", "--all")
    cli("segments", "deactivate", "--record-type", "Lead", "Parisians", "--anyway", "--yes")
    more = tmp_path / "more.csv"
    more.write_text(
        "Id,City,Score,Revenue,Signed up\n4,Berlin,1,,2026-03-06\n5,Paris,1,,2026-03-06\n3,Rome,30,,2026-03-05\n"
    )
    done = cli.json("import", "records", str(more), "--record-type", "Lead")
    assert {each["name"]: (each["joined"], each["left"]) for each in done["computed"]} == {"Berliners": (1, 1)}
    shown = {each["name"]: (each["members"], each["stale"]) for each in cli.json("segments", "list", "--status", "all")}
    assert (shown["Berliners"], shown["Parisians"]) == ((2, False), (1, True))
    assert [each["key"] for each in cli.json("export", "connections", "--sequence", "Win-back Q4")] == ["1", "3", "4"]
