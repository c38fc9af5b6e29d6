"""How assets and their uses are said: shapes of states, the columns of the tables, the question before removing.

Stands apart because it is words and nothing else, and window, dialogs and the Usage tab share them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from segment_manager.domain.questions import Answer, Button, ButtonKind, NameList, Paragraph, Question
from segment_manager.domain.usage import LIVE_STATES, AssetState, AssetType
from segment_manager.storage.queries import AssetLine, SegmentLine, SegmentUse
from segment_manager.ui.details.formats import counted, day_text
from segment_manager.ui.light_table import LightColumn
from segment_manager.ui.wording import ACTIVE_SHAPE, INACTIVE_SHAPE, number

_SHAPES = {
    AssetState.LIVE: "●",
    AssetState.SCHEDULED: "◐",
    AssetState.PAUSED: "◫",
    AssetState.DRAFT: "◌",
    AssetState.ENDED: "○",
}
_ORDER = {state: place for place, state in enumerate(_SHAPES)}
_LATEST = date.max

Today = Callable[[], date]


def upper(text: str) -> str:
    """'test list' → 'Test list'."""
    return text[:1].upper() + text[1:]


def state_text(state: AssetState) -> str:
    """'● live', '○ ended'."""
    return f"{_SHAPES[state]} {state}"


def state_colour(state: AssetState) -> str:
    """The name of the theme's colour for a state."""
    return "active" if state in LIVE_STATES else "muted"


def asset_columns(today: Today) -> list[LightColumn[AssetLine]]:
    """The columns of the table of assets."""
    return [
        LightColumn(
            "Name", 190, lambda row: row.name, lambda row: row.name.casefold(),
            hint=lambda row: f"{row.name}\n{row.asset_id}",
        ),
        LightColumn("Type", 88, lambda row: upper(row.asset_type), lambda row: row.asset_type),
        LightColumn(
            "State", 96, lambda row: state_text(row.state), lambda row: _ORDER[row.state],
            colour=lambda row: state_colour(row.state),
        ),
        LightColumn(
            "Segments", 92, lambda row: number(row.segments), lambda row: row.segments, right=True,
            hint=lambda row: f"It uses or used {counted(row.segments, 'segment')}",
        ),
        LightColumn(
            "Started", 96, lambda row: day_text(row.started_on, today()), lambda row: row.started_on or date.min,
            hint=lambda row: "The first day of its first use",
        ),
        LightColumn(
            "Ends", 96, lambda row: day_text(row.ended_on, today()), lambda row: row.ended_on or _LATEST,
            hint=lambda row: "The last day of its last use" if row.ended_on else "No end is known",
        ),
    ]  # fmt: skip


def use_columns(today: Today) -> list[LightColumn[SegmentUse]]:
    """The columns of the segments that an asset uses."""
    return [
        LightColumn(
            "Segment", 150, lambda row: row.name, lambda row: row.name.casefold(),
            hint=lambda row: f"{row.name}\n{row.record_type}",
        ),
        LightColumn(
            "Use", 82, use_text, lambda row: (not row.live, row.over),
            colour=lambda row: "active" if row.live else "muted",
        ),
        LightColumn("Since", 94, lambda row: day_text(row.started_on, today()), lambda row: row.started_on or date.min),
        LightColumn("Until", 94, lambda row: day_text(row.ended_on, today()), lambda row: row.ended_on or _LATEST),
        LightColumn(
            "Status", 86, lambda row: _status(row.active), lambda row: not row.active,
            colour=lambda row: "active" if row.active else "muted",
            hint=lambda row: f"The segment is {'Active' if row.active else 'Inactive'}",
        ),
    ]  # fmt: skip


def segment_columns() -> list[LightColumn[SegmentLine]]:
    """The columns of segments to choose from."""
    return [
        LightColumn("Segment", 260, lambda row: row.name, lambda row: row.name.casefold()),
        LightColumn("Record type", 110, lambda row: row.record_type, lambda row: row.record_type),
        LightColumn(
            "Status", 90, lambda row: _status(row.active), lambda row: not row.active,
            colour=lambda row: "active" if row.active else "muted",
        ),
    ]  # fmt: skip


def _status(active: bool) -> str:
    return f"{ACTIVE_SHAPE} Active" if active else f"{INACTIVE_SHAPE} Inactive"


def use_text(use: SegmentUse) -> str:
    """'● live', '○ over', '◌ not live'."""
    return f"{ACTIVE_SHAPE} live" if use.live else f"{INACTIVE_SHAPE} over" if use.over else "◌ not live"


def about(line: AssetLine) -> str:
    """'Campaign · ● live · spring-renewal'."""
    return f"{upper(line.asset_type)} · {state_text(line.state)} · {line.asset_id}"


def count_text(shown: int, whole: int) -> str:
    """'240 assets', '12 of 240 assets'."""
    return counted(whole, "asset") if shown == whole else f"{shown:,} of {counted(whole, 'asset')}"


def before_removing(lines: Sequence[AssetLine]) -> Question:
    """What is asked before assets are removed."""
    what = f"“{lines[0].name}”" if len(lines) == 1 else f"{len(lines):,} assets"
    uses = sum(line.segments for line in lines)
    its = "its" if len(lines) == 1 else "their"
    heading = f"Remove {what} and {its} {counted(uses, 'use')} of segments?" if uses else f"Remove {what}?"
    text = "The segments stay, and Undo brings everything back. To keep the history of use, end it instead."
    if len(lines) > 1:
        text = text.replace("end it", "end them")
    names = (NameList(tuple(f"{line.name} ({line.asset_type})" for line in lines), "assets"),) if len(lines) > 1 else ()
    buttons = [Button("Cancel", Answer.CANCEL, ButtonKind.CANCEL)]
    if any(line.state is not AssetState.ENDED for line in lines):
        buttons.append(Button("End instead", Answer.OTHERS, ButtonKind.SAFER))
    remove = "Remove asset" if len(lines) == 1 else f"Remove {len(lines):,} assets"
    buttons.append(Button(remove, Answer.PROCEED, ButtonKind.ACTION))
    return Question("Remove assets", heading, (*names, Paragraph(text)), tuple(buttons))


TYPES = tuple(AssetType)
STATES = tuple(_SHAPES)
WHO_MAY = "This needs the role Sequence Manager or System Administrator; you are Viewer here."
