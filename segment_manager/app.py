"""Where everything is put together: opens a workspace, takes its window lock, shows the window.

Stands apart as the only module that knows all the others; nobody imports it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QLockFile, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMainWindow

from segment_manager import paths
from segment_manager.domain.errors import SegmentManagerError, WorkspaceInUse
from segment_manager.storage.workspace import Workspace
from segment_manager.ui import dialogs, settings, theme
from segment_manager.ui.main_window import MainWindow

_windows: list[MainWindow] = []


def open_window(workspace_path: str | Path) -> QMainWindow:
    """Open the window on a workspace inside a running QApplication, and show it.

    Raises WorkspaceInUse where another window has it open, and whatever Workspace.open raises.
    """
    path = Path(workspace_path)
    if not theme.applied():
        theme.apply(_appearance(settings.appearance()))
    lock = _lock(path) if path.is_file() else None
    try:
        workspace = Workspace.open(path)
    except BaseException:
        if lock is not None:
            lock.unlock()
        raise
    window = MainWindow(workspace)
    _windows.append(window)

    def closed() -> None:
        _windows.remove(window)
        workspace.close()
        if lock is not None:
            lock.unlock()

    window.closed.connect(closed)
    window.workspace_wanted.connect(lambda wanted, make: _change_workspace(window, Path(wanted), make))
    window.show()
    return window


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(f"{path}.lock")
    lock.setStaleLockTime(0)
    if not lock.tryLock(50):
        _, process, host, program = lock.getLockInfo()
        if lock.error() == QLockFile.LockError.LockFailedError:
            where = f" (process {process} on {host})" if process else ""
            raise WorkspaceInUse(
                f"“{path.name}” is open in another window already{where}. Go on there, or close that window first. "
                f"If there is none, remove the file {path.name}.lock."
            )
        raise WorkspaceInUse(
            f"“{path.name}” cannot be locked: the folder {path.parent} may not be written. Copy the workspace elsewhere."
        )
    return lock


def _change_workspace(window: MainWindow, path: Path, make: bool) -> None:
    try:
        if make:
            Workspace.create(path).close()
        open_window(path)
    except SegmentManagerError as error:
        dialogs.show_error(window, error)
    else:
        window.close()


def _appearance(name: str) -> theme.Appearance:
    return theme.Appearance(name) if name in list(theme.Appearance) else theme.Appearance.SYSTEM


def main(arguments: Sequence[str] | None = None) -> int:
    """The window as a program; gives its exit code."""
    options = _options(arguments)
    application = QApplication(["segment-manager"])
    application.setApplicationName("segment-manager")
    application.setDesktopFileName("segment-manager")
    application.setWindowIcon(QIcon(str(paths.resource("icons/segment-manager.svg"))))
    theme.apply(_appearance(options.theme or settings.appearance()))
    _catch_faults()
    beat = _let_signals_through(application)
    try:
        path = _workspace(options)
        open_window(path)
    except SegmentManagerError as error:
        print(error, file=sys.stderr)
        dialog = dialogs.show_error(None, error)
        dialog.finished.connect(lambda result: application.exit(1))
    code = application.exec()
    beat.stop()
    return code


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="segment-manager")
    parser.add_argument("--workspace", help="the workspace file to open")
    parser.add_argument("--demo", action="store_true", help="a workspace of demonstration data, made on the spot")
    parser.add_argument("--theme", choices=[str(each) for each in theme.Appearance], default=_theme_wanted())
    return parser.parse_args(arguments)


def _theme_wanted() -> str | None:
    wanted = os.environ.get("SEGMENT_MANAGER_THEME")
    return wanted if wanted in list(theme.Appearance) else None


def _workspace(options: argparse.Namespace) -> Path:
    """The file to open; the demonstration and the default workspace are made where they are not there."""
    if options.demo:
        path = Path(options.workspace) if options.workspace else paths.data_folder() / "demo.segments"
        if not path.exists():
            from segment_manager.operations.demo import make_demo

            path.parent.mkdir(parents=True, exist_ok=True)
            make_demo(path)
        return path
    path = paths.workspace_path(options.workspace)
    if path == paths.default_workspace() and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        Workspace.create(path).close()
    return path


def _catch_faults() -> None:
    """Show faults instead of printing them: Qt goes on after an exception in a slot, and so do we, but not in silence."""

    def told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        parent = _windows[-1] if _windows else None
        if isinstance(error, SegmentManagerError):
            dialogs.show_error(parent, error)
        else:
            dialogs.show_crash(parent, details)

    sys.excepthook = told
    threading.excepthook = lambda seen: QTimer.singleShot(
        0, QApplication.instance(), lambda: told(seen.exc_type, seen.exc_value or RuntimeError(), seen.exc_traceback)
    )


def _let_signals_through(application: QApplication) -> QTimer:
    """Close the windows on SIGTERM and Ctrl+C; Python sees a signal only when it runs, so it runs now and then."""

    def stop(number: int, frame: object) -> None:
        for window in list(_windows):
            window._stop_asked = True
            window.close()
        application.quit()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    beat = QTimer()
    beat.timeout.connect(lambda: None)
    beat.start(400)
    return beat
