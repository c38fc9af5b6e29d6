"""What must hold in every workspace, checked with SQLite's own means and ours.

Stands apart because one check serves the person ('Check workspace'), the tests' oracle, and the start after a crash.
"""

from __future__ import annotations

from pyroaring import BitMap

from segment_manager.storage.change import seal, told
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
            found.append(f"The status of {number:,} segments is missing. Restore a backup.")
        found += _membership_problems(workspace)
        found += _tally_problems(workspace)
    return found


def _activity_problems(workspace: Workspace) -> list[str]:
    """What is wrong with the chain of hashes: each seals the rows since the one before it."""
    connection = workspace.connection
    previous, expected = b"", 1
    unsealed: list[str] = []
    whole = True
    found = []
    for seq, *row, kept in connection.execute(
        "SELECT seq, operation, at, who, action, segment_id, segment_name, before, after, hash FROM activity"
        " ORDER BY seq"
    ):
        if seq != expected:
            found.append(f"Activity entries {expected} to {seq - 1} are missing.")
            unsealed.clear()
            whole = False
        expected = seq + 1
        unsealed.append(told(tuple(row)))
        if kept:
            first = seq - len(unsealed) + 1
            if whole and kept != seal(previous, "".join(unsealed)) and (first < seq or kept != _alone(previous, row)):
                found.append(_changed(first, seq))
            unsealed.clear()
            previous, whole = kept, True
    if unsealed:
        found.append(_changed(expected - len(unsealed), expected - 1))
    newest = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'activity'").get
    if newest is not None and newest >= expected:
        found.append(f"Activity entries {expected} to {newest} are missing.")
    return found


def _alone(previous: bytes, row: list[object]) -> bytes:
    """The hash of a row as every row had one before schema 4."""
    return seal(previous, repr(tuple(row)))


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
