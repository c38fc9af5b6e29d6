"""Writes of usage: assets and references, who became live and who was lost by it.

Stands apart because liveness before and after must be compared for all references at once: the order in which facts
arrive within one import never matters.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.storage.change import LogEntry, OpenChange
from segment_manager.storage.ids import json_ids
from segment_manager.storage.queries.usage import OPEN
from segment_manager.storage.usage_tally import COUNTED, LIVE


class AssetFact(NamedTuple):
    asset_type: AssetType
    asset_id: str
    name: str
    state: AssetState


class ReferenceFact(NamedTuple):
    asset_type: AssetType
    asset_id: str
    segment_id: int
    started_on: str | None
    ended_on: str | None


class Tally(NamedTuple):
    """How many references (or assets without one) were new, changed, and as they were."""

    added: int
    updated: int
    unchanged: int


class Revived(NamedTuple):
    """An Inactive segment that an asset began to use."""

    segment_id: int
    name: str
    asset_name: str


_LIVE_NOW = f"""SELECT reference.id FROM reference JOIN asset ON asset.id = reference.asset_id WHERE {LIVE}"""


def remember_live(change: OpenChange) -> None:
    """Note which references are live, to be compared by `revived` and `note_lost` after the changes."""
    change.connection.execute("CREATE TEMP TABLE IF NOT EXISTS live_before (id INTEGER PRIMARY KEY)")
    change.connection.execute("DELETE FROM temp.live_before")
    change.connection.execute(f"INSERT INTO temp.live_before {_LIVE_NOW}", {"today": change.today.isoformat()})


def store_usage(change: OpenChange, assets: Sequence[AssetFact], references: Sequence[ReferenceFact]) -> Tally:
    """Add or update assets and references; gives the tally by reference, and by asset for those without one here."""
    connection = change.connection
    added = updated = unchanged = 0
    ids: dict[tuple[str, str], int] = {}
    fresh: dict[tuple[str, str], int] = {}
    for asset in assets:
        key = (str(asset.asset_type), asset.asset_id)
        row = connection.execute(
            "SELECT id, name, state FROM asset WHERE asset_type = ? AND asset_id = ?", key
        ).fetchone()
        if row is None:
            connection.execute(
                "INSERT INTO asset (asset_type, asset_id, name, state) VALUES (?, ?, ?, ?)",
                (*key, asset.name, asset.state),
            )
            ids[key], fresh[key] = connection.last_insert_rowid(), 0
        else:
            ids[key], fresh[key] = row[0], 1 if (row[1], row[2]) != (asset.name, asset.state) else 2
            if fresh[key] == 1:
                connection.execute(
                    "UPDATE asset SET name = ?, state = ? WHERE id = ?", (asset.name, asset.state, row[0])
                )
    used = set()
    for reference in references:
        key = (str(reference.asset_type), reference.asset_id)
        used.add(key)
        row = connection.execute(
            "SELECT id, started_on, ended_on FROM reference WHERE asset_id = ? AND segment_id = ?",
            (ids[key], reference.segment_id),
        ).fetchone()
        dates = (reference.started_on, reference.ended_on)
        if row is None:
            connection.execute(
                "INSERT INTO reference (asset_id, segment_id, started_on, ended_on) VALUES (?, ?, ?, ?)",
                (ids[key], reference.segment_id, *dates),
            )
            added += 1
            continue
        if (row[1], row[2]) != dates:
            connection.execute("UPDATE reference SET started_on = ?, ended_on = ? WHERE id = ?", (*dates, row[0]))
        if (row[1], row[2]) != dates or fresh[key] != 2:
            updated += 1
        else:
            unchanged += 1
    lone = [fresh[key] for key in fresh if key not in used]
    return Tally(added + lone.count(0), updated + lone.count(1), unchanged + lone.count(2))


def end_what_is_not_in(
    change: OpenChange,
    assets: Iterable[AssetFact],
    references: Iterable[ReferenceFact],
    *,
    only: AssetType | None = None,
    spared: Container[tuple[str, str]] = (),
) -> int:
    """End the assets that a complete file lacks, and the references it lacks of those it holds; how many.

    `only`: the one type of assets that the file tells of. `spared`: assets (type, id) that it holds in bad lines.
    """
    connection = change.connection
    held = {(str(asset.asset_type), asset.asset_id) for asset in assets}
    pairs = {(str(each.asset_type), each.asset_id, each.segment_id) for each in references}
    gone = [
        (row[0],)
        for row in connection.execute("SELECT id, asset_type, asset_id FROM asset WHERE state <> 'ended'").fetchall()
        if (row[1], row[2]) not in held and (row[1], row[2]) not in spared and only in (None, row[1])
    ]
    connection.executemany("UPDATE asset SET state = 'ended' WHERE id = ?", gone)
    yesterday = (change.today - timedelta(days=1)).isoformat()
    dropped = [
        (yesterday, change.at, row[0])
        for row in connection.execute(
            "SELECT reference.id, asset_type, asset.asset_id, segment_id FROM reference"
            " JOIN asset ON asset.id = reference.asset_id WHERE ended_on IS NULL OR ended_on >= ?",
            (change.today.isoformat(),),
        ).fetchall()
        if (row[1], row[2]) in held and (row[1], row[2]) not in spared and (row[1], row[2], row[3]) not in pairs
    ]
    connection.executemany("UPDATE reference SET ended_on = ?, lost_at = ? WHERE id = ?", dropped)
    return len(gone) + len(dropped)


def note_lost(change: OpenChange) -> None:
    """Note the moment for references that were live, are not any more, and give no date for it."""
    binding = {"today": change.today.isoformat(), "at": change.at}
    change.connection.execute(
        f"UPDATE reference SET lost_at = :at WHERE id IN (SELECT id FROM temp.live_before EXCEPT {_LIVE_NOW})"
        " AND (ended_on IS NULL OR ended_on >= :today)",
        binding,
    )
    change.connection.execute(
        f"UPDATE reference SET lost_at = NULL WHERE lost_at IS NOT NULL AND id IN ({_LIVE_NOW})", binding
    )


def revived(change: OpenChange) -> list[Revived]:
    """The Inactive segments that assets of the types that count began to use since `remember_live`, each with the first
    of these assets."""
    rows = change.connection.execute(
        "SELECT segment.id, segment.name, min(asset.name) FROM reference JOIN asset ON asset.id = reference.asset_id"
        " JOIN segment ON segment.id = reference.segment_id"
        f" WHERE reference.id IN ({_LIVE_NOW} EXCEPT SELECT id FROM temp.live_before)"
        f" AND {COUNTED} AND segment.status = 'inactive'"
        " GROUP BY segment.id ORDER BY segment.id",
        {"today": change.today.isoformat()},
    )
    return [Revived(*row) for row in rows]


def newly_live_segments(change: OpenChange) -> list[int]:
    """The segments that any asset began to use since `remember_live`."""
    return [
        row[0]
        for row in change.connection.execute(
            "SELECT DISTINCT segment_id FROM reference"
            f" WHERE id IN ({_LIVE_NOW} EXCEPT SELECT id FROM temp.live_before) ORDER BY segment_id",
            {"today": change.today.isoformat()},
        )
    ]


def reactivate(change: OpenChange, found: Sequence[Revived]) -> None:
    """Make revived segments Active, each logged with the asset that did it."""
    before = {}
    for each in found:
        before[each.segment_id] = change.connection.execute(
            "SELECT reason, since FROM segment WHERE id = ?", (each.segment_id,)
        ).fetchall()[0]
    change.connection.executemany(
        "UPDATE segment SET status = 'active', reason = NULL, since = ?1, activated_at = ?1 WHERE id = ?2",
        [(change.at, each.segment_id) for each in found],
    )
    change.log_many(
        [
            LogEntry(
                each.segment_id,
                each.name,
                {"status": "inactive", "reason": before[each.segment_id][0], "since": before[each.segment_id][1]},
                {"status": "active", "because": f"{each.asset_name} began to use it"},
            )
            for each in found
        ],
        action="reuse",
    )


def move_uses(change: OpenChange, from_ids: Iterable[int], to_id: int) -> None:
    """Let the assets that are not ended use another segment instead of `from_ids`.

    An asset that uses it already only loses the old reference.
    """
    binding = {"ids": json_ids(from_ids), "to": to_id, "today": change.today.isoformat()}
    open_uses = f"""SELECT reference.id FROM reference JOIN asset ON asset.id = reference.asset_id
        WHERE segment_id IN (SELECT value FROM json_each(:ids)) AND {OPEN}"""
    change.connection.execute(
        "INSERT INTO reference (asset_id, segment_id, started_on, ended_on)"
        " SELECT asset_id, :to, min(started_on), max(ended_on) FROM reference"
        f" WHERE id IN ({open_uses}) GROUP BY asset_id ON CONFLICT (asset_id, segment_id) DO NOTHING",
        binding,
    )
    change.connection.execute(f"DELETE FROM reference WHERE id IN ({open_uses})", binding)
