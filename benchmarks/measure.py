"""Measures the ways of one job side by side, and holds the outcome against its goal.

Stands apart because every benchmark must measure alike: ways take turns within one run, so that a busy machine slows
all of them, and medians are compared.
"""

from __future__ import annotations

import gc
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import apsw

ROOT = Path(__file__).resolve().parent.parent
NAMES = {10_000: "10k", 100_000: "100k", 1_000_000: "1M", 5_000_000: "5M"}
FEWEST_TURNS, MOST_TURNS = 3, 7
SMOKE = 120  # rows, where it matters only that a benchmark runs


@dataclass(frozen=True, slots=True)
class Run:
    """One run at one size. `folder` is a temporary one, whose files the benchmarks of one size share.

    `seconds`: for how long the ways of one job may take turns; 0: one turn each. `growth`: only our way and the
    limit are measured, and no goal is judged.
    """

    size: int
    folder: Path
    seconds: float = 8.0
    judged: bool = True
    growth: bool = False

    def file(self, name: str) -> Path:
        """The file of this name for this size."""
        return self.folder / f"{name}-{self.size}"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to do the job. `work` is timed; where it gives a float, that is the measured value itself.

    `before` goes ahead of every turn, untimed. `done` of `whole` rows are worked on: the rest is extrapolated, by rows
    or, for what has to compare rows with each other (`sorts`), by n log n. `once`: it has a single turn, where the goal
    is not about it and the others would get fewer.
    """

    work: Callable[[], object]
    before: Callable[[], object] | None = None
    done: int = 1
    whole: int = 1
    sorts: bool = False
    once: bool = False

    @property
    def factor(self) -> float:
        """What a measured value is multiplied with."""
        factor = self.whole / self.done
        return factor * math.log(self.whole) / math.log(self.done) if self.sorts and factor > 1 else factor


@dataclass(frozen=True, slots=True)
class Goal:
    """At least `number` times as fast as the naive way, at most `number` times as slow as the limit, or at most that
    value in the unit; `at` one size alone, where it is not set for all of the benchmark's."""

    against: Literal["naive", "limit", "value"]
    number: float
    at: int | None = None

    def text(self, unit: str) -> str:
        """The goal as the table shows it."""
        if self.against == "value":
            return f"≤ {self.number:g} {unit}"
        return f"≥ {self.number:g} × naive" if self.against == "naive" else f"≤ {self.number:g} × limit"


@dataclass(slots=True)
class Result:
    """The outcome of one job. `ratio` is naive / ours or ours / limit, as the goal has it; `met` is None where no goal
    is set at this size."""

    name: str
    size: int
    unit: str
    goal: str
    ours: float
    naive: float | None = None
    limit: float | None = None
    ratio: float | None = None
    met: bool | None = None
    note: str = ""
    file_mb: float | None = None
    peak_mb: float | None = None
    turns: int = 1


def compare(
    run: Run,
    name: str,
    goal: Goal | None,
    ours: Way,
    naive: Way | None = None,
    limit: Way | None = None,
    *,
    unit: str = "ms",
    note: str = "",
    file: Path | None = None,
    turns: int = MOST_TURNS,
) -> Result:
    """Let the ways take turns, at most so many, and hold their medians against the goal."""
    asked = {"naive": None if run.growth else naive, "limit": limit, "ours": ours}
    ways = {key: way for key, way in asked.items() if way is not None}
    values = _in_turns(ways, run.seconds, turns)
    medians = {key: statistics.median(seen) * ways[key].factor for key, seen in values.items()}
    notes = [note] if note else []
    if "naive" in ways and ways["naive"].factor > 1:
        notes.append(f"naive extrapolated from {ways['naive'].done:,}")
    result = Result(
        name, run.size, unit, goal.text(unit) if goal else "", medians["ours"], medians.get("naive"),
        medians.get("limit"), note="; ".join(notes), turns=len(values["ours"]),
    )  # fmt: skip
    if file is not None:
        result.file_mb = megabytes(file)
    if goal is not None:
        _judge(result, goal, run)
    print(as_line(result), flush=True)
    return result


