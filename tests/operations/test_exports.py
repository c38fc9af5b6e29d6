"""Exports: what window and command line write to files, some thousand rows at a time."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest

from segment_manager.domain.errors import CannotWrite
from segment_manager.domain.rules import from_json
from segment_manager.operations import exports, segments
from segment_manager.operations.export_files import as_csv, as_json, by_name, write_file
from segment_manager.operations.exports import Export
from segment_manager.operations.jobs import finish
from segment_manager.operations.row_writing import JsonText
from segment_manager.storage.queries import segments as stored_segments
from segment_manager.storage.queries import usage as stored_usage
from segment_manager.storage.workspace import Workspace
from tests.operations import scenes

EVERYTHING = from_json('{"everything": true}')
MOMENT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def export(*batches, columns=("n", "value")):
    return Export(columns, (batch for batch in batches))


def as_text(writer, *batches):
    stream = StringIO()
    assert sum(writer(export(*batches), stream)) == sum(len(batch[0]) for batch in batches)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("value", "cell", "told"),
    [
        ("=1+1", "'=1+1", "=1+1"), ("-5", "-5", "-5"), ("+49 30", "'+49 30", "+49 30"), ("", "", ""), (None, "", None),
        (True, "true", True), (7, "7", 7), (Decimal("1E+2"), "100", 100), (Decimal("0.10"), "0.10", 0.1),
        (date(2026, 3, 1), "2026-03-01", "2026-03-01"), (MOMENT, "2026-03-01T12:30:00Z", "2026-03-01T12:30:00Z"),
        (("a", "=b"), "a; =b", ["a", "=b"]), (("=a", "b"), "'=a; b", ["=a", "b"]),
        ({"a": 1}, '{"a": 1}', {"a": 1}), (JsonText('{"a": 1.50}'), '{"a": 1.50}', {"a": 1.5}),
        ("\ud800", None, "\ud800"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "others", [(), (None,), ("text", 1, True, Decimal(1), JsonText("[1]"))], ids=["", "None", "all"]
)
def test_a_value_is_written_alike_whatever_stands_beside_it(value, cell, told, others):
    """Columns of one kind take a quicker way, to the same cells and the same JSON."""
    column = [value, *others]
    batch = (list(range(len(column))), column)
    if cell is not None:
        assert list(csv.reader(StringIO(as_text(as_csv, batch))))[1] == ["0", cell]
    assert json.loads(as_text(as_json, batch))[0] == {"n": 0, "value": told}


def test_numbers_keep_all_their_digits():
    """Those of rules, and decimals, are written as they are kept, not as what the machine makes of them."""
    rule = '{"field": "id", "op": "equals", "value": 12345678901234567890.123456789}'
    batch = ([1], [JsonText(rule)]), ([2], [Decimal("98765432109876543210.10")])
    assert rule in as_text(as_json, *batch)
    assert "98765432109876543210.10" in as_text(as_json, *batch)
    assert [row[1] for row in csv.reader(StringIO(as_text(as_csv, *batch)))][1:] == [rule, "98765432109876543210.10"]


def test_equal_decimals_stay_as_they_were():
    """1.0 and 1.00 are equal, and two texts."""
    assert as_text(as_csv, ([1, 2], [Decimal("1.0"), Decimal("1.00")])).split() == ["n,value", "1,1.0", "2,1.00"]


def test_nothing_is_a_file_all_the_same():
    """An export without rows has its headings, or is an empty list."""
    assert as_text(as_csv) == "n,value\n"
    assert json.loads(as_text(as_json)) == []


def test_raw_cells_stay():
    """Who asks for it gets cells as they are, headings too."""
    stream = StringIO()
    list(as_csv(export((["=1"],), columns=("=x",)), stream, raw=True))
    assert stream.getvalue() == "=x\n=1\n"


@pytest.fixture
def world(workspace, monkeypatch):
    """Seven segments over four records, their uses and deeds, of which two at a time are read."""
    monkeypatch.setattr(stored_segments, "_AT_ONCE", 2)
    monkeypatch.setattr(stored_usage, "_SEGMENTS_AT_ONCE", 2)
    monkeypatch.setattr(exports, "_AT_ONCE", 2)
    scenes.add_leads(workspace, [(f"L{place}", "Berlin") for place in range(5)])
    for place in range(7):
        scenes.add_segment(workspace, f"S{place}", scenes.city_is("Berlin"), active=place != 5)
    scenes.use(workspace, *(("sequence", f"Mail {place}", "live", f"S{place}") for place in range(5)))
    scenes.use(workspace, ("report", "Numbers", "live", "S1"), ("sequence", "Again", "paused", "S1"))
    return workspace


def named(found):
    return [row["name"] for row in found.rows()]


def test_segments_come_in_batches_by_id(world):
    """All, or those that are chosen, whatever order they are chosen in; each with its own rule and sequences."""
    assert named(exports.segments(world)) == [f"S{place}" for place in range(7)]
    chosen = exports.segments(world, ids=scenes.ids(world, "S6", "S1", "S5"))
    assert chosen.total == 3
    rows = list(chosen.rows())
    assert [row["name"] for row in rows] == ["S1", "S5", "S6"]
    assert [row["sequences"] for row in rows] == [("Mail 1", "Again"), (), ()]
    assert [row["status"] for row in rows] == ["active", "inactive", "active"]
    assert {json.loads(row["rule"])["value"] for row in rows} == {"Berlin"}
    assert exports.segments(world, record_type="Lead").total == 7
    assert list(exports.segments(world, record_type="Account").rows()) == []


def test_usage_comes_by_segment(world):
    """The uses of each segment together, sequences first and running ones before others; the total is known before."""
    found = exports.usage(world)
    told = [(row["segment"], row["asset_name"]) for row in found.rows()]
    assert told == [
        ("S0", "Mail 0"), ("S1", "Mail 1"), ("S1", "Again"), ("S1", "Numbers"), ("S2", "Mail 2"), ("S3", "Mail 3"),
        ("S4", "Mail 4"),
    ]  # fmt: skip
    assert found.total == len(told)
    (one,) = scenes.ids(world, "S1")
    assert exports.usage(world, segment_id=one).total == 3
    assert [row["asset_name"] for row in exports.usage(world, segment_id=one, sequence="Again").rows()] == ["Again"]
    assert exports.usage(world, record_type="Account").total == 0


@pytest.mark.parametrize("what", ["segments", "members", "connections", "usage", "activity", "moves"])
def test_a_total_is_what_comes(world, what):
    """Where a number of rows is told before, so many come, and progress ends there."""
    of = {} if what in ("segments", "activity", "usage") else {"segment_id": scenes.ids(world, "S1")[0]}
    found = getattr(exports, what)(world, **of)
    target = world.path.with_name("out.csv")
    seen = []
    number = finish(write_file(world, found, target, as_csv), seen.append)
    assert number == found.total == seen[-1].done > 0
    assert len(list(csv.reader(StringIO(target.read_text(encoding="utf-8"))))) == number + 1
    assert len(seen) > 1
    assert {each.total for each in seen} == {number}


def test_an_export_is_of_one_moment(world):
    """What others change while it is read does not come into it."""
    found = exports.segments(world)
    rows = found.rows()
    first = next(rows)
    other = Workspace.open(world.path, login=world.login)
    segments.edit(other, scenes.ids(other, "S6")[0], name="Other")
    segments.create(other, "Lead", "New", EVERYTHING)
    other.close()
    assert [first["name"], *(row["name"] for row in rows)] == [f"S{place}" for place in range(7)]
    assert named(exports.segments(world))[6:] == ["Other", "New"]


def test_a_cancelled_export_leaves_the_former_file(world, tmp_path):
    """And nothing beside it; the workspace can be written at once."""
    target = tmp_path / "out.json"
    target.write_text("former", encoding="utf-8")
    job = write_file(world, exports.segments(world), target, by_name(target))
    assert next(job).done == 2
    job.close()
    assert [each.name for each in tmp_path.iterdir() if "out" in each.name] == ["out.json"]
    assert target.read_text(encoding="utf-8") == "former"
    segments.create(world, "Lead", "New", EVERYTHING)


def test_the_workspace_is_never_replaced(world):
    """Nor its log; a folder that is not there is told with what to do."""
    for name in (world.path, world.path.with_name(f"{world.path.name}-wal"), world.path.parent):
        with pytest.raises(CannotWrite):
            finish(write_file(world, exports.segments(world), name, as_csv))
    with pytest.raises(CannotWrite, match="Choose another place"):
        finish(write_file(world, exports.segments(world), world.path.parent / "no" / "out.csv", as_csv))
    assert named(exports.segments(world))[0] == "S0"
