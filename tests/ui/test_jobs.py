"""Work off the GUI thread: outcomes, progress, cancelling, closing."""

from __future__ import annotations

import threading
import time

import pytest

from segment_manager.domain.changes import Change, Progress
from segment_manager.domain.errors import Cancelled
from segment_manager.storage.workspace import Workspace
from segment_manager.ui.jobs import Jobs


@pytest.fixture
def jobs(qtbot):
    made = Jobs()
    yield made
    made.close()
    assert [each for each in threading.enumerate() if each.name.startswith("segment-")] == []


def test_work_runs_elsewhere_and_its_outcome_comes_home(jobs, qtbot):
    """Work runs on a worker thread; `done` is called on the thread that asked."""
    where = []
    done = lambda name: where.append((name, threading.current_thread()))  # noqa: E731
    jobs.run(lambda: threading.current_thread().name, title="t", done=done)
    qtbot.waitUntil(lambda: where != [])
    assert where[0][0].startswith("segment-jobs")
    assert where[0][1] is threading.main_thread()


def test_a_change_is_told_before_done(jobs, qtbot):
    """Every view hears of a change before whoever asked for it goes on."""
    seen = []
    jobs.changed.connect(lambda change: seen.append(change.message))
    jobs.run(lambda: Change("m"), title="t", done=lambda change: seen.append("done"))
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == ["m", "done"]


def test_a_generator_shows_progress_and_gives_its_value(jobs, qtbot):
    """A generator of Progress is driven to its end."""
    seen, result = [], []
    jobs.progressed.connect(lambda title, progress: seen.append((title, progress.done)))

    def work():
        yield Progress(1, 2)
        return "value"

    jobs.run(work, title="t", done=result.append)
    qtbot.waitUntil(lambda: result != [])
    assert result == ["value"]
    assert seen == [("t", 1)]


def test_cancelling_closes_the_generator(jobs, qtbot):
    """A cancelled job is closed at its next step, within a second, and nothing is done."""
    ended, errors = [], []

    def work():
        try:
            while True:
                time.sleep(0.005)
                yield Progress(1, None)
        finally:
            ended.append(True)

    jobs.run(work, title="t", failed=errors.append)
    qtbot.wait(50)
    jobs.cancel()
    qtbot.waitUntil(lambda: errors != [], timeout=1000)
    assert isinstance(errors[0], Cancelled)
    assert ended == [True]
    assert jobs.is_idle


def test_failures_reach_the_signal_unless_somebody_asked(jobs, qtbot):
    """An exception goes to `failed`, or to the signal of that name; never nowhere."""
    seen = []
    jobs.failed.connect(seen.append)
    jobs.run(lambda: 1 / 0, title="t")
    qtbot.waitUntil(lambda: len(seen) == 1)
    jobs.read(lambda: 1 / 0, lambda value: None)
    qtbot.waitUntil(lambda: len(seen) == 2)


def test_of_reads_with_one_key_only_the_newest_is_told(jobs, qtbot):
    """A read that was overtaken by another of its key is not told."""
    seen = []
    gate = threading.Event()
    jobs.read(lambda: gate.wait(2) and "old", seen.append, key="k")
    jobs.read(lambda: "new", seen.append, key="k")
    gate.set()
    qtbot.waitUntil(lambda: seen != [])
    qtbot.wait(50)
    assert seen == ["new"]


def test_work_without_steps_is_told_that_it_is_cancelled(jobs, qtbot):
    """It ends by itself within a second; the next job knows nothing of that."""
    begun, told = threading.Event(), []

    def work():
        begun.set()
        while not jobs.is_cancelled():
            time.sleep(0.01)
        raise Cancelled

    jobs.run(work, title="long", failed=told.append)
    assert begun.wait(5)
    jobs.cancel()
    qtbot.waitUntil(lambda: len(told) == 1, timeout=1000)
    jobs.run(jobs.is_cancelled, title="next", done=told.append)
    qtbot.waitUntil(lambda: told[1:] == [False])


def test_reads_go_on_while_a_job_runs(jobs, qtbot):
    """Reading does not wait for a long job."""
    gate, seen = threading.Event(), []
    jobs.run(lambda: gate.wait(5), title="long")
    jobs.read(lambda: "read", seen.append)
    qtbot.waitUntil(lambda: seen == ["read"])
    gate.set()


def test_a_long_read_keeps_no_short_one_waiting(jobs, qtbot):
    """Who asks for little has the answer while much is read; long reads come in their order."""
    gate, seen = threading.Event(), []
    jobs.read(lambda: gate.wait(5) and "first", seen.append, long=True)
    jobs.read(lambda: "second", seen.append, long=True)
    jobs.read(lambda: "little", seen.append)
    qtbot.waitUntil(lambda: seen == ["little"])
    gate.set()
    qtbot.waitUntil(lambda: seen == ["little", "first", "second"])


def test_tidying_up_keeps_nobody_waiting(qtbot):
    """It comes after the outcome of each job, also of one that failed, and before the next job."""
    told, order = threading.Event(), []

    def tidy():
        assert told.wait(5)
        order.append("tidied")

    jobs = Jobs(tidy=tidy)
    jobs.run(lambda: order.append("first"), title="t", done=lambda result: told.set())
    jobs.run(lambda: 1 / 0, title="t", failed=lambda error: order.append("failed"))
    jobs.run(lambda: order.append("last"), title="t")
    qtbot.waitUntil(lambda: len(order) == 6)
    assert [each for each in order if each != "failed"] == ["first", "tidied", "tidied", "last", "tidied"]
    jobs.close()


def test_closing_drops_what_waits(qtbot):
    """After closing nothing is called any more, and the threads are gone."""
    jobs, seen = Jobs(), []
    for _ in range(5):
        jobs.run(lambda: time.sleep(0.02), title="t", done=seen.append)
    jobs.close()
    qtbot.wait(150)
    assert seen == []
    assert [each for each in threading.enumerate() if each.name.startswith("segment-")] == []


def test_closing_breaks_off_a_read_that_still_runs(qtbot, tmp_path):
    """A window closes at once, whatever its reading thread asks of the workspace, and the workspace closes after it."""
    workspace = Workspace.create(tmp_path / "w.segments")
    jobs, begun = Jobs(), threading.Event()

    def endless():
        connection = workspace.connection
        begun.set()
        return connection.execute(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        ).fetchall()

    jobs.read(endless, print)
    assert begun.wait(5)
    jobs.close(workspace.interrupt)
    assert [each for each in threading.enumerate() if each.name.startswith("segment-")] == []
    workspace.close()
