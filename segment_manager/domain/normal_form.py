"""The normal form of a rule: rules that mean the same in a simple sense become equal, and so does their JSON.

Stands apart because only the search for duplicates needs it: rules are kept and shown as people wrote them. What is
made equal: order and repetition of children and of list values, groups in groups, groups of one, `not` pushed down to
the conditions, 'is A or is B' and 'is one of A, B', upper and lower case where it does not count, and the many ways to
write a number, a moment, a length of time or a segment's name. Rules that are equal only by arithmetic (at least 5,
more than 4) stay different. A normal form matches the same records as its rule; tests/domain/test_normal_form.py sees
to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC
from decimal import Decimal

from segment_manager.domain.operators import OPERATORS, TEXTS, Takes
from segment_manager.domain.periods import parse_day, parse_moment
from segment_manager.domain.records import Field, FieldType, RecordType, fold
from segment_manager.domain.rule_check import missing
from segment_manager.domain.rule_format import exact, to_json
from segment_manager.domain.rule_tree import All, Any, Condition, Duration, Everything, InSegment, Not, Rule, Scalar
from segment_manager.domain.segments import folded_name
from segment_manager.domain.texts import nfc

_TWIN = {row.positive: row.name for row in OPERATORS.values() if row.positive} | {
    row.name: row.positive for row in OPERATORS.values() if row.positive
}
"""The operator that is the exact complement of another, both ways."""

_AS_LIST = {"equals": "in", "not_equals": "not_in", "on": "in", "not_on": "not_in"}
"""Comparisons with one value, and the same with a list."""

_JOINED_BY_ALL = {"not_in", "contains_none", "contains_all"}
_JOINED_BY_ANY = {"in", "contains_any"}
"""Operators of which several on the same field make one whose list holds all the values."""

_SMALLER_UNIT = {"weeks": (7, "days"), "years": (12, "months"), "hours": (60, "minutes")}
"""Units of time that are exactly so many of another; a day is not always 24 hours."""


def normal_form(rule: Rule, record_type: RecordType) -> Rule:
    """The rule that stands for all that mean the same in a simple sense (see the module); it is its own normal form.

    A rule that lacks something matches nobody, whatever it says: it is given back as it is.
    """
    return rule if missing(rule, record_type, None) else _normal(rule, record_type, negative=False)


def _normal(rule: Rule, record_type: RecordType, *, negative: bool) -> Rule:
    """The normal form of a rule or of its opposite.

    No reference to a segment ever gets lost, not even beside 'everything': with that segment gone the rule is broken.
    """
    match rule:
        case Everything():
            return Not(rule) if negative else rule
        case Not():
            return _normal(rule.child, record_type, negative=not negative)
        case All() | Any():
            every = isinstance(rule, All) is not negative
            return _group((_normal(child, record_type, negative=negative) for child in rule.children), every=every)
        case InSegment():
            return InSegment(_settled(rule.segment, folded_name), rule.negative is not negative)
        case Condition():
            field = record_type.field(rule.field)
            assert field is not None  # normal_form gave back what lacks one
            return _condition(rule, field, negative=negative)


def _group(children: Iterable[Rule], *, every: bool) -> Rule:
    """All (`every`) or any of some normal forms, as a normal form."""
    kind, no_matter = (All, Everything()) if every else (Any, Not(Everything()))
    flat: list[Rule] = []
    for child in children:
        flat.extend(child.children if isinstance(child, kind) else (child,))
    kept = _joined([child for child in flat if child != no_matter] or flat[:1], every=every)
    distinct = {to_json(child): child for child in kept}
    ordered = tuple(distinct[text] for text in sorted(distinct))
    return ordered[0] if len(ordered) == 1 else kind(ordered)


def _joined(children: list[Rule], *, every: bool) -> list[Rule]:
    """The children with those conditions made one that differ in their list alone and can be."""
    ops = _JOINED_BY_ALL if every else _JOINED_BY_ANY
    rest: list[Rule] = []
    lists: dict[tuple[str, str, bool], set[Scalar]] = {}
    for child in children:
        if isinstance(child, Condition) and isinstance(child.value, tuple):
            lone = every and child.op == "contains_any" and len(child.value) == 1
            op = "contains_all" if lone else child.op
            if op in ops:
                lists.setdefault((child.field, op, child.case_sensitive), set()).update(child.value)
                continue
        rest.append(child)
    for (field, op, case_sensitive), values in lists.items():
        rest.append(_listed(Condition(field, op, _ordered(values), case_sensitive)))
    return rest


def _condition(condition: Condition, field: Field, *, negative: bool) -> Rule:
    made = _listed(_one_value(condition, field))
    if not negative:
        return made
    twin = _TWIN.get(made.op)
    return replace(made, op=twin) if twin else Not(made)


def _one_value(condition: Condition, field: Field) -> Condition:
    """The condition with its value in normal form, and as one with a list where there is such."""
    op, value = condition.op, condition.value
    if op in ("is_true", "is_false"):
        return Condition(field.name, "in", (op == "is_true",))
    match OPERATORS[op].takes:
        case Takes.LIST if isinstance(value, tuple):
            return replace(condition, value=_ordered(_scalar(one, condition, field) for one in value))
        case Takes.RANGE if isinstance(value, tuple):
            return replace(condition, value=tuple(_scalar(one, condition, field) for one in value))
        case Takes.DURATION if isinstance(value, Duration) and value.unit in _SMALLER_UNIT:
            times, unit = _SMALLER_UNIT[value.unit]
            return replace(condition, value=Duration(value.count * times, unit))
        case Takes.PATTERN:
            return replace(condition, value=nfc(str(value)))
        case Takes.ONE if value is not None and not isinstance(value, tuple | Duration):
            one = _scalar(value, condition, field)
            whole_day = op in ("on", "not_on") and parse_day(str(one)) is None  # 'on' a moment means the day it is in
            if op in _AS_LIST and not whole_day:
                return replace(condition, op=_AS_LIST[op], value=(one,))
            return replace(condition, value=one)
    return condition


def _listed(condition: Condition) -> Condition:
    """A condition with a list, said in the one way where there are two."""
    values = condition.value
    if condition.op == "contains_all" and isinstance(values, tuple) and len(values) == 1:
        return replace(condition, op="contains_any")
    if isinstance(values, tuple) and values == (False, True) and isinstance(values[0], bool):
        return Condition(condition.field, "is_not_empty" if condition.op == "in" else "is_empty")
    return condition


def _ordered(values: Iterable[Scalar]) -> tuple[Scalar, ...]:
    """Values of one kind, each once, in order."""
    return tuple(sorted(set(values)))


def _scalar(value: Scalar, condition: Condition, field: Field) -> Scalar:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        text = exact(Decimal(value))
        return int(text) if text.lstrip("-").isdigit() else Decimal(text)
    if field.type is FieldType.DATETIME:
        return _moment(value)
    if field.type in TEXTS and condition.case_sensitive:
        return nfc(value)
    return value if field.type is FieldType.DATE else _settled(value, fold)


def _settled(text: str, folding: Callable[[str], str]) -> str:
    """The folded text; as it is where folding it once more (as every comparison does) would change it again."""
    folded = folding(text)
    return folded if folding(folded) == folded else text


def _moment(text: str) -> str:
    """A day as it is; a time without offset in full; one with an offset in UTC."""
    moment = parse_moment(text)
    if moment is None:
        return text
    try:
        return (moment if moment.tzinfo is None else moment.astimezone(UTC)).isoformat()
    except OverflowError:  # within a day of the first or last there is
        return text
