"""'Bring back segments': choose a backup and, of the segments deleted since, those that shall come back.

Stands apart from restoring a workspace: everything done since stays, and only what was deleted returns.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QPushButton, QWidget

from segment_manager.domain.changes import Change
from segment_manager.operations import bring_back, care
from segment_manager.ui import wording
from segment_manager.ui.dialogs import label
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.light_table import LightColumn, LightTable
from segment_manager.ui.light_view import LightView
from segment_manager.ui.prompts import Prompt

if TYPE_CHECKING:
    from segment_manager.operations.bring_back import DeletedSegment
    from segment_manager.storage.workspace import Workspace

_AUTOMATIC = re.compile(r"^([0-9-]{10}) ([0-9]{2})([0-9]{2})[0-9]{2} (.+)$")


class BringBack(Prompt):
    """Lists what a backup holds and the workspace no longer does, and puts the chosen ones back in one step."""

    def __init__(self, workspace: Workspace, jobs: Jobs, parent: QWidget) -> None:
        super().__init__("Bring back segments", "Which segments shall come back?", "Bring back", parent)
        self._workspace, self._jobs = workspace, jobs
        self.resize(640, 520)
        self.backups = QComboBox(self)
        self.backups.setAccessibleName("Backup")
        self.backups.setMinimumContentsLength(30)
        self._other = QPushButton("Another file…", self)
        self._other.setAutoDefault(False)
        self._other.clicked.connect(self._choose_file)
        self.table: LightTable[DeletedSegment] = LightTable(
            _COLUMNS, lambda row: row.id, lambda row: row.name, parent=self
        )
        self.view = LightView(self.table, "Deleted segments", self)
        self._told = label("", "muted")
        row = QHBoxLayout()
        row.addWidget(label("From the backup"))
        row.addWidget(self.backups, 1)
        row.addWidget(self._other)
        self.body.addLayout(row)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self._told)
        self.body.addWidget(
            label("They come back with rule, tags, members and uses, and with the status they had.", "muted")
        )
        self.view.chosen.connect(self._follow)
        self.action.clicked.connect(self._bring_back)
        self.backups.currentIndexChanged.connect(lambda place: self._read())
        self._follow()
        jobs.read(lambda: care.backups(workspace), while_there(self, self._offer), key="backups", failed=self._failed)

    def _failed(self, error: BaseException) -> None:
        while_there(self, self.say_problem)(error)

    def _offer(self, found: list[Path]) -> None:
        for path in found:
            self.backups.addItem(_AUTOMATIC.sub(r"\1 \2:\3, \4", path.stem), path)
        if not found:
            self._told.setText("There is no backup beside this workspace. Choose a file, if there is one elsewhere.")

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, "Choose a backup", str(self._workspace.path.parent), "Backups (*.backup *.segments);;All files (*)"
        )
        if chosen:
            self.backups.insertItem(0, Path(chosen).name, Path(chosen))
            self.backups.setCurrentIndex(0)

    def _read(self) -> None:
        backup = self.backups.currentData()
        self.problem.hide()
        self.table.set_rows([])
        self._told.setText("Looking into the backup…")
        self._jobs.read(
            lambda: bring_back.in_backup(self._workspace, backup),
            while_there(self, self._show),
            key="in backup",
            failed=self._unreadable,
        )

    def _unreadable(self, error: BaseException) -> None:
        while_there(self, self._told.setText)("")
        self._failed(error)

    def _show(self, found: list[DeletedSegment]) -> None:
        self.table.set_rows(found)
        deleted = wording.count(len(found), "segment")
        self._told.setText(
            f"{deleted} of this backup {'was' if len(found) == 1 else 'were'} deleted since."
            if found
            else "Nothing was deleted since this backup was made. An earlier one may hold what you look for."
        )
        if len(found) == 1:
            self.view.selectRow(0)
        self.view.setFocus()
        self._follow()

    def _follow(self) -> None:
        chosen = self.view.selected_rows()
        taken = [row.name for row in chosen if row.name_taken]
        self.action.setText("Bring back" if not chosen else f"Bring back {wording.count(len(chosen), 'segment')}")
        self.action.setEnabled(bool(chosen) and not taken)
        self.problem.setVisible(bool(taken))
        if taken:
            self.problem.setText(f"Another segment is called “{taken[0]}” now. Rename that one first.")

    def _bring_back(self) -> None:
        backup, ids = self.backups.currentData(), self.view.selected_ids()
        if not ids:
            return
        self.setEnabled(False)
        self._jobs.run(
            lambda: bring_back.bring_back(self._workspace, backup, ids),
            title="Bringing back segments",
            done=while_there(self, self._done),
            failed=self._failed,
            cancellable=False,
        )

    def _done(self, change: Change) -> None:
        self.accept()


_COLUMNS: tuple[LightColumn[DeletedSegment], ...] = (
    LightColumn("Name", 260, lambda row: row.name, lambda row: row.name.casefold()),
    LightColumn("Record type", 110, lambda row: row.record_type, lambda row: row.record_type.casefold()),
    LightColumn("Status then", 100, lambda row: row.status.capitalize(), lambda row: row.status),
    LightColumn("Members", 90, lambda row: wording.number(row.members), lambda row: row.members or -1, right=True),
)
