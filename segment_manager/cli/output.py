"""What commands print: tables for people, JSON and CSV for programs.

Stands apart because three dangers are met here once: terminal control characters in names, formulas in CSV cells, and
exports that others could read.
"""

from __future__ import annotations

import csv
import json
import os
import re
import secrets
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from pathlib import Path
from types import NoneType
from typing import TextIO

from segment_manager.domain.errors import CannotWrite
from segment_manager.domain.spreadsheet_safety import harmless

Row = Mapping[str, object]

_MARK = secrets.token_hex(16)
_AT_ONCE = 1000
_EXACT = re.compile(rf'"{_MARK}(-?[0-9.]+)"')


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def iso(moment: datetime | None) -> str | None:
    """An aware datetime as ISO 8601 in UTC with Z, to the second where it has no fraction."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _plain(value: object) -> object:
    """What JSON has no word for. A decimal is marked, to be written as the exact number."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{_MARK}{value:f}"
    return str(value)


def as_json(value: object, *, indent: int | None = 2) -> str:
    """A value as JSON text; decimals keep all their digits."""
    return _EXACT.sub(r"\1", json.dumps(value, ensure_ascii=False, indent=indent, default=_plain))


def cell(value: object) -> str:
    """A value as one cell of a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return str(_plain(value))
    if isinstance(value, Mapping):
        return as_json(value, indent=None)
    if isinstance(value, list | tuple):
        return "; ".join(cell(item) for item in value)
    return str(value)


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


def _table(rows: Iterable[Row], columns: Mapping[str, str], stream: TextIO) -> None:
    """Columns as wide as their widest cell, numbers to the right."""
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


def _csv(rows: Iterable[Row], columns: Mapping[str, str], stream: TextIO, *, raw: bool) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    keys = list(columns)
    guard = str if raw else harmless
    writer.writerow([guard(key) for key in keys])
    ahead = iter(rows)
    while some := list(islice(ahead, _AT_ONCE)):
        columns_of_some = [_written([row.get(key) for row in some], guard) for key in keys]
        writer.writerows(zip(*columns_of_some, strict=True))


def _written(values: list[object], guard: Callable[[str], str]) -> list[object]:
    """A column as csv.writer shall have it; that one writes None and whole numbers by itself."""
    kinds = set(map(type, values))
    if kinds <= {int, NoneType}:
        return values
    if kinds <= {str, NoneType}:
        return [value and guard(str(value)) for value in values]
    if kinds <= {datetime, NoneType}:
        return [value and _plain(value) for value in values]
    return [cell(value) if isinstance(value, int | float | Decimal) else guard(cell(value)) for value in values]


def _json_line(row: Row, encode: Callable[[Row], bytes]) -> str:
    """A row by msgspec's `encode`, in a tenth of the time of `as_json`, but for what only that one writes as it should
    be: decimals without an exponent, and half a character, as in the name of a damaged file."""
    if Decimal not in map(type, row.values()):
        with suppress(UnicodeEncodeError):
            return encode(row).decode()
    return as_json(dict(row), indent=None)


def _json_list(rows: Iterable[Row], stream: TextIO) -> None:
    """One JSON list, a line a row, written as the rows come; their times are in UTC, as the workspace gives them."""
    import msgspec

    encode = msgspec.json.Encoder(enc_hook=_plain).encode
    separator = "[\n"
    for row in rows:
        stream.write(separator + _json_line(row, encode))
        separator = ",\n"
    stream.write("[]\n" if separator == "[\n" else "\n]\n")


def write_rows(
    rows: Iterable[Row], columns: Mapping[str, str], form: Format, stream: TextIO | None = None, *, raw: bool = False
) -> None:
    """Write rows as a table, a JSON list or CSV. `columns`: key → heading; JSON writes all keys that a row has.

    `raw` leaves CSV cells as they are even where a spreadsheet would take them for formulas.
    """
    stream = stream or sys.stdout
    if form is Format.JSON:
        _json_list(rows, stream)
    elif form is Format.CSV:
        _csv(rows, columns, stream, raw=raw)
    else:
        _table(rows, columns, stream)


def write_one(record: Row, form: Format, sentence: str | Sequence[str] | None = None) -> None:
    """Write one result: JSON object, CSV of one row, or for people the sentence(s), else its parts a line each."""
    if form is Format.JSON:
        print(as_json(dict(record)))
    elif form is Format.CSV:
        _csv([record], {key: key for key in record}, sys.stdout, raw=False)
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
        raise CannotWrite(f"“{target}” cannot be written: {error.strerror or error}.") from error
    finally:
        partial.unlink(missing_ok=True)
