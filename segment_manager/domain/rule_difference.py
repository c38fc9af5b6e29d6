"""What differs between two rules, in words.

Stands apart because a rule is a tree: the difference is told condition by condition, never as two long sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

from segment_manager.domain.records import RecordType
from segment_manager.domain.rule_tree import All, Any, Condition, InSegment, Not, Rule
from segment_manager.domain.sentences import describe

_GROUPS = {"all": "All of these hold", "any": "Any of these holds", "none": "None of these holds", "not": "Not"}


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # the same condition in another group


@dataclass(frozen=True, slots=True)
class Difference:
    """One condition or group that differs: its words before ('' where added) and after ('' where removed). `inside`
    names the group it stands in now, or stood in; '' for the whole rule."""

    kind: Kind
    before: str
    after: str
    inside: str = ""

    @property
    def said(self) -> str:
        """'Changed: Calls is at least 5 → Calls is at least 8 (within “Any of these holds”)'."""
        words = {
            Kind.ADDED: f"Added: {self.after}",
            Kind.REMOVED: f"Removed: {self.before}",
            Kind.CHANGED: f"Changed: {self.before} → {self.after}",
            Kind.MOVED: f"Moved: {self.after}",
        }[self.kind]
        where = f"within “{self.inside}”" if self.inside else "to the whole rule" if self.kind is Kind.MOVED else ""
        return f"{words} ({where})" if where else words


class _Line(NamedTuple):
    """A condition or group on one line. `subject`: what it is about, by which a changed one is known again."""

    inside: tuple[str, ...]
    text: str
    subject: str


def differences(old: Rule, new: Rule, record_type: RecordType) -> tuple[Difference, ...]:
    """What was added, removed, changed or moved on the way from one rule to another; () where they say the same."""
    before, after = list(_whole(old, record_type)), list(_whole(new, record_type))
    gone: list[_Line] = []
    come: list[_Line] = []
    for how, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if how != "equal":
            gone += before[a:b]
            come += after[c:d]
    pairs = _paired(gone, come, lambda line: line.text) + _paired(gone, come, lambda line: line.subject)
    found = [_pair(was, now) for was, now in pairs if was.text != now.text or _group(was) != _group(now)]
    found += [Difference(Kind.REMOVED, line.text, "", _group(line)) for line in gone]
    found += [Difference(Kind.ADDED, "", line.text, _group(line)) for line in come]
    return tuple(found)


def _pair(was: _Line, now: _Line) -> Difference:
    kind = Kind.MOVED if was.text == now.text else Kind.CHANGED
    return Difference(kind, was.text, now.text, _group(now))


def _group(line: _Line) -> str:
    return line.inside[-1] if len(line.inside) > 1 else ""


def _paired(gone: list[_Line], come: list[_Line], of: Callable[[_Line], str]) -> list[tuple[_Line, _Line]]:
    """Lines of both sides that are alike in one respect, taken out of them."""
    pairs = []
    for was in list(gone):
        now = next((line for line in come if of(line) == of(was)), None)
        if now is not None:
            gone.remove(was)
            come.remove(now)
            pairs.append((was, now))
    return pairs


def _whole(rule: Rule, record_type: RecordType) -> Iterator[_Line]:
    """The lines of a rule as one group: a condition alone is all of one, and so is any of one."""
    several = isinstance(rule, All | Any) and len(rule.children) > 1
    whole = rule if several and isinstance(rule, All | Any) else All((rule,))
    words = _GROUPS["any" if isinstance(whole, Any) else "all"]
    yield _Line((), words, "the rule")
    for child in whole.children:
        yield from _lines(child, record_type, (words,))


def _lines(rule: Rule, record_type: RecordType, inside: tuple[str, ...]) -> Iterator[_Line]:
    match rule:
        case All(children) | Any(children) if len(children) == 1:
            yield from _lines(children[0], record_type, inside)
        case All(children):
            yield from _grouped("all", children, record_type, inside)
        case Any(children):
            yield from _grouped("any", children, record_type, inside)
        case Not(Any(children)):
            yield from _grouped("none", children, record_type, inside)
        case Not(All() | Not()):
            yield from _grouped("not", (rule.child,), record_type, inside)
        case _:
            text = describe(rule, record_type)
            yield _Line(inside, text[:1].upper() + text[1:], _subject(rule))


def _grouped(
    kind: str, children: tuple[Rule, ...], record_type: RecordType, inside: tuple[str, ...]
) -> Iterator[_Line]:
    yield _Line(inside, _GROUPS[kind], "group")
    for child in children:
        yield from _lines(child, record_type, (*inside, _GROUPS[kind]))


def _subject(rule: Rule) -> str:
    match rule:
        case Condition():
            return f"field {rule.field}"
        case InSegment():
            return "segment"
        case Not():
            return _subject(rule.child)
        case _:
            return "everything"
