"""What happened: activity, computations, and the steps that can be undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import NamedTuple

from segment_manager.domain.segments import folded_name
from segment_manager.storage.activity_log import COLUMNS, LogRow, StoredEntry, entries_of, newest_first
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
    """Activity entries, newest first: of one segment or all, at most `limit` (None: all), older than entry `before`."""
    found = _found(workspace, only or ActivityFilter(segment_id), before)
    return [
        ActivityEntry(
            seq,
            moment(row.at),
            row.who,
            row.action,
            () if entry.name is None else (entry.name,),
            json.loads(bytes(entry.before)),
            json.loads(bytes(entry.after) or row.after or "{}"),
            entry.segment_id,
        )
        for row, seq, entry in islice(found, limit)
    ]


def activity_count(workspace: Workspace, only: ActivityFilter) -> int:
    """How many entries there are."""
    if only.segment_id is not None or only.segment.strip():
        return sum(1 for _ in _found(workspace, only, None))
    condition, values = _where(only)
    number = workspace.connection.execute(f"SELECT sum(seq - first_seq + 1) FROM activity WHERE 1{condition}", values)
    return number.get or 0


def _found(workspace: Workspace, only: ActivityFilter, before: int | None) -> Iterator[tuple[LogRow, int, StoredEntry]]:
    """The entries of a filter with their rows and numbers, newest first, as they are asked for."""
    condition, values = _where(only)
    rows = workspace.connection.execute(
        f"SELECT {COLUMNS} FROM activity WHERE (:before IS NULL OR first_seq < :before){condition} ORDER BY seq DESC",
        {"before": before, **values},
    )
    needle = folded_name(only.segment.strip())
    matches = cache(lambda name: needle in folded_name(name))
    for row in map(LogRow._make, rows):
        for seq, entry in newest_first(row):
            if before is not None and seq >= before:
                continue
            if only.segment_id is not None and entry.segment_id != only.segment_id:
                continue
            if needle and (entry.name is None or not matches(entry.name)):
                continue
            yield row, seq, entry


def _where(only: ActivityFilter) -> tuple[str, dict[str, object]]:
    """The conditions on rows that are asked for, and their values; those not asked for cost nothing."""
    parts = {
        # by the index alone; ordering the rows themselves would read the entries of each
        "seq IN (SELECT seq FROM activity WHERE first_id <= :segment AND last_id >= :segment)": only.segment_id,
        "who = :who": only.who,
        "action = :action": only.action,
        "at >= :since": only.since and stamp(only.since),
        "at < :until": only.until and stamp(only.until),
    }
    condition = "".join(f" AND {each}" for each, value in parts.items() if value is not None)
    return condition, dict(zip(("segment", "who", "action", "since", "until"), parts.values(), strict=True))


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
    # the entries of a bulk action are long, and nobody asks for them
    for operation, entries in workspace.connection.execute(
        "SELECT operation, CASE action WHEN 'reuse' THEN entries END FROM activity ORDER BY seq DESC"
    ):
        if newest is not None and operation != newest:
            break
        newest = operation
        if entries is not None:
            found += [each.segment_id for each in reversed(entries_of(entries)) if each.segment_id is not None]
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
