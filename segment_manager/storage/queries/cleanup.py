"""What the clean-up page groups: the state, rule and stored members of segments, and sequences on Inactive ones.

Stands apart because it reads rules and members of all segments at once, which no list needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pyroaring import BitMap

from segment_manager.domain.segments import Reason
from segment_manager.storage.ids import json_ids
from segment_manager.storage.queries.usage import OPEN, SEQUENCE_ORDER
from segment_manager.storage.workspace import Workspace


class CleanupFact(NamedTuple):
    """A segment as clean-up sees it; `members` is how many it has, None where it was never computed."""

    id: int
    name: str
    record_type_id: int
    active: bool
    reason: Reason | None
    rule: str
    members: int | None
    broken: bool


class SequenceOnInactive(NamedTuple):
    """A sequence that is not over, and the Inactive segments it is linked to."""

    name: str
    state: str
    ids: tuple[int, ...]


def cleanup_facts(workspace: Workspace, record_type_id: int | None = None) -> list[CleanupFact]:
    """All segments, or those of a record type, in id order."""
    return [
        CleanupFact(
            segment_id, name, of_type, bool(active), Reason(reason) if reason else None, rule, members, bool(broken)
        )
        for segment_id, name, of_type, active, reason, rule, members, broken in workspace.connection.execute(
            "SELECT segment.id, name, record_type_id, status = 'active', reason, rule,"
            " CASE WHEN computed_at IS NOT NULL THEN count END, missing <> '[]'"
            " FROM segment JOIN segment_state ON segment_state.segment_id = segment.id"
            " JOIN segment_result ON segment_result.segment_id = segment.id"
            " WHERE :record_type IS NULL OR record_type_id = :record_type ORDER BY segment.id",
            {"record_type": record_type_id},
        )
    ]


def member_sets(workspace: Workspace, ids: Iterable[int]) -> list[tuple[int, BitMap]]:
    """The stored members of those of `ids` that were computed, in id order."""
    return [
        (row[0], BitMap.deserialize(row[1]))
        for row in workspace.connection.execute(
            "SELECT segment_id, members FROM segment_result WHERE members IS NOT NULL"
            " AND segment_id IN (SELECT value FROM json_each(?)) ORDER BY segment_id",
            (json_ids(ids),),
        )
    ]


def sequences_on_inactive(workspace: Workspace, record_type_id: int | None = None) -> list[SequenceOnInactive]:
    """The sequences, running ones first, that are linked to Inactive segments and not over."""
    found: dict[int, tuple[str, str, list[int]]] = {}
    for asset_id, name, state, segment_id in workspace.connection.execute(
        "SELECT asset.id, asset.name, asset.state, segment.id FROM reference"
        " JOIN asset ON asset.id = reference.asset_id JOIN segment ON segment.id = reference.segment_id"
        " JOIN segment_state ON segment_state.segment_id = segment.id"
        f" WHERE asset_type = 'sequence' AND status = 'inactive' AND {OPEN}"
        " AND (:record_type IS NULL OR record_type_id = :record_type)"
        f" ORDER BY {SEQUENCE_ORDER}, asset.name, asset.id, segment.id",
        {"record_type": record_type_id, "today": workspace.today().isoformat()},
    ):
        found.setdefault(asset_id, (name, state, []))[2].append(segment_id)
    return [SequenceOnInactive(name, state, tuple(ids)) for name, state, ids in found.values()]
