"""Workspace: one SQLite file, opened, changed in transactions, and closed.

Stands apart as the only door to the file: every change goes through `change`, so that the role, the activity log and
undo are seen to in one place.
"""

from __future__ import annotations

import getpass
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from segment_manager import __version__
from segment_manager.domain.errors import Cancelled, NotPermitted
from segment_manager.domain.segments import Role
from segment_manager.domain.usage import ENGAGEMENT, AssetType
from segment_manager.storage import record_tables
from segment_manager.storage.database import (
    APPLICATION_ID,
    MIGRATIONS,
    SCHEMA_VERSION,
    Connections,
    create_file,
    journal_mode,
    recognise,
    set_meanwhile,
)
from segment_manager.storage.faults import classified
from segment_manager.storage.sql import Connection
from segment_manager.storage.times import local_zone_name, stamp
from segment_manager.storage.usage_tally import refresh

if TYPE_CHECKING:
    from segment_manager.storage.change import OpenChange
    from segment_manager.storage.peewee_database import WorkspaceDatabase

# What only changes, new workspaces and times of day need is imported by them: the window's first paint waits for all
# the rest.

Clock = Callable[[], datetime]

FIRST_RECORD_TYPES = ("Lead", "Opportunity", "Account", "Contact")
DEFAULT_SETTINGS: dict[str, object] = {
    "grace_days": 45,
    "counted_types": [str(kind) for kind in AssetType if kind in ENGAGEMENT],
    "auto_scan": True,
    "anyway_allowed": True,
    "time_zone": "UTC",
    "week_start": 0,
}
DATE_SETTINGS = ("time_zone", "week_start")
"""Settings by which conditions on dates are decided."""
_FOR_MUCH = {
    # What SQLite keeps to take one statement back: every page that it changes.
    "temp_store": 1,
    # KB, four times the usual; pages that find no place are written to the log each time that a statement changes them.
    "cache_size": -262144,
}
"""How a connection is set for a vast change: more pages in memory, and what only an error needs in a file."""
_STEPS_BETWEEN_LOOKS = 20_000  # of SQLite's machine, some ten milliseconds at most
_RANK = {Role.VIEWER: 0, Role.SEQUENCE_MANAGER: 1, Role.SYSTEM_ADMINISTRATOR: 2}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Workspace:
    """An open workspace. Any thread may use it; each gets a connection of its own.

    `clock` gives the aware datetime that counts as now; `time_told`: a person named that time, no clock did. `login`
    says who is at work.
    """

    def __init__(self, path: Path, connections: Connections, login: str, clock: Clock) -> None:
        self.path = path
        self._connections = connections
        self.login = login
        self._clock = clock
        self.time_told = False
        self._writing = threading.Lock()
        self._looking = threading.Lock()
        self._stop = threading.local()
        self._onlooker: Connection | None = None

    @classmethod
    def create(
        cls, path: Path, *, login: str | None = None, clock: Clock | None = None, name: str | None = None
    ) -> Workspace:
        """Make a new workspace with the record types Lead, Opportunity, Account and Contact, and open it.

        Whoever makes it is its first System Administrator. Raises WorkspaceExists, WorkspaceMissing, CannotWrite.
        """
        path = Path(path)
        create_file(path)
        connections = Connections(path, journal=journal_mode(path))
        workspace = cls(path, connections, login or getpass.getuser(), clock or _utc_now)
        try:
            with classified(path):
                workspace._migrate()
                workspace._furnish(name or path.stem)
        except BaseException:
            workspace.close()
            for leftover in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                leftover.unlink(missing_ok=True)
            raise
        return workspace

    @classmethod
    def open(cls, path: Path, *, login: str | None = None, clock: Clock | None = None) -> Workspace:
        """Open a workspace, bringing an older one up to date.

        A verified backup is made before that. Raises WorkspaceMissing, NotAWorkspace, WorkspaceTooNew,
        WorkspaceDamaged, BackupFailed; the file is then left untouched.
        """
        path = Path(path)
        with classified(path):
            version = recognise(path)
            workspace = cls(
                path, Connections(path, journal=journal_mode(path)), login or getpass.getuser(), clock or _utc_now
            )
            try:
                if version < SCHEMA_VERSION:
                    workspace._upgrade(version)
                workspace.role()
            except BaseException:
                workspace.close()
                raise
        return workspace

    def _upgrade(self, version: int) -> None:
        from segment_manager.storage.backup import automatic_backup

        automatic_backup(self, f"before version {SCHEMA_VERSION} (was {version})")
        self._migrate()

    def _migrate(self) -> None:
        from playhouse.migrations import Runner  # 40 ms that an up-to-date workspace need not pay at every start

        # A table that others refer to can only be made anew with foreign keys off, which no transaction can do.
        with set_meanwhile(self.connection, {"foreign_keys": 0}):
            Runner(self.db, str(MIGRATIONS)).up()
        self.connection.pragma("user_version", SCHEMA_VERSION)
        self.connection.pragma("application_id", APPLICATION_ID)

    def _furnish(self, name: str) -> None:
        import uuid

        from segment_manager.storage.tables import PersonRow, SettingRow, WorkspaceRow

        now = stamp(self.now())
        with self.db.atomic():
            WorkspaceRow.insert(
                id=1, identity=uuid.uuid4().hex, name=name, created_at=now, made_by=__version__
            ).execute(self.db)
            PersonRow.insert(login=self.login, role=Role.SYSTEM_ADMINISTRATOR, added_at=now).execute(self.db)
            for key, value in {**DEFAULT_SETTINGS, "time_zone": local_zone_name()}.items():
                SettingRow.insert(name=key, value=json.dumps(value)).execute(self.db)
            for record_type in FIRST_RECORD_TYPES:
                record_tables.insert_record_type(self.connection, record_type)
        self.connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    @property
    def connection(self) -> Connection:
        """This thread's connection."""
        return self._connections.own

    @cached_property
    def db(self) -> WorkspaceDatabase:
        """The workspace as Peewee sees it, over the same connections."""
        from segment_manager.storage.peewee_database import WorkspaceDatabase

        return WorkspaceDatabase(self.path, self._connections)

    def interrupt(self, thread: int) -> None:
        """Break off the statement that a thread runs now; it raises apsw.InterruptError there. Any thread may ask."""
        self._connections.interrupt(thread)

    def close(self) -> None:
        """Close every connection of every thread."""
        self._connections.close_everywhere()

    def now(self) -> datetime:
        """The moment that counts as now: aware, UTC."""
        return self._clock().astimezone(UTC)

    @property
    def zone(self) -> tzinfo:
        """The workspace's time zone."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(str(self.setting("time_zone")))

    def today(self) -> date:
        """The calendar day of now in the workspace's zone."""
        return self.now().astimezone(self.zone).date()

    def setting(self, name: str) -> object:
        """The value of one setting."""
        row = self.connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else DEFAULT_SETTINGS[name]

    def role(self) -> Role:
        """What the person at work may do; somebody who is not a member may look."""
        row = self.connection.execute("SELECT role FROM person WHERE login = ?", (self.login,)).fetchone()
        return Role(row[0]) if row else Role.VIEWER

    def data_version(self) -> int:
        """A number that moves when another connection or process has changed the file."""
        return int(self.connection.pragma("data_version"))

    def moment_seen(self) -> object:
        """What the file and the calendar are, for any thread: equal at two moments only where nobody, in any process,
        has committed anything between them, and the day is the same."""
        with classified(self.path), self._looking:
            self._onlooker = self._onlooker or self._connections.onlooker()
            version = self._onlooker.pragma("data_version")
        return self._onlooker, version, self.today()

    def has_moved(self) -> bool:
        """Whether the file that is open stands no longer at its path: it was moved, deleted or replaced."""
        import ctypes

        answer = ctypes.c_int()
        self.connection.file_control("main", apsw.SQLITE_FCNTL_HAS_MOVED, ctypes.addressof(answer))
        return bool(answer.value)

    def committed(self) -> AbstractContextManager[Connection]:
        """A connection of its own, for any thread, to what is committed by now in the file at `path`, unless that
        `has_moved`; later commits do not show in it."""
        return self._connections.committed()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Several reads of one state of the workspace. Inside a change it is that change's state."""
        connection = self.connection
        if connection.in_transaction:
            yield connection
            return
        with classified(self.path):
            connection.execute("BEGIN DEFERRED")
            try:
                yield connection
            finally:
                # A reader that was never read to its end may be swept up after the workspace was closed.
                with suppress(apsw.ConnectionClosedError):
                    connection.execute("ROLLBACK")

    @contextmanager
    def change(
        self, action: str, undo_label: str | None = None, *, needs: Role = Role.SEQUENCE_MANAGER, vast: bool = False
    ) -> Iterator[OpenChange]:
        """One transaction that changes the workspace: all of it or none of it.

        The role is checked inside it. With an `undo_label` (which may also be set on the OpenChange before the end)
        the transaction can be undone. `vast`: a statement of it may change nearly every page.

        Raises NotPermitted, WorkspaceBusy, DiskFull, CannotWrite, DiskTrouble.
        """
        from segment_manager.storage.change import OpenChange

        connection = self.connection
        with classified(self.path), self._writing, set_meanwhile(connection, _FOR_MUCH) if vast else nullcontext():
            self._connections.checkpoint()  # where nobody has called `tidy` since the last large change
            connection.execute("BEGIN IMMEDIATE")
            try:
                self.check_permission(action, needs)
                with OpenChange(connection, self.now(), self.zone, self.login, action, undo_label) as open_change:
                    yield open_change
                    if not open_change.taken_back:
                        refresh(open_change)
                        open_change.keep_undo_step()
                connection.execute("ROLLBACK" if open_change.taken_back else "COMMIT")
            except BaseException:
                # SQLite has rolled back by itself where the disk is full or failing.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def tidy(self) -> None:
        """Do what a change has left for when nobody waits: write its pages from SQLite's log into the file. By the
        thread that changes things; may take as long as the change."""
        with self._writing:
            self._connections.checkpoint()

    @contextmanager
    def stopping(self, asked: Callable[[], bool]) -> Iterator[None]:
        """Within it, whatever this thread does to the workspace ends with Cancelled soon after `asked` says so, and
        what a change did until then is taken back; only its commit is not broken off."""
        connection = self.connection
        connection.set_progress_handler(asked, _STEPS_BETWEEN_LOOKS)
        self._stop.asked = asked
        try:
            yield
        finally:
            self._stop.asked = None
            connection.set_progress_handler(None)

    def go_on(self) -> None:
        """Raises Cancelled where it was asked for: for what takes long without any statement."""
        asked = getattr(self._stop, "asked", None)
        if asked is not None and asked():
            raise Cancelled

    def check_permission(self, action: str, needs: Role = Role.SEQUENCE_MANAGER) -> None:
        """Raises NotPermitted where the role of the person at work does not allow what `needs` a higher one."""
        role = self.role()
        if _RANK[role] < _RANK[needs]:
            able = " or ".join(str(each) for each in _RANK if _RANK[each] >= _RANK[needs])
            raise NotPermitted(f"You can't {action}: this needs the role {able}. You are {role} in this workspace.")
