"""How a cell of the segment table is drawn: straight from its segment, in the theme's colours.

Stands apart because asking data() for every role of every cell costs more than drawing; a cell here is one read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QLine, QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QTableView

from segment_manager.domain.segments import Reason, SegmentSummary, Status
from segment_manager.storage.queries import summary_of
from segment_manager.ui import theme, wording
from segment_manager.ui.segment_columns import COLUMNS, Column
from segment_manager.ui.segment_filter import SegmentFilter
from segment_manager.ui.segment_table import SegmentTable

if TYPE_CHECKING:
    from PySide6.QtGui import QHelpEvent
    from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem

PAD = 9
_MARK = 21  # pixels of the square in which a mark is drawn
_MOST_ELIDED = 4096
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@cache
def _selected_flag() -> QStyle.StateFlag:
    """Looked up with the first row: PySide6 makes eleven enums, 7 ms, once somebody names QStyle."""
    from PySide6.QtWidgets import QStyle

    return QStyle.StateFlag.State_Selected


class SegmentDelegate(QStyledItemDelegate):
    """Draws every column. `hovered` is the row under the pointer, or -1; `card_wanted(segment, global position)` asks
    for the card of what uses a segment."""

    card_wanted = Signal(int, QPoint)

    def __init__(self, source: SegmentTable, filtered: SegmentFilter, view: QTableView) -> None:
        super().__init__(view)
        self._source = source
        self._filter = filtered
        self._view = view
        self.hovered = -1
        self.follow_theme()

    def follow_theme(self) -> None:
        """Take over the colours in use now."""
        now = theme.colours()
        self._colour = {name: QColor(str(colour)) for name, colour in now._asdict().items() if name != "dark"}
        self._line = QPen(self._colour["line"])
        self._contrast = now.selection == now.accent
        self._stamps: dict[tuple[object, ...], QPixmap] = {}
        self._elided: dict[tuple[str, int], str] = {}
        self._plain: object = None

    def draw_lines(self, painter: QPainter, first: int, last: int) -> None:
        """The lines under some rows, all in one call."""
        view = self._view
        right = view.horizontalHeader().length() - view.horizontalHeader().offset() - 1
        bottoms = [view.rowViewportPosition(row) + view.rowHeight(row) - 1 for row in range(first, last + 1)]
        painter.setPen(self._line)
        painter.drawLines([QLine(0, bottom, right, bottom) for bottom in bottoms])

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect, row, column = option.rect, index.row(), index.column()
        selected = _selected_flag() in option.state
        plain = self._filter.plain(row)
        if plain is not self._plain:  # cells are drawn row by row
            self._plain, self._summary = plain, summary_of(plain)
        if selected or row == self.hovered:
            painter.fillRect(rect, self._colour["selection" if selected else "hover"])
        if column == Column.CHECK:
            self._stamp(painter, rect.center(), ("check", selected), _draw_check_of_row)
        elif column == Column.STATUS:
            self._draw_status(painter, rect, self._summary, selected, option)
        else:
            self._draw_text(painter, rect, self._summary, column, selected, option)
        if column in (Column.CHECK, Column.NAME) and row == self._view.currentIndex().row():
            # by both, since either may be painted alone, and the first may be scrolled away
            self._draw_bar(painter, rect)
            if column == Column.NAME and self._view.hasFocus():
                self._draw_frame(painter, rect)

    def _stamp(self, painter: QPainter, centre: QPoint, key: tuple[object, ...], draw: Callable[..., None]) -> None:
        """Draw a small mark from its picture; `draw` takes a painter, a square around the middle, and the key's rest.

        Drawing an outline anew in every row takes longer than all the rest of the row.
        """
        ratio = self._view.devicePixelRatioF()
        picture = self._stamps.get((*key, ratio))
        if picture is None:
            picture = QPixmap(round(_MARK * ratio), round(_MARK * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            within = QPainter(picture)
            draw(within, QRect(0, 0, _MARK, _MARK), *key[1:])
            within.end()
            self._stamps[*key, ratio] = picture
        middle = QRect(0, 0, _MARK, _MARK).center()
        painter.drawPixmap(centre.x() - middle.x(), centre.y() - middle.y(), picture)

    def _elide(self, option: QStyleOptionViewItem, text: str, width: int) -> str:
        shown = self._elided.get((text, width))
        if shown is None:
            if len(self._elided) > _MOST_ELIDED:
                self._elided.clear()
            shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._elided[text, width] = shown
        return shown

    def _draw_text(
        self, painter: QPainter, rect: QRect, summary: SegmentSummary, column: int, selected: bool,
        option: QStyleOptionViewItem,
    ) -> None:  # fmt: skip
        spec = COLUMNS[column]
        text = spec.text(summary, self._source.seen)
        if not text:
            return
        colour = self._colour["on_selection" if selected else "text"]
        if column == Column.NAME:
            if summary.broken:
                colour = self._colour["on_selection" if selected else "danger"]
        elif not selected and (text == wording.NOTHING or column in _QUIET):
            colour = self._colour["muted"]
        if column == Column.COMPUTED and text.endswith("stale") and not selected:
            colour = self._colour["warning"]
        painter.setPen(colour)
        inner = rect.adjusted(PAD, 0, -PAD, -1)
        painter.drawText(inner, _RIGHT if spec.right else _LEFT, self._elide(option, text, inner.width()))

    def _draw_status(
        self, painter: QPainter, rect: QRect, summary: SegmentSummary, selected: bool, option: QStyleOptionViewItem
    ) -> None:
        seen = self._source.seen
        active = summary.status is Status.ACTIVE
        unused = summary.reason is Reason.UNUSED and not active
        kind = "active" if active else "unused" if unused else "inactive"
        spot = self._colour["on_selection" if selected and self._contrast else kind]
        centre = QPoint(rect.left() + PAD + 6, rect.center().y())
        self._stamp(painter, centre, ("shape", spot.rgba(), active, unused), _draw_shape_of_row)
        left = rect.left() + PAD + 18
        room = rect.right() - PAD - left
        word = wording.status_word(summary)
        painter.setPen(self._colour["on_selection"] if selected else self._colour[kind if active else "text"])
        painter.drawText(QRect(left, rect.top(), room, rect.height() - 1), _LEFT, word)
        reason = wording.status_reason(summary, seen.now, seen.zone)
        if not reason:
            return
        left += option.fontMetrics.horizontalAdvance(word)
        room = rect.right() - PAD - left
        if room > 20:
            painter.setPen(self._colour["on_selection" if selected else kind if unused else "muted"])
            text = self._elide(option, f" · {reason}", room)
            painter.drawText(QRect(left, rect.top(), room, rect.height() - 1), _LEFT, text)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:  # fmt: skip
        """Over 'Used by' a card is asked for, which has to be read first; elsewhere the cell's own tooltip shows."""
        if index.isValid() and index.column() == Column.USED_BY:
            self.card_wanted.emit(self._filter.summary(index.row()).id, event.globalPos())
            return True
        return super().helpEvent(event, view, option, index)

    def _draw_bar(self, painter: QPainter, rect: QRect) -> None:
        """At the row of the details."""
        painter.setClipping(False)
        painter.fillRect(QRect(0, rect.top(), 3, rect.height() - 1), self._colour["accent"])

    def _draw_frame(self, painter: QPainter, rect: QRect) -> None:
        """While the table has the keyboard."""
        painter.setPen(QPen(self._colour["accent"], 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(2.5, 2.5, -2.5, -3.5), 3, 3)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """What a double click on a column's border fits it to."""
        text = str(self._filter.data(index) or "")
        return QSize(QFontMetrics(option.font).horizontalAdvance(text) + 2 * PAD + 4, option.fontMetrics.height() + 12)


def _draw_check_of_row(painter: QPainter, rect: QRect, on: bool) -> None:
    draw_check(painter, rect, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)


def _draw_shape_of_row(painter: QPainter, rect: QRect, colour: int, active: bool, unused: bool) -> None:
    draw_shape(painter, QPointF(rect.center()) + QPointF(0, 0.5), QColor.fromRgba(colour), active, unused)


_QUIET = frozenset({Column.RECORD_TYPE, Column.LAST_USED, Column.MODIFIED, Column.COMPUTED})


def draw_shape(painter: QPainter, centre: QPointF, colour: QColor, active: bool, unused: bool) -> None:
    """The mark of a status: a full disc, an empty circle, a dotted circle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if active:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(centre, 4.5, 4.5)
    else:
        pen = QPen(colour, 1.6)
        if unused:
            pen.setDashPattern([1.4, 1.55])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, 4.2, 4.2)
    painter.restore()


def draw_check(painter: QPainter, rect: QRect, state: Qt.CheckState) -> None:
    """A checkbox in the middle of a cell."""
    colours = theme.colours()
    side = 15
    box = QRectF(rect.center().x() - side / 2 + 1, rect.center().y() - side / 2 + 0.5, side, side)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    on = state != Qt.CheckState.Unchecked
    contrast = colours.selection == colours.accent
    fill, tick = (colours.base, colours.text) if contrast else (colours.accent, colours.on_accent)
    painter.setPen(QPen(QColor(fill if on and not contrast else colours.muted), 1.2))
    painter.setBrush(QColor(fill if on else colours.base))
    painter.drawRoundedRect(box, 3.5, 3.5)
    painter.setPen(QPen(QColor(tick), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    x, y = box.left(), box.top()
    if state == Qt.CheckState.Checked:
        painter.drawPolyline([QPointF(x + 3.5, y + 8), QPointF(x + 6.4, y + 10.8), QPointF(x + 11.5, y + 4.6)])
    elif state == Qt.CheckState.PartiallyChecked:
        painter.drawLine(QPointF(x + 4, y + side / 2), QPointF(x + 11, y + side / 2))
    painter.restore()
