"""Which segments are selected in the table, as ids, counts and rows.

Stands apart because a selection is of segments, while Qt knows runs of rows: here, and only here, one becomes the
other, by runs, so that 100,000 selected segments cost as little as three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel

from segment_manager.domain.segments import SegmentSummary
from segment_manager.ui.chosen_rows import MANY, ChosenRows
from segment_manager.ui.segment_columns import Column
from segment_manager.ui.segment_filter import SegmentFilter
from segment_manager.ui.segment_rows import ACTIVE, KEPT
from segment_manager.ui.segment_table import SegmentTable, spans
from segment_manager.ui.segment_view import SegmentView

Run = tuple[int, int]
_SELECT = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
_TOGGLE = QItemSelectionModel.SelectionFlag.Toggle | QItemSelectionModel.SelectionFlag.Rows


class SegmentSelection:
    """The selection of one view. `awaited`: segments to select as soon as they have been read; `awaits_all`: everything
    was selected last, and what is still being read is meant too."""

    def __init__(self, table: SegmentTable, shown: SegmentFilter, view: SegmentView) -> None:
        self.table, self.shown, self.view = table, shown, view
        self.awaited: list[int] = []
        self.awaits_all = False

    def runs(self) -> list[Run]:
        """The selected rows as sorted runs that do not touch."""
        merged: list[Run] = []
        ranges = self.view.selectionModel().selection()
        for first, last in sorted((each.top(), each.bottom()) for each in map(ranges.at, range(ranges.count()))):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return merged

    def selected_ids(self) -> list[int]:
        """The selected segments, in the order of the list where they are not very many."""
        return self.shown.chosen(self.runs()).ids()

    def to_act_on(self) -> list[int] | ChosenRows:
        """The same; where they are very many, to be gathered on another thread."""
        chosen = self.shown.chosen(self.runs())
        return chosen.ids() if len(chosen) <= MANY else chosen.kept()

    def texts(self, field: str) -> Callable[[], str]:
        """What gives one field of every selected segment, a line each, on any thread."""
        chosen = self.shown.chosen(self.runs())
        chosen = chosen if len(chosen) <= MANY else chosen.kept()
        return lambda: "\n".join(map(str, chosen.values(field)))

    def values(self, field: str, *, in_order: bool = True) -> Iterator[Any]:
        """One field of every selected segment, in the order of the list unless that does not matter."""
        return self.shown.chosen(self.runs()).values(field, in_order=in_order)

    def selected(self) -> tuple[int, int, int]:
        """How many segments are selected, how many of them Active, and how many kept active."""
        bits = self.shown.traits(self.runs())
        active = bits.count(ACTIVE) + bits.count(ACTIVE | KEPT)
        return len(bits), active, bits.count(KEPT) + bits.count(ACTIVE | KEPT)

    def summaries(self, most: int) -> list[SegmentSummary]:
        """The first `most` selected segments."""
        found: list[SegmentSummary] = []
        for first, last in self.runs():
            found.extend(self.shown.summary(row) for row in range(first, min(last + 1, first + most - len(found))))
        return found

    def is_selected(self, row: int) -> bool:
        """Whether a shown row is selected."""
        return self.view.selectionModel().isSelected(self.shown.index(row, Column.NAME))

    def current_id(self) -> int | None:
        """The segment whose details are shown."""
        current = self.view.currentIndex()
        return self.shown.summary(current.row()).id if current.isValid() else None

    def select_ids(self, ids: Iterable[int], *, current: bool = True) -> None:
        """Select those of the segments that are shown, and nothing else."""
        rows = self.shown.rows_of(ids)
        self.view.selectionModel().clearSelection()
        if rows and current:
            self.view.go_to(rows[0])
        self.add(spans(rows))

    def select_when_shown(self, ids: list[int]) -> None:
        """Select segments as soon as they have been read; those that the filter hides are left."""
        there = all(self.table.position(each) is not None for each in ids)
        self.awaited = [] if there else ids
        if there:
            self.select_ids(ids)

    def select_all(self) -> None:
        """Select exactly what the filter shows."""
        self.view.selectAll()

    def select_none(self) -> None:
        """Select nothing; the current segment stays."""
        self.view.selectionModel().clearSelection()
        self.awaits_all = False

    def invert(self) -> None:
        """Select what is shown and was not selected."""
        self.shown.finish()
        if self.shown.rowCount():
            self.view.selectionModel().select(self._as_selection([(0, self.shown.rowCount() - 1)]), _TOGGLE)

    def _as_selection(self, runs: Iterable[Run]) -> QItemSelection:
        chosen = QItemSelection()
        last_column = self.shown.columnCount() - 1
        for first, last in runs:
            chosen.select(self.shown.index(first, 0), self.shown.index(last, last_column))
        return chosen

    def add(self, runs: Iterable[Run]) -> None:
        """Select runs of shown rows too."""
        self.view.selectionModel().select(self._as_selection(runs), _SELECT)
