"""Writes to segments: set-based statements inside an OpenChange, each with its activity entries.

Stands apart because operations hold no SQL, and because every status that ever changes must be logged the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from segment_manager.domain.errors import NameTaken
from segment_manager.domain.segments import Reason, Status, folded_name
from segment_manager.storage.change import LogEntry, OpenChange
from segment_manager.storage.ids import Chosen, ids_in_a_table, json_ids
from segment_manager.storage.states import ACTIVE, NOT_ACTIVATED, state
from segment_manager.storage.times import stamp

_CHOSEN = "IN (SELECT value FROM json_each(:ids))"


def insert_segment(
    change: OpenChange,
    record_type_id: int,
    name: str,
    rule_json: str,
    *,
    description: str = "",
    tags: Sequence[str] = (),
    status: Status = Status.ACTIVE,
    reason: Reason | None = None,
    created_at: datetime | None = None,
    activated_at: datetime | None = None,
) -> int:
    """Add a segment without logging it; gives its id. `name` is clean. Raises NameTaken."""
    if name_is_taken(change, record_type_id, name):
        raise NameTaken(name)
    created = stamp(created_at) if created_at else change.at
    active = status is Status.ACTIVE
    activated = stamp(activated_at) if activated_at else created if active else None
    change.connection.execute(
        "INSERT INTO segment (record_type_id, name, name_folded, description, rule, created_at, created_by,"
        " modified_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (record_type_id, name, folded_name(name), description, rule_json, created, change.who, change.at),
    )
    segment_id = change.connection.last_insert_rowid()
    change.connection.execute(
        "INSERT INTO segment_state (segment_id, state, since, activated_at) VALUES (?, ?, ?, ?)",
        (segment_id, state(reason), activated or created if active else created, activated),
    )
    change.connection.execute("INSERT INTO segment_result (segment_id) VALUES (?)", (segment_id,))
    set_tags(change, segment_id, tags)
    return segment_id


def name_is_taken(change: OpenChange, record_type_id: int, name: str, *, but: int | None = None) -> bool:
    """Whether another segment of the record type than `but` has this name."""
    row = change.connection.execute(
        "SELECT 1 FROM segment WHERE record_type_id = ? AND name_folded = ? AND id IS NOT ?",
        (record_type_id, folded_name(name), but),
    ).fetchone()
    return row is not None


def set_tags(change: OpenChange, segment_id: int, tags: Sequence[str]) -> None:
    """Replace the tags of a segment."""
    change.connection.execute("DELETE FROM segment_tag WHERE segment_id = ?", (segment_id,))
    change.connection.executemany(
        "INSERT OR IGNORE INTO segment_tag (segment_id, tag) VALUES (?, ?)", [(segment_id, tag) for tag in tags]
    )


def change_tags(change: OpenChange, ids: Iterable[int], add: Sequence[str], remove: Sequence[str]) -> None:
    """Add and remove tags of many segments."""
    for tag in remove:
        change.connection.execute(
            f"DELETE FROM segment_tag WHERE segment_id {_CHOSEN} AND tag = :tag", {"ids": json_ids(ids), "tag": tag}
        )
    for tag in add:
        change.connection.execute(
            f"INSERT OR IGNORE INTO segment_tag (segment_id, tag) SELECT id, :tag FROM segment WHERE id {_CHOSEN}",
            {"ids": json_ids(ids), "tag": tag},
        )


def update_segment(change: OpenChange, segment_id: int, values: Mapping[str, object]) -> None:
    """Set columns of one segment (names come from this program, never from a person)."""
    columns = "".join(f"{name} = ?, " for name in values)
    change.connection.execute(
        f"UPDATE segment SET {columns}modified_at = ? WHERE id = ?", (*values.values(), change.at, segment_id)
    )


def set_status(
    change: OpenChange, ids: Sequence[int], status: Status, reason: Reason | None, *, why: str | None = None
) -> None:
    """Give many segments a status, log each with what it was before, and end the uses by rules that stop counting."""
    after = {"status": status, "reason": reason, **({"because": why} if why else {})}
    given = {"status": status, "reason": reason, "since": change.at}
    if status is Status.ACTIVE:
        given["activated_at"] = change.at
    with ids_in_a_table(change.connection, ids) as chosen:
        before = f"json_object({', '.join(map('{0!r}, {0}'.format, given))})"
        logged = change.log_each(chosen, before, after)
        if status is Status.INACTIVE:
            _end_rule_uses(change, chosen)
        change.update_logged(chosen, logged, given)


def set_keep_active(change: OpenChange, ids: Sequence[int], keep: bool) -> None:
    """Pin or unpin many segments and log each."""
    before = f"json_object('keep_active', json('{str(not keep).lower()}'))"
    with ids_in_a_table(change.connection, ids) as chosen:
        logged = change.log_each(chosen, before, {"keep_active": keep})
        change.update_logged(chosen, logged, {"keep_active": int(keep)})


def end_rule_uses(change: OpenChange, ids: Iterable[int]) -> None:
    """Note on the segments that rules of `ids` refer to that these uses end now; only uses by Active ones count."""
    with ids_in_a_table(change.connection, ids) as chosen:
        _end_rule_uses(change, chosen)


def _end_rule_uses(change: OpenChange, chosen: Chosen) -> None:
    # In this order each of the chosen is looked up in the references, of which most have none, and not for its status.
    change.connection.execute(
        "UPDATE segment_state SET rule_used_until = ? WHERE segment_id IN (SELECT referred_id FROM"
        f" ({chosen}) AS chosen CROSS JOIN rule_reference ON rule_reference.segment_id = chosen.id"
        f" CROSS JOIN segment_state AS user ON user.segment_id = chosen.id WHERE user.state = {ACTIVE})",
        (change.at,),
    )


def delete_segments(change: OpenChange, ids: Sequence[int]) -> None:
    """Delete many segments and log each with everything needed to know what it was. Connections stay."""
    connection = change.connection
    with ids_in_a_table(connection, ids) as chosen:
        change.log_each(
            chosen,
            "json_object('record_type', (SELECT name FROM record_type WHERE id = record_type_id), 'rule', rule,"
            " 'description', description, 'status', status, 'reason', reason,"
            " 'members', (SELECT count FROM segment_result WHERE segment_id = segment.id))",
            {},
        )
        _end_rule_uses(change, chosen)
        connection.execute(f"DELETE FROM rule_reference WHERE segment_id IN ({chosen})")
        for part in change.parts(chosen):
            connection.execute(f"DELETE FROM segment WHERE id IN ({part})")


def clone_segments(change: OpenChange, copies: Sequence[tuple[int, str]]) -> list[int]:
    """Copy segments, each (id, name of the copy), with rule, description and tags; gives the copies' ids."""
    connection = change.connection
    made, entries = [], []
    for original_id, name in copies:
        connection.execute(
            "INSERT INTO segment (record_type_id, name, name_folded, description, rule, created_at, created_by,"
            " modified_at) SELECT record_type_id, :name, :folded, description, rule, :at, :who, :at FROM segment"
            " WHERE id = :original",
            {
                "name": name,
                "folded": folded_name(name),
                "at": change.at,
                "who": change.who,
                "original": original_id,
            },
        )
        copy_id = connection.last_insert_rowid()
        pair = (copy_id, original_id)
        connection.execute(
            "INSERT INTO segment_state (segment_id, state, since, activated_at)"
            f" SELECT ?1, iif(state = {ACTIVE}, state, {NOT_ACTIVATED}), ?3, iif(state = {ACTIVE}, ?3, NULL)"
            " FROM segment_state WHERE segment_id = ?2",
            (*pair, change.at),
        )
        connection.execute("INSERT INTO segment_result (segment_id) VALUES (?)", (copy_id,))
        connection.execute("INSERT INTO segment_tag SELECT ?, tag FROM segment_tag WHERE segment_id = ?", pair)
        connection.execute(
            "INSERT INTO rule_reference SELECT ?, referred_id FROM rule_reference WHERE segment_id = ?", pair
        )
        made.append(copy_id)
        original = connection.execute("SELECT name FROM segment WHERE id = ?", (original_id,)).get
        entries.append(LogEntry(copy_id, name, {}, {"copy_of": original}))
    change.log_many(entries)
    return made


