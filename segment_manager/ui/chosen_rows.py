"""What is kept of the segments in some runs of shown rows: their ids, or one field of each.

Stands apart because a million of them are gathered without a step of Python for each, and in the order in which they
lie in memory where their order does not matter: that is ten times as fast.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, compress, repeat
from operator import itemgetter
from typing import Any, NamedTuple

from segment_manager.domain.segments import SegmentSummary
from segment_manager.storage.queries import PlainSummary
from segment_manager.ui.segment_rows import SegmentRows

MANY = 20_000
"""More ids than this come in their own order."""


class _Copied(NamedTuple):
    ids: array[int]
    plain: list[PlainSummary]


class ChosenRows:
    """Runs (first, last) of the rows `shown`, which are places in the `order` of source rows. Iterates over their ids,
    and holds as long as the list stays as it is."""

    def __init__(
        self, rows: SegmentRows | _Copied, order: array[int], shown: array[int], runs: Iterable[tuple[int, int]]
    ) -> None:
        self._rows, self._order, self._shown, self._runs = rows, order, shown, list(runs)
        self._number = sum(last - first + 1 for first, last in self._runs)

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[int]:
        return iter(self.ids())

    def kept(self) -> ChosenRows:
        """The same whatever becomes of the list, on any thread. Copying columns is quick, going through them is not."""
        rows = _Copied(self._rows.ids[:], self._rows.plain[:])
        return ChosenRows(rows, self._order[:], self._shown[:], self._runs)

    @staticmethod
    def copied(ids: array[int], order: array[int], shown: array[int]) -> Callable[[], Iterator[int]]:
        """What gives the ids of all shown rows, as they are now, on any thread."""
        ids, order, shown = ids[:], order[:], shown[:]
        return lambda: map(ids.__getitem__, map(order.__getitem__, shown))

    def ids(self) -> list[int]:
        """The ids, in the order of the list where they are not very many."""
        if self._number > MANY:
            return list(compress(self._rows.ids, self._mask()))
        return list(map(self._rows.ids.__getitem__, self._in_order()))

    def values(self, field: str, *, in_order: bool = True) -> Iterator[Any]:
        """One field of each, as it is kept, without a summary of it."""
        of_row = itemgetter(SegmentSummary._fields.index(field))
        if in_order:
            return map(of_row, map(self._rows.plain.__getitem__, self._in_order()))
        return map(of_row, compress(self._rows.plain, self._mask()))

    def _in_order(self) -> Iterator[int]:
        shown = chain.from_iterable(self._shown[first : last + 1] for first, last in self._runs)
        return map(self._order.__getitem__, shown)

    def _mask(self) -> bytearray:
        if self._number == len(self._rows.ids):
            return bytearray(b"\1" * self._number)
        mask = bytearray(len(self._rows.ids))
        deque(map(mask.__setitem__, self._in_order(), repeat(1)), maxlen=0)
        return mask
