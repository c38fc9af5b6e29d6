"""The one stored form of every value of a field.

Stands apart because rules, imports and storage must agree, to the last digit, on what a value is.

Values in Python: text and choice `str`; integer `int`; decimal `Decimal`; date `datetime.date`; datetime an aware
`datetime` in UTC; boolean `bool`; choices a `tuple[str, ...]`; empty `None`.
Values as stored (`to_stored`): text and choice as they are; integer as it is; decimal an integer scaled by 10**places;
date 'YYYY-MM-DD'; datetime microseconds since 1970-01-01 UTC; boolean 0 or 1; choices a JSON list.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from segment_manager.domain.records import Field, FieldType, fold

Value = str | int | Decimal | date | datetime | bool | tuple[str, ...] | None
Stored = str | int | None

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_DIGITS = 18
"""Decimal digits that a scaled decimal may have: what fits 64 bits whatever its places."""

CHOICES_MARK = "\x1f"
"""Stands before, between and after the folded values in the folded column of a `choices` field."""


def folded(field: Field, value: Value) -> str | None:
    """What the folded column holds for a value."""
    if isinstance(value, str):
        return fold(value) if value.strip() else None
    if isinstance(value, tuple):
        kept = [fold(item) for item in value if item.strip()]
        return CHOICES_MARK + CHOICES_MARK.join(kept) + CHOICES_MARK if kept else None
    return None


def to_stored(field: Field, value: Value) -> Stored:
    """The stored form of a value. Raises ValueError where a decimal has more digits than the field holds."""
    if value is None:
        return None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return scaled(value, field.places)
    if isinstance(value, datetime):
        return (value - EPOCH) // timedelta(microseconds=1)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    return value


def from_stored(field: Field, stored: Stored) -> Value:
    """The value behind a stored form."""
    if stored is None:
        return None
    reads = value_reader(field)
    return stored if reads is None else reads(stored)


def value_reader(field: Field) -> Callable[[Any], Value] | None:
    """What makes values of a field's stored forms but NULL; None where they are the values."""
    match field.type:
        case FieldType.DECIMAL:
            return lambda stored: Decimal(stored).scaleb(-field.places)
        case FieldType.DATE:
            return date.fromisoformat
        case FieldType.DATETIME:
            return lambda stored: EPOCH + timedelta(microseconds=stored)
        case FieldType.BOOLEAN:
            return bool
        case FieldType.CHOICES:
            return lambda stored: tuple(json.loads(stored))
        case _:
            return None


def scaled(number: Decimal, places: int) -> int:
    """A decimal as an integer of 10**-places. Raises ValueError where digits would be lost or exceed MAX_DIGITS."""
    sign, digits, exponent = number.as_tuple()
    if not number:
        return 0
    text, shift = "".join(map(str, digits)).rstrip("0"), int(exponent) + places  # digit by digit: arithmetic rounds
    shift += len(digits) - len(text)
    size = len(text.lstrip("0"))
    if size > MAX_DIGITS or size + max(shift - places, 0) > MAX_DIGITS:
        raise ValueError(f"{number} has more than {MAX_DIGITS} digits")
    if shift < 0:
        raise ValueError(f"{number} has more than {places} decimal places")
    if size + shift > MAX_DIGITS:
        kept = f"{places} decimal place{'' if places == 1 else 's'}"
        raise ValueError(f"{number} has more than {MAX_DIGITS} digits with the {kept} of the field")
    whole: int = int(text) * 10**shift
    return -whole if sign else whole
