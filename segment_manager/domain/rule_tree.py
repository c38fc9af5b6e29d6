"""The parts a rule is made of, and the few things that need nothing but its shape.

Stands apart because format, checks, sentences, truth and SQL all walk the same tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from segment_manager.domain.segments import folded_name

Scalar = str | int | Decimal | bool


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: so many `unit` ('minutes', 'hours', 'days', 'weeks', 'months' or 'years')."""

    count: int
    unit: str


RuleValue = Scalar | Duration | tuple[Scalar, ...] | None


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of one field. `value` is as the rule says it: text, number, dates as text, a tuple for lists."""

    field: str
    op: str
    value: RuleValue = None
    case_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class InSegment:
    """Whether a record matches the rule of another segment of the record type; `negative`: whether it does not."""

    segment: str
    negative: bool = False

    @property
    def op(self) -> str:
        return "not_in_segment" if self.negative else "in_segment"


@dataclass(frozen=True, slots=True)
class All:
    children: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    children: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    child: Rule


@dataclass(frozen=True, slots=True)
class Everything:
    """Every record of the record type."""


Rule = Condition | InSegment | All | Any | Not | Everything
RuleOf = Callable[[str], Rule | None]
"""Gives the rule of the segment with this *folded* name (segments.folded_name), None where there is none."""


def no_rules(_name: str) -> Rule | None:
    """The RuleOf of a place without segments."""
    return None


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule's truth depends on beside the record.

    `now`: aware UTC moment of the computation; `zone`: the workspace's time zone; `week_start`: 0 is Monday;
    `rule_of`: see RuleOf.
    """

    now: datetime
    zone: tzinfo
    week_start: int = 0
    rule_of: RuleOf = no_rules


def walk(rule: Rule) -> Iterator[tuple[str, Rule, int]]:
    """Every node in reading order as (path, node, depth of groups above it); the root's path is ''."""
    waiting: list[tuple[str, Rule, int]] = [("", rule, 0)]
    while waiting:
        path, node, depth = waiting.pop()
        yield path, node, depth
        if isinstance(node, All | Any):
            word = "all" if isinstance(node, All) else "any"
            parts = [(joined(path, f"{word}[{n}]"), child, depth + 1) for n, child in enumerate(node.children)]
            waiting.extend(reversed(parts))
        elif isinstance(node, Not):
            waiting.append((joined(path, "not"), node.child, depth + 1))


def nodes(rule: Rule) -> Iterator[Rule]:
    """Every node in reading order: `walk` for those who need no paths, at a third of its time."""
    waiting = [rule]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, All | Any):
            waiting.extend(node.children[::-1])
        elif isinstance(node, Not):
            waiting.append(node.child)


def joined(path: str, step: str) -> str:
    """The path of a child node."""
    return f"{path}.{step}" if path else step


def conditions(rule: Rule) -> Iterator[Condition]:
    """The conditions of a rule itself, in reading order; not those of segments it refers to."""
    return (node for node in nodes(rule) if isinstance(node, Condition))


def segments_used(rule: Rule) -> frozenset[str]:
    """Names of the segments a rule refers to, as written, wherever they stand."""
    return frozenset(node.segment for node in nodes(rule) if isinstance(node, InSegment))


def fields_used(rule: Rule) -> frozenset[str]:
    """Names of the fields a rule compares."""
    return frozenset(condition.field for condition in conditions(rule))


def rename_segment(rule: Rule, old: str, new: str) -> Rule:
    """The rule with every reference to segment `old` (compared by folded name) turned to `new`."""
    return rename_segments(rule, {folded_name(old): new})


def rename_segments(rule: Rule, names: Mapping[str, str]) -> Rule:
    """The rule with the segments it refers to called by `names`, given by folded name; all at once, so that two may
    swap their names."""
    match rule:
        case InSegment():
            new = names.get(folded_name(rule.segment))
            return rule if new is None else InSegment(new, rule.negative)
        case All():
            return All(tuple(rename_segments(child, names) for child in rule.children))
        case Any():
            return Any(tuple(rename_segments(child, names) for child in rule.children))
        case Not():
            return Not(rename_segments(rule.child, names))
        case _:
            return rule
