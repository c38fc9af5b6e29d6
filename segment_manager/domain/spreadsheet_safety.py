"""Cells that no spreadsheet takes for a formula.

Stands apart because every file that the program writes is opened in a spreadsheet sooner or later, and one guard holds
for all of them (source: OWASP, CSV injection).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What formulas begin with; the last four are the full-width forms that some programs take for the same."""

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*%?")


_FIRST = frozenset(_FORMULA)


def harmless_all(texts: Iterable[str | None]) -> list[str | None]:
    """Texts as cells, as `harmless` has each of them; None stays."""
    return [harmless(text) if text and text[0] in _FIRST else text for text in texts]


def harmless(text: str) -> str:
    """A text as a cell: what begins like a formula gets an apostrophe; numbers stay as they are."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
