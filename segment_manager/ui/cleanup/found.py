"""What the clean-up window shows, as lines of text: the groups found, and the sets of one group.

Stands apart because it is made off the GUI thread and knows no widget.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segment_manager.domain.changes import Progress
from segment_manager.operations import cleanup
from segment_manager.operations.cleanup import Group
from segment_manager.operations.jobs import Job
from segment_manager.storage import queries
from segment_manager.ui import wording
from segment_manager.ui.details.formats import listed
from segment_manager.ui.light_table import LightColumn

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Found:
    """The groups and the names of all segments in them."""

    groups: tuple[Group, ...]
    names: dict[int, str]


@dataclass(frozen=True, slots=True)
class SetLine:
    """Segments that belong together, or one alone. `what` is the group's word for them, '' where it has none."""

    place: int
    ids: tuple[int, ...]
    named: str
    what: str


def look(workspace: Workspace, record_type_id: int | None, similarity: float) -> Job[Found]:
    """Find them; a job that changes nothing."""
    groups = yield from cleanup.groups(workspace, record_type_id, similarity=similarity)
    yield Progress(1, 1, "Reading names")
    ids = {each for group in groups for each in group.ids}
    ids.update(each for group in groups for one in group.sets for each in one)
    names = {each.id: each.name for each in queries.summaries(workspace, ids=ids)} if ids else {}
    return Found(tuple(groups), names)


def set_lines(found: Found, group: Group) -> list[SetLine]:
    """The sets of a group; where it has none, every segment for itself."""
    sets = group.sets or tuple((each,) for each in group.ids)
    labels = group.labels or ("",) * len(sets)
    return [
        SetLine(place, ids, _named(found, ids), label)
        for place, (ids, label) in enumerate(zip(sets, labels, strict=True))
    ]


def _named(found: Found, ids: tuple[int, ...]) -> str:
    if len(ids) == 1:
        return found.names.get(ids[0], "")
    return listed([found.names.get(each, "") for each in ids], 4)


def title_in_list(group: Group, line: SetLine | None = None) -> str:
    """How a group, or one of its sets, is named over the list: 'near duplicates, 93 % alike'."""
    title = group.title[:1].lower() + group.title[1:]
    return f"{title}, {line.what}" if line is not None and line.what else title


SET_COLUMNS: tuple[LightColumn[SetLine], ...] = (
    LightColumn("Segments", 380, lambda row: row.named, lambda row: row.place),
    LightColumn("What", 190, lambda row: row.what, lambda row: row.what),
    LightColumn("Number", 76, lambda row: wording.number(len(row.ids)), lambda row: len(row.ids), right=True),
)
