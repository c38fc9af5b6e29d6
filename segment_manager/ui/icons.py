"""Icons: line drawings painted in the palette's own text colour, so that they suit light and dark alike.

Stands apart because Qt paints `currentColor` black whatever the palette says.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPainterPath, QPalette, QPen, QPixmap

from segment_manager import paths
from segment_manager.ui import drawing

_GRID = 24  # units that a drawing is wide and high
_WIDTH = 2  # units of its lines
_OURS = "currentColor"
"""What a drawing of lines says of its colour."""
_SIZE = 'width="24" height="24"'
"""What every drawing says of itself."""


@cache
def folder() -> Path:
    """Where the drawings lie."""
    return paths.resource("icons")


@cache
def icon(name: str, role: str = "") -> QIcon:
    """The icon of this name. `role` may be the name of one of the theme's colours ('danger', 'on_accent').

    An unknown name gives an icon that paints nothing, so that a missing drawing never stops the program.
    """
    return QIcon(_LineIcon(name, role))


@cache
def _text(name: str) -> str:
    path = folder() / f"{name}.svg"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@cache
def _lines(name: str) -> list[QPainterPath]:
    return drawing.paths(_text(name))


def _paint_whole(name: str, painter: QPainter, rect: QRect) -> None:
    """Paint a drawing that is more than lines, and has its own colours, by Qt's reader of SVG: the program's own."""
    from PySide6.QtGui import QImage

    side = min(rect.width(), rect.height())
    on_screen = round(side * painter.deviceTransform().m11())  # a screen may have several dots for each of ours
    spot = QRect(0, 0, side, side)
    spot.moveCenter(rect.center())
    painter.drawImage(
        spot, QImage.fromData(_text(name).replace(_SIZE, f'width="{on_screen}" height="{on_screen}"').encode())
    )


class _LineIcon(QIconEngine):
    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def clone(self) -> QIconEngine:
        return _LineIcon(self._name, self._role)

    def _colour(self, mode: QIcon.Mode) -> QColor:
        from segment_manager.ui import theme

        if mode == QIcon.Mode.Disabled:
            return QGuiApplication.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
        if self._role:
            return QColor(getattr(theme.colours(), self._role))
        if mode == QIcon.Mode.Selected:
            return QColor(theme.colours().on_selection)
        return QColor(theme.colours().text)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        if _OURS not in _text(self._name):
            _paint_whole(self._name, painter, rect)
            return
        colour = self._colour(mode)
        pen = QPen(colour, _WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(QRectF(rect).center())
        painter.scale(side / _GRID, side / _GRID)
        painter.translate(-_GRID / 2, -_GRID / 2)
        for each in _lines(self._name):
            painter.strokePath(each, pen)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made
