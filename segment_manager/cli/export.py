"""Export: segments, members, who joined and left, connections, usage, activity.

Stands apart because exports are written row by row, to a file that only its owner may read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segment_manager.cli.options import OfType, chosen_path, opened
from segment_manager.cli.output import Format, Row, note, private_file, write_rows

if TYPE_CHECKING:
    from segment_manager.operations.exports import ExportRows
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
    chosen = form or (Format.JSON if output is not None and output.suffix.lower() == ".json" else Format.CSV)
    with opened(context) as workspace:
        columns, rows = _rows(workspace, what, record_type, segment, sequence)
        headings = {column: column for column in columns}
        with closing(rows):
            if output is None:
                write_rows(rows, headings, chosen, raw=raw)
                return
            path = chosen_path(context)
            target = output.expanduser()
            counted = _Counted(rows)
            with private_file(target, never=[path, Path(f"{path}-wal"), Path(f"{path}-shm")]) as stream:
                write_rows(counted, headings, chosen, stream, raw=raw)
            note(f"{counted.number:,} {'row' if counted.number == 1 else 'rows'} written to {target}.")


class _Counted:
    """Rows, counted as they pass."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.number += 1
            yield row


def _rows(
    workspace: Workspace, what: Exported, record_type: str | None, segment: str | None, sequence: str | None
) -> tuple[tuple[str, ...], ExportRows]:
    from segment_manager.operations import exports
    from segment_manager.storage import queries

    segment_id = queries.segment_ids(workspace, record_type, [segment])[0] if segment is not None else None
    match what:
        case Exported.SEGMENTS:
            return exports.SEGMENT_COLUMNS, exports.segments(workspace, record_type=record_type, segment_id=segment_id)
        case Exported.MEMBERS:
            assert segment_id is not None
            return exports.member_columns(workspace, segment_id), exports.members(workspace, segment_id)
        case Exported.MOVES:
            assert segment_id is not None
            return exports.MOVE_COLUMNS, exports.moves(workspace, segment_id)
        case Exported.CONNECTIONS:
            rows = exports.connections(workspace, sequence=sequence, segment_id=segment_id)
            return exports.CONNECTION_COLUMNS, rows
        case Exported.USAGE:
            return exports.USAGE_COLUMNS, exports.usage(
                workspace, record_type=record_type, segment_id=segment_id, sequence=sequence
            )
        case _:
            return exports.ACTIVITY_COLUMNS, exports.activity(workspace, segment_id=segment_id)
