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
