"""The words of every confirmation, compared as whole texts: a changed word must be meant."""

from __future__ import annotations

from textwrap import dedent

import pytest

from segment_manager.domain.plans import (
    Action,
    Blocked,
    Dependent,
    LinkedSequence,
    LiveAsset,
    MovedUse,
    Named,
    Obstacle,
    Plan,
    RewrittenRule,
    Skipped,
)
from segment_manager.domain.questions import Answer, NameList, Question, after, before, nothing_to_do
from segment_manager.domain.records import Field, FieldType, RecordType

DORMANT = Named(1, "Dormant leads EMEA")
WIN_BACK = LinkedSequence("Win-back Q4", "live", 1, 1940)
PRICES = LinkedSequence("Price change notice", "scheduled", 1, 310)
SURVEY = LinkedSequence("Annual survey", "paused", 1, 0)
CAMPAIGNS = (LiveAsset("campaign", "Spring renewal", "live", 1), LiveAsset("campaign", "Loyalty week", "scheduled", 1))
BULK_CAMPAIGNS = (LiveAsset("campaign", "Spring renewal", "live", 9), LiveAsset("journey", "Welcome", "live", 3))
LEADS = RecordType(1, "Lead", (Field("city", "City", FieldType.TEXT),))
REWRITTEN = (
    RewrittenRule(
        5,
        "Win-back EMEA",
        '{"all":[{"field":"city","op":"equals","value":"Berlin"},{"op":"not_in_segment",'
        '"value":"Dormant leads EMEA"}]}',
        '{"all":[{"field":"city","op":"equals","value":"Berlin"},{"op":"not_in_segment","value":"Sleepers"}]}',
    ),
)
DEPENDENTS = (
    Dependent(5, "Win-back EMEA", "active"),
    Dependent(6, "All dormant", "inactive"),
    Dependent(7, "Dormant without consent", "active", direct=False),
)


def segments(number: int, start: int = 1) -> tuple[Named, ...]:
    return tuple(Named(each, f"Segment {each}") for each in range(start, start + number))


def sequences(number: int) -> tuple[LinkedSequence, ...]:
    return tuple(
        LinkedSequence(f"Sequence {each:02}", "live", number - each + 1, 1000) for each in range(1, number + 1)
    )


def skipped(number: int, why: str) -> tuple[Skipped, ...]:
    return tuple(Skipped(each, f"Segment {each}", why) for each in range(5000, 5000 + number))


def blocked(number: int, obstacle: Obstacle = Obstacle.LIVE_USE, start: int = 1000) -> tuple[Blocked, ...]:
    return tuple(Blocked(each.id, each.name, obstacle, "In use.", ("X",)) for each in segments(number, start))


def stopped(obstacle: Obstacle) -> tuple[Blocked, ...]:
    return (Blocked(1, DORMANT.name, obstacle, "In use.", ("X",)),)


def told(question: Question | None) -> str:
    """A question as text: title, heading, body, buttons; * the default, # a count to be typed."""
    assert question is not None
    lines = [question.title, f"# {question.heading}"]
    for part in question.body:
        if isinstance(part, NameList):
            lines += [f"- {line}" for line in part.lines[:3]]
            lines += [f"({len(part.lines)} {part.what})"] if len(part.lines) > 3 else []
        else:
            lines.append(part.text)
    for button in question.buttons:
        count = "" if button.count is None else f" #{button.count}"
        lines.append(f"[{button.text}]{'*' if button.answer is question.default else ''}{count}")
    return "\n".join(lines)


def text(words: str) -> str:
    return dedent(words).strip().replace("\\\n", "")


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
        Plan(
            Action.DEACTIVATE,
            segments(168),
            blocked=blocked(12),
            active=168,
            live_assets=BULK_CAMPAIGNS,
            in_live_use=segments(12, 1000),
        ),
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
        Plan(
            Action.DELETE,
            blocked=stopped(Obstacle.LIVE_USE),
            live_assets=CAMPAIGNS,
            sequences=(WIN_BACK, SURVEY),
            used_by_sequences=1,
        ),
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
        Plan(
            Action.DELETE,
            segments(237),
            blocked=blocked(12) + blocked(1, Obstacle.RULES, 2000),
            active=237,
            live_assets=CAMPAIGNS,
            sequences=sequences(1),
            used_by_sequences=151,
        ),
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
        Plan(Action.DELETE, blocked=stopped(Obstacle.RULES), dependents=DEPENDENTS),
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
        Plan(
            Action.DEACTIVATE,
            (DORMANT,),
            active=1,
            replacement=Named(9, "Sleepers"),
            moved=(MovedUse("campaign", "Spring renewal", "live", DORMANT.name),),
        ),
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
        Plan(
            Action.RESUME,
            segments(250),
            inactive=250,
            live_assets=CAMPAIGNS,
            in_live_use=segments(12),
            sequences=(SURVEY,),
            used_by_sequences=1,
        ),
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
    live = before(CASES["deactivate F in bulk"][0])
    together = before(CASES["delete G"][0])
    resumed = before(CASES["resume F"][0])
    assert None not in (live, together, resumed)
    ids = {button.answer: button.ids for question in (live, together) for button in question.buttons if button.ids}
    assert ids[Answer.OTHERS] == tuple(range(1, 169))
    assert ids[Answer.WITH_DEPENDENTS] == (1, 5, 6, 7)
    assert ids[Answer.DEACTIVATE_INSTEAD] == (1,)
    assert next(each.ids for each in resumed.buttons if each.answer is Answer.OTHERS) == tuple(range(13, 251))


def test_replacing_is_about_the_whole_selection():
    """'Replace…' takes everything that was selected, and so does choosing another replacement afterwards."""
    for case, ids in (("delete F", (1,)), ("delete G", (1,)), ("deactivate with a replacement", (1,))):
        question = before(CASES[case][0])
        assert question is not None
        assert [each.ids for each in question.buttons if each.answer is Answer.REPLACE] == [ids]
    bulk = before(CASES["delete F in bulk"][0])
    assert bulk is not None
    assert [len(each.ids) for each in bulk.buttons if each.answer is Answer.REPLACE] == [250]


def test_without_labels_rules_are_told_by_the_names_of_fields():
    """The command line asks with the names that rules are written with; a rule of the future stands as it is stored."""
    plan = Plan(Action.DELETE, (DORMANT,), replacement=Named(9, "Sleepers"), rewritten=REWRITTEN)
    assert "before: city is “Berlin” and is not in" in told(before(plan))
    odd = RewrittenRule(5, "Odd", '{"from": "the future"}', '{"from": "tomorrow"}')
    plan = Plan(Action.DELETE, (DORMANT,), replacement=Named(9, "Sleepers"), rewritten=(odd,))
    assert 'after: {"from": "tomorrow"}' in told(before(plan))


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
