"""Rules as JSON text, to the last digit of every number.

Stands apart because files, the command line and the database hold rules in this one form.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal
from functools import lru_cache

from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.operators import OPERATORS, near
from segment_manager.domain.rule_tree import (
    All,
    Any,
    Condition,
    Duration,
    Everything,
    InSegment,
    Not,
    Rule,
    RuleValue,
    Scalar,
    joined,
)

MAX_DEPTH = 50
"""Groups inside each other."""
MAX_CONDITIONS = 1000
"""Conditions of one rule, all groups together."""

SHAPES = ("all", "any", "not", "everything")
PARTS = ("field", "op", "value", "case_sensitive")
NOTHING = All()
"""Stands where a node could not be read; never leaves from_json, which raises then."""


def from_json(source: str | bytes | object) -> Rule:
    """The rule that a JSON text, or what such a text decodes to, says.

    Raises InvalidRule with every problem of shape and its path. Whether fields, types and values fit is rule_check's.
    """
    reader = _Reader()
    rule = reader.node(_decoded(source) if isinstance(source, str | bytes) else source, "", 0)
    if reader.problems:
        raise InvalidRule(reader.problems)
    return rule


@lru_cache(maxsize=2048)
def stored_rule(text: str) -> Rule:
    """from_json for the text of a rule as it is stored: thousands of segments are read again and again."""
    return from_json(text)


class _Object(dict[str, object]):
    """A JSON object that remembers which of its keys were given twice: a dict would drop the first in silence."""

    repeated: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, object]]) -> _Object:
    made = _Object(pairs)
    names = [name for name, _ in pairs]
    made.repeated = tuple(sorted({name for name in names if names.count(name) > 1})) if len(made) < len(names) else ()
    return made


def decoded(text: str) -> object:
    """What a JSON text says, as from_json takes it: numbers exact, keys given twice remembered.

    Raises ValueError (JSONDecodeError with the place), ArithmeticError, RecursionError.
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_object)


