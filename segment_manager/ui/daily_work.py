"""What a new day brings: the scan for unused segments, and members that move by the clock alone.

Stands apart because it runs at the start and at each midnight, without anybody asking.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from segment_manager.domain.segments import Role
from segment_manager.ui.action_flow import ActionFlow
from segment_manager.ui.facts import Facts
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.result_bar import ResultBar
from segment_manager.ui.wording import count

if TYPE_CHECKING:
    from segment_manager.operations import computation
    from segment_manager.storage.workspace import Workspace


class DailyWork(QObject):
    """Does it for one window. `scan` marks unused segments without a word where there are none."""

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        flow: ActionFlow,
        bar: ResultBar,
        scan: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._jobs, self._flow, self._bar, self._scan = workspace, jobs, flow, bar, scan
        self._done_on: date | None = None

    def begin(self, facts: Facts) -> None:
        """The start, and nothing from then on: do the day's work, and offer what an earlier session left uncomputed."""
        if self._done_on is None:
            self._do(facts, self._offer)

    def look(self, facts: Facts) -> None:
        """Do the work of a day that has begun since."""
        if self._done_on is not None and self._done_on != self._workspace.today():
            self._do(facts, lambda waiting: self._flow.compute(waiting.by_clock))

    def _do(self, facts: Facts, take: Callable[[computation.Waiting], None]) -> None:
        from segment_manager.operations import computation  # not for the first paint

        self._done_on = self._workspace.today()
        if facts.role is Role.VIEWER:
            return
        if facts.auto_scan:
            self._scan()
        self._jobs.read(lambda: computation.waiting(self._workspace), take, key="waiting", failed=lambda error: None)

    def _offer(self, waiting: computation.Waiting) -> None:
        self._flow.compute(waiting.by_clock)
        if waiting.unfinished:
            unfinished = list(waiting.unfinished)
            wait = "waits" if len(unfinished) == 1 else "wait"
            self._bar.tell(
                f"{count(len(unfinished), 'segment')} {wait} to be computed: an earlier session did not finish.",
                ("Compute now", lambda: self._flow.recompute(unfinished)),
                kind="note",
            )
