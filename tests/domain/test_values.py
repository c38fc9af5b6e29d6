"""Reading one cell, and whole columns of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segment_manager.domain.columns import ColumnReader, fold_all
from segment_manager.domain.records import Field, FieldType
from segment_manager.domain.stored_values import folded, from_stored, to_stored
from segment_manager.domain.values import Format, parse, parse_stored

BERLIN = Format(zone=ZoneInfo("Europe/Berlin"))
EUROPEAN = Format(decimal=",", dates="D/M/Y")
AMERICAN = Format(dates="M/D/Y")


def field(kind, places=0):
    return Field("f", "F", FieldType(kind), (), places)


@pytest.mark.parametrize(
    ("text", "kind", "format", "value"),
    [
        (" US ", "text", Format(), " US "),
        ("01234", "text", Format(), "01234"),
        ("NULL", "text", Format(), "NULL"),
        ("NULL", "text", Format(null_words=frozenset({"NULL"})), None),
        ("12345678901", "integer", Format(), 12345678901),
        (" 7 ", "integer", Format(), 7),
        ("5.0", "integer", Format(), 5),
        ("1,234,567", "integer", Format(), 1234567),
        ("n/a", "integer", Format(), None),
        ("Select", "date", Format(), None),
        ("1.10", "decimal", Format(), Decimal("1.10")),
        ("+5", "integer", Format(), 5),
        ("1e3", "integer", Format(), 1000),
        ("-1.5E+2", "decimal", Format(), Decimal(-150)),
        ("+1,5e-1", "decimal", EUROPEAN, Decimal("0.15")),
        ("1.234.567,5", "decimal", EUROPEAN, Decimal("1234567.5")),
        ("-,5", "decimal", EUROPEAN, Decimal("-0.5")),
        ("2020-02-29", "date", Format(), date(2020, 2, 29)),
        ("29.2.2020", "date", Format(), date(2020, 2, 29)),
        ("3/4/2020", "date", EUROPEAN, date(2020, 4, 3)),
        ("3/4/2020", "date", AMERICAN, date(2020, 3, 4)),
        ("2020-02-01T00:00:00", "date", Format(), date(2020, 2, 1)),
        ("2024-07-01 12:00", "datetime", BERLIN, datetime(2024, 7, 1, 10, tzinfo=UTC)),
        ("2024-07-01", "datetime", BERLIN, datetime(2024, 6, 30, 22, tzinfo=UTC)),
        ("2024-07-01T12:00:00.250+0530", "datetime", BERLIN, datetime(2024, 7, 1, 6, 30, 0, 250000, tzinfo=UTC)),
        ("7/1/2024 12:05 AM", "datetime", AMERICAN, datetime(2024, 7, 1, 0, 5, tzinfo=UTC)),
        ("YES", "boolean", Format(), True),
        ("false", "boolean", Format(), False),
        ('["a","b"]', "choices", Format(), ("a", "b")),
        ("a; b;", "choices", Format(), ("a", "b")),
    ],
)
def test_a_text_becomes_its_value(text, kind, format, value):
    """A cell is read as the field's type and the column's way of writing say."""
    assert parse(text, field(kind, 2), format) == value


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("abc", "integer", "no whole number"),
        ("4.5", "integer", "no whole number"),
        ("007", "integer", "no whole number"),
        ("9223372036854775808", "integer", "64 bits"),
        ("1.234", "decimal", "more than 2 decimal places"),
        ("12345678901234567.89", "decimal", "18 digits"),
        ("1234567890123456789", "decimal", "more than 18 digits"),
        ("12345678901234567", "decimal", "more than 18 digits with the 2 decimal places of the field"),
        ("1.0000000000000000000000000000001", "decimal", "more than 18 digits"),
        ("1e400", "decimal", "18 digits"),
        ("1e", "decimal", "no number"),
        ("e5", "decimal", "no number"),
        ("+", "integer", "no whole number"),
        ("1,23", "decimal", "no number"),
        ("2021-02-29", "date", "no day of the calendar"),
        ("4.5", "date", "no date"),
        ("20140102", "date", "no date"),
        ("3/4/2020", "date", "day/month or month/day"),
        ("2020-01-01 10:00", "date", "time of day"),
        ("soon", "datetime", "no date and time"),
        ("0001-01-01T00:00:00+12:00", "datetime", "out of range"),
        ("maybe", "boolean", "no yes or no"),
    ],
)
def test_a_text_that_does_not_fit_is_refused(text, kind, reason):
    """What does not fit a field exactly is refused with a reason, never bent into shape."""
    with pytest.raises(ValueError, match=reason):
        parse_stored(text, field(kind, 2), Format())


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
cells = st.one_of(
    texts,
    st.just(""),
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.datetimes().map(lambda at: at.isoformat() + "Z"),
    st.sampled_from(["2024-02-30T00:00:00Z", "n/a", "1,234.50", "yes", "2020-02-01", "-0"]),
)


def outcome(cell, one):
    """Why a cell does not fit, or None and its stored form."""
    try:
        return None, parse_stored(cell, one, BERLIN)
    except ValueError as error:
        return str(error), None


@given(st.lists(cells, max_size=30), st.sampled_from(list(FieldType)), st.sampled_from([0, 2]))
def test_a_column_is_read_as_its_cells_are(column, kind, places):
    """Reading a whole column fast gives exactly what reading each cell gives."""
    one = field(kind, places)
    stored, forms, bad = ColumnReader(one, BERLIN, blank=None).read(column)
    for row, cell in enumerate(column):
        reason, expected = outcome(cell or None, one)
        assert bad.get(row) == reason
        if reason is None:
            assert stored[row] == expected
            assert forms is None or forms[row] == folded(one, parse(cell or None, one, BERLIN))


@given(st.lists(texts, max_size=30))
def test_texts_fold_together_as_they_fold_alone(column):
    """Folding a column in one sweep equals folding each text."""
    assert fold_all(column) == [folded(field("text"), text) for text in column]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**14), max_value=10**14))
def test_decimals_are_exact(number):
    """A decimal comes back to the last digit."""
    one = field("decimal", 3)
    assert from_stored(one, to_stored(one, parse(f"{number:f}", one, Format()))) == number
