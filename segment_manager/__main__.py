"""The program's front door: decides between the window and the command line.

It stands apart, and imports next to nothing, so that the command line never waits for Qt, nor the window for typer.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence


def opens_window(arguments: Sequence[str]) -> bool:
    """Whether the arguments (without the program's name) ask for the window: no subcommand, no other option."""
    rest = iter(arguments)
    for argument in rest:
        if argument in ("--workspace", "--theme"):
            if next(rest, None) is None:
                return False
        elif argument != "--demo" and not argument.startswith(("--workspace=", "--theme=")):
            return False
    return True


def _lacks_display() -> bool:
    shown_by = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform.startswith("linux") and not any(os.environ.get(name) for name in shown_by)


def window() -> Callable[[Sequence[str]], int]:
    """The window's main, imported with Python's search for garbage at rest; it takes that up again after the start.

    What modules and window make at the start stays: looking through it a hundred times takes a tenth of the start.
    """
    gc.disable()
    from segment_manager.app import main

    return main


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the window or the command line on the arguments (else those of the process); gives the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not opens_window(given):
        from segment_manager.cli.main import main as command_line

        return command_line(given)
    if _lacks_display():
        # Qt would abort with a page of text and exit code 134
        print("There is no display to open a window on; segment-manager --help shows the commands.", file=sys.stderr)
        return 1
    return window()(given)


if __name__ == "__main__":
    sys.exit(main())
