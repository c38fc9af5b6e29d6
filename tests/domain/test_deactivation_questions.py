"""The words that ask before a deactivation, compared as whole texts: a changed word must be meant."""

from __future__ import annotations

import pytest

from segment_manager.domain.plans import Action, Obstacle, Plan
from segment_manager.domain.questions import before
from tests.domain.question_scene import (
    CAMPAIGNS,
    DEACTIVATE_LIVE_IN_BULK,
    DORMANT,
    LEADS,
    PRICES,
    SURVEY,
    WIN_BACK,
    blocked,
    segments,
    sequences,
    skipped,
    stopped,
    text,
    told,
)

CASES = {
    "deactivate A": (
        Plan(Action.DEACTIVATE, (DORMANT,), active=1, members_kept=1204, connections_kept=4312),
        """
        Deactivate segment
        # Deactivate “Dormant leads EMEA”?
        No sequence uses this segment. Its 1,204 members stay members and its 4,312 connected records stay connected. \\
        No new records will be connected until you resume it.
        [Cancel]
        [Deactivate]*
        """,
    ),
    "deactivate B": (
        Plan(Action.DEACTIVATE, (DORMANT,), active=1, sequences=(WIN_BACK,), used_by_sequences=1),
        """
        Deactivate segment
        # Deactivate “Dormant leads EMEA”?
        1 sequence uses this segment:
        - Win-back Q4 (running)
        Records already in the sequence stay in it. It gets no new records from this segment until you resume it.
        [Cancel]*
        [Deactivate]
        """,
    ),
    "deactivate C": (
        Plan(Action.DEACTIVATE, (DORMANT,), active=1, sequences=(WIN_BACK, PRICES, SURVEY), used_by_sequences=1),
        """
        Deactivate segment
        # Deactivate “Dormant leads EMEA”?
        3 sequences use this segment:
        - Win-back Q4 (running)
        - Price change notice (scheduled)
        - Annual survey (paused)
        Records already in these sequences stay in them. \\
        They get no new records from this segment until you resume it.
        [Cancel]*
        [Deactivate]
        """,
    ),
    "deactivate D": (
        Plan(Action.DEACTIVATE, segments(1250), active=1250, sequences=sequences(40), used_by_sequences=1163),
        """
        Deactivate segments
        # Deactivate 1,250 segments?
        40 sequences use 1,163 of these segments. The other 87 are not used by any sequence.
        - Sequence 01 (running), 40 segments
        - Sequence 02 (running), 39 segments
        - Sequence 03 (running), 38 segments
        (40 sequences)
        Records already in these sequences stay in them. \\
        They get no new records from these segments until you resume them. \\
        All 1,250 are deactivated in one step, or none.
        [Cancel]*
        [Deactivate 1,250 segments]
        """,
    ),
    "deactivate two that nothing uses": (
        Plan(Action.DEACTIVATE, segments(2), active=2, connections_kept=1),
        """
        Deactivate segments
        # Deactivate 2 segments?
        No sequence uses these segments. Their 1 connected record stays connected. \\
        No new records will be connected until you resume them. Both are deactivated in one step, or neither.
        [Cancel]*
        [Deactivate 2 segments]
        """,
    ),
    "deactivate E": (
        Plan(
            Action.DEACTIVATE,
            segments(180),
            skipped=skipped(70, "It is already inactive."),
            active=180,
            sequences=sequences(2),
            used_by_sequences=179,
        ),
        """
        Deactivate segments
        # Deactivate 180 active segments?
        70 of the 250 selected segments are already inactive and stay as they are.
        2 sequences use 179 of the 180 segments. The other one is not used by any sequence.
        - Sequence 01 (running), 2 segments
        - Sequence 02 (running), 1 segment
        Records already in these sequences stay in them. \\
        They get no new records from these segments until you resume them. \\
        All 180 are deactivated in one step, or none.
        [Cancel]*
        [Deactivate 180 segments]
        """,
    ),
    "deactivate F": (
        Plan(
            Action.DEACTIVATE,
            blocked=stopped(Obstacle.LIVE_USE),
            live_assets=CAMPAIGNS,
            in_live_use=(DORMANT,),
            sequences=(WIN_BACK,),
            used_by_sequences=1,
        ),
        """
        Deactivate segment
        # “Dormant leads EMEA” is used by 2 live campaigns. Deactivate it anyway?
        - Spring renewal (live)
        - Loyalty week (scheduled)
        They keep the current members and get no new ones.
        1 sequence also uses the segment: Win-back Q4 (running).
        [Replace in campaigns…]
        [Cancel]*
        [Deactivate anyway]
        """,
    ),
    "deactivate F, forbidden": (
        Plan(
            Action.DEACTIVATE,
            blocked=stopped(Obstacle.LIVE_USE),
            live_assets=CAMPAIGNS[:1],
            in_live_use=(DORMANT,),
            anyway_allowed=False,
        ),
        """
        Deactivate segment
        # “Dormant leads EMEA” is used by 1 live campaign and can't be deactivated
        - Spring renewal (live)
        This workspace doesn't allow deactivating what is in live use; a System Administrator can change that in the \\
        settings. Pause or end this campaign first, or let another segment take its place.
        [Replace in campaigns…]
        [Close]*
        """,
    ),
    "deactivate F in bulk": (
        DEACTIVATE_LIVE_IN_BULK,
        """
        Deactivate segments
        # 1 live campaign and 1 live journey use 12 of the 180 segments. What should happen to these 12?
        - Spring renewal (campaign, live), 9 segments
        - Welcome (journey, live), 3 segments
        Deactivated, they stop feeding new members into these uses.
        [Show the 12 segments]
        [Replace…]
        [Cancel]*
        [Deactivate the other 168]
        [Deactivate all 180 anyway]
        """,
    ),
    "deactivate F in bulk, forbidden": (
        Plan(
            Action.DEACTIVATE,
            segments(1),
            blocked=blocked(1),
            active=1,
            live_assets=CAMPAIGNS[:1],
            anyway_allowed=False,
            sequences=(WIN_BACK,),
            used_by_sequences=1,
        ),
        """
        Deactivate segments
        # 1 live campaign uses 1 of the 2 segments. It can't be deactivated
        - Spring renewal (live), 1 segment
        This workspace doesn't allow deactivating what is in live use; a System Administrator can change that in the \\
        settings. Pause or end this campaign first, or let another segment take its place.
        1 sequence uses 1 of the 2 segments. The other one is not used by any sequence.
        - Win-back Q4 (running), 1 segment
        Records already in sequences stay in them.
        [Show the segment]
        [Replace…]
        [Cancel]*
        [Deactivate the other segment]
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_words(case):
    """Every dialog says the model's facts in the model's order."""
    plan, words = CASES[case]
    assert told(before(plan, record_type=LEADS)) == text(words)
