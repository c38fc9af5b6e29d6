"""What is read for the list of segments, and which of the answers still hold when they come.

Stands apart from the list because answers come late: a long list shows its beginning while the rest is read, rows
change meanwhile, and another record type may be wanted before an answer is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segment_manager.ui.filter_bar import FilterBar
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.segment_filter import SegmentFilter
from segment_manager.ui.segment_table import Difference, SegmentTable

if TYPE_CHECKING:
    from segment_manager.domain.changes import Change
    from segment_manager.storage.queries import PlainSummary
    from segment_manager.storage.workspace import Workspace
    from segment_manager.ui import reading


class ListReading(QObject):
    """Reads the chosen record type. What its signals bring has to be shown as it comes.

    `begun(Glance)`: a long list has begun. `read(Reading)`: all rows anew, through which the proxy has looked already.
    `told(Facts)` and `differed(Difference)`: what changed since. `failed(str)`: why nothing could be read.
    """

    begun = Signal(object)
    read = Signal(object)
    told = Signal(object)
    differed = Signal(object)
    failed = Signal(str)

    def __init__(
        self, workspace: Workspace, jobs: Jobs, bar: FilterBar, table: SegmentTable, shown: SegmentFilter
    ) -> None:
        super().__init__(shown)
        self._workspace, self._jobs, self._bar, self._table, self._shown = workspace, jobs, bar, table, shown
        self._generation = 0
        self._current: object | None = None  # the reading that goes on
        self._is_behind = False
        self.is_loaded = False

    def load(self) -> None:
        """Read from scratch: the beginning of a long list at once, then all of it."""
        from segment_manager.ui import reading  # not for the first paint

        self.is_loaded = self._is_behind = False
        current = self._read(list, self._whole)
        record_type_id, status, sorted_by = self._bar.record_type_id, self._bar.status, self._shown.sorted_by
        # what a search or a set finds may stand anywhere
        is_plain = not self._bar.search.text() and self._shown.only is None

        def take(found: reading.Glance | None) -> None:
            if found is not None and current is self._current and not self.is_loaded:
                self._generation += 1
                self.begun.emit(found)

        self._jobs.read(
            lambda: reading.glance(self._workspace, record_type_id, status, sorted_by if is_plain else None),
            take,
            key="beginning",
            failed=lambda error: None,  # the reading of all of it tells
        )

    def refresh(self) -> None:
        """Read again and tell what changed; once what is being read is there."""
        if self._current is not None:
            self._is_behind = True
        elif not self.is_loaded:
            self.load()
        else:
            generation = self._generation
            self._read(self._table.rows.in_id_order, lambda found: self._differences(found, generation))

    def apply(self, change: Change) -> None:
        """Read the segments of a change again, and only those."""
        from segment_manager.ui import reading

        if change.everything or max(map(len, (change.changed, change.added, change.removed))) > reading.FEW:
            self.refresh()
            return
        ids, record_type_id = change.changed | change.added | change.removed, self._bar.record_type_id
        if ids:
            self._jobs.read(
                lambda: reading.read_some(self._workspace, record_type_id, ids),
                lambda found: self._differ(found) if record_type_id == self._bar.record_type_id else None,
                long=True,
            )

    def _read(self, known: Callable[[], list[PlainSummary]], take: Callable[[reading.Reading], None]) -> object:
        """Begin a reading, in place of one that goes on; gives what stands for it.

        `known` is asked on the reading thread: if rows change until then, what comes of it is dropped.
        """
        from segment_manager.ui import reading

        record_type_id, sorted_by = self._bar.record_type_id, self._shown.sorted_by
        current = self._current = object()

        def is_over() -> bool:
            return self._jobs.is_closed or current is not self._current

        def failed(error: BaseException) -> None:
            if current is self._current:
                self._current = None
                self.failed.emit(str(error) or type(error).__name__)

        self._jobs.read(
            lambda: reading.read(self._workspace, record_type_id, known(), sorted_by, is_over),
            take,
            key="rows",
            failed=failed,
            long=True,
        )
        return current

    def _whole(self, found: reading.Reading) -> None:
        """Take a whole list, once the proxy has looked through it."""
        current, generation = self._current, self._generation

        def take() -> None:
            if current is not self._current:
                return
            if self.is_loaded and generation != self._generation:  # some rows changed meanwhile
                self._is_behind = True
            else:
                self.is_loaded = True
                self._generation += 1
                self.read.emit(found)
            self._settle()

        self._shown.prepare(found.rows, found.lines, found.sorted_by, take)

    def _differences(self, found: reading.Reading, generation: int) -> None:
        if generation != self._generation:
            self._is_behind = True  # what it was compared with is no longer there
        elif found.found is None:
            self._whole(found)
            return
        else:
            self.told.emit(found.facts)
            self._differ(found.found)
        self._settle()

    def _differ(self, found: Difference) -> None:
        if found:
            self._generation += 1
            self.differed.emit(found)

    def _settle(self) -> None:
        self._current = None
        if self._is_behind:
            self._is_behind = False
            self.refresh()
