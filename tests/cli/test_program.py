"""The program as a whole: exit codes, one line for every failure, the workspace's place among the arguments."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from segment_manager.cli.main import main, workspace_first
from tests.cli.conftest import LEADS, ROOT, USAGE


def test_a_story_in_processes(empty):
    """Import, create, deactivate, resume and delete work one process after the other, and speak JSON."""
    leads, usage = empty.file("leads.csv", LEADS), empty.file("usage.csv", USAGE)
    rule = empty.file("r.json", '{"field": "city", "op": "equals", "value": "Berlin"}')
    told = empty.process("import", "records", leads, "--record-type", "Lead", "--format", "json")
    assert (told.code, told.err) == (0, "")
    counts = {key: told.json[key] for key in ("read", "added", "updated", "unchanged", "rejected", "rejects_file")}
    assert counts == {"read": 3, "added": 3, "updated": 0, "unchanged": 0, "rejected": 0, "rejects_file": None}
    for name in ("Berliners", "Parisians"):
        made = empty.process("segments", "create", "--record-type", "Lead", "--name", name, "--rule", rule)
        assert (made.code, made.err) == (0, "")
    assert empty.process("import", "usage", usage, "--format", "json").json["added"] == 3
    refused = empty.process("segments", "delete", "Berliners")
    assert refused.code == 1
    assert "--yes" in refused.err
    done = empty.process("segments", "delete", "Berliners", "--yes", "--format", "json")
    assert done.json["done"] == 1
    assert done.err == ""
    (left,) = empty.process("segments", "list", "--format", "json").json
    assert left["name"] == "Parisians"
    assert len(empty.process("export", "connections", "--format", "json").json) == 2


def test_a_reader_that_leaves(cli):
    """A reader that closes its end early, such as head, gets no traceback."""
    line = f'"{sys.executable}" -m segment_manager export activity | head -c 5'
    done = subprocess.run(
        line,
        shell=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout == "at,wh"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("place", ["before", "after", "equals"])
def test_the_workspace_stands_anywhere(cli, monkeypatch, place):
    """--workspace FILE is understood before and after the subcommand."""
    monkeypatch.delenv("SEGMENT_MANAGER_WORKSPACE")
    words = ["segments", "list", "--format", "json"]
    given = {
        "before": ["--workspace", cli.path, *words],
        "after": [*words, "--workspace", cli.path],
        "equals": ["segments", f"--workspace={cli.path}", *words[1:]],
    }
    assert len(cli(*given[place]).json) == 3


def test_what_follows_two_dashes_is_a_name():
    """After -- nothing is an option, so that a segment may have any name."""
    assert workspace_first(["show", "--", "--workspace"]) == ["show", "--", "--workspace"]
    assert workspace_first(["show", "--workspace"]) == ["show", "--workspace"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["segments", "list", "--status", "archived"],
        ["segments", "list", "--format", "xml"],
        ["segments", "list", "--nonsense"],
        ["segments", "frobnicate"],
        ["frobnicate"],
        ["segments", "show", "--id", "one"],
        ["scan", "--grace-days", "-1"],
        ["preview", "--record-type", "Lead"],
        ["--demo", "check"],
        ["check", "--workspace"],
        ["check", "--workspace", ""],
        ["members", "set", "eve", "queen"],
        ["compute", "--as-of", "0001-01-01"],
    ],
)
def test_wrong_usage(empty, arguments):
    """Wrong usage ends with 2, says so on stderr, and prints nothing on stdout."""
    told = empty(*arguments)
    assert told.code == 2
    assert told.out == ""
    assert told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--workspace", "none.segments", "check"], "none.segments"),
        (["--workspace", "leads.csv", "check"], "leads.csv"),
        (["create-workspace", "w.segments"], "exists already"),
        (["import", "records", "none.csv", "--record-type", "Lead"], "none.csv"),
        (["import", "usage", "none.csv"], "none.csv"),
        (["restore", "leads.csv"], "leads.csv"),
        (["redo"], "redo"),
        (["members", "remove", "nobody"], "nobody"),
        (["settings", "set", "grace_days", "many"], "grace_days"),
    ],
)
def test_failures_are_one_line(empty, arguments, words):
    """A refusal or failure ends with 1 and one line that names what it is about."""
    empty.file("leads.csv", LEADS)
    told = empty(*arguments)
    assert (told.code, told.out) == (1, "")
    assert words in told.err
    assert told.err.count("\n") == 1


def test_bugs_are_one_line_too(empty, monkeypatch):
    """An unexpected error is told as one line; Ctrl+C says that nothing went on."""
    from segment_manager.operations import care

    def broken(workspace: object) -> list[str]:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(care, "check", broken)
    told = empty("check")
    assert told == (1, "", "Unexpected error: RuntimeError: two lines. Please report it.\n")

    def interrupted(workspace: object) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(care, "check", interrupted)
    told = empty("check")
    assert (told.code, told.err.strip()) == (1, "Cancelled.")


def test_a_viewer_is_refused(cli):
    """What the role forbids is refused below the command line: nothing changes."""
    login = cli.json("members", "list")[0]["login"]
    assert cli("members", "set", "ada", "system-administrator").code == 0
    assert cli("members", "set", login, "viewer").code == 0
    for arguments in (
        ["segments", "deactivate", "Berliners", "--yes"],
        ["segments", "delete", "Berliners", "--yes"],
        ["segments", "clone", "Berliners"],
        ["scan"],
        ["compute", "--all"],
        ["undo"],
        ["members", "set", login, "viewer"],
    ):
        told = cli(*arguments)
        assert told.code == 1, arguments
        assert "role" in told.err
    assert len(cli.json("segments", "list", "--status", "active")) == 2


def test_backup_and_restore(cli):
    """A backup brings back what was deleted since; what it replaces is kept."""
    assert cli("backup", "b.segments").code == 0
    assert cli.json("segments", "delete", "Berliners", "--yes")["done"] == 1
    told = cli.json("restore", "b.segments")
    assert told["former"]
    assert len(cli.json("segments", "list")) == 3
    assert cli.json("check") == {"ok": True, "problems": []}


def test_what_is_not_loaded(empty):
    """A command loads neither Qt nor rich, nor the readers of files that it does not read."""
    words = (
        "import sys; from segment_manager.cli.main import main; main(['segments', 'list']); "
        "print(*sorted({'PySide6', 'rich', 'python_calamine', 'xlsxwriter'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", words], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.splitlines()[-1] == ""


def test_a_damaged_workspace(empty):
    """A damaged workspace is reported by check with exit code 1, in one JSON document."""
    content = bytearray(empty.path.read_bytes())
    content[4096:] = b"x" * (len(content) - 4096)
    empty.path.write_bytes(content)
    told = empty("check", "--format", "json")
    assert told.code == 1
    assert json.loads(told.out)["ok"] is False
    assert json.loads(told.out)["problems"]
    assert empty("segments", "list").err.count("\n") == 1


def test_settings_and_members(empty):
    """Settings and members are listed and changed by name."""
    assert empty.json("settings", "list")["grace_days"] == 45
    assert empty.json("settings", "set", "grace_days", "60") == {"grace_days": 60}
    assert empty.json("members", "set", "ada", "Sequence Manager") == {"login": "ada", "role": "Sequence Manager"}
    assert {"login": "ada", "role": "Sequence Manager"} in empty.json("members", "list")
    assert empty("members", "remove", "ada").code == 0


def test_the_version(capsys):
    """--version and --help answer without a workspace."""
    from segment_manager import __version__

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"segment-manager {__version__}\n"
    assert main(["--help"]) == 0
    assert "create-workspace" in capsys.readouterr().out


def test_mapping_and_bad_rows(empty):
    """A bad row stops the import unless it is to be left out; a mapping says what the columns mean."""
    leads = empty.file("leads.csv", "Id;Score\n1;1,5\n2;two\n3;3,0\n")
    mapping = empty.file(
        "map.json",
        json.dumps({"key": "Id", "decimal": ",", "fields": {"Score": {"name": "points", "type": "decimal"}}}),
    )
    arguments = ["import", "records", leads, "--record-type", "Lead", "--mapping", mapping]
    refused = empty(*arguments)
    assert (refused.code, refused.out) == (1, "")
    told = empty.json(*arguments, "--skip-bad-rows")
    assert (told["read"], told["added"], told["rejected"]) == (3, 2, 1)
    assert told["rejects_file"]
    rule = '{"field": "points", "op": "equals", "value": 1.5}'
    assert empty.json("preview", "--record-type", "Lead", "--rule", "-", stdin=rule)["count"] == 1
    empty.file("bad.json", "{")
    assert "mapping" in empty(*arguments[:-1], "bad.json").err
