"""The command line as a test speaks to it: in this process where that will do, else in one of its own."""

from __future__ import annotations

import io
import json
import os
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


@pytest.fixture
def empty(tmp_path, capsys, monkeypatch) -> CommandLine:
    """The command line on a new workspace."""
    cli = CommandLine(tmp_path, capsys, monkeypatch)
    monkeypatch.setenv("SEGMENT_MANAGER_WORKSPACE", str(cli.path))
    monkeypatch.chdir(tmp_path)
    assert cli("create-workspace", cli.path).code == 0
    return cli


@pytest.fixture
def cli(empty) -> CommandLine:
    """The command line on a workspace of three leads, three segments, two sequences and a campaign."""
    assert empty("import", "records", empty.file("leads.csv", LEADS), "--record-type", "Lead").code == 0
    empty.create("Berliners", '{"field": "city", "op": "equals", "value": "Berlin"}', "--tag", "vip")
    empty.create("Parisians", '{"field": "city", "op": "equals", "value": "Paris"}')
    empty.create("Rich", '{"field": "revenue", "op": "greater_than", "value": 50}', "--inactive")
    assert empty("import", "usage", empty.file("usage.csv", USAGE)).code == 0
    return empty