def replace_rule(
    change: OpenChange, segment_id: int, record_type_id: int, rule_json: str, names: Iterable[str]
) -> None:
    """Give a segment another rule: the uses by the old one end now, and members that rest on it are out of date."""
    end_rule_uses(change, [segment_id])
    update_segment(change, segment_id, {"rule": rule_json})
    link_rule(change, segment_id, record_type_id, names)
    mark_rule_stale(change, [segment_id])


def referred_by(change: OpenChange, ids: Iterable[int]) -> list[int]:
    """The segments that the rules of `ids` refer to directly."""
    return [
        row[0]
        for row in change.connection.execute(
            f"SELECT DISTINCT referred_id FROM rule_reference WHERE segment_id {_CHOSEN}", {"ids": json_ids(ids)}
        )
    ]


def link_rule(change: OpenChange, segment_id: int, record_type_id: int, names: Iterable[str]) -> None:
    """Keep which segments a rule refers to, by the names in it; names that are not there are left out."""
    connection = change.connection
    connection.execute("DELETE FROM rule_reference WHERE segment_id = ?", (segment_id,))
    connection.execute(
        "INSERT OR IGNORE INTO rule_reference (segment_id, referred_id) SELECT ?, id FROM segment"
        " WHERE record_type_id = ? AND name_folded IN (SELECT value FROM json_each(?))"
        " ORDER BY +id",  # by names: the plus keeps SQLite from going through all ids of the record type, in order
        (segment_id, record_type_id, json.dumps([folded_name(name) for name in names])),
    )


def mark_rule_stale(change: OpenChange, ids: Iterable[int]) -> None:
    """Members of `ids`, and of all whose rules refer to them directly or through others, are older than the rule."""
    change.connection.execute(
        "WITH RECURSIVE found(id) AS (SELECT value FROM json_each(:ids) UNION SELECT segment_id FROM rule_reference"
        " JOIN found ON referred_id = found.id)"
        " UPDATE segment_result SET rule_stale = 1 WHERE segment_id IN (SELECT id FROM found)",
        {"ids": json_ids(ids)},
    )


def mark_all_stale(change: OpenChange) -> None:
    """Members of all segments are older than what their rules mean now."""
    change.connection.execute("UPDATE segment_result SET rule_stale = 1 WHERE members IS NOT NULL")


def ensure_results(change: OpenChange, ids: Iterable[int]) -> None:
    """Give segments that came back by undo or redo their empty result."""
    change.connection.execute(
        "INSERT OR IGNORE INTO segment_result (segment_id) SELECT value FROM json_each(?)", (json_ids(ids),)
    )
