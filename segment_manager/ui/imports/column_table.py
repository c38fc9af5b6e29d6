"""The columns of a file before its import: the first rows, and above each column what becomes of it.

Stands apart because it only shows a FilePreview and says what a person changed; what that means is the dialog's.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QTableWidget, QTableWidgetItem, QWidget

from segment_manager.domain.mapping import FieldMapping
from segment_manager.domain.records import FieldType
from segment_manager.operations.import_report import FilePreview, PreviewColumn
from segment_manager.ui.rule_builder.combos import CalmCombo
from segment_manager.ui.wording import plain_tooltip

TYPES = {
    FieldType.TEXT: "Text",
    FieldType.INTEGER: "Whole number",
    FieldType.DECIMAL: "Decimal number",
    FieldType.DATE: "Date",
    FieldType.DATETIME: "Date and time",
    FieldType.BOOLEAN: "Yes or no",
    FieldType.CHOICE: "One of a list",
    FieldType.CHOICES: "Several of a list",
}
LEAVE_OUT = "leave out"
SHOWN_COLUMNS = 200
"""More columns than these are imported as found; nobody arranges so many by hand."""


class FileRows(QTableWidget):
    """The first rows of a file under its headers, with rows above for what is chosen of each column."""

    choices: ClassVar[tuple[str, ...]] = ()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Columns of the file")
        self.setObjectName("import_columns")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_rows(self, headers: Sequence[str], rows: Sequence[Sequence[str]], left_out: Container[int]) -> None:
        """Show the columns with these headers; `left_out` are the positions of those that are grey."""
        above = len(self.choices)
        self.clear()
        self.setColumnCount(len(headers))
        self.setRowCount(above + len(rows))
        self.setVerticalHeaderLabels([*self.choices, *(str(row + 1) for row in range(len(rows)))])
        self.setHorizontalHeaderLabels(list(headers))
        for place in range(len(headers)):
            self.setColumnWidth(place, 160)
            for row, cells in enumerate(rows):
                text = cells[place] if place < len(cells) else ""
                self.setItem(above + row, place, _cell(text, grey=place in left_out))
        for row in range(above):
            self.setRowHeight(row, 38)

    def show_nothing(self) -> None:
        """No file, no columns."""
        self.setRowCount(0)
        self.setColumnCount(0)


class ColumnTable(FileRows):
    """`column_changed(header, FieldMapping | None)`: a person changed a column's type or label, or leaves it out."""

    choices = ("Type", "Label")
    column_changed = Signal(str, object)

    def show_preview(self, preview: FilePreview) -> None:
        """Show a file's columns and first rows."""
        columns = preview.columns[:SHOWN_COLUMNS]
        headers = [_headed(column, preview.key) for column in columns]
        self.show_rows(headers, preview.rows, {place for place, column in enumerate(columns) if column.left_out})
        for place, column in enumerate(columns):
            self._choose(place, column, is_key=column.header == preview.key)

    def _choose(self, place: int, column: PreviewColumn, *, is_key: bool) -> None:
        kinds = CalmCombo(f"Type of {column.header}")
        label = QLineEdit(column.label)
        label.setAccessibleName(f"Label of {column.header}")
        if is_key:
            kinds.addItem("Key", None)
            kinds.setEnabled(False)
            label.setEnabled(False)
        elif column.known:
            kinds.addItem(f"{TYPES[column.type]} (as it is)", column.type)
            kinds.addItem("Leave out", LEAVE_OUT)
            label.setEnabled(False)
            label.setToolTip("The field is there already and keeps its label.")
        else:
            for kind, name in TYPES.items():
                kinds.addItem(name, kind)
            kinds.addItem("Leave out", LEAVE_OUT)
            kinds.setCurrentIndex(kinds.findData(LEAVE_OUT if column.left_out else column.type))
            label.setEnabled(not column.left_out)
        self.setCellWidget(0, place, kinds)
        self.setCellWidget(1, place, label)
        kinds.activated.connect(lambda _index: self._tell(column, kinds, label))
        label.editingFinished.connect(lambda: self._tell(column, kinds, label) if label.isModified() else None)

    def _tell(self, column: PreviewColumn, kinds: CalmCombo, label: QLineEdit) -> None:
        chosen = kinds.currentData()
        if chosen == LEAVE_OUT:
            self.column_changed.emit(column.header, None)
            return
        text = label.text().strip()
        said = FieldMapping(
            label=text if text and text != column.header and not column.known else None,
            type=FieldType(chosen) if chosen and not column.known else None,
        )
        self.column_changed.emit(column.header, said)


def _headed(column: PreviewColumn, key: str) -> str:
    if column.header == key:
        return f"{column.header} (key)"
    return f"{column.header} (left out)" if column.left_out else column.header


def _cell(text: str, *, grey: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(text[:500])
    item.setToolTip(plain_tooltip(text[:2000]))
    if grey:
        item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item
