"""The words asked before segments are deactivated.

Stands apart because a deactivation can be undone, and asks for one reason: what uses the segments.
"""

from __future__ import annotations

from segment_manager.domain.plans import Plan
from segment_manager.domain.question_parts import (
    CANCEL,
    CLOSE,
    Answer,
    Button,
    ButtonKind,
    NameList,
    Paragraph,
    Question,
)
from segment_manager.domain.question_words import (
    all_of,
    all_or_none,
    cannot,
    count,
    grouped,
    in_live_use,
    live_kinds,
    live_list,
    others,
    quoted,
    replace_in_live_use,
    sequence_list,
    sequences_also_use,
    sequences_use,
    show_segments,
    skipped,
    the_others,
    these,
    touched,
    what_is_it,
)

Body = tuple[Paragraph | NameList, ...]


def deactivate(plan: Plan) -> Question:
    """The question before deactivating; the plan has something to do or something blocked."""
    segments = touched(plan)
    if len(segments) == 1:
        name = segments[0].name
        return _deactivate_live(plan, name) if in_live_use(plan) else _deactivate_one(plan, name)
    return _deactivate_some_live(plan) if in_live_use(plan) else _deactivate_many(plan)


def _deactivate_one(plan: Plan, name: str) -> Question:
    action = Button("Deactivate", Answer.PROCEED, ButtonKind.ACTION)
    number = len(plan.sequences)
    body: Body
    if number:
        staying = "the sequence stay in it. It gets" if number == 1 else "these sequences stay in them. They get"
        body = (
            Paragraph(sequences_use(plan, "this segment")),
            sequence_list(plan, several=False),
            Paragraph(f"Records already in {staying} no new records from this segment until you resume it."),
        )
    else:
        kept = f"No sequence uses this segment. {_kept(plan, 'Its')}"
        body = (Paragraph(f"{kept}No new records will be connected until you resume it."),)
    return Question(
        title="Deactivate segment",
        heading=f"Deactivate {quoted(name)}?",
        body=skipped(plan) + body,
        buttons=(CANCEL, action),
        default=Answer.CANCEL if number or plan.skipped else Answer.PROCEED,
    )


def _deactivate_many(plan: Plan) -> Question:
    total = len(plan.will_do)
    active = "active " if plan.skipped else ""
    whole = f"the {grouped(total)} segments" if plan.skipped else "these segments"
    step = all_or_none(total, "deactivated")
    number = len(plan.sequences)
    body: Body
    if number:
        staying = "this sequence stay in it. It gets" if number == 1 else "these sequences stay in them. They get"
        body = (
            Paragraph(sequences_use(plan, whole)),
            sequence_list(plan, several=True),
            Paragraph(f"Records already in {staying} no new records from these segments until you resume them. {step}"),
        )
    else:
        kept = f"No sequence uses {whole}. {_kept(plan, 'Their')}"
        body = (Paragraph(f"{kept}No new records will be connected until you resume them. {step}"),)
    return Question(
        title="Deactivate segments",
        heading=f"Deactivate {grouped(total)} {active}segments?",
        body=skipped(plan) + body,
        buttons=(CANCEL, Button(f"Deactivate {count(total, 'segment')}", Answer.PROCEED, ButtonKind.ACTION)),
    )


def _kept(plan: Plan, whose: str) -> str:
    """'Its 4,312 connected records stay connected. ', told where there are any."""
    kept = []
    if plan.members_kept:
        stay = "stays a member" if plan.members_kept == 1 else "stay members"
        kept.append(f"{whose} {count(plan.members_kept, 'member')} {stay}")
    if plan.connections_kept:
        stay = "stays connected" if plan.connections_kept == 1 else "stay connected"
        kept.append(f"{whose.lower() if kept else whose} {count(plan.connections_kept, 'connected record')} {stay}")
    return f"{' and '.join(kept)}. " if kept else ""


def _deactivate_live(plan: Plan, name: str) -> Question:
    used = f"{quoted(name)} is used by {live_kinds(plan.live_assets)}"
    body: Body = (*skipped(plan), live_list(plan, several=False))
    if not plan.anyway_allowed:
        return Question(
            title="Deactivate segment",
            heading=f"{used} and can't be deactivated",
            body=(*body, Paragraph(_not_allowed(plan)), *sequences_also_use(plan)),
            buttons=(replace_in_live_use(plan), CLOSE),
        )
    members = f"the {grouped(plan.members)} current members" if plan.members > 1 else "the current members"
    keep = f"It keeps {members} and gets" if len(plan.live_assets) == 1 else f"They keep {members} and get"
    anyway = Answer.ANYWAY if plan.blocked else Answer.PROCEED
    return Question(
        title="Deactivate segment",
        heading=f"{used}. Deactivate it anyway?",
        body=(*body, Paragraph(f"{keep} no new ones."), *sequences_also_use(plan)),
        buttons=(replace_in_live_use(plan), CANCEL, Button("Deactivate anyway", anyway, ButtonKind.DESTRUCTIVE)),
    )


def _not_allowed(plan: Plan) -> str:
    return (
        "This workspace doesn't allow deactivating what is in live use; a System Administrator can change that in the"
        f" settings. Pause or end {these(plan.live_assets)} first, or let another segment take"
        f" {'its place' if len(in_live_use(plan)) == 1 else 'their place'}."
    )


def _deactivate_some_live(plan: Plan) -> Question:
    segments, live = touched(plan), in_live_use(plan)
    total, number = len(segments), len(live)
    rest = others(plan)
    uses = "uses" if len(plan.live_assets) == 1 else "use"
    share = f"{grouped(number)} of the {grouped(total)} segments" if rest else all_of(total)
    used = f"{live_kinds(plan.live_assets)} {uses} {share}."
    if plan.anyway_allowed:
        heading = f"{used} {what_is_it(number) if rest else 'Deactivate them anyway?'}"
        stop = "it stops" if number == 1 else "they stop"
        consequence = Paragraph(f"Deactivated, {stop} feeding new members into {these(plan.live_assets)}.")
    else:
        heading = f"{used} {cannot(number, bool(rest))} be deactivated"
        consequence = Paragraph(_not_allowed(plan))
    sequences: Body = ()
    if plan.sequences:
        use = Paragraph(sequences_use(plan, f"the {grouped(total)} segments"))
        stay = Paragraph("Records already in sequences stay in them.")
        sequences = (use, sequence_list(plan, several=True), stay)
    buttons = [show_segments(live), replace_in_live_use(plan)]
    buttons.append(CANCEL if rest or plan.anyway_allowed else CLOSE)
    if rest:
        buttons.append(Button(f"Deactivate {the_others(len(rest))}", Answer.OTHERS, ButtonKind.SAFER, rest))
    if plan.anyway_allowed:
        anyway = Answer.ANYWAY if plan.blocked else Answer.PROCEED
        buttons.append(Button(f"Deactivate all {grouped(total)} anyway", anyway, ButtonKind.DESTRUCTIVE))
    return Question(
        title="Deactivate segments",
        heading=heading,
        body=(*skipped(plan), live_list(plan, several=True), consequence, *sequences),
        buttons=tuple(buttons),
    )
