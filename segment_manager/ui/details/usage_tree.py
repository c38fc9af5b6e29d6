"""The tree of the Usage tab: assets by type, then the segments on both sides of the web of rules.

Stands apart from the tab because it only shows; what can be done is the tab's affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from segment_manager.domain.segments import Role
from segment_manager.domain.usage import AssetType, Reference
from segment_manager.storage import queries
from segment_manager.storage.queries import RuleNeighbour
from segment_manager.ui.details.dependency_tree import (
    SEGMENT_ROLE,
    DependencyTree,
    Direction,
    heading,
    known_neighbours,
    neighbours,
)
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.formats import day_text, number
from segment_manager.ui.details.reasons import ORDER, plural
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.wording import ACTIVE_SHAPE, INACTIVE_SHAPE, plain_tooltip

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

SHOWN = 300
"""Rows of one group; more are counted, not drawn."""
NAME_WIDTH = 170
OTHER_WIDTHS = (94, 92, 92)
_REFERENCE = SEGMENT_ROLE + 2


class Surroundings(NamedTuple):
    """What is read beside the facts: the rows of the assets, and the segment's place in the web of rules."""

    rows: dict[tuple[AssetType, str], int]
    users: list[RuleNeighbour]
    used: list[RuleNeighbour]
    reach: tuple[int, int]
    may_change: bool


def read_surroundings(workspace: Workspace, segment_id: int) -> Surroundings:
    """Read them; any thread may."""
    with workspace.snapshot():
        return Surroundings(
            queries.asset_row_ids(workspace, segment_id),
            neighbours(workspace, segment_id, Direction.USED_BY),
            neighbours(workspace, segment_id, Direction.USES),
            queries.rule_reach(workspace, segment_id),
            workspace.role() is not Role.VIEWER,
        )


class UsageTree(QTreeWidget):
    """A group for each type of asset, one for the segments whose rules use the segment, one for those its rule uses."""

    def __init__(self, workspace: Workspace | None, jobs: Jobs | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._leads_on = jobs is not None
        self._facts: Facts | None = None
        self._users: QTreeWidgetItem | None = None
        self._items: dict[tuple[AssetType, str], QTreeWidgetItem] = {}
        self._web = DependencyTree(self, workspace, jobs)
        self.setAccessibleName("Usage")
        self.setObjectName("usage")
        self.setHeaderLabels(["Name", "State", "Since", "Until"])
        self.setUniformRowHeights(True)
        self.setRootIsDecorated(True)
        self.setExpandsOnDoubleClick(False)
        self.setStyleSheet("QTreeView::item { padding: 3px 0; }")
        self.setIndentation(14)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for section, width in enumerate(OTHER_WIDTHS, 1):
            header.resizeSection(section, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The name has what the others leave, and never too little to be read: a narrow pane scrolls sideways."""
        super().resizeEvent(event)
        self.header().resizeSection(0, max(NAME_WIDTH, self.width() - sum(OTHER_WIDTHS) - 6))

    def show_facts(self, facts: Facts) -> None:
        """Show what uses a segment. Shown anew, the same one keeps what is current, open and in sight."""
        another = self._facts is None or self._facts.summary.id != facts.summary.id
        kept = None if another else self.reference(self.currentItem())
        scrolled = 0 if another else self.verticalScrollBar().value()
        self._facts = facts
        self.clear()
        self._items.clear()
        self._web.begin(another=another)
        for kind in ORDER:
            of_kind = [reference for reference in facts.references if reference.asset_type is kind]
            if of_kind:
                self._add_assets(facts, kind, of_kind)
        direct = known_neighbours(facts.dependents)
        self._users = self._segment_group(facts, Direction.USED_BY, direct, len(facts.dependents)) if direct else None
        if kept is not None and (kept.asset_type, kept.asset_id) in self._items:
            self.setCurrentItem(self._items[kept.asset_type, kept.asset_id])
        self.verticalScrollBar().setValue(scrolled)

    def show_surroundings(self, found: Surroundings) -> None:
        """Show how the rules go on from the segments that use it, and those that it uses."""
        facts = self._facts
        if facts is None:
            return
        if self._users is not None:
            self._users.setText(0, heading(Direction.USED_BY, len(found.users), found.reach[0]))
            self._web.fill(self._users, Direction.USED_BY, (facts.summary.id,), found.users)
        if found.used:
            self._segment_group(facts, Direction.USES, found.used, found.reach[1])

    def reference(self, item: QTreeWidgetItem | None) -> Reference | None:
        """The use that an item stands for."""
        found = item.data(0, _REFERENCE) if item is not None else None
        return found if isinstance(found, Reference) else None

    def segment_id(self, item: QTreeWidgetItem | None) -> int | None:
        """The segment that an item stands for."""
        found = item.data(0, SEGMENT_ROLE) if item is not None else None
        return found if isinstance(found, int) else None

    def _add_assets(self, facts: Facts, kind: AssetType, references: Sequence[Reference]) -> None:
        group = self._group(f"{plural(kind, 2).capitalize()} ({number(len(references))})")
        in_order = sorted(references, key=lambda reference: not facts.live(reference))
        for reference in in_order[:SHOWN]:
            item = self._items[kind, reference.asset_id] = self._asset_item(facts, reference)
            group.addChild(item)
        if len(references) > SHOWN:
            rest = QTreeWidgetItem([f"and {number(len(references) - SHOWN)} more"])
            rest.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.addChild(rest)
        group.setExpanded(True)

    def _asset_item(self, facts: Facts, reference: Reference) -> QTreeWidgetItem:
        live = facts.live(reference)
        item = QTreeWidgetItem(
            [
                reference.asset_name,
                f"{ACTIVE_SHAPE if live else INACTIVE_SHAPE} {reference.state}",
                day_text(reference.started_on, facts.today),
                day_text(reference.ended_on, facts.today),
            ]
        )
        item.setData(0, _REFERENCE, reference)
        open_it = "\nDouble click or press Enter to see it among the assets" if self._leads_on else ""
        item.setToolTip(0, plain_tooltip(f"{reference.asset_name}\n{reference.asset_id}{open_it}"))
        item.setToolTip(1, "In live use: keeps the segment active" if live else "Does not keep the segment active")
        if self._leads_on:
            item.setForeground(0, self.palette().link())
        if live:
            font = item.font(1)
            font.setBold(True)
            item.setFont(1, font)
        return item

    def _segment_group(
        self, facts: Facts, direction: Direction, found: Sequence[RuleNeighbour], whole: int
    ) -> QTreeWidgetItem:
        group = self._group(heading(direction, len(found), whole))
        self._web.fill(group, direction, (facts.summary.id,), found)
        group.setExpanded(True)
        return group

    def _group(self, text: str) -> QTreeWidgetItem:
        group = QTreeWidgetItem([text])
        font = group.font(0)
        font.setBold(True)
        group.setFont(0, font)
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.addTopLevelItem(group)
        group.setFirstColumnSpanned(True)
        return group
