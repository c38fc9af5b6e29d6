"""Members as roaring bitmaps: computing them, who joined and who left, and connecting them to sequences.

Stands apart as the one place where a rule becomes a set of records. Count, time and members change in one transaction.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from pyroaring import BitMap

from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import Context, Rule, broken_because, depends_on_time, from_json, needed
from segment_manager.storage.change import OpenChange
from segment_manager.storage.ids import json_ids
from segment_manager.storage.queries.plan_facts import connected_records
from segment_manager.storage.queries.segments import STALE
from segment_manager.storage.queries.usage import LIVE
from segment_manager.storage.record_tables import table_name
from segment_manager.storage.rule_sql import compile_rule
from segment_manager.storage.sql import Connection


class Outcome(NamedTuple):
    """What one computation found."""

    segment_id: int
    name: str
    members: int
    joined: int
    left: int


class Pending(NamedTuple):
    """A segment as its computation needs it."""

    id: int
    name: str
    record_type_id: int
    rule: str
    active: bool
    members: bytes | None
    change_number: int
    rule_stale: bool


def matching(
    connection: Connection, rule: Rule, record_type: RecordType, context: Context, *, changed_since: int | None = None
) -> BitMap:
    """The row ids of the records that a rule selects; only among those changed after a change number, where given."""
    where, parameters = compile_rule(rule, record_type, context)
    newer = "" if changed_since is None else f"changed > {int(changed_since)} AND "
    rows = connection.execute(f"SELECT id FROM {table_name(record_type.id)} WHERE {newer}({where})", tuple(parameters))
    return BitMap(array("I", chain.from_iterable(rows)))


def moves_with_time(rule: Rule, context: Context) -> bool:
    """Whether the rule, or one it rests on, can change its answer by the mere passing of time."""
    return any(depends_on_time(each) for each in (rule, *(needed(rule, context.rule_of) or {}).values()))


def pending(connection: Connection, ids: Iterable[int]) -> Iterator[Pending]:
    """Those of `ids` that are there, in id order."""
    for row in connection.execute(
        "SELECT segment.id, name, record_type_id, rule, status = 'active', members, change_number, rule_stale"
        " FROM segment JOIN segment_result ON segment_id = segment.id"
        " WHERE segment.id IN (SELECT value FROM json_each(?)) ORDER BY segment.id",
        (json_ids(ids),),
    ).fetchall():
        yield Pending(*row)


def compute_one(
    change: OpenChange, segment: Pending, record_type: RecordType, context: Context, *, cause: str
) -> Outcome | None:
    """Compute one segment and connect its members to its live sequences; None where its rule is broken.

    Only records changed since the last computation are looked at where rule and clock allow it.
    """
    connection = change.connection
    rule = from_json(segment.rule)
    if broken_because(segment.name, rule, record_type, context.rule_of):
        return None
    newest = int(connection.execute("SELECT change_number FROM record_type WHERE id = ?", (record_type.id,)).get)
    former = BitMap.deserialize(segment.members) if segment.members else BitMap()
    moves = moves_with_time(rule, context)
    if segment.members is None or segment.rule_stale or moves:
        members = matching(connection, rule, record_type, context)
    else:
        since = segment.change_number
        touched = BitMap(
            array(
                "I",
                chain.from_iterable(
                    connection.execute(f"SELECT id FROM {table_name(record_type.id)} WHERE changed > ?", (since,))
                ),
            )
        )
        members = (former - touched) | matching(connection, rule, record_type, context, changed_since=since)
    joined, left = members - former, former - members
    change.connection.execute(
        "UPDATE segment_result SET members = ?, count = ?, computed_at = ?, change_number = ?, rule_stale = 0,"
        " moves_with_time = ? WHERE segment_id = ?",
        (members.serialize(), len(members), change.at, newest, moves, segment.id),
    )
    _keep_history(change, segment.id, cause, len(members), joined, left)
    if segment.active:
        connect(change, segment.id)
    return Outcome(segment.id, segment.name, len(members), len(joined), len(left))


def _keep_history(change: OpenChange, segment_id: int, cause: str, count: int, joined: BitMap, left: BitMap) -> None:
    change.connection.execute(
        'INSERT INTO computation (segment_id, at, cause, count, joined_count, left_count, joined, "left")'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (segment_id, change.at, cause, count, len(joined), len(left), joined.serialize(), left.serialize()),
    )


def connect_fresh(change: OpenChange, ids: Iterable[int]) -> int:
    """Connect the members of those of `ids` whose members are up to date; the others wait for their computation."""
    fresh = change.connection.execute(
        "SELECT segment.id FROM segment JOIN record_type ON record_type.id = record_type_id"
        " JOIN segment_result ON segment_id = segment.id"
        f" WHERE segment.id IN (SELECT value FROM json_each(:ids)) AND NOT ({STALE}) ORDER BY segment.id",
        {"ids": json_ids(ids), "day_start": change.day_start},
    ).fetchall()
    return sum(connect(change, row[0]) for row in fresh)


def connect(change: OpenChange, segment_id: int) -> int:
    """Connect the members of an Active segment to its live sequences; gives how many connections are new.

    A record that a sequence works on already keeps the segment that brought it.
    """
    connection = change.connection
    segment = connection.execute(
        "SELECT segment.name, record_type_id, members FROM segment JOIN segment_result ON segment_id = segment.id"
        " WHERE segment.id = ? AND status = 'active'",
        (segment_id,),
    ).fetchone()
    if segment is None or segment[2] is None:
        return 0
    name, record_type_id, blob = segment
    sequences = connection.execute(
        "SELECT asset.id FROM reference JOIN asset ON asset.id = reference.asset_id"
        f" WHERE segment_id = :segment AND asset_type = 'sequence' AND {LIVE} ORDER BY asset.id",
        {"segment": segment_id, "today": change.today.isoformat()},
    ).fetchall()
    members = BitMap.deserialize(blob) if sequences else BitMap()
    new = 0
    for (asset_id,) in sequences:
        joining = members - connected_records(connection, asset_id, record_type_id)
        connection.executemany(
            "INSERT INTO sequence_connection"
            " (asset_id, record_type_id, record_id, segment_id, segment_name, connected_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            ((asset_id, record_type_id, record_id, segment_id, name, change.at) for record_id in joining),
        )
        new += len(joining)
    return new
