"""How cost grows with size: the table and the picture of docs/performance.md.

Stands apart because it only reads results; what is written by hand in the document stays.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from benchmarks.measure import Result, machine, shown, size_name

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- measured: python3 dev.py bench --growth -->", "<!-- end of what was measured -->"
COLOURS = ("#4269d0", "#b8860b", "#c9372c", "#2a9d8f", "#3c7a3c", "#d1589b", "#8a5cd0", "#8b5a2b", "#5f6b7a", "#0b7fab")

Series = dict[str, dict[int, Result]]


def exponent(values: Mapping[int, float]) -> float:
    """The slope of a straight line through the values on logarithmic scales, by least squares."""
    points = [(math.log(size), math.log(value)) for size, value in values.items() if value > 0]
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


def write(results: Iterable[Result]) -> None:
    """Put the table into docs/performance.md and draw docs/performance.svg."""
    series: Series = {}
    for result in results:
        if result.ours > 0:
            series.setdefault(result.name, {})[result.size] = result
        if result.file_mb:
            file = replace(result, unit="MB", ours=result.file_mb, limit=None)
            series.setdefault(f"{result.name.partition(':')[0]}: workspace file", {})[result.size] = file
    series = {name: of_size for name, of_size in series.items() if len(of_size) > 1}
    document = DOCS / "performance.md"
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    document.write_text(f"{before}{BEGIN}\n\n{as_table(series)}\n\n{END}{after}", encoding="utf-8")
    timed = {name: of_size for name, of_size in series.items() if all(one.unit == "ms" for one in of_size.values())}
    (DOCS / "performance.svg").write_text(picture(timed), encoding="utf-8")


def as_table(series: Series) -> str:
    """One row an operation: its cost by size, the exponent, and how many times the limit's that is."""
    sizes = sorted({size for of_size in series.values() for size in of_size})
    head = ["operation", *map(size_name, sizes), "exponent", "limit at the largest"]
    lines = [f"Measured on {machine()}.", "", _row(head), _row([":--", *["--:"] * (len(head) - 1)])]
    for name, of_size in series.items():
        cells = [shown(of_size[size].ours, of_size[size].unit) if size in of_size else "" for size in sizes]
        slope = exponent({size: one.ours for size, one in of_size.items()})
        last = of_size[max(of_size)]
        limit = f"{shown(last.limit, last.unit)} ({last.ours / last.limit:.1f} ×)" if last.limit else ""
        lines.append(_row([name, *cells, f"{slope:.2f}", limit]))
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


# --- the picture ------------------------------------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 980, 760, 70, 30, 260, 50
FONT = 'font-family="sans-serif" font-size="12"'


def picture(series: Series) -> str:
    """An SVG with logarithmic scales, one line an operation, its name at the line's end."""
    sizes = [size for of_size in series.values() for size in of_size]
    costs = [one.ours for of_size in series.values() for one in of_size.values()]
    low, high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
    first, last = math.log10(min(sizes)), math.log10(max(sizes))

    def x(size: int) -> float:
        return LEFT + (math.log10(size) - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(cost: float) -> float:
        return TOP + (high - math.log10(cost)) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {FONT}>',
        "<title>How the time of each operation grows with the number of segments or records</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for power in range(low, high + 1):
        level, label = y(10.0**power), f"{10**power:,} ms" if power < 3 else f"{10 ** (power - 3):,} s"
        if power < 0:
            label = f"{10.0**power:g} ms"
        parts.append(_line(LEFT, level, WIDTH - RIGHT, level, "#e3e6ea") + _text(LEFT - 8, level + 4, label, "end"))
    for size in sorted(set(sizes)):
        parts.append(_line(x(size), TOP, x(size), HEIGHT - BOTTOM, "#e3e6ea"))
        parts.append(_text(x(size), HEIGHT - BOTTOM + 20, size_name(size), "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "segments or records", "middle"))
    ends = {name: y(of_size[max(of_size)].ours) for name, of_size in series.items()}
    for place, (name, label_y) in enumerate(_apart(ends)):
        of_size, colour = series[name], COLOURS[place % len(COLOURS)]
        points = [(x(size), y(of_size[size].ours)) for size in sorted(of_size)]
        path = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        parts += [f'<circle cx="{across:.1f}" cy="{down:.1f}" r="2.6" fill="{colour}"/>' for across, down in points]
        label_x = WIDTH - RIGHT + 14
        parts.append(_line(*points[-1], label_x - 3, label_y - 4, colour, 'stroke-dasharray="2 3" stroke-width="0.8"'))
        parts.append(_text(label_x, label_y, name, "start", colour))
    return "\n".join([*parts, "</svg>", ""])


def _apart(ends: Mapping[str, float], gap: float = 15.5) -> list[tuple[str, float]]:
    """Where the names stand: as near to the ends of their lines as they can without covering each other."""
    placed: list[tuple[str, float]] = []
    for name, wanted in sorted(ends.items(), key=lambda end: end[1]):
        placed.append((name, max(wanted + 4, placed[-1][1] + gap if placed else TOP)))
    lowest = float(HEIGHT - BOTTOM)
    for place in range(len(placed) - 1, -1, -1):
        placed[place] = (placed[place][0], min(placed[place][1], lowest))
        lowest = placed[place][1] - gap
    return placed


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {more}/>'


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#333a42") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
