"""The set-up: what a person who has just cloned the project, and the build, lean on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from segment_manager import paths
from segment_manager.__main__ import main, opens_window

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = sorted((ROOT / "packaging").glob("requirements*.txt"))


def dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "dev.py", *arguments], capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize("arguments", [(), ("lnit",), ("--version",)])
def test_unknown_command(arguments):
    """An unknown command, or none, is wrong usage and shows the commands on stderr."""
    done = dev(*arguments)
    assert done.returncode == 2
    assert "dev.py test" in done.stderr
    assert done.stdout == ""


def test_help():
    """Help is what was asked for, so it goes to stdout and is no failure."""
    done = dev("--help")
    assert done.returncode == 0
    assert "dev.py lint" in done.stdout


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_requirements_name_no_host(path):
    """Requirement files say what to install, never from where."""
    text = path.read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--index|--extra-index|--find-links|--trusted-host)", text, re.MULTILINE)


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_requirements_are_pinned(path):
    """Every requirement stands at one version and carries hashes."""
    entries = re.split(r"\n(?=\S)", path.read_text().strip())
    loose = [entry for entry in entries if not re.match(r"[\w.-]+==\S+", entry) or "--hash=sha256:" not in entry]
    assert len(entries) > 10
    assert loose == []


def test_run_time_requirements_are_among_those_of_development():
    """What is tested is what is shipped: both files pin the same versions."""
    pins = [set(re.findall(r"^[\w.-]+==\S+", path.read_text(), re.MULTILINE)) for path in REQUIREMENTS]
    development, run_time = pins
    assert run_time <= development


def test_ci_runs_what_the_readme_says():
    """The build calls the same test command that the README gives to people."""
    command = "python3 dev.py test"
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["--demo"], True),
        (["--workspace", "a.segments", "--demo"], True),
        (["--workspace=a.segments"], True),
        (["--workspace"], False),
        (["--workspace", "a.segments", "check"], False),
        (["--help"], False),
        (["check"], False),
    ],
)
def test_front_door(arguments, window):
    """Without a subcommand the program opens the window; everything else is for the command line."""
    assert opens_window(arguments) is window


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is a display")
def test_no_display(monkeypatch, capsys):
    """Without a display the window is refused with one sentence, and Qt is not started."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_workspace_path(monkeypatch):
    """The workspace is the one that is named, else the one of the environment, else the one in the data folder."""
    assert paths.workspace_path().parent == paths.data_folder()
    monkeypatch.setenv("SEGMENT_MANAGER_WORKSPACE", "named.segments")
    assert paths.workspace_path() == Path("named.segments")
    assert paths.workspace_path("given.segments") == Path("given.segments")


def test_resources():
    """The resources are found from a checkout as from an installed package."""
    assert paths.resource("icons").is_dir()


def test_qt_gives_references_back():
    """The Qt binding takes no references to None away; where it does, Python aborts after some thousand calls."""
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(300):
        thing.setObjectName("x")
    assert sys.getrefcount(None) > before - 150
