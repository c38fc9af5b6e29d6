"""The facts that a plan rests on, read for any number of segments by a handful of set-based statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from pyroaring import BitMap

from segment_manager.domain.plans import Dependent, LinkedSequence, LiveAsset
from segment_manager.domain.usage import AssetState, AssetType, is_live
from segment_manager.storage.ids import Chosen, ids_in_a_table
from segment_manager.storage.queries.usage import SEQUENCE_ORDER
from segment_manager.storage.sql import Connection
from segment_manager.storage.usage_tally import LIVE, VALID
from segment_manager.storage.workspace import Workspace

_MOVED = "IN (SELECT segment_id FROM usage_moved)"  # other programs may write, and their uses are not tallied yet
_LINKED = f"(sequences > 0 OR chosen.id {_MOVED})"
_PERHAPS_LIVE = f"(live_references > 0 OR NOT ({VALID}) OR chosen.id {_MOVED})"


def _uses(chosen: Chosen, by_tally: str) -> str:
    """The references, with their assets, of chosen segments that have the wanted ones by their tally, for FROM.

    In this order, or else SQLite may begin with all assets.
    """
    return (
        f"({chosen}) AS chosen CROSS JOIN segment_result ON segment_result.segment_id = chosen.id AND {by_tally}"
        " CROSS JOIN reference ON reference.segment_id = chosen.id CROSS JOIN asset ON asset.id = reference.asset_id"
    )


_ENGAGEMENT_BUT_SEQUENCES = "asset.asset_type IN ('campaign', 'journey', 'message', 'test list')"


class SegmentFact(NamedTuple):
    id: int
    name: str
    record_type_id: int
    active: bool
    reason: str | None
    keep_active: bool


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What is known of a selection, read from one state of the workspace.

    `live_use`: per segment id the names of the live campaigns, journeys, messages and test lists that use it.
    `referring`: per segment id the ids of the segments whose rules refer to it directly, in the selection or not.
    """

    segments: tuple[SegmentFact, ...]
    live_use: dict[int, tuple[str, ...]]
    referring: dict[int, tuple[int, ...]]
    names: dict[int, str]


def chosen_ids(workspace: Workspace, ids: Iterable[int]) -> AbstractContextManager[Chosen]:
    """Ids for the statements of this module."""
    return ids_in_a_table(workspace.connection, ids)


def plan_facts(workspace: Workspace, chosen: Chosen) -> PlanFacts:
    """The facts of those of `chosen` that are there, in id order."""
    connection = workspace.connection
    binding = {"today": workspace.today().isoformat()}
    segments = tuple(
        map(
            partial(tuple.__new__, SegmentFact),  # what _make does, in a third of its time
            connection.execute(
                "SELECT id, name, record_type_id, status = 'active', reason, keep_active FROM segment"
                f" CROSS JOIN segment_state ON segment_id = id WHERE id IN ({chosen}) ORDER BY id"
            ),
        )
    )
    live_use: defaultdict[int, list[str]] = defaultdict(list)
    for segment_id, name in connection.execute(
        f"SELECT chosen.id, asset.name FROM {_uses(chosen, _PERHAPS_LIVE)}"
        f" WHERE {_ENGAGEMENT_BUT_SEQUENCES} AND {LIVE} ORDER BY chosen.id, asset.name",
        binding,
    ):
        live_use[segment_id].append(name)
    referring: defaultdict[int, list[int]] = defaultdict(list)
    names = {}
    for referred_id, segment_id, name in connection.execute(
        "SELECT referred_id, segment.id, name FROM rule_reference JOIN segment ON segment.id = segment_id"
        f" WHERE referred_id IN ({chosen}) ORDER BY referred_id, name_folded",
    ):
        referring[referred_id].append(segment_id)
        names[segment_id] = name
    return PlanFacts(
        segments,
        {segment_id: tuple(found) for segment_id, found in live_use.items()},
        {segment_id: tuple(found) for segment_id, found in referring.items()},
        names,
    )


