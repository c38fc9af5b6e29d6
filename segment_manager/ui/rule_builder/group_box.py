"""A group of conditions: all, any or none of its rows must hold.

Stands apart from the builder because groups stand inside groups; a group changes its own part of the draft.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segment_manager.domain.records import RecordType
from segment_manager.ui import icons
from segment_manager.ui.rule_builder.combos import CalmCombo
from segment_manager.ui.rule_builder.condition_row import ConditionRow, ErrorLine, EverythingRow, Row, bare_button
from segment_manager.ui.rule_builder.draft import (
    ConditionDraft,
    Draft,
    EverythingDraft,
    GroupDraft,
    GroupKind,
    copied,
)

KINDS = {
    GroupKind.ALL: ("All of", "these hold"),
    GroupKind.ANY: ("Any of", "these holds"),
    GroupKind.NONE: ("None of", "these holds"),
}


class Surroundings(NamedTuple):
    """What every row needs to know of its rule."""

    record_type: RecordType
    segments: QStringListModel


class GroupBox(QFrame):
    """Shows one GroupDraft and lets a person change it. `edited` tells of every change in it or below, `reshaped` of
    those that bring other widgets."""

    edited = Signal()
    reshaped = Signal()
    duplicate_requested = Signal()
    removed = Signal()

    def __init__(self, draft: GroupDraft, around: Surroundings, parent: QWidget, *, root: bool = False) -> None:
        super().__init__(parent)
        self.draft = draft
        self._around = around
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0 if root else 14, 0 if root else 4, 0, 0 if root else 4)
        whole.setSpacing(8)
        self._root = root
        self._kind = CalmCombo("Which of the conditions must hold", self)
        for kind, (label, _rest) in KINDS.items():
            self._kind.addItem(label, kind)
        self._kind.setCurrentIndex(self._kind.findData(draft.kind))
        self._rest = QLabel(KINDS[draft.kind][1], self)
        self._copy = bare_button("copy", "Duplicate this group", self)
        self._remove = bare_button("x", "Remove this group", self)
        self.error = ErrorLine(self)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._add_condition = _link_button("Add condition", self)
        self._add_group = _link_button("Add group", self)
        whole.addLayout(self._head())
        whole.addWidget(self.error)
        whole.addLayout(self._rows)
        whole.addLayout(self._foot())
        for child in draft.children:
            self._rows.addWidget(self._shown(child))
        self._kind.activated.connect(self._kind_chosen)
        self._copy.clicked.connect(self.duplicate_requested)
        self._remove.clicked.connect(self.removed)
        self._add_condition.clicked.connect(lambda: self.add(ConditionDraft()))
        self._add_group.clicked.connect(lambda: self.add(GroupDraft(GroupKind.ANY, [ConditionDraft()])))
        self.setFocusProxy(self._kind)

    def _head(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._kind)
        line.addWidget(self._rest)
        line.addStretch(1)
        if not self._root:
            line.addWidget(self._copy)
            line.addWidget(self._remove)
        self._copy.setVisible(not self._root)
        self._remove.setVisible(not self._root)
        return line

    def _foot(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self._add_condition)
        line.addWidget(self._add_group)
        line.addStretch(1)
        return line

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line down the left side shows how far the group reaches."""
        super().paintEvent(event)
        if not self._root:
            painter = QPainter(self)
            role = QPalette.ColorRole.Accent if self._kind.hasFocus() else QPalette.ColorRole.Mid
            painter.fillRect(2, 4, 3, self.height() - 8, self.palette().color(role))

    def add(self, draft: Draft, after: QWidget | None = None) -> None:
        """Add a row or group at the end, or after another, and go there."""
        place = self._rows.count() if after is None else self._rows.indexOf(after) + 1
        self.draft.children.insert(place, draft)
        widget = self._shown(draft)
        self._rows.insertWidget(place, widget)
        widget.show()  # at once: what is not shown yet does not take the focus
        self.error.say("")
        self.reshaped.emit()
        self.edited.emit()
        first = widget.parts()[0] if isinstance(widget, GroupBox) and widget.parts() else widget
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def parts(self) -> list[Row | GroupBox]:
        """The rows and groups in it, in order."""
        items = [self._rows.itemAt(index) for index in range(self._rows.count())]
        found = [item.widget() for item in items if item is not None]
        return [part for part in found if isinstance(part, Row | GroupBox)]

    def stops(self) -> list[QWidget]:
        """The widgets a keyboard stops at, in order."""
        inside = [stop for part in self.parts() for stop in part.stops()]
        own: list[QWidget] = [self._kind] if self._root else [self._kind, self._copy, self._remove]
        return [*own, *inside, self._add_condition, self._add_group]

    def _shown(self, draft: Draft) -> Row | GroupBox:
        made: Row | GroupBox
        match draft:
            case ConditionDraft():
                made = ConditionRow(draft, self._around.record_type, self._around.segments, self)
            case EverythingDraft():
                made = EverythingRow(draft, self)
            case GroupDraft():
                made = GroupBox(draft, self._around, self)
        made.edited.connect(self.edited)
        made.reshaped.connect(self.reshaped)
        made.removed.connect(lambda: self._take_out(made))
        made.duplicate_requested.connect(lambda: self.add(copied(made.draft), made))
        return made

    def _take_out(self, part: Row | GroupBox) -> None:
        place = self._rows.indexOf(part)
        self.draft.children.remove(part.draft)
        self._rows.removeWidget(part)
        part.hide()
        part.deleteLater()
        rest = self.parts()
        target: QWidget = rest[min(place, len(rest) - 1)] if rest else self._add_condition
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _kind_chosen(self) -> None:
        self.draft.kind = GroupKind(self._kind.currentData())
        self.draft.bare = False
        self._rest.setText(KINDS[self.draft.kind][1])
        self.edited.emit()


def _link_button(text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setIcon(icons.icon("plus", "accent"))
    button.setProperty("kind", "link")
    button.setAutoDefault(False)
    return button
