"""Spans of time that rules speak of: days, 'in the last 30 days', 'this quarter'.

Stands apart because record tests and SQL must agree on every edge. A span is (first, last), both included, None for no
limit. For date fields its ends are day numbers (date.toordinal), for datetimes microseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from segment_manager.domain.records import FieldType
from segment_manager.domain.rule_tree import Context, Duration
from segment_manager.domain.stored_values import EPOCH

Span = tuple[int | None, int | None]
NOWHERE: Span = (1, 0)

CLOCK_UNITS = {"minutes": 60_000_000, "hours": 3_600_000_000}
"""Exact lengths in microseconds; for datetimes only."""
CALENDAR_UNITS = ("days", "weeks", "months", "years")
_LONGER = tuple(
    f"{which}_{unit}" for unit in ("week", "month", "quarter", "year") for which in ("this", "last", "next")
)
PERIODS = ("today", "yesterday", "tomorrow", *_LONGER)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}(:?\d{2})?)?", re.ASCII)
_NAIVE_EPOCH = EPOCH.replace(tzinfo=None)
_MICROSECOND = timedelta(microseconds=1)


def parse_day(text: str) -> date | None:
    """The day 'YYYY-MM-DD' means; None where it means none."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def parse_moment(text: str) -> datetime | None:
    """The datetime an ISO text with a time means, naive where it names no offset; None where it means none.

    Takes what an import takes of ISO times; digits beyond microseconds are dropped, as there.
    """
    try:
        return datetime.fromisoformat(text.upper()) if _MOMENT.fullmatch(text) else None
    except ValueError:
        return None


def microseconds(local: datetime, zone: tzinfo) -> int:
    """Microseconds since 1970-01-01 UTC of a naive local time. Counts without a datetime, so years 1 and 9999 work.

    A time the clocks skip counts as if they had not yet changed; one they repeat is the first of the two.
    """
    try:
        offset = local.replace(tzinfo=zone).utcoffset() or timedelta(0)
    except OverflowError:
        offset = timedelta(0)
    return (local - _NAIVE_EPOCH - offset) // _MICROSECOND


def day_start(day: date, zone: tzinfo) -> int:
    """The first microsecond of a calendar day."""
    return microseconds(datetime.combine(day, time.min), zone)


def day_end(day: date, zone: tzinfo) -> int:
    """The last microsecond of a calendar day."""
    if day == date.max:
        return microseconds(datetime.combine(day, time.max), zone)
    return day_start(day + timedelta(days=1), zone) - 1


def day_of(moment: int, zone: tzinfo) -> date:
    """The calendar day of microseconds since 1970-01-01 UTC, held within years 1 to 9999."""
    try:
        return (EPOCH + timedelta(microseconds=moment)).astimezone(zone).date()
    except OverflowError:
        return date.max if moment > 0 else date.min


def moved(day: date, count: int, unit: str) -> date:
    """A day so many days, weeks, months or years later (negative: earlier), held to month ends and years 1 to 9999."""
    if unit in ("days", "weeks"):
        number = day.toordinal() + count * (7 if unit == "weeks" else 1)
        return date.fromordinal(min(max(number, 1), date.max.toordinal()))
    month = day.year * 12 + day.month - 1 + count * (12 if unit == "years" else 1)
    if month < 12:
        return date.min
    if month >= 12 * (date.max.year + 1):
        return date.max
    year, index = divmod(month, 12)
    return date(year, index + 1, min(day.day, calendar.monthrange(year, index + 1)[1]))


def spans(op: str, value: object, kind: FieldType, context: Context) -> tuple[Span, ...]:
    """The spans in which a positive date or datetime operator holds. Takes what rule_check has let pass."""
    if op == "in" and isinstance(value, Sequence):
        return tuple(_bounds(str(item), kind, context) for item in value)
    if op == "between" and isinstance(value, Sequence):
        return ((_bounds(str(value[0]), kind, context)[0], _bounds(str(value[1]), kind, context)[1]),)
    if isinstance(value, Duration):
        return (_relative(value, 1 if op == "in_next" else -1, kind, context),)
    if op == "in_period":
        return (_days(*_period(str(value), context), kind, context.zone),)
    first, last = _bounds(str(value), kind, context)
    match op:
        case "on" if kind is FieldType.DATETIME:
            day = day_of(first, context.zone) if parse_day(str(value)) is None else parse_day(str(value))
            return (_days(day, day, kind, context.zone),)
        case "before":
            return ((None, first - 1),)
        case "on_or_before":
            return ((None, last),)
        case "after":
            return ((last + 1, None),)
        case "on_or_after":
            return ((first, None),)
        case _:
            return ((first, last),)


