"""One record: its segments and sequences, and why it is in a segment or not, condition by condition.

Stands apart from the search beside it: it shows whatever record it is given.
"""

from __future__ import annotations

from datetime import date, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.question_words import STATES_SHOWN
from segment_manager.domain.records import RecordType
from segment_manager.domain.segments import Reason, Status
from segment_manager.operations.computation import Explanation
from segment_manager.operations.record_search import RecordPlace
from segment_manager.storage.queries import RecordSegment
from segment_manager.ui.details.formats import counted, moment_text, value_text
from segment_manager.ui.details.header import text_label
from segment_manager.ui.details.why_record import answer_said, because_said
from segment_manager.ui.wording import ACTIVE_SHAPE, INACTIVE_SHAPE, UNUSED_SHAPE, plain_tooltip

_SEGMENT = Qt.ItemDataRole.UserRole


class PlaceView(QWidget):
    """`why_wanted(segment_id)` asks for an explanation, given to `explain`; `segment_requested(segment_id)` asks the
    window to show a segment."""

    why_wanted = Signal(int)
    segment_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: dict[str, int] = {}
        self._title = text_label(role="heading")
        self._title.setObjectName("record_title")
        self._values = text_label(role="muted")
        self._values.setObjectName("record_values")
        self._summary = text_label()
        self._summary.setObjectName("record_summary")
        self._places = QTreeWidget()
        self._ask = QComboBox()
        self._open = QPushButton("Show segment")
        self._open.setAutoDefault(False)  # Enter in the search line searches
        self._answer = text_label()
        self._answer.setObjectName("record_answer")
        self._because = QPlainTextEdit()
        self._build()
        self.clear("Search for a record and select it.")

    def _build(self) -> None:
        tree = self._places
        tree.setObjectName("record_places")
        tree.setAccessibleName("Segments and sequences of the record")
        tree.setHeaderLabels(["Name", "State", "Since", "Through"])
        tree.setUniformRowHeights(True)
        tree.setStyleSheet("QTreeView::item { padding: 3px 0; }")
        tree.setExpandsOnDoubleClick(False)
        tree.setIndentation(14)
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for section, width in enumerate((200, 150, 136)):
            tree.header().resizeSection(section, width)
        self._ask.setEditable(True)
        self._ask.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._ask.setAccessibleName("Why is it, or is it not, in the segment")
        self._ask.setObjectName("why_segment")
        self._ask.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._ask.setMinimumContentsLength(20)
        completer = self._ask.completer()
        if completer is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self._because.setReadOnly(True)
        self._because.setTabChangesFocus(True)
        self._because.setAccessibleName("Conditions and their answers")
        self._because.setObjectName("record_because")
        why = QLabel("Why")
        why.setBuddy(self._ask)
        line = QHBoxLayout()
        line.addWidget(why)
        line.addWidget(self._ask, 1)
        line.addWidget(self._open)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 6, 0, 0)
        below.addLayout(line)
        below.addWidget(self._answer)
        below.addWidget(self._because, 1)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(tree)
        halves.addWidget(lower)
        halves.setSizes([320, 220])
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 0, 0)
        for label in (self._title, self._values, self._summary):
            column.addWidget(label)
        column.addWidget(halves, 1)
        tree.currentItemChanged.connect(lambda item, _before: self._row_chosen(item))
        tree.itemActivated.connect(lambda item, _column: self._row_opened(item))
        self._ask.activated.connect(lambda _index: self._asked(self._ask.currentText()))
        self._open.clicked.connect(lambda _checked: self._open_asked())

    def know_segments(self, names: dict[str, int]) -> None:
        """The segments of the record type that can be asked about, by name."""
        self._names = names
        self._ask.blockSignals(True)
        self._ask.clear()
        self._ask.addItems(list(names))
        self._ask.setCurrentIndex(-1)
        self._ask.blockSignals(False)

    def clear(self, word: str) -> None:
        """Show no record, but a word."""
        self._title.hide()
        self._values.hide()
        self._summary.setText(word)
        self._places.clear()
        self._answer.setText("")
        self._because.clear()
        self._allow(False)

    def show_place(self, place: RecordPlace, zone: tzinfo, today: date) -> None:
        """Show a record, and why it is in the first of its segments."""
        self._title.setText(f"{place.record_type.name} {place.key}")
        self._title.show()
        self._values.setText(_values_said(place, zone))
        self._values.setVisible(bool(self._values.text()))
        self._summary.setText(_summary_said(place))
        self._answer.setText("")
        self._because.clear()
        self._places.clear()
        self._add_segments(place, zone, today)
        self._add_sequences(place, zone, today)
        self._places.expandAll()
        self._allow(bool(self._names))
        group = self._places.topLevelItem(0)
        first = None if group is None else group.child(0)
        if first is not None:
            self._places.setCurrentItem(first)

    def explain(self, found: Explanation, key: str, segment: str, record_type: RecordType) -> None:
        """Why the record is in a segment or not."""
        self._answer.setText(answer_said(found, key, segment))
        self._because.setPlainText("\n".join(because_said(found.because, record_type)))

    def tell_problem(self, problem: str) -> None:
        """Why there is no answer."""
        self._answer.setText(problem)
        self._because.clear()

    def _add_segments(self, place: RecordPlace, zone: tzinfo, today: date) -> None:
        group = self._group(f"Segments ({len(place.segments):,})")
        for each in place.segments:
            item = QTreeWidgetItem([each.name, _state(each), moment_text(each.member_since, zone, today), ""])
            item.setData(0, _SEGMENT, each.id)
            item.setToolTip(0, plain_tooltip(f"{each.name}\nShow it: double click or press Enter"))
            group.addChild(item)

    def _add_sequences(self, place: RecordPlace, zone: tzinfo, today: date) -> None:
        group = self._group(f"Sequences ({len(place.sequences):,})")
        for each in place.sequences:
            gone = "" if each.segment_id is not None else " (deleted since)"
            state = STATES_SHOWN.get(each.state, str(each.state))
            since = moment_text(each.connected_at, zone, today)
            item = QTreeWidgetItem([each.name, state, since, f"“{each.segment_name}”{gone}"])
            item.setData(0, _SEGMENT, each.segment_id)
            item.setToolTip(3, plain_tooltip(f"It came through “{each.segment_name}”{gone}"))
            group.addChild(item)

    def _group(self, text: str) -> QTreeWidgetItem:
        group = QTreeWidgetItem([text])
        font = group.font(0)
        font.setBold(True)
        group.setFont(0, font)
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self._places.addTopLevelItem(group)
        group.setFirstColumnSpanned(True)
        return group

    def _allow(self, allowed: bool) -> None:
        self._ask.setEnabled(allowed)
        self._open.setEnabled(False)

    def _row_chosen(self, item: QTreeWidgetItem | None) -> None:
        """A segment, or the segment that brought the record into a sequence: say why."""
        segment_id = None if item is None else item.data(0, _SEGMENT)
        if isinstance(segment_id, int):
            name = next((name for name, each in self._names.items() if each == segment_id), "")
            self._ask.blockSignals(True)
            self._ask.setCurrentIndex(self._ask.findText(name, Qt.MatchFlag.MatchExactly))
            self._ask.blockSignals(False)
            self._asked(name)

    def _asked(self, name: str) -> None:
        segment_id = self._names.get(name)
        self._open.setEnabled(segment_id is not None)
        if segment_id is not None:
            self.why_wanted.emit(segment_id)

    def _row_opened(self, item: QTreeWidgetItem) -> None:
        segment_id = item.data(0, _SEGMENT)
        if isinstance(segment_id, int):
            self.segment_requested.emit(segment_id)

    def _open_asked(self) -> None:
        segment_id = self._names.get(self._ask.currentText())
        if segment_id is not None:
            self.segment_requested.emit(segment_id)


def _state(segment: RecordSegment) -> str:
    if segment.status is Status.ACTIVE:
        return f"{ACTIVE_SHAPE} Active"
    return f"{UNUSED_SHAPE if segment.reason is Reason.UNUSED else INACTIVE_SHAPE} Inactive, {segment.reason}"


def _values_said(place: RecordPlace, zone: tzinfo) -> str:
    """'City: Berlin · Employees: 50'; what is empty is left out, and so is the key, which stands above."""
    said = [
        f"{field.label}: {text}"
        for field in place.record_type.fields
        if (text := value_text(place.values.get(field.name), zone)) and field.label != place.record_type.key_label
    ]
    return " · ".join(said)


def _summary_said(place: RecordPlace) -> str:
    inside = f"It is in {counted(len(place.segments), 'segment')}" if place.segments else "It is in no segment"
    if not place.sequences:
        return f"{inside}, and no sequence works on it."
    work = "works" if len(place.sequences) == 1 else "work"
    return f"{inside}, and {counted(len(place.sequences), 'sequence')} {work} on it."
