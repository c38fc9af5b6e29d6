"""The tables that one writes first: all of a segment in one row, and a row of the log for each segment that changes.

Stands apart because it is the naive way's own: the program's tables were made so that bulk actions are quick, which a
loop over them gains by, too. These are as they were up to schema 4.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peewee import AutoField, BlobField, IntegerField, Model, SqliteDatabase, TextField

from benchmarks import data

_database: Any = SqliteDatabase(None, pragmas={"journal_mode": "wal", "synchronous": "full"})


class PlainSegment(Model):
    id: Any = AutoField()
    record_type_id = IntegerField()
    name: Any = TextField()
    name_folded = TextField()
    description = TextField(default="")
    rule = TextField()
    status: Any = TextField(index=True)
    reason: Any = TextField(null=True)
    since: Any = TextField()
    keep_active = IntegerField(default=0)
    created_at = TextField()
    created_by = TextField()
    activated_at = TextField(null=True)
    modified_at = TextField()
    rule_used_until = TextField(null=True)

    class Meta:
        database = _database
        indexes = ((("record_type_id", "name_folded"), True),)


class PlainActivity(Model):
    seq = AutoField()
    operation = TextField()
    at = TextField()
    who = TextField()
    action = TextField()
    segment_id = IntegerField(null=True, index=True)
    segment_name = TextField(null=True)
    before = TextField()
    after = TextField()
    hash = BlobField()

    class Meta:
        database = _database


class PlainTables:
    """A database of its own with the segments of a closed workspace."""

    def __init__(self, workspace: Path) -> None:
        path = workspace.with_name(f"{workspace.name}-plain")
        for part in ("", "-wal", "-shm"):
            Path(f"{path}{part}").unlink(missing_ok=True)
        _database.init(path)
        _database.create_tables([PlainSegment, PlainActivity])
        _database.execute_sql("ATTACH ? AS workspace", (str(workspace),))
        _database.execute_sql(
            "INSERT INTO plainsegment SELECT id, record_type_id, name, name_folded, description, rule, status, reason,"
            " since, keep_active, created_at, created_by, activated_at, modified_at, rule_used_until"
            " FROM workspace.segment JOIN workspace.segment_state ON segment_id = id"
        )
        _database.execute_sql("DETACH workspace")

    def activate(self) -> None:
        """Make all segments Active."""
        PlainSegment.update(status="active", reason=None).execute()

    def deactivate(self, ids: Sequence[int]) -> None:
        """The naive way: one segment after the other, each saved and logged, in one transaction."""
        with _database.atomic():
            for segment in PlainSegment.select().where(PlainSegment.id.in_(ids)):
                before = {"status": segment.status, "reason": segment.reason, "since": segment.since}
                segment.status, segment.reason, segment.since = "inactive", "deactivated", data.OLD
                segment.save()
                PlainActivity.create(
                    operation="1", at=data.OLD, who="ada", action="bulk", segment_id=segment.id,
                    segment_name=segment.name, before=json.dumps(before), after="{}", hash=b"",
                )  # fmt: skip

    def close(self) -> None:
        """Close the database."""
        _database.close()