def within(number: int, spans: tuple[Span, ...]) -> bool:
    """Whether a day number or microsecond lies in one of the spans."""
    return any((low is None or number >= low) and (high is None or number <= high) for low, high in spans)


def _bounds(text: str, kind: FieldType, context: Context) -> tuple[int, int]:
    """First and last day number or microsecond of a day or moment."""
    day = parse_day(text)
    if day is not None:
        if kind is FieldType.DATE:
            return day.toordinal(), day.toordinal()
        return day_start(day, context.zone), day_end(day, context.zone)
    moment = parse_moment(text)
    if moment is None:
        raise ValueError(f"“{text}” is not a date")
    if moment.tzinfo is None:
        exact = microseconds(moment, context.zone)
    else:
        exact = microseconds(moment.replace(tzinfo=None), moment.tzinfo)
    return exact, exact


def _days(first: date | None, last: date | None, kind: FieldType, zone: tzinfo) -> Span:
    if first is None or last is None:
        return NOWHERE
    if kind is FieldType.DATE:
        return first.toordinal(), last.toordinal()
    return day_start(first, zone), day_end(last, zone)


def _local_now(context: Context) -> datetime:
    try:
        return context.now.astimezone(context.zone)
    except OverflowError:  # within a day of the first or last there is
        return context.now


def _relative(length: Duration, direction: int, kind: FieldType, context: Context) -> Span:
    """From now back (-1) or on (+1). Days and longer go by the calendar, minutes and hours by the clock."""
    now = (context.now - EPOCH) // _MICROSECOND
    other: int | None
    if length.unit in CLOCK_UNITS:
        other = now + direction * length.count * CLOCK_UNITS[length.unit]
    else:
        local = _local_now(context)
        target = moved(local.date(), direction * length.count, length.unit)
        if kind is FieldType.DATE:
            now, other = local.date().toordinal(), target.toordinal()
        elif target == (date.max if direction > 0 else date.min):
            other = None
        elif target == local.date():
            other = now
        else:
            other = microseconds(datetime.combine(target, local.time().replace(fold=0)), context.zone)
    return (now, other) if direction > 0 else (other, now)


def _period(name: str, context: Context) -> tuple[date | None, date | None]:
    """First and last day of a named period; (None, None) where it lies outside years 1 to 9999."""
    today = _local_now(context).date()
    if name in ("today", "yesterday", "tomorrow"):
        number = today.toordinal() + {"today": 0, "yesterday": -1, "tomorrow": 1}[name]
        return _from_numbers(number, number)
    which, unit = name.split("_")
    step = {"this": 0, "last": -1, "next": 1}[which]
    if unit == "week":
        first = today.toordinal() - (today.weekday() - context.week_start) % 7 + 7 * step
        return _from_numbers(first, first + 6)
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    month = ((today.year * 12 + today.month - 1) // length + step) * length
    return _from_numbers(_month_number(month), _month_number(month + length) - 1)


def _month_number(month: int) -> int:
    """The day number of the first day of month `year * 12 + index`, also just outside years 1 to 9999."""
    if month < 12:
        return 1 - 366
    if month >= 12 * (date.max.year + 1):
        return date.max.toordinal() + (1 if month == 12 * (date.max.year + 1) else 366)
    return date(month // 12, month % 12 + 1, 1).toordinal()


def _from_numbers(first: int, last: int) -> tuple[date | None, date | None]:
    if last < 1 or first > date.max.toordinal():
        return None, None
    return date.fromordinal(max(first, 1)), date.fromordinal(min(last, date.max.toordinal()))
