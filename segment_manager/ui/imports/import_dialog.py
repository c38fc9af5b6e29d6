"""The frame of every import dialog: choose a file or drop one, look, import with progress, see what came of it.

Stands apart because the three imports differ only in what can be chosen before; how they run and end is one thing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.changes import Progress
from segment_manager.domain.errors import Cancelled, ImportRefused, SegmentManagerError
from segment_manager.operations.import_report import ImportReport
from segment_manager.ui.details.header import text_label
from segment_manager.ui.dialogs import show_error
from segment_manager.ui.imports.outcome import Outcome
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.rule_builder.condition_row import ErrorLine

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

FILES = "Files of rows (*.csv *.tsv *.txt *.xlsx *.xlsm *.xls *.ods *.json *.jsonl *.ndjson);;All files (*)"
CHOICES, RUNNING, ENDED = range(3)


class ImportDialog(QDialog):
    """Subclasses fill `self.choices`, say what is imported and give the work.

    The work is taken from `work(path, skip_bad_rows)`; its report's Change goes to the window as of any other job.
    """

    title = ""
    what = "row"
    hint = "Drop a file here, or choose one: CSV, Excel or JSON lines."

    def __init__(self, workspace: Workspace, jobs: Jobs, path: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.jobs = jobs
        self._running = False
        self._ours = False
        self._settled: Path | None = None
        self._job_title = ""
        self.setWindowTitle(self.title)
        self.setAccessibleName(self.title)
        self.setAcceptDrops(True)
        self.setSizeGripEnabled(True)
        self._file = QLineEdit()
        self._file.setAccessibleName("File")
        self._file.setPlaceholderText(self.hint)
        self._choose = QPushButton("Choose file…")
        self.choices = QVBoxLayout()
        self.skip = QCheckBox("Skip bad rows")
        self.skip.setToolTip("Import the good rows and write the bad ones to a file. Otherwise one bad row stops all.")
        self.error = ErrorLine()
        self._progress = QProgressBar()
        self._doing = text_label()
        self._outcome = Outcome()
        self._pages = QStackedWidget()
        self._import = QPushButton("Import")
        self._cancel = QPushButton("Cancel")
        self._build()
        jobs.busy.connect(self._busy)
        jobs.progressed.connect(self._progressed)
        if path is not None:
            self.set_file(path)
        self._ready()

    # What subclasses say

    def work(self, path: Path, skip_bad_rows: bool) -> Callable[[], Any]:
        """What the worker is to do: a callable that gives the import's generator."""
        raise NotImplementedError

    def file_chosen(self, path: Path) -> None:
        """Another file was chosen."""

    def may_import(self) -> bool:
        """Whether everything is chosen that has to be."""
        return True

    # The file

    def file(self) -> Path | None:
        """The chosen file; None where there is none."""
        text = self._file.text().strip()
        return Path(text).expanduser() if text else None

    def set_file(self, path: Path) -> None:
        """Choose a file."""
        self._file.setText(str(path))
        self._settled = None  # chosen once more: looked at once more
        self._file_settled()

    def _browse(self) -> None:
        folder = str(self.file().parent) if self.file() else ""  # type: ignore[union-attr]
        chosen, _ = QFileDialog.getOpenFileName(self, self.title, folder, FILES)
        if chosen:
            self.set_file(Path(chosen))

    def _file_settled(self) -> None:
        path = self.file()
        if path is not None and path != self._settled:
            self._settled = path
            self.error.say("")
            self.file_chosen(path)
        self._ready()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self._running and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if local:
            event.acceptProposedAction()
            self._show(CHOICES)
            self.set_file(Path(local[0]))

    # Running

    def start(self, *, skip_bad_rows: bool | None = None) -> None:
        """Begin the import with what is chosen."""
        path = self.file()
        if path is None or self._running:
            return
        self.error.say("")
        self._running = True
        self._ours = False
        skip = self.skip.isChecked() if skip_bad_rows is None else skip_bad_rows
        self._progress.setRange(0, 0)
        self._doing.setText("Waiting for another job to end…" if not self.jobs.is_idle else f"Importing {path.name}")
        self._show(RUNNING)
        self._job_title = f"Importing {path.name}"
        self.jobs.run(self.work(path, skip), title=self._job_title, done=self._done, failed=self._failed)

    def _busy(self, title: str) -> None:
        self._ours = self._running and title == self._job_title
        self._ready()

    def _progressed(self, title: str, progress: Progress) -> None:
        if not self._running or title != self._job_title:
            return
        self._doing.setText(progress.text or self._job_title)
        if progress.total:
            self._progress.setRange(0, 1000)
            self._progress.setValue(min(1000, 1000 * progress.done // progress.total))

    def _done(self, report: ImportReport) -> None:
        self._running = False
        self._outcome.show_report(report, self.what)
        self._show(ENDED)
        self._cancel.setFocus()
        if report.change is not None:
            self.jobs.changed.emit(report.change)

    def _failed(self, error: BaseException) -> None:
        self._running = False
        if isinstance(error, ImportRefused) and isinstance(error.report, ImportReport):
            self._outcome.show_refusal(error.report, str(error))
            self._show(ENDED)
            return
        self._show(CHOICES)
        if isinstance(error, SegmentManagerError):
            self.error.say(str(error))
        else:
            show_error(self, error)

    def reject(self) -> None:
        """Cancel or Esc: stops a running import and stays; otherwise closes."""
        if not self._running:
            super().reject()
        elif self._ours:
            self.jobs.cancel()
            self._doing.setText(str(Cancelled()).split(".", maxsplit=1)[0] + "…")

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._running:
            event.ignore()
            self.reject()
            return
        super().closeEvent(event)

    # The frame

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._file, 1)
        top.addWidget(self._choose)
        first, second = QWidget(), QWidget()
        column = QVBoxLayout(first)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(top)
        column.addLayout(self.choices, 1)
        column.addWidget(self.skip)
        running = QVBoxLayout(second)
        running.addStretch(1)
        running.addWidget(self._doing)
        running.addWidget(self._progress)
        running.addStretch(2)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName("Progress of the import")
        self._doing.setAlignment(Qt.AlignmentFlag.AlignLeft)
        for page in (first, second, self._outcome):
            self._pages.addWidget(page)
        self._import.setProperty("kind", "primary")
        self._import.setDefault(True)
        self._cancel.setAutoDefault(False)
        self._choose.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.error, 1)
        buttons.addStretch(0)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._import)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(12)
        whole.addWidget(self._pages, 1)
        whole.addLayout(buttons)
        self._choose.clicked.connect(self._browse)
        self._file.editingFinished.connect(self._file_settled)
        self._import.clicked.connect(lambda _checked: self.start())
        self._cancel.clicked.connect(self.reject)
        self._outcome.good_rows_wanted.connect(lambda: self.start(skip_bad_rows=True))
        self._outcome.back_wanted.connect(lambda: self._show(CHOICES))

    def _show(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        self._ready()

    def _ready(self) -> None:
        """Which buttons can be pressed now, and what they are called."""
        page = self._pages.currentIndex()
        self._import.setVisible(page == CHOICES)
        self._import.setEnabled(self.file() is not None and self.may_import())
        self._cancel.setText("Close" if page == ENDED else "Cancel")
        self._cancel.setEnabled(page != RUNNING or self._ours)
