"""Care for the workspace itself: check, backup, restore."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from segment_manager.domain.errors import BackupFailed
from segment_manager.storage.backup import automatic_backup_under_way, automatic_backups, put_back, write_backup
from segment_manager.storage.checks import problems
from segment_manager.storage.workspace import Workspace


def check(workspace: Workspace) -> list[str]:
    """Everything that is wrong with a workspace, a sentence each; empty where all is well."""
    return problems(workspace)


def backup(workspace: Workspace, target: Path) -> Path:
    """Write a verified backup to a new file; gives the file. Raises BackupFailed."""
    return write_backup(workspace, target)


def backups(workspace: Workspace) -> list[Path]:
    """The backups that the program made of a workspace by itself, the newest first."""
    return automatic_backups(workspace)


@contextmanager
def backup_before_deletion(workspace: Workspace) -> Iterator[Callable[[], Path]]:
    """The backup without which nothing is deleted. What this gives waits until it is verified, and must be called
    before the deletion is committed. Raises BackupFailed, as does what it gives."""
    try:
        with automatic_backup_under_way(workspace, "before deletion") as verified:
            yield verified
    except BackupFailed as error:
        raise BackupFailed(f"Nothing was deleted. {error}") from error


def restore(backup: Path, target: Path) -> Path | None:
    """Put a backup in the place of `target`, which nobody may have open; what was there is moved aside.

    Gives where to, or None where nothing was.

    Raises NotAWorkspace, WorkspaceTooNew, WorkspaceDamaged, BackupFailed, WorkspaceBusy.
    """
    return put_back(backup, target)
