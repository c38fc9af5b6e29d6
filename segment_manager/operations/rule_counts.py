"""Counts for a rule while it is written: of the whole, its parts, what a field holds, what saving would change.

Stands apart from computation.py because these answers are thrown away a moment later: they are kept in memory, made in
short stretches, and stopped as soon as a newer question comes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from segment_manager.domain.errors import Cancelled
from segment_manager.domain.operators import OPERATORS
from segment_manager.domain.records import Field, FieldType, RecordType
from segment_manager.domain.rules import (
    All,
    Any,
    Condition,
    Context,
    Everything,
    InSegment,
    Not,
    Rule,
    broken_because,
    depends_on_time,
    missing,
    to_json,
    walk,
)
from segment_manager.domain.stored_values import Value
from segment_manager.storage import queries
from segment_manager.storage.membership import matching
from segment_manager.storage.queries import Ids, ValueCount, ValueCounts
from segment_manager.storage.queries.records import records_by_id, stored_members
from segment_manager.storage.rule_sql import RuleTooLarge, combine, distinct_conditions
from segment_manager.storage.segment_rules import context
from segment_manager.storage.sql import Connection
from segment_manager.storage.workspace import Workspace

SAMPLE = 20
AT_ONCE = 4  # conditions to one reading of the table
STRETCH = 0.15  # seconds after which an answer is given, finished or not
KEPT = 400  # sets of ids held; one of a million records takes at most 125 KB
TIME_STANDS = timedelta(seconds=60)
"""How long 'now' stays what it was, so that 'in the last 30 days' is not counted anew with every letter typed."""
LISTED = 200
LISTED_TYPES = frozenset(FieldType) - {FieldType.DATETIME, FieldType.BOOLEAN}


class Difference(NamedTuple):
    """What a rule would make of the stored members of a segment."""

    join: int
    leave: int
    stay: int


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many of `records` records a rule selects, and its parts.

    `count`: of the whole rule, None where it cannot be told (yet). `parts`: by path (see rules.walk); None where a part
    is unfinished or broken, no entry where it is not counted yet. `complete`: nothing is left to count.
    """

    records: int
    count: int | None = None
    parts: dict[str, int | None] = field(default_factory=dict)
    complete: bool = True
    sample: list[dict[str, Value]] = field(default_factory=list)
    difference: Difference | None = None


def difference(workspace: Workspace, segment_id: int, rule: Rule) -> Difference:
    """Who of the stored members would join, leave and stay under another rule. Raises UnknownSegment."""
    with workspace.snapshot() as connection:
        detail = queries.segment_detail(workspace, segment_id)
        of_type = queries.record_type(workspace, detail.record_type)
        found = matching(connection, rule, of_type, context(workspace, of_type.id))
        return _difference(stored_members(workspace, segment_id), found)


def _difference(former: Ids, found: Ids) -> Difference:
    return Difference(len(found - former), len(former - found), len(found & former))


