"""'Find record': a search over the records of a type at the left, the chosen one at the right.

Stands apart as a window of its own that may stay open beside the list; it only reads.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.records import RecordType, fold
from segment_manager.domain.stored_values import Value
from segment_manager.operations.computation import explain
from segment_manager.operations.record_search import RecordPlace, find_records, record_place
from segment_manager.storage import queries
from segment_manager.storage.queries import FoundRecords
from segment_manager.ui import icons
from segment_manager.ui.details.formats import counted, value_text
from segment_manager.ui.details.header import text_label
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.record_search.place_view import PlaceView
from segment_manager.ui.wording import plain_tooltip

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

WAIT_FOR_TYPING = 250
AT_MOST = 200
_KEY = Qt.ItemDataRole.UserRole


class _World(NamedTuple):
    """What the window needs to know of the workspace."""

    record_types: list[RecordType]
    zone: tzinfo
    today: date


class FindRecord(QDialog):
    """Opens on a record type (None: the first with records) and, where given, on one record.

    `segment_requested(segment_id)`: the person wants to see a segment in the list.
    """

    segment_requested = Signal(int)

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        record_type: RecordType | None = None,
        key: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._jobs = workspace, jobs
        self._first, self._key = record_type, key
        self._world: _World | None = None
        self._place: RecordPlace | None = None
        self.setWindowTitle("Find record")
        self.setAccessibleName(self.windowTitle())
        self.setObjectName("find_record")
        self.setModal(False)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1000, 640)
        self._type = QComboBox()
        self._search = QLineEdit()
        self._told = text_label(role="muted")
        self._told.setObjectName("found_count")
        self._found = QListWidget()
        self.place_view = PlaceView()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(WAIT_FOR_TYPING)
        self._build()
        self._begin()

    def _build(self) -> None:
        self._type.setAccessibleName("Record type of the record")
        self._type.setObjectName("find_record_type")
        self._search.setAccessibleName("Search records")
        self._search.setObjectName("search_records")
        self._search.setPlaceholderText("Key, or text of a field")
        self._search.setClearButtonEnabled(True)
        self._search.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._found.setAccessibleName("Records found")
        self._found.setObjectName("records_found")
        self._found.setUniformItemSizes(True)
        self._found.setStyleSheet("QListView::item { padding: 3px 4px; }")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 12, 0)
        for widget in (self._type, self._search, self._told):
            column.addWidget(widget)
        column.addWidget(self._found, 1)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.addWidget(left)
        halves.addWidget(self.place_view)
        halves.setStretchFactor(1, 1)
        halves.setSizes([320, 660])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 14, 16, 14)
        outer.addWidget(halves)
        self._type.currentIndexChanged.connect(lambda _index: self._type_chosen())
        self._search.textChanged.connect(lambda _text: self._typing.start())
        self._search.returnPressed.connect(self._find)
        self._typing.timeout.connect(self._find)
        self._found.currentItemChanged.connect(lambda item, _before: self._record_chosen(item))
        self.place_view.why_wanted.connect(self._explain)
        self.place_view.segment_requested.connect(self.segment_requested)
        self._search.setFocus()

    def _begin(self) -> None:
        workspace = self._workspace

        def read() -> tuple[_World, dict[int, int]]:
            world = _World(queries.record_types(workspace), workspace.zone, workspace.today())
            return world, queries.record_counts(workspace)

        self._jobs.read(read, while_there(self, lambda answer: self._begun(*answer)), failed=self._problem())

    def _begun(self, world: _World, counts: dict[int, int]) -> None:
        self._world = world
        self._type.blockSignals(True)
        for each in world.record_types:
            self._type.addItem(f"{each.name} ({counts.get(each.id, 0):,})")
        ids = [each.id for each in world.record_types]
        filled = next((place for place, each in enumerate(ids) if counts.get(each)), 0)
        self._type.setCurrentIndex(ids.index(self._first.id) if self._first and self._first.id in ids else filled)
        self._type.blockSignals(False)
        self._search.setText(self._key)
        self._type_chosen()

    @property
    def record_type(self) -> RecordType | None:
        """The record type that is searched."""
        place = self._type.currentIndex()
        return self._world.record_types[place] if self._world is not None and place >= 0 else None

    def _type_chosen(self) -> None:
        workspace, of_type = self._workspace, self.record_type
        if of_type is None:
            return

        def read() -> dict[str, int]:
            return {each.name: each.id for each in queries.summaries(workspace, of_type.id)}

        self._jobs.read(
            read,
            while_there(self, lambda names: self._know(of_type, names)),
            key="segments to ask about",
            failed=self._problem(),
        )

    def _know(self, of_type: RecordType, names: dict[str, int]) -> None:
        if of_type is self.record_type:
            in_order = dict(sorted(names.items(), key=lambda each: each[0].casefold()))
            self.place_view.know_segments(in_order)
            self._find()

    def _find(self) -> None:
        self._typing.stop()
        workspace, of_type, text = self._workspace, self.record_type, self._search.text()
        if of_type is not None:
            self._jobs.read(
                lambda: find_records(workspace, of_type.name, text, limit=AT_MOST),
                while_there(self, lambda found: self._show_found(found, text)),
                key="find records",
                failed=self._problem(),
            )

    def _show_found(self, found: FoundRecords, text: str) -> None:
        if self._world is None or text != self._search.text():
            return
        self._found.blockSignals(True)
        self._found.clear()
        for key, row in zip(found.keys, found.rows, strict=True):
            line = _line(found.record_type, key, row, text.strip(), self._world.zone)
            item = QListWidgetItem(line)
            item.setToolTip(plain_tooltip(line))
            item.setData(_KEY, key)
            self._found.addItem(item)
        self._found.blockSignals(False)
        self._told.setText(_found_said(found, text))
        if found.keys:
            self._found.setCurrentRow(0)
        else:
            self._place = None
            self.place_view.clear("No record is selected.")

    def _record_chosen(self, item: QListWidgetItem | None) -> None:
        workspace, of_type = self._workspace, self.record_type
        if item is None or of_type is None:
            return
        key = str(item.data(_KEY))
        self._jobs.read(
            lambda: record_place(workspace, of_type.name, key),
            while_there(self, self._show_place),
            key="place of the record",
            failed=self._problem(),
        )

    def _show_place(self, place: RecordPlace) -> None:
        if self._world is not None:
            self._place = place
            self.place_view.show_place(place, self._world.zone, self._world.today)

    def _explain(self, segment_id: int) -> None:
        workspace, place = self._workspace, self._place
        if place is None:
            return
        self._jobs.read(
            lambda: (
                explain(workspace, segment_id, place.key),
                queries.segment_detail(workspace, segment_id).summary.name,
            ),
            while_there(self, lambda found: self.place_view.explain(found[0], place.key, found[1], place.record_type)),
            key="why the record",
            failed=while_there(self, lambda error: self.place_view.tell_problem(str(error))),
        )

    def _problem(self) -> Callable[[BaseException], None]:
        return while_there(self, lambda error: self._told.setText(f"Cannot be read: {error}"))


def _line(of_type: RecordType, key: str, row: tuple[Value, ...], text: str, zone: tzinfo) -> str:
    """The key, and the field in which the text was found."""
    needle = fold(text)
    if not text or needle in fold(key):
        return key
    for field, value in zip(of_type.fields, row, strict=True):
        shown = value_text(value, zone)
        if needle in fold(shown):
            return f"{key}   {field.label}: {shown}"
    return key


def _found_said(found: FoundRecords, text: str) -> str:
    number = len(found.keys)
    if not text.strip():
        return f"The first {counted(number, 'record')}." if found.more else f"{counted(number, 'record')}."
    if not number:
        return f"No {found.record_type.name} holds “{text.strip()}”."
    if found.more:
        return f"The first {number:,} that hold it. Type more to see fewer."
    return f"{counted(number, 'record')}."
