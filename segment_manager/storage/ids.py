"""Many ids in one statement: SQLite takes at most 32,766 variables, so they travel as JSON or in a temporary table."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count, islice
from typing import NewType

import apsw

from segment_manager.storage.sql import Connection

Chosen = NewType("Chosen", str)
"""A query of ids that stand in a temporary table."""

_numbers = count(1)
_JOINED = 10_000


def json_ids(ids: Iterable[int]) -> str:
    """Ids as a JSON list, for `IN (SELECT value FROM json_each(?))`."""
    left, parts = iter(ids), []
    while some := ",".join(map(str, islice(left, _JOINED))):  # other threads wait until a join is over
        parts.append(some)
    return f"[{','.join(parts)}]"


@contextmanager
def ids_in_a_table(connection: Connection, ids: Iterable[int]) -> Iterator[Chosen]:
    """Ids for several statements, for `IN (…)`: written down once, in half the time that JSON takes to be read once."""
    table = f"temp.chosen_{next(_numbers)}"
    connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
    try:
        numbers = array("q", ids)
        if numbers:  # an empty array cannot be bound
            connection.execute(f"INSERT INTO {table} SELECT value FROM carray(?)", (apsw.carray(numbers),))
        yield Chosen(f"SELECT id FROM {table}")
    finally:
        connection.execute(f"DROP TABLE {table}")


def in_parts(connection: Connection, chosen: Chosen, number: int) -> Iterator[Chosen]:
    """The chosen ids in their order, at most so many at a time; all of them at once where there are no more.

    For statements that write: until the end of one, SQLite keeps every page that it changes, to take it back alone.
    """
    if connection.execute(f"SELECT count(*) <= ? FROM ({chosen})", (number,)).get:
        yield chosen  # read where it stands, while parts are copied first
        return
    last = connection.execute(f"SELECT min(id) - 1 FROM ({chosen})").get
    while last is not None:
        part = f"SELECT id FROM ({chosen}) WHERE id > {last} ORDER BY id LIMIT {number}"
        first, last = last, connection.execute(f"SELECT max(id) FROM ({part})").get
        if last is not None:
            yield Chosen(f"SELECT id FROM ({chosen}) WHERE id > {first} AND id <= {last}")
