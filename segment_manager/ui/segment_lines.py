"""The rows of the segment list in the order in which they stand, and the search through them.

Stands apart from the proxy because it knows nothing of Qt: the first lines are laid out on the reading thread, and a
search goes through them in steps of a millisecond or two, so that a million lines hold nobody up.
"""

from __future__ import annotations

from array import array
from collections.abc import Generator, Iterable, Iterator
from itertools import compress, count, islice
from typing import TYPE_CHECKING, NamedTuple

from segment_manager.domain.segments import Status
from segment_manager.ui.names_in_order import place_of
from segment_manager.ui.segment_columns import Column, sort_keys
from segment_manager.ui.segment_rows import ACTIVE, SegmentRows

if TYPE_CHECKING:
    from segment_manager.storage.queries import RowTest

STRETCH = 8192
"""Lines that are laid out or searched in one step."""
_SINGLY = 8  # places that are looked for one by one

Steps = Generator[None, None, "Lines"]
_ONLY_ACTIVE = bytes(trait & ACTIVE for trait in range(256))
_ONLY_INACTIVE = bytes(not trait & ACTIVE for trait in range(256))
_ANY = b"\1" * 256
_numbers = array("i")


def numbers_from(start: int, end: int) -> array[int]:
    """The numbers from start to end: copied from what was counted once, 50 times as fast as counting anew."""
    if len(_numbers) < end:
        _numbers.extend(range(len(_numbers), end))
    return _numbers[start:end]


