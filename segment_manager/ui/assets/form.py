"""A small dialog that asks for something, does it as a job, and stays open with the reason where it was refused.

Stands apart as the frame of every dialog about assets.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCheckBox, QDateEdit, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segment_manager.domain.changes import Change
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.prompts import Prompt

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

Done = Callable[[Change], object]


class Form(Prompt):
    """A prompt whose one action is a job; `done` is told of the Change."""

    def __init__(
        self, title: str, heading: str, action: str, workspace: Workspace, jobs: Jobs, done: Done, parent: QWidget
    ) -> None:
        super().__init__(title, heading, action, parent)
        self.workspace, self.jobs = workspace, jobs
        self._done = done
        self.setAccessibleName(title)
        self.setAccessibleDescription(heading)
        self.setMinimumWidth(440)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setStretchFactor(self.body, 1)
        self.problem.setObjectName("problem")
        self.action.clicked.connect(self.act)

    def work(self) -> Callable[[], Change]:
        """What the action does, with what is filled in now."""
        raise NotImplementedError

    def act(self) -> None:
        """Do it as a job; close when it is done."""
        self.setEnabled(False)
        self.jobs.run(
            self.work(),
            title=self.windowTitle(),
            done=while_there(self, self._finish),
            failed=while_there(self, self.say_problem),
            cancellable=False,
        )

    def _finish(self, change: Change) -> None:
        self.accept()
        self._done(change)


class UseDates(QWidget):
    """The first and the last day of a use; either may be left open."""

    def __init__(
        self, started_on: date | None, ended_on: date | None, today: date, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.since, self._since_day = self._add(row, "Since", "First day", started_on, today)
        row.addSpacing(14)
        self.until, self._until_day = self._add(row, "Until", "Last day", ended_on, today)
        row.addStretch(1)

    def _add(
        self, row: QHBoxLayout, text: str, name: str, value: date | None, today: date
    ) -> tuple[QCheckBox, QDateEdit]:
        box = QCheckBox(text, self)
        box.setChecked(value is not None)
        shown = value or today
        day = QDateEdit(QDate(shown.year, shown.month, shown.day), self)
        day.setDisplayFormat("d MMM yyyy")
        day.setCalendarPopup(True)
        day.setAccessibleName(name)
        day.setEnabled(box.isChecked())
        box.toggled.connect(day.setEnabled)
        row.addWidget(box)
        row.addWidget(day)
        return box, day

    def days(self) -> tuple[date | None, date | None]:
        """First and last day as they are chosen now."""
        first = _date(self._since_day) if self.since.isChecked() else None
        last = _date(self._until_day) if self.until.isChecked() else None
        return first, last

    def choose(self, started_on: date | None, ended_on: date | None) -> None:
        """Fill in other days."""
        for box, field, value in ((self.since, self._since_day, started_on), (self.until, self._until_day, ended_on)):
            box.setChecked(value is not None)
            if value is not None:
                field.setDate(QDate(value.year, value.month, value.day))


def _date(field: QDateEdit) -> date:
    day = field.date()
    return date(day.year(), day.month(), day.day())


def no_enter(button: QPushButton) -> QPushButton:
    """A button of a window, which Enter elsewhere never presses."""
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
