"""What is printed: exact, on one line, and harmless to terminals and spreadsheets."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from segment_manager.cli.output import Format, tame, write_rows
from segment_manager.domain.spreadsheet_safety import harmless
from segment_manager.operations.row_writing import as_json, cell


def test_json_is_exact():
    """Decimals keep all their digits as numbers, and moments are told in UTC with Z."""
    at = datetime(2026, 3, 1, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    told = as_json(
        {"d": Decimal("123456789012345.670"), "e": Decimal("1E+2"), "at": at, "on": date(2026, 3, 1)}, indent=None
    )
    assert told == '{"d": 123456789012345.670, "e": 100, "at": "2026-03-01T12:30:00Z", "on": "2026-03-01"}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (Decimal("1E+2"), "100"),
        (("a", "b"), "a; b"),
        ({"a": None}, '{"a": null}'),
        (datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01T00:00:00Z"),
    ],
)
def test_cells(value, text):
    """Each kind of value has one text in CSV."""
    assert cell(value) == text


@pytest.mark.parametrize("text", ["=A1", "+A1", "-A1", "@A1", "\tA1", "\rA1", "\uff1dA1", "-", "-2+3", "=1"])
def test_what_looks_like_a_formula(text):
    """Whatever a spreadsheet might run gets a leading apostrophe."""
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "-5", "+49", "-1.5", "-1,204.5", "'x"])
def test_what_does_not(text):
    """Numbers, negative ones too, and other texts stay as they are."""
    assert harmless(text) == text


def test_terminals_are_not_steered():
    """Escape sequences and line ends in names are shown, not obeyed."""
    assert tame("a\x1b[2Jb\nc\x9b") == "a\\x1b[2Jb c\\x9b"


def test_tables_line_up():
    """Columns are as wide as what they show, wide characters counted as two; numbers stand to the right."""
    stream = io.StringIO()
    rows = [{"n": "東京", "m": 1204}, {"n": "é", "m": None}]
    write_rows(rows, {"n": "Name", "m": "Members"}, Format.TABLE, stream)
    assert stream.getvalue() == "Name  Members\n東京    1,204\ne\u0301     \n".replace("e\u0301     ", "é")


def test_json_lists_are_as_exact():
    """Decimals without an exponent, null, times in UTC, letters as they are; half a character is told as it is."""
    row = {"d": Decimal("1E+2"), "t": datetime(2026, 3, 1, tzinfo=UTC), "n": None, "x": "Zürich"}
    for told in (row, {"t": row["t"], "x": "東京"}, {"x": "bad\udcff"}):
        stream = io.StringIO()
        write_rows([told], {}, Format.JSON, stream)
        assert json.loads(stream.getvalue()) == [json.loads(as_json(told))]
    stream = io.StringIO()
    write_rows([row], {}, Format.JSON, stream)
    assert "100" in stream.getvalue()
    assert "Zürich" in stream.getvalue()


@pytest.mark.parametrize("number", [0, 1, 3])
def test_json_lists_are_one_document(number):
    """A list of any length is one JSON document."""
    stream = io.StringIO()
    write_rows(({"n": each} for each in range(number)), {"n": "N"}, Format.JSON, stream)
    assert json.loads(stream.getvalue()) == [{"n": each} for each in range(number)]
