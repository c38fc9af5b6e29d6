"""What the window reads of a workspace in one go, on the reading thread.

Stands apart because it is the only list of queries behind list, filter bar and menus, and runs without Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from segment_manager.domain.records import RecordType
from segment_manager.domain.search import haystack
from segment_manager.domain.segments import Role, SegmentSummary
from segment_manager.storage import queries
from segment_manager.ui.segment_table import Difference, difference

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Facts:
    """What is shown of the workspace as a whole. `counts`: (active, inactive) by record type."""

    record_types: tuple[RecordType, ...]
    counts: dict[int, tuple[int, int]]
    role: Role
    login: str
    undo: str | None
    redo: str | None
    grace_days: int
    auto_scan: bool
    now: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts with the rows of one record type (None: of all), whole or as a difference to the rows known before."""

    facts: Facts
    record_type_id: int | None
    rows: Sequence[SegmentSummary]
    found: Difference
    haystacks: list[str]


def facts(workspace: Workspace) -> Facts:
    """The facts as they are now."""
    undo, redo = queries.undo_labels(workspace)
    settings = queries.settings(workspace)
    return Facts(
        tuple(queries.record_types(workspace)),
        queries.segment_counts(workspace),
        workspace.role(),
        workspace.login,
        undo,
        redo,
        int(str(settings["grace_days"])),
        bool(settings["auto_scan"]),
        workspace.now(),
        workspace.zone,
    )


def read(workspace: Workspace, record_type_id: int | None, known: Sequence[SegmentSummary]) -> Reading:
    """Everything anew, and how the rows differ from those `known`; where none are, the rows' haystacks too."""
    rows = queries.summaries(workspace, record_type_id)
    texts = [] if known else list(map(haystack, rows))
    return Reading(facts(workspace), record_type_id, rows, difference(known, rows), texts)


def read_some(workspace: Workspace, record_type_id: int | None, ids: frozenset[int]) -> Difference:
    """Some segments anew: those of the record type come as changed or added, the rest as removed."""
    rows = queries.summaries(workspace, record_type_id, ids)
    there = {row.id for row in rows}
    return Difference(rows, rows, [each for each in ids if each not in there])
