"""The table of operators, and what each means at its edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segment_manager.domain.operators import OPERATORS, SEGMENT_OPERATORS, element_kind, operators_for
from segment_manager.domain.periods import PERIODS, moved
from segment_manager.domain.records import Field, FieldType, RecordType
from segment_manager.domain.rules import Condition, Context, Duration, matches

T = FieldType
BERLIN = ZoneInfo("Europe/Berlin")


def holds(kind, op, value, held, *, now=datetime(2026, 3, 2, 9, 30, tzinfo=UTC), zone=BERLIN, week_start=0, **more):
    record_type = RecordType(1, "Lead", (Field("it", "It", kind, places=2 if kind is T.DECIMAL else 0),))
    return matches(Condition("it", op, value, **more), {"it": held}, record_type, Context(now, zone, week_start))


def test_operators_of_each_type():
    """Each type has the operators that the rule format promises."""
    every = {"is_empty", "is_not_empty", "in", "not_in"}
    texts = {"equals", "contains", "contains_word", "starts_with", "ends_with", "matches"}
    numbers = {"equals", "not_equals", "less_than", "at_most", "greater_than", "at_least", "between", "not_between"}
    both = {"on", "between", "in_last", "in_next", "in_period"}
    times = {*both, *(f"not_{name}" for name in both), "before", "on_or_before", "after", "on_or_after"}
    promised = {
        T.TEXT: every | texts | {f"not_{name}" for name in texts},
        T.CHOICE: every | texts | {f"not_{name}" for name in texts},
        T.INTEGER: every | numbers,
        T.DECIMAL: every | numbers,
        T.DATE: every | times,
        T.DATETIME: every | times,
        T.BOOLEAN: every | {"is_true", "is_false"},
        T.CHOICES: {"contains_any", "contains_all", "contains_none", "is_empty", "is_not_empty"},
    }
    assert {kind: {operator.name for operator in operators_for(kind)} for kind in T} == promised
    assert [operator.name for operator in SEGMENT_OPERATORS] == ["in_segment", "not_in_segment"]


def test_every_row_is_whole():
    """Each operator has a label, a sentence, a kind of value for each of its types, and a test or a positive twin."""
    kinds = {"text", "number", "date", "datetime", "boolean", "none", "list", "range", "duration", "period", "segment"}
    for operator in OPERATORS.values():
        assert operator.label
        assert operator.sentence.format(field="City", value="“x”")
        assert {operator.value_kind(kind) for kind in operator.types} <= kinds
        assert operator.test is None or operator.positive is None
        assert operator.positive is None or OPERATORS[operator.positive].types == operator.types
    assert OPERATORS["equals"].value_kind(T.DECIMAL) == element_kind(T.DECIMAL) == "number"
    assert OPERATORS["on"].value_kind(T.DATETIME) == "date"
    assert OPERATORS["before"].value_kind(T.DATETIME) == "datetime"


@pytest.mark.parametrize(
    ("op", "value", "held", "expected"),
    [
        ("equals", "É", "e\u0301", True),
        ("equals", "strasse", "STRAßE", True),
        ("equals", "İ", "i\u0307", True),
        ("equals", "i", "İ", False),
        ("equals", "Berlin", "Berlin ", False),
        ("equals", " ", "  ", False),
        ("not_equals", "x", "", True),
        ("contains", "100%", "1000", False),
        ("contains", "a_b", "axb", False),
        ("contains", "*", "abc", False),
        ("contains", "\\", "a\\b", True),
        ("contains", "'", "O'Neil", True),
        ("contains", "", "x", True),
        ("contains", "", " ", False),
        ("contains_word", "c++", "I know C++.", True),
        ("contains_word", "new york", "in New York, NY", True),
        ("contains_word", "हि", "हिन्दी", False),
        ("contains_word", "a", "a_b", False),
        ("ends_with", "😀", "hi 😀", True),
        ("matches", "^b.*N$", "Berlin", True),
        ("matches", "é", "CAFE\u0301", True),
        ("matches", "", "\u00a0", False),
        ("not_matches", "x", None, True),
        ("is_empty", None, "\u2003\u00a0\t", True),
        ("is_empty", None, "\u200b", False),
        ("in", ("A", "ß"), "SS", True),
    ],
)
def test_text(op, value, held, expected):
    """Texts compare folded and literally; white space alone is empty."""
    assert holds(T.TEXT, op, value, held) is expected


def test_case_sensitive():
    """With case_sensitive texts compare as written, whichever way an accent is stored."""
    assert not holds(T.TEXT, "equals", "berlin", "Berlin", case_sensitive=True)
    assert holds(T.TEXT, "equals", "é", "e\u0301", case_sensitive=True)
    assert not holds(T.TEXT, "matches", "^b", "Berlin", case_sensitive=True)
    assert not holds(T.TEXT, "in", ("berlin",), "Berlin", case_sensitive=True)


def test_regular_expressions_are_linear():
    """An expression that takes others for ever is answered at once."""
    assert not holds(T.TEXT, "matches", r"^(\w+\s?)*$", "a" * 50_000 + "!")


@pytest.mark.parametrize(
    ("op", "value", "held", "expected"),
    [
        ("equals", Decimal("1.005"), Decimal("1.00"), False),
        ("less_than", Decimal("1.005"), Decimal("1.00"), True),
        ("greater_than", Decimal("1.005"), Decimal("1.01"), True),
        ("equals", 1, Decimal("1.00"), True),
        ("less_than", Decimal("1e-999999999"), Decimal("0.00"), True),
        ("at_least", -(10**60), Decimal("-9999999999999999.99"), True),
        ("less_than", 10, Decimal("9.00"), True),
        ("between", (2, 1), Decimal("1.50"), False),
        ("not_between", (1, 2), None, True),
    ],
)
def test_numbers(op, value, held, expected):
    """Numbers compare exactly, as numbers."""
    assert holds(T.DECIMAL, op, value, held) is expected


def test_choices():
    """A choice is found as a whole value; blank ones count as none."""
    assert holds(T.CHOICES, "contains_any", ("AB",), ("ab", "c"))
    assert not holds(T.CHOICES, "contains_any", ("a",), ("ab",))
    assert not holds(T.CHOICES, "contains_all", ("ab", "d"), ("ab",))
    assert holds(T.CHOICES, "contains_none", ("a",), None)
    assert holds(T.CHOICES, "is_empty", None, (" ",))


def test_whole_days_when_clocks_change():
    """A day is the day of the zone: 23 hours in March, 25 in October, and whole where midnight is skipped."""
    for day, hours in (("2026-03-29", 23), ("2026-10-25", 25)):
        start = datetime.fromisoformat(day).replace(tzinfo=BERLIN).astimezone(UTC)
        moments = [start + timedelta(minutes=30 * n) for n in range(-4, 60)]
        assert sum(holds(T.DATETIME, "on", day, moment) for moment in moments) == hours * 2
        end = start + timedelta(hours=hours)
        assert holds(T.DATETIME, "after", day, end)
        assert not holds(T.DATETIME, "after", day, end - timedelta.resolution)
        assert holds(T.DATETIME, "on_or_before", day, end - timedelta.resolution)
        assert not holds(T.DATETIME, "on_or_before", day, end)
    skipped = datetime(2018, 11, 4, 3, tzinfo=UTC)  # São Paulo goes from 23:59:59 to 01:00
    assert holds(T.DATETIME, "on", "2018-11-04", skipped, zone=ZoneInfo("America/Sao_Paulo"))
    assert holds(T.DATETIME, "before", "2018-11-04", skipped - timedelta.resolution, zone=ZoneInfo("America/Sao_Paulo"))


def test_moments_with_and_without_offset():
    """A time without an offset is of the workspace's zone; `on` takes the calendar day of a time."""
    noon = datetime(2026, 7, 1, 10, tzinfo=UTC)
    for value in ("2026-07-01T12:00", "2026-07-01 12:00:00", "2026-07-01T10:00Z", "2026-07-01T15:30+05:30"):
        assert holds(T.DATETIME, "in", (value,), noon)
        assert holds(T.DATETIME, "on_or_after", value, noon)
        assert not holds(T.DATETIME, "after", value, noon)
    assert holds(T.DATETIME, "on", "2026-06-30T23:00Z", noon)
    assert holds(T.DATETIME, "between", ("2026-07-01", "2026-07-01"), noon)