class Lines:
    """Source rows in order, each with the text that is searched and its traits.

    Strings made anew in this order lie side by side in memory, which makes them four times as fast to go through. They
    may come later than the order: `texts` is then shorter, and the rows' own are searched.
    """

    def __init__(self) -> None:
        self.order = array("i")
        self.texts: list[str] = []
        self.traits = bytearray()

    def __len__(self) -> int:
        return len(self.order)

    def append(self, rows: SegmentRows, stretch: array[int]) -> None:
        """Lay out some rows at the end."""
        self.order.extend(stretch)
        self.traits.extend(map(rows.traits.__getitem__, stretch))
        self._lay_out(rows, stretch)

    def lay_out(self, rows: SegmentRows) -> Generator[None, None, None]:
        """Make those texts that are still missing."""
        while len(self.texts) < len(self.order):
            self._lay_out(rows, self.order[len(self.texts) : len(self.texts) + STRETCH // 4])
            yield

    def _lay_out(self, rows: SegmentRows, stretch: array[int]) -> None:
        texts = "\0".join(map(rows.haystacks.__getitem__, stretch)).split("\0")
        if len(texts) != len(stretch):  # no rows, or a text that holds the mark itself
            texts = list(map(rows.haystacks.__getitem__, stretch))
        self.texts.extend(texts)

    def texts_of(self, rows: SegmentRows, start: int, end: int) -> Iterable[str]:
        """What is searched in a stretch of lines, one by one: a copy of the stretch would go to each text twice more,
        which takes a third of the search."""
        if end > len(self.texts):
            return map(rows.haystacks.__getitem__, self.order[start:end])
        texts = iter(self.texts)
        texts.__setstate__(start)  # type: ignore[attr-defined]  # every list's iterator has it
        return islice(texts, end - start)

    def insert(self, place: int, row: int, text: str, traits: int) -> None:
        """Put one row before a place."""
        self.order.insert(place, row)
        self.texts.insert(place, text)
        self.traits.insert(place, traits)

    def remove(self, place: int) -> None:
        """Take the row at a place out."""
        del self.order[place], self.texts[place], self.traits[place]

    def place(self, row: int) -> int:
        """The place of a source row, or -1."""
        return place_of(row, self.order)

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
    """What is asked of each line. `tests` are what the fields of the search ask of plain rows."""

    words: tuple[str, ...]
    excluded: tuple[str, ...]
    tests: tuple[RowTest, ...]
    status: Status | None
    only: frozenset[int] | None
    is_known: bool = False  # the hits are those of before; only the status is another

    def steps(self, lines: int) -> Iterator[tuple[int, int]]:
        """So many lines in stretches to look at, each (start, end): short at first, for most searches find a screenful
        among a thousand lines."""
        start, size = 0, STRETCH // 8
        while start < lines:
            yield start, min(start + size, lines)
            start, size = start + size, min(size * 2, STRETCH // 4 if self.tests else STRETCH)

    def is_hit(self, rows: SegmentRows, row: int) -> bool:
        """Whether a source row is a hit, whatever its status."""
        text = rows.haystacks[row]
        return (
            (self.only is None or rows.ids[row] in self.only)
            and all(word in text for word in self.words)
            and not any(word in text for word in self.excluded)
            and all(test([rows.plain[row]])[0] for test in self.tests)
        )


def sorted_rows(
    rows: SegmentRows, order: array[int], column: int, record_types: dict[int, str], *, reverse: bool, slices: bool
) -> Generator[None, None, array[int]]:
    """The rows of an order sorted by a column; equal ones keep the order that they had. `slices`: in short steps."""
    if column == Column.NAME and rows.by_name is not None:
        found = rows.by_name.sorted(order, reverse=reverse)
        if found is not None:
            return found
    from segment_manager.ui.segment_order import in_order

    key = sort_keys(column, record_types)
    return (yield from in_order(order, lambda some: key(rows, some), reverse=reverse, slices=slices))


def laid_out(rows: SegmentRows, order: array[int]) -> Steps:
    """The lines of all rows in an order."""
    lines = Lines()
    for start in range(0, len(order), STRETCH):
        lines.append(rows, order[start : start + STRETCH])
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

    def carry(self, rows: SegmentRows, before: Found) -> Generator[None, None, None]:
        """Take over the hits of the same search in the same rows in another order, without searching anew."""
        order = self.lines.order
        self.lines.traits = bytearray()
        all_hit, by_row = 0 not in before.hits, bytearray(len(order))
        for start in range(0, 0 if all_hit else len(order), STRETCH):
            for row in compress(before.lines.order[start : start + STRETCH], before.hits[start : start + STRETCH]):
                by_row[row] = 1
            yield
        for start in range(0, len(order), STRETCH):
            stretch = order[start : start + STRETCH]
            hits = b"\1" * len(stretch) if all_hit else bytes(map(by_row.__getitem__, stretch))
            self.hits[start : start + STRETCH] = hits
            self.lines.traits.extend(map(rows.traits.__getitem__, stretch))
            yield
        if len(before.shown) == len(order):  # all of them, in any order
            self.shown, self.traits, self.is_whole = before.shown[:], self.lines.traits[:], True
        else:
            yield from self.look(rows, self.hits)

    def look(self, rows: SegmentRows, before: bytearray | None = None) -> Generator[None, None, None]:
        """Go through all lines. `before`: the hits of a search that this one narrows, or is."""
        lines, table = self.lines, _table(self.wanted.status)
        for start, end in self.wanted.steps(len(lines)):
            hits = _hits(rows, lines, self.wanted, (start, end), before)
            self.hits[start:end] = hits
            traits = lines.traits[start:end]
            shown = both(hits, traits.translate(table))
            if 0 not in shown:
                self.shown += numbers_from(start, end)
                self.traits.extend(traits)
            elif 1 in shown:
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
        active = both(self.hits, self.lines.traits.translate(_ONLY_ACTIVE)).count(1)
        return active, self.hits.count(1) - active


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
            found = both(found, bytes([word in text for text in lines.texts_of(rows, start, end)]))
    for word in wanted.excluded:
        if 1 in found:
            found = both(found, bytes([word not in text for text in lines.texts_of(rows, start, end)]))
    for test in wanted.tests:
        if 1 in found:
            found = _tested(rows, lines.order[start:end], found, test)
    return found


def _tested(rows: SegmentRows, order: array[int], found: bytes | bytearray, test: RowTest) -> bytes | bytearray:
    """Of the hits those that a test lets through; it is asked of them alone."""
    passed = test(list(map(rows.plain.__getitem__, compress(order, found))))
    if len(passed) == len(found):
        return passed
    kept = bytearray(len(found))
    for place in compress(compress(count(), found), passed):
        kept[place] = 1
    return kept


def both(one: bytes | bytearray, other: bytes | bytearray) -> bytes:
    """1 where both have it: a million in some milliseconds, and at once where either is 1 everywhere."""
    if 0 not in one:
        return bytes(other)
    if 0 not in other:
        return bytes(one)
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
