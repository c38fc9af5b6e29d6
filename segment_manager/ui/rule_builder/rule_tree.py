"""RuleTree: the scrolled tree of rows and groups. It follows the draft and builds only what comes near the eye.

Stands apart from the builder, which knows what a person wants, while the tree knows which widget shows what.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from segment_manager.ui.rule_builder.condition_row import ConditionRow, Row
from segment_manager.ui.rule_builder.draft import Draft, GroupDraft
from segment_manager.ui.rule_builder.group_box import GroupBox, Part, made_part
from segment_manager.ui.rule_builder.resting_row import RestingRow
from segment_manager.ui.rule_builder.surroundings import Counted, Surroundings

AT_ONCE = 6
"""So many parts of a rule are real from the start, in sight or not."""
IN_SIGHT, BEYOND_SIGHT = 0.04, 0.012  # seconds of building between two looks at what the person does
BEYOND = 400  # pixels above and below the visible part that are built too, once nothing else is to be done


class RuleTree(QScrollArea):
    """Shows one draft after another. `before_it`: the widget from which Tab comes into the tree."""

    def __init__(self, around: Surroundings, before_it: QWidget) -> None:
        super().__init__()
        self._around = around
        self._before = before_it
        self._widgets: dict[Draft, Part] = {}
        self._group: GroupBox | None = None
        self._building = 0
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.inside = QWidget()
        self.setWidget(self.inside)
        self._column = QVBoxLayout(self.inside)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.addStretch(1)
        self._waking = QTimer(self)
        self._waking.setSingleShot(True)
        self._waking.setInterval(0)
        self._waking.timeout.connect(self._wake_some)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._wake_visible())
        around.reshaped = self._order_stops_of

    def show_root(self, root: GroupDraft) -> list[Draft]:
        """Follow the draft: another one, or the same after changes. Gives the parts that look different now."""
        focus = self.focusWidget()
        if self._group is None or self._group.draft is not root:
            self._begin(root)
            touched: list[Draft] = []
        else:
            self._building = AT_ONCE
            self._wake_for_known(root)
            touched = [draft for draft, part in list(self._all()) if part.sync()]
            self._building = 0
        there = {id(draft) for draft in _drafts(root)}
        for draft in [each for each in self._widgets if id(each) not in there]:
            part = self._widgets.pop(draft)
            self._around.counts.pop(draft, None)
            self._around.problems.pop(draft, None)
            part.hide()
            part.deleteLater()
        self._order_stops()
        if focus is not None and focus is not self.focusWidget() and focus.isVisibleTo(self):
            focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self._waking.start()
        return touched

    def _begin(self, root: GroupDraft) -> None:
        if self._group is not None:
            self._group.hide()
            self._group.deleteLater()
            if not self._group.isAncestorOf(self.focusWidget() or self):  # else one of its keys may be at work
                QCoreApplication.sendPostedEvents(self._group, QEvent.Type.DeferredDelete)
        self._widgets.clear()
        self._building = AT_ONCE
        self.inside.setUpdatesEnabled(False)
        self._group = GroupBox(root, self._around, self._widget_for, self.inside, root=True)
        self._widgets[root] = self._group
        self._column.insertWidget(0, self._group)
        self._group.show()
        self._building = 0
        self.inside.setUpdatesEnabled(True)

    def _widget_for(self, draft: Draft, group: GroupBox) -> Part:
        known = self._widgets.get(draft)
        if known is not None:
            return known
        if self._building > 0 or any(below in self._widgets for below in _drafts(draft)):
            self._building -= 1
            made: Part = self._made(draft, group)
        else:
            made = RestingRow(draft, self._around, self.wake, group)
        self._widgets[draft] = made
        return made

    def _wake_for_known(self, root: GroupDraft) -> None:
        """Build the groups into which something was moved that has its widget already: it goes along."""
        for draft in list(_drafts(root)):
            if isinstance(draft, GroupDraft) and any(child in self._widgets for child in draft.children):
                self.wake_draft(draft)

    def _made(self, draft: Draft, group: GroupBox) -> Row | GroupBox:
        made = made_part(draft, self._around, self._widget_for, group)
        if isinstance(made, ConditionRow) and self._around.row_height is None:
            self._around.row_height = made.sizeHint().height()
        return made

    def _all(self) -> Iterator[tuple[Draft, Part]]:
        """Every part with its widget, the groups before what stands in them."""
        waiting: list[Part] = [self._group] if self._group is not None else []
        while waiting:
            part = waiting.pop()
            yield part.draft, part
            if isinstance(part, GroupBox):
                waiting.extend(reversed(part.parts()))

    # Waking

    def wake(self, resting: RestingRow) -> QWidget:
        """Make a resting row real; gives what is there instead."""
        group = resting.parentWidget()
        known = self._widgets.get(resting.draft)
        if known is not resting or not isinstance(group, GroupBox):
            return known or resting
        made = self._made(resting.draft, group)
        self._widgets[resting.draft] = made
        group.exchange(resting, made)
        made.show()
        before: QWidget = resting
        for stop in made.stops():
            QWidget.setTabOrder(before, stop)
            before = stop
        resting.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        resting.hide()
        resting.deleteLater()
        return made

    def wake_draft(self, draft: Draft) -> Part | None:
        """The real widget of a part, with the groups around it."""
        known = self._widgets.get(draft)
        if self._group is None or (known is not None and not isinstance(known, RestingRow)):
            return known
        for above in _trail(self._group.draft, draft):
            part = self._widgets.get(above)
            if isinstance(part, RestingRow):
                self.wake(part)
        return self._widgets.get(draft)

    def _near(self, beyond: int) -> Iterator[RestingRow]:
        """The resting rows in sight, or as far beyond it."""
        top = self.verticalScrollBar().value()
        sight = QRect(0, top - beyond, self.inside.width(), self.viewport().height() + 2 * beyond)
        waiting: list[tuple[Part, QPoint]] = [(self._group, self._group.pos())] if self._group is not None else []
        while waiting:
            part, corner = waiting.pop()
            if not sight.intersects(QRect(corner, part.size())):
                continue
            if isinstance(part, RestingRow):
                yield part
            elif isinstance(part, GroupBox):
                waiting.extend((inner, corner + inner.pos()) for inner in reversed(part.parts()))

    def _wake_visible(self) -> None:
        """Wake what has come into sight; the rest follows when there is time."""
        self._settle()
        self._wake_near(0, IN_SIGHT)
        self._waking.start()

    def _wake_near(self, beyond: int, seconds: float) -> bool:
        """Wake what is in sight or near it, for a while; whether something there is still asleep."""
        until = time.monotonic() + seconds
        for resting in list(self._near(beyond)):
            self.wake(resting)
            if time.monotonic() > until:
                return True
        return False

    def _wake_some(self) -> None:
        """One slice: first what is in sight, then what lies just beyond it."""
        if not self.isVisible():
            return
        self._settle()
        if self._wake_near(0, IN_SIGHT) or self._wake_near(BEYOND, BEYOND_SIGHT):
            self._waking.start()

    def _settle(self) -> None:
        """Have every part where it belongs, so that its place can be asked."""
        for _draft, part in self._all():
            if isinstance(part, GroupBox):
                layout = part.layout()
                if layout is not None:
                    layout.activate()
        self._column.activate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More may be in sight now."""
        super().resizeEvent(event)
        self._waking.start()

    def event(self, event: QEvent) -> bool:
        """What comes into sight for the first time is built."""
        if event.type() == QEvent.Type.Show:
            self._waking.start()
        return super().event(event)

    # Going through it

    def _order_stops(self) -> None:
        """Tab goes through the rows as they are read, also through those that were put in between."""
        if self._group is not None:
            _chain(self._before, self._group.stops())

    def _order_stops_of(self, draft: Draft) -> None:
        """The stops of one row anew: its editor is another one."""
        part = self._widgets.get(draft)
        if part is not None:
            first, *rest = part.stops()
            _chain(first, rest)

    def go_to(self, draft: Draft) -> None:
        """Give a part the focus and have it in sight."""
        part = self.wake_draft(draft)
        if part is None:
            return
        self._settle()
        part.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, lambda: self._uncover(draft))

    def _uncover(self, draft: Draft) -> None:
        part = self._widgets.get(draft)
        if part is not None:
            self.ensureWidgetVisible(part, 0, 24)

    def draft_at_focus(self, widget: QWidget | None) -> Draft | None:
        """The part a widget belongs to; None where it is not of the tree."""
        while widget is not None and widget is not self:
            draft = getattr(widget, "draft", None)
            if draft is not None and self._widgets.get(draft) is widget:
                found: Draft = draft
                return found
            widget = widget.parentWidget()
        return None

    def root_box(self) -> GroupBox | None:
        """The outermost group."""
        return self._group

    def widget_of(self, draft: Draft) -> Part | None:
        """The widget that shows a part now."""
        return self._widgets.get(draft)

    # What stands beside the parts

    def show_counts(self, counts: Mapping[Draft, Counted]) -> None:
        """Show the counts of the parts; those not named have none."""
        self._around.counts = dict(counts)
        for draft, part in self._all():
            if not isinstance(part, RestingRow):
                part.show_count(counts.get(draft, Counted()))

    def show_problems(self, problems: Mapping[Draft, str]) -> None:
        """Show what is wrong with some parts; with the others nothing is."""
        self._around.problems = dict(problems)
        for draft, part in self._all():
            if not isinstance(part, RestingRow):
                part.error.say(problems.get(draft, ""))


def _chain(before: QWidget, stops: Iterable[QWidget]) -> None:
    for stop in stops:
        QWidget.setTabOrder(before, stop)
        before = stop


def _drafts(root: Draft) -> Iterator[Draft]:
    waiting = [root]
    while waiting:
        draft = waiting.pop()
        yield draft
        if isinstance(draft, GroupDraft):
            waiting.extend(draft.children)


def _trail(root: GroupDraft, wanted: Draft) -> list[Draft]:
    """The parts from the root down to one, both included; nothing where it is not there."""
    above: dict[int, Draft] = {}
    for draft in _drafts(root):
        if isinstance(draft, GroupDraft):
            above.update((id(child), draft) for child in draft.children)
    trail = [wanted]
    while id(trail[-1]) in above:
        trail.append(above[id(trail[-1])])
    return trail[::-1] if trail[-1] is root else []
