"""The verbs on the workspace as a whole: files in and out, backup, check, scan, settings.

Stands apart from segment_actions because these need no selection; each is one short method.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from segment_manager.domain.records import RecordType
from segment_manager.domain.segments import Role
from segment_manager.ui import icons
from segment_manager.ui.jobs import Jobs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from segment_manager.domain.changes import Change
    from segment_manager.storage.workspace import Workspace
    from segment_manager.ui.main_window import MainWindow

SUFFIX = "Workspaces (*.segments);;All files (*)"


class WorkspaceActions(QObject):
    """Makes the actions and carries them out. `workspace_wanted(path, whether to make it)` asks for another window."""

    workspace_wanted = Signal(str, bool)

    def __init__(self, workspace: Workspace, jobs: Jobs, window: MainWindow) -> None:
        super().__init__(window)
        self._workspace, self._jobs, self._window = workspace, jobs, window
        self.role = Role.VIEWER
        self.record_type: Callable[[], RecordType | None] = lambda: None
        self._changing: list[QAction] = []
        make = self._make
        self.new_workspace = make("New workspace…", self._new_workspace, changes=False)
        self.open_workspace = make("Open workspace…", self._open_workspace, "Ctrl+O", changes=False)
        self.import_records = make("Import records…", self._import_records, "Ctrl+I", "download")
        self.import_usage = make("Import usage…", self._import_usage, icon="download")
        self.import_segments = make("Import segments…", self._import_segments, icon="download")
        self.back_up = make("Back up…", self._back_up, icon="save", changes=False)
        self.bring_back = make("Bring back segments…", self._bring_back)
        self.recompute_all = make("Recompute all", lambda: window.flow.recompute(None), icon="refresh")
        self.scan = make("Scan for unused", self._scan, icon="broom")
        self.check = make("Check workspace", self._check, icon="shield", changes=False)
        self.settings = make("Settings…", self._settings, "Ctrl+,", "settings", changes=False)

    def _make(
        self, text: str, call: Callable[[], None], key: str = "", icon: str = "", *, changes: bool = True
    ) -> QAction:
        action = QAction(text, self._window)
        action.setObjectName(text.rstrip("…").lower().replace(" ", "_"))
        if key:
            action.setShortcut(QKeySequence(key))
        if icon:
            action.setIcon(icons.icon(icon))
        action.triggered.connect(lambda checked=False: call())
        if changes:
            self._changing.append(action)
        return action

    def follow_role(self, role: Role) -> None:
        """Grey out what the role forbids, with the reason."""
        self.role = role
        for action in self._changing:
            action.setEnabled(role is not Role.VIEWER)
            why = "This needs the role Sequence Manager or System Administrator; you are Viewer here."
            action.setToolTip(why if role is Role.VIEWER else action.text().rstrip("…"))

    # Files

    def _new_workspace(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        path, _ = QFileDialog.getSaveFileName(self._window, "New workspace", str(self._folder()), SUFFIX)
        if path:
            made = Path(path)
            self.workspace_wanted.emit(str(made if made.suffix else made.with_suffix(".segments")), True)

    def _open_workspace(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        path, _ = QFileDialog.getOpenFileName(self._window, "Open workspace", str(self._folder()), SUFFIX)
        if path:
            self.workspace_wanted.emit(path, False)

    def _folder(self) -> Path:
        return self._workspace.path.parent

    def _import_records(self) -> None:
        from segment_manager.ui.imports import ImportRecords

        self._show(ImportRecords(self._workspace, self._jobs, None, self.record_type(), self._window))

    def _import_usage(self) -> None:
        from segment_manager.ui.imports import ImportUsage

        self._show(ImportUsage(self._workspace, self._jobs, None, self._window))

    def _import_segments(self) -> None:
        from segment_manager.ui.imports import ImportSegments

        self._show(ImportSegments(self._workspace, self._jobs, None, self._window))

    def _show(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _back_up(self) -> None:
        from segment_manager.operations import care

        stamp = self._workspace.now().astimezone(self._workspace.zone).strftime("%Y-%m-%d %H.%M")
        proposed = self._folder() / f"{self._workspace.path.stem} {stamp}.backup"
        from PySide6.QtWidgets import QFileDialog

        path, _ = QFileDialog.getSaveFileName(self._window, "Back up workspace", str(proposed), "Backups (*.backup)")
        if path:
            target = Path(path)
            self._jobs.run(
                lambda: care.backup(self._workspace, target),
                title="Writing a backup",
                done=lambda saved: self._window.result_bar.tell(f"Backup written and verified: {Path(saved).name}."),
                failed=self._window.flow.failed,
                cancellable=False,
            )

    # Care

    def _bring_back(self) -> None:
        from segment_manager.ui.bring_back import BringBack

        BringBack(self._workspace, self._jobs, self._window).open()

    def _check(self) -> None:
        from segment_manager.operations import care

        def done(problems: list[str]) -> None:
            if problems:
                from segment_manager.ui import dialogs

                dialog = dialogs.TextDialog(
                    "Check workspace",
                    "The workspace has problems",
                    "Make a backup before you go on, and restore an earlier one if data is missing.",
                    "\n".join(problems),
                    self._window,
                )
                self._show(dialog)
            else:
                self._window.result_bar.tell("The workspace was checked: no problems.")

        self._jobs.run(
            lambda: care.check(self._workspace),
            title="Checking the workspace", done=done, failed=self._window.flow.failed, cancellable=False,
        )  # fmt: skip

    def _scan(self) -> None:
        def done(change: Change) -> None:
            if not change:
                self._window.result_bar.tell(change.message, kind="note")

        self._run_scan(done)

    def scan_quietly(self) -> None:
        """The automatic scan: says something only where it marked some, or does not believe the clock."""
        from segment_manager.operations import usage

        def tell(doubt: str | None) -> None:
            if doubt:
                self._window.result_bar.tell(doubt, kind="problem")

        def done(change: Change) -> None:
            if not change:
                self._jobs.read(lambda: usage.clock_doubt(self._workspace), tell, key="clock doubt")

        if self.role is not Role.VIEWER:
            self._run_scan(done, quiet=True)

    def _run_scan(self, done: Callable[[Change], None], *, quiet: bool = False) -> None:
        from segment_manager.operations import usage

        self._jobs.run(
            lambda: usage.scan(self._workspace, stop=self._jobs.is_cancelled),
            title="Scanning for unused segments",
            done=done,
            failed=(lambda error: self._window.result_bar.tell(f"The scan did not run. {error}", kind="problem"))
            if quiet
            else self._window.flow.failed,
        )

    def _settings(self) -> None:
        from segment_manager.ui.workspace_settings import WorkspaceSettings

        WorkspaceSettings(self._workspace, self._jobs, self._window).open()
