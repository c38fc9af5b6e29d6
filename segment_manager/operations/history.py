"""Undo and redo as verbs."""

from __future__ import annotations

from collections.abc import Callable

from segment_manager.domain.changes import Change
from segment_manager.domain.errors import UndoConflict
from segment_manager.storage import membership, queries, segment_rows
from segment_manager.storage import undo as undo_steps
from segment_manager.storage.change import OpenChange
from segment_manager.storage.segment_rules import heal_broken, refresh_missing
from segment_manager.storage.workspace import DATE_SETTINGS, Workspace

Stop = Callable[[], bool]


def undo(workspace: Workspace, stop: Stop = lambda: False) -> Change:
    """Undo the newest step. Raises NothingToUndo, UndoConflict (the step is then given up), NotPermitted, and Cancelled
    soon after `stop` says so, with all as it was."""
    with workspace.stopping(stop):
        return _step(workspace, "undo", "Undone", "done", undo_steps.step_back)


def redo(workspace: Workspace, stop: Stop = lambda: False) -> Change:
    """Do the step undone last again. Raises what undo raises."""
    with workspace.stopping(stop):
        return _step(workspace, "redo", "Redone", "undone", undo_steps.step_forward)


def forget(workspace: Workspace) -> None:
    """Empty the undo history: what was done until now stays done."""
    with workspace.change("forget steps") as change:
        undo_steps.forget_all(change)


def _step(
    workspace: Workspace, verb: str, said: str, state: str, step: Callable[[OpenChange], undo_steps.Applied]
) -> Change:
    try:
        with workspace.change(verb, vast=undo_steps.is_vast(workspace, state)) as change:
            applied = step(change)
            segment_rows.ensure_results(change, applied.added)
            segment_rows.mark_rule_stale(change, applied.new_rules)
            if applied.settings.intersection(DATE_SETTINGS):
                segment_rows.mark_all_stale(change)
            refresh_missing(workspace, change, applied.added | applied.new_rules | applied.relinked)
            heal_broken(workspace, change)
            membership.connect_fresh(change, applied.perhaps_linked)
    except UndoConflict:
        with workspace.change(verb) as change:
            undo_steps.forget_newest(change, state)
        raise
    return Change(
        f"{said}: {applied.label}.",
        applied.changed,
        applied.added,
        applied.removed,
        everything=not (applied.added or applied.removed or applied.changed),
        to_compute=frozenset(queries.stale_ids(workspace, applied.added | applied.changed)),
    )
