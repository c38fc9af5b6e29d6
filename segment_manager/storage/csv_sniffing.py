"""What separates the columns of a CSV file, and whether its first row is a header at all.

Stands apart from the reading because these are judgements over the first lines; where they cannot be made with good
reason, the file is refused with a sentence rather than read wrongly.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

from segment_manager.domain.errors import FileUnreadable
from segment_manager.domain.mapping import DELIMITERS
from segment_manager.storage.text_files import split_lines

_LOOKED_AT = 200
_ENOUGH = 0.6
_VALUE = re.compile(
    r"-?\d+(?:[.,]\d+)*|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ][\d:.]+Z?)?"
    r"|[^@\s]+@[^@\s]+\.\w+|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    re.IGNORECASE,
)


def _sample(text: str, delimiter: str) -> list[list[str]]:
    """The first rows; a row that quoting spoils ends the sample."""
    lines = split_lines(text[: 1 << 17])
    reader = csv.reader(iter(lines), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) > _LOOKED_AT:
                break
        else:
            if len(rows) > 2:
                rows.pop()  # may be cut
    except csv.Error:
        pass
    return rows


def sniff_delimiter(path: Path, text: str) -> str:
    """The delimiter with which the most of the first rows, quoted parts heeded, have as many cells as the header.

    Raises FileUnreadable where title lines stand above the header, or whole rows stand inside quotes.
    """
    best: tuple[float, int, str] | None = None
    samples = {delimiter: _sample(text, delimiter) for delimiter in DELIMITERS}
    for delimiter, rows in samples.items():
        width = len(rows[0]) if rows else 0
        if width < 2:
            continue
        share = sum(len(row) == width for row in rows) / len(rows)
        if best is None or (share, width) > best[:2]:
            best = (share, width, delimiter)
    if best is not None and (best[0] >= 0.3 or len(samples[best[2]]) <= 10):
        return best[2]
    for rows in samples.values():
        _refuse_titles(path, rows)
        _refuse_quoted_rows(path, rows)
    return best[2] if best else ","


def _refuse_titles(path: Path, rows: list[list[str]]) -> None:
    widths = Counter(len(row) for row in rows)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    said = sum(bool(cell.strip()) for cell in rows[0]) if rows else 0
    if (
        width >= 2
        and len(rows) >= 3
        and count >= _ENOUGH * len(rows)
        and len(rows[0]) != width
        and said <= max(1, width // 3)
    ):
        raise FileUnreadable(
            f"The first line of “{path.name}” is not the header: the rows below have {width} columns, it has "
            f"{said}. Delete the lines above the header."
        )


def _refuse_quoted_rows(path: Path, rows: list[list[str]]) -> None:
    for delimiter in DELIMITERS:
        expected = rows[0][0].count(delimiter) if rows and len(rows[0]) == 1 else 0
        alike = sum(len(row) == 1 and row[0].count(delimiter) == expected for row in rows)
        if expected and len(rows) >= 2 and alike >= _ENOUGH * len(rows):
            raise FileUnreadable(
                f"In “{path.name}” each row stands as a whole inside quotes, so it has one column only. "
                "Export it again with quotes around cells, not around rows."
            )


def check_header(path: Path, header: list[str], text: str, delimiter: str) -> None:
    """Raises FileUnreadable where the first row is data, a title, or all there is."""
    rows = _sample(text, delimiter)
    _refuse_titles(path, rows)
    _refuse_quoted_rows(path, rows)
    named = [cell.strip() for cell in header if cell.strip()]
    values = sum(_VALUE.fullmatch(cell) is not None for cell in named)
    if values * 2 > len(named):
        raise FileUnreadable(
            f"“{path.name}” has no header: its first row holds values ({', '.join(named[:3])}). "
            "Add a first line with the names of the columns."
        )
