"""Keeping Python's collector from what comes in hundreds of thousands.

Stands apart because reading and planning both make so many things that looking through them, again and again while they
come and at each full round afterwards, takes longer than making them. None of them are in cycles: they go with the last
reference to them, which needs no collector.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 100_000
"""Things beyond which keeping the collector from them is worth the one collection that it costs."""


@contextmanager
def out_of_reach() -> Iterator[None]:
    """Nothing that is made within is ever looked through: a million rows take 0.3 s each time, and the window waits."""
    gc.collect()  # what lies there already and is kept from it, too, shall not be garbage
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
