"""Where everything is put together: opens a workspace, takes its window lock, shows the window.

Stands apart as the only module that knows all the others; nobody imports it.
"""

from __future__ import annotations

from segment_manager.ui import icons, settings, theme  # first: PySide6's import hook does not read what comes now

# isort: split

import gc
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QLockFile, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
from shiboken6 import isValid

from segment_manager import paths
from segment_manager.domain.errors import SegmentManagerError, WorkspaceInUse
from segment_manager.storage.workspace import Workspace
from segment_manager.ui.main_window import MainWindow

_START = 1000  # milliseconds, in which window and rows show themselves
_windows: list[MainWindow] = []
_closed: list[MainWindow] = []
"""Closed windows until Qt has deleted them on this thread; Python's collector might do it on a worker's, and crash."""


def open_window(workspace_path: str | Path) -> QMainWindow:
    """Open the window on a workspace inside a running QApplication, and show it.

    Raises WorkspaceInUse where another window has it open, and whatever Workspace.open raises.
    """
    path = Path(workspace_path)
    _delete_closed()
    if not theme.applied():
        theme.apply(_appearance(settings.appearance()))
    lock = _lock(path) if path.is_file() else None
    workspace: Workspace | None = None
    try:
        workspace = Workspace.open(path)
        window = MainWindow(workspace)
    except BaseException:
        if workspace is not None:
            workspace.close()
        if lock is not None:
            lock.unlock()
        raise
    _windows.append(window)

    def closed() -> None:
        _windows.remove(window)
        _closed.append(window)
        workspace.close()
        if lock is not None:
            lock.unlock()

    window.closed.connect(closed)
    window.workspace_wanted.connect(lambda wanted, make: _change_workspace(window, Path(wanted), make))
    window.show()
    return window


def _delete_closed() -> None:
    _closed[:] = filter(isValid, _closed)
    for window in _closed:
        window.deleteLater()


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(f"{path}.lock")
    lock.setStaleLockTime(0)
    if not lock.tryLock(50):
        process, host, _program = lock.getLockInfo()[-3:]
        if lock.error() == QLockFile.LockError.LockFailedError:
            where = f" (process {process} on {host})" if process else ""
            raise WorkspaceInUse(
                f"“{path.name}” is open in another window already{where}. Go on there, or close that window first. "
                f"If there is none, remove the file {path.name}.lock."
            )
        raise WorkspaceInUse(
            f"“{path.name}” cannot be locked: its folder may not be written. Copy the workspace elsewhere."
        )
    return lock


def _change_workspace(window: MainWindow, path: Path, make: bool) -> None:
    try:
        if make:
            Workspace.create(path).close()
        open_window(path)
    except SegmentManagerError as error:
        from segment_manager.ui import dialogs

        dialogs.show_error(window, error)
    else:
        window.close()
        window.deleteLater()


def _appearance(name: str) -> theme.Appearance:
    return theme.Appearance(name) if name in list(theme.Appearance) else theme.Appearance.SYSTEM


def main(arguments: Sequence[str] | None = None) -> int:
    """The window as a program; gives its exit code."""
    options = _options(sys.argv[1:] if arguments is None else arguments)
    if options.get("theme", "system") not in list(theme.Appearance):
        sys.stderr.write(f"There is no theme “{options['theme']}”; there are {', '.join(theme.Appearance)}.\n")
        return 2
    application = QApplication(["segment-manager", *theme.ARGUMENTS])
    application.setApplicationName("segment-manager")
    application.setDesktopFileName("segment-manager")
    application.setWindowIcon(icons.icon("segment-manager"))
    theme.apply(_appearance(options.get("theme") or _theme_wanted() or settings.appearance()), has_style=True)
    _catch_faults(application)
    beginning = QTimer(application, singleShot=True, interval=_START)
    beginning.timeout.connect(lambda: _begun(application))
    beginning.start()
    try:
        path = _workspace(options)
        open_window(path)
    except SegmentManagerError as error:
        from segment_manager.ui import dialogs

        sys.stderr.write(f"{error}\n")
        dialog = dialogs.show_error(None, error)
        dialog.finished.connect(lambda result: application.exit(1))
    return application.exec()


def _begun(application: QApplication) -> None:
    """The start is over (see __main__.window): see to signals, and look for garbage among what is made from now on."""
    _let_signals_through(application)
    gc.freeze()
    gc.enable()


def _options(arguments: Sequence[str]) -> dict[str, str]:
    """`workspace`, `theme` and `demo`, as far as they are given: __main__.opens_window lets nothing else through.

    They are taken apart by hand, since argparse and what it imports take 4 ms.
    """
    options: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        name, is_whole, value = argument.removeprefix("--").partition("=")
        options[name] = value if is_whole or name == "demo" else next(rest, "")
    return options


def _theme_wanted() -> str | None:
    wanted = os.environ.get("SEGMENT_MANAGER_THEME")
    return wanted if wanted in list(theme.Appearance) else None


def _workspace(options: dict[str, str]) -> Path:
    """The file to open; the demonstration and the default workspace are made where they are not there."""
    if "demo" in options:
        path = Path(options["workspace"]) if options.get("workspace") else paths.data_folder() / "demo.segments"
        if not path.exists():
            from segment_manager.operations.demo import make_demo

            path.parent.mkdir(parents=True, exist_ok=True)
            make_demo(path)
        return path
    path = paths.workspace_path(options.get("workspace"))
    if path == paths.default_workspace() and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        Workspace.create(path).close()
    return path


def _catch_faults(application: QApplication) -> None:
    """Show faults: Qt goes on after an exception in a slot, and so do we, but not in silence."""

    def told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        import traceback

        from segment_manager.ui import dialogs

        details = "".join(traceback.format_exception(kind, error, trace))

        parent = _windows[-1] if _windows else None
        if isinstance(error, SegmentManagerError):
            dialogs.show_error(parent, error)
        else:
            dialogs.show_crash(parent, details)

    sys.excepthook = told

    def told_of_thread(seen: threading.ExceptHookArgs) -> None:
        error = seen.exc_value or RuntimeError(str(seen.exc_type))
        QTimer.singleShot(0, application, lambda: told(seen.exc_type, error, seen.exc_traceback))

    threading.excepthook = told_of_thread


def _let_signals_through(application: QApplication) -> None:
    """Close the windows on SIGTERM and Ctrl+C; Python sees a signal only when it runs, so it runs now and then."""
    import signal  # takes half a millisecond of a start

    def stop(number: int, frame: object) -> None:
        for window in _windows[:]:
            window.close_now()
        application.quit()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    beat = QTimer(application)
    beat.timeout.connect(lambda: None)
    beat.start(400)
