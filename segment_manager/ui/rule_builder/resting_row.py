"""A row or group that nobody has come near yet: painted, not built.

Stands apart because a real row costs milliseconds and a long rule has a thousand. A resting one says what it says to
eye and screen reader alike, and becomes real when it comes into sight, under the pointer, or to the focus.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from segment_manager.domain.operators import OPERATORS
from segment_manager.domain.sentences import describe
from segment_manager.ui.rule_builder.draft import MEMBERSHIP, ConditionDraft, Draft, GroupDraft, rule_of
from segment_manager.ui.rule_builder.surroundings import MEMBERSHIP_LABEL, Surroundings

ROW, GAP, EDGES = 30, 8, 8
"""Heights of a row, of the gap between two, and of a group's upper and lower edge, in pixels."""
LONGEST = 300


def height_of(draft: Draft, row: int) -> int:
    """About as high as the real thing will be, where one row is so high."""
    if not isinstance(draft, GroupDraft):
        return row
    return EDGES + 2 * row + GAP + sum(height_of(child, row) + GAP for child in draft.children)


class RestingRow(QWidget):
    """Stands in for a part of a rule until `wake` makes it real."""

    def __init__(
        self, draft: Draft, around: Surroundings, wake: Callable[[RestingRow], QWidget], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.draft = draft
        self._around = around
        self._wake = wake
        self._row = around.row_height or ROW
        self._height = height_of(draft, self._row)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.say())

    def sizeHint(self) -> QSize:
        return QSize(200, self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def sync(self) -> bool:
        """Follow the draft; whether it was changed is not known, and nobody sees it yet."""
        height = height_of(self.draft, self._row)
        if height != self._height:
            self._height = height
            self.updateGeometry()
        self.setAccessibleName(self.say())
        self.update()
        return False

    def stops(self) -> list[QWidget]:
        """Itself: the focus wakes it."""
        return [self]

    def say(self) -> str:
        """The part in words."""
        if isinstance(self.draft, ConditionDraft) and self.draft.missing:
            return "Condition without a field" if not self.draft.field else self.draft.missing
        return describe(rule_of(self.draft), self._around.record_type)[:LONGEST]

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Become real, and pass the focus to the first or, coming backwards, the last thing in it."""
        reason = event.reason()
        made = self._wake(self)
        stops: list[QWidget] = getattr(made, "stops", list)()
        if stops:
            stops[-1 if reason == Qt.FocusReason.BacktabFocusReason else 0].setFocus(reason)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Become real before the pointer can press anything."""
        super().enterEvent(event)
        self._wake(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press that comes without the pointer having entered, as from a touch."""
        place = event.position().toPoint()
        made = self._wake(self)
        under = made.childAt(place)
        (under or made).setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Boxes where the real ones will be, with their texts."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(self.draft, ConditionDraft):
            self._paint_condition(painter, self.draft)
        else:
            line = self.rect().adjusted(26, 0, -8, 0)
            line.setHeight(min(line.height(), self._row))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.accessibleName())

    def _paint_condition(self, painter: QPainter, draft: ConditionDraft) -> None:
        field = self._around.record_type.field(draft.field)
        label = MEMBERSHIP_LABEL if draft.field == MEMBERSHIP else field.label if field else draft.field
        op = OPERATORS[draft.op].label if draft.op in OPERATORS else draft.op
        said = self.accessibleName()
        value = said.partition(f"{op} ")[2] if op else ""
        left, free = 26, max(60, self.width() - 26 - 190)
        for text, share in ((label, 5), (op, 4), (value, 7)):
            width = free * share // 16
            if text or share < 7:
                self._box(painter, QRect(left, 1, width - 6, self._row - 2), text)
            left += width

    def _box(self, painter: QPainter, box: QRect, text: str) -> None:
        colours = self.palette()
        painter.setPen(colours.color(QPalette.ColorRole.Mid))
        painter.setBrush(colours.color(QPalette.ColorRole.Button))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(colours.color(QPalette.ColorRole.Text))
        inner = box.adjusted(9, 0, -9, 0)
        short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short)
