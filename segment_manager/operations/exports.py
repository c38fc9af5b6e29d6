"""Exports: what a workspace holds, as plain rows for files; writing them is for the layers above.

Stands apart because window and command line export the same, row by row, so that memory stays flat.
"""

from __future__ import annotations

import json
from collections.abc import Generator

from segment_manager.domain.errors import UnknownSegment
from segment_manager.domain.usage import AssetType, Reference
from segment_manager.storage import queries
from segment_manager.storage.queries import Move
from segment_manager.storage.queries.history import ActivityFilter
from segment_manager.storage.workspace import Workspace

ExportRow = dict[str, object]
ExportRows = Generator[ExportRow, None, None]
"""Rows of one state of the workspace, held while they are read: close them (contextlib.closing) when stopping early."""

SEGMENT_COLUMNS = (
    "record_type", "name", "rule", "description", "tags", "status", "created_on", "activated_on", "id", "reason",
    "since", "members", "computed_at", "keep_active", "sequences", "last_used",
)  # fmt: skip
"""The first eight are those of a file of segments to be imported."""

MOVE_COLUMNS = ("at", "cause", "moved", "key")
CONNECTION_COLUMNS = ("key", "segment_name", "connected_at", "sequence")
USAGE_COLUMNS = ("asset_type", "asset_id", "asset_name", "state", "record_type", "segment", "started_on", "ended_on")
ACTIVITY_COLUMNS = ("at", "who", "action", "segments", "before", "after")

_MEMBERS_AT_ONCE = 2000
_ENTRIES_AT_ONCE = 2000


def segments(workspace: Workspace, *, record_type: str | None = None, segment_id: int | None = None) -> ExportRows:
    """Segment definitions with their state: all, of one record type, or one; `rule` is the decoded JSON."""
    with workspace.snapshot():
        zone = workspace.zone
        types = {each.id: each.name for each in queries.record_types(workspace)}
        of_type = queries.record_type(workspace, record_type).id if record_type is not None else None
        linked = queries.sequence_names_by_segment(workspace)
        definitions = queries.rules_and_activations(workspace)
        for summary in queries.summaries(workspace, of_type, None if segment_id is None else [segment_id]):
            rule, activated_at = definitions[summary.id]
            yield {
                "record_type": types[summary.record_type_id],
                "name": summary.name,
                "rule": json.loads(rule),
                "description": summary.description,
                "tags": list(summary.tags),
                "status": str(summary.status),
                "created_on": summary.created_at.astimezone(zone).date(),
                "activated_on": activated_at and activated_at.astimezone(zone).date(),
                "id": summary.id,
                "reason": None if summary.reason is None else str(summary.reason),
                "since": summary.since,
                "members": summary.members,
                "computed_at": summary.computed_at,
                "keep_active": summary.keep_active,
                "sequences": list(linked.get(summary.id, ())),
                "last_used": summary.last_used,
            }


def member_columns(workspace: Workspace, segment_id: int) -> tuple[str, ...]:
    """The columns of a segment's members: 'key', then the fields of its record type."""
    record_type = queries.members(workspace, segment_id, limit=0).record_type
    return ("key", *(field.name for field in record_type.fields if field.name != "key"))


def members(workspace: Workspace, segment_id: int) -> ExportRows:
    """The members of a segment as records: 'key' and their values by field name."""
    with workspace.snapshot():
        offset = 0
        while True:
            page = queries.members(workspace, segment_id, offset=offset, limit=_MEMBERS_AT_ONCE)
            names = [field.name for field in page.record_type.fields]
            for key, values in zip(page.keys, page.rows, strict=True):
                row: ExportRow = {"key": key}
                row.update(zip(names, values, strict=True))
                row["key"] = key  # a field may have that name, too
                yield row
            offset += len(page.keys)
            if not page.keys or offset >= page.total:
                return


def moves(workspace: Workspace, segment_id: int) -> ExportRows:
    """Who joined and who left a segment in each of its computations, oldest first, by key."""
    with workspace.snapshot():
        for each in reversed(queries.computations(workspace, segment_id, limit=-1)):
            for move, count in ((Move.JOINED, each.joined), (Move.LEFT, each.left)):
                for offset in range(0, count, _MEMBERS_AT_ONCE):
                    page = queries.moved_members(workspace, each.id, move, offset=offset, limit=_MEMBERS_AT_ONCE)
                    for key in page.keys:
                        yield {"at": each.at, "cause": each.cause, "moved": str(move), "key": key}


def connections(workspace: Workspace, *, sequence: str | None = None, segment_id: int | None = None) -> ExportRows:
    """Sequence connections: all, of one sequence, or those that came through one segment. Raises UnknownSegment."""
    with workspace.snapshot():
        if sequence is not None:
            _must_be_there(workspace, sequence)
        for each in queries.connections(workspace, sequence=sequence, segment_id=segment_id):
            yield {
                "key": each.key,
                "segment_name": each.segment_name,
                "connected_at": each.connected_at,
                "sequence": each.sequence,
            }


def _must_be_there(workspace: Workspace, sequence: str) -> None:
    """An unknown sequence is an error, not an empty list."""
    known = queries.assets(workspace, AssetType.SEQUENCE)
    if all(sequence not in (each.name, each.asset_id) for each in known):
        raise UnknownSegment(f"There is no sequence “{sequence}”.")


def usage(
    workspace: Workspace, *, record_type: str | None = None, segment_id: int | None = None, sequence: str | None = None
) -> ExportRows:
    """References in the columns of a usage file: all, or of one record type, segment or sequence."""
    with workspace.snapshot():
        if sequence is not None:
            _must_be_there(workspace, sequence)
        types = {each.id: each.name for each in queries.record_types(workspace)}
        of_type = queries.record_type(workspace, record_type).id if record_type is not None else None
        used = queries.asset_names_by_segment(workspace, None if segment_id is None else [segment_id])
        for summary in queries.summaries(workspace, of_type, used):
            for reference in queries.references(workspace, summary.id):
                if sequence is None or _is_sequence(reference, sequence):
                    yield _usage_row(reference, types[summary.record_type_id])


def _is_sequence(reference: Reference, sequence: str) -> bool:
    return reference.asset_type is AssetType.SEQUENCE and sequence in (reference.asset_name, reference.asset_id)


def _usage_row(reference: Reference, record_type: str) -> ExportRow:
    return {
        "asset_type": str(reference.asset_type),
        "asset_id": reference.asset_id,
        "asset_name": reference.asset_name,
        "state": str(reference.state),
        "record_type": record_type,
        "segment": reference.segment_name,
        "started_on": reference.started_on,
        "ended_on": reference.ended_on,
    }


def activity(
    workspace: Workspace, *, segment_id: int | None = None, limit: int | None = None, only: ActivityFilter | None = None
) -> ExportRows:
    """Activity, newest first: of all, of one segment or of a filter, at most `limit` rows."""
    left = limit
    before: int | None = None
    with workspace.snapshot():
        while left is None or left > 0:
            wanted = _ENTRIES_AT_ONCE if left is None else min(left, _ENTRIES_AT_ONCE)
            entries = queries.activity(workspace, segment_id=segment_id, limit=wanted, before=before, only=only)
            for each in entries:
                yield {
                    "at": each.at,
                    "who": each.who,
                    "action": each.action,
                    "segments": list(each.segments),
                    "before": each.before,
                    "after": each.after,
                }
            if len(entries) < wanted:
                return
            before = entries[-1].seq
            left = None if left is None else left - len(entries)
