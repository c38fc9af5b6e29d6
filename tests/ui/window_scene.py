"""A workspace with a handful of segments and a real window on it, for the tests of list, actions and journeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from segment_manager.domain.plans import Action
from segment_manager.domain.rules import from_json
from segment_manager.domain.segments import Reason, SegmentSummary, Status
from segment_manager.operations import segments
from segment_manager.operations.jobs import finish
from segment_manager.operations.settings import change_setting
from segment_manager.operations.usage import import_usage
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace

EVERYTHING = from_json('{"everything": true}')
NAMES = ("Ärzte", "Berlin trials", "Churn risk", "Dormant leads", "Event Lisbon", "Free plan")
INACTIVE = ("Old webinar", "Price watchers")
USAGE = """asset_type,asset_id,asset_name,state,record_type,segment,started_on,ended_on
sequence,s1,Win-back Q4,live,Lead,Berlin trials,2026-01-01,
sequence,s2,Annual survey,paused,Lead,Churn risk,2026-01-01,
campaign,c1,Spring renewal,live,Lead,Dormant leads,2026-01-01,
"""


def summary(segment_id: int, name: str, **facts: object) -> SegmentSummary:
    """A hand-made row: Active, computed, used by nothing unless `facts` say otherwise."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    row = SegmentSummary(
        segment_id, 1, name, Status.ACTIVE, None, at, 10, at, False, False, False,
        0, 0, 0, 0, 0, 0, 0, at, at, at, "", (),
    )  # fmt: skip
    if facts.get("status") is Status.INACTIVE and "reason" not in facts:
        facts["reason"] = Reason.DEACTIVATED
    return row._replace(**facts)


def make_workspace(path: Path) -> Path:
    """Six Active and two Inactive segments of Lead, one of Contact, with sequences and a live campaign; no scan."""
    workspace = Workspace.create(path)
    change_setting(workspace, "auto_scan", False)
    for name in (*NAMES, *INACTIVE):
        segments.create(workspace, "Lead", name, EVERYTHING)
    segments.create(workspace, "Contact", "Contacts", EVERYTHING)
    usage = path.with_suffix(".csv")
    usage.write_text(USAGE, encoding="utf-8")
    finish(import_usage(workspace, usage))
    ids = [each + 1 + len(NAMES) for each in range(len(INACTIVE))]
    segments.carry_out(workspace, segments.plan(workspace, Action.DEACTIVATE, ids))
    workspace.close()
    return path


def named(path: Path) -> dict[str, SegmentSummary]:
    """Name → row, read by another program."""
    workspace = Workspace.open(path)
    try:
        return {each.name: each for each in queries.summaries(workspace)}
    finally:
        workspace.close()


@contextmanager
def opened(path: Path, qtbot) -> Iterator[WindowDriver]:
    """The real window on a workspace, its rows read; closed at the end."""
    from segment_manager.app import open_window

    window = open_window(path)
    driver = WindowDriver(window, qtbot)
    with qtbot.waitSignal(window.list.loaded, timeout=5000):
        pass
    driver.settle()
    yield driver
    for dialog in window.findChildren(QDialog):
        dialog.close()
    window.close()
    assert not window.isVisible()
    window.close()  # closing twice is no fault
    window.deleteLater()
    qtbot.waitUntil(lambda: window not in QApplication.topLevelWidgets(), timeout=5000)


class WindowDriver:
    """Does what a person does, by the names that the window promises."""

    def __init__(self, window, qtbot) -> None:
        self.window, self.qtbot = window, qtbot
        self.list = window.list
        self.table = window.list.view

    def settle(self) -> None:
        """Wait until jobs and reads are through and the list is up to date."""
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.window.jobs.is_idle, timeout=10000)
            self.qtbot.wait(60)

    def shown(self) -> list[str]:
        """The names in the list, in its order."""
        model = self.table.model()
        return [model.index(row, 1).data() for row in range(model.rowCount())]

    def selected(self) -> list[str]:
        """The selected names, sorted."""
        return sorted(index.siblingAtColumn(1).data() for index in self.table.selectionModel().selectedRows())

    def select(self, *names: str) -> None:
        """Select rows by name with Ctrl+click."""
        self.table.selectionModel().clearSelection()
        for name in names:
            index = self.table.model().index(self.shown().index(name), 1)
            self.qtbot.mouseClick(
                self.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier,
                self.table.visualRect(index).center(),
            )  # fmt: skip

    def act(self, name: str) -> None:
        """Trigger an action of the Segment menu by its object name."""
        action = self.window.actions_[name]
        assert action.isEnabled(), action.toolTip()
        action.trigger()

    def dialog(self, title: str) -> QDialog:
        """Wait for the dialog of a title."""
        self.qtbot.waitUntil(lambda: self.dialogs(title) != [], timeout=5000)
        return self.dialogs(title)[0]

    def dialogs(self, title: str | None = None) -> list[QDialog]:
        """The dialogs that are open."""
        found = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
        return [each for each in found if title is None or each.windowTitle() == title]

    def press(self, dialog: QDialog, text: str) -> None:
        """Press a button of a dialog by its text."""
        self.qtbot.mouseClick(button(dialog, text), Qt.MouseButton.LeftButton)
        self.settle()

    def until(self, wanted: Callable[[], bool]) -> None:
        """Wait for something to become true."""
        self.qtbot.waitUntil(wanted, timeout=5000)


def button(dialog: QDialog, text: str) -> QPushButton:
    """The button of this text."""
    found = {each.text(): each for each in dialog.findChildren(QPushButton)}
    assert text in found, sorted(found)
    return found[text]


def text_of(dialog: QDialog) -> str:
    """Everything a dialog says."""
    return dialog.accessibleDescription()


def rows(names: Sequence[str]) -> list[SegmentSummary]:
    """Hand-made rows of these names."""
    return [summary(place + 1, name) for place, name in enumerate(names)]
