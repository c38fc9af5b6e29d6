"""What happened: activity, computations, and the steps that can be undone."""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple

from segment_manager.storage.times import moment
from segment_manager.storage.workspace import Workspace


class ActivityEntry(NamedTuple):
    seq: int
    at: datetime
    who: str
    action: str
    segments: tuple[str, ...]
    before: dict[str, object]
    after: dict[str, object]


class ComputationEntry(NamedTuple):
    at: datetime
    cause: str
    members: int
    joined: int
    left: int


def activity(
    workspace: Workspace, *, segment_id: int | None = None, limit: int | None = 200, before: int | None = None
) -> list[ActivityEntry]:
    """Activity rows, newest first: of one segment or all, at most `limit` (None: all), older than the row `before`."""
    rows = workspace.connection.execute(
        "SELECT seq, at, who, action, segment_name, before, after FROM activity"
        " WHERE (:segment IS NULL OR segment_id = :segment) AND (:before IS NULL OR seq < :before)"
        " ORDER BY seq DESC LIMIT :limit",
        {"segment": segment_id, "before": before, "limit": -1 if limit is None else limit},
    )
    return [
        ActivityEntry(
            seq, moment(at), who, action, (name,) if name is not None else (), json.loads(old), json.loads(new)
        )
        for seq, at, who, action, name, old, new in rows
    ]


def computations(workspace: Workspace, segment_id: int, limit: int = 100) -> list[ComputationEntry]:
    """The computations of a segment, newest first."""
    return [
        ComputationEntry(moment(row[0]), *row[1:])
        for row in workspace.connection.execute(
            "SELECT at, cause, count, joined_count, left_count FROM computation WHERE segment_id = ?"
            " ORDER BY id DESC LIMIT ?",
            (segment_id, limit),
        )
    ]


def undo_labels(workspace: Workspace) -> tuple[str | None, str | None]:
    """What the next undo and the next redo would act on; None where there is nothing."""
    connection = workspace.connection
    undo = connection.execute("SELECT label FROM undo_step WHERE state = 'done' ORDER BY id DESC LIMIT 1").get
    redo = connection.execute("SELECT label FROM undo_step WHERE state = 'undone' ORDER BY id LIMIT 1").get
    return undo, redo
