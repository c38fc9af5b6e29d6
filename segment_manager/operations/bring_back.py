"""Bringing back deleted segments from a backup, so that even a permanent deletion is no catastrophe."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segment_manager.domain.changes import Change
from segment_manager.domain.errors import NameTaken, UnknownSegment
from segment_manager.storage import membership, queries
from segment_manager.storage.bring_back import DeletedSegment, copy_back, deleted_segments, opened_backup
from segment_manager.storage.segment_rules import heal_broken, refresh_missing
from segment_manager.storage.workspace import Workspace

__all__ = ["DeletedSegment", "bring_back", "in_backup"]


def in_backup(workspace: Workspace, backup: Path) -> list[DeletedSegment]:
    """The segments that a backup of this workspace holds and the workspace no longer does, by name.

    Raises NotAWorkspace, WorkspaceMissing, WorkspaceTooNew, WorkspaceDamaged.
    """
    with opened_backup(workspace, backup) as source:
        return deleted_segments(workspace, source)


def bring_back(workspace: Workspace, backup: Path, ids: Sequence[int]) -> Change:
    """Put deleted segments back with rule, tags, members and references, in one undoable step.

    Their status is the one they had; Active ones are queued for computation where records changed since. Raises
    UnknownSegment for what the backup does not hold, NameTaken, NotPermitted, and as `in_backup` does.
    """
    with workspace.change("bring back") as change, opened_backup(workspace, backup) as source:
        found = {each.id: each for each in deleted_segments(workspace, source)}
        missing = [each for each in ids if each not in found]
        if missing:
            raise UnknownSegment(f"{len(missing)} of the {len(ids)} segments are not in the backup, or not deleted.")
        for each in ids:
            if found[each].name_taken:
                raise NameTaken(found[each].name)
        names = [found[each].name for each in ids]
        label = f"“{names[0]}”" if len(names) == 1 else f"{len(names):,} segments"
        change.undo_label = f"bringing back of {label}"
        change.record_undo()
        copy_back(change, source, ids)
        refresh_missing(workspace, change, ids)
        heal_broken(workspace, change)
        membership.connect_fresh(change, ids)
        for each in ids:
            change.log(each, found[each].name, after={"from": backup.name, "status": found[each].status})
    return Change(
        f"Brought back {label}.",
        added=frozenset(ids),
        undo_label=change.undo_label,
        to_compute=frozenset(queries.stale_ids(workspace, ids)),
    )
