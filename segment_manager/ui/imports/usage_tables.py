"""What a usage file calls things: its columns with what each means, and its words with which of ours each is.

Stands apart because it only shows a UsagePreview and says what a person changed; what that means is the dialog's.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.domain.usage_words import MEANINGS
from segment_manager.operations.usage_preview import FoundWord, UsagePreview
from segment_manager.ui.details.formats import number
from segment_manager.ui.imports.column_table import LEAVE_OUT, SHOWN_COLUMNS, FileRows
from segment_manager.ui.rule_builder.combos import CalmCombo
from segment_manager.ui.wording import plain_tooltip

NAMES = {meaning: meaning.replace("_", " ").capitalize().replace(" id", " ID") for meaning in MEANINGS}
_OURS = {"state": AssetState, "asset_type": AssetType}
_ROWS_SEEN = 4


class UsageColumns(FileRows):
    """`column_said(header, meaning | None)`: a person chose what a column means, or leaves it out."""

    choices = ("Means",)
    column_said = Signal(str, object)

    def show_preview(self, preview: UsagePreview) -> None:
        """Show a file's columns and first rows."""
        columns = preview.columns[:SHOWN_COLUMNS]
        left_out = {place for place, column in enumerate(columns) if column.meaning is None}
        self.show_rows([column.header for column in columns], preview.rows, left_out)
        for place, column in enumerate(columns):
            combo = CalmCombo(f"Meaning of {column.header}")
            for meaning, name in NAMES.items():
                combo.addItem(name, meaning)
            combo.addItem("Leave out", LEAVE_OUT)
            combo.setCurrentIndex(combo.findData(column.meaning or LEAVE_OUT))
            self.setCellWidget(0, place, combo)
            combo.activated.connect(
                lambda _index, header=column.header, combo=combo: self.column_said.emit(
                    header, None if combo.currentData() == LEAVE_OUT else combo.currentData()
                )
            )


class FoundWords(QTableWidget):
    """`word_said(meaning, word, ours)`: a person chose what a word means; None leaves its lines out."""

    word_said = Signal(str, str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self.setAccessibleName("Words of the file")
        self.setObjectName("found_words")
        self.setHorizontalHeaderLabels(["Word in the file", "Column", "Lines", "Means"])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(38)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(1, 130)
        header.resizeSection(2, 90)
        header.resizeSection(3, 220)

    def show_words(self, words: tuple[FoundWord, ...]) -> None:
        """Show these instead; the unknown ones come first."""
        self.setRowCount(0)
        self.setRowCount(len(words))
        for row, found in enumerate(words):
            for column, text in enumerate((found.word, NAMES[found.meaning], number(found.lines))):
                item = QTableWidgetItem(text[:200])
                item.setToolTip(plain_tooltip(text[:2000]))
                self.setItem(row, column, item)
            self.setCellWidget(row, 3, self._combo(found))
        self.setFixedHeight(min(len(words), _ROWS_SEEN) * 38 + 36)
        self.setVisible(bool(words))

    def _combo(self, found: FoundWord) -> CalmCombo:
        combo = CalmCombo(f"Meaning of the word {found.word}")
        if not found.known:
            combo.addItem("Choose…", "")
        for ours in _OURS[found.meaning]:
            combo.addItem(str(ours).capitalize(), str(ours))
        if found.meaning == "asset_type":
            combo.addItem("Leave its lines out", LEAVE_OUT)
        combo.setCurrentIndex(0 if not found.known else combo.findData(str(found.ours) if found.ours else LEAVE_OUT))
        combo.activated.connect(lambda _index: self._tell(found, str(combo.currentData())))
        return combo

    def _tell(self, found: FoundWord, chosen: str) -> None:
        if chosen == LEAVE_OUT:
            self.word_said.emit(found.meaning, found.word, None)
        elif chosen:
            self.word_said.emit(found.meaning, found.word, _OURS[found.meaning](chosen))
