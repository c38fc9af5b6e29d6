"""A workspace of demonstration data, with a year of history in which everything the program can show has happened.

Stands apart because it uses the other operations as a team would have: day after day, under a clock that stands in the
past. Records are real public data (resources/demo/LICENSES.md); days in the files there count from the day of making.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from segment_manager.domain.mapping import Mapping as ImportMapping
from segment_manager.domain.plans import Action
from segment_manager.domain.rule_format import from_json
from segment_manager.operations.computation import compute
from segment_manager.operations.history import forget
from segment_manager.operations.imports import import_records
from segment_manager.operations.jobs import finish
from segment_manager.operations.segment_import import import_segments
from segment_manager.operations.segments import carry_out, edit, plan
from segment_manager.operations.usage import import_usage, scan
from segment_manager.paths import resource
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace

DAYS = (-420, -300, -240, -180, -130, -94, -60, -48, -43, -20, -7, 0)
"""The days on which something happens; what lies between two of them in a file happens on the later one."""


class Delivery(NamedTuple):
    """A file of records that arrives on a day: its rows between two shares of the whole."""

    day: int
    record_type: str
    file: str
    begin: float = 0
    end: float = 1


DELIVERIES = (
    Delivery(-420, "Account", "accounts.csv"),
    Delivery(-420, "Contact", "contacts.jsonl"),
    Delivery(-420, "Opportunity", "opportunities.csv"),
    Delivery(-420, "Lead", "leads.csv", 0, 0.6),
    Delivery(-240, "Contact", "customers.jsonl"),
    Delivery(-130, "Lead", "leads.csv", 0.6, 0.85),
    Delivery(-20, "Lead", "leads.csv", 0.85, 1),
)


class Deed(NamedTuple):
    """What a person does on a day, with some segments of a record type."""

    day: int
    action: Action
    record_type: str
    names: tuple[str, ...]


DEEDS = (
    Deed(-420, Action.KEEP_ACTIVE, "Lead", ("In default",)),
    Deed(-420, Action.KEEP_ACTIVE, "Contact", ("Sample contacts",)),
    Deed(-240, Action.KEEP_ACTIVE, "Account", ("Matching gift employers",)),
    Deed(-60, Action.DEACTIVATE, "Lead", ("Singles with a personal loan",)),
    Deed(-60, Action.DEACTIVATE, "Contact", ("People at Orange Tree Imports",)),
    Deed(-43, Action.DEACTIVATE, "Opportunity", ("Cloud Kicks deals",)),
    Deed(-20, Action.DEACTIVATE, "Account", ("Never gave",)),
    Deed(-20, Action.DEACTIVATE, "Lead", ("All leads", "Earlier campaign: failure", "Loan but no overdraft")),
    Deed(-7, Action.DEACTIVATE, "Contact", ("Reachable, work address preferred",)),
    Deed(-7, Action.CLONE, "Lead", ("Safe to call",)),
)
STRICTER = (-94, "Lead", "Called too often", '{"field": "calls", "op": "greater_than", "value": 8}')
"""The one rule that is changed in the course of the year: day, record type, segment, new rule."""


def make_demo(path: Path, *, login: str | None = None, now: datetime | None = None) -> None:
    """Make the workspace `path`, as if its history had ended at `now` (aware).

    Raises WorkspaceExists where there is a file. Whatever goes wrong later leaves none behind.
    """
    calendar = _Calendar(now or datetime.now(UTC))
    workspace = Workspace.create(path, login=login, clock=calendar, name="Demonstration")
    try:
        with TemporaryDirectory(prefix="segments-demo-") as folder:
            _Story(workspace, calendar, Path(folder)).tell()
        forget(workspace)  # nobody who looks at it did any of this
    except BaseException:
        workspace.close()
        for leftover in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            leftover.unlink(missing_ok=True)
        raise
    workspace.close()


class _Calendar:
    """A clock that is turned to one day of the story after the other, and a minute on with each event of a day.

    `end`: the moment that the last event of the last day must not pass; every day begins half an hour before.
    """

    def __init__(self, end: datetime) -> None:
        self.last = end - timedelta(minutes=30)
        self.moment = self.last + timedelta(days=DAYS[0])

    def __call__(self) -> datetime:
        return self.moment

    def turn_to(self, day: int) -> None:
        self.moment = self.last + timedelta(days=day)

    def pass_a_minute(self) -> None:
        self.moment += timedelta(minutes=1)


class _Story:
    """What happens in the workspace, day by day. Files with real dates are written to `folder`."""

    def __init__(self, workspace: Workspace, calendar: _Calendar, folder: Path) -> None:
        self.workspace = workspace
        self.calendar = calendar
        self.folder = folder
        self.segments = _lines("segments.jsonl")
        self.assets = _lines("assets.jsonl")
        self.known_references: set[str] = set()

    def tell(self) -> None:
        """Live through all days."""
        for before, day in zip((DAYS[0] - 1, *DAYS), DAYS, strict=False):
            self.calendar.turn_to(day)
            self._records(day)
            self._new_segments(before, day)
            self._usage(day)
            self._deeds(day)
            finish(compute(self.workspace, cause="after a change"))
            self.calendar.pass_a_minute()
            scan(self.workspace)

    def _records(self, day: int) -> None:
        for delivery in DELIVERIES:
            if delivery.day == day:
                mapping = ImportMapping.from_json(_text(f"{Path(delivery.file).stem}.mapping.json"))
                finish(import_records(self.workspace, self._part(delivery), delivery.record_type, mapping=mapping))
                self.calendar.pass_a_minute()

    def _part(self, delivery: Delivery) -> Path:
        lines = _text(delivery.file).splitlines(keepends=True)
        header = [] if delivery.file.endswith(".jsonl") else [lines.pop(0)]
        rows = lines[int(delivery.begin * len(lines)) : int(delivery.end * len(lines))]
        return self._written(delivery.file, [*header, *rows])

    def _new_segments(self, before: int, day: int) -> None:
        arriving = [
            {key: self._date(value) if key.endswith("_on") else value for key, value in segment.items()}
            for segment in self.segments
            if before < segment["created_on"] <= day
        ]
        if arriving:
            finish(import_segments(self.workspace, self._written("segments.jsonl", _as_lines(arriving))))
            self.calendar.pass_a_minute()

    def _usage(self, day: int) -> None:
        created = {
            (segment["record_type"], segment["name"]): segment["created_on"]
            for segment in self.segments
            if segment["created_on"] <= day
        }
        references = _as_lines(self._references(day, created))
        news = [line for line in references if line not in self.known_references]
        if news:
            self.known_references.update(news)
            finish(import_usage(self.workspace, self._written("usage.jsonl", news)))
            self.calendar.pass_a_minute()

    def _references(self, day: int, created: Mapping[tuple[str, str], int]) -> Iterator[dict[str, object]]:
        """The lines of a usage file, as an export of that day would hold them."""
        for asset in self.assets:
            reached = [(since, state) for since, state in asset["states"] if since <= day]
            if not reached:
                continue
            since, state = reached[-1]
            started = asset.get("starts", asset["states"][0][0])
            ended = since if state == "ended" else asset.get("ends")
            for record_type, names in asset["segments"].items():
                for name in names:
                    if (record_type, name) in created:
                        yield {
                            **{key: asset[key] for key in ("asset_type", "asset_id", "asset_name")},
                            "state": state,
                            "record_type": record_type,
                            "segment": name,
                            "started_on": self._date(max(started, created[record_type, name])),
                            "ended_on": None if ended is None else self._date(ended),
                        }

    def _deeds(self, day: int) -> None:
        for deed in DEEDS:
            if deed.day == day:
                ids = queries.segment_ids(self.workspace, deed.record_type, deed.names)
                carry_out(self.workspace, plan(self.workspace, deed.action, ids, anyway=True))
                self.calendar.pass_a_minute()
        changed_on, record_type, name, rule = STRICTER
        if day == changed_on:
            [segment_id] = queries.segment_ids(self.workspace, record_type, [name])
            edit(self.workspace, segment_id, rule=from_json(rule))
            self.calendar.pass_a_minute()

    def _date(self, day: int) -> str:
        moment = self.calendar.last + timedelta(days=day)
        local: date = moment.astimezone(self.workspace.zone).date()
        return local.isoformat()

    def _written(self, name: str, lines: Sequence[str]) -> Path:
        path = self.folder / name
        path.write_text("".join(lines), encoding="utf-8", newline="")
        return path


def _text(name: str) -> str:
    return resource(f"demo/{name}").read_text(encoding="utf-8")


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _text(name).splitlines()]


def _as_lines(values: Iterable[Mapping[str, object]]) -> list[str]:
    return [json.dumps(value, ensure_ascii=False) + "\n" for value in values]
