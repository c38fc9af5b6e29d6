"""CSV as it comes: delimiter and header found out, bad lines reported by their number, nothing swallowed or shifted.

Stands apart from tabular.py because CSV alone can be broken in so many ways. Python's csv module in strict mode parses;
here are the lines around it: where rows begin, what to do after an error, and a faster way where no quotes stand.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

from segment_manager.domain.errors import FileUnreadable
from segment_manager.domain.headers import labels
from segment_manager.domain.mapping import DELIMITERS
from segment_manager.domain.values import Cell
from segment_manager.storage.batches import MAX_CELL, BadRow, Batch, check_width
from segment_manager.storage.csv_sniffing import check_header, sniff_delimiter
from segment_manager.storage.text_files import TextBlocks, find_encoding, split_lines


class CsvTable:
    """A CSV file, opened: see Table in tabular.py."""

    texts_only: frozenset[int] = frozenset()
    blank: str | None = None
    lists_possible = False

    def __init__(self, path: Path, encoding: str | None = None, delimiter: str | None = None) -> None:
        csv.field_size_limit(MAX_CELL)
        self.path = path
        self.size = path.stat().st_size
        self.encoding: str | None
        self.encoding, note = find_encoding(path, encoding)
        self._blocks = TextBlocks(path, self.encoding)
        first = next(iter(self._blocks), ("", 0))[0].removeprefix("\ufeff")
        if not first.strip("\r\n\t ,;|"):
            raise FileUnreadable(f"“{path.name}” holds no rows: there is nothing to import.")
        self.delimiter: str | None = delimiter or sniff_delimiter(path, first)
        self.notes = [note, f"columns separated by {DELIMITERS[self.delimiter]}"]
        header, self._header_lines = self._read_header(first)
        check_width(path, len(header))
        check_header(path, header, first, self.delimiter)
        self.labels = labels(header)
        self._width = len(header)
        self._nul = False  # whether the rows at hand may hold a NUL character

    def _read_header(self, first: str) -> tuple[list[str], int]:
        reader = csv.reader(iter(split_lines(first)), delimiter=self._delimiter, strict=True)
        try:
            for row in reader:
                if any(cell.strip() for cell in row):
                    return row, reader.line_num
        except csv.Error as error:
            raise FileUnreadable(
                f"The header of “{self.path.name}” (line {reader.line_num}) cannot be read: {_reason(error)}."
            ) from None
        raise FileUnreadable(f"“{self.path.name}” holds no rows: there is nothing to import.")

    @property
    def _delimiter(self) -> str:
        assert self.delimiter is not None
        return self.delimiter

    def batches(self) -> Iterator[Batch]:
        """All rows below the header; see Table."""
        line = 1
        skip = self._header_lines
        carried: list[str] = []
        done = 0
        for text, done in self._blocks:
            if not carried and not skip and (batch := self._plain(text, line, done)):
                line += len(batch.lines)
                yield batch
                continue
            self._nul = "\0" in text or (self._nul and bool(carried))
            lines = split_lines(text.removeprefix("\ufeff") if line == 1 else text)
            if skip:
                skipped = min(skip, len(lines))
                skip -= skipped
                line += skipped
                lines = lines[skipped:]
            lines = carried + lines
            batch, carried = self._parse(lines, line, final=False)
            line += len(lines) - len(carried)
            batch.done = done
            yield batch
        if carried:
            batch, _ = self._parse(carried, line, final=True)
            batch.done = done
            yield batch

    def _plain(self, text: str, line: int, done: int) -> Batch | None:
        """The batch of a block without quotes, bare CR, NUL, blank or ragged lines; None where it has any of them."""
        if '"' in text or "\0" in text or len(text) > MAX_CELL:
            return None
        if "\r" in text:
            text = text.replace("\r\n", "\n")
            if "\r" in text:
                return None
        body = text.removesuffix("\n")
        rows = body.split("\n")
        delimiter = self._delimiter
        if set(map(str.count, rows, repeat(delimiter))) != {self._width - 1}:
            return None
        if "" in rows or delimiter * (self._width - 1) in rows:
            return None
        flat = body.replace("\n", delimiter).split(delimiter)
        columns: list[tuple[Cell, ...] | list[str]] = [flat[start :: self._width] for start in range(self._width)]
        return Batch(range(line, line + len(rows)), list(columns), done=done)

    def _parse(self, lines: list[str], line: int, *, final: bool) -> tuple[Batch, list[str]]:
        """The rows of some lines, and those last lines that may be the beginning of a row still open."""
        rows: list[list[str]] = []
        starts: list[int] = []
        bad: list[BadRow] = []
        at = 0
        while at < len(lines):
            reader = csv.reader(iter(lines[at:] if at else lines), delimiter=self._delimiter, strict=True)
            found: list[list[str]] = []
            failed: csv.Error | None = None
            try:
                found.extend(reader)  # keeps what came before an error
            except csv.Error as error:
                failed = error
            begins = _begins(found, at, reader.line_num if failed is None else None)
            rows += found
            starts += begins[:-1]
            if failed is None:
                break
            start, end = begins[-1], at + reader.line_num
            if not final and "unexpected end" in str(failed):
                lines_left = lines[start:]
                return self._sorted(rows, starts, bad, line), lines_left
            bad.append(self._failed(failed, lines, start, end, line))
            at = start + 1
        return self._sorted(rows, starts, bad, line), []

    def _failed(self, error: csv.Error, lines: list[str], start: int, end: int, line: int) -> BadRow:
        text = lines[start].rstrip("\r\n")[:MAX_CELL]
        if end - start > 1 or "unexpected end" in str(error):
            reason = f"a quote opens on line {line + start} and is not closed properly"
        else:
            reason = _reason(error)
        return BadRow(line + start, "", reason, (text,))

    def _sorted(self, rows: list[list[str]], starts: list[int], bad: list[BadRow], line: int) -> Batch:
        """Whole rows as columns, ragged ones among the bad, blank ones left out."""
        width = self._width
        empty = 0
        if set(map(len, rows)) - {width} or [""] * width in rows or self._nul:
            kept: list[list[str]] = []
            kept_starts: list[int] = []
            for row, start in zip(rows, starts, strict=True):
                if not any(row):
                    empty += bool(row)
                elif reason := self._reason_against(row):
                    bad.append(BadRow(line + start, "", reason, tuple(row)))
                else:
                    kept.append(row)
                    kept_starts.append(start)
            rows, starts = kept, kept_starts
        bad.sort()
        columns: list[tuple[Cell, ...]] = list(zip(*rows, strict=True)) if rows else [()] * width
        return Batch([line + start for start in starts], list(columns), bad, empty)

    def _reason_against(self, row: list[str]) -> str:
        if any("\0" in cell for cell in row):
            return "the row contains a NUL character"
        if len(row) == self._width:
            return ""
        if len(row) == 1 and row[0].count(self._delimiter) == self._width - 1:
            return "the whole row stands inside one pair of quotes"
        cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
        return f"{cells} instead of {self._width}"


def _begins(rows: list[list[str]], at: int, consumed: int | None) -> list[int]:
    """The line (from 0) on which each row begins, and the line after the last. Each line end in a cell adds a line."""
    if consumed == len(rows):
        return list(range(at, at + len(rows) + 1))
    begins = [at]
    for row in rows:
        at += 1
        for cell in row:
            if "\n" in cell or "\r" in cell:
                at += cell.count("\n") + cell.count("\r") - cell.count("\r\n")
        begins.append(at)
    return begins


def _reason(error: csv.Error) -> str:
    text = str(error)
    if "field larger" in text:
        return f"a cell has more than {MAX_CELL:,} characters"
    if "expected after" in text:
        return "a quote inside a quoted cell is not doubled"
    if "unexpected end" in text:
        return "a quote is not closed"
    return text
