"""The activity log as it is stored: one entry a segment, up to a thousand entries in one row of `activity`.

Stands apart because writing, checking, undoing and reading the log all rest on this one form. A bulk action writes a
hundred rows where it would write a hundred thousand, each with time, person and action anew. `entries` is a JSON list
of [segment id, segment name, before] or, where the row has no `after` for all of them, [id, name, before, after].
Entries are numbered through all rows: those of a row from `first_seq` to `seq`. For SQL the view `activity_entry` has
a row an entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from segment_manager.domain.errors import WorkspaceDamaged
from segment_manager.storage.sql import Connection

TOGETHER = 1024
"""Entries in one row, at most."""

COLUMNS = "seq, first_seq, operation, at, who, action, first_id, last_id, after, entries"
"""All but the hash, in the order in which they are sealed."""


class LogRow(NamedTuple):
    """One row, without its hash. The ids of its segments lie between `first_id` and `last_id`; None: of no segment."""

    seq: int
    first_seq: int
    operation: str
    at: str
    who: str
    action: str
    first_id: int | None
    last_id: int | None
    after: str | None
    entries: str


class StoredEntry(msgspec.Struct, array_like=True, gc=False):
    """One entry of `entries`; `after` is empty where the row has one for all of them."""

    segment_id: int | None
    name: str | None
    before: msgspec.Raw
    after: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(list[StoredEntry]).decode


def seal(previous: bytes, row: LogRow) -> bytes:
    """The hash of a row: SHA-256 over the hash of the row before it and all values, each with its length before it."""
    told, between = hashlib.sha256(previous), ""
    for value in row:
        text = "" if value is None else str(value)
        told.update(f"{between}{'-' if value is None else f'{len(text)}:'}".encode())
        told.update(text.encode("utf-8", "surrogatepass"))
        between = ","
    return told.digest()


def append(connection: Connection, rows: Iterator[LogRow]) -> None:
    """Write rows behind the newest, each chained to the one before it."""
    previous = connection.execute("SELECT hash FROM activity ORDER BY seq DESC LIMIT 1").get or b""
    for row in rows:
        previous = seal(previous, row)
        connection.execute(
            f"INSERT INTO activity ({COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, previous)
        )


def newest_number(connection: Connection) -> int:
    """The number of the newest entry that there ever was; 0 where there was none. One that is missing keeps its own."""
    return connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'activity'").get or 0


def entries_of(entries: str) -> list[StoredEntry]:
    """The entries of a row. Raises WorkspaceDamaged where somebody made something else of them."""
    try:
        return _decode(entries)
    except msgspec.MsgspecError:
        raise _changed_from_outside() from None


def newest_first(row: LogRow) -> Iterator[tuple[int, StoredEntry]]:
    """The entries of a row with their numbers. Raises WorkspaceDamaged, also where some were taken out or put in."""
    entries = entries_of(row.entries)
    if len(entries) != row.seq - row.first_seq + 1:
        raise _changed_from_outside()
    return zip(range(row.seq, row.first_seq - 1, -1), reversed(entries), strict=True)


def _changed_from_outside() -> WorkspaceDamaged:
    return WorkspaceDamaged("The activity log was changed from outside. 'Check workspace' tells where.")


def as_json(values: object) -> str:
    """Values as they stand in the log."""
    return msgspec.json.encode(values, enc_hook=str).decode()
