"""Sets of members against each other: the same, nearly the same, one inside another, and every combination of a few.

Stands apart as pure bitmap algebra: it knows ids and bitmaps, no workspace and no SQL. What takes long is a generator
that yields how many sets are behind; closing it cancels.

Cost for n different sets of a record type: two sets can be alike by a share t only if the smaller has at least t
times the members of the larger, so sorted by size only a window of neighbours is looked at, a few percent of n where
sizes are spread out. Within it a sample of a set is counted in all others at once, bit by bit: O(n²/64) where all sets
are alike in size, and one intersection of whole bitmaps for each pair that passes. Containment looks at O(n²) pairs at
worst, but some random records rule out most of them at once.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from random import Random
from typing import NamedTuple

from pyroaring import BitMap

SAMPLE = 100
"""Members of a set that others are first held against; divided by the share's square, as the less alike need more."""
LANDMARKS, LANDMARK_ENTRIES = 2048, 1_000_000
"""Random records that tell at once which sets cannot hold another, and how often they may stand in sets altogether."""
COUNTED_SINGLY = 2500
"""Entries of a sample up to which counting one by one is quicker than bit by bit."""
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
        shares = {}
        for other in samples.promising(place):
            # Of the larger ones those that head a group, or found none, have been held against this set already.
            if low <= other < place or (place < other < high and other in covered):
                share = jaccard(bitmaps[place], bitmaps[other])
                if share >= least:
                    shares[other] = share
        if shares:
            covered.update(shares)
            others = tuple(sorted(shares, key=lambda each: (-shares[each], each)))
            groups.append(Alike(place, others, min(shares.values()), max(shares.values())))
    return groups


class _Samples:
    """A cheap first look at pairs: which sets hold how many of a sample of one set's members.

    If two sets are alike by t, the other holds at least t of this one's members, and so about t of a random sample of
    them. Chernoff's bound, which holds for draws without putting back, says how far below that counts as impossible.
    To be asked from the largest set to the smallest: sets whose sizes have equally many bits share a level.
    """

    def __init__(self, bitmaps: Sequence[BitMap], sizes: Sequence[int], least: float) -> None:
        self._bitmaps, self._sizes, self._least = bitmaps, sizes, least
        self._wanted = math.ceil(SAMPLE / least**2)
        self._everyone = BitMap.union(*bitmaps).to_array() if bitmaps else array("I")
        self._random = Random(_SEED)
        self._level, self._bits = _Level(0, []), 0

    def promising(self, place: int) -> Iterator[int]:
        """The places of sets that may be alike to the one at `place`, among others that cannot."""
        bits = self._sizes[place].bit_length()
        if bits != self._bits:
            self._level, self._bits = self._made(bits), bits
        return self._level.sharing(place, self._least)

    def _made(self, bits: int) -> _Level:
        """The level for sizes of so many bits; it holds all sets that can be alike to one of them."""
        smallest, largest = 1 << bits - 1, (1 << bits) - 1
        first = bisect_left(self._sizes, math.floor(smallest * self._least))
        end = bisect_right(self._sizes, math.ceil(largest / self._least))
        near = self._bitmaps[first:end]
        if smallest > 2 * self._wanted:
            number = math.ceil(len(self._everyone) * self._wanted / smallest)
            places = self._random.sample(range(len(self._everyone)), number)
            drawn = BitMap([self._everyone[each] for each in places])
            near = [one & drawn for one in near]
        return _Level(first, near)


class _Level:
    """Samples of neighbouring sets by the same random records; `first` is the place of the first set."""

    def __init__(self, first: int, samples: Sequence[BitMap]) -> None:
        self._first = first
        self._drawn = [sample.to_array() for sample in samples]
        self._holders: defaultdict[int, list[int]] = defaultdict(list)
        for number, records in enumerate(self._drawn):
            for record in records:
                self._holders[record].append(number)
        self._masks: dict[int, int] = {}

    def sharing(self, place: int, least: float) -> Iterator[int]:
        """The places of the sets that hold plausibly many of the sample of the one at `place`, itself among them."""
        drawn = self._drawn[place - self._first]
        enough = max(lowest_plausible(len(drawn), least), 1)
        entries = sum(len(self._holders[record]) for record in drawn)
        if entries <= COUNTED_SINGLY:
            counts = Counter(chain.from_iterable(self._holders[record] for record in drawn))
            return (self._first + number for number, count in counts.items() if count >= enough)
        reached = reaching(column_sums([self._mask(record) for record in drawn]), enough)
        return (self._first + number for number in bits_of(reached))

    def holding_all(self, place: int) -> Iterator[int]:
        """The places, after `place`, of the sets that hold all of its sample."""
        mask, own = -1, 1 << place - self._first
        for record in self._drawn[place - self._first]:
            mask &= self._mask(record)
            if mask == own:
                return iter(())
        if mask < 0:
            return iter(range(place + 1, self._first + len(self._drawn)))
        return (place + 1 + number for number in bits_of(mask >> place + 1 - self._first))

    def _mask(self, record: int) -> int:
        """The sets that hold a record, as bits."""
        if record not in self._masks:
            marks = bytearray(len(self._drawn) // 8 + 1)
            for number in self._holders[record]:
                marks[number >> 3] |= 1 << (number & 7)
            self._masks[record] = int.from_bytes(marks, "little")
        return self._masks[record]


def column_sums(masks: Sequence[int]) -> list[int]:
    """In how many masks each bit is set: the binary digits of the counts, lowest first, a mask each (by carry-save)."""
    digits = []
    addends = list(masks)
    while addends:
        carries = []
        while len(addends) > 2:
            one, two, three = addends.pop(), addends.pop(), addends.pop()
            half = one ^ two
            addends.append(half ^ three)
            carries.append(one & two | half & three)
        if len(addends) == 2:
            carries.append(addends[0] & addends[1])
        digits.append(addends[0] ^ addends[1] if len(addends) == 2 else addends[0])
        addends = carries
    return digits


def reaching(digits: Sequence[int], enough: int) -> int:
    """The bits whose count, as column_sums gives it, is at least `enough`."""
    if enough >> len(digits):
        return 0
    above, equal = 0, -1
    for place in reversed(range(len(digits))):
        if enough >> place & 1:
            equal &= digits[place]
        else:
            above |= equal & digits[place]
            equal &= ~digits[place]
    return above | equal


def bits_of(mask: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    for byte_place, byte in enumerate(mask.to_bytes(mask.bit_length() // 8 + 1, "little")):
        while byte:
            yield byte_place * 8 + (byte & -byte).bit_length() - 1
            byte &= byte - 1


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
    bitmaps = [one.members for one in sets if len(one.members) < everyone]
    landmarks = _landmarks(bitmaps)
    level = _Level(0, [one & landmarks for one in bitmaps])
    inside: defaultdict[int, list[int]] = defaultdict(list)
    for place, members in enumerate(bitmaps):
        yield place
        for other in level.holding_all(place):
            if members.issubset(bitmaps[other]):
                inside[other].append(place)
                break
    return dict(inside)


def _landmarks(bitmaps: Sequence[BitMap]) -> BitMap:
    """Random records, the same for the same sets."""
    everyone = BitMap.union(*bitmaps).to_array() if bitmaps else array("I")
    members = sum(map(len, bitmaps))
    number = min(LANDMARKS, len(everyone), len(everyone) * LANDMARK_ENTRIES // max(members, 1))
    return BitMap(Random(_SEED).sample(everyone, number))


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
