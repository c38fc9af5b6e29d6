"""Records: finding them by key or text, the segments each is in, and how it reached its sequences."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from pyroaring import BitMap

from segment_manager.domain.records import FOLDED_TYPES, Field, FieldType, RecordType, column, fold, folded_column
from segment_manager.domain.segments import Reason, Status
from segment_manager.domain.stored_values import Stored, Value, scaled
from segment_manager.domain.usage import AssetState
from segment_manager.storage.queries.records import records_by_id
from segment_manager.storage.record_tables import table_name
from segment_manager.storage.times import moment
from segment_manager.storage.workspace import Workspace


class FoundRecords(NamedTuple):
    """Records that hold a text: keys, rows in the order of the record type's fields, and whether there are `more`."""

    record_type: RecordType
    keys: list[str]
    rows: list[tuple[Value, ...]]
    more: bool


class RecordSegment(NamedTuple):
    """A segment that a record is a member of, and since which computation (None where that is not kept)."""

    id: int
    name: str
    status: Status
    reason: Reason | None
    member_since: datetime | None


class RecordSequence(NamedTuple):
    """A sequence that works on a record, with the segment that brought it (segment_id None: deleted since)."""

    name: str
    state: AssetState
    segment_id: int | None
    segment_name: str
    connected_at: datetime


def records_found(workspace: Workspace, record_type: RecordType, text: str, limit: int = 100) -> FoundRecords:
    """Records by key or by what their fields hold: the one with this very key first, then those whose key holds the
    text, then the others, at most `limit`. Without a text: the first ones."""
    wanted = text.strip()
    with workspace.snapshot() as connection:
        found: dict[int, None] = {}
        for where, parameters in (
            ("key = ?", (wanted,)),
            _key_holds(wanted),
            _fields_hold(record_type, wanted),
        ):
            if len(found) <= limit:
                rows = connection.execute(
                    f"SELECT id FROM {table_name(record_type.id)} WHERE {where} ORDER BY id LIMIT ?",
                    (*parameters, limit + 1),
                )
                found.update(dict.fromkeys(row[0] for row in rows))
        order = list(found)[:limit]
        keys, rows_by_id = records_by_id(workspace, record_type, order)
    by_id = dict(zip(sorted(order), zip(keys, rows_by_id, strict=True), strict=True))
    in_order = [by_id[each] for each in order]
    return FoundRecords(record_type, [key for key, _ in in_order], [row for _, row in in_order], len(found) > limit)


def records_holding(
    workspace: Workspace, record_type: RecordType, text: str, first: int = 0, last: int = 2**62
) -> BitMap:
    """The row ids, from `first` to `last`, of the records whose key or fields hold a text."""
    wanted = text.strip()
    (by_key, of_key), (by_field, of_field) = _key_holds(wanted), _fields_hold(record_type, wanted)
    rows = workspace.connection.execute(
        f"SELECT id FROM {table_name(record_type.id)} WHERE id BETWEEN ? AND ? AND ({by_key} OR {by_field})",
        (first, last, *of_key, *of_field),
    )
    return BitMap(row[0] for row in rows)


def _key_holds(wanted: str) -> tuple[str, tuple[Stored, ...]]:
    """Keys have no folded column; SQLite folds those of ASCII alone, told by their length in bytes, by itself."""
    needle = fold(wanted)
    folded = "CASE WHEN octet_length(key) = length(key) THEN lower(key) ELSE casefolded(key) END"
    return f"instr({folded}, ?) > 0", (needle,)


def _fields_hold(record_type: RecordType, wanted: str) -> tuple[str, tuple[Stored, ...]]:
    tests = ["0"]
    parameters: list[Stored] = []
    for field in record_type.fields:
        test = _field_holds(field, wanted)
        if test is not None:
            tests.append(test[0])
            parameters.append(test[1])
    return f"({' OR '.join(tests)})", tuple(parameters)


def _field_holds(field: Field, wanted: str) -> tuple[str, Stored] | None:
    if field.type in FOLDED_TYPES:
        return f"instr({folded_column(field)}, ?) > 0", fold(wanted)
    if field.type is FieldType.DATE:
        return f"instr({column(field)}, ?) > 0", wanted
    if field.type in (FieldType.INTEGER, FieldType.DECIMAL):
        number = _number(wanted, field)
        return None if number is None else (f"{column(field)} = ?", number)
    return None


def _number(wanted: str, field: Field) -> int | None:
    try:
        return scaled(Decimal(wanted.replace(",", "")), field.places)
    except (InvalidOperation, ValueError, OverflowError):
        return None


def segments_with_record(workspace: Workspace, record_type: RecordType, record_id: int) -> list[RecordSegment]:
    """The segments that a record is a member of, by name; Inactive ones by the members they kept."""
    with workspace.snapshot() as connection:
        inside = [
            row[:4]
            for row in connection.execute(
                "SELECT segment.id, name, status, reason, members FROM segment"
                " JOIN segment_state ON segment_state.segment_id = segment.id"
                " JOIN segment_result ON segment_result.segment_id = segment.id"
                " WHERE record_type_id = ? AND members IS NOT NULL ORDER BY name_folded",
                (record_type.id,),
            )
            if record_id in BitMap.deserialize(row[4])
        ]
        return [
            RecordSegment(
                segment_id,
                name,
                Status(status),
                Reason(reason) if reason else None,
                _member_since(workspace, segment_id, record_id),
            )
            for segment_id, name, status, reason in inside
        ]


def _member_since(workspace: Workspace, segment_id: int, record_id: int) -> datetime | None:
    """When a member joined last."""
    rows = workspace.connection.execute(
        "SELECT at, joined FROM computation WHERE segment_id = ? AND joined_count > 0 ORDER BY id DESC", (segment_id,)
    )
    return next((moment(at) for at, joined in rows if record_id in BitMap.deserialize(joined)), None)


def sequences_with_record(workspace: Workspace, record_type: RecordType, record_id: int) -> list[RecordSequence]:
    """The sequences that work on a record, in the order in which it reached them."""
    rows = workspace.connection.execute(
        # CROSS JOIN: from the few sequences to their connections, whose key begins with the sequence
        "SELECT asset.name, state, sequence_connection.segment_id, segment_name, connected_at FROM asset"
        " CROSS JOIN sequence_connection ON sequence_connection.asset_id = asset.id"
        " AND record_type_id = ? AND record_id = ?"
        " WHERE asset_type = 'sequence' ORDER BY connected_at, asset.name",
        (record_type.id, record_id),
    )
    return [RecordSequence(row[0], AssetState(row[1]), row[2], row[3], moment(row[4])) for row in rows]
