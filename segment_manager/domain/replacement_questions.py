"""The words asked before another segment takes the place of some: every rule and every use that changes, beforehand.

Stands apart because nobody's rule is ever rewritten unseen: what is asked here is the whole list of what changes.
"""

from __future__ import annotations

from segment_manager.domain.deletion_questions import FOR_GOOD, not_in_sight, typed_from
from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.plans import Action, MovedUse, Plan
from segment_manager.domain.question_parts import (
    CANCEL,
    Answer,
    Button,
    ButtonKind,
    NameList,
    Paragraph,
    Part,
    Question,
    Rewritten,
)
from segment_manager.domain.question_words import (
    STATES_SHOWN,
    all_or_none,
    count,
    grouped,
    plural,
    quoted,
    shown,
    skipped,
)
from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import describe, from_json
from segment_manager.domain.usage import LIVE_STATES

_NO_LABELS = RecordType(0, "")


def replace(plan: Plan, record_type: RecordType | None, *, hidden: int = 0) -> Question:
    """The question before deleting or deactivating with a replacement; the plan names one and has something to do.

    Without a record type the fields in the rules go by their names. `hidden`: not on screen.
    """
    assert plan.replacement is not None
    number = len(plan.will_do)
    deletes = plan.action is Action.DELETE
    what = quoted(plan.will_do[0].name) if number == 1 else count(number, "segment")
    by = quoted(plan.replacement.name)
    done = "permanently delete" if deletes else "deactivate"
    return Question(
        title=f"{'Delete' if deletes else 'Deactivate'} {plural('segment', number)}",
        heading=f"Replace {what} by {by} and {done} {'it' if number == 1 else 'them'}?",
        body=(
            *skipped(plan),
            *_rules(plan, record_type or _NO_LABELS),
            *_uses(plan, by),
            Paragraph(_consequence(plan, deletes)),
            *not_in_sight(hidden if deletes else 0, number),
        ),
        buttons=(_another(plan), CANCEL, _action(plan, deletes, hidden)),
    )


def _rules(plan: Plan, record_type: RecordType) -> tuple[Part, ...]:
    number = len(plan.rewritten)
    if not number:
        return ()
    whose = "The rule of 1 other segment changes:"
    changes = whose if number == 1 else f"The rules of {grouped(number)} other segments change:"
    entries = (
        (shown(each.name), _said(each.before, record_type), _said(each.after, record_type)) for each in plan.rewritten
    )
    return Paragraph(changes), Rewritten(tuple(entries))


def _said(rule: str, record_type: RecordType) -> str:
    try:
        return describe(from_json(rule), record_type)
    except InvalidRule:  # made by a newer version: shown as it is stored
        return rule


def _uses(plan: Plan, by: str) -> tuple[Part, ...]:
    number = len(plan.moved)
    if not number:
        return (Paragraph("No sequence, campaign or other asset that is not over uses " + _them(plan) + "."),)
    several = len(plan.will_do) > 1
    lines = tuple(_use(each, several) for each in plan.moved)
    go = "1 use goes" if number == 1 else f"{grouped(number)} uses go"
    return Paragraph(f"{go} over to {by}:"), NameList(lines, "uses")


def _use(use: MovedUse, several: bool) -> str:
    state = STATES_SHOWN.get(use.state, use.state) if use.asset_type == "sequence" else use.state
    line = f"{shown(use.name)} ({use.asset_type}, {state})"
    return f"{line}, until now {quoted(use.segment)}" if several else line


def _consequence(plan: Plan, deletes: bool) -> str:
    assert plan.replacement is not None
    number = len(plan.will_do)
    sentences = []
    if any(use.state in LIVE_STATES for use in plan.moved):
        sentences.append(f"If {quoted(plan.replacement.name)} is inactive, being in live use makes it active again.")
    if any(use.asset_type == "sequence" for use in plan.moved):
        sentences.append("Records already in sequences stay in them.")
    if deletes:
        one = "The segment's rule and member list"
        gone = one if number == 1 else f"The {grouped(number)} rules and member lists"
        sentences.append(f"{gone} are deleted; customer records are not. {FOR_GOOD}")
    elif number == 1:
        sentences.append("The segment keeps its members and gets no new ones until you resume it.")
    else:
        sentences.append("The segments keep their members and get no new ones until you resume them.")
    if number > 1:
        sentences.append(all_or_none(number, "replaced"))
    elif plan.rewritten or plan.moved:
        sentences.append("All of this is done in one step, or none.")
    if not deletes:
        sentences.append("Undo takes it back.")
    return " ".join(sentences)


def _them(plan: Plan) -> str:
    return "it" if len(plan.will_do) == 1 else "them"


def _another(plan: Plan) -> Button:
    return Button("Choose another…", Answer.REPLACE, ButtonKind.LINK, plan.all_ids)


def _action(plan: Plan, deletes: bool, hidden: int) -> Button:
    number = len(plan.will_do)
    if not deletes:
        what = "" if number == 1 else f" {count(number, 'segment')}"
        return Button(f"Replace and deactivate{what}", Answer.PROCEED, ButtonKind.ACTION)
    what = "" if number == 1 else f" {count(number, 'segment')}"
    text = f"Replace and delete{what} permanently"
    return Button(text, Answer.PROCEED, ButtonKind.DESTRUCTIVE, count=typed_from(number, hidden))
