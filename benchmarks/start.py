"""From the start of the process to the first paint, against a bare window."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks import data
from benchmarks.measure import Benchmark, Goal, Result, Run, Way, compare, in_process

_TURNS = 21  # one start in three takes a tenth longer than the others


def start(run: Run) -> Iterator[Result]:
    """The program on a workspace of many segments, each time in a process of its own."""
    path = data.with_segments(run.file("listed"), run.size, references=1)
    # As where it is installed: compiled once. Whoever measures may have told Python to keep nothing.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(path.with_name("compiled"))
    sure = partial(_start, "ours", path)
    if run.seconds:
        sure()  # Python's and the system's caches are filled
        _start("bare", path)
    yield compare(
        run, "start to first paint", Goal("limit", 1.2),
        ours=Way(sure), naive=Way(_of("naive", path), once=True), limit=Way(_of("bare", path)), turns=_TURNS,
        note="limit: a bare QMainWindow with a QTableView; naive: Peewee rows read before the first paint",
    )  # fmt: skip


def _of(way: str, path: Path) -> Callable[[], float]:
    return partial(_start, way, path)


def _start(way: str, path: Path) -> float:
    return in_process("first_paint", way, path, time.monotonic())


BENCHMARKS = (Benchmark("start", start),)
