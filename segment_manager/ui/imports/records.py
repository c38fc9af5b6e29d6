"""ImportRecords: a file of customer records, looked at and arranged before it is imported.

Stands apart because its columns become fields: everything found out about the file is shown and can be changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from segment_manager.domain.errors import SegmentManagerError
from segment_manager.domain.mapping import DATE_ORDERS, DELIMITERS, FieldMapping, Mapping
from segment_manager.domain.records import RecordType, fold
from segment_manager.operations.computation import compute
from segment_manager.operations.import_report import FilePreview, ImportReport
from segment_manager.operations.imports import import_records, preview
from segment_manager.storage import queries
from segment_manager.ui.details.formats import counted
from segment_manager.ui.details.header import text_label
from segment_manager.ui.details.lifetime import while_there
from segment_manager.ui.imports.column_table import ColumnTable
from segment_manager.ui.imports.import_dialog import ImportDialog
from segment_manager.ui.imports.kept_mappings import keep_mapping, kept_mapping, key_of
from segment_manager.ui.imports.outcome import BadRows, noted
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.rule_builder.combos import CalmCombo

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "iso8859-1", "cp850", "shift_jis", "gb18030", "big5")
FOUND = "As found"
WAIT = 250
NO_FILE = "Choose a file to see what it holds."


class ImportRecords(ImportDialog):
    """Imports records of one type. What a person changes is kept for the next file with the same columns."""

    title = "Import records"
    what = "record"

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        path: Path | None = None,
        record_type: RecordType | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._mapping = Mapping()
        self._kept_under: str | None = None
        self._turn = 0
        self._preview: FilePreview | None = None
        self._types = queries.record_types(workspace)
        self._type = QComboBox()
        self._encoding, self._delimiter = CalmCombo("Encoding"), CalmCombo("Delimiter")
        self._decimal, self._dates = CalmCombo("Decimal sign"), CalmCombo("Order of dates")
        self._key = CalmCombo("Key column")
        self._nulls = QLineEdit()
        self._table = ColumnTable()
        self._found = text_label("", "muted")
        self._problems = BadRows()
        self._soon = QTimer()
        super().__init__(workspace, jobs, None, parent)
        self.setObjectName("import_records")
        self.resize(980, 720)
        self._arrange()
        self._wire()
        if record_type is not None:
            self._type.setCurrentText(record_type.name)
        if path is not None:
            self.set_file(path)

    # What the frame asks

    def work(self, path: Path, skip_bad_rows: bool) -> Callable[[], Any]:
        workspace, name, mapping = self.workspace, self._type.currentText().strip(), self._mapping
        if self._kept_under is not None:
            keep_mapping(self._kept_under, mapping)
        return lambda: import_records(workspace, path, name, mapping=mapping, skip_bad_rows=skip_bad_rows)

    def may_import(self) -> bool:
        return self._preview is not None and bool(self._type.currentText().strip())

    def file_chosen(self, path: Path) -> None:
        """Look at another file, at first with nothing said about it, then with what was kept for its columns."""
        self._mapping, self._kept_under = Mapping(), None
        self._look()

    def imported(self, report: ImportReport) -> None:
        """The Active segments take in what was added or changed, as the next job."""
        if report.change is None:
            return
        workspace = self.workspace
        self.jobs.run(
            lambda: compute(workspace, None, cause="after an import"),
            title="Computing the segments that take in the new records",
        )

    # Looking at the file

    def _look(self) -> None:
        path = self.file()
        if path is None:
            return
        self._turn += 1
        turn, mapping, record_type = self._turn, self._mapping, self._known_type()
        self._found.setText("Reading the beginning of the file…")
        self.jobs.read(
            lambda: preview(path, mapping, record_type),
            while_there(self, lambda seen: self._looked(turn, seen)),
            key="file preview",
            failed=while_there(self, lambda error: self._not_looked(turn, error)),
        )

    def _looked(self, turn: int, seen: FilePreview) -> None:
        if turn != self._turn:
            return
        if self._kept_under is None:
            self._kept_under = key_of([column.header for column in seen.columns])
            kept = kept_mapping(self._kept_under)
            if kept is not None:
                self._mapping = kept
                self._look()
                return
        self._preview = seen
        self.error.say("")
        self._allow(True)
        self._table.show_preview(seen)
        self._show_choices(seen)
        rows = f"{'' if seen.complete else 'about '}{counted(seen.row_estimate, 'row')}"
        counts = f"{rows[:1].upper()}{rows[1:]}, {counted(len(seen.columns), 'column')}."
        self._found.setText(" ".join([counts, *noted(seen.notes)]))
        self._problems.setVisible(bool(seen.problems))
        self._problems.show_rows(seen.problems)
        self._ready()

    def _not_looked(self, turn: int, error: BaseException) -> None:
        if turn != self._turn:
            return
        self._preview = None
        self._found.setText("")
        self._allow(False)
        self._table.setRowCount(0)
        self._table.setColumnCount(0)
        self._problems.hide()
        self.error.say(str(error) if isinstance(error, SegmentManagerError) else f"The file cannot be read: {error}")
        self._ready()

    def _known_type(self) -> RecordType | None:
        wanted = fold(self._type.currentText().strip())
        return next((each for each in self._types if fold(each.name) == wanted), None)

    def _show_choices(self, seen: FilePreview) -> None:
        """What is said or found about the whole file."""
        said = self._mapping
        _offer(self._encoding, {name: name for name in ENCODINGS}, said.encoding, seen.encoding or "")
        names = {sign: name.capitalize() for sign, name in DELIMITERS.items()}
        _offer(self._delimiter, names, said.delimiter, names.get(seen.delimiter or "", ""))
        _offer(self._decimal, {".": "Point: 1.5", ",": "Comma: 1,5"}, said.decimal, "")
        _offer(self._dates, {order: order for order in DATE_ORDERS}, said.dates, "")
        headers = {column.header: column.header for column in seen.columns}
        _offer(self._key, headers, said.key, seen.key)
        text_file = seen.delimiter is not None
        self._delimiter.setEnabled(text_file)
        self._encoding.setEnabled(seen.encoding is not None)
        if not self._nulls.hasFocus():
            self._nulls.setText(", ".join(said.null_words))

    # What a person changes

    def _say(self, **parts: Any) -> None:
        self._mapping = replace(self._mapping, **parts)
        self._look()

    def _column_said(self, header: str, said: FieldMapping | None) -> None:
        fields = dict(self._mapping.fields)
        before = fields.get(header)
        fields[header] = replace(said, name=before.name) if said is not None and before is not None else said
        self._say(fields=fields)

    def _nulls_said(self) -> None:
        words = tuple(word.strip() for word in self._nulls.text().split(",") if word.strip())
        if words != self._mapping.null_words:
            self._say(null_words=words)

    def _wire(self) -> None:
        self._soon.setParent(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(WAIT)
        self._soon.timeout.connect(self._look)
        self._type.currentTextChanged.connect(lambda _text: self._type_said())
        said = {
            "encoding": self._encoding,
            "delimiter": self._delimiter,
            "decimal": self._decimal,
            "dates": self._dates,
            "key": self._key,
        }
        for name, combo in said.items():
            combo.activated.connect(lambda _index, name=name, combo=combo: self._say(**{name: combo.currentData()}))
        self._nulls.editingFinished.connect(self._nulls_said)
        self._table.column_changed.connect(self._column_said)

    def _type_said(self) -> None:
        known = self._known_type() is not None
        self._new_type.setText("" if known or not self._type.currentText().strip() else "A new record type is made.")
        self._soon.start()
        self._ready()

    def _arrange(self) -> None:
        self._type.setEditable(True)
        self._type.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._type.setAccessibleName("Import into record type")
        self._type.addItems([each.name for each in self._types])
        self._new_type = text_label("", "muted")
        self._nulls.setPlaceholderText("such as NULL, n/a")
        self._nulls.setAccessibleName("Words for an empty value")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        places: list[tuple[str, QWidget]] = [
            ("Record type", self._type),
            ("Key column", self._key),
            ("Empty values", self._nulls),
            ("Encoding", self._encoding),
            ("Delimiter", self._delimiter),
            ("Decimal sign", self._decimal),
            ("Order of dates", self._dates),
        ]
        for place, (name, widget) in enumerate(places):
            row, column = divmod(place, 4)
            label = QLabel(name)
            label.setProperty("role", "muted")
            label.setBuddy(widget)
            grid.addWidget(label, 2 * row, column)
            grid.addWidget(widget, 2 * row + 1, column)
            widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self._new_type, 3, 3)
        self._problems.setMaximumHeight(140)
        self._problems.hide()
        self.choices.addLayout(grid)
        self.choices.addWidget(self._found)
        self.choices.addWidget(self._table, 1)
        self.choices.addWidget(self._problems)
        self._said = (self._key, self._nulls, self._encoding, self._delimiter, self._decimal, self._dates, self._table)
        self._allow(False)
        self._found.setText(NO_FILE)

    def _allow(self, seen: bool) -> None:
        """What a file can be told to be is grey until one is seen."""
        for widget in self._said:
            widget.setEnabled(seen)


def _offer(combo: QComboBox, entries: dict[str, str], said: str | None, found: str) -> None:
    """Fill a drop-down with 'As found (…)' and the entries; what is said is chosen."""
    combo.clear()
    combo.addItem(f"{FOUND} ({found})" if found else FOUND, None)
    for data, text in entries.items():
        combo.addItem(text, data)
    if said is not None and combo.findData(said) < 0:
        combo.addItem(said, said)
    combo.setCurrentIndex(combo.findData(said) if said is not None else 0)
