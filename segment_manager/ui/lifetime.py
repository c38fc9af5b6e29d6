"""Answers that come after a widget has gone are dropped.

Stands apart because every dialog that reads in the background needs it, and Qt raises where it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QWidget

Answer = TypeVar("Answer")


def while_there(widget: QWidget, call: Callable[[Answer], None]) -> Callable[[Answer], None]:
    """A call that is made only while the widget exists."""

    def told(answer: Answer) -> None:
        if is_there(widget):
            call(answer)

    return told


def is_there(widget: QWidget) -> bool:
    """Whether Qt still has the widget."""
    try:
        widget.objectName()
    except RuntimeError:
        return False
    return True
