"""Assets, references, and who is linked to what."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from segment_manager.domain.usage import AssetState, AssetType, Reference
from segment_manager.storage.ids import json_ids
from segment_manager.storage.times import moment
from segment_manager.storage.usage_tally import LIVE
from segment_manager.storage.workspace import Workspace

OPEN = "asset.state <> 'ended' AND (reference.ended_on IS NULL OR reference.ended_on >= :today)"
"""Whether a reference joined with its asset is not over: live, or may become so."""

SEQUENCE_ORDER = (
    "CASE asset.state WHEN 'live' THEN 0 WHEN 'scheduled' THEN 1 WHEN 'paused' THEN 2 WHEN 'draft' THEN 3 ELSE 4 END"
)

_ORDER = f"asset_type <> 'sequence', asset_type, {SEQUENCE_ORDER}, asset.name"
_SEGMENTS_AT_ONCE = 500


class AssetSummary(NamedTuple):
    id: int
    asset_type: AssetType
    asset_id: str
    name: str
    state: AssetState
    segments: int


def references(workspace: Workspace, segment_id: int) -> list[Reference]:
    """The assets that use a segment: sequences first, running ones before others, then by name."""
    rows = workspace.connection.execute(
        "SELECT asset_type, asset.asset_id, asset.name, state, segment.id, segment.name, started_on, ended_on, lost_at"
        " FROM reference JOIN asset ON asset.id = reference.asset_id JOIN segment ON segment.id = reference.segment_id"
        " WHERE reference.segment_id = ?"
        f" ORDER BY {_ORDER}",
        (segment_id,),
    )
    return [
        Reference(
            AssetType(kind),
            asset_id,
            name,
            AssetState(state),
            used_id,
            used_name,
            date.fromisoformat(started) if started else None,
            date.fromisoformat(ended) if ended else None,
            moment(lost) if lost else None,
        )
        for kind, asset_id, name, state, used_id, used_name, started, ended, lost in rows
    ]


def reference_count(workspace: Workspace, record_type_id: int | None, segment_id: int | None) -> int:
    """How many references there are, of all segments, those of a record type, or one."""
    chosen, values = _of_segments(record_type_id, segment_id)
    return int(workspace.connection.execute(f"SELECT count(*) FROM reference WHERE {chosen}", values).get)


def usage_rows(
    workspace: Workspace, record_type_id: int | None, segment_id: int | None, sequence: str | None
) -> Iterator[list[tuple[str | None, ...]]]:
    """References as a usage file has them, those of some hundred segments at a time, by segment id, each segment's in
    the order of `references`: type, id, name and state of the asset, record type, segment, first and last day.

    Of all segments, those of a record type, or one; those by the sequence of this name or id alone where it is given.
    """
    connection = workspace.connection
    chosen, values = _of_segments(record_type_id, segment_id)
    found = connection.execute(f"SELECT DISTINCT segment_id FROM reference WHERE {chosen} ORDER BY segment_id", values)
    ids = array("q", (row[0] for row in found))
    for start in range(0, len(ids), _SEGMENTS_AT_ONCE):
        rows = connection.execute(
            "SELECT asset_type, asset.asset_id, asset.name, state, record_type.name, segment.name, started_on, ended_on"
            " FROM reference JOIN asset ON asset.id = reference.asset_id JOIN segment ON segment.id = segment_id"
            " JOIN record_type ON record_type.id = record_type_id"
            " WHERE segment_id IN (SELECT value FROM json_each(:ids))"
            " AND (:sequence IS NULL OR asset_type = 'sequence' AND :sequence IN (asset.name, asset.asset_id))"
            f" ORDER BY segment_id, {_ORDER}",
            {"ids": json_ids(ids[start : start + _SEGMENTS_AT_ONCE]), "sequence": sequence},
        ).fetchall()
        if rows:
            yield rows


def _of_segments(record_type_id: int | None, segment_id: int | None) -> tuple[str, tuple[int, ...]]:
    """The condition on references, with its values."""
    if segment_id is not None:
        return "segment_id = ?", (segment_id,)
    if record_type_id is not None:
        return "segment_id IN (SELECT id FROM segment WHERE record_type_id = ?)", (record_type_id,)
    return "TRUE", ()


def assets(workspace: Workspace, asset_type: AssetType | None = None) -> list[AssetSummary]:
    """All assets, or those of one type, by type and name, each with how many segments it uses."""
    rows = workspace.connection.execute(
        "SELECT id, asset_type, asset_id, name, state,"
        " (SELECT count(*) FROM reference WHERE reference.asset_id = asset.id)"
        " FROM asset WHERE :type IS NULL OR asset_type = :type ORDER BY asset_type, name",
        {"type": asset_type},
    )
    return [AssetSummary(row[0], AssetType(row[1]), row[2], row[3], AssetState(row[4]), row[5]) for row in rows]


def segments_of_asset(workspace: Workspace, asset_id: int) -> list[tuple[int, str]]:
    """Id and name of the segments that an asset uses."""
    return [
        (row[0], row[1])
        for row in workspace.connection.execute(
            "SELECT segment.id, segment.name FROM reference JOIN segment ON segment.id = segment_id"
            " WHERE asset_id = ? ORDER BY segment.name",
            (asset_id,),
        )
    ]


def sequence_names_by_segment(workspace: Workspace, ids: Iterable[int] | None = None) -> dict[int, tuple[str, ...]]:
    """The names of the linked sequences of each segment that has any; of all segments, or of `ids`."""
    return asset_names_by_segment(workspace, ids, only=AssetType.SEQUENCE)


def asset_names_by_segment(
    workspace: Workspace, ids: Iterable[int] | None = None, only: AssetType | None = None
) -> dict[int, tuple[str, ...]]:
    """The names of the assets that use each segment, running ones first; of all types or `only` one."""
    names: dict[int, list[str]] = {}
    chosen = "" if ids is None else "segment_id IN (SELECT value FROM json_each(:ids)) AND"
    for segment_id, name in workspace.connection.execute(
        "SELECT segment_id, asset.name FROM reference JOIN asset ON asset.id = reference.asset_id"
        f" WHERE {chosen} (:only IS NULL OR asset_type = :only) ORDER BY segment_id, {SEQUENCE_ORDER}, asset.name",
        {"ids": None if ids is None else json_ids(ids), "only": only},
    ):
        names.setdefault(segment_id, []).append(name)
    return {segment_id: tuple(found) for segment_id, found in names.items()}


def open_uses(workspace: Workspace, ids: Iterable[int]) -> list[tuple[str, str, str, str]]:
    """The uses of `ids` that are not over: asset type, asset name, state, segment name; sequences first."""
    rows = workspace.connection.execute(
        "SELECT asset_type, asset.name, asset.state, segment.name FROM reference"
        " JOIN asset ON asset.id = reference.asset_id JOIN segment ON segment.id = reference.segment_id"
        f" WHERE segment_id IN (SELECT value FROM json_each(:ids)) AND {OPEN}"
        " ORDER BY asset_type <> 'sequence', asset_type, asset.name, segment.name",
        {"ids": json_ids(ids), "today": workspace.today().isoformat()},
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def direct_users(workspace: Workspace, ids: Iterable[int]) -> list[tuple[int, str, str]]:
    """The segments whose rules refer to one of `ids` directly: id, name, rule as JSON; by name."""
    rows = workspace.connection.execute(
        "SELECT id, name, rule FROM segment WHERE id IN (SELECT segment_id FROM rule_reference"
        " WHERE referred_id IN (SELECT value FROM json_each(?))) ORDER BY name_folded",
        (json_ids(ids),),
    )
    return [(row[0], row[1], row[2]) for row in rows]


class AssetLine(NamedTuple):
    """An asset as lists show it. `started_on`: of its first use; `ended_on`: of its last, None where one has no end."""

    id: int
    asset_type: AssetType
    asset_id: str
    name: str
    state: AssetState
    segments: int
    started_on: date | None
    ended_on: date | None


def asset_lines(workspace: Workspace, ids: Iterable[int] | None = None) -> list[AssetLine]:
    """The light rows of all assets, or of `ids`, in id order."""
    rows = workspace.connection.execute(
        "SELECT asset.id, asset_type, asset.asset_id, name, state, count(reference.id), min(started_on),"
        " CASE WHEN count(ended_on) = count(reference.id) THEN max(ended_on) END"
        " FROM asset LEFT JOIN reference ON reference.asset_id = asset.id"
        " WHERE :ids IS NULL OR asset.id IN (SELECT value FROM json_each(:ids)) GROUP BY asset.id ORDER BY asset.id",
        {"ids": None if ids is None else json_ids(ids)},
    )
    return [
        AssetLine(row[0], AssetType(row[1]), row[2], row[3], AssetState(row[4]), row[5], _day(row[6]), _day(row[7]))
        for row in rows
    ]


class SegmentUse(NamedTuple):
    """A segment that an asset uses. `live`: scheduled or live, and not over."""

    segment_id: int
    name: str
    record_type: str
    active: bool
    started_on: date | None
    ended_on: date | None
    live: bool
    over: bool


def uses_of_asset(workspace: Workspace, asset_row_id: int) -> list[SegmentUse]:
    """The segments that an asset uses or used, by name."""
    rows = workspace.connection.execute(
        "SELECT segment.id, segment.name, record_type.name, status = 'active', started_on, ended_on,"
        f" {LIVE}, NOT ({OPEN}) FROM reference JOIN asset ON asset.id = reference.asset_id"
        " JOIN segment ON segment.id = reference.segment_id JOIN record_type ON record_type.id = record_type_id"
        " JOIN segment_state ON segment_state.segment_id = segment.id"
        " WHERE reference.asset_id = :asset ORDER BY segment.name_folded, segment.id",
        {"asset": asset_row_id, "today": workspace.today().isoformat()},
    )
    return [
        SegmentUse(row[0], row[1], row[2], bool(row[3]), _day(row[4]), _day(row[5]), bool(row[6]), bool(row[7]))
        for row in rows
    ]


def asset_row_ids(workspace: Workspace, segment_id: int) -> dict[tuple[AssetType, str], int]:
    """The rows of the assets that use a segment, by type and id."""
    rows = workspace.connection.execute(
        "SELECT asset_type, asset.asset_id, asset.id FROM reference JOIN asset ON asset.id = reference.asset_id"
        " WHERE segment_id = ?",
        (segment_id,),
    )
    return {(AssetType(row[0]), row[1]): row[2] for row in rows}


class SegmentLine(NamedTuple):
    """A segment as something to choose."""

    id: int
    name: str
    record_type: str
    active: bool


def segment_lines(workspace: Workspace) -> list[SegmentLine]:
    """All segments, by name."""
    rows = workspace.connection.execute(
        "SELECT segment.id, segment.name, record_type.name, status = 'active' FROM segment"
        " JOIN segment_state ON segment_id = segment.id"
        " JOIN record_type ON record_type.id = record_type_id ORDER BY segment.name_folded, segment.id"
    )
    return [SegmentLine(row[0], row[1], row[2], bool(row[3])) for row in rows]


class RuleNeighbour(NamedTuple):
    """A segment one step away in the web of rules. `further`: how many lie one step beyond it, the same way."""

    id: int
    name: str
    active: bool
    reason: str | None
    further: int


def rule_users(workspace: Workspace, segment_id: int) -> list[RuleNeighbour]:
    """The segments whose rules refer to a segment directly, by name."""
    return _neighbours(workspace, segment_id, "referred_id", "segment_id")


def rule_used(workspace: Workspace, segment_id: int) -> list[RuleNeighbour]:
    """The segments that a segment's rule refers to directly, by name."""
    return _neighbours(workspace, segment_id, "segment_id", "referred_id")


