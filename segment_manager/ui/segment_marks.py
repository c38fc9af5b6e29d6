"""Which lines were selected, kept while the table shows others: one byte a line, whatever the number of lines.

Stands apart because Qt forgets a selection at every reset, and a set of a million ids would take longer than the reset.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import compress, count

from segment_manager.ui.segment_lines import runs as runs_of

_SINGLY = 1000  # rows that are marked one by one; more by copying what is shown between the first and the last

Run = tuple[int, int]


class Marks:
    """`selected` has 1 for every marked line, `current` is the place of the current one (-1: none)."""

    def __init__(self) -> None:
        self.selected = bytearray()
        self.current = -1

    @property
    def number(self) -> int:
        """How many lines are marked."""
        return self.selected.count(1)

    def take(
        self, shown: array[int], mask: Callable[[], bytes], length: int, runs: Iterable[Run], current: int
    ) -> None:
        """Mark runs of shown rows, and nothing else. `mask` gives 1 for every shown line of the `length` lines."""
        self.selected = bytearray(length)
        self.current = shown[current] if 0 <= current < len(shown) else -1
        whole: bytes | None = None
        for first, last in runs:
            begin, end = shown[first], shown[last] + 1
            if end - begin == last - first + 1:
                self.selected[begin:end] = b"\1" * (end - begin)
            elif last - first < _SINGLY:
                for place in shown[first : last + 1]:
                    self.selected[place] = 1
            else:
                whole = mask() if whole is None else whole
                self.selected[begin:end] = whole[begin:end]

    def keep_unshown(self, shown: array[int], others: Marks) -> None:
        """Keep what others marked of lines that are not shown yet, and their current line where there is none."""
        merged = others.selected[:]
        for place in shown:
            merged[place] = self.selected[place]
        self.selected = merged
        if self.current < 0:
            self.current = others.current

    def runs(self, shown: array[int], mask: bytes | None) -> list[Run]:
        """The marked ones as runs of shown rows. `mask`: 1 for every shown line, where that is known."""
        if 1 not in self.selected:
            return []
        if mask is not None:
            return list(runs_of(bytes(compress(self.selected, mask)) if 0 in mask else self.selected))
        return list(runs_of(bytes(map(self.selected.__getitem__, shown))))

    def keep(self, kept: bytes | bytearray) -> None:
        """Follow lines that are taken out: only those where `kept` is 1 stay."""
        self.selected = bytearray(compress(self.selected, kept))
        if self.current >= 0:
            self.current = kept.count(1, 0, self.current) if kept[self.current] else -1

    def carry(
        self, old: array[int], new: array[int], old_ids: array[int] | None = None, new_ids: array[int] | None = None
    ) -> None:
        """Follow the lines into another order (of source rows), or to other rows with the same ids."""
        if old_ids == new_ids and old == new:
            return
        chosen, row = compress(old, self.selected), old[self.current] if self.current >= 0 else -1
        if old_ids is None or new_ids is None or old_ids == new_ids:
            rows: Iterable[int] = chosen
        else:
            rows, row = _by_id(chosen, old_ids, new_ids), next(_by_id((row,), old_ids, new_ids), -1) if row >= 0 else -1
        marked = bytearray(len(new))
        for each in rows:
            marked[each] = 1
        self.selected = bytearray(map(marked.__getitem__, new)) if 1 in marked else marked
        self.current = new.index(row) if row >= 0 else -1


def _by_id(rows: Iterable[int], old_ids: array[int], new_ids: array[int]) -> Iterator[int]:
    """The rows of the same segments in another list."""
    wanted = frozenset(map(old_ids.__getitem__, rows))
    return compress(count(), map(wanted.__contains__, new_ids)) if wanted else iter(())
