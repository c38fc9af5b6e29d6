"""What came of an import: its counts, or the rows that stopped it.

Stands apart because all imports end the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segment_manager.operations.import_report import ImportReport
from segment_manager.ui.details.formats import counted, number
from segment_manager.ui.details.header import text_label
from segment_manager.ui.result_bar import announce
from segment_manager.ui.wording import plain_tooltip


class Bad(Protocol):
    """A row that was refused."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> str: ...
    @property
    def reason(self) -> str: ...


def noted(notes: Sequence[str]) -> list[str]:
    """What was found out about a file, each as a sentence."""
    return [f"{note[:1].upper()}{note[1:].rstrip('.')}." for note in dict.fromkeys(notes)]


class BadRows(QTableWidget):
    """Line, column and reason of rows that cannot be imported."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self.setAccessibleName("Rows that cannot be imported")
        self.setObjectName("bad_rows")
        self.setHorizontalHeaderLabels(["Line", "Column", "Reason"])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(0, 70)
        header.resizeSection(1, 150)

    def show_rows(self, rows: Sequence[Bad]) -> None:
        """Show these instead."""
        self.setRowCount(len(rows))
        for place, bad in enumerate(rows):
            for column, text in enumerate((number(bad.line), bad.column or "–", bad.reason)):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tooltip(text))
                self.setItem(place, column, item)


class Outcome(QWidget):
    """Shows a report. `good_rows_wanted`: import what can be imported; `back_wanted`: change the choices."""

    good_rows_wanted = Signal()
    back_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = text_label(role="heading")
        self._heading.setObjectName("outcome_heading")
        self._text = text_label()
        self._text.setObjectName("outcome")
        self._bad = BadRows()
        self._rejects = QPushButton("Open the file of rejected rows")
        self._rejects.setProperty("kind", "link")
        self._good = QPushButton("Import the good rows only")
        self._back = QPushButton("Back")
        self._report: ImportReport | None = None
        buttons = QHBoxLayout()
        buttons.addWidget(self._good)
        buttons.addWidget(self._back)
        buttons.addWidget(self._rejects)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._heading)
        column.addWidget(self._text)
        column.addWidget(self._bad, 1)
        column.addLayout(buttons)
        column.addStretch(0)
        self._rejects.clicked.connect(self._open_rejects)
        self._good.clicked.connect(self.good_rows_wanted)
        self._back.clicked.connect(self.back_wanted)

    def show_report(self, report: ImportReport, what: str) -> None:
        """An import that was carried out. `what`: 'record', 'reference', 'segment'."""
        self._set(report, f"Imported {counted(report.added + report.updated + report.unchanged, what)}")
        counts = ("added", "updated", "unchanged", "rejected")
        parts = [f"{number(getattr(report, each))} {each}" for each in counts]
        line = f"{', '.join(parts)}, of {counted(report.read, 'row')} read."
        self._text.setText("\n".join([line, *noted(report.notes)]))
        self._good.hide()
        self._back.hide()

    def show_refusal(self, report: ImportReport, message: str, can_skip: bool = True) -> None:
        """An import that bad rows stopped: nothing was imported."""
        good = max(report.read - report.rejected, 0)
        self._set(report, f"{counted(report.rejected, 'row')} cannot be imported")
        self._text.setText(f"{message}\n{counted(good, 'row')} could be imported without them.")
        self._good.setVisible(can_skip and good > 0)
        self._back.show()
        self._good.setFocus()

    def _set(self, report: ImportReport, heading: str) -> None:
        self._report = report
        self._heading.setText(heading)
        announce(self, heading)
        self._bad.setVisible(bool(report.bad_rows))
        self._bad.show_rows(report.bad_rows)
        self._rejects.setVisible(report.rejects_file is not None)
        self._rejects.setToolTip(plain_tooltip(str(report.rejects_file or "")))

    def _open_rejects(self) -> None:
        if self._report is not None and self._report.rejects_file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._report.rejects_file)))
