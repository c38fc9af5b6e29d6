"""A group of conditions: all, any or none of its rows must hold.

Stands apart from the tree because groups stand inside groups; a group shows its own part of the draft.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segment_manager.ui import icons
from segment_manager.ui.rule_builder.combos import CalmCombo
from segment_manager.ui.rule_builder.condition_row import ConditionRow, EverythingRow, Row
from segment_manager.ui.rule_builder.draft import ConditionDraft, Draft, EverythingDraft, GroupDraft, GroupKind
from segment_manager.ui.rule_builder.parts import CountLabel, ErrorLine, Handle, bare_button
from segment_manager.ui.rule_builder.resting_row import EDGES, GAP, RestingRow
from segment_manager.ui.rule_builder.surroundings import Counted, Surroundings

KINDS = {
    GroupKind.ALL: ("All of", "these hold"),
    GroupKind.ANY: ("Any of", "these holds"),
    GroupKind.NONE: ("None of", "these holds"),
}


class GroupBox(QFrame):
    """Shows one GroupDraft. `widget_for` gives the widget of a part, made new where it has none."""

    def __init__(
        self,
        draft: GroupDraft,
        around: Surroundings,
        widget_for: Callable[[Draft, GroupBox], Part],
        parent: QWidget,
        *,
        root: bool = False,
    ) -> None:
        super().__init__(parent)
        self.draft = draft
        self._around = around
        self._widget_for = widget_for
        self._root = root
        self._parts: list[Part] = []
        self._shown_kind: GroupKind | None = None
        self._kind = CalmCombo("Which of the conditions must hold", self)
        for kind, (label, _rest) in KINDS.items():
            self._kind.addItem(label, kind)
        self._rest = QLabel(self)
        self.error = ErrorLine(self)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GAP)
        self._add_condition = _link_button("Add condition", self)
        self._add_group = _link_button("Add group", self)
        self._tools: list[QWidget] = []
        self._count: CountLabel | None = None
        whole = QVBoxLayout(self)
        edge = 0 if root else EDGES // 2
        whole.setContentsMargins(0 if root else 10, edge, 0, edge)
        whole.setSpacing(GAP)
        whole.addLayout(self._head())
        whole.addWidget(self.error)
        whole.addLayout(self._rows)
        whole.addLayout(self._foot())
        self.error.say(around.problems.get(draft, ""))
        self.show_count(around.counts.get(draft, Counted()))
        self._kind.activated.connect(self._kind_chosen)
        self._add_condition.clicked.connect(lambda: around.asked("add_condition", self.draft))
        self._add_group.clicked.connect(lambda: around.asked("add_group", self.draft))
        self.setFocusProxy(self._kind)
        self.sync()

    def _head(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(6)
        if not self._root:
            handle = Handle(
                "Move or change this group",
                lambda: self._around.grabbed(self.draft),
                lambda place: self._around.menu_asked(self.draft, place),
                self,
            )
            line.addWidget(handle)
            self._tools.append(handle)
        line.addWidget(self._kind)
        line.addWidget(self._rest)
        line.addStretch(1)
        if not self._root:
            self._count = CountLabel("this group", self)
            line.addWidget(self._count)
            for icon, name, command in (
                ("copy", "Duplicate this group", "duplicate"),
                ("x", "Remove this group", "remove"),
            ):
                button = bare_button(icon, name, self)
                button.clicked.connect(lambda _=False, command=command: self._around.asked(command, self.draft))
                line.addWidget(button)
                self._tools.append(button)
        return line

    def _foot(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self._add_condition)
        line.addWidget(self._add_group)
        line.addStretch(1)
        return line

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line down the left side shows how far the group reaches."""
        super().paintEvent(event)
        if not self._root:
            painter = QPainter(self)
            role = QPalette.ColorRole.Accent if self._kind.hasFocus() else QPalette.ColorRole.Mid
            painter.fillRect(2, 4, 3, self.height() - 8, self.palette().color(role))

    def sync(self) -> bool:
        """Follow the draft: its kind, and which parts stand where. Parts keep their widgets. Whether it had changed."""
        changed = self._shown_kind not in (None, self.draft.kind)
        if self._shown_kind is not self.draft.kind:
            self._shown_kind = self.draft.kind
            self._kind.setCurrentIndex(self._kind.findData(self.draft.kind))
            self._rest.setText(KINDS[self.draft.kind][1])
        wanted = [self._widget_for(child, self) for child in self.draft.children]
        if wanted == self._parts:
            return changed
        kept = set(map(id, wanted))
        for part in self._parts:
            if id(part) not in kept:
                self._rows.removeWidget(part)
        for place, part in enumerate(wanted):
            there = self._rows.itemAt(place)
            if there is None or there.widget() is not part:
                if part.parent() is self:
                    self._rows.removeWidget(part)
                self._rows.insertWidget(place, part)
                part.show()  # at once: what is not shown yet does not take the focus
        self._parts = wanted
        self.error.say("")
        return True

    def exchange(self, old: Part, new: Part) -> None:
        """Put a widget into the place of another for the same part."""
        place = self._parts.index(old)
        self._parts[place] = new
        self._rows.insertWidget(place, new)
        self._rows.removeWidget(old)

    def parts(self) -> list[Part]:
        """The rows and groups in it, in order."""
        return self._parts

    def stops(self) -> list[QWidget]:
        """The widgets a keyboard stops at, in order."""
        inside = [stop for part in self._parts for stop in part.stops()]
        before, behind = self._tools[:1], self._tools[1:]
        return [*before, self._kind, *behind, *inside, self._add_condition, self._add_group]

    def show_count(self, counted: Counted) -> None:
        """Show how many records match; the whole rule's count stands elsewhere."""
        if self._count is not None:
            self._count.show_count(counted)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The group's menu, also from the Menu key."""
        self._around.menu_asked(self.draft, event.globalPos())

    def _kind_chosen(self) -> None:
        self.draft.kind = self._shown_kind = GroupKind(self._kind.currentData())
        self.draft.bare = False
        self._rest.setText(KINDS[self.draft.kind][1])
        self._around.edited(self.draft, False)


Part = Row | GroupBox | RestingRow


def made_part(
    draft: Draft, around: Surroundings, widget_for: Callable[[Draft, GroupBox], Part], parent: QWidget
) -> Row | GroupBox:
    """The real widget of a part."""
    match draft:
        case ConditionDraft():
            return ConditionRow(draft, around, parent)
        case EverythingDraft():
            return EverythingRow(draft, around, parent)
        case GroupDraft():
            return GroupBox(draft, around, widget_for, parent)


def _link_button(text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setIcon(icons.icon("plus", "accent"))
    button.setProperty("kind", "link")
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
