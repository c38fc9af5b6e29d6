"""The workspace file: made, opened, refused, backed up, put back, checked."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from playhouse.apsw_ext import APSWDatabase

from segment_manager.domain.errors import (
    BackupFailed,
    NotAWorkspace,
    WorkspaceBusy,
    WorkspaceDamaged,
    WorkspaceExists,
    WorkspaceMissing,
    WorkspaceTooNew,
)
from segment_manager.domain.plans import Action
from segment_manager.domain.segments import Reason, Role, Status
from segment_manager.operations import care
from segment_manager.storage import queries, segment_rows
from segment_manager.storage.states import STATES, kept, state_by
from segment_manager.storage.tables import ROWS
from segment_manager.storage.workspace import Workspace
from tests.operations import scenes


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_new_workspace_holds_the_four_record_types_and_its_maker_as_administrator(workspace):
    """Lead, Opportunity, Account and Contact, all empty."""
    assert [each.name for each in queries.record_types(workspace)] == ["Lead", "Opportunity", "Account", "Contact"]
    assert queries.people(workspace) == [("ada", Role.SYSTEM_ADMINISTRATOR)]
    assert care.check(workspace) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_all_files_of_a_workspace_are_for_their_owner_alone(workspace):
    """Database, log, backups: mode 0600, also under a lax umask."""
    before = os.umask(0o022)
    try:
        scenes.add_segment(workspace, "A", '{"everything":true}')
        scenes.do(workspace, Action.DELETE, "A")
        care.backup(workspace, workspace.path.with_name("copy.segments"))
    finally:
        os.umask(before)
    files = [each for each in workspace.path.parent.rglob("*") if each.is_file()]
    assert len(files) >= 6
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


def test_closing_leaves_one_file_behind(workspace):
    """No log, no shared memory, no lock."""
    workspace.close()
    assert [each.name for each in workspace.path.parent.iterdir() if each.is_file()] == ["w.segments"]


@pytest.mark.parametrize("left_to", ["tidy", "the next change"])
def test_what_a_large_change_logged_is_written_into_the_file_when_nobody_waits(workspace, left_to):
    """Not by its commit; when the thread that changes things is told to tidy up, or else before its next change."""
    fill(workspace, 3000)
    size = workspace.path.stat().st_size
    workspace.tidy() if left_to == "tidy" else fill(workspace, 1)
    assert workspace.path.stat().st_size > size + 1_000_000
    log = workspace.path.with_name(f"{workspace.path.name}-wal")
    size = log.stat().st_size
    for _ in range(10):
        fill(workspace, 300)
    assert log.stat().st_size == size  # it begins anew each time, and never grows


def fill(workspace: Workspace, number: int) -> None:
    with workspace.change("fill") as change:
        for _ in range(number):
            name = f"S{change.connection.total_changes()}"
            segment_rows.insert_segment(change, 1, name, '{"everything":true}', description="x" * 2000)


def test_the_migrations_make_the_tables_that_the_rows_describe(workspace):
    """Every column of every Peewee row is there, with its kind, nullability and default kept by the schema."""
    for row in ROWS:
        columns = {each.name: each for each in workspace.db.get_columns(row._meta.table_name)}
        assert columns.keys() == {field.column_name for field in row._meta.sorted_fields}, row
        for field in row._meta.sorted_fields:
            kind = {"FOREIGN_KEY": "INTEGER", "AUTO": "INTEGER", "INT": "INTEGER"}.get(
                field.field_type, field.field_type
            )
            assert columns[field.column_name].data_type == kind, field
            assert columns[field.column_name].null == field.null or field.primary_key, field
    made = set(workspace.db.get_tables()) - {row._meta.table_name for row in ROWS} - {"schema_migration"}
    assert all(table.startswith("records_") for table in made - {"sqlite_sequence"})


def test_the_file_tells_every_state_in_the_words_it_was_made_of(workspace):
    """The number of a reason, in Python and in SQL, is told by the columns of segment_state as that reason again."""
    with workspace.change("fill") as change:
        for reason in STATES:
            status = Status.INACTIVE if reason else Status.ACTIVE
            segment_rows.insert_segment(change, 1, str(reason), '{"everything":true}', status=status, reason=reason)
    rows = workspace.connection.execute(
        f"SELECT name, status, reason, state, {state_by('reason')} FROM segment JOIN segment_state ON segment_id = id"
    ).fetchall()
    assert rows == [
        (str(reason), "inactive" if reason else "active", reason, number, number) for reason, number in STATES.items()
    ]
    assert kept({"status": "inactive", "reason": "unused", "since": "x"}) == {
        "state": STATES[Reason.UNUSED],
        "since": "x",
    }


def test_a_segment_without_a_state_is_found(workspace):
    """Lists would not show it."""
    with workspace.change("fill") as change:
        segment_rows.insert_segment(change, 1, "A", '{"everything":true}')
    workspace.connection.execute("DELETE FROM segment_state")
    assert care.check(workspace) == ["Segments without a status: 1. Restore a backup."]


def test_peewee_shares_the_connection(workspace):
    """What Peewee asks goes over the workspace's own connection, which stays open when Peewee lets go of it."""
    assert workspace.db.connection() is workspace.connection
    workspace.db.close()
    assert workspace.setting("grace_days") == 45


