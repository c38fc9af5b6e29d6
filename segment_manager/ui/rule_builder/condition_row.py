"""One condition as a row: handle, field, comparison, value, its count, and what is wrong with it.

Stands apart from the group because a row knows nothing of the tree it stands in: it changes its own draft and says so.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from segment_manager.domain.operators import OPERATORS, TEXTS, Takes
from segment_manager.domain.records import Field
from segment_manager.domain.rule_tree import RuleValue
from segment_manager.ui.rule_builder.combos import CalmCombo, SearchableCombo
from segment_manager.ui.rule_builder.draft import MEMBERSHIP, ConditionDraft, EverythingDraft
from segment_manager.ui.rule_builder.parts import CountLabel, ErrorLine, Handle, bare_button
from segment_manager.ui.rule_builder.surroundings import Counted, Surroundings
from segment_manager.ui.rule_builder.value_widgets import SingleValue, TextValue
from segment_manager.ui.rule_builder.values import SegmentValue, carried, editor_for

__all__ = ["ConditionRow", "ErrorLine", "EverythingRow", "Row"]


class Row(QWidget):
    """What every row has: a handle, a place for its contents, its count, buttons to copy and remove it, an error line.

    Every widget here is born with its parent: one that gets it later is styled twice, which a long rule would feel.
    """

    def __init__(self, draft: ConditionDraft | EverythingDraft, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self.draft = draft
        self._around = around
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)  # as high as a resting row
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        self._line = QHBoxLayout()
        self._line.setSpacing(6)
        whole.addLayout(self._line)
        self.error = ErrorLine(self)
        whole.addWidget(self.error)
        self._handle = Handle(
            "Move or change this condition",
            lambda: around.grabbed(draft),
            lambda place: around.menu_asked(draft, place),
            self,
        )
        self._count = CountLabel("this condition", self)
        self._copy = bare_button("copy", "Duplicate this condition", self)
        self._remove = bare_button("x", "Remove this condition", self)
        self._copy.clicked.connect(lambda: around.asked("duplicate", draft))
        self._remove.clicked.connect(lambda: around.asked("remove", draft))
        for widget in (self._handle, self._count, self._copy, self._remove):
            self._line.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        self.error.say(around.problems.get(draft, ""))
        self.show_count(around.counts.get(draft, Counted()))

    def stops(self) -> list[QWidget]:
        """The widgets a keyboard stops at, in order."""
        return [self._handle, self._copy, self._remove]

    def show_count(self, counted: Counted) -> None:
        """Show how many records match."""
        self._count.show_count(counted)

    def sync(self) -> bool:
        """Follow the draft where something else changed it; whether it had."""
        return False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The row's menu, also from the Menu key."""
        self._around.menu_asked(self.draft, event.globalPos())


class EverythingRow(Row):
    """'Every record' as a part of a larger rule."""

    def __init__(self, draft: EverythingDraft, around: Surroundings, parent: QWidget) -> None:
        super().__init__(draft, around, parent)
        label = QLabel("Every record", self)
        self._line.insertWidget(1, label, 1)
        self.setFocusProxy(self._handle)


