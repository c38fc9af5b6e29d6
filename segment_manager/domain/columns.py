"""Whole columns of cells to their stored form, as fast as the interpreter goes.

Stands apart from values.py, whose `parse` it must equal: a column that one regular expression proves to be in the plain
form is converted by C code; any other goes through `parse`, each distinct text once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from segment_manager.domain.records import FOLDED_TYPES, Field, FieldType, fold
from segment_manager.domain.stored_values import EPOCH, MAX_DIGITS, Stored, folded
from segment_manager.domain.values import Cell, Format, parse, parse_stored

_END = "\0"  # cells never hold it: the readers refuse it
_MEMO = 20_000
_MICROSECOND = timedelta(microseconds=1)
_INTEGERS = re.compile(r"(?:(?:-?(?:0|[1-9][0-9]{0,17}))?\0)*+")
_TIMES = re.compile(
    r"(?:(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3}|\.[0-9]{6})?"
    r"(?:Z|[+-][0-9]{2}(?::[0-9]{2})?))?\0)*+"
)


@cache
def _decimals(places: int) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:-?(?:0|[1-9][0-9]{{0,{max(MAX_DIGITS - places - 1, 0)}}})\.[0-9]{{{places}}})?\0)*+")


class ColumnReader:
    """Reads the cells of one column into one field. `blank` is what an empty text means: None, or '' where files tell
    the two apart (JSON). `grown` collects values of a choice field that it did not know, up to `choice_limit`."""

    def __init__(self, field: Field, format: Format, *, blank: str | None, choice_limit: int = 1000) -> None:
        self.field = field
        self.format = format
        self.blank = blank
        self.grown: dict[str, None] = {}
        self._known = set(field.choices)
        self._room = choice_limit - len(field.choices)
        self._memo: dict[Cell, Stored] = {}
        self._forms: dict[Cell, Stored] = {}
        self._reasons: dict[Cell, str] = {}
        self.has_folded = field.type in FOLDED_TYPES

    def read(self, cells: Sequence[Cell]) -> tuple[Sequence[Stored], Sequence[Stored] | None, dict[int, str]]:
        """The stored values, the folded ones (None for types without), and why cells do not fit, by their position.

        What stands at the position of a cell that does not fit has no meaning.
        """
        kind = self.field.type
        texts = (
            self._texts(cells) if kind in (FieldType.TEXT, FieldType.CHOICE) and not self.format.null_words else None
        )
        if texts is not None:
            return *texts, {}
        fast = self._fast(cells)
        if fast is not None:
            return fast, None, {}
        slow = self._slow(cells)
        bad = (
            {row: self._reasons[cell] for row, cell in enumerate(cells) if cell in self._reasons}
            if self._reasons
            else {}
        )
        if kind is FieldType.CHOICE:
            self._grow(set(slow))
        return slow, self._folded(cells, slow) if self.has_folded else None, bad

    def _texts(self, cells: Sequence[Cell]) -> tuple[list[Stored], list[Stored]] | None:
        """Texts and their folded forms; None where other things stand among them."""
        if self.field.type is FieldType.CHOICE and len(self._memo) < _MEMO:
            try:
                return list(map(self._memo.__getitem__, cells)), list(map(self._forms.__getitem__, cells))
            except KeyError:
                pass
        try:
            joined = _END.join(cells)  # type: ignore[arg-type]
        except TypeError:
            return None
        if self.field.type is FieldType.CHOICE:
            self._learn(set(cells))  # type: ignore[arg-type]
        forms = fold(joined).split(_END) if cells else []
        values: list[Stored] = list(cells) if self.blank is not None else [cell or None for cell in cells]  # type: ignore[arg-type,misc]
        return values, _empty_as_none(forms)

    def _learn(self, texts: set[str]) -> None:
        """Remember texts of a choice field with their forms, so that the next cells are looked up."""
        self._grow(set(texts))
        new = texts - self._memo.keys()
        for text, form in zip(new, fold_all(list(new)), strict=True):
            self._memo[text] = self.blank if text == "" else text
            self._forms[text] = form

    def _fast(self, cells: Sequence[Cell]) -> list[Stored] | None:
        """Numbers and times that one expression proves to be in the plain form; None where it does not."""
        pattern = self._plain
        if pattern is None:
            return None
        try:
            joined = _END.join(cells) + _END  # type: ignore[arg-type]
        except TypeError:
            return None
        if not cells or pattern.fullmatch(joined) is None:
            return None
        if self.field.type is FieldType.INTEGER:
            return [int(cell) if cell else None for cell in cells]  # type: ignore[arg-type]
        if self.field.type is FieldType.DECIMAL:
            return [int(digits) if digits else None for digits in joined.replace(".", "").split(_END)[:-1]]
        read = datetime.fromisoformat
        try:
            return [(read(cell) - EPOCH) // _MICROSECOND if cell else None for cell in cells]  # type: ignore[arg-type]
        except (ValueError, OverflowError):
            return None

    @property
    def _plain(self) -> re.Pattern[str] | None:
        kind, places = self.field.type, self.field.places
        if self.format.null_words:  # one of them may look like a value: 999
            return None
        if kind is FieldType.INTEGER:
            return _INTEGERS
        if kind is FieldType.DECIMAL and places and self.format.decimal == ".":
            return _decimals(places)
        return _TIMES if kind is FieldType.DATETIME else None

    def _slow(self, cells: Sequence[Cell]) -> list[Stored]:
        memo = self._memo
        if len(memo) > _MEMO:
            memo.clear()
            self._reasons.clear()
        for cell in set(cells) - memo.keys():
            try:
                memo[cell] = (
                    self.blank if cell == "" and self._keeps_blank else parse_stored(cell, self.field, self.format)
                )
            except ValueError as error:
                memo[cell] = None
                self._reasons[cell] = str(error)
            if self.field.type is FieldType.CHOICES and cell is not None and cell not in self._reasons:
                self._grow(set(parse(cell, self.field, self.format) or ()))  # type: ignore[arg-type]
        return list(map(memo.__getitem__, cells))

    @property
    def _keeps_blank(self) -> bool:
        return self.field.type in (FieldType.TEXT, FieldType.CHOICE) and "" not in self.format.null_words

    def _folded(self, cells: Sequence[Cell], values: list[Stored]) -> list[Stored]:
        if self.field.type is not FieldType.CHOICES:
            return fold_all(values)
        forms: dict[Cell, Stored] = {}
        for cell in set(cells):
            forms[cell] = None if cell in self._reasons else folded(self.field, parse(cell, self.field, self.format))
        return list(map(forms.__getitem__, cells))

    def _grow(self, values: set[Stored]) -> None:
        if self._room <= len(self.grown):
            return
        for value in sorted(str(each) for each in values - self._known if each is not None and str(each).strip()):
            if self._room > len(self.grown):
                self.grown[value] = None
                self._known.add(value)


def fold_all(values: Sequence[Stored]) -> list[Stored]:
    """The folded form of every text, None where it is empty or white space alone. Equals records.fold, in one sweep."""
    texts = [value or "" for value in values]
    return _empty_as_none(fold(_END.join(texts)).split(_END)) if texts else []  # type: ignore[arg-type]


def _empty_as_none(forms: list[str]) -> list[Stored]:
    if any(map(str.isspace, forms)):
        return [form if form and not form.isspace() else None for form in forms]
    return [form or None for form in forms]