def test_a_file_is_never_made_over_another(workspace):
    """create refuses a name that is taken, and a folder that is not there."""
    before = digest(workspace.path)
    with pytest.raises(WorkspaceExists):
        Workspace.create(workspace.path)
    assert digest(workspace.path) == before
    with pytest.raises(WorkspaceMissing):
        Workspace.create(workspace.path.parent / "nowhere" / "w.segments")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x89PNG\r\n\x1a\n" + bytes(500), b"SQLite format 3\x00", b"name;city\n1;2\n" * 100, bytes(4096)],
    ids=["empty", "picture", "header alone", "csv", "zeros"],
)
def test_what_is_no_workspace_is_refused_and_left_untouched(tmp_path, content):
    """Not a byte changes, no file appears beside it."""
    path = tmp_path / "x.segments"
    path.write_bytes(content)
    with pytest.raises((NotAWorkspace, WorkspaceDamaged)):
        Workspace.open(path)
    assert path.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["x.segments"]


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_strangers_database_is_refused_and_left_untouched(tmp_path, mode):
    """Another program's SQLite file stays as it is, with nothing beside it."""
    path = tmp_path / "x.segments"
    connection = APSWDatabase(str(path)).connection()
    connection.execute(f"PRAGMA journal_mode = {mode}; CREATE TABLE t(a); INSERT INTO t VALUES (1)").fetchall()
    connection.close()
    before = digest(path)
    with pytest.raises(NotAWorkspace, match="not a segment_manager workspace"):
        Workspace.open(path)
    assert digest(path) == before
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["x.segments"]


def test_a_newer_workspace_is_refused_and_not_stamped_again(workspace):
    """A schema version beyond ours is left as it is, and the sentence says what to do."""
    workspace.close()
    scenes.raw(workspace.path, "PRAGMA user_version = 99")
    before = digest(workspace.path)
    with pytest.raises(WorkspaceTooNew, match="update the program"):
        Workspace.open(workspace.path)
    assert digest(workspace.path) == before


@pytest.mark.parametrize("cut", [100, 4096, 20_000])
def test_a_truncated_workspace_is_told_to_be_damaged(workspace, cut):
    """A file that lacks its end is refused as it is."""
    workspace.close()
    content = workspace.path.read_bytes()[:-cut]
    workspace.path.write_bytes(content)
    with pytest.raises(WorkspaceDamaged):
        Workspace.open(workspace.path)
    assert workspace.path.read_bytes() == content


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    """Nothing is made where nothing is."""
    with pytest.raises(WorkspaceMissing):
        Workspace.open(tmp_path / "no.segments")
    with pytest.raises(NotAWorkspace, match="folder"):
        Workspace.open(tmp_path)
    assert [each for each in tmp_path.iterdir() if each.is_file()] == []


