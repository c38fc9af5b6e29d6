"""What every table that lists rows asks of Qt's view.

Stands apart because one of these habits is a matter of speed, and a table that forgot it froze when all was selected.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QAbstractItemView, QTableView


def list_whole_rows(view: QTableView) -> None:
    """Let a view be a list of whole rows: nothing is edited, wraps or has a grid, and Tab leaves it. After setModel."""
    for header in (view.horizontalHeader(), view.verticalHeader()):
        # A header asks of every row whether its whole column is selected, each time it is drawn: 13 s at a million.
        header.setSelectionModel(QItemSelectionModel(view.model(), header))
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
