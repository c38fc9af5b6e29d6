"""The start: what is imported before the window shows itself, and what comes after."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.ui.window_scene import make_workspace

PROGRAM = """
import json, sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from segment_manager.app import open_window

class FirstPaint(QObject):
    modules, rows = None, None
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and self.modules is None:
            self.modules, self.rows = sorted(sys.modules), window.list.shown.rowCount()
        return False

application = QApplication([])
window = open_window(sys.argv[1])
seen = FirstPaint()
window.list.view.viewport().installEventFilter(seen)
later = []
def loaded():
    later.append(window.list.shown.rowCount())
    QTimer.singleShot(300, window.close)
window.list.loaded.connect(loaded)
application.exec()
print(json.dumps({"modules": seen.modules, "rows": seen.rows, "later": later[0]}))
"""
HEAVY = (
    "numpy", "polars", "pandas", "typer", "rich", "click", "openpyxl", "hypothesis", "playhouse.sqlite_ext",
    "playhouse.migrations", "PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtCharts", "PySide6.QtTest",
    "segment_manager.cli", "segment_manager.operations.imports", "segment_manager.operations.exports",
    "segment_manager.operations.demo", "segment_manager.ui.details", "segment_manager.ui.rule_builder",
    "segment_manager.ui.edit_segment", "segment_manager.ui.review_unused", "segment_manager.ui.dialogs",
    "segment_manager.ui.cleanup", "segment_manager.ui.compare", "segment_manager.ui.assets.assets_window",
)  # fmt: skip
"""What no first paint needs; each costs the start milliseconds that nobody gets back."""


@pytest.fixture
def start(tmp_path):
    path = make_workspace(tmp_path / "w.segments")
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    return json.loads(ran.stdout.splitlines()[-1])


def test_nothing_heavy_is_imported_before_the_first_paint(start):
    """When the window has painted itself, only what a list needs has been imported."""
    assert [name for name in HEAVY if name in start["modules"]] == []


def test_rows_come_after_the_first_paint(start):
    """The first paint waits for no row; they come right after it."""
    assert start["rows"] == 0
    assert start["later"] == 6
