"""Undo and redo: applying the recorded changesets, backwards or forwards, where nothing else has moved since.

Stands apart because it is SQLite's session extension that does it: operations hold no undo code at all.
"""

from __future__ import annotations

from typing import NamedTuple

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
    touched, new_rules, assets, settings = _touched(connection, changeset)
    before = _names(connection, touched)
    rules_before = _rules(connection, new_rules)

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
    rules_after = _rules(connection, new_rules)
    change.log_many(
        [
            LogEntry(
                segment_id,
                after.get(segment_id, before.get(segment_id, "")),
                {"rule": rules_before[segment_id]} if segment_id in rules_after else {},
                {"step": label, **({"rule": rules_after[segment_id]} if segment_id in rules_after else {})},
            )
            for segment_id in sorted(touched)
        ]
        or [LogEntry(None, None, {}, {"step": label})]
    )
    return Applied(
        label,
        frozenset(after.keys() - before.keys()),
        frozenset(before.keys() - after.keys()),
        frozenset(before.keys() & after.keys()),
        new_rules,
        _segments_of(connection, assets) | frozenset(after),
        frozenset(settings),
    )


def _segments_of(connection: Connection, assets: set[int]) -> frozenset[int]:
    rows = connection.execute(
        "SELECT segment_id FROM reference WHERE asset_id IN (SELECT value FROM json_each(?))", (json_ids(assets),)
    )
    return frozenset(row[0] for row in rows)


def _touched(connection: Connection, changeset: bytes) -> tuple[set[int], frozenset[int], set[int], set[str]]:
    """The ids of the segments a changeset touches in any table, of those whose rule it changes, of its assets, and the
    names of its settings."""
    position = {"segment": 0, "segment_tag": 0, "rule_reference": 0, "reference": 2}
    rule_column = [row[1] for row in connection.execute("PRAGMA table_info(segment)")].index("rule")
    touched: set[int] = set()
    new_rules: set[int] = set()
    assets: set[int] = set()
    settings: set[str] = set()
    for row in apsw.Changeset.iter(changeset):
        if row.name == "asset":
            assets.add(int(str((row.old or row.new or (0,))[0])))
        if row.name == "setting":
            settings.add(str((row.old or row.new or ("",))[0]))
        if row.name not in position:
            continue
        for side in (row.old, row.new):
            if side is not None and isinstance(side[position[row.name]], int):
                touched.add(int(str(side[position[row.name]])))
        if (
            row.name == "segment"
            and row.new is not None
            and isinstance(row.new[rule_column], str)
            and row.old is not None
        ):
            new_rules.add(int(str(row.old[0])))
    return touched, frozenset(new_rules), assets, settings


def _rules(connection: Connection, ids: frozenset[int]) -> dict[int, str]:
    rows = connection.execute(
        "SELECT id, rule FROM segment WHERE id IN (SELECT value FROM json_each(?))", (json_ids(ids),)
    )
    return {row[0]: row[1] for row in rows}


def _names(connection: Connection, ids: set[int]) -> dict[int, str]:
    rows = connection.execute(
        "SELECT id, name FROM segment WHERE id IN (SELECT value FROM json_each(?))",
        (json_ids(ids),),
    )
    return {row[0]: row[1] for row in rows}
