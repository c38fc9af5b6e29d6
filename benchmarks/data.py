"""Makes workspaces and files of any size in seconds, by bulk statements on the real schema.

Stands apart because building through the operations would take longer than what is measured; the tables, triggers and
tallies are those of the program, since all is written inside a change of the workspace.
"""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, repeat
from pathlib import Path

from segment_manager.domain.records import FOLDED_TYPES, Field, FieldType, RecordType, column, folded_column
from segment_manager.domain.rules import Rule, from_json
from segment_manager.domain.segments import Reason
from segment_manager.operations.settings import change_setting
from segment_manager.storage import queries
from segment_manager.storage.change import OpenChange
from segment_manager.storage.record_tables import ensure_fields, next_change_number, table_name
from segment_manager.storage.states import STATES
from segment_manager.storage.times import stamp
from segment_manager.storage.workspace import Workspace

TYPE = "Lead"
NOW = datetime.now(UTC).replace(microsecond=0)
OLD = stamp(NOW - timedelta(days=400))
MOODS = ("Dormant", "Loyal", "New", "Lost", "Warm", "Undecided", "Former", "Curious", "Ärgerliche", "Regional")
WHO = ("leads", "customers", "trials", "partners", "buyers", "visitors", "subscribers", "resellers")
CITIES = (
    "Lisbon", "Berlin", "Porto", "Zürich", "Oslo", "Kraków", "Lyon", "Ghent", "Turin", "Graz", "Malmö", "Cork",
    "Seville", "Leeds", "Basel", "Aarhus", "Tartu", "Split", "Brno", "Bilbao",
)  # fmt: skip
INDUSTRIES = ("retail", "banking", "health", "energy", "travel", "media", "food", "law")
COUNTRIES = ("PT", "DE", "CH", "NO", "PL", "FR", "BE", "IT", "AT", "SE", "IE", "ES")
WORDS = ("renewal", "discount", "webinar", "callback", "pilot", "contract", "invoice", "upgrade", "demo", "budget")
RECORD_FIELDS = (
    Field("city", "City", FieldType.TEXT),
    Field("email", "E-mail", FieldType.TEXT),
    Field("notes", "Notes", FieldType.TEXT),
    Field("industry", "Industry", FieldType.CHOICE, INDUSTRIES),
    Field("country", "Country", FieldType.CHOICE, COUNTRIES),
    Field("revenue", "Revenue", FieldType.DECIMAL, places=2),
    Field("employees", "Employees", FieldType.INTEGER),
    Field("score", "Score", FieldType.INTEGER),
    Field("visits", "Visits", FieldType.INTEGER),
    Field("signed_up", "Signed up", FieldType.DATE),
    Field("opted_in", "Opted in", FieldType.BOOLEAN),
)
"""Eleven fields; with the key, twelve columns."""

RULES: dict[int, str] = {
    1: '{"field": "score", "op": "at_least", "value": 700}',
    3: json.dumps(
        {
            "all": [
                {"field": "country", "op": "in", "value": ["DE", "FR", "PL", "IT"]},
                {"field": "employees", "op": "greater_than", "value": 200},
                {"field": "opted_in", "op": "is_true"},
            ]
        }
    ),
    8: json.dumps(
        {
            "any": [
                {
                    "all": [
                        {"field": "city", "op": "equals", "value": "zürich"},
                        {"field": "revenue", "op": "between", "value": [1000, 60000]},
                        {"field": "signed_up", "op": "on_or_after", "value": "2024-03-01"},
                    ]
                },
                {
                    "all": [
                        {"field": "notes", "op": "contains", "value": "renewal"},
                        {"field": "email", "op": "starts_with", "value": "a"},
                        {"field": "industry", "op": "equals", "value": "retail"},
                        {"field": "visits", "op": "less_than", "value": 30},
                        {"field": "score", "op": "greater_than", "value": 100},
                    ]
                },
            ]
        }
    ),
}
"""Rules by their number of conditions."""

BY_HAND: dict[int, str] = {
    1: "f_score >= 700",
    3: "c_country IN ('de', 'fr', 'pl', 'it') AND f_employees > 200 AND f_opted_in = 1",
    8: "(c_city = 'zürich' AND f_revenue BETWEEN 100000 AND 6000000 AND f_signed_up >= '2024-03-01')"
    " OR (instr(c_notes, 'renewal') > 0 AND substr(c_email, 1, 1) = 'a' AND c_industry = 'retail'"
    " AND f_visits < 30 AND f_score > 100)",
}
"""The same as a person would write them in SQL."""


