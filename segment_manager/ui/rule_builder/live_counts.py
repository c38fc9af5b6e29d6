"""Asks for counts and values in the background while a person works on a rule; the newest question wins.

Stands apart because only it knows jobs and workspace: builder and preview are told what there is to show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from segment_manager.domain.errors import Cancelled
from segment_manager.domain.rules import Rule
from segment_manager.operations.rule_counts import FieldValues, RuleCount, RuleCounts, ValueCounts
from segment_manager.ui.jobs import Jobs

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

WAIT = 120


class LiveCounts(QObject):
    """Counts the newest rule a moment after the last change. `counted(RuleCount)` comes once or in several steps;
    `failed(str)` says why there is no count, which stops nobody from going on."""

    counted = Signal(object)
    failed = Signal(str)

    def __init__(
        self, workspace: Workspace, jobs: Jobs, record_type: str, segment_id: int | None, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._counts = RuleCounts(workspace, record_type, segment_id)
        self._values = FieldValues(workspace, record_type)
        self._key = f"rule counts {id(self)}"
        self._rule: Rule | None = None
        self._turn = 0
        self._closed = False
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(WAIT)
        self._waiting.timeout.connect(self._ask)

    def count(self, rule: Rule | None) -> None:
        """Count this rule soon, finished or not; what is counted now is stopped. None: there is nothing to count."""
        self._turn += 1
        self._rule = rule
        self._counts.stop()
        if rule is None or self._closed:
            self._waiting.stop()
        else:
            self._waiting.start()

    def close(self) -> None:
        """Stop everything; nothing is told any more."""
        self._closed = True
        self.count(None)
        self._values.stop()

    def ask(self, field: str, prefix: str, told: Callable[[ValueCounts], None]) -> None:
        """The values of a field that begin with a text (see completion.Suggestions)."""
        values = self._values

        def tell(found: ValueCounts) -> None:
            if is_there_still(self) and not self._closed:
                told(found)

        self._jobs.read(
            lambda: values.listed(field, prefix), tell, key=f"values {id(self)}", failed=lambda _error: None
        )

    def _ask(self) -> None:
        rule, turn, counts = self._rule, self._turn, self._counts
        if rule is None:
            return
        self._jobs.read(
            lambda: counts.count(rule),
            lambda found: self._told(turn, found),
            key=self._key,
            failed=lambda error: self._failed(turn, error),
        )

    def _told(self, turn: int, found: RuleCount) -> None:
        if not is_there_still(self) or turn != self._turn:
            return
        self.counted.emit(found)
        if not found.complete:
            self._ask()  # as another reading, so that others come between

    def _failed(self, turn: int, error: BaseException) -> None:
        if is_there_still(self) and turn == self._turn and not isinstance(error, Cancelled):
            self.failed.emit(f"The matching records cannot be counted: {error}")


def is_there_still(thing: QObject) -> bool:
    """Whether Qt still has an object."""
    try:
        thing.objectName()
    except RuntimeError:
        return False
    return True
