"""What is shown of a workspace as a whole: all that the first paint waits for.

Stands apart from reading.py, which reads rows, and comes after the first paint.
"""

# Annotations are evaluated here, not kept as texts: each text of a named tuple's field is compiled at every start.

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from segment_manager.domain.records import RecordType
from segment_manager.domain.segments import Role
from segment_manager.storage import queries

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


class Facts(NamedTuple):
    """What is shown of the workspace as a whole. `counts`: (active, inactive) by record type. None: not yet."""

    record_types: tuple[RecordType, ...]
    counts: dict[int, tuple[int, int]] | None
    role: Role
    login: str
    undo: str | None
    redo: str | None
    grace_days: int
    auto_scan: bool
    now: datetime
    zone: tzinfo | None


def facts(workspace: "Workspace", *, for_first_paint: bool = False) -> Facts:
    """The facts as they are now; for the first paint without counts and zone, which take time and are of the rows."""
    undo, redo = queries.undo_labels(workspace)
    settings = queries.settings(workspace)
    return Facts(
        tuple(queries.record_types(workspace)),
        None if for_first_paint else queries.segment_counts(workspace),
        workspace.role(),
        workspace.login,
        undo,
        redo,
        int(str(settings["grace_days"])),
        bool(settings["auto_scan"]),
        workspace.now(),
        None if for_first_paint else workspace.zone,
    )
