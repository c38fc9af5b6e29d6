"""What a usage file holds before it is imported: its columns and what they mean, its words and which of them are known.

Stands apart from usage_file.py, which needs a workspace and judges every line; here nothing is refused yet.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

from segment_manager.domain.inference import ColumnSurvey
from segment_manager.domain.usage import AssetType
from segment_manager.domain.usage_mapping import UsageMapping
from segment_manager.domain.usage_words import Columns, columns_of
from segment_manager.domain.values import Cell
from segment_manager.operations.usage_file import DATES, date_orders, lacking
from segment_manager.storage.batches import BadRow
from segment_manager.storage.tabular import open_table

PREVIEW_ROWS = 50
LOOKED_AT = 200_000
WORDS = 200


@dataclass(frozen=True, slots=True)
class UsageColumn:
    """A column of the file. `meaning`: one of MEANINGS, None where it is left out."""

    header: str
    meaning: str | None


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word that the file has for a state or an asset type, on so many lines. `ours` is None where it is not known, or
    where `left_out` says that its lines are left out."""

    meaning: str
    word: str
    lines: int
    ours: StrEnum | None
    left_out: bool = False

    @property
    def known(self) -> bool:
        return self.ours is not None or self.left_out


@dataclass(frozen=True, slots=True)
class UsagePreview:
    """What a usage file tells. `lacking`: needed meanings that no column has; `words`: the unknown ones first;
    `dates`: the order its dates prove, None where they prove none; `ambiguous`: whether its dates need one."""

    encoding: str | None
    delimiter: str | None
    columns: tuple[UsageColumn, ...]
    asset_type: AssetType | None
    rows: tuple[tuple[str, ...], ...]
    row_count: int
    complete: bool
    lacking: tuple[str, ...]
    words: tuple[FoundWord, ...]
    dates: str | None
    ambiguous: bool
    problems: tuple[BadRow, ...]
    notes: tuple[str, ...]


def preview_usage(path: Path, mapping: UsageMapping | None = None) -> UsagePreview:
    """Look at a usage file, as far as a person can wait for it. Raises FileUnreadable and InvalidMapping."""
    mapping = mapping or UsageMapping()
    table = open_table(Path(path), mapping.file)
    columns = columns_of(table.labels, mapping.fields, mapping.asset_type)
    places = {name: place for place, name in enumerate(columns.meanings) if name is not None}
    surveys = {name: ColumnSurvey(mapping.file.null_words, thorough=True) for name in DATES if name in places}
    words: dict[str, Counter[str]] = {name: Counter() for name in ("asset_type", "state") if name in places}
    rows: list[tuple[str, ...]] = []
    problems: list[BadRow] = []
    count = 0
    complete = True
    for batch in table.batches():
        if count >= LOOKED_AT:
            complete = False
            break
        count += len(batch.lines) + len(batch.bad)
        problems += batch.bad[: PREVIEW_ROWS - len(problems)]
        if len(rows) < PREVIEW_ROWS:
            rows += [tuple(map(_text, row)) for row in islice(zip(*batch.columns, strict=True), PREVIEW_ROWS)]
        for name, survey in surveys.items():
            survey.add(batch.columns[places[name]])
        for name, seen in words.items():
            seen.update(_text(cell).strip() for cell in batch.columns[places[name]])
    orders = date_orders(surveys, mapping.file.dates)
    found = {order for order in orders.values() if order is not None}
    return UsagePreview(
        table.encoding,
        table.delimiter,
        tuple(UsageColumn(label, name) for label, name in zip(table.labels, columns.meanings, strict=True)),
        columns.asset_type,
        tuple(rows[:PREVIEW_ROWS]),
        count,
        complete,
        tuple(lacking(columns)),
        _words(words, mapping, columns),
        found.pop() if len(found) == 1 else None,
        any("ordered" in survey.kinds and orders[name] is None for name, survey in surveys.items()),
        tuple(problems),
        tuple(table.notes),
    )


def _words(seen: dict[str, Counter[str]], mapping: UsageMapping, columns: Columns) -> tuple[FoundWord, ...]:
    """The words that have a meaning of their own or need one, the unknown ones first, then the frequent ones."""
    nothing = {"", *(word.strip() for word in mapping.file.null_words)}
    found = []
    for name, counted in seen.items():
        if name == "asset_type" and columns.asset_type is not None:
            continue
        for word, lines in counted.items():
            if word in nothing:
                continue
            if name == "state":
                found.append(FoundWord(name, word, lines, mapping.state_of(word)))
            else:
                ours = mapping.asset_type_of(word)
                left_out = ours is None and mapping.leaves_out(word)
                found.append(FoundWord(name, word, lines, ours, left_out))
    found.sort(key=lambda each: (each.known, each.meaning, -each.lines, each.word))
    return tuple(found[:WORDS])


def _text(cell: Cell) -> str:
    return "; ".join(cell) if isinstance(cell, tuple) else cell or ""
