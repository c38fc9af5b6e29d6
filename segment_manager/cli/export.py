"""Export: segments, members, who joined and left, connections, usage, activity.

Stands apart because exports are written as they are read, to a file that only its owner may read.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from segment_manager.cli.jobs import run
from segment_manager.cli.options import OfType, opened
from segment_manager.cli.output import Format, note, write_table

if TYPE_CHECKING:
    from segment_manager.operations.exports import Export
    from segment_manager.storage.workspace import Workspace


class Exported(StrEnum):
    SEGMENTS = "segments"
    MEMBERS = "members"
    MOVES = "moves"
    CONNECTIONS = "connections"
    USAGE = "usage"
    ACTIVITY = "activity"


FILTERS = {
    Exported.SEGMENTS: ("segment",),
    Exported.MEMBERS: ("segment",),
    Exported.MOVES: ("segment",),
    Exported.CONNECTIONS: ("segment", "sequence"),
    Exported.USAGE: ("segment", "sequence"),
    Exported.ACTIVITY: ("segment",),
}


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("export")(_export)


def _export(
    context: typer.Context,
    what: Annotated[Exported, typer.Argument(help="What to export.", show_default=False)],
    segment: Annotated[str | None, typer.Option("--segment", metavar="NAME", help="Of this segment alone.")] = None,
    sequence: Annotated[str | None, typer.Option("--sequence", metavar="NAME", help="Of this sequence alone.")] = None,
    record_type: OfType = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here; only you may read the file.")
    ] = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="By default what the file's name says, else csv.")
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV cells as they are, even where a spreadsheet takes them for formulas.")
    ] = False,
) -> None:
    """Export as CSV, JSON or a table."""
    given = [name for name, value in (("segment", segment), ("sequence", sequence)) if value is not None]
    for name in given:
        if name not in FILTERS[what]:
            raise typer.BadParameter(f"--{name} does not fit an export of {what}.")
    if what in (Exported.MEMBERS, Exported.MOVES) and segment is None:
        raise typer.BadParameter(f"Say whose {what}: --segment NAME.")
    from segment_manager.operations import export_files

    chosen = form or (Format.JSON if output is not None and export_files.is_json(output) else Format.CSV)
    with opened(context) as workspace:
        export = _wanted(workspace, what, record_type, segment, sequence)
        writers: dict[Format, export_files.Writer] = {
            Format.CSV: partial(export_files.as_csv, raw=raw),
            Format.JSON: export_files.as_json,
            Format.TABLE: _as_table,
        }
        if output is None:
            with closing(export.batches):
                deque(writers[chosen](export, sys.stdout), maxlen=0)
            return
        target = output.expanduser()
        number = run(export_files.write_file(workspace, export, target, writers[chosen]))
        note(f"{number:,} {'row' if number == 1 else 'rows'} written to {target}.")


def _as_table(export: Export, stream: TextIO) -> Iterator[int]:
    rows = list(export.rows())
    write_table(rows, {column: column for column in export.columns}, stream)
    yield len(rows)


def _wanted(
    workspace: Workspace, what: Exported, record_type: str | None, segment: str | None, sequence: str | None
) -> Export:
    from segment_manager.operations import exports
    from segment_manager.storage import queries

    segment_id = queries.segment_ids(workspace, record_type, [segment])[0] if segment is not None else None
    match what:
        case Exported.SEGMENTS:
            ids = None if segment_id is None else [segment_id]
            return exports.segments(workspace, record_type=record_type, ids=ids)
        case Exported.MEMBERS:
            assert segment_id is not None
            return exports.members(workspace, segment_id)
        case Exported.MOVES:
            assert segment_id is not None
            return exports.moves(workspace, segment_id)
        case Exported.CONNECTIONS:
            return exports.connections(workspace, sequence=sequence, segment_id=segment_id)
        case Exported.USAGE:
            return exports.usage(workspace, record_type=record_type, segment_id=segment_id, sequence=sequence)
        case _:
            return exports.activity(workspace, segment_id=segment_id)