def _in_turns(ways: dict[str, Way], seconds: float, turns: int) -> dict[str, list[float]]:
    """The values of the ways, which take turns: each three at least, but one that takes long has a single one."""
    values: dict[str, list[float]] = {key: [] for key in ways}
    long: set[str] = set()
    began = time.perf_counter()
    for turn in range(turns if seconds else 1):
        if turn >= FEWEST_TURNS and time.perf_counter() - began > seconds:
            break
        for key in [each for each in ways if each not in long]:
            since = time.perf_counter()
            values[key].append(_turn(ways[key]))
            if ways[key].once or time.perf_counter() - since > seconds / 2:
                long.add(key)
    return values


def _turn(way: Way) -> float:
    if way.before is not None:
        way.before()
    gc.collect()
    began = time.perf_counter()
    given = way.work()
    gone = (time.perf_counter() - began) * 1000
    return given if isinstance(given, float) else gone


def _judge(result: Result, goal: Goal, run: Run) -> None:
    if goal.against == "value":
        kept = result.ours <= goal.number
    elif goal.against == "naive":
        if result.naive is None:
            return
        result.ratio = result.naive / max(result.ours, 1e-6)
        kept = result.ratio >= goal.number
    else:
        if result.limit is None:
            return
        result.ratio = result.ours / max(result.limit, 1e-6)
        kept = result.ratio <= goal.number
    if run.judged and goal.at in (None, run.size):
        result.met = kept


# --- what is printed --------------------------------------------------------------------------------------------------


HEADER = f"{'':30} {'size':>5} {'ours':>11} {'naive':>11} {'limit':>11} {'ratio':>8}  {'goal':<18}"


def as_line(result: Result) -> str:
    """One result as a line under HEADER."""
    verdict = {True: "met", False: "MISSED", None: ""}[result.met]
    ratio = "" if result.ratio is None else f"{result.ratio:,.1f}" if result.ratio < 20 else f"{result.ratio:,.0f}"
    file = f"file {result.file_mb:,.0f} MB" if result.file_mb else ""
    rest = "; ".join(filter(None, (result.note, file)))
    return (
        f"{result.name:<30} {size_name(result.size):>5} {shown(result.ours, result.unit):>11}"
        f" {shown(result.naive, result.unit):>11} {shown(result.limit, result.unit):>11} {ratio:>8}"
        f"  {result.goal:<18} {verdict:<7} {rest}".rstrip()
    )


def shown(value: float | None, unit: str) -> str:
    """A value with its unit; milliseconds become seconds where they are many."""
    if value is None:
        return ""
    if unit == "ms" and value >= 10_000:
        value, unit = value / 1000, "s"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def size_name(size: int) -> str:
    """100k for 100,000."""
    return NAMES.get(size, f"{size:,}")


# --- memory and other processes ---------------------------------------------------------------------------------------


def peak_memory() -> float:
    """The most memory that this process ever had, in MB. What the kernel keeps for wait() may be the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        return _kilobytes(status, "VmHWM:") / 1024
    if sys.platform == "win32":
        return 0.0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 1024


def memory_now() -> float:
    """The memory that this process has, in MB; where the system does not tell it easily, the most it ever had."""
    status = Path("/proc/self/status")
    return _kilobytes(status, "VmRSS:") / 1024 if status.exists() else peak_memory()


def _kilobytes(status: Path, wanted: str) -> float:
    for line in status.read_text().splitlines():
        if line.startswith(wanted):
            return float(line.split()[1])
    raise LookupError(f"{wanted} does not stand in {status}.")


def megabytes(file: Path) -> float:
    """The size of a workspace file with its log, in MB."""
    parts = (file, Path(f"{file}-wal"))
    return sum(part.stat().st_size for part in parts if part.exists()) / 2**20


def in_process(module: str, *arguments: object) -> float:
    """The number that a module of this folder prints last when it is run in a process of its own."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return float(done.stdout.split()[-1])


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A function that measures one or more jobs. `sizes` are those at which the goals are set; `growth` those of the
    table of growth (none: it does not belong there); `most` is the largest that it makes sense at."""

    name: str
    measure: Callable[[Run], Iterator[Result]]
    sizes: tuple[int, ...] = (100_000,)
    growth: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    most: int = 1_000_000


def machine() -> str:
    """What the measurements were made on, in general terms."""
    import PySide6.QtCore

    kind = f"{platform.system()} on {platform.machine()}"
    versions = f"Python {platform.python_version()}, Qt {PySide6.QtCore.qVersion()}, SQLite {apsw.sqlite_lib_version()}"
    return f"{os.cpu_count()} CPUs, {kind}, {versions}"
