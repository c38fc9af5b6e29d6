"""Takes what was remembered of a window to its widgets, and back.

Stands apart from settings.py, which knows nothing of widgets, and from the window, which knows nothing of files.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication

from segment_manager.domain.records import RecordType
from segment_manager.domain.segments import Status
from segment_manager.ui import settings
from segment_manager.ui.segment_columns import COLUMNS, Column
from segment_manager.ui.settings import WindowState

if TYPE_CHECKING:
    from segment_manager.ui.main_window import MainWindow

_STATUSES: dict[str, Status | None] = {"active": Status.ACTIVE, "inactive": Status.INACTIVE, "all": None}
_FIRST_SIZE = (1320, 820)
_DETAILS_WIDTH = 365


def restore(window: MainWindow, workspace: Path) -> WindowState:
    """Put a new window as the last one on this workspace was left; gives what was remembered."""
    state = settings.window_state(workspace)
    view, header = window.list.view, window.list.view.header
    places = {spec.title: column for column, spec in enumerate(COLUMNS) if spec.title}
    for title, width in state.widths.items():
        view.setColumnWidth(places[title], width)
    for to, title in enumerate(state.order):
        header.moveSection(header.visualIndex(places[title]), to + 1)
    if state.hidden is not None:
        for title, column in places.items():
            view.setColumnHidden(column, title in state.hidden and column != Column.NAME)
    order = Qt.SortOrder.DescendingOrder if state.sort_descending else Qt.SortOrder.AscendingOrder
    view.sortByColumn(places[state.sort_column], order)
    window.filter_bar.choose_status(_STATUSES[state.status])
    window.menus.details.setChecked(state.details_shown)
    window.show_details_place(state.details_shown)
    _place(window, state)
    details = state.details_width or _DETAILS_WIDTH
    window.splitter.setSizes([max(400, window.width() - details), details])
    return state


def _place(window: MainWindow, state: WindowState) -> None:
    screen = QGuiApplication.primaryScreen().availableGeometry()
    if state.geometry:
        wanted = QRect(*state.geometry)
        if any(each.availableGeometry().intersects(wanted) for each in QGuiApplication.screens()):
            window.setGeometry(wanted)
            if state.maximized:
                window.setWindowState(Qt.WindowState.WindowMaximized)
            return
    window.resize(min(_FIRST_SIZE[0], screen.width() - 40), min(_FIRST_SIZE[1], screen.height() - 60))


def keep(window: MainWindow, state: WindowState, workspace: Path) -> None:
    """Remember how a window is left."""
    view, header = window.list.view, window.list.view.header
    columns = [(column, spec.title) for column, spec in enumerate(COLUMNS) if spec.title]
    # the record type's column comes and goes with the choice, so its being hidden is nobody's wish
    state.hidden = [title for column, title in columns if view.isColumnHidden(column) and column != Column.RECORD_TYPE]
    state.widths = {title: view.columnWidth(column) for column, title in columns if not view.isColumnHidden(column)}
    state.order = [title for _, title in sorted((header.visualIndex(column), title) for column, title in columns)]
    sorted_by = max(int(Column.NAME), header.sortIndicatorSection())
    state.sort_column = COLUMNS[sorted_by].title
    state.sort_descending = header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
    state.status = next(name for name, status in _STATUSES.items() if status is window.filter_bar.status)
    if window.facts is not None:
        chosen = window.chosen_record_type()
        state.record_type = chosen.name if chosen is not None else ""
    normal = window.normalGeometry()
    state.geometry = [normal.x(), normal.y(), normal.width(), normal.height()]
    state.maximized = window.isMaximized()
    state.details_shown = window.menus.details.isChecked()
    if state.details_shown:
        state.details_width = window.splitter.sizes()[1]
    settings.keep_window_state(workspace, state)


def first_record_type(state: WindowState, types: Sequence[RecordType], filled: Container[int]) -> int | None:
    """The record type to begin with: the remembered one, else the first that has segments; all where none has."""
    names = {each.name: each.id for each in types}
    if state.record_type is not None and (state.record_type == "" or state.record_type in names):
        return names.get(state.record_type)
    return next((each.id for each in types if each.id in filled), None)
