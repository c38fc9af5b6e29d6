"""A plan as JSON, as rows, and as text for people.

Stands apart because --dry-run, the result and the refusal all speak from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from segment_manager.cli.output import Format, as_json, tame, write_rows
from segment_manager.domain.plans import Action, Obstacle, Plan
from segment_manager.domain.question_words import count, live_list, quoted, sequence_list

DONE = {
    Action.ACTIVATE: "activated",
    Action.RESUME: "resumed",
    Action.DEACTIVATE: "deactivated",
    Action.CLONE: "cloned",
    Action.DELETE: "deleted",
    Action.KEEP_ACTIVE: "kept active",
    Action.ALLOW_SCAN: "no longer kept active",
    Action.SCAN: "marked unused",
}
NAMED_AT_MOST = 5


def plan_document(plan: Plan) -> dict[str, object]:
    """A plan as JSON says it."""
    document: dict[str, object] = {
        "action": str(plan.action),
        "will_do": [{"id": segment.id, "name": segment.name} for segment in plan.will_do],
        "skipped": [{"id": segment.id, "name": segment.name, "why": segment.why} for segment in plan.skipped],
        "blocked": [
            {"id": segment.id, "name": segment.name, "why": segment.why, "by": list(segment.by)}
            for segment in plan.blocked
        ],
        "sequences": [
            {"name": sequence.name, "state": sequence.state, "segments": sequence.segments}
            for sequence in plan.sequences
        ],
        "live_assets": [
            {"asset_type": asset.asset_type, "name": asset.name, "state": asset.state, "segments": asset.segments}
            for asset in plan.live_assets
        ],
        "dependents": [dependent.name for dependent in plan.dependents],
        "members_kept": plan.members_kept,
        "connections_kept": plan.connections_kept,
    }
    if plan.new_names:
        document["new_names"] = list(plan.new_names)
    if plan.joining is not None:
        document |= {"joining": plan.joining, "leaving": plan.leaving, "inactive_days": plan.inactive_days}
    if plan.replacement:
        document["replacement"] = {"id": plan.replacement.id, "name": plan.replacement.name}
        document["rewritten"] = [
            {"id": each.id, "name": each.name, "before": json.loads(each.before), "after": json.loads(each.after)}
            for each in plan.rewritten
        ]
        document["moved"] = [
            {"asset_type": use.asset_type, "name": use.name, "state": use.state, "segment": use.segment}
            for use in plan.moved
        ]
    return document


def _rows(plan: Plan) -> Iterator[dict[str, object]]:
    for position, segment in enumerate(plan.will_do):
        new_name = plan.new_names[position] if plan.new_names else None
        yield {"id": segment.id, "name": segment.name, "outcome": DONE[plan.action], "why": None, "new_name": new_name}
    for blocked in plan.blocked:
        yield {"id": blocked.id, "name": blocked.name, "outcome": "blocked", "why": blocked.why}
    for skipped in plan.skipped:
        yield {"id": skipped.id, "name": skipped.name, "outcome": "skipped", "why": skipped.why}


def write_plan(plan: Plan, form: Format) -> None:
    """What would be done, on stdout; for people with all that it touches."""
    if form is Format.JSON:
        print(as_json(plan_document(plan)))
        return
    columns = {"id": "ID", "name": "Name", "outcome": "Outcome", "why": "Why"}
    if plan.new_names:
        columns["new_name"] = "New name"
    write_rows(_rows(plan), columns, form)
    if form is Format.TABLE:
        for line in _touched(plan):
            print(tame(line))


def _touched(plan: Plan) -> Iterator[str]:
    several = len(plan.will_do) + len(plan.blocked) > 1
    if plan.sequences:
        yield "Linked sequences:"
        yield from (f" • {line}" for line in sequence_list(plan, several).lines)
    if plan.live_assets:
        yield "In live use by:"
        yield from (f" • {line}" for line in live_list(plan, several).lines)
    if plan.dependents:
        yield "Segments whose rules refer to them:"
        yield from (f" • {dependent.name} ({dependent.status})" for dependent in plan.dependents)
    if plan.replacement:
        by = quoted(plan.replacement.name)
        if plan.rewritten:
            yield f"Rules that refer to {by} instead:"
            yield from (f" • {each.name}" for each in plan.rewritten)
        if plan.moved:
            yield f"Assets that use {by} instead:"
            yield from (f" • {use.asset_type} {use.name} ({use.state})" for use in plan.moved)
    for number, what in ((plan.members_kept, "member"), (plan.connections_kept, "sequence connection")):
        if number:
            yield f"{count(number, what)} {'stays' if number == 1 else 'stay'}."


def refusal(plan: Plan, anyway: bool) -> str:
    """Why a plan with blocked segments is not carried out, and the ways out, on one line."""
    done = DONE[plan.action]
    named = " ".join(f"{quoted(each.name)}: {each.why}" for each in plan.blocked[:NAMED_AT_MOST])
    more = len(plan.blocked) - NAMED_AT_MOST
    others = f" And {more:,} more." if more > 0 else ""
    total = len(plan.blocked) + len(plan.will_do)
    share = "" if total == 1 else f" {len(plan.blocked):,} of {count(total, 'segment')} cannot be {done} like this."
    return f"Nothing was {done}.{share} {named}{others} {' '.join(_ways_out(plan, anyway))}".rstrip()


def _ways_out(plan: Plan, anyway: bool) -> Iterator[str]:
    obstacles = {segment.obstacle for segment in plan.blocked}
    if Obstacle.LIVE_USE in obstacles:
        if plan.anyway_allowed:
            yield "--anyway accepts the live use."
        elif anyway:
            yield "This workspace does not allow --anyway for what is in live use."
        else:
            yield "Pause or end what uses them first."
        yield "--replace-with NAME lets another segment take their place."
    if Obstacle.RULES in obstacles:
        yield (
            "Delete the segments that refer to them in the same command, change their rules first,"
            " or use --replace-with NAME."
        )
    if plan.will_do:
        number = len(plan.will_do)
        yield f"--skip-blocked does the other {'one' if number == 1 else f'{number:,}'} alone."
