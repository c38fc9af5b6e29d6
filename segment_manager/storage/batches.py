"""Batch and BadRow: what every reader of rows hands on.

Stands apart because the readers of all formats, the import and its report share these two shapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from segment_manager.domain.errors import FileUnreadable
from segment_manager.domain.values import Cell

MAX_CELL = 1 << 20
"""Characters that a cell may have."""
MAX_COLUMNS = 500


class BadRow(NamedTuple):
    """A row that cannot be imported: its (first) line, the column's label or '', why, and its cells where known."""

    line: int
    column: str
    reason: str
    cells: tuple[Cell, ...] = ()


@dataclass(slots=True)
class Batch:
    """Some rows as columns, with the line each begins on. `bad` are rows between them that could not be read as rows;
    `empty` counts rows without any value, left out; `done` is how many bytes of the file are behind."""

    lines: Sequence[int]
    columns: list[Sequence[Cell]]
    bad: list[BadRow] = field(default_factory=list)
    empty: int = 0
    done: int = 0


def check_width(path: Path, columns: int) -> None:
    """Raises FileUnreadable where a file has more columns than can be imported."""
    if columns > MAX_COLUMNS:
        raise FileUnreadable(f"“{path.name}” has {columns:,} columns; at most {MAX_COLUMNS} can be imported.")
