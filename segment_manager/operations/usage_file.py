"""The usage file: its lines checked against the workspace and each other, before anything is stored.

Stands apart because one line is a reference while the state belongs to the asset: lines that disagree about an asset
are all bad, so that their order never matters.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from segment_manager.domain.errors import UnknownRecordType, UnknownSegment
from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.domain.values import parse_moment
from segment_manager.operations.row_files import Row, read_rows
from segment_manager.storage import queries
from segment_manager.storage.batches import BadRow
from segment_manager.storage.usage_rows import AssetFact, ReferenceFact
from segment_manager.storage.workspace import Workspace

COLUMNS = ("asset_type", "asset_id", "asset_name", "state", "record_type", "segment", "started_on", "ended_on")
_STATE_WORDS = {
    "running": AssetState.LIVE,
    "active": AssetState.LIVE,
    "completed": AssetState.ENDED,
    "stopped": AssetState.ENDED,
}


@dataclass(slots=True)
class UsageFacts:
    """What a usage file says, and which of its lines are bad. `read` counts the lines."""

    read: int = 0
    columns: list[str] = field(default_factory=list)
    assets: list[AssetFact] = field(default_factory=list)
    references: list[ReferenceFact] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _BadCell(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def read_usage(workspace: Workspace, path: Path) -> UsageFacts:
    """Read and check a usage file. Raises FileUnreadable, also where a needed column is missing."""
    table = read_rows(path, needed=("asset_type", "asset_id", "state"), known=COLUMNS)
    facts = UsageFacts(read=len(table.rows) + len(table.bad_rows), columns=table.columns, bad_rows=list(table.bad_rows))
    facts.notes = table.notes
    resolve = _Segments(workspace)
    assets: dict[tuple[str, str], dict[AssetFact, list[Row]]] = defaultdict(dict)
    references: dict[tuple[str, str, int], dict[ReferenceFact, list[Row]]] = defaultdict(dict)
    for row in table.rows:
        try:
            asset = _asset(row)
            reference = _reference(row, asset, resolve, workspace)
        except _BadCell as bad:
            facts.bad_rows.append(BadRow(row.line, bad.column, bad.reason, row.cells))
            continue
        assets[str(asset.asset_type), asset.asset_id].setdefault(asset, []).append(row)
        if reference is not None:
            key = (str(asset.asset_type), asset.asset_id, reference.segment_id)
            references[key].setdefault(reference, []).append(row)
    _settle(facts, assets, references)
    facts.bad_rows.sort(key=lambda bad: (bad.line, bad.column))
    return facts


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
        lines = ", ".join(str(rows[0].line) for rows in dates.values())
        for rows in dates.values():
            facts.bad_rows += [
                BadRow(row.line, "started_on", f"Lines {lines} give different dates for the same use.", row.cells)
                for row in rows
            ]


def _asset(row: Row) -> AssetFact:
    kind = row.text("asset_type").lower().replace("_", " ").replace("-", " ")
    if kind not in set(AssetType):
        raise _BadCell("asset_type", f"“{kind}” is no asset type. There are: {', '.join(AssetType)}.")
    asset_id = row.text("asset_id")
    if not asset_id:
        raise _BadCell("asset_id", "The asset has no id.")
    said = row.text("state").lower()
    if said not in set(AssetState) and said not in _STATE_WORDS:
        raise _BadCell("state", f"“{said}” is no state. There are: {', '.join(AssetState)}.")
    state = _STATE_WORDS.get(said) or AssetState(said)
    return AssetFact(AssetType(kind), asset_id, row.text("asset_name") or asset_id, state)


def _reference(row: Row, asset: AssetFact, resolve: _Segments, workspace: Workspace) -> ReferenceFact | None:
    name = row.text("segment")
    if not name:
        return None
    segment_id = resolve(row.text("record_type"), name)
    started, ended = _day(row, "started_on", workspace), _day(row, "ended_on", workspace)
    if started and ended and ended < started:
        raise _BadCell("ended_on", f"It ends on {ended}, before it starts on {started}.")
    return ReferenceFact(asset.asset_type, asset.asset_id, segment_id, started, ended)


def _day(row: Row, column: str, workspace: Workspace) -> str | None:
    text = row.text(column)
    if not text:
        return None
    try:
        found = parse_moment(text, None, workspace.zone)
    except ValueError:
        found = None
    if found is None:
        raise _BadCell(column, f"“{text}” is no date. Write it as YYYY-MM-DD.")
    moment, has_time = found[0], found[1]
    return (moment.astimezone(workspace.zone) if has_time else moment).date().isoformat()


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
