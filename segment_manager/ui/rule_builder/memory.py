"""What a draft looked like at a moment, so that undo can put it back into the very same nodes.

Stands apart because rows hold on to their nodes: what undo does not change keeps its widget, its focus and its cursor.
"""

from __future__ import annotations

from dataclasses import dataclass

from segment_manager.ui.rule_builder.draft import ConditionDraft, Draft, EverythingDraft, GroupDraft

STEPS = 200

Remembered = tuple[Draft, tuple[object, ...], tuple["Remembered", ...]]


@dataclass(frozen=True, slots=True)
class Moment:
    """The whole rule at one moment: whether it takes every record, and the tree."""

    everything: bool
    tree: Remembered


def remembered(draft: Draft) -> Remembered:
    """A node with its contents and all below it."""
    match draft:
        case ConditionDraft():
            return draft, (draft.field, draft.op, draft.value, draft.case_sensitive), ()
        case GroupDraft():
            return draft, (draft.kind, draft.bare), tuple(remembered(child) for child in draft.children)
        case EverythingDraft():
            return draft, (), ()


def recalled(tree: Remembered) -> Draft:
    """Put every node back as it was remembered, and give the topmost."""
    draft, contents, below = tree
    match draft:
        case ConditionDraft():
            draft.field, draft.op, draft.value, draft.case_sensitive = contents  # type: ignore[assignment]
        case GroupDraft():
            draft.kind, draft.bare = contents  # type: ignore[assignment]
            draft.children[:] = [recalled(child) for child in below]
        case EverythingDraft():
            pass
    return draft


class Steps:
    """The moments behind and ahead. One step is one action of a person; typing in one place is one action."""

    def __init__(self, now: Moment) -> None:
        self._now = now
        self._behind: list[Moment] = []
        self._ahead: list[Moment] = []
        self._typing: object = None

    def note(self, now: Moment, typing: object = None) -> None:
        """Something was changed. `typing`: what is typed into, where it goes on from the step before."""
        if typing is None or typing is not self._typing:
            self._behind.append(self._now)
            del self._behind[:-STEPS]
        self._now, self._typing = now, typing
        self._ahead.clear()

    def pause(self) -> None:
        """What is typed from now on is a step of its own."""
        self._typing = None

    def back(self) -> Moment | None:
        """The moment before the last step, None where there is none."""
        return self._go(self._behind, self._ahead)

    def forth(self) -> Moment | None:
        """The moment after the step that was taken back last."""
        return self._go(self._ahead, self._behind)

    def can_go(self) -> tuple[bool, bool]:
        """Whether there is a step back, and one forth."""
        return bool(self._behind), bool(self._ahead)

    def _go(self, out_of: list[Moment], into: list[Moment]) -> Moment | None:
        if not out_of:
            return None
        into.append(self._now)
        self._now, self._typing = out_of.pop(), None
        return self._now
