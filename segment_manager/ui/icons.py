"""Icons: line drawings painted in the palette's own text colour, so that they suit light and dark alike.

Stands apart because Qt paints `currentColor` black whatever the palette says.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QImage, QPainter, QPalette, QPixmap

from segment_manager import paths

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
def _drawing(name: str) -> str:
    path = folder() / f"{name}.svg"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@lru_cache(256)
def _image(svg: str, side: int) -> QImage:
    """A drawing in one size, by Qt's reader of pictures, which the style sheet's arrows need as well: QtSvg takes
    longer to come. It costs 0.2 ms, which each paint of each icon would pay."""
    return QImage.fromData(svg.replace(_SIZE, f'width="{side}" height="{side}"').encode())


class _LineIcon(QIconEngine):
    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def clone(self) -> QIconEngine:
        return _LineIcon(self._name, self._role)

    def _colour(self, mode: QIcon.Mode) -> str:
        from segment_manager.ui import theme

        if mode == QIcon.Mode.Disabled:
            group = QPalette.ColorGroup.Disabled
            return QGuiApplication.palette().color(group, QPalette.ColorRole.ButtonText).name()
        if self._role:
            return str(getattr(theme.colours(), self._role))
        if mode == QIcon.Mode.Selected:
            return theme.colours().on_selection
        return theme.colours().text

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        drawing = _drawing(self._name)
        if not drawing:
            return
        side = min(rect.width(), rect.height())
        spot = QRectF(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2, side, side)
        on_screen = round(side * painter.deviceTransform().m11())  # a screen may have several dots for each of ours
        painter.drawImage(spot, _image(drawing.replace("currentColor", self._colour(mode)), on_screen))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made
