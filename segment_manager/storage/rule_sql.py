"""The SQL twin of rules.matches: a rule as one parametrised expression over the columns of its record table.

Stands apart because a million records are asked in SQL while one record is asked in Python; both must answer alike, and
tests/storage/test_rule_twin.py sees to it. Every expression made here is 0 or 1, never NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, Self, TypeVar

from segment_manager.domain.records import RecordType
from segment_manager.domain.rule_tree import All, Any, Condition, Context, Everything, InSegment, Not, Rule, conditions
from segment_manager.domain.rules import broken_because, missing, needed
from segment_manager.domain.segments import folded_name
from segment_manager.domain.stored_values import Stored
from segment_manager.storage.condition_sql import condition_sql
from segment_manager.storage.expressions import ALWAYS, NEVER, RuleTooLarge, Sql, all_of, any_of, negated
from segment_manager.storage.sql_functions import register_functions

__all__ = ["RuleTooLarge", "combine", "compile_condition", "compile_rule", "distinct_conditions", "register_functions"]


def compile_rule(rule: Rule, record_type: RecordType, context: Context) -> tuple[str, list[Stored]]:
    """The expression that is 1 for the records that match, with its parameters. A broken rule gives '0'.

    Segments are written out by their rules. Raises RuleTooLarge where that exceeds what SQLite takes in one statement.
    """
    if broken_because(None, rule, record_type, context.rule_of):
        return NEVER.text, []
    ready: dict[str, Sql] = {}
    for name, inner in (needed(rule, context.rule_of) or {}).items():
        ready[name] = _rule(inner, record_type, context, ready)
    made = _rule(rule, record_type, context, ready).within_limits()
    return made.text, list(made.parameters)


def compile_condition(condition: Condition, record_type: RecordType, context: Context) -> tuple[str, list[Stored]]:
    """The expression of one condition; '0' where the condition is broken."""
    if missing(condition, record_type, None):
        return NEVER.text, []
    made = condition_sql(condition, record_type, context)
    return made.text, list(made.parameters)


def distinct_conditions(rules: Iterable[Rule], context: Context) -> frozenset[Condition]:
    """The conditions that whole rules rest on, those of the segments they refer to included, each once."""
    found: set[Condition] = set()
    for rule in rules:
        for inner in (rule, *(needed(rule, context.rule_of) or {}).values()):
            found.update(conditions(inner))
    return frozenset(found)


class _Ids(Protocol):
    """A set of record ids; pyroaring's bitmaps are such."""

    def __and__(self, other: Self, /) -> Self: ...
    def __or__(self, other: Self, /) -> Self: ...
    def __sub__(self, other: Self, /) -> Self: ...


Ids = TypeVar("Ids", bound=_Ids)


def combine(
    rule: Rule, record_type: RecordType, context: Context, ids_of: Callable[[Condition], Ids], everyone: Ids,
    ready: dict[str, Ids] | None = None, *, whole: bool = False,
) -> Ids:  # fmt: skip
    """The ids of the records that match, from the ids of each condition (see distinct_conditions) and of all records.

    `ready`: sets of segments worked out already, by folded name; it is filled, so that many rules share the work.
    A broken rule gives the empty set; `whole`: it is known that this one is not.
    """
    if not whole and broken_because(None, rule, record_type, context.rule_of):
        return everyone - everyone
    ready = {} if ready is None else ready
    for name, inner in (needed(rule, context.rule_of) or {}).items():
        if name not in ready:
            ready[name] = _combined(inner, ids_of, everyone, ready)
    return _combined(rule, ids_of, everyone, ready)


def _combined(rule: Rule, ids_of: Callable[[Condition], Ids], everyone: Ids, ready: dict[str, Ids]) -> Ids:
    match rule:
        case Everything():
            return everyone
        case Not():
            return everyone - _combined(rule.child, ids_of, everyone, ready)
        case All():
            result = everyone
            for child in rule.children:
                result = result & _combined(child, ids_of, everyone, ready)
            return result
        case Any():
            result = everyone - everyone
            for child in rule.children:
                result = result | _combined(child, ids_of, everyone, ready)
            return result
        case InSegment():
            inside = ready[folded_name(rule.segment)]
            return everyone - inside if rule.negative else inside
        case Condition():
            return ids_of(rule)


def _rule(rule: Rule, record_type: RecordType, context: Context, ready: dict[str, Sql]) -> Sql:
    match rule:
        case Everything():
            return ALWAYS
        case Not():
            return negated(_rule(rule.child, record_type, context, ready))
        case All():
            return all_of([_rule(child, record_type, context, ready) for child in rule.children])
        case Any():
            return any_of([_rule(child, record_type, context, ready) for child in rule.children])
        case InSegment():
            inside = ready[folded_name(rule.segment)]
            return negated(inside) if rule.negative else inside
        case Condition():
            return condition_sql(rule, record_type, context)
