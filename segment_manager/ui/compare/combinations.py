"""An overlap in words: which records are in exactly which segments, and how much two segments have in common.

Stands apart because the picture, the table beside it and a screen reader tell the same from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from segment_manager.operations.cleanup import Overlap
from segment_manager.ui import wording
from segment_manager.ui.details.formats import listed
from segment_manager.ui.light_table import LightColumn

LETTERS = "ABCDEF"


@dataclass(frozen=True, slots=True)
class Combination:
    """The records that are in all of `inside` and in none of the other segments; `inside` are places."""

    place: int
    inside: tuple[int, ...]
    records: int
    share: float  # of all records in any of the segments
    said: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two segments and the share of the members of either that both have."""

    place: int
    one: str
    other: str
    alike: float


def combinations_of(overlap: Overlap) -> list[Combination]:
    """Every combination that occurs, the largest first."""
    order = {segment_id: place for place, segment_id in enumerate(overlap.ids)}
    found = []
    for place, (ids, records) in enumerate(overlap.rows):
        inside = tuple(sorted(order[each] for each in ids))
        share = records / overlap.total if overlap.total else 0.0
        found.append(Combination(place, inside, records, share, _said(overlap, inside)))
    return found


def _said(overlap: Overlap, inside: tuple[int, ...]) -> str:
    names = [overlap.names[place] for place in inside]
    if len(inside) == len(overlap.ids):
        return "In both" if len(inside) == 2 else f"In all {len(inside)}"
    if len(inside) == 1:
        return f"Only in {listed(names)}"
    return f"In {listed(names, 5)} alone"


def pairs_of(overlap: Overlap) -> list[Pair]:
    """Every pair, the most alike first."""
    made = [
        (overlap.jaccard[one][other], overlap.names[one], overlap.names[other])
        for one, other in combinations(range(len(overlap.ids)), 2)
    ]
    made.sort(key=lambda pair: -pair[0])
    return [Pair(place, one, other, alike) for place, (alike, one, other) in enumerate(made)]


def percent(share: float) -> str:
    """'87.5 %'; a share that is neither nothing nor the whole never reads as if it were."""
    if share <= 0:
        return "0 %"
    if share >= 1:
        return "100 %"
    return f"{min(99.9, max(0.1, round(share * 100, 1))):g} %"


def described(overlap: Overlap) -> str:
    """The whole overlap as text, for those who do not see the picture."""
    sizes = ", ".join(
        f"“{name}” has {wording.count(size, 'member')}" for name, size in zip(overlap.names, overlap.sizes, strict=True)
    )
    rows = [f"{each.said}: {each.records:,} ({percent(each.share)})" for each in combinations_of(overlap)]
    return "\n".join([f"{sizes}; {wording.count(overlap.total, 'record')} in all.", *rows])


COMBINATION_COLUMNS: tuple[LightColumn[Combination], ...] = (
    LightColumn("Records that are", 250, lambda row: row.said, lambda row: row.place),
    LightColumn("Records", 80, lambda row: wording.number(row.records), lambda row: row.records, right=True),
    LightColumn("Share", 70, lambda row: percent(row.share), lambda row: row.share, right=True),
)
PAIR_COLUMNS: tuple[LightColumn[Pair], ...] = (
    LightColumn("Segment", 190, lambda row: row.one, lambda row: row.place),
    LightColumn("and", 190, lambda row: row.other, lambda row: row.other.casefold()),
    LightColumn("Alike", 70, lambda row: percent(row.alike), lambda row: row.alike, right=True),
)
