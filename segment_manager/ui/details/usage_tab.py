"""Usage: everything that uses the segment, what keeps it active first.

Stands apart as one of the tabs.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from segment_manager.domain.plans import Dependent
from segment_manager.domain.usage import AssetType, Reference
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.formats import DASH, counted, day_text, number
from segment_manager.ui.details.header import text_label
from segment_manager.ui.details.reasons import ORDER, plural
from segment_manager.ui.wording import ACTIVE_SHAPE, INACTIVE_SHAPE, plain_tooltip

SHOWN = 300
"""Rows of one group; more are counted, not drawn."""
NAME_WIDTH = 170
OTHER_WIDTHS = (94, 92, 92)
_SEGMENT = Qt.ItemDataRole.UserRole


class UsageTab(QWidget):
    """A tree: a group for each type of asset, and one for the segments whose rules use this one."""

    segment_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("usage_tab")
        self._sentence = text_label()
        self._sentence.setObjectName("usage_sentence")
        self._tree = QTreeWidget()
        self._tree.setAccessibleName("Usage")
        self._tree.setObjectName("usage")
        self._tree.setHeaderLabels(["Used by", "State", "Since", "Until"])
        self._tree.setUniformRowHeights(True)
        self._tree.setRootIsDecorated(True)
        self._tree.setExpandsOnDoubleClick(False)
        self._tree.setStyleSheet("QTreeView::item { padding: 3px 0; }")
        header = self._tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for section, width in enumerate(OTHER_WIDTHS, 1):
            header.resizeSection(section, width)
        self._tree.setIndentation(14)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(self._sentence)
        column.addWidget(self._tree, 1)
        self._tree.itemActivated.connect(self._activated)
        self._tree.itemDoubleClicked.connect(self._activated)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The name has what the others leave, and never too little to be read: a narrow pane scrolls sideways."""
        super().resizeEvent(event)
        self._tree.header().resizeSection(0, max(NAME_WIDTH, self._tree.width() - sum(OTHER_WIDTHS) - 6))

    def show_facts(self, facts: Facts) -> None:
        """Show what uses a segment."""
        self._tree.clear()
        self._sentence.setText(_sentence(facts))
        for kind in ORDER:
            of_kind = [reference for reference in facts.references if reference.asset_type is kind]
            if of_kind:
                self._add_assets(facts, kind, of_kind)
        if facts.dependents:
            self._add_segments(facts.dependents)
        self._tree.expandAll()

    def _add_assets(self, facts: Facts, kind: AssetType, references: Sequence[Reference]) -> None:
        group = self._group(f"{plural(kind, 2).capitalize()} ({number(len(references))})")
        in_order = sorted(references, key=lambda reference: not facts.live(reference))
        for reference in in_order[:SHOWN]:
            live = facts.live(reference)
            item = QTreeWidgetItem(
                [
                    reference.asset_name,
                    f"{ACTIVE_SHAPE if live else INACTIVE_SHAPE} {reference.state}",
                    day_text(reference.started_on, facts.today),
                    day_text(reference.ended_on, facts.today),
                ]
            )
            item.setToolTip(0, plain_tooltip(f"{reference.asset_name}\n{reference.asset_id}"))
            item.setToolTip(1, "In live use: keeps the segment active" if live else "Does not keep the segment active")
            if live:
                font = item.font(1)
                font.setBold(True)
                item.setFont(1, font)
            group.addChild(item)
        self._more(group, len(references))

    def _add_segments(self, dependents: Sequence[Dependent]) -> None:
        group = self._group(f"Segments whose rules use it ({number(len(dependents))})")
        for dependent in dependents[:SHOWN]:
            active = dependent.status == "active"
            how = "" if dependent.direct else " (through another)"
            mark = ACTIVE_SHAPE if active else INACTIVE_SHAPE
            item = QTreeWidgetItem([f"{dependent.name}{how}", f"{mark} {dependent.status}", DASH, DASH])
            item.setData(0, _SEGMENT, dependent.id)
            item.setForeground(0, self.palette().link())
            item.setToolTip(0, plain_tooltip(f"Show “{dependent.name}”: double click or press Enter"))
            group.addChild(item)
        self._more(group, len(dependents))

    def _group(self, text: str) -> QTreeWidgetItem:
        group = QTreeWidgetItem([text])
        font = group.font(0)
        font.setBold(True)
        group.setFont(0, font)
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self._tree.addTopLevelItem(group)
        group.setFirstColumnSpanned(True)
        return group

    def _more(self, group: QTreeWidgetItem, count: int) -> None:
        if count > SHOWN:
            rest = QTreeWidgetItem([f"and {number(count - SHOWN)} more"])
            rest.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.addChild(rest)

    def _activated(self, item: QTreeWidgetItem) -> None:
        segment_id = item.data(0, _SEGMENT)
        if isinstance(segment_id, int):
            self.segment_requested.emit(segment_id)


def _sentence(facts: Facts) -> str:
    live = len(facts.live_references)
    if not facts.references and not facts.dependents:
        used = "Nothing uses this segment."
    elif not live and not facts.active_dependents:
        used = "Nothing of this keeps the segment active."
    else:
        rules = len(facts.active_dependents)
        uses = counted(live, "live use") if live else ""
        of_rules = f"the rules of {counted(rules, 'active segment')}" if rules else ""
        used = f"Kept active by {' and '.join(filter(None, (uses, of_rules)))}."
    if facts.connections:
        used += f" {counted(facts.connections, 'record')} came into sequences through it and stay connected."
    return used
