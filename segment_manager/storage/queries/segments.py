"""Segments: the light rows of lists, one segment in full, and how they refer to each other."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from segment_manager.domain.errors import UnknownSegment
from segment_manager.domain.plans import Dependent
from segment_manager.domain.segments import Reason, SegmentDetail, SegmentSummary, Status, folded_name
from segment_manager.storage.ids import json_ids
from segment_manager.storage.record_tables import record_type_named
from segment_manager.storage.times import moment, stamp
from segment_manager.storage.usage_tally import TALLY
from segment_manager.storage.workspace import Workspace

STALE = (
    "computed_at IS NULL OR rule_stale OR segment_result.change_number < record_type.change_number"
    " OR (moves_with_time AND computed_at < :day_start)"
)
"""Whether stored members are out of date; :day_start is the first instant of today in the workspace's zone."""

_SUMMARIES = f"""
WITH chosen AS MATERIALIZED (
    SELECT * FROM segment
    WHERE (:record_type IS NULL OR record_type_id = :record_type)
      AND (:ids IS NULL OR id IN (SELECT value FROM json_each(:ids)))
), tally AS MATERIALIZED (
    {TALLY}
), rule_uses AS MATERIALIZED (
    SELECT referred_id, count(*) AS uses, sum(other.status = 'active') AS active_uses
    FROM rule_reference JOIN segment AS other ON other.id = rule_reference.segment_id GROUP BY referred_id
)
SELECT chosen.id, chosen.record_type_id, chosen.name, status, reason, since, count, computed_at,
    {STALE}, missing <> '[]', keep_active,
    coalesce(tally.sequences, 0), coalesce(tally.live_sequences, 0),
    coalesce(tally.live_references, 0), coalesce(tally.draft_references, 0),
    coalesce(tally.ended_references, 0), coalesce(tally.analytics_references, 0),
    coalesce(tally.counted_references, 0), coalesce(uses, 0), coalesce(active_uses, 0),
    max(chosen.created_at, coalesce(activated_at, ''), coalesce(rule_used_until, ''),
        coalesce(tally.used_lost_at, '')),
    tally.used_on, chosen.created_at, modified_at, description,
    (SELECT json_group_array(tag) FROM (SELECT tag FROM segment_tag WHERE segment_id = chosen.id ORDER BY tag))
FROM chosen JOIN record_type ON record_type.id = chosen.record_type_id
LEFT JOIN segment_result ON segment_result.segment_id = chosen.id
LEFT JOIN tally ON tally.segment_id = chosen.id
LEFT JOIN rule_uses ON rule_uses.referred_id = chosen.id
ORDER BY chosen.id
"""


def summaries(
    workspace: Workspace, record_type_id: int | None = None, ids: Iterable[int] | None = None
) -> list[SegmentSummary]:
    """The light rows of all segments, of one record type, or of `ids`, in id order."""
    zone = workspace.zone
    rows = workspace.connection.execute(
        _SUMMARIES,
        {
            "record_type": record_type_id,
            "ids": None if ids is None else json_ids(ids),
            "today": workspace.today().isoformat(),
            "day_start": day_start(workspace),
        },
    )
    return [_summary(row, zone) for row in rows]


def _summary(row: tuple[Any, ...], zone: tzinfo) -> SegmentSummary:
    (
        segment_id, record_type_id, name, status, reason, since, count, computed_at, stale, broken, keep_active,
        sequences, live_sequences, live, draft, ended, analytics, counted, uses, active_uses, used_at, used_on,
        created_at, modified_at, description, tags,
    ) = row  # fmt: skip
    return SegmentSummary(
        segment_id,
        record_type_id,
        name,
        Status.ACTIVE if status == "active" else Status.INACTIVE,
        Reason(reason) if reason else None,
        moment(since),
        count,
        moment(computed_at) if computed_at else None,
        bool(stale),
        bool(broken),
        bool(keep_active),
        sequences,
        live_sequences,
        live,
        draft,
        ended,
        analytics,
        uses,
        None if counted or active_uses else last_used(used_at, used_on, zone),
        moment(created_at),
        moment(modified_at),
        description,
        tuple(json.loads(tags)) if tags != "[]" else (),
    )


def last_used(used_at: str, used_on: str | None, zone: tzinfo) -> datetime:
    """The later of an instant and the end of a calendar day in the workspace's zone."""
    instant = moment(used_at)
    if not used_on:
        return instant
    day_end = datetime.combine(date.fromisoformat(used_on), time.max, zone).astimezone(UTC)
    return max(instant, day_end)


def segment_detail(workspace: Workspace, segment_id: int) -> SegmentDetail:
    """One segment in full. Raises UnknownSegment."""
    with workspace.snapshot() as connection:
        found = summaries(workspace, ids=[segment_id])
        if not found:
            raise UnknownSegment("This segment is gone: somebody deleted it.")
        rule, record_type, activated_at, created_by, missing = connection.execute(
            "SELECT rule, record_type.name, activated_at, created_by, missing FROM segment"
            " JOIN record_type ON record_type.id = record_type_id"
            " LEFT JOIN segment_result ON segment_id = segment.id WHERE segment.id = ?",
            (segment_id,),
        ).fetchall()[0]
    return SegmentDetail(
        found[0],
        record_type,
        rule,
        moment(activated_at) if activated_at else None,
        created_by,
        tuple(json.loads(missing or "[]")),
    )


