"""The member count over time as a stepped line, painted by hand.

Stands apart because it is one picture: the same facts stand beside it as text, in the readout and in the table.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from segment_manager.storage.queries import ComputationEntry
from segment_manager.ui import theme
from segment_manager.ui.details.formats import counted, day, day_text, number

MOST_DOTS = 80
"""More computations than this are a line without dots."""
STEPS = (1, 2, 5)


class CountPlot(QWidget):
    """Computations, oldest first, by their time. Arrow keys, Home, End and the pointer choose one; `chosen(place)`."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("count_plot")
        self.setAccessibleName("Members over time")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(84)
        self._points: Sequence[ComputationEntry] = ()
        self._zone: tzinfo = UTC
        self._today = date.min
        self._now = datetime.min.replace(tzinfo=UTC)
        self._place: int | None = None
        theme.changed().connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(360, 160)

    def show_points(self, points: Sequence[ComputationEntry], now: datetime, zone: tzinfo) -> None:
        """Show other computations, oldest first, up to now; the newest is chosen."""
        self._points, self._now, self._zone = points, now, zone
        self._today = now.astimezone(zone).date()
        self._place = len(points) - 1 if points else None
        self.setAccessibleDescription(trend_said(points, self._today, zone))
        self.update()

    @property
    def place(self) -> int | None:
        """Which computation is chosen, counted from the oldest."""
        return self._place

    def choose(self, place: int) -> None:
        """Mark one computation and tell `chosen`."""
        if self._points and place != self._place:
            self._place = min(max(place, 0), len(self._points) - 1)
            self.update()
            self.chosen.emit(self._place)

    # Keys and pointer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._points) - 1
        place = last if self._place is None else self._place
        steps = {
            Qt.Key.Key_Left: max(place - 1, 0),
            Qt.Key.Key_Right: min(place + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if self._points and key in steps:
            self.choose(steps[key])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose_near(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._choose_near(event.position().x())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def _choose_near(self, x: float) -> None:
        if not self._points:
            return
        area = self._area()
        places = [self._x(point, area) for point in self._points]
        right = bisect_left(places, x)
        near = [place for place in (right - 1, right) if 0 <= place < len(places)]
        self.choose(min(near, key=lambda place: abs(places[place] - x)))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.border), 1))
        painter.setBrush(QColor(colours.base))
        painter.drawRoundedRect(frame, 5, 5)
        small = QFont(self.font())
        small.setPointSizeF(max(7.0, small.pointSizeF() * 0.85))
        painter.setFont(small)
        if not self._points:
            painter.setPen(QColor(colours.muted))
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, "Not computed yet")
            return
        area = self._area()
        self._paint_scale(painter, area)
        self._paint_line(painter, area)
        self._paint_chosen(painter, area)

    def _area(self) -> QRectF:
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance(number(self._top())) + 12
        return QRectF(self.rect()).adjusted(left, 12, -14, -metrics.height() - 8)

    def _top(self) -> int:
        """The upper end of the scale: the next round number."""
        return rounded_up(max((point.members for point in self._points), default=1))

    def _x(self, point: ComputationEntry, area: QRectF) -> float:
        first = self._points[0].at
        whole = (max(self._now, self._points[-1].at) - first).total_seconds()
        return area.left() + area.width() * ((point.at - first).total_seconds() / whole if whole else 0.5)

    def _y(self, members: int, area: QRectF) -> float:
        return area.bottom() - area.height() * members / self._top()

    def _paint_scale(self, painter: QPainter, area: QRectF) -> None:
        colours, metrics = theme.colours(), painter.fontMetrics()
        top = self._top()
        for members in (0, top // 2, top) if top > 1 else (0, top):
            y = self._y(members, area)
            painter.setPen(QPen(QColor(colours.border if members == 0 else colours.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(colours.muted))
            spot = QRectF(0, y - metrics.height() / 2, area.left() - 6, metrics.height())
            painter.drawText(spot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number(members))
        below = QRectF(area.left(), area.bottom() + 3, area.width(), metrics.height())
        first = day(self._points[0].at.astimezone(self._zone).date())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, first)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, "now")

    def _paint_line(self, painter: QPainter, area: QRectF) -> None:
        """The count stays what it was until the next computation: steps, no slopes."""
        colours = theme.colours()
        path = QPainterPath()
        path.moveTo(self._x(self._points[0], area), self._y(self._points[0].members, area))
        for point in self._points[1:]:
            path.lineTo(self._x(point, area), path.currentPosition().y())
            path.lineTo(self._x(point, area), self._y(point.members, area))
        path.lineTo(area.right(), path.currentPosition().y())
        below = QPainterPath(path)
        below.lineTo(area.right(), area.bottom())
        below.lineTo(self._x(self._points[0], area), area.bottom())
        shade = QColor(colours.accent)
        shade.setAlphaF(0.14)
        painter.fillPath(below, shade)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.accent), 1.8))
        painter.drawPath(path)
        if len(self._points) <= MOST_DOTS:
            painter.setBrush(QColor(colours.base))
            for point in self._points:
                painter.drawEllipse(QPointF(self._x(point, area), self._y(point.members, area)), 2.6, 2.6)

    def _paint_chosen(self, painter: QPainter, area: QRectF) -> None:
        if self._place is None:
            return
        colours, point = theme.colours(), self._points[self._place]
        spot = QPointF(self._x(point, area), self._y(point.members, area))
        painter.setPen(QPen(QColor(colours.muted), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(spot.x(), area.top()), QPointF(spot.x(), area.bottom()))
        painter.setPen(QPen(QColor(colours.base), 1.5))
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(spot, 5, 5)


def rounded_up(most: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 … that is not less."""
    power = 1
    while True:
        for step in STEPS:
            if step * power >= most:
                return step * power
        power *= 10


def trend_said(points: Sequence[ComputationEntry], today: date, zone: tzinfo) -> str:
    """'12 computations since 3 Oct 2025: from 310 to 1,204 members, at most 1,310 (12 Jan 2026).'"""
    if not points:
        return "Not computed yet."
    first, last = points[0], points[-1]
    begun = day_text(first.at.astimezone(zone).date(), today)
    if len(points) == 1:
        return f"Computed once, {begun if begun in ('today', 'yesterday') else f'on {begun}'}: {members(first)}."
    most = max(points, key=lambda point: point.members)
    said = f"{counted(len(points), 'computation')} since {begun}: from {number(first.members)} to {members(last)}"
    if most.members > max(first.members, last.members):
        said += f", at most {number(most.members)} ({day_text(most.at.astimezone(zone).date(), today)})"
    return f"{said}."


def members(point: ComputationEntry) -> str:
    """'1,204 members'."""
    return counted(point.members, "member")
