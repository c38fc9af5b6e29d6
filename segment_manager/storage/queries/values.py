"""Which values a field holds, and how many records hold each.

Stands apart because SQLite sorts where it groups (2.4 s for a million texts), and counting in stretches takes a quarter
of that and can stop between any two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import msgspec

from segment_manager.domain.records import FOLDED_TYPES, Field, FieldType, RecordType, column, fold, folded_column
from segment_manager.domain.stored_values import Stored, Value, from_stored
from segment_manager.storage.record_tables import table_name
from segment_manager.storage.workspace import Workspace

MOST_VALUES = 20_000
"""More different values than this are not counted to the end: nobody picks from such a list."""
AT_ONCE = 50_000  # records in one stretch; Python's lock is held for a few ms after each

_DECODERS: dict[bool, msgspec.json.Decoder[list[object]]] = {
    True: msgspec.json.Decoder(list[list[str] | None]),
    False: msgspec.json.Decoder(list[str | int | None]),
}


class ValueCount(NamedTuple):
    """One value of a field, and how many records hold it."""

    value: Value
    records: int


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """The values of a field, those held most often first; texts that differ in case alone are one.

    `exact`: every record was looked at. If not there are more than MOST_VALUES different ones: `values` are some, and
    their counts say nothing.
    """

    values: tuple[ValueCount, ...]
    exact: bool

    def starting(self, prefix: str, limit: int) -> ValueCounts:
        """Those whose text begins with a prefix (case folded), at most `limit`."""
        begin = fold(prefix.strip())
        found = (each for each in self.values if fold(str(each.value)).startswith(begin))
        return ValueCounts(tuple(each for each, _ in zip(found, range(limit), strict=False)), self.exact)


def value_counts(
    workspace: Workspace,
    record_type: RecordType,
    field: Field,
    *,
    prefix: str = "",
    keep_on: Callable[[], None] = lambda: None,
) -> ValueCounts:
    """The values that a field holds; with a prefix (of texts alone) only those that begin with it.

    `keep_on` is called between two stretches of records and may raise.
    """
    counted: Counter[Stored] = Counter()
    exact = True
    for found in _stretches(workspace, record_type, field, fold(prefix.strip())):
        counted.update(found)
        keep_on()
        if len(counted) > MOST_VALUES:
            exact = False
            break
    counted.pop(None, None)
    return ValueCounts(tuple(_listed(field, counted)), exact)


def _stretches(workspace: Workspace, record_type: RecordType, field: Field, begin: str) -> Iterator[Iterable[Stored]]:
    table, many = table_name(record_type.id), field.type is FieldType.CHOICES
    held = f"json({column(field)})" if many else column(field)
    where, parameters = "", ()  # type: tuple[str, tuple[Stored, ...]]
    if begin and field.type in (FieldType.TEXT, FieldType.CHOICE):
        where, parameters = f" AND substr({folded_column(field)}, 1, ?) IS ?", (len(begin), begin)
    last = workspace.connection.execute(f"SELECT max(id) FROM {table}").get or 0
    decoder = _DECODERS[many]
    for start in range(0, last, AT_ONCE):
        text = workspace.connection.execute(
            f"SELECT json_group_array({held}) FROM {table} WHERE id > ? AND id <= ?{where}",
            (start, start + AT_ONCE, *parameters),
        ).get
        values: Sequence[object] = decoder.decode(text)
        if many:
            yield chain.from_iterable(each for each in values if isinstance(each, list))
        else:
            yield values  # type: ignore[misc]  # texts and numbers, as the decoder says


def _listed(field: Field, counted: Counter[Stored]) -> Iterator[ValueCount]:
    if field.type not in FOLDED_TYPES:
        for stored, count in counted.most_common():
            yield ValueCount(from_stored(field, stored), count)
        return
    totals: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for stored, count in counted.most_common():
        text = str(stored)
        folded = fold(text)
        if folded.strip():
            totals[folded] += count
            spelled.setdefault(folded, text)
    for folded, count in totals.most_common():
        yield ValueCount(spelled[folded], count)
