"""Files that leave the program: CSV or JSON, whole or not at all, for their owner alone.

Stands apart because window and command line write the same, and two dangers are met here once: files that others could
read, and half a file where there was a whole one.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TextIO

from segment_manager.domain.changes import Progress
from segment_manager.domain.errors import CannotWrite
from segment_manager.operations.exports import Export
from segment_manager.operations.jobs import Job
from segment_manager.operations.row_writing import json_rows, write_csv, write_json
from segment_manager.storage.workspace import Workspace

Writer = Callable[[Export, TextIO], Iterator[int]]
"""Writes an export batch by batch; gives the number of rows of each."""


def write_file(workspace: Workspace, export: Export, target: Path, writer: Writer) -> Job[int]:
    """Write an export to a file; a job that gives the number of rows, and leaves no file where it is cancelled.

    Raises CannotWrite.
    """
    number = 0
    path = workspace.path
    with closing(export.batches), private_file(target, [path, Path(f"{path}-wal"), Path(f"{path}-shm")]) as stream:
        for written in writer(export, stream):
            number += written
            yield Progress(number, export.total, f"Exporting to {target.name}")
    return number


def by_name(target: Path) -> Writer:
    """The writer for a file of this name: JSON for .json, else CSV."""
    return as_json if is_json(target) else as_csv


def is_json(target: Path) -> bool:
    """Whether a file is to be JSON, by its name."""
    return target.suffix.lower() == ".json"


def as_csv(export: Export, stream: TextIO, *, raw: bool = False) -> Iterator[int]:
    """Write CSV. `raw` leaves cells as they are even where a spreadsheet would take them for formulas."""
    return write_csv(export.columns, export.batches, stream, raw=raw)


def as_json(export: Export, stream: TextIO) -> Iterator[int]:
    """Write a JSON list, a line a row."""
    return write_json((json_rows(export.columns, batch) for batch in export.batches), stream)


@contextmanager
def private_file(target: Path, never: Sequence[Path] = ()) -> Iterator[TextIO]:
    """A text file that only its owner may read; it stands there whole at the end, or not at all.

    `never`: files that must not be replaced. Raises CannotWrite.
    """
    if any(each.exists() and target.exists() and each.samefile(target) for each in never):
        raise CannotWrite(f"“{target}” is the workspace itself. Choose another file.")
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        if target.is_dir():
            raise CannotWrite(f"“{target}” is a folder. Name a file.")
        if target.exists() and not target.is_file():  # a pipe or a device cannot be replaced
            with target.open("w", encoding="utf-8", newline="") as stream:
                yield stream
            return
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="", errors="backslashreplace") as stream:
            yield stream
        partial.replace(target)
    except OSError as error:
        raise CannotWrite(f"“{target}” cannot be written: {error.strerror or error}. Choose another place.") from error
    finally:
        partial.unlink(missing_ok=True)
