"""Work off the GUI thread: one thread that changes things, one that reads, and one for long reads.

Stands apart so that nothing else in the window knows of threads: work goes in as a callable, its outcome comes back as
a call on the GUI thread. A generator of Progress is a job that shows how far it is and can be cancelled.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from segment_manager.domain.errors import Cancelled

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from segment_manager.domain.changes import Progress

Done = Callable[[Any], object]
Failed = Callable[[BaseException], object]

_LOOK_EVERY = 0.02  # seconds between two looks at whether a thread has ended
_SHOW_EVERY = 0.05  # seconds between two progress signals, so that they never flood the GUI thread


class Jobs(QObject):
    """The window's background work. Signals arrive on the GUI thread.

    `progressed(title, Progress)`, `changed(Change)` after a job that changed the workspace, `failed(exception)` where
    nobody else asked to be told, `busy(title)` when a job begins and `idle()` when the last one ended.
    """

    progressed = Signal(str, object)
    changed = Signal(object)
    failed = Signal(object)
    busy = Signal(str)
    idle = Signal()
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None, tidy: Callable[[], object] = lambda: None) -> None:
        """`tidy` is called on the worker after each job, when its outcome was told already."""
        super().__init__(parent)
        self._tidy = tidy
        self._stop = threading.Event()
        self._cancelled = threading.Event()
        self._newest: dict[str, int] = {}
        self._waiting = 0
        self._closed = False
        self.running_since: float | None = None
        self.title = ""
        self.cancellable = False
        self._posted.connect(self._call)

    @cached_property
    def _writer(self) -> ThreadPoolExecutor:
        return _thread("segment-jobs")

    @cached_property
    def _reader(self) -> ThreadPoolExecutor:
        return _thread("segment-reads")

    @cached_property
    def _long_reader(self) -> ThreadPoolExecutor:
        return _thread("segment-long-reads")

    def run(
        self,
        work: Callable[[], Any],
        *,
        title: str,
        done: Done | None = None,
        failed: Failed | None = None,
        cancellable: bool = True,
    ) -> None:
        """Queue a job. `work` runs on the worker; a generator that it gives is driven to its end.

        `done` gets the result, `failed` the exception (without it the signal of that name does).
        """
        if self._closed:
            return
        self._waiting += 1
        self._writer.submit(self._work, work, title, done, failed, cancellable)

    def read(
        self,
        work: Callable[[], Any],
        done: Done,
        *,
        key: str = "",
        failed: Failed | None = None,
        long: bool = False,
    ) -> None:
        """Read something on the reading thread. Of several reads with one `key` only the newest is told.

        `long`: on the thread for what grows with the workspace, so that it keeps nobody waiting who asks for little.
        Reads of one thread come in their order.
        """
        if self._closed:
            return
        ticket = self._newest[key] = self._newest.get(key, 0) + 1 if key else 0
        (self._long_reader if long else self._reader).submit(self._look, work, done, failed, key, ticket)

    def forget(self, key: str) -> None:
        """Nobody waits for the answer of a read any more."""
        self._newest[key] = self._newest.get(key, 0) + 1

    @property
    def is_idle(self) -> bool:
        """Whether no job is running or waiting."""
        return self._waiting == 0

    def cancel(self) -> None:
        """Stop the running job at its next step; the workspace stays as it was."""
        self._cancelled.set()
        self._stop.set()

    def is_cancelled(self) -> bool:
        """Whether a person wants the running job stopped; for work without steps, which a closing window waits for."""
        return self._cancelled.is_set()

    @property
    def is_closed(self) -> bool:
        """Whether nobody waits for an answer any more; long reads ask this now and then."""
        return self._closed

    def close(self, interrupt: Callable[[int], object] = lambda thread: None, timeout: float = 10.0) -> None:
        """Cancel what runs, drop what waits, and wait until the threads have ended.

        `interrupt` breaks off what a thread, by its number, asks of the workspace: a read at once, since nobody waits
        for it; a job only when its time is over, so that what it does is done.
        """
        self._closed = True
        self._stop.set()
        for pool in (self._writer, self._reader, self._long_reader):
            pool.shutdown(wait=False, cancel_futures=True)
        patient = time.monotonic() + timeout
        for pool, from_then in ((self._reader, 0.0), (self._long_reader, 0.0), (self._writer, patient)):
            for thread in list(pool._threads):  # noqa: SLF001  # shutdown itself knows no time limit
                while thread.is_alive() and time.monotonic() < patient + timeout:
                    if time.monotonic() >= from_then and thread.ident is not None:
                        interrupt(thread.ident)
                    thread.join(_LOOK_EVERY)

    # On the worker

    def _work(
        self, work: Callable[[], Any], title: str, done: Done | None, failed: Failed | None, cancellable: bool
    ) -> None:
        self._cancelled.clear()
        self._stop.clear()
        if self._closed:
            return
        self._post(lambda: self._begin(title, cancellable))
        try:
            result = work()
            if isinstance(result, Generator):
                result = self._drive(result, title)
        except BaseException as error:  # noqa: BLE001  # told on the GUI thread, never lost
            failure = error
            self._post(lambda: self._end(None, failure, done, failed))
        else:
            self._post(lambda: self._end(result, None, done, failed))
        if not self._closed:
            self._tidy()

    def teller(self, title: str) -> Callable[[Progress], None]:
        """What a job without steps tells how far it is, on the worker; not every time is shown."""
        shown = 0.0

        def tell(progress: Progress) -> None:
            nonlocal shown
            if time.monotonic() - shown >= _SHOW_EVERY:
                shown = time.monotonic()
                self._post(partial(self.progressed.emit, title, progress))

        return tell

    def _drive(self, steps: Generator[Progress, None, Any], title: str) -> Any:
        tell = self.teller(title)
        try:
            while True:
                if self._stop.is_set() or self._closed:
                    raise Cancelled
                try:
                    progress = next(steps)
                except StopIteration as stop:
                    return stop.value
                tell(progress)
        finally:
            steps.close()

    def _look(self, work: Callable[[], Any], done: Done, failed: Failed | None, key: str, ticket: int) -> None:
        if self._closed or (key and self._newest[key] != ticket):
            return
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001  # the same
            failure = error
            self._post(lambda: self._look_failed(failure, failed, key, ticket))
        else:
            self._post(lambda: self._looked(result, done, key, ticket))

    def _post(self, call: Callable[[], None]) -> None:
        try:
            self._posted.emit(call)
        except RuntimeError:  # the window is gone, and nobody waits for the answer
            return

    # On the GUI thread

    def _call(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()

    def _begin(self, title: str, cancellable: bool) -> None:
        self.title, self.cancellable = title, cancellable
        self.running_since = time.monotonic()
        self.busy.emit(title)

    def _end(self, result: Any, error: BaseException | None, done: Done | None, failed: Failed | None) -> None:
        from segment_manager.domain.changes import Change

        self._waiting -= 1
        self.running_since = None
        try:
            if error is not None:
                (failed or self.failed.emit)(error)
            else:
                if isinstance(result, Change):
                    self.changed.emit(result)
                if done is not None:
                    done(result)
        finally:
            if self._waiting == 0:
                self.idle.emit()

    def _looked(self, result: Any, done: Done, key: str, ticket: int) -> None:
        if not key or self._newest[key] == ticket:
            done(result)

    def _look_failed(self, error: BaseException, failed: Failed | None, key: str, ticket: int) -> None:
        if not key or self._newest[key] == ticket:
            (failed or self.failed.emit)(error)


def _thread(name: str) -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor  # not for the first paint

    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
