"""Pieces of SQL that are 0 or 1, and how they are joined within what SQLite takes.

Stands apart because conditions and whole rules join such pieces by the same means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segment_manager.domain.errors import SegmentManagerError
from segment_manager.domain.stored_values import Stored

MAX_DEPTH = 900  # SQLite refuses 1,000
MAX_PARAMETERS = 32_000  # SQLite refuses 32,767
MAX_LENGTH = 4_000_000  # characters; a rule refers to one segment often only by mistake


class RuleTooLarge(SegmentManagerError):
    """A rule with all the segments it rests on is too large for one statement; combine() has no such limit."""

    def __init__(self) -> None:
        super().__init__(
            "The rule and the segments it refers to are too large together. Split it or refer to fewer segments."
        )


@dataclass(frozen=True, slots=True)
class Sql:
    """An expression, its parameters, and how deep SQLite's tree of it is at most."""

    text: str
    parameters: tuple[Stored, ...] = ()
    depth: int = 8

    def within_limits(self) -> Sql:
        """Itself. Raises RuleTooLarge where SQLite would refuse it."""
        if self.depth > MAX_DEPTH or len(self.parameters) > MAX_PARAMETERS or len(self.text) > MAX_LENGTH:
            raise RuleTooLarge
        return self


NEVER = Sql("0", depth=1)
ALWAYS = Sql("1", depth=1)


def negated(inner: Sql) -> Sql:
    """The complement."""
    return Sql(f"NOT ({inner.text})", inner.parameters, inner.depth + 1)


def all_of(parts: Sequence[Sql]) -> Sql:
    """Whether all hold; never where there are none."""
    return _balanced(parts, " AND ") if parts else NEVER


def any_of(parts: Sequence[Sql]) -> Sql:
    """Whether one holds; never where there are none."""
    return _balanced(parts, " OR ") if parts else NEVER


def _balanced(parts: Sequence[Sql], word: str) -> Sql:
    """Joined as a balanced tree: SQLite counts 'a AND b AND c' as deep as it is long."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    left, right = _balanced(parts[:half], word), _balanced(parts[half:], word)
    depth = max(left.depth, right.depth) + 1
    return Sql(f"({left.text}{word}{right.text})", left.parameters + right.parameters, depth).within_limits()
