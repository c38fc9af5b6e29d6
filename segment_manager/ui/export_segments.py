"""'Export': what to write of the selected segments, and where to.

Stands apart because it asks; what is written, and how, is an operation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.segments import SegmentSummary
from segment_manager.operations import exports
from segment_manager.operations.export_files import by_name, write_file
from segment_manager.operations.exports import Export
from segment_manager.operations.jobs import Job
from segment_manager.ui.chosen_rows import ChosenRows
from segment_manager.ui.dialogs import label, shortened
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.result_bar import ResultBar
from segment_manager.ui.wording import count

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


class ExportSegments(QDialog):
    """Asks what to export of some segments, then where to."""

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        bar: ResultBar,
        ids: list[int] | ChosenRows,
        one: SegmentSummary,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._jobs, self._bar, self._ids, self._one = workspace, jobs, bar, ids, one
        self.setWindowTitle("Export")
        self.setMinimumWidth(420)
        single = len(self._ids) == 1
        of = f"“{one.name}”" if single else count(len(self._ids), "segment")
        self._choices = [
            ("segments", "The definition: rule, status, tags" if single else "The definitions: rule, status, tags"),
            ("members", "The members, with their fields"),
            ("connections", "The sequence connections that came through it"),
            ("usage", "What uses it"),
        ][: 4 if single else 1]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 16)
        layout.setSpacing(10)
        layout.addWidget(label(shortened(f"Export of {of}"), "heading"))
        self._what = QButtonGroup(self)
        for place, (_, words) in enumerate(self._choices):
            button = QRadioButton(words, self)
            button.setChecked(place == 0)
            self._what.addButton(button, place)
            layout.addWidget(button)
        layout.addWidget(label("The file’s name decides the form: .csv or .json.", "muted"))
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = QPushButton("Cancel", self)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        choose = QPushButton("Choose file…", self)
        choose.setProperty("kind", "primary")
        choose.setDefault(True)
        choose.clicked.connect(self._choose)
        row.addWidget(cancel)
        row.addWidget(choose)
        layout.addLayout(row)

    def _choose(self) -> None:
        what = self._choices[self._what.checkedId()][0]
        name = safe_file_name(self._one.name) if len(self._ids) == 1 else "segments"
        proposed = Path.home() / f"{name}{'' if what == 'segments' else f' {what}'}.csv"
        path, _ = QFileDialog.getSaveFileName(self, "Export", str(proposed), "CSV (*.csv);;JSON (*.json)")
        if path:
            self.accept()
            self.write(what, Path(path))

    def write(self, what: str, target: Path) -> None:
        """Write as a job; a cancelled one leaves no file."""
        workspace, ids = self._workspace, self._ids
        self._jobs.run(
            lambda: export_job(workspace, what, list(ids), target),
            title=f"Exporting to {target.name}",
            done=lambda number: self._bar.tell(f"{count(number, 'row')} written to {target.name}."),
        )


def export_job(workspace: Workspace, what: str, ids: Sequence[int], target: Path) -> Job[int]:
    """An export written to a file; a job that gives the number of rows."""
    return write_file(workspace, _wanted(workspace, what, ids), target, by_name(target))


def _wanted(workspace: Workspace, what: str, ids: Sequence[int]) -> Export:
    if what == "segments":
        return exports.segments(workspace, ids=ids)
    if what == "members":
        return exports.members(workspace, ids[0])
    if what == "usage":
        return exports.usage(workspace, segment_id=ids[0])
    return exports.connections(workspace, segment_id=ids[0])


def safe_file_name(name: str) -> str:
    """A name as part of a file name on any platform."""
    cleaned = re.sub(r'[\x00-\x1f<>:"/\\|?*\u2066-\u2069\u202a-\u202e]+', " ", name).strip(" .")
    return cleaned[:80].strip(" .") or "segment"
