"""OpenChange: one transaction under way, with its activity entries and its undo step.

Stands apart from Workspace because undo and the activity log are each a technique of their own: SQLite's session
extension records what changed, and the activity log holds what undoing bulk actions goes by.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, time, tzinfo
from itertools import islice
from types import TracebackType
from typing import NamedTuple, Self

import apsw

from segment_manager.storage.activity_log import TOGETHER, LogRow, append, as_json, newest_number
from segment_manager.storage.ids import Chosen, in_parts
from segment_manager.storage.logged_update import LoggedUpdate
from segment_manager.storage.sql import Connection
from segment_manager.storage.states import kept
from segment_manager.storage.times import stamp

UNDOABLE_TABLES = ("segment_state", "segment", "segment_tag", "rule_reference", "asset", "reference", "setting")
KEPT_STEPS = 100
_AT_ONCE = 30_000  # rows that one statement writes: 20 MB of memory
_STATES_AT_ONCE = 400_000  # the same of the narrow ones of segment_state


class LogEntry(NamedTuple):
    """One entry for the activity log. `before` and `after` hold the values that changed."""

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

    def parts(self, chosen: Chosen, number: int = _AT_ONCE) -> Iterator[Chosen]:
        """The chosen segments in parts of so many for one statement each; what is done of them is told."""
        for part in in_parts(self.connection, chosen, number):
            yield part
            self.written(int(self.connection.execute(f"SELECT count(*) FROM ({part})").get))

    def update_logged(self, chosen: Chosen, logged: tuple[int, int], given: Mapping[str, object]) -> None:
        """Give what `segment_state` holds of `chosen` segments new values; status and reason in words. `logged`: what
        log_each gave, whose rows hold the former ones in `before`, which is what undo goes by."""
        recording = self._session is not None
        self._end_session()
        values = kept(given)
        columns = ", ".join(f"{column} = :{column}" for column in values)
        for part in self.parts(chosen, _STATES_AT_ONCE):
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
        """Write one activity entry."""
        self.log_many([LogEntry(segment_id, segment_name, before or {}, after or {})], action=action)

    def log_many(self, entries: Iterable[LogEntry], *, action: str | None = None) -> None:
        """Write activity entries, in their order."""

        def rows() -> Iterator[LogRow]:
            left = iter(entries)
            while some := list(islice(left, TOGETHER)):
                ids = [entry.segment_id for entry in some if entry.segment_id is not None]
                yield self._log_row(len(some), min(ids, default=None), max(ids, default=None), as_json(some), action)

        append(self.connection, rows())

    def log_each(
        self,
        chosen: Chosen,
        before: str,
        after: Mapping[str, object],
        *,
        action: str | None = None,
    ) -> tuple[int, int]:
        """Write one activity entry for each of `chosen` segments; gives the numbers of the first and the last.

        `before` is an SQL expression that makes JSON of the rows of `segment` and `segment_state`, `after` holds for
        all of them: what SQLite makes of thousands of segments itself never becomes Python objects.
        """
        connection = self.connection
        said_after = as_json(after)
        first = newest_number(connection) + 1

        def rows() -> Iterator[LogRow]:
            for part in self.parts(chosen, TOGETHER):
                number, first_id, last_id, entries = connection.execute(
                    f"SELECT count(*), min(id), max(id), json_group_array(json_array(id, name, {before}))"
                    f" FROM ({part}) AS chosen CROSS JOIN segment USING (id)"
                    " CROSS JOIN segment_state ON segment_state.segment_id = id"
                ).get
                if number:
                    yield self._log_row(number, first_id, last_id, entries, action, said_after)

        append(connection, rows())
        return first, newest_number(connection)

    def _log_row(
        self,
        number: int,
        first_id: int | None,
        last_id: int | None,
        entries: str,
        action: str | None,
        after: str | None = None,
    ) -> LogRow:
        newest = newest_number(self.connection)
        return LogRow(
            newest + number, newest + 1, self.operation, self.at, self.who, action or self.action, first_id, last_id,
            after, entries,
        )  # fmt: skip
