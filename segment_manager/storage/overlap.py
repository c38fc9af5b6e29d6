"""Sets of members against each other: the same, nearly the same, one inside another, and every combination of a few.

Stands apart as pure bitmap algebra: it knows ids and bitmaps, no workspace and no SQL. What takes long is a generator
that yields how many sets are behind; closing it cancels.

Cost for n different sets of a record type: two sets can be alike by a share t only if the smaller has at least t times
the members of the larger, so sorted by size only a window of w neighbours is looked at: O(n·w), w being a few percent of
n where sizes are spread out, and n where all sets are alike in size. A pair costs one intersection of small samples and
only then, if need be, one of whole bitmaps. Containment looks at O(n²) pairs at worst, each given up at the first member
that is missing.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence
from functools import lru_cache
from itertools import compress
from random import Random
from typing import NamedTuple

from pyroaring import BitMap

SAMPLE = 200
"""Members of a set that its neighbours are first held against."""
WHOLE_BELOW = 600
"""Members up to which two sets are compared as they are: a sample would not be cheaper."""
OVERLOOKED = 1e-15
"""The probability that a pair which is alike is taken for unlike by its samples; for 5,000 sets together below 1e-7."""
_SEED = 20_260_302  # any number: the same sets must give the same answer


class MemberSet(NamedTuple):
    """The segments that have exactly these members, in id order."""

    ids: tuple[int, ...]
    members: BitMap


class Alike(NamedTuple):
    """A set, those alike to it by at least the share asked for, and the smallest and largest share among them."""

    leader: int
    others: tuple[int, ...]
    least: float
    most: float


def distinct(sets: Iterable[tuple[int, BitMap]]) -> list[MemberSet]:
    """The different sets among some (segment id, members), by size and first id; empty ones left out."""
    buckets: defaultdict[tuple[int, int, int], list[tuple[BitMap, list[int]]]] = defaultdict(list)
    for segment_id, members in sets:
        if not members:
            continue
        bucket = buckets[len(members), members.min(), members.max()]
        for known, ids in bucket:
            if known == members:
                ids.append(segment_id)
                break
        else:
            bucket.append((members, [segment_id]))
    found = [MemberSet(tuple(sorted(ids)), members) for bucket in buckets.values() for members, ids in bucket]
    return sorted(found, key=lambda one: (len(one.members), one.ids))


def jaccard(one: BitMap, other: BitMap) -> float:
    """The share of the members of either that both have; 1.0 for two empty sets."""
    return _share(one.intersection_cardinality(other), len(one), len(other))


def _share(both: int, one: int, other: int) -> float:
    either = one + other - both
    return both / either if either else 1.0


def alike(sets: Sequence[MemberSet], least: float) -> Generator[int, None, list[Alike]]:
    """Groups of sets whose Jaccard share with the first of the group is at least `least` (above 0); largest first.

    Takes what `distinct` gives. Every set that is alike to any other stands in a group, and every share is exact. Large
    sets are first held against each other by samples, which overlook a pair with at most the probability OVERLOOKED.
    """
    sizes = [len(one.members) for one in sets]
    bitmaps = [one.members for one in sets]
    samples = _Samples(bitmaps, sizes, least)
    covered: set[int] = set()
    groups: list[Alike] = []
    for step, place in enumerate(reversed(range(len(sets)))):
        yield step
        if place in covered:
            continue
        low = bisect_left(sizes, math.ceil(sizes[place] * least - 1e-9))
        high = bisect_right(sizes, math.floor(sizes[place] / least + 1e-9))
        # Of the larger ones those that head a group, or found none, have been held against this set already.
        window = [*range(low, place), *(each for each in range(place + 1, high) if each in covered)]
        shares = {}
        for other in samples.promising(place, low, window):
            share = jaccard(bitmaps[place], bitmaps[other])
            if share >= least:
                shares[other] = share
        if shares:
            covered.update(shares)
            others = tuple(sorted(shares, key=lambda each: (-shares[each], each)))
            groups.append(Alike(place, others, min(shares.values()), max(shares.values())))
    return groups


class _Samples:
    """A cheap first look at pairs: the same random records of all sets, more of them the smaller the sets are.

    If two sets are alike by t, the other holds at least t of this one's members, and so about t of a random sample of
    them. Chernoff's bound, which holds for draws without putting back, says how far below that counts as impossible.
    """

    def __init__(self, bitmaps: Sequence[BitMap], sizes: Sequence[int], least: float) -> None:
        self._bitmaps, self._sizes, self._least = bitmaps, sizes, least
        self._order: list[int] = []
        self._levels: dict[int, tuple[int, list[BitMap]]] = {}

    def promising(self, place: int, low: int, window: Sequence[int]) -> list[int]:
        """The places of a window (none below `low`) that may be alike to the set at `place`."""
        if not window:
            return []
        bitmaps: Sequence[BitMap] = self._bitmaps
        first, own = 0, bitmaps[place]
        enough = math.ceil(self._least * len(own) - 1e-9)
        if len(own) > WHOLE_BELOW:
            first, bitmaps = self._level(len(own).bit_length())
            own = bitmaps[place - first]
            enough = lowest_plausible(len(own), self._least)
        if window[-1] < place:  # the usual case, and the one that matters: all of them stand in one row
            counts = map(own.intersection_cardinality, bitmaps[low - first : place - first])
            return list(compress(window, (count >= enough for count in counts)))
        return [each for each in window if own.intersection_cardinality(bitmaps[each - first]) >= enough]

    def _level(self, bits: int) -> tuple[int, list[BitMap]]:
        """The samples for sets whose size has so many bits and for all that can be alike to them, from a place on."""
        if bits not in self._levels:
            if not self._order:
                everyone = BitMap.union(*self._bitmaps).to_array().tolist()
                wanted = math.ceil(len(everyone) * min(1.0, SAMPLE / WHOLE_BELOW))
                self._order = Random(_SEED).sample(everyone, wanted)
                self._everyone = len(everyone)
            smallest, largest = 1 << bits - 1, 1 << bits
            first = bisect_left(self._sizes, math.floor(smallest * self._least))
            end = bisect_right(self._sizes, math.ceil(largest / self._least))
            chosen = sorted(self._order[: math.ceil(self._everyone * SAMPLE / smallest)])
            rank = {record: number for number, record in enumerate(chosen)}
            records = BitMap(chosen)
            self._levels[bits] = (
                first,
                [BitMap([rank[each] for each in records & one]) for one in self._bitmaps[first:end]],
            )
        return self._levels[bits]


@lru_cache(maxsize=4096)
def lowest_plausible(drawn: int, share: float) -> int:
    """How many of `drawn` random members must be common to both, if at least `share` of all are.

    The largest count of which fewer than that have a probability of at most OVERLOOKED.
    """
    count = math.floor(drawn * share)
    while count > 0 and _tail(count - 1, drawn, share) > OVERLOOKED:
        count -= 1
    return count


def _tail(count: int, drawn: int, share: float) -> float:
    """Chernoff's bound for at most `count` hits in `drawn` draws, each a hit with probability `share`."""
    rate = count / drawn
    if rate >= share:
        return 1.0
    distance = (1 - rate) * (math.log(1 - rate) - math.log(1 - share)) if share < 1 else math.inf
    if rate:
        distance += rate * math.log(rate / share)
    return math.exp(-drawn * distance)


