"""The table model: rows, texts, and changes that touch only what changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from segment_manager.domain.segments import Reason, Status
from segment_manager.ui.segment_columns import COLUMNS, Column
from segment_manager.ui.segment_table import Difference, SegmentTable, difference, spans
from tests.ui.window_scene import rows, summary

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def table(qtbot):
    made = SegmentTable()
    made.tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    made.show(rows(["a", "b", "c", "d"]))
    made.seen.now = NOW
    return made


def text(table, row, column):
    return table.index(row, column).data()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "● Active"),
        ({"keep_active": True}, "● Active · kept active"),
        ({"broken": True}, "● Active · rule is broken"),
        ({"status": Status.INACTIVE, "reason": Reason.DEACTIVATED}, "○ Inactive · deactivated since 12 Nov"),
        ({"status": Status.INACTIVE, "reason": Reason.UNUSED}, "◌ Inactive · unused since 12 Nov"),
        ({"status": Status.INACTIVE, "reason": Reason.NOT_ACTIVATED}, "○ Inactive · not activated since 12 Nov"),
    ],
)
def test_status_says_shape_word_reason_and_since(table, facts, said):
    """The status column holds the shape, the word, why, and since when."""
    table.show([summary(1, "x", since=datetime(2026, 11, 12, tzinfo=UTC), **facts)])
    assert text(table, 0, Column.STATUS) == said


@pytest.mark.parametrize(
    ("ago", "said"), [(0, "today"), (1, "yesterday"), (94, "94 days ago"), (200, "6 May"), (400, "18 Oct 2025")]
)
def test_last_used_is_relative_with_the_exact_time_as_tooltip(table, ago, said):
    """Times are told relative to now; the tooltip has them exactly."""
    when = NOW - timedelta(days=ago)
    table.show([summary(1, "x", last_used=when)])
    assert text(table, 0, Column.LAST_USED) == said
    assert f"{when.day} " in table.index(0, Column.LAST_USED).data(Qt.ItemDataRole.ToolTipRole)


def test_numbers_are_grouped_and_on_the_right(table):
    """Numbers have group separators and stand at the right."""
    table.show([summary(1, "x", members=1204), summary(2, "y", members=None)])
    assert text(table, 0, Column.MEMBERS) == "1,204"
    assert text(table, 1, Column.MEMBERS) == "–"
    alignment = table.index(0, Column.MEMBERS).data(Qt.ItemDataRole.TextAlignmentRole)
    assert Qt.AlignmentFlag(alignment) & Qt.AlignmentFlag.AlignRight


def test_tooltips_are_never_html(table):
    """A name that could pass for HTML is shown as it is, in the tooltip too."""
    table.show([summary(1, "<img src=x>&")])
    assert text(table, 0, Column.NAME) == "<img src=x>&"
    assert "&lt;img" in table.index(0, Column.NAME).data(Qt.ItemDataRole.ToolTipRole)


def test_changes_touch_only_what_changed(table, qtbot):
    """A difference emits dataChanged, inserts and removals for its own rows, and never resets."""
    seen = []
    table.modelReset.connect(lambda: seen.append("reset"))
    table.dataChanged.connect(lambda first, last: seen.append(("changed", first.row(), last.row())))
    table.rowsInserted.connect(lambda parent, first, last: seen.append(("added", first, last)))
    table.rowsRemoved.connect(lambda parent, first, last: seen.append(("removed", first, last)))
    new = [summary(1, "a"), summary(2, "B"), summary(4, "d"), summary(5, "e")]
    table.apply(difference(table.rows, new))
    assert seen == [("changed", 1, 1), ("removed", 2, 2), ("added", 3, 3)]
    assert [row.name for row in table.rows] == ["a", "B", "d", "e"]
    assert [table.position(each) for each in (1, 2, 3, 4, 5)] == [0, 1, None, 2, 3]


def test_same_rows_make_no_difference(table):
    """Reading the same again changes nothing."""
    assert not difference(table.rows, rows(["a", "b", "c", "d"]))


def test_unknown_ids_are_nothing_to_do(table):
    """Changes of segments that are not in the list are passed over."""
    table.apply(Difference([summary(99, "z")], [], [98]))
    assert len(table.rows) == 4


def test_every_column_has_a_header(table):
    """Each column has a title or, the checkbox column, an accessible one."""
    for column in range(len(COLUMNS)):
        header = table.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole)
        assert header


def test_spans_are_the_runs_of_neighbours():
    """Neighbours are told as one run."""
    assert list(spans([1, 2, 3, 5, 8, 9])) == [(1, 3), (5, 5), (8, 9)]
    assert list(spans([])) == []
