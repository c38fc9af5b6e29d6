"""JSON as rows: one object a line, a list of objects, or a document with such a list under “records”.

Stands apart because objects name their cells themselves: the columns are the union of all keys, found in a first pass,
and the file says which values are texts and which are numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from segment_manager.domain.errors import FileUnreadable
from segment_manager.domain.headers import labels
from segment_manager.domain.values import Cell
from segment_manager.storage.batches import MAX_CELL, BadRow, Batch, check_width
from segment_manager.storage.text_files import MAX_LINE, TextBlocks, split_lines

_ROWS = 2_000
_DOCUMENT = re.compile(r'\s*\{\s*(?:"[^"]*"\s*:\s*(?:"[^"]*"|-?[\d.eE+-]+|true|false|null)\s*,\s*)*"records"\s*:\s*\[')
_SPACE = re.compile(r"[\s,]*")
_SKIPPED = frozenset({"attributes"})  # what Salesforce says about an object, not of it


class _Number(str):
    """A JSON number as it is written."""

    __slots__ = ()


_DECODER = json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=lambda _: None)


class JsonTable:
    """A JSON file, opened: see Table in tabular.py. null and '' stay apart; lists are choices; objects within objects
    flatten to 'outer.inner'."""

    blank: str | None = ""
    lists_possible = True
    delimiter: str | None = None

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.encoding: str | None = encoding or _unicode(path)
        first = next(iter(TextBlocks(path, self.encoding)), ("", 0))[0].removeprefix("\ufeff")
        if not first.strip():
            raise FileUnreadable(f"“{path.name}” holds no records: there is nothing to import.")
        self._start = _list_start(first)
        self.notes = ["JSON, one record a line" if self._start is None else "JSON, a list of records"]
        columns: dict[str, int] = {}
        numbers: set[str] = set()
        self._positions = columns
        for record in self._flat_records():
            if isinstance(record[1], dict):
                for name, cell in record[1].items():
                    columns.setdefault(name, len(columns))
                    if type(cell) is _Number:
                        numbers.add(name)
                check_width(path, len(columns))
        if not columns:
            raise FileUnreadable(
                f"“{path.name}” holds no records: JSON objects with the columns as their keys are expected."
            )
        self.labels = labels(list(columns))
        self.texts_only = frozenset(position for name, position in columns.items() if name not in numbers)

    def batches(self) -> Iterator[Batch]:
        """All records, in batches; see Table."""
        rows: list[list[Cell]] = []
        lines: list[int] = []
        bad: list[BadRow] = []
        done = 0
        width = len(self._positions)
        for line, record, done in self._flat_records():
            if isinstance(record, dict):
                row: list[Cell] = [None] * width
                for name, cell in record.items():
                    row[self._positions[name]] = str(cell) if type(cell) is _Number else cell
                rows.append(row)
                lines.append(line)
            else:
                bad.append(record)
            if len(rows) + len(bad) >= _ROWS:
                yield _batch(rows, lines, bad, width, done)
                rows, lines, bad = [], [], []
        if rows or bad:
            yield _batch(rows, lines, bad, width, done)

    def _flat_records(self) -> Iterator[tuple[int, dict[str, Cell] | BadRow, int]]:
        source = self._line_records() if self._start is None else self._list_records(self._start)
        for line, record, done in source:
            if isinstance(record, BadRow):
                yield line, record, done
            elif not isinstance(record, dict):
                yield line, BadRow(line, "", "is not a JSON object", (json.dumps(record)[:1000],)), done
            else:
                flat: dict[str, Cell] = {}
                _flatten(record, "", flat)
                reason = _unfit(flat)
                yield line, BadRow(line, "", reason) if reason else flat, done

    def _line_records(self) -> Iterator[tuple[int, Any, int]]:
        line = 0
        assert self.encoding is not None
        for text, done in TextBlocks(self.path, self.encoding):
            for each in split_lines(text):
                line += 1
                stripped = each.strip().removeprefix("\ufeff")
                if not stripped:
                    continue
                try:
                    yield line, _DECODER.decode(stripped), done
                except (ValueError, RecursionError) as error:
                    yield line, BadRow(line, "", f"is not valid JSON: {_why(error)}", (stripped[:1000],)), done

    def _list_records(self, start: int) -> Iterator[tuple[int, Any, int]]:
        assert self.encoding is not None
        blocks = iter(TextBlocks(self.path, self.encoding))
        text, done = next(blocks)
        text = text.removeprefix("\ufeff")
        line, counted, at = 1, 0, start
        while True:
            match = _SPACE.match(text, at)
            at = match.end() if match else at
            if at < len(text) and text[at] == "]":
                return
            try:
                if at >= len(text):
                    raise ValueError("the list does not end")
                record, end = _DECODER.raw_decode(text, at)
                if end >= len(text):
                    raise ValueError("the list does not end")  # a number cut in two would pass
            except (ValueError, RecursionError) as error:
                more = next(blocks, None)
                if more is None or len(text) - at > MAX_LINE:
                    line += text.count("\n", counted, at)
                    raise FileUnreadable(
                        f"“{self.path.name}” is not valid JSON from line {line} on: {_why(error)}."
                    ) from None
                line += text.count("\n", counted, at)
                text, done = text[at:] + more[0], more[1]
                at = counted = 0
                continue
            line += text.count("\n", counted, at)
            counted = at
            yield line, record, done
            at = end


def _batch(rows: list[list[Cell]], lines: list[int], bad: list[BadRow], width: int, done: int) -> Batch:
    columns: list[tuple[Cell, ...]] = list(zip(*rows, strict=True)) if rows else [()] * width
    return Batch(lines, list(columns), bad, 0, done)


def _unicode(path: Path) -> str:
    with path.open("rb") as file:
        beginning = file.read(4)
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if beginning[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if beginning[:1] == b"\0" else "utf-8-sig"


def _list_start(first: str) -> int | None:
    """Where the list of records begins in a document; None where each line is a record."""
    blanks = len(first) - len(first.lstrip())
    if first[blanks] == "[":
        return blanks + 1
    match = _DOCUMENT.match(first)
    return match.end() if match else None


def _flatten(record: dict[str, Any], prefix: str, flat: dict[str, Cell]) -> None:
    for name, value in record.items():
        if name in _SKIPPED and isinstance(value, dict):
            continue
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            _flatten(value, f"{path}.", flat)
        else:
            flat[path] = _cell(value)


def _cell(value: Any) -> Cell:
    if value is None:
        return None
    if type(value) is _Number:
        return _plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return tuple(_item(item) for item in value if item is not None)
    return str(value)


def _item(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(_cell(value))


def _plain(number: _Number) -> _Number:
    """A number without an exponent; as it is where that would make it absurdly long."""
    if "e" not in number and "E" not in number:
        return number
    try:
        decimal = Decimal(number)
        if abs(decimal.adjusted()) > 30:
            return number
        text = format(decimal, "f")
    except InvalidOperation:
        return number
    return _Number(text.rstrip("0").rstrip(".") if "." in text else text)


def _unfit(flat: dict[str, Cell]) -> str:
    for cell in flat.values():
        for text in cell if isinstance(cell, tuple) else (cell,):
            if text is None or (text.isascii() and "\0" not in text and len(text) <= MAX_CELL):
                continue
            if len(text) > MAX_CELL:
                return f"a value has more than {MAX_CELL:,} characters"
            if "\0" in text:
                return "a value contains a NUL character"
            try:
                text.encode()
            except UnicodeEncodeError:
                return "a value contains a character that cannot be stored (half of a pair)"
    return ""


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error).partition(": line")[0]
