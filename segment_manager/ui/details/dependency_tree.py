"""Segments that refer to a segment by their rules, and those that its rule refers to, step by step.

Stands apart from the Usage tab because each branch is read only when somebody opens it: the web of rules may be large.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from segment_manager.domain.plans import Dependent
from segment_manager.storage import queries
from segment_manager.storage.queries import RuleNeighbour
from segment_manager.ui.details.formats import DASH, number
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.wording import ACTIVE_SHAPE, INACTIVE_SHAPE, UNUSED_SHAPE, plain_tooltip

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

SHOWN = 300
SEGMENT_ROLE = int(Qt.ItemDataRole.UserRole)
_BRANCH_ROLE = SEGMENT_ROLE + 1


class Direction(StrEnum):
    """Which way the web is followed."""

    USED_BY = "used by"
    USES = "uses"


def neighbours(workspace: Workspace, segment_id: int, direction: Direction) -> list[RuleNeighbour]:
    """The segments one step away."""
    read = queries.rule_users if direction is Direction.USED_BY else queries.rule_used
    return read(workspace, segment_id)


def known_neighbours(dependents: Sequence[Dependent]) -> list[RuleNeighbour]:
    """What can be shown at once of the segments that use one, before their own users are counted."""
    return [RuleNeighbour(each.id, each.name, each.status == "active", None, 0) for each in dependents if each.direct]


def heading(direction: Direction, direct: int, whole: int) -> str:
    """'Segments whose rules use it (2)', '… (2 directly, 5 through others)'."""
    what = "Segments whose rules use it" if direction is Direction.USED_BY else "Segments its rule uses"
    if whole <= direct:
        return f"{what} ({number(direct)})"
    return f"{what} ({number(direct)} directly, {number(whole - direct)} through others)"


class DependencyTree(QObject):
    """Fills groups of a tree widget with segments, and their branches when they are opened.

    Branches that were open are opened again when the same segment is shown anew; a circle ends where it closes.
    """

    def __init__(self, tree: QTreeWidget, workspace: Workspace | None, jobs: Jobs | None) -> None:
        super().__init__(tree)
        self._tree, self._workspace, self._jobs = tree, workspace, jobs
        self._round = 0
        self._open: set[tuple[Direction, tuple[int, ...]]] = set()
        tree.itemExpanded.connect(self._expanded)
        tree.itemCollapsed.connect(self._collapsed)

    def begin(self, *, another: bool) -> None:
        """The tree was emptied; `another`: for another segment, so that nothing is open yet."""
        self._round += 1
        if another:
            self._open.clear()

    def fill(
        self, group: QTreeWidgetItem, direction: Direction, path: tuple[int, ...], found: Sequence[RuleNeighbour]
    ) -> None:
        """Put segments into a group or branch in place of what is there; `path` leads from the shown segment to it."""
        group.takeChildren()
        for each in found[:SHOWN]:
            item = self._item(direction, path, each)
            group.addChild(item)
            if (direction, (*path, each.id)) in self._open:
                item.setExpanded(True)
        if len(found) > SHOWN:
            rest = QTreeWidgetItem([f"and {number(len(found) - SHOWN)} more"])
            rest.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.addChild(rest)

    def _item(self, direction: Direction, path: tuple[int, ...], each: RuleNeighbour) -> QTreeWidgetItem:
        circle = each.id in path
        shape = ACTIVE_SHAPE if each.active else UNUSED_SHAPE if each.reason == "unused" else INACTIVE_SHAPE
        state = "active" if each.active else "inactive"
        item = QTreeWidgetItem([f"{each.name} (circle)" if circle else each.name, f"{shape} {state}", DASH, DASH])
        item.setData(0, SEGMENT_ROLE, each.id)
        item.setData(0, _BRANCH_ROLE, (direction, (*path, each.id)))
        item.setForeground(0, self._tree.palette().brush(QPalette.ColorRole.Link))
        item.setToolTip(0, plain_tooltip(f"Show “{each.name}”: double click or press Enter"))
        item.setToolTip(1, f"The segment is Inactive: {each.reason}" if each.reason else f"The segment is {state}")
        if each.further and not circle and self._jobs is not None:
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        return item

    def _expanded(self, item: QTreeWidgetItem) -> None:
        branch = item.data(0, _BRANCH_ROLE)
        workspace, jobs = self._workspace, self._jobs
        if branch is None or workspace is None or jobs is None:
            return
        direction, path = branch
        self._open.add((direction, tuple(path)))
        if item.childCount():
            return
        take = partial(self._take, item, self._round, direction, tuple(path))
        jobs.read(lambda: neighbours(workspace, path[-1], direction), while_there(self._tree, take))

    def _take(
        self,
        item: QTreeWidgetItem,
        asked_in: int,
        direction: Direction,
        path: tuple[int, ...],
        found: list[RuleNeighbour],
    ) -> None:
        if asked_in == self._round and not item.childCount():
            self.fill(item, direction, path, found)

    def _collapsed(self, item: QTreeWidgetItem) -> None:
        branch = item.data(0, _BRANCH_ROLE)
        if branch is not None:
            self._open.discard((branch[0], tuple(branch[1])))
