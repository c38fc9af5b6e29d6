"""The activity log in rows of up to a thousand entries; the log until now is taken over with its seals.

A row an entry cost half of the time of a bulk action and told time, person and action a hundred thousand times. Numbers
of entries stay what they were. What the former hashes do not confirm gets no seal, so that 'Check workspace' names it
as before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

STATEMENTS = """
DROP TRIGGER IF EXISTS activity_is_append_only_update;
DROP TRIGGER IF EXISTS activity_is_append_only_delete;
DROP TRIGGER IF EXISTS activity_is_append_only_replace;
DROP INDEX IF EXISTS activity_by_segment;
ALTER TABLE activity RENAME TO former_activity;

CREATE TABLE activity (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, -- the number of the last entry
    first_seq INTEGER NOT NULL CHECK (first_seq <= seq),
    operation TEXT NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    -- the ids of the segments lie between these; NULL: the entries are about no segment
    first_id INTEGER,
    last_id INTEGER,
    after TEXT, -- of all entries; NULL: each has its own
    hash BLOB NOT NULL,
    entries TEXT NOT NULL -- last, so that who looks for a row does not walk through them
) STRICT;
CREATE INDEX activity_by_segment ON activity (first_id, last_id);
CREATE INDEX activity_by_time ON activity (at);
CREATE TRIGGER activity_is_append_only_update BEFORE UPDATE ON activity
BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END;
CREATE TRIGGER activity_is_append_only_delete BEFORE DELETE ON activity
BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END;
CREATE TRIGGER activity_is_append_only_replace BEFORE INSERT ON activity
WHEN NEW.seq > 0 AND EXISTS (SELECT 1 FROM activity WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END;

CREATE VIEW activity_entry AS
SELECT activity.seq AS row_seq, first_seq + entry.key AS seq, operation, at, who, action, first_id, last_id,
    entry.value ->> 0 AS segment_id, entry.value ->> 1 AS segment_name, entry.value -> 2 AS before,
    coalesce(entry.value -> 3, after) AS after
FROM activity CROSS JOIN json_each(entries) AS entry;
"""


class _Former(NamedTuple):
    seq: int
    operation: str
    at: str
    who: str
    action: str
    segment_id: int | None
    segment_name: str | None
    before: str
    after: str
    hash: bytes


def up(migrator: object, db: Any) -> None:
    """Make the table anew and write every entry into it."""
    connection = db.connection()
    newest = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'activity'").get
    connection.execute(STATEMENTS)
    former, previous = b"", b""
    expected = 1
    for run in _sealed_together(connection):
        values = run[0][1:5]
        whole = run[0].seq == expected and run[-1].seq - run[0].seq == len(run) - 1
        if whole and all(each[1:5] == values for each in run) and run[-1].hash in _seals(former, run):
            previous = _write(connection, run, previous)
        else:
            for _, some in groupby(run, lambda each: each[1:5]):
                previous = _write(connection, list(some), None)
        former, expected = run[-1].hash, run[-1].seq + 1
    connection.execute("DROP TABLE former_activity")
    if newest is not None:
        connection.execute("DELETE FROM sqlite_sequence WHERE name = 'activity'")
        connection.execute("INSERT INTO sqlite_sequence VALUES ('activity', ?)", (newest,))


def _sealed_together(connection: Any) -> Iterator[list[_Former]]:
    """The former rows in their order, each stretch up to the next hash."""
    run: list[_Former] = []
    for row in connection.execute("SELECT * FROM former_activity ORDER BY seq"):
        run.append(_Former(*row))
        if run[-1].hash or len(run) == 10_000:
            yield run
            run = []
    if run:
        yield run


def _seals(former: bytes, run: list[_Former]) -> set[bytes]:
    """The hashes that a stretch can have: as of schema 4 and, where it is one row, as before."""
    told = "".join(",".join(map(_quoted, each[1:-1])) + ";" for each in run)
    texts = [told, repr(tuple(run[0][1:-1]))] if len(run) == 1 else [told]
    return {hashlib.sha256(former + text.encode("utf-8", "surrogatepass")).digest() for text in texts}


def _quoted(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def _write(connection: Any, run: list[_Former], previous: bytes | None) -> bytes:
    """Write a row of entries, chained to the hash `previous`, or with no seal where that is None; gives its hash."""
    ids = [each.segment_id for each in run if each.segment_id is not None]
    entries = ",".join(
        f"[{json.dumps(each.segment_id)},{json.dumps(each.segment_name, ensure_ascii=False)},"
        f"{_valid(each.before)},{_valid(each.after)}]"
        for each in run
    )
    row = (
        run[-1].seq, run[0].seq, *run[0][1:5], min(ids, default=None), max(ids, default=None), None, f"[{entries}]",
    )  # fmt: skip
    seal = b""
    if previous is not None:
        told = ",".join("-" if value is None else f"{len(str(value))}:{value}" for value in row)
        seal = hashlib.sha256(previous + told.encode("utf-8", "surrogatepass")).digest()
    connection.execute(
        "INSERT INTO activity (seq, first_seq, operation, at, who, action, first_id, last_id, after, entries, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, seal),
    )
    return seal


def _valid(values: str) -> str:
    """JSON as it stands; what somebody made something else of, as a text in an object."""
    try:
        json.loads(values)
    except ValueError:
        return json.dumps({"unreadable": values})
    return values
