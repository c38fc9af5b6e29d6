"""The scan for unused segments: one set-based statement over all of them.

Stands apart because the same condition marks, previews, and is checked again inside the transaction.
Source of the rule: 'Unused segments' of the project's domain description; see also docs/decisions.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import timedelta

from segment_manager.storage.change import OpenChange
from segment_manager.storage.ids import ids_in_a_table, json_ids
from segment_manager.storage.sql import Connection
from segment_manager.storage.states import ACTIVE
from segment_manager.storage.times import stamp
from segment_manager.storage.usage_tally import TALLY, refresh
from segment_manager.storage.workspace import Workspace

_WITHOUT_USE = f"""
    SELECT segment.id, segment.name FROM segment
    JOIN segment_state AS own ON own.segment_id = segment.id
    LEFT JOIN ({TALLY}) AS tally ON tally.segment_id = segment.id
    WHERE own.keep_active = 0
      AND max(segment.created_at, coalesce(own.activated_at, ''), coalesce(own.rule_used_until, '')) < :instant
      AND coalesce(tally.counted_references, 0) = 0
      AND coalesce(tally.used_lost_at, '') < :instant AND coalesce(tally.used_on, '') < :day
      AND NOT EXISTS (
        SELECT 1 FROM rule_reference JOIN segment_state AS other ON other.segment_id = rule_reference.segment_id
        WHERE rule_reference.referred_id = segment.id AND other.state = {ACTIVE})
"""
_UNUSED = f"{_WITHOUT_USE} AND own.state = {ACTIVE} ORDER BY segment.id"
_UNUSED_NUMBER = f"SELECT count(*) FROM ({_WITHOUT_USE} AND own.state = {ACTIVE})"
_STILL_UNUSED = f"{_WITHOUT_USE} AND segment.id IN (SELECT value FROM json_each(:ids))"
_MARKED_TODAY = """
    SELECT own.segment_id, json_extract(activity.after, '$.grace_days') FROM segment_state AS own
    CROSS JOIN activity ON activity.segment_id = own.segment_id AND activity.at = own.since AND activity.action = 'scan'
    WHERE own.reason = 'unused' AND own.since BETWEEN ? AND ?
"""


def _limits(workspace: Workspace, grace_days: int) -> dict[str, str]:
    """Uses at or after `instant` (a moment) or `day` (a calendar day) are within the grace period.

    Days count as days: what ended on a day is out of grace on the first day more than `grace_days` later. With a grace
    period of 0 even what was used this very moment is.
    """
    now, today = workspace.now(), workspace.today()
    instant = now - timedelta(days=grace_days) if grace_days else now + timedelta(microseconds=1)
    return {
        "instant": stamp(instant),
        "day": (today - timedelta(days=grace_days)).isoformat(),
        "today": today.isoformat(),
    }


def unused_later(workspace: Workspace, grace_days: int, within_days: int) -> list[int]:
    """Ids of the Active segments that may be unused within so many days and are not now, in id order.

    None that will be is missing, since the day of the last use only becomes later as days pass. Some may be too many:
    their uses go on for longer.
    """
    now, today, days = workspace.now(), workspace.today(), timedelta(days=within_days - grace_days)
    later = {
        "instant": stamp(now + days + timedelta(microseconds=1)),
        "day": (today + days + timedelta(days=1)).isoformat(),
        "today": today.isoformat(),
    }
    unused = {each[0] for each in unused_segments(workspace, grace_days)}
    return [row[0] for row in workspace.connection.execute(_UNUSED, later) if row[0] not in unused]


def unused_segments(workspace: Workspace, grace_days: int) -> list[tuple[int, str]]:
    """Id and name of the Active segments that are unused now, in id order."""
    rows = workspace.connection.execute(_UNUSED, _limits(workspace, grace_days))
    return [(row[0], row[1]) for row in rows]


def unused_number(workspace: Workspace, grace_days: int) -> int:
    """How many Active segments are unused now."""
    [(number,)] = workspace.connection.execute(_UNUSED_NUMBER, _limits(workspace, grace_days)).fetchall()
    return int(number)


def mark_unused(workspace: Workspace, change: OpenChange, grace_days: int) -> list[int]:
    """Make the unused segments Inactive, reason unused, each with its activity row; gives their ids."""
    connection: Connection = change.connection
    refresh(change)
    marked = [row[0] for row in connection.execute(_UNUSED, _limits(workspace, grace_days))]
    after = {"status": "inactive", "reason": "unused", "grace_days": grace_days}
    with ids_in_a_table(connection, marked) as chosen:
        logged = change.log_each(
            chosen,
            "json_object('status', 'active', 'reason', NULL, 'since', since, 'activated_at', activated_at)",
            ":after",
            {"after": json.dumps(after)},
            action="scan",
        )
        change.update_logged(chosen, logged, {"status": "inactive", "reason": "unused", "since": change.at})
        # The rules of what was just marked stop counting as a use now.
        connection.execute(
            "UPDATE segment_state SET rule_used_until = ? WHERE segment_id IN (SELECT referred_id FROM rule_reference"
            f" WHERE segment_id IN ({chosen}))",
            (change.at,),
        )
    return marked


def weigh_again(workspace: Workspace, change: OpenChange) -> list[int]:
    """Take back what the scan marked earlier today and what is known now says was in use; gives the ids.

    Usage often comes in several files, and each is followed by a scan: so their order does not matter. They are Active
    as if they had never been marked: their last activation stays what it was.
    """
    connection = change.connection
    refresh(change)
    marked: defaultdict[int, set[int]] = defaultdict(set)
    for segment_id, grace_days in connection.execute(_MARKED_TODAY, (change.day_start, change.at)).fetchall():
        marked[grace_days].add(segment_id)
    taken_back: set[int] = set()
    found = bool(marked)
    while found:  # what is Active again uses others by its rule
        found = False
        for grace_days, ids in marked.items():
            binding = {**_limits(workspace, grace_days), "ids": json_ids(ids)}
            free = ids - {row[0] for row in connection.execute(_STILL_UNUSED, binding)}
            connection.execute(
                f"UPDATE segment_state SET state = {ACTIVE}, since = coalesce(activated_at,"
                " (SELECT created_at FROM segment WHERE id = segment_id))"
                " WHERE segment_id IN (SELECT value FROM json_each(?))",
                (json_ids(free),),
            )
            ids -= free
            taken_back |= free
            found = found or bool(free)
    why = "usage that came later this day says it was in use"
    told = {
        "before": json.dumps({"status": "inactive", "reason": "unused"}),
        "after": json.dumps({"status": "active", "because": why}),
    }
    with ids_in_a_table(connection, taken_back) as chosen:
        change.log_each(chosen, ":before", ":after", told, action="reuse")
    return sorted(taken_back)
