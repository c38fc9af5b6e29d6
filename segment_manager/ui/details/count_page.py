"""Members over time: the plot, the chosen computation in words, all computations as a table, and any past day.

Stands apart as one of the two pages of the History tab.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QDateEdit,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segment_manager.storage.queries import ComputationEntry
from segment_manager.ui.details.count_plot import CountPlot, members, trend_said
from segment_manager.ui.details.formats import moment_text, number
from segment_manager.ui.details.header import text_label
from segment_manager.ui.result_bar import announce

SHOWN = 300
"""Rows of the table; the plot shows all."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CountPage(QWidget):
    """`day_wanted(day)`: the person wants to see who the members were at the end of a day; `moves_wanted(computation)`:
    who joined and left in a computation."""

    day_wanted = Signal(object)
    moves_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: Sequence[ComputationEntry] = ()
        self._zone: tzinfo | None = None
        self._today = date.min
        self._trend = text_label()
        self._trend.setObjectName("trend")
        self.plot = CountPlot()
        self._readout = text_label(role="muted")
        self._readout.setObjectName("readout")
        self._table = QTreeWidget()
        self._day = QDateEdit()
        self._show = QPushButton("Show…")
        self._moves = QPushButton("Who…")
        self._moves.setAccessibleName("Who joined and left")
        self._build()

    def _build(self) -> None:
        table = self._table
        table.setObjectName("computations")
        table.setAccessibleName("Computations")
        table.setHeaderLabels(["When", "Members", "Joined", "Left", "Cause"])
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setStyleSheet("QTreeView::item { padding: 3px 4px; }")
        table.header().setStretchLastSection(True)
        table.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for section, width in enumerate((132, 72, 60, 56)):
            table.header().resizeSection(section, width)
        for section in (1, 2, 3):
            table.headerItem().setTextAlignment(section, _RIGHT)
        self._day.setCalendarPopup(True)
        self._day.setDisplayFormat("d MMM yyyy")
        self._day.setAccessibleName("Members at the end of this day")
        self._day.setObjectName("past_day")
        self._show.setToolTip("Who the members were at the end of this day")
        ask = QLabel("Members on")
        ask.setBuddy(self._day)
        line = QHBoxLayout()
        line.addWidget(ask)
        line.addWidget(self._day)
        line.addWidget(self._show)
        line.addStretch(1)
        chosen = QHBoxLayout()
        chosen.addWidget(self._readout, 1)
        chosen.addWidget(self._moves)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._trend)
        column.addWidget(self.plot, 3)
        column.addLayout(chosen)
        column.addWidget(table, 2)
        column.addLayout(line)
        self.plot.chosen.connect(self._chosen)
        table.currentItemChanged.connect(lambda item, _before: self._row_chosen(item))
        table.itemActivated.connect(lambda _item, _column: self._moves.click())
        self._show.clicked.connect(lambda _checked: self.day_wanted.emit(self._chosen_day()))
        self._moves.clicked.connect(lambda _checked: self._want_moves())

    def show_points(self, points: Sequence[ComputationEntry], now: datetime, zone: tzinfo) -> None:
        """Show other computations, oldest first."""
        self._points, self._zone = points, zone
        self._today = now.astimezone(zone).date()
        self._trend.setText(trend_said(points, self._today, zone))
        self.plot.show_points(points, now, zone)
        self._fill()
        today = QDate(self._today.year, self._today.month, self._today.day)
        self._day.setDateRange(QDate(1970, 1, 1), today)
        self._day.setDate(today)
        self._show.setEnabled(bool(points))
        self._day.setEnabled(bool(points))
        self._say(self.plot.place)

    def _fill(self) -> None:
        table = self._table
        table.blockSignals(True)
        table.clear()
        last = len(self._points) - 1
        for place in range(last, max(last - SHOWN, -1), -1):
            point = self._points[place]
            texts = [self._when(point), *(number(each) for each in (point.members, point.joined, point.left))]
            item = QTreeWidgetItem([*texts, point.cause])
            item.setData(0, Qt.ItemDataRole.UserRole, place)
            for section in (1, 2, 3):
                item.setTextAlignment(section, _RIGHT)
            table.addTopLevelItem(item)
        if last >= SHOWN:
            rest = QTreeWidgetItem([f"and {number(last + 1 - SHOWN)} before"])
            rest.setFlags(Qt.ItemFlag.ItemIsEnabled)
            table.addTopLevelItem(rest)
        newest = table.topLevelItem(0)
        if newest is not None:
            table.setCurrentItem(newest)
        table.blockSignals(False)

    def _chosen(self, place: int) -> None:
        """The plot moved: say the point, mark its row, and take its day."""
        self._say(place)
        announce(self.plot, self._readout.text())
        row = len(self._points) - 1 - place
        self._table.blockSignals(True)
        item = self._table.topLevelItem(row) if row < SHOWN else None
        if item is not None:
            self._table.setCurrentItem(item)
        else:
            self._table.clearSelection()
        self._table.blockSignals(False)

    def _row_chosen(self, item: QTreeWidgetItem | None) -> None:
        place = None if item is None else item.data(0, Qt.ItemDataRole.UserRole)
        if isinstance(place, int):
            self.plot.choose(place)

    def _want_moves(self) -> None:
        if self.plot.place is not None:
            self.moves_wanted.emit(self._points[self.plot.place])

    def _say(self, place: int | None) -> None:
        self._readout.setVisible(place is not None)
        self._moves.setVisible(place is not None)
        anybody = place is not None and self._points[place].joined + self._points[place].left > 0
        self._moves.setEnabled(anybody)
        self._moves.setToolTip(
            "Who joined and who left in this computation" if anybody else "Nobody joined or left in this computation."
        )
        if place is None or self._zone is None:
            return
        point = self._points[place]
        moved = f"{number(point.joined)} joined, {number(point.left)} left"
        self._readout.setText(f"{self._when(point)}: {members(point)}, {moved} ({point.cause})")
        local = point.at.astimezone(self._zone)
        self._day.setDate(QDate(local.year, local.month, local.day))

    def _when(self, point: ComputationEntry) -> str:
        assert self._zone is not None
        return moment_text(point.at, self._zone, self._today)

    def _chosen_day(self) -> date:
        chosen = self._day.date()
        return date(chosen.year(), chosen.month(), chosen.day())
