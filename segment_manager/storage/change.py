"""OpenChange: one transaction under way, with its activity rows and its undo step.

Stands apart from Workspace because undo and the activity log are each a technique of their own: SQLite's session
extension records what changed, and every activity row is chained to the one before by its hash.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, time, tzinfo
from types import TracebackType
from typing import Any, NamedTuple, Self

import apsw
import msgspec

from segment_manager.storage.sql import Connection
from segment_manager.storage.times import stamp

UNDOABLE_TABLES = ("segment", "segment_tag", "rule_reference", "asset", "reference", "setting")
KEPT_STEPS = 100


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
        self._session: apsw.Session | None = None

    def __enter__(self) -> Self:
        if self.undo_label is not None:
            self.record_undo()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

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
        if self._session is None or self.undo_label is None or self._session.is_empty:
            return
        changeset = self._session.changeset()
        self.connection.execute("DELETE FROM undo_step WHERE state = 'undone'")
        self.connection.execute(
            "INSERT INTO undo_step (at, who, label, state, changeset) VALUES (?, ?, ?, 'done', ?)",
            (self.at, self.who, self.undo_label, changeset),
        )
        self.connection.execute("DELETE FROM undo_step WHERE id <= (SELECT max(id) FROM undo_step) - ?", (KEPT_STEPS,))

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
            previous = chained(previous, row)
            rows.append((*row, previous))
        self.connection.executemany(
            "INSERT INTO activity (operation, at, who, action, segment_id, segment_name, before, after, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )

    def log_each(self, select: str, bindings: Mapping[str, object], *, action: str | None = None) -> None:
        """Write one activity row a row of a query: (segment_id, segment_name, before, after), the last two as JSON.

        For thousands of segments: what SQLite makes of them itself never becomes Python objects.
        """
        head = repr((self.operation, self.at, self.who, action or self.action))[:-1]
        previous, last_id = self._newest_hash(), 0

        def next_hash(*values: Any) -> bytes:
            nonlocal previous, last_id
            segment_id, name, before, after = values
            if segment_id <= last_id:  # would be hashed in another order than stored
                raise AssertionError("log_each needs its rows in the order of their ids")
            last_id = segment_id
            previous = _chained(previous, f"{head}, {segment_id}, {name!r}, {before!r}, {after!r})")
            return previous

        self.connection.create_scalar_function("next_hash", next_hash, 4)
        self.connection.execute(
            "INSERT INTO activity (operation, at, who, action, segment_id, segment_name, before, after, hash)"
            " SELECT :log_operation, :log_at, :log_who, :log_action, segment_id, segment_name, before, after,"
            f" next_hash(segment_id, segment_name, before, after) FROM ({select}) ORDER BY segment_id",
            {
                **bindings,
                "log_operation": self.operation,
                "log_at": self.at,
                "log_who": self.who,
                "log_action": action or self.action,
            },
        )
        self.connection.create_scalar_function("next_hash", None, 4)

    def _newest_hash(self) -> bytes:
        newest = self.connection.execute("SELECT hash FROM activity ORDER BY seq DESC LIMIT 1").fetchone()
        return newest[0] if newest else b""


def chained(previous: bytes, row: tuple[object, ...]) -> bytes:
    """The hash of an activity row (all columns but seq and hash): SHA-256 over the hash before it and its values."""
    return _chained(previous, repr(row))


def _chained(previous: bytes, told: str) -> bytes:
    return hashlib.sha256(previous + told.encode("utf-8", "surrogatepass")).digest()


def _json(values: Mapping[str, object]) -> str:
    return msgspec.json.encode(values, enc_hook=str).decode()
