"""Writes of single assets and references, as people make them by hand.

Stands apart from usage_rows, which takes in whole files: here every row is named by its id and has its activity entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta, tzinfo
from typing import NamedTuple

from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.storage.change import OpenChange
from segment_manager.storage.ids import json_ids
from segment_manager.storage.queries.usage import OPEN
from segment_manager.storage.times import end_of_day
from segment_manager.storage.usage_tally import COUNTED, LIVE


class StoredAsset(NamedTuple):
    id: int
    asset_type: AssetType
    asset_id: str
    name: str
    state: AssetState


class StoredUse(NamedTuple):
    """A reference as it is kept. `over`: its end is past, or its asset has ended."""

    id: int
    asset_id: int
    segment_id: int
    segment_name: str
    started_on: str | None
    ended_on: str | None
    over: bool


def stored_assets(change: OpenChange, ids: Iterable[int]) -> list[StoredAsset]:
    """Those of `ids` that are there, in id order."""
    rows = change.connection.execute(
        "SELECT id, asset_type, asset_id, name, state FROM asset"
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json_ids(ids),),
    )
    return [StoredAsset(row[0], AssetType(row[1]), row[2], row[3], AssetState(row[4])) for row in rows]


def stored_uses(
    change: OpenChange, asset_ids: Iterable[int], segment_ids: Iterable[int] | None = None
) -> list[StoredUse]:
    """The references of some assets, to all segments or to some, by asset and segment name."""
    rows = change.connection.execute(
        "SELECT reference.id, asset.id, segment.id, segment.name, started_on, ended_on,"
        f" NOT ({OPEN}) FROM reference JOIN asset ON asset.id = reference.asset_id"
        " JOIN segment ON segment.id = reference.segment_id"
        " WHERE reference.asset_id IN (SELECT value FROM json_each(:assets))"
        " AND (:segments IS NULL OR segment.id IN (SELECT value FROM json_each(:segments)))"
        " ORDER BY asset.id, segment.name_folded",
        {
            "assets": json_ids(asset_ids),
            "segments": None if segment_ids is None else json_ids(segment_ids),
            "today": change.today.isoformat(),
        },
    )
    return [StoredUse(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6])) for row in rows]


def segment_names(change: OpenChange, ids: Iterable[int]) -> dict[int, str]:
    """The names of those of `ids` that are there, by id."""
    rows = change.connection.execute(
        "SELECT id, name FROM segment WHERE id IN (SELECT value FROM json_each(?)) ORDER BY name_folded",
        (json_ids(ids),),
    )
    return {row[0]: row[1] for row in rows}


def ids_taken(change: OpenChange, asset_type: AssetType) -> set[str]:
    """The ids (the outside ones) of all assets of a type."""
    rows = change.connection.execute("SELECT asset_id FROM asset WHERE asset_type = ?", (asset_type,))
    return {row[0] for row in rows}


def insert_asset(change: OpenChange, asset_type: AssetType, asset_id: str, name: str, state: AssetState) -> int:
    """Add an asset; gives its row id."""
    change.connection.execute(
        "INSERT INTO asset (asset_type, asset_id, name, state) VALUES (?, ?, ?, ?)", (asset_type, asset_id, name, state)
    )
    return int(change.connection.last_insert_rowid())


def set_asset(change: OpenChange, asset_row_id: int, name: str, state: AssetState) -> None:
    """Give an asset a name and a state."""
    change.connection.execute("UPDATE asset SET name = ?, state = ? WHERE id = ?", (name, state, asset_row_id))


def end_assets(change: OpenChange, ids: Iterable[int]) -> None:
    """Make assets ended."""
    change.connection.execute(
        "UPDATE asset SET state = 'ended' WHERE id IN (SELECT value FROM json_each(?))", (json_ids(ids),)
    )


def remove_assets(change: OpenChange, ids: Iterable[int]) -> None:
    """Take assets away, their references with them."""
    change.connection.execute("DELETE FROM asset WHERE id IN (SELECT value FROM json_each(?))", (json_ids(ids),))


def with_connections(change: OpenChange, ids: Iterable[int]) -> list[str]:
    """The names of those of `ids` that have connected records, by name."""
    rows = change.connection.execute(
        "SELECT name FROM asset WHERE id IN (SELECT value FROM json_each(?))"
        " AND EXISTS (SELECT 1 FROM sequence_connection WHERE sequence_connection.asset_id = asset.id) ORDER BY name",
        (json_ids(ids),),
    )
    return [row[0] for row in rows]


def add_uses(
    change: OpenChange, asset_row_id: int, segment_ids: Sequence[int], started_on: date | None, ended_on: date | None
) -> None:
    """Let an asset use segments. A use that was over begins again; without a new first day it keeps the old one."""
    change.connection.executemany(
        "INSERT INTO reference (asset_id, segment_id, started_on, ended_on) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (asset_id, segment_id) DO UPDATE SET"
        " started_on = coalesce(excluded.started_on, started_on), ended_on = excluded.ended_on",
        [(asset_row_id, each, _text(started_on), _text(ended_on)) for each in segment_ids],
    )


def set_dates(change: OpenChange, reference_id: int, started_on: date | None, ended_on: date | None) -> None:
    """Give a reference its first and last day. A last day that is past counts, whenever it was learned."""
    change.connection.execute(
        "UPDATE reference SET started_on = :first, ended_on = :last,"
        " lost_at = CASE WHEN :last < :today THEN NULL ELSE lost_at END WHERE id = :id",
        {
            "first": _text(started_on),
            "last": _text(ended_on),
            "today": change.today.isoformat(),
            "id": reference_id,
        },
    )


def end_uses(change: OpenChange, reference_ids: Iterable[int]) -> None:
    """End references now. A use is live through its last day, so that is yesterday.

    What was live is lost at this moment. To be called after `usage_rows.remember_live`.
    """
    change.connection.execute(
        "UPDATE reference SET ended_on = :yesterday,"
        " started_on = CASE WHEN started_on > :yesterday THEN :yesterday ELSE started_on END,"
        " lost_at = CASE WHEN id IN (SELECT id FROM temp.live_before) THEN :at ELSE lost_at END"
        " WHERE id IN (SELECT value FROM json_each(:ids))",
        {
            "yesterday": (change.today - timedelta(days=1)).isoformat(),
            "at": change.at,
            "ids": json_ids(reference_ids),
        },
    )


def remove_uses(change: OpenChange, reference_ids: Iterable[int]) -> None:
    """Take references away."""
    change.connection.execute(
        "DELETE FROM reference WHERE id IN (SELECT value FROM json_each(?))", (json_ids(reference_ids),)
    )


def keep_last_use(change: OpenChange, reference_ids: Iterable[int], zone: tzinfo) -> None:
    """Before references are taken away: let their segments remember when they were used through them last.

    The grace period goes on counting from there, so that tidying up never makes a segment unused at once.
    """
    rows = change.connection.execute(
        f"SELECT segment_id, {LIVE}, state, started_on, ended_on, lost_at FROM reference"
        " JOIN asset ON asset.id = reference.asset_id"
        " WHERE reference.id IN (SELECT value FROM json_each(:ids))"
        f" AND {COUNTED}",
        {"ids": json_ids(reference_ids), "today": change.today.isoformat()},
    ).fetchall()
    until: dict[int, str] = {}
    for segment_id, live, state, started, ended, lost in rows:
        moments = [change.at if live else lost or ""]
        if not live and (state != "draft" or lost):
            day = ended if ended and ended < change.today.isoformat() else None if lost else started
            moments.append(min(change.at, end_of_day(day, zone)) if day else "")
        until[segment_id] = max(until.get(segment_id, ""), *moments)
    change.connection.executemany(
        "UPDATE segment_state SET rule_used_until = ?1 WHERE segment_id = ?2 AND coalesce(rule_used_until, '') < ?1",
        [(moment, segment_id) for segment_id, moment in until.items()],
    )


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
