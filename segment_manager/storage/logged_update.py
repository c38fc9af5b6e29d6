"""A change of some columns of many segments at once, to values that are the same for all of them.

Stands apart because the activity entries of such a change hold all that undoing needs: every former value stands in
`before`. A session would record the same a second time, in a third of the whole time for 100,000 segments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from segment_manager.storage.activity_log import entries_of
from segment_manager.storage.sql import Connection
from segment_manager.storage.states import kept, kept_by


class LoggedUpdate(NamedTuple):
    """`given`: the new values by their names in the log, each of which stands in `before` of the activity entries from
    `first` to `last`, one a segment, all those of some rows of the log."""

    first: int
    last: int
    given: Mapping[str, object]


def segments_of(connection: Connection, update: LoggedUpdate) -> Iterator[int]:
    """The ids of the segments that it changed."""
    rows = connection.execute("SELECT entries FROM activity WHERE seq BETWEEN ? AND ?", update[:2])
    return (each.segment_id for (entries,) in rows for each in entries_of(entries) if each.segment_id is not None)


def repeat(connection: Connection, update: LoggedUpdate, *, backwards: bool) -> bool:
    """Give the segments their former values back, or the new ones again; whether all of them were as it left them.

    Where they were not, some may have been changed: the transaction has to be rolled back.
    """
    former = kept_by({name: f"logged.{name}" for name in update.given})
    given = kept(update.given)
    new = {column: f":{column}" for column in given}
    read = ", ".join(f"before ->> '$.{name}' AS {name}" for name in update.given)
    found, wanted = (new, former) if backwards else (former, new)
    # A row of the log at a time, and with LIMIT, which keeps SQLite from looking through the entries for each segment.
    repeated = (
        f"UPDATE segment_state SET {', '.join(f'{column} = {value}' for column, value in wanted.items())}"
        f" FROM (SELECT segment_id, {read} FROM activity_entry WHERE row_seq = :row_seq LIMIT -1) AS logged"
        " WHERE segment_state.segment_id = logged.segment_id"
        f"{''.join(f' AND segment_state.{column} IS {value}' for column, value in found.items())}"
    )
    rows = connection.execute("SELECT seq FROM activity WHERE seq BETWEEN ? AND ?", update[:2]).fetchall()
    changed = 0
    for (row_seq,) in rows:
        connection.execute(repeated, {**given, "row_seq": row_seq})
        changed += connection.changes()
    return changed == update.last - update.first + 1
