"""The watchdog of the journeys: whoever holds the GUI thread up fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.blocks import Blocks

LONGEST = 100.0
"""Milliseconds of work between two turns of the event loop beyond which a person feels that the window stands still."""


@pytest.fixture
def watchdog(qtbot) -> Iterator[Blocks]:
    """Fails a journey whose window worked longer than LONGEST at a time. Opening the window for one is not part of it:
    `begin` counts anew."""
    made = Blocks()
    yield made
    longest = made.longest()
    made.stop()
    assert longest <= LONGEST, f"the window stood still for {longest:.0f} ms"
