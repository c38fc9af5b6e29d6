"""Undo and redo: applying what a step recorded, backwards or forwards, where nothing else has moved since.

Stands apart because SQLite's session extension and the activity log do it: operations hold no undo code at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import apsw

from segment_manager.domain.errors import NothingToUndo, UndoConflict
from segment_manager.storage.change import LogEntry, OpenChange
from segment_manager.storage.ids import ids_in_a_table, json_ids
from segment_manager.storage.logged_update import LoggedUpdate, repeat, segments_of
from segment_manager.storage.sql import Connection

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

_VAST = 200_000  # bytes, of some hundred segments


class Applied(NamedTuple):
    """What undoing or redoing a step did: its label, and the segments it touched."""

    label: str
    added: frozenset[int]
    removed: frozenset[int]
    changed: frozenset[int]
    new_rules: frozenset[int]
    relinked: frozenset[int]  # with another name, or other segments in their rules
    perhaps_linked: frozenset[int]  # segments that a sequence may use now and did not before
    settings: frozenset[str]


def step_back(change: OpenChange) -> Applied:
    """Undo the newest step that is done. Raises NothingToUndo, UndoConflict."""
    row = change.connection.execute(_upcoming("done", "id, label"), ("done",)).fetchone()
    if row is None:
        raise NothingToUndo("There is nothing to undo.")
    applied = _apply(change, *row, backwards=True)
    change.connection.execute("UPDATE undo_step SET state = 'undone' WHERE id = ?", (row[0],))
    return applied


def step_forward(change: OpenChange) -> Applied:
    """Redo the oldest step that was undone. Raises NothingToUndo, UndoConflict."""
    row = change.connection.execute(_upcoming("undone", "id, label"), ("undone",)).fetchone()
    if row is None:
        raise NothingToUndo("There is nothing to redo.")
    applied = _apply(change, *row, backwards=False)
    change.connection.execute("UPDATE undo_step SET state = 'done' WHERE id = ?", (row[0],))
    return applied


def _upcoming(state: str, columns: str = "id") -> str:
    """The query of the step that undo ('done') or redo ('undone') would take next; it wants the state."""
    return f"SELECT {columns} FROM undo_step WHERE state = ? ORDER BY id {'DESC' if state == 'done' else 'ASC'} LIMIT 1"


def is_vast(workspace: Workspace, state: str) -> bool:
    """Whether the step that undo ('done') or redo ('undone') would take next has very many rows to put back.

    They are put back one by one, and after each SQLite goes through all that it keeps in memory to take them back.
    """
    size = workspace.connection.execute(
        f"SELECT sum(length(changeset)) FROM undo_part WHERE step_id = ({_upcoming(state)})", (state,)
    ).get
    return (size or 0) > _VAST


def forget_newest(change: OpenChange, state: str) -> None:
    """Drop the step that undo ('done') or redo ('undone') would take next, which can no longer be applied."""
    change.connection.execute(f"DELETE FROM undo_step WHERE id = ({_upcoming(state)})", (state,))


def forget_all(change: OpenChange) -> None:
    """Drop every step: what was done until now stays done."""
    change.connection.execute("DELETE FROM undo_step")


def _apply(change: OpenChange, step_id: int, label: str, *, backwards: bool) -> Applied:
    connection = change.connection
    parts = _parts(connection, step_id, backwards=backwards)
    moved = _moved(connection, parts)
    before = _names(connection, moved.segments)
    rules_before = _rules(connection, moved.new_rules)

    if not all(_applies(connection, part, backwards=backwards) for part in parts):
        done = "undone" if backwards else "redone"
        raise UndoConflict(f"The {label} can't be {done}: what it changed was changed again since.")
    after = _names(connection, moved.segments)
    rules_after = _rules(connection, moved.new_rules)
    added, removed = after.keys() - before.keys(), before.keys() - after.keys()
    here = moved.logged  # perhaps a million: whatever is done to all of them at once makes the window wait
    here |= after.keys()
    here -= removed
    with ids_in_a_table(connection, here.difference(rules_after) if rules_after else here) as chosen:
        change.log_each(chosen, "json_object()", {"step": label})
    change.log_many(
        [LogEntry(each, before[each], {}, {"step": label}) for each in sorted(removed)]
        + [
            LogEntry(each, after[each], {"rule": rules_before[each]}, {"step": label, "rule": rule})
            for each, rule in rules_after.items()
        ]
        + ([] if here or removed else [LogEntry(None, None, {}, {"step": label})])
    )
    present = frozenset(here)
    users = _segments_of(connection, moved.assets)
    return Applied(
        label,
        frozenset(added),
        frozenset(removed),
        present - added if added else present,
        frozenset(moved.new_rules),
        frozenset(moved.relinked),
        users | present if users else present,
        frozenset(moved.settings),
    )


def _parts(connection: Connection, step_id: int, *, backwards: bool) -> list[bytes | LoggedUpdate]:
    """The parts of a step in the order in which they are to be applied; the changesets inverted to go backwards."""
    parts: list[bytes | LoggedUpdate] = []
    for changeset, given, first, last in connection.execute(
        "SELECT changeset, given, first_seq, last_seq FROM undo_part WHERE step_id = ? ORDER BY place", (step_id,)
    ):
        if changeset is None:
            parts.append(LoggedUpdate(first, last, json.loads(given)))
        else:
            parts.append(apsw.Changeset.invert(changeset) if backwards else changeset)
    return parts[::-1] if backwards else parts


def _applies(connection: Connection, part: bytes | LoggedUpdate, *, backwards: bool) -> bool:
    if isinstance(part, LoggedUpdate):
        return repeat(connection, part, backwards=backwards)

    def settle(reason: int, row: apsw.TableChange) -> int:
        # A row that was to go may have gone with the segment it hangs on.
        if reason == apsw.SQLITE_CHANGESET_NOTFOUND and row.opcode == apsw.SQLITE_DELETE:
            return apsw.SQLITE_CHANGESET_OMIT
        return apsw.SQLITE_CHANGESET_ABORT

    try:
        apsw.Changeset.apply(part, connection, conflict=settle)
    except apsw.AbortError:
        return False
    return True


def _segments_of(connection: Connection, assets: set[int]) -> frozenset[int]:
    rows = connection.execute(
        "SELECT segment_id FROM reference WHERE asset_id IN (SELECT value FROM json_each(?))", (json_ids(assets),)
    )
    return frozenset(row[0] for row in rows)


class _Moved(NamedTuple):
    """The ids of the segments a step touches in any table, of those whose logged values it gives back or again, of
    those whose rule it changes, of those with another name or other segments in their rules, of its assets, and the
    names of its settings."""

    segments: set[int]
    logged: set[int]
    new_rules: set[int]
    relinked: set[int]
    assets: set[int]
    settings: set[str]


def _moved(connection: Connection, parts: Iterable[bytes | LoggedUpdate]) -> _Moved:
    segment_at = {"segment_state": 0, "segment": 0, "segment_tag": 0, "rule_reference": 0, "reference": 2}
    columns = [row[1] for row in connection.execute("PRAGMA table_info(segment)")]
    rule, name = columns.index("rule"), columns.index("name")
    moved = _Moved(set(), set(), set(), set(), set(), set())
    changesets = []
    for part in parts:
        if isinstance(part, LoggedUpdate):
            moved.logged.update(segments_of(connection, part))
        else:
            changesets.append(part)
    for row in chain.from_iterable(map(apsw.Changeset.iter, changesets)):
        old: Any = row.old
        new: Any = row.new
        either = old or new
        if row.name == "asset":
            moved.assets.add(either[0])
        elif row.name == "setting":
            moved.settings.add(either[0])
        if row.name not in segment_at:
            continue
        place = segment_at[row.name]
        for side in (old, new):
            if side is not None and isinstance(side[place], int):
                moved.segments.add(side[place])
        if row.name == "rule_reference":
            moved.relinked.add(either[0])
        elif row.name == "segment" and old is not None and new is not None:
            if isinstance(new[rule], str):
                moved.new_rules.add(either[0])
            if isinstance(new[name], str):
                moved.relinked.add(either[0])
    return moved


def _rules(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    rows = connection.execute(
        "SELECT id, rule FROM segment WHERE id IN (SELECT value FROM json_each(?))", (json_ids(ids),)
    )
    return {row[0]: row[1] for row in rows}


def _names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    rows = connection.execute(
        "SELECT id, name FROM segment WHERE id IN (SELECT value FROM json_each(?))",
        (json_ids(ids),),
    )
    return {row[0]: row[1] for row in rows}
