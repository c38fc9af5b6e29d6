"""Workbooks as rows: one sheet, its first row with content being the header.

Stands apart because workbooks are read by calamine, whole sheets at once, and because Excel's numbers are binary floats
shown with 15 digits: 274.65999999999997 means 274.66.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from segment_manager.domain.errors import FileUnreadable
from segment_manager.domain.headers import labels
from segment_manager.domain.values import Cell
from segment_manager.storage.batches import MAX_CELL, BadRow, Batch, check_width

_ROWS = 2_000
_MAX_UNPACKED = 2 << 30


class _Rounded(str):
    """A large number as a workbook holds it: its last digits are lost."""

    __slots__ = ()


class XlsxTable:
    """One sheet of a workbook, opened: see Table in tabular.py."""

    blank: str | None = None
    lists_possible = False
    encoding: str | None = None
    delimiter: str | None = None

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        self.path = path
        self.size = path.stat().st_size
        workbook = _open(path)
        if not workbook.sheet_names:
            raise FileUnreadable(f"“{path.name}” has no sheet with rows.")
        name = sheet or workbook.sheet_names[0]
        if name not in workbook.sheet_names:
            raise FileUnreadable(f"“{path.name}” has no sheet “{name}”. There are: {', '.join(workbook.sheet_names)}.")
        try:
            self._sheet = workbook.get_sheet_by_name(name)
            header_row = self._header_row()
        except Exception as error:
            if isinstance(error, FileUnreadable):
                raise
            raise FileUnreadable(f"The sheet “{name}” of “{path.name}” cannot be read: {error}.") from error
        self._header_at = header_row
        self.notes = [f"sheet “{name}”"]
        if len(workbook.sheet_names) > 1:
            others = ", ".join(f"“{each}”" for each in workbook.sheet_names if each != name)
            self.notes.append(f"other sheets left out: {others}")
        header = [_cell(value) for value in next(self._rows(header_row))]
        used = [position for position, cell in enumerate(header) if cell]
        self._width = max(self._data_width(), used[-1] + 1)
        header += [None] * (self._width - len(header))
        check_width(path, self._width)
        self.labels = labels([cell if isinstance(cell, str) else None for cell in header[: self._width]])
        self.texts_only = self._texts_only()

    def _header_row(self) -> int:
        for number, row in enumerate(self._rows(0)):
            if any(_cell(value) for value in row):
                filled = sum(_cell(value) is not None for value in row)
                following = next((r for r in self._rows(number + 1) if any(_cell(value) for value in r)), None)
                if filled == 1 and following is not None and sum(_cell(value) is not None for value in following) > 2:
                    raise FileUnreadable(
                        f"The first row of “{self.path.name}” is a title, not the header. "
                        "Delete the rows above the header."
                    )
                return number
        raise FileUnreadable(f"“{self.path.name}” holds no rows: there is nothing to import.")

    def _rows(self, start: int) -> Iterator[Sequence[Any]]:
        for number, row in enumerate(self._sheet.iter_rows()):
            if number >= start:
                yield row

    def _data_width(self) -> int:
        width = 0
        for row in self._rows(self._header_at):
            while len(row) > width and any(value != "" for value in row[width:]):
                width += 1
        return width

    def _texts_only(self) -> frozenset[int]:
        numbers: set[int] = set()
        for row in self._rows(self._header_at + 1):
            numbers.update(
                position
                for position, value in enumerate(row[: self._width])
                if isinstance(value, int | float) and position not in numbers
            )
        return frozenset(range(self._width)) - numbers

    def batches(self) -> Iterator[Batch]:
        """All rows below the header, in batches; see Table. Lines are the rows of the sheet."""
        width = self._width
        total = max(self._sheet.total_height, 1)
        rows: list[list[Cell]] = []
        lines: list[int] = []
        bad: list[BadRow] = []
        empty = 0
        line = self._header_at + 1
        for raw in self._rows(self._header_at + 1):
            line += 1
            row: list[Cell] = [_cell(value) for value in raw[:width]]
            row += [None] * (width - len(row))
            if not any(row):
                empty += 1
            elif reason := _unfit(row):
                bad.append(BadRow(line, "", reason, tuple(row)))
            else:
                rows.append(row)
                lines.append(line)
            if len(rows) + len(bad) >= _ROWS:
                yield _batch(rows, lines, bad, empty, width, self.size * line // total)
                rows, lines, bad, empty = [], [], [], 0
        yield _batch(rows, lines, bad, empty, width, self.size)


def _open(path: Path) -> Any:
    import python_calamine

    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > _MAX_UNPACKED:
                raise FileUnreadable(f"“{path.name}” would unpack to {unpacked >> 20:,} MB. Export its rows as CSV.")
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError:
        raise FileUnreadable(f"“{path.name}” is protected by a password. Save it without one.") from None
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError) as error:
        reason = f"“{path.name}” cannot be read as a workbook: it is encrypted, damaged or something else ({error})."
        raise FileUnreadable(f"{reason} Save it again as XLSX without a password, or as CSV.") from None


def _batch(rows: list[list[Cell]], lines: list[int], bad: list[BadRow], empty: int, width: int, done: int) -> Batch:
    columns: list[tuple[Cell, ...]] = list(zip(*rows, strict=True)) if rows else [()] * width
    return Batch(lines, list(columns), bad, empty, done)


def _cell(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # Past 15 digits Excel itself shows zeros; whole numbers that a float holds exactly stay as they are.
        if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        text = format(Decimal(f"{value:.15g}"), "f")
        return text if abs(value) < 10**15 or float(text) == value else _Rounded(text)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _unfit(row: list[Cell]) -> str:
    for cell in row:
        if type(cell) is _Rounded:
            return (
                f"a number (about {cell}) has more than 15 digits, which a workbook does not keep exactly: "
                "format the column as text, or import CSV"
            )
        if isinstance(cell, str) and (len(cell) > MAX_CELL or "\0" in cell):
            return "a NUL character" if "\0" in cell else f"a cell has more than {MAX_CELL:,} characters"
    return ""
