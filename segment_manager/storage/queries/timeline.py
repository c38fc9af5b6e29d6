"""Segments over time: who was a member on a past day, which rule was written when, and what waits to be computed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from pyroaring import BitMap

from segment_manager.storage.queries.history import ActivityEntry, activity
from segment_manager.storage.queries.record_search import records_holding
from segment_manager.storage.queries.records import MemberPage, records_by_id, stored_members
from segment_manager.storage.queries.segments import STALE, day_start
from segment_manager.storage.queries.workspace import record_type_by_id
from segment_manager.storage.times import moment, stamp
from segment_manager.storage.workspace import Workspace


class Move(StrEnum):
    """What a computation did to a record."""

    JOINED = "joined"
    LEFT = "left"


class MembersThen(NamedTuple):
    """The members at the end of a past day: a stretch of them, as they were since `computed_at`. The values of the
    records are those of now."""

    computed_at: datetime
    page: MemberPage


def members_on(
    workspace: Workspace, segment_id: int, day: date, *, offset: int = 0, limit: int = 200, search: str = ""
) -> MembersThen | None:
    """A stretch of those who were members at the end of a calendar day in the workspace's zone; None where the segment
    had not been computed by then. Raises UnknownRecordType where the segment is gone."""
    with workspace.snapshot() as connection:
        of_type = connection.execute("SELECT record_type_id FROM segment WHERE id = ?", (segment_id,)).get
        record_type = record_type_by_id(workspace, -1 if of_type is None else of_type)
        found = _members_then(workspace, segment_id, day)
        if found is None:
            return None
        computed_at, then = found
        if search.strip():
            then &= records_holding(workspace, record_type, search)
        keys, rows = records_by_id(workspace, record_type, then[offset : offset + limit])
    return MembersThen(computed_at, MemberPage(len(then), keys, rows, record_type))


def moved_members(
    workspace: Workspace, computation_id: int, move: Move, *, offset: int = 0, limit: int = 200, search: str = ""
) -> MemberPage:
    """A stretch of those who joined or left a segment in one computation. Raises UnknownRecordType where it is gone."""
    with workspace.snapshot() as connection:
        row = connection.execute(
            f'SELECT record_type_id, "{move}" FROM computation JOIN segment ON segment.id = segment_id'
            " WHERE computation.id = ?",
            (computation_id,),
        ).fetchone()
        of_type, blob = row or (-1, b"")
        record_type = record_type_by_id(workspace, of_type)
        moved = BitMap.deserialize(blob)
        if search.strip():
            moved &= records_holding(workspace, record_type, search)
        keys, rows = records_by_id(workspace, record_type, moved[offset : offset + limit])
    return MemberPage(len(moved), keys, rows, record_type)


def _members_then(workspace: Workspace, segment_id: int, day: date) -> tuple[datetime, BitMap] | None:
    """The members of now, with every computation since the end of that day taken back."""
    connection = workspace.connection
    over = stamp(datetime.combine(day + timedelta(days=1), time.min, workspace.zone))
    last = connection.execute(
        "SELECT id, at FROM computation WHERE segment_id = ? AND at < ? ORDER BY id DESC LIMIT 1", (segment_id, over)
    ).fetchone()
    if last is None:
        return None
    then = stored_members(workspace, segment_id)
    for joined, left in connection.execute(
        'SELECT joined, "left" FROM computation WHERE segment_id = ? AND id > ? ORDER BY id DESC', (segment_id, last[0])
    ):
        then = (then - BitMap.deserialize(joined)) | BitMap.deserialize(left)
    return moment(last[1]), then


def segment_log(workspace: Workspace, segment_id: int) -> list[ActivityEntry]:
    """All that happened to a segment, oldest first."""
    return activity(workspace, segment_id=segment_id, limit=None)[::-1]


def waiting_segments(workspace: Workspace) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The ids of the Active, unbroken segments that are out of date: because rule or records changed since their last
    computation (or they had none), and by the passing of days alone."""
    by_clock: dict[bool, list[int]] = {False: [], True: []}
    for segment_id, clock_alone in workspace.connection.execute(
        "SELECT segment.id, computed_at IS NOT NULL AND NOT rule_stale"
        " AND segment_result.change_number >= record_type.change_number"
        " FROM segment JOIN record_type ON record_type.id = record_type_id"
        " JOIN segment_state ON segment_state.segment_id = segment.id"
        " JOIN segment_result ON segment_result.segment_id = segment.id"
        f" WHERE status = 'active' AND missing = '[]' AND ({STALE}) ORDER BY segment.id",
        {"day_start": day_start(workspace)},
    ):
        by_clock[bool(clock_alone)].append(segment_id)
    return tuple(by_clock[False]), tuple(by_clock[True])
