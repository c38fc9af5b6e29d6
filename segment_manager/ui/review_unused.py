"""'Review unused segments': what the scan marked, would mark, and will mark soon, each with the evidence for it.

Stands apart because it is the program's main promise made visible: nothing is set aside that was not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.plans import Action
from segment_manager.operations import usage
from segment_manager.ui import icons, wording
from segment_manager.ui.dialogs import label
from segment_manager.ui.empty_state import EmptyState
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.light_table import LightTable
from segment_manager.ui.light_view import LightView
from segment_manager.ui.review_lists import SOON_DAYS, Line, Lists, Told, Which, columns, read

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

_VERBS = (
    (Action.RESUME, "Resume", "play"),
    (Action.KEEP_ACTIVE, "Keep active", "pin"),
    (Action.CLONE, "Clone", "copy"),
    (Action.DELETE, "Delete permanently…", "trash"),
)
DOUBTED = "The clock of this computer is in doubt"
_WHO_MAY = "This needs the role Sequence Manager or System Administrator; you are Viewer here."


class ReviewUnused(QDialog):
    """Shows the lists and acts on what is selected in them. `act(action, ids)` starts an action on some;
    `show_segments(ids, what they are)` asks the main list for them."""

    show_segments = Signal(list, str)

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        act: Callable[[Action, Sequence[int]], None],
        may_change: bool,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._jobs, self._act, self._may_change = workspace, jobs, act, may_change
        self._found: Lists | None = None
        self._which = Which.WOULD_BE
        self._days = 0
        self.setWindowTitle("Review unused segments")
        self.setAccessibleName("Review unused segments")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1160, 600)
        self._heading = label("Looking for unused segments…", "heading")
        self._text = label("", "muted")
        self._lists = QButtonGroup(self)
        self._periods = QButtonGroup(self)
        self._told = Told(workspace.now(), workspace.zone)
        self.table: LightTable[Line] = LightTable(
            columns(self._told),
            lambda row: row.summary.id,
            lambda row: f"{row.summary.name}\n{row.record_type}\n{row.said}",
            parent=self,
        )
        self.view = _EvidenceView(self.table, "Unused segments", self)
        self._make_parts()
        self._place()
        self._connect()
        self._selection_changed()
        self.load()

    def _make_parts(self) -> None:
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.setColumnWidth(0, self.table.columns[0].width)
        self._empty = EmptyState(self.view.viewport())
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search unused segments")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(260)
        self._chosen = QLabel("", self)
        self._chosen.setProperty("role", "muted")
        self._verbs = [(action, self._button(text, icon)) for action, text, icon in _VERBS]
        self._show = self._button("Show in list", "open")
        self._mark = self._button("Mark unused", "")
        self._mark.setProperty("kind", "primary")
        self._close = self._button("Close", "")

    def _button(self, text: str, icon: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        if icon:
            button.setIcon(icons.icon(icon))
            button.setIconSize(QSize(16, 16))
        return button

    def _place(self) -> None:
        choose = QHBoxLayout()
        choose.setSpacing(0)
        for place, which in enumerate(Which):
            button = self._toggle(which.value, place, len(Which))
            button.setChecked(which is self._which)
            self._lists.addButton(button, place)
            choose.addWidget(button)
        choose.addStretch(1)
        choose.addWidget(self.search)
        self._period_row = QWidget(self)
        self._period_places = QHBoxLayout(self._period_row)
        self._period_places.setContentsMargins(0, 0, 0, 0)
        self._period_places.setSpacing(0)
        acts = QHBoxLayout()
        for _, button in self._verbs:
            acts.addWidget(button)
        acts.addWidget(self._show)
        acts.addSpacing(8)
        acts.addWidget(self._chosen)
        acts.addStretch(1)
        acts.addWidget(self._close)
        acts.addWidget(self._mark)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 16)
        layout.setSpacing(10)
        layout.addLayout(choose)
        layout.addWidget(self._heading)
        layout.addWidget(self._text)
        layout.addWidget(self._period_row)
        layout.addWidget(self.view, 1)
        layout.addLayout(acts)

    def _toggle(self, text: str, place: int, number: int) -> QPushButton:
        button = QPushButton(text, self)
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setProperty("segment", "first" if not place else "last" if place == number - 1 else "middle")
        return button

    def _connect(self) -> None:
        self._lists.idClicked.connect(lambda place: self.choose(list(Which)[place]))
        self._periods.idClicked.connect(self._choose_days)
        self.search.textChanged.connect(self.table.narrow)
        self.table.counted.connect(self._say_nothing_there)
        self.view.chosen.connect(self._selection_changed)
        self.view.opened.connect(lambda segment_id: self.show_segments.emit([segment_id], "the one asked for"))
        self.view.delete_wanted.connect(partial(self._start, Action.DELETE))
        for action, button in self._verbs:
            button.clicked.connect(partial(self._start, action))
        self._show.clicked.connect(self._show_in_list)
        self._mark.clicked.connect(self._mark_all)
        self._close.clicked.connect(self.reject)
        self._jobs.changed.connect(self.load)

    # Reading and showing

    def load(self, *_: object) -> None:
        """Read the lists anew; what is selected stays selected."""
        self._jobs.read(lambda: read(self._workspace), while_there(self, self._take), key="review unused")

    def _take(self, found: Lists) -> None:
        first = self._found is None
        self._found = found
        self._told.now, self._told.zone = found.now, found.zone
        if first or self._days not in found.would_be:
            self._days = found.grace_days
            self._make_periods(found)
        if first and found.marked and not self._lines(Which.WOULD_BE):  # the scan ran by itself
            self._which = Which.MARKED
            self._lists.button(list(Which).index(Which.MARKED)).setChecked(True)
        for place, which in enumerate(Which):
            self._lists.button(place).setText(f"{which.value}: {len(self._lines(which)):,}")
        for button in self._periods.buttons():
            days = self._periods.id(button)
            own = ", the setting" if days == found.grace_days else ""
            button.setText(f"{wording.count(days, 'day')}{own}: {len(found.would_be[days]):,}")
        self._fill()

    def _make_periods(self, found: Lists) -> None:
        while (item := self._period_places.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.deleteLater()
        grace = label("With a grace period of   ")
        grace.setWordWrap(False)
        self._period_places.addWidget(grace)
        for place, days in enumerate(found.would_be):
            button = self._toggle("", place, len(found.would_be))
            button.setChecked(days == self._days)
            self._periods.addButton(button, days)
            self._period_places.addWidget(button)
        self._period_places.addStretch(1)

    def choose(self, which: Which) -> None:
        """Show one of the lists."""
        self._which = which
        self._lists.button(list(Which).index(which)).setChecked(True)
        self._fill()

    def _choose_days(self, days: int) -> None:
        self._days = days
        self._fill()

    def _lines(self, which: Which) -> list[Line]:
        if self._found is None:
            return []
        if which is Which.WOULD_BE:
            return self._found.would_be[self._found.grace_days]
        return self._found.soon if which is Which.SOON else self._found.marked

    def _fill(self) -> None:
        if self._found is None:
            return
        would_be = self._which is Which.WOULD_BE
        lines = self._found.would_be[self._days] if would_be else self._lines(self._which)
        doubt = self._doubt()
        self._period_row.setVisible(would_be and not doubt)
        self._heading.setText(DOUBTED if doubt else _heading(self._which, len(lines)))
        self._text.setText(doubt or _explained(self._which, self._days))
        self._mark.setVisible(would_be)
        number = len(lines)
        self._mark.setText(f"Mark {wording.count(number, 'segment')} unused" if number else "Mark unused")
        self._mark.setEnabled(bool(number) and self._may_change)
        self._mark.setToolTip(doubt if self._may_change else _WHO_MAY)
        self.table.set_rows(lines)
        self._selection_changed()

    def _doubt(self) -> str:
        """Why nothing can be said of days now; '' where it can, and for what the scan marked before."""
        if self._found is None or self._which is Which.MARKED:
            return ""
        return self._found.doubt or ""

    def _say_nothing_there(self) -> None:
        if self._found is None or self.table.rowCount():
            self._empty.hide()
        elif self._doubt():
            self._empty.say("Nothing is marked while the clock is in doubt", "", [])
        elif self.table.rows:
            self._empty.say("Nothing matches", "", [("Clear search", self.search.clear)])
        else:
            self._empty.say("Nothing to review here", "", [])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.view.viewport().rect())

    # Acting

    def _selection_changed(self) -> None:
        ids = self.view.selected_ids()
        marked = self._which is Which.MARKED
        for action, button in self._verbs:
            why = "" if ids else "Select segments first."
            if not self._may_change:
                why = _WHO_MAY
            elif action is Action.RESUME and not marked:
                why = "These segments are active already."
            elif action is Action.KEEP_ACTIVE and marked:
                why = "These segments are inactive: resume them first."
            button.setEnabled(not why)
            button.setToolTip(why)
        self._show.setEnabled(bool(ids))
        whole = self.table.rowCount()
        self._chosen.setText(f"{len(ids):,} selected of {whole:,}" if whole else "")

    def _start(self, action: Action) -> None:
        ids = self.view.selected_ids()
        if ids and self._may_change:
            self._act(action, ids)

    def _show_in_list(self) -> None:
        self.show_segments.emit(self.view.selected_ids(), f"unused, {self._which.value.lower()}")

    def _mark_all(self) -> None:
        days = self._days
        stop = self._jobs.is_cancelled
        self._jobs.run(lambda: usage.scan(self._workspace, days, stop), title="Marking unused segments")


class _EvidenceView(LightView):
    """A light view whose fourth column, the evidence, has what the others leave."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        QTableView.resizeEvent(self, event)


def _heading(which: Which, number: int) -> str:
    are = "is" if number == 1 else "are"
    if which is Which.WOULD_BE:
        said = wording.count(number, "Active segment") if number else "No Active segment"
        return f"{said} {are if number else 'is'} unused"
    if which is Which.SOON:
        become = "becomes" if number < 2 else "become"
        said = wording.count(number, "Active segment") if number else "No Active segment"
        return f"{said} {become} unused within {SOON_DAYS} days"
    said = wording.count(number, "segment") if number else "No segment"
    return f"{said} {are if number else 'is'} inactive because nothing used {'it' if number < 2 else 'them'}"


def _explained(which: Which, days: int) -> str:
    if which is Which.WOULD_BE:
        return (
            "Unused means: nothing live uses a segment, no Active rule refers to it, and it was last used more than "
            f"{wording.count(days, 'day')} ago. Marked, it becomes Inactive and keeps members, links and history; "
            "whatever uses it again makes it Active again."
        )
    if which is Which.SOON:
        return "If nothing begins to use them, the scan marks them by then. Keep active takes them out of its reach."
    return "The scan set them aside. They keep members, links and history, and whatever uses one again makes it Active."
