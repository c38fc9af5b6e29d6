"""Activity as lines of text, a page at a time.

Stands apart because it is read and worded on the reading thread; the window only shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from segment_manager.domain.records import Field, RecordType
from segment_manager.storage import queries
from segment_manager.storage.queries import ActivityEntry, history
from segment_manager.storage.queries.history import ActivityFilter
from segment_manager.ui.details.changes_said import DONE, action_said, difference_said
from segment_manager.ui.details.formats import moment_text

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the activity. `changes`: what was before and after, a line each."""

    seq: int
    at: datetime
    when: str
    who: str
    action: str
    segment: str
    segment_id: int | None
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, newest first; whether there are older ones; of the first page, how many there are in all."""

    lines: tuple[Line, ...]
    more: bool
    total: int | None


@dataclass(frozen=True, slots=True)
class Choices:
    """Whom and what the activity knows: (stored word, how it is said)."""

    people: tuple[str, ...]
    actions: tuple[tuple[str, str], ...]


def read_page(workspace: Workspace, only: ActivityFilter, before: int | None) -> Page:
    """A page older than the row `before` (None: the newest); any thread may read it."""
    with workspace.snapshot():
        entries = queries.activity(workspace, limit=AT_ONCE + 1, before=before, only=only)
        types = _record_types(workspace, entries)
        zone, today = workspace.zone, workspace.today()
        total = history.activity_count(workspace, only) if before is None else None
    anything = types[None]
    lines = tuple(
        Line(
            entry.seq,
            entry.at,
            moment_text(entry.at, zone, today),
            entry.who,
            action_said(entry),
            ", ".join(entry.segments),
            entry.segment_id,
            tuple(difference_said(entry, types.get(entry.segment_id, anything), zone, today)),
        )
        for entry in entries[:AT_ONCE]
    )
    return Page(lines, len(entries) > AT_ONCE, total)


def _record_types(workspace: Workspace, entries: list[ActivityEntry]) -> dict[int | None, RecordType]:
    """The record type of each segment that is still there; None: one that knows the labels of all types."""
    by_id = {each.id: each for each in queries.record_types(workspace)}
    fields: dict[str, Field] = {}
    for each in by_id.values():
        for field in each.fields:
            fields.setdefault(field.name, field)
    found: dict[int | None, RecordType] = {None: RecordType(0, "", tuple(fields.values()))}
    ids = {entry.segment_id for entry in entries if entry.segment_id is not None}
    for summary in queries.summaries(workspace, ids=ids) if ids else ():
        found[summary.id] = by_id[summary.record_type_id]
    return found


def read_choices(workspace: Workspace) -> Choices:
    """What can be chosen in the filters."""
    with workspace.snapshot():
        actions = history.activity_actions(workspace)
        people = history.activity_people(workspace)
    said = sorted(((each, _said(each)) for each in actions), key=lambda pair: pair[1].casefold())
    return Choices(tuple(people), tuple(said))


def _said(action: str) -> str:
    return DONE.get(action) or action[:1].upper() + action[1:].replace("_", " ")
