"""A rule as one plain English sentence.

Stands apart because list, details, dialogs and reports all show it, and none of them words it anew.
"""

from __future__ import annotations

from decimal import Decimal

from segment_manager.domain.operators import OPERATORS, TIMES, Takes
from segment_manager.domain.records import RecordType
from segment_manager.domain.rule_format import exact
from segment_manager.domain.rule_tree import All, Any, Condition, Duration, Everything, InSegment, Not, Rule, RuleValue


def describe(rule: Rule, record_type: RecordType) -> str:
    """The sentence, with the labels of fields; names of fields that are gone stand as they are."""
    return _said(rule, record_type, inside=False)


def _said(rule: Rule, record_type: RecordType, inside: bool) -> str:
    match rule:
        case Everything():
            return "every record"
        case Not():
            return f"not ({_said(rule.child, record_type, inside=False)})"
        case All() | Any():
            if not rule.children:
                return "(an empty group)"
            if len(rule.children) == 1:
                return _said(rule.children[0], record_type, inside)
            word = " and " if isinstance(rule, All) else " or "
            text = word.join(_said(child, record_type, inside=True) for child in rule.children)
            return f"({text})" if inside else text
        case InSegment():
            return OPERATORS[rule.op].sentence.format(value=f"“{rule.segment}”")
        case Condition():
            return _condition(rule, record_type)


def _condition(condition: Condition, record_type: RecordType) -> str:
    field = record_type.field(condition.field)
    label = field.label if field else condition.field
    operator = OPERATORS.get(condition.op)
    if operator is None:
        return f"{label} {condition.op} {_plain(condition.value)}"
    if operator.takes is Takes.PERIOD:
        negative = " not" if operator.positive else ""
        return f"{label} is{negative} {_period(str(condition.value))}"
    quoted = field is None or field.type not in TIMES
    value = _value(condition.value, operator.takes, quoted)
    exactly = " (upper and lower case as written)" if condition.case_sensitive else ""
    return operator.sentence.format(field=label, value=value) + exactly


def _period(name: str) -> str:
    words = name.replace("_", " ")
    return words if name in ("today", "yesterday", "tomorrow") else f"in {words}"


def _value(value: RuleValue, takes: Takes, quoted: bool) -> str:
    if not isinstance(value, tuple):
        return _plain(value, quoted)
    words = [_plain(item, quoted) for item in value]
    if takes is Takes.RANGE:
        return " and ".join(words)
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else "…"


def _plain(value: RuleValue, quoted: bool = True) -> str:
    match value:
        case None:
            return "…"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return exact(value)
        case Duration():
            return f"{value.count} {value.unit.removesuffix('s') if value.count == 1 else value.unit}"
        case tuple():
            return ", ".join(_plain(item, quoted) for item in value)
        case int():
            return str(value)
        case str():
            return f"“{value}”" if quoted else value.replace("T", " ")
