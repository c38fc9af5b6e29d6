"""Bulk actions keep their promises: planned again where facts moved, cancelled without a trace, backed up, undone."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from segment_manager.domain.changes import Progress
from segment_manager.domain.errors import (
    BackupFailed,
    Cancelled,
    FactsChanged,
    UndoConflict,
)
from segment_manager.domain.plans import Action
from segment_manager.operations import care, history, segments, settings, usage
from segment_manager.storage import queries, segment_rows
from segment_manager.storage.workspace import Workspace
from tests.operations import scenes

_ALL = "SELECT * FROM segment JOIN segment_state ON segment_id = id ORDER BY id"
_OF_PARIS = "WHERE segment_id = (SELECT id FROM segment WHERE name = 'Paris')"
_MARK_PARIS = f"UPDATE segment_state SET state = 5 {_OF_PARIS}"


@pytest.fixture
def world(workspace):
    return scenes.two_cities(workspace)


def test_nothing_is_deleted_without_a_backup(world, monkeypatch):
    """Where the backup fails, the deletion does not begin."""
    world.path.with_name(world.path.stem + " backups").write_text("a file is in the way")
    with pytest.raises(BackupFailed, match="Nothing was deleted"):
        scenes.do(world, Action.DELETE, "Paris")
    assert scenes.status(world, "Paris") == ("active", None)


@pytest.mark.parametrize("looks", [1, 2, 4])
@pytest.mark.parametrize("action", [Action.DEACTIVATE, Action.DELETE])
def test_a_bulk_action_that_is_cancelled_leaves_all_as_it_was(workspace, action, looks):
    """Wherever it was, during the backup, the change or its activity: no status, no row and no file is left of it."""
    with workspace.change("fill") as change:
        for number in range(6000):
            segment_rows.insert_segment(change, 1, f"S{number}", '{"everything":true}')
    made = segments.plan(workspace, action, [each.id for each in queries.summaries(workspace)])
    asked = iter(range(1, 1000))
    with pytest.raises(Cancelled):
        segments.carry_out(workspace, made, lambda: next(asked) >= looks)
    assert {each.status for each in queries.summaries(workspace)} == {"active"}
    assert len(queries.summaries(workspace)) == 6000
    assert queries.activity(workspace) == []
    assert care.backups(workspace) == []
    assert care.check(workspace) == []
    told = []
    assert len(segments.carry_out(workspace, made, tell=told.append).changed or made.ids) == 6000
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert told[-1] == Progress(6000, 6000)


def test_undo_redo_and_scan_can_be_cancelled(workspace):
    """Cancelled, they leave all as it was, and can be done later."""
    with workspace.change("fill") as change:
        for number in range(6000):
            segment_rows.insert_segment(change, 1, f"S{number}", '{"everything":true}')
    settings.change_setting(workspace, "grace_days", 0)

    def statuses():
        return {each.status for each in queries.summaries(workspace)}

    with pytest.raises(Cancelled):
        usage.scan(workspace, stop=lambda: True)
    assert statuses() == {"active"}
    usage.scan(workspace)
    for step, before, after in ((history.undo, "inactive", "active"), (history.redo, "active", "inactive")):
        with pytest.raises(Cancelled):
            step(workspace, lambda: True)
        assert statuses() == {before}
        step(workspace)
        assert statuses() == {after}
    assert care.check(workspace) == []


def test_what_a_backup_cannot_be_verified_of_is_not_deleted(world):
    """The deletion is taken back, though the damage lies where it never looks, and no file pretends to be a backup."""
    root = world.connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'records_4_changed'").get
    world.close()
    with world.path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 64)
    again = Workspace.open(world.path, login="ada")
    with pytest.raises(BackupFailed, match=r"Nothing was deleted\. The backup could not be verified"):
        scenes.do(again, Action.DELETE, "Paris")
    assert scenes.status(again, "Paris") == ("active", None)
    assert list((world.path.parent / f"{world.path.stem} backups").iterdir()) == []
    again.close()


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_a_backup_holds_what_was_there_when_the_deletion_began(world, monkeypatch, journal):
    """All of it, however late it is copied, also on a network drive, where SQLite keeps another journal."""
    world.close()
    monkeypatch.setattr("segment_manager.storage.workspace.journal_mode", lambda path: journal)
    again = Workspace.open(world.path, login="ada")
    assert again.connection.pragma("journal_mode") == journal
    before = [tuple(each) for each in again.connection.execute(_ALL)]
    logged = len(queries.activity(again, limit=None))
    backup = Path(scenes.do(again, Action.DELETE, "Paris", "Berlin").backup)
    again.close()
    kept = Workspace.open(backup, login="ada")
    assert [tuple(each) for each in kept.connection.execute(_ALL)] == before
    assert len(queries.activity(kept, limit=None)) == logged
    kept.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows moves no file that is open")
@pytest.mark.parametrize("replaced", [True, False])
def test_nothing_is_deleted_in_a_file_that_was_moved(world, replaced):
    """The backup would be of whatever stands in its place."""
    copy = care.backup(world, world.path.with_name("copy.segments"))
    made = scenes.plan(world, Action.DELETE, "Paris")
    aside = world.path.rename(world.path.with_name("moved.segments"))
    if replaced:
        copy.rename(world.path)
    with pytest.raises(BackupFailed, match=r"Nothing was deleted.*was moved or replaced while it was open"):
        segments.carry_out(world, made)
    assert scenes.status(world, "Paris") == ("active", None)
    assert list(world.path.parent.glob("* backups/*")) == []
    aside.replace(world.path)
    assert Path(scenes.do(world, Action.DELETE, "Paris").backup).exists()


def test_a_deletion_that_is_asked_about_again_leaves_no_backup(world):
    """What was not done needs none; the next deletion makes its own."""
    made = scenes.plan(world, Action.DELETE, "Paris")
    scenes.use(world, ("campaign", "Spring", "live", "Paris"))
    with pytest.raises(FactsChanged):
        segments.carry_out(world, made)
    assert care.backups(world) == []
    assert scenes.do(world, Action.DELETE, "Berlin").backup == str(care.backups(world)[0])


def test_what_changed_between_plan_and_commit_is_asked_again(world):
    """A campaign that goes live meanwhile stops the deletion; the error carries the new plan."""
    made = scenes.plan(world, Action.DELETE, "Paris")
    scenes.use(world, ("campaign", "Spring", "live", "Paris"))
    with pytest.raises(FactsChanged) as caught:
        segments.carry_out(world, made)
    assert [each.name for each in caught.value.plan.blocked] == ["Paris"]
    assert scenes.status(world, "Paris") == ("active", None)


@pytest.mark.parametrize("own", [True, False], ids=["on the same connection", "by another program"])
def test_what_was_written_past_the_program_is_asked_again(world, own):
    """Whoever writes to the file after the plan was made, however it is done, is noticed."""
    made = scenes.plan(world, Action.DEACTIVATE, "Paris", "Berlin")
    other = world.connection if own else apsw.Connection(str(world.path))
    other.execute(_MARK_PARIS)
    if not own:
        other.close()
    with pytest.raises(FactsChanged) as caught:
        segments.carry_out(world, made)
    assert [each.name for each in caught.value.plan.skipped] == ["Paris"]
    assert scenes.status(world, "Berlin") == ("active", None)


def test_what_the_calendar_changed_meanwhile_is_asked_again(world, clock):
    """A use that ended at midnight between plan and commit is no live use any more, though nobody wrote anything."""
    scenes.use(world, ("campaign", "Spring", "live", "Paris", "2026-01-01", "2026-03-02"))
    made = scenes.plan(world, Action.DEACTIVATE, "Paris", "Berlin")
    clock.now += timedelta(days=1)
    with pytest.raises(FactsChanged) as caught:
        segments.carry_out(world, made)
    assert not caught.value.plan.blocked


def test_a_plan_that_rests_on_what_was_taken_back_is_asked_again(world):
    """What was never committed is no fact."""
    with world.change("trial") as trial:
        world.connection.execute(_MARK_PARIS)
        made = scenes.plan(world, Action.DEACTIVATE, "Paris", "Berlin")
        trial.take_back()
    with pytest.raises(FactsChanged):
        segments.carry_out(world, made)


def test_an_unrelated_write_meanwhile_asks_nothing(world):
    """The plan is made again, found to be the same, and carried out."""
    made = scenes.plan(world, Action.DEACTIVATE, "Paris")
    segments.tag(world, [made.ids[0]], ["vip"])
    segments.carry_out(world, made)
    assert scenes.status(world, "Paris") == ("inactive", "deactivated")


def test_a_segment_deleted_meanwhile_is_asked_again(world):
    """A plan about a segment that is gone does nothing."""
    made = scenes.plan(world, Action.DEACTIVATE, "Paris", "Berlin")
    scenes.do(world, Action.DELETE, "Paris")
    with pytest.raises(FactsChanged):
        segments.carry_out(world, made)
    assert scenes.status(world, "Berlin") == ("active", None)


_STATUSES = (
    "SELECT segment_id, status, reason, since, activated_at, keep_active, rule_used_until FROM segment_state"
    " ORDER BY segment_id"
)


@pytest.mark.parametrize("action", [Action.DEACTIVATE, Action.RESUME, Action.KEEP_ACTIVE, Action.ALLOW_SCAN])
def test_undoing_and_redoing_a_bulk_action_restores_every_value_exactly(world, clock, action):
    """Segments that were as they were for different reasons and since different moments are so again, one after a
    restart, and what their rules refer to is told the former end of its use."""
    scenes.add_segment(world, "Uses both", '{"any":[{"op":"in_segment","value":"Berlin"},{"everything":true}]}')
    for name in ("Paris", "Berlin", "Uses both"):
        clock.now += timedelta(hours=1)
        scenes.do(world, Action.DEACTIVATE if action is Action.RESUME else Action.KEEP_ACTIVE, name)
        if action in (Action.DEACTIVATE, Action.KEEP_ACTIVE):
            scenes.do(world, Action.ALLOW_SCAN, name)
    clock.now += timedelta(hours=1)
    before = world.connection.execute(_STATUSES).fetchall()
    scenes.do(world, action, "Paris", "Berlin", "Uses both")
    after = world.connection.execute(_STATUSES).fetchall()
    clock.now += timedelta(hours=1)
    world.close()
    again = Workspace.open(world.path, login="ada", clock=clock)
    for _ in range(2):
        assert len(history.undo(again).changed) == 3
        assert again.connection.execute(_STATUSES).fetchall() == before
        assert len(history.redo(again).changed) == 3
        assert again.connection.execute(_STATUSES).fetchall() == after
    assert care.check(again) == []
    again.close()


@pytest.mark.parametrize("meanwhile", ["state = 2", "since = '2020-01-01'", None])
def test_undoing_a_bulk_action_changes_nothing_where_one_segment_is_another_by_now(world, meanwhile):
    """One of them was changed, or deleted: none is undone, and the next step can be."""
    scenes.do(world, Action.KEEP_ACTIVE, "Berlin")
    scenes.do(world, Action.DEACTIVATE, "Berlin", "Paris")
    if meanwhile is None:
        scenes.do(world, Action.DELETE, "Paris")
    else:
        world.connection.execute(f"UPDATE segment_state SET {meanwhile} {_OF_PARIS}")
    with pytest.raises(UndoConflict, match="changed again since"):
        history.undo(world)
    assert scenes.status(world, "Berlin") == ("inactive", "deactivated")
    assert history.undo(world).message == "Undone: keep active of “Berlin”."


def test_undoing_a_creation_keeps_a_segment_that_is_in_another_state_by_now(world):
    """Its state is compared before the segment goes, with which it would go without a word."""
    scenes.add_segment(world, "New", '{"everything":true}')
    world.connection.execute("UPDATE segment_state SET state = 5 WHERE segment_id = (SELECT max(id) FROM segment)")
    with pytest.raises(UndoConflict, match="changed again since"):
        history.undo(world)
    assert scenes.status(world, "New") == ("inactive", "unused")
