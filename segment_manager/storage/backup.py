"""Backups: made by SQLite's backup API, verified before they count, and put back with nothing stale beside them.

Stands apart because a copy of the file itself would be wrong twice over: it misses the log, and closing it would drop
the locks of the open workspace.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from typing import TypeVar

import apsw

from segment_manager.domain.errors import BackupFailed, Cancelled, SegmentManagerError, WorkspaceBusy, WorkspaceExists
from segment_manager.storage.database import create_file, recognise
from segment_manager.storage.faults import fact_behind
from segment_manager.storage.times import stamp
from segment_manager.storage.workspace import Workspace

_PAGES_AT_ONCE = 4096
_BYTES_AT_ONCE = 1 << 20
_LOOK_EVERY = 0.05  # seconds between two looks at whether somebody wants to stop
KEPT_AUTOMATIC = 20
_Made = TypeVar("_Made")


def write_backup(workspace: Workspace, target: Path) -> Path:
    """Write a verified backup of a workspace to a new file of mode 0600, with a manifest (SHA-256) beside it.

    Raises BackupFailed; nothing is then left at `target`.
    """
    with backup_under_way(workspace, target) as verified:
        return verified()


@contextmanager
def backup_under_way(workspace: Workspace, target: Path) -> Iterator[Callable[[], Path]]:
    """A backup of what is committed when this begins, copied and verified in a thread of its own; what this gives waits
    for that, and only then is there a file at `target`. Until it is asked, something else can be done, but nothing
    committed that must not be without the backup. Within a change nobody else can commit before the copy begins.

    Raises BackupFailed, as does what it gives.
    """
    partial = target.with_name(target.name + ".partial")
    made_at = stamp(workspace.now())
    try:
        with _told_as_failed(target):
            if target.exists():
                raise WorkspaceExists(f"“{target.name}” exists already in {target.parent}. Choose another name.")
            if workspace.has_moved():
                raise BackupFailed(
                    f"“{workspace.path.name}” was moved or replaced while it was open. Put it back in"
                    f" {workspace.path.parent}, or close it here and open it where it is now."
                )
            partial.unlink(missing_ok=True)
            create_file(partial)
        with ThreadPoolExecutor(1, "backup") as thread:
            unwanted = Event()
            copying = thread.submit(_copy, workspace, partial, unwanted)
            checking = thread.submit(_checked, partial, unwanted)

            def verified() -> Path:
                with _told_as_failed(target):
                    _finish(copying, workspace)
                    segments, digest = _finish(checking, workspace)
                    _write_manifest(target, {"made_at": made_at, "sha256": digest, "segments": segments})
                    partial.replace(target)
                return target

            try:
                if workspace.connection.pragma("journal_mode") != "wal":
                    with _told_as_failed(target):
                        _finish(copying, workspace)  # whoever reads would keep the change from writing
                yield verified
            finally:
                unwanted.set()
    finally:
        _remove(partial)


def _finish(work: Future[_Made], workspace: Workspace) -> _Made:
    while wait([work], _LOOK_EVERY).not_done:
        workspace.go_on()
    return work.result()


def _copy(workspace: Workspace, partial: Path, unwanted: Event) -> None:
    with (
        workspace.committed() as source,
        closing(apsw.Connection(str(partial), flags=apsw.SQLITE_OPEN_READWRITE)) as copy,
    ):
        with copy.backup("main", source, "main") as backup:
            while not backup.done:
                if unwanted.is_set():
                    raise Cancelled
                backup.step(_PAGES_AT_ONCE)
        copy.pragma("journal_mode", "delete")


def _checked(partial: Path, unwanted: Event) -> tuple[int, str]:
    """The number of segments in a copy and the SHA-256 of its file, where nothing in it is wrong. Is broken off soon
    after it is `unwanted`."""
    with closing(apsw.Connection(str(partial), flags=apsw.SQLITE_OPEN_READONLY)) as copy:
        copy.set_progress_handler(unwanted.is_set, 1000)
        problems = [row[0] for row in copy.execute("PRAGMA quick_check")]
        if problems != ["ok"]:
            raise BackupFailed(f"The backup could not be verified: {problems[0]}. Run “Check workspace”.")
        segments = copy.execute("SELECT count(*) FROM segment").get
    digest = hashlib.sha256()
    with partial.open("rb") as content:
        while not unwanted.is_set() and (part := content.read(_BYTES_AT_ONCE)):
            digest.update(part)
    return segments, digest.hexdigest()


@contextmanager
def _told_as_failed(target: Path) -> Iterator[None]:
    try:
        yield
    except (BackupFailed, Cancelled):
        raise
    except (apsw.Error, OSError, SegmentManagerError) as error:
        fact = error if isinstance(error, SegmentManagerError) else fact_behind(error, target)
        raise BackupFailed(f"The backup could not be written to {target}: {fact or error}") from error


def _write_manifest(target: Path, told: Mapping[str, object]) -> None:
    manifest = target.with_name(target.name + ".json")
    manifest.unlink(missing_ok=True)
    create_file(manifest)
    manifest.write_text(json.dumps(told), encoding="utf-8")


def _remove(partial: Path) -> None:
    for leftover in (partial, Path(f"{partial}-wal"), Path(f"{partial}-shm"), Path(f"{partial}-journal")):
        leftover.unlink(missing_ok=True)


def backup_folder(workspace: Workspace) -> Path:
    """Where automatic backups of a workspace go: a folder of its own beside it, for its owner alone."""
    folder = _folder(workspace)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise BackupFailed(f"The folder {folder} for backups cannot be made: {error.strerror}.") from error
    return folder


def _folder(workspace: Workspace) -> Path:
    return workspace.path.with_name(workspace.path.stem + " backups")


def automatic_backup(workspace: Workspace, occasion: str) -> Path:
    """A verified backup in the workspace's own folder, named by time and occasion; old ones beyond 20 are removed."""
    target = _automatic_target(workspace, occasion)
    write_backup(workspace, target)
    _forget_old(target.parent, occasion)
    return target


