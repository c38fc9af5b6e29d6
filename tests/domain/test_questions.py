"""What all confirmations share: when none is asked, what buttons act on, and what is said instead or afterwards."""

from __future__ import annotations

import pytest

from segment_manager.domain.plans import Action, Named, Obstacle, Plan, Skipped
from segment_manager.domain.questions import Answer, after, before, nothing_to_do
from tests.domain.question_scene import (
    DEACTIVATE_LIVE_IN_BULK,
    DELETE_HELD_BY_RULES,
    DORMANT,
    RESUME_LIVE,
    blocked,
    segments,
    skipped,
    stopped,
    told,
)


@pytest.mark.parametrize(
    "plan",
    [
        Plan(Action.RESUME, (DORMANT,), inactive=1),
        Plan(Action.CLONE, segments(3), new_names=("a", "b", "c")),
        Plan(Action.KEEP_ACTIVE, segments(300)),
        Plan(Action.ALLOW_SCAN, (DORMANT,)),
        Plan(Action.SCAN, segments(3)),
        Plan(Action.DEACTIVATE, skipped=skipped(70, "It is already inactive.")),
        Plan(Action.DELETE),
    ],
)
def test_what_needs_no_question(plan):
    """What can be undone and touches nothing runs without asking, and so does what would change nothing."""
    assert before(plan) is None


def test_buttons_say_what_they_act_on():
    """Each safer choice carries the ids that it is about."""
    live = before(DEACTIVATE_LIVE_IN_BULK)
    together = before(DELETE_HELD_BY_RULES)
    resumed = before(RESUME_LIVE)
    assert None not in (live, together, resumed)
    ids = {button.answer: button.ids for question in (live, together) for button in question.buttons if button.ids}
    assert ids[Answer.OTHERS] == tuple(range(1, 169))
    assert ids[Answer.WITH_DEPENDENTS] == (1, 5, 6, 7)
    assert ids[Answer.DEACTIVATE_INSTEAD] == (1,)
    assert next(each.ids for each in resumed.buttons if each.answer is Answer.OTHERS) == tuple(range(13, 251))


def test_names_cannot_turn_the_sentence_around():
    """A right-to-left name is isolated, one with line ends is put on one line, and markup is just text."""
    plan = Plan(Action.DEACTIVATE, (Named(1, "לידים"),), active=1)
    assert "“\u2068לידים\u2069”" in told(before(plan))
    plan = Plan(Action.DEACTIVATE, (Named(1, "<b>a\n b</b>"),), active=1)
    assert "Deactivate “<b>a b</b>”?" in told(before(plan))


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (
            Plan(Action.DEACTIVATE, skipped=skipped(70, "It is already inactive.")),
            "All 70 selected segments are already inactive.",
        ),
        (
            Plan(Action.RESUME, skipped=skipped(2, "It is already active.")),
            "Both selected segments are already active.",
        ),
        (
            Plan(Action.DEACTIVATE, skipped=(Skipped(1, DORMANT.name, "It is already inactive."),)),
            "“Dormant leads EMEA” is already inactive.",
        ),
        (
            Plan(Action.KEEP_ACTIVE, skipped=skipped(3, "It is inactive: resume it first.")),
            "All 3 selected segments are inactive: resume them first.",
        ),
        (
            Plan(
                Action.KEEP_ACTIVE,
                skipped=skipped(2, "It is kept active already.") + skipped(1, "It is inactive: resume it first."),
            ),
            "Nothing to do for the 3 selected segments: 2 are kept active already; 1 is inactive: resume it first.",
        ),
        (Plan(Action.SCAN), "No segment is unused."),
        (Plan(Action.DELETE), "No segment is selected."),
        (Plan(Action.DELETE, (DORMANT,)), None),
        (Plan(Action.DELETE, blocked=stopped(Obstacle.RULES)), None),
    ],
)
def test_nothing_to_do(plan, sentence):
    """A plan that changes nothing says why; one that does, or is blocked, has nothing to explain."""
    assert nothing_to_do(plan) == sentence


@pytest.mark.parametrize(
    ("plan", "more", "sentence"),
    [
        (Plan(Action.DEACTIVATE, segments(1180)), {}, "1,180 segments deactivated."),
        (
            Plan(Action.RESUME, (DORMANT,)),
            {"computing": True},
            "“Dormant leads EMEA” resumed. Membership is being recomputed.",
        ),
        (
            Plan(Action.DELETE, segments(250)),
            {"backup": "today 14:32"},
            "250 segments deleted. Backup: today 14:32.",
        ),
        (
            Plan(Action.DEACTIVATE, segments(168), skipped(70, "It is already inactive."), blocked(12)),
            {},
            "168 segments deactivated. 70 were already inactive. 12 in live use stay as they are.",
        ),
        (
            Plan(Action.CLONE, (DORMANT,), new_names=("Dormant leads EMEA (copy)",)),
            {},
            "“Dormant leads EMEA” cloned as “Dormant leads EMEA (copy)”.",
        ),
        (
            Plan(Action.DELETE, segments(2), replacement=Named(9, "Sleepers")),
            {},
            "2 segments replaced by “Sleepers” and deleted.",
        ),
        (Plan(Action.KEEP_ACTIVE, segments(2)), {}, "2 segments are kept active."),
        (Plan(Action.ALLOW_SCAN, (DORMANT,)), {}, "“Dormant leads EMEA” is no longer kept active."),
        (Plan(Action.SCAN, segments(7)), {}, "7 segments marked unused."),
        (Plan(Action.DELETE, blocked=stopped(Obstacle.RULES)), {}, "Nothing was done."),
    ],
)
def test_afterwards(plan, more, sentence):
    """Afterwards one line says what was done, and what was left as it was."""
    assert after(plan, **more) == sentence
