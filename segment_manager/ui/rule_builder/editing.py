"""RuleEditing: the rule under construction, and everything a person can do to it, each with its key.

Stands apart from the widgets, which show it: keyboard, menu, buttons and mouse all end here, and so does undo.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from segment_manager.domain.errors import InvalidRule, SegmentManagerError
from segment_manager.domain.rule_format import from_json, to_json
from segment_manager.domain.rule_tree import Everything, Rule
from segment_manager.ui.rule_builder import moves
from segment_manager.ui.rule_builder.draft import (
    ConditionDraft,
    Draft,
    EverythingDraft,
    GroupDraft,
    GroupKind,
    copied,
    root_of,
    rule_of,
    unfinished,
)
from segment_manager.ui.rule_builder.memory import Moment, Steps, recalled, remembered


class NotPossible(SegmentManagerError):
    """What was asked cannot be done to this part of the rule; the sentence says why."""


class Outcome(NamedTuple):
    """`go_to`: the part that has the attention now; `say`: what a person may want to hear."""

    go_to: Draft | None
    say: str = ""
    changed: bool = True


class RuleEditing:
    """Holds the draft. `everything`: the rule takes every record, whatever the draft says."""

    def __init__(self) -> None:
        self.root = GroupDraft(children=[ConditionDraft()])
        self.everything = False
        self._steps = Steps(self._now())
        self.clipboard: Clipboard = Clipboard(str, lambda _text: None)

    def start(self, rule: Rule | None) -> None:
        """Begin with a rule (None: one empty condition); nothing can be undone then."""
        self._take(rule)
        self._steps = Steps(self._now())

    def replace(self, rule: Rule) -> None:
        """Another rule in the place of this one, as one step."""
        self._take(rule)
        self.note()

    def _take(self, rule: Rule | None) -> None:
        self.everything = isinstance(rule, Everything)
        empty = rule is None or self.everything
        self.root = GroupDraft(children=[ConditionDraft()]) if rule is None or empty else root_of(rule)

    def rule(self) -> Rule:
        """The rule, finished or not."""
        return Everything() if self.everything else rule_of(self.root)

    def note(self, typing: object = None) -> None:
        """The draft was changed; see Steps.note."""
        self._steps.note(self._now(), typing)

    def pause(self) -> None:
        """What is typed from now on is undone by itself."""
        self._steps.pause()

    def undo(self) -> bool:
        """Take the last step back; False where there is none."""
        return self._go(self._steps.back())

    def redo(self) -> bool:
        """Take the step that was undone again."""
        return self._go(self._steps.forth())

    def can_undo(self) -> tuple[bool, bool]:
        """Whether there is something to undo, and to redo."""
        return self._steps.can_go()

    def _now(self) -> Moment:
        return Moment(self.everything, remembered(self.root))

    def _go(self, moment: Moment | None) -> bool:
        if moment is None:
            return False
        self.everything = moment.everything
        root = recalled(moment.tree)
        assert isinstance(root, GroupDraft)
        self.root = root
        return True

    def perform(self, command: str, draft: Draft) -> Outcome:
        """Do one of COMMANDS to a part. Raises NotPossible or, for JSON that is no rule, InvalidRule."""
        outcome = COMMANDS[command].call(self, draft)
        if outcome.changed:
            self.note()
        return outcome


class Clipboard(NamedTuple):
    """Where copied JSON goes and comes from; the window gives the real one."""

    read: Callable[[], str]
    write: Callable[[str], None]


class Command(NamedTuple):
    """One thing to do. `key` works anywhere in a row, `plain_key` only where it types nothing."""

    label: str
    key: str
    call: Callable[[RuleEditing, Draft], Outcome]
    plain_key: str = ""
    groups_only: bool = False
    in_menu: bool = True


def _moved(move: Callable[[GroupDraft, Draft], bool], why_not: str) -> Callable[[RuleEditing, Draft], Outcome]:
    def call(editing: RuleEditing, draft: Draft) -> Outcome:
        if not move(editing.root, draft):
            raise NotPossible(why_not)
        return Outcome(draft)

    return call


def _duplicate(editing: RuleEditing, draft: Draft) -> Outcome:
    if draft is editing.root:
        raise NotPossible("The outermost group cannot be duplicated. Wrap its conditions in a group first.")
    copy = copied(draft)
    moves.insert(editing.root, copy, draft)
    return Outcome(copy)


def _remove(editing: RuleEditing, draft: Draft) -> Outcome:
    rest = moves.remove(editing.root, draft)
    if rest is None:
        raise NotPossible("The outermost group cannot be removed.")
    return Outcome(rest)


def _wrap(editing: RuleEditing, draft: Draft) -> Outcome:
    if draft is editing.root:
        inner = GroupDraft(editing.root.kind, list(editing.root.children), editing.root.bare)
        editing.root.kind, editing.root.bare, editing.root.children[:] = GroupKind.ALL, False, [inner]
        return Outcome(inner)
    moves.wrap(editing.root, draft)
    return Outcome(draft)


def _copy(editing: RuleEditing, draft: Draft) -> Outcome:
    whole = draft if isinstance(draft, GroupDraft) else GroupDraft(children=[draft])
    problems = unfinished(whole)
    if problems:
        raise NotPossible(f"This cannot be copied yet. {problems[0][1]}")
    from segment_manager.ui.rule_builder.json_page import indented

    editing.clipboard.write(indented(rule_of(draft)))
    return Outcome(None, "Copied as JSON.", changed=False)


def _paste(editing: RuleEditing, draft: Draft) -> Outcome:
    text = editing.clipboard.read()
    if not text.strip():
        raise NotPossible("Nothing was pasted: the clipboard holds no text. Copy a condition or a rule as JSON first.")
    try:
        rule = from_json(text)
        to_json(rule)
    except InvalidRule as error:
        path, reason = error.problems[0]
        where = f"{path}: " if path else ""
        raise NotPossible(f"Nothing was pasted: the clipboard holds no rule. {where}{reason}") from None
    pasted = root_of(rule)
    new: Draft = pasted.children[0] if pasted.bare and pasted.kind is GroupKind.ALL else pasted
    blank = isinstance(draft, ConditionDraft) and not draft.field
    moves.insert(editing.root, new, draft)
    if blank:
        moves.remove(editing.root, draft)
    return Outcome(new, "Pasted.")


def _add(make: Callable[[], Draft]) -> Callable[[RuleEditing, Draft], Outcome]:
    def call(editing: RuleEditing, draft: Draft) -> Outcome:
        new = make()
        if isinstance(draft, GroupDraft):
            draft.children.append(new)
        else:
            moves.insert(editing.root, new, draft)
        return Outcome(new.children[0] if isinstance(new, GroupDraft) else new)

    return call


def _new_group() -> Draft:
    return GroupDraft(GroupKind.ANY, [ConditionDraft()])


_NOWHERE = "It stands in the outermost group already."
COMMANDS = {
    "add_condition": Command("Add condition", "Alt+Ins", _add(ConditionDraft)),
    "add_group": Command("Add group", "Alt+Shift+Ins", _add(_new_group)),
    "add_everything": Command("Add “Every record”", "", _add(EverythingDraft), in_menu=False),
    "duplicate": Command("Duplicate", "Ctrl+D", _duplicate),
    "copy": Command("Copy as JSON", "Ctrl+Shift+C", _copy, "Ctrl+C"),
    "paste": Command("Paste JSON after", "Ctrl+Shift+V", _paste, "Ctrl+V"),
    "wrap": Command("Wrap in a group", "Ctrl+G", _wrap),
    "unwrap": Command(
        "Take the group apart", "Ctrl+Shift+G",
        _moved(moves.unwrap, "Only a group inside another one can be taken apart."), groups_only=True,
    ),
    "up": Command("Move up", "Alt+Up", _moved(lambda root, draft: moves.step(root, draft, -1), "It is the first.")),
    "down": Command("Move down", "Alt+Down", _moved(lambda root, draft: moves.step(root, draft, 1), "It is the last.")),
    "out": Command("Move out of the group", "Alt+Left", _moved(moves.out, _NOWHERE)),
    "into": Command(
        "Move into the group beside it", "Alt+Right",
        _moved(moves.into, "There is no group right before or behind it. Wrap it in one with Ctrl+G."),
    ),
    "remove": Command("Remove", "Alt+Del", _remove, "Del"),
}  # fmt: skip
