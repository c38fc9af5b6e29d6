"""The command line as a test speaks to it: in this process where that will do, else in one of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]

LEADS = """\
Id,City,Score,Revenue,Signed up
1,Berlin,10,12.50,2026-01-05
2,Paris,20,99.99,2026-02-05
3,berlin,30,,2026-03-05
"""
USAGE = """\
asset_type,asset_id,asset_name,state,record_type,segment,started_on,ended_on
sequence,s1,Win-back Q4,live,Lead,Berliners,2026-01-01,
sequence,s2,Annual survey,paused,Lead,Berliners,2026-01-01,
campaign,c1,Spring renewal,live,Lead,Parisians,2026-01-01,
"""
RULES = {
    "Berliners": '{"field": "city", "op": "equals", "value": "Berlin"}',
    "Parisians": '{"field": "city", "op": "equals", "value": "Paris"}',
    "Rich": '{"field": "revenue", "op": "greater_than", "value": 50}',
}


class Told(NamedTuple):
    """What a command said and with which exit code it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


class Terminal(io.TextIOWrapper):
    """Standard input where somebody sits."""

    def isatty(self) -> bool:
        return True


class CommandLine:
    """Runs commands on the workspace `path`."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.path = folder / "w.segments"
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: object, stdin: str = "", terminal: bool = False) -> Told:
        from segment_manager.cli.main import main

        kind = Terminal if terminal else io.TextIOWrapper
        self._monkeypatch.setattr(sys, "stdin", kind(io.BytesIO(stdin.encode()), encoding="utf-8"))
        self._capsys.readouterr()
        code = main([str(each) for each in arguments])
        said = self._capsys.readouterr()
        return Told(code, said.out, said.err)

    def json(self, *arguments: object, stdin: str = "") -> Any:
        return self(*arguments, "--format", "json", stdin=stdin).json

    def process(self, *arguments: object, stdin: str = "") -> Told:
        """The same in a process of its own, with nothing but the arguments in common."""
        done = subprocess.run(
            [sys.executable, "-m", "segment_manager", *map(str, arguments)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=50,
            check=False,
        )
        return Told(done.returncode, done.stdout, done.stderr)

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def create(self, name: str, rule: str, *more: str) -> None:
        told = self("segments", "create", "--record-type", "Lead", "--name", name, "--rule", "-", *more, stdin=rule)
        assert told.code == 0, told.err


def quietly(*arguments: object) -> None:
    """Run a command that must succeed."""
    from segment_manager.cli.main import main

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        assert main([str(each) for each in arguments]) == 0, said.getvalue()


@pytest.fixture(scope="session")
def empty_pattern(tmp_path_factory) -> Path:
    """An empty workspace, made once and copied for each test."""
    pattern = tmp_path_factory.mktemp("empty") / "w.segments"
    quietly("create-workspace", pattern)
    return pattern


@pytest.fixture(scope="session")
def ready_pattern(empty_pattern, tmp_path_factory) -> Path:
    """A workspace of three leads, three segments, two sequences and a campaign, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("ready")
    pattern = folder / "w.segments"
    shutil.copy(empty_pattern, pattern)
    for name, content in {"leads.csv": LEADS, "usage.csv": USAGE, **RULES}.items():
        (folder / name).write_text(content, encoding="utf-8")
    quietly("--workspace", pattern, "import", "records", folder / "leads.csv", "--record-type", "Lead")
    for name, more in (("Berliners", ["--tag", "vip"]), ("Parisians", []), ("Rich", ["--inactive"])):
        rule = ["--rule", folder / name]
        quietly("--workspace", pattern, "segments", "create", "--record-type", "Lead", "--name", name, *rule, *more)
    quietly("--workspace", pattern, "import", "usage", folder / "usage.csv")
    return pattern


def on_copy(pattern: Path, cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    shutil.copy(pattern, cli.path)
    monkeypatch.setenv("SEGMENT_MANAGER_WORKSPACE", str(cli.path))
    monkeypatch.chdir(cli.folder)
    return cli


@pytest.fixture
def empty(empty_pattern, tmp_path, capsys, monkeypatch) -> CommandLine:
    """The command line on a new workspace."""
    return on_copy(empty_pattern, CommandLine(tmp_path, capsys, monkeypatch), monkeypatch)


@pytest.fixture
def cli(ready_pattern, tmp_path, capsys, monkeypatch) -> CommandLine:
    """The command line on a workspace of three leads, three segments, two sequences and a campaign."""
    return on_copy(ready_pattern, CommandLine(tmp_path, capsys, monkeypatch), monkeypatch)