def rule(conditions: int) -> Rule:
    """The rule of so many conditions."""
    return from_json(RULES[conditions])


def create(path: Path) -> Workspace:
    """An empty workspace, in which nothing is marked unused by itself."""
    workspace = Workspace.create(path, login="ada")
    change_setting(workspace, "auto_scan", False)
    return workspace


def opened(path: Path) -> Workspace:
    """A workspace that was made here."""
    return Workspace.open(path, login="ada")


def opened_plainly(path: Path) -> Workspace:
    """The same for the naive way and the limit: SQLite writes its log into the file as it comes, within a commit."""
    workspace = opened(path)
    workspace.connection.wal_autocheckpoint(1000)
    return workspace


def copied(path: Path, name: str) -> Path:
    """A copy of a closed workspace, in place of a former one of this name."""
    target = path.with_name(f"{path.name}-{name}")
    for part in ("", "-wal", "-shm"):
        Path(f"{target}{part}").unlink(missing_ok=True)
    shutil.copyfile(path, target)
    return target


# --- segments ---------------------------------------------------------------------------------------------------------


def with_segments(path: Path, number: int, references: int = 10) -> Path:
    """A workspace with so many segments, each used by so many assets; made where it is not there. One in five is
    Inactive; of the Active ones, about one in three is unused."""
    if path.exists():
        return path
    partial = path.with_name(path.name + "-partial")
    workspace = create(partial)
    with workspace.change("make") as change:
        connection = change.connection
        connection.executemany(
            "INSERT INTO segment (id, record_type_id, name, name_folded, description, rule, created_at, created_by,"
            " modified_at) VALUES (?, 1, ?, ?, ?, ?, ?, 'ada', ?)",
            _segments(number),
        )
        connection.executemany(
            "INSERT INTO segment_state (segment_id, state, since, activated_at) VALUES (?, ?, ?, ?)", _states(number)
        )
        connection.execute("INSERT INTO segment_result (segment_id) SELECT id FROM segment")
        connection.execute(
            "INSERT INTO segment_tag SELECT id, 'vip' FROM segment WHERE id % 4 = 0"
            " UNION ALL SELECT id, 'emea' FROM segment WHERE id % 6 = 0"
        )
        if references:
            _use(change, number, references)
    workspace.close()
    partial.rename(path)
    return path


def _segments(number: int) -> Iterator[tuple[object, ...]]:
    for place, segment_id in enumerate(_shuffled(number)):
        name = f"{MOODS[place % 10]} {WHO[place % 8]} {CITIES[place % 19]} {place:07}"
        about = f"Made for the {WORDS[place % 10]} of {WORDS[place % 7]}s in {CITIES[place % 20]}."
        modified = f"2025-{place % 12 + 1:02}-{place % 28 + 1:02}T08:00:00.000000Z"
        yield segment_id, name, name.casefold(), about, RULES[1], OLD, modified


def _states(number: int) -> Iterator[tuple[object, ...]]:
    for place, segment_id in enumerate(_shuffled(number)):
        yield segment_id, STATES[None if place % 5 else Reason.DEACTIVATED], OLD, OLD


def _shuffled(number: int) -> list[int]:
    """The ids by name: names come in another order than ids, as in real life."""
    order = list(range(1, number + 1))
    random.Random(7).shuffle(order)
    return order


