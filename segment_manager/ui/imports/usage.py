"""ImportUsage and ImportSegments: files whose columns are fixed, so there is little to choose.

Stand together because each is only a few choices over the common frame.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QCheckBox, QWidget

from segment_manager.operations.segment_import import import_segments
from segment_manager.operations.usage import import_usage
from segment_manager.ui.details.header import text_label
from segment_manager.ui.imports.import_dialog import ImportDialog
from segment_manager.ui.jobs import Jobs

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

USAGE_TEXT = (
    "One line for each use of a segment, with the columns asset_type, asset_id, asset_name, state, record_type, "
    "segment, started_on and ended_on.\n"
    "The asset type is sequence, campaign, journey, message, test list, funnel, cohort or report; the state is draft, "
    "scheduled, live, paused or ended. Importing a file again updates what is there."
)
SEGMENTS_TEXT = (
    "Definitions of segments as JSON lines or CSV, with record_type, name and rule, and perhaps description, tags and "
    "status.\n"
    "Without a status they arrive inactive. A segment that is there already gets the file's rule, description and "
    "tags; its status stays."
)


class ImportUsage(ImportDialog):
    """Brings in which assets use which segments."""

    title = "Import usage"
    what = "use"

    def __init__(
        self, workspace: Workspace, jobs: Jobs, path: Path | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, jobs, path, parent)
        self.setObjectName("import_usage")
        self.resize(640, 380)
        self.complete = QCheckBox("This file is complete: end assets it does not hold")
        self.choices.addWidget(text_label(USAGE_TEXT, "muted"))
        self.choices.addStretch(1)
        self.choices.addWidget(self.complete)

    def work(self, path: Path, skip_bad_rows: bool) -> Callable[[], Any]:
        workspace, complete = self.workspace, self.complete.isChecked()
        return lambda: import_usage(workspace, path, complete=complete, skip_bad_rows=skip_bad_rows)


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
