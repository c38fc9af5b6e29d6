"""The import group: records, usage, segments.

Stands apart because an import reports rows, not segments.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segment_manager.cli.jobs import compute_quietly, outcome_lines, run
from segment_manager.cli.options import AsOf, DryRun, Formatted, opened, text_from
from segment_manager.cli.output import Format, write_one

if TYPE_CHECKING:
    from segment_manager.operations.import_report import ImportReport
    from segment_manager.storage.workspace import Workspace

app = typer.Typer(help="Import records, usage and segments.", rich_markup_mode=None, no_args_is_help=True)

FileRead = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX or JSON lines.", show_default=False)]
MappingFile = Annotated[
    str | None, typer.Option("--mapping", metavar="MAP.json", help="What the columns mean; - for standard input.")
]
SkipBadRows = Annotated[bool, typer.Option("--skip-bad-rows", help="Leave bad rows out instead of refusing the file.")]


@app.command("records")
def _records(
    context: typer.Context,
    file: FileRead,
    record_type: Annotated[str, typer.Option("--record-type", metavar="NAME", help="What the records are.")],
    key: Annotated[str | None, typer.Option("--key", metavar="COLUMN", help="The column with the key.")] = None,
    mapping: MappingFile = None,
    skip_bad_rows: SkipBadRows = False,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Import customer records; Active segments take in those that were added or changed."""
    from dataclasses import replace

    from segment_manager.domain.mapping import Mapping
    from segment_manager.operations.imports import import_records

    with opened(context, as_of) as workspace:
        said = Mapping.from_json(text_from(mapping)) if mapping is not None else Mapping()
        if key is not None:
            said = replace(said, key=key)
        job = import_records(
            workspace, file.expanduser(), record_type, mapping=said, skip_bad_rows=skip_bad_rows, dry_run=dry_run
        )
        _report(workspace, run(job), form, "import", dry_run=dry_run)


@app.command("usage")
def _usage(
    context: typer.Context,
    file: FileRead,
    mapping: MappingFile = None,
    complete: Annotated[bool, typer.Option("--complete", help="The file holds all there is; the rest ended.")] = False,
    skip_bad_rows: SkipBadRows = False,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Import which assets use which segments."""
    from segment_manager.domain.usage_mapping import UsageMapping
    from segment_manager.operations.usage import import_usage

    said = UsageMapping.from_json(text_from(mapping)) if mapping is not None else None
    with opened(context, as_of) as workspace:
        job = import_usage(
            workspace,
            file.expanduser(),
            mapping=said,
            complete=complete,
            dry_run=dry_run,
            skip_bad_rows=skip_bad_rows,
        )
        _report(workspace, run(job), form, "usage", dry_run=dry_run)


@app.command("segments")
def _segments(
    context: typer.Context,
    file: FileRead,
    skip_bad_rows: SkipBadRows = False,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Import segment definitions; without a status they arrive Inactive, not activated."""
    from segment_manager.operations.segment_import import import_segments

    with opened(context, as_of) as workspace:
        job = import_segments(workspace, file.expanduser(), skip_bad_rows=skip_bad_rows, dry_run=dry_run)
        _report(workspace, run(job), form, "import", dry_run=dry_run)


def _report(workspace: Workspace, report: ImportReport, form: Format, cause: str, *, dry_run: bool) -> None:
    change = report.change
    computed = compute_quietly(workspace, change.to_compute, cause) if change is not None and not dry_run else []
    document: dict[str, object] = {
        "read": report.read,
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "rejects_file": None if report.rejects_file is None else str(report.rejects_file),
    }
    would = " (nothing was stored: --dry-run)" if dry_run else ""
    counts = ", ".join(f"{document[each]:,} {each}" for each in ("read", "added", "updated", "unchanged", "rejected"))
    lines = [f"{counts}{would}."]
    if report.rejects_file is not None:
        lines.append(f"The rejected rows are in {report.rejects_file}.")
    if change is not None and change.message and not dry_run:
        lines.append(change.message)
    if form is Format.JSON:
        document |= {"notes": list(report.notes), "computed": computed}
    write_one(document, form, [*lines, *report.notes, *outcome_lines(computed)])
