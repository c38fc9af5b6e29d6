"""apsw's connection as type checkers should see it: rows hold what the columns of STRICT tables hold.

Stands apart because apsw's own types make every value a union that each reader would have to take apart again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import apsw


class Rows(Protocol):
    """The rows of a statement; `get` is the only value of the only row, the row, or all rows."""

    @property
    def get(self) -> Any: ...

    def __iter__(self) -> Iterator[tuple[Any, ...]]: ...

    def __next__(self) -> tuple[Any, ...]: ...

    def fetchone(self) -> tuple[Any, ...] | None: ...

    def fetchall(self) -> list[tuple[Any, ...]]: ...


if TYPE_CHECKING:

    class Connection(apsw.Connection):
        def execute(self, statements: str, bindings: Any = None, **options: Any) -> Rows: ...  # type: ignore[override]

        def pragma(self, name: str, value: Any = None, *, schema: str | None = None) -> Any: ...
else:
    Connection = apsw.Connection
