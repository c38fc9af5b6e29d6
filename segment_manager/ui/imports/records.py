"""ImportRecords: a file of customer records, looked at and arranged before it is imported.

Stands apart because its columns become fields: everything found out about the file is shown and can be changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from segment_manager.domain.mapping import DATE_ORDERS, DELIMITERS, FieldMapping
from segment_manager.domain.records import RecordType, fold
from segment_manager.operations.import_report import FilePreview
from segment_manager.operations.imports import import_records, preview
from segment_manager.storage import queries
from segment_manager.ui.details.formats import counted
from segment_manager.ui.details.header import text_label
from segment_manager.ui.imports.column_table import ColumnTable
from segment_manager.ui.imports.outcome import noted
from segment_manager.ui.imports.previewed import ENCODINGS, PreviewedImport, choices_grid, offer
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.rule_builder.combos import CalmCombo

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

WAIT = 250
NO_FILE = "Choose a file to see what it holds."


class ImportRecords(PreviewedImport):
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
        self._types = queries.record_types(workspace)
        self._type = QComboBox()
        self._encoding, self._delimiter = CalmCombo("Encoding"), CalmCombo("Delimiter")
        self._decimal, self._dates = CalmCombo("Decimal sign"), CalmCombo("Order of dates")
        self._key = CalmCombo("Key column")
        self._nulls = QLineEdit()
        self._table = ColumnTable()
        self._soon = QTimer()
        super().__init__(workspace, jobs, parent)
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
        self.keep()
        return lambda: import_records(workspace, path, name, mapping=mapping, skip_bad_rows=skip_bad_rows)

    def may_import(self) -> bool:
        return super().may_import() and bool(self._type.currentText().strip())

    # Looking at the file

    def look_at(self, path: Path, mapping: Any) -> Callable[[], Any]:
        record_type = self._known_type()
        return lambda: preview(path, mapping, record_type)

    def show_seen(self, seen: FilePreview) -> None:
        self._allow(True)
        self._table.show_preview(seen)
        self._show_choices(seen)
        rows = f"{'' if seen.complete else 'about '}{counted(seen.row_estimate, 'row')}"
        counts = f"{rows[:1].upper()}{rows[1:]}, {counted(len(seen.columns), 'column')}."
        self._found.setText(" ".join([counts, *noted(seen.notes)]))

    def show_nothing(self) -> None:
        self._allow(False)
        self._table.show_nothing()

    def _known_type(self) -> RecordType | None:
        wanted = fold(self._type.currentText().strip())
        return next((each for each in self._types if fold(each.name) == wanted), None)

    def _show_choices(self, seen: FilePreview) -> None:
        """What is said or found about the whole file."""
        said = self._mapping
        offer(self._encoding, {name: name for name in ENCODINGS}, said.encoding, seen.encoding or "")
        names = {sign: name.capitalize() for sign, name in DELIMITERS.items()}
        offer(self._delimiter, names, said.delimiter, names.get(seen.delimiter or "", ""))
        offer(self._decimal, {".": "Point: 1.5", ",": "Comma: 1,5"}, said.decimal, "")
        offer(self._dates, {order: order for order in DATE_ORDERS}, said.dates, "")
        headers = {column.header: column.header for column in seen.columns}
        offer(self._key, headers, said.key, seen.key)
        text_file = seen.delimiter is not None
        self._delimiter.setEnabled(text_file)
        self._encoding.setEnabled(seen.encoding is not None)
        if not self._nulls.hasFocus():
            self._nulls.setText(", ".join(said.null_words))

    # What a person changes

    def _column_said(self, header: str, said: FieldMapping | None) -> None:
        fields = dict(self._mapping.fields)
        before = fields.get(header)
        fields[header] = replace(said, name=before.name) if said is not None and before is not None else said
        self.say(fields=fields)

    def _nulls_said(self) -> None:
        words = tuple(word.strip() for word in self._nulls.text().split(",") if word.strip())
        if words != self._mapping.null_words:
            self.say(null_words=words)

    def _wire(self) -> None:
        self._soon.setParent(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(WAIT)
        self._soon.timeout.connect(self.look)
        self._type.currentTextChanged.connect(lambda _text: self._type_said())
        said = {
            "encoding": self._encoding,
            "delimiter": self._delimiter,
            "decimal": self._decimal,
            "dates": self._dates,
            "key": self._key,
        }
        for name, combo in said.items():
            combo.activated.connect(lambda _index, name=name, combo=combo: self.say(**{name: combo.currentData()}))
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
        grid = choices_grid(
            [
                ("Record type", self._type),
                ("Key column", self._key),
                ("Empty values", self._nulls),
                ("Encoding", self._encoding),
                ("Delimiter", self._delimiter),
                ("Decimal sign", self._decimal),
                ("Order of dates", self._dates),
            ]
        )
        grid.addWidget(self._new_type, 3, 3)
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
