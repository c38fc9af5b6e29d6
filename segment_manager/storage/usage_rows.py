"""Writes of usage: assets and references, who became live and who was lost by it.

Stands apart because liveness before and after must be compared for all references at once: the order in which facts
arrive within one import never matters.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import timedelta, tzinfo
from typing import NamedTuple

from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.storage.change import LogEntry, OpenChange
from segment_manager.storage.ids import json_ids
from segment_manager.storage.queries.usage import OPEN
from segment_manager.storage.states import ACTIVE
from segment_manager.storage.times import end_of_day, moment
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
_ENDED_NOW = """SELECT reference.id, ended_on FROM reference JOIN asset ON asset.id = reference.asset_id
    WHERE state IN ('scheduled', 'live') AND ended_on < :today"""


def remember_live(change: OpenChange) -> None:
    """Note which references are live, and which were until their last day, to be compared by `revived` and `note_lost`
    after the changes."""
    connection, today = change.connection, {"today": change.today.isoformat()}
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS live_before (id INTEGER PRIMARY KEY)")
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS ended_before (id INTEGER PRIMARY KEY, ended_on TEXT)")
    connection.execute("DELETE FROM temp.live_before")
    connection.execute("DELETE FROM temp.ended_before")
    connection.execute(f"INSERT INTO temp.live_before {_LIVE_NOW}", today)
    connection.execute(f"INSERT INTO temp.ended_before {_ENDED_NOW}", today)


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
            # A last day that is past counts, whenever it was learned that the use is over.
            connection.execute(
                "UPDATE reference SET started_on = ?1, ended_on = ?2,"
                " lost_at = CASE WHEN ?2 < ?3 THEN NULL ELSE lost_at END WHERE id = ?4",
                (*dates, change.today.isoformat(), row[0]),
            )
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
    zone: tzinfo,
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
    dropped = [
        (row[0], row[4])
        for row in connection.execute(
            "SELECT reference.id, asset_type, asset.asset_id, segment_id, reference.id IN (SELECT id FROM"
            " temp.live_before) FROM reference JOIN asset ON asset.id = reference.asset_id"
            " WHERE ended_on IS NULL OR ended_on >= ?",
            (change.today.isoformat(),),
        ).fetchall()
        if (row[1], row[2]) in held and (row[1], row[2]) not in spared and (row[1], row[2], row[3]) not in pairs
    ]
    _end_dropped(change, [row[0] for row in dropped if row[1]], [row[0] for row in dropped if not row[1]], zone)
    return len(gone) + len(dropped)


def _end_dropped(change: OpenChange, live: Iterable[int], others: Iterable[int], zone: tzinfo) -> None:
    """End references that their asset has no longer: what was live now, the others on the last day known of them.

    Of a use that never was live, or of which no day is known, nothing is left to remember.
    """
    connection, yesterday = change.connection, (change.today - timedelta(days=1)).isoformat()
    connection.execute(
        "UPDATE reference SET ended_on = ?, lost_at = ? WHERE id IN (SELECT value FROM json_each(?))",
        (yesterday, change.at, json_ids(live)),
    )
    days: list[tuple[str, int]] = []
    nothing: list[int] = []
    for reference_id, draft, started_on, lost_at in connection.execute(
        "SELECT reference.id, state = 'draft', started_on, lost_at FROM reference"
        " JOIN asset ON asset.id = reference.asset_id WHERE reference.id IN (SELECT value FROM json_each(?))",
        (json_ids(others),),
    ).fetchall():
        if lost_at:
            days.append((min(yesterday, moment(lost_at).astimezone(zone).date().isoformat()), reference_id))
        elif started_on and not draft:
            days.append((min(yesterday, started_on), reference_id))
        else:
            nothing.append(reference_id)
    connection.executemany("UPDATE reference SET ended_on = ? WHERE id = ?", days)
    connection.execute("DELETE FROM reference WHERE id IN (SELECT value FROM json_each(?))", (json_ids(nothing),))


def note_lost(change: OpenChange, zone: tzinfo) -> None:
    """Note the moment for references that were live, are not any more, and give no date for it.

    For those that had ended on their last day, and give it no more, that is the end of this day.
    """
    binding = {"today": change.today.isoformat(), "at": change.at}
    change.connection.execute(
        f"UPDATE reference SET lost_at = :at WHERE id IN (SELECT id FROM temp.live_before EXCEPT {_LIVE_NOW})"
        " AND (ended_on IS NULL OR ended_on >= :today)",
        binding,
    )
    forgotten = change.connection.execute(
        "SELECT reference.id, was.ended_on FROM temp.ended_before AS was JOIN reference ON reference.id = was.id"
        " JOIN asset ON asset.id = reference.asset_id WHERE state NOT IN ('scheduled', 'live')"
        " AND (state = 'draft' OR reference.ended_on IS NULL OR reference.ended_on >= :today)",
        {"today": binding["today"]},
    ).fetchall()
    change.connection.executemany(
        "UPDATE reference SET lost_at = ?1 WHERE id = ?2 AND coalesce(lost_at, '') < ?1",
        [(end_of_day(day, zone), reference_id) for reference_id, day in forgotten],
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
        " JOIN segment_state ON segment_state.segment_id = segment.id"
        f" WHERE reference.id IN ({_LIVE_NOW} EXCEPT SELECT id FROM temp.live_before)"
        f" AND {COUNTED} AND status = 'inactive'"
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
            "SELECT reason, since FROM segment_state WHERE segment_id = ?", (each.segment_id,)
        ).fetchall()[0]
    change.connection.executemany(
        f"UPDATE segment_state SET state = {ACTIVE}, since = ?1, activated_at = ?1 WHERE segment_id = ?2",
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

    An asset that uses it already only loses the old reference; one that used it once begins again.
    """
    binding = {"ids": json_ids(from_ids), "to": to_id, "today": change.today.isoformat()}
    open_uses = f"""SELECT reference.id FROM reference JOIN asset ON asset.id = reference.asset_id
        WHERE segment_id IN (SELECT value FROM json_each(:ids)) AND {OPEN}"""
    change.connection.execute(
        "INSERT INTO reference (asset_id, segment_id, started_on, ended_on)"
        " SELECT asset_id, :to, min(started_on), CASE WHEN count(*) = count(ended_on) THEN max(ended_on) END"
        f" FROM reference WHERE id IN ({open_uses}) GROUP BY asset_id ON CONFLICT (asset_id, segment_id)"
        " DO UPDATE SET ended_on = excluded.ended_on WHERE ended_on < :today",
        binding,
    )
    change.connection.execute(f"DELETE FROM reference WHERE id IN ({open_uses})", binding)
