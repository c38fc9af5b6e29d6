"""What commands print: tables for people, JSON and CSV for programs.

Stands apart because a danger is met here once: terminal control characters in names.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import TextIO

from segment_manager.operations.row_writing import Row, as_json, cell, json_line, write_csv, write_json

__all__ = ["Format", "Row", "as_json", "local", "note", "shown", "tame", "write_one", "write_rows", "write_table"]

_AT_ONCE = 1000


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def shown(value: object) -> str:
    """A value as people read it in a terminal: one line, and no character that could steer the terminal."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ", ".join(shown(item) for item in value)
    return tame(cell(value))


def local(row: Row, zone: tzinfo) -> dict[str, object]:
    """A row with its times in a time zone, as people read them."""
    return {key: value.astimezone(zone) if isinstance(value, datetime) else value for key, value in row.items()}


def tame(text: str) -> str:
    """A text on one line, its control characters made visible."""
    if text.isprintable():
        return text
    line = " ".join(text.split()) if any(character in text for character in "\n\r\t\v\f") else text
    return "".join(
        character if unicodedata.category(character) not in ("Cc", "Cs") else f"\\x{ord(character):02x}"
        for character in line
    )


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def write_table(rows: Iterable[Row], columns: Mapping[str, str], stream: TextIO) -> None:
    """Write rows for people: columns as wide as their widest cell, numbers to the right."""
    kept = list(rows)
    padded = []
    for key, heading in columns.items():
        values = [row.get(key) for row in kept]
        texts = [heading, *(map(str, values) if key == "id" else map(shown, values))]
        widths = list(map(_width, texts))
        widest = max(widths)
        is_number = all(isinstance(value, int | Decimal | None) for value in values)
        blanks = (" " * (widest - width) for width in widths)
        pairs = zip(blanks, texts, strict=True) if is_number else zip(texts, blanks, strict=True)
        padded.append(list(map("".join, pairs)))
    stream.writelines("  ".join(line).rstrip() + "\n" for line in zip(*padded, strict=True))


def write_rows(rows: Iterable[Row], columns: Mapping[str, str], form: Format, stream: TextIO | None = None) -> None:
    """Write rows as a table, a JSON list or CSV. `columns`: key → heading; JSON writes all keys that a row has."""
    stream = stream or sys.stdout
    if form is Format.TABLE:
        write_table(rows, columns, stream)
    elif form is Format.JSON:
        deque(write_json((list(map(json_line, some)) for some in _some(rows)), stream), maxlen=0)
    else:
        batches = ([[row.get(key) for row in some] for key in columns] for some in _some(rows))
        deque(write_csv(list(columns), batches, stream, raw=False), maxlen=0)


def _some(rows: Iterable[Row]) -> Iterator[list[Row]]:
    ahead = iter(rows)
    while some := list(islice(ahead, _AT_ONCE)):
        yield some


def write_one(record: Row, form: Format, sentence: str | Sequence[str] | None = None) -> None:
    """Write one result: JSON object, CSV of one row, or for people the sentence(s), else its parts a line each."""
    if form is Format.JSON:
        print(as_json(dict(record)))
    elif form is Format.CSV:
        write_rows([record], {key: key for key in record}, form)
    elif sentence is not None:
        for line in [sentence] if isinstance(sentence, str) else sentence:
            print(tame(line))
    else:
        width = max((len(key) for key in record), default=0)
        for key, value in record.items():
            print(f"{key.replace('_', ' ').capitalize():<{width}}  {shown(value)}")


def note(text: str) -> None:
    """Tell people something beside the result."""
    print(tame(text), file=sys.stderr)
