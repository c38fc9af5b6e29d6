"""Facts → Plan: what each action will do, skip and may not do.

Stands apart from segments.py because a plan is made twice, before asking and again inside the transaction, by the same
code and from facts alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from operator import itemgetter

from segment_manager.domain.errors import UnknownSegment
from segment_manager.domain.plans import Action, Blocked, Named, Obstacle, Plan, Skipped
from segment_manager.domain.segments import Reason, copy_name, folded_name
from segment_manager.domain.usage import LIVE_STATES
from segment_manager.operations.replacement import replacement_facts, with_replacement
from segment_manager.storage import queries
from segment_manager.storage.queries.plans import PlanFacts, SegmentFact
from segment_manager.storage.resume_difference import resume_difference
from segment_manager.storage.segment_rules import SegmentNames
from segment_manager.storage.workspace import Workspace


def _not_active(segment: SegmentFact) -> str | None:
    return None if segment.active else "It is already inactive."


def _not_inactive(segment: SegmentFact) -> str | None:
    return "It is already active." if segment.active else None


def _cannot_be_pinned(segment: SegmentFact) -> str | None:
    if not segment.active:
        return "It is inactive: resume it first."
    return "It is kept active already." if segment.keep_active else None


def _not_pinned(segment: SegmentFact) -> str | None:
    return None if segment.keep_active else "It is not kept active."


_SKIPS: dict[Action, Callable[[SegmentFact], str | None]] = {
    Action.ACTIVATE: _not_inactive,
    Action.RESUME: _not_inactive,
    Action.DEACTIVATE: _not_active,
    Action.CLONE: lambda segment: None,
    Action.DELETE: lambda segment: None,
    Action.KEEP_ACTIVE: _cannot_be_pinned,
    Action.ALLOW_SCAN: _not_pinned,
}


def make_plan(
    workspace: Workspace,
    action: Action,
    ids: Iterable[int],
    *,
    anyway: bool = False,
    replace_with: int | None = None,
) -> Plan:
    """What an action would do to some segments, from one state of the workspace.

    `replace_with`: a segment that takes their place in rules and assets. Raises UnknownSegment for ids that are gone,
    CannotReplace, CircularRule.
    """
    wanted = sorted(set(ids))
    with workspace.snapshot():
        with queries.chosen_ids(workspace, wanted) as chosen:
            facts = queries.plan_facts(workspace, chosen)
        if len(facts.segments) < len(wanted):
            gone = len(wanted) - len(facts.segments)
            raise UnknownSegment(
                f"{gone} of the {len(wanted)} segments {'is' if gone == 1 else 'are'} gone: deleted meanwhile."
            )
        if replace_with is None:
            return _with_difference(workspace, _plan(workspace, action, facts, anyway))
        free = replacement_facts(workspace, facts, replace_with)
        return with_replacement(workspace, _plan(workspace, action, free, anyway), replace_with)


def _plan(workspace: Workspace, action: Action, facts: PlanFacts, anyway: bool) -> Plan:
    settings = queries.settings(workspace)
    allowed = bool(settings["anyway_allowed"])
    skipped = []
    candidates = []
    for segment in facts.segments:
        why = _SKIPS[action](segment)
        if why:
            skipped.append(Skipped(segment.id, segment.name, why))
        else:
            candidates.append(segment)
    blocked = _blocked(action, candidates, facts, anyway=anyway and allowed)
    stopped = {each.id for each in blocked}
    doing = [segment for segment in candidates if segment.id not in stopped]
    inactive = tuple(segment.id for segment in doing if not segment.active)
    plan = Plan(
        action,
        will_do=tuple(map(partial(tuple.__new__, Named), map(itemgetter(0, 1), doing))),
        skipped=tuple(skipped),
        blocked=tuple(blocked),
        in_live_use=tuple(Named(each.id, each.name) for each in candidates if each.id in facts.live_use),
        active=len(doing) - len(inactive),
        inactive=len(inactive),
        unused=sum(segment.reason == Reason.UNUSED for segment in doing),
        inactive_ids=inactive,
        anyway=anyway and allowed,
        anyway_allowed=allowed,
        new_names=copy_names(workspace, doing) if action is Action.CLONE else (),
        grace_days=int(str(settings["grace_days"])),
    )
    asks = action in (Action.DEACTIVATE, Action.DELETE, Action.RESUME, Action.ACTIVATE)
    return _with_what_it_touches(workspace, plan, [segment.id for segment in candidates]) if asks else plan


def _with_what_it_touches(workspace: Workspace, plan: Plan, touched: Sequence[int]) -> Plan:
    """A plan with the assets, segments, members and connections on which it bears; `touched`: will_do and blocked."""
    resuming = plan.action in (Action.RESUME, Action.ACTIVATE)
    with queries.chosen_ids(workspace, touched) as chosen:
        members = queries.member_total(workspace, chosen)
        plan = replace(
            plan,
            sequences=queries.linked_sequences(workspace, chosen, count_new=resuming),
            used_by_sequences=queries.used_by_sequences(workspace, chosen),
            live_assets=queries.live_assets(workspace, chosen),
            dependents=() if resuming else queries.outside_dependents(workspace, chosen),
            members=members,
            members_kept=members,
            connections_kept=queries.connection_total(workspace, chosen),
        )
    if plan.blocked:
        with queries.chosen_ids(workspace, plan.ids) as doing:
            plan = replace(
                plan,
                members_kept=queries.member_total(workspace, doing),
                connections_kept=queries.connection_total(workspace, doing),
            )
    return replace(plan, members_kept=0) if plan.action is Action.DELETE else plan


def _with_difference(workspace: Workspace, plan: Plan) -> Plan:
    """A plan to resume with who would join and leave by now, and what would get them; any other plan as it is."""
    if plan.action not in (Action.RESUME, Action.ACTIVATE):
        return plan
    found = resume_difference(workspace, plan.ids)
    if found is None:
        return plan
    left = {asset: list(numbers) for asset, numbers in found.receiving.items()}

    def arriving(kind: str, name: str, state: str) -> int:
        numbers = left.get((kind, name)) if state in LIVE_STATES else None
        return numbers.pop(0) if numbers else 0

    return replace(
        plan,
        sequences=tuple(replace(each, by_now=arriving("sequence", each.name, each.state)) for each in plan.sequences),
        live_assets=tuple(
            replace(each, by_now=arriving(each.asset_type, each.name, each.state)) for each in plan.live_assets
        ),
        joining=found.joining,
        leaving=found.leaving,
        inactive_days=found.inactive_days,
    )


def _blocked(action: Action, candidates: Sequence[SegmentFact], facts: PlanFacts, *, anyway: bool) -> list[Blocked]:
    """The segments that may not be touched; for a deletion worked out to a fixpoint, since what is blocked stays and
    goes on referring."""
    blocked: dict[int, Blocked] = {}
    if action in (Action.DELETE, Action.DEACTIVATE) and not anyway:
        for segment in candidates:
            names = facts.live_use.get(segment.id)
            if names:
                why = f"In live use by {_listed(names)}."
                blocked[segment.id] = Blocked(
                    segment.id, segment.name, Obstacle.LIVE_USE, why, names, _is_active(segment)
                )
    if action is Action.DELETE:
        going = {segment.id: segment for segment in candidates if segment.id not in blocked}
        while True:
            held = {}
            for segment in going.values():
                staying = [each for each in facts.referring.get(segment.id, ()) if each not in going]
                if staying:
                    held[segment.id] = tuple(facts.names[each] for each in staying)
            if not held:
                break
            for segment_id, names in held.items():
                segment = going.pop(segment_id)
                why = f"The rule of {_listed(names)} refers to it."
                blocked[segment_id] = Blocked(segment_id, segment.name, Obstacle.RULES, why, names, _is_active(segment))
    return [blocked[segment.id] for segment in candidates if segment.id in blocked]


def _is_active(segment: SegmentFact) -> bool:
    return bool(segment.active)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def copy_names(workspace: Workspace, segments: Iterable[SegmentFact]) -> tuple[str, ...]:
    """The names that copies of some segments get, in their order."""
    taken: dict[int, SegmentNames] = {}
    names = []
    for segment in segments:
        if segment.record_type_id not in taken:
            taken[segment.record_type_id] = SegmentNames(workspace, segment.record_type_id)
        name = copy_name(segment.name, taken[segment.record_type_id])
        taken[segment.record_type_id].add(folded_name(name))
        names.append(name)
    return tuple(names)
