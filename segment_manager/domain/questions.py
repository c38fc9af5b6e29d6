"""Plan → Question: the words of every confirmation, without a window.

Stands apart so that the words can be tested as text, and so that the window and the command line ask alike.
"""

from __future__ import annotations

from collections import Counter

from segment_manager.domain import deactivation_questions, deletion_questions, replacement_questions, resume_questions
from segment_manager.domain.plans import Action, Obstacle, Plan
from segment_manager.domain.question_parts import (
    Answer,
    Button,
    ButtonKind,
    NameList,
    Paragraph,
    Part,
    Question,
    Rewritten,
)
from segment_manager.domain.question_words import being, count, grouped, quoted
from segment_manager.domain.records import RecordType

__all__ = [
    "Answer",
    "Button",
    "ButtonKind",
    "NameList",
    "Paragraph",
    "Part",
    "Question",
    "Rewritten",
    "after",
    "before",
    "done",
    "nothing_to_do",
]

_DONE = {
    Action.ACTIVATE: "activated",
    Action.RESUME: "resumed",
    Action.DEACTIVATE: "deactivated",
    Action.CLONE: "cloned",
    Action.DELETE: "deleted",
    Action.SCAN: "marked unused",
}


def before(plan: Plan, *, hidden: int = 0, record_type: RecordType | None = None) -> Question | None:
    """What to ask before a plan is carried out; None where nothing needs asking or nothing would be done.

    `hidden`: how many of the segments the list does not show right now; a deletion says so and asks for its count.
    `record_type`: that of the segments, for the labels in rules that a replacement rewrites.
    """
    if not plan.will_do and not plan.blocked:
        return None
    if plan.replacement is not None:
        return replacement_questions.replace(plan, record_type, hidden=hidden)
    match plan.action:
        case Action.DEACTIVATE:
            return deactivation_questions.deactivate(plan)
        case Action.DELETE:
            return deletion_questions.delete(plan, hidden=hidden)
        case Action.RESUME | Action.ACTIVATE:
            return resume_questions.resume(plan)
        case _:
            return None


def nothing_to_do(plan: Plan) -> str | None:
    """Why a plan would change nothing ('All 70 selected segments are already inactive.'); None where it would."""
    if plan.will_do or plan.blocked:
        return None
    if plan.action is Action.SCAN:
        return "No segment is unused."
    if not plan.skipped:
        return "No segment is selected."
    if len(plan.skipped) == 1:
        return f"{quoted(plan.skipped[0].name)} is {being(plan.skipped[0].why)}."
    reasons = Counter(segment.why for segment in plan.skipped)
    number = len(plan.skipped)
    if len(reasons) > 1:
        told = "; ".join(f"{grouped(n)} {'is' if n == 1 else 'are'} {being(why, n)}" for why, n in reasons.items())
        return f"Nothing to do for the {grouped(number)} selected segments: {told}."
    every = "Both" if number == 2 else f"All {grouped(number)}"
    return f"{every} selected segments are {being(plan.skipped[0].why, number)}."


def after(plan: Plan, *, computing: bool = False, backup: str | None = None) -> str:
    """What was done, once a plan has been carried out: '180 segments deactivated.', and what was left as it was.

    `computing`: members are out of date and being computed. `backup`: when or where a deletion saved one first.
    """
    if not plan.will_do:
        return nothing_to_do(plan) or "Nothing was done."
    sentences = [done(plan), *_left_alone(plan)]
    if computing:
        sentences.insert(1, "Membership is being recomputed.")
    if backup is not None:
        sentences.append(f"Backup: {backup}.")
    return " ".join(sentences)


def done(plan: Plan) -> str:
    """What carrying out a plan did, without what it left alone."""
    number = len(plan.will_do)
    subject = quoted(plan.will_do[0].name) if number == 1 else count(number, "segment")
    if plan.replacement is not None:
        return f"{subject} replaced by {quoted(plan.replacement.name)} and {_DONE[plan.action]}."
    if plan.action is Action.KEEP_ACTIVE:
        return f"{subject} {'is' if number == 1 else 'are'} kept active."
    if plan.action is Action.ALLOW_SCAN:
        return f"{subject} {'is' if number == 1 else 'are'} no longer kept active."
    if plan.action is Action.CLONE and number == 1 and plan.new_names:
        return f"{subject} cloned as {quoted(plan.new_names[0])}."
    return f"{subject} {_DONE[plan.action]}."


def _left_alone(plan: Plan) -> list[str]:
    """Both parts of a selection that was split by choice are told."""
    told = [
        f"{grouped(number)} {'was' if number == 1 else 'were'} {being(why).partition(':')[0]}."
        for why, number in Counter(segment.why for segment in plan.skipped).items()
    ]
    reasons = {Obstacle.LIVE_USE: "in live use", Obstacle.RULES: "used by other segments' rules"}
    for obstacle, number in Counter(segment.obstacle for segment in plan.blocked).items():
        told.append(f"{grouped(number)} {reasons[obstacle]} {'stays as it is' if number == 1 else 'stay as they are'}.")
    return told