def contained(sets: Sequence[MemberSet], everyone: int) -> Generator[int, None, dict[int, list[int]]]:
    """By the place of a set, the places of those for which it is the smallest set that they lie in wholly.

    Takes what `distinct` gives. Sets of all records (`everyone` is their number) hold any other, which says nothing:
    they are left out.
    """
    bitmaps = [one.members for one in sets]
    end = bisect_left(bitmaps, everyone, key=len)
    inside: defaultdict[int, list[int]] = defaultdict(list)
    for place in range(end):
        yield place
        larger = bitmaps[place + 1 : end]
        around = next(compress(range(place + 1, end), map(bitmaps[place].issubset, larger)), None)
        if around is not None:
            inside[around].append(place)
    return dict(inside)


def combinations(sets: Sequence[tuple[int, BitMap]]) -> dict[frozenset[int], int]:
    """How many records lie in exactly these of some sets and in no other of them; combinations of none are left out."""
    parts: dict[frozenset[int], BitMap] = {frozenset(): BitMap.union(*(members for _, members in sets))}
    for segment_id, members in sets:
        split: dict[frozenset[int], BitMap] = {}
        for inside, part in parts.items():
            split[inside | {segment_id}] = part & members
            split[inside] = part - members
        parts = {inside: part for inside, part in split.items() if part}
    return {inside: len(part) for inside, part in parts.items()}
