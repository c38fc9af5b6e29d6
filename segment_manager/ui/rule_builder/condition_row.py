"""One condition as a row: field, comparison, value, and what is wrong with it.

Stands apart from the group because a row knows nothing of the tree it stands in: it changes its own draft and says so.
"""

from __future__ import annotations

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from segment_manager.domain.operators import OPERATORS, SEGMENT_OPERATORS, TEXTS, Takes, operators_for
from segment_manager.domain.records import Field, RecordType
from segment_manager.ui import icons
from segment_manager.ui.result_bar import announce
from segment_manager.ui.rule_builder.combos import CalmCombo, SearchableCombo
from segment_manager.ui.rule_builder.draft import MEMBERSHIP, ConditionDraft, EverythingDraft
from segment_manager.ui.rule_builder.value_widgets import SingleValue, TextValue
from segment_manager.ui.rule_builder.values import SegmentValue, carried, editor_for

MEMBERSHIP_LABEL = "Segment membership"


def bare_button(icon: str, name: str, parent: QWidget) -> QToolButton:
    """A small button of one icon, with a name for people who do not see it."""
    button = QToolButton(parent)
    button.setIcon(icons.icon(icon))
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setProperty("kind", "bare")
    button.setMinimumSize(24, 24)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


class ErrorLine(QLabel):
    """What is wrong, under the thing that is wrong; takes no room while nothing is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "error")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence, or nothing."""
        self.setText(text)
        self.setVisible(bool(text))
        if text:
            announce(self, text)


class Row(QWidget):
    """What every row has: a place for its contents, buttons to copy and remove it, a line for errors.

    Every widget here is born with its parent: one that gets it later is styled twice, which a long rule would feel.
    """

    edited = Signal()
    reshaped = Signal()  # other widgets stand in it now
    duplicate_requested = Signal()
    removed = Signal()

    def __init__(self, draft: ConditionDraft | EverythingDraft, parent: QWidget) -> None:
        super().__init__(parent)
        self.draft = draft
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        self._line = QHBoxLayout()
        self._line.setSpacing(6)
        whole.addLayout(self._line)
        self.error = ErrorLine(self)
        whole.addWidget(self.error)
        self._copy = bare_button("copy", "Duplicate this condition", self)
        self._remove = bare_button("x", "Remove this condition", self)
        self._copy.clicked.connect(self.duplicate_requested)
        self._remove.clicked.connect(self.removed)
        for button in (self._copy, self._remove):
            self._line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def stops(self) -> list[QWidget]:
        """The widgets a keyboard stops at, in order."""
        return [self._copy, self._remove]


class EverythingRow(Row):
    """'Every record' as a part of a larger rule."""

    def __init__(self, draft: EverythingDraft, parent: QWidget) -> None:
        super().__init__(draft, parent)
        label = QLabel("Every record", self)
        self._line.insertWidget(0, label, 1)
        self.setFocusProxy(self._remove)


class ConditionRow(Row):
    """One condition. Field and operator that are not known (any more) are shown as they are written."""

    def __init__(
        self, draft: ConditionDraft, record_type: RecordType, segments: QStringListModel, parent: QWidget
    ) -> None:
        super().__init__(draft, parent)
        self.condition = draft
        self._record_type = record_type
        self._segments = segments
        self._editor: SingleValue | None = None
        self._field = SearchableCombo("Field", "Choose a field", self)
        self._field.set_entries([*((f.name, f.label) for f in record_type.fields), (MEMBERSHIP, MEMBERSHIP_LABEL)])
        self._field.choose(draft.field or None, f"{draft.field} (not there)")
        self._op = CalmCombo("Comparison", self)
        self._case = QToolButton(self)
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
        self._line.insertWidget(0, self._field, 5)
        self._line.insertWidget(1, self._op, 4)
        self._line.insertLayout(2, self._place, 7)
        self._line.insertWidget(3, self._case, 0, top)
        for widget, width in ((self._field, 110), (self._op, 100)):
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            widget.setMinimumWidth(width)
            self._line.setAlignment(widget, top)
        self.setFocusProxy(self._field)
        self._field.chosen.connect(self._field_chosen)
        self._op.activated.connect(self._op_chosen)
        self._case.toggled.connect(self._case_toggled)
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
        return [self._field, self._op, *inside, self._case, *super().stops()]

    def _known_field(self) -> Field | None:
        return self._record_type.field(self.condition.field)

    def _list_operators(self) -> None:
        """The comparisons that go with the field; one that does not is kept at the end."""
        field = self._known_field()
        if self.condition.field == MEMBERSHIP:
            rows = SEGMENT_OPERATORS
        else:
            rows = operators_for(field.type) if field else ()
        self._op.clear()
        for row in rows:
            self._op.addItem(row.label, row.name)
        op = self.condition.op
        if op and self._op.findData(op) < 0:
            self._op.addItem(f"{OPERATORS[op].label if op in OPERATORS else op} (does not go with the field)", op)
        self._op.setEnabled(self._op.count() > 0)
        self._op.setCurrentIndex(self._op.findData(op) if op else -1)

    def _show_editor(self) -> None:
        if self._editor is not None:
            self._place.removeWidget(self._editor)
            self._editor.hide()
            self._editor.deleteLater()
            self._editor = None
        self._editor = self._made_editor()
        field = self._known_field()
        texts = field is not None and field.type in TEXTS and self.condition.op in OPERATORS
        self._case.setVisible(texts and OPERATORS[self.condition.op].takes is not Takes.NOTHING)
        self._case.blockSignals(True)
        self._case.setChecked(self.condition.case_sensitive)
        self._case.blockSignals(False)
        if self._editor is None:
            return
        self._editor.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._editor.setMinimumWidth(160)
        self._place.addWidget(self._editor)
        self._place.setAlignment(self._editor, Qt.AlignmentFlag.AlignTop)
        if self.condition.value is None and not self._editor.may_be_empty:
            self.condition.value = self._editor.value()  # a picker always shows something: what is shown is what counts
        self._editor.edited.connect(self._value_edited)
        self._editor.show()  # at once, so that Tab goes there

    def _made_editor(self) -> SingleValue | None:
        field, op, value = self._known_field(), self.condition.op, self.condition.value
        if self.condition.field == MEMBERSHIP:
            editor: SingleValue = SegmentValue("Segment", self._segments, self)
            editor.show_value(value)
            return editor
        if field is None or op not in OPERATORS:
            if value is None:
                return None
            editor = TextValue("Value", (), self)
            editor.show_value(str(value))
            editor.setEnabled(False)
            return editor
        return editor_for(field, op, value, "Value", self)

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
        self.reshaped.emit()
        self.edited.emit()

    def _case_toggled(self, on: bool) -> None:
        self.condition.case_sensitive = on
        self.edited.emit()

    def _value_edited(self) -> None:
        if self._editor is not None:
            self.condition.value = self._editor.value()
            self.error.say("")
            self.edited.emit()
