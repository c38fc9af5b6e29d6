"""What every row and group shares with the others of its rule: lists, counts, problems, and whom to tell.

Stands apart so that a row needs no tree to stand in, and so that a thousand rows share one list of fields.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, QPoint, QStringListModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from segment_manager.domain.operators import SEGMENT_OPERATORS, operators_for
from segment_manager.domain.records import FieldType, RecordType
from segment_manager.ui.rule_builder.completion import Suggestions
from segment_manager.ui.rule_builder.draft import MEMBERSHIP, Draft

MEMBERSHIP_LABEL = "Segment membership"


class Counted(NamedTuple):
    """The count of one part as it is shown; `stale`: it was counted for something else."""

    text: str = ""
    stale: bool = False


class Surroundings:
    """`edited(draft, typing)`: a row changed its draft. `asked(command, draft)`: a person wants a command of
    editing.COMMANDS. `grabbed(draft)`: the mouse drags a part by its handle."""

    def __init__(self, record_type: RecordType, segments: QStringListModel, parent: QObject) -> None:
        self.record_type = record_type
        self.segments = segments
        self.fields = _model([*((f.name, f.label) for f in record_type.fields), (MEMBERSHIP, MEMBERSHIP_LABEL)], parent)
        self.no_operators = QStandardItemModel(parent)
        self._operators: dict[FieldType | None, QStandardItemModel] = {}
        self._parent = parent
        self.row_height: int | None = None  # of a real row, once there is one
        self.counts: dict[Draft, Counted] = {}
        self.problems: dict[Draft, str] = {}
        self.suggestions: Suggestions | None = None
        self.edited: Callable[[Draft, bool], None] = lambda _draft, _typing: None
        self.reshaped: Callable[[Draft], None] = lambda _draft: None
        self.asked: Callable[[str, Draft], None] = lambda _command, _draft: None
        self.menu_asked: Callable[[Draft, QPoint], None] = lambda _draft, _place: None
        self.grabbed: Callable[[Draft], None] = lambda _draft: None

    def operators(self, kind: FieldType | None) -> QStandardItemModel:
        """The comparisons of a type of field; None: those of segments."""
        if kind not in self._operators:
            rows = SEGMENT_OPERATORS if kind is None else operators_for(kind)
            self._operators[kind] = _model([(row.name, row.label) for row in rows], self._parent)
        return self._operators[kind]


def _model(entries: list[tuple[str, str]], parent: QObject) -> QStandardItemModel:
    model = QStandardItemModel(parent)
    for data, text in entries:
        item = QStandardItem(text)
        item.setData(data, Qt.ItemDataRole.UserRole)
        model.appendRow(item)
    return model
