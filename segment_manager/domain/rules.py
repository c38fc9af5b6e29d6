"""Rules: the tree, its JSON, its checks, its sentence, and whether a record matches.

Stands apart as the one door to all that a rule is; its SQL twin is storage/rule_sql.py, and a test ties the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from segment_manager.domain.operands import comparable, is_blank, operand, positive_of
from segment_manager.domain.operators import OPERATORS, Takes
from segment_manager.domain.records import RecordType
from segment_manager.domain.rule_check import broken_because, check, check_circle, missing, needed
from segment_manager.domain.rule_format import MAX_CONDITIONS, MAX_DEPTH, exact, from_json, stored_rule, to_json
from segment_manager.domain.rule_tree import (
    All,
    Any,
    Condition,
    Context,
    Duration,
    Everything,
    InSegment,
    Not,
    Rule,
    RuleOf,
    RuleValue,
    conditions,
    fields_used,
    no_rules,
    rename_segment,
    rename_segments,
    segments_used,
    walk,
)
from segment_manager.domain.segments import folded_name
from segment_manager.domain.sentences import describe
from segment_manager.domain.stored_values import Value

__all__ = [
    "MAX_CONDITIONS", "MAX_DEPTH", "All", "Any", "Condition", "Context", "Duration", "Everything", "InSegment", "Not",
    "Rule", "RuleOf", "RuleValue", "broken_because", "check", "check_circle", "conditions", "depends_on_time",
    "describe", "explain", "fields_used", "from_json", "matches", "missing", "needed", "predicate", "rename_segment",
    "rename_segments", "segments_used", "stored_rule", "to_json", "walk",
]  # fmt: skip

Record = Mapping[str, Value]
Known = Mapping[str, bool]
"""Which segments a record is known to match, by folded name: each is worked out once, whoever refers to it."""
Truth = Callable[[Record, Known], bool]

UNFOLDED_SEGMENTS = 10
"""Levels of segments inside segments that an explanation spells out."""


def matches(rule: Rule, record: Record, record_type: RecordType, context: Context) -> bool:
    """Whether a record (values by field name) matches. A broken rule matches none; it never raises."""
    return predicate(rule, record_type, context)(record)


def predicate(rule: Rule, record_type: RecordType, context: Context) -> Callable[[Record], bool]:
    """The test `matches` makes, made ready once for many records."""
    if broken_because(None, rule, record_type, context.rule_of):
        return _never
    others = {
        name: _truth(inner, record_type, context) for name, inner in (needed(rule, context.rule_of) or {}).items()
    }
    own = _truth(rule, record_type, context)

    def test(record: Record) -> bool:
        known: dict[str, bool] = {}
        for name, other in others.items():  # in the order of needed(): each after those it rests on
            known[name] = other(record, known)
        return own(record, known)

    return test


def _never(_record: Record, _known: Known | None = None) -> bool:
    return False


def _always(_record: Record, _known: Known) -> bool:
    return True


def _truth(rule: Rule, record_type: RecordType, context: Context) -> Truth:
    match rule:
        case Everything():
            return _always
        case Not():
            inner = _truth(rule.child, record_type, context)
            return lambda record, known: not inner(record, known)
        case All():
            every = [_truth(child, record_type, context) for child in rule.children]
            return lambda record, known: bool(every) and all(test(record, known) for test in every)
        case Any():
            some = [_truth(child, record_type, context) for child in rule.children]
            return lambda record, known: any(test(record, known) for test in some)
        case InSegment():
            name, negative = folded_name(rule.segment), rule.negative
            return lambda _record, known: known[name] is not negative
        case Condition():
            holds = _condition_truth(rule, record_type, context)
            return lambda record, _known: holds(record)


def _condition_truth(condition: Condition, record_type: RecordType, context: Context) -> Callable[[Record], bool]:
    """The condition's test; the complement of the positive operator's where it is negative."""
    field = record_type.field(condition.field)
    if field is None:
        return _never
    name = field.name
    positive = positive_of(condition)
    negative = OPERATORS[condition.op].positive is not None
    if positive.test is None:  # is_empty
        return lambda record: is_blank(record.get(name)) is not negative
    test, right = positive.test, operand(condition, field, context)
    # a pattern looks at the text itself and ignores case in its own way; folded, 'İ' would be two characters
    as_it_stands = condition.case_sensitive or positive.takes is Takes.PATTERN

    def holds(record: Record) -> bool:
        value = record.get(name)
        return (not is_blank(value) and bool(test(comparable(value, field, as_it_stands), right))) is not negative

    return holds


def depends_on_time(rule: Rule, rule_of: RuleOf = no_rules) -> bool:
    """Whether the rule, or one of a segment it rests on, can change its answer by the mere passing of time."""
    relative = ("in_last", "in_next", "in_period")
    parts = (rule, *(needed(rule, rule_of) or {}).values())
    return any(one.op.removeprefix("not_") in relative for part in parts for one in conditions(part))


def explain(rule: Rule, record: Record, record_type: RecordType, context: Context) -> dict[str, object]:
    """Why a record matches or not: {"op", "field", "value", "record_value", "true", "children"}, ready for JSON.

    Groups have the op 'all', 'any', 'not' or 'everything'; in_segment has the other segment's tree as its child (each
    segment spelled out once). Nodes that are broken are false and have "broken": what they lack.
    """
    lost = broken_because(None, rule, record_type, context.rule_of)
    tree = _Explainer(record, record_type, context).node(rule, 0)
    if lost:
        tree["true"] = False
        tree["broken"] = list(lost)
    return tree


class _Explainer:
    def __init__(self, record: Record, record_type: RecordType, context: Context) -> None:
        self.record, self.record_type, self.context = record, record_type, context
        self.spelled_out: set[str] = set()

    def node(self, rule: Rule, level: int) -> dict[str, object]:
        match rule:
            case Everything():
                return _entry("everything", True)
            case Not():
                child = self.node(rule.child, level)
                return _entry("not", not child["true"], children=[child])
            case All() | Any():
                children = [self.node(child, level) for child in rule.children]
                truths = [bool(child["true"]) for child in children]
                whole = bool(truths) and all(truths) if isinstance(rule, All) else any(truths)
                return _entry("all" if isinstance(rule, All) else "any", whole, children=children)
            case InSegment():
                return self.segment(rule, level)
            case Condition():
                return self.condition(rule)

    def segment(self, rule: InSegment, level: int) -> dict[str, object]:
        name = folded_name(rule.segment)
        other = self.context.rule_of(name)
        lost = broken_because(None, rule, self.record_type, self.context.rule_of)
        truth = not lost and matches(rule, self.record, self.record_type, self.context)
        entry = _entry(rule.op, truth, value=rule.segment)
        if lost:
            entry["broken"] = list(lost)
        elif other is not None and name not in self.spelled_out and level < UNFOLDED_SEGMENTS:
            self.spelled_out.add(name)
            entry["children"] = [self.node(other, level + 1)]
        return entry

    def condition(self, rule: Condition) -> dict[str, object]:
        lost = missing(rule, self.record_type, None)
        truth = not lost and matches(rule, self.record, self.record_type, self.context)
        entry = _entry(rule.op, truth, rule.field, _shown(rule.value), _shown(self.record.get(rule.field)))
        if rule.case_sensitive:
            entry["case_sensitive"] = True
        if lost:
            entry["broken"] = list(lost)
        return entry


def _entry(
    op: str,
    true: bool,
    field: str | None = None,
    value: object = None,
    record_value: object = None,
    children: list[dict[str, object]] | None = None,
) -> dict[str, object]:
    return {
        "op": op, "field": field, "value": value, "record_value": record_value, "true": true,
        "children": children or [],
    }  # fmt: skip


def _shown(value: object) -> object:
    """A value as JSON can hold it. Decimals become numbers where their digits survive, else text."""
    match value:
        case Decimal():
            text = exact(value)
            if value == value.to_integral_value() and "E" not in text:
                return int(text)
            return float(text) if Decimal(repr(float(text))) == value else text
        case date():  # datetimes, always in UTC here, are dates too
            return value.isoformat().replace("+00:00", "Z")
        case Duration():
            return {value.unit: value.count}
        case tuple():
            return [_shown(item) for item in value]
        case _:
            return value
