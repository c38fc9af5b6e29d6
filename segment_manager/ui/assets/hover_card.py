"""The card over 'Used by': which assets use a segment, by name, in a few lines of plain text.

Stands apart because it is asked for by the list and needs no widget of its own: a tooltip shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from segment_manager.domain.usage import ANALYTICS, AssetState, Reference, is_live
from segment_manager.storage import queries
from segment_manager.ui.dialogs import middle

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

SHOWN_NAMES = 10
_NAME_LENGTH = 48
_GROUPS = ("Live", "Draft and paused", "Ended", "Analytics")


def usage_card(workspace: Workspace, segment_id: int) -> str:
    """What uses a segment: live, draft and paused, ended, analytics, rules of other segments; at most 10 names each.

    One quick look at the workspace; any thread may take it.
    """
    with workspace.snapshot():
        today = workspace.today()
        groups: dict[str, list[str]] = {group: [] for group in _GROUPS}
        for reference in queries.references(workspace, segment_id):
            if reference.asset_type in ANALYTICS:
                group = "Analytics"
            elif is_live(reference.state, reference.ended_on, today):
                group = "Live"
            elif reference.state in (AssetState.DRAFT, AssetState.PAUSED):
                group = "Draft and paused"
            else:
                group = "Ended"
            groups[group].append(_named(reference))
        groups["Rules of segments"] = [
            middle(each.name, _NAME_LENGTH) for each in queries.rule_users(workspace, segment_id)
        ]
    parts = [_told(group, names) for group, names in groups.items() if names]
    return "\n\n".join(parts) or "Nothing uses this segment."


def _named(reference: Reference) -> str:
    return f"{middle(reference.asset_name, _NAME_LENGTH)} ({reference.asset_type})"


def _told(group: str, names: Sequence[str]) -> str:
    lines = [f"{group} ({len(names):,})", *(f"•  {name}" for name in names[:SHOWN_NAMES])]
    if len(names) > SHOWN_NAMES:
        lines.append(f"and {len(names) - SHOWN_NAMES:,} more")
    return "\n".join(lines)
