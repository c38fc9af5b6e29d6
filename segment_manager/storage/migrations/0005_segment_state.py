"""The life of a segment (status, reason, since when, pinned) in a narrow table of its own.

Deactivating 100,000 segments took 0.4 s for the rows of `segment` alone: they are wide and change their length, so that
SQLite moves them from page to page and logs 35 MB. Rows that keep theirs are overwritten where they stand, in 0.03 s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import apsw

STATEMENTS = """
CREATE TABLE segment_state (
    segment_id INTEGER PRIMARY KEY REFERENCES segment (id) ON DELETE CASCADE,
    -- 2: Active; others: Inactive, for what reason. Always one byte (0 and 1 take none), so that rows stay in place.
    state INTEGER NOT NULL CHECK (state BETWEEN 2 AND 5),
    since TEXT NOT NULL,
    keep_active INTEGER NOT NULL DEFAULT 0 CHECK (keep_active IN (0, 1)),
    activated_at TEXT,
    rule_used_until TEXT,
    status TEXT GENERATED ALWAYS AS (CASE state WHEN 2 THEN 'active' ELSE 'inactive' END) VIRTUAL,
    reason TEXT GENERATED ALWAYS AS
        (CASE state WHEN 3 THEN 'not activated' WHEN 4 THEN 'deactivated' WHEN 5 THEN 'unused' END) VIRTUAL
) STRICT;
INSERT INTO segment_state (segment_id, state, since, keep_active, activated_at, rule_used_until)
SELECT id, CASE reason WHEN 'not activated' THEN 3 WHEN 'deactivated' THEN 4 WHEN 'unused' THEN 5 ELSE 2 END,
    since, keep_active, activated_at, rule_used_until FROM segment ORDER BY id;

CREATE TABLE new_segment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    record_type_id INTEGER NOT NULL REFERENCES record_type (id) ON DELETE RESTRICT,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    rule TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    modified_at TEXT NOT NULL,
    UNIQUE (record_type_id, name_folded)
) STRICT;
INSERT INTO new_segment SELECT id, record_type_id, name, name_folded, description, rule, created_at, created_by,
    modified_at FROM segment ORDER BY id;
-- Ids of segments that were deleted are not given again.
DELETE FROM sqlite_sequence WHERE name = 'new_segment';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_segment', seq FROM sqlite_sequence WHERE name = 'segment';
DROP TABLE segment;
ALTER TABLE new_segment RENAME TO segment;
-- The segments of a record type in the order of their ids, beside which their states are read as they come: what is
-- counted in every refresh. The index of Inactive ones cost as much in a bulk action as the rows themselves do now.
CREATE INDEX segment_by_type ON segment (record_type_id);
"""

_STATES: dict[object, int] = {None: 2, "not activated": 3, "deactivated": 4, "unused": 5}
_REASON = 7  # its place among the former columns of `segment`
_SEGMENT = (0, 1, 2, 3, 4, 5, 10, 11, 13)  # the places of the columns that stay
_STATE = (0, _REASON, 8, 9, 12, 14)  # and of those that go
_UNDEFINED, _INTEGER, _TEXT, _BLOB, _NULL = 0, 1, 3, 4, 5


def up(migrator: object, db: Any) -> None:
    """Move the columns; foreign keys are off, so that dropping the former table deletes nothing that refers to it."""
    connection = db.connection()
    if connection.pragma("foreign_keys"):
        raise AssertionError("With foreign keys on, what refers to segments would be deleted.")
    connection.execute(STATEMENTS)
    # What undo steps recorded names the former columns.
    for step_id, place, changeset in connection.execute(
        "SELECT step_id, place, changeset FROM undo_part WHERE changeset IS NOT NULL"
    ).fetchall():
        connection.execute(
            "UPDATE undo_part SET changeset = ? WHERE step_id = ? AND place = ?",
            (divided(changeset), step_id, place),
        )


def divided(changeset: bytes) -> bytes:
    """The changeset of a session with each change of `segment` as one of `segment_state`, one of `segment` or both.

    States go first, as a session records them now: where both are deleted, the state is still there to be compared.
    """
    changes = {
        _head("segment_state", [place == 0 for place in _STATE]): bytearray(),
        _head("segment", [place == 0 for place in _SEGMENT]): bytearray(),
    }
    states, segments = changes.values()
    for row in apsw.Changeset.iter(changeset):
        if row.name == "segment":
            states += _part(row, _STATE, _state_of)
            segments += _part(row, _SEGMENT)
        else:
            every = range(row.column_count)
            changes.setdefault(_head(row.name, [place in row.pk_columns for place in every]), bytearray()).extend(
                _part(row, every)
            )
    return b"".join(head + told for head, told in changes.items() if told)


def _state_of(place: int, value: object) -> object:
    return _STATES[value] if place == _REASON and value is not apsw.no_change else value


# The format: https://www.sqlite.org/session/changeset.html, and the head of SQLite's ext/session/sqlite3session.c


def _head(name: str, key: Sequence[bool]) -> bytes:
    return b"T" + _varint(len(key)) + bytes(key) + name.encode() + b"\0"


def _part(
    row: apsw.TableChange, places: Sequence[int], value: Callable[[int, object], object] = lambda place, value: value
) -> bytes:
    """The change of some of a row's columns; nothing where none of them but its key is changed."""
    sides = [[value(place, side[place]) for place in places] for side in (row.old, row.new) if side is not None]
    if len(sides) == 2 and all(each is apsw.no_change for each in sides[1]):
        return b""
    return bytes((row.opcode, row.indirect)) + b"".join(_told(each) for side in sides for each in side)


def _told(value: object) -> bytes:
    match value:
        case None:
            return bytes((_NULL,))
        case int():
            return bytes((_INTEGER,)) + value.to_bytes(8, "big", signed=True)
        case str():
            text = value.encode("utf-8", "surrogatepass")
            return bytes((_TEXT,)) + _varint(len(text)) + text
        case bytes():
            return bytes((_BLOB,)) + _varint(len(value)) + value
        case apsw.no_change:
            return bytes((_UNDEFINED,))
    raise AssertionError(f"No table of ours holds {value!r}.")


def _varint(number: int) -> bytes:
    """A number of at most 56 bits as SQLite writes it: seven bits a byte, the highest ones first."""
    parts = [number & 127]
    while number := number >> 7:
        parts.append(number & 127 | 128)
    return bytes(reversed(parts))
