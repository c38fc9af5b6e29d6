"""Lists too long to be searched in one go: the first screenful at once, the rest between events."""

from __future__ import annotations

import random
import weakref
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from segment_manager.domain.search import parse
from segment_manager.domain.segments import Status
from segment_manager.storage.queries import plain_of
from segment_manager.ui import segment_filter, segment_lines, segment_order
from segment_manager.ui.segment_columns import Column
from segment_manager.ui.segment_filter import SegmentFilter
from segment_manager.ui.segment_marks import Marks
from segment_manager.ui.segment_rows import SegmentRows
from segment_manager.ui.segment_table import Difference, SegmentTable
from segment_manager.ui.slices import LettingGo
from tests.ui.window_scene import summary

DOWN = Qt.SortOrder.DescendingOrder


@pytest.fixture
def shown(qtbot, monkeypatch):
    """A proxy over 900 segments that takes them for very many."""
    monkeypatch.setattr(segment_filter, "AT_ONCE", 10)
    monkeypatch.setattr(segment_filter, "SORTED_AT_ONCE", 10)
    monkeypatch.setattr(segment_filter, "KNOWN_AT_ONCE", 10)
    monkeypatch.setattr(segment_filter, "SCREENFUL", 20)
    monkeypatch.setattr(segment_filter, "FIRST_WITHIN", 60.0)
    monkeypatch.setattr(segment_lines, "STRETCH", 32)
    table = SegmentTable()
    made = SegmentFilter(table)
    statuses = (Status.ACTIVE, Status.ACTIVE, Status.INACTIVE)
    table.show([summary(each + 1, f"name {each:03}", status=statuses[each % 3]) for each in range(900)])
    made.table = table
    return made


def names(shown):
    return [shown.index(row, Column.NAME).data() for row in range(shown.rowCount())]


def test_the_first_screenful_comes_at_once_and_the_rest_follows(shown, qtbot):
    """A filter shows its first hits before it returns, and the rest as inserted rows, with one 'counted' at the end."""
    inserted, counted = [], []
    shown.rowsInserted.connect(lambda parent, first, last: inserted.append((first, last)))
    shown.counted.connect(lambda: counted.append(shown.counts))
    shown.filter(parse("name"), None)
    first = shown.rowCount()
    assert 20 <= first < 100
    assert not shown.is_whole
    with qtbot.waitSignal(shown.completed, timeout=5000):
        pass
    assert shown.is_whole
    assert names(shown) == [f"name {each:03}" for each in range(900)]
    assert inserted == [(first, 899)]
    assert [tuple(each) for each in counted] == [(600, 300, 900)]


def test_a_new_search_drops_the_unfinished_one(shown, qtbot):
    """Only what was asked last is shown in the end."""
    shown.filter(parse("name"), None)
    shown.filter(parse('"name 89'), Status.ACTIVE)
    qtbot.waitUntil(lambda: shown.is_whole)
    assert names(shown) == [f"name {each}" for each in range(890, 900) if each % 3 != 2]


def test_who_asks_for_a_row_finds_it_before_the_rest_has_come(shown):
    """Asking where a segment stands completes the search first."""
    shown.filter(parse("name"), None)
    assert shown.row_of(900) == 899


def test_a_long_list_is_sorted_between_events(shown, qtbot):
    """Sorting leaves the old order until the new one is there, and keeps what is marked."""
    shown.filter(parse(""), None)
    shown.finish()
    shown.mark([(3, 5)], 4)
    shown.sort(Column.NAME, DOWN)
    assert shown.is_sorting
    assert names(shown)[0] == "name 000"
    shown.mark([(3, 5)], 4)
    qtbot.waitUntil(lambda: not shown.is_sorting)
    assert names(shown) == [f"name {each:03}" for each in range(899, -1, -1)]
    assert shown.marked() == [(894, 896)]
    assert shown.marked_current() == 895


def test_a_change_while_sorting_is_in_the_new_order(shown, qtbot):
    """A segment renamed while the list is being sorted ends where its new name belongs."""
    shown.filter(parse(""), None)
    shown.finish()
    shown.sort(Column.NAME, DOWN)
    shown.table.apply(Difference([summary(1, "zebra")], [], []))
    qtbot.waitUntil(lambda: not shown.is_sorting)
    assert names(shown)[0] == "zebra"
    assert len(names(shown)) == 900


