"""What must hold in every workspace, checked with SQLite's own means and ours.

Stands apart because one check serves the person ('Check workspace'), the tests' oracle, and the start after a crash.
"""

from __future__ import annotations

from pyroaring import BitMap

from segment_manager.storage.activity_log import COLUMNS, LogRow, newest_number, seal
from segment_manager.storage.database import APPLICATION_ID, SCHEMA_VERSION
from segment_manager.storage.record_tables import read_record_types, table_name
from segment_manager.storage.usage_tally import RECOUNTED, TALLY
from segment_manager.storage.workspace import Workspace


def problems(workspace: Workspace) -> list[str]:
    """Everything that is wrong with a workspace, a sentence each; empty where all is well."""
    with workspace.snapshot() as connection:
        found = [
            f"The file is damaged: {row[0]}"
            for row in connection.execute("PRAGMA integrity_check(20)")
            if row[0] != "ok"
        ]
        found += [
            f"A row of {row[0]} refers to one of {row[2]} that is gone."
            for row in connection.execute("PRAGMA foreign_key_check")
        ]
        if connection.pragma("application_id") != APPLICATION_ID or connection.pragma("user_version") != SCHEMA_VERSION:
            found.append("The file's mark or version is not that of a workspace.")
        found += _activity_problems(workspace)
        stateless = "SELECT count(*) FROM segment WHERE id NOT IN (SELECT segment_id FROM segment_state)"
        if number := connection.execute(stateless).get:
            found.append(f"Segments without a status: {number:,}. Restore a backup.")
        found += _membership_problems(workspace)
        found += _tally_problems(workspace)
    return found


def _activity_problems(workspace: Workspace) -> list[str]:
    """What is wrong with the chain of hashes: each seals a row of entries and the hash before it."""
    connection = workspace.connection
    previous: bytes | None = b""
    expected = 1
    found = []
    for *values, kept in connection.execute(f"SELECT {COLUMNS}, hash FROM activity ORDER BY seq"):
        row = LogRow(*values)
        if row.first_seq != expected:
            found.append(f"Activity entries {expected} to {row.first_seq - 1} are missing.")
            previous = None  # what the row was chained to is gone
        if previous is not None and kept != seal(previous, row):
            found.append(_changed(row.first_seq, row.seq))
        previous, expected = kept, row.seq + 1
    newest = newest_number(connection)
    if newest >= expected:
        found.append(f"Activity entries {expected} to {newest} are missing.")
    return found


def _changed(first: int, last: int) -> str:
    if first == last:
        return f"Activity entry {first} was changed."
    return f"Activity entries {first} to {last} are not all as they were written."


def _membership_problems(workspace: Workspace) -> list[str]:
    connection = workspace.connection
    found = []
    everyone = {
        each.id: BitMap(row[0] for row in connection.execute(f"SELECT id FROM {table_name(each.id)}"))
        for each in read_record_types(connection)
    }
    for name, record_type_id, blob, count in connection.execute(
        "SELECT name, record_type_id, members, count FROM segment JOIN segment_result ON segment_id = segment.id"
        " WHERE members IS NOT NULL"
    ):
        members = BitMap.deserialize(blob)
        if len(members) != count:
            found.append(f"The member count of “{name}” does not fit its members. Recompute it.")
        if members - everyone[record_type_id]:
            found.append(f"“{name}” has members that are no records. Recompute it.")
    return found


def _tally_problems(workspace: Workspace) -> list[str]:
    connection, binding = workspace.connection, {"today": workspace.today().isoformat()}
    kept = {row[0]: row[1:] for row in connection.execute(TALLY, binding) if any(row[1:])}
    counted = {row[0]: row[1:] for row in connection.execute(RECOUNTED, binding) if any(row[1:])}
    wrong = len({*kept.items()} ^ {*counted.items()})
    return [f"The uses of {wrong:,} segments are counted wrong. Import the usage again."] if wrong else []
