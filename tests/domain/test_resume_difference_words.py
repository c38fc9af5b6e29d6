"""The question before a resume says how long the segments rested and what would come by now."""

from __future__ import annotations

import pytest

from segment_manager.domain.plans import Action, LinkedSequence, LiveAsset, Named, Plan
from segment_manager.domain.questions import NameList, before

ONE = (Named(1, "Dormant"),)
TWO = (*ONE, Named(2, "Old"))
WIN_BACK = LinkedSequence("Win-back Q4", "live", 1, 1940, by_now=12)
SURVEY = LinkedSequence("Survey", "paused", 1, 0, by_now=0)


def told(plan: Plan) -> list[str]:
    question = before(plan)
    assert question is not None
    return [line for part in question.body for line in (part.lines if isinstance(part, NameList) else [part.text])]


@pytest.mark.parametrize(
    ("days", "joining", "leaving", "said"),
    [
        (94, 12, 5, "Inactive for 94 days. By now 12 records would join and 5 leave."),
        (1, 1, 0, "Inactive for 1 day. By now 1 record would join and none leave."),
        (0, 0, 1200, "Inactive since today. By now no record would join and 1,200 leave."),
        (3, 0, 0, "Inactive for 3 days. By now no record would join or leave."),
    ],
)
def test_one_segment(days, joining, leaving, said):
    """Days, who joins, who leaves; then what by now would be new to the sequence, in the place of the last run."""
    plan = Plan(
        Action.RESUME, ONE, inactive=1, sequences=(WIN_BACK,), used_by_sequences=1,
        inactive_days=days, joining=joining, leaving=leaving,
    )  # fmt: skip
    lines = told(plan)
    assert lines[0] == said
    assert lines[-1].endswith("By now 12 records would be new to it.")
    assert not any("last run" in line for line in lines)


def test_several_segments_with_campaigns():
    """The longest rest, and every running sequence and live campaign with what it would get."""
    plan = Plan(
        Action.RESUME, TWO, inactive=2, sequences=(WIN_BACK, SURVEY), used_by_sequences=2,
        live_assets=(LiveAsset("campaign", "Spring", "live", 1, by_now=7), LiveAsset("campaign", "May", "live", 1, 0)),
        in_live_use=TWO, inactive_days=94, joining=12, leaving=5,
    )  # fmt: skip
    lines = told(plan)
    assert lines[0] == "Inactive for up to 94 days. By now 12 records would join and 5 leave."
    assert "Spring (live), 1 segment, 7 new members" in lines
    assert "May (live), 1 segment, no new members" in lines
    assert "Win-back Q4 (running), 12 new records" in lines
    assert "Survey (paused), none until it runs again" in lines


def test_a_difference_that_was_not_worked_out_is_not_told():
    """A large plan speaks of the last run, as before."""
    plan = Plan(Action.RESUME, TWO, inactive=2, sequences=(LinkedSequence("W", "live", 1, 5),), used_by_sequences=1)
    assert not any("By now" in line or "Inactive" in line for line in told(plan))
