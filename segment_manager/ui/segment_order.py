"""Sorting a million rows without holding anybody up: in steps of some milliseconds.

Stands apart because one `sorted` over a million keys holds Python for most of a second, on whatever thread it runs.
Runs of some thousand rows are sorted one by one; then the runs are cut at the same keys, and the pieces between two
cuts, one of each run, are merged by Python's own sort, which finds them sorted already and merges them linearly.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator
from typing import Any, NamedTuple

RUN = 32_768
SMALL = 49_152
"""Up to so many rows are sorted in one go: 20 ms, and half the time that runs and pieces take."""
_KEYS = 8192  # keys that are asked for in one step
_SAMPLES = 16  # keys of each run among which the cuts are chosen

Keys = Callable[["array[int]"], list[Any]]
"""The sort keys of a stretch of rows."""


class _Run(NamedTuple):
    keys: list[Any]
    rows: list[int]


def in_order(
    rows: array[int], keys: Keys, *, reverse: bool = False, slices: bool = True
) -> Generator[None, None, array[int]]:
    """The rows sorted by their keys; rows with equal keys stay in the order in which they come. Without `slices` in one
    go, which takes half the time."""
    if reverse:
        rows = rows[::-1]
    runs = []
    run = RUN if slices and len(rows) > SMALL else max(1, len(rows))
    for start in range(0, len(rows), run):
        stretch, of_stretch = rows[start : start + run], []
        for begin in range(0, len(stretch), _KEYS):
            of_stretch += keys(stretch[begin : begin + _KEYS])
            yield
        runs.append(_sorted(of_stretch, stretch.tolist()))
        yield
    result = array("i", runs[0].rows) if len(runs) == 1 else array("i")
    if len(runs) > 1:
        yield from _merge(runs, result)
    if reverse:
        result.reverse()
    return result


def _merge(runs: list[_Run], result: array[int]) -> Generator[None, None, None]:
    begins = [0] * len(runs)
    for cut in (*_cuts(runs), None):
        # `equal` is where the keys that equal the cut begin: those need no sorting, however many they are
        equal = [len(run.keys) if cut is None else bisect_left(run.keys, cut[0]) for run in runs]
        below = _Run([], [])
        for run, begin, end in zip(runs, begins, equal, strict=True):
            below.keys.extend(run.keys[begin:end])
            below.rows.extend(run.rows[begin:end])
        result.extend(_sorted(*below).rows)
        begins = equal
        if cut is not None:
            begins = [bisect_right(run.keys, cut[0]) for run in runs]
            for run, begin, end in zip(runs, equal, begins, strict=True):
                result.extend(run.rows[begin:end])
        yield


def _cuts(runs: list[_Run]) -> list[tuple[Any]]:
    """Keys that part all rows into pieces of about a run each; every key once."""
    sample = sorted(key for run in runs for key in run.keys[:: max(1, len(run.keys) // _SAMPLES)])
    chosen = sample[:: max(1, len(sample) // (2 * len(runs)))]
    return [(key,) for place, key in enumerate(chosen) if not place or key != chosen[place - 1]]


def _sorted(keys: list[Any], rows: list[int]) -> _Run:
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return _Run(list(map(keys.__getitem__, order)), list(map(rows.__getitem__, order)))
