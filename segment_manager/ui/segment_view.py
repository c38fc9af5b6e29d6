"""The table itself: QTableView with a checkbox column that is the selection, and a header box for all or none.

Stands apart because these are Qt's habits bent a little; what is selected, and what for, is the list's affair.
"""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QToolButton, QWidget

from segment_manager.ui import theme
from segment_manager.ui.segment_columns import COLUMNS, Column
from segment_manager.ui.segment_delegate import SegmentDelegate, draw_check
from segment_manager.ui.segment_filter import SegmentFilter
from segment_manager.ui.segment_table import SegmentTable
from segment_manager.ui.whole_rows import list_whole_rows

_TOGGLE = QItemSelectionModel.SelectionFlag.Toggle | QItemSelectionModel.SelectionFlag.Rows
_KEEP = QItemSelectionModel.SelectionFlag.NoUpdate
_ONLY = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class CheckHeader(QHeaderView):
    """A header whose first section is a tri-state box over the selection."""

    pressed_box = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setMinimumSectionSize(36)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.box = Qt.CheckState.Unchecked

    def show_state(self, state: Qt.CheckState) -> None:
        """Draw the box so."""
        if state != self.box:
            self.box = state
            self.updateSection(Column.CHECK)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.save()
        super().paintSection(painter, rect, section)
        painter.restore()
        if section == Column.CHECK:
            draw_check(painter, rect, self.box)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._over_box(event.position().toPoint()):
            if event.button() == Qt.MouseButton.LeftButton:
                self.pressed_box.emit()
            return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._over_box(event.position().toPoint()) and self.cursor().shape() != Qt.CursorShape.SplitHCursor:
            self.setSortIndicator(self.sortIndicatorSection(), self.sortIndicatorOrder())
        super().mouseReleaseEvent(event)

    def _over_box(self, point: QPoint) -> bool:
        return self.logicalIndexAt(point) == Column.CHECK and point.x() < self.sectionSize(Column.CHECK) - 4


