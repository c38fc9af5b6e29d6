"""Computing members, previewing rules, and answering 'why?'.

Stands apart because these are jobs over records: they run long, show progress and may be cancelled at any moment.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from segment_manager.domain.changes import Progress
from segment_manager.domain.errors import SegmentManagerError
from segment_manager.domain.records import RecordType, Value
from segment_manager.domain.rules import Rule, check, from_json
from segment_manager.domain.rules import explain as explain_rule
from segment_manager.domain.segments import folded_name
from segment_manager.operations.jobs import Job
from segment_manager.storage import membership, queries
from segment_manager.storage.change import OpenChange
from segment_manager.storage.queries.records import keys_by_id, records_by_id, stored_members
from segment_manager.storage.segment_rules import context
from segment_manager.storage.workspace import Workspace

SECONDS_A_TRANSACTION = 0.25
"""How long one transaction goes on taking in segments: others can write between, and cancelling is quick."""


class Computed(NamedTuple):
    """The outcome for one segment; `error` says why it was not computed, and its former members stay."""

    name: str
    members: int
    joined: int
    left: int
    seconds: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """How many records a rule selects, and some of them by field name (with their key under 'key')."""

    count: int
    sample: list[dict[str, Value]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """`member`: whether the record is in the stored result; `matches`: whether the rule selects it now."""

    member: bool
    matches: bool
    because: dict[str, object]


def compute(workspace: Workspace, ids: Sequence[int] | None = None, *, cause: str = "by hand") -> Job[list[Computed]]:
    """Compute the members of `ids`, or of all Active segments that are out of date; a job.

    One segment that fails does not stop the others. Cancelled, those already computed keep their new members.
    """
    workspace.check_permission("compute segments")
    todo = sorted(set(queries.stale_ids(workspace) if ids is None else ids))
    outcomes: list[Computed] = []
    position = 0
    while position < len(todo):
        started = time.monotonic()
        with workspace.change("compute") as change:
            position = yield from _batch(workspace, change, todo, position, outcomes, cause, started)
    return outcomes


def _batch(
    workspace: Workspace,
    change: OpenChange,
    todo: list[int],
    position: int,
    outcomes: list[Computed],
    cause: str,
    started: float,
) -> Job[int]:
    types = {each.id: each for each in queries.record_types(workspace)}
    contexts = {record_type_id: context(workspace, record_type_id) for record_type_id in types}
    while position < len(todo) and time.monotonic() - started < SECONDS_A_TRANSACTION:
        for segment in membership.pending(change.connection, todo[position : position + 1]):
            yield Progress(position, len(todo), f"Computing “{segment.name}”")
            began = time.perf_counter()
            record_type = types[segment.record_type_id]
            try:
                found = membership.compute_one(change, segment, record_type, contexts[record_type.id], cause=cause)
            except SegmentManagerError as error:
                outcomes.append(Computed(segment.name, 0, 0, 0, time.perf_counter() - began, str(error)))
                continue
            seconds = time.perf_counter() - began
            if found is None:
                problem = "Its rule is broken: it refers to something that is gone. Its former members stay."
                outcomes.append(Computed(segment.name, 0, 0, 0, seconds, problem))
            else:
                outcomes.append(Computed(found.name, found.members, found.joined, found.left, seconds))
        position += 1
    return position


def preview(workspace: Workspace, record_type: str, rule: Rule, *, sample: int = 20) -> Preview:
    """What a rule selects now; stores nothing. Raises UnknownRecordType, InvalidRule."""
    with workspace.snapshot() as connection:
        of_type = _checked(workspace, record_type, rule)
        found = membership.matching(connection, rule, of_type, context(workspace, of_type.id))
        keys, rows = records_by_id(workspace, of_type, found[:sample])
    names = [field.name for field in of_type.fields]
    records = [{"key": key, **dict(zip(names, row, strict=True))} for key, row in zip(keys, rows, strict=True)]
    return Preview(len(found), records)


def preview_keys(workspace: Workspace, record_type: str, rule: Rule) -> Iterator[str]:
    """The keys of the records that a rule selects now. Raises UnknownRecordType, InvalidRule."""
    with workspace.snapshot() as connection:
        of_type = _checked(workspace, record_type, rule)
        found = membership.matching(connection, rule, of_type, context(workspace, of_type.id))
        for start in range(0, len(found), 5000):
            yield from keys_by_id(workspace, of_type, found[start : start + 5000])


def _checked(workspace: Workspace, record_type: str, rule: Rule) -> RecordType:
    of_type = queries.record_type(workspace, record_type)
    check(rule, of_type, {folded_name(name) for name in queries.all_segment_names(workspace, of_type.id)})
    return of_type


def explain(workspace: Workspace, segment_id: int, key: str) -> Explanation:
    """Why a record is or is not in a segment, condition by condition. Raises UnknownSegment, UnknownRecord."""
    with workspace.snapshot():
        detail = queries.segment_detail(workspace, segment_id)
        of_type = queries.record_type(workspace, detail.record_type)
        row_id, record = queries.record_by_key(workspace, of_type, key)
        because = explain_rule(from_json(detail.rule_json), record, of_type, context(workspace, of_type.id))
        return Explanation(row_id in stored_members(workspace, segment_id), bool(because["true"]), because)
