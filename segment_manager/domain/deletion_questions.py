"""The words asked before segments are deleted for good.

Stands apart because nothing here can be undone: counts are typed, and safer choices stand beside the deletion.
"""

from __future__ import annotations

from segment_manager.domain.plans import Obstacle, Plan
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
    plural,
    quoted,
    replace,
    replace_in_live_use,
    sequence_list,
    sequences_also_use,
    sequences_use,
    show_segments,
    shown,
    the_others,
    these,
    touched,
    what_is_it,
)

COUNT_FROM = 25
"""From so many segments on, the count is typed before they are deleted."""

FOR_GOOD = "This can't be undone. A backup of this workspace is saved first."

Body = tuple[Paragraph | NameList, ...]


def delete(plan: Plan, *, hidden: int = 0) -> Question:
    """The question before deleting; the plan has something to do or something blocked. `hidden`: not on screen."""
    segments = touched(plan)
    if plan.dependents:
        return _depended_on(plan, hidden)
    if in_live_use(plan):
        return _live_one(plan, segments[0].name) if len(segments) == 1 else _live_some(plan, hidden)
    return _one(plan, segments[0].name) if len(segments) == 1 else _many(plan, hidden)


def _one(plan: Plan, name: str) -> Question:
    number = len(plan.sequences)
    body: Body
    if number:
        staying = "the sequence stay in it. It" if number == 1 else "these sequences stay in them. They"
        body = (
            Paragraph(sequences_use(plan, "this segment")),
            sequence_list(plan, several=False),
            Paragraph(
                f"Records already in {staying} will get no more records from this segment."
                f" The segment's rule and member list are deleted; customer records are not. {FOR_GOOD}"
            ),
        )
    else:
        body = (
            Paragraph(
                f"No sequence uses this segment. Its rule and its list of {_members(plan)} are deleted."
                f"{_connected(plan)}"
                f" The customer records themselves are not deleted. {FOR_GOOD}"
            ),
        )
    return Question(
        title="Delete segment",
        heading=f"Permanently delete {quoted(name)}?",
        body=body,
        buttons=(*_instead(plan), CANCEL, Button("Delete permanently", Answer.PROCEED, ButtonKind.DESTRUCTIVE)),
    )


def _members(plan: Plan) -> str:
    return count(plan.members, "member") if plan.members else "members"


def _connected(plan: Plan) -> str:
    if not plan.connections_kept:
        return ""
    stay = "stays" if plan.connections_kept == 1 else "stay"
    return f" The {count(plan.connections_kept, 'record')} connected through it {stay} connected."


def _instead(plan: Plan) -> tuple[Button, ...]:
    """'Deactivate instead…', where something is left to deactivate."""
    if not plan.active and not any(segment.active for segment in plan.blocked):
        return ()
    if in_live_use(plan) and not plan.anyway_allowed:
        return ()
    ids = tuple(segment.id for segment in touched(plan))
    return (Button("Deactivate instead…", Answer.DEACTIVATE_INSTEAD, ButtonKind.SAFER, ids),)


def typed_from(number: int, hidden: int = 0) -> int | None:
    """The count that has to be typed before so many are deleted; None where none has."""
    return number if number >= COUNT_FROM or hidden else None


def _many(plan: Plan, hidden: int) -> Question:
    total = len(plan.will_do)
    mixed = bool(plan.active and plan.inactive)
    heading = f"Permanently delete {grouped(total)} segments?"
    if mixed:
        heading += f" {grouped(plan.active)} of them {'is' if plan.active == 1 else 'are'} active."
    text = f"Delete {grouped(total)} segments permanently"
    delete_all = Button(text, Answer.PROCEED, ButtonKind.DESTRUCTIVE, count=typed_from(total, hidden))
    safer: tuple[Button, ...] = ()
    if mixed:
        number = "the inactive one" if plan.inactive == 1 else f"the {grouped(plan.inactive)} inactive"
        safer = (Button(f"Delete only {number}", Answer.ONLY_INACTIVE, ButtonKind.SAFER, plan.inactive_ids),)
    first = (show_segments(plan.ids), *(() if mixed else _instead(plan)))
    return Question(
        title="Delete segments",
        heading=heading,
        body=(
            *(_by_status(plan) if mixed else ()),
            *_sequences(plan),
            *_consequence(plan),
            *not_in_sight(hidden, total),
        ),
        buttons=(*first, CANCEL, *safer, delete_all),
    )


