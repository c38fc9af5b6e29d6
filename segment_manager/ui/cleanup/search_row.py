"""What the clean-up looks at, and how far it is: record type, similarity, Look again, progress with Cancel.

Stands apart from the window because it is a small state of its own: looking, or waiting to be asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QPushButton, QSpinBox, QVBoxLayout, QWidget

from segment_manager.domain.changes import Progress
from segment_manager.domain.records import RecordType
from segment_manager.ui import icons
from segment_manager.ui.dialogs import label

_PAUSE = 700  # milliseconds after the last change of the similarity before the search begins anew


class SearchRow(QWidget):
    """`wanted()` asks for a search with what is chosen now, `cancelled()` to stop the one that runs."""

    wanted = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.record_type = QComboBox(self)
        self.record_type.setAccessibleName("Record type to clean up")
        self.similarity = QSpinBox(self)
        self.similarity.setAccessibleName("Similarity of near duplicates")
        self.similarity.setRange(50, 100)
        self.similarity.setValue(90)
        self.similarity.setSuffix(" %")
        self.similarity.setToolTip("The share of common members from which two segments are near duplicates")
        self.again = QPushButton(icons.icon("refresh"), "Look again", self)
        self.again.setAutoDefault(False)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName("Progress of the clean-up search")
        self.cancel = QPushButton("Cancel", self)
        self.cancel.setAutoDefault(False)
        self.told = label("", "muted")
        self.told.setObjectName("cleanup_status")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self.wanted)
        self._place()
        self.record_type.currentIndexChanged.connect(lambda place: self.wanted.emit())
        self.similarity.valueChanged.connect(lambda value: self._pause.start())
        self.again.clicked.connect(lambda checked=False: self.wanted.emit())
        self.cancel.clicked.connect(lambda checked=False: self.cancelled.emit())

    def _place(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.record_type)
        row.addSpacing(12)
        similar = label("Near duplicates share at least")
        similar.setWordWrap(False)
        similar.setBuddy(self.similarity)
        row.addWidget(similar)
        row.addWidget(self.similarity)
        of = label("of their members")
        of.setWordWrap(False)
        row.addWidget(of)
        row.addStretch(1)
        row.addWidget(self.again)
        state = QHBoxLayout()
        state.addWidget(self.told, 1)
        state.addWidget(self.bar)
        state.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addLayout(state)

    def show_record_types(self, types: Sequence[RecordType], chosen: int | None) -> None:
        """Fill the choice; nobody is told."""
        was = self.record_type.blockSignals(True)
        self.record_type.addItem("All record types", None)
        for each in types:
            self.record_type.addItem(each.name, each.id)
            if each.id == chosen:
                self.record_type.setCurrentIndex(self.record_type.count() - 1)
        self.record_type.blockSignals(was)

    def look_soon(self) -> None:
        """Ask for a search in a moment."""
        self._pause.start()

    def show_looking(self, looking: bool) -> None:
        """Whether a search runs or waits."""
        self.bar.setVisible(looking)
        self.cancel.setVisible(looking)
        self.again.setEnabled(not looking)
        if looking:
            self._pause.stop()
            self.bar.setRange(0, 0)

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        self.bar.setRange(0, progress.total or 0)
        self.bar.setValue(progress.done)
        self.told.setText(progress.text)
