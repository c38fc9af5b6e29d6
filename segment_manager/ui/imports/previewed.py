"""The frame of imports whose file is looked at before: what is found is shown, what a person says is looked at anew.

Stands apart because records and usage differ only in what a column can mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSizePolicy, QWidget

from segment_manager.domain.errors import SegmentManagerError
from segment_manager.domain.mapping import Mapping
from segment_manager.ui.details.header import text_label
from segment_manager.ui.imports.import_dialog import ImportDialog
from segment_manager.ui.imports.kept_mappings import Kept, keep_mapping, kept_mapping, key_of
from segment_manager.ui.imports.outcome import BadRows
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "iso8859-1", "cp850", "shift_jis", "gb18030", "big5")
FOUND = "As found"
_COLUMNS = 4


class PreviewedImport(ImportDialog):
    """Subclasses say how a file is looked at and show what was seen; what was said is kept for the same columns."""

    mapping_kind: ClassVar[type[Kept]] = Mapping

    def __init__(self, workspace: Workspace, jobs: Jobs, parent: QWidget | None = None) -> None:
        self._mapping: Any = self.mapping_kind()
        self._kept_under: str | None = None
        self._turn = 0
        self._preview: Any = None
        self._found = text_label("", "muted")
        self._problems = BadRows()
        super().__init__(workspace, jobs, None, parent)
        self._problems.setMaximumHeight(140)
        self._problems.hide()

    # What subclasses say

    def look_at(self, path: Path, mapping: Any) -> Callable[[], Any]:
        """What the reading thread is to do: a callable that gives the preview."""
        raise NotImplementedError

    def show_seen(self, seen: Any) -> None:
        """Show a preview."""
        raise NotImplementedError

    def show_nothing(self) -> None:
        """The file cannot be read: show none."""
        raise NotImplementedError

    # What the frame asks

    def may_import(self) -> bool:
        return self._preview is not None

    def file_chosen(self, path: Path) -> None:
        """Look at another file, at first with nothing said about it, then with what was kept for its columns."""
        self._mapping, self._kept_under = self.mapping_kind(), None
        self.look()

    def keep(self) -> None:
        """Keep what was said for the next file with the same columns."""
        if self._kept_under is not None:
            keep_mapping(self._kept_under, self._mapping)

    # Looking

    def look(self) -> None:
        """Look at the file with what is said now."""
        path = self.file()
        if path is None:
            return
        self._turn += 1
        turn = self._turn
        self._found.setText("Reading the beginning of the file…")
        self.jobs.read(
            self.look_at(path, self._mapping),
            while_there(self, lambda seen: self._looked(turn, seen)),
            key="file preview",
            failed=while_there(self, lambda error: self._not_looked(turn, error)),
        )

    def _looked(self, turn: int, seen: Any) -> None:
        if turn != self._turn:
            return
        if self._kept_under is None:
            self._kept_under = key_of([column.header for column in seen.columns], self.mapping_kind)
            kept = kept_mapping(self._kept_under, self.mapping_kind)
            if kept is not None:
                self._mapping = kept
                self.look()
                return
        self._preview = seen
        self.error.say("")
        with self._focus_kept():
            self.show_seen(seen)
        self._problems.setVisible(bool(seen.problems))
        self._problems.show_rows(seen.problems)
        self._ready()

    @contextmanager
    def _focus_kept(self) -> Iterator[None]:
        """The keyboard stays at the choice it was at, though the tables make their choices anew."""
        focused = self.focusWidget()
        name = focused.accessibleName() if focused is not None else ""
        yield
        alike = [each for each in self.findChildren(QWidget) if name and each.accessibleName() == name]
        if alike:
            alike[-1].setFocus()  # the newest: those before it are on their way out

    def _not_looked(self, turn: int, error: BaseException) -> None:
        if turn != self._turn:
            return
        self._preview = None
        self._found.setText("")
        self.show_nothing()
        self._problems.hide()
        self.error.say(str(error) if isinstance(error, SegmentManagerError) else f"The file cannot be read: {error}")
        self._ready()

    def say(self, **parts: Any) -> None:
        """A person said something about the file: look again with it."""
        self._mapping = replace(self._mapping, **parts)
        self.look()


def choices_grid(places: Sequence[tuple[str, QWidget]]) -> QGridLayout:
    """What can be said about the whole file, each under its name."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    for place, (name, widget) in enumerate(places):
        row, column = divmod(place, _COLUMNS)
        label = QLabel(name)
        label.setProperty("role", "muted")
        label.setBuddy(widget)
        grid.addWidget(label, 2 * row, column)
        grid.addWidget(widget, 2 * row + 1, column)
        widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        grid.setColumnStretch(column, 1)
    return grid


def offer(combo: QComboBox, entries: dict[str, str], said: str | None, found: str) -> None:
    """Fill a drop-down with 'As found (…)' and the entries; what is said is chosen."""
    combo.clear()
    combo.addItem(f"{FOUND} ({found})" if found else FOUND, None)
    for data, text in entries.items():
        combo.addItem(text, data)
    if said is not None and combo.findData(said) < 0:
        combo.addItem(said, said)
    combo.setCurrentIndex(combo.findData(said) if said is not None else 0)