def _use(change: OpenChange, number: int, references: int) -> None:
    """Every third segment is used by what ended long ago alone."""
    connection = change.connection
    states = ("live", "ended", "paused", "scheduled", "draft", "ended")
    kinds = ("sequence", "campaign", "journey", "message", "report", "sequence")
    assets = max(60, number // 120 * 6)
    connection.executemany(
        "INSERT INTO asset (id, asset_type, asset_id, name, state) VALUES (?, ?, ?, ?, ?)",
        ((each + 1, kinds[each % 6], f"a{each}", f"Asset {each}", states[each % 6]) for each in range(assets)),
    )
    connection.execute(
        "WITH RECURSIVE place(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM place WHERE n + 1 < :references)"
        " INSERT OR IGNORE INTO reference (asset_id, segment_id, started_on, ended_on)"
        " SELECT CASE WHEN segment.id % 3 = 0 THEN ((segment.id + n * 7919) * 6 + 1) % :assets + 1"
        "  ELSE (segment.id * 31 + n * 7919) % :assets + 1 END, segment.id, '2024-01-01',"
        " CASE WHEN n % 2 OR segment.id % 3 = 0 THEN '2024-06-30' END FROM segment, place",
        {"references": references, "assets": assets},
    )


# --- records ----------------------------------------------------------------------------------------------------------


def with_records(path: Path, number: int) -> Path:
    """A workspace with so many records of RECORD_FIELDS; made where it is not there."""
    if path.exists():
        return path
    partial = path.with_name(path.name + "-partial")
    workspace = create(partial)
    with workspace.change("make") as change:
        of_type = queries.record_type(workspace, TYPE)
        ensure_fields(change, of_type, RECORD_FIELDS)
        changed = next_change_number(change, of_type.id)
        columns = ["key", *map(column, RECORD_FIELDS)]
        columns += [folded_column(each) for each in RECORD_FIELDS if each.type in FOLDED_TYPES]
        marks = ", ".join("?" * len(columns))
        change.connection.executemany(
            f"INSERT INTO {table_name(of_type.id)} (changed, {', '.join(columns)}) VALUES ({changed}, {marks})",
            ((*row, *map(str.casefold, row[1:6])) for row in _records(number)),
        )
    workspace.close()
    partial.rename(path)
    return path


def _records(number: int) -> Iterator[tuple[str, str, str, str, str, str, int, int, int, int, str, int]]:
    """Stored values in the order of RECORD_FIELDS after the key."""
    chance = random.Random(number)
    days = [(date(2022, 1, 1) + timedelta(days=each)).isoformat() for each in range(1400)]
    notes = [f"{one} asked about {two} and {three}" for one in WORDS for two in WORDS for three in WORDS]
    dice = chance.random
    for place in range(number):
        yield (
            f"L-{place:08}", CITIES[int(dice() * 20)], f"{chr(97 + place % 26)}.person{place}@example.com",
            notes[int(dice() * 1000)], INDUSTRIES[int(dice() * 8)], COUNTRIES[int(dice() * 12)],
            int(dice() * 10_000_000), int(dice() * 5000), int(dice() * 1000), int(dice() * 100),
            days[int(dice() * 1400)], int(dice() * 2),
        )  # fmt: skip


def record_type(workspace: Workspace) -> RecordType:
    """The record type that the records here are of."""
    return queries.record_type(workspace, TYPE)


def csv_file(path: Path, number: int) -> Path:
    """A CSV file of so many records; made where it is not there."""
    if not path.exists():
        with path.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(["Id", *(field.label for field in RECORD_FIELDS)])
            for row in _records(number):
                out.writerow([*row[:6], f"{row[6] / 100:.2f}", *row[7:11], "yes" if row[11] else "no"])
    return path


def add_rules(workspace: Workspace, rules: list[str]) -> list[int]:
    """Add a segment for each rule; gives their ids. They are Inactive, so that no sequence gets their members."""
    with workspace.change("make") as change:
        connection = change.connection
        first = int(connection.execute("SELECT coalesce(max(id), 0) FROM segment").get) + 1
        ids = range(first, first + len(rules))
        connection.executemany(
            "INSERT INTO segment (id, record_type_id, name, name_folded, rule, created_at, created_by, modified_at)"
            " VALUES (?, 1, ?, ?, ?, ?, 'ada', ?)",
            ((each, f"s{each}", f"s{each}", text, OLD, OLD) for each, text in zip(ids, rules, strict=True)),
        )
        connection.executemany(
            "INSERT INTO segment_state (segment_id, state, since) VALUES (?, ?, ?)",
            ((each, STATES[Reason.NOT_ACTIVATED], OLD) for each in ids),
        )
        connection.executemany("INSERT INTO segment_result (segment_id) VALUES (?)", zip(ids))
    return list(ids)


def thousand_rules(number: int = 1000) -> list[str]:
    """Rules that share 121 conditions, two to four each."""
    pool = [{"field": "score", "op": "at_least", "value": each * 10} for each in range(25)]
    pool += [{"field": "employees", "op": "less_than", "value": each * 200} for each in range(20)]
    pool += [{"field": "city", "op": "equals", "value": each} for each in CITIES]
    pool += [{"field": "country", "op": "in", "value": [one, two]} for one, two in pairwise(COUNTRIES)]
    pool += [{"field": "industry", "op": "equals", "value": each} for each in INDUSTRIES]
    pool += [{"field": "notes", "op": "contains", "value": each} for each in WORDS]
    pool += [{"field": "signed_up", "op": "on_or_after", "value": f"2023-{each:02}-01"} for each in range(1, 13)]
    pool += [{"field": "email", "op": "starts_with", "value": chr(97 + each)} for each in range(15)]
    chance = random.Random(3)
    chosen = (chance.sample(pool, chance.randint(2, 4)) for _ in repeat(None, number))
    return [json.dumps({chance.choice(("all", "any")): each}) for each in chosen]