@contextmanager
def automatic_backup_under_way(workspace: Workspace, occasion: str) -> Iterator[Callable[[], Path]]:
    """The same, verified beside what is done meanwhile: see backup_under_way."""
    target = _automatic_target(workspace, occasion)
    with backup_under_way(workspace, target) as verified:
        yield verified
    _forget_old(target.parent, occasion)


def _automatic_target(workspace: Workspace, occasion: str) -> Path:
    folder = backup_folder(workspace)
    moment = workspace.now().astimezone(workspace.zone).strftime("%Y-%m-%d %H%M%S")
    number, target = 1, folder / f"{moment} {occasion}.segments"
    while target.exists():
        number += 1
        target = folder / f"{moment} {occasion} {number}.segments"
    return target


def _forget_old(folder: Path, occasion: str) -> None:
    kept = sorted(folder.glob(f"* {occasion}*.segments"), key=lambda path: path.stat().st_mtime)
    for old in kept[:-KEPT_AUTOMATIC]:
        old.unlink(missing_ok=True)
        old.with_name(old.name + ".json").unlink(missing_ok=True)


def automatic_backups(workspace: Workspace) -> list[Path]:
    """Those backups that are there, the newest first: their names begin with the time."""
    return sorted(_folder(workspace).glob("*.segments"), reverse=True)


def put_back(backup: Path, target: Path) -> Path | None:
    """Put a backup in the place of a workspace that nobody has open.

    What was there, with its sidecar files, is moved aside, never deleted; gives where to, or None where nothing was.
    Raises NotAWorkspace, WorkspaceTooNew, WorkspaceDamaged for the backup; WorkspaceBusy where the target is in use.
    """
    recognise(backup)
    manifest = backup.with_name(backup.name + ".json")
    if manifest.exists():
        _must_match(backup, manifest)
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    create_file(partial)
    source = apsw.Connection(str(backup), flags=apsw.SQLITE_OPEN_READONLY)
    copy = apsw.Connection(str(partial), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        with copy.backup("main", source, "main") as running:
            while not running.done:
                running.step(_PAGES_AT_ONCE)
        problems = [row[0] for row in copy.execute("PRAGMA quick_check")]
    finally:
        copy.close()
        source.close()
    if problems != ["ok"]:
        partial.unlink(missing_ok=True)
        raise BackupFailed(f"The backup “{backup.name}” is damaged: {problems[0]}. Choose another backup.")
    try:
        aside = _move_aside(target) if target.exists() else None
    except WorkspaceBusy:
        partial.unlink(missing_ok=True)
        raise
    partial.replace(target)
    return aside


def _must_match(backup: Path, manifest: Path) -> None:
    try:
        expected = json.loads(manifest.read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError):
        return
    with backup.open("rb") as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != expected:
            raise BackupFailed(f"The backup “{backup.name}” was changed since it was made. Choose another backup.")


def _move_aside(target: Path) -> Path:
    probe = apsw.Connection(str(target), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        probe.set_busy_timeout(1000)
        probe.execute("PRAGMA locking_mode = EXCLUSIVE")
        probe.execute("BEGIN EXCLUSIVE")
        probe.execute("COMMIT")
        probe.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except apsw.Error as error:
        # A damaged workspace is just what a backup is put in the place of; only one in use is in the way.
        if isinstance(error, apsw.BusyError | apsw.LockedError):
            message = f"“{target.name}” is open in another program. Close it there, then try again."
            raise WorkspaceBusy(message) from None
    finally:
        probe.close()
    number = 1
    while True:
        aside = target.with_name(f"{target.name}.replaced-{number}")
        if not aside.exists():
            break
        number += 1
    for suffix in ("", "-wal", "-shm", "-journal"):
        source = Path(f"{target}{suffix}")
        if source.exists():
            source.replace(Path(f"{aside}{suffix}"))
    return aside
