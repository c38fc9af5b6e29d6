"""Moving rows and groups with the mouse: where a drop would land, and the line that shows it.

Stands apart from the tree because it needs only places on the screen, and ends in the same move as the keyboard's.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QDrag, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from segment_manager.ui.rule_builder.draft import Draft, GroupDraft
from segment_manager.ui.rule_builder.group_box import GroupBox
from segment_manager.ui.rule_builder.moves import holds
from segment_manager.ui.rule_builder.rule_tree import RuleTree

KIND = "application/x-segment-manager-rule-part"
"""No text goes with it: a line of text would take a drop that is meant for the tree."""
NEAR_EDGE, SCROLL = 28, 14


class _DropLine(QWidget):
    """A thin line between two rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("drop_line")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Accent))


class DragAndDrop(QObject):
    """Lets the parts of a tree be dragged. `dropped(part, group, place)` asks for the move."""

    def __init__(self, tree: RuleTree, dropped: Callable[[Draft, GroupDraft, int], None]) -> None:
        super().__init__(tree)
        self._tree = tree
        self._dropped = dropped
        self._dragged: Draft | None = None
        self._line = _DropLine(tree.inside)
        tree.inside.setAcceptDrops(True)
        tree.inside.installEventFilter(self)

    def begin(self, draft: Draft) -> None:
        """Drag a part, until it is dropped or let go."""
        part = self._tree.widget_of(draft)
        if part is None:
            return
        self._dragged = draft
        drag = QDrag(self._tree)
        data = QMimeData()
        data.setData(KIND, b"part")
        drag.setMimeData(data)
        drag.setPixmap(part.grab(QRect(0, 0, min(part.width(), 480), min(part.height(), 120))))
        drag.setHotSpot(QPoint(10, 14))
        drag.exec(Qt.DropAction.MoveAction)
        self._line.hide()
        self._dragged = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drops on the tree; all else goes on."""
        match event:
            case QDropEvent() if event.type() == QEvent.Type.Drop:
                return self._drop(event)
            case QDragMoveEvent():  # entering is a move too
                return self._move(event)
            case QDragLeaveEvent():
                self._line.hide()
        return super().eventFilter(watched, event)

    def _ours(self, event: QDropEvent) -> bool:
        return self._dragged is not None and event.mimeData().hasFormat(KIND)

    def _move(self, event: QDragMoveEvent) -> bool:
        if not self._ours(event):
            return False
        point = event.position().toPoint()
        self._scroll_near(point)
        target = self._target(point)
        if target is None:
            self._line.hide()
            event.ignore()
        else:
            self._show_line(*target)
            event.setDropAction(Qt.DropAction.MoveAction)
            event.accept()
        return True

    def _drop(self, event: QDropEvent) -> bool:
        if not self._ours(event):
            return False
        self._line.hide()
        target, dragged = self._target(event.position().toPoint()), self._dragged
        if target is None or dragged is None:
            event.ignore()
        else:
            event.setDropAction(Qt.DropAction.MoveAction)
            event.accept()
            self._dropped(dragged, target[0].draft, target[1])
        return True

    def _target(self, point: QPoint) -> tuple[GroupBox, int] | None:
        """The innermost group under a point, and the place in it; None within what is dragged itself."""
        group = self._tree.root_box()
        while group is not None:
            inner = next((part for part in group.parts() if self._place(part).contains(point)), None)
            if not isinstance(inner, GroupBox) or not self._well_inside(inner, point):
                break
            group = inner
        if group is None or (self._dragged is not None and holds(self._dragged, group.draft)):
            return None
        middles = [self._place(part).center().y() for part in group.parts()]
        return group, sum(middle < point.y() for middle in middles)

    def _well_inside(self, group: GroupBox, point: QPoint) -> bool:
        """Not at the very edge, where one means the place beside the group."""
        place = self._place(group)
        return place.top() + 8 <= point.y() <= place.bottom() - 8

    def _place(self, part: QWidget) -> QRect:
        return QRect(part.mapTo(self._tree.inside, QPoint(0, 0)), part.size())

    def _show_line(self, group: GroupBox, place: int) -> None:
        parts, whole = group.parts(), self._place(group)
        if not parts:
            y = whole.center().y()
        elif place < len(parts):
            y = self._place(parts[place]).top() - 5
        else:
            y = self._place(parts[-1]).bottom() + 3
        left = self._place(parts[0]).left() if parts else whole.left() + 12
        self._line.setGeometry(left, max(0, y), whole.right() - left, 3)
        self._line.raise_()
        self._line.show()

    def _scroll_near(self, point: QPoint) -> None:
        bar, height = self._tree.verticalScrollBar(), self._tree.viewport().height()
        seen = point.y() - bar.value()
        if seen < NEAR_EDGE:
            bar.setValue(bar.value() - SCROLL)
        elif seen > height - NEAR_EDGE:
            bar.setValue(bar.value() + SCROLL)