def test_a_backup_put_back_is_the_workspace_of_its_time(workspace):
    """Restoring replaces file and log; what was there is moved aside."""
    scenes.add_leads(workspace, [("L1", "Berlin")])
    scenes.add_segment(workspace, "A", scenes.city_is("Berlin"))
    copy = care.backup(workspace, workspace.path.with_name("copy.segments"))
    scenes.do(workspace, Action.DELETE, "A")
    workspace.close()
    aside = care.restore(copy, workspace.path)
    again = Workspace.open(workspace.path, login="ada")
    assert scenes.member_keys(again, "A") == ["L1"]
    assert care.check(again) == []
    again.close()
    before = Workspace.open(aside, login="ada")
    assert queries.all_segment_names(before, 1) == []
    before.close()


def test_a_stale_log_is_never_replayed_into_a_restored_workspace(workspace, tmp_path):
    """A crashed session's log beside the file goes aside with it."""
    copy = care.backup(workspace, tmp_path / "copy.segments")
    path = workspace.path
    workspace.close()
    crash = (
        "import os, sys; from pathlib import Path\n"
        "from segment_manager.storage.workspace import Workspace\n"
        "from tests.operations import scenes\n"
        f"w = Workspace.open(Path({str(path)!r}), login='ada')\n"
        "scenes.add_segment(w, 'Late', '{\"everything\":true}'); os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", crash], check=False, timeout=50)
    assert Path(f"{path}-wal").stat().st_size > 0
    care.restore(copy, path)
    again = Workspace.open(path, login="ada")
    assert queries.all_segment_names(again, 1) == []
    assert care.check(again) == []
    again.close()


def test_a_changed_backup_is_not_put_back(workspace, tmp_path):
    """Its checksum no longer fits."""
    copy = care.backup(workspace, tmp_path / "copy.segments")
    content = bytearray(copy.read_bytes())
    content[-1] ^= 1
    copy.write_bytes(content)
    with pytest.raises(BackupFailed, match="changed since it was made"):
        care.restore(copy, tmp_path / "new.segments")


def test_a_locked_workspace_is_told_to_be_busy(workspace, monkeypatch):
    """Another program's lock ends in a sentence, not in a traceback, and nothing changed."""
    other = apsw.Connection(str(workspace.path))
    other.execute("BEGIN IMMEDIATE")
    workspace.connection.set_busy_timeout(50)
    with pytest.raises(WorkspaceBusy, match="Nothing was changed"):
        scenes.add_segment(workspace, "A", '{"everything":true}')
    other.execute("ROLLBACK")
    other.close()
    scenes.add_segment(workspace, "A", '{"everything":true}')


def test_a_workspace_that_is_open_is_not_replaced(workspace, tmp_path):
    """Restoring under an open window is refused, and nothing moved."""
    copy = care.backup(workspace, tmp_path / "copy.segments")
    before = sorted(each.name for each in tmp_path.iterdir() if each.is_file())
    script = (
        "import sys; from pathlib import Path\n"
        "from segment_manager.operations import care\n"
        "from segment_manager.domain.errors import WorkspaceBusy\n"
        "try:\n    care.restore(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except WorkspaceBusy:\n    print('busy')\n"
    )
    queries.people(workspace)
    done = subprocess.run(
        [sys.executable, "-c", script, str(copy), str(workspace.path)],
        capture_output=True, text=True, check=False, timeout=50,
    )  # fmt: skip
    assert done.stdout == "busy\n", done.stderr
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == before
    scenes.add_segment(workspace, "A", '{"everything":true}')
