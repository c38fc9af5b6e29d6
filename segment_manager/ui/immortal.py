"""Keeps None, True and False alive where somebody runs PySide6 6.12 on Python 3.11 (docs/decisions/0007).

Stands apart because it is a mend for another's fault: every Qt call without a result drops one reference to None
(measured: one for each `painter.fillRect`), and after some ten thousand of them Python aborts with 'none_dealloc'. Our
own requirements avoid that pair of versions; a distribution's or a person's own installation may not.
"""

from __future__ import annotations

import sys

_MANY = 1 << 48


def keep_constants() -> None:
    """Give each constant more references than any session can lose. Does nothing where it is not needed."""
    import PySide6

    if sys.version_info >= (3, 12) or not PySide6.__version__.startswith("6.12."):
        return
    import ctypes

    for constant in (None, True, False, NotImplemented, Ellipsis):
        count = ctypes.c_ssize_t.from_address(id(constant))
        if 0 < count.value < _MANY and abs(count.value - sys.getrefcount(constant)) < 64:
            count.value += _MANY
