"""The menu bar: where every action of the window can be found.

Stands apart from main_window.py because it is a list of places and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from segment_manager.domain.segments import Status
from segment_manager.ui import icons, settings, theme
from segment_manager.ui.filter_bar import FilterBar
from segment_manager.ui.segment_actions import SEGMENT_MENU, SegmentActions
from segment_manager.ui.segment_columns import COLUMNS, Column
from segment_manager.ui.segment_list import SegmentList
from segment_manager.ui.tool_windows import ToolWindows
from segment_manager.ui.workspace_actions import WorkspaceActions

_APPEARANCES = (("System", "system"), ("Light", "light"), ("Dark", "dark"), ("High contrast", "high contrast"))


class Menus:
    """Builds the menus of one window and keeps the few actions that change: undo, redo, details pane."""

    def __init__(
        self,
        window: QMainWindow,
        listed: SegmentList,
        bar: FilterBar,
        on_segments: SegmentActions,
        on_workspace: WorkspaceActions,
        tools: ToolWindows,
    ) -> None:
        self._window, self._list, self._bar = window, listed, bar
        self.undo = self._action("Undo", None, "Ctrl+Z", "undo")
        self.redo = self._action("Redo", None, "Ctrl+Shift+Z", "redo")
        self.details = self._action("Details pane", None, "Ctrl+Shift+D", "sidebar")
        self.details.setCheckable(True)
        self.refresh = self._action("Refresh", listed.reading.refresh, "F5", "refresh")
        self.columns = self._columns_menu()
        self._file(on_workspace)
        self._edit()
        self._menu("&Segment", on_segments=on_segments)
        self._view()
        self._tools(on_workspace, tools)
        self._help()

    def show_undo(self, undo: str | None, redo: str | None, may_change: bool) -> None:
        """Name what would be undone and redone."""
        self.undo.setText(f"Undo {undo}".replace("&", "&&") if undo else "Undo")
        self.redo.setText(f"Redo {redo}".replace("&", "&&") if redo else "Redo")
        self.undo.setEnabled(bool(undo) and may_change)
        self.redo.setEnabled(bool(redo) and may_change)

    def _action(self, text: str, call: Callable[[], object] | None, key: str = "", icon: str = "") -> QAction:
        action = QAction(text, self._window)
        action.setObjectName(text.rstrip("…").lower().replace(" ", "_"))
        if key:
            action.setShortcut(QKeySequence(key))
        if icon:
            action.setIcon(icons.icon(icon))
        if call is not None:
            action.triggered.connect(lambda checked=False: call())
        return action

    def _menu(self, title: str, *actions: QAction | QMenu | None, on_segments: SegmentActions | None = None) -> QMenu:
        menu = QMenu(title, self._window)
        menu.setToolTipsVisible(True)
        if on_segments is not None:
            on_segments.fill(menu, SEGMENT_MENU)
        for each in actions:
            if each is None:
                menu.addSeparator()
            elif isinstance(each, QMenu):
                menu.addMenu(each)
            else:
                menu.addAction(each)
        if title.startswith("&"):
            self._window.menuBar().addMenu(menu)
        return menu

    def _file(self, of: WorkspaceActions) -> None:
        export = self._window.findChild(QAction, "export")
        close = self._action("Quit", self._window.close, "Ctrl+Q")
        self._menu(
            "&File", of.new_workspace, of.open_workspace, None, of.import_records, of.import_usage, of.import_segments,
            export, None, of.back_up, of.bring_back, None, close,
        )  # fmt: skip

    def _edit(self) -> None:
        everything = self._action("Select all", self._list.selection.select_all, "Ctrl+A")
        nothing = self._action("Select none", self._list.selection.select_none, "Ctrl+Shift+A")
        invert = self._action("Invert selection", self._list.selection.invert, "Ctrl+Shift+I")
        find = self._action("Find", self._find, "Ctrl+F", "search")
        self._menu("&Edit", self.undo, self.redo, None, everything, nothing, invert, None, find)

    def _find(self) -> None:
        self._bar.search.setFocus()
        self._bar.search.selectAll()

    def _view(self) -> None:
        status = QMenu("Status", self._window)
        for name, each in (("Active", Status.ACTIVE), ("Inactive", Status.INACTIVE), ("All", None)):
            status.addAction(self._action(f"Show {name.lower()}", partial(self._bar.choose_status, each)))
        order = QMenu("Sort by", self._window)
        for column, spec in enumerate(COLUMNS):
            if spec.title:
                order.addAction(self._action(spec.title, partial(self._sort_by, column)))
        self._menu(
            "&View", self.columns, order, status, self._appearance_menu(), None, self.details, None, self.refresh
        )

    def _sort_by(self, column: int) -> None:
        from PySide6.QtCore import Qt

        header = self._list.view.header
        same = header.sortIndicatorSection() == column and header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        self._list.view.sortByColumn(column, Qt.SortOrder.DescendingOrder if same else Qt.SortOrder.AscendingOrder)

    def _columns_menu(self) -> QMenu:
        menu = QMenu("Columns", self._window)
        for column, spec in enumerate(COLUMNS):
            if column in (Column.CHECK, Column.NAME):
                continue
            action = menu.addAction(spec.title)
            action.setCheckable(True)
            action.setToolTip(spec.about)
            action.toggled.connect(partial(self._show_column, column))
        menu.addSeparator()
        menu.addAction(self._action("Reset columns", self.reset_columns))
        menu.aboutToShow.connect(self._check_columns)
        return menu

    def _check_columns(self) -> None:
        shown = {spec.title: not self._list.view.isColumnHidden(column) for column, spec in enumerate(COLUMNS)}
        for action in self.columns.actions():
            if action.isCheckable():
                was = action.blockSignals(True)
                action.setChecked(shown[action.text()])
                action.blockSignals(was)

    def _show_column(self, column: int, shown: bool) -> None:
        self._list.view.setColumnHidden(column, not shown)

    def reset_columns(self) -> None:
        """Widths, order and columns as they come."""
        header = self._list.view.header
        for column, spec in enumerate(COLUMNS):
            header.moveSection(header.visualIndex(column), column)
            self._list.view.setColumnWidth(column, spec.width)
            self._list.view.setColumnHidden(column, not spec.shown)

    def _appearance_menu(self) -> QMenu:
        menu = QMenu("Appearance", self._window)
        group = QActionGroup(menu)
        for title, value in _APPEARANCES:
            action = self._action(title, partial(self._choose_appearance, value))
            action.setCheckable(True)
            action.setChecked(value == theme.appearance())
            group.addAction(action)
            menu.addAction(action)
        return menu

    def _choose_appearance(self, chosen: str) -> None:
        theme.apply(theme.Appearance(chosen))
        settings.keep_appearance(chosen)

    def _tools(self, of: WorkspaceActions, windows: ToolWindows) -> None:
        commands = self._action("All commands…", self._commands, "Ctrl+Shift+P", "keyboard")
        self._menu(
            "&Tools", of.recompute_all, of.scan, windows.review_unused, windows.clean_up, None, windows.assets,
            windows.find_record, windows.activity, None, of.check, None, commands, of.settings,
        )  # fmt: skip

    def _commands(self) -> None:
        from segment_manager.ui.palette import Palette

        Palette(self._window).open()

    def _keys(self) -> None:
        from segment_manager.ui.palette import Palette

        Palette(self._window, "Keys", only_keys=True).open()

    def _help(self) -> None:
        keys = self._action("Keys", self._keys, "F1", "keyboard")
        about = self._action("About", self._about, icon="info")
        self._menu("&Help", keys, about)

    def _about(self) -> None:
        from segment_manager import __version__
        from segment_manager.ui.dialogs import notice

        notice(
            self._window,
            "About",
            f"Segment manager {__version__}",
            "Shows which segments are in use and by what, sets the unused ones aside, and lets you clone, deactivate, "
            "resume and delete them.\n\nFree software under the MIT licence.",
        )
