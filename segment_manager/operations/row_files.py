"""Files of named columns, for usage and segments: whole lines checked for the columns they need.

Stands apart from record imports, which infer types and stream: here the columns are known and every line is small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segment_manager.domain.changes import Change
from segment_manager.domain.errors import FileUnreadable, ImportRefused
from segment_manager.domain.mapping import Mapping as FileMapping
from segment_manager.domain.values import Cell
from segment_manager.operations.import_report import ImportReport
from segment_manager.storage.batches import BadRow
from segment_manager.storage.rejects import RejectsFile
from segment_manager.storage.tabular import open_table
from segment_manager.storage.usage_rows import Tally


@dataclass(frozen=True, slots=True)
class Row:
    """One line: where it begins, its cells as they came, and its values by column."""

    line: int
    cells: tuple[Cell, ...]
    values: Mapping[str, Cell]

    def text(self, column: str) -> str:
        """The trimmed text of a column; '' where it is empty or not there."""
        value = self.values.get(column)
        if isinstance(value, tuple):
            value = "; ".join(value)
        return "" if value is None else value.strip()


@dataclass(frozen=True, slots=True)
class RowFile:
    """All of a file. `headers`: by the column that is known, what the file calls it."""

    columns: list[str]
    rows: list[Row]
    bad_rows: list[BadRow]
    notes: list[str]
    headers: Mapping[str, str]


def column_name(label: str) -> str:
    """A header as the column it means: 'Asset type' and 'asset-type' are asset_type."""
    return "_".join(label.strip().lower().replace("-", " ").replace("_", " ").split())


def column_names(labels: Sequence[str]) -> Sequence[str | None]:
    """The headers as columns, each by its own name."""
    return [column_name(label) for label in labels]


def read_rows(
    path: Path,
    *,
    needed: Sequence[str],
    known: Sequence[str],
    said: FileMapping | None = None,
    meanings: Callable[[Sequence[str]], Sequence[str | None]] = column_names,
) -> RowFile:
    """All lines of a file by column name. `said`: how the file is to be read; `meanings`: what its headers mean.

    Raises FileUnreadable where it cannot be read or lacks a needed column.
    """
    table = open_table(path, said)
    names = meanings(table.labels)
    missing = [name for name in needed if name not in names]
    if missing:
        raise FileUnreadable(
            f"“{path.name}” has no column {', '.join(missing)}. Its columns should be: {', '.join(known)}."
        )
    rows: list[Row] = []
    bad: list[BadRow] = []
    kept = [(position, name) for position, name in enumerate(names) if name is not None]
    for batch in table.batches():
        bad += batch.bad
        for line, *values in zip(batch.lines, *batch.columns, strict=True):
            cells = tuple(values)
            rows.append(Row(line, cells, {name: cells[position] for position, name in kept}))
    ignored = [label for label, name in zip(table.labels, names, strict=True) if name not in known]
    notes = [*table.notes, *([f"Columns left out: {', '.join(ignored)}."] if ignored else [])]
    headers = {name: table.labels[position] for position, name in kept}
    return RowFile(list(table.labels), rows, bad, notes, headers)


def report_on(
    path: Path, read: int, bad_rows: Sequence[BadRow], columns: Sequence[str], *, skip_bad_rows: bool, dry_run: bool
) -> ImportReport:
    """The report of a file that was read, its bad rows written to a rejects file.

    Raises ImportRefused where there are bad rows and nobody asked to leave them out.
    """
    report = ImportReport(read=read, dry_run=dry_run)
    rejects = RejectsFile(path, columns)
    for bad in bad_rows:
        report.reject(bad)
        rejects.write(bad)
    rejects.close()
    report.rejects_file = rejects.path
    if bad_rows and not skip_bad_rows and not dry_run:
        raise ImportRefused(
            f"Nothing was imported: {report.rejected:,} of {read:,} rows cannot be; the first: {report.first_problem()}"
            f" All are in {report.rejects_file}. Mend them, or import the good rows alone.",
            report,
        )
    return report


def told(report: ImportReport, tally: Tally, change: Change | None) -> ImportReport:
    """The report with what was stored."""
    report.added, report.updated, report.unchanged = tally
    report.change = change
    return report
