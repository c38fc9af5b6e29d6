"""Members that hold a text, found a stretch at a time, so that the first ones show before the last ones are known.

Stands apart from the other ways to search records because here somebody waits at a table of up to millions.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from pyroaring import BitMap

from segment_manager.storage.queries.record_search import records_holding
from segment_manager.storage.queries.records import record_type_of, stored_members
from segment_manager.storage.workspace import Workspace

_STRETCH = 20_000  # row ids that are looked at in one statement


class FoundMembers(NamedTuple):
    """The row ids of the hits among the members up to `looked_at`; `is_whole` where no member comes after it."""

    ids: BitMap
    looked_at: int
    is_whole: bool


def members_holding(
    workspace: Workspace, segment_id: int, text: str, before: FoundMembers | None = None, seconds: float = 0.15
) -> FoundMembers:
    """Go on searching after `before`, for about so many seconds."""
    until = time.monotonic() + seconds
    with workspace.snapshot():
        members = stored_members(workspace, segment_id)
        if not members:
            return FoundMembers(BitMap(), 0, is_whole=True)
        record_type = record_type_of(workspace, segment_id)
        found = BitMap() if before is None else before.ids.copy()
        looked_at, highest = members.min() - 1 if before is None else before.looked_at, members.max()
        while looked_at < highest:
            first, looked_at = looked_at + 1, min(looked_at + _STRETCH, highest)
            if members.range_cardinality(first, looked_at + 1):
                found |= members & records_holding(workspace, record_type, text, first, looked_at)
            if time.monotonic() > until:
                break
    return FoundMembers(found, looked_at, looked_at >= highest)
