"""Work on the GUI thread in slices between events: what must not run elsewhere and must not hold anybody up.

Stands apart from jobs.py, whose work runs on other threads: this is for what the table itself has to do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from functools import cached_property
from typing import Any

from PySide6.QtCore import QObject, QTimer

SLICE = 0.006  # seconds of work at a time, so that a frame of 33 ms has room for it
_TOGETHER = 8192  # things that go in one step


class Slices(QObject):
    """Carries one piece of work at a time; a new one takes the place of what is not done yet."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: Generator[None, None, Any] | None = None
        self._done: Callable[[Any], object] = lambda result: None

    @cached_property
    def _idle(self) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(0)
        timer.timeout.connect(self._go_on)
        return timer

    @property
    def is_working(self) -> bool:
        """Whether something is not done yet."""
        return self._steps is not None

    def begin(self, steps: Generator[None, None, Any], done: Callable[[Any], object], *, at_once: bool = False) -> None:
        """Do steps between events, then call `done` with what they returned. `at_once`: all of it now."""
        self.drop()
        self._steps, self._done = steps, done
        if at_once:
            self.finish()
        else:
            self._idle.start()

    def finish(self) -> None:
        """Do what is left, now."""
        while self._steps is not None:
            self._step()

    def drop(self) -> None:
        """Forget what is not done."""
        if self._steps is not None:
            self._idle.stop()
            self._steps.close()
            self._steps = None

    def _go_on(self) -> None:
        until = time.perf_counter() + SLICE
        while self._steps is not None and time.perf_counter() < until:
            self._step()

    def _step(self) -> None:
        assert self._steps is not None
        try:
            next(self._steps)
        except StopIteration as end:
            self._idle.stop()
            self._steps = None
            self._done(end.value)
        except BaseException:
            self.drop()
            raise


class LettingGo:
    """Lets lists and tuples that nobody needs any more go little by little: a million texts that go at once take a
    fifth of a second."""

    def __init__(self, parent: QObject) -> None:
        self._gone: list[Sequence[Any]] = []
        self._slices = Slices(parent)

    def take(self, *gone: Sequence[Any]) -> None:
        """Let these go too. Lists are emptied; what stands in a tuple goes likewise once nothing else holds that."""
        self._gone += gone
        if not self._slices.is_working:
            self._slices.begin(self._empty(), lambda result: None)

    def _empty(self) -> Generator[None, None, None]:
        while self._gone:
            last = self._gone.pop()
            left = last if isinstance(last, list) else list(last)
            del last
            yield
            while left:
                del left[-_TOGETHER:]
                yield
