"""What the segment actions do when they are pressed: each verb's one line from the selection to its operation.

Stands apart from segment_actions.py, which only says what there is and when. It is made when the first one is pressed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from segment_manager.domain.records import RecordType
from segment_manager.domain.segments import SegmentDetail
from segment_manager.ui.chosen_rows import MANY
from segment_manager.ui.wording import count

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace
    from segment_manager.ui.main_window import MainWindow

_PLANNED = {
    "clone": "clone",
    "deactivate": "deactivate",
    "resume_computation": "resume",
    "keep_active": "keep-active",
    "allow_marking_as_unused": "allow-scan",
    "delete_permanently": "delete",
}
"""The planned actions by the values of domain.plans.Action, which the first paint does not need."""


class SelectionActions(QObject):
    """Does what the actions of one window are for."""

    def __init__(self, workspace: Workspace, window: MainWindow) -> None:
        super().__init__(window)
        self._workspace, self._window = workspace, window
        self._calls: dict[str, Callable[[], object]] = {
            **{name: partial(self._start, action) for name, action in _PLANNED.items()},
            "new_segment": self.new,
            "open": window.show_details,
            "edit_rule": self._edit_selected,
            "rename": self._rename,
            "tags": self._tags,
            "copy_name": partial(self._copy, "name", "name"),
            "copy_id": partial(self._copy, "id", "ID"),
            "export": self._export,
            "compare": lambda: window.tools.compare(window.list.selection.selected_ids()),
            "recompute": lambda: window.flow.recompute(window.list.selection.selected_ids()),
        }

    def do(self, name: str) -> None:
        """Do what the action of this name is for."""
        self._calls[name]()

    def _start(self, action: str) -> None:
        from segment_manager.domain.plans import Action

        self._window.flow.start(Action(action), self._window.list.selection.to_act_on())

    def new(self) -> None:
        """Open the editor for a new segment, asking first for its record type where all are shown."""
        chosen = self._window.chosen_record_type()
        if chosen is not None:
            self._open_editor(chosen, None)
            return
        facts = self._window.facts
        types = list(facts.record_types) if facts is not None else []
        if len(types) == 1:
            self._open_editor(types[0], None)
        elif types:
            from segment_manager.ui.prompts import Choose

            names = [each.name for each in types]
            Choose(
                "New segment", "What kind of records shall it hold?", names, "Continue",
                lambda place: self._open_editor(types[place], None), self._window,
            ).open()  # fmt: skip

    def edit(self, segment_id: int) -> None:
        """Open the editor of a segment."""

        from segment_manager.storage import queries

        def read() -> tuple[RecordType, SegmentDetail]:
            detail = queries.segment_detail(self._workspace, segment_id)
            return queries.record_type_by_id(self._workspace, detail.summary.record_type_id), detail

        self._window.jobs.read(read, lambda found: self._open_editor(*found), key="edit")

    def _open_editor(self, record_type: RecordType, detail: SegmentDetail | None) -> None:
        from segment_manager.ui.edit_segment import EditSegment

        dialog = EditSegment(self._workspace, self._window.jobs, record_type, detail, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _edit_selected(self) -> None:
        for segment_id in self._window.list.selection.selected_ids()[:1]:
            self.edit(segment_id)

    def _rename(self) -> None:
        from segment_manager.ui.prompts import RenameSegment

        for summary in self._window.list.selection.summaries(1):
            RenameSegment(self._workspace, self._window.jobs, summary, self._window).open()

    def _tags(self) -> None:
        from segment_manager.ui.prompts import TagSegments

        ids = self._window.list.selection.selected_ids()
        if ids:
            selection = self._window.list.selection
            [first], tags = selection.summaries(1), selection.values("tags", in_order=False)
            TagSegments(self._workspace, self._window.jobs, ids, first.name, tags, self._window).open()

    def _copy(self, field: str, what: str) -> None:
        selection = self._window.list.selection
        number, text = selection.selected()[0], selection.texts(field)

        def take(found: str) -> None:
            QGuiApplication.clipboard().setText(found)
            self._window.result_bar.tell(f"Copied {count(number, what)}.", kind="note")

        if number > MANY:
            self._window.jobs.read(text, take, key="copy", long=True)
        elif number:
            take(text())

    def _export(self) -> None:
        from segment_manager.ui.export_segments import ExportSegments

        ids, known = self._window.list.selection.to_act_on(), self._window.list.selection.summaries(1)
        if not ids:
            return
        dialog = ExportSegments(
            self._workspace, self._window.jobs, self._window.result_bar, ids, known[0], self._window
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
