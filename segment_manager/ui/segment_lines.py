"""The rows of the segment list in the order in which they stand, and the search through them.

Stands apart from the proxy because it knows nothing of Qt: the first lines are laid out on the reading thread, and a
search goes through them in steps of a millisecond or two, so that a million lines hold nobody up.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Iterable
from itertools import compress, count, repeat
from operator import contains
from typing import NamedTuple

from segment_manager.domain.segments import Status
from segment_manager.ui.segment_columns import Key
from segment_manager.ui.segment_order import in_order
from segment_manager.ui.segment_rows import ACTIVE, SegmentRows

STRETCH = 8192
"""Lines that are laid out or searched in one step."""
_SINGLY = 8  # places that are looked for one by one

Steps = Generator[None, None, "Lines"]
_ONLY_ACTIVE = bytes(trait & ACTIVE for trait in range(256))
_ONLY_INACTIVE = bytes(not trait & ACTIVE for trait in range(256))
_ANY = b"\1" * 256


class Lines:
    """Source rows in order, each with the text that is searched and its traits.

    Strings made anew in this order lie side by side in memory, which makes them four times as fast to go through.
    """

    def __init__(self) -> None:
        self.order = array("i")
        self.texts: list[str] = []
        self.traits = bytearray()

    def __len__(self) -> int:
        return len(self.order)

    def append(self, rows: SegmentRows, stretch: array[int]) -> None:
        """Lay out some rows at the end."""
        texts = "\0".join(map(rows.haystacks.__getitem__, stretch)).split("\0")
        if len(texts) != len(stretch):  # no rows, or a text that holds the mark itself
            texts = list(map(rows.haystacks.__getitem__, stretch))
        self.order.extend(stretch)
        self.texts.extend(texts)
        self.traits.extend(map(rows.traits.__getitem__, stretch))

    def insert(self, place: int, row: int, text: str, traits: int) -> None:
        """Put one row before a place."""
        self.order.insert(place, row)
        self.texts.insert(place, text)
        self.traits.insert(place, traits)

    def remove(self, place: int) -> None:
        """Take the row at a place out."""
        del self.order[place], self.texts[place], self.traits[place]

    def place(self, row: int) -> int:
        """The place of a source row, or -1; as bytes the order is searched in a millisecond at a million."""
        raw, needle = self.order.tobytes(), array("i", (row,)).tobytes()
        found = raw.find(needle)
        while found >= 0 and found % self.order.itemsize:
            found = raw.find(needle, found + 1)
        return found // self.order.itemsize if found >= 0 else -1

    def places(self, rows: Iterable[int]) -> dict[int, int]:
        """Source row → place, for some rows: one look through the order, 30 ms at a million, where they are many."""
        wanted = frozenset(rows)
        if len(wanted) <= _SINGLY:
            return {row: place for row in wanted if (place := self.place(row)) >= 0}
        found = compress(count(), map(wanted.__contains__, self.order)) if wanted else ()
        return {self.order[place]: place for place in found}

    def keep(self, kept: bytes | bytearray) -> None:
        """Leave only the lines where `kept` is 1."""
        self.order = array("i", compress(self.order, kept))
        self.texts = list(compress(self.texts, kept))
        self.traits = bytearray(compress(self.traits, kept))

    def with_status(self, status: Status | None) -> bytes:
        """1 for every line with the status (None: any), else 0."""
        return bytes(self.traits.translate(_table(status)))


class Wanted(NamedTuple):
    """What is asked of each line. `accepts` (a source row) is called only where text alone does not decide."""

    words: tuple[str, ...]
    status: Status | None
    only: frozenset[int] | None
    accepts: Callable[[int], bool] | None
    is_known: bool = False  # the hits are those of before; only the status is another

    @property
    def step(self) -> int:
        """How many lines are looked at in one step."""
        return STRETCH if self.accepts is None else STRETCH // 16


def laid_out(rows: SegmentRows, order: array[int], key: Key, *, reverse: bool) -> Steps:
    """The lines of all rows of an order, sorted by a key; equal ones keep the order that they had."""
    found = yield from in_order(order, lambda some: key(rows, some), reverse=reverse)
    lines = Lines()
    for start in range(0, len(found), STRETCH):
        lines.append(rows, found[start : start + STRETCH])
        yield
    return lines


class Found:
    """What of the lines is shown: `hits` of the search whatever their status, `shown` places and their traits."""

    def __init__(self, lines: Lines, wanted: Wanted) -> None:
        self.lines, self.wanted = lines, wanted
        self.hits = bytearray(len(lines))
        self.shown = array("i")
        self.traits = bytearray()
        self.is_whole = False

    def look(self, rows: SegmentRows, before: bytearray | None = None) -> Generator[None, None, None]:
        """Go through all lines. `before`: the hits of a search that this one narrows, or is."""
        lines, table = self.lines, _table(self.wanted.status)
        for start in range(0, len(lines), self.wanted.step):
            end = min(start + self.wanted.step, len(lines))
            hits = _hits(rows, lines, self.wanted, (start, end), before)
            self.hits[start:end] = hits
            traits = lines.traits[start:end]
            shown = both(hits, traits.translate(table))
            if 1 in shown:
                self.shown.extend(compress(range(start, end), shown))
                self.traits.extend(compress(traits, shown))
            yield
        self.is_whole = True

    def is_shown(self, place: int) -> bool:
        """Whether the line at a place is a hit with the status."""
        return bool(self.hits[place] and _table(self.wanted.status)[self.lines.traits[place]])

    def mask(self) -> bytes:
        """1 for every line that is shown."""
        return both(self.hits, self.lines.with_status(self.wanted.status))

    def show_hits(self, without: Iterable[int] = ()) -> None:
        """Bring what is shown in line with hits and status, but for some places."""
        mask = bytearray(self.mask())
        for place in without:
            mask[place] = 0
        self.shown[:] = array("i", compress(count(), mask))
        self.traits[:] = bytes(compress(self.lines.traits, mask))

    def numbers(self) -> tuple[int, int]:
        """How many hits are Active, and how many are not."""
        hits = bytes(compress(self.lines.traits, self.hits)) if 0 in self.hits else self.lines.traits
        active = hits.translate(_ONLY_ACTIVE).count(1)
        return active, len(hits) - active


def _hits(
    rows: SegmentRows, lines: Lines, wanted: Wanted, span: tuple[int, int], before: bytearray | None
) -> bytes | bytearray:
    start, end = span
    known = before[start:end] if before is not None else None
    if known is not None and (wanted.is_known or 1 not in known):
        return known
    found = known if known is not None else b"\1" * (end - start)
    if wanted.only is not None:
        found = bytes(map(wanted.only.__contains__, map(rows.ids.__getitem__, lines.order[start:end])))
    for word in sorted(wanted.words, key=len, reverse=True):
        if 1 in found:
            found = both(found, bytes(map(contains, lines.texts[start:end], repeat(word))))
    if wanted.accepts is not None:
        accepts = wanted.accepts
        found = bytes(hit and accepts(row) for hit, row in zip(found, lines.order[start:end], strict=True))
    return found


def both(one: bytes | bytearray, other: bytes | bytearray) -> bytes:
    """1 where both have it: a million in a millisecond."""
    found = int.from_bytes(one, "little") & int.from_bytes(other, "little")
    return found.to_bytes(len(one), "little")


def runs(marks: bytes | bytearray) -> Generator[tuple[int, int], None, None]:
    """The runs of 1 as (first, last)."""
    end = 0
    while (first := marks.find(b"\1", end)) >= 0:
        end = marks.find(b"\0", first)
        end = len(marks) if end < 0 else end
        yield first, end - 1


def _table(status: Status | None) -> bytes:
    return _ANY if status is None else _ONLY_ACTIVE if status is Status.ACTIVE else _ONLY_INACTIVE
