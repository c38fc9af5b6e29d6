"""The usage file: its lines checked against the workspace and each other, before anything is stored.

Stands apart because one line is a reference while the state belongs to the asset: lines that disagree about an asset
are all bad, so that their order never matters.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from segment_manager.domain.errors import FileUnreadable, UnknownRecordType, UnknownSegment
from segment_manager.domain.inference import ColumnSurvey
from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.domain.usage_mapping import UsageMapping
from segment_manager.domain.usage_words import MEANINGS, NEEDED, Columns, columns_of
from segment_manager.domain.values import NULL_WORDS, Cell, parse_moment
from segment_manager.operations.row_files import Row, read_rows
from segment_manager.storage import queries
from segment_manager.storage.batches import BadRow
from segment_manager.storage.usage_rows import AssetFact, ReferenceFact
from segment_manager.storage.workspace import Workspace

DATES = ("started_on", "ended_on")


@dataclass(slots=True)
class UsageFacts:
    """What a usage file says, and which of its lines are bad. `read` counts the lines.

    `only`: the one asset type that the file tells of; `in_bad_rows`: assets (type, id) that bad lines name.
    """

    read: int = 0
    columns: list[str] = field(default_factory=list)
    assets: list[AssetFact] = field(default_factory=list)
    references: list[ReferenceFact] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    only: AssetType | None = None
    in_bad_rows: set[tuple[str, str]] = field(default_factory=set)


class _BadCell(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def read_usage(workspace: Workspace, path: Path, mapping: UsageMapping | None = None) -> UsageFacts:
    """Read and check a usage file; what `mapping` does not say is found out.

    Raises FileUnreadable, also where a needed column is missing, and InvalidMapping.
    """
    mapping = mapping or UsageMapping()
    columns = Columns((), None)

    def meanings(labels: Sequence[str]) -> Sequence[str | None]:
        nonlocal columns
        columns = columns_of(labels, mapping.fields, mapping.asset_type)
        if missing := lacking(columns):
            raise FileUnreadable(
                f"“{path.name}” has no column {', '.join(missing)}. Its columns should be: {', '.join(MEANINGS)}."
                " Where it calls them otherwise, a mapping can say which is which."
            )
        return columns.meanings

    table = read_rows(path, needed=(), known=MEANINGS, said=mapping.file, meanings=meanings)
    facts = UsageFacts(len(table.rows) + len(table.bad_rows), table.columns, bad_rows=list(table.bad_rows))
    lines = _Lines(workspace, mapping, columns.asset_type, _date_orders(table.rows, mapping))
    assets: dict[tuple[str, str], dict[AssetFact, list[Row]]] = defaultdict(dict)
    references: dict[tuple[str, str, int], dict[ReferenceFact, list[Row]]] = defaultdict(dict)
    for row in table.rows:
        try:
            asset = lines.asset(row)
            reference = lines.reference(row, asset) if asset is not None else None
        except _BadCell as bad:
            facts.bad_rows.append(BadRow(row.line, bad.column, bad.reason, row.cells))
            facts.in_bad_rows.add(lines.named(row))
            continue
        if asset is None:
            continue
        assets[str(asset.asset_type), asset.asset_id].setdefault(asset, []).append(row)
        if reference is not None:
            key = (str(asset.asset_type), asset.asset_id, reference.segment_id)
            references[key].setdefault(reference, []).append(row)
    _settle(facts, assets, references)
    facts.bad_rows = [bad._replace(column=table.headers.get(bad.column, bad.column)) for bad in facts.bad_rows]
    facts.bad_rows.sort(key=lambda bad: (bad.line, bad.column))
    facts.only = columns.asset_type
    facts.notes = [*table.notes, *_notes(columns, lines.left_out)]
    return facts


def lacking(columns: Columns) -> list[str]:
    """The needed meanings that no column has."""
    there = {*columns.meanings, *(["asset_type"] if columns.asset_type else [])}
    return [meaning for meaning in NEEDED if meaning not in there]


def date_orders(surveys: Mapping[str, ColumnSurvey], said: str | None) -> dict[str, str | None]:
    """The order of dates in each column: what was said, else what it proves, else what the other column proves."""
    orders = {name: survey.writing(decimal=None, dates=said, style=None)[1] for name, survey in surveys.items()}
    proved = {order for order in orders.values() if order is not None}
    other = proved.pop() if len(proved) == 1 else None
    return {name: order or other for name, order in orders.items()}


def _date_orders(rows: Sequence[Row], mapping: UsageMapping) -> dict[str, str | None]:
    surveys = {}
    for name in DATES:
        surveys[name] = ColumnSurvey(mapping.file.null_words, thorough=True)
        cells: list[Cell] = [row.text(name) for row in rows]
        surveys[name].add(cells)
    return date_orders(surveys, mapping.file.dates)


def _notes(columns: Columns, left_out: Mapping[str, int]) -> list[str]:
    notes = [f"Every line is taken for a {columns.asset_type}."] if columns.asset_type else []
    for word, count in left_out.items():
        lines = "1 line" if count == 1 else f"{count:,} lines"
        notes.append(f"Left out: {lines} with the asset type “{word}”.")
    return notes


def _settle(
    facts: UsageFacts,
    assets: dict[tuple[str, str], dict[AssetFact, list[Row]]],
    references: dict[tuple[str, str, int], dict[ReferenceFact, list[Row]]],
) -> None:
    """Keep what all lines agree on; where they disagree every one of them is bad, whatever their order."""
    split: set[tuple[str, str]] = set()
    for key, versions in assets.items():
        if len(versions) == 1:
            facts.assets.append(next(iter(versions)))
            continue
        split.add(key)
        facts.in_bad_rows.add(key)
        column = "state" if len({version.state for version in versions}) > 1 else "asset_name"
        said = " and ".join(
            f"“{version.state if column == 'state' else version.name}” in line {rows[0].line}"
            for version, rows in versions.items()
        )
        for rows in versions.values():
            facts.bad_rows += [
                BadRow(row.line, column, f"The lines disagree about {key[0]} “{key[1]}”: {said}.", row.cells)
                for row in rows
            ]
    for (kind, asset_id, _), dates in references.items():
        if (kind, asset_id) in split:
            continue
        if len(dates) == 1:
            facts.references.append(next(iter(dates)))
            continue
        facts.in_bad_rows.add((kind, asset_id))
        lines = ", ".join(str(rows[0].line) for rows in dates.values())
        for rows in dates.values():
            facts.bad_rows += [
                BadRow(row.line, "started_on", f"Lines {lines} give different dates for the same use.", row.cells)
                for row in rows
            ]


class _Lines:
    """What single lines say, read by a mapping."""

    def __init__(
        self,
        workspace: Workspace,
        mapping: UsageMapping,
        asset_type: AssetType | None,
        orders: Mapping[str, str | None],
    ) -> None:
        self._zone = workspace.zone
        self._mapping, self._asset_type, self._orders = mapping, asset_type, orders
        self._nothing = frozenset(word.strip() for word in mapping.file.null_words)
        self._segments = _Segments(workspace)
        self._types: dict[str, AssetType | None] = {}
        self._states: dict[str, AssetState | None] = {}
        self._days: dict[tuple[str, str], str | None] = {}
        self.left_out: Counter[str] = Counter()

    def asset(self, row: Row) -> AssetFact | None:
        """The asset of a line; None where the mapping leaves its type out."""
        said = self._text(row, "asset_type")
        kind = self._asset_type or self._type(said)
        if kind is None and self._mapping.leaves_out(said):
            self.left_out[said] += 1
            return None
        if kind is None and not said:
            raise _BadCell("asset_type", "The asset has no type.")
        if kind is None:
            raise _BadCell("asset_type", f"“{said}” is no asset type. There are: {', '.join(AssetType)}.")
        asset_id = self._text(row, "asset_id")
        if not asset_id:
            raise _BadCell("asset_id", "The asset has no id.")
        word = self._text(row, "state")
        if word not in self._states:
            self._states[word] = self._mapping.state_of(word)
        state = self._states[word]
        if state is None:
            raise _BadCell("state", f"“{word}” is no state. There are: {', '.join(AssetState)}.")
        return AssetFact(kind, asset_id, self._text(row, "asset_name") or asset_id, state)

    def named(self, row: Row) -> tuple[str, str]:
        """The type and id that a line gives, as far as they can be read."""
        said = self._text(row, "asset_type")
        return str(self._asset_type or self._type(said) or said), self._text(row, "asset_id")

    def reference(self, row: Row, asset: AssetFact) -> ReferenceFact | None:
        """The use that a line tells of; None where it names no segment."""
        name = self._text(row, "segment")
        if not name:
            return None
        segment_id = self._segments(self._text(row, "record_type"), name)
        started, ended = self._day(row, "started_on"), self._day(row, "ended_on")
        if started and ended and ended < started:
            raise _BadCell("ended_on", f"It ends on {ended}, before it starts on {started}.")
        return ReferenceFact(asset.asset_type, asset.asset_id, segment_id, started, ended)

    def _type(self, word: str) -> AssetType | None:
        if word not in self._types:
            self._types[word] = self._mapping.asset_type_of(word)
        return self._types[word]

    def _text(self, row: Row, column: str) -> str:
        text = row.text(column)
        return "" if text in self._nothing else text

    def _day(self, row: Row, column: str) -> str | None:
        text = self._text(row, column)
        if (column, text) not in self._days:
            self._days[column, text] = self._read_day(column, text)
        return self._days[column, text]

    def _read_day(self, column: str, text: str) -> str | None:
        if not text or text.casefold() in NULL_WORDS:
            return None
        try:
            found = parse_moment(text, self._orders.get(column), self._zone)
        except ValueError as error:
            raise _BadCell(column, f"{error}.") from None
        if found is None:
            raise _BadCell(column, f"“{text}” is no date. Write it as YYYY-MM-DD.")
        moment, has_time = found[0], found[1]
        return (moment.astimezone(self._zone) if has_time else moment).date().isoformat()


class _Segments:
    """Segments by record type and name, each looked up once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[tuple[str, str], int | str] = {}

    def __call__(self, record_type: str, name: str) -> int:
        key = (record_type, name)
        if key not in self._known:
            try:
                self._known[key] = queries.segment_ids(self._workspace, record_type or None, [name])[0]
            except (UnknownSegment, UnknownRecordType) as error:
                self._known[key] = str(error)
        found = self._known[key]
        if isinstance(found, str):
            raise _BadCell("segment", found)
        return found
