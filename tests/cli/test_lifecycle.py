"""The verbs on segments by the command line: plan, ask, carry out, compute, tell."""

from __future__ import annotations

import pytest

from segment_manager.storage import segment_rows
from segment_manager.storage.workspace import Workspace


def statuses(cli) -> dict[str, str]:
    return {each["name"]: each["status"] for each in cli.json("segments", "list")}


def test_dry_run(cli):
    """A dry run tells the plan with the linked sequences and changes nothing."""
    before = cli.json("segments", "list")
    plan = cli.json("segments", "deactivate", "Berliners", "Rich", "--dry-run")
    assert plan["action"] == "deactivate"
    assert plan["will_do"] == [{"id": 1, "name": "Berliners"}]
    assert [(each["name"], each["why"]) for each in plan["skipped"]] == [("Rich", "It is already inactive.")]
    assert plan["sequences"] == [
        {"name": "Win-back Q4", "state": "live", "segments": 1},
        {"name": "Annual survey", "state": "paused", "segments": 1},
    ]
    assert plan["blocked"] == plan["live_assets"] == plan["dependents"] == []
    assert plan["members_kept"] == 2
    assert "done" not in plan
    assert cli.json("segments", "list") == before
    told = cli("segments", "deactivate", "Berliners", "--dry-run").out
    assert "Annual survey (paused)" in told
    assert "Win-back Q4 (running)" in told


def test_deactivate_and_resume(cli):
    """Deactivated segments keep their members, a second time is no error, and resuming brings them back."""
    assert cli.json("segments", "deactivate", "Berliners", "--yes")["done"] == 1
    assert cli.json("segments", "show", "Berliners")["members"] == 2
    told = cli("segments", "deactivate", "Berliners", "--yes")
    assert (told.code, told.out) == (0, "“Berliners” is already inactive.\n")
    assert cli.json("segments", "resume", "Berliners", "Parisians")["done"] == 1
    activated = cli.json("segments", "activate", "Rich")
    assert activated["done"] == 1
    assert [each["name"] for each in activated["computed"]] == ["Rich"]
    assert statuses(cli) == {"Berliners": "active", "Parisians": "active", "Rich": "active"}


def test_outcomes_as_csv(cli):
    """As CSV a plan, and what came of it, is a line a segment."""
    for more in (["--dry-run"], ["--yes"]):
        told = cli("segments", "deactivate", "Berliners", "Rich", "--format", "csv", *more)
        assert told.out.splitlines()[0] == "id,name,outcome,why"
        assert told.out.splitlines()[1:] == ["1,Berliners,deactivated,", "3,Rich,skipped,It is already inactive."]


def test_undo_and_redo(cli):
    """What was done can be undone and done again from other commands."""
    cli("segments", "deactivate", "Berliners", "--yes")
    assert "deactivation of “Berliners”" in cli("undo").out
    assert statuses(cli)["Berliners"] == "active"
    assert cli.json("redo")["segments"] == 1
    assert statuses(cli)["Berliners"] == "inactive"


def test_live_use_blocks(cli):
    """What a campaign uses is neither deactivated nor deleted unless --anyway says so; the message says it."""
    for verb in ("deactivate", "delete"):
        told = cli("segments", verb, "Parisians", "--yes")
        assert (told.code, told.out) == (1, "")
        assert "“Spring renewal”" in told.err
        assert "--anyway" in told.err
        assert told.err.count("\n") == 1
    assert cli.json("segments", "deactivate", "Parisians", "--dry-run")["blocked"] == [
        {"id": 2, "name": "Parisians", "why": "In live use by “Spring renewal”.", "by": ["Spring renewal"]}
    ]
    assert cli("segments", "deactivate", "Parisians", "Berliners", "--yes").code == 1
    assert statuses(cli)["Berliners"] == "active"
    assert cli.json("segments", "deactivate", "Parisians", "Berliners", "--yes", "--skip-blocked")["done"] == 1
    assert cli.json("segments", "deactivate", "Parisians", "--yes", "--anyway")["done"] == 1


def test_anyway_can_be_turned_off(cli):
    """Where the workspace forbids it, --anyway is refused with the reason."""
    assert cli("settings", "set", "anyway_allowed", "off").code == 0
    told = cli("segments", "delete", "Parisians", "--yes", "--anyway")
    assert told.code == 1
    assert "does not allow --anyway" in told.err


def test_rules_block_a_deletion(cli):
    """A segment that a rule refers to is deleted only together with it; the dependents are named."""
    cli.create("Richer", '{"op": "in_segment", "value": "Rich"}')
    assert cli.json("segments", "delete", "Rich", "--dry-run")["dependents"] == ["Richer"]
    told = cli("segments", "delete", "Rich", "--yes")
    assert told.code == 1
    assert "“Richer”" in told.err
    done = cli.json("segments", "delete", "Rich", "Richer", "--yes")
    assert done["done"] == 2
    assert done["backup"]
    assert set(statuses(cli)) == {"Berliners", "Parisians"}


def test_asking_without_a_terminal(cli):
    """Where nobody can answer, nothing is done, and the message tells how to go on."""
    for verb in ("deactivate", "delete"):
        told = cli("segments", verb, "Berliners")
        assert told.code == 1
        assert "--yes" in told.err
    assert statuses(cli)["Berliners"] == "active"


