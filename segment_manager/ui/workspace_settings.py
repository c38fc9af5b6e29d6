"""'Workspace settings': the grace period, the automatic scan, time zone, and who may do what.

Stands apart because it is the administrator's page; everybody else may look at it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, cast
from zoneinfo import available_timezones

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.changes import Change
from segment_manager.domain.segments import Role
from segment_manager.domain.usage import AssetType
from segment_manager.operations import settings as operations
from segment_manager.storage import queries
from segment_manager.ui.dialogs import label, show_error
from segment_manager.ui.jobs import Jobs

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class _Found(NamedTuple):
    settings: dict[str, object]
    people: list[tuple[str, Role]]
    role: Role


class WorkspaceSettings(QDialog):
    """Shows the settings as they are and saves those that were changed."""

    def __init__(self, workspace: Workspace, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace, self._jobs = workspace, jobs
        self._found: _Found | None = None
        self.setWindowTitle("Workspace settings")
        self.setMinimumWidth(500)
        self.finished.connect(self.deleteLater)
        self._note = label("", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 16)
        layout.setSpacing(10)
        layout.addWidget(label("Workspace settings", "heading"))
        layout.addWidget(self._note)
        layout.addWidget(self._make_scan())
        layout.addWidget(self._make_time())
        layout.addWidget(self._make_people())
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = QPushButton("Cancel", self)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self._save = QPushButton("Save settings", self)
        self._save.setProperty("kind", "primary")
        self._save.setDefault(True)
        self._save.clicked.connect(self._save_changed)
        row.addWidget(cancel)
        row.addWidget(self._save)
        layout.addLayout(row)
        self._load()

    def _make_scan(self) -> QGroupBox:
        box = QGroupBox("Unused segments", self)
        form = QFormLayout(box)
        self._grace = QSpinBox(box)
        self._grace.setRange(0, 36500)
        self._grace.setSuffix(" days")
        self._auto = QCheckBox("Scan when the workspace opens, after usage changes, and once a day", box)
        self._anyway = QCheckBox("Allow deactivating and deleting what is in live use (“… anyway”)", box)
        kinds = QGridLayout()
        kinds.setContentsMargins(0, 0, 0, 0)
        self._counted = {kind: QCheckBox(f"{str(kind).capitalize()}s", box) for kind in AssetType}
        for place, check in enumerate(self._counted.values()):
            kinds.addWidget(check, place // 4, place % 4)
        form.addRow("Grace period", self._grace)
        form.addRow("Kept active by", kinds)
        form.addRow(self._auto)
        form.addRow(self._anyway)
        return box

    def _make_time(self) -> QGroupBox:
        box = QGroupBox("Time", self)
        form = QFormLayout(box)
        self._zone = QComboBox(box)
        self._zone.setEditable(True)
        self._zone.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._zone.addItems(sorted(available_timezones()))
        self._zone.setMaxVisibleItems(15)
        self._week = QComboBox(box)
        self._week.addItems(list(_DAYS))
        form.addRow("Time zone", self._zone)
        form.addRow("Weeks begin on", self._week)
        return box

    def _make_people(self) -> QGroupBox:
        box = QGroupBox("Members and roles", self)
        column = QVBoxLayout(box)
        self._people = QListWidget(box)
        self._people.setAccessibleName("Members")
        self._people.setMaximumHeight(110)
        self._login = QLineEdit(box)
        self._login.setPlaceholderText("Login name")
        self._login.setAccessibleName("Login name")
        self._role = QComboBox(box)
        self._role.setAccessibleName("Role")
        self._role.addItems([str(role) for role in Role])
        self._set = QPushButton("Set role", box)
        self._set.setAutoDefault(False)
        self._set.clicked.connect(self._set_role)
        self._remove = QPushButton("Remove", box)
        self._remove.setAutoDefault(False)
        self._remove.clicked.connect(self._remove_person)
        row = QHBoxLayout()
        for widget in (self._login, self._role, self._set, self._remove):
            row.addWidget(widget)
        column.addWidget(self._people)
        column.addLayout(row)
        self._people.currentItemChanged.connect(lambda item, before: self._person_chosen(item))
        return box

    def _load(self) -> None:
        self._jobs.read(
            lambda: _Found(queries.settings(self._workspace), queries.people(self._workspace), self._workspace.role()),
            self._take,
            key="workspace settings",
        )

    def _take(self, found: _Found) -> None:
        self._found = found
        values = found.settings
        self._grace.setValue(int(str(values["grace_days"])))
        counted = cast("list[str]", values["counted_types"])
        for kind, check in self._counted.items():
            check.setChecked(kind in counted)
        self._auto.setChecked(bool(values["auto_scan"]))
        self._anyway.setChecked(bool(values["anyway_allowed"]))
        self._zone.setCurrentText(str(values["time_zone"]))
        self._week.setCurrentIndex(int(str(values["week_start"])))
        self._people.clear()
        for login, role in found.people:
            self._people.addItem(f"{login} — {role}")
            self._people.item(self._people.count() - 1).setData(Qt.ItemDataRole.UserRole, (login, str(role)))
        may = found.role is Role.SYSTEM_ADMINISTRATOR
        self._note.setText("" if may else f"Only a System Administrator can change these; you are {found.role}.")
        self._note.setVisible(not may)
        for box in self.findChildren(QGroupBox):
            box.setEnabled(may)
        self._save.setEnabled(may)

    def _person_chosen(self, item: object) -> None:
        current = self._people.currentItem()
        if current is not None:
            login, role = current.data(Qt.ItemDataRole.UserRole)
            self._login.setText(login)
            self._role.setCurrentText(role)

    def _set_role(self) -> None:
        login, role = self._login.text(), Role(self._role.currentText())
        self._change(lambda: operations.set_role(self._workspace, login, role))

    def _remove_person(self) -> None:
        login = self._login.text()
        self._change(lambda: operations.remove_person(self._workspace, login))

    def _change(self, work: Callable[[], Change], then: Callable[[], None] | None = None) -> None:
        after = then or self._load
        self._jobs.run(
            work, title="Saving settings", done=lambda change: after(), failed=self._failed, cancellable=False
        )

    def _failed(self, error: BaseException) -> None:
        show_error(self, error)

    def _save_changed(self) -> None:
        if self._found is None:
            return
        chosen: dict[str, object] = {
            "grace_days": self._grace.value(),
            "counted_types": [str(kind) for kind, check in self._counted.items() if check.isChecked()],
            "auto_scan": self._auto.isChecked(),
            "anyway_allowed": self._anyway.isChecked(),
            "time_zone": self._zone.currentText(),
            "week_start": self._week.currentIndex(),
        }
        changed = {name: value for name, value in chosen.items() if value != self._found.settings[name]}
        if not changed:
            self.accept()
            return

        def save() -> Change:
            outcome = Change("")
            for name, value in changed.items():
                outcome = operations.change_setting(self._workspace, name, value)
            if len(changed) == 1:
                return outcome
            return Change(f"{len(changed)} settings are changed.", everything=True, undo_label=outcome.undo_label)

        self._change(save, self.accept)