class SegmentView(QTableView):
    """The 'Segments' table. `menu_wanted(global position)` asks for the row menu, the selection being right already."""

    menu_wanted = Signal(QPoint)
    opened = Signal()
    used_by_clicked = Signal()
    escaped = Signal()
    selected_all = Signal()

    def __init__(self, source: SegmentTable, filtered: SegmentFilter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filter = filtered
        self._metrics = self.fontMetrics()
        self.setViewport(_viewport())
        self.setObjectName("segments")
        self.setAccessibleName("Segments")
        self.header = CheckHeader(self)
        self.setHorizontalHeader(self.header)
        self.setModel(filtered)
        list_whole_rows(self)
        self.look = SegmentDelegate(source, filtered, self)
        self.setItemDelegate(self.look)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(24)
        self._fit_rows()
        for column, spec in enumerate(COLUMNS):
            self.setColumnWidth(column, spec.width)
            self.setColumnHidden(column, not spec.shown)
        self.header.setSectionResizeMode(Column.CHECK, QHeaderView.ResizeMode.Fixed)
        self.header.setSortIndicator(int(Column.NAME), Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.doubleClicked.connect(lambda index: self.opened.emit())
        self.clicked.connect(self._clicked)
        theme.changed().connect(self._follow_theme)
        filtered.is_selected = self._is_selected
        filtered.modelReset.connect(lambda: self.hover(-1))  # other rows stand there now, or none

    @cached_property
    def more(self) -> QToolButton:
        """The ⋯ button of the row under the pointer."""
        button = QToolButton(self.viewport())
        button.setText("⋯")
        button.setProperty("kind", "row")
        button.setAccessibleName("Actions of this row")
        button.setToolTip("Actions of this row")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.clicked.connect(self._more_pressed)
        button.hide()
        return button

    def _is_selected(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        return self.selectionModel().isSelected(index)

    def _follow_theme(self) -> None:
        self.look.follow_theme()
        self.viewport().update()

    def _fit_rows(self) -> None:
        height = self._metrics.height() + 13
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setDefaultSectionSize(height)

    # Selecting

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """A click in the checkbox column and Space toggle one row and leave the others as they are."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            return _TOGGLE
        if isinstance(event, QKeyEvent) and event.key() in _TO_THE_ENDS and event.modifiers() & _SHIFT:
            return _EXTEND
        if isinstance(event, QMouseEvent) and index.column() == Column.CHECK:
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier)
            if plain and event.button() == Qt.MouseButton.LeftButton:
                return _TOGGLE if event.type() in _PRESSES else _KEEP
            if plain and event.type() == QEvent.Type.MouseMove:
                return _KEEP
        return super().selectionCommand(index, event)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End go to the first and the last segment, with Shift taking what lies between into the selection."""
        ends = {QAbstractItemView.CursorAction.MoveHome: 0, QAbstractItemView.CursorAction.MoveEnd: -1}
        rows = self._filter.rowCount()
        if action not in ends or not rows:
            return super().moveCursor(action, modifiers)
        return self._filter.index(ends[action] % rows, max(int(Column.NAME), self.currentIndex().column()))

    def select_only(self, row: int) -> None:
        """Make one row the selection and the current one."""
        self.selectionModel().setCurrentIndex(self._filter.index(row, Column.NAME), _ONLY)

    def go_to(self, row: int) -> None:
        """Make a row the current one, the selection staying as it is."""
        self.selectionModel().setCurrentIndex(self._filter.index(row, Column.NAME), _KEEP)

    def selectAll(self) -> None:
        """Everything that the filter lets through, found already or not."""
        self._filter.finish()
        super().selectAll()
        self.selected_all.emit()

    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        """Go on to the next row that stays; Qt alone would select it and drop the rest of the selection."""
        current = self.currentIndex()
        if current.isValid() and start <= current.row() <= end:
            row = end + 1 if end + 1 < self._filter.rowCount() else start - 1
            target = self._filter.index(row, current.column()) if row >= 0 else QModelIndex()
            if target.isValid():
                self.selectionModel().setCurrentIndex(target, _KEEP)
        self.hover(-1)
        super().rowsAboutToBeRemoved(parent, start, end)

    def _clicked(self, index: QModelIndex) -> None:
        plain = QGuiApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier
        if index.column() == Column.USED_BY and plain:
            self.used_by_clicked.emit()

    # The row menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.open_menu_at_current()
        else:
            row = self.rowAt(event.pos().y())
            if row < 0:
                return
            self._menu_for(row, event.globalPos())
        event.accept()

    def open_menu_at_current(self) -> None:
        """The row menu by keyboard: for the selection, or for the current row where nothing is selected."""
        current = self.currentIndex()
        if not current.isValid():
            return
        self.scrollTo(current)
        spot = self.viewport().mapToGlobal(self.visualRect(current.siblingAtColumn(Column.NAME)).bottomLeft())
        if self.selectionModel().hasSelection():
            self.menu_wanted.emit(spot)
        else:
            self._menu_for(current.row(), spot)

    def _menu_for(self, row: int, spot: QPoint) -> None:
        if not self.selectionModel().isRowSelected(row, QModelIndex()):
            self.select_only(row)
        self.menu_wanted.emit(spot)

    def _more_pressed(self) -> None:
        row = self.look.hovered
        if 0 <= row < self._filter.rowCount():
            self._menu_for(row, self.more.mapToGlobal(QPoint(0, self.more.height())))

    # Pointer and keys

    def hover(self, row: int) -> None:
        """Mark a row as under the pointer (-1: none) and show its ⋯ button."""
        if row == self.look.hovered:
            return
        for changed in (self.look.hovered, row):
            if changed >= 0:
                top, height = self.rowViewportPosition(changed), self.rowHeight(changed)
                self.viewport().update(0, top, self.viewport().width(), height)
        self.look.hovered = row
        self.more.setVisible(row >= 0)
        if row >= 0:
            self._place_more(row)

    def _place_more(self, row: int) -> None:
        right = self.columnViewportPosition(Column.NAME) + self.columnWidth(Column.NAME)
        width, height = 28, self.rowHeight(row) - 7
        self.more.setFixedSize(width, height)
        self.more.move(max(0, min(right, self.viewport().width()) - width - 4), self.rowViewportPosition(row) + 3)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        spot = event.position().toPoint()
        self.hover(self.rowAt(spot.y()))
        over = self.look.hovered >= 0 and self.columnAt(spot.x()) == Column.USED_BY
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        self.hover(-1)
        super().leaveEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.hover(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            return
        if event.key() == Qt.Key.Key_Menu or (
            event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        ):
            self.open_menu_at_current()
            return
        self._filter.finish()  # whoever moves in the list by keys moves in all of it
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        top, bottom = event.rect().top(), event.rect().bottom()
        first, last = self.rowAt(top), self.rowAt(bottom)
        if first >= 0:
            with QPainter(self.viewport()) as painter:
                painter.setClipRegion(event.region())
                self.look.draw_lines(painter, first, last if last >= 0 else self._filter.rowCount() - 1)

    def doItemsLayout(self) -> None:
        """Another font asks for it too. (To be told of each change of itself, PySide6 makes the classes of all kinds of
        events, for 2 ms of every start.)"""
        if self.fontMetrics() != self._metrics:
            self._metrics = self.fontMetrics()
            self.look.follow_theme()
            self._fit_rows()
        super().doItemsLayout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for child in self.viewport().findChildren(QWidget, "empty_state", Qt.FindChildOption.FindDirectChildrenOnly):
            child.setGeometry(self.viewport().rect())

    def add_shortcut(self, action: QAction) -> None:
        """Let an action's shortcut work while the table has the focus, and only then."""
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.addAction(action)


def _viewport() -> QWidget:
    """What the cells are painted on. Of the one that Qt makes itself PySide6 knows only that it is some QWidget, and
    the first call that gives it makes the classes and enums of every kind of widget there is, for 20 ms."""
    made = QWidget()
    made.setBackgroundRole(QPalette.ColorRole.Base)
    made.setAutoFillBackground(True)
    return made


_EXTEND = QItemSelectionModel.SelectionFlag.SelectCurrent | QItemSelectionModel.SelectionFlag.Rows
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_TO_THE_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)
_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
