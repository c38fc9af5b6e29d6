"""The words that ask before a resumption or an activation, compared as whole texts: a changed word must be meant."""

from __future__ import annotations

import pytest

from segment_manager.domain.plans import Action, LinkedSequence, Plan
from segment_manager.domain.questions import before
from tests.domain.question_scene import (
    CAMPAIGNS,
    DORMANT,
    LEADS,
    PRICES,
    RESUME_LIVE,
    SURVEY,
    WIN_BACK,
    segments,
    sequences,
    skipped,
    text,
    told,
)

CASES = {
    "resume A": (
        Plan(Action.RESUME, segments(8), inactive=8),
        """
        Resume segments
        # Resume 8 segments?
        No sequence uses them. Their membership is recomputed in the background. \\
        Until then the lists show the members from the last run.
        [Cancel]*
        [Resume 8 segments]
        """,
    ),
    "resume B": (
        Plan(Action.RESUME, segments(8), inactive=8, sequences=(WIN_BACK,), used_by_sequences=3),
        """
        Resume segments
        # Resume 8 segments?
        1 sequence uses 3 of them:
        - Win-back Q4 (running)
        After the recomputation, every record that matches is connected to this sequence. \\
        By the last run up to 1,940 records would be new.
        [Cancel]*
        [Resume 8 segments]
        """,
    ),
    "resume B, unknown": (
        Plan(Action.RESUME, (DORMANT,), inactive=1, sequences=(LinkedSequence("New", "live", 1),), used_by_sequences=1),
        """
        Resume segment
        # Resume “Dormant leads EMEA”?
        1 sequence uses this segment:
        - New (running)
        After the recomputation, every record that matches is connected to this sequence. How many is not known yet.
        [Cancel]*
        [Resume]
        """,
    ),
    "resume C": (
        Plan(Action.RESUME, segments(8), inactive=8, sequences=(WIN_BACK, PRICES, SURVEY), used_by_sequences=5),
        """
        Resume segments
        # Resume 8 segments?
        3 sequences use 5 of them:
        - Win-back Q4 (running), up to 1,940 new records
        - Price change notice (scheduled), up to 310 new records
        - Annual survey (paused), none until it runs again
        After the recomputation, every record that matches is connected to these sequences.
        [Cancel]*
        [Resume 8 segments]
        """,
    ),
    "resume D": (
        Plan(Action.RESUME, segments(250), inactive=250, sequences=sequences(40), used_by_sequences=163),
        """
        Resume segments
        # Resume 250 segments?
        40 sequences use 163 of these segments. The other 87 are not used by any sequence.
        - Sequence 01 (running), 40 segments, up to 1,000 new records
        - Sequence 02 (running), 39 segments, up to 1,000 new records
        - Sequence 03 (running), 38 segments, up to 1,000 new records
        (40 sequences)
        After the recomputation, every record that matches is connected to these sequences.
        [Cancel]*
        [Resume 250 segments]
        """,
    ),
    "resume E": (
        Plan(
            Action.RESUME,
            segments(70),
            skipped=skipped(180, "It is already active."),
            inactive=70,
            unused=52,
            sequences=(WIN_BACK,),
            used_by_sequences=11,
        ),
        """
        Resume segments
        # Resume 70 inactive segments?
        180 of the 250 selected segments are already active and stay as they are.
        Of the 70, 52 were marked unused automatically.
        1 sequence uses 11 of them:
        - Win-back Q4 (running)
        After the recomputation, every record that matches is connected to this sequence. \\
        By the last run up to 1,940 records would be new.
        If a resumed segment is still not used by anything, it can be marked unused again after 45 days.
        [Cancel]*
        [Resume 70 segments]
        """,
    ),
    "resume F": (
        RESUME_LIVE,
        """
        Resume segments
        # Resume 250 segments? 2 live campaigns can send to their new members
        12 of the segments are used by live campaigns:
        - Spring renewal (live), 1 segment
        - Loyalty week (scheduled), 1 segment
        Messages can go out as soon as a segment is recomputed.
        1 sequence uses 1 of the 250 segments:
        - Annual survey (paused)
        After the recomputation, every record that matches is connected to this sequence. None until it runs again.
        [Cancel]*
        [Resume the other 238]
        [Resume all 250]
        """,
    ),
    "activate one in live use": (
        Plan(Action.ACTIVATE, (DORMANT,), inactive=1, live_assets=CAMPAIGNS[:1], in_live_use=(DORMANT,)),
        """
        Activate segment
        # Activate “Dormant leads EMEA”? 1 live campaign can send to its new members
        It is used by a live campaign:
        - Spring renewal (live)
        Messages can go out as soon as the segment is recomputed.
        No sequence uses this segment. Its membership is recomputed in the background. \\
        Until then the list shows the members from the last run.
        [Cancel]*
        [Activate]
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_words(case):
    """Every dialog says the model's facts in the model's order."""
    plan, words = CASES[case]
    assert told(before(plan, record_type=LEADS)) == text(words)
