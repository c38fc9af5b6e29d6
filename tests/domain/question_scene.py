"""Plans of every action and what they touch, and a question told as text, for the tests of confirmations."""

from __future__ import annotations

from textwrap import dedent

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
    Skipped,
)
from segment_manager.domain.questions import NameList, Question
from segment_manager.domain.records import Field, FieldType, RecordType

DORMANT = Named(1, "Dormant leads EMEA")
WIN_BACK = LinkedSequence("Win-back Q4", "live", 1, 1940)
PRICES = LinkedSequence("Price change notice", "scheduled", 1, 310)
SURVEY = LinkedSequence("Annual survey", "paused", 1, 0)
CAMPAIGNS = (LiveAsset("campaign", "Spring renewal", "live", 1), LiveAsset("campaign", "Loyalty week", "scheduled", 1))
BULK_CAMPAIGNS = (LiveAsset("campaign", "Spring renewal", "live", 9), LiveAsset("journey", "Welcome", "live", 3))
LEADS = RecordType(1, "Lead", (Field("city", "City", FieldType.TEXT),))
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


DEACTIVATE_LIVE_IN_BULK = Plan(
    Action.DEACTIVATE,
    segments(168),
    blocked=blocked(12),
    active=168,
    live_assets=BULK_CAMPAIGNS,
    in_live_use=segments(12, 1000),
)
DELETE_LIVE = Plan(
    Action.DELETE,
    blocked=stopped(Obstacle.LIVE_USE),
    live_assets=CAMPAIGNS,
    sequences=(WIN_BACK, SURVEY),
    used_by_sequences=1,
)
DELETE_LIVE_IN_BULK = Plan(
    Action.DELETE,
    segments(237),
    blocked=blocked(12) + blocked(1, Obstacle.RULES, 2000),
    active=237,
    live_assets=CAMPAIGNS,
    sequences=sequences(1),
    used_by_sequences=151,
)
DELETE_HELD_BY_RULES = Plan(Action.DELETE, blocked=stopped(Obstacle.RULES), dependents=DEPENDENTS)
DEACTIVATE_REPLACED = Plan(
    Action.DEACTIVATE,
    (DORMANT,),
    active=1,
    replacement=Named(9, "Sleepers"),
    moved=(MovedUse("campaign", "Spring renewal", "live", DORMANT.name),),
)
RESUME_LIVE = Plan(
    Action.RESUME,
    segments(250),
    inactive=250,
    live_assets=CAMPAIGNS,
    in_live_use=segments(12),
    sequences=(SURVEY,),
    used_by_sequences=1,
)


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
