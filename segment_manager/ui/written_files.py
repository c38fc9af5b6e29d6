"""Files that leave the program by the window: CSV or JSON, row by row.

Stands apart because three things are seen to here once: a file is there whole or not at all, it is for its owner alone,
and no cell of it is a formula.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Generator, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from segment_manager.domain.changes import Progress
from segment_manager.domain.errors import CannotWrite
from segment_manager.domain.spreadsheet_safety import harmless
from segment_manager.operations.jobs import Job

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

Row = dict[str, object]

_TELL_EVERY = 500


def write_rows(workspace: Workspace, rows: Iterable[Row], target: Path) -> Job[int]:
    """Write the rows to a new file beside the target, then put it in its place; a job that gives their number.

    The form follows the name: .json or CSV. Raises CannotWrite.
    """
    fresh = target.with_name(f"{target.name}.part")
    never = {workspace.path.resolve(), Path(f"{workspace.path}-wal").resolve(), Path(f"{workspace.path}-shm").resolve()}
    if target.resolve() in never:
        raise CannotWrite("This is the workspace itself. Choose another file.")
    number = 0
    try:
        descriptor = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            put = _json_lines(stream) if target.suffix.lower() == ".json" else _csv_lines(stream)
            next(put)
            for row in rows:
                put.send(row)
                number += 1
                if number % _TELL_EVERY == 0:
                    yield Progress(number, None, f"Exporting to {target.name}")
            put.close()
        fresh.replace(target)
    except OSError as error:
        raise CannotWrite(f"“{target.name}” cannot be written: {error.strerror}. Choose another place.") from error
    finally:
        fresh.unlink(missing_ok=True)
    return number


def _csv_lines(stream: TextIO) -> Generator[None, Row, None]:
    writer = csv.writer(stream)
    first = True
    while True:
        row = yield
        if first:
            writer.writerow(row)
            first = False
        writer.writerow(cell_text(value) for value in row.values())


def _json_lines(stream: TextIO) -> Generator[None, Row, None]:
    between = "[\n"
    try:
        while True:
            row = yield
            stream.write(between + json.dumps(row, ensure_ascii=False, default=_plain))
            between = ",\n"
    finally:
        stream.write("\n]\n" if between == ",\n" else "[]\n")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value) if value != value.to_integral_value() else int(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return list(value) if isinstance(value, Iterable) else str(value)


def cell_text(value: object) -> object:
    """A value as a CSV cell: a text that a spreadsheet would take for a formula gets a quote in front."""
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        simple = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
        return cell_text("; ".join(value)) if simple else json.dumps(value, ensure_ascii=False, default=_plain)
    return value.isoformat() if isinstance(value, date | datetime) else value
