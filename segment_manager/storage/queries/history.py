"""What happened: activity, computations, and the steps that can be undone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from segment_manager.domain.segments import folded_name
from segment_manager.storage.times import moment, stamp
from segment_manager.storage.workspace import Workspace


class ActivityEntry(NamedTuple):
    seq: int
    at: datetime
    who: str
    action: str
    segments: tuple[str, ...]
    before: dict[str, object]
    after: dict[str, object]
    segment_id: int | None = None


class ComputationEntry(NamedTuple):
    at: datetime
    cause: str
    members: int
    joined: int
    left: int
    id: int = 0


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What activity to read: every part that is given must hold. `segment` is a part of a segment's name, whatever its
    case; `since` and `until` are aware moments, the latter not included."""

    segment_id: int | None = None
    segment: str = ""
    who: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def activity(
    workspace: Workspace,
    *,
    segment_id: int | None = None,
    limit: int | None = 200,
    before: int | None = None,
    only: ActivityFilter | None = None,
) -> list[ActivityEntry]:
    """Activity rows, newest first: of one segment or all, at most `limit` (None: all), older than the row `before`."""
    wanted = only or ActivityFilter(segment_id)
    condition, values = _where(wanted)
    names = _names_with(workspace, wanted.segment)
    rows = workspace.connection.execute(
        "SELECT seq, at, who, action, segment_name, before, after, segment_id FROM activity"
        f" WHERE (:before IS NULL OR seq < :before){condition} ORDER BY seq DESC LIMIT :limit",
        {"before": before, "limit": -1 if limit is None else limit, "names": names, **values},
    )
    return [
        ActivityEntry(
            seq, moment(at), who, action, (name,) if name is not None else (), json.loads(old), json.loads(new), of
        )
        for seq, at, who, action, name, old, new, of in rows
    ]


def activity_count(workspace: Workspace, only: ActivityFilter) -> int:
    """How many rows there are."""
    condition, values = _where(only)
    values["names"] = _names_with(workspace, only.segment)
    found: int = workspace.connection.execute(f"SELECT count(*) FROM activity WHERE 1{condition}", values).get
    return found


def _where(only: ActivityFilter) -> tuple[str, dict[str, object]]:
    """The conditions that are asked for, and their values; those not asked for cost nothing."""
    parts: dict[str, tuple[bool, object]] = {
        "segment_id = :segment": (only.segment_id is not None, only.segment_id),
        "segment_name IN (SELECT value FROM json_each(:names))": (bool(only.segment.strip()), ""),
        "who = :who": (only.who is not None, only.who),
        "action = :action": (only.action is not None, only.action),
        "at >= :since": (only.since is not None, only.since and stamp(only.since)),
        "at < :until": (only.until is not None, only.until and stamp(only.until)),
    }
    asked = {condition: value for condition, (is_asked, value) in parts.items() if is_asked}
    named = {condition.rpartition(":")[2]: value for condition, value in asked.items() if "json_each" not in condition}
    return "".join(f" AND {condition}" for condition in asked), named


def _names_with(workspace: Workspace, text: str) -> str | None:
    """The names of segments, there or gone, that hold a text, as a JSON list; None where none is asked for."""
    needle = folded_name(text.strip())
    if not needle:
        return None
    found = workspace.connection.execute("SELECT DISTINCT segment_name FROM activity WHERE segment_name IS NOT NULL")
    return json.dumps([name for (name,) in found if needle in folded_name(name)])


def activity_people(workspace: Workspace) -> list[str]:
    """Everybody whom the activity names."""
    return [row[0] for row in workspace.connection.execute("SELECT DISTINCT who FROM activity ORDER BY who")]


def activity_actions(workspace: Workspace) -> list[str]:
    """Every action that the activity knows."""
    return [row[0] for row in workspace.connection.execute("SELECT DISTINCT action FROM activity ORDER BY action")]


def reused(workspace: Workspace) -> tuple[int, ...]:
    """The segments that the newest step made Active again because something uses them; () where it made none."""
    found = []
    newest = None
    for operation, action, segment_id in workspace.connection.execute(
        "SELECT operation, action, segment_id FROM activity ORDER BY seq DESC"
    ):
        if newest is not None and operation != newest:
            break
        newest = operation
        if action == "reuse":
            found.append(segment_id)
    return tuple(reversed(found))


def computations(workspace: Workspace, segment_id: int, limit: int = 100) -> list[ComputationEntry]:
    """The computations of a segment, newest first."""
    return [
        ComputationEntry(moment(row[0]), *row[1:])
        for row in workspace.connection.execute(
            "SELECT at, cause, count, joined_count, left_count, id FROM computation WHERE segment_id = ?"
            " ORDER BY id DESC LIMIT ?",
            (segment_id, limit),
        )
    ]
