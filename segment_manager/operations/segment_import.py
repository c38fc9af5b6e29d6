"""Importing segment definitions: new ones are made, known ones updated, all in one undoable step."""

from __future__ import annotations

from pathlib import Path

from segment_manager.domain.changes import Change, Progress
from segment_manager.domain.rules import segments_used, to_json
from segment_manager.domain.segments import Reason, Status
from segment_manager.operations.import_report import ImportReport
from segment_manager.operations.jobs import Job
from segment_manager.operations.row_files import report_on, told
from segment_manager.operations.segment_file import Definition, read_segments
from segment_manager.storage import queries, segment_rows
from segment_manager.storage.change import OpenChange
from segment_manager.storage.segment_rules import heal_broken, refresh_missing
from segment_manager.storage.usage_rows import Tally
from segment_manager.storage.workspace import Workspace


def import_segments(
    workspace: Workspace, path: Path, *, dry_run: bool = False, skip_bad_rows: bool = False
) -> Job[ImportReport]:
    """Bring in segment definitions (JSON lines or CSV); a job, one transaction.

    New ones arrive Inactive, not activated, unless the file says otherwise. A segment that is there already gets the
    file's rule, description and tags; its status stays. Raises FileUnreadable, ImportRefused, NotPermitted.
    """
    workspace.check_permission("import segments")
    yield Progress(0, None, f"Reading {path.name}")
    facts = read_segments(workspace, path)
    report = report_on(path, facts.read, facts.bad_rows, facts.columns, skip_bad_rows=skip_bad_rows, dry_run=dry_run)
    if dry_run:
        known = _known(workspace)
        present = sum(each.key in known for each in facts.definitions)
        return told(report, Tally(len(facts.definitions) - present, present, 0), None)
    yield Progress(facts.read, facts.read, f"Storing {len(facts.definitions):,} segments")
    with workspace.change("import segments", f"import of segments from “{path.name}”") as change:
        added, updated = _store(workspace, change, facts.definitions)
        undo_label = change.undo_label
    tally = Tally(len(added), len(updated), len(facts.definitions) - len(added) - len(updated))
    touched = frozenset(added) | frozenset(updated)
    return told(
        report,
        tally,
        Change(
            f"Imported segments: {len(added):,} added, {len(updated):,} updated.",
            added=frozenset(added),
            changed=frozenset(updated),
            undo_label=undo_label,
            everything=True,
            to_compute=frozenset(queries.stale_ids(workspace, touched)),
        ),
    )


def _known(workspace: Workspace) -> dict[tuple[int, str], int]:
    return queries.ids_by_name(workspace)


def _store(workspace: Workspace, change: OpenChange, definitions: list[Definition]) -> tuple[list[int], list[int]]:
    known = _known(workspace)
    added: list[int] = []
    updated: list[int] = []
    made: list[tuple[int, Definition]] = []
    for each in definitions:
        if each.key in known:
            if _update(workspace, change, known[each.key], each):
                updated.append(known[each.key])
            continue
        segment_id = segment_rows.insert_segment(
            change, each.record_type.id, each.name, to_json(each.rule), description=each.description, tags=each.tags,
            status=each.status, reason=None if each.status is Status.ACTIVE else Reason.NOT_ACTIVATED,
            created_at=each.created_at, activated_at=each.activated_at,
        )  # fmt: skip
        added.append(segment_id)
        made.append((segment_id, each))
        change.log(segment_id, each.name, after={"rule": to_json(each.rule), "status": each.status})
    for segment_id, each in made:
        segment_rows.link_rule(change, segment_id, each.record_type.id, segments_used(each.rule))
    refresh_missing(workspace, change, [*added, *updated])
    heal_broken(workspace, change)
    return added, updated


def _update(workspace: Workspace, change: OpenChange, segment_id: int, each: Definition) -> bool:
    detail = queries.segment_detail(workspace, segment_id)
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    rule = to_json(each.rule)
    if rule != detail.rule_json:
        segment_rows.replace_rule(change, segment_id, each.record_type.id, rule, segments_used(each.rule))
        before["rule"], after["rule"] = detail.rule_json, rule
    if each.description and each.description != detail.summary.description:
        segment_rows.update_segment(change, segment_id, {"description": each.description})
        before["description"], after["description"] = detail.summary.description, each.description
    if each.tags and each.tags != detail.summary.tags:
        segment_rows.set_tags(change, segment_id, each.tags)
        before["tags"], after["tags"] = detail.summary.tags, each.tags
    if after:
        change.log(segment_id, each.name, before=before, after=after)
    return bool(after)
