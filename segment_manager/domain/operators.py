"""The operators of conditions: a table, one row an operator.

Stands apart because the editor's lists, the checks, the sentences and both faces of truth all come from it.
A negative operator has no test of its own: it is the exact complement of the positive one it names.
"""

from __future__ import annotations

import difflib
import operator as compare
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from segment_manager.domain.periods import within
from segment_manager.domain.records import FieldType
from segment_manager.domain.stored_values import CHOICES_MARK
from segment_manager.domain.texts import has_word

Test = Callable[[Any, Any], bool]
"""Takes a filled record value in its comparable form and the rule's value in the same form (operands.py)."""


class Takes(StrEnum):
    """What stands in a condition's value."""

    NOTHING = "none"
    ONE = "one"
    LIST = "list"
    RANGE = "range"
    DURATION = "duration"
    PERIOD = "period"
    PATTERN = "pattern"
    SEGMENT = "segment"


T = FieldType
TEXTS = (T.TEXT, T.CHOICE)
NUMBERS = (T.INTEGER, T.DECIMAL)
TIMES = (T.DATE, T.DATETIME)
ALL_BUT_CHOICES = (*TEXTS, *NUMBERS, *TIMES, T.BOOLEAN)

_ELEMENTS = {
    T.TEXT: "text", T.CHOICE: "text", T.CHOICES: "text", T.INTEGER: "number", T.DECIMAL: "number",
    T.DATE: "date", T.DATETIME: "datetime", T.BOOLEAN: "boolean",
}  # fmt: skip


def element_kind(field_type: FieldType) -> str:
    """What one value of a field is to an editor: 'text', 'number', 'date', 'datetime' or 'boolean'."""
    return _ELEMENTS[field_type]


@dataclass(frozen=True, slots=True)
class Operator:
    """One row. `sentence` has the places {field} and {value}; `positive`: what a negative one is the complement of."""

    name: str
    label: str
    types: tuple[FieldType, ...]
    takes: Takes
    sentence: str
    test: Test | None = None
    positive: str | None = None

    @property
    def for_segments(self) -> bool:
        """Whether it looks at another segment instead of a field."""
        return self.takes is Takes.SEGMENT

    def value_kind(self, field_type: FieldType) -> str:
        """What an editor shows for the value: 'text', 'number', 'date', 'datetime', 'boolean', 'none', 'list', 'range',
        'duration', 'period' or 'segment'. Items of a list and ends of a range are of element_kind(field_type)."""
        if self.takes is Takes.PATTERN:
            return "text"
        if self.takes is Takes.ONE:
            return "date" if self.name in ("on", "not_on") else element_kind(field_type)
        return self.takes.value


def _any_choice(held: str, wanted: tuple[str, ...]) -> bool:
    return any(CHOICES_MARK + one + CHOICES_MARK in held for one in wanted)


def _all_choices(held: str, wanted: tuple[str, ...]) -> bool:
    return all(CHOICES_MARK + one + CHOICES_MARK in held for one in wanted)


def _found(text: str, pattern: Callable[[str], bool]) -> bool:
    return pattern(text)


def _either(
    name: str, types: tuple[FieldType, ...], takes: Takes, label: str, test: Test, no_name: str, no: str
) -> tuple[Operator, Operator]:
    """A positive operator and its complement."""
    value = "" if takes is Takes.NOTHING else " {value}"
    return (
        Operator(name, label, types, takes, f"{{field}} {label}{value}", test),
        Operator(no_name, no, types, takes, f"{{field}} {no}{value}", None, name),
    )


