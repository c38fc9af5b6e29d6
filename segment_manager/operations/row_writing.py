"""Rows as CSV and as JSON, batch by batch.

Stands apart from export_files.py because commands print rows, too, and import nothing of workspaces for it. Two things
are seen to here once: no cell is a formula, and numbers keep all their digits.
"""

from __future__ import annotations

import csv
import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import TextIO

from segment_manager.domain.spreadsheet_safety import harmless, harmless_all

Row = Mapping[str, object]
Batch = Sequence[Sequence[object]]
"""Some rows: the values of each column."""

_MARK = secrets.token_hex(16)
_EXACT = re.compile(rf'"{_MARK}(-?[0-9.]+)"')


class JsonText(str):
    """A value that is JSON already, as rules are kept: its numbers keep all their digits."""

    __slots__ = ()


# CSV


def write_csv(headings: Sequence[str], batches: Iterable[Batch], stream: TextIO, *, raw: bool) -> Iterator[int]:
    """Write headings, then the batches; gives the number of rows of each."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(headings if raw else harmless_all(headings))
    for batch in batches:
        writer.writerows(zip(*(_cells(column, raw=raw) for column in batch), strict=True))
        yield len(batch[0])


def _cells(values: Sequence[object], *, raw: bool) -> Sequence[object]:
    """A column as csv.writer shall have it, which writes None, whole numbers and texts by itself; by the kinds that are
    in it, because to ask each value takes longer than all the rest."""
    kinds = set(map(type, values)) - {NoneType}
    if kinds <= {int} or kinds == {JsonText}:
        return values
    if kinds == {str}:
        return values if raw else harmless_all(values)  # type: ignore[arg-type]  # None and texts
    if kinds in ({datetime}, {date}, {bool}):  # equal ones are written once; equal decimals may have other digits
        written = {value: cell(value) for value in set(values)}
        return list(map(written.__getitem__, values))
    if kinds == {Decimal}:
        return [None if value is None else f"{value:f}" for value in values]
    if kinds == {tuple}:
        lists = [cell(value) if value else "" for value in values]
        return lists if raw else harmless_all(lists)
    guard = str if raw else harmless
    return [cell(value) if isinstance(value, int | float | Decimal) else guard(cell(value)) for value in values]


def cell(value: object) -> str:
    """A value as one cell of a CSV file."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return str(plain(value))
    if isinstance(value, Mapping):
        return as_json(value, indent=None)
    if isinstance(value, list | tuple):
        return "; ".join(cell(item) for item in value)
    return str(value)


# JSON


def iso(moment: datetime | None) -> str | None:
    """An aware datetime as ISO 8601 in UTC with Z, to the second where it has no fraction."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def plain(value: object) -> object:
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
    return _EXACT.sub(r"\1", json.dumps(value, ensure_ascii=False, indent=indent, default=plain))


def write_json(batches: Iterable[list[str]], stream: TextIO) -> Iterator[int]:
    """Write rows, each of them JSON already, as one list, a line a row; gives the number of rows of each batch."""
    separator = "[\n"
    for rows in batches:
        if rows:
            stream.write(separator + ",\n".join(rows))
            separator = ",\n"
        yield len(rows)
    stream.write("[]\n" if separator == "[\n" else "\n]\n")


def json_line(row: Row) -> str:
    """A row as JSON. msgspec makes it in a tenth of the time of `as_json`, but for what only that one writes as it
    should be: decimals without an exponent, and half a character, as in the name of a damaged file. Times are in UTC,
    as the workspace gives them."""
    if Decimal not in map(type, row.values()):
        with suppress(UnicodeEncodeError):
            return _encoder()(row).decode()
    return as_json(dict(row), indent=None)


@cache
def _encoder() -> Callable[[Row], bytes]:
    import msgspec

    return msgspec.json.Encoder(enc_hook=plain).encode


def json_rows(columns: Sequence[str], batch: Batch) -> list[str]:
    """The rows of a batch, each as JSON; what is JSON already stays as it is."""
    import msgspec

    def ready(values: Sequence[object]) -> Sequence[object]:
        if {JsonText, Decimal}.isdisjoint(map(type, values)):
            return values
        return [
            msgspec.Raw(f"{each:f}".encode() if isinstance(each, Decimal) else each.encode())
            if isinstance(each, Decimal | JsonText)
            else each
            for each in values
        ]

    encode = _encoder()
    try:
        return [
            encode(dict(zip(columns, values, strict=True))).decode() for values in zip(*map(ready, batch), strict=True)
        ]
    except UnicodeEncodeError:  # half a character somewhere
        return [
            as_json({key: json.loads(each) if isinstance(each, JsonText) else each
                     for key, each in zip(columns, values, strict=True)}, indent=None)
            for values in zip(*batch, strict=True)
        ]  # fmt: skip
