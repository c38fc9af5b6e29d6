"""'Jobs' in the status bar: what runs in the background, how far it is, and Cancel.

Stands apart so that there is one bar for one job, wherever the job was started.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from segment_manager.ui.jobs import Jobs

if TYPE_CHECKING:
    from segment_manager.domain.changes import Progress

_PATIENCE = 300  # milliseconds before a job shows itself: short ones never flicker


class JobBar(QWidget):
    """Follows the jobs of one window. Empty before the first one."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobs")
        self.setAccessibleName("Jobs")
        self._jobs = jobs
        self._appear = QTimer(self)
        self._appear.setSingleShot(True)
        self._appear.setInterval(_PATIENCE)
        self._appear.timeout.connect(self._show_parts)
        jobs.busy.connect(self._begin)
        jobs.progressed.connect(self._progress)
        jobs.idle.connect(self._end)

    def _furnish(self) -> None:
        from PySide6.QtWidgets import QProgressBar

        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar(self)
        self._bar.setAccessibleName("Progress")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(130)
        self._share = QLabel(self)
        self._share.setProperty("role", "muted")
        self._cancel = QToolButton(self)
        self._cancel.setText("Cancel")
        self._cancel.setProperty("kind", "row")  # low enough for the status bar to keep its height
        self._cancel.setToolTip("Stop this job; the workspace stays as it was")
        self._cancel.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 4, 2)
        row.setSpacing(8)
        for widget in (self._text, self._bar, self._share, self._cancel):
            row.addWidget(widget)
        self._parts = (self._text, self._bar, self._share, self._cancel)
        self._end()

    def _begin(self, title: str) -> None:
        if self.layout() is None:
            self._furnish()
        self._text.setText(title)
        self._bar.setRange(0, 0)
        self._share.setText("")
        self._cancel.setEnabled(True)
        if self._text.isHidden():
            self._appear.start()

    def _show_parts(self) -> None:
        for part in self._parts:
            part.setVisible(part is not self._cancel or self._jobs.cancellable)

    def _progress(self, title: str, progress: Progress) -> None:
        said = progress.text or title
        self._text.setText(self._text.fontMetrics().elidedText(said, Qt.TextElideMode.ElideMiddle, 320))
        if progress.total:
            self._bar.setRange(0, 1000)
            self._bar.setValue(min(1000, progress.done * 1000 // progress.total))
            self._share.setText(f"{progress.done:,} of {progress.total:,}")
        else:
            self._bar.setRange(0, 0)
            self._share.setText(f"{progress.done:,}" if progress.done else "")

    def _stop(self) -> None:
        self._cancel.setEnabled(False)
        self._text.setText("Stopping…")
        self._jobs.cancel()

    def _end(self) -> None:
        self._appear.stop()
        self._bar.setRange(0, 1)  # an endless bar would go on animating unseen
        for part in self._parts:
            part.hide()