def _neighbours(workspace: Workspace, segment_id: int, here: str, there: str) -> list[RuleNeighbour]:
    rows = workspace.connection.execute(
        "SELECT segment.id, name, status = 'active', reason,"
        f" (SELECT count(*) FROM rule_reference AS beyond WHERE beyond.{here} = segment.id)"
        f" FROM rule_reference JOIN segment ON segment.id = rule_reference.{there}"
        " JOIN segment_state ON segment_state.segment_id = segment.id"
        f" WHERE rule_reference.{here} = ? ORDER BY name_folded, segment.id",
        (segment_id,),
    )
    return [RuleNeighbour(row[0], row[1], bool(row[2]), row[3], row[4]) for row in rows]


def rule_reach(workspace: Workspace, segment_id: int) -> tuple[int, int]:
    """How many segments refer to a segment by their rules, and how many its rule refers to, each through others too."""
    return _reach(workspace, segment_id, "referred_id", "segment_id"), _reach(
        workspace, segment_id, "segment_id", "referred_id"
    )


def _reach(workspace: Workspace, segment_id: int, here: str, there: str) -> int:
    return int(
        workspace.connection.execute(
            f"WITH RECURSIVE found(id) AS (SELECT {there} FROM rule_reference WHERE {here} = :segment"
            f"  UNION SELECT {there} FROM rule_reference JOIN found ON {here} = found.id)"
            " SELECT count(*) FROM found WHERE id <> :segment",
            {"segment": segment_id},
        ).get
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