def _table() -> tuple[Operator, ...]:
    one, many, between = Takes.ONE, Takes.LIST, Takes.RANGE
    every = (*ALL_BUT_CHOICES, T.CHOICES)
    rows = [
        _either("equals", (*TEXTS, *NUMBERS), one, "is", compare.eq, "not_equals", "is not"),
        _either("contains", TEXTS, one, "contains", compare.contains, "not_contains", "does not contain"),
        _either("contains_word", TEXTS, one, "contains the word", has_word,
                "not_contains_word", "does not contain the word"),
        _either("starts_with", TEXTS, one, "starts with", str.startswith, "not_starts_with", "does not start with"),
        _either("ends_with", TEXTS, one, "ends with", str.endswith, "not_ends_with", "does not end with"),
        _either("matches", TEXTS, Takes.PATTERN, "matches the pattern", _found,
                "not_matches", "does not match the pattern"),
        (Operator("less_than", "is less than", NUMBERS, one, "{field} is less than {value}", compare.lt),),
        (Operator("at_most", "is at most", NUMBERS, one, "{field} is at most {value}", compare.le),),
        (Operator("greater_than", "is greater than", NUMBERS, one, "{field} is greater than {value}", compare.gt),),
        (Operator("at_least", "is at least", NUMBERS, one, "{field} is at least {value}", compare.ge),),
        _either("on", TIMES, one, "is on", within, "not_on", "is not on"),
        (Operator("before", "is before", TIMES, one, "{field} is before {value}", within),),
        (Operator("on_or_before", "is on or before", TIMES, one, "{field} is on or before {value}", within),),
        (Operator("after", "is after", TIMES, one, "{field} is after {value}", within),),
        (Operator("on_or_after", "is on or after", TIMES, one, "{field} is on or after {value}", within),),
        _either("between", (*NUMBERS, *TIMES), between, "is between", _between, "not_between", "is not between"),
        _either("in_last", TIMES, Takes.DURATION, "is in the last", within, "not_in_last", "is not in the last"),
        _either("in_next", TIMES, Takes.DURATION, "is in the next", within, "not_in_next", "is not in the next"),
        _either("in_period", TIMES, Takes.PERIOD, "is in the period", within, "not_in_period", "is not in the period"),
        (Operator("is_true", "is true", (T.BOOLEAN,), Takes.NOTHING, "{field} is true", compare.is_),
         Operator("is_false", "is false", (T.BOOLEAN,), Takes.NOTHING, "{field} is false", compare.is_)),
        _either("contains_any", (T.CHOICES,), many, "contains any of", _any_choice,
                "contains_none", "contains none of"),
        (Operator("contains_all", "contains all of", (T.CHOICES,), many, "{field} contains all of {value}",
                  _all_choices),),
        _either("in", ALL_BUT_CHOICES, many, "is one of", _one_of, "not_in", "is not one of"),
        (Operator("is_empty", "is empty", every, Takes.NOTHING, "{field} is empty"),
         Operator("is_not_empty", "is not empty", every, Takes.NOTHING, "{field} is not empty", None, "is_empty")),
        (Operator("in_segment", "is in segment", (), Takes.SEGMENT, "is in segment {value}"),
         Operator("not_in_segment", "is not in segment", (), Takes.SEGMENT, "is not in segment {value}",
                  None, "in_segment")),
    ]  # fmt: skip
    return tuple(operator for row in rows for operator in row)


def _between(number: Any, ends: Any) -> bool:
    """For numbers two ends, both included; for times a tuple of spans as everywhere."""
    if ends and isinstance(ends[0], tuple):
        return within(number, ends)
    return bool(ends[0] <= number <= ends[1])


def _one_of(value: Any, wanted: Any) -> bool:
    """In a set of values, or for times in a tuple of spans."""
    return within(value, wanted) if isinstance(wanted, tuple) else value in wanted


OPERATORS: dict[str, Operator] = {operator.name: operator for operator in _table()}

_FOR_TYPE = {kind: tuple(row for row in OPERATORS.values() if kind in row.types) for kind in FieldType}
SEGMENT_OPERATORS = tuple(row for row in OPERATORS.values() if row.for_segments)


def operators_for(field_type: FieldType) -> tuple[Operator, ...]:
    """The operators of a field type, in the order an editor lists them."""
    return _FOR_TYPE[field_type]


def near(word: str, known: Iterable[str]) -> str:
    """' (did you mean “city”?)' with the known words near to one that is not, or ''."""
    found = difflib.get_close_matches(word.casefold()[:100], list(known), n=2, cutoff=0.6)
    return f" (did you mean {' or '.join(f'“{one}”' for one in found)}?)" if found else ""