@pytest.mark.parametrize(
    ("now", "unit", "count", "first"),
    [
        ("2024-03-31", "months", 1, "2024-02-29"),
        ("2023-03-31", "months", 1, "2023-02-28"),
        ("2024-02-29", "years", 1, "2023-02-28"),
        ("2024-02-29", "years", 4, "2020-02-29"),
        ("2026-01-05", "weeks", 1, "2025-12-29"),
        ("2026-03-02", "days", 0, "2026-03-02"),
        ("2026-03-02", "days", 10**30, "0001-01-01"),
        ("2026-03-02", "years", 10**30, "0001-01-01"),
    ],
)
def test_in_last_of_a_date(now, unit, count, first):
    """A date is in the last so many from the clipped first day to today, both included."""
    moment = datetime.fromisoformat(now).replace(hour=12, tzinfo=UTC)
    start, today = date.fromisoformat(first), date.fromisoformat(now)
    for day, expected in ((start, True), (today, True), (today + timedelta(days=1), False)):
        assert holds(T.DATE, "in_last", Duration(count, unit), day, now=moment) is expected
    if start > date.min:
        assert not holds(T.DATE, "in_last", Duration(count, unit), start - timedelta(days=1), now=moment)


def test_in_last_of_a_datetime():
    """Hours go by the clock, days by the calendar of the zone; both ends count."""
    now = datetime(2026, 3, 29, 10, tzinfo=UTC)  # 12:00 in Berlin, on the day with 23 hours
    edges = {("hours", 24): timedelta(hours=24), ("days", 1): timedelta(hours=23), ("minutes", 1): timedelta(minutes=1)}
    for (unit, count), back in edges.items():
        assert holds(T.DATETIME, "in_last", Duration(count, unit), now - back, now=now)
        assert holds(T.DATETIME, "in_last", Duration(count, unit), now, now=now)
        assert not holds(T.DATETIME, "in_last", Duration(count, unit), now - back - timedelta.resolution, now=now)
        assert not holds(T.DATETIME, "in_last", Duration(count, unit), now + timedelta.resolution, now=now)
        assert holds(T.DATETIME, "in_next", Duration(count, unit), now, now=now)
    for unit in ("minutes", "days", "years"):
        assert holds(T.DATETIME, "in_last", Duration(10**40, unit), datetime.min.replace(tzinfo=UTC), now=now)
        assert holds(T.DATETIME, "in_next", Duration(10**40, unit), datetime.max.replace(tzinfo=UTC), now=now)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC)),
    st.integers(-800, 800),
    st.integers(0, 6),
)
def test_periods(now, offset, week_start):
    """Weeks, months, quarters and years hold the days a calendar says."""
    today = now.astimezone(BERLIN).date()
    day = today + timedelta(days=offset)

    def index(of, unit):
        month = of.year * 12 + of.month - 1
        week = (of.toordinal() - 1 - week_start) // 7
        return {"week": week, "month": month, "quarter": month // 3, "year": of.year}[unit]

    for period in PERIODS[3:]:
        which, unit = period.split("_")
        expected = index(day, unit) - index(today, unit) == {"last": -1, "this": 0, "next": 1}[which]
        assert holds(T.DATE, "in_period", period, day, now=now, week_start=week_start) is expected
        assert holds(T.DATE, "not_in_period", period, day, now=now, week_start=week_start) is not expected
    for period, step in (("yesterday", -1), ("today", 0), ("tomorrow", 1)):
        assert holds(T.DATE, "in_period", period, day, now=now) is (offset == step)


@pytest.mark.parametrize("year", [1, 9999])
def test_ends_of_the_calendar(year):
    """Nothing fails in the first and the last year there is."""
    for now in (datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, 23, tzinfo=UTC)):
        for zone in (ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")):
            for period in PERIODS:
                for kind, held in ((T.DATE, now.date()), (T.DATETIME, now)):
                    answer = holds(kind, "in_period", period, held, now=now, zone=zone)
                    if zone.key == "UTC":
                        assert answer is (period.startswith("this") or period == "today"), period
    assert moved(date.min, -1, "days") == date.min
    assert moved(date.max, 1, "months") == date.max
