"""Preview, compute and scan: what follows from rules and usage, without naming single changes.

Stands apart because these work on rules and on everything that is out of date rather than on a selection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segment_manager.cli.jobs import computed_rows, run
from segment_manager.cli.options import AsOf, DryRun, Formatted, Ids, OfType, opened, rule_from, selection
from segment_manager.cli.output import Format, note, tame, write_one, write_rows
from segment_manager.cli.plan_report import plan_document, write_plan

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

COMPUTED = {
    "name": "Name",
    "members": "Members",
    "joined": "Joined",
    "left": "Left",
    "seconds": "Seconds",
    "error": "Error",
}


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command("preview")(_preview)
    app.command("compute")(_compute)
    app.command("scan")(_scan)


def _preview(
    context: typer.Context,
    record_type: Annotated[str, typer.Option("--record-type", metavar="NAME", help="The record type.")],
    rule: Annotated[str, typer.Option("--rule", metavar="FILE", help="The rule as JSON; - reads standard input.")],
    ids: Annotated[bool, typer.Option("--ids", help="Give the keys of all matching records, too.")] = False,
    sample: Annotated[int, typer.Option("--sample", min=0, max=10000, help="How many records to show.")] = 20,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Tell how many records a rule selects now, and show some. Stores nothing."""
    from segment_manager.operations.computation import preview, preview_keys
    from segment_manager.storage import queries

    with opened(context, as_of) as workspace, workspace.snapshot():
        read = rule_from(rule)
        of_type = queries.record_type(workspace, record_type)
        found = preview(workspace, of_type.name, read, sample=sample)
        keys = preview_keys(workspace, of_type.name, read) if ids else None
        if form is Format.JSON:
            document: dict[str, object] = {"count": found.count, "sample": found.sample}
            write_one(document if keys is None else {**document, "keys": list(keys)}, form)
            return
        columns = {"key": of_type.key_label or "Key", **{field.name: field.label for field in of_type.fields}}
        if form is Format.TABLE:
            print(f"{found.count:,} {'record matches' if found.count == 1 else 'records match'}.")
        if keys is not None:
            write_rows(({"key": key} for key in keys), {"key": columns["key"]}, form)
        elif found.sample or form is Format.CSV:
            write_rows(found.sample, columns, form)


def _compute(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME…", show_default=False, help="Segments.")] = None,
    ids: Ids = None,
    record_type: OfType = None,
    everything: Annotated[bool, typer.Option("--all", help="All Active segments.")] = False,
    stale: Annotated[bool, typer.Option("--stale", help="Active segments that are out of date (the default).")] = False,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Compute the members of segments."""
    from segment_manager.operations.computation import compute

    if bool(names or ids) + everything + stale > 1:
        raise typer.BadParameter("Name segments, or say --all or --stale: one of them.")
    with opened(context, as_of) as workspace:
        if names or ids:
            wanted: list[int] | None = selection(workspace, record_type, names, ids)
        else:
            wanted = _of_type(workspace, record_type, everything)
        rows = computed_rows(run(compute(workspace, wanted)))
        if rows or form is not Format.TABLE:
            columns = {key: label for key, label in COMPUTED.items() if key != "error" or _failed(rows)}
            write_rows(rows, columns, form)
        else:
            print("Nothing is out of date.")
    if _failed(rows):
        raise typer.Exit(1)


def _failed(rows: list[dict[str, object]]) -> bool:
    return any("error" in row for row in rows)


def _of_type(workspace: Workspace, record_type: str | None, everything: bool) -> list[int] | None:
    """The Active segments to compute: all or the stale ones, of one record type or every one. None: all stale ones."""
    from segment_manager.domain.segments import Status
    from segment_manager.storage import queries

    if record_type is None and not everything:
        return None
    of_type = queries.record_type(workspace, record_type).id if record_type is not None else None
    return [
        summary.id
        for summary in queries.summaries(workspace, of_type)
        if summary.status is Status.ACTIVE and (everything or (summary.stale and not summary.broken))
    ]


def _scan(
    context: typer.Context,
    dry_run: DryRun = False,
    grace_days: Annotated[
        int | None, typer.Option("--grace-days", min=0, max=36500, metavar="N", help="Another grace period, in days.")
    ] = None,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Mark Active segments that nothing uses Inactive (unused)."""
    from segment_manager.operations import usage

    with opened(context, as_of) as workspace:
        plan = usage.plan_scan(workspace, grace_days)
        if dry_run:
            doubt = usage.clock_doubt(workspace)
            if doubt:
                note(doubt)
            if plan.will_do or form is not Format.TABLE:
                write_plan(plan, form)
            elif not doubt:
                print("No segment is unused.")
            return
        change = usage.scan(workspace, grace_days)
        if form is Format.CSV:
            write_plan(plan, form)
            return
        lines = [change.message, *(f" • {segment.name}" for segment in plan.will_do if segment.id in change.changed)]
        write_one({**plan_document(plan), "done": len(change.changed)}, form, [tame(line) for line in lines])
