"""One real table a record type, made from its fields.

Stands apart because these tables are made while the program runs, not by migrations: typed columns keep rules fast.
A record table has id, key (unique), changed (the number of the change that last touched the row), then per field its
value column and, for texts, the folded column beside it (see domain.records).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from segment_manager.domain.errors import NameInvalid, UnknownRecordType
from segment_manager.domain.records import FOLDED_TYPES, Field, FieldType, RecordType, column, fold, folded_column
from segment_manager.domain.segments import clean_name
from segment_manager.storage.sql import Connection

if TYPE_CHECKING:
    from segment_manager.storage.change import OpenChange

_SQL_TYPES = {
    FieldType.TEXT: "TEXT",
    FieldType.CHOICE: "TEXT",
    FieldType.CHOICES: "TEXT",
    FieldType.DATE: "TEXT",
    FieldType.INTEGER: "INTEGER",
    FieldType.DECIMAL: "INTEGER",
    FieldType.DATETIME: "INTEGER",
    FieldType.BOOLEAN: "INTEGER",
}
_FIELD_NAME = r"[a-z][a-z0-9_]{0,59}"


def table_name(record_type_id: int) -> str:
    """The name of the table with the records of a type."""
    return f"records_{int(record_type_id)}"


def insert_record_type(connection: Connection, name: str) -> int:
    """Add a record type with its empty table; gives its id."""
    name = clean_name(name)
    connection.execute(
        "INSERT INTO record_type (name, name_folded, key_label) VALUES (?, ?, 'Key')", (name, fold(name))
    )
    record_type_id = connection.last_insert_rowid()
    table = table_name(record_type_id)
    connection.execute(
        f"CREATE TABLE {table} (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,"
        " changed INTEGER NOT NULL) STRICT"
    )
    connection.execute(f"CREATE INDEX {table}_changed ON {table} (changed)")
    return record_type_id


def read_record_types(connection: Connection, where: str = "", parameters: Sequence[object] = ()) -> list[RecordType]:
    """Record types with their fields, in the order they were made. `where` is SQL of this package alone."""
    fields: dict[int, list[Field]] = {}
    for record_type_id, name, label, kind, choices, places in connection.execute(
        "SELECT record_type_id, name, label, type, choices, places FROM field ORDER BY record_type_id, id"
    ):
        fields.setdefault(record_type_id, []).append(
            Field(name, label, FieldType(kind), tuple(json.loads(choices)), places)
        )
    return [
        RecordType(row[0], row[1], tuple(fields.get(row[0], ())), row[2])
        for row in connection.execute(
            f"SELECT id, name, key_label FROM record_type {where} ORDER BY id", tuple(parameters)
        )
    ]


def record_type_named(connection: Connection, name: str) -> RecordType:
    """The record type of this name (case folded). Raises UnknownRecordType."""
    found = read_record_types(connection, "WHERE name_folded = ?", (fold(name.strip()),))
    if not found:
        known = ", ".join(record_type.name for record_type in read_record_types(connection))
        raise UnknownRecordType(f"There is no record type “{name}”. There are: {known}.")
    return found[0]


def ensure_record_type(change: OpenChange, name: str) -> RecordType:
    """The record type of this name, made new where there is none."""
    try:
        return record_type_named(change.connection, name)
    except UnknownRecordType:
        insert_record_type(change.connection, name)
        return record_type_named(change.connection, name)


def ensure_fields(change: OpenChange, record_type: RecordType, fields: Sequence[Field]) -> RecordType:
    """Add those fields that the record type does not have; known ones stay as they are. Gives the record type anew."""
    connection = change.connection
    table = table_name(record_type.id)
    for field in fields:
        if record_type.field(field.name) is not None:
            continue
        if not re.fullmatch(_FIELD_NAME, field.name):
            raise NameInvalid(f"“{field.name}” is no field name: small letters, digits and _ only.")
        connection.execute(
            "INSERT INTO field (record_type_id, name, label, type, choices, places) VALUES (?, ?, ?, ?, ?, ?)",
            (record_type.id, field.name, field.label, field.type, _json(field.choices), field.places),
        )
        connection.execute(f"ALTER TABLE {table} ADD COLUMN {column(field)} {_SQL_TYPES[field.type]}")
        if field.type in FOLDED_TYPES:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {folded_column(field)} TEXT")
        record_type = record_type._replace(fields=(*record_type.fields, field))
    return record_type


def set_choices(change: OpenChange, record_type: RecordType, field: Field, choices: Sequence[str]) -> None:
    """Replace the known values of a choice field."""
    change.connection.execute(
        "UPDATE field SET choices = ? WHERE record_type_id = ? AND name = ?",
        (_json(choices), record_type.id, field.name),
    )


def set_key_label(change: OpenChange, record_type_id: int, label: str) -> None:
    """Remember from which column the keys of a record type come."""
    change.connection.execute("UPDATE record_type SET key_label = ? WHERE id = ?", (label, record_type_id))


def next_change_number(change: OpenChange, record_type_id: int) -> int:
    """Count one more change of a record type's records, and give its number."""
    row = change.connection.execute(
        "UPDATE record_type SET change_number = change_number + 1 WHERE id = ? RETURNING change_number",
        (record_type_id,),
    ).fetchall()
    return int(row[0][0])


def _json(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
