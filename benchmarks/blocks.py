"""How long a window stands still at a time.

It counts the GUI thread's own processor time, not the clock's: another program that takes the processor away, or a
thread that has its turn, is no fault of the window. Stands apart because the journeys of the tests watch by it, too.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

BEAT = 10  # milliseconds


class Blocks(QObject):
    """Measures what the GUI thread itself works between two beats of a timer."""

    def __init__(self) -> None:
        super().__init__()
        self._longest, self._last = 0.0, time.thread_time()
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._measure)
        self._beat.start(BEAT)

    def _measure(self) -> None:
        now = time.thread_time()
        self._longest, self._last = max(self._longest, now - self._last), now

    def begin(self) -> None:
        """Count from here on."""
        self._measure()
        self._longest = 0.0

    def longest(self) -> float:
        """The longest block since then, in milliseconds."""
        QApplication.processEvents()
        self._measure()
        return max(self._longest * 1000, 0.01)

    def during(self, work: Callable[[], object]) -> float:
        """The longest block while something is done."""
        self.begin()
        work()
        return self.longest()

    def stop(self) -> None:
        """Measure no more."""
        self._beat.stop()
