"""Reading a file for an import: first what its columns hold, then its rows as stored values.

Stands apart from imports.py, which decides what becomes of them; here nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

from segment_manager.domain.column_plan import ColumnPlan, surveys_for
from segment_manager.domain.columns import ColumnReader
from segment_manager.domain.headers import key_rank
from segment_manager.domain.inference import ColumnSurvey
from segment_manager.domain.keys import Uniqueness, content_keys
from segment_manager.domain.mapping import Mapping
from segment_manager.domain.records import RecordType
from segment_manager.domain.stored_values import Stored
from segment_manager.domain.values import Cell
from segment_manager.storage.batches import BadRow, Batch
from segment_manager.storage.tabular import Table

_SURE_AFTER = 20_000
_CELLS = 500_000
_CANDIDATES = 3
KEY_LENGTH = 300


class FileSurvey:
    """What a file holds, found out batch by batch: a survey of each column, and which ones could be the key."""

    def __init__(self, table: Table, record_type: RecordType | None, mapping: Mapping, *, find_key: bool) -> None:
        self.surveys: list[ColumnSurvey | None] = surveys_for(
            table.labels, table.texts_only, table.lists_possible, record_type, mapping
        )
        left_out = {label for label, said in mapping.fields.items() if said is None}
        ranked = sorted(range(len(table.labels)), key=lambda position: key_rank(table.labels[position], position))
        self._uniqueness = {
            position: Uniqueness() for position in ranked if find_key and table.labels[position] not in left_out
        }
        self.rows = 0
        self.bad = 0
        self._width = len(table.labels)
        self._settled: set[ColumnSurvey] = set()
        self._frozen = False

    def freeze(self) -> None:
        """Look on only at columns that are not settled yet: from now on, reading by the plan proves the others."""
        self._frozen = True
        self._settled = {survey for survey in self.surveys if survey is not None and survey.settled}

    def add(self, batch: Batch) -> None:
        """Take the next rows."""
        self.rows += len(batch.lines)
        self.bad += len(batch.bad)
        for survey, cells in zip(self.surveys, batch.columns, strict=True):
            if survey is not None and survey not in self._settled:
                survey.add(cells)
        if self._frozen:
            return
        for position in list(self._uniqueness):
            uniqueness = self._uniqueness[position]
            uniqueness.add(batch.columns[position])
            if not uniqueness.possible:
                del self._uniqueness[position]
        if self.rows > _SURE_AFTER:
            self._uniqueness = dict(list(self._uniqueness.items())[:_CANDIDATES])

    @property
    def likely(self) -> bool:
        """Whether enough was seen for a plan that will probably hold."""
        return self.rows >= _SURE_AFTER or self.rows * self._width >= _CELLS

    def unique(self) -> list[int]:
        """The positions of columns that are unique and filled, and hold texts or whole numbers."""
        plain = {"text", "integer"}
        return [
            position
            for position in self._uniqueness
            if self.rows and ((survey := self.surveys[position]) is None or (survey.kinds or {"text"}) & plain)
        ]


@dataclass(slots=True)
class ReadRows:
    """Good rows of a batch, ready to be stored, and its bad ones. `numbers` count the rows of the file from 0."""

    numbers: Sequence[int]
    lines: Sequence[int]
    keys: Sequence[str]
    values: list[Sequence[Stored]]
    folded: list[Sequence[Stored]]
    bad: list[BadRow]
    done: int


class RowReader:
    """Reads batches by a plan: see ReadRows."""

    def __init__(self, table: Table, plan: ColumnPlan) -> None:
        self._table = table
        self._plan = plan
        self.readers = [ColumnReader(column.field, column.format, blank=table.blank) for column in plan.columns]
        self.empty = 0
        self._number = 0

    def read(self, batch: Batch) -> ReadRows:
        """The rows of the next batch."""
        count = len(batch.lines)
        numbers = range(self._number, self._number + count)
        self._number += count
        self.empty += batch.empty
        return self._convert(batch, numbers)

    def _convert(self, batch: Batch, numbers: range) -> ReadRows:
        reasons: dict[int, tuple[str, str]] = {}
        keys = self._keys(batch, reasons)
        values: list[Sequence[Stored]] = []
        folded: list[Sequence[Stored]] = []
        for column, reader in zip(self._plan.columns, self.readers, strict=True):
            stored, forms, wrong = reader.read(batch.columns[column.position])
            values.append(stored)
            if forms is not None:
                folded.append(forms)
            for row, reason in wrong.items():
                reasons.setdefault(row, (column.label, reason))
        if not reasons:
            return ReadRows(numbers, batch.lines, keys, values, folded, batch.bad, batch.done)
        bad = [
            BadRow(batch.lines[row], label, reason, tuple(cells[row] for cells in batch.columns))
            for row, (label, reason) in reasons.items()
        ]
        good = [row not in reasons for row in range(len(batch.lines))]
        return ReadRows(
            list(compress(numbers, good)),
            list(compress(batch.lines, good)),
            list(compress(keys, good)),
            [list(compress(column, good)) for column in values],
            [list(compress(column, good)) for column in folded],
            sorted([*batch.bad, *bad], key=lambda each: each.line),
            batch.done,
        )

    def _keys(self, batch: Batch, reasons: dict[int, tuple[str, str]]) -> list[str]:
        if self._plan.key is None:
            return content_keys(self._table.labels, batch.columns)
        label = self._table.labels[self._plan.key]
        try:
            keys = list(map(str.strip, batch.columns[self._plan.key]))  # type: ignore[arg-type]
        except TypeError:
            keys = [_key_text(cell) for cell in batch.columns[self._plan.key]]
        if not all(keys) or max(map(len, keys), default=0) > KEY_LENGTH:
            for row, key in enumerate(keys):
                if not key:
                    reasons[row] = (label, "the key is empty")
                elif len(key) > KEY_LENGTH:
                    reasons[row] = (label, f"the key has more than {KEY_LENGTH} characters")
        return keys

    def rows_numbered(self, wanted: Iterator[tuple[int, str]]) -> Iterator[BadRow]:
        """Read the file again for the rows of some numbers, in order, each with the reason why it is bad."""
        nothing = (-1, "")
        number, reason = next(wanted, nothing)
        start = 0
        label = self._table.labels[self._plan.key] if self._plan.key is not None else ""
        for batch in self._table.batches():
            while start <= number < start + len(batch.lines):
                row = number - start
                yield BadRow(batch.lines[row], label, reason, tuple(cells[row] for cells in batch.columns))
                number, reason = next(wanted, nothing)
            if number < 0:
                return
            start += len(batch.lines)


def _key_text(cell: Cell) -> str:
    if isinstance(cell, tuple):
        return "; ".join(cell).strip()
    return cell.strip() if cell else ""
