"""The start: what is imported before the window shows itself, and what comes after."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import platformdirs
import pytest

from segment_manager import paths
from tests.ui.window_scene import make_workspace

PROGRAM = """
import json, sys
from segment_manager.app import open_window  # before PySide6, as the program does
from segment_manager.ui import segment_list
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication

def made(kind):
    return [name for each in type.__subclasses__(kind) for name in (each.__name__, *made(each))]

class FirstPaint(segment_list.SegmentView):
    modules = None
    def paintEvent(self, event):
        super().paintEvent(event)
        if FirstPaint.modules is None:
            FirstPaint.modules, FirstPaint.rows = sorted(sys.modules), window.list.shown.rowCount()
            FirstPaint.events = made(QEvent)

segment_list.SegmentView = seen = FirstPaint
application = QApplication([])
window = open_window(sys.argv[1])
later = []
def loaded():
    later.append(window.list.shown.rowCount())
    QTimer.singleShot(300, window.close)
window.list.loaded.connect(loaded)
application.exec()
hooked = __import__ is not __builtins__.__orig_import__
print(json.dumps(
    {"modules": seen.modules, "rows": seen.rows, "events": seen.events, "later": later[0], "hooked": hooked}
))
"""
FROM_THE_DOOR = """
import gc, os, signal, sys, threading, time
from segment_manager.__main__ import window

main = window()
print(gc.isenabled(), flush=True)
def look():
    ends = time.monotonic() + 30
    while not gc.isenabled() and time.monotonic() < ends:
        time.sleep(0.05)
    print(gc.isenabled(), flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=look, daemon=True).start()
sys.exit(main(["--workspace", sys.argv[1]]))
"""
HEAVY = (
    "shutil", "bz2", "lzma", "ipaddress", "decimal", "signal",
    "numpy", "polars", "pandas", "typer", "rich", "click", "openpyxl", "hypothesis", "peewee", "playhouse",
    "msgspec", "pyroaring", "re2", "difflib", "dataclasses", "zoneinfo", "concurrent.futures", "argparse", "inspect",
    "ast", "logging", "string", "tempfile", "platformdirs", "PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtCharts",
    "PySide6.QtSvg", "PySide6.QtTest", "segment_manager.cli", "segment_manager.domain.plans",
    "segment_manager.domain.questions", "segment_manager.domain.rules", "segment_manager.domain.changes",
    "segment_manager.ui.segment_order", "segment_manager.operations",
    "segment_manager.storage.backup", "segment_manager.storage.change", "segment_manager.storage.peewee_database",
    "segment_manager.storage.tables", "segment_manager.storage.queries.history",
    "segment_manager.storage.queries.plans", "segment_manager.ui.details", "segment_manager.ui.rule_builder",
    "segment_manager.ui.reading", "segment_manager.ui.action_flow", "segment_manager.ui.daily_work",
    "segment_manager.ui.result_bar", "segment_manager.ui.selection_actions", "segment_manager.ui.usage_hover",
    "segment_manager.ui.edit_segment", "segment_manager.ui.review_unused", "segment_manager.ui.dialogs",
    "segment_manager.ui.cleanup", "segment_manager.ui.compare", "segment_manager.ui.assets.assets_window",
)  # fmt: skip
"""What no first paint needs; each costs the start milliseconds that nobody gets back.

A dataclass takes half a millisecond to a whole one, beside its module: a named tuple or a plain class does.
"""


def run(program, tmp_path):
    """What a program prints on a workspace of its own, in lines."""
    path = make_workspace(tmp_path / "w.segments")
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    return ran.stdout.splitlines()


@pytest.fixture
def start(tmp_path):
    return json.loads(run(PROGRAM, tmp_path)[-1])


def test_nothing_heavy_is_imported_before_the_first_paint(start):
    """When the window has painted itself, only what a list needs has been imported."""
    assert [name for name in HEAVY if name in start["modules"]] == []


def test_rows_come_after_the_first_paint(start):
    """The first paint waits for no row; they come right after it."""
    assert start["rows"] == 0
    assert start["later"] == 6


def test_no_event_of_unknown_kind_reaches_us_before_the_first_paint(start):
    """Where an override takes any `QEvent`, PySide6 makes the classes of all kinds of events to find its own: 2 ms."""
    assert "QPaintEvent" in start["events"]
    assert "QTabletEvent" not in start["events"]


def test_our_modules_are_not_read_for_qt_names(start):
    """PySide6's hook before every import is gone once the window's modules are there."""
    assert not start["hooked"]


@pytest.mark.skipif(sys.platform == "win32", reason="the program is ended by a signal")
def test_garbage_is_looked_for_after_the_start(tmp_path):
    """Python's search for garbage rests while the program starts, and goes on after that."""
    assert run(FROM_THE_DOOR, tmp_path) == ["False", "True"]


def test_options_of_the_window(tmp_path, monkeypatch):
    """A theme that there is not is refused before a window opens; the words around it may stand in either form."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    for words in (["--theme", "pink"], [f"--workspace={tmp_path / 'w.segments'}", "--demo", "--theme=pink"]):
        ran = subprocess.run(
            [sys.executable, "-m", "segment_manager", *words],
            capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert ran.returncode == 2
        assert "pink" in ran.stderr
        assert "high contrast" in ran.stderr


@pytest.mark.parametrize("named", ["", "/a/b", "/a/b/", "/a b/ ", "relative", " ", "~/x"])
def test_folders_are_those_of_platformdirs(monkeypatch, named):
    """The folders that are known without platformdirs are the same that it would have named."""
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, named)
    assert paths.data_folder() == platformdirs.user_data_path("segment-manager", appauthor=False)
    assert paths.settings_folder() == platformdirs.user_config_path("segment-manager", appauthor=False)