@pytest.mark.parametrize(
    ("answer", "status"), [("y\n", "inactive"), ("\n", "active"), ("no\n", "active"), ("", "active")]
)
def test_asking_on_a_terminal(cli, answer, status):
    """On a terminal the question is the dialog's, with the linked sequences; only a yes goes on."""
    told = cli("segments", "deactivate", "Berliners", terminal=True, stdin=answer)
    assert "Deactivate “Berliners”?" in told.err
    assert " • Win-back Q4 (running)" in told.err
    assert told.code == (0 if status == "inactive" else 1)
    assert statuses(cli)["Berliners"] == status


def test_the_count_is_typed(cli):
    """25 segments are deleted on a terminal only when their number is typed."""
    lines = [f'{{"record_type": "Lead", "name": "S{each}", "rule": {{"everything": true}}}}' for each in range(25)]
    assert cli("import", "segments", cli.file("s.jsonl", "\n".join(lines))).code == 0
    names = [f"S{each}" for each in range(25)]
    assert cli("segments", "delete", *names, terminal=True, stdin="y\n").code == 1
    told = cli("segments", "delete", *names, terminal=True, stdin="25\n")
    assert "Type 25 to confirm:" in told.err
    assert told.code == 0
    assert len(statuses(cli)) == 3


def test_clone_and_pin(cli):
    """Clones are named in the plan; pinned segments are left alone by the scan until they are let go."""
    plan = cli.json("segments", "clone", "Berliners", "Rich", "--dry-run")
    assert plan["new_names"] == ["Berliners (copy)", "Rich (copy)"]
    assert cli.json("segments", "clone", "Berliners", "Rich")["done"] == 2
    assert statuses(cli)["Rich (copy)"] == "inactive"
    assert cli.json("segments", "keep-active", "Berliners")["action"] == "keep-active"
    assert cli.json("segments", "show", "Berliners")["keep_active"] is True
    cli("segments", "keep-active", "Berliners", "--off")
    assert cli.json("segments", "show", "Berliners")["keep_active"] is False


def test_scan_as_of(empty):
    """The scan acts as if it were then: 45 days after the last use a segment is marked, not on the day before."""
    empty.create("Old", '{"everything": true}', "--as-of", "2026-01-01")
    assert empty.json("scan", "--dry-run", "--as-of", "2026-02-14")["will_do"] == []
    told = empty.json("scan", "--as-of", "2026-02-16T12:00")
    assert (told["done"], [each["name"] for each in told["will_do"]]) == (1, ["Old"])
    shown = empty.json("segments", "show", "Old")
    assert (shown["status"], shown["reason"]) == ("inactive", "unused")
    assert shown["since"].startswith("2026-02-16")
    assert empty.json("segments", "resume", "Old", "--as-of", "2026-02-17")["done"] == 1
    assert empty.json("scan", "--grace-days", 0, "--dry-run", "--as-of", "2026-02-18")["will_do"] != []
    assert empty("scan", "--as-of", "yesterday").code == 2


def test_bring_back_lists_and_brings_back_what_a_deletion_took(cli):
    """Without names it lists; with names the segments stand there again, members and references too."""
    deleted = cli.json("segments", "delete", "Berliners", "--yes")
    assert [each["name"] for each in cli.json("bring-back", deleted["backup"])] == ["Berliners"]
    assert cli("bring-back", deleted["backup"], "Nobody").code == 1
    assert cli.json("bring-back", deleted["backup"], "berliners")["brought_back"] == ["berliners"]
    shown = cli.json("segments", "show", "Berliners")
    assert (shown["members"], shown["sequences"]) == (2, ["Win-back Q4", "Annual survey"])
    assert cli.json("bring-back", deleted["backup"]) == []


def test_replace_with_lets_another_segment_take_the_place(cli):
    """What is in live use of a campaign can go when the campaign goes on with another."""
    refused = cli("segments", "delete", "Parisians", "--yes")
    assert refused.code == 1
    assert "--replace-with" in refused.err
    plan = cli.json("segments", "delete", "Parisians", "--replace-with", "Rich", "--dry-run")
    assert [(each["name"], each["segment"]) for each in plan["moved"]] == [("Spring renewal", "Parisians")]
    assert cli.json("segments", "delete", "Parisians", "--replace-with", "Rich", "--yes")["done"] == 1
    shown = cli.json("segments", "show", "Rich")
    assert (shown["status"], shown["references"][0]["asset_name"]) == ("active", "Spring renewal")


def test_of_many_that_cannot_be_computed_some_are_told(cli):
    """Twenty by name, and how many more: nobody reads a line for each of thousands."""
    names = [f"N{number}" for number in range(25)]
    workspace = Workspace.open(cli.path)
    with workspace.change("fill") as change:
        for name in names:  # as after the segment that they refer to was lost
            segment_rows.insert_segment(change, 1, name, '{"op":"in_segment","value":"Gone"}')
    workspace.close()
    assert cli("segments", "deactivate", "--yes", *names).code == 0
    told = cli("undo")
    assert told.code == 0
    assert sum("was not computed" in each for each in told.err.splitlines()) == 20
    assert "And 5 more were not computed." in told.err
