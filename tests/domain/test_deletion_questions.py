"""The words that ask before a deletion, compared as whole texts: a changed word must be meant."""

from __future__ import annotations

import pytest

from segment_manager.domain.plans import Action, Obstacle, Plan
from segment_manager.domain.questions import Answer, before
from tests.domain.question_scene import (
    CAMPAIGNS,
    DELETE_HELD_BY_RULES,
    DELETE_LIVE,
    DELETE_LIVE_IN_BULK,
    DEPENDENTS,
    DORMANT,
    LEADS,
    PRICES,
    SURVEY,
    WIN_BACK,
    blocked,
    segments,
    sequences,
    stopped,
    text,
    told,
)

CASES = {
    "delete A": (
        Plan(Action.DELETE, (DORMANT,), active=1, connections_kept=12),
        """
        Delete segment
        # Permanently delete “Dormant leads EMEA”?
        No sequence uses this segment. Its rule and its list of members are deleted. \\
        The 12 records connected through it stay connected. The customer records themselves are not deleted. \\
        This can't be undone. A backup of this workspace is saved first.
        [Deactivate instead…]
        [Cancel]*
        [Delete permanently]
        """,
    ),
    "delete B, inactive": (
        Plan(Action.DELETE, (DORMANT,), inactive=1, sequences=(WIN_BACK,), used_by_sequences=1),
        """
        Delete segment
        # Permanently delete “Dormant leads EMEA”?
        1 sequence uses this segment:
        - Win-back Q4 (running)
        Records already in the sequence stay in it. It will get no more records from this segment. \\
        The segment's rule and member list are deleted; customer records are not. \\
        This can't be undone. A backup of this workspace is saved first.
        [Cancel]*
        [Delete permanently]
        """,
    ),
    "delete C": (
        Plan(Action.DELETE, (DORMANT,), active=1, sequences=(WIN_BACK, PRICES, SURVEY), used_by_sequences=1),
        """
        Delete segment
        # Permanently delete “Dormant leads EMEA”?
        3 sequences use this segment:
        - Win-back Q4 (running)
        - Price change notice (scheduled)
        - Annual survey (paused)
        Records already in these sequences stay in them. They will get no more records from this segment. \\
        The segment's rule and member list are deleted; customer records are not. \\
        This can't be undone. A backup of this workspace is saved first.
        [Deactivate instead…]
        [Cancel]*
        [Delete permanently]
        """,
    ),
    "delete D": (
        Plan(Action.DELETE, segments(250), active=250, sequences=sequences(40), used_by_sequences=163),
        """
        Delete segments
        # Permanently delete 250 segments?
        40 sequences use 163 of these segments. The other 87 are not used by any sequence.
        - Sequence 01 (running), 40 segments
        - Sequence 02 (running), 39 segments
        - Sequence 03 (running), 38 segments
        (40 sequences)
        Records already in these sequences stay in them. They will get no more records from these segments. \\
        The 250 rules and member lists are deleted; customer records are not. \\
        This can't be undone. A backup of this workspace is saved first. All 250 are deleted in one step, or none.
        [Show the 250 segments]
        [Deactivate instead…]
        [Cancel]*
        [Delete 250 segments permanently] #250
        """,
    ),
    "delete E": (
        Plan(
            Action.DELETE,
            segments(250),
            active=180,
            inactive=70,
            unused=52,
            sequences=sequences(1),
            used_by_sequences=95,
        ),
        """
        Delete segments
        # Permanently delete 250 segments? 180 of them are active.
        - 180 active
        - 70 inactive (52 marked unused automatically)
        1 sequence uses 95 of the 250 segments. The other 155 are not used by any sequence.
        - Sequence 01 (running), 1 segment
        Records already in this sequence stay in it. It will get no more records from these segments. \\
        The 250 rules and member lists are deleted; customer records are not. \\
        This can't be undone. A backup of this workspace is saved first. All 250 are deleted in one step, or none.
        [Show the 250 segments]
        [Cancel]*
        [Delete only the 70 inactive]
        [Delete 250 segments permanently] #250
        """,
    ),
    "delete F": (
        DELETE_LIVE,
        """
        Delete segment
        # “Dormant leads EMEA” is used by 2 live campaigns. Permanently delete it anyway?
        - Spring renewal (live)
        - Loyalty week (scheduled)
        They lose their audience.
        2 sequences also use the segment:
        - Win-back Q4 (running)
        - Annual survey (paused)
        Records already in these sequences stay in them. \\
        The segment's rule and member list are deleted; customer records are not. \\
        This can't be undone. A backup of this workspace is saved first.
        [Replace in campaigns…]
        [Deactivate instead…]
        [Cancel]*
        [Delete permanently anyway]
        """,
    ),
    "delete F, forbidden": (
        Plan(Action.DELETE, blocked=stopped(Obstacle.LIVE_USE), live_assets=CAMPAIGNS, anyway_allowed=False),
        """
        Delete segment
        # “Dormant leads EMEA” is used by 2 live campaigns and can't be deleted
        - Spring renewal (live)
        - Loyalty week (scheduled)
        This workspace never deletes what is in live use; a System Administrator can change that in the settings. \\
        Pause or end these campaigns first, or let another segment take its place.
        [Replace in campaigns…]
        [Close]*
        """,
    ),
    "delete F in bulk": (
        DELETE_LIVE_IN_BULK,
        """
        Delete segments
        # 2 live campaigns use 12 of the 250 segments. What should happen to these 12?
        - Spring renewal (live), 1 segment
        - Loyalty week (scheduled), 1 segment
        The other 238 are in no live use. 1 of them can't go alone: rules that stay refer to it.
        1 sequence uses 151 of the 250 segments. The other 99 are not used by any sequence.
        - Sequence 01 (running), 1 segment
        Records already in this sequence stay in it. It will get no more records from these segments. \\
        The rules and member lists are deleted; customer records are not. \\
        This can't be undone. A backup of this workspace is saved first.
        [Show the 12 segments]
        [Replace…]
        [Deactivate instead…]
        [Cancel]*
        [Delete the other 237 permanently] #237
        [Delete all 250 permanently anyway] #250
        """,
    ),
    "delete F where the live one's rule holds the other": (
        Plan(
            Action.DELETE,
            blocked=blocked(1) + blocked(1, Obstacle.RULES, 2000),
            live_assets=CAMPAIGNS[:1],
        ),
        """
        Delete segments
        # 1 live campaign uses 1 of the 2 segments. Permanently delete all 2 segments anyway?
        - Spring renewal (live), 1 segment
        The other one is in no live use. It can't go alone: rules that stay refer to it.
        No sequence uses the 2 segments.
        The rules and member lists are deleted; customer records are not. \\
        This can't be undone. A backup of this workspace is saved first.
        [Show the segment]
        [Replace…]
        [Deactivate instead…]
        [Cancel]*
        [Delete all 2 permanently anyway]
        """,
    ),
    "delete G": (
        DELETE_HELD_BY_RULES,
        """
        Segment can't be deleted
        # 2 other segments use “Dormant leads EMEA” in their rules
        - Win-back EMEA (active)
        - All dormant (inactive)
        - Dormant without consent (active, through another segment)
        Delete them together with it, replace it in their rules, or change those rules first. \\
        To stop new members now, deactivate it.
        [Show the 3 segments]
        [Replace in rules…]
        [Delete all 4…]
        [Deactivate instead…]
        [Close]*
        """,
    ),
    "delete G in live use": (
        Plan(
            Action.DELETE,
            blocked=stopped(Obstacle.LIVE_USE),
            dependents=DEPENDENTS[:1],
            live_assets=CAMPAIGNS[:1],
            in_live_use=(DORMANT,),
            sequences=(SURVEY,),
            used_by_sequences=1,
        ),
        """
        Segment can't be deleted
        # 1 other segment uses “Dormant leads EMEA” in its rule
        - Win-back EMEA (active)
        Delete that segment together with it, replace it in its rule, or change that rule first. \\
        To stop new members now, deactivate it.
        1 live campaign also uses the segment:
        - Spring renewal (live)
        1 sequence also uses the segment: Annual survey (paused).
        [Show the segment]
        [Replace…]
        [Delete all 2…]
        [Deactivate instead…]
        [Close]*
        """,
    ),
    "delete G in bulk": (
        Plan(
            Action.DELETE,
            segments(30, 100),
            blocked=blocked(3, Obstacle.RULES, 2000),
            active=30,
            dependents=DEPENDENTS[:1],
        ),
        """
        Segments can't be deleted
        # 1 other segment uses 3 of the 33 segments in its rule
        - Win-back EMEA (active)
        Delete that segment together with these segments, replace these segments in its rule, \\
        or change that rule first. To stop new members now, deactivate them.
        No sequence uses the 33 segments.
        The 30 rules and member lists are deleted; customer records are not. \\
        This can't be undone. A backup of this workspace is saved first. All 30 are deleted in one step, or none.
        [Show the segment]
        [Replace in rules…]
        [Delete all 34…]
        [Deactivate instead…]
        [Close]*
        [Delete the other 30 permanently] #30
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_words(case):
    """Every dialog says the model's facts in the model's order."""
    plan, words = CASES[case]
    assert told(before(plan, record_type=LEADS)) == text(words)


def test_the_count_is_typed_from_25_on():
    """24 segments are deleted by a press, 25 by typing their count; so are fewer that the list does not show."""
    few = Plan(Action.DELETE, segments(24), inactive=24)
    question = before(few)
    assert question is not None
    assert question.counts_to_type == ()
    question = before(Plan(Action.DELETE, segments(25), inactive=25))
    assert question is not None
    assert question.counts_to_type == (25,)
    question = before(few, hidden=3)
    assert question is not None
    assert question.counts_to_type == (24,)
    assert "3 of them are not visible in the list right now." in told(question)


def test_accepted_live_use_is_carried_out_at_once():
    """Where live use was accepted beforehand, the stronger button carries out the plan as it stands."""
    plan = Plan(Action.DELETE, (DORMANT,), active=1, in_live_use=(DORMANT,), live_assets=CAMPAIGNS, anyway=True)
    question = before(plan)
    assert question is not None
    assert [each.answer for each in question.buttons if "anyway" in each.text] == [Answer.PROCEED]
