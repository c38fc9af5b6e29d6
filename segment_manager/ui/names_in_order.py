"""The rows of the segment list by name, kept once so that sorting by name sorts nothing.

Stands apart because names are sorted by more than anything else and are texts, which take longest: the order is made
where the rows are read, follows the few rows that change, and is given up where very many do.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator
from itertools import chain, compress
from operator import eq

FEW = 512
"""Rows that are put in their places one by one; with more, or more that share names, all are sorted anew."""
_TOGETHER = 8192

NameOf = Callable[[int], str]


class NamesInOrder:
    """All rows by folded name. `name_of` gives that of a row."""

    def __init__(self, rows: array[int], name_of: NameOf) -> None:
        self._rows = rows
        self._name_of = name_of
        self._shared: set[str] = set()
        self._removed: list[tuple[int, int]] = []

    def find_shared(self) -> Generator[None, None, bool]:
        """Note the names that several rows have; False where too many do."""
        before = ""
        for start in range(0, len(self._rows), _TOGETHER):
            names = [before, *map(self._name_of, self._rows[start : start + _TOGETHER])]
            self._shared.update(compress(names, map(eq, names, names[1:])))
            before = names[-1]
            yield
        return len(self._shared) <= FEW

    def sorted(self, before: array[int], *, reverse: bool) -> array[int] | None:
        """The rows by name, those of one name as they stand in `before`. None where too many share one."""
        self._renumber()
        found = self._rows[::-1] if reverse else self._rows[:]
        spans = [self._span(name) for name in self._shared]
        spans = [(first, end) for first, end in spans if end - first > 1]
        tied = frozenset(chain.from_iterable(self._rows[first:end] for first, end in spans))
        if len(tied) > 2 * FEW:
            return None
        by_place = [row for row in before if row in tied] if tied else []
        places = dict(zip(by_place, range(len(by_place)), strict=True))
        for first, end in spans:
            if reverse:
                first, end = len(found) - end, len(found) - first
            found[first:end] = array("i", sorted(found[first:end], key=places.__getitem__))
        return found

    def take_out(self, row: int) -> None:
        """Forget a row whose name is about to change."""
        self._renumber()
        del self._rows[place_of(row, self._rows)]

    def put_in(self, row: int) -> None:
        """Give a row its place."""
        self._renumber()
        first, end = self._span(self._name_of(row))
        if end > first:
            self._shared.add(self._name_of(row))
        self._rows.insert(end, row)

    def remove(self, first: int, last: int) -> None:
        """Follow rows that are taken out; several times in turn, from the end on."""
        if self._removed and self._removed[-1][0] <= last:
            self._renumber()
        self._removed.append((first, last))

    def _renumber(self) -> None:
        if not self._removed:
            return
        numbers, number = array("i"), 0  # by the row as it was, the row as it is; -1: gone
        for first, last in reversed(self._removed):
            kept = first - len(numbers)
            numbers.extend(range(number, number + kept))
            numbers.extend([-1] * (last - first + 1))
            number += kept
        numbers.extend(range(number, number + len(self._rows) - len(numbers)))
        self._removed.clear()
        renumbered = array("i", map(numbers.__getitem__, self._rows))
        self._rows = array("i", compress(renumbered, map((-1).__ne__, renumbered)))

    def _span(self, name: str) -> tuple[int, int]:
        return bisect_left(self._rows, name, key=self._name_of), bisect_right(self._rows, name, key=self._name_of)


def place_of(row: int, order: array[int]) -> int:
    """The place of a row in an order, or -1; as bytes the order is searched in a millisecond at a million."""
    raw, needle = order.tobytes(), array("i", (row,)).tobytes()
    found = raw.find(needle)
    while found >= 0 and found % order.itemsize:
        found = raw.find(needle, found + 1)
    return found // order.itemsize if found >= 0 else -1
