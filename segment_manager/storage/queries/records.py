"""Records as members of segments and as what sequences work on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from pyroaring import BitMap

from segment_manager.domain.errors import UnknownRecord
from segment_manager.domain.records import RecordType, column
from segment_manager.domain.stored_values import Value, from_stored, value_reader
from segment_manager.storage.ids import json_ids
from segment_manager.storage.queries.workspace import record_type_by_id, record_types
from segment_manager.storage.record_tables import table_name
from segment_manager.storage.times import moment
from segment_manager.storage.workspace import Workspace

_KEYS_AT_ONCE = 5000


class MemberPage(NamedTuple):
    """A stretch of a segment's members: `total` matching the search, and keys and rows of this stretch."""

    total: int
    keys: list[str]
    rows: list[tuple[Value, ...]]
    record_type: RecordType


class Connection(NamedTuple):
    """A record that a sequence works on, with the segment through which it came."""

    key: str
    sequence: str
    segment_name: str
    connected_at: datetime


def stored_members(workspace: Workspace, segment_id: int) -> BitMap:
    """The row ids of a segment's members."""
    blob = workspace.connection.execute("SELECT members FROM segment_result WHERE segment_id = ?", (segment_id,)).get
    return BitMap.deserialize(blob) if blob else BitMap()


def record_type_of(workspace: Workspace, segment_id: int) -> RecordType:
    """The record type of a segment. Raises UnknownRecordType where the segment is gone."""
    found = workspace.connection.execute("SELECT record_type_id FROM segment WHERE id = ?", (segment_id,)).get
    return record_type_by_id(workspace, -1 if found is None else found)


def members(
    workspace: Workspace,
    segment_id: int,
    *,
    offset: int = 0,
    limit: int = 200,
    search: str = "",
    among: BitMap | None = None,
) -> MemberPage:
    """A stretch of the members of a segment in the order of their import: those that `search` finds in key or fields,
    or those of `among`, which a search found before."""
    from segment_manager.storage.queries.record_search import records_holding  # builds on this module

    with workspace.snapshot():
        record_type = record_type_of(workspace, segment_id)
        found = stored_members(workspace, segment_id) if among is None else among
        if search.strip():
            found = found & records_holding(workspace, record_type, search, found.min() if found else 0)
        page = found[offset : offset + limit]
        keys, rows = records_by_id(workspace, record_type, page)
    return MemberPage(len(found), keys, rows, record_type)


def records_by_id(
    workspace: Workspace, record_type: RecordType, ids: Sequence[int] | BitMap
) -> tuple[list[str], list[tuple[Value, ...]]]:
    """Keys and values (in the order of the fields) of records by row id, in id order."""
    keys, values = _columns_by_id(workspace, record_type, ids)
    return keys, list(zip(*values, strict=True)) if values else [() for _ in keys]


def _columns_by_id(
    workspace: Workspace, record_type: RecordType, ids: Sequence[int] | BitMap
) -> tuple[list[str], list[Sequence[Value]]]:
    """Keys of records, and the values of each field."""
    columns = "".join(f", {column(field)}" for field in record_type.fields)
    rows = workspace.connection.execute(
        f"SELECT key{columns} FROM {table_name(record_type.id)}"
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json_ids(ids),),
    ).fetchall()
    if not rows:
        return [], []
    keys, *stored = zip(*rows, strict=True)
    read = [value_reader(field) for field in record_type.fields]
    return list(keys), [
        column if reads is None else [None if each is None else reads(each) for each in column]
        for column, reads in zip(stored, read, strict=True)
    ]


def member_columns(
    workspace: Workspace, segment_id: int, at_once: int
) -> Iterator[tuple[list[str], list[Sequence[Value]]]]:
    """The keys of a segment's members and their values field by field, so many members at a time, in the order of their
    import."""
    record_type = record_type_of(workspace, segment_id)
    found = stored_members(workspace, segment_id)
    for start in range(0, len(found), at_once):
        yield _columns_by_id(workspace, record_type, found[start : start + at_once])


def member_keys(workspace: Workspace, segment_id: int) -> Iterator[str]:
    """The keys of a segment's members, in the order of their import."""
    record_type = record_type_of(workspace, segment_id)
    found = stored_members(workspace, segment_id)
    for start in range(0, len(found), _KEYS_AT_ONCE):
        yield from keys_by_id(workspace, record_type, found[start : start + _KEYS_AT_ONCE])


def keys_by_id(workspace: Workspace, record_type: RecordType, ids: Sequence[int] | BitMap) -> list[str]:
    """The keys of records by row id, in id order."""
    return [
        row[0]
        for row in workspace.connection.execute(
            f"SELECT key FROM {table_name(record_type.id)} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json_ids(ids),),
        )
    ]


def record_by_key(workspace: Workspace, record_type: RecordType, key: str) -> tuple[int, dict[str, Value]]:
    """Row id and values by field name of the record with a key. Raises UnknownRecord."""
    columns = "".join(f", {column(field)}" for field in record_type.fields)
    row = workspace.connection.execute(
        f"SELECT id{columns} FROM {table_name(record_type.id)} WHERE key = ?", (key,)
    ).fetchone()
    if row is None:
        raise UnknownRecord(f"There is no {record_type.name} with the key “{key}”.")
    values = zip(record_type.fields, row[1:], strict=True)
    return row[0], {field.name: from_stored(field, stored) for field, stored in values}


def record_count(workspace: Workspace, record_type: RecordType) -> int:
    """How many records a record type has."""
    return int(workspace.connection.execute(f"SELECT count(*) FROM {table_name(record_type.id)}").get)


def connection_count(workspace: Workspace, segment_id: int) -> int:
    """How many sequence connections came through a segment."""
    return int(
        workspace.connection.execute("SELECT count(*) FROM sequence_connection WHERE segment_id = ?", (segment_id,)).get
    )


def connections(
    workspace: Workspace, *, sequence: str | None = None, segment_id: int | None = None
) -> Iterator[Connection]:
    """Sequence connections: all, of the sequences of one name (or id), or those that came through one segment."""
    chosen = "" if segment_id is None else "AND segment_id = :segment"
    for record_type in record_types(workspace):
        for key, name, segment_name, connected_at in workspace.connection.execute(
            "SELECT record.key, asset.name, segment_name, connected_at FROM sequence_connection"
            " JOIN asset ON asset.id = sequence_connection.asset_id"
            f" JOIN {table_name(record_type.id)} AS record ON record.id = record_id"
            f" WHERE record_type_id = :type {chosen}"
            " AND (:sequence IS NULL OR asset.name = :sequence OR asset.asset_id = :sequence)"
            " ORDER BY asset.name, record_id",
            {"type": record_type.id, "sequence": sequence, "segment": segment_id},
        ):
            yield Connection(key, name, segment_name, moment(connected_at))
