"""Status and reason of a segment as the file keeps them: one small number, which `segment_state` tells as words, too.

Stands apart as the one place that makes the number of the words: those who write have the words, as the activity log
and the undo steps do.
"""

from __future__ import annotations

from collections.abc import Mapping

from segment_manager.domain.segments import Reason

STATES: dict[Reason | None, int] = {None: 2, Reason.NOT_ACTIVATED: 3, Reason.DEACTIVATED: 4, Reason.UNUSED: 5}
"""The state by the reason for which a segment is Inactive; None: it is Active."""

ACTIVE = f"{STATES[None]}"
NOT_ACTIVATED = f"{STATES[Reason.NOT_ACTIVATED]}"
"""For statements."""


def state(reason: str | None) -> int:
    """The state of a segment that is Inactive for a reason, or (None) Active."""
    return STATES[None if reason is None else Reason(reason)]


def state_by(reason: str) -> str:
    """The same in SQL, of an expression that gives the reason."""
    cases = " ".join(f"WHEN '{each}' THEN {number}" for each, number in STATES.items() if each)
    return f"CASE {reason} {cases} ELSE {ACTIVE} END"


def kept(values: Mapping[str, object]) -> dict[str, object]:
    """Values of a segment's life, in words, as the columns of `segment_state` that hold them."""
    columns = {name: value for name, value in values.items() if name not in ("status", "reason")}
    if "status" in values:
        reason = values["reason"]
        columns["state"] = state(None if reason is None else str(reason))
    return columns


def kept_by(values: Mapping[str, str]) -> dict[str, str]:
    """The same in SQL, of expressions that give the values."""
    columns = {name: value for name, value in values.items() if name not in ("status", "reason")}
    if "status" in values:
        columns["state"] = state_by(values["reason"])
    return columns
