"""Connections to a workspace file: how they are made, what they are told, and how the file is made and recognised.

Stands apart because every promise about lost data rests on these few settings (source: the project's reliability
findings): full synchronisation, immediate transactions, files of mode 0600 before SQLite sees them, and no other
opening of the file, ever, by this process.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import apsw

from segment_manager.domain.errors import (
    CannotWrite,
    NotAWorkspace,
    WorkspaceDamaged,
    WorkspaceExists,
    WorkspaceMissing,
    WorkspaceTooNew,
)
from segment_manager.domain.records import fold
from segment_manager.storage.sql import Connection
from segment_manager.storage.sql_functions import register_functions

APPLICATION_ID = 0x53474D47  # 'SGMG', at offset 68 of the file
MIGRATIONS = Path(__file__).with_name("migrations")
SCHEMA_VERSION = sum(each.name[:1].isdigit() and each.suffix == ".py" for each in MIGRATIONS.iterdir())
BUSY_SECONDS = 5
_MANY_PAGES = 1000  # of the log, after which SQLite itself would write them into the file
_NETWORK_FILE_SYSTEMS = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ceph",
    "fuse.sshfs",
    "fuse.rclone",
    "ncpfs",
}

_open_paths: dict[str, int] = {}
_open_lock = threading.Lock()


@contextmanager
def set_meanwhile(connection: apsw.Connection, pragmas: Mapping[str, int]) -> Iterator[None]:
    """Set a connection otherwise for a while. Outside a transaction: another temp_store drops temporary tables."""
    before = {name: int(connection.pragma(name)) for name in pragmas}
    for name, value in pragmas.items():
        connection.pragma(name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            connection.pragma(name, value)


class Connections:
    """The connections to one workspace file: one a thread, all of them closed by `close_everywhere`."""

    def __init__(self, path: Path, *, journal: str) -> None:
        self._path = path
        self._journal = journal
        self._own = threading.local()
        self._made: list[Connection] = []
        self._of_thread: dict[int, Connection] = {}
        self._logged_pages = 0
        with _open_lock:
            _open_paths[str(path.resolve())] = _open_paths.get(str(path.resolve()), 0) + 1

    @property
    def own(self) -> Connection:
        """This thread's connection, made when it first asks."""
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect()
        return connection

    def _connect(self) -> Connection:
        connection = Connection(str(self._path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.set_busy_timeout(BUSY_SECONDS * 1000)
            for pragma in (
                f"journal_mode = {self._journal}",
                "synchronous = FULL",
                "foreign_keys = ON",
                "trusted_schema = OFF",
                "cell_size_check = ON",
                "temp_store = MEMORY",
                "journal_size_limit = 67108864",
                "cache_size = -65536",
            ):
                connection.execute(f"PRAGMA {pragma}")
            # playhouse.migrations stamps its history with a datetime, which apsw alone does not take.
            connection.convert_binding = lambda cursor, number, value: str(value)
            connection.create_scalar_function("casefolded", _casefolded, 1, deterministic=True)
            register_functions(connection)
            connection.set_wal_hook(self._logged)
        except BaseException:
            connection.close()
            raise
        self._made.append(connection)
        self._of_thread[threading.get_ident()] = connection
        return connection

    def _logged(self, connection: apsw.Connection, name: str, pages: int) -> int:
        self._logged_pages = pages
        return apsw.SQLITE_OK

    def checkpoint(self) -> None:
        """Write what stands in the log into the file, where that is much; what cannot be written now stays there.

        SQLite would do it within a commit, for which a person waits: a quarter of the time of a large one.
        """
        if self._logged_pages >= _MANY_PAGES:
            self._logged_pages = 0
            with suppress(apsw.Error):  # busy, broken off or out of space: the log still holds it all
                self.own.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def onlooker(self) -> Connection:
        """A connection for any thread that never writes, so that its data_version moves with every commit there is."""
        connection = self._look()
        self._made.append(connection)
        return connection

    @contextmanager
    def committed(self) -> Iterator[Connection]:
        """A connection of its own, for any thread, to what is committed by now; later commits do not show in it."""
        with closing(self._look()) as connection:
            connection.execute("BEGIN DEFERRED")
            connection.pragma("schema_version")  # only now it reads, and goes on reading that state
            yield connection

    def _look(self) -> Connection:
        connection = Connection(str(self._path), flags=apsw.SQLITE_OPEN_READWRITE)
        connection.set_busy_timeout(BUSY_SECONDS * 1000)
        return connection

    def interrupt(self, thread: int) -> None:
        """Break off the statement that a thread runs now; it raises apsw.InterruptError there. Any thread may ask."""
        connection = self._of_thread.get(thread)
        if connection is not None:
            with suppress(apsw.ConnectionClosedError):
                connection.interrupt()

    def close_everywhere(self) -> None:
        """Close the connections of all threads; nobody may be using one."""
        for connection in self._made:
            connection.close()
        self._made.clear()
        self._of_thread.clear()
        with _open_lock:
            key = str(self._path.resolve())
            _open_paths[key] = _open_paths.get(key, 1) - 1
            if _open_paths[key] <= 0:
                _open_paths.pop(key, None)


def _casefolded(*texts: apsw.SQLiteValue) -> str:
    return fold(str(texts[0]))


def create_file(path: Path) -> None:
    """Make an empty file of mode 0600. Raises WorkspaceExists, WorkspaceMissing (its folder) or CannotWrite."""
    before = os.umask(0o077)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise WorkspaceExists(f"“{path.name}” exists already in {path.parent}. Choose another name.") from None
    except FileNotFoundError:
        raise WorkspaceMissing(f"There is no folder {path.parent}. Make it first, or choose another.") from None
    except OSError as error:
        raise CannotWrite(f"“{path.name}” cannot be made in {path.parent}: {error.strerror}.") from error
    finally:
        os.umask(before)


def journal_mode(path: Path) -> str:
    """'wal' on a local disk, 'delete' on a network drive, where WAL's shared memory does not work."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return "wal"
    best, kind = "", ""
    target = str(path.resolve())
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        parts = line.split(" ")
        point = parts[1].replace("\\040", " ") if len(parts) > 2 else ""
        if point and (target == point or target.startswith(point.rstrip("/") + "/")) and len(point) > len(best):
            best, kind = point, parts[2]
    return "delete" if kind in _NETWORK_FILE_SYSTEMS else "wal"


def recognise(path: Path) -> int:
    """The schema version of a workspace file, which is only looked at. Raises why it is not one that we can open."""
    if not path.exists():
        raise WorkspaceMissing(f"There is no file {path}. Check the name, or make a workspace with create-workspace.")
    if path.is_dir():
        raise NotAWorkspace(f"{path} is a folder, not a workspace file.")
    size = path.stat().st_size
    if size == 0:
        raise NotAWorkspace(f"“{path.name}” is an empty file, not a workspace. It was left as it is.")
    with _open_lock:
        ours_already = str(path.resolve()) in _open_paths
    sidecar = Path(f"{path}-wal")
    alone = not ours_already and not (sidecar.exists() and sidecar.stat().st_size)
    foreign = NotAWorkspace(f"“{path.name}” is not a segment_manager workspace. It was left as it is.")
    # Without a log to replay, an immutable look neither locks nor leaves sidecar files beside a stranger's database.
    uri = f"file:{_quoted(path)}?{'immutable=1' if alone else 'mode=ro'}"
    try:
        connection = apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    except apsw.CantOpenError as error:
        raise CannotWrite(f"“{path.name}” cannot be read. Check the permissions of file and folder.") from error
    try:
        connection.set_busy_timeout(BUSY_SECONDS * 1000)
        if connection.pragma("application_id") != APPLICATION_ID:
            raise foreign
        version = int(connection.pragma("user_version"))
        if version > SCHEMA_VERSION:
            made_by = connection.execute("SELECT made_by FROM workspace").get
            raise WorkspaceTooNew(
                f"“{path.name}” was made with a newer version ({made_by}) of segment_manager. "
                "It was left as it is: update the program."
            )
        pages = int(connection.pragma("page_count")) * int(connection.pragma("page_size"))
        if alone and (size < pages or connection.execute("SELECT count(*) FROM workspace").get != 1):
            raise WorkspaceDamaged(f"The workspace “{path.name}” is damaged. It was left as it is. Restore a backup.")
        return version
    except (apsw.NotADBError, apsw.SQLError):
        raise foreign from None
    except (apsw.CorruptError, apsw.IOError):
        raise WorkspaceDamaged(
            f"The workspace “{path.name}” is damaged. It was left as it is. Restore a backup."
        ) from None
    finally:
        connection.close()


def _quoted(path: Path) -> str:
    text = str(path.resolve())
    return text.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
