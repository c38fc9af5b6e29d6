"""How parts of a draft change places: up and down, into a group and out of it, around and apart.

Stands apart because keyboard, menu and mouse must move things in the same way. Each function says whether it did.
"""

from __future__ import annotations

from segment_manager.ui.rule_builder.draft import Draft, GroupDraft, GroupKind


def parent_of(root: GroupDraft, draft: Draft) -> GroupDraft | None:
    """The group a part stands in; None for the root, and for what is not there."""
    waiting = [root]
    while waiting:
        group = waiting.pop()
        for child in group.children:
            if child is draft:
                return group
            if isinstance(child, GroupDraft):
                waiting.append(child)
    return None


def holds(draft: Draft, other: Draft) -> bool:
    """Whether a part is another one, or has it somewhere inside."""
    if draft is other:
        return True
    return isinstance(draft, GroupDraft) and any(holds(child, other) for child in draft.children)


def put(root: GroupDraft, draft: Draft, group: GroupDraft, place: int) -> bool:
    """Move a part to a place in a group, counted as the group stands before the move."""
    parent = parent_of(root, draft)
    if parent is None or holds(draft, group):
        return False
    old = place_of(parent, draft)
    if parent is group and place in (old, old + 1):
        return False
    del parent.children[old]
    if parent is group and old < place:
        place -= 1
    group.children.insert(place, draft)
    return True


def place_of(group: GroupDraft, draft: Draft) -> int:
    """Where a part stands in its group."""
    return next(place for place, child in enumerate(group.children) if child is draft)


def step(root: GroupDraft, draft: Draft, by: int) -> bool:
    """One place up (-1) or down (1) in its group; beyond the group's end out of it."""
    parent = parent_of(root, draft)
    if parent is None:
        return False
    place = place_of(parent, draft) + by
    if 0 <= place < len(parent.children):
        return put(root, draft, parent, place + (by > 0))
    above = parent_of(root, parent)
    return above is not None and put(root, draft, above, place_of(above, parent) + (by > 0))


def out(root: GroupDraft, draft: Draft) -> bool:
    """Out of its group, to the place behind it."""
    parent = parent_of(root, draft)
    above = parent_of(root, parent) if parent is not None else None
    return parent is not None and above is not None and put(root, draft, above, place_of(above, parent) + 1)


def into(root: GroupDraft, draft: Draft) -> bool:
    """Into the group right before it, as its last part, or else into the one right behind it, as its first."""
    parent = parent_of(root, draft)
    if parent is None:
        return False
    place = place_of(parent, draft)
    before = parent.children[place - 1] if place else None
    behind = parent.children[place + 1] if place + 1 < len(parent.children) else None
    if isinstance(before, GroupDraft):
        return put(root, draft, before, len(before.children))
    return isinstance(behind, GroupDraft) and put(root, draft, behind, 0)


def wrap(root: GroupDraft, draft: Draft) -> bool:
    """Put a new group around a part; the group is of the other kind than the one it stands in."""
    parent = parent_of(root, draft)
    if parent is None:
        return False
    kind = GroupKind.ALL if parent.kind is GroupKind.ANY else GroupKind.ANY
    parent.children[place_of(parent, draft)] = GroupDraft(kind, [draft])
    return True


def unwrap(root: GroupDraft, draft: Draft) -> bool:
    """Take a group away and leave its parts in its place."""
    parent = parent_of(root, draft)
    if parent is None or not isinstance(draft, GroupDraft) or not draft.children:
        return False
    place = place_of(parent, draft)
    parent.children[place : place + 1] = draft.children
    draft.children = []
    return True


def insert(root: GroupDraft, draft: Draft, after: Draft) -> None:
    """A new part behind another one; behind the root: at its end."""
    parent = parent_of(root, after)
    if parent is None:
        root.children.append(draft)
    else:
        parent.children.insert(place_of(parent, after) + 1, draft)


def remove(root: GroupDraft, draft: Draft) -> Draft | None:
    """Take a part out; gives its neighbour, or the group where none is left. None: it cannot be taken out."""
    parent = parent_of(root, draft)
    if parent is None:
        return None
    place = place_of(parent, draft)
    del parent.children[place]
    return parent.children[min(place, len(parent.children) - 1)] if parent.children else parent
