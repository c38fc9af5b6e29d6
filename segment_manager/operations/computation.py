"""Computing members, previewing rules, and answering 'why?'.

Stands apart because these are jobs over records: they run long, show progress and may be cancelled at any moment.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from segment_manager.domain.changes import Progress
from segment_manager.domain.errors import NotComputed
from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import Context, Rule, check, from_json
from segment_manager.domain.rules import explain as explain_rule
from segment_manager.domain.stored_values import Value
from segment_manager.operations.jobs import Job
from segment_manager.storage import membership, queries
from segment_manager.storage.change import OpenChange
from segment_manager.storage.queries.records import keys_by_id, records_by_id, stored_members
from segment_manager.storage.segment_rules import SegmentNames, context
from segment_manager.storage.workspace import Workspace

SECONDS_A_TRANSACTION = 0.25
"""How long one transaction goes on taking in segments: others can write between, and cancelling is quick."""

READ_AT_ONCE = 32
"""Segments whose former members are read together; of a million records those of one take up to 125 KB."""

LOOKED_AHEAD = 500
"""Segments whose rules are read ahead, to find out which conditions they have in common."""


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


class Waiting(NamedTuple):
    """Active segments that are out of date: those whose computation was not done or did not finish since their rule or
    records changed, and those that are so by the passing of days alone."""

    unfinished: tuple[int, ...]
    by_clock: tuple[int, ...]


def waiting(workspace: Workspace) -> Waiting:
    """What is to be computed. At a start: offer the unfinished ones again; compute those by clock, then once a day."""
    return Waiting(*queries.waiting_segments(workspace))


def compute(workspace: Workspace, ids: Sequence[int] | None = None, *, cause: str = "by hand") -> Job[list[Computed]]:
    """Compute the members of `ids`, or of all Active segments that are out of date; a job.

    One segment that fails does not stop the others. Cancelled, those already computed keep their new members.
    """
    workspace.check_permission("compute segments")
    todo = sorted(set(queries.stale_ids(workspace) if ids is None else ids))
    run = _Run(workspace, todo, cause)
    while run.position < len(todo):
        run.look_ahead()
        with workspace.change("compute") as change:
            yield from run.batch(change)
    return run.outcomes


class _Run:
    """Where one run over segments stands, and what they have in common."""

    def __init__(self, workspace: Workspace, todo: list[int], cause: str) -> None:
        self.workspace, self.todo, self.cause = workspace, todo, cause
        self.position = 0
        self.outcomes: list[Computed] = []
        self._shared = membership.SharedConditions()
        self._seen = 0

    def look_ahead(self) -> None:
        """Find out which conditions the next segments share; one alone shares none."""
        if self.position < self._seen or len(self.todo) == 1:
            return
        with self.workspace.snapshot() as connection:
            types, contexts = self._surroundings()
            ahead = self.todo[self._seen : self._seen + LOOKED_AHEAD]
            membership.expect_all(connection, ahead, types, contexts, self._shared)
        self._seen += len(ahead)

    def _surroundings(self) -> tuple[dict[int, RecordType], dict[int, Context]]:
        types = {each.id: each for each in queries.record_types(self.workspace)}
        return types, {record_type_id: context(self.workspace, record_type_id) for record_type_id in types}

    def batch(self, change: OpenChange) -> Job[None]:
        """Compute segments for the time of one transaction, at least one."""
        started = time.monotonic()
        types, contexts = self._surroundings()
        around: dict[int, membership.Surroundings] = {}
        while self.position < len(self.todo):
            some = self.todo[self.position : self.position + READ_AT_ONCE]
            there = {segment.id: segment for segment in membership.pending(change.connection, some)}
            for segment_id in some:
                segment = there.get(segment_id)
                if segment is not None:
                    yield Progress(self.position, len(self.todo), f"Computing “{segment.name}”")
                    place = segment.record_type_id
                    if place not in around:
                        around[place] = membership.surroundings(change.connection, types[place], contexts[place])
                    self.outcomes.append(self._computed(change, segment, around[place]))
                self.position += 1
                if time.monotonic() - started >= SECONDS_A_TRANSACTION:
                    return

    def _computed(self, change: OpenChange, segment: membership.Pending, around: membership.Surroundings) -> Computed:
        began = time.perf_counter()
        problem: str | None = None
        found = None
        try:
            found = membership.compute_one(change, segment, around, cause=self.cause, shared=self._shared)
        except NotComputed as error:
            problem = str(error)
        seconds = time.perf_counter() - began
        if found is not None:
            return Computed(found.name, found.members, found.joined, found.left, seconds)
        broken = "Its rule is broken: it refers to something that is gone. Its former members stay."
        return Computed(segment.name, 0, 0, 0, seconds, problem or broken)


def preview(workspace: Workspace, record_type: str, rule: Rule, *, sample: int = 20) -> Preview:
    """What a rule selects now; stores nothing. Raises UnknownRecordType, InvalidRule."""
    with workspace.snapshot() as connection:
        of_type = _checked(workspace, record_type, rule)
        found = membership.matching(connection, rule, of_type, context(workspace, of_type.id))
        keys, rows = records_by_id(workspace, of_type, found[:sample])
    names = [field.name for field in of_type.fields]
    records = [
        {"key": key} | dict(zip(names, row, strict=True)) | {"key": key}  # a field may have that name, too
        for key, row in zip(keys, rows, strict=True)
    ]
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
    check(rule, of_type, SegmentNames(workspace, of_type.id))
    return of_type


def explain(workspace: Workspace, segment_id: int, key: str) -> Explanation:
    """Why a record is or is not in a segment, condition by condition. Raises UnknownSegment, UnknownRecord."""
    with workspace.snapshot():
        detail = queries.segment_detail(workspace, segment_id)
        of_type = queries.record_type(workspace, detail.record_type)
        row_id, record = queries.record_by_key(workspace, of_type, key)
        because = explain_rule(from_json(detail.rule_json), record, of_type, context(workspace, of_type.id))
        return Explanation(row_id in stored_members(workspace, segment_id), bool(because["true"]), because)
