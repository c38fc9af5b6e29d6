"""What segments that had a name at some point of the activity log are called now.

Stands apart because rules name segments, names change and go to others, and only the log knows who was meant when.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

from segment_manager.domain.segments import folded_name
from segment_manager.storage.activity_log import entries_of
from segment_manager.storage.workspace import Workspace


def present_names(workspace: Workspace, record_type_id: int, names: Iterable[str], seq: int) -> dict[str, str]:
    """The present names of the segments of a record type that had these names when row `seq` of the log was written,
    by their folded former names. Those that are gone are left out, unless another segment has that name now."""
    wanted = {folded_name(name) for name in names}
    if not wanted:  # the log is long
        return {}
    found = {
        folded: name
        for (name,) in workspace.connection.execute(
            "SELECT name FROM segment WHERE record_type_id = ?", (record_type_id,)
        )
        if (folded := folded_name(name)) in wanted
    }
    for segment_id, name in _bearers(workspace, record_type_id, wanted):
        then = _name_then(workspace, segment_id, seq)
        if then is not None and folded_name(then) in wanted:
            found[folded_name(then)] = name
    return found


def _bearers(workspace: Workspace, record_type_id: int, wanted: set[str]) -> list[tuple[int, str]]:
    """The segments of now that ever had one of the names: ids and present names."""
    is_wanted = cache(lambda name: name is not None and folded_name(name) in wanted)
    logged = workspace.connection.execute("SELECT entries FROM activity")
    ids = {each.segment_id for (entries,) in logged for each in entries_of(entries) if is_wanted(each.name)}
    return workspace.connection.execute(
        "SELECT id, name FROM segment WHERE record_type_id = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (record_type_id, json.dumps(sorted(ids - {None}))),
    ).fetchall()


def _name_then(workspace: Workspace, segment_id: int, seq: int) -> str | None:
    """What a segment was called when the operation of row `seq` was over; None where it was not there yet.

    Of one operation, the rules that follow a renaming are logged before the renaming itself.
    """
    name: str | None = workspace.connection.execute(
        "SELECT segment_name FROM activity_entry WHERE :id BETWEEN first_id AND last_id AND segment_id = :id"
        " AND row_seq <= (SELECT max(seq) FROM activity WHERE seq >= :seq AND operation ="
        "  (SELECT operation FROM activity WHERE seq >= :seq ORDER BY seq LIMIT 1))"
        " ORDER BY row_seq DESC, seq DESC LIMIT 1",
        {"id": segment_id, "seq": seq},
    ).get
    return name
