"""ImportUsage: which assets use which segments, from a file of another program, arranged before it is imported.

Stands apart because what a column can mean is fixed here, while its words for states and asset types may be any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from segment_manager.domain.mapping import DATE_ORDERS, DELIMITERS
from segment_manager.domain.usage import AssetType
from segment_manager.domain.usage_mapping import UsageMapping
from segment_manager.domain.usage_words import plain_word
from segment_manager.operations.usage import import_usage
from segment_manager.operations.usage_preview import UsagePreview, preview_usage
from segment_manager.ui.details.formats import counted
from segment_manager.ui.details.header import text_label
from segment_manager.ui.imports.outcome import noted
from segment_manager.ui.imports.previewed import ENCODINGS, PreviewedImport, choices_grid, offer
from segment_manager.ui.imports.usage_tables import NAMES, FoundWords, UsageColumns
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.rule_builder.combos import CalmCombo

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

NO_FILE = (
    "Choose a file with one line for each use of a segment: the asset's type, id, name and state, the segment, and "
    "perhaps when the use started and ended. What the columns are called is found out and can be changed. Importing "
    "a file again updates what is there."
)


class ImportUsage(PreviewedImport):
    """Brings in which assets use which segments. What a person says is kept for the next file with the same columns."""

    title = "Import usage"
    what = "use"
    mapping_kind = UsageMapping

    def __init__(
        self, workspace: Workspace, jobs: Jobs, path: Path | None = None, parent: QWidget | None = None
    ) -> None:
        self._encoding, self._delimiter = CalmCombo("Encoding"), CalmCombo("Delimiter")
        self._dates, self._every = CalmCombo("Order of dates"), CalmCombo("Asset type of every line")
        self._table, self._words = UsageColumns(), FoundWords()
        self._needs = text_label("", "warning")
        self._needs.setObjectName("usage_needs")
        super().__init__(workspace, jobs, parent)
        self.setObjectName("import_usage")
        self.resize(980, 720)
        self.complete = QCheckBox("This file is complete: end assets it does not hold")
        grid = choices_grid(
            [
                ("Asset type", self._every),
                ("Order of dates", self._dates),
                ("Encoding", self._encoding),
                ("Delimiter", self._delimiter),
            ]
        )
        self.choices.addLayout(grid)
        self.choices.addWidget(self._found)
        self.choices.addWidget(self._needs)
        self.choices.addWidget(self._table, 1)
        for widget in (self._words, self._problems, self.complete):
            self.choices.addWidget(widget)
        self._table.setMinimumHeight(150)
        self._wire()
        self.show_nothing()
        self._found.setText(NO_FILE)
        if path is not None:
            self.set_file(path)

    # What the frame asks

    def work(self, path: Path, skip_bad_rows: bool) -> Callable[[], Any]:
        workspace, complete, mapping = self.workspace, self.complete.isChecked(), self._mapping
        self.keep()
        return lambda: import_usage(workspace, path, mapping=mapping, complete=complete, skip_bad_rows=skip_bad_rows)

    def may_import(self) -> bool:
        return super().may_import() and not self._preview.lacking

    def look_at(self, path: Path, mapping: Any) -> Callable[[], Any]:
        return lambda: preview_usage(path, mapping)

    def show_seen(self, seen: UsagePreview) -> None:
        self._allow(True)
        self._table.show_preview(seen)
        self._words.show_words(seen.words)
        self._show_choices(seen)
        lines = f"{'' if seen.complete else 'More than '}{counted(seen.row_count, 'line')}"
        counts = f"{lines}, {counted(len(seen.columns), 'column')}."
        self._found.setText(" ".join([counts, *noted(seen.notes)]))
        needs = list(_needs(seen))
        self._needs.setText("\n".join(needs))
        self._needs.setVisible(bool(needs))

    def show_nothing(self) -> None:
        self._allow(False)
        self._table.show_nothing()
        self._words.show_words(())
        self._needs.hide()

    def _show_choices(self, seen: UsagePreview) -> None:
        """What is said or found about the whole file."""
        said = self._mapping.file
        offer(self._encoding, {name: name for name in ENCODINGS}, said.encoding, seen.encoding or "")
        names = {sign: name.capitalize() for sign, name in DELIMITERS.items()}
        offer(self._delimiter, names, said.delimiter, names.get(seen.delimiter or "", ""))
        offer(self._dates, {order: order for order in DATE_ORDERS}, said.dates, seen.dates or "")
        found = "a column says it" if any(each.meaning == "asset_type" for each in seen.columns) else ""
        every = {str(kind): f"Every line: {kind}" for kind in AssetType}
        offer(self._every, every, self._mapping.asset_type, found or str(seen.asset_type or ""))
        self._delimiter.setEnabled(seen.delimiter is not None)
        self._encoding.setEnabled(seen.encoding is not None)

    # What a person changes

    def _column_said(self, header: str, meaning: str | None) -> None:
        """A meaning has one column: the one that had it gives it up."""
        there: UsagePreview = self._preview
        fields = dict(self._mapping.fields)
        for column in there.columns:
            if meaning is not None and column.meaning == meaning:
                fields[column.header] = None
        fields[header] = meaning
        every = None if meaning == "asset_type" else self._mapping.asset_type
        self.say(fields=fields, asset_type=every)

    def _word_said(self, meaning: str, word: str, ours: object) -> None:
        name = "states" if meaning == "state" else "asset_types"
        words = {
            each: said for each, said in getattr(self._mapping, name).items() if plain_word(each) != plain_word(word)
        }
        self.say(**{name: {**words, word: ours}})

    def _every_said(self) -> None:
        said = self._every.currentData()
        fields = {header: each for header, each in self._mapping.fields.items() if each != "asset_type" or said is None}
        self.say(fields=fields, asset_type=AssetType(said) if said else None)

    def _file_said(self, name: str, combo: QComboBox) -> None:
        self.say(file=replace(self._mapping.file, **{name: combo.currentData()}))

    def _wire(self) -> None:
        for name, combo in (("encoding", self._encoding), ("delimiter", self._delimiter), ("dates", self._dates)):
            combo.activated.connect(lambda _index, name=name, combo=combo: self._file_said(name, combo))
        self._every.activated.connect(lambda _index: self._every_said())
        self._table.column_said.connect(self._column_said)
        self._words.word_said.connect(self._word_said)

    def _allow(self, seen: bool) -> None:
        """What a file can be told to be is grey until one is seen."""
        for widget in (self._every, self._dates, self._encoding, self._delimiter, self._table, self._words):
            widget.setEnabled(seen)


def _needs(seen: UsagePreview) -> Iterator[str]:
    """What a person still has to say, a sentence each."""
    if seen.lacking:
        names = " or ".join(f"the {NAMES[each][0].lower()}{NAMES[each][1:]}" for each in seen.lacking)
        yield f"No column is known to be {names}: choose it above the values."
    unknown = [each.word for each in seen.words if not each.known]
    if unknown:
        shown = ", ".join(f"“{word}”" for word in unknown[:3]) + (" …" if len(unknown) > 3 else "")
        are = "is not a word" if len(unknown) == 1 else "are no words"
        yield f"{shown} {are} known here: choose below what is meant. Their lines cannot be imported otherwise."
    if seen.ambiguous:
        yield "The dates may be day/month or month/day: choose their order."
