"""Reading deleted segments out of a backup of the same workspace, and putting them back as they were.

Stands apart from restoring: the workspace goes on with everything done since, and only what was deleted comes back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import apsw

from segment_manager.domain.errors import NotAWorkspace
from segment_manager.domain.rules import from_json, segments_used
from segment_manager.storage.change import OpenChange
from segment_manager.storage.database import recognise
from segment_manager.storage.ids import json_ids
from segment_manager.storage.segment_rows import link_rule
from segment_manager.storage.sql import Connection
from segment_manager.storage.states import state_by
from segment_manager.storage.workspace import Workspace

_SEGMENT_COLUMNS = "id, record_type_id, name, name_folded, description, rule, created_at, created_by, modified_at"
_STATE_COLUMNS = "segment_id, state, since, keep_active, activated_at, rule_used_until"
_RESULT_COLUMNS = "segment_id, members, count, computed_at, change_number, rule_stale, moves_with_time"


# Before schema 5 what segment_state holds stood in `segment`.
_STATES_OF_OLD = f"""
CREATE TEMP VIEW segment_state AS SELECT id AS segment_id, {state_by("reason")} AS state, status, since, keep_active,
    activated_at, rule_used_until FROM segment
"""


class DeletedSegment(NamedTuple):
    """A segment that a backup holds and the workspace does not. `name_taken`: another has its name now."""

    id: int
    record_type: str
    name: str
    status: str
    members: int | None
    name_taken: bool


@contextmanager
def opened_backup(workspace: Workspace, backup: Path) -> Iterator[Connection]:
    """A backup of this very workspace, opened for reading.

    Raises NotAWorkspace where it is one of another workspace, and as `recognise` does.
    """
    version = recognise(backup)
    connection = Connection(str(backup), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        identity = "SELECT identity FROM workspace"
        if connection.execute(identity).get != workspace.connection.execute(identity).get:
            raise NotAWorkspace(f"“{backup.name}” is a backup of another workspace. Choose one of this workspace.")
        if version < 5:
            connection.execute(_STATES_OF_OLD)
        yield connection
    finally:
        connection.close()


def deleted_segments(workspace: Workspace, source: Connection) -> list[DeletedSegment]:
    """The segments that can be brought back, by name."""
    present = {row[0] for row in workspace.connection.execute("SELECT id FROM segment")}
    taken = {
        (row[0], row[1]) for row in workspace.connection.execute("SELECT record_type_id, name_folded FROM segment")
    }
    rows = source.execute(
        "SELECT segment.id, record_type.name, segment.name, segment_state.status, count, record_type_id,"
        " segment.name_folded FROM segment JOIN segment_state ON segment_state.segment_id = segment.id"
        " JOIN record_type ON record_type.id = record_type_id"
        " LEFT JOIN segment_result ON segment_result.segment_id = segment.id ORDER BY segment.name_folded"
    )
    return [
        DeletedSegment(row[0], row[1], row[2], row[3], row[4], (row[5], row[6]) in taken)
        for row in rows
        if row[0] not in present
    ]


def copy_back(change: OpenChange, source: Connection, ids: Sequence[int]) -> None:
    """Put segments back under their old ids: rule, description, tags, members and references."""
    connection, binding = change.connection, {"ids": json_ids(ids)}
    chosen = "IN (SELECT value FROM json_each(:ids))"
    _copy(connection, source, "segment", _SEGMENT_COLUMNS, f"id {chosen}", binding)
    _copy(connection, source, "segment_state", _STATE_COLUMNS, f"segment_id {chosen}", binding)
    _copy(connection, source, "segment_result", _RESULT_COLUMNS, f"segment_id {chosen}", binding)
    _copy(connection, source, "segment_tag", "segment_id, tag", f"segment_id {chosen}", binding)
    for *asset, segment_id, started_on, ended_on, lost_at in source.execute(
        "SELECT asset_type, asset.asset_id, asset.name, state, segment_id, started_on, ended_on, lost_at FROM reference"
        f" JOIN asset ON asset.id = reference.asset_id WHERE segment_id {chosen}",
        binding,
    ).fetchall():
        connection.execute("INSERT OR IGNORE INTO asset (asset_type, asset_id, name, state) VALUES (?, ?, ?, ?)", asset)
        connection.execute(
            "INSERT INTO reference (asset_id, segment_id, started_on, ended_on, lost_at)"
            " SELECT id, ?, ?, ?, ? FROM asset WHERE asset_type = ? AND asset_id = ?",
            (segment_id, started_on, ended_on, lost_at, asset[0], asset[1]),
        )
    for segment_id, record_type_id, rule in connection.execute(
        f"SELECT id, record_type_id, rule FROM segment WHERE id {chosen}", binding
    ).fetchall():
        link_rule(change, segment_id, record_type_id, segments_used(from_json(rule)))


def _copy(
    connection: Connection, source: Connection, table: str, columns: str, where: str, binding: dict[str, str]
) -> None:
    rows = source.execute(f"SELECT {columns} FROM {table} WHERE {where}", binding).fetchall()
    places = ", ".join("?" * (columns.count(",") + 1))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
