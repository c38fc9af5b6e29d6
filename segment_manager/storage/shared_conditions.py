"""Sets of records by condition, each asked of the database once for all the segments of a run that rest on it.

Stands apart because it is the second way from a rule to its members: many segments share few conditions, and sets are
joined far faster than tables are read. It has no limit to the size of a rule either. The first way is one statement a
rule (rule_sql); tests/storage/test_shared_conditions.py holds the two together.
"""

from __future__ import annotations

from array import array
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import msgspec
from pyroaring import BitMap

from segment_manager.domain.operators import OPERATORS
from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import Condition, Context, Rule
from segment_manager.domain.stored_values import Stored
from segment_manager.storage.record_tables import table_name
from segment_manager.storage.rule_sql import combine, compile_condition, distinct_conditions
from segment_manager.storage.sql import Connection

KEPT_BYTES = 128 * 2**20
"""About how much memory the kept sets may take; the ones not asked for longest are dropped first."""

_ids_in = msgspec.json.Decoder(list[int])

_Asked = tuple[str, tuple[Stored, ...]]
"""What was asked of the database, with its parameters: equal questions have equal answers, whoever's rule they are in
and whatever the time, since times stand among the parameters."""


def selected(connection: Connection, record_type: RecordType, where: str, parameters: Iterable[Stored] = ()) -> BitMap:
    """The row ids of the records of a type for which an expression (of this package) is 1.

    They travel as one JSON text: two thirds of the time that as many rows take.
    """
    found = connection.execute(
        f"SELECT json_group_array(id) FROM {table_name(record_type.id)} WHERE {where}", tuple(parameters)
    )
    return BitMap(array("I", _ids_in.decode(found.get)))


def all_records(connection: Connection, record_type: RecordType) -> BitMap:
    """The row ids of all records of a type; as one stretch where none is missing, which takes no reading of rows."""
    table = table_name(record_type.id)
    first, last, count = connection.execute(
        f"SELECT (SELECT min(id) FROM {table}), (SELECT max(id) FROM {table}), count(*) FROM {table}"
    ).get
    if count and last - first + 1 == count:
        return BitMap(range(first, last + 1))
    return selected(connection, record_type, "1")


@dataclass(slots=True)
class _Pool:
    """The sets of the records of one type: of all of them or, with `since`, of those changed after that number.
    `newest`: the change number at which they were asked for."""

    newest: int
    everyone: BitMap
    sets: OrderedDict[_Asked, BitMap] = field(default_factory=OrderedDict)
    size: int = 0
    context: Context | None = None
    segments: dict[str, BitMap] = field(default_factory=dict)  # of the rules as `context` knows them
    asked: dict[Condition, _Asked] = field(default_factory=dict)  # at the time and in the zone of `context`

    def keep(self, asked: _Asked, found: BitMap) -> None:
        self.sets[asked] = found
        self.size += self._bytes(found)
        while self.size > KEPT_BYTES and len(self.sets) > 1:
            self.size -= self._bytes(self.sets.popitem(last=False)[1])

    def _bytes(self, found: BitMap) -> int:
        return 100 + min(2 * len(found), len(self.everyone) // 8)


class SharedConditions:
    """The sets of one run over segments. Records that change meanwhile make it ask again; so does a new time."""

    def __init__(self) -> None:
        self._uses: Counter[tuple[int, int | None, Condition]] = Counter()
        self._pools: dict[tuple[int, int | None], _Pool] = {}

    def expect(self, rule: Rule, record_type: RecordType, context: Context, since: int | None) -> None:
        """Count a segment that will be asked for, so that `pays` knows what is shared."""
        self._uses.update((record_type.id, since, each) for each in distinct_conditions([rule], context))

    def pays(self, rule: Rule, record_type: RecordType, context: Context, since: int | None) -> bool:
        """Whether a segment's share in asking for its conditions is less than one statement of its own."""
        uses = (self._uses[record_type.id, since, each] for each in distinct_conditions([rule], context))
        return sum(1 / (number or 1) for number in uses) < 1

    def everyone(self, connection: Connection, record_type: RecordType, newest: int, since: int | None) -> BitMap:
        """All records of a type (not to be changed); with `since` those changed after that change number. `newest` is
        its number now."""
        return self._pool(connection, record_type, newest, since).everyone

    def matching(
        self,
        connection: Connection,
        rule: Rule,
        record_type: RecordType,
        context: Context,
        newest: int,
        since: int | None = None,
        *,
        whole: bool = False,
    ) -> BitMap:
        """The records that a rule selects, of all or of those changed after `since`; none where it is broken. `whole`:
        it is known not to be."""
        pool = self._pool(connection, record_type, newest, since)
        if pool.context is not context:
            pool.context = context
            pool.segments = {}
            pool.asked = {}

        def ids_of(condition: Condition) -> BitMap:
            positive = OPERATORS[condition.op].positive
            if positive is not None:
                return pool.everyone - ids_of(replace(condition, op=positive))
            asked = pool.asked.get(condition)
            if asked is None:
                compiled = compile_condition(condition, record_type, context)
                asked = pool.asked[condition] = (compiled[0], tuple(compiled[1]))
            found = pool.sets.get(asked)
            if found is None:
                among = "" if since is None else f"changed > {int(since)} AND "
                found = selected(connection, record_type, f"{among}({asked[0]})", asked[1])
                pool.keep(asked, found)
            else:
                pool.sets.move_to_end(asked)
            return found

        return combine(
            rule, record_type, context, ids_of, pool.everyone, pool.segments, whole=whole
        ).copy()  # kept sets stay as they are

    def _pool(self, connection: Connection, record_type: RecordType, newest: int, since: int | None) -> _Pool:
        place = (record_type.id, since)
        pool = self._pools.get(place)
        if pool is None or pool.newest != newest:
            everyone = (
                all_records(connection, record_type)
                if since is None
                else selected(connection, record_type, f"changed > {int(since)}")
            )
            pool = self._pools[place] = _Pool(newest, everyone)
        return pool