@given(st.lists(st.integers(0, 9), max_size=80), st.booleans(), st.integers(1, 30))
def test_steps_sort_as_python_does(keys, reverse, run):
    """Sorted run by run and merged piece by piece, rows stand as `sorted` would put them, equal ones as they came."""
    before = segment_order.RUN, segment_order.SMALL
    segment_order.RUN, segment_order.SMALL = run, run
    try:
        rows = array("i", range(len(keys)))
        steps = segment_order.in_order(rows, lambda some: [keys[row] for row in some], reverse=reverse)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                found = list(end.value)
                break
    finally:
        segment_order.RUN, segment_order.SMALL = before
    assert found == sorted(rows, key=keys.__getitem__, reverse=reverse)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.randoms())
def test_marks_follow_their_segments(selected, rng):
    """What is marked stays marked by segment, whatever the order, and when others come or go."""
    ids = array("q", range(100, 100 + len(selected)))
    old = array("i", rng.sample(range(len(ids)), len(ids)))
    marks = Marks()
    chosen = [place for place, each in enumerate(selected) if each]
    marks.take(array("i", range(len(old))), lambda: b"", len(old), [(each, each) for each in chosen], 0)
    wanted, current = {ids[old[place]] for place in chosen}, ids[old[0]]
    there = sorted(rng.sample([*ids, 7, 300], rng.randint(1, len(ids))))
    new_ids, new = array("q", there), array("i", rng.sample(range(len(there)), len(there)))
    marks.carry(old, new, ids, new_ids)
    assert {new_ids[row] for place, row in enumerate(new) if marks.selected[place]} == wanted & set(there)
    assert (new_ids[new[marks.current]] if marks.current >= 0 else None) == (current if current in there else None)


def test_rows_are_found_by_id_whatever_their_order():
    """A segment that came back under its old id is found as well, and the others still are."""
    rows = SegmentRows([summary(3, "c"), summary(5, "e")])
    rows.extend([])
    assert [rows.position(each) for each in (3, 4, 5)] == [0, None, 1]
    rows = SegmentRows([summary(each, "x") for each in random.Random(1).sample(range(50), 20)])
    assert [rows.position(row.id) for row in rows] == list(range(20))
    assert [row.id for row in map(rows.__getitem__, range(20))] == list(rows.ids)


@given(
    st.lists(st.sampled_from("aabcdEfß"), min_size=1, max_size=30),
    st.lists(st.tuples(st.sampled_from(["change", "add", "remove"]), st.integers(0, 29), st.sampled_from("abz"))),
    st.booleans(),
)
def test_names_kept_in_order_follow_every_change(begun, steps, reverse):
    """Sorted by what is kept of the names, rows stand as if they were sorted anew, equal names as they stood before."""
    rows = SegmentRows([summary(each + 1, name) for each, name in enumerate(begun)])
    as_read = array("i", range(len(rows)))
    list(rows.keep_by_name(array("i", sorted(as_read, key=rows.folded_name))))
    for step, place, name in steps:
        if step == "add":
            rows.extend([plain_of(summary(1000 + len(rows), name))])
        elif place < len(rows) and step == "change":
            rows.change(place, rows[place]._replace(name=name))
        elif place < len(rows):
            rows.remove(place, place)
    before = array("i", random.Random(1).sample(range(len(rows)), len(rows)))
    wanted = sorted(before, key=rows.folded_name, reverse=reverse)
    assert rows.by_name.sorted(before, reverse=reverse).tolist() == wanted


def test_what_nobody_needs_goes_between_events(shown, qtbot):
    """Lists are emptied and tuples dropped, but neither at once."""
    kept, held = ["a"] * 100_000, [SegmentRows(), SegmentRows()]
    gone = [weakref.ref(each) for each in held]
    letting_go = LettingGo(shown)
    letting_go.take(kept, tuple(held))
    del held
    assert kept
    assert all(each() is not None for each in gone)
    qtbot.waitUntil(lambda: not kept and all(each() is None for each in gone))
