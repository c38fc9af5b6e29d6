"""ImportSegments: definitions of segments from a file whose columns are fixed, so there is nothing to arrange.

Stands apart because it is the one import that is not looked at before: its rules are judged all together.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from segment_manager.operations.segment_import import import_segments
from segment_manager.ui.details.header import text_label
from segment_manager.ui.imports.import_dialog import ImportDialog
from segment_manager.ui.jobs import Jobs

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

SEGMENTS_TEXT = (
    "Definitions of segments as JSON lines or CSV, with record_type, name and rule, and perhaps description, tags and "
    "status.\n"
    "Without a status they arrive inactive. A segment that is there already gets the file's rule, description and "
    "tags; its status stays."
)


class ImportSegments(ImportDialog):
    """Brings in definitions of segments."""

    title = "Import segments"
    what = "segment"

    def __init__(
        self, workspace: Workspace, jobs: Jobs, path: Path | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, jobs, path, parent)
        self.setObjectName("import_segments")
        self.resize(640, 360)
        self.choices.addWidget(text_label(SEGMENTS_TEXT, "muted"))
        self.choices.addStretch(1)

    def work(self, path: Path, skip_bad_rows: bool) -> Callable[[], Any]:
        workspace = self.workspace
        return lambda: import_segments(workspace, path, skip_bad_rows=skip_bad_rows)
