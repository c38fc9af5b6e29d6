"""The proxy: which rows it shows, in which order, and what it tells of changes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from segment_manager.domain.search import parse
from segment_manager.domain.segments import Status
from segment_manager.ui.segment_columns import Column
from segment_manager.ui.segment_filter import SegmentFilter
from segment_manager.ui.segment_table import SegmentTable, difference
from tests.ui.window_scene import summary

WORDS = ("alpha", "beta", "gamma", "Ärger", "100%", "a_b", "x\\y")
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def some_rows(number, seed=0):
    rng = random.Random(seed)
    return [
        summary(
            place + 1,
            f"{rng.choice(WORDS)} {place}",
            status=rng.choice(list(Status)),
            members=rng.choice([None, 0, 5, 7]),
        )
        for place in range(number)
    ]


def make(rows):
    table = SegmentTable()
    shown = SegmentFilter(table)
    shown.tester = QAbstractItemModelTester(shown, QAbstractItemModelTester.FailureReportingMode.Fatal)
    table.show(rows)
    return table, shown


def names(shown):
    return [shown.index(row, Column.NAME).data() for row in range(shown.rowCount())]


def test_only_active_ones_by_default(qtbot):
    """The status filter begins with Active; the counts cover all statuses."""
    rows = some_rows(30)
    _, shown = make(rows)
    active = [row.name for row in rows if row.status is Status.ACTIVE]
    assert sorted(names(shown)) == sorted(active)
    assert shown.counts.active == len(active)
    assert shown.counts.inactive == 30 - len(active)


@pytest.mark.parametrize("text", ["alpha", "ärger", "ALPHA", "100%", "_", "\\", "a b", "-alpha", "\0", "nothing", ""])
def test_search_is_literal_and_folded(qtbot, text):
    """A search shows what holds its words, whatever characters they are; a NUL is not a way to match anything else."""
    rows = some_rows(40)
    _, shown = make(rows)
    search = parse(text)
    shown.filter(search, None)
    wanted = [row.name for row in rows if all(word in row.name.casefold() for word in search.words)]
    wanted = [name for name in wanted if not any(word in name.casefold() for word in search.excluded)]
    assert sorted(names(shown)) == sorted(wanted)


def test_a_longer_text_searches_among_the_hits(qtbot):
    """Typing on gives the same as searching anew."""
    rows = some_rows(60)
    _, shown = make(rows)
    for text in ("a", "al", "alp", "alpha 1", "alpha", "b"):
        shown.filter(parse(text), None)
        typed = names(shown)
        shown.filter(parse(""), None)
        shown.filter(parse(text), None)
        assert names(shown) == typed


def test_a_filter_change_is_one_reset(qtbot):
    """One change of the filter is one reset, and nothing else."""
    _, shown = make(some_rows(20))
    resets = []
    shown.modelReset.connect(lambda: resets.append(1))
    shown.filter(parse("alpha"), None)
    assert resets == [1]


def test_the_previous_order_breaks_ties(qtbot):
    """Rows equal in the sorted column keep the order that they had."""
    rows = [summary(1, "c", members=1), summary(2, "a", members=2), summary(3, "b", members=1)]
    _, shown = make(rows)
    shown.sort(Column.NAME, UP)
    shown.sort(Column.MEMBERS, UP)
    assert names(shown) == ["b", "c", "a"]
    shown.sort(Column.MEMBERS, DOWN)
    assert names(shown) == ["a", "b", "c"]


def test_a_row_that_leaves_the_status_is_removed_not_reset(qtbot):
    """When a shown segment becomes Inactive, exactly its row goes."""
    rows = [summary(place, f"n{place}") for place in range(1, 6)]
    table, shown = make(rows)
    seen = []
    shown.modelReset.connect(lambda: seen.append("reset"))
    shown.rowsRemoved.connect(lambda parent, first, last: seen.append((first, last)))
    new = [*rows[:2], summary(3, "n3", status=Status.INACTIVE), *rows[3:]]
    table.apply(difference(rows, new))
    assert seen == [(2, 2)]
    assert names(shown) == ["n1", "n2", "n4", "n5"]
    assert shown.counts.inactive == 1


def test_a_renamed_row_moves_to_its_place(qtbot):
    """A change of the sorted value moves the row."""
    rows = [summary(1, "a"), summary(2, "b"), summary(3, "c")]
    table, shown = make(rows)
    table.apply(difference(rows, [summary(1, "z"), *rows[1:]]))
    assert names(shown) == ["b", "c", "z"]


def test_headers_are_there_without_rows(qtbot):
    """An empty list still has its column titles."""
    _, shown = make([])
    assert shown.headerData(Column.NAME, Qt.Orientation.Horizontal) == "Name"


@given(st.data())
def test_any_changes_end_in_what_a_fresh_model_shows(data):
    """After any series of changes the proxy shows exactly what a fresh one would, in the same order of keys."""
    rng = random.Random(data.draw(st.integers(0, 10**6)))
    known = some_rows(rng.randint(0, 25), rng.random())
    table, shown = make(known)
    column, order = rng.choice([Column.NAME, Column.MEMBERS]), rng.choice([UP, DOWN])
    shown.sort(column, order)
    shown.filter(parse(rng.choice(["", "a", "-a"])), rng.choice([None, Status.ACTIVE, Status.INACTIVE]))
    fresh_id = 1000
    for _ in range(4):
        new = [row for row in known if rng.random() > 0.2]
        new = [
            row._replace(status=rng.choice(list(Status)), name=f"{rng.choice(WORDS)} {row.id}", members=place % 9)
            if rng.random() < 0.3
            else row
            for place, row in enumerate(new)
        ]
        for _ in range(rng.randint(0, 3)):
            fresh_id += 1
            new.append(summary(fresh_id, f"{rng.choice(WORDS)} {fresh_id}", members=3))
        table.apply(difference(known, new))
        known = new
        wanted = {row.id for row in known if _accepted(shown, row)}
        found = [shown.summary(row) for row in range(shown.rowCount())]
        assert {row.id for row in found} == wanted
        assert len(found) == len(wanted)
        keys = [table.sort_key(column, table.position(row.id)) for row in found]
        assert keys == sorted(keys, reverse=order == DOWN)
        assert [shown.row_of(row.id) for row in found] == list(range(len(found)))


def _accepted(shown, row):
    if shown.status is not None and row.status is not shown.status:
        return False
    name = row.name.casefold()
    return all(word in name for word in shown.search.words) and not any(word in name for word in shown.search.excluded)
