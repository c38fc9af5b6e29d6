"""Whether a rule may be saved, and whether a saved one still has all it refers to.

Stands apart because a rule that lost something must match nobody: one walker finds every reference, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from itertools import islice

from segment_manager.domain.errors import CircularRule, InvalidRule
from segment_manager.domain.operands import misfit
from segment_manager.domain.operators import near
from segment_manager.domain.records import RecordType, fold
from segment_manager.domain.rule_format import MAX_CONDITIONS, MAX_DEPTH
from segment_manager.domain.rule_tree import All, Any, Condition, InSegment, Rule, RuleOf, nodes, segments_used, walk
from segment_manager.domain.segments import folded_name

_COMPARED = 20_000
"""Names that a mistyped one is compared with: each takes some microseconds."""


def check(
    rule: Rule, record_type: RecordType, segment_names: Container[str] | None = None, own_name: str | None = None
) -> None:
    """Raises InvalidRule with every reason, and its path, why a rule may not be saved.

    `segment_names`: folded names of the record type's segments (None: references are not looked up); `own_name`: the
    segment the rule is for. Circles over several segments are check_circle's.
    """
    problems: list[tuple[str, str]] = []
    size = 0
    for path, node, depth in walk(rule):
        size += isinstance(node, Condition | InSegment)
        if depth == MAX_DEPTH + 1:
            problems.append((path, f"Groups are nested more than {MAX_DEPTH} deep."))
        match node:
            case All() | Any() if not node.children:
                problems.append((path, "The group is empty. Add a condition, or take every record with “everything”."))
            case Condition():
                problems.extend((path, problem) for problem in _condition_problems(node, record_type))
            case InSegment():
                problems.extend((path, problem) for problem in _segment_problems(node, segment_names, own_name))
    if size > MAX_CONDITIONS:
        problems.append(("", f"The rule has {size} conditions; at most {MAX_CONDITIONS} are possible."))
    if problems:
        raise InvalidRule(problems)


def _condition_problems(condition: Condition, record_type: RecordType) -> Iterator[str]:
    field = record_type.field(condition.field)
    if field is not None:
        problem = misfit(condition, field)
        if problem:
            yield problem
        return
    labels = [field.name for field in record_type.fields if fold(field.label) == fold(condition.field)]
    hint = f" (did you mean “{labels[0]}”?)" if labels else near(condition.field, [f.name for f in record_type.fields])
    yield f"{record_type.name} has no field “{condition.field}”{hint}."


def _segment_problems(node: InSegment, names: Container[str] | None, own_name: str | None) -> Iterator[str]:
    wanted = folded_name(node.segment)
    if own_name is not None and wanted == folded_name(own_name):
        yield f"The segments refer to each other in a circle: “{own_name}” → “{own_name}”."
    elif names is not None and wanted not in names:
        hint = near(wanted, islice(names, _COMPARED)) if isinstance(names, Iterable) else ""
        yield f"There is no segment “{node.segment}”{hint}."


def check_circle(name: str, rule: Rule, rule_of: RuleOf) -> None:
    """Raises CircularRule, with the circle and the path in `rule` that leads to it, where following references from the
    segment `name` with this new `rule` comes back to where it was. `rule_of` gives the rules of the others."""
    own = folded_name(name)
    closed: set[str] = set()
    trail = [(own, name, _references(rule))]
    open_names = {own}
    while trail:
        target = next(trail[-1][2], None)
        if target is None:
            done, _, _ = trail.pop()
            open_names.discard(done)
            closed.add(done)
            continue
        wanted = folded_name(target)
        if wanted in open_names:
            shown = [(folded, written) for folded, written, _ in trail]
            start = [folded for folded, _ in shown].index(wanted)
            circle = [written for _, written in shown[start:]]
            raise CircularRule([*circle, circle[0]], _path_to(rule, trail[1][1] if len(trail) > 1 else target))
        if wanted not in closed:
            other = rule_of(wanted)
            trail.append((wanted, target, _references(other) if other is not None else iter(())))
            open_names.add(wanted)


def _references(rule: Rule) -> Iterator[str]:
    return (node.segment for node in nodes(rule) if isinstance(node, InSegment))


def _path_to(rule: Rule, segment: str) -> str:
    wanted = folded_name(segment)
    for path, node, _ in walk(rule):
        if isinstance(node, InSegment) and folded_name(node.segment) == wanted:
            return path
    return ""


def missing(rule: Rule, record_type: RecordType, segment_names: Container[str] | None) -> tuple[str, ...]:
    """What a saved rule refers to and is gone, as words for a person: 'field “city”', 'segment “Old”'.

    A field whose type no longer fits the condition and an empty group count too. Looks at the rule itself only:
    broken_because follows the segments. `segment_names`: as for check.
    """
    lost: list[str] = []
    for node in nodes(rule):
        match node:
            case All() | Any() if not node.children:
                lost.append("conditions of an empty group")
            case Condition():
                field = record_type.field(node.field)
                if field is None:
                    lost.append(f"field “{node.field}”")
                elif misfit(node, field) is not None:
                    lost.append(f"field “{node.field}” with values that fit “{node.op}”")
            case InSegment() if segment_names is not None and folded_name(node.segment) not in segment_names:
                lost.append(f"segment “{node.segment}”")
    return tuple(dict.fromkeys(lost))


class _Known:
    """The names for which a RuleOf has a rule."""

    def __init__(self, rule_of: RuleOf) -> None:
        self.rule_of = rule_of

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.rule_of(name) is not None


def needed(rule: Rule, rule_of: RuleOf) -> dict[str, Rule] | None:
    """The rules of all segments a rule rests on, by folded name, each after those it rests on itself.

    Names without a rule are left out. None where the segments run in a circle.
    """
    found: dict[str, Rule] = {}
    trail: list[tuple[str, Rule, Iterator[str]]] = [("", rule, _references(rule))]
    open_names: set[str] = set()
    while trail:
        name, inner, references = trail[-1]
        target = next(references, None)
        if target is None:
            trail.pop()
            open_names.discard(name)
            if trail:
                found[name] = inner
            continue
        wanted = folded_name(target)
        if wanted in open_names:
            return None
        other = None if wanted in found else rule_of(wanted)
        if other is not None:
            open_names.add(wanted)
            trail.append((wanted, other, _references(other)))
    return found


def broken_because(name: str | None, rule: Rule, record_type: RecordType, rule_of: RuleOf) -> tuple[str, ...]:
    """What a rule lacks, itself or through the segments it refers to, as words for a person; () where it is whole.

    'field “city”' is its own lack, 'field “city” (of segment “EMEA”)' that of one it rests on. `name`: the segment the
    rule is for, if it has one.
    """
    known = _Known(rule_of)
    lost = list(missing(rule, record_type, known))
    others = needed(rule, rule_of)
    if others is None or (name is not None and folded_name(name) in others):
        return (*lost, "a way out of a circle of segments")
    if not others:
        return tuple(lost)
    written = {folded_name(one): one for inner in (rule, *others.values()) for one in segments_used(inner)}
    for folded, inner in others.items():
        lost.extend(f"{one} (of segment “{written[folded]}”)" for one in missing(inner, record_type, known))
    return tuple(dict.fromkeys(lost))
