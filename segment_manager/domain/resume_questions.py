"""The words asked before segments are resumed or activated.

Stands apart because here the question is what will be connected and sent, not what ends.
"""

from __future__ import annotations

from segment_manager.domain.plans import Action, LinkedSequence, Plan
from segment_manager.domain.question_parts import (
    CANCEL,
    Answer,
    Button,
    ButtonKind,
    NameList,
    Paragraph,
    Question,
)
from segment_manager.domain.question_words import (
    count,
    grouped,
    in_live_use,
    live_kinds,
    live_list,
    others,
    plural,
    quoted,
    sequence_line,
    sequences_use,
    skipped,
    the_others,
    touched,
)

Body = tuple[Paragraph | NameList, ...]

RUNNING = ("live", "scheduled")
"""States in which a sequence takes records."""


def resume(plan: Plan) -> Question | None:
    """The question before resuming (or activating); None for one segment that nothing uses."""
    segments, live = touched(plan), in_live_use(plan)
    total = len(segments)
    one = total == 1
    if one and not plan.sequences and not live:
        return None
    verb = "Activate" if plan.action is Action.ACTIVATE else "Resume"
    inactive = "inactive " if plan.skipped else ""
    heading = f"{verb} {quoted(segments[0].name)}?" if one else f"{verb} {grouped(total)} {inactive}segments?"
    if live:
        heading += f" {live_kinds(plan.live_assets)} can send to {'its' if one else 'their'} new members"
    return Question(
        title=f"{verb} {plural('segment', total)}",
        heading=heading,
        body=(
            *skipped(plan), *_unused(plan, total), *_difference(plan, one), *_live(plan, live, one),
            *_linked(plan, one), *_again(plan, one),
        ),
        buttons=(CANCEL, *_buttons(plan, verb, live)),
    )  # fmt: skip


def _unused(plan: Plan, total: int) -> Body:
    if not plan.unused or total == 1:
        return ()
    were = "was" if plan.unused == 1 else "were"
    return (Paragraph(f"Of the {grouped(total)}, {grouped(plan.unused)} {were} marked unused automatically."),)


def _difference(plan: Plan, one: bool) -> Body:
    """'Inactive for 94 days. By now 12 records would join and 5 leave.'"""
    if plan.joining is None or plan.leaving is None:
        return ()
    return (Paragraph(f"{_rested(plan.inactive_days or 0, one)} By now {_moving(plan.joining, plan.leaving)}."),)


def _rested(days: int, one: bool) -> str:
    if not days:
        return "Inactive since today."
    return f"Inactive for {'' if one else 'up to '}{count(days, 'day')}."


def _moving(joining: int, leaving: int) -> str:
    if not joining and not leaving:
        return "no record would join or leave"
    join = f"{count(joining, 'record') if joining else 'no record'} would join"
    return f"{join} and {grouped(leaving) if leaving else 'none'} leave"


def _live(plan: Plan, live: tuple[int, ...], one: bool) -> Body:
    if not live:
        return ()
    number = len(live)
    kinds = {asset.asset_type for asset in plan.live_assets}
    users = plural(f"live {kinds.pop()}", len(plan.live_assets)) if len(kinds) == 1 else "what is live"
    subject = "It is" if one else f"{grouped(number)} of the segments {'is' if number == 1 else 'are'}"
    article = "a " if len(plan.live_assets) == 1 else ""
    send = Paragraph(f"Messages can go out as soon as {'the' if one else 'a'} segment is recomputed.")
    return (Paragraph(f"{subject} used by {article}{users}:"), _live_list(plan, one), send)


def _live_list(plan: Plan, one: bool) -> NameList:
    """The live assets, where it is known each with the new members that it can send to."""
    told = live_list(plan, several=not one)
    lines = [
        line if asset.by_now is None else f"{line}, {_new(asset.by_now, 'new member')}"
        for line, asset in zip(told.lines, plan.live_assets, strict=True)
    ]
    return NameList(tuple(lines), told.what)


def _new(number: int, what: str) -> str:
    return count(number, what) if number else f"no {what}s"


def _linked(plan: Plan, one: bool) -> Body:
    membership = "Its membership is" if one else "Their membership is"
    until = "Until then the list shows" if one else "Until then the lists show"
    number = len(plan.sequences)
    if not number:
        none = "No sequence uses this segment." if one else "No sequence uses them."
        return (Paragraph(f"{none} {membership} recomputed in the background. {until} the members from the last run."),)
    used = sequences_use(plan, "this segment") if one else sequences_use(plan) if number > 3 else _use_of_them(plan)
    several = not one and number > 3
    lines = tuple(_line(sequence, several, alone=number == 1) for sequence in plan.sequences)
    target = "this sequence" if number == 1 else "these sequences"
    connected = f"After the recomputation, every record that matches is connected to {target}."
    if number == 1:
        connected += _new_ones(plan.sequences[0])
    return (Paragraph(used), NameList(lines, "sequences"), Paragraph(connected))


def _use_of_them(plan: Plan) -> str:
    """'3 sequences use 5 of them:'"""
    number, total = len(plan.sequences), len(touched(plan))
    use = f"{count(number, 'sequence')} {'uses' if number == 1 else 'use'}"
    them = f"the {grouped(total)} segments" if plan.live_assets else "them"
    return f"{use} {them if plan.used_by_sequences >= total else f'{grouped(plan.used_by_sequences)} of {them}'}:"


def _new_ones(sequence: LinkedSequence) -> str:
    if sequence.state not in RUNNING:
        return " None until it runs again."
    if sequence.by_now is not None:
        return f" By now {count(sequence.by_now, 'record') if sequence.by_now else 'no record'} would be new to it."
    if sequence.new_records is None:
        return " How many is not known yet."
    if sequence.new_records == 0:
        return " By the last run no record would be new."
    return f" By the last run up to {count(sequence.new_records, 'record')} would be new."


def _line(sequence: LinkedSequence, several: bool, alone: bool) -> str:
    line = sequence_line(sequence)
    if several:
        line += f", {count(sequence.segments, 'segment')}"
    if alone:
        return line
    if sequence.state not in RUNNING:
        return f"{line}, none until it runs again"
    if sequence.by_now is not None:
        return f"{line}, {_new(sequence.by_now, 'new record')}"
    if sequence.new_records is None:
        return line
    new = f"up to {count(sequence.new_records, 'new record')}" if sequence.new_records else "no new records"
    return f"{line}, {new}"


def _again(plan: Plan, one: bool) -> Body:
    running = any(sequence.state in RUNNING for sequence in plan.sequences)
    if not plan.unused or (one and (plan.live_assets or running)):
        return ()
    when = f"after {count(plan.grace_days, 'day')}" if plan.grace_days else "at the next scan"
    subject = "If it" if one else "If a resumed segment"
    return (Paragraph(f"{subject} is still not used by anything, it can be marked unused again {when}."),)


def _buttons(plan: Plan, verb: str, live: tuple[int, ...]) -> tuple[Button, ...]:
    segments = touched(plan)
    total = len(segments)
    proceed = Answer.ANYWAY if plan.blocked else Answer.PROCEED
    if total == 1:
        return (Button(verb, proceed, ButtonKind.ACTION),)
    rest = others(plan)
    if not live or not rest:
        return (Button(f"{verb} {count(total, 'segment')}", proceed, ButtonKind.ACTION),)
    return (
        Button(f"{verb} {the_others(len(rest))}", Answer.OTHERS, ButtonKind.SAFER, rest),
        Button(f"{verb} all {grouped(total)}", proceed, ButtonKind.ACTION),
    )