class ConditionRow(Row):
    """One condition. Field and operator that are not known (any more) are shown as they are written."""

    def __init__(self, draft: ConditionDraft, around: Surroundings, parent: QWidget) -> None:
        super().__init__(draft, around, parent)
        self.condition = draft
        self._editor: SingleValue | None = None
        self._shown = self._contents()
        self._field = SearchableCombo("Field", "Choose a field", self)
        self._op = CalmCombo("Comparison", self)
        self._case = QToolButton(self)
        self._build()
        self._show_all()
        self._field.chosen.connect(self._field_chosen)
        self._op.activated.connect(self._op_chosen)
        self._case.toggled.connect(self._case_toggled)

    def _build(self) -> None:
        self._case.setText("Aa")
        self._case.setCheckable(True)
        self._case.setToolTip("Match upper and lower case as written")
        self._case.setAccessibleName("Match case")
        self._case.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        kept = self._case.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # so that the columns of all rows stand under each other
        self._case.setSizePolicy(kept)
        top = Qt.AlignmentFlag.AlignTop
        self._place = QVBoxLayout()
        self._place.addStrut(160)  # so that a row without a value keeps the columns too
        self._line.insertWidget(1, self._field, 5)
        self._line.insertWidget(2, self._op, 4)
        self._line.insertLayout(3, self._place, 7)
        self._line.insertWidget(4, self._case, 0, top)
        for widget, width in ((self._field, 110), (self._op, 100)):
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            widget.setMinimumWidth(width)
            self._line.setAlignment(widget, top)
        self.setFocusProxy(self._field)

    def _show_all(self) -> None:
        """Show the draft as it is, from field to value."""
        self._field.share(self._around.fields)
        self._field.choose(self.condition.field or None, f"{self.condition.field} (not there)")
        self._list_operators()
        self._show_editor()

    def stops(self) -> list[QWidget]:
        inside: list[QWidget] = []
        if self._editor is not None:
            inside = [
                child
                for child in self._editor.findChildren(QWidget)
                if child.focusPolicy() & Qt.FocusPolicy.TabFocus
                and child.focusProxy() is None
                and child.window() is self.window()
            ]
        first, *rest = super().stops()
        return [first, self._field, self._op, *inside, self._case, *rest]

    def sync(self) -> bool:
        now = self._contents()
        if now == self._shown:
            return False
        value_alone = now[:2] == self._shown[:2]
        if value_alone and self._editor is not None and self._editor.can_show(self.condition.value):
            self._editor.show_value(self.condition.value)
            self._show_case()
            self._shown = self._contents()
        else:
            self._show_all()
            self._around.reshaped(self.draft)
        self.error.say("")
        return True

    def _contents(self) -> tuple[str, str, RuleValue, bool]:
        draft = self.condition
        return draft.field, draft.op, draft.value, draft.case_sensitive

    def _known_field(self) -> Field | None:
        return self._around.record_type.field(self.condition.field)

    def _list_operators(self) -> None:
        """The comparisons that go with the field; one that does not is kept at the end."""
        field, op = self._known_field(), self.condition.op
        if field is not None or self.condition.field == MEMBERSHIP:
            self._op.share(self._around.operators(field.type if field else None))
        else:
            self._op.share(self._around.no_operators)
        place = self._op.findData(op) if op else -1
        if op and place < 0:
            label = OPERATORS[op].label if op in OPERATORS else op
            place = self._op.keep(f"{label} (does not go with the field)", op)
        self._op.setEnabled(self._op.count() > 0)
        self._op.setCurrentIndex(place)

    def _show_case(self) -> None:
        field = self._known_field()
        texts = field is not None and field.type in TEXTS and self.condition.op in OPERATORS
        self._case.setVisible(texts and OPERATORS[self.condition.op].takes is not Takes.NOTHING)
        self._case.blockSignals(True)
        self._case.setChecked(self.condition.case_sensitive)
        self._case.blockSignals(False)

    def _show_editor(self) -> None:
        if self._editor is not None:
            self._place.removeWidget(self._editor)
            self._editor.hide()
            self._editor.deleteLater()
            self._editor = None
        self._editor = self._made_editor()
        self._show_case()
        if self._editor is not None:
            self._editor.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self._editor.setMinimumWidth(160)
            self._place.addWidget(self._editor)
            self._place.setAlignment(self._editor, Qt.AlignmentFlag.AlignTop)
            if self.condition.value is None and not self._editor.may_be_empty:
                self.condition.value = self._editor.value()  # a picker always shows something, and that counts
            self._editor.edited.connect(self._value_edited)
            self._editor.show()  # at once, so that Tab goes there
        self._shown = self._contents()

    def _made_editor(self) -> SingleValue | None:
        field, op, value = self._known_field(), self.condition.op, self.condition.value
        if self.condition.field == MEMBERSHIP:
            editor: SingleValue = SegmentValue("Segment", self._around.segments, self)
            editor.show_value(value)
            return editor
        if field is None or op not in OPERATORS:
            if value is None:
                return None
            editor = TextValue("Value", None, self)
            editor.show_value(str(value))
            editor.setEnabled(False)
            return editor
        return editor_for(field, op, value, "Value", self, self._around.suggestions)

    def _field_chosen(self) -> None:
        before, old_op = self._known_field(), self.condition.op
        self.condition.field = self._field.data_chosen() or ""
        after = self._known_field()
        same_kind = before is not None and after is not None and before.type is after.type
        if not same_kind:
            self.condition.op, self.condition.value, self.condition.case_sensitive = "", None, False
            self._list_operators()
            fits = self._op.findData(old_op) >= 0
            self._op.setCurrentIndex(self._op.findData(old_op) if fits else 0)
            self.condition.op = str(self._op.currentData() or "")
        self._after_change()

    def _op_chosen(self) -> None:
        chosen = str(self._op.currentData() or "")
        if chosen == self.condition.op:
            return
        if self.condition.field != MEMBERSHIP:
            self.condition.value = carried(self.condition.value, self.condition.op, chosen)
        self.condition.op = chosen
        if chosen in OPERATORS and OPERATORS[chosen].takes is Takes.NOTHING:
            self.condition.case_sensitive = False
        self._after_change()

    def _after_change(self) -> None:
        self._show_editor()
        self.error.say("")
        self._around.reshaped(self.draft)
        self._around.edited(self.draft, False)

    def _case_toggled(self, on: bool) -> None:
        self.condition.case_sensitive = on
        self._shown = self._contents()
        self._around.edited(self.draft, False)

    def _value_edited(self) -> None:
        if self._editor is not None:
            self.condition.value = self._editor.value()
            self._shown = self._contents()
            self.error.say("")
            self._around.edited(self.draft, True)
