"""The list of segments: what is read, filtered, selected and shown in it.

Stands apart as the one owner of the selection. A selection is of segments, not of rows: sorting, filtering and
refreshing keep it, and a row that a filter hides leaves it, said aloud.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segment_manager.domain.search import parse
from segment_manager.domain.segments import Status
from segment_manager.ui.empty_state import EmptyState, Offer
from segment_manager.ui.facts import Facts
from segment_manager.ui.filter_bar import FilterBar
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.kept_selection import KeptSelection
from segment_manager.ui.list_reading import ListReading
from segment_manager.ui.segment_filter import Counts, SegmentFilter
from segment_manager.ui.segment_rows import SegmentRows
from segment_manager.ui.segment_selection import SegmentSelection
from segment_manager.ui.segment_table import Difference, SegmentTable, spans
from segment_manager.ui.segment_view import SegmentView
from segment_manager.ui.shown_set import CHOSEN, ShownSet
from segment_manager.ui.wording import count

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace
    from segment_manager.ui import reading
    from segment_manager.ui.usage_hover import UsageHover

Run = tuple[int, int]


class SegmentList(QWidget):
    """Table, proxy, view and empty states over one filter bar. `offers` are what an empty workspace proposes."""

    selection_changed = Signal()
    current_changed = Signal(object)
    facts_read = Signal(object)
    described = Signal(str)
    begun = Signal()
    loaded = Signal()

    def __init__(
        self, workspace: Workspace, jobs: Jobs, bar: FilterBar, offers: tuple[Offer, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._jobs, self._bar, self._offers = workspace, jobs, bar, offers
        self.table = SegmentTable(self)
        self.shown = SegmentFilter(self.table, self)
        self._hint = ""
        self._is_shown = False
        self._beginning: Counts | None = None  # while only the beginning of a long list is there: how many there are
        self._broken = ""
        self._sequence_names: dict[int, tuple[str, ...]] | None = None
        self.reading = ListReading(workspace, jobs, bar, self.table, self.shown)
        self.view = SegmentView(self.table, self.shown, self)
        self.selection = SegmentSelection(self.table, self.shown, self.view)
        self.empty = EmptyState(self.view.viewport())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.strip = ShownSet(self)
        self.strip.cleared.connect(self.show_all)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.view)
        self._status_before: Status | None = None  # the one chosen before a set was shown
        self.kept = KeptSelection(self.shown, self.selection, self)
        self.kept.recalled.connect(self._tell)
        self.kept.emptied.connect(self.selection_changed)
        self.kept.current_lost.connect(lambda: self._current_row_changed(self.view.currentIndex(), QModelIndex()))
        self.reading.begun.connect(self._show_beginning)
        self.reading.read.connect(self._show_all_rows)
        self.reading.told.connect(self._take_news)
        self.reading.differed.connect(self._apply)
        self.reading.failed.connect(self._failed)
        self.shown.counted.connect(self._counted)
        self.shown.sequence_names = self._sequences_of
        self.view.selectionModel().selectionChanged.connect(self._selected)
        self.view.selectionModel().currentRowChanged.connect(self._current_row_changed)
        self.view.header.pressed_box.connect(self._toggle_all)
        self.view.escaped.connect(self._escape)
        self.view.selected_all.connect(self._selected_all)
        self.view.look.card_wanted.connect(self._show_card)
        bar.record_type_chosen.connect(self._record_type_chosen)
        bar.status_chosen.connect(lambda chosen: self._filter_again())
        bar.search_changed.connect(lambda text: self._filter_again())
        bar.search_left.connect(self.focus_table)

    # Reading

    def begin(self, facts: Facts, record_type_id: int | None) -> None:
        """Show what is known before the rows are read, with this record type chosen."""
        self._take_facts(facts, record_type_id)

    def _show_beginning(self, found: reading.Glance) -> None:
        self._is_shown = True
        self._take_facts(found.facts, found.record_type_id)
        counts = found.facts.counts or {}
        chosen = list(counts.values()) if found.record_type_id is None else [counts.get(found.record_type_id, (0, 0))]
        active, inactive = (sum(each[place] for each in chosen) for place in (0, 1))
        self._beginning = Counts(active, inactive, active + inactive)
        self._show_rows(found.rows)
        self.view.go_to(0)
        self.begun.emit()

    def _show_all_rows(self, found: reading.Reading) -> None:
        is_first, wants_all = not self._is_shown, self.selection.awaits_all
        self._is_shown, self._beginning, self._broken = True, None, ""
        self._take_facts(found.facts, found.record_type_id)
        self._show_rows(found.rows)
        if self._sequence_names is not None:
            self._read_sequence_names()
        if is_first:
            self.view.go_to(0)
        if self.selection.awaited:
            self.selection.select_when_shown(self.selection.awaited)
        if wants_all:
            self.selection.select_all()
        self.loaded.emit()

    def _show_rows(self, rows: SegmentRows) -> None:
        self.kept.tells_lost = False
        self.table.show(rows)
        self.kept.tells_lost = True

    def _take_news(self, facts: Facts) -> None:
        self._broken = ""
        self._take_facts(facts, self._bar.record_type_id)
        if self._sequence_names is not None:
            self._read_sequence_names()

    def _take_facts(self, facts: Facts, record_type_id: int | None) -> None:
        self._bar.show_record_types(facts.record_types, facts.counts, record_type_id)
        seen, before = self.table.seen, self.table.seen.now
        seen.record_types = {each.id: each.name for each in facts.record_types}
        seen.now = facts.now
        if facts.zone is not None:
            seen.zone = facts.zone
            if self._is_shown and before.astimezone(seen.zone).date() != seen.now.astimezone(seen.zone).date():
                self.table.tell_time(facts.now)
        self.facts_read.emit(facts)

    def _apply(self, found: Difference) -> None:
        current, touched = self.selection.current_id(), self.shown.rows_of(each.id for each in found.changed)
        moving = [self.shown.summary(row).id for row in touched if self.selection.is_selected(row)]
        self.table.apply(found)
        lost = [row for row in self.shown.rows_of(moving) if not self.selection.is_selected(row)]
        if lost:
            self.selection.add(spans(lost))
        row = -1 if current is None else self.shown.row_of(current)
        if row >= 0 and row != self.view.currentIndex().row():
            self.view.go_to(row)
        if self.selection.awaited:
            self.selection.select_when_shown(self.selection.awaited)
        self._tell()

    def _failed(self, why: str) -> None:
        self._broken = why
        self._counted()

    # Filtering

    def show_only(self, ids: Iterable[int], name: str = CHOSEN) -> None:
        """Show these segments alone, whatever their status and record type, until show_all; searches go on in them."""
        only = frozenset(ids)
        self._bar.search.blockSignals(True)
        self._bar.search.clear()
        self._bar.search.blockSignals(False)
        was = self._bar.blockSignals(True)
        if self.shown.only is None:
            self._status_before = self._bar.status
        self._bar.choose_status(None)
        self._bar.blockSignals(was)
        self.strip.show_set(name)
        self.shown.filter(parse(""), None, only)
        if self.table.rows.number_of(only) < len(only) and self._bar.record_type_id is not None:
            self._bar.choose_all_record_types()
            self.reading.load()

    def show_all(self) -> None:
        """Leave the set that is shown alone; the status is the one from before, unless another was chosen since."""
        if self.shown.only is None:
            return
        self.strip.hide()
        if self._bar.status is None and self._status_before is not None:
            was = self._bar.blockSignals(True)
            self._bar.choose_status(self._status_before)
            self._bar.blockSignals(was)
        self._filter(None)

    def _record_type_chosen(self, chosen: object) -> None:
        self.show_all()
        self.reading.load()

    def _filter_again(self) -> None:
        self._filter(self.shown.only)

    def _filter(self, only: frozenset[int] | None) -> None:
        search = parse(self._bar.search.text())
        self._hint = search.hints[0] if search.hints else ""
        if any(each.field == "sequence" for each in search.filters) and self._sequence_names is None:
            self._sequence_names = {}
            self._read_sequence_names()
        self.shown.filter(search, self._bar.status, only)

    def _read_sequence_names(self) -> None:
        def take(names: dict[int, tuple[str, ...]]) -> None:
            if names != self._sequence_names:
                self._sequence_names = names
                if self.shown.search.filters:
                    only = self.shown.only
                    self.shown.filter(parse(""), self._bar.status, only)
                    self._filter(only)

        from segment_manager.storage import queries

        self._jobs.read(
            lambda: queries.sequence_names_by_segment(self._workspace), take, key="sequence names", long=True
        )

    def _sequences_of(self, segment_id: int) -> tuple[str, ...]:
        return (self._sequence_names or {}).get(segment_id, ())

    def _counted(self) -> None:
        if self._beginning is None:
            self._bar.show_counts(self.shown.counts)
        else:
            is_plain = not self._bar.search.text() and self.shown.only is None
            self._bar.show_counts(self._beginning if is_plain else None)
        if self.shown.only is not None:
            self.strip.show_number(self.table.rows.number_of(self.shown.only))
        self._fill_emptiness()
        self._tell()

    def _fill_emptiness(self) -> None:
        counts = self.shown.counts
        if self._broken:
            self.empty.say("The segments cannot be read", self._broken, [("Retry", self.reading.load)])
        elif self._beginning is not None and not self.shown.rowCount():
            what = "What matches" if self._bar.search.text() else "All in their order"
            self.empty.say("Reading segments…", f"{what} will stand here once all are read.", self._clearing())
        elif not self.reading.is_loaded or self.shown.rowCount() or not self.shown.is_whole:
            self.empty.hide()
        elif not counts.whole:
            self.empty.say(
                "No segments yet",
                "A segment is a named rule over your records. Make the first one, or import records and segments.",
                self._offers,
            )
        elif counts.hits:
            other = Status.INACTIVE if self.shown.status is Status.ACTIVE else Status.ACTIVE
            word = "inactive" if other is Status.INACTIVE else "active"
            heading = f"No {'active' if word == 'inactive' else 'inactive'} segment matches"
            text = f"{count(counts.hits, word + ' segment')} {'does' if counts.hits == 1 else 'do'}."
            self.empty.say(heading, text, [(f"Show {word}", lambda: self._bar.choose_status(other)), *self._clearing()])
        else:
            self.empty.say("Nothing matches", self._hint or "No segment matches this search.", self._clearing())

    def _clearing(self) -> list[Offer]:
        offers: list[Offer] = [("Clear search", self.clear_search)] if self._bar.search.text() else []
        return [*offers, ("Show all segments", self.show_all)] if self.shown.only is not None else offers

    def clear_search(self) -> None:
        """Empty the search box and go back to it."""
        self._bar.search.clear()
        self._bar.search.setFocus()

    # What the keyboard and the header ask

    def focus_table(self) -> None:
        """Give the keyboard to the table."""
        self.view.setFocus()
        if not self.view.currentIndex().isValid() and self.shown.rowCount():
            self.view.go_to(0)

    def _toggle_all(self) -> None:
        number = self.selection.selected()[0]
        everything = number and number == self.shown.rowCount()
        (self.selection.select_none if everything else self.selection.select_all)()

    def _escape(self) -> None:
        if self._bar.search.text():
            self._bar.search.clear()
        elif self.shown.only is not None:
            self.show_all()
        else:
            self.selection.select_none()

    def _selected(self, *ranges: object) -> None:
        self.kept.selected_anew()
        self.selection.awaits_all = False
        self._tell()
        self.selection_changed.emit()

    def _selected_all(self) -> None:
        self.selection.awaits_all = not self.reading.is_loaded
        self._tell()

    @cached_property
    def _card(self) -> UsageHover:
        from segment_manager.ui.usage_hover import UsageHover

        return UsageHover(self._workspace, self._jobs, self.shown, self.view)

    def _show_card(self, segment_id: int, spot: QPoint) -> None:
        self._card.ask(segment_id, spot)

    def _current_row_changed(self, current: QModelIndex, before: QModelIndex) -> None:
        self.current_changed.emit(self.selection.current_id())

    def _tell(self) -> None:
        """Bring the header box and the words of the status bar up to date."""
        number, rows, counts = self.selection.selected()[0], self.shown.rowCount(), self.shown.counts
        self.view.header.show_state(_box(number, rows))
        if not self.reading.is_loaded:
            self.described.emit(self._so_far(number) if not self._broken else "")
            return
        if not self.shown.is_whole:
            return
        text = f"{number:,} selected of {rows:,} matching ({counts.whole:,} in all)"
        if lost := self.kept.deselected:
            verb = "is hidden by the filter and was" if lost == 1 else "are hidden by the filter and were"
            text += f"  ·  {count(lost, 'selected segment')} {verb} deselected"
        elif self.shown.only is not None:
            text += "  ·  Only the segments asked for are shown: Esc shows all again"
        elif self.shown.is_sorting:
            text += "  ·  Sorting…"
        elif self._hint:
            text += f"  ·  {self._hint}"
        self.described.emit(text)

    def _so_far(self, selected: int) -> str:
        """What the status bar says while segments are read."""
        if self.selection.awaits_all:
            return "Reading segments…  ·  All that match will be selected"
        chosen = f"  ·  {selected:,} selected" if selected else ""
        more = "  ·  The search goes on through the rest" if self._bar.search.text() else ""
        return f"Reading segments…{chosen}{more}"


def _box(number: int, rows: int) -> Qt.CheckState:
    if not number:
        return Qt.CheckState.Unchecked
    return Qt.CheckState.Checked if number == rows else Qt.CheckState.PartiallyChecked
