"""Which count belongs to which part of a draft while a person changes it.

Stands apart because a count stays true for a condition that is not touched, wherever it is moved to, and only the
others become stale.
"""

from __future__ import annotations

from collections.abc import Mapping

from segment_manager.domain.rule_tree import Rule, walk
from segment_manager.ui.details.formats import number
from segment_manager.ui.rule_builder.draft import ConditionDraft, Draft, GroupDraft, placed, rule_of
from segment_manager.ui.rule_builder.surroundings import Counted

COUNTING = "…"


class CountMemory:
    """Remembers for each part what was counted last, and for which rule."""

    def __init__(self) -> None:
        self._known: dict[Draft, tuple[Rule, Counted]] = {}

    def taken(self, root: GroupDraft, parts: Mapping[str, int | None]) -> dict[Draft, Counted]:
        """What to show after a count: numbers by path; nothing where there is None; the rest is still expected."""
        nodes = _nodes(root)
        for path, draft in placed(root):
            if path in parts and path in nodes:
                count = parts[path]
                self._known[draft] = (nodes[path], Counted("" if count is None else number(count)))
        return self.expected(root)

    def expected(self, root: GroupDraft) -> dict[Draft, Counted]:
        """What to show while others are counted: what still holds, the old numbers in grey, '…' for what is new."""
        nodes = _nodes(root)
        shown: dict[Draft, Counted] = {}
        for path, draft in placed(root):
            if _has_gap(draft):
                continue
            rule, counted = self._known.get(draft, (None, Counted()))
            if rule is not None and rule == nodes.get(path):
                shown[draft] = counted
            else:
                shown[draft] = Counted(counted.text.strip(COUNTING) or COUNTING, stale=True)
        self._known = {draft: known for draft, known in self._known.items() if draft in shown}
        return shown


def _nodes(root: GroupDraft) -> dict[str, Rule]:
    return {path: node for path, node, _depth in walk(rule_of(root))}


def _has_gap(draft: Draft) -> bool:
    """Whether something is missing in it, so that nothing can be counted."""
    if isinstance(draft, ConditionDraft):
        return bool(draft.missing)
    if isinstance(draft, GroupDraft):
        return not draft.children or any(_has_gap(child) for child in draft.children)
    return False
