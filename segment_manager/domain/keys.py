"""Which column could name the records: unique and filled in every row, found out in bounded memory.

Stands apart from inference because it is about rows against each other, not about what cells hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from segment_manager.domain.values import Cell

_KEPT = 20_000


class Uniqueness:
    """Whether the cells of a column are all filled and all different.

    Keeps the hashes of at most `_KEPT` cells: all of them at first, then those of every second, fourth … hash value. A
    repeated text always has the same hash, so whatever repeats often is found; the last word is the import's own check.
    """

    def __init__(self) -> None:
        self.possible = True
        self.rows = 0
        self._mask = 0
        self._seen: set[int] = set()

    def add(self, cells: Sequence[Cell]) -> None:
        """Take the next cells of the column."""
        if not self.possible:
            return
        self.rows += len(cells)
        distinct = set(cells)
        if len(distinct) < len(cells) or not all(
            isinstance(cell, str) and cell and len(cell) <= 300 for cell in distinct
        ):
            self._give_up()
            return
        mask = self._mask
        hashes = {number for number in map(hash, distinct) if not number & mask}
        if not self._seen.isdisjoint(hashes):
            self._give_up()
            return
        self._seen |= hashes
        while len(self._seen) > _KEPT:
            self._mask = self._mask << 1 | 1
            self._seen = {number for number in self._seen if not number & self._mask}

    def _give_up(self) -> None:
        self.possible = False
        self._seen.clear()


def content_keys(labels: Sequence[str], columns: Sequence[Sequence[Cell]]) -> list[str]:
    """A key for each row made from what stands in it, whatever the order of the columns: the same row, the same key."""
    order = sorted(range(len(labels)), key=labels.__getitem__)
    names = [labels[position] for position in order]
    rows = zip(*(columns[position] for position in order), strict=True)
    return [
        hashlib.blake2b(
            json.dumps([each for each in zip(names, row, strict=True) if each[1]]).encode(), digest_size=10
        ).hexdigest()
        for row in rows
    ]
