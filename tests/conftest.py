"""What every test gets: no window on the screen, no one's own files, and a workspace when it asks for one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from segment_manager.storage.workspace import Workspace
    from tests.ui.window_scene import WindowDriver

if sys.platform.startswith("linux"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile("shared machine", deadline=None)  # a slow moment of a busy machine is no fault of the code
settings.load_profile("shared machine")

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nobodys_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, data and home of the test's own, so that nothing of the person who runs it is read or written."""
    home = tmp_path / "home"
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SEGMENT_MANAGER_WORKSPACE", raising=False)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at NOW until the test sets `clock.now`."""
    return Clock()


class Clock:
    """Gives the time that a test says."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def workspace(tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    """An empty workspace of ada, its System Administrator, at the clock's time."""
    from segment_manager.storage.workspace import Workspace

    made = Workspace.create(tmp_path / "w.segments", login="ada", clock=clock)
    yield made
    made.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workspace with a handful of segments, on which nobody works."""
    from tests.ui.window_scene import make_workspace

    return make_workspace(tmp_path / "w.segments")


@pytest.fixture
def driver(path: Path, qtbot: QtBot) -> Iterator[WindowDriver]:
    """The real window on the workspace `path`, as a person works it."""
    from tests.ui.window_scene import opened

    with opened(path, qtbot) as made:
        yield made
