"""Workspaces of every earlier schema, kept as they were made, are brought up to date with nothing lost."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from segment_manager.domain.errors import BackupFailed
from segment_manager.operations import care, history
from segment_manager.operations.settings import change_setting
from segment_manager.storage import backup, checks, queries
from segment_manager.storage.database import SCHEMA_VERSION
from segment_manager.storage.times import stamp
from segment_manager.storage.workspace import Workspace
from tests.conftest import Clock
from tests.operations import scenes

SCHEMAS = sorted(Path(__file__).with_name("schemas").glob("*.segments.gz"))


@pytest.fixture(params=SCHEMAS, ids=lambda path: path.name.split(".")[0])
def old(request, tmp_path):
    """The path of a workspace as an earlier version left it."""
    path = tmp_path / "old.segments"
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    return path


def test_there_is_one_of_every_earlier_schema():
    """A new migration brings a workspace of the schema before it."""
    assert [path.name for path in SCHEMAS] == [f"{version}.segments.gz" for version in range(1, SCHEMA_VERSION)]


def test_an_older_workspace_is_brought_up_to_date(old):
    """Its segments, members, usage, log and undo are there and work; a backup from before stands beside it."""
    workspace = Workspace.open(old, login="ada", clock=Clock())
    assert [(each.name, each.members) for each in queries.summaries(workspace)] == [
        ("Berliners", 1),
        ("Everyone", 2),
        ("Parisians", 1),
    ]
    assert checks.problems(workspace) == []
    assert scenes.member_keys(workspace, "Berliners") == ["L1"]
    assert queries.settings(workspace)["counted_types"] == ["sequence", "campaign", "journey", "message", "test list"]
    change_setting(workspace, "counted_types", ["report"])
    assert {each.name: each.last_used is None for each in queries.summaries(workspace)} == {
        "Berliners": False,
        "Everyone": False,
        "Parisians": True,
    }
    history.undo(workspace)
    history.undo(workspace)
    assert checks.problems(workspace) == []
    workspace.close()
    [made] = (old.parent / "old backups").glob("*.segments")
    care.restore(made, old.parent / "again.segments")
    again = Workspace.open(old.parent / "again.segments", login="ada", clock=Clock())
    assert len(queries.summaries(again)) == 3
    again.close()


def test_a_bulk_action_from_before_its_log_was_undone_by_is_undone(tmp_path):
    """Its step is a changeset; the activity rows each have a hash of their own."""
    path = tmp_path / "old.segments"
    path.write_bytes(gzip.decompress((SCHEMAS[0].parent / "3.segments.gz").read_bytes()))
    workspace = Workspace.open(path, login="ada", clock=Clock())
    assert {each.status for each in queries.summaries(workspace)} == {"inactive"}
    history.undo(workspace)
    assert {each.status for each in queries.summaries(workspace)} == {"active"}
    history.redo(workspace)
    assert {each.status for each in queries.summaries(workspace)} == {"inactive"}
    assert checks.problems(workspace) == []
    workspace.close()


def test_the_activity_of_an_older_workspace_is_as_it_was(old):
    """Every entry keeps its number and all that it tells."""
    source = apsw.Connection(str(old))
    told = [
        (seq, at, who, action, () if name is None else (name,), segment_id, json.loads(before), json.loads(after))
        for seq, at, who, action, name, segment_id, before, after in source.execute(
            "SELECT seq, at, who, action, segment_name, segment_id, before, after FROM activity ORDER BY seq DESC"
        )
    ]
    source.close()
    workspace = Workspace.open(old, login="ada", clock=Clock())
    assert told == [
        (each.seq, stamp(each.at), each.who, each.action, each.segments, each.segment_id, each.before, each.after)
        for each in queries.activity(workspace, limit=None)
    ]
    workspace.close()


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        ("UPDATE activity SET who = 'eve' WHERE seq = 5", "Activity entry 5 was changed."),
        ("UPDATE activity SET before = 'nothing' WHERE seq = 5", "Activity entry 5 was changed."),
        ("DELETE FROM activity WHERE seq = 5", "Activity entries 5 to 5 are missing."),
        ("DELETE FROM activity WHERE seq = (SELECT max(seq) FROM activity)", "are missing."),
        ("UPDATE activity SET segment_name = 'Eve' WHERE seq = (SELECT max(seq) FROM activity)", "Activity entr"),
    ],
    ids=["changed", "no JSON", "gone", "the last gone", "a bulk action"],
)
def test_what_was_wrong_with_an_older_log_stays_known(old, tampering, finding):
    """Taking the log over gives no seal to what its own hashes do not confirm."""
    source = apsw.Connection(str(old))
    source.execute("DROP TRIGGER activity_is_append_only_update; DROP TRIGGER activity_is_append_only_delete")
    source.execute(tampering)
    source.close()
    workspace = Workspace.open(old, login="ada", clock=Clock())
    change_setting(workspace, "auto_scan", True)
    found = checks.problems(workspace)
    assert any(finding in each for each in found)
    assert len(found) < 4
    workspace.close()


_LIVES = "id, name, rule, description, modified_at, status, reason, since, keep_active, activated_at, rule_used_until"


def test_every_step_from_before_states_had_a_table_is_undone_and_redone(tmp_path):
    """Steps of every kind that named the former columns of `segment`, one of them undone already; every value is as it
    was, and ids of segments that are gone are not given again."""
    path = tmp_path / "old.segments"
    path.write_bytes(gzip.decompress((SCHEMAS[0].parent / "4.segments.gz").read_bytes()))
    with closing(apsw.Connection(str(path))) as former:
        before = former.execute(f"SELECT {_LIVES} FROM segment ORDER BY id").fetchall()
    workspace = Workspace.open(path, login="ada", clock=Clock())

    def lives() -> list[tuple[object, ...]]:
        return workspace.connection.execute(
            f"SELECT {_LIVES} FROM segment JOIN segment_state ON segment_id = id ORDER BY id"
        ).fetchall()

    assert lives() == before
    assert workspace.connection.pragma("foreign_keys") == 1
    assert len(history.redo(workspace).added) == 1
    seen = [lives()]
    while len(seen) < 16:
        history.undo(workspace)
        seen.append(lives())
    assert before in seen
    assert seen[-1] == []
    for then in seen[-2::-1]:
        history.redo(workspace)
        assert lives() == then
    assert checks.problems(workspace) == []
    assert scenes.add_segment(workspace, "New", '{"everything":true}') == 5
    workspace.close()


def test_what_steps_recorded_of_other_tables_stays_as_it_is(tmp_path):
    """To the byte, in a step that changed no segment."""
    path = tmp_path / "old.segments"
    path.write_bytes(gzip.decompress((SCHEMAS[0].parent / "4.segments.gz").read_bytes()))
    settings = "SELECT changeset FROM undo_part WHERE step_id = 1"
    with closing(apsw.Connection(str(path))) as former:
        before = former.execute(settings).get
    workspace = Workspace.open(path, login="ada", clock=Clock())
    assert workspace.connection.execute(settings).get == before
    workspace.close()


def test_without_a_backup_it_stays_as_it_was(old, monkeypatch):
    """The file is not changed by a byte, and the reason is told."""
    before = old.read_bytes()

    def refuse(workspace: Workspace, target: Path) -> Path:
        raise BackupFailed("The disk is full.")

    monkeypatch.setattr(backup, "write_backup", refuse)
    with pytest.raises(BackupFailed, match="full"):
        Workspace.open(old, login="ada", clock=Clock())
    assert old.read_bytes() == before


@pytest.mark.parametrize("statement", [*range(0, 12, 2), *range(12, 40, 4)])
def test_a_kill_during_the_migration_leaves_the_old_or_the_new(old, statement):
    """The next opening brings it up to date."""
    child = multiprocessing.get_context("spawn").Process(target=_killed_at, args=(old, statement))
    child.start()
    child.join(60)
    assert child.exitcode == 9
    workspace = Workspace.open(old, login="ada", clock=Clock())
    assert checks.problems(workspace) == []
    assert [each.members for each in queries.summaries(workspace)] == [1, 2, 1]
    workspace.close()


def _killed_at(path: Path, statement: int) -> None:
    """Opens a workspace and ends without a word before this statement of its migration."""
    workspace_class = Workspace
    migrate, seen = workspace_class._migrate, []

    def counted(workspace: Workspace) -> None:
        def trace(cursor: object, sql: str, bindings: object) -> bool:
            seen.append(sql)
            if len(seen) > statement:
                os._exit(9)
            return True

        workspace.connection.exec_trace = trace
        migrate(workspace)
        os._exit(9)

    workspace_class._migrate = counted  # type: ignore[method-assign]
    workspace_class.open(path, login="ada", clock=Clock())