class Stoppable:
    """A reading that another thread may stop; `stop` touches no other reading of the same connection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading: Connection | None = None
        self._stopped = False

    def stop(self) -> None:
        """Have the reading that runs now, if one does, end with Cancelled."""
        with self._lock:
            self._stopped = True
            if self._reading is not None:
                self._reading.interrupt()

    @contextmanager
    def reading(self, workspace: Workspace) -> Iterator[Connection]:
        """A snapshot to read in. Raises Cancelled when it is stopped."""
        with workspace.snapshot() as connection:
            with self._lock:
                self._stopped, self._reading = False, connection
            try:
                yield connection
            finally:
                with self._lock:
                    self._reading = None

    def keep_on(self) -> None:
        """Raises Cancelled where `stop` was called."""
        if self._stopped:
            raise Cancelled


class RuleCounts(Stoppable):
    """Counts the rules of one editor. Each different condition is looked up once while the records stay as they are.

    `segment_id`: the segment whose stored members the rule is compared with, if it has one.
    """

    def __init__(self, workspace: Workspace, record_type: str, segment_id: int | None = None) -> None:
        super().__init__()
        self._workspace = workspace
        self._name = record_type
        self._segment_id = segment_id
        self._ids: dict[str, Ids] = {}
        self._timed: set[str] = set()
        self._everyone = queries.Ids()
        self._state: object = None
        self._now: datetime | None = None
        self._quickly: tuple[Rule, int] | None = None

    def count(self, rule: Rule, *, sample: int = SAMPLE, seconds: float = STRETCH) -> RuleCount:
        """What can be told of a rule within some seconds; where it is not `complete`, ask again with the same rule.

        The rule may be unfinished or broken: parts that are whole are counted. Raises Cancelled when stopped.
        """
        until = time.monotonic() + seconds
        with self.reading(self._workspace):
            of_type, now = self._prepare()
            work = _Work(rule, of_type, now)
            todo = [each for each in work.conditions if _key(each) not in self._ids]
            quick, fresh = self._quick(work, todo)
            while todo and not fresh:
                self._look_up(todo[:AT_ONCE], of_type, now)
                del todo[:AT_ONCE]
                self.keep_on()
                fresh = time.monotonic() > until
            self._forget(work.conditions)
            return self._told(work, not todo, sample, quick)

    def _prepare(self) -> tuple[RecordType, Context]:
        """The record type and context of now; whatever does not hold any more is forgotten."""
        of_type = queries.record_type(self._workspace, self._name)
        found = context(self._workspace, of_type.id)
        state = (queries.change_number(self._workspace, of_type), of_type, found.zone, found.week_start)
        if state != self._state:
            self._ids.clear()
            self._quickly = None
            self._everyone = queries.all_ids(self._workspace, of_type)
            self._state = state
        if self._now is None or not self._now <= found.now < self._now + TIME_STANDS:
            self._now = found.now
            for key in self._timed:
                self._ids.pop(key, None)
            self._timed.clear()
        return of_type, replace(found, now=self._now)

    def _quick(self, work: _Work, todo: Sequence[Condition]) -> tuple[int | None, bool]:
        """The count of a whole rule with many parts unknown, and whether it was made just now.

        SQLite looks at each record only until it is decided, which the parts, one by one, are not.
        """
        if len(todo) <= AT_ONCE or not work.whole:
            return None, False
        if self._quickly is not None and self._quickly[0] == work.rule:
            return self._quickly[1], False
        try:
            count = queries.matching_count(self._workspace, work.rule, work.record_type, work.context)
        except RuleTooLarge:
            return None, False
        self._quickly = (work.rule, count)
        return count, True

    def _look_up(self, todo: Sequence[Condition], of_type: RecordType, now: Context) -> None:
        positive = [_positive(each) for each in todo]
        for condition, ids in zip(todo, queries.matching_ids(self._workspace, positive, of_type, now), strict=True):
            key = _key(condition)
            self._ids[key] = ids
            if depends_on_time(condition):
                self._timed.add(key)

    def _forget(self, needed: Sequence[Condition]) -> None:
        """Hold what the rule needs, and of the rest what was looked up last."""
        if len(self._ids) > KEPT:
            wanted = {_key(each) for each in needed}
            old = [key for key in self._ids if key not in wanted]
            for key in old[: max(0, len(self._ids) - KEPT)]:
                del self._ids[key]

    def _told(self, work: _Work, complete: bool, sample: int, quick: int | None) -> RuleCount:
        parts: dict[str, int | None] = {}
        found = _Evaluation(work, self._ids, self._everyone, parts).of(work.rule, "")
        counted = RuleCount(len(self._everyone), quick if found is None else len(found), parts, complete)
        if found is None:
            return counted
        keys, rows = records_by_id(self._workspace, work.record_type, found[:sample])
        names = [each.name for each in work.record_type.fields]
        records = [{"key": key, **dict(zip(names, row, strict=True))} for key, row in zip(keys, rows, strict=True)]
        change = None
        if self._segment_id is not None:
            change = _difference(stored_members(self._workspace, self._segment_id), found)
        return replace(counted, sample=records, difference=change)


def _positive(condition: Condition) -> Condition:
    """The condition itself, or the one it is the complement of."""
    positive = OPERATORS[condition.op].positive
    return replace(condition, op=positive) if positive else condition


def _key(condition: Condition) -> str:
    return to_json(_positive(condition))  # True and 1 are equal, and mean different things


class _Work:
    """A rule taken apart: which of its nodes can be counted, and the conditions this rests on, each once."""

    def __init__(self, rule: Rule, record_type: RecordType, now: Context) -> None:
        self.rule, self.record_type, self.context = rule, record_type, now
        self.lost: set[str] = set()
        usable: list[Rule] = []
        for path, node, _depth in walk(rule):
            if self._broken(node):
                self.lost.add(path)
            elif isinstance(node, Condition | InSegment):
                usable.append(node)
        self.whole = not self.lost
        unique: dict[str, Condition] = {}
        for part in usable:
            found = [part] if isinstance(part, Condition) else sorted(distinct_conditions([part], now), key=_key)
            for condition in found:
                unique.setdefault(_key(condition), condition)
        self.conditions = list(unique.values())

    def _broken(self, node: Rule) -> bool:
        match node:
            case Condition():
                return bool(missing(node, self.record_type, None))
            case InSegment():
                return bool(broken_because(None, node, self.record_type, self.context.rule_of))
            case All() | Any():
                return not node.children
            case _:
                return False


class _Evaluation:
    """The sets of all nodes of a rule, as far as they can be told; counts them by path."""

    def __init__(self, work: _Work, ids: dict[str, Ids], everyone: Ids, parts: dict[str, int | None]) -> None:
        self.work, self.ids, self.everyone, self.parts = work, ids, everyone, parts
        self.segments: dict[str, Ids] = {}

    def of(self, rule: Rule, path: str) -> Ids | None:
        """The set of a node. None where it is broken (`parts` says None then) or not known yet (it says nothing)."""
        if path in self.work.lost:
            self.parts[path] = None
            return None
        match rule:
            case Condition():
                found = self.condition(rule)
            case InSegment():
                found = self.segment(rule)
            case Everything():
                found = self.everyone
            case Not():
                found = self.group([(rule.child, f"{path}.not" if path else "not")], path, rule)
            case All() | Any():
                word = "all" if isinstance(rule, All) else "any"
                start = f"{path}.{word}" if path else word
                found = self.group([(child, f"{start}[{n}]") for n, child in enumerate(rule.children)], path, rule)
        if found is not None:
            self.parts[path] = len(found)
        return found

    def group(self, children: Sequence[tuple[Rule, str]], path: str, rule: Rule) -> Ids | None:
        sets = [self.of(child, place) for child, place in children]
        whole = [each for each in sets if each is not None]
        if len(whole) < len(sets):
            if any(self.parts.get(place, 0) is None for _, place in children):
                self.parts[path] = None
            return None
        if isinstance(rule, Not):
            return self.everyone - whole[0]
        result = whole[0]
        for each in whole[1:]:
            result = result & each if isinstance(rule, All) else result | each
        return result

    def condition(self, condition: Condition) -> Ids | None:
        found = self.ids.get(_key(condition))
        if found is None:
            return None
        return self.everyone - found if OPERATORS[condition.op].positive else found

    def segment(self, rule: InSegment) -> Ids | None:
        work = self.work
        if any(_key(each) not in self.ids for each in distinct_conditions([rule], work.context)):
            return None
        known = self.condition
        return combine(
            rule,
            work.record_type,
            work.context,
            lambda each: known(each) or queries.Ids(),
            self.everyone,
            self.segments,
        )


class FieldValues(Stoppable):
    """What the fields of a record type hold, for the lists from which a person picks; counted once while it holds."""

    def __init__(self, workspace: Workspace, record_type: str) -> None:
        super().__init__()
        self._workspace = workspace
        self._name = record_type
        self._known: dict[str, tuple[int, ValueCounts]] = {}

    def listed(self, name: str, prefix: str = "", limit: int = LISTED) -> ValueCounts:
        """The values of a field that begin with a prefix, those held most often first.

        None for moments and truth values, and for a field that is not there. Raises Cancelled when stopped.
        """
        with self.reading(self._workspace):
            of_type = queries.record_type(self._workspace, self._name)
            asked = of_type.field(name)
            if asked is None or asked.type not in LISTED_TYPES:
                return ValueCounts((), True)
            whole = self._whole(of_type, asked)
            if whole.exact or not prefix.strip():
                return whole.starting(prefix, limit)
            narrowed = queries.value_counts(self._workspace, of_type, asked, prefix=prefix, keep_on=self.keep_on)
            return narrowed.starting(prefix, limit)

    def _whole(self, of_type: RecordType, asked: Field) -> ValueCounts:
        changed = queries.change_number(self._workspace, of_type)
        known = self._known.get(asked.name)
        if known is not None and known[0] == changed:
            return known[1]
        found = queries.value_counts(self._workspace, of_type, asked, keep_on=self.keep_on)
        self._known[asked.name] = (changed, found)
        return found


__all__ = ["Difference", "FieldValues", "RuleCount", "RuleCounts", "ValueCount", "ValueCounts", "difference"]
