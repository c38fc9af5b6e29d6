"""Exports: what a workspace holds, for files; writing them is export_files.py's.

Stands apart because window and command line export the same, some thousand rows at a time, so that memory stays flat.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from itertools import chain, islice
from typing import NamedTuple, TypeVar

from segment_manager.domain.errors import UnknownSegment
from segment_manager.domain.records import Field
from segment_manager.domain.segments import SegmentSummary
from segment_manager.domain.usage import AssetType
from segment_manager.operations.row_writing import Batch, JsonText
from segment_manager.storage import queries
from segment_manager.storage.queries import Move
from segment_manager.storage.queries.history import ActivityFilter, activity_count
from segment_manager.storage.workspace import Workspace

Read = TypeVar("Read")


class Export(NamedTuple):
    """What is exported. `total` rows, None where nobody knows before they are read.

    The batches are of one state of the workspace, held while they are read: close them where you stop early.
    """

    columns: tuple[str, ...]
    batches: Generator[Batch, None, None]
    total: int | None = None

    def rows(self) -> Iterator[dict[str, object]]:
        """One row after the other, its values by column."""
        for batch in self.batches:
            for values in zip(*batch, strict=True):
                yield dict(zip(self.columns, values, strict=True))


SEGMENT_COLUMNS = (
    "record_type", "name", "rule", "description", "tags", "status", "created_on", "activated_on", "id", "reason",
    "since", "members", "computed_at", "keep_active", "sequences", "last_used",
)  # fmt: skip
"""The first eight are those of a file of segments to be imported."""

MOVE_COLUMNS = ("at", "cause", "moved", "key")
CONNECTION_COLUMNS = ("key", "segment_name", "connected_at", "sequence")
USAGE_COLUMNS = ("asset_type", "asset_id", "asset_name", "state", "record_type", "segment", "started_on", "ended_on")
ACTIVITY_COLUMNS = ("at", "who", "action", "segments", "before", "after")

_AT_ONCE = 2000


def segments(workspace: Workspace, *, record_type: str | None = None, ids: Collection[int] | None = None) -> Export:
    """Segment definitions with their state, by id: all, those of one record type, or `ids`."""
    of_type = queries.record_type(workspace, record_type).id if record_type is not None else None
    if ids is not None:
        total = len(ids)
    else:
        counts = queries.segment_counts(workspace)
        total = sum(map(sum, counts.values())) if of_type is None else sum(counts[of_type])
    return Export(SEGMENT_COLUMNS, _segments(workspace, of_type, ids), total)


def _segments(workspace: Workspace, of_type: int | None, ids: Iterable[int] | None) -> Generator[Batch, None, None]:
    with workspace.snapshot():
        types = {each.id: each.name for each in queries.record_types(workspace)}
        for batch in _summaries(workspace, of_type, ids):
            field = dict(zip(SegmentSummary._fields, zip(*batch, strict=True), strict=True))
            of_batch = field["id"]
            definitions = queries.rules_and_activations(workspace, of_batch)
            linked = queries.sequence_names_by_segment(workspace, of_batch)
            yield (
                [types[each] for each in field["record_type_id"]],
                field["name"],
                [JsonText(definitions[each][0]) for each in of_batch],
                field["description"],
                field["tags"],
                field["status"],
                _days(field["created_at"], workspace.zone),
                _days([definitions[each][1] for each in of_batch], workspace.zone),
                of_batch,
                field["reason"],
                _moments(field["since"]),
                field["members"],
                _moments(field["computed_at"]),
                list(map(bool, field["keep_active"])),
                [linked.get(each, ()) for each in of_batch],
                _moments(field["last_used"]),
            )


def _summaries(
    workspace: Workspace, of_type: int | None, ids: Iterable[int] | None
) -> Iterator[list[queries.PlainSummary]]:
    if ids is None:
        return queries.summary_rows(workspace, of_type)
    ordered = array("q", sorted(ids))
    return chain.from_iterable(
        queries.summary_rows(workspace, of_type, ordered[start : start + _AT_ONCE])
        for start in range(0, len(ordered), _AT_ONCE)
    )


def _moments(stamps: Sequence[str | None]) -> list[datetime | None]:
    """The moments behind stamps."""
    return _each_once(stamps, datetime.fromisoformat)


def _days(stamps: Sequence[str | None], zone: tzinfo) -> list[date | None]:
    """The days of stamps in a time zone."""
    return _each_once(stamps, lambda stamp: datetime.fromisoformat(stamp).astimezone(zone).date())


def _each_once(stamps: Sequence[str | None], read: Callable[[str], Read]) -> list[Read | None]:
    """What is read of stamps, of which many are equal."""
    known = {each: read(each) for each in set(stamps) if each is not None}
    return [None if each is None else known[each] for each in stamps]


def members(workspace: Workspace, segment_id: int) -> Export:
    """The members of a segment: 'key', then their values by the fields of the record type."""
    page = queries.members(workspace, segment_id, limit=0)
    names = [field.name for field in page.record_type.fields if field.name != "key"]
    return Export(("key", *names), _members(workspace, segment_id, page.record_type.fields), page.total)


def _members(workspace: Workspace, segment_id: int, fields: Sequence[Field]) -> Generator[Batch, None, None]:
    with workspace.snapshot():
        for keys, columns in queries.member_columns(workspace, segment_id, _AT_ONCE):
            if keys:
                named = zip(fields, columns, strict=True)
                yield keys, *(values for field, values in named if field.name != "key")


def moves(workspace: Workspace, segment_id: int) -> Export:
    """Who joined and who left a segment in each of its computations, oldest first, by key."""
    total = sum(each.joined + each.left for each in queries.computations(workspace, segment_id, limit=-1))
    return Export(MOVE_COLUMNS, _moves(workspace, segment_id), total)


def _moves(workspace: Workspace, segment_id: int) -> Generator[Batch, None, None]:
    with workspace.snapshot():
        for each in reversed(queries.computations(workspace, segment_id, limit=-1)):
            for move, count in ((Move.JOINED, each.joined), (Move.LEFT, each.left)):
                for offset in range(0, count, _AT_ONCE):
                    keys = queries.moved_members(workspace, each.id, move, offset=offset, limit=_AT_ONCE).keys
                    number = len(keys)
                    yield [each.at] * number, [each.cause] * number, [str(move)] * number, keys


def connections(workspace: Workspace, *, sequence: str | None = None, segment_id: int | None = None) -> Export:
    """Sequence connections: all, of one sequence, or those that came through one segment. Raises UnknownSegment."""
    if sequence is not None:
        _must_be_there(workspace, sequence)
    total = queries.connection_count(workspace, segment_id) if segment_id is not None and sequence is None else None
    return Export(CONNECTION_COLUMNS, _connections(workspace, sequence, segment_id), total)


def _connections(workspace: Workspace, sequence: str | None, segment_id: int | None) -> Generator[Batch, None, None]:
    with workspace.snapshot():
        found = queries.connections(workspace, sequence=sequence, segment_id=segment_id)
        while some := list(islice(found, _AT_ONCE)):
            key, name, segment_name, connected_at = zip(*some, strict=True)
            yield key, segment_name, connected_at, name


def _must_be_there(workspace: Workspace, sequence: str) -> None:
    """An unknown sequence is an error, not an empty list."""
    known = queries.assets(workspace, AssetType.SEQUENCE)
    if all(sequence not in (each.name, each.asset_id) for each in known):
        raise UnknownSegment(f"There is no sequence “{sequence}”.")


def usage(
    workspace: Workspace, *, record_type: str | None = None, segment_id: int | None = None, sequence: str | None = None
) -> Export:
    """References in the columns of a usage file: all, or of one record type, segment or sequence, by segment id; those
    of a segment as its details list them. Raises UnknownSegment."""
    if sequence is not None:
        _must_be_there(workspace, sequence)
    of_type = queries.record_type(workspace, record_type).id if record_type is not None else None
    total = queries.reference_count(workspace, of_type, segment_id) if sequence is None else None
    return Export(USAGE_COLUMNS, _usage(workspace, of_type, segment_id, sequence), total)


def _usage(
    workspace: Workspace, of_type: int | None, segment_id: int | None, sequence: str | None
) -> Generator[Batch, None, None]:
    with workspace.snapshot():
        for rows in queries.usage_rows(workspace, of_type, segment_id, sequence):
            yield tuple(zip(*rows, strict=True))


def activity(
    workspace: Workspace, *, segment_id: int | None = None, limit: int | None = None, only: ActivityFilter | None = None
) -> Export:
    """Activity, newest first: of all, of one segment or of a filter, at most `limit` rows."""
    is_counted = limit is None and segment_id is None
    total = activity_count(workspace, only or ActivityFilter()) if is_counted else None
    return Export(ACTIVITY_COLUMNS, _activity(workspace, segment_id, limit, only), total)


def _activity(
    workspace: Workspace, segment_id: int | None, limit: int | None, only: ActivityFilter | None
) -> Generator[Batch, None, None]:
    left = limit
    before: int | None = None
    with workspace.snapshot():
        while left is None or left > 0:
            wanted = _AT_ONCE if left is None else min(left, _AT_ONCE)
            entries = queries.activity(workspace, segment_id=segment_id, limit=wanted, before=before, only=only)
            if entries:
                yield tuple([getattr(each, column) for each in entries] for column in ACTIVITY_COLUMNS)
            if len(entries) < wanted:
                return
            before = entries[-1].seq
            left = None if left is None else left - len(entries)
