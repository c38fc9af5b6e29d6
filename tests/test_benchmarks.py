"""The benchmarks run: each once on a few rows. Whether goals are met is measured by `dev.py bench` alone."""

from __future__ import annotations

import pytest

from benchmarks.areas import AREAS, benchmarks
from benchmarks.growth import exponent
from benchmarks.measure import SMOKE, Goal, Run, Way, compare

EVERY = [(area, each) for area in AREAS for each in benchmarks(area)]


@pytest.mark.parametrize(("area", "benchmark"), EVERY, ids=lambda each: getattr(each, "name", each))
def test_each_runs(area, benchmark, tmp_path, qapp):
    """Every benchmark builds its data, has each way do the job, and gives a figure."""
    run = Run(SMOKE, tmp_path, seconds=0, judged=False)
    results = list(benchmark.measure(run))
    assert results
    assert all(each.ours > 0 and each.met is None for each in results)


def test_names_are_told_apart():
    """Every benchmark can be chosen by its name."""
    names = [each.name for _, each in EVERY]
    assert len(set(names)) == len(names)


def measured(tmp_path, goal, **values):
    """The outcome of ways that take what they say."""
    ways = {name: Way(lambda value=value: value) for name, value in values.items()}
    return compare(Run(100, tmp_path, seconds=0), "job", goal, **ways)


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (Goal("naive", 10), True),
        (Goal("naive", 11), False),
        (Goal("limit", 2), True),
        (Goal("limit", 1.9), False),
        (Goal("value", 6), True),
        (Goal("value", 5.9), False),
        (Goal("value", 5.9, at=1000), None),
        (None, None),
    ],
)
def test_goals(tmp_path, goal, met):
    """A goal is met where it is reached exactly, missed where not, and open at other sizes than its own."""
    assert measured(tmp_path, goal, ours=6.0, naive=60.0, limit=3.0).met is met


def test_a_sample_is_extrapolated(tmp_path):
    """A way that works on a part counts for the whole, and the outcome says so."""
    ways = {"ours": Way(lambda: 1.0), "naive": Way(lambda: 2.0, done=10, whole=100)}
    result = compare(Run(100, tmp_path, seconds=0), "job", Goal("naive", 10), **ways)
    assert result.naive == 20
    assert "extrapolated from 10" in result.note


def test_exponent():
    """What doubles with the rows grows by 1, what stays as it is by 0, whatever it takes."""
    assert exponent({10: 3.0, 100: 30.0, 1000: 300.0}) == pytest.approx(1)
    assert exponent({10: 7.0, 100: 7.0}) == pytest.approx(0)
    assert exponent({10: 1.0, 100: 100.0, 1000: 10_000.0}) == pytest.approx(2)
