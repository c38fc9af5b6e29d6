"""The watchdog of the journeys: whoever holds the GUI thread up fails."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt, QTimer

LONGEST = 0.1
"""Seconds of work between two turns of the event loop beyond which a person feels that the window stands still."""
_HEARTBEAT = 10  # milliseconds


class Watchdog(QObject):
    """Measures what the GUI thread itself worked between two heartbeats.

    It counts the thread's own processor time, not the clock's: another process that takes the processor away, or a
    reading thread that has its turn, is no fault of the window.
    """

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[float] = []
        self._last = time.thread_time()
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._measure)
        self._beat.start(_HEARTBEAT)

    def _measure(self) -> None:
        now = time.thread_time()
        self.blocks.append(now - self._last)
        self._last = now

    def begin(self) -> None:
        """Count from here on: what was before, opening the window for one, is not part of the journey."""
        self.blocks.clear()
        self._last = time.thread_time()

    def stop(self) -> float:
        """The longest block, in seconds."""
        self._beat.stop()
        return max(self.blocks, default=0.0)


@pytest.fixture
def watchdog(qtbot) -> Iterator[Watchdog]:
    """Fails a journey whose window worked longer than LONGEST at a time."""
    made = Watchdog()
    yield made
    longest = made.stop()
    assert longest <= LONGEST, f"the window stood still for {longest * 1000:.0f} ms"
