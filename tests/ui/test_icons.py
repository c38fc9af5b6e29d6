"""Icons: our own reader of line drawings paints what Qt's reader of SVG does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QImage, QPainter

from segment_manager.ui import icons, theme

LINES = sorted(each.stem for each in icons.folder().glob("*.svg") if "currentColor" in each.read_text("utf-8"))
NEAR, FEW = 24, 6
"""Levels of 255 that Qt's arcs may differ from true ones, and dots at their ends that may differ by more."""


def by_qt(name, colour, side):
    """A drawing painted by Qt's reader."""
    text = (icons.folder() / f"{name}.svg").read_text("utf-8").replace("currentColor", colour)
    return QImage.fromData(text.replace('width="24" height="24"', f'width="{side}" height="{side}"').encode())


def unlike(one, other):
    """How many dots differ by more than a little."""
    places = [(x, y) for x in range(one.width()) for y in range(one.height())]
    return sum(abs(one.pixelColor(*at).alpha() - other.pixelColor(*at).alpha()) > NEAR for at in places)


@pytest.mark.parametrize("side", [16, 48])
@pytest.mark.parametrize("name", LINES)
def test_lines_are_those_of_qt(qapp, name, side):
    """Every line drawing looks as Qt itself would paint it."""
    ours = icons.icon(name).pixmap(QSize(side, side)).toImage()
    assert ours.size() == QSize(side, side)
    assert unlike(ours, by_qt(name, theme.colours().text, side)) <= FEW


def test_the_program_icon_has_its_own_colours(qapp):
    """What is more than lines is left to Qt's reader."""
    ours = icons.icon("segment-manager").pixmap(QSize(64, 64)).toImage()
    assert unlike(ours, by_qt("segment-manager", "", 64)) == 0
    assert ours.pixelColor(8, 32).name() == "#2a5bc4"


@pytest.mark.parametrize("state", [QIcon.Mode.Normal, QIcon.Mode.Disabled])
def test_a_missing_drawing_paints_nothing(qapp, state):
    """An unknown name never stops the program."""
    image = icons.icon("no such drawing").pixmap(QSize(16, 16), state).toImage()
    assert not any(image.pixelColor(x, y).alpha() for x in range(16) for y in range(16))


def test_icons_leave_the_painter_as_it_was(qapp):
    """Who paints an icon goes on with the same painter."""
    image = QImage(40, 40, QImage.Format.Format_ARGB32_Premultiplied)
    with QPainter(image) as painter:
        before = painter.transform(), painter.renderHints(), painter.pen()
        icons.icon("trash").paint(painter, 4, 4, 16, 16)
        assert (painter.transform(), painter.renderHints(), painter.pen()) == before


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize(("ending", "side"), [("", 12), ("@2x", 24), ("@3x", 36)])
def test_arrows_of_the_style_sheet(qapp, way, ending, side):
    """The pictures of the style sheet's arrows, ready for screens of one, two and three dots."""
    picture = QImage(str(icons.folder() / f"chevron-{way}-grey{ending}.png"))
    drawn = by_qt("chevron-down", "#7d8898", side)
    assert picture.size() == QSize(side, side)
    assert unlike(picture, drawn if way == "down" else drawn.flipped()) <= FEW
