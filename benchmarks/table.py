"""The segment table in the real window, against a QSortFilterProxyModel with Python in it."""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView

from benchmarks import data
from benchmarks.measure import Benchmark, Goal, Result, Run, Way, compare, in_process
from benchmarks.window import AT_REST, TYPED, UP, RealWindow
from segment_manager.domain.segments import SegmentSummary
from segment_manager.storage import queries
from segment_manager.ui.segment_columns import Column

Index = QModelIndex | QPersistentModelIndex


def table(run: Run) -> Iterator[Result]:
    """Typing in the search box, painting, sorting and selecting all."""
    path = data.with_segments(run.file("listed"), run.size, references=1)
    part = run.size if run.size <= 100_000 else 20_000
    window, naive = RealWindow(path), _Naive(path, 0 if run.growth else part)
    whole = run.size
    yield compare(
        run, "search, one key", Goal("naive", 200, at=100_000),
        ours=Way(window.type_each, window.clear), naive=Way(naive.type_each, naive.clear, part, whole),
        note=f"mean of the keys of “{TYPED}”, each until the window is free for the next",
    )  # fmt: skip
    first = Goal("value", 16, at=100_000) if run.size <= 100_000 else Goal("value", 33, at=1_000_000)
    yield compare(
        run, "search, first screen painted", first,
        ours=Way(window.type_and_paint, window.clear), naive=Way(naive.type_and_paint, naive.clear, part, whole),
    )  # fmt: skip
    yield compare(
        run, "search, whole result", Goal("value", 100, at=1_000_000),
        ours=Way(window.type_and_wait, window.clear), naive=Way(naive.type_and_paint, naive.clear, part, whole),
    )  # fmt: skip
    names = _folded_names(path)
    yield compare(
        run, "sort by name", Goal("naive", 300, at=100_000),
        ours=Way(window.sort, window.sort_otherwise),
        naive=Way(naive.sort, naive.sort_otherwise, part, whole, sorts=True),
        limit=Way(lambda: sorted(names)), note="until all of it is sorted; limit: the texts alone, as a list",
    )  # fmt: skip
    yield compare(
        run, "Ctrl+A", Goal("value", 50, at=1_000_000),
        ours=Way(window.select_all, window.select_none), naive=Way(naive.select_all, naive.select_none, part, whole),
        note="until the window is free again",
    )  # fmt: skip
    window.close()
    naive.view.close()


def _folded_names(path: Path) -> list[str]:
    workspace = data.opened(path)
    names = [row.name.casefold() for row in queries.summaries(workspace)]
    workspace.close()
    return names


_NAIVE_COLUMNS: tuple[Callable[[SegmentSummary], str], ...] = (
    lambda row: "",
    lambda row: row.name,
    lambda row: data.TYPE,
    lambda row: f"{str(row.status).capitalize()} since {row.since:%Y-%m-%d}",
    lambda row: f"{row.members or 0:,}",
    lambda row: f"{row.sequences} sequences",
    lambda row: f"{row.live_references} assets",
    lambda row: f"{row.last_used:%Y-%m-%d}" if row.last_used else "",
    lambda row: f"{row.modified_at:%Y-%m-%d}",
)


class _NaiveModel(QAbstractTableModel):
    """Rows as they come, every question answered in Python."""

    def __init__(self, rows: Sequence[SegmentSummary]) -> None:
        super().__init__()
        self.rows = rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(_NAIVE_COLUMNS)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _NAIVE_COLUMNS[index.column()](row)
        if role == Qt.ItemDataRole.UserRole:
            return "\n".join((row.name, row.description, *row.tags))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _NaiveFilter(QSortFilterProxyModel):
    needle = ""

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802
        text = self.sourceModel().index(row, 1, parent).data(Qt.ItemDataRole.UserRole)
        return self.needle in text.casefold()


class _Naive:
    """What one writes first: a proxy that asks Python for every row and every comparison."""

    def __init__(self, path: Path, number: int) -> None:
        workspace = data.opened(path)
        self.model = _NaiveModel(queries.summaries(workspace, ids=range(1, number + 1)))
        workspace.close()
        self.proxy = _NaiveFilter()
        self.proxy.setSourceModel(self.model)
        self.view = QTableView()
        self.view.setModel(self.proxy)
        self.view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.view.resize(1000, 820)
        self.view.show()

    def find(self, text: str) -> None:
        self.proxy.needle = text
        self.proxy.invalidate()

    def clear(self) -> None:
        self.find("")
        QTest.qWait(AT_REST)

    def type_each(self) -> float:
        began = time.perf_counter()
        for length in range(1, len(TYPED) + 1):
            self.find(TYPED[:length])
        return (time.perf_counter() - began) * 1000 / len(TYPED)

    def type_and_paint(self) -> None:
        self.find(TYPED[0])
        self.view.viewport().repaint()

    def sort(self) -> None:
        self.proxy.sort(Column.NAME, UP)

    def sort_otherwise(self) -> None:
        self.proxy.sort(-1)

    def select_all(self) -> None:
        self.view.selectAll()
        for index in self.view.selectionModel().selectedRows():
            index.row()

    def select_none(self) -> None:
        self.view.clearSelection()


def row_bytes(run: Run) -> Iterator[Result]:
    """Memory that a row of the list takes, without its name, description and tags."""
    path = data.with_segments(run.file("listed"), run.size, references=1)
    yield compare(
        run, "memory of a row", Goal("value", 800), ours=Way(partial(in_process, "table", path)), unit="bytes",
        note="beyond name, description and tags; the folded text counts",
    )  # fmt: skip


def _bytes_a_row(path: Path) -> float:
    """What a window on the workspace takes more than one on an empty workspace does."""
    empty = path.with_name(f"{path.name}-empty")
    if not empty.exists():
        data.create(empty).close()
    workspace = data.opened(path)
    texts = [text for row in queries.summaries(workspace) for text in (row.name, row.description, *row.tags)]
    number, strings = len(queries.summaries(workspace)), sum(map(sys.getsizeof, texts))
    workspace.close()
    del texts
    first = RealWindow(empty)  # with all that is made once, whatever the number of rows
    gc.collect()
    tracemalloc.start()
    second = RealWindow(path)
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    first.close()
    second.close()
    return (taken - strings) / number


BENCHMARKS = (
    Benchmark("table", table, (100_000, 1_000_000)),
    Benchmark("row-bytes", row_bytes, growth=(10_000, 100_000), most=100_000),
)

if __name__ == "__main__":
    print(_bytes_a_row(Path(sys.argv[1])))
