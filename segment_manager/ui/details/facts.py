"""What the details pane reads of one segment, in one look at the workspace.

Stands apart because it runs on the worker: a tab gets plain values and never touches the workspace itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo
from typing import TYPE_CHECKING

from segment_manager.domain.plans import Dependent
from segment_manager.domain.records import RecordType
from segment_manager.domain.segments import SegmentDetail, SegmentSummary
from segment_manager.domain.usage import ANALYTICS, AssetType, Reference, is_live
from segment_manager.storage import queries

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

RECENT = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """One segment with all that the Overview and Usage tabs tell of it."""

    detail: SegmentDetail
    references: tuple[Reference, ...]
    dependents: tuple[Dependent, ...]
    record_type: RecordType
    connections: int  # records that came into a sequence through the segment
    set_aside_by: str | None  # who deactivated it, where it is deactivated and the log still says so
    grace_days: int
    auto_scan: bool
    counted_types: frozenset[str]  # the asset types that keep a segment active
    zone: tzinfo
    today: date

    @property
    def summary(self) -> SegmentSummary:
        return self.detail.summary

    def live(self, reference: Reference) -> bool:
        """Whether a reference keeps the segment active."""
        return reference.asset_type in self.counted_types and is_live(reference.state, reference.ended_on, self.today)

    @property
    def live_references(self) -> tuple[Reference, ...]:
        return tuple(reference for reference in self.references if self.live(reference))

    @property
    def sequences(self) -> tuple[Reference, ...]:
        return tuple(reference for reference in self.references if reference.asset_type is AssetType.SEQUENCE)

    @property
    def analytics(self) -> tuple[Reference, ...]:
        return tuple(reference for reference in self.references if reference.asset_type in ANALYTICS)

    @property
    def active_dependents(self) -> tuple[Dependent, ...]:
        return tuple(dependent for dependent in self.dependents if dependent.status == "active" and dependent.direct)


def read_facts(workspace: Workspace, segment_id: int) -> Facts:
    """The facts of one segment. Raises UnknownSegment where it has gone meanwhile."""
    with workspace.snapshot():
        detail = queries.segment_detail(workspace, segment_id)
        settings = queries.settings(workspace)
        entries = queries.activity(workspace, segment_id=segment_id, limit=RECENT)
        by = next((entry.who for entry in entries if "deactivat" in entry.action), None)
        return Facts(
            detail=detail,
            references=tuple(queries.references(workspace, segment_id)),
            dependents=tuple(queries.dependents(workspace, segment_id)),
            record_type=queries.record_type_by_id(workspace, detail.summary.record_type_id),
            connections=queries.connection_count(workspace, segment_id),
            set_aside_by=by,
            grace_days=int(str(settings["grace_days"])),
            auto_scan=bool(settings["auto_scan"]),
            counted_types=frozenset(queries.counted_types(workspace)),
            zone=workspace.zone,
            today=workspace.today(),
        )
