"""RuleBuilder: a rule shown as nested groups, changed by mouse or keyboard, with its sentence beneath.

Stands apart as the door to this package: it holds the draft, everything else shows parts of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.records import RecordType
from segment_manager.domain.rule_tree import Everything, Rule
from segment_manager.domain.sentences import describe
from segment_manager.ui.rule_builder.condition_row import ErrorLine, Row
from segment_manager.ui.rule_builder.draft import ConditionDraft, GroupDraft, placed, root_of, rule_of, unfinished
from segment_manager.ui.rule_builder.group_box import GroupBox, Surroundings
from segment_manager.ui.rule_builder.json_page import JsonPage

_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
EVERYTHING_LABEL = "Every record"
CONDITIONS_LABEL = "Records that match conditions"


class RuleBuilder(QWidget):
    """A rule for one record type. `rule_changed` tells of every change by a person.

    `segment_names`: the segments that conditions may refer to.
    """

    rule_changed = Signal()

    def __init__(
        self, record_type: RecordType, segment_names: Iterable[str] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("rule_builder")
        self._record_type = record_type
        self._around = Surroundings(record_type, QStringListModel(list(segment_names), self))
        self._root = GroupDraft(children=[ConditionDraft()])
        self._group: GroupBox | None = None
        self._conditions = QRadioButton(CONDITIONS_LABEL)
        self._everything = QRadioButton(EVERYTHING_LABEL)
        self._as_json = QPushButton("Edit as JSON")
        self._as_json.setCheckable(True)
        self._as_json.setAutoDefault(False)
        self.error = ErrorLine()
        self._pages = QStackedWidget()
        self._scroll = QScrollArea()
        self._every_note = QLabel(f"The segment takes every {record_type.name} record, also those added later.")
        self._json = JsonPage()
        self._sentence = QLabel()
        self._saying = QTimer(self)
        self._saying.setSingleShot(True)
        self._saying.setInterval(60)
        self._saying.timeout.connect(self._say)
        self._build()
        self._given: tuple[bool, Rule, str] = (False, Everything(), "")
        self.set_rule(None)

    def set_rule(self, rule: Rule | None) -> None:
        """Show a rule; None: one empty condition. Emits nothing."""
        everything = isinstance(rule, Everything)
        self._root = root_of(rule) if rule is not None and not everything else GroupDraft(children=[ConditionDraft()])
        self._as_json.setChecked(False)
        (self._everything if everything else self._conditions).setChecked(True)
        self._show_group()
        self._turn()
        self._given = self._state()

    def rule(self) -> Rule:
        """The rule as it stands. Raises InvalidRule (path, sentence) where a row is unfinished or the JSON is none.

        Whether values fit their fields is for the operations to say: pass their InvalidRule to `show_problems`.
        """
        if self._as_json.isChecked():
            return self._json.rule()
        if self._everything.isChecked():
            return Everything()
        problems = unfinished(self._root)
        if problems:
            raise InvalidRule(problems)
        return rule_of(self._root)

    def rule_so_far(self) -> Rule | None:
        """The rule, or None while it is unfinished."""
        try:
            return self.rule()
        except InvalidRule:
            return None

    def set_segment_names(self, names: Iterable[str]) -> None:
        """The segments that conditions may refer to, where they come later than the builder."""
        self._around.segments.setStringList(list(names))

    def is_changed(self) -> bool:
        """Whether a person changed anything since `set_rule`."""
        return self._state() != self._given

    def _state(self) -> tuple[bool, Rule, str]:
        text = self._json.text() if self._as_json.isChecked() else ""
        return self._everything.isChecked(), rule_of(self._root), text

    def show_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        """Show each (path, sentence) beside its row, and go to the first; those without a place stand on top."""
        self.clear_problems()
        if self._as_json.isChecked():
            self._json.show_problems(problems)
            return
        widgets = self._by_path()
        homeless = []
        first: QWidget | None = None
        for path, message in problems:
            widget = widgets.get(path) if self._conditions.isChecked() else None
            if widget is None or (not path and not isinstance(widget, Row)):
                homeless.append(message)
                continue
            widget.error.say(f"{widget.error.text()} {message}".strip())
            first = first or widget
        self.error.say(" ".join(homeless))
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(first)

    def clear_problems(self) -> None:
        """Take all error texts away."""
        self.error.say("")
        self._json.error.say("")
        for widget in self._by_path().values():
            widget.error.say("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button it stands on; elsewhere it ends no more than the field, never the whole dialog."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _MODIFIERS:
            inside = self.focusWidget()
            if isinstance(inside, QAbstractButton):
                inside.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def _build(self) -> None:
        choice = QButtonGroup(self)
        choice.addButton(self._conditions)
        choice.addButton(self._everything)
        top = QHBoxLayout()
        top.addWidget(self._conditions)
        top.addWidget(self._everything)
        top.addStretch(1)
        top.addWidget(self._as_json)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._every_note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._every_note.setWordWrap(True)
        self._every_note.setTextFormat(Qt.TextFormat.PlainText)
        for page in (self._scroll, self._every_note, self._json):
            self._pages.addWidget(page)
        self._pages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setProperty("role", "muted")
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setObjectName("rule_sentence")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(top)
        whole.addWidget(self.error)
        whole.addWidget(self._pages, 1)
        whole.addWidget(self._sentence)
        self._conditions.toggled.connect(self._turn)
        for button in (self._conditions, self._everything):
            button.clicked.connect(self._edited)
        self._as_json.clicked.connect(self._json_toggled)
        self._json.edited.connect(self._edited)

    def _show_group(self) -> None:
        inside = QWidget()
        self._scroll.setWidget(inside)  # first, and empty: what moves with everything in it is styled anew
        inside.hide()
        self._group = GroupBox(self._root, self._around, inside, root=True)
        self._group.edited.connect(self._edited)
        self._group.reshaped.connect(self._order_stops)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self._group)
        column.addStretch(1)
        inside.show()
        self._order_stops()

    def _order_stops(self) -> None:
        """Tab goes through the rows as they are read, also through those that were put in between."""
        if self._group is None:
            return
        before: QWidget = self._as_json
        for stop in self._group.stops():
            QWidget.setTabOrder(before, stop)
            before = stop

    def _by_path(self) -> dict[str, Row | GroupBox]:
        if self._group is None:
            return {}
        widgets = {id(widget.draft): widget for widget in _all_parts(self._group)}
        return {path: widgets[id(node)] for path, node in placed(self._root) if id(node) in widgets}

    def _turn(self) -> None:
        """Show the page that goes with the choices on top."""
        as_json = self._as_json.isChecked()
        self._as_json.setText("Back to conditions" if as_json else "Edit as JSON")
        for button in (self._conditions, self._everything):
            button.setEnabled(not as_json)
        page = 2 if as_json else 1 if self._everything.isChecked() else 0
        self._pages.setCurrentIndex(page)
        self._say()

    def _json_toggled(self) -> None:
        """Into JSON with the rule as it stands; out of it only with a rule that can be shown."""
        if self._as_json.isChecked():
            everything = self._everything.isChecked()
            self.clear_problems()
            self._json.show_rule(Everything() if everything else rule_of(self._root))
            self._turn()
            self._json.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        try:
            rule = self._json.rule()
        except InvalidRule as error:
            self._as_json.setChecked(True)
            self._json.show_problems(error.problems)
            return
        self.clear_problems()
        given = self._given
        self.set_rule(rule)
        self._given = given
        self._edited()

    def _edited(self) -> None:
        self.error.say("")
        self._saying.start()
        self.rule_changed.emit()

    def _say(self) -> None:
        try:
            rule = self.rule()
        except InvalidRule:
            self._sentence.setText("")
            return
        sentence = describe(rule, self._record_type)
        self._sentence.setText(f"{sentence[:600]}…" if len(sentence) > 600 else sentence)


def _all_parts(group: GroupBox) -> Iterable[Row | GroupBox]:
    yield group
    for part in group.parts():
        if isinstance(part, GroupBox):
            yield from _all_parts(part)
        else:
            yield part
