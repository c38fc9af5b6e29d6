"""Care for a workspace: create, check, backup, restore, undo, redo, activity.

Stands apart because these are about the file and its history, not about single segments.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segment_manager.cli.jobs import compute_quietly, outcome_lines
from segment_manager.cli.options import Formatted, OfType, chosen_path, opened
from segment_manager.cli.output import Format, local, tame, write_one, write_rows
from segment_manager.domain.errors import WorkspaceDamaged

if TYPE_CHECKING:
    from segment_manager.domain.changes import Change
    from segment_manager.storage.workspace import Workspace

ACTIVITY = {
    "at": "When",
    "who": "Who",
    "action": "Action",
    "segments": "Segments",
    "before": "Before",
    "after": "After",
}


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command("create-workspace")(_create_workspace)
    app.command("check")(_check)
    app.command("backup")(_backup)
    app.command("restore")(_restore)
    app.command("bring-back")(_bring_back)
    app.command("undo")(_undo)
    app.command("redo")(_redo)
    app.command("activity")(_activity)


def _create_workspace(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new workspace.", show_default=False)],
    form: Formatted = Format.TABLE,
) -> None:
    """Make a new workspace; you are its first System Administrator."""
    from segment_manager.storage.workspace import Workspace

    Workspace.create(file.expanduser()).close()
    write_one({"workspace": str(file)}, form, f"Created the workspace {file}.")


def _check(context: typer.Context, form: Formatted = Format.TABLE) -> None:
    """Check that a workspace is whole; exit code 1 where it is not."""
    from segment_manager.operations import care

    try:
        with opened(context) as workspace:
            problems = care.check(workspace)
    except WorkspaceDamaged as damage:
        problems = [str(damage)]
    if form is Format.TABLE:
        for problem in problems or ["The workspace is whole: no problems."]:
            print(tame(problem))
    else:
        write_one({"ok": not problems, "problems": problems}, form)
    if problems:
        raise typer.Exit(1)


def _backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new backup.", show_default=False)],
    form: Formatted = Format.TABLE,
) -> None:
    """Write a verified backup of the workspace, also while it is in use."""
    from segment_manager.operations import care

    with opened(context) as workspace:
        written = care.backup(workspace, file.expanduser())
    write_one({"backup": str(written)}, form, f"Backed up to {written}.")


def _bring_back(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup of this workspace.", show_default=False)],
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; none: list them.")] = None,
    record_type: OfType = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Bring deleted segments back from a backup, or list those it holds."""
    from segment_manager.domain.errors import UnknownSegment
    from segment_manager.domain.segments import folded_name
    from segment_manager.operations import bring_back

    with opened(context) as workspace:
        found = bring_back.in_backup(workspace, file.expanduser())
        if record_type is not None:
            found = [each for each in found if folded_name(each.record_type) == folded_name(record_type)]
        if not names:
            columns = {
                "id": "ID",
                "name": "Name",
                "record_type": "Record type",
                "status": "Status",
                "members": "Members",
            }
            write_rows((each._asdict() for each in found), columns, form)
            return
        ids = {folded_name(each.name): each.id for each in found}
        missing = [name for name in names if folded_name(name) not in ids]
        if missing:
            raise UnknownSegment(f"“{missing[0]}” is not among the deleted segments of this backup.")
        change = bring_back.bring_back(workspace, file.expanduser(), [ids[folded_name(name)] for name in names])
        computed = compute_quietly(workspace, change.to_compute, "bring back")
    write_one({"brought_back": names, "computed": computed}, form, [change.message, *outcome_lines(computed)])


def _restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.", show_default=False)],
    form: Formatted = Format.TABLE,
) -> None:
    """Put a backup in the workspace's place; what was there is kept beside it."""
    from segment_manager.operations import care

    target = chosen_path(context)
    aside = care.restore(file.expanduser(), target)
    former = f" What was there is in {aside}." if aside else ""
    document = {"workspace": str(target), "backup": str(file), "former": str(aside) if aside else None}
    write_one(document, form, f"Restored {target} from {file}.{former}")


def _undo(context: typer.Context, form: Formatted = Format.TABLE) -> None:
    """Undo the last step that can be undone."""
    from segment_manager.operations import history

    with opened(context) as workspace:
        _told(workspace, history.undo(workspace), form, "undo")


def _redo(context: typer.Context, form: Formatted = Format.TABLE) -> None:
    """Do the step undone last again."""
    from segment_manager.operations import history

    with opened(context) as workspace:
        _told(workspace, history.redo(workspace), form, "redo")


def _told(workspace: Workspace, change: Change, form: Format, cause: str) -> None:
    computed = compute_quietly(workspace, change.to_compute, cause)
    touched = len(change.changed | change.added | change.removed)
    write_one({"message": change.message, "segments": touched}, form, [change.message, *outcome_lines(computed)])


def _activity(
    context: typer.Context,
    segment: Annotated[str | None, typer.Option("--segment", metavar="NAME", help="Of this segment alone.")] = None,
    record_type: OfType = None,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="How many, from the newest.")] = 200,
    form: Formatted = Format.TABLE,
) -> None:
    """List what was done, newest first."""
    from segment_manager.operations import exports
    from segment_manager.storage import queries

    with opened(context) as workspace:
        segment_id = queries.segment_ids(workspace, record_type, [segment])[0] if segment is not None else None
        export = exports.activity(workspace, segment_id=segment_id, limit=limit)
        with closing(export.batches):
            if form is Format.TABLE:
                write_rows((local(row, workspace.zone) for row in export.rows()), ACTIVITY, form)
            else:
                write_rows(export.rows(), ACTIVITY, form)
