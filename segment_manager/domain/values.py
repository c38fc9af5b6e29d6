"""From the text of one cell to a typed value, exactly or not at all.

Stands apart because first imports, later imports and their tests must read a text in one way. Nothing is guessed here:
a Format says how numbers and dates are written; finding it out is the work of inference.py.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal

from segment_manager.domain.records import Field, FieldType
from segment_manager.domain.stored_values import Stored, Value, scaled, to_stored

Cell = str | None | tuple[str, ...]
"""What a file holds: a text, nothing, or (JSON lines) a list of texts."""

NULL_WORDS = frozenset(
    {"null", "(null)", "<null>", "nil", "none", "n/a", "na", "#n/a", "nan", "\\n", "not available", "not applicable"}
    | {"unknown", "select", "(blank)", "-", "--", "?", "0000-00-00"}
)
"""Words (case folded) that mean 'no value' where numbers, dates or booleans stand; in texts they are texts."""

TRUE_WORDS = frozenset({"true", "yes", "1", "y", "t"})
FALSE_WORDS = frozenset({"false", "no", "0", "n", "f"})
MAX_INTEGER = 2**63 - 1
GROUPING = {".": ",", ",": "."}
"""The thousands separator that goes with a decimal separator."""

_EXPONENT = r"(?:[eE][+-]?\d{1,3})?"
_ENGLISH = re.compile(r"[+-]?(?=[\d.])(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)?(?:\.\d+)?" + _EXPONENT, re.ASCII)
_EUROPEAN = re.compile(r"[+-]?(?=[\d,])(?:0|[1-9]\d*|[1-9]\d{0,2}(?:\.\d{3})+)?(?:,\d+)?" + _EXPONENT, re.ASCII)
_PLAIN = frozenset("0123456789.,-")
_DATE = re.compile(
    r"(?:(?P<year>\d{4})(?P<s>[-/.])(?P<month>\d{1,2})(?P=s)(?P<day>\d{1,2})"
    r"|(?P<first>\d{1,2})(?P<t>[-/.])(?P<second>\d{1,2})(?P=t)(?P<last>\d{4}))"
    r"(?:(?:[Tt]|[ ]+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<seconds>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp][Mm])?\s*(?P<offset>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Format:
    """How a column writes its values.

    `decimal` is the decimal separator; `dates` the order of dates that are not ISO ('D/M/Y' or 'M/D/Y', None: not
    known); `zone` the time zone of times without an offset; `null_words` (as they stand) mean no value, also in texts;
    `scientific`: numbers may have a plus sign or an exponent ('+5', '1e-05').
    """

    decimal: str = "."
    dates: str | None = None
    zone: tzinfo = UTC
    null_words: frozenset[str] = frozenset()
    scientific: bool = True


def parse(cell: Cell, field: Field, format: Format) -> Value:
    """The value of a cell for a field, None where it says that there is none.

    Raises ValueError with the reason, a clause for a person, where the cell does not fit the field exactly.
    """
    if cell is None:
        return None
    if isinstance(cell, tuple):
        return cell if field.type is FieldType.CHOICES else _from_list(cell, field, format)
    trimmed = cell.strip()
    if trimmed in format.null_words:
        return None
    if field.type in (FieldType.TEXT, FieldType.CHOICE):
        return cell
    if not trimmed:
        return None
    if field.type is FieldType.CHOICES:
        return parse_choices(trimmed)
    value = _typed(trimmed, field, format)
    if value is None and trimmed.casefold() not in NULL_WORDS:
        raise ValueError(f"“{shown(trimmed)}” is no {_CALLED[field.type]}")
    return value


def parse_stored(cell: Cell, field: Field, format: Format) -> Stored:
    """The stored form of a cell. Raises ValueError with the reason where it does not fit the field exactly."""
    try:
        return to_stored(field, parse(cell, field, format))
    except OverflowError:
        raise ValueError(f"“{shown(str(cell))}” is out of range") from None


def parse_choices(text: str) -> tuple[str, ...]:
    """The values in a text: a JSON list, or several between semicolons."""
    if text.startswith("["):
        try:
            items = json.loads(text)
        except ValueError:
            items = None
        if isinstance(items, list):
            return tuple(item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in items)
    return tuple(item.strip() for item in text.split(";") if item.strip())


def parse_number(text: str, decimal: str = ".", *, scientific: bool = True) -> Decimal | None:
    """A number with its decimal separator and well placed thousands separators; None where it is none.

    Leading zeros make a text of it ('01234' is a code, not a number). `scientific`: see Format.
    """
    pattern = _ENGLISH if decimal == "." else _EUROPEAN
    if not pattern.fullmatch(text) or not (scientific or _PLAIN.issuperset(text)):
        return None
    return Decimal(text.replace(GROUPING[decimal], "").replace(decimal, "."))


def parse_moment(text: str, dates: str | None, zone: tzinfo) -> tuple[datetime, bool, bool] | None:
    """A date or time: the moment in `zone` or with its offset, whether a time and whether an offset stands there.

    A date alone is its midnight in `zone`. None where the text is neither. Raises ValueError where it looks like one
    and is not, or may be read in two ways.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = _ordered(match, dates)
    try:
        at = datetime.combine(date(year, month, day), _time(match))
    except ValueError:
        raise ValueError(f"“{shown(text)}” is no day of the calendar or no time of day") from None
    offset = match["offset"]
    if offset is None:
        aware = at.replace(tzinfo=zone)
    elif offset in "Zz":
        aware = at.replace(tzinfo=UTC)
    else:
        shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:].lstrip(":") or 0))
        aware = at.replace(tzinfo=timezone(-shift if offset[0] == "-" else shift))
    return aware, match["hour"] is not None, offset is not None