def segment_counts(workspace: Workspace) -> dict[int, tuple[int, int]]:
    """How many Active and Inactive segments each record type has, by its id."""
    return {
        row[0]: (row[1], row[2])
        for row in workspace.connection.execute(
            "SELECT record_type.id, count(status = 'active' OR NULL), count(status = 'inactive' OR NULL)"
            " FROM record_type LEFT JOIN segment ON record_type_id = record_type.id GROUP BY record_type.id"
        )
    }


def segment_ids(workspace: Workspace, record_type: str | None, names: Sequence[str]) -> list[int]:
    """The ids of segments by name, of one record type or, where a name stands in one alone, of any.

    Raises UnknownSegment for names that are not there (telling near ones) or stand in several record types.
    """
    found = []
    for name in names:
        rows = workspace.connection.execute(
            "SELECT segment.id, record_type.name FROM segment JOIN record_type ON record_type.id = record_type_id"
            " WHERE segment.name_folded = ? AND (? IS NULL OR record_type_id = ?)",
            (folded_name(name), *[record_type and _record_type_id(workspace, record_type)] * 2),
        ).fetchall()
        if not rows:
            raise UnknownSegment(_not_there(workspace, record_type, name))
        if len(rows) > 1:
            types = ", ".join(row[1] for row in rows)
            raise UnknownSegment(f"“{name}” stands for several segments ({types}). Say which record type you mean.")
        found.append(int(rows[0][0]))
    return found


def _record_type_id(workspace: Workspace, name: str) -> int:
    return record_type_named(workspace.connection, name).id


def _not_there(workspace: Workspace, record_type: str | None, name: str) -> str:
    of_type = f" of {record_type}" if record_type else ""
    folded = {
        row[1]: row[0] for row in workspace.connection.execute("SELECT name, name_folded FROM segment LIMIT 20000")
    }
    near = difflib.get_close_matches(folded_name(name), folded, n=3, cutoff=0.75)
    hint = f" Did you mean {' or '.join(f'“{folded[each]}”' for each in near)}?" if near else ""
    return f"There is no segment “{name}”{of_type}.{hint}"


def all_segment_names(workspace: Workspace, record_type_id: int) -> list[str]:
    """The names of a record type's segments, in alphabetical order."""
    return [
        row[0]
        for row in workspace.connection.execute(
            "SELECT name FROM segment WHERE record_type_id = ? ORDER BY name_folded", (record_type_id,)
        )
    ]


def ids_by_name(workspace: Workspace) -> dict[tuple[int, str], int]:
    """The ids of all segments by record type id and folded name."""
    return {
        (row[0], row[1]): row[2]
        for row in workspace.connection.execute("SELECT record_type_id, name_folded, id FROM segment")
    }


def rules_and_activations(workspace: Workspace) -> dict[int, tuple[str, datetime | None]]:
    """The rule as JSON and the last activation of every segment, by id."""
    return {
        row[0]: (row[1], moment(row[2]) if row[2] else None)
        for row in workspace.connection.execute("SELECT id, rule, activated_at FROM segment")
    }


def rule_of(workspace: Workspace, segment_id: int) -> str:
    """The rule of a segment as JSON. Raises UnknownSegment."""
    row = workspace.connection.execute("SELECT rule FROM segment WHERE id = ?", (segment_id,)).fetchone()
    if row is None:
        raise UnknownSegment("This segment is gone: somebody deleted it.")
    return str(row[0])


def dependents(workspace: Workspace, segment_id: int) -> list[Dependent]:
    """The segments whose rules refer to a segment, directly or through others, direct ones first."""
    rows = workspace.connection.execute(
        "WITH RECURSIVE found(id, direct) AS ("
        "  SELECT segment_id, 1 FROM rule_reference WHERE referred_id = ?"
        "  UNION SELECT rule_reference.segment_id, 0 FROM rule_reference JOIN found ON referred_id = found.id)"
        " SELECT segment.id, name, status, max(direct) FROM found JOIN segment USING (id)"
        " GROUP BY segment.id ORDER BY max(direct) DESC, name_folded",
        (segment_id,),
    )
    return [Dependent(row[0], row[1], row[2], bool(row[3])) for row in rows]


def used_segments(workspace: Workspace, segment_id: int) -> list[Dependent]:
    """The segments that a segment's rule refers to directly."""
    rows = workspace.connection.execute(
        "SELECT segment.id, name, status FROM rule_reference JOIN segment ON segment.id = referred_id"
        " WHERE segment_id = ? ORDER BY name_folded",
        (segment_id,),
    )
    return [Dependent(*row) for row in rows]


def stale_ids(workspace: Workspace, ids: Iterable[int] | None = None) -> list[int]:
    """Active, unbroken segments whose members are older than their rule or the records; of all, or of `ids`."""
    return [
        row[0]
        for row in workspace.connection.execute(
            "SELECT segment.id FROM segment JOIN record_type ON record_type.id = record_type_id"
            " JOIN segment_result ON segment_id = segment.id"
            f" WHERE status = 'active' AND missing = '[]' AND ({STALE})"
            " AND (:ids IS NULL OR segment.id IN (SELECT value FROM json_each(:ids))) ORDER BY segment.id",
            {"ids": None if ids is None else json_ids(ids), "day_start": day_start(workspace)},
        )
    ]


def day_start(workspace: Workspace) -> str:
    """The first instant of today in the workspace's zone, as a stamp."""
    return stamp(datetime.combine(workspace.today(), time.min, workspace.zone))
