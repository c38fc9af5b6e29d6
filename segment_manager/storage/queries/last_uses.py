"""What the scan for unused segments weighs, segment by segment: the facts behind its one statement.

Stands apart from the scan because people are told of every single use, while the scan only asks whether there is any.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.storage.ids import json_ids
from segment_manager.storage.queries.usage import SEQUENCE_ORDER
from segment_manager.storage.times import moment
from segment_manager.storage.usage_tally import COUNTED, LIVE
from segment_manager.storage.workspace import Workspace


class AssetUse(NamedTuple):
    """One reference of an asset to a segment."""

    asset_type: AssetType
    name: str
    state: AssetState
    started_on: date | None
    ended_on: date | None
    lost_at: datetime | None
    live: bool


@dataclass(slots=True)
class UseFacts:
    """A segment with everything that used it or uses it; sequences first.

    `uses`: by assets of the types that count (a setting); `uncounted`: how many uses by others, by type.
    `rules_active`, `rules_inactive`: the names of the segments of that status whose rules refer to it.
    """

    id: int
    name: str
    active: bool
    keep_active: bool
    created_at: datetime
    activated_at: datetime | None
    rule_used_until: datetime | None
    uses: list[AssetUse] = field(default_factory=list)
    uncounted: Counter[AssetType] = field(default_factory=Counter)
    rules_active: list[str] = field(default_factory=list)
    rules_inactive: list[str] = field(default_factory=list)


def use_facts(workspace: Workspace, ids: Iterable[int]) -> dict[int, UseFacts]:
    """The facts of those of `ids` that are there, in id order."""
    binding = {"ids": json_ids(ids), "today": workspace.today().isoformat()}
    with workspace.snapshot() as connection:
        found = {
            row[0]: UseFacts(
                row[0],
                row[1],
                bool(row[2]),
                bool(row[3]),
                moment(row[4]),
                moment(row[5]) if row[5] else None,
                moment(row[6]) if row[6] else None,
            )
            for row in connection.execute(
                "SELECT id, name, status = 'active', keep_active, created_at, activated_at, rule_used_until"
                " FROM segment JOIN segment_state ON segment_id = id"
                " WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
                binding,
            )
        }
        for segment_id, kind, name, state, started, ended, lost, live, counted in connection.execute(
            "SELECT segment_id, asset_type, asset.name, state, started_on, ended_on, lost_at,"
            f" {LIVE}, {COUNTED} FROM reference JOIN asset ON asset.id = reference.asset_id"
            " WHERE segment_id IN (SELECT value FROM json_each(:ids))"
            f" ORDER BY segment_id, asset_type <> 'sequence', asset_type, {SEQUENCE_ORDER}, asset.name",
            binding,
        ):
            if not counted:
                found[segment_id].uncounted[AssetType(kind)] += 1
                continue
            use = AssetUse(
                AssetType(kind),
                name,
                AssetState(state),
                date.fromisoformat(started) if started else None,
                date.fromisoformat(ended) if ended else None,
                moment(lost) if lost else None,
                bool(live),
            )
            found[segment_id].uses.append(use)
        names: dict[str, defaultdict[int, list[str]]] = {"active": defaultdict(list), "inactive": defaultdict(list)}
        for referred_id, name, status in connection.execute(
            "SELECT referred_id, name, status FROM rule_reference"
            " JOIN segment ON segment.id = rule_reference.segment_id"
            " JOIN segment_state ON segment_state.segment_id = segment.id"
            " WHERE referred_id IN (SELECT value FROM json_each(:ids)) ORDER BY name_folded",
            binding,
        ):
            names[status][referred_id].append(name)
    for segment_id, facts in found.items():
        facts.rules_active = names["active"].get(segment_id, [])
        facts.rules_inactive = names["inactive"].get(segment_id, [])
    return found