def _by_status(plan: Plan) -> Body:
    unused = f" ({grouped(plan.unused)} marked unused automatically)" if plan.unused else ""
    return (NameList((f"{grouped(plan.active)} active", f"{grouped(plan.inactive)} inactive{unused}"), "segments"),)


def _sequences(plan: Plan) -> Body:
    total = len(touched(plan))
    whole = f"the {grouped(total)} segments" if plan.blocked or (plan.active and plan.inactive) else "these segments"
    used = Paragraph(sequences_use(plan, whole))
    return (used, sequence_list(plan, several=True)) if plan.sequences else (used,)


def _consequence(plan: Plan, number: int | None = None) -> Body:
    """What goes and what stays; `number`: of how many, where that is settled."""
    number = len(plan.will_do) if number is None else number
    if number == 1:
        rules = "The segment's rule and member list are deleted; customer records are not."
    else:
        how_many = f"{grouped(number)} " if number else ""
        rules = f"The {how_many}rules and member lists are deleted; customer records are not."
    step = f" {all_or_none(number, 'deleted')}" if number > 1 else ""
    staying = ""
    if len(plan.sequences) == 1:
        staying = "Records already in this sequence stay in it. It will get no more records from these segments. "
    elif plan.sequences:
        staying = "Records already in these sequences stay in them. They will get no more records from these segments. "
    return (Paragraph(f"{staying}{rules} {FOR_GOOD}{step}"),)


def not_in_sight(hidden: int, total: int) -> Body:
    """That some of the segments are not in the list right now."""
    if not hidden:
        return ()
    if hidden >= total:
        return (Paragraph("None of them is visible in the list right now."),)
    are = "is" if hidden == 1 else "are"
    return (Paragraph(f"{grouped(hidden)} of them {are} not visible in the list right now."),)


def _live_one(plan: Plan, name: str) -> Question:
    used = f"{quoted(name)} is used by {live_kinds(plan.live_assets)}"
    body: Body = (live_list(plan, several=False),)
    if not plan.anyway_allowed:
        return Question(
            title="Delete segment",
            heading=f"{used} and can't be deleted",
            body=(*body, Paragraph(_not_allowed(plan)), *sequences_also_use(plan)),
            buttons=(replace_in_live_use(plan), CLOSE),
        )
    lose = "It loses its audience." if len(plan.live_assets) == 1 else "They lose their audience."
    stay = {0: "", 1: "Records already in the sequence stay in it. "}
    staying = stay.get(len(plan.sequences), "Records already in these sequences stay in them. ")
    gone = f"{staying}The segment's rule and member list are deleted; customer records are not. {FOR_GOOD}"
    anyway = Answer.ANYWAY if plan.blocked else Answer.PROCEED
    return Question(
        title="Delete segment",
        heading=f"{used}. Permanently delete it anyway?",
        body=(*body, Paragraph(lose), *sequences_also_use(plan), Paragraph(gone)),
        buttons=(
            replace_in_live_use(plan),
            *_instead(plan),
            CANCEL,
            Button("Delete permanently anyway", anyway, ButtonKind.DESTRUCTIVE),
        ),
    )


def _not_allowed(plan: Plan) -> str:
    return (
        "This workspace never deletes what is in live use; a System Administrator can change that in the settings."
        f" Pause or end {these(plan.live_assets)} first, or let another segment take"
        f" {'its place' if len(in_live_use(plan)) == 1 else 'their place'}."
    )


def _live_some(plan: Plan, hidden: int) -> Question:
    segments, live = touched(plan), in_live_use(plan)
    total, number = len(segments), len(live)
    rest = others(plan)
    uses = "uses" if len(plan.live_assets) == 1 else "use"
    share = all_of(total) if number == total else f"{grouped(number)} of the {grouped(total)} segments"
    used = f"{live_kinds(plan.live_assets)} {uses} {share}."
    if plan.anyway_allowed:
        them = "them" if number == total else f"all {grouped(total)} segments"
        heading = f"{used} {what_is_it(number) if rest else f'Permanently delete {them} anyway?'}"
    else:
        heading = f"{used} {cannot(number, bool(rest))} be deleted"
    body: list[Paragraph | NameList] = [live_list(plan, several=True)]
    if not plan.anyway_allowed:
        body.append(Paragraph(_not_allowed(plan)))
    if number < total:
        body.append(Paragraph(_free(plan, total - number)))
    body += [*_sequences(plan), *_consequence(plan, 0), *not_in_sight(hidden, total)]
    deletes = plan.anyway_allowed or bool(rest)
    buttons = [show_segments(live), replace_in_live_use(plan), *_instead(plan), CANCEL if deletes else CLOSE]
    buttons += _delete_others(rest, hidden)
    if plan.anyway_allowed:
        anyway = Answer.ANYWAY if plan.blocked else Answer.PROCEED
        text = f"Delete all {grouped(total)} permanently anyway"
        buttons.append(Button(text, anyway, ButtonKind.DESTRUCTIVE, count=typed_from(total, hidden)))
    return Question(title="Delete segments", heading=heading, body=tuple(body), buttons=tuple(buttons))


