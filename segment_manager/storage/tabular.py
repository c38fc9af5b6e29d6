"""Files of rows and columns (CSV, workbooks, JSON), opened and read alike, batch by batch.

Stands apart so that an import need not know what kind of file it reads. A file is never held whole (but for workbooks,
which have an end), and what cannot be read as rows is said, with its line, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from segment_manager.domain.errors import FileUnreadable
from segment_manager.domain.mapping import Mapping
from segment_manager.storage.batches import Batch

_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive or a workbook"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or encrypted Office document"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"\xfd7zXZ\x00", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"SQLite format 3\x00", "a database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_WORKBOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
_JSON = {".json", ".jsonl", ".ndjson", ".jsonlines"}


class Table(Protocol):
    """An open file of rows.

    `labels`: what the columns are called, unique. `texts_only`: positions of columns that the file itself says are
    texts. `blank`: what an empty text means. `notes`: what was found out, for a person. `size`: its bytes.
    """

    labels: list[str]
    texts_only: frozenset[int]
    blank: str | None
    lists_possible: bool
    encoding: str | None
    delimiter: str | None
    notes: list[str]
    size: int

    def batches(self) -> Iterator[Batch]:
        """All rows below the header, from the start at each call, in batches of some thousand."""


def open_table(path: Path, mapping: Mapping | None = None) -> Table:
    """Open a file of rows by its name's ending and its content.

    Raises FileUnreadable where it is missing, empty, something else, or cannot be read as rows.
    """
    path = Path(path)
    mapping = mapping or Mapping()
    try:
        beginning = _beginning(path)
        ending = path.suffix.lower()
        if ending in _WORKBOOKS:
            from segment_manager.storage.xlsx_reading import XlsxTable

            return XlsxTable(path, mapping.sheet)
        _refuse_others(path, beginning)
        if ending in _JSON:
            from segment_manager.storage.json_reading import JsonTable

            return JsonTable(path, mapping.encoding)
        from segment_manager.storage.csv_reading import CsvTable

        return CsvTable(path, mapping.encoding, mapping.delimiter)
    except OSError as error:
        raise FileUnreadable(f"“{path.name}” cannot be read: {error.strerror or error}.") from error


def _beginning(path: Path) -> bytes:
    if path.is_dir():
        raise FileUnreadable(f"“{path.name}” is a folder, not a file.")
    if not path.exists():
        raise FileUnreadable(f"There is no file {path}. Check the name.")
    if not path.is_file():
        raise FileUnreadable(f"“{path.name}” is no ordinary file.")
    with path.open("rb") as file:
        beginning = file.read(1024)
    if not beginning:
        raise FileUnreadable(f"“{path.name}” is empty: there is nothing to import.")
    return beginning


def _refuse_others(path: Path, beginning: bytes) -> None:
    for signature, what in _SIGNATURES:
        if beginning.startswith(signature):
            hint = " If it is a workbook, give it its ending .xlsx." if what.endswith("workbook") else ""
            raise FileUnreadable(
                f"“{path.name}” is {what}, not a file of rows. Export the rows as CSV, XLSX or JSON lines.{hint}"
            )
    start = beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<head", b"<body", b"<!--")):
        raise FileUnreadable(
            f"“{path.name}” is a web page or XML, not a file of rows: perhaps a saved login or "
            "error page. Export it again."
        )
