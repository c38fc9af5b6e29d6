"""'Export': writes the selected segments, or what belongs to one of them, to a CSV or JSON file.

Stands apart because files leave the program here: cells that a spreadsheet would take for formulas are made harmless,
and the file is for its owner alone.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

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

from segment_manager.domain.changes import Progress
from segment_manager.domain.errors import CannotWrite
from segment_manager.domain.segments import SegmentSummary
from segment_manager.operations import exports
from segment_manager.ui.dialogs import label, shortened
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.result_bar import ResultBar
from segment_manager.ui.wording import count

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

Row = dict[str, object]

_TELL_EVERY = 500


class ExportSegments(QDialog):
    """Asks what to export of some segments, then where to."""

    def __init__(
        self, workspace: Workspace, jobs: Jobs, bar: ResultBar, ids: Sequence[int], one: SegmentSummary, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._workspace, self._jobs, self._bar, self._ids, self._one = workspace, jobs, bar, list(ids), one
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
            lambda: export_job(workspace, what, ids, target),
            title=f"Exporting to {target.name}",
            done=lambda number: self._bar.tell(f"{count(number, 'row')} written to {target.name}."),
        )


def export_job(workspace: Workspace, what: str, ids: Sequence[int], target: Path) -> Generator[Progress, None, int]:
    """Write the rows to a new file beside the target, then put it in its place; a job that gives the number of rows."""
    rows = _rows(workspace, what, ids)
    fresh = target.with_name(f"{target.name}.part")
    never = {workspace.path.resolve(), Path(f"{workspace.path}-wal").resolve(), Path(f"{workspace.path}-shm").resolve()}
    if target.resolve() in never:
        raise CannotWrite("This is the workspace itself. Choose another file.")
    number = 0
    try:
        descriptor = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            put = _json_lines(stream) if target.suffix.lower() == ".json" else _csv_lines(stream)
            next(put)
            for row in rows:
                put.send(row)
                number += 1
                if number % _TELL_EVERY == 0:
                    yield Progress(number, None, f"Exporting to {target.name}")
            put.close()
        fresh.replace(target)
    except OSError as error:
        raise CannotWrite(f"“{target.name}” cannot be written: {error.strerror}. Choose another place.") from error
    finally:
        fresh.unlink(missing_ok=True)
    return number


def _rows(workspace: Workspace, what: str, ids: Sequence[int]) -> Iterator[Row]:
    if what == "segments":
        return chain.from_iterable(exports.segments(workspace, segment_id=each) for each in ids)
    if what == "members":
        return exports.members(workspace, ids[0])
    if what == "usage":
        return exports.usage(workspace, segment_id=ids[0])
    return exports.connections(workspace, segment_id=ids[0])


def _csv_lines(stream: TextIO) -> Generator[None, Row, None]:
    writer = csv.writer(stream)
    first = True
    while True:
        row = yield
        if first:
            writer.writerow(row)
            first = False
        writer.writerow(cell_text(value) for value in row.values())


def _json_lines(stream: TextIO) -> Generator[None, Row, None]:
    between = "[\n"
    try:
        while True:
            row = yield
            stream.write(between + json.dumps(row, ensure_ascii=False, default=_plain))
            between = ",\n"
    finally:
        stream.write("\n]\n" if between == ",\n" else "[]\n")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value) if value != value.to_integral_value() else int(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return list(value) if isinstance(value, Iterable) else str(value)


def cell_text(value: object) -> object:
    """A value as a CSV cell: a text that a spreadsheet would take for a formula gets a quote in front."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") and not _is_number(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        simple = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
        return cell_text("; ".join(value)) if simple else json.dumps(value, ensure_ascii=False, default=_plain)
    return value.isoformat() if isinstance(value, date | datetime) else value


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?", text) is not None


def safe_file_name(name: str) -> str:
    """A name as part of a file name on any platform."""
    cleaned = re.sub(r'[\x00-\x1f<>:"/\\|?*\u2066-\u2069\u202a-\u202e]+', " ", name).strip(" .")
    return cleaned[:80].strip(" .") or "segment"
