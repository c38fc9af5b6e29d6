"""Replacing segments by another: in the rules that refer to them and in the assets that use them.

Stands apart because it is a part of two plans (delete, deactivate): it takes away what blocks them, and shows before
and after of everything it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from segment_manager.domain.errors import CannotReplace
from segment_manager.domain.plans import MovedUse, Named, Plan, RewrittenRule
from segment_manager.domain.rules import Rule, check_circle, from_json, rename_segment, segments_used, to_json
from segment_manager.domain.segments import folded_name
from segment_manager.operations.usage import reuse_told
from segment_manager.storage import membership, queries, segment_rows, usage_rows
from segment_manager.storage.change import OpenChange
from segment_manager.storage.queries.plans import PlanFacts
from segment_manager.storage.segment_rules import rules_by_name
from segment_manager.storage.workspace import Workspace


def replacement_facts(workspace: Workspace, facts: PlanFacts, replacement_id: int) -> PlanFacts:
    """The facts of a selection once another segment has taken its place: nothing outside uses it any more.

    Raises CannotReplace where the other is one of them or of another record type.
    """
    chosen = {segment.id for segment in facts.segments}
    other = queries.segment_detail(workspace, replacement_id).summary
    if replacement_id in chosen:
        raise CannotReplace(f"“{other.name}” is selected itself. Choose a segment that stays.")
    if any(segment.record_type_id != other.record_type_id for segment in facts.segments):
        raise CannotReplace(f"“{other.name}” is of another record type. Choose one of the same.")
    inside = {
        segment_id: kept
        for segment_id, users in facts.referring.items()
        if (kept := tuple(user for user in users if user in chosen))
    }
    return replace(facts, live_use={}, referring=inside)


def with_replacement(workspace: Workspace, plan: Plan, replacement_id: int) -> Plan:
    """The plan with every rule and asset that the replacement changes, before and after. Raises CircularRule."""
    other = queries.segment_detail(workspace, replacement_id).summary
    old_names = [segment.name for segment in plan.will_do]
    chosen = set(plan.ids)
    rewritten = []
    users = queries.direct_users(workspace, plan.ids)
    for user_id, name, rule_json in users:
        if user_id not in chosen:
            after = _renamed(from_json(rule_json), old_names, other.name)
            rewritten.append(RewrittenRule(user_id, name, rule_json, to_json(after)))
    _must_not_circle(workspace, other.record_type_id, rewritten)
    moved = tuple(MovedUse(*use) for use in queries.open_uses(workspace, plan.ids))
    return replace(plan, replacement=Named(other.id, other.name), rewritten=tuple(rewritten), moved=moved)


def _renamed(rule: Rule, old_names: Sequence[str], new_name: str) -> Rule:
    for old in old_names:
        rule = rename_segment(rule, old, new_name)
    return rule


def _must_not_circle(workspace: Workspace, record_type_id: int, rewritten: Sequence[RewrittenRule]) -> None:
    stored = rules_by_name(workspace, record_type_id)
    new_rules = {folded_name(each.name): from_json(each.after) for each in rewritten}
    for each in rewritten:
        check_circle(
            each.name, new_rules[folded_name(each.name)], lambda name: new_rules.get(folded_name(name)) or stored(name)
        )


class PutInPlace(NamedTuple):
    """The ids of all segments that a replacement touched, and a sentence where it was made Active again, else ''."""

    touched: frozenset[int]
    reuse: str


def put_in_place(workspace: Workspace, change: OpenChange, plan: Plan) -> PutInPlace:
    """Rewrite the rules and move the uses that a plan names.

    Where a use makes the replacement live again, it becomes Active (reuse).
    """
    if plan.replacement is None:
        return PutInPlace(frozenset(), "")
    record_type_id = queries.segment_detail(workspace, plan.replacement.id).summary.record_type_id
    for each in plan.rewritten:
        rule = from_json(each.after)
        segment_rows.replace_rule(change, each.id, record_type_id, each.after, segments_used(rule))
        change.log(each.id, each.name, before={"rule": each.before}, after={"rule": each.after}, action="replace")
    usage_rows.remember_live(change)
    usage_rows.move_uses(change, plan.ids, plan.replacement.id)
    usage_rows.note_lost(change, workspace.zone)
    revived = usage_rows.revived(change)
    usage_rows.reactivate(change, revived)
    membership.connect_fresh(change, usage_rows.newly_live_segments(change))
    if plan.moved:
        before: dict[str, object] = {}
        for use in plan.moved:
            before[f"{use.asset_type} {use.name}"] = use.segment
        after = dict.fromkeys(before, plan.replacement.name)
        change.log(plan.replacement.id, plan.replacement.name, before=before, after=after, action="replace")
    touched = frozenset({plan.replacement.id, *(each.id for each in plan.rewritten)})
    return PutInPlace(touched, reuse_told(revived) if revived else "")
