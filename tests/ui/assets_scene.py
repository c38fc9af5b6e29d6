"""Segments with the assets and rules that use them, and how a person works what shows them, for its tests."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from segment_manager.operations import settings
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace
from tests.conftest import Clock
from tests.operations import scenes
from tests.ui.window_scene import button

EVERYTHING = '{"everything":true}'
LINES = (
    ("sequence", "Win-back", "live", "S", "2026-01-10"),
    ("sequence", "Win-back", "live", "T", "2026-01-12"),
    ("campaign", "Spring & <b>sun</b>", "draft", "S"),
    ("report", "Board", "live", "T"),
    ("journey", "Onboarding", "ended", "S", "2025-01-01", "2025-12-31"),
)


def make_world(workspace: Workspace, clock: Clock) -> Workspace:
    """Segments S and T, U whose rule uses S, V whose rule uses U; four assets; no automatic scan."""
    clock.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    settings.change_setting(workspace, "time_zone", "UTC")
    settings.change_setting(workspace, "auto_scan", False)
    for name in ("S", "T"):
        scenes.add_segment(workspace, name, EVERYTHING)
    scenes.add_segment(workspace, "U", '{"op":"in_segment","value":"S"}')
    scenes.add_segment(workspace, "V", '{"op":"in_segment","value":"U"}', active=False)
    scenes.use(workspace, *LINES)
    return workspace


def asset(workspace, name) -> queries.AssetLine | None:
    return next((line for line in queries.asset_lines(workspace) if line.name == name), None)


def dialog(qtbot, title) -> QDialog:
    def found() -> list[QDialog]:
        shown = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
        return [each for each in shown if each.windowTitle() == title]

    qtbot.waitUntil(lambda: found() != [])
    return found()[0]


def press(qtbot, parent, text) -> None:
    qtbot.mouseClick(button(parent, text), Qt.MouseButton.LeftButton)
