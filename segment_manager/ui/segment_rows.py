"""All rows of the segment list, kept light: plain tuples, with what is searched and counted beside them.

Stands apart because a million rows must cost little memory and nothing at Python's garbage collections: plain tuples
of texts, numbers and times are not visited there, and a named summary is made only of a row that somebody looks at.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Generator, Iterable, Iterator, Sequence
from operator import itemgetter, lt
from typing import overload

from segment_manager.domain.search import haystacks
from segment_manager.domain.segments import SegmentSummary, Status
from segment_manager.storage.queries import PlainSummary, plain_of, summary_of
from segment_manager.ui.names_in_order import FEW, NamesInOrder

ACTIVE, KEPT = 1, 2
"""Bits of a row's traits: what the actions on a selection depend on."""

_FIELDS = SegmentSummary._fields
_ID = itemgetter(_FIELDS.index("id"))
_SEARCHED = itemgetter(*map(_FIELDS.index, ("name", "description", "tags")))
_STATUS_AND_KEPT = itemgetter(*map(_FIELDS.index, ("status", "keep_active")))
_TRAITS = {
    (str(status), kept): (ACTIVE if status is Status.ACTIVE else 0) | (KEPT if kept else 0)
    for status in Status
    for kept in (0, 1)
}


class SegmentRows(Sequence[SegmentSummary]):
    """Reads as a sequence of summaries. `ids`, `haystacks` and `traits` stand row by row, `by_name` if it is known."""

    def __init__(self, rows: Iterable[SegmentSummary] = ()) -> None:
        self.plain: list[PlainSummary] = []
        self.ids = array("q")
        self.haystacks: list[str] = []
        self.traits = bytearray()
        self.by_name: NamesInOrder | None = None
        self._rises = True  # whether ids rise, as they do unless a segment came back
        self._places: dict[int, int] | None = None
        self.extend(list(map(plain_of, rows)))

    def extend(self, batch: Sequence[PlainSummary]) -> None:
        """Add rows at the end."""
        if not batch:
            return
        first = len(self.ids)
        self.plain.extend(batch)
        self.ids.extend(map(_ID, batch))
        self.haystacks += haystacks(map(_SEARCHED, batch))
        self.traits += bytes(map(_TRAITS.__getitem__, map(_STATUS_AND_KEPT, batch)))
        if self._rises:
            fresh = self.ids[max(0, first - 1) :]
            self._rises = all(map(lt, fresh, fresh[1:]))
        self._places = None
        if len(batch) > FEW:
            self.by_name = None
        elif self.by_name is not None:
            for row in range(first, len(self.ids)):
                self.by_name.put_in(row)

    def change(self, place: int, row: SegmentSummary) -> None:
        """Put another reading of the same segment in its place."""
        plain, name = plain_of(row), self.folded_name(place)
        [folded] = haystacks([_SEARCHED(plain)])
        moves = self.by_name is not None and folded.partition("\n")[0] != name
        if moves and self.by_name is not None:
            self.by_name.take_out(place)
        self.plain[place] = plain
        self.haystacks[place] = folded
        self.traits[place] = _TRAITS[_STATUS_AND_KEPT(plain)]
        if moves and self.by_name is not None:
            self.by_name.put_in(place)

    def remove(self, first: int, last: int) -> None:
        """Take rows out."""
        for column in (self.plain, self.ids, self.haystacks, self.traits):
            del column[first : last + 1]
        self._places = None
        if self.by_name is not None:
            self.by_name.remove(first, last)

    def folded_name(self, place: int) -> str:
        """What a row is sorted by where names are: the first line of its haystack."""
        return self.haystacks[place].partition("\n")[0]

    def keep_by_name(self, order: array[int]) -> Generator[None, None, None]:
        """Remember the rows in the order of their names, unless too many share one."""
        names = NamesInOrder(order[:], self.folded_name)
        self.by_name = names if (yield from names.find_shared()) else None

    def in_id_order(self) -> list[PlainSummary]:
        """A copy of the plain rows, by id."""
        return self.plain[:] if self._rises else sorted(self.plain, key=_ID)

    def position(self, segment_id: int) -> int | None:
        """The row of a segment, or None."""
        if not self._rises:
            if self._places is None:
                self._places = dict(zip(self.ids, range(len(self.ids)), strict=True))
            return self._places.get(segment_id)
        place = bisect_left(self.ids, segment_id)
        return place if place < len(self.ids) and self.ids[place] == segment_id else None

    def number_of(self, segment_ids: frozenset[int]) -> int:
        """How many of these segments stand here."""
        if len(segment_ids) <= FEW:
            return sum(self.position(each) is not None for each in segment_ids)
        return len(segment_ids.intersection(self.ids))

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> SegmentSummary: ...
    @overload
    def __getitem__(self, place: slice) -> list[SegmentSummary]: ...
    def __getitem__(self, place: int | slice) -> SegmentSummary | list[SegmentSummary]:
        if isinstance(place, slice):
            return list(map(summary_of, self.plain[place]))
        return summary_of(self.plain[place])

    def __iter__(self) -> Iterator[SegmentSummary]:
        return map(summary_of, self.plain)
