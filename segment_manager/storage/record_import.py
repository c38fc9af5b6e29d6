"""The SQL of an import: rows gather in a temporary table, then go into the records in a few statements.

Stands apart because speed and all-or-nothing rest on it. Gathering touches no table of the workspace and takes none of
its locks; the temporary table lies in a file, so memory stays flat however many rows there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Self

import apsw

from segment_manager.domain.records import FOLDED_TYPES, Field, RecordType, column, folded_column
from segment_manager.domain.stored_values import Stored
from segment_manager.storage.change import OpenChange
from segment_manager.storage.database import set_meanwhile
from segment_manager.storage.record_tables import table_name

_SLICE = 20_000
_MEANWHILE = {
    # A change of it drops temporary tables, so it comes first and, going back, clears up.
    "temp_store": 1,
    # Half of the usual: a long file fills whatever there is, and is no faster for it.
    "cache_size": -32768,
}
"""How the connection is set while rows gather."""


class Staging:
    """Rows on their way into a record type, as a context; must be made outside a transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._settings = set_meanwhile(connection, _MEANWHILE)

    def __enter__(self) -> Self:
        self._settings.__enter__()
        return self

    def start(self, fields: Sequence[Field]) -> None:
        """Begin, or begin again, with no rows; `fields` are those that the rows will have, in the order of their
        columns.
        """
        self.has_repeats = False
        self.columns = [column(field) for field in fields]
        self.folded = [folded_column(field) for field in fields if field.type in FOLDED_TYPES]
        names = [*self.columns, *self.folded]
        self._connection.execute("DROP TABLE IF EXISTS temp.import_rows")
        self._connection.execute(
            f"CREATE TEMP TABLE import_rows ({', '.join(['row INTEGER PRIMARY KEY, line, key', *names])})"
        )
        self._insert = f"INSERT INTO temp.import_rows VALUES (?, ?, ?{', ?' * len(names)})"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.execute("DROP TABLE IF EXISTS temp.import_rows")
        self._settings.__exit__(kind, error, trace)

    def add(self, rows: Iterator[tuple[object, ...]]) -> None:
        """Take rows: (number, line, key, values in the order of the fields, folded values in theirs)."""
        self._connection.execute("BEGIN")
        try:
            self._connection.executemany(self._insert, rows)
        finally:
            self._connection.execute("COMMIT")

    def index(self) -> None:
        """Make keys findable: once, after the last row."""
        self._connection.execute("CREATE INDEX temp.import_rows_key ON import_rows (key)")

    def find_repeats(self) -> None:
        """Find out whether any key stands more than once (`has_repeats`); after `index`."""
        self.has_repeats = bool(self._connection.execute(f"SELECT EXISTS ({_REPEATED_KEYS})").get)

    def number_repeats(self) -> None:
        """Make keys unique: the second row with a key gets '-2' behind it, the third '-3' …"""
        self._connection.execute(
            "UPDATE temp.import_rows SET key = import_rows.key || '-' || repeats.number FROM"
            " (SELECT row, row_number() OVER (PARTITION BY key ORDER BY row) AS number FROM temp.import_rows"
            f"  WHERE {_REPEATED}) AS repeats WHERE repeats.row = import_rows.row AND repeats.number > 1"
        )

    def drop_equal_repeats(self) -> int:
        """Remove rows that equal an earlier row with the same key in every value; how many."""
        values = ", ".join(f"later.{name}" for name in self.columns)
        firsts = ", ".join(f"first.{name}" for name in self.columns)
        self._connection.execute(
            f"DELETE FROM temp.import_rows WHERE row IN (SELECT later.row FROM ({_LATER}) AS pair"
            " JOIN temp.import_rows AS later ON later.row = pair.row"
            " JOIN temp.import_rows AS first ON first.row = pair.first_row"
            f" WHERE ({values}) IS ({firsts}))"
        )
        return self._connection.changes()

    def conflicts(self) -> Iterator[tuple[int, int, str, int]]:
        """Rows whose key an earlier row has with other values: (number, line, key, line of the first), in order."""
        yield from self._connection.execute(
            f"SELECT pair.row, later.line, later.key, first.line FROM ({_LATER}) AS pair"
            " JOIN temp.import_rows AS later ON later.row = pair.row"
            " JOIN temp.import_rows AS first ON first.row = pair.first_row ORDER BY pair.row"
        )

    def drop_conflicts(self) -> int:
        """Remove those rows; how many."""
        self._connection.execute(f"DELETE FROM temp.import_rows WHERE row IN (SELECT row FROM ({_LATER}))")
        return self._connection.changes()

    @property
    def count(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM temp.import_rows").get)


_REPEATED_KEYS = "SELECT key FROM temp.import_rows GROUP BY key HAVING count(*) > 1"
_REPEATED = f"key IN ({_REPEATED_KEYS})"
_LATER = (
    "SELECT row, first_row FROM (SELECT row, first_value(row) OVER (PARTITION BY key ORDER BY row) AS first_row"
    f" FROM temp.import_rows WHERE {_REPEATED}) WHERE row > first_row"
)


def has_records(connection: apsw.Connection, record_type: RecordType) -> bool:
    """Whether a record type has any record."""
    return bool(connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table_name(record_type.id)})").get)


def merge(
    change: OpenChange, record_type: RecordType, staging: Staging, number: Callable[[], int]
) -> Iterator[tuple[int, int, float]]:
    """Put the rows into the records: new keys are added, known ones updated where a value differs.

    Gives (added, updated, share done) after each slice. `number` gives the change number for the rows that change;
    it is asked once.
    """
    connection = change.connection
    table = table_name(record_type.id)
    empty = not has_records(connection, record_type)
    last = connection.execute("SELECT max(row) FROM temp.import_rows").get or 0
    added = updated = 0
    changed = number()
    update, insert = _statements(table, staging, empty)
    for start in range(0, int(last) + 1, _SLICE):
        bounds = {"changed": changed, "from": start, "to": start + _SLICE}
        if not empty:
            connection.execute(update, bounds)
            updated += connection.changes()
        connection.execute(insert, bounds)
        added += connection.changes()
        yield added, updated, min(1.0, (start + _SLICE) / (int(last) + 1))


def _statements(table: str, staging: Staging, empty: bool) -> tuple[str, str]:
    names = [*staging.columns, *staging.folded]
    sets = ", ".join(f"{name} = staged.{name}" for name in names)
    old = ", ".join(f"{table}.{name}" for name in staging.columns)
    new = ", ".join(f"staged.{name}" for name in staging.columns)
    within = "staged.row >= :from AND staged.row < :to"
    update = (
        f"UPDATE {table} SET changed = :changed, {sets} FROM temp.import_rows AS staged"
        f" WHERE {within} AND {table}.key = staged.key AND ({old}) IS NOT ({new})"
    )
    values = ", ".join(f"staged.{name}" for name in names)
    fresh = "" if empty else f" AND NOT EXISTS (SELECT 1 FROM {table} AS there WHERE there.key = staged.key)"
    insert = (
        f"INSERT INTO {table} (key, changed, {', '.join(names)}) SELECT staged.key, :changed, {values}"
        f" FROM temp.import_rows AS staged WHERE {within}{fresh} ORDER BY staged.row"
    )
    return update, insert


def staged_rows(
    numbers: Sequence[int],
    lines: Sequence[int],
    keys: Sequence[str],
    values: Sequence[Sequence[Stored]],
    folded: Sequence[Sequence[Stored]],
) -> Iterator[tuple[object, ...]]:
    """Columns as the rows that Staging.add takes."""
    return zip(numbers, lines, keys, *values, *folded, strict=True)
