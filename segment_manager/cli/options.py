"""The options that several commands share, and the workspace they all open.

Stands apart so that an option is called, explained and checked the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segment_manager.cli.output import Format
from segment_manager.paths import workspace_path

if TYPE_CHECKING:
    from segment_manager.domain.rules import Rule
    from segment_manager.storage.workspace import Workspace

EARLIEST, LATEST = 1900, 9000
"""Years that --as-of may name: date arithmetic of a few years stays within what Python can tell."""


def _time(given: str | None) -> str | None:
    if given is not None:
        try:
            moment = datetime.fromisoformat(given)
        except ValueError:
            raise typer.BadParameter(
                f"“{given}” is no ISO date or time such as 2026-03-01 or 2026-03-01T14:30."
            ) from None
        if not EARLIEST <= moment.year <= LATEST:
            raise typer.BadParameter(f"The year must be from {EARLIEST} to {LATEST}.")
    return given


Formatted = Annotated[Format, typer.Option("--format", help="How the result is written.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="TIME", callback=_time, help="Act as if it were then (ISO date or time)."),
]
OfType = Annotated[str | None, typer.Option("--record-type", metavar="NAME", help="The record type of the segments.")]
Ids = Annotated[list[int] | None, typer.Option("--id", metavar="ID", help="A segment by its id; may be repeated.")]
Names = Annotated[list[str] | None, typer.Argument(metavar="NAME…", show_default=False, help="Segments by name.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would happen, and change nothing.")]


class _AsOfClock:
    """The clock of a command: now, or the time of --as-of, read in the workspace's zone where it has no offset."""

    def __init__(self, as_of: str | None) -> None:
        self.moment = datetime.fromisoformat(as_of) if as_of else None
        self.zone: tzinfo | None = None

    def __call__(self) -> datetime:
        if self.moment is None or (self.moment.tzinfo is None and self.zone is None):
            return datetime.now(UTC)
        return self.moment if self.moment.tzinfo else self.moment.replace(tzinfo=self.zone)


def chosen_path(context: typer.Context) -> Path:
    """The workspace file that the command is about: --workspace, else the variable, else the default one."""
    return workspace_path(context.obj if isinstance(context.obj, str) else None)


@contextmanager
def opened(context: typer.Context, as_of: str | None = None) -> Iterator[Workspace]:
    """The workspace of a command, open as of a time, and closed at the end."""
    from segment_manager.storage.workspace import Workspace

    clock = _AsOfClock(as_of)
    workspace = Workspace.open(chosen_path(context), clock=clock)
    try:
        clock.zone = workspace.zone
        workspace.time_told = as_of is not None
        yield workspace
    finally:
        workspace.close()


def selection(
    workspace: Workspace, record_type: str | None, names: list[str] | None, ids: list[int] | None
) -> list[int]:
    """The ids of the segments that a command names, each once. Raises UnknownSegment; nothing named is wrong usage."""
    from segment_manager.domain.errors import UnknownSegment
    from segment_manager.storage import queries

    if not names and not ids:
        raise typer.BadParameter("Name the segments, by NAME or by --id.")
    wanted = list(dict.fromkeys(ids or ()))
    there = {summary.id for summary in queries.summaries(workspace, ids=wanted)} if wanted else set()
    gone = [str(each) for each in wanted if each not in there]
    if gone:
        raise UnknownSegment(f"There is no segment with the id {' or '.join(gone)}.")
    named = queries.segment_ids(workspace, record_type, names) if names else []
    return list(dict.fromkeys([*wanted, *named]))


def rule_from(source: str) -> Rule:
    """The rule in a file, or from standard input for '-'. Raises InvalidRule, FileUnreadable."""
    from segment_manager.domain.rules import from_json

    return from_json(text_from(source))


def text_from(source: str) -> str:
    """The UTF-8 text of a file, or of standard input for '-'. Raises FileUnreadable."""
    import sys

    from segment_manager.domain.errors import FileUnreadable

    shown = "standard input" if source == "-" else f"“{source}”"
    try:
        content = sys.stdin.buffer.read() if source == "-" else Path(source).expanduser().read_bytes()
    except OSError as error:
        raise FileUnreadable(f"{shown} cannot be read: {error.strerror or error}.") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnreadable(f"{shown} is no UTF-8 text. Save it as UTF-8 and try again.") from None
