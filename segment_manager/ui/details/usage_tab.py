"""Usage: everything that uses the segment, what keeps it active first; and what its own rule uses.

Stands apart as one of the tabs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QTreeWidgetItem, QVBoxLayout, QWidget

from segment_manager.domain.changes import Change
from segment_manager.domain.segments import Role
from segment_manager.domain.usage import AssetType, Reference
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.formats import counted
from segment_manager.ui.details.header import text_label
from segment_manager.ui.details.usage_tree import Surroundings, UsageTree, read_surroundings
from segment_manager.ui.dialogs import notice
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace
    from segment_manager.ui.assets.asset_acts import AssetActs

WHO_MAY = f"Needs the role {Role.SEQUENCE_MANAGER} or {Role.SYSTEM_ADMINISTRATOR}."


class UsageTab(QWidget):
    """A tree: a group for each type of asset, one for the segments whose rules use this one, one for those it uses.

    `segment_requested(id)` and `asset_requested(row id)` ask for another segment and for the Assets window. Without a
    workspace and jobs it only shows what it is given.
    """

    segment_requested = Signal(int)
    asset_requested = Signal(int)

    def __init__(
        self, workspace: Workspace | None = None, jobs: Jobs | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("usage_tab")
        self._workspace, self._jobs = workspace, jobs
        self._facts: Facts | None = None
        self._rows: dict[tuple[AssetType, str], int] = {}
        self._may_change = False
        self._made_acts: AssetActs | None = None
        self._sentence = text_label()
        self._sentence.setObjectName("usage_sentence")
        self._tree = UsageTree(workspace, jobs)
        self._buttons = {
            "add": self._button("Add use…", "Add a use of this segment", self._add),
            "dates": self._button("Dates…", "Change the first and last day of this use", self._edit_dates),
            "end": self._button("End", "End this use: yesterday becomes its last day", self._end),
            "remove": self._button("Remove", "Take this use away, as if it had been a mistake", self._remove),
        }
        self._place()
        self._follow()

    def _button(self, text: str, hint: str, call: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.setAccessibleName(hint)
        button.setProperty("hint", hint)
        button.setVisible(self._jobs is not None)
        button.clicked.connect(lambda checked=False: call())
        return button

    def _place(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in self._buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(self._sentence)
        column.addLayout(row)
        column.addWidget(self._tree, 1)
        self._tree.itemActivated.connect(self._activated)
        self._tree.itemDoubleClicked.connect(self._activated)
        self._tree.currentItemChanged.connect(lambda *_: self._follow())
        self._tree.customContextMenuRequested.connect(self._open_menu)

    # What is shown

    def show_facts(self, facts: Facts) -> None:
        """Show what uses a segment, and what it uses."""
        if self._facts is None or self._facts.summary.id != facts.summary.id:
            self._rows = {}
        self._facts = facts
        self._sentence.setText(_sentence(facts))
        self._tree.show_facts(facts)
        self._follow()
        workspace, segment_id = self._workspace, facts.summary.id
        if workspace is not None and self._jobs is not None:
            self._jobs.read(
                lambda: read_surroundings(workspace, segment_id),
                while_there(self, lambda found: self._take(segment_id, found)),
                key="usage of the segment",
            )

    def _take(self, segment_id: int, found: Surroundings) -> None:
        if self._facts is not None and self._facts.summary.id == segment_id:
            self._rows, self._may_change = found.rows, found.may_change
            self._tree.show_surroundings(found)
            self._follow()

    # What can be done

    @property
    def _current(self) -> Reference | None:
        """The use that is current in the tree."""
        return self._tree.reference(self._tree.currentItem())

    def _row_id(self, reference: Reference | None) -> int | None:
        return self._rows.get((reference.asset_type, reference.asset_id)) if reference is not None else None

    def _activated(self, item: QTreeWidgetItem) -> None:
        segment_id, row_id = self._tree.segment_id(item), self._row_id(self._tree.reference(item))
        if segment_id is not None:
            self.segment_requested.emit(segment_id)
        elif row_id is not None:
            self.asset_requested.emit(row_id)

    def _follow(self) -> None:
        on_use = self._row_id(self._current) is not None
        for name, button in self._buttons.items():
            button.setEnabled(self._may_change and (on_use or name == "add"))
            button.setToolTip(str(button.property("hint")) if self._may_change else WHO_MAY)

    @property
    def _acts(self) -> AssetActs:
        if self._made_acts is None:
            from segment_manager.ui.assets.asset_acts import AssetActs  # which uses parts of this package

            assert self._workspace is not None
            assert self._jobs is not None
            self._made_acts = AssetActs(self._workspace, self._jobs, self)
            self._made_acts.told.connect(self._tell)
        return self._made_acts

    def _tell(self, change: Change) -> None:
        """What was done is told by the window; only it does not speak where nothing was."""
        if not change:
            notice(self, "Nothing to do", change.message)

    def _add(self) -> None:
        if self._facts is not None:
            self._acts.link_asset((self._facts.summary.id, self._facts.summary.name))

    def _edit_dates(self) -> None:
        reference, row_id = self._current, self._row_id(self._current)
        if reference is not None and row_id is not None:
            self._acts.edit_dates(
                (row_id, reference.asset_name),
                (reference.segment_id, reference.segment_name),
                (reference.started_on, reference.ended_on),
            )

    def _end(self) -> None:
        reference, row_id = self._current, self._row_id(self._current)
        if reference is not None and row_id is not None:
            self._acts.end_uses(row_id, [reference.segment_id])

    def _remove(self) -> None:
        reference, row_id = self._current, self._row_id(self._current)
        if reference is not None and row_id is not None:
            self._acts.remove_uses(row_id, [reference.segment_id])

    def _open_menu(self, spot: QPoint) -> None:
        item = self._tree.itemAt(spot)
        menu = QMenu(self._tree)
        if item is not None and self._tree.segment_id(item) is not None:
            menu.addAction("Show segment", lambda: self._activated(item))
        elif item is not None and self._row_id(self._tree.reference(item)) is not None:
            menu.addAction("Open asset", lambda: self._activated(item))
            menu.addSeparator()
            for name, text in (("dates", "Edit dates…"), ("end", "End use"), ("remove", "Remove use")):
                action = menu.addAction(text, self._buttons[name].click)
                action.setEnabled(self._may_change)
        if menu.isEmpty():
            return
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._tree.viewport().mapToGlobal(spot))


def _sentence(facts: Facts) -> str:
    live = len(facts.live_references)
    if not facts.references and not facts.dependents:
        used = "Nothing uses this segment."
    elif not live and not facts.active_dependents:
        used = "Nothing of this keeps the segment active."
    else:
        rules = len(facts.active_dependents)
        uses = counted(live, "live use") if live else ""
        of_rules = f"the rules of {counted(rules, 'active segment')}" if rules else ""
        used = f"Kept active by {' and '.join(filter(None, (uses, of_rules)))}."
    if facts.connections:
        used += f" {counted(facts.connections, 'record')} came into sequences through it and stay connected."
    return used
