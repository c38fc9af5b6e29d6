"""What the window remembers of a person: appearance, and for each workspace columns, sorting, filter and places.

Stands apart because a damaged or foreign settings file must never stop the program: every value is checked, and what
does not fit is the default again.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from segment_manager import paths
from segment_manager.ui.segment_columns import COLUMNS

_FILE = "window.json"
_MOST_WORKSPACES = 40


class WindowState:
    """How the window of one workspace was left. Columns are named by their titles, so that new ones find a place."""

    def __init__(self) -> None:
        self.widths: dict[str, int] = {}
        self.order: list[str] = []
        self.hidden: list[str] | None = None
        self.sort_column = "Name"
        self.sort_descending = False
        self.status = "active"
        self.record_type: str | None = None  # None: chosen by what the workspace holds; '': all
        self.geometry: list[int] = []
        self.maximized = False
        self.details_shown = True
        self.details_width = 0


def _read() -> dict[str, Any]:
    try:
        found = json.loads((paths.settings_folder() / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(whole: dict[str, Any]) -> None:
    folder = paths.settings_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"{_FILE}.{os.getpid()}.new"
        fresh.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(folder / _FILE)
    except OSError:
        return  # what was remembered is a convenience; a full disk must not stop anybody from closing a window


def appearance() -> str:
    """The chosen appearance, 'system' unless there is one."""
    found = _read().get("appearance")
    return found if isinstance(found, str) else "system"


def keep_appearance(chosen: str) -> None:
    """Remember the appearance."""
    _write({**_read(), "appearance": chosen})


def window_state(workspace: Path) -> WindowState:
    """How the window of this workspace was left."""
    kept = _read().get("workspaces")
    found = kept.get(str(workspace.resolve())) if isinstance(kept, dict) else None
    return checked(found)


def keep_window_state(workspace: Path, state: WindowState) -> None:
    """Remember how the window of this workspace is left."""
    whole = _read()
    kept = whole.get("workspaces")
    kept = dict(kept) if isinstance(kept, dict) else {}
    kept.pop(str(workspace.resolve()), None)
    kept[str(workspace.resolve())] = vars(state)
    _write({**whole, "workspaces": dict(list(kept.items())[-_MOST_WORKSPACES:])})


def checked(found: object) -> WindowState:
    """A state made of whatever was read; a value that does not fit is the default."""
    state = WindowState()
    if not isinstance(found, dict):
        return state
    titles = {spec.title for spec in COLUMNS if spec.title}
    widths = found.get("widths")
    if isinstance(widths, dict):
        state.widths = {
            title: width
            for title, width in widths.items()
            if title in titles and type(width) is int and 24 <= width <= 4000
        }
    for name in ("order", "hidden"):
        listed = found.get(name)
        if isinstance(listed, list) and all(isinstance(each, str) for each in listed):
            setattr(state, name, [each for each in listed if each in titles])
    if found.get("sort_column") in titles:
        state.sort_column = found["sort_column"]
    if found.get("status") in ("active", "inactive", "all"):
        state.status = found["status"]
    if isinstance(found.get("record_type"), str):
        state.record_type = found["record_type"]
    for name in ("sort_descending", "maximized", "details_shown"):
        if isinstance(found.get(name), bool):
            setattr(state, name, found[name])
    geometry = found.get("geometry")
    whole = [each for each in geometry if type(each) is int and abs(each) < 30000] if isinstance(geometry, list) else []
    if len(whole) == 4:
        state.geometry = whole
    if type(found.get("details_width")) is int and 0 <= found["details_width"] < 10000:
        state.details_width = found["details_width"]
    return state
