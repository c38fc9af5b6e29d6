"""What a resume would bring by now: who would join and leave, and which live sequences and campaigns would get them.

Stands apart from queries/plans.py because it evaluates rules, which no other part of a plan does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import apsw
from pyroaring import BitMap

from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.rules import Rule, broken_because, from_json
from segment_manager.storage.ids import json_ids
from segment_manager.storage.membership import SharedConditions, members_by_now, pending, surroundings
from segment_manager.storage.queries.plans import connected_records
from segment_manager.storage.record_tables import read_record_types
from segment_manager.storage.segment_rules import context
from segment_manager.storage.sql import Connection
from segment_manager.storage.times import moment
from segment_manager.storage.usage_tally import LIVE
from segment_manager.storage.workspace import Workspace

MOST_SEGMENTS = 50
"""More would keep a person waiting for the question."""


class ResumeDifference(NamedTuple):
    """`joining`, `leaving`: records (each once) that would join and leave one of the segments. `inactive_days`: how
    long the one that rested longest did. `receiving`: per (asset type, name) how many records it would get, for each
    asset of that name in the order of their ids: sequences those they do not work on yet, others those that join."""

    joining: int
    leaving: int
    inactive_days: int
    receiving: dict[tuple[str, str], list[int]]


class _Moved(NamedTuple):
    record_type_id: int
    members: BitMap
    joining: BitMap
    leaving: BitMap


def resume_difference(workspace: Workspace, ids: Sequence[int]) -> ResumeDifference | None:
    """The difference that resuming `ids` would make now; None for none or too many, and inside a transaction that
    changes something: the plan made again there must not hold up others, and nothing rests on these numbers."""
    with workspace.snapshot() as connection:
        if not 0 < len(ids) <= MOST_SEGMENTS or connection.txn_state("main") == apsw.SQLITE_TXN_WRITE:
            return None
        moved = _moved(workspace, connection, ids)
        joining = sum(len(each) for each in _by_type(list(moved.values()), "joining").values())
        leaving = sum(len(each) for each in _by_type(list(moved.values()), "leaving").values())
        days = _inactive_days(workspace, connection, ids)
        return ResumeDifference(joining, leaving, days, _receiving(connection, moved, workspace.today()))


def _moved(workspace: Workspace, connection: Connection, ids: Sequence[int]) -> dict[int, _Moved]:
    """Per segment the members it would have and who moves; one whose rule is broken keeps those it has."""
    types = {each.id: each for each in read_record_types(connection)}
    around = {each.id: surroundings(connection, each, context(workspace, each.id)) for each in types.values()}
    shared = SharedConditions()
    moved = {}
    for segment in pending(connection, ids):
        here = around[segment.record_type_id]
        rule = _readable(segment.rule)
        if rule is None or broken_because(segment.name, rule, here.record_type, here.context.rule_of):
            kept = BitMap.deserialize(segment.members) if segment.members else BitMap()
            moved[segment.id] = _Moved(segment.record_type_id, kept, BitMap(), BitMap())
            continue
        former, members = members_by_now(connection, segment, rule, here, shared)
        moved[segment.id] = _Moved(segment.record_type_id, members, members - former, former - members)
    return moved


def _readable(rule: str) -> Rule | None:
    try:
        return from_json(rule)
    except InvalidRule:  # of a later version of the program
        return None


def _by_type(moved: Sequence[_Moved], part: str) -> dict[int, BitMap]:
    found: dict[int, BitMap] = {}
    for each in moved:
        found[each.record_type_id] = found.get(each.record_type_id, BitMap()) | getattr(each, part)
    return found


def _inactive_days(workspace: Workspace, connection: Connection, ids: Sequence[int]) -> int:
    since = connection.execute(
        "SELECT min(since) FROM segment_state WHERE segment_id IN (SELECT value FROM json_each(?))", (json_ids(ids),)
    ).get
    return max(0, (workspace.today() - moment(since).astimezone(workspace.zone).date()).days) if since else 0


def _receiving(connection: Connection, moved: dict[int, _Moved], today: date) -> dict[tuple[str, str], list[int]]:
    users: dict[tuple[int, str, str], list[_Moved]] = {}
    for asset_id, kind, name, segment_id in connection.execute(
        "SELECT asset.id, asset_type, asset.name, segment_id FROM reference JOIN asset ON asset.id = reference.asset_id"
        " WHERE segment_id IN (SELECT value FROM json_each(:ids)) AND asset_type NOT IN ('funnel', 'cohort', 'report')"
        f" AND {LIVE} ORDER BY asset.id, segment_id",
        {"ids": json_ids(moved), "today": today.isoformat()},
    ).fetchall():
        users.setdefault((asset_id, kind, name), []).append(moved[segment_id])
    receiving: dict[tuple[str, str], list[int]] = {}
    for (asset_id, kind, name), of in users.items():
        if kind == "sequence":
            arriving = {
                of_type: members - connected_records(connection, asset_id, of_type)
                for of_type, members in _by_type(of, "members").items()
            }
        else:
            arriving = _by_type(of, "joining")
        receiving.setdefault((kind, name), []).append(sum(map(len, arriving.values())))
    return receiving
