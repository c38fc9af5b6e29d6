"""Which benchmarks there are, area by area, and how those of one area are run.

Stands apart from the front door because processes of their own must be able to import it.
"""

from __future__ import annotations

import multiprocessing
import queue
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module

from benchmarks.measure import Benchmark, Result, Run, as_line, peak_memory

AREAS = ("table", "stalls", "membership", "scan", "single", "bulk", "imports", "exports", "start")


def benchmarks(area: str) -> tuple[Benchmark, ...]:
    """The benchmarks of an area."""
    found: tuple[Benchmark, ...] = import_module(f"benchmarks.{area}").BENCHMARKS
    return found


def measure(area: str, name: str, run: Run) -> Iterator[Result]:
    """Run one benchmark, in the process that this is called in. One that cannot run is a goal missed."""
    try:
        [benchmark] = [each for each in benchmarks(area) if each.name == name]
        judged = run.size in benchmark.sizes and not run.growth
        for result in benchmark.measure(replace(run, judged=judged)):
            result.peak_mb = peak_memory()
            yield result
    except Exception as error:  # noqa: BLE001 - the others shall be measured all the same
        traceback.print_exc()
        yield failed(name, run, repr(error))


def failed(name: str, run: Run, why: str) -> Result:
    """What is told of a benchmark that gives no figure."""
    return Result(name, run.size, "", "can be measured", 0, met=False, note=why)


def measure_apart(area: str, name: str, run: Run, patience: float) -> list[Result]:
    """Run one benchmark in a process of its own, so that none works in the leavings of another, for at most so many
    seconds."""
    context = multiprocessing.get_context("spawn")
    given = context.Queue()
    process = context.Process(target=_send, args=(area, name, run, given))
    process.start()
    results: list[Result] = []
    until = time.monotonic() + patience
    while True:
        try:
            result = given.get(timeout=1)
        except queue.Empty:
            if process.is_alive() and time.monotonic() < until:
                continue
            process.terminate()
            result = failed(name, run, f"It was not done after {patience:,.0f} s, or ended by itself.")
            print(as_line(result), flush=True)
            results.append(result)
            result = None
        if result is None:
            process.join()
            return results
        results.append(result)


def _send(area: str, name: str, run: Run, given: multiprocessing.Queue[Result | None]) -> None:
    for result in measure(area, name, run):
        given.put(result)
    given.put(None)
