"""Records: which there are, which segments each is in and since when, and through which it reached its sequences.

Stands apart because here the record is asked about, not the segment; `computation.explain` says why for one of both.
"""

from __future__ import annotations

from dataclasses import dataclass

from segment_manager.domain.records import RecordType
from segment_manager.domain.stored_values import Value
from segment_manager.storage import queries
from segment_manager.storage.queries import FoundRecords, RecordSegment, RecordSequence
from segment_manager.storage.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """One record: its values by field name, the segments it is a member of, and the sequences that work on it, each
    with the segment that brought it there."""

    record_type: RecordType
    key: str
    values: dict[str, Value]
    segments: list[RecordSegment]
    sequences: list[RecordSequence]


def find_records(workspace: Workspace, record_type: str, text: str, *, limit: int = 100) -> FoundRecords:
    """At most `limit` records of a type whose key or fields hold a text, the one of this very key first; upper and
    lower case are the same, a number must be whole. Raises UnknownRecordType."""
    return queries.records_found(workspace, queries.record_type(workspace, record_type), text, limit)


def segments_of_record(workspace: Workspace, record_type: str, key: str) -> list[RecordSegment]:
    """The segments that a record is a member of, by name. Raises UnknownRecordType, UnknownRecord."""
    return record_place(workspace, record_type, key).segments


def sequences_of_record(workspace: Workspace, record_type: str, key: str) -> list[RecordSequence]:
    """How a record reached its sequences, the first one first. Raises UnknownRecordType, UnknownRecord."""
    return record_place(workspace, record_type, key).sequences


def record_place(workspace: Workspace, record_type: str, key: str) -> RecordPlace:
    """All of this of one record, from one state of the workspace. Raises UnknownRecordType, UnknownRecord."""
    with workspace.snapshot():
        of_type = queries.record_type(workspace, record_type)
        row_id, values = queries.record_by_key(workspace, of_type, key)
        return RecordPlace(
            of_type,
            key,
            values,
            queries.segments_with_record(workspace, of_type, row_id),
            queries.sequences_with_record(workspace, of_type, row_id),
        )
