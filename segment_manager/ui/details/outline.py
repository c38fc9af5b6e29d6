"""A rule as an indented outline: one line a condition, groups named by what they ask.

Stands apart because it is text made from a rule, which needs no window to be tested.
"""

from __future__ import annotations

from typing import NamedTuple

from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import All, Any, Everything, InSegment, Not, Rule, describe

LONGEST = 400


class Line(NamedTuple):
    """One line. `group`: whether it heads the deeper lines after it."""

    depth: int
    text: str
    group: bool


def outline(rule: Rule, record_type: RecordType) -> list[Line]:
    """The lines of a rule from top to bottom."""
    lines: list[Line] = []
    _say(rule, record_type, 0, lines)
    return lines


def _say(rule: Rule, record_type: RecordType, depth: int, lines: list[Line]) -> None:
    match rule:
        case All(children):
            _group("All of these hold:", children, record_type, depth, lines)
        case Any(children):
            _group("Any of these holds:", children, record_type, depth, lines)
        case Not(Any(children)):
            _group("None of these holds:", children, record_type, depth, lines)
        case Not(child):
            _group("This does not hold:", (child,), record_type, depth, lines)
        case Everything():
            lines.append(Line(depth, f"Every {record_type.name} record", False))
        case InSegment():
            lines.append(Line(depth, _first_large(_short(describe(rule, record_type))), False))
        case _:
            lines.append(Line(depth, _short(describe(rule, record_type)), False))


def _group(heading: str, children: tuple[Rule, ...], record_type: RecordType, depth: int, lines: list[Line]) -> None:
    lines.append(Line(depth, heading if children else "A group without conditions: the rule is broken", True))
    for child in children:
        _say(child, record_type, depth + 1, lines)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _first_large(text: str) -> str:
    return text[:1].upper() + text[1:]
