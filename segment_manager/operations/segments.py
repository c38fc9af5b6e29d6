"""The verbs on segments: create, edit, tag, and whatever a plan can carry out.

Stands apart as the only way to change segments: guards, undo, activity and the stale mark are seen to here once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace

from segment_manager.domain import collector
from segment_manager.domain.changes import Change, Progress
from segment_manager.domain.errors import (
    CannotReplace,
    FactsChanged,
    InvalidRule,
    NameInvalid,
    NameTaken,
    RuleChanged,
    UnknownSegment,
)
from segment_manager.domain.plans import Action, Plan
from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import Rule, check, check_circle, from_json, rename_segment, segments_used, to_json
from segment_manager.domain.segments import Reason, Status, clean_name, folded_name
from segment_manager.operations.care import backup_before_deletion
from segment_manager.operations.planning import make_plan
from segment_manager.operations.replacement import put_in_place
from segment_manager.storage import queries, segment_rows
from segment_manager.storage.change import LogEntry, OpenChange
from segment_manager.storage.membership import connect_fresh
from segment_manager.storage.segment_rules import SegmentNames, heal_broken, refresh_missing, rules_by_name
from segment_manager.storage.workspace import Workspace

TAG_LIMIT = 60
_MANY = 1000


def plan(
    workspace: Workspace, action: Action, ids: Sequence[int], *, anyway: bool = False, replace_with: int | None = None
) -> Plan:
    """What an action would do to `ids`, and all it touches. `anyway` accepts that some are in live use; `replace_with`
    is a segment that takes their place in rules and assets (delete and deactivate).

    Raises UnknownSegment, CannotReplace, CircularRule.
    """
    # Inside a transaction the plan may rest on what is never committed.
    seen = None if workspace.connection.in_transaction else workspace.moment_seen()
    with collector.out_of_reach() if len(ids) > collector.MANY else nullcontext():
        made = make_plan(workspace, action, ids, anyway=anyway, replace_with=replace_with)
    return replace(made, seen=seen)


def carry_out(
    workspace: Workspace,
    plan: Plan,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[Progress], object] = lambda progress: None,
) -> Change:
    """Do what a plan says to its will_do, in one transaction. What is blocked or skipped stays as it is. `tell` is
    called now and then with how far it is.

    Raises Cancelled soon after `stop` says so, and all stays as it was; FactsChanged, with the new plan, where the
    workspace moved since; NotPermitted; BackupFailed for a deletion.
    """
    verb, label = _VERBS[plan.action]
    if not plan.will_do:
        return Change(f"{len(plan.skipped) + len(plan.blocked)} segments stay as they are.")
    deleting = plan.action is Action.DELETE
    undo_label = None if deleting else f"{label} of {_counted(plan)}"
    workspace.check_permission(str(plan.action))
    with (
        workspace.stopping(stop),
        workspace.change(str(plan.action), undo_label, vast=deleting and len(plan.will_do) > _MANY) as change,
        backup_before_deletion(workspace) if deleting else nullcontext() as verified,
    ):
        _must_still_hold(workspace, plan)
        change.written = _counting(len(plan.will_do), tell)
        replaced, reuse = put_in_place(workspace, change, plan)
        outcome = verb(workspace, change, plan)
        # It was made beside the deletion; without it nothing is committed.
        backup = str(verified()) if verified else None
    return Change(
        outcome.message,
        outcome.changed | replaced,
        outcome.added,
        outcome.removed,
        undo_label,
        to_compute=frozenset(queries.stale_ids(workspace, None if replaced else outcome.to_compute)),
        backup=backup,
        followed=reuse,
    )


def _counting(segments: int, tell: Callable[[Progress], object]) -> Callable[[int], None]:
    """Adds up the rows that are written: those of the log, then those of the segments themselves."""
    done = 0

    def written(rows: int) -> None:
        nonlocal done
        done += rows
        tell(Progress(min(done // 2, segments), segments))

    return written


def _must_still_hold(workspace: Workspace, plan: Plan) -> None:
    if plan.seen == workspace.moment_seen():
        return  # SQLite itself says that nothing was committed since: made again, the plan would be the same
    replace_with = None if plan.replacement is None else plan.replacement.id
    try:
        now = make_plan(workspace, plan.action, plan.all_ids, anyway=plan.anyway, replace_with=replace_with)
    except (UnknownSegment, CannotReplace, InvalidRule):
        present = [each.id for each in queries.summaries(workspace, ids=plan.all_ids)]
        raise FactsChanged(make_plan(workspace, plan.action, present, anyway=plan.anyway)) from None
    if not now.same_facts(plan):
        raise FactsChanged(now)


def _counted(plan: Plan) -> str:
    return f"“{plan.will_do[0].name}”" if len(plan.will_do) == 1 else f"{len(plan.will_do):,} segments"


def _deactivate(workspace: Workspace, change: OpenChange, plan: Plan) -> Change:
    ids = plan.ids
    segment_rows.set_status(change, ids, Status.INACTIVE, Reason.DEACTIVATED)
    return Change(f"Deactivated {_counted(plan)}.", changed=frozenset(ids))


def _resume(workspace: Workspace, change: OpenChange, plan: Plan) -> Change:
    segment_rows.set_status(change, plan.ids, Status.ACTIVE, None)
    ids = frozenset(plan.ids)
    connect_fresh(change, plan.ids)
    done = "Activated" if plan.action is Action.ACTIVATE else "Resumed"
    return Change(f"{done} {_counted(plan)}.", changed=ids, to_compute=ids)


def _clone(workspace: Workspace, change: OpenChange, plan: Plan) -> Change:
    copies = segment_rows.clone_segments(change, list(zip(plan.ids, plan.new_names, strict=True)))
    refresh_missing(workspace, change, copies)
    named = f" as “{plan.new_names[0]}”" if len(copies) == 1 else ""
    return Change(f"Cloned {_counted(plan)}{named}.", added=frozenset(copies), to_compute=frozenset(copies))


def _delete(workspace: Workspace, change: OpenChange, plan: Plan) -> Change:
    affected = segment_rows.referred_by(change, plan.ids)
    segment_rows.delete_segments(change, plan.ids)
    count = len(plan.will_do)
    message = f"Deleted {_counted(plan)}." if count == 1 else f"{count:,} segments deleted."
    return Change(message, removed=frozenset(plan.ids), changed=frozenset(affected) - frozenset(plan.ids))


def _pin(workspace: Workspace, change: OpenChange, plan: Plan) -> Change:
    segment_rows.set_keep_active(change, plan.ids, True)
    return Change(f"{_counted(plan)} will be kept active.", changed=frozenset(plan.ids))


def _unpin(workspace: Workspace, change: OpenChange, plan: Plan) -> Change:
    segment_rows.set_keep_active(change, plan.ids, False)
    return Change(f"{_counted(plan)} can be marked unused again.", changed=frozenset(plan.ids))


_VERBS: dict[Action, tuple[Callable[[Workspace, OpenChange, Plan], Change], str]] = {
    Action.DEACTIVATE: (_deactivate, "deactivation"),
    Action.RESUME: (_resume, "resumption"),
    Action.ACTIVATE: (_resume, "activation"),
    Action.CLONE: (_clone, "cloning"),
    Action.DELETE: (_delete, "deletion"),
    Action.KEEP_ACTIVE: (_pin, "keep active"),
    Action.ALLOW_SCAN: (_unpin, "no longer keep active"),
}


def create(
    workspace: Workspace,
    record_type: str,
    name: str,
    rule: Rule,
    *,
    description: str = "",
    tags: Sequence[str] = (),
    active: bool = True,
) -> Change:
    """Make a segment. Raises UnknownRecordType, NameInvalid, NameTaken, InvalidRule, NotPermitted."""
    name = clean_name(name)
    with workspace.change("create", f"creation of “{name}”") as change:
        of_type = queries.record_type(workspace, record_type)
        validate_rule(workspace, of_type, name, rule)
        status, reason = (Status.ACTIVE, None) if active else (Status.INACTIVE, Reason.NOT_ACTIVATED)
        segment_id = segment_rows.insert_segment(
            change, of_type.id, name, to_json(rule), description=description.strip(), tags=clean_tags(tags),
            status=status, reason=reason,
        )  # fmt: skip
        segment_rows.link_rule(change, segment_id, of_type.id, segments_used(rule))
        healed = heal_broken(workspace, change)
        after = {"rule": to_json(rule), "description": description, "tags": list(tags), "status": status}
        change.log(segment_id, name, after=after)
    return Change(
        f"Created “{name}”.",
        changed=frozenset(healed),
        added=frozenset({segment_id}),
        undo_label=change.undo_label,
        to_compute=frozenset(queries.stale_ids(workspace, [segment_id, *healed])),
    )


def edit(
    workspace: Workspace,
    segment_id: int,
    *,
    name: str | None = None,
    rule: Rule | None = None,
    in_place_of: str | None = None,
    description: str | None = None,
    tags: Sequence[str] | None = None,
) -> Change:
    """Change what is given of a segment. A new name is carried into the rules that refer to it.

    `in_place_of`: the stored rule that the new one was made from. Raises UnknownSegment, RuleChanged where the rule is
    another by now, NameInvalid, NameTaken, InvalidRule, NotPermitted.
    """
    with workspace.change("edit") as change:
        detail = queries.segment_detail(workspace, segment_id)
        if in_place_of is not None and detail.rule_json != in_place_of:
            raise RuleChanged(detail.rule_json)
        of_type = queries.record_type(workspace, detail.record_type)
        old = detail.summary
        before: dict[str, object] = {}
        after: dict[str, object] = {}
        change.undo_label = f"editing of “{old.name}”"
        change.record_undo()
        changed = {segment_id}
        final_name = clean_name(name) if name is not None else old.name
        if final_name != old.name:
            if segment_rows.name_is_taken(change, of_type.id, final_name, but=segment_id):
                raise NameTaken(final_name)
            before["name"], after["name"] = old.name, final_name
        if rule is not None and to_json(rule) != to_json(from_json(detail.rule_json)):
            validate_rule(workspace, of_type, old.name, rule)
            before["rule"], after["rule"] = detail.rule_json, to_json(rule)
        if description is not None and description.strip() != old.description:
            before["description"], after["description"] = old.description, description.strip()
        if tags is not None and clean_tags(tags) != sorted(old.tags):
            before["tags"], after["tags"] = list(old.tags), clean_tags(tags)
        if not after:
            return Change(f"“{old.name}” is as it was.")
        if "rule" in after and rule is not None:
            segment_rows.replace_rule(change, segment_id, of_type.id, to_json(rule), segments_used(rule))
        if "name" in after:
            changed |= _carry_name(workspace, change, of_type, segment_id, old.name, final_name)
        if "tags" in after:
            segment_rows.set_tags(change, segment_id, clean_tags(tags or ()))
        segment_rows.update_segment(change, segment_id, {key: after[key] for key in ("description",) if key in after})
        refresh_missing(workspace, change, [segment_id])
        healed = heal_broken(workspace, change)
        change.log(segment_id, final_name, before=before, after=after)
    stale = frozenset[int]()
    if "rule" in after:
        changed |= {each.id for each in queries.dependents(workspace, segment_id)}
        stale = frozenset(queries.stale_ids(workspace, [*changed, *healed]))
    return Change(f"Saved “{final_name}”.", changed=frozenset(changed), undo_label=change.undo_label, to_compute=stale)


def _carry_name(
    workspace: Workspace, change: OpenChange, of_type: RecordType, segment_id: int, old: str, new: str
) -> set[int]:
    """Rename a segment, and its name in every rule that refers to it; the rules keep their meaning."""
    segment_rows.update_segment(change, segment_id, {"name": new, "name_folded": folded_name(new)})
    direct = [each for each in queries.dependents(workspace, segment_id) if each.direct]
    for each in direct:
        was = queries.rule_of(workspace, each.id)
        now = to_json(rename_segment(from_json(was), old, new))
        segment_rows.update_segment(change, each.id, {"rule": now})
        change.log(each.id, each.name, before={"rule": was}, after={"rule": now})
    return {each.id for each in direct}


def tag(workspace: Workspace, ids: Sequence[int], add: Sequence[str], remove: Sequence[str] = ()) -> Change:
    """Add and remove tags of many segments in one step."""
    label = f"tags of {len(ids):,} segments" if len(ids) != 1 else "tags of 1 segment"
    with workspace.change("tag", label) as change:
        before = {each.id: each for each in queries.summaries(workspace, ids=ids)}
        segment_rows.change_tags(change, ids, clean_tags(add), clean_tags(remove))
        change.log_many(
            LogEntry(now.id, now.name, {"tags": before[now.id].tags}, {"tags": now.tags})
            for now in queries.summaries(workspace, ids=ids)
            if now.tags != before[now.id].tags
        )
    return Change(f"Changed the {label}.", changed=frozenset(ids), undo_label=label)


def clean_tags(tags: Sequence[str]) -> list[str]:
    """Tags as they are kept: trimmed, each once, in alphabetical order. Raises NameInvalid for one that is too long."""
    cleaned = sorted({" ".join(tag.split()) for tag in tags} - {""})
    for each in cleaned:
        if len(each) > TAG_LIMIT:
            raise NameInvalid(f"The tag “{each[:20]}…” has {len(each)} characters; at most {TAG_LIMIT} are possible.")
    return cleaned


def validate_rule(workspace: Workspace, record_type: RecordType, name: str, rule: Rule) -> None:
    """Raises InvalidRule or CircularRule where a rule may not be saved for the segment of this name."""
    names = SegmentNames(workspace, record_type.id)
    names.add(folded_name(name))
    check(rule, record_type, names, own_name=name)
    check_circle(name, rule, rules_by_name(workspace, record_type.id))
