"""'Review unused segments': what a scan would mark, for several grace periods side by side, before it does.

Stands apart because it is the program's main promise made visible: nothing is set aside that was not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.plans import Action, Plan
from segment_manager.domain.segments import SegmentSummary
from segment_manager.operations import usage
from segment_manager.storage import queries
from segment_manager.ui import wording
from segment_manager.ui.dialogs import label
from segment_manager.ui.jobs import Jobs

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

GRACE_DAYS = (7, 30, 45, 60, 90)


class Candidates(NamedTuple):
    """What a scan would mark by days of grace, with the summaries of all that occur, and the names of record types."""

    plans: dict[int, Plan]
    summaries: dict[int, SegmentSummary]
    record_types: dict[int, str]
    grace_days: int


def candidates(workspace: Workspace) -> Candidates:
    """Read them; any thread may."""
    own = int(str(queries.settings(workspace)["grace_days"]))
    plans = {days: usage.plan_scan(workspace, days) for days in sorted({*GRACE_DAYS, own})}
    ids = {segment.id for plan in plans.values() for segment in plan.will_do}
    found = queries.summaries(workspace, ids=ids) if ids else []
    types = {each.id: each.name for each in queries.record_types(workspace)}
    return Candidates(plans, {each.id: each for each in found}, types, own)


class ReviewUnused(QDialog):
    """Shows the candidates; can mark them, or keep chosen ones active. `act(action, ids)` starts an action on some."""

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        act: Callable[[Action, Sequence[int]], None],
        may_change: bool,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._jobs, self._act, self._may_change = workspace, jobs, act, may_change
        self._found: Candidates | None = None
        self._days = 0
        self.setWindowTitle("Review unused segments")
        self.setAccessibleName("Review unused segments")
        self.resize(820, 520)
        self._heading = label("Looking for unused segments…", "heading")
        self._text = label("", "muted")
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._show)
        self._periods = QHBoxLayout()
        self._periods.setSpacing(0)
        self._table = self._make_table()
        self._mark = QPushButton("Mark unused", self)
        self._mark.setAutoDefault(False)
        self._mark.setProperty("kind", "primary")
        self._mark.clicked.connect(self._mark_all)
        self._keep = QPushButton("Keep active", self)
        self._keep.setAutoDefault(False)
        self._keep.clicked.connect(self._keep_chosen)
        self._close = QPushButton("Close", self)
        self._close.setDefault(True)
        self._close.clicked.connect(self.reject)
        self._place()
        self._load()

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 5, self)
        table.setAccessibleName("Unused segments")
        table.setHorizontalHeaderLabels(["Name", "Record type", "Members", "Last used", "Why"])
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 12)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.horizontalHeader().setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate((230, 110, 80, 110)):
            table.setColumnWidth(column, width)
        table.itemSelectionChanged.connect(self._selection_changed)
        return table

    def _place(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 16)
        layout.setSpacing(10)
        layout.addWidget(self._heading)
        layout.addWidget(self._text)
        layout.addLayout(self._periods)
        layout.addWidget(self._table, 1)
        row = QHBoxLayout()
        row.addWidget(self._keep)
        row.addStretch(1)
        row.addWidget(self._close)
        row.addWidget(self._mark)
        layout.addLayout(row)
        self._selection_changed()

    def _load(self) -> None:
        self._jobs.read(lambda: candidates(self._workspace), self._take, key="review unused")

    def _take(self, found: Candidates) -> None:
        self._found = found
        if not self._group.buttons():
            self._add_periods(found)
            self._days = found.grace_days
        for button in self._group.buttons():
            days = self._group.id(button)
            own = ", the setting" if days == found.grace_days else ""
            button.setText(f"{wording.count(days, 'day')}{own}: {len(found.plans[days].will_do):,}")
        self._show(self._days)

    def _add_periods(self, found: Candidates) -> None:
        places = list(found.plans)
        for place, days in enumerate(places):
            button = QPushButton(self)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("segment", "first" if not place else "last" if place == len(places) - 1 else "middle")
            button.setChecked(days == found.grace_days)
            self._group.addButton(button, days)
            self._periods.addWidget(button)
        self._periods.addStretch(1)

    def _show(self, days: int) -> None:
        if self._found is None:
            return
        self._days = days
        marked = self._found.plans[days].will_do
        number = len(marked)
        self._heading.setText(
            f"{wording.count(number, 'Active segment')} {'is' if number == 1 else 'are'} unused"
            if number
            else "No Active segment is unused"
        )
        self._text.setText(
            f"Nothing live uses them, no Active rule refers to them, and they were last used more than "
            f"{wording.count(days, 'day')} ago. Marked, they become Inactive and keep members, links and history; "
            "what uses one again makes it Active again."
        )
        self._fill([self._found.summaries[each.id] for each in marked if each.id in self._found.summaries])
        self._mark.setText(f"Mark {wording.count(number, 'segment')} unused" if number else "Mark unused")
        self._mark.setEnabled(bool(number) and self._may_change)
        if not self._may_change:
            self._mark.setToolTip("This needs the role Sequence Manager or System Administrator.")

    def _fill(self, rows: Sequence[SegmentSummary]) -> None:
        assert self._found is not None
        now, zone = self._workspace.now(), self._workspace.zone
        self._table.setRowCount(0)
        self._table.setRowCount(len(rows))
        for place, summary in enumerate(rows):
            texts = (
                summary.name,
                self._found.record_types.get(summary.record_type_id, ""),
                wording.number(summary.members),
                wording.last_used(summary, now, zone),
                _why(summary),
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(wording.plain_tooltip(text))
                if column == 0:
                    item.setData(Qt.ItemDataRole.UserRole, summary.id)
                if column == 2:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self._table.setItem(place, column, item)

    def _selection_changed(self) -> None:
        number = len(self._chosen())
        self._keep.setEnabled(bool(number) and self._may_change)
        self._keep.setText(f"Keep {wording.count(number, 'segment')} active" if number else "Keep active")

    def _chosen(self) -> list[int]:
        chosen = {index.siblingAtColumn(0).data(Qt.ItemDataRole.UserRole) for index in self._table.selectedIndexes()}
        return sorted(chosen)

    def _keep_chosen(self) -> None:
        self._act(Action.KEEP_ACTIVE, self._chosen())
        self.accept()

    def _mark_all(self) -> None:
        days = self._days
        self._jobs.run(lambda: usage.scan(self._workspace, days), title="Marking unused segments", cancellable=False)
        self.accept()


def _why(summary: SegmentSummary) -> str:
    parts = []
    if summary.ended_references:
        parts.append(f"{wording.count(summary.ended_references, 'use')} ended")
    if summary.draft_references:
        parts.append(f"{summary.draft_references:,} draft or paused")
    if summary.analytics_references:
        parts.append(f"only reports use it ({summary.analytics_references:,})")
    if summary.rule_uses:
        parts.append("only Inactive rules refer to it")
    return ", ".join(parts) or "nothing has used it"
