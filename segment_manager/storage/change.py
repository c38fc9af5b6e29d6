"""OpenChange: one transaction under way, with its activity rows and its undo step.

Stands apart from Workspace because undo and the activity log are each a technique of their own: SQLite's session
extension records what changed, and the activity rows are chained, block by block, by their hashes.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, time, tzinfo
from types import TracebackType
from typing import Any, NamedTuple, Self

import apsw
import msgspec

from segment_manager.storage.ids import Chosen, in_parts
from segment_manager.storage.logged_update import LoggedUpdate
from segment_manager.storage.sql import Connection
from segment_manager.storage.states import kept
from segment_manager.storage.times import stamp

UNDOABLE_TABLES = ("segment_state", "segment", "segment_tag", "rule_reference", "asset", "reference", "setting")
KEPT_STEPS = 100
_SEALED_TOGETHER = 1024
_AT_ONCE = 30_000  # rows that one statement writes: 20 MB of memory


class LogEntry(NamedTuple):
    """One row for the activity log. `before` and `after` hold the values that changed."""

    segment_id: int | None
    segment_name: str | None
    before: Mapping[str, object]
    after: Mapping[str, object]


class OpenChange:
    """A transaction under way. `connection` is its raw apsw connection, `now` its one moment, `today` that moment's
    calendar day in the workspace's zone and `day_start` the stamp of that day's first instant."""

    def __init__(
        self,
        connection: Connection,
        now: datetime,
        zone: tzinfo,
        who: str,
        action: str,
        undo_label: str | None,
    ) -> None:
        self.connection = connection
        self.now = now
        self.today = now.astimezone(zone).date()
        self.day_start = stamp(datetime.combine(self.today, time.min, zone))
        self.at = stamp(now)
        self.who = who
        self.action = action
        self.undo_label = undo_label
        self.operation = uuid.uuid4().hex
        self.taken_back = False
        self.written: Callable[[int], object] = lambda rows: None
        """Called with the number of rows that one more statement of many wrote."""
        self._session: apsw.Session | None = None
        self._parts: list[bytes | LoggedUpdate] = []

    def __enter__(self) -> Self:
        if self.undo_label is not None:
            self.record_undo()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_session()

    def take_back(self) -> None:
        """Let nothing of this transaction stay, without an error: it was a trial, or changed nothing."""
        self.taken_back = True

    def record_undo(self) -> None:
        """From here on record what changes, so that it can be undone."""
        self._session = apsw.Session(self.connection, "main")
        for table in UNDOABLE_TABLES:
            self._session.attach(table)

    def keep_undo_step(self) -> None:
        """Store what was recorded as the newest step, and forget the steps that were undone before."""
        self._end_session()
        if self.undo_label is None or not self._parts:
            return
        connection = self.connection
        connection.execute("DELETE FROM undo_step WHERE state = 'undone'")
        connection.execute(
            "INSERT INTO undo_step (at, who, label, state) VALUES (?, ?, ?, 'done')",
            (self.at, self.who, self.undo_label),
        )
        step_id = connection.last_insert_rowid()
        for place, part in enumerate(self._parts):
            values: tuple[object, ...] = (part, None, None, None)
            if isinstance(part, LoggedUpdate):
                values = (None, json.dumps(part.given), part.first, part.last)
            connection.execute("INSERT INTO undo_part VALUES (?, ?, ?, ?, ?, ?)", (step_id, place, *values))
        connection.execute("DELETE FROM undo_step WHERE id <= (SELECT max(id) FROM undo_step) - ?", (KEPT_STEPS,))

    def _end_session(self) -> None:
        if self._session is not None:
            if not self._session.is_empty:
                self._parts.append(self._session.changeset())
            self._session.close()
            self._session = None

    def parts(self, chosen: Chosen) -> Iterator[Chosen]:
        """The chosen segments in parts for one statement each; what is done of them is told."""
        for part in in_parts(self.connection, chosen, _AT_ONCE):
            yield part
            self.written(int(self.connection.execute(f"SELECT count(*) FROM ({part})").get))

    def update_logged(self, chosen: Chosen, logged: tuple[int, int], given: Mapping[str, object]) -> None:
        """Give what `segment_state` holds of `chosen` segments new values; status and reason in words. `logged`: what
        log_each gave, whose rows hold the former ones in `before`, which is what undo goes by."""
        recording = self._session is not None
        self._end_session()
        values = kept(given)
        columns = ", ".join(f"{column} = :{column}" for column in values)
        for part in self.parts(chosen):
            self.connection.execute(f"UPDATE segment_state SET {columns} WHERE segment_id IN ({part})", values)
        if recording:
            if logged[0] <= logged[1]:
                self._parts.append(LoggedUpdate(*logged, given))
            self.record_undo()

    def log(
        self,
        segment_id: int | None = None,
        segment_name: str | None = None,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        action: str | None = None,
    ) -> None:
        """Write one activity row."""
        self.log_many([LogEntry(segment_id, segment_name, before or {}, after or {})], action=action)

    def log_many(self, entries: Iterable[LogEntry], *, action: str | None = None) -> None:
        """Write one activity row an entry, each chained to the row before it."""
        previous = self._newest_hash()
        rows = []
        for entry in entries:
            row = (
                self.operation,
                self.at,
                self.who,
                action or self.action,
                entry.segment_id,
                entry.segment_name,
                _json(entry.before),
                _json(entry.after),
            )
            previous = seal(previous, told(row))
            rows.append((*row, previous))
        self.connection.executemany(
            "INSERT INTO activity (operation, at, who, action, segment_id, segment_name, before, after, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )

    def log_each(
        self,
        chosen: Chosen,
        before: str,
        after: str,
        bindings: Mapping[str, object] | None = None,
        *,
        action: str | None = None,
    ) -> tuple[int, int]:
        """Write one activity row for each of `chosen` segments; gives the numbers of the first and the last.

        `before` and `after` are SQL expressions of JSON over the rows of `segment` and `segment_state`: what SQLite
        makes of thousands of segments itself never becomes Python objects. Nor is each row hashed by itself: about a
        thousand are sealed by one hash, in the last of them. For that their texts only have to be taken down, by a
        function without any Python in it.
        """
        connection = self.connection
        previous = self._newest_hash()
        texts: list[str] = []
        take_down: Any = texts.append

        def sealed(*_: object) -> bytes:
            nonlocal previous
            previous = seal(previous, "".join(texts))
            texts.clear()
            return previous

        connection.create_scalar_function("tell", take_down, 1)
        connection.create_scalar_function("sealed", sealed, 0)
        values = {
            **(bindings or {}),
            "log_operation": self.operation,
            "log_at": self.at,
            "log_who": self.who,
            "log_action": action or self.action,
            "log_head": told((self.operation, self.at, self.who, action or self.action))[:-1],
        }
        written = 0
        for part in self.parts(chosen):
            # CROSS JOIN, and no ORDER BY: rows are told in the order in which they are stored, whatever that is.
            # The inner LIMIT keeps SQLite from making `old` and `new` twice, once for the row and once for its hash.
            connection.execute(
                "INSERT INTO activity (operation, at, who, action, segment_id, segment_name, before, after, hash)"
                " SELECT :log_operation, :log_at, :log_who, :log_action, id, name, old, new,"
                " coalesce(tell(:log_head || ',' || id || ',' || quote(name) || ',' || quote(old) || ',' || quote(new)"
                f"  || ';'), CASE WHEN id % {_SEALED_TOGETHER} = 0 OR id = :log_last THEN sealed() ELSE x'' END)"
                f" FROM (SELECT segment.id, name, {before} AS old, {after} AS new"
                f"  FROM ({part}) AS chosen CROSS JOIN segment ON segment.id = chosen.id"
                "  CROSS JOIN segment_state ON segment_state.segment_id = chosen.id LIMIT -1)",
                {**values, "log_last": connection.execute(f"SELECT max(id) FROM ({part})").get},
            )
            if texts:
                raise AssertionError("The last of the segments to log is not there.")
            written += connection.changes()
        connection.create_scalar_function("tell", None, 1)
        connection.create_scalar_function("sealed", None, 0)
        last = connection.last_insert_rowid()
        return last - written + 1, last

    def _newest_hash(self) -> bytes:
        newest = self.connection.execute("SELECT hash FROM activity ORDER BY seq DESC LIMIT 1").fetchone()
        return newest[0] if newest else b""


def told(row: tuple[object, ...]) -> str:
    """The values of an activity row (all columns but seq and hash) as `quote` of SQL tells them."""
    return ",".join(map(_quoted, row)) + ";"


def _quoted(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def seal(previous: bytes, rows: str) -> bytes:
    """The hash of consecutive activity rows as they are told: SHA-256 over the hash before them and their values."""
    return hashlib.sha256(previous + rows.encode("utf-8", "surrogatepass")).digest()


def _json(values: Mapping[str, object]) -> str:
    return msgspec.json.encode(values, enc_hook=str).decode()
