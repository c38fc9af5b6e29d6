"""A generator that yields Progress and returns a value is a job; closing it cancels.

Stands apart because the window and the command line drive the same jobs, each in its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

from segment_manager.domain.changes import Progress

Result = TypeVar("Result")
Job = Generator[Progress, None, Result]


def finish(job: Job[Result], progressed: Callable[[Progress], None] | None = None) -> Result:
    """Run a job to its end, telling `progressed` of every step, and give what it returns."""
    while True:
        try:
            progress = next(job)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        if progressed is not None:
            progressed(progress)