def linked_sequences(workspace: Workspace, chosen: Chosen, *, count_new: bool) -> tuple[LinkedSequence, ...]:
    """The sequences linked to `chosen`, whatever their state: running first, then by number of segments, then by name.

    With `count_new` each tells how many members (by the stored ones) it does not work on yet.
    """
    today = workspace.today()
    found = workspace.connection.execute(
        "SELECT asset.id, asset.name, asset.state, count(*), max(coalesce(reference.ended_on, '9999')),"
        f" {'json_group_array(chosen.id)' if count_new else 'NULL'}"
        f" FROM {_uses(chosen, _LINKED)} WHERE asset_type = 'sequence' GROUP BY asset.id"
        f" ORDER BY {SEQUENCE_ORDER}, count(*) DESC, asset.name, asset.id",
    ).fetchall()
    sequences = []
    for asset_id, name, state, count, ends, segment_ids in found:
        past = ends < today.isoformat()
        shown = AssetState.ENDED if past and state in ("live", "scheduled") else AssetState(state)
        new = None
        if count_new:
            new = _new_records(workspace.connection, asset_id, segment_ids) if is_live(shown, None, today) else 0
        sequences.append(LinkedSequence(name, str(shown), count, new))
    return tuple(sequences)


def _new_records(connection: Connection, asset_id: int, segment_ids: str) -> int | None:
    """Members of some segments that a sequence does not work on yet; None where a segment was never computed."""
    by_type: defaultdict[int, BitMap] = defaultdict(BitMap)
    for record_type_id, blob in connection.execute(
        "SELECT record_type_id, members FROM segment LEFT JOIN segment_result ON segment_id = segment.id"
        " WHERE segment.id IN (SELECT value FROM json_each(?))",
        (segment_ids,),
    ):
        if blob is None:
            return None
        by_type[record_type_id] |= BitMap.deserialize(blob)
    return sum(
        len(members - connected_records(connection, asset_id, record_type_id))
        for record_type_id, members in by_type.items()
    )


def connected_records(connection: Connection, asset_id: int, record_type_id: int) -> BitMap:
    """The row ids of the records of a type that a sequence works on."""
    return BitMap(
        row[0]
        for row in connection.execute(
            "SELECT record_id FROM sequence_connection WHERE asset_id = ? AND record_type_id = ?",
            (asset_id, record_type_id),
        )
    )


def live_assets(workspace: Workspace, chosen: Chosen) -> tuple[LiveAsset, ...]:
    """The campaigns, journeys, messages and test lists in live use of `chosen`, those with most segments first."""
    return tuple(
        LiveAsset(str(AssetType(row[0])), row[1], row[2], row[3])
        for row in workspace.connection.execute(
            f"SELECT asset_type, asset.name, asset.state, count(*) FROM {_uses(chosen, _PERHAPS_LIVE)}"
            f" WHERE {_ENGAGEMENT_BUT_SEQUENCES} AND {LIVE}"
            " GROUP BY asset.id ORDER BY count(*) DESC, asset.name, asset.id",
            {"today": workspace.today().isoformat()},
        )
    )


def used_by_sequences(workspace: Workspace, chosen: Chosen) -> int:
    """How many of `chosen` any sequence uses."""
    return int(
        workspace.connection.execute(
            f"SELECT count(DISTINCT chosen.id) FROM {_uses(chosen, _LINKED)} WHERE asset_type = 'sequence'"
        ).get
    )


def outside_dependents(workspace: Workspace, chosen: Chosen) -> tuple[Dependent, ...]:
    """The segments outside `chosen` whose rules refer to one of them, directly or through others; direct ones first."""
    rows = workspace.connection.execute(
        "WITH RECURSIVE found(id, direct) AS ("
        f"  SELECT segment_id, 1 FROM rule_reference WHERE referred_id IN ({chosen})"
        "  UNION SELECT rule_reference.segment_id, 0 FROM rule_reference JOIN found ON referred_id = found.id)"
        " SELECT segment.id, name, status, max(direct) FROM found CROSS JOIN segment USING (id)"
        " JOIN segment_state ON segment_id = segment.id"
        f" WHERE segment.id NOT IN ({chosen})"
        " GROUP BY segment.id ORDER BY max(direct) DESC, name_folded",
    )
    return tuple(Dependent(row[0], row[1], row[2], bool(row[3])) for row in rows)


def member_total(workspace: Workspace, chosen: Chosen) -> int:
    """The sum of the member counts of `chosen`."""
    return int(
        workspace.connection.execute(
            f"SELECT coalesce(sum(count), 0) FROM segment_result WHERE segment_id IN ({chosen})"
        ).get
    )


def connection_total(workspace: Workspace, chosen: Chosen) -> int:
    """How many sequence connections came through `chosen`."""
    return int(
        workspace.connection.execute(f"SELECT count(*) FROM sequence_connection WHERE segment_id IN ({chosen})").get
    )
