"""The command line: its commands, and the one door through which every error leaves as a line and an exit code.

Stands apart from the commands so that none of them has to know how a program ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from segment_manager import __version__
from segment_manager.cli import (
    asset_verbs,
    assets,
    care,
    computing,
    explaining,
    export,
    lifecycle,
    record_commands,
    records,
    segments,
    settings,
)
from segment_manager.cli.output import tame
from segment_manager.domain.errors import SegmentManagerError

DONE, FAILED, WRONG_USAGE = 0, 1, 2
INTERRUPTED = 130
"""What typer exits with on Ctrl+C."""

app = typer.Typer(
    name="segment-manager",
    help="Find, set aside, revive and delete the segments of a sales and marketing team.",
    epilog="Exit codes: 0 done, 1 refused or failed, 2 wrong usage.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        print(f"segment-manager {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _program(
    context: typer.Context,
    workspace: Annotated[
        str | None,
        typer.Option("--workspace", metavar="FILE", help="The workspace; stands before or after the command."),
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="The window on a workspace of demonstration data.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    context.obj = workspace
    if workspace == "":  # as of an unset variable in a script: the default workspace is not meant
        raise typer.BadParameter("--workspace needs a file.")
    if context.invoked_subcommand is None:
        raise typer.BadParameter("Name a command; segment-manager --help lists them.")
    if demo:
        raise typer.BadParameter("--demo is for the window; it takes no command.")


app.add_typer(segments.app, name="segments")
app.add_typer(records.app, name="import")
app.add_typer(record_commands.app, name="records")
app.add_typer(assets.app, name="assets")
app.add_typer(settings.members, name="members")
app.add_typer(settings.settings, name="settings")
explaining.add_to(segments.app)
lifecycle.add_to(segments.app)
asset_verbs.add_to(assets.app)
for module in (care, computing, explaining, export):
    module.add_to(app)


def workspace_first(arguments: Sequence[str]) -> list[str]:
    """The arguments with --workspace FILE moved to the front, so that it may stand anywhere."""
    first: list[str] = []
    rest: list[str] = []
    given = iter(arguments)
    for argument in given:
        if argument == "--":
            rest += [argument, *given]
        elif argument == "--workspace":
            value = next(given, None)
            if value is None:
                rest.append(argument)  # lacks its file, which typer tells
            else:
                first += [argument, value]
        elif argument.startswith("--workspace="):
            first.append(argument)
        else:
            rest.append(argument)
    return first + rest


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code: 0 done, 1 refused or failed (one line on stderr), 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(workspace_first(sys.argv[1:] if argv is None else argv), prog_name="segment-manager")
    except SystemExit as leaving:
        return _told("Cancelled.") if leaving.code == INTERRUPTED else _code(leaving)
    except SegmentManagerError as error:
        return _told(str(error))
    except (KeyboardInterrupt, typer.Abort):
        return _told("Cancelled.")
    except BrokenPipeError:
        _close_stdout()
        return FAILED
    except Exception as error:
        if os.environ.get("SEGMENT_MANAGER_TRACEBACK"):
            raise
        return _told(f"Unexpected error: {type(error).__name__}: {error}. Please report it.")
    return DONE


def _code(leaving: SystemExit) -> int:
    """The exit code behind a SystemExit; its text, if it is one, has been a message."""
    if leaving.code is None:
        return DONE
    return leaving.code if isinstance(leaving.code, int) else _told(str(leaving.code))


def _told(message: str) -> int:
    print(tame(message), file=sys.stderr)
    return FAILED


def _close_stdout() -> None:
    """Whoever read our output has gone; Python would complain when it flushes the rest at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
