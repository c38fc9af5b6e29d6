"""Members as roaring bitmaps: computing them, who joined and who left, and connecting them to sequences.

Stands apart as the one place where a rule becomes a set of records. Count, time and members change in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import apsw
from pyroaring import BitMap

from segment_manager.domain.errors import NotComputed, SegmentManagerError
from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import Context, Rule, broken_because, depends_on_time, stored_rule
from segment_manager.storage.change import OpenChange
from segment_manager.storage.ids import json_ids
from segment_manager.storage.queries.plans import connected_records
from segment_manager.storage.queries.segments import STALE
from segment_manager.storage.record_tables import table_name
from segment_manager.storage.rule_sql import RuleTooLarge, compile_rule
from segment_manager.storage.shared_conditions import SharedConditions, selected
from segment_manager.storage.sql import Connection
from segment_manager.storage.usage_tally import LIVE

__all__ = [
    "Outcome",
    "Pending",
    "SharedConditions",
    "Surroundings",
    "compute_one",
    "connect",
    "connect_fresh",
    "expect_all",
    "matching",
    "members_by_now",
    "moves_with_time",
    "pending",
    "surroundings",
]  # fmt: skip

WHOLE_FROM = 4
"""Where more than one in so many records changed, all are asked: reading a quarter of a table by its index takes as
long as reading the whole of it."""


class Outcome(NamedTuple):
    """What one computation found."""

    segment_id: int
    name: str
    members: int
    joined: int
    left: int


class Surroundings(NamedTuple):
    """What the computations of one transaction share about a record type. `newest`: the number of the last change of
    its records; `highest`: the highest row id."""

    record_type: RecordType
    context: Context
    newest: int
    highest: int


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
    connection: Connection,
    rule: Rule,
    record_type: RecordType,
    context: Context,
    *,
    changed_since: int | None = None,
    shared: SharedConditions | None = None,
    newest: int | None = None,
    whole: bool = False,
) -> BitMap:
    """The row ids of the records that a rule selects; only among those changed after a change number, where given.
    `newest`: the number of their last change, where known; `whole`: the rule is known not to be broken.

    One statement; with `shared`, or where the rule is too large for one, the sets of its conditions joined.
    """
    if shared is None or not shared.pays(rule, record_type, context, changed_since):
        try:
            where, parameters = compile_rule(rule, record_type, context)
            newer = "" if changed_since is None else f"changed > {int(changed_since)} AND "
            return selected(connection, record_type, f"{newer}({where})", parameters)
        except RuleTooLarge:
            shared = shared or SharedConditions()
    if newest is None:
        newest = _newest_change(connection, record_type)
    return shared.matching(connection, rule, record_type, context, newest, changed_since, whole=whole)


def _newest_change(connection: Connection, record_type: RecordType) -> int:
    return int(connection.execute("SELECT change_number FROM record_type WHERE id = ?", (record_type.id,)).get)


def surroundings(connection: Connection, record_type: RecordType, context: Context) -> Surroundings:
    """What surrounds the segments of a record type in this transaction."""
    highest = connection.execute(f"SELECT max(id) FROM {table_name(record_type.id)}").get or 0
    return Surroundings(record_type, context, _newest_change(connection, record_type), highest)


def moves_with_time(rule: Rule, context: Context) -> bool:
    """Whether the rule, or one it rests on, can change its answer by the mere passing of time."""
    return depends_on_time(rule, context.rule_of)


def pending(connection: Connection, ids: Iterable[int]) -> Iterator[Pending]:
    """Those of `ids` that are there, in id order."""
    for row in connection.execute(
        "SELECT segment.id, name, record_type_id, rule, status = 'active', members, change_number, rule_stale"
        " FROM segment JOIN segment_state ON segment_state.segment_id = segment.id"
        " JOIN segment_result ON segment_result.segment_id = segment.id"
        " WHERE segment.id IN (SELECT value FROM json_each(?)) ORDER BY segment.id",
        (json_ids(ids),),
    ).fetchall():
        yield Pending(*row)


def expect_all(
    connection: Connection,
    ids: Iterable[int],
    types: dict[int, RecordType],
    contexts: dict[int, Context],
    shared: SharedConditions,
) -> None:
    """Let `shared` know which segments will be computed, so that it can tell which conditions they have in common."""
    for record_type_id, rule, since in connection.execute(
        "SELECT record_type_id, rule, CASE WHEN NOT (members IS NULL OR rule_stale OR moves_with_time)"
        " THEN change_number END FROM segment JOIN segment_result ON segment_id = segment.id"
        " WHERE segment.id IN (SELECT value FROM json_each(?))",
        (json_ids(ids),),
    ):
        try:
            shared.expect(stored_rule(rule), types[record_type_id], contexts[record_type_id], since)
        except SegmentManagerError:  # a rule that cannot be read is told when its turn comes
            continue


def members_by_now(
    connection: Connection, segment: Pending, rule: Rule, around: Surroundings, shared: SharedConditions
) -> tuple[BitMap, BitMap]:
    """The former members of a segment whose rule is whole, and those it would have now.

    Only records changed since the last computation are looked at where rule and clock allow it.
    """
    former = BitMap.deserialize(segment.members) if segment.members else BitMap()
    if segment.members is not None and not segment.rule_stale and not moves_with_time(rule, around.context):
        since = segment.change_number
        touched = shared.everyone(connection, around.record_type, around.newest, since)
        if len(touched) * WHOLE_FROM <= around.highest:
            if not touched:
                return former, former
            again = matching(
                connection, rule, around.record_type, around.context, changed_since=since, shared=shared,
                newest=around.newest, whole=True,
            )  # fmt: skip
            return former, (former - touched) | again
    return former, matching(
        connection, rule, around.record_type, around.context, shared=shared, newest=around.newest, whole=True
    )


def compute_one(
    change: OpenChange, segment: Pending, around: Surroundings, *, cause: str, shared: SharedConditions | None = None
) -> Outcome | None:
    """Compute one segment and connect its members to its live sequences; None where its rule is broken.

    `shared`: what the segments of one run have in common. Raises NotComputed where something is wrong with this segment
    alone; it is then as it was. What is wrong with disk or file leaves as it is.
    """
    outcome = None
    try:
        with change.connection:  # a savepoint: all of this segment or none
            outcome = _compute(change, segment, around, cause, shared or SharedConditions())
    except (apsw.Error, OSError, MemoryError, SegmentManagerError) as error:
        if isinstance(error, apsw.SQLError | apsw.MismatchError | apsw.TooBigError | SegmentManagerError):
            raise NotComputed(str(error)) from error
        raise
    except Exception as error:
        raise NotComputed(f"Unexpected error: {type(error).__name__}: {error}. Please report it.") from error
    return outcome


def _compute(
    change: OpenChange, segment: Pending, around: Surroundings, cause: str, shared: SharedConditions
) -> Outcome | None:
    rule = stored_rule(segment.rule)
    if broken_because(segment.name, rule, around.record_type, around.context.rule_of):
        return None
    former, members = members_by_now(change.connection, segment, rule, around, shared)
    joined, left = members - former, former - members
    moved = segment.members is None or bool(joined) or bool(left)
    change.connection.execute(
        # Members that stay are not written again: of a million records they take 125 KB.
        f"UPDATE segment_result SET {'members = :members, ' if moved else ''}count = :count, computed_at = :at,"
        " change_number = :newest, rule_stale = 0, moves_with_time = :moves WHERE segment_id = :id",
        {
            "members": members.serialize() if moved else None,
            "count": len(members),
            "at": change.at,
            "newest": around.newest,
            "moves": moves_with_time(rule, around.context),
            "id": segment.id,
        },
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
    sequences = connection.execute(
        "SELECT asset.id FROM reference JOIN asset ON asset.id = reference.asset_id"
        f" WHERE segment_id = :segment AND asset_type = 'sequence' AND {LIVE} ORDER BY asset.id",
        {"segment": segment_id, "today": change.today.isoformat()},
    ).fetchall()
    if not sequences:
        return 0
    segment = connection.execute(
        "SELECT segment.name, record_type_id, members FROM segment"
        " JOIN segment_state ON segment_state.segment_id = segment.id"
        " JOIN segment_result ON segment_result.segment_id = segment.id WHERE segment.id = ? AND status = 'active'",
        (segment_id,),
    ).fetchone()
    if segment is None or segment[2] is None:
        return 0
    name, record_type_id, blob = segment
    members = BitMap.deserialize(blob)
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
