"""Ids as one parameter: SQLite takes at most 32,766 variables, so many ids travel as JSON."""

from __future__ import annotations

from collections.abc import Iterable


def json_ids(ids: Iterable[int]) -> str:
    """Ids as a JSON list, for `IN (SELECT value FROM json_each(?))`."""
    return f"[{','.join(map(str, ids))}]"
