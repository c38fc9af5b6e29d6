"""Undo and redo: applying the recorded changesets, backwards or forwards, where nothing else has moved since.

Stands apart because it is SQLite's session extension that does it: operations hold no undo code at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import apsw

from segment_manager.domain.errors import NothingToUndo, UndoConflict
from segment_manager.storage.change import LogEntry, OpenChange
from segment_manager.storage.ids import json_ids
from segment_manager.storage.sql import Connection


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
    row = change.connection.execute(
        "SELECT id, label, changeset FROM undo_step WHERE state = 'done' ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        raise NothingToUndo("There is nothing to undo.")
    applied = _apply(change, row[1], apsw.Changeset.invert(row[2]), "undo")
    change.connection.execute("UPDATE undo_step SET state = 'undone' WHERE id = ?", (row[0],))
    return applied


def step_forward(change: OpenChange) -> Applied:
    """Redo the oldest step that was undone. Raises NothingToUndo, UndoConflict."""
    row = change.connection.execute(
        "SELECT id, label, changeset FROM undo_step WHERE state = 'undone' ORDER BY id LIMIT 1"
    ).fetchone()
    if row is None:
        raise NothingToUndo("There is nothing to redo.")
    applied = _apply(change, row[1], row[2], "redo")
    change.connection.execute("UPDATE undo_step SET state = 'done' WHERE id = ?", (row[0],))
    return applied


def forget_newest(change: OpenChange, state: str) -> None:
    """Drop the step that undo ('done') or redo ('undone') would take next, which can no longer be applied."""
    order = "DESC" if state == "done" else "ASC"
    change.connection.execute(
        f"DELETE FROM undo_step WHERE id = (SELECT id FROM undo_step WHERE state = ? ORDER BY id {order} LIMIT 1)",
        (state,),
    )


def forget_all(change: OpenChange) -> None:
    """Drop every step: what was done until now stays done."""
    change.connection.execute("DELETE FROM undo_step")


def _apply(change: OpenChange, label: str, changeset: bytes, verb: str) -> Applied:
    connection = change.connection
    moved = _moved(connection, changeset)
    touched = moved.segments
    before = _names(connection, touched)
    rules_before = _rules(connection, moved.new_rules)

    def settle(reason: int, row: apsw.TableChange) -> int:
        # A row that was to go may have gone with the segment it hangs on.
        if reason == apsw.SQLITE_CHANGESET_NOTFOUND and row.opcode == apsw.SQLITE_DELETE:
            return apsw.SQLITE_CHANGESET_OMIT
        return apsw.SQLITE_CHANGESET_ABORT

    try:
        apsw.Changeset.apply(changeset, connection, conflict=settle)
    except apsw.AbortError:
        raise UndoConflict(
            f"The {label} can't be {verb}ne: what it changed was changed again since."
            if verb == "undo"
            else f"The {label} can't be redone: what it changed was changed again since."
        ) from None
    after = _names(connection, touched)
    rules_after = _rules(connection, moved.new_rules)
    change.log_each(
        "SELECT id AS segment_id, name AS segment_name, '{}' AS before, :after AS after FROM segment"
        " WHERE id IN (SELECT value FROM json_each(:ids))",
        {"ids": json_ids(after.keys() - rules_after.keys()), "after": json.dumps({"step": label})},
    )
    gone = [LogEntry(each, before[each], {}, {"step": label}) for each in sorted(before.keys() - after.keys())]
    change.log_many(
        gone
        + [
            LogEntry(each, after[each], {"rule": rules_before[each]}, {"step": label, "rule": rule})
            for each, rule in rules_after.items()
        ]
        + ([] if touched else [LogEntry(None, None, {}, {"step": label})])
    )
    return Applied(
        label,
        frozenset(after.keys() - before.keys()),
        frozenset(before.keys() - after.keys()),
        frozenset(before.keys() & after.keys()),
        frozenset(moved.new_rules),
        frozenset(moved.relinked),
        _segments_of(connection, moved.assets) | frozenset(after),
        frozenset(moved.settings),
    )


def _segments_of(connection: Connection, assets: set[int]) -> frozenset[int]:
    rows = connection.execute(
        "SELECT segment_id FROM reference WHERE asset_id IN (SELECT value FROM json_each(?))", (json_ids(assets),)
    )
    return frozenset(row[0] for row in rows)


class _Moved(NamedTuple):
    """The ids of the segments a changeset touches in any table, of those whose rule it changes, of those with another
    name or other segments in their rules, of its assets, and the names of its settings."""

    segments: set[int]
    new_rules: set[int]
    relinked: set[int]
    assets: set[int]
    settings: set[str]


def _moved(connection: Connection, changeset: bytes) -> _Moved:
    segment_at = {"segment": 0, "segment_tag": 0, "rule_reference": 0, "reference": 2}
    columns = [row[1] for row in connection.execute("PRAGMA table_info(segment)")]
    rule, name = columns.index("rule"), columns.index("name")
    moved = _Moved(set(), set(), set(), set(), set())
    for row in apsw.Changeset.iter(changeset):
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