def _free(plan: Plan, number: int) -> str:
    """'The other 238 are in no live use.', and which of them stay nevertheless."""
    free = f"The other {'one is' if number == 1 else f'{grouped(number)} are'} in no live use."
    tied = sum(segment.obstacle is Obstacle.RULES for segment in plan.blocked)
    if not tied:
        return free
    which = "It" if number == 1 else f"{grouped(tied)} of them"
    return f"{free} {which} can't go alone: rules that stay refer to {'it' if tied == 1 else 'them'}."


def _delete_others(rest: tuple[int, ...], hidden: int) -> list[Button]:
    if not rest:
        return []
    text = f"Delete {the_others(len(rest))} permanently"
    return [Button(text, Answer.OTHERS, ButtonKind.SAFER, rest, typed_from(len(rest), hidden))]


def _depended_on(plan: Plan, hidden: int) -> Question:
    """Rules of other segments refer to some of the segments: they go together, or not at all."""
    segments = touched(plan)
    total = len(segments)
    stuck = sum(segment.obstacle is Obstacle.RULES for segment in plan.blocked)
    direct = sum(dependent.direct for dependent in plan.dependents)
    if total == 1:
        what = quoted(segments[0].name)
    elif stuck == total:
        what = f"these {grouped(total)} segments"
    elif not stuck:
        what = f"some of the {grouped(total)} segments"
    else:
        what = f"{grouped(stuck)} of the {grouped(total)} segments"
    use, rules = ("uses", "its rule") if direct == 1 else ("use", "their rules")
    dependents = tuple(dependent.id for dependent in plan.dependents)
    together = tuple(sorted({*(segment.id for segment in segments), *dependents}))
    delete_all = f"Delete all {grouped(len(together))}…"
    return Question(
        title=f"{plural('Segment', total)} can't be deleted",
        heading=f"{count(direct, 'other segment')} {use} {what} in {rules}",
        body=(_dependents(plan), _way_out(plan, stuck, direct), *_also_live(plan), *_rest(plan, hidden)),
        buttons=(
            show_segments(dependents),
            replace(plan, "" if in_live_use(plan) else "rules"),
            Button(delete_all, Answer.WITH_DEPENDENTS, ButtonKind.DESTRUCTIVE, together),
            *_instead(plan),
            CLOSE,
            *_delete_others(plan.ids, hidden),
        ),
    )


def _dependents(plan: Plan) -> NameList:
    lines = (
        f"{shown(dependent.name)} ({dependent.status}{'' if dependent.direct else ', through another segment'})"
        for dependent in plan.dependents
    )
    return NameList(tuple(lines), "segments")


def _way_out(plan: Plan, stuck: int, direct: int) -> Paragraph:
    one = len(plan.blocked) == 1
    users = "that segment" if len(plan.dependents) == 1 else "them"
    used = "it" if one or stuck == 1 else "these segments"
    rules, those = ("its rule", "that rule") if direct == 1 else ("their rules", "those rules")
    text = f"Delete {users} together with {used}, replace {used} in {rules}, or change {those} first."
    return Paragraph(f"{text} To stop new members now, deactivate {'it' if one or stuck == 1 else 'them'}.")


def _also_live(plan: Plan) -> Body:
    number, total = len(in_live_use(plan)), len(touched(plan))
    if not number:
        return ()
    uses = "uses" if len(plan.live_assets) == 1 else "use"
    share = "the segment" if total == 1 else f"{grouped(number)} of the {grouped(total)} segments"
    return (Paragraph(f"{live_kinds(plan.live_assets)} also {uses} {share}:"), live_list(plan, several=total > 1))


def _rest(plan: Plan, hidden: int) -> Body:
    """What goes if only the others are deleted."""
    if not plan.will_do:
        return sequences_also_use(plan) if len(plan.blocked) == 1 else ()
    return (*_sequences(plan), *_consequence(plan), *not_in_sight(hidden, len(touched(plan))))
