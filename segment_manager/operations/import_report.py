"""What an import tells: its counts, the rows it refused, and the preview shown before it.

Stands apart because the command line prints it as JSON and the window as sentences, without knowing how it came about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from segment_manager.domain.changes import Change
from segment_manager.domain.records import FieldType
from segment_manager.domain.values import shown
from segment_manager.storage.batches import BadRow

SHOWN_BAD_ROWS = 100


@dataclass(slots=True)
class ImportReport:
    """The counts of an import: read = added + updated + unchanged + rejected.

    `bad_rows` are the first hundred, `rejects_file` holds them all. `key` is the column the keys came from. `change` is
    None where the workspace did not change.
    """

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejects_file: Path | None = None
    bad_rows: list[BadRow] = field(default_factory=list)
    key: str = ""
    notes: list[str] = field(default_factory=list)
    change: Change | None = None
    dry_run: bool = False

    def to_dict(self) -> dict[str, object]:
        """The JSON form that scripts rely on, with more beside it."""
        return {
            "read": self.read,
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "rejects_file": str(self.rejects_file) if self.rejects_file else None,
            "bad_rows": [
                {"line": bad.line, "column": bad.column or None, "reason": bad.reason} for bad in self.bad_rows
            ],
            "key": self.key,
            "notes": self.notes,
            "dry_run": self.dry_run,
        }

    def reject(self, bad: BadRow) -> None:
        """Count a row that was refused, and keep it if it is among the first."""
        self.rejected += 1
        if len(self.bad_rows) < SHOWN_BAD_ROWS:
            self.bad_rows.append(bad._replace(cells=()))

    def first_problem(self) -> str:
        """The first bad row as a clause: 'line 3, “Score”: “abc” is no number'."""
        bad = min(self.bad_rows, key=lambda each: each.line)
        where = f"line {bad.line}, “{shown(bad.column)}”" if bad.column else f"line {bad.line}"
        return f"{where}: {bad.reason}"


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """A column of a file as it would be imported. `known`: the record type has the field already; `left_out`: the
    mapping or its emptiness leaves it out."""

    header: str
    name: str
    label: str
    type: FieldType
    choices: tuple[str, ...] = ()
    known: bool = False
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class FilePreview:
    """What the beginning of a file tells. `rows` are the first fifty as texts; `row_estimate` is exact where `complete`
    says that the whole file was looked at; `problems` are the first bad rows."""

    encoding: str | None
    delimiter: str | None
    columns: tuple[PreviewColumn, ...]
    key: str
    rows: tuple[tuple[str, ...], ...]
    row_estimate: int
    complete: bool
    problems: tuple[BadRow, ...]
    notes: tuple[str, ...]
