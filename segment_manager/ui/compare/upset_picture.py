"""The UpSet picture of an overlap: a bar for each combination, and below it dots for the segments it is made of.

Stands apart because it only draws; the numbers are said in the table beside it too.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from segment_manager.operations.cleanup import Overlap
from segment_manager.ui import theme, wording
from segment_manager.ui.compare.combinations import Combination, combinations_of, described

SHOWN = 24
"""Bars; smaller combinations stand in the table alone."""

_COLUMN = 34
_ROW = 30
_TOP = 26
_BARS = 190
_NAMES = 190
_SIZES = 96


class UpsetPicture(QWidget):
    """Draws one overlap. `chosen(place)` tells which combination was clicked; `mark` marks one."""

    chosen = Signal(int)

    def __init__(self, overlap: Overlap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._overlap = overlap
        self._all = combinations_of(overlap)
        self._bars = self._all[:SHOWN]
        self._marked = -1
        self.setObjectName("overlap_picture")
        self.setAccessibleName("Picture of the overlap")
        self.setAccessibleDescription(described(overlap))
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        theme.changed().connect(self.update)

    def sizeHint(self) -> QSize:
        columns = max(4, len(self._bars))
        return QSize(_SIZES + _NAMES + columns * _COLUMN + 20, _TOP + _BARS + 14 + _ROW * len(self._overlap.ids) + 8)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mark(self, place: int) -> None:
        """Mark a combination; -1: none."""
        if place != self._marked:
            self._marked = place
            self.update()

    # Where things are

    def _left(self) -> float:
        return _SIZES + _NAMES

    def _column_at(self, x: float) -> int:
        place = int((x - self._left()) // _COLUMN)
        return place if x >= self._left() and 0 <= place < len(self._bars) else -1

    def _row_middle(self, row: int) -> float:
        return _TOP + _BARS + 14 + _ROW * (row + 0.5)

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours()
        painter.fillRect(self.rect(), QColor(colours.base))
        self._draw_rows(painter)
        most = max((each.records for each in self._bars), default=0) or 1
        for column, each in enumerate(self._bars):
            self._draw_column(painter, column, each, most)
        painter.setPen(QPen(QColor(colours.border), 1))
        baseline = _TOP + _BARS + 0.5
        painter.drawLine(QPointF(self._left(), baseline), QPointF(self._left() + len(self._bars) * _COLUMN, baseline))
        painter.end()

    def _draw_rows(self, painter: QPainter) -> None:
        """A stripe a segment: its size as a bar, its name."""
        colours = theme.colours()
        most = max(self._overlap.sizes, default=0) or 1
        for row, (name, size) in enumerate(zip(self._overlap.names, self._overlap.sizes, strict=True)):
            middle = self._row_middle(row)
            if row % 2 == 0:
                stripe = QRectF(0, middle - _ROW / 2, self._left() + len(self._bars) * _COLUMN, _ROW)
                painter.fillRect(stripe, QColor(colours.hover))
            length = max(2.0 if size else 0.0, (_SIZES - 52) * size / most)
            painter.fillRect(QRectF(_SIZES - length - 4, middle - 5, length, 10), QColor(colours.muted))
            painter.setPen(QColor(colours.muted))
            figures = QRectF(0, middle - _ROW / 2, _SIZES - length - 8, _ROW)
            painter.drawText(figures, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _short(size))
            painter.setPen(QColor(colours.text))
            room = QRectF(_SIZES + 4, middle - _ROW / 2, _NAMES - 14, _ROW)
            shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _draw_column(self, painter: QPainter, column: int, each: Combination, most: int) -> None:
        colours = theme.colours()
        middle = self._left() + _COLUMN * (column + 0.5)
        if each.place == self._marked:
            whole = QRectF(middle - _COLUMN / 2, 2, _COLUMN, self.height() - 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection))
            painter.drawRoundedRect(whole, 4, 4)
        marked_on_accent = each.place == self._marked and colours.selection == colours.accent
        strong = QColor(colours.on_selection if marked_on_accent else colours.accent)
        height = max(2.0, (_BARS - 4) * each.records / most)
        painter.fillRect(QRectF(middle - 9, _TOP + _BARS - height, 18, height), strong)
        painter.setPen(QColor(colours.on_selection if each.place == self._marked else colours.text))
        figures = QRectF(middle - _COLUMN, _TOP + _BARS - height - 18, 2 * _COLUMN, 16)
        painter.drawText(figures, Qt.AlignmentFlag.AlignCenter, _short(each.records))
        self._draw_dots(painter, middle, each, strong)

    def _draw_dots(self, painter: QPainter, middle: float, each: Combination, strong: QColor) -> None:
        colours = theme.colours()
        inside = each.inside
        if len(inside) > 1:
            painter.setPen(QPen(strong, 2.4))
            ends = (QPointF(middle, self._row_middle(row)) for row in (inside[0], inside[-1]))
            painter.drawLine(*ends)
        for row in range(len(self._overlap.ids)):
            spot = QPointF(middle, self._row_middle(row))
            painter.setPen(Qt.PenStyle.NoPen)
            if row in inside:
                painter.setBrush(strong)
                painter.drawEllipse(spot, 6, 6)
            else:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(colours.muted), 1))
                painter.drawEllipse(spot, 4, 4)

    # Pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        column = self._column_at(event.position().x())
        if column >= 0:
            self.chosen.emit(self._bars[column].place)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            column = self._column_at(event.pos().x())
            if column >= 0:
                each = self._bars[column]
                said = f"{each.said}: {wording.count(each.records, 'record')}"
                QToolTip.showText(event.globalPos(), wording.plain_tooltip(said), self)
                return True
        return super().event(event)


def _short(number: int) -> str:
    """A number that fits over a bar: '1,204', '12.5k', '3.1M'."""
    if number < 10_000:
        return f"{number:,}"
    return f"{number / 1000:.1f}k" if number < 1_000_000 else f"{number / 1_000_000:.1f}M"
