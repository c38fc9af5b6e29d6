"""Both sides of a comparison in comparable form: what the record holds, and what the rule says.

Stands apart because truth, checks and SQL read a rule's values by the same few functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from segment_manager.domain.operators import OPERATORS, TEXTS, TIMES, Operator, Takes, element_kind
from segment_manager.domain.periods import CALENDAR_UNITS, CLOCK_UNITS, PERIODS, parse_day, parse_moment, spans
from segment_manager.domain.records import Field, FieldType, fold
from segment_manager.domain.rule_tree import Condition, Context, Duration, RuleValue
from segment_manager.domain.stored_values import EPOCH, Value, folded
from segment_manager.domain.texts import compiled, found, nfc

ARTICLES = {
    "text": "a text",
    "number": "a number",
    "date": 'a date such as "2026-01-31"',
    "datetime": 'a date such as "2026-01-31" or a time such as "2026-01-31T14:30"',
    "boolean": "true or false",
}


def is_blank(value: Value) -> bool:
    """Whether a record's field counts as empty: nothing, '', white space alone, or a list of nothing else."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, tuple):
        return not any(item.strip() for item in value)
    return value is None


def comparable(value: Value, field: Field, case_sensitive: bool) -> Any:
    """A filled record value in the form the tests take: folded or exact text, number, day number or moment."""
    if isinstance(value, str):
        return nfc(value) if case_sensitive else fold(value)
    if isinstance(value, tuple):
        return folded(field, value)
    if isinstance(value, datetime):
        return (value - EPOCH) // timedelta(microseconds=1)
    if isinstance(value, date):
        return value.toordinal()
    return value


def operand(condition: Condition, field: Field, context: Context) -> Any:
    """The rule's side for the test of the *positive* operator. Takes a condition in which misfit() finds nothing."""
    positive = positive_of(condition)
    value = condition.value
    if field.type in TIMES and positive.takes is not Takes.NOTHING:
        return spans(positive.name, value, field.type, context)
    if positive.takes is Takes.PATTERN:
        return _searcher(str(value), condition.case_sensitive)
    if isinstance(value, tuple):
        items = [_text(item, condition.case_sensitive) for item in value]
        if positive.takes is Takes.RANGE or field.type is FieldType.CHOICES:
            return tuple(items)
        return frozenset(items)
    if positive.takes is Takes.NOTHING:
        return positive.name == "is_true"
    return _text(value, condition.case_sensitive)


def positive_of(condition: Condition) -> Operator:
    """The operator whose test decides a condition: its own, or the one it is the complement of."""
    own = OPERATORS[condition.op]
    return OPERATORS[own.positive] if own.positive else own


def _text(value: Any, case_sensitive: bool) -> Any:
    if not isinstance(value, str):
        return value
    return nfc(value) if case_sensitive else fold(value)


def _searcher(pattern: str, case_sensitive: bool) -> Callable[[str], bool]:
    return lambda text: found(pattern, case_sensitive, text)


def misfit(condition: Condition, field: Field) -> str | None:
    """Why a condition cannot be used on a field: its operator or value does not fit the field's type. None: it can."""
    operator = OPERATORS.get(condition.op)
    if operator is None or field.type not in operator.types:
        return f"The operator “{condition.op}” does not go with “{field.label}”, which is {_typed(field)}."
    if condition.case_sensitive and (field.type not in TEXTS or operator.takes is Takes.NOTHING):
        return "“case_sensitive” goes only with comparisons of text and choice fields."
    return _value_misfit(operator, condition.value, field)


def _value_misfit(operator: Operator, value: RuleValue, field: Field) -> str | None:
    kind = element_kind(field.type)
    match operator.takes:
        case Takes.NOTHING:
            return None if value is None else f"“{operator.name}” takes no value."
        case Takes.LIST:
            if not isinstance(value, tuple):
                return f"“{operator.name}” needs a list of values."
            if not value:
                return "The list is empty. Give at least one value."
            return next((problem for item in value if (problem := _item_misfit(item, kind))), None)
        case Takes.RANGE:
            if not isinstance(value, tuple) or len(value) != 2:
                return f"“{operator.name}” needs a list of two values, the first and the last."
            return next((problem for item in value if (problem := _item_misfit(item, kind))), None)
        case Takes.DURATION:
            return _duration_misfit(value, field)
        case Takes.PERIOD:
            return None if value in PERIODS else f"A period is one of {', '.join(PERIODS)}."
        case Takes.PATTERN:
            return _item_misfit(value, "text") or _pattern_misfit(str(value))
        case _:
            return _item_misfit(value, kind)


def _item_misfit(value: object, kind: str) -> str | None:
    match kind:
        case "text":
            fits = isinstance(value, str)
        case "number":
            fits = isinstance(value, int | Decimal) and not isinstance(value, bool)
            fits = fits and (not isinstance(value, Decimal) or value.is_finite())
        case "date":
            fits = isinstance(value, str) and parse_day(value) is not None
        case "datetime":
            fits = isinstance(value, str) and (parse_day(value) is not None or parse_moment(value) is not None)
        case _:
            fits = isinstance(value, bool)
    if not fits:
        hint = (
            f": {value} without quotes" if kind == "number" and isinstance(value, str) and _number_like(value) else ""
        )
        return f"The value {'is missing; it ' if value is None else ''}must be {ARTICLES[kind]}{hint}."
    return _unstorable(value) if isinstance(value, str) else None


def _number_like(text: str) -> bool:
    return len(text) <= 40 and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is not None


def _unstorable(text: str) -> str | None:
    if "\0" in text or "\x1f" in text:
        return "The text contains a control character. Remove it."
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "The text contains a character that cannot be stored. Remove it."
    return None


def _duration_misfit(value: RuleValue, field: Field) -> str | None:
    units = CALENDAR_UNITS if field.type is FieldType.DATE else (*CLOCK_UNITS, *CALENDAR_UNITS)
    if not isinstance(value, Duration):
        return 'A length of time is one unit with a whole number, such as {"days": 30}.'
    if value.unit not in units:
        return f"The unit of time for “{field.label}” is one of {', '.join(units)}."
    return None if value.count >= 0 else "A length of time cannot be negative."


def _pattern_misfit(pattern: str) -> str | None:
    try:
        compiled(pattern, True)
    except ValueError as error:
        return f"The regular expression cannot be used: {error}."
    return None


def _typed(field: Field) -> str:
    return f"{'an' if field.type.value[0] in 'aeiou' else 'a'} {field.type.value} field"
