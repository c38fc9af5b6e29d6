"""What the review of unused segments shows: its lists, read in one go, and the columns of its table.

Stands apart from the window because it runs on the reading thread and knows no widget.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum
from typing import TYPE_CHECKING

from segment_manager.domain.segments import Reason, SegmentSummary, Status
from segment_manager.operations import review, usage
from segment_manager.operations.review import Evidence
from segment_manager.storage import queries
from segment_manager.ui import wording
from segment_manager.ui.light_table import LightColumn

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

GRACE_DAYS = (7, 30, 45, 60, 90)
SOON_DAYS = 14
_NEVER = 10**9


class Which(Enum):
    """The lists of the review, by what stands on their buttons."""

    WOULD_BE = "Would be marked"
    SOON = "Soon"
    MARKED = "Marked by the scan"


@dataclass(frozen=True, slots=True)
class Line:
    """One segment with the evidence for it."""

    summary: SegmentSummary
    record_type: str
    evidence: Evidence | None

    @property
    def marked(self) -> bool:
        return self.summary.status is Status.INACTIVE

    @property
    def said(self) -> str:
        """'Last used by campaign “Spring renewal”, ended 94 days ago; no other live use'."""
        if self.evidence is None:
            return wording.NOTHING
        whole = f"{self.evidence.last_use}; {self.evidence.other}"
        return whole[:1].upper() + whole[1:]

    @property
    def days(self) -> int:
        """Days since it was last used; -1 where that is not known."""
        return -1 if self.evidence is None or self.evidence.last_used_at is None else self.evidence.days

    @property
    def due(self) -> int:
        """In how many days a scan marks it; _NEVER where none does."""
        if self.evidence is None or self.evidence.becomes_unused_in is None:
            return _NEVER
        return self.evidence.becomes_unused_in


@dataclass(frozen=True, slots=True)
class Lists:
    """All lists. `would_be` by days of grace; `grace_days` is the setting; `doubt` says why nothing would be marked."""

    would_be: dict[int, list[Line]]
    soon: list[Line]
    marked: list[Line]
    grace_days: int
    doubt: str | None
    now: datetime
    zone: tzinfo


def read(workspace: Workspace) -> Lists:
    """Read them from one state of the workspace; any thread may."""
    with workspace.snapshot():
        own = int(str(queries.settings(workspace)["grace_days"]))
        would_be = review.what_if(workspace, sorted({*GRACE_DAYS, own}))
        soon = [each.segment_id for each in review.soon_unused(workspace, SOON_DAYS)]
        unused = [each for each in queries.summaries(workspace) if each.reason is Reason.UNUSED]
        wanted = {segment_id for ids in would_be.values() for segment_id in ids}.union(soon)
        known = {each.id: each for each in unused}
        if wanted:
            known |= {each.id: each for each in queries.summaries(workspace, ids=wanted)}
        types = {each.id: each.name for each in queries.record_types(workspace)}
        found = review.evidence(workspace, known) if known else {}
        doubt = usage.clock_doubt(workspace)

    def lines(ids: Iterable[int]) -> list[Line]:
        there = (known[each] for each in ids if each in known)
        return [Line(each, types.get(each.record_type_id, ""), found.get(each.id)) for each in there]

    return Lists(
        {days: lines(ids) for days, ids in would_be.items()},
        lines(soon),
        lines(each.id for each in unused),
        own,
        doubt,
        workspace.now(),
        workspace.zone,
    )


@dataclass(slots=True)
class Told:
    """The moment from which the columns tell times."""

    now: datetime
    zone: tzinfo


def becomes(line: Line, told: Told) -> str:
    """'with the next scan', 'in 5 days', 'since 12 Nov'."""
    if line.marked:
        return f"since {wording.day(line.summary.since, told.now, told.zone)}"
    if line.due == _NEVER:
        return wording.NOTHING
    return f"in {wording.count(line.due, 'day')}" if line.due else "with the next scan"


def columns(told: Told) -> tuple[LightColumn[Line], ...]:
    """The columns of the table."""
    return (
        LightColumn("Name", 190, lambda row: row.summary.name, lambda row: row.summary.name.casefold()),
        LightColumn("Record type", 96, lambda row: row.record_type, lambda row: row.record_type),
        LightColumn(
            "Members", 76, lambda row: wording.number(row.summary.members), lambda row: row.summary.members or -1,
            right=True,
        ),
        LightColumn("Evidence", 400, lambda row: row.said, lambda row: row.said),
        LightColumn(
            "Days unused", 92, lambda row: wording.number(None if row.days < 0 else row.days), lambda row: row.days,
            right=True, hint=lambda row: "Calendar days since the last use",
        ),
        LightColumn(
            "Inactive", 130, lambda row: becomes(row, told),
            lambda row: (row.marked, row.summary.since.timestamp() if row.marked else row.due),
        ),
    )  # fmt: skip
