"""What a workspace holds as a whole: record types, people, settings, what can be undone."""

from __future__ import annotations

import json

from segment_manager.domain.errors import UnknownRecordType
from segment_manager.domain.records import RecordType
from segment_manager.domain.segments import Role
from segment_manager.domain.usage import AssetType
from segment_manager.storage import record_tables
from segment_manager.storage.workspace import DEFAULT_SETTINGS, Workspace


def record_types(workspace: Workspace) -> list[RecordType]:
    """All record types with their fields, in the order they were made."""
    return record_tables.read_record_types(workspace.connection)


def record_type(workspace: Workspace, name: str) -> RecordType:
    """The record type of this name (case folded). Raises UnknownRecordType."""
    return record_tables.record_type_named(workspace.connection, name)


def record_type_by_id(workspace: Workspace, record_type_id: int) -> RecordType:
    """The record type of this id. Raises UnknownRecordType."""
    found = record_tables.read_record_types(workspace.connection, "WHERE id = ?", (record_type_id,))
    if not found:
        raise UnknownRecordType("This record type is gone.")
    return found[0]


def record_counts(workspace: Workspace) -> dict[int, int]:
    """How many records each record type has, by its id."""
    return {
        each.id: int(workspace.connection.execute(f"SELECT count(*) FROM {record_tables.table_name(each.id)}").get)
        for each in record_types(workspace)
    }


def people(workspace: Workspace) -> list[tuple[str, Role]]:
    """The members of the workspace with their roles, by login name."""
    from segment_manager.storage.tables import PersonRow  # brings Peewee, which the first paint does not need

    rows = workspace.db.execute(PersonRow.select(PersonRow.login, PersonRow.role).order_by(PersonRow.login).tuples())
    return [(login, Role(role)) for login, role in rows]


def counted_types(workspace: Workspace) -> list[AssetType]:
    """The types of assets whose live references keep a segment active."""
    value = workspace.setting("counted_types")
    return [AssetType(kind) for kind in value] if isinstance(value, list) else []


def settings(workspace: Workspace) -> dict[str, object]:
    """All settings by name."""
    stored = {
        name: json.loads(value) for name, value in workspace.connection.execute("SELECT name, value FROM setting")
    }
    return {**DEFAULT_SETTINGS, **{name: value for name, value in stored.items() if name in DEFAULT_SETTINGS}}


def undo_labels(workspace: Workspace) -> tuple[str | None, str | None]:
    """What the next undo and the next redo would act on; None where there is nothing."""
    connection = workspace.connection
    undo = connection.execute("SELECT label FROM undo_step WHERE state = 'done' ORDER BY id DESC LIMIT 1").get
    redo = connection.execute("SELECT label FROM undo_step WHERE state = 'undone' ORDER BY id LIMIT 1").get
    return undo, redo
