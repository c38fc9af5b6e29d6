"""A workspace with something to review and to clean up, and how tool windows are opened and read, for their tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtWidgets import QDialog

from segment_manager.domain.rules import from_json
from segment_manager.operations import computation, segments, usage
from segment_manager.operations.imports import import_records
from segment_manager.operations.jobs import finish
from segment_manager.operations.settings import change_setting
from segment_manager.storage.workspace import Workspace
from tests.ui.window_scene import EVERYTHING

ENDED = """asset_type,asset_id,asset_name,state,record_type,segment,started_on,ended_on
campaign,c1,Spring renewal,ended,Lead,Forgotten,{start},{end}
"""


def in_city(*cities):
    return from_json(json.dumps({"field": "city", "op": "in", "value": cities}))


def make_scanned(folder: Path) -> Path:
    """One segment last used 94 days ago and one never, both marked by the scan; one due in five days; records."""
    made = folder / "w.segments"
    now = datetime.now(UTC)
    at = [now - timedelta(days=120)]
    workspace = Workspace.create(made, clock=lambda: at[0])
    change_setting(workspace, "auto_scan", False)
    segments.create(workspace, "Lead", "Set aside", EVERYTHING)
    at[0] = now - timedelta(days=100)
    segments.create(workspace, "Lead", "Forgotten", EVERYTHING)
    file = folder / "usage.csv"
    ended = (now - timedelta(days=94)).date().isoformat()
    file.write_text(ENDED.format(start=(now - timedelta(days=99)).date().isoformat(), end=ended), encoding="utf-8")
    finish(usage.import_usage(workspace, file))
    at[0] = now - timedelta(days=46)
    usage.scan(workspace, 45)
    at[0] = now - timedelta(days=40, hours=1)
    segments.create(workspace, "Lead", "Due soon", EVERYTHING)
    at[0] = now - timedelta(hours=1)
    records = folder / "leads.csv"
    cities = ["Berlin"] * 9 + ["Bern"] + ["Paris"] * 5
    lines = ["key,city", *(f"L{place},{city}" for place, city in enumerate(cities))]
    records.write_text("\n".join(lines), encoding="utf-8")
    finish(import_records(workspace, records, "Lead"))
    for name, rule in (("Nine", in_city("Berlin")), ("Ten", in_city("Berlin", "Bern")), ("Five", in_city("Paris"))):
        segments.create(workspace, "Lead", name, rule)
    segments.create(workspace, "Contact", "People", EVERYTHING)
    finish(computation.compute(workspace))
    workspace.close()
    return made


def shown(table):
    """The first column of a table, row by row."""
    return [table.index(row, 0).data() for row in range(table.rowCount())]


def open_tool(driver, name, title) -> QDialog:
    getattr(driver.window.tools, name).trigger()
    dialog = driver.dialog(title)
    driver.settle()
    return dialog


def toggle(dialog, text):
    """Press the button whose text begins so."""
    from PySide6.QtWidgets import QPushButton

    next(each for each in dialog.findChildren(QPushButton) if each.text().startswith(text)).click()
