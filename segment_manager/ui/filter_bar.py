"""Record type, status and search: the row above the list that says what it shows.

Stands apart from the list, which knows nothing of boxes and buttons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QToolButton,
    QWidget,
)

from segment_manager.domain.records import RecordType
from segment_manager.domain.segments import Status
from segment_manager.ui import icons, theme
from segment_manager.ui.segment_filter import Counts

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

ALL_TYPES = "All record types"
_COUNT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_STATUSES: tuple[tuple[str, Status | None], ...] = (
    ("Active", Status.ACTIVE),
    ("Inactive", Status.INACTIVE),
    ("All", None),
)


class FilterBar(QWidget):
    """Signals: `record_type_chosen(id or None)`, `status_chosen(Status or None)`, `search_changed(text)`."""

    record_type_chosen = Signal(object)
    status_chosen = Signal(object)
    search_changed = Signal(str)
    search_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.record_type = self._record_type_box()
        self.search = self._search_box()
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.statuses = self._status_buttons()
        title = QLabel("Record type", self)
        title.setBuddy(self.record_type)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 4)
        row.setSpacing(8)
        row.addWidget(title)
        row.addWidget(self.record_type)
        row.addSpacing(10)
        row.addWidget(self.statuses)
        row.addSpacing(10)
        row.addStretch(1)
        row.addWidget(self.search, 3)

    def _record_type_box(self) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName("record_type")
        box.setAccessibleName("Record type")
        box.setMinimumWidth(170)
        box.setMaxVisibleItems(20)
        box.setItemDelegate(_CountDelegate(box))
        box.addItem(ALL_TYPES, None)
        box.currentIndexChanged.connect(lambda place: self.record_type_chosen.emit(box.itemData(place)))
        return box

    def _search_box(self) -> QLineEdit:
        box = QLineEdit(self)
        box.setObjectName("search_segments")
        box.setAccessibleName("Search segments")
        box.setPlaceholderText("Search segments")
        box.setToolTip(
            "Words that must all occur; -word leaves out; “a phrase” in quotes.\n"
            "Also: status:inactive, type:lead, sequence:Win-back, tag:vip, unused:>90d, members:>100, is:broken"
        )
        box.setMaxLength(1000)
        box.setMinimumWidth(200)
        box.setMaximumWidth(420)
        box.addAction(icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        box.textChanged.connect(self.search_changed)
        return box

    def complete(self) -> None:
        """Give the search its keys and its button for clearing, once somebody types; have the dropdown follow what it
        holds, which it does by itself when it is shown, and measures everything with each entry before."""
        self.record_type.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.search.installEventFilter(self)
        self.search.setClearButtonEnabled(True)
        for button, name in zip(self.search.findChildren(QToolButton), ("Search", "Clear search"), strict=False):
            button.setAccessibleName(name)

    def _status_buttons(self) -> QWidget:
        box = QWidget(self)
        box.setObjectName("status_filter")
        box.setAccessibleName("Status filter")
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for place, (name, status) in enumerate(_STATUSES):
            button = QPushButton(name, box)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setAccessibleName(name)
            button.setObjectName(f"status_{name.lower()}")
            button.setProperty("segment", ("first", "middle", "last")[place])
            button.setChecked(status is Status.ACTIVE)
            self._group.addButton(button, place)
            row.addWidget(button)
        self._group.idClicked.connect(lambda place: self.status_chosen.emit(_STATUSES[place][1]))
        return box

    # What is chosen

    @property
    def record_type_id(self) -> int | None:
        """The chosen record type; None: all of them."""
        chosen = self.record_type.currentData()
        return None if chosen is None else int(chosen)

    @property
    def status(self) -> Status | None:
        """The chosen status; None: any."""
        return _STATUSES[max(0, self._group.checkedId())][1]

    def choose_status(self, status: Status | None) -> None:
        """Press the button of a status, and tell."""
        for place, (_, each) in enumerate(_STATUSES):
            if each is status and not self._group.button(place).isChecked():
                self._group.button(place).setChecked(True)
                self.status_chosen.emit(status)

    def choose_all_record_types(self) -> None:
        """Choose all record types without telling."""
        was = self.record_type.blockSignals(True)
        self.record_type.setCurrentIndex(self.record_type.findText(ALL_TYPES))
        self.record_type.blockSignals(was)

    # What is shown

    def show_record_types(
        self, types: Sequence[RecordType], counts: Mapping[int, tuple[int, int]] | None, chosen: int | None
    ) -> None:
        """Fill the dropdown, the number of segments beside each; the choice stays and nobody is told."""
        box = self.record_type
        numbers = counts or {}
        entries: list[tuple[str, int | None, int]] = [
            (each.name, each.id, sum(numbers.get(each.id, (0, 0)))) for each in types
        ]
        entries.append((ALL_TYPES, None, sum(number for _, _, number in entries)))
        was = box.blockSignals(True)
        listed = [(box.itemText(place), box.itemData(place)) for place in range(box.count()) if box.itemText(place)]
        if listed != [each[:2] for each in entries]:
            box.clear()
            for name, record_type_id, _ in entries:
                box.addItem(name, record_type_id)
            box.insertSeparator(len(types))
        for name, record_type_id, number in entries:
            place = box.findData(record_type_id) if record_type_id is not None else box.findText(name)
            if counts is None:
                continue
            box.setItemData(place, number, _COUNT_ROLE)
            box.setItemData(place, f"{name}, {number:,} segments", Qt.ItemDataRole.AccessibleTextRole)
        place = box.findData(chosen) if chosen is not None else box.findText(ALL_TYPES)
        box.setCurrentIndex(max(0, place))
        box.blockSignals(was)

    def show_counts(self, counts: Counts | None) -> None:
        """The numbers on the status buttons: what each would show under the search; None: nobody knows yet."""
        numbers = (None,) * len(_STATUSES) if counts is None else (counts.active, counts.inactive, counts.hits)
        for place, ((name, _), number) in enumerate(zip(_STATUSES, numbers, strict=True)):
            button = self._group.button(place)
            button.setText(name if number is None else f"{name} {number:,}")
            button.setAccessibleDescription("" if number is None else f"{number:,} segments")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                if self.search.text():
                    self.search.clear()
                else:
                    self.search_left.emit()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.search_left.emit()
                return True
        return super().eventFilter(watched, event)


class _CountDelegate(QStyledItemDelegate):
    """Draws the number of segments at the right of an entry."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        number = index.data(_COUNT_ROLE)
        if number is None:
            return
        painter.save()
        painter.setPen(theme.colours().muted)
        place: QRect = option.rect.adjusted(0, 0, -8, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{number:,}")
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        if index.data(_COUNT_ROLE) is not None:
            size.setWidth(size.width() + 50)
            size.setHeight(max(size.height(), option.fontMetrics.height() + 10))
        return size
