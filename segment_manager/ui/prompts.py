"""Small dialogs that ask for a name, for tags, or for one of a few things.

Stands apart from dialogs.py, whose questions are answered by a button alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.errors import SegmentManagerError
from segment_manager.domain.segments import NAME_LIMIT, SegmentSummary
from segment_manager.operations import segments
from segment_manager.ui.dialogs import label, shortened, show_error
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.wording import count, menu_text

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace


class Prompt(QDialog):
    """A heading, what the subclass puts under it, a line for what went wrong, Cancel and one action."""

    def __init__(self, title: str, heading: str, action: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(420)
        self.finished.connect(self.deleteLater)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 16)
        layout.setSpacing(10)
        layout.addWidget(label(shortened(heading), "heading"))
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        layout.addLayout(self.body)
        self.problem = label("", "error")
        self.problem.hide()
        layout.addWidget(self.problem)
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = QPushButton("Cancel", self)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.action = QPushButton(action, self)
        self.action.setProperty("kind", "primary")
        self.action.setDefault(True)
        row.addWidget(cancel)
        row.addWidget(self.action)
        layout.addLayout(row)

    def say_problem(self, error: BaseException) -> None:
        """Stay open and say why it was not done."""
        self.setEnabled(True)
        if not isinstance(error, SegmentManagerError):
            self.reject()
            show_error(self.parentWidget(), error)
            return
        self.problem.setText(str(error))
        self.problem.show()


class RenameSegment(Prompt):
    """Asks for another name and renames; a name that is taken is said in the dialog."""

    def __init__(self, workspace: Workspace, jobs: Jobs, segment: SegmentSummary, parent: QWidget) -> None:
        super().__init__("Rename segment", f"Rename “{segment.name}”", "Rename", parent)
        self._workspace, self._jobs, self._id = workspace, jobs, segment.id
        self.field = QLineEdit(segment.name, self)
        self.field.setAccessibleName("Name")
        self.field.setMaxLength(NAME_LIMIT + 50)
        self.field.selectAll()
        self.body.addWidget(self.field)
        self.body.addWidget(label("Rules that refer to it go on referring to it under the new name.", "muted"))
        self.action.clicked.connect(self._rename)

    def _rename(self) -> None:
        name = self.field.text()
        self.setEnabled(False)
        self._jobs.run(
            lambda: segments.edit(self._workspace, self._id, name=name),
            title="Renaming",
            done=lambda change: self.accept(),
            failed=self.say_problem,
            cancellable=False,
        )


class TagSegments(Prompt):
    """Adds tags to segments and takes tags from them; a half-checked tag is on some of them and stays so."""

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        ids: Sequence[int],
        name: str,
        known: Iterable[tuple[str, ...]],
        parent: QWidget,
    ) -> None:
        """`name` is that of the first segment, `known` the tags of each."""
        number = len(ids)
        heading = f"Tags of “{name}”" if number == 1 else f"Tags of {count(number, 'segment')}"
        super().__init__("Tags", heading, "Save tags", parent)
        self._workspace, self._jobs, self._ids = workspace, jobs, list(ids)
        self._boxes: list[tuple[str, QCheckBox]] = []
        found = Counter(chain.from_iterable(known))
        if found:
            self._add_boxes(found, number)
        title = QLabel("Add tags, separated by commas", self)
        self.field = QLineEdit(self)
        self.field.setAccessibleName("Add tags")
        title.setBuddy(self.field)
        self.body.addWidget(title)
        self.body.addWidget(self.field)
        self.field.setFocus()
        self.action.clicked.connect(self._save)

    def _add_boxes(self, found: Counter[str], number: int) -> None:
        holder = QWidget(self)
        column = QVBoxLayout(holder)
        column.setContentsMargins(4, 2, 4, 2)
        for tag in sorted(found):
            box = QCheckBox(menu_text(tag), holder)
            some = found[tag] < number
            box.setTristate(some)
            box.setCheckState(Qt.CheckState.PartiallyChecked if some else Qt.CheckState.Checked)
            self._boxes.append((tag, box))
            column.addWidget(box)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(holder)
        area.setMaximumHeight(220)
        self.body.addWidget(area)

    def _save(self) -> None:
        add = [each.strip() for each in self.field.text().split(",") if each.strip()]
        add += [tag for tag, box in self._boxes if box.checkState() == Qt.CheckState.Checked]
        remove = [tag for tag, box in self._boxes if box.checkState() == Qt.CheckState.Unchecked]
        self.setEnabled(False)
        self._jobs.run(
            lambda: segments.tag(self._workspace, self._ids, add, remove),
            title="Saving tags",
            done=lambda change: self.accept(),
            failed=self.say_problem,
            cancellable=False,
        )


class Choose(Prompt):
    """Asks for one of several things and tells the place of the chosen one."""

    def __init__(
        self,
        title: str,
        heading: str,
        choices: Sequence[str],
        action: str,
        chosen: Callable[[int], None],
        parent: QWidget,
    ) -> None:
        super().__init__(title, heading, action, parent)
        self.list = QListWidget(self)
        self.list.setAccessibleName(heading)
        self.list.addItems(list(choices))
        self.list.setCurrentRow(0)
        self.list.setMaximumHeight(260)
        if len(choices) > 10:
            search = QLineEdit(self)
            search.setPlaceholderText("Search")
            search.setAccessibleName("Search names")
            search.textChanged.connect(self._filter)
            self.body.addWidget(search)
        self.list.itemDoubleClicked.connect(lambda item: self.action.click())
        self.body.addWidget(self.list)
        self._chosen = chosen
        self.action.clicked.connect(self._choose)

    def _filter(self, text: str) -> None:
        first = -1
        for place in range(self.list.count()):
            item = self.list.item(place)
            item.setHidden(text.casefold() not in item.text().casefold())
            if first < 0 and not item.isHidden():
                first = place
        self.list.setCurrentRow(first)

    def _choose(self) -> None:
        place = self.list.currentRow()
        self.accept()
        if place >= 0:
            self._chosen(place)
