"""Reads our line drawings: what an SVG file says of its lines, as Qt's painter takes it.

Stands apart from icons.py because it is about paths and not about colours. Qt's own reader of SVG is a plugin that
comes with a library and a search through all plugins there are: 4 ms before the first drawing.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import atan2, degrees, hypot, sqrt

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

_COMMANDS = "MLHVCAZmlhvcaz"
_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "A": 7, "Z": 0}


def paths(svg: str) -> list[QPainterPath]:
    """The lines of a drawing, one after the other: paths, circles, and rectangles with round corners."""
    return [_path(element) for element in svg.split("<")[2:] if not element.startswith("/")]


def _path(element: str) -> QPainterPath:
    made = QPainterPath()
    name = element.partition(" ")[0]
    if name == "path":
        _follow(made, _value(element, "d"))
    elif name == "circle":
        x, y, r = (float(_value(element, key)) for key in ("cx", "cy", "r"))
        made.addEllipse(QPointF(x, y), r, r)
    elif name == "rect":
        place = QRectF(*(float(_value(element, key)) for key in ("x", "y", "width", "height")))
        r = float(_value(element, "rx"))
        made.addRoundedRect(place, r, r)
    return made


def _value(element: str, key: str) -> str:
    return element.partition(f' {key}="')[2].partition('"')[0]


def _follow(made: QPainterPath, text: str) -> None:
    """Add what the commands of a path say. Arcs are of circles; other commands than these we do not draw with."""
    x = y = 0.0
    for command, numbers in _steps(text):
        of_x, of_y = (x, y) if command.islower() else (0.0, 0.0)
        match command.upper():
            case "Z":
                made.closeSubpath()
                continue
            case "H":
                x = of_x + numbers[0]
            case "V":
                y = of_y + numbers[0]
            case _:
                before = x, y
                x, y = of_x + numbers[-2], of_y + numbers[-1]
        match command.upper():
            case "M":
                made.moveTo(x, y)
            case "C":
                made.cubicTo(of_x + numbers[0], of_y + numbers[1], of_x + numbers[2], of_y + numbers[3], x, y)
            case "A":
                _arc(made, before, (x, y), numbers[0], is_long=bool(numbers[3]), is_clockwise=bool(numbers[4]))
            case _:
                made.lineTo(x, y)


def _steps(text: str) -> Iterator[tuple[str, list[float]]]:
    """The commands with their numbers; one that is not repeated before further numbers stands for each of them."""
    for letter in _COMMANDS:
        text = text.replace(letter, f" {letter} ")
    words = text.replace("-", " -").split()
    place, command = 0, ""
    while place < len(words):
        if words[place] in _COMMANDS:
            command = words[place]
            place += 1
        taken = _NUMBERS[command.upper()]
        yield command, list(map(float, words[place : place + taken]))
        place += taken


def _arc(
    made: QPainterPath, begin: tuple[float, float], end: tuple[float, float], r: float, *, is_long: bool,
    is_clockwise: bool,
) -> None:  # fmt: skip
    (x, y), (to_x, to_y) = begin, end
    chord = hypot(to_x - x, to_y - y)
    r = max(r, chord / 2)
    aside = sqrt(r * r - chord * chord / 4) / chord * (-1 if is_long == is_clockwise else 1)
    middle_x = (x + to_x) / 2 - (to_y - y) * aside
    middle_y = (y + to_y) / 2 + (to_x - x) * aside
    first = degrees(atan2(middle_y - y, x - middle_x))  # Qt counts against the clock
    length = (degrees(atan2(middle_y - to_y, to_x - middle_x)) - first) % 360
    made.arcTo(middle_x - r, middle_y - r, 2 * r, 2 * r, first, length - 360 if is_clockwise else length)
