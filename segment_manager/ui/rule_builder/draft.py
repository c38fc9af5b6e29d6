"""The rule under construction: a tree that may still be incomplete, and its way to a Rule and back.

Stands apart from the widgets, which only show and change it: whatever else shows a rule one day works on the same tree.
A rule that is not touched comes back exactly as it was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from segment_manager.domain.rule_tree import (
    All,
    Any,
    Condition,
    Everything,
    InSegment,
    Not,
    Rule,
    RuleValue,
    joined,
)

MEMBERSHIP = "in segment"
"""Stands as the field of a condition on another segment; no field can be named so."""


class GroupKind(StrEnum):
    ALL = "all"
    ANY = "any"
    NONE = "none"


@dataclass(eq=False, slots=True)
class ConditionDraft:
    """One row. `field` and `op` are '' until chosen; for MEMBERSHIP the value is the segment's name."""

    field: str = ""
    op: str = ""
    value: RuleValue = None
    case_sensitive: bool = False

    @property
    def missing(self) -> str:
        """What is still to be chosen, as a sentence; '' where nothing is."""
        if not self.field:
            return "Choose a field, or remove this condition."
        if self.field == MEMBERSHIP and not (isinstance(self.value, str) and self.value.strip()):
            return "Choose a segment."
        return "" if self.op else "Choose how to compare."


@dataclass(eq=False, slots=True)
class EverythingDraft:
    """A row that takes every record."""


@dataclass(eq=False, slots=True)
class GroupDraft:
    """Conditions held together. `bare`: with exactly one child the group itself is left out of the rule.

    NONE is the negation of ANY; a bare NONE of one child is the negation of that child.
    """

    kind: GroupKind = GroupKind.ALL
    children: list[Draft] = field(default_factory=list)
    bare: bool = False


Draft = ConditionDraft | EverythingDraft | GroupDraft


def root_of(rule: Rule) -> GroupDraft:
    """The draft of a rule. Its root is always a group, so that there is a place to add to."""
    draft = _drafted(rule)
    return draft if isinstance(draft, GroupDraft) else GroupDraft(GroupKind.ALL, [draft], bare=True)


def _drafted(rule: Rule) -> Draft:
    match rule:
        case Condition():
            return ConditionDraft(rule.field, rule.op, rule.value, rule.case_sensitive)
        case InSegment():
            return ConditionDraft(MEMBERSHIP, rule.op, rule.segment)
        case Everything():
            return EverythingDraft()
        case Not(Any(children)):
            return GroupDraft(GroupKind.NONE, [_drafted(child) for child in children])
        case Not(child):
            return GroupDraft(GroupKind.NONE, [_drafted(child)], bare=True)
        case All(children):
            return GroupDraft(GroupKind.ALL, [_drafted(child) for child in children])
        case Any(children):
            return GroupDraft(GroupKind.ANY, [_drafted(child) for child in children])


def rule_of(draft: Draft) -> Rule:
    """The rule a draft says, complete or not: an unfinished condition has an empty field or operator."""
    match draft:
        case ConditionDraft(field=name, op=op, value=value) if name == MEMBERSHIP:
            return InSegment(value if isinstance(value, str) else "", negative=op == "not_in_segment")
        case ConditionDraft():
            return Condition(draft.field, draft.op, draft.value, draft.case_sensitive)
        case EverythingDraft():
            return Everything()
        case GroupDraft():
            children = tuple(rule_of(child) for child in draft.children)
            return _grouped(draft, children)


def _grouped(draft: GroupDraft, children: tuple[Rule, ...]) -> Rule:
    single = draft.bare and len(children) == 1
    match draft.kind:
        case GroupKind.ALL:
            return children[0] if single else All(children)
        case GroupKind.ANY:
            return children[0] if single else Any(children)
        case GroupKind.NONE:
            return Not(children[0]) if single else Not(Any(children))


def placed(draft: Draft, path: str = "") -> Iterator[tuple[str, Draft]]:
    """Every node of a draft with the path it has in `rule_of(draft)`, in reading order."""
    yield path, draft
    if not isinstance(draft, GroupDraft):
        return
    single = draft.bare and len(draft.children) == 1
    if draft.kind is GroupKind.NONE:
        path = joined(path, "not")
    word = "all" if draft.kind is GroupKind.ALL else "any"
    for number, child in enumerate(draft.children):
        yield from placed(child, path if single else joined(path, f"{word}[{number}]"))


def unfinished(draft: GroupDraft) -> list[tuple[str, str]]:
    """(path, sentence) of every row that lacks a choice."""
    return [(path, node.missing) for path, node in placed(draft) if isinstance(node, ConditionDraft) and node.missing]


def copied(draft: Draft) -> Draft:
    """A draft like this one that shares nothing with it."""
    match draft:
        case ConditionDraft():
            return ConditionDraft(draft.field, draft.op, draft.value, draft.case_sensitive)
        case EverythingDraft():
            return EverythingDraft()
        case GroupDraft():
            return GroupDraft(draft.kind, [copied(child) for child in draft.children], draft.bare)
