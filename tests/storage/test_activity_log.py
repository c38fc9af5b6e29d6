"""The activity log: whole after actions of any size, append-only, and found out where somebody edits it."""

from __future__ import annotations

import apsw
import pytest

from segment_manager.domain.errors import WorkspaceDamaged
from segment_manager.domain.plans import Action
from segment_manager.operations import care, history, segments
from segment_manager.storage import queries, segment_rows
from segment_manager.storage.workspace import Workspace
from tests.operations import scenes


def test_check_finds_changed_and_missing_activity(workspace):
    """Whoever edits the log from outside is found out, by the entry's number."""
    for name in "ABCD":
        scenes.add_segment(workspace, name, '{"everything":true}')
    workspace.close()
    scenes.raw(
        workspace.path,
        "DROP TRIGGER activity_is_append_only_update",
        "DROP TRIGGER activity_is_append_only_delete",
        "UPDATE activity SET who = 'eve' WHERE seq = 2",
        "DELETE FROM activity WHERE seq = 4",
    )
    again = Workspace.open(workspace.path, login="ada")
    problems = care.check(again)
    assert "Activity entry 2 was changed." in problems
    assert any("4" in each and "missing" in each for each in problems)
    again.close()


_BULK = "action = 'deactivate'"


@pytest.mark.parametrize(
    "tampering",
    [
        f"UPDATE activity SET who = 'eve' WHERE {_BULK}",
        f"UPDATE activity SET after = '{{}}' WHERE {_BULK}",
        f"UPDATE activity SET entries = json_set(entries, '$[1][2].since', '2020-01-01') WHERE {_BULK}",
        f"UPDATE activity SET entries = json_set(entries, '$[1]', entries -> 2, '$[2]', entries -> 1) WHERE {_BULK}",
        "UPDATE activity SET hash = x'' WHERE seq = (SELECT max(seq) FROM activity)",
        f"UPDATE activity SET hash = x'00' WHERE {_BULK}",
        f"UPDATE activity SET entries = json_remove(entries, '$[1]') WHERE {_BULK}",
        f"UPDATE activity SET entries = json_remove(entries, '$[0]'), first_seq = first_seq + 1 WHERE {_BULK}",
        f"DELETE FROM activity WHERE {_BULK}",
        "DELETE FROM activity WHERE seq = (SELECT min(seq) FROM activity)",
        "UPDATE activity SET seq = seq + 1 WHERE seq = (SELECT max(seq) FROM activity)",
    ],
    ids=[
        "the row", "what holds for all", "one value", "two swapped", "no seal", "another seal", "one missing",
        "the first missing", "the last row missing", "the first row missing", "another number",
    ],
)  # fmt: skip
def test_check_finds_what_was_changed_among_entries_that_are_sealed_together(workspace, tampering):
    """The entries of a bulk action have one hash; none can be changed, removed or swapped without notice."""
    for name in "ABC":
        scenes.add_segment(workspace, name, '{"everything":true}')
    scenes.do(workspace, Action.DEACTIVATE, "A", "B", "C")
    assert care.check(workspace) == []
    workspace.close()
    scenes.raw(
        workspace.path,
        "DROP TRIGGER activity_is_append_only_update",
        "DROP TRIGGER activity_is_append_only_delete",
        tampering,
    )
    again = Workspace.open(workspace.path, login="ada")
    assert any(each.startswith("Activity entr") for each in care.check(again))
    again.close()


@pytest.mark.parametrize("entries", ["'nothing'", "'[]'", "json_insert(entries, '$[#]', entries -> 0)"])
def test_a_log_that_is_no_log_any_more_is_told(workspace, entries):
    """Reading it ends in a sentence, and the check names its place."""
    scenes.add_segment(workspace, "A", '{"everything":true}')
    scenes.add_segment(workspace, "B", '{"everything":true}')
    workspace.close()
    scenes.raw(
        workspace.path,
        "DROP TRIGGER activity_is_append_only_update",
        f"UPDATE activity SET entries = {entries} WHERE seq = 2",
    )
    again = Workspace.open(workspace.path, login="ada")
    with pytest.raises(WorkspaceDamaged, match="Check workspace"):
        queries.activity(again)
    assert care.check(again) == ["Activity entry 2 was changed."]
    again.close()


def test_bulk_actions_of_any_size_and_order_leave_a_whole_log(workspace):
    """One activity entry a segment, with its former values, however many one row holds; names may hold quotes."""
    with workspace.change("fill") as change:
        segment_rows.insert_segment(change, 1, "It's one", '{"everything":true}')
        change.connection.execute(
            "WITH RECURSIVE number(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number WHERE n < 31000)"
            " INSERT INTO segment SELECT n * 2, record_type_id, name || n, name_folded || n, description, rule,"
            " created_at, created_by, modified_at FROM segment, number"
        )
        change.connection.execute(
            "INSERT INTO segment_state (segment_id, state, since, activated_at)"
            " SELECT segment.id, state, since, activated_at FROM segment, segment_state WHERE segment.id > segment_id"
        )
        segment_rows.ensure_results(change, [row[0] for row in change.connection.execute("SELECT id FROM segment")])
    ids = [each.id for each in queries.summaries(workspace)]
    segments.carry_out(workspace, segments.plan(workspace, Action.KEEP_ACTIVE, ids[::-3]))
    segments.carry_out(workspace, segments.plan(workspace, Action.DEACTIVATE, ids))
    history.undo(workspace)
    assert care.check(workspace) == []
    logged = [each for each in queries.activity(workspace, limit=None) if each.action == "deactivate"]
    assert sorted(each.segment_id for each in logged) == sorted(ids)
    assert all(each.before["status"] == "active" and each.after["status"] == "inactive" for each in logged)
    assert {each.status for each in queries.summaries(workspace)} == {"active"}
    segments.carry_out(workspace, segments.plan(workspace, Action.DELETE, ids[:5000]))
    assert len(queries.summaries(workspace)) == 26_000
    assert care.check(workspace) == []


def test_the_activity_log_refuses_update_and_delete(workspace):
    """Triggers keep it append-only, also where a row would take the place of one."""
    scenes.add_segment(workspace, "A", '{"everything":true}')
    replacing = "REPLACE INTO activity SELECT * FROM activity"
    for statement in ("UPDATE activity SET who = 'eve'", "DELETE FROM activity", replacing):
        with pytest.raises(apsw.ConstraintError, match="append-only"):
            workspace.connection.execute(statement)
