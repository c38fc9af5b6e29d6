"""Small worlds for tests: records, segments and usage, brought in through the product's own doors."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import apsw

from segment_manager.domain.changes import Change
from segment_manager.domain.plans import Action, Plan
from segment_manager.domain.rules import from_json
from segment_manager.operations import computation, segments
from segment_manager.operations.imports import import_records
from segment_manager.operations.jobs import finish
from segment_manager.operations.usage import import_usage
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace

USAGE_COLUMNS = ("asset_type", "asset_id", "asset_name", "state", "record_type", "segment", "started_on", "ended_on")


def city_is(city: str) -> str:
    """The JSON of a rule."""
    return json.dumps({"field": "city", "op": "equals", "value": city})


def add_leads(workspace: Workspace, rows: Iterable[tuple[str, str]], record_type: str = "Lead") -> None:
    """Import records of key and city, and bring them into the Active segments."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leads.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("Id", "City"), *rows])
        finish(import_records(workspace, path, record_type))
    finish(computation.compute(workspace))


def add_segment(workspace: Workspace, name: str, rule: str, *, active: bool = True, record_type: str = "Lead") -> int:
    """Create a segment and compute it; gives its id."""
    change = segments.create(workspace, record_type, name, from_json(rule), active=active)
    finish(computation.compute(workspace))
    return next(iter(change.added))


def use(workspace: Workspace, *lines: Sequence[str], complete: bool = False) -> Change | None:
    """Import usage: lines of (asset type, asset name, state, segment[, started on, ended on])."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "usage.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(USAGE_COLUMNS)
            for kind, name, state, segment, *dates in lines:
                out.writerow(
                    [kind, name, name, state, "Lead" if segment else "", segment, *dates, *[""] * (2 - len(dates))]
                )
        report = finish(import_usage(workspace, path, complete=complete))
    finish(computation.compute(workspace))
    return report.change


def ids(workspace: Workspace, *names: str) -> list[int]:
    """The ids of segments by name."""
    return queries.segment_ids(workspace, None, names)


def plan(workspace: Workspace, action: Action, *names: str, anyway: bool = False) -> Plan:
    """A plan for segments by name."""
    return segments.plan(workspace, action, ids(workspace, *names), anyway=anyway)


def do(workspace: Workspace, action: Action, *names: str, anyway: bool = False) -> Change:
    """Carry out an action on segments by name, and what it queued."""
    change = segments.carry_out(workspace, plan(workspace, action, *names, anyway=anyway))
    if change.to_compute:
        finish(computation.compute(workspace, sorted(change.to_compute)))
    return change


def member_keys(workspace: Workspace, name: str) -> list[str]:
    """The keys of a segment's members."""
    return list(queries.member_keys(workspace, ids(workspace, name)[0]))


def status(workspace: Workspace, name: str) -> tuple[str, str | None]:
    """Status and reason of a segment."""
    summary = queries.summaries(workspace, ids=ids(workspace, name))[0]
    return str(summary.status), summary.reason and str(summary.reason)


def connected(workspace: Workspace) -> dict[tuple[str, str], str]:
    """All sequence connections: (sequence, key) → the name of the segment that brought the record."""
    return {(each.sequence, each.key): each.segment_name for each in queries.connections(workspace)}


def dump(workspace: Workspace, tables: Iterable[str]) -> dict[str, list[tuple[object, ...]]]:
    """Every row of some tables, in a stable order."""
    return {
        table: sorted(workspace.connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in tables
    }


def two_cities(workspace: Workspace) -> Workspace:
    """Leads of Berlin and Paris, a segment for each, one running sequence on Berlin."""
    add_leads(workspace, [("L1", "Berlin"), ("L2", "Paris"), ("L3", "Berlin")])
    add_segment(workspace, "Berlin", city_is("Berlin"))
    add_segment(workspace, "Paris", city_is("Paris"))
    use(workspace, ("sequence", "Win-back", "live", "Berlin"))
    return workspace


def raw(path: Path, *statements: str) -> None:
    """Do something to a workspace that the program never would."""
    connection = apsw.Connection(str(path))
    for statement in statements:
        connection.execute(statement)
    connection.close()