def shown(text: str, limit: int = 60) -> str:
    """A text cut for a message, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


_CALLED = {
    FieldType.INTEGER: "whole number",
    FieldType.DECIMAL: "number",
    FieldType.DATE: "date",
    FieldType.DATETIME: "date and time",
    FieldType.BOOLEAN: "yes or no",
}


def _typed(text: str, field: Field, format: Format) -> Value:
    match field.type:
        case FieldType.BOOLEAN:
            word = text.casefold()
            return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None
        case FieldType.INTEGER:
            number = parse_number(text, format.decimal, scientific=format.scientific)
            return None if number is None else _whole(number, text)
        case FieldType.DECIMAL:
            number = parse_number(text, format.decimal, scientific=format.scientific)
            if number is not None:
                scaled(number, field.places)
            return number
        case FieldType.DATE:
            found = parse_moment(text, format.dates, UTC)
            if found is None:
                return None
            if found[1] and (found[0].time() != time() or found[2]):
                raise ValueError(f"“{shown(text)}” has a time of day, and the field holds dates")
            return found[0].date()
        case _:
            found = parse_moment(text, format.dates, format.zone)
            return None if found is None else found[0].astimezone(UTC)


def _whole(number: Decimal, text: str) -> int:
    whole = int(number)
    if whole != number:
        raise ValueError(f"“{shown(text)}” is no whole number")
    if not -MAX_INTEGER - 1 <= whole <= MAX_INTEGER:
        raise ValueError(f"“{shown(text)}” is too large for a number of 64 bits")
    return whole


def _from_list(cell: tuple[str, ...], field: Field, format: Format) -> Value:
    if not cell:
        return None
    if len(cell) == 1:
        return parse(cell[0], field, format)
    if field.type is FieldType.TEXT:
        return json.dumps(cell, ensure_ascii=False)
    raise ValueError(f"a list of {len(cell)} values stands where one belongs")


def _ordered(match: re.Match[str], dates: str | None) -> tuple[int, int, int]:
    if match["year"] is not None:
        return int(match["year"]), int(match["month"]), int(match["day"])
    first, second, year = int(match["first"]), int(match["second"]), int(match["last"])
    if dates == "D/M/Y" or (dates is None and match["t"] == "."):
        return year, second, first
    if dates == "M/D/Y":
        return year, first, second
    if first == second:
        return year, first, second
    if dates is None:
        raise ValueError(f"“{match.group()}” may be day/month or month/day: the mapping can say which (“dates”)")
    raise ValueError(f"“{match.group()}” is not written as {dates}")


def _time(match: re.Match[str]) -> time:
    if match["hour"] is None:
        return time()
    hour = int(match["hour"])
    if half := match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("no hour")
        hour = hour % 12 + (12 if half in ("PM", "pm", "Pm", "pM") else 0)
    micro = int((match["fraction"] or "0").ljust(6, "0")[:6])
    return time(hour, int(match["minute"]), int(match["seconds"] or 0), micro)
