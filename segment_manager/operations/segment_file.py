"""The segments file: definitions as JSON lines or CSV, checked against the workspace and each other.

Stands apart because rules may refer to segments anywhere in the same file, so nothing is judged before all is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from segment_manager.domain.errors import FileUnreadable, InvalidRule, NameInvalid, UnknownRecordType
from segment_manager.domain.records import RecordType
from segment_manager.domain.rule_format import decoded
from segment_manager.domain.rules import Rule, check, check_circle, from_json, segments_used
from segment_manager.domain.segments import Status, clean_name, folded_name
from segment_manager.domain.values import parse_moment
from segment_manager.operations.row_files import Row, column_name, read_rows
from segment_manager.operations.segments import clean_tags
from segment_manager.storage import queries
from segment_manager.storage.batches import BadRow
from segment_manager.storage.segment_rules import RuleOf, SegmentNames, rules_by_name
from segment_manager.storage.workspace import Workspace

COLUMNS = ("record_type", "name", "rule", "description", "tags", "status", "created_on", "activated_on")
_JSON = {".json", ".jsonl", ".ndjson", ".jsonlines"}


@dataclass(frozen=True, slots=True)
class Definition:
    """A segment as a file describes it."""

    line: int
    cells: tuple[str, ...]
    record_type: RecordType
    name: str
    rule: Rule
    description: str
    tags: tuple[str, ...]
    status: Status
    created_at: datetime | None
    activated_at: datetime | None

    @property
    def key(self) -> tuple[int, str]:
        return self.record_type.id, folded_name(self.name)


@dataclass(slots=True)
class SegmentFacts:
    """What a segments file says, and which of its lines are bad."""

    read: int = 0
    columns: list[str] = field(default_factory=lambda: list(COLUMNS))
    definitions: list[Definition] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)


class _BadCell(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def read_segments(workspace: Workspace, path: Path) -> SegmentFacts:
    """Read and check a segments file. Raises FileUnreadable."""
    facts = SegmentFacts()
    rows = _json_rows(path, facts) if path.suffix.lower() in _JSON else _table_rows(path, facts)
    facts.read = len(rows) + len(facts.bad_rows)
    types = {each.name.casefold(): each for each in queries.record_types(workspace)}
    first: dict[tuple[int, str], Definition] = {}
    for row in rows:
        try:
            definition = _definition(row, types, workspace)
            twin = first.setdefault(definition.key, definition)
            if twin is not definition:
                raise _BadCell("name", f"“{definition.name}” stands in line {twin.line} already.")
            facts.definitions.append(definition)
        except _BadCell as bad:
            facts.bad_rows.append(BadRow(row.line, bad.column, bad.reason, row.cells))
    _check_rules(workspace, facts)
    facts.bad_rows.sort(key=lambda bad: (bad.line, bad.column))
    return facts


def _check_rules(workspace: Workspace, facts: SegmentFacts) -> None:
    """Leave out definitions whose rules may not be saved, until those that stay all may."""
    while True:
        names: dict[int, SegmentNames] = {}
        rules: dict[tuple[int, str], Rule] = {each.key: each.rule for each in facts.definitions}
        lookups = {}
        for each in facts.definitions:
            type_id = each.record_type.id
            if type_id not in names:
                names[type_id] = SegmentNames(workspace, type_id)
                lookups[type_id] = rules_by_name(workspace, type_id)
            names[type_id].add(each.key[1])
        kept = []
        for each in facts.definitions:
            type_id = each.record_type.id

            try:
                check(each.rule, each.record_type, names[type_id], own_name=each.name)
                check_circle(each.name, each.rule, _overlaid(rules, lookups[type_id], type_id))
                kept.append(each)
            except InvalidRule as error:
                facts.bad_rows.append(BadRow(each.line, "rule", str(error), each.cells))
        if len(kept) == len(facts.definitions) or not any(segments_used(each.rule) for each in kept):
            facts.definitions = kept
            return
        facts.definitions = kept


def _overlaid(rules: Mapping[tuple[int, str], Rule], stored: RuleOf, type_id: int) -> RuleOf:
    """The rules of the file before those of the workspace."""

    def rule_of(name: str) -> Rule | None:
        mine = rules.get((type_id, folded_name(name)))
        return mine if mine is not None else stored(name)

    return rule_of


def _table_rows(path: Path, facts: SegmentFacts) -> list[Row]:
    table = read_rows(path, needed=("record_type", "name", "rule"), known=COLUMNS)
    facts.columns, facts.bad_rows = table.columns, list(table.bad_rows)
    return table.rows


def _json_rows(path: Path, facts: SegmentFacts) -> list[Row]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise FileUnreadable(f"“{path.name}” cannot be read: {error.strerror}. Check the name.") from error
    except UnicodeDecodeError:
        raise FileUnreadable(f"“{path.name}” is not UTF-8, as JSON lines must be. Save it again as UTF-8.") from None
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = decoded(line)
        except (ValueError, ArithmeticError, RecursionError) as error:
            why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            facts.bad_rows.append(BadRow(number, "", f"This line is not JSON: {why}.", (line,)))
            continue
        if not isinstance(found, Mapping):
            facts.bad_rows.append(BadRow(number, "", "This line is no JSON object.", (line,)))
            continue
        values = {column_name(str(key)): value for key, value in found.items()}
        cells = tuple(_shown(values.get(column)) for column in COLUMNS)
        odd = [name for name in COLUMNS if name not in ("rule", "tags") and not _is_cell(values.get(name))]
        if odd:
            facts.bad_rows.append(BadRow(number, odd[0], "A text is expected here.", cells))
            continue
        texts = {name: str(value) for name, value in values.items() if isinstance(value, int | Decimal)}
        rows.append(Row(number, cells, values | texts))
    if not rows and not facts.bad_rows:
        raise FileUnreadable(f"“{path.name}” is empty: there is nothing to import.")
    return rows


def _is_cell(value: object) -> bool:
    return value is None or (isinstance(value, str | int | Decimal) and not isinstance(value, bool))


def _shown(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _definition(row: Row, types: Mapping[str, RecordType], workspace: Workspace) -> Definition:
    record_type = types.get(row.text("record_type").casefold())
    if record_type is None:
        message = UnknownRecordType(f"There is no record type “{row.text('record_type')}”.")
        raise _BadCell("record_type", str(message))
    try:
        name = clean_name(row.text("name"))
        tags = tuple(clean_tags(_tags(row.values.get("tags"))))
    except NameInvalid as error:
        raise _BadCell("name", str(error)) from None
    said_rule = row.values.get("rule")
    if said_rule is None or said_rule == "":
        raise _BadCell("rule", "The rule is missing.")
    try:
        rule = from_json(said_rule)
    except InvalidRule as error:
        raise _BadCell("rule", str(error)) from None
    said = row.text("status").lower()
    if said not in ("", *Status):
        raise _BadCell("status", f"“{said}” is no status: it is active or inactive.")
    return Definition(
        row.line,
        tuple("" if cell is None else str(cell) for cell in row.cells),
        record_type,
        name,
        rule,
        row.text("description"),
        tags,
        Status(said) if said else Status.INACTIVE,
        _moment(row, "created_on", workspace),
        _moment(row, "activated_on", workspace),
    )


def _tags(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    text = str(value).strip()
    if text.startswith("["):
        try:
            return [str(each) for each in json.loads(text)]
        except ValueError:
            pass
    return text.replace(";", ",").split(",")


def _moment(row: Row, column: str, workspace: Workspace) -> datetime | None:
    text = row.text(column)
    if not text:
        return None
    try:
        found = parse_moment(text, None, workspace.zone)
    except ValueError:
        found = None
    if found is None:
        raise _BadCell(column, f"“{text}” is no date. Write it as YYYY-MM-DD.")
    return found[0].astimezone(UTC)
