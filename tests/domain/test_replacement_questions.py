"""The words that ask before a replacement, compared as whole texts: a changed word must be meant."""

from __future__ import annotations

import pytest

from segment_manager.domain.plans import Action, MovedUse, Named, Plan, RewrittenRule
from segment_manager.domain.questions import Answer, before
from tests.domain.question_scene import (
    DEACTIVATE_REPLACED,
    DELETE_HELD_BY_RULES,
    DELETE_LIVE,
    DELETE_LIVE_IN_BULK,
    DEPENDENTS,
    DORMANT,
    LEADS,
    segments,
    skipped,
    text,
    told,
)

REWRITTEN = (
    RewrittenRule(
        5,
        "Win-back EMEA",
        '{"all":[{"field":"city","op":"equals","value":"Berlin"},{"op":"not_in_segment",'
        '"value":"Dormant leads EMEA"}]}',
        '{"all":[{"field":"city","op":"equals","value":"Berlin"},{"op":"not_in_segment","value":"Sleepers"}]}',
    ),
)
CASES = {
    "delete with a replacement": (
        Plan(
            Action.DELETE,
            (DORMANT,),
            active=1,
            dependents=DEPENDENTS[:1],
            replacement=Named(9, "Sleepers"),
            rewritten=REWRITTEN,
            moved=(
                MovedUse("sequence", "Win-back Q4", "live", DORMANT.name),
                MovedUse("campaign", "Spring renewal", "draft", DORMANT.name),
            ),
        ),
        """
        Delete segment
        # Replace “Dormant leads EMEA” by “Sleepers” and permanently delete it?
        The rule of 1 other segment changes:
        Win-back EMEA
          before: City is “Berlin” and is not in segment “Dormant leads EMEA”
          after: City is “Berlin” and is not in segment “Sleepers”
        2 uses go over to “Sleepers”:
        - Win-back Q4 (sequence, running)
        - Spring renewal (campaign, draft)
        If “Sleepers” is inactive, being in live use makes it active again. \\
        Records already in sequences stay in them. \\
        The segment's rule and member list are deleted; customer records are not. \\
        This can't be undone. A backup of this workspace is saved first. All of this is done in one step, or none.
        [Choose another…]
        [Cancel]*
        [Replace and delete permanently]
        """,
    ),
    "delete many with a replacement": (
        Plan(
            Action.DELETE,
            segments(30),
            active=30,
            replacement=Named(99, "Sleepers"),
            moved=(MovedUse("journey", "Welcome", "paused", "Segment 3"),),
        ),
        """
        Delete segments
        # Replace 30 segments by “Sleepers” and permanently delete them?
        1 use goes over to “Sleepers”:
        - Welcome (journey, paused), until now “Segment 3”
        The 30 rules and member lists are deleted; customer records are not. \\
        This can't be undone. A backup of this workspace is saved first. All 30 are replaced in one step, or none.
        [Choose another…]
        [Cancel]*
        [Replace and delete 30 segments permanently] #30
        """,
    ),
    "deactivate with a replacement": (
        DEACTIVATE_REPLACED,
        """
        Deactivate segment
        # Replace “Dormant leads EMEA” by “Sleepers” and deactivate it?
        1 use goes over to “Sleepers”:
        - Spring renewal (campaign, live)
        If “Sleepers” is inactive, being in live use makes it active again. \\
        The segment keeps its members and gets no new ones until you resume it. \\
        All of this is done in one step, or none. Undo takes it back.
        [Choose another…]
        [Cancel]*
        [Replace and deactivate]
        """,
    ),
    "deactivate with a replacement for nothing": (
        Plan(
            Action.DEACTIVATE,
            segments(2),
            skipped=skipped(1, "It is already inactive."),
            active=2,
            replacement=Named(9, "Sleepers"),
        ),
        """
        Deactivate segments
        # Replace 2 segments by “Sleepers” and deactivate them?
        1 of the 3 selected segments is already inactive and stays as it is.
        No sequence, campaign or other asset that is not over uses them.
        The segments keep their members and get no new ones until you resume them. \\
        Both are replaced in one step, or neither. Undo takes it back.
        [Choose another…]
        [Cancel]*
        [Replace and deactivate 2 segments]
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_words(case):
    """Every dialog says the model's facts in the model's order."""
    plan, words = CASES[case]
    assert told(before(plan, record_type=LEADS)) == text(words)


def test_replacing_is_about_the_whole_selection():
    """'Replace…' takes everything that was selected, and so does choosing another replacement afterwards."""
    for plan, ids in ((DELETE_LIVE, (1,)), (DELETE_HELD_BY_RULES, (1,)), (DEACTIVATE_REPLACED, (1,))):
        question = before(plan)
        assert question is not None
        assert [each.ids for each in question.buttons if each.answer is Answer.REPLACE] == [ids]
    bulk = before(DELETE_LIVE_IN_BULK)
    assert bulk is not None
    assert [len(each.ids) for each in bulk.buttons if each.answer is Answer.REPLACE] == [250]


def test_without_labels_rules_are_told_by_the_names_of_fields():
    """The command line asks with the names that rules are written with; a rule of the future stands as it is stored."""
    plan = Plan(Action.DELETE, (DORMANT,), replacement=Named(9, "Sleepers"), rewritten=REWRITTEN)
    assert "before: city is “Berlin” and is not in" in told(before(plan))
    odd = RewrittenRule(5, "Odd", '{"from": "the future"}', '{"from": "tomorrow"}')
    plan = Plan(Action.DELETE, (DORMANT,), replacement=Named(9, "Sleepers"), rewritten=(odd,))
    assert 'after: {"from": "tomorrow"}' in told(before(plan))