def _decoded(text: str | bytes) -> object:
    try:
        return decoded(text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff"))
    except RecursionError:
        raise InvalidRule([("", f"Groups are nested more than {MAX_DEPTH} deep.")]) from None
    except json.JSONDecodeError as error:
        message = f"This is not JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        raise InvalidRule([("", message)]) from None
    except UnicodeDecodeError:
        raise InvalidRule([("", "This is not JSON: the text is not UTF-8.")]) from None
    except (ValueError, ArithmeticError):
        raise InvalidRule([("", "This is not JSON: a number in it cannot be read.")]) from None


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is no number")


class _Reader:
    """Reads nodes and collects what is wrong with them, so that a person sees all of it at once."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []
        self.conditions = 0

    def wrong(self, path: str, message: str) -> Rule:
        self.problems.append((path, message))
        return NOTHING

    def node(self, given: object, path: str, depth: int) -> Rule:
        if not isinstance(given, dict):
            return self.wrong(path, f"A rule is an object with “field” and “op”, or a group; this is {_kind(given)}.")
        if depth > MAX_DEPTH:
            return self.wrong(path, f"Groups are nested more than {MAX_DEPTH} deep.")
        for name in getattr(given, "repeated", ()):
            self.wrong(path, f"“{name}” is given more than once.")
        shapes = [shape for shape in SHAPES if shape in given]
        if not shapes:
            return self.condition(given, path)
        others = [str(key) for key in given if key not in shapes]
        if len(shapes) > 1 or others:
            named = ", ".join(f"“{name}”" for name in [*shapes, *others])
            return self.wrong(path, f"A node is a condition or exactly one of all, any, not; this has {named}.")
        return self.group(shapes[0], given[shapes[0]], path, depth)

    def group(self, shape: str, inner: object, path: str, depth: int) -> Rule:
        if shape == "everything":
            return Everything() if inner is True else self.wrong(path, "“everything” can only be true.")
        if shape == "not":
            return Not(self.node(inner, joined(path, "not"), depth + 1))
        if not isinstance(inner, list | tuple):
            return self.wrong(path, f"“{shape}” is a list of rules; this is {_kind(inner)}.")
        children = tuple(self.node(item, joined(path, f"{shape}[{n}]"), depth + 1) for n, item in enumerate(inner))
        return All(children) if shape == "all" else Any(children)

    def condition(self, given: dict[str, object], path: str) -> Rule:
        self.conditions += 1
        if self.conditions == MAX_CONDITIONS + 1:
            return self.wrong("", f"The rule has more than {MAX_CONDITIONS} conditions.")
        for key in given:
            if key not in PARTS:
                self.wrong(path, f"“{key}” is not known here{near(str(key), (*PARTS, *SHAPES))}.")
        op = given.get("op")
        if not isinstance(op, str):
            return self.wrong(path, "The operator (“op”) is missing." if op is None else "The operator must be a text.")
        if op not in OPERATORS:
            return self.wrong(path, f"There is no operator “{op}”{near(op, OPERATORS)}.")
        value = self.value(given.get("value"), path)
        if OPERATORS[op].for_segments:
            return self.segment(op, value, given, path)
        field, case_sensitive = given.get("field"), given.get("case_sensitive", False)
        if not isinstance(field, str) or not field:
            return self.wrong(path, "The field is missing.")
        if not isinstance(case_sensitive, bool):
            return self.wrong(path, "“case_sensitive” is true or false.")
        return Condition(field, op, value, case_sensitive)

    def segment(self, op: str, value: RuleValue, given: dict[str, object], path: str) -> Rule:
        for extra in ("field", "case_sensitive"):
            if given.get(extra) not in (None, False):
                self.wrong(path, f"“{op}” takes no “{extra}”.")
        if not isinstance(value, str) or not value.strip():
            return self.wrong(path, f"“{op}” needs the name of a segment as its value.")
        return InSegment(value, negative=OPERATORS[op].positive is not None)

    def value(self, given: object, path: str) -> RuleValue:
        if given is None:
            return None
        if isinstance(given, dict):
            return self.duration(given, path)
        if isinstance(given, list | tuple):
            items = [self.scalar(item, path) for item in given]
            return tuple(item for item in items if item is not None)
        return self.scalar(given, path)

    def scalar(self, given: object, path: str) -> Scalar | None:
        if isinstance(given, float) and math.isfinite(given):
            return Decimal(repr(given))
        if isinstance(given, str | bool | int) or (isinstance(given, Decimal) and given.is_finite()):
            return given
        self.wrong(path, f"A value is a text, a number or true or false; this is {_kind(given)}.")
        return None

    def duration(self, given: dict[str, object], path: str) -> RuleValue:
        unit, count = next(iter(given.items())) if len(given) == 1 else ("", None)
        if isinstance(count, float) and math.isfinite(count):
            count = Decimal(repr(count))
        if isinstance(count, Decimal) and count.is_finite() and count.adjusted() < 40 and count == int(count):
            count = int(count)
        if not isinstance(count, int) or isinstance(count, bool) or not isinstance(unit, str):
            self.wrong(path, 'A length of time is one unit with a whole number, such as {"days": 30}.')
            return None
        return Duration(count, unit)


def _kind(given: object) -> str:
    if given is None:
        return "null"
    kinds = {bool: "true or false", str: "a text", list: "a list", tuple: "a list", dict: "an object"}
    return next((name for kind, name in kinds.items() if isinstance(given, kind)), "a number")


def to_json(rule: Rule) -> str:
    """The rule as compact JSON; equal rules give equal texts, and from_json gives the rule back."""
    match rule:
        case Everything():
            return '{"everything":true}'
        case All():
            return '{"all":[' + ",".join(map(to_json, rule.children)) + "]}"
        case Any():
            return '{"any":[' + ",".join(map(to_json, rule.children)) + "]}"
        case Not():
            return '{"not":' + to_json(rule.child) + "}"
        case InSegment():
            return f'{{"op":"{rule.op}","value":{_text(rule.segment)}}}'
        case Condition():
            value = "" if rule.value is None else f',"value":{_value(rule.value)}'
            case_sensitive = ',"case_sensitive":true' if rule.case_sensitive else ""
            return f'{{"field":{_text(rule.field)},"op":{_text(rule.op)}{value}{case_sensitive}}}'


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _value(value: RuleValue) -> str:
    match value:
        case tuple():
            return "[" + ",".join(map(_value, value)) + "]"
        case Duration():
            return f"{{{_text(value.unit)}:{value.count}}}"
        case Decimal():
            return exact(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def exact(number: Decimal) -> str:
    """A number in JSON, every digit kept and no needless zero: 1.50 is 1.5, 2.0 is 2. Never rounds to a context."""
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"{number} is not a number")
    while len(digits) > 1 and digits[-1] == 0:
        digits, exponent = digits[:-1], exponent + 1
    if digits == (0,):
        return "0"
    plain = Decimal((sign, digits, exponent))
    return str(int(plain)) if exponent >= 0 and plain.adjusted() < 40 else str(plain)
