"""A process killed or out of space in the middle: the workspace is as before or as after, never a third state."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time

import pytest

from segment_manager.domain.rules import from_json
from segment_manager.operations import care
from segment_manager.storage import queries, segment_rows
from segment_manager.storage.workspace import Workspace

COUNT = 3000

CHILD = """
import sys
from pathlib import Path
from segment_manager.domain.plans import Action
from segment_manager.operations import computation, segments
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace
workspace = Workspace.open(Path(sys.argv[1]), login="ada")
ids = [each.id for each in queries.summaries(workspace)]
if sys.argv[2] != "compute":
    plan = segments.plan(workspace, Action(sys.argv[2]), ids)
print("ready", flush=True)
sys.stdin.readline()
if sys.argv[2] == "compute":
    finish(computation.compute(workspace, ids))
else:
    segments.carry_out(workspace, plan)
print("done", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def full(workspace):
    """Many segments."""
    with workspace.change("fill") as change:
        for number in range(COUNT):
            segment_id = segment_rows.insert_segment(change, 1, f"S{number}", '{"everything":true}')
            change.log(segment_id, f"S{number}", action="create")
    workspace.close()
    return workspace.path


def started(path, action) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), action], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "ready\n"
    return child


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("action", ["deactivate", "delete"])
def test_a_killed_bulk_action_was_done_wholly_or_not_at_all(full, action):
    """Statuses, rows and activity agree after kill -9 at a random moment, five times over."""
    for round_number in range(5):
        child = started(full, action)
        child.stdin.write("\n")
        child.stdin.flush()
        time.sleep(random.Random(round_number).uniform(0, 0.5))
        child.send_signal(signal.SIGKILL)
        said = child.stdout.read()
        child.wait()
        child.stdin.close()
        child.stdout.close()
        workspace = Workspace.open(full, login="ada")
        summaries = queries.summaries(workspace)
        logged = sum(each.action == action for each in queries.activity(workspace, limit=None))
        changed = COUNT - len(summaries) if action == "delete" else sum(each.status == "inactive" for each in summaries)
        assert changed in (0, COUNT)
        assert logged == changed
        assert changed == COUNT or "done" not in said
        assert care.check(workspace) == []
        workspace.close()
        if changed:
            break


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_killed_computation_leaves_whole_generations(full):
    """Every segment has its former members or its new ones, and the check finds nothing."""
    child = started(full, "compute")
    child.stdin.write("\n")
    child.stdin.flush()
    time.sleep(0.3)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    workspace = Workspace.open(full, login="ada")
    assert care.check(workspace) == []
    computed = {each.id for each in queries.summaries(workspace) if each.members is not None}
    history = {each.id for each in queries.summaries(workspace) if queries.computations(workspace, each.id)}
    assert computed == history
    assert set(queries.stale_ids(workspace)) == {each.id for each in queries.summaries(workspace)} - computed
    workspace.close()


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits")
def test_a_file_that_may_not_grow_ends_in_a_sentence_and_nothing_changed(full):
    """The quota is told as such; after it is lifted the same action works."""
    limited = CHILD.replace(
        'print("ready", flush=True)',
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from segment_manager.domain.errors import DiskFull, DiskTrouble\n"
        "size = workspace.path.stat().st_size // 4; resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
        'print("ready", flush=True)',
    ).replace(
        "    segments.carry_out(workspace, plan)\n",
        "    try:\n        segments.carry_out(workspace, plan)\n"
        "    except (DiskFull, DiskTrouble) as error:\n        print(error, flush=True); sys.exit(1)\n",
    )
    child = subprocess.run(
        [sys.executable, "-c", limited, str(full), "deactivate"],
        input="\n\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Nothing was changed" in child.stdout, child.stderr
    workspace = Workspace.open(full, login="ada")
    assert care.check(workspace) == []
    assert all(each.status == "active" for each in queries.summaries(workspace))
    workspace.close()


def test_an_error_inside_a_change_rolls_everything_back(workspace):
    """A bug in the middle leaves no row, no activity and no undo step."""
    from segment_manager.operations import segments

    segments.create(workspace, "Lead", "A", from_json('{"everything":true}'))
    before = list(workspace.connection.execute("SELECT count(*) FROM activity").fetchall())

    def fail_halfway() -> None:
        with workspace.change("x", "x") as change:
            segment_rows.insert_segment(change, 1, "B", '{"everything":true}')
            change.log(2, "B")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert queries.all_segment_names(workspace, 1) == ["A"]
    assert list(workspace.connection.execute("SELECT count(*) FROM activity").fetchall()) == before
    assert queries.undo_labels(workspace)[0] == "creation of “A”"
