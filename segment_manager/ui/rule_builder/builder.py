"""RuleBuilder: a rule shown as nested groups, changed by mouse or keyboard, with its sentence beneath.

Stands apart as the door to this package: it joins the draft (editing), the tree that shows it, keys, mouse and JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QPoint, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.records import RecordType
from segment_manager.domain.rule_tree import Rule
from segment_manager.domain.sentences import describe
from segment_manager.ui.result_bar import announce
from segment_manager.ui.rule_builder import moves
from segment_manager.ui.rule_builder.completion import Suggestions
from segment_manager.ui.rule_builder.count_memory import CountMemory
from segment_manager.ui.rule_builder.draft import Draft, GroupDraft, placed, unfinished
from segment_manager.ui.rule_builder.drag_and_drop import DragAndDrop
from segment_manager.ui.rule_builder.editing import Clipboard, NotPossible, RuleEditing
from segment_manager.ui.rule_builder.json_page import JsonPage
from segment_manager.ui.rule_builder.parts import ErrorLine, bare_button
from segment_manager.ui.rule_builder.row_keys import RowKeys
from segment_manager.ui.rule_builder.rule_tree import RuleTree
from segment_manager.ui.rule_builder.surroundings import Surroundings

_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
EVERYTHING_LABEL = "Every record"
CONDITIONS_LABEL = "Records that match conditions"
LONGEST_SENTENCE = 600


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
        self._around = Surroundings(record_type, QStringListModel(list(segment_names), self), self)
        self._editing = RuleEditing()
        self._editing.clipboard = Clipboard(
            lambda: QGuiApplication.clipboard().text(), lambda text: QGuiApplication.clipboard().setText(text)
        )
        self._conditions = QRadioButton(CONDITIONS_LABEL)
        self._everything = QRadioButton(EVERYTHING_LABEL)
        self._undo = bare_button("undo", "Undo in the rule (Ctrl+Z)", self)
        self._redo = bare_button("redo", "Redo in the rule (Ctrl+Shift+Z)", self)
        self._as_json = QPushButton("Edit as JSON")
        self.error = ErrorLine()
        self._pages = QStackedWidget()
        self._tree = RuleTree(self._around, self._as_json)
        self._every_note = QLabel(f"The segment takes every {record_type.name} record, also those added later.")
        self._json = JsonPage()
        self._sentence = QLabel()
        self._counts = CountMemory()
        self._keys = RowKeys(self._tree, self._perform, self.undo, self.redo, self._editing.pause)
        self._drags = DragAndDrop(self._tree, self._dropped)
        self._saying = QTimer(self)
        self._saying.setSingleShot(True)
        self._saying.setInterval(60)
        self._saying.timeout.connect(self._say)
        self._build()
        self._connect()
        self._given: tuple[bool, Rule, str] | None = None
        self.set_rule(None)

    # The rule

    def set_rule(self, rule: Rule | None) -> None:
        """Show a rule; None: one empty condition. Emits nothing, and nothing of before can be undone."""
        self._editing.start(rule)
        self._as_json.setChecked(False)
        self._show()
        self._given = self._state()

    def rule(self) -> Rule:
        """The rule as it stands. Raises InvalidRule (path, sentence) where a row is unfinished or the JSON is none.

        Whether values fit their fields is for the operations to say: pass their InvalidRule to `show_problems`.
        """
        if self._as_json.isChecked():
            return self._json.rule()
        problems = [] if self._editing.everything else unfinished(self._editing.root)
        if problems:
            raise InvalidRule(problems)
        return self._editing.rule()

    def rule_so_far(self) -> Rule | None:
        """The rule with its unfinished conditions, for counting what is finished; None where there is no rule yet."""
        if not self._as_json.isChecked():
            return self._editing.rule()
        try:
            return self._json.rule()
        except InvalidRule:
            return None

    def is_finished(self) -> bool:
        """Whether `rule` gives one."""
        try:
            self.rule()
        except InvalidRule:
            return False
        return True

    def set_segment_names(self, names: Iterable[str]) -> None:
        """The segments that conditions may refer to, where they come later than the builder."""
        self._around.segments.setStringList(list(names))

    def set_suggestions(self, suggestions: Suggestions) -> None:
        """Where the values come from that records hold, for the boxes that complete them; before `set_rule`."""
        self._around.suggestions = suggestions

    def is_changed(self) -> bool:
        """Whether a person changed anything since `set_rule`."""
        return self._state() != self._given

    def _state(self) -> tuple[bool, Rule, str]:
        text = self._json.text() if self._as_json.isChecked() else ""
        return self._editing.everything, self._editing.rule(), text

    # What is told about it

    def show_counts(self, parts: Mapping[str, int | None]) -> None:
        """Show how many records match each part of `rule_so_far`, by path; parts not named are still being counted."""
        self._tree.show_counts(self._counts.taken(self._editing.root, parts))

    def show_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        """Show each (path, sentence) beside its row, and go to the first; those without a place stand on top."""
        self.clear_problems()
        if self._as_json.isChecked():
            self._json.show_problems(problems)
            return
        at = {} if self._editing.everything else dict(placed(self._editing.root))
        found: dict[Draft, str] = {}
        homeless = []
        for path, message in problems:
            draft = at.get(path)
            if draft is None or (not path and isinstance(draft, GroupDraft)):
                homeless.append(message)
            else:
                found[draft] = f"{found.get(draft, '')} {message}".strip()
        self.error.say(" ".join(homeless))
        self._tree.show_problems(found)
        if found:
            self._tree.go_to(next(iter(found)))

    def clear_problems(self) -> None:
        """Take all error texts away."""
        self.error.say("")
        self._json.error.say("")
        self._tree.show_problems({})

    # What a person does

    def undo(self) -> None:
        """Take the last step in the rule back."""
        self._went(self._editing.undo())

    def redo(self) -> None:
        """Do again what was undone last."""
        self._went(self._editing.redo())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button it stands on; elsewhere it ends no more than the field, never the whole dialog.

        Undo works from the builder's own buttons too; in the tree the keys come to RowKeys first.
        """
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _MODIFIERS:
            inside = self.focusWidget()
            if isinstance(inside, QAbstractButton):
                inside.click()
            event.accept()
            return
        if self._keys.undo_or_redo(event):
            return
        super().keyPressEvent(event)

    def _went(self, moved: bool) -> None:
        if not moved or self._as_json.isChecked():
            return
        touched = self._show()
        here = self._tree.draft_at_focus(self.focusWidget())
        if touched and here not in touched:
            self._tree.go_to(touched[-1])
        self._told_of_change()

    def _perform(self, command: str, draft: Draft) -> None:
        """Do a command of editing.COMMANDS to a part of the rule, and go to what came of it."""
        try:
            outcome = self._editing.perform(command, draft)
        except NotPossible as error:
            self.error.say(str(error))
            return
        if outcome.say:
            announce(self, outcome.say)
        self.error.say("")
        if outcome.changed:
            self._show()
            self._told_of_change()
        if outcome.go_to is not None:
            self._tree.go_to(outcome.go_to)

    def _dropped(self, draft: Draft, group: GroupDraft, place: int) -> None:
        if moves.put(self._editing.root, draft, group, place):
            self._editing.note()
            self._show()
            self._told_of_change()
            self._tree.go_to(draft)

    def _row_edited(self, draft: Draft, typing: bool) -> None:
        self._editing.note(draft if typing else None)
        self._told_of_change()

    def _chosen(self) -> None:
        if self._everything.isChecked() is not self._editing.everything:
            self._editing.everything = self._everything.isChecked()
            self._editing.note()
            self._show()
            self._told_of_change()

    def _told_of_change(self) -> None:
        self.error.say("")
        self._show_undo()
        if not self._as_json.isChecked():
            self._tree.show_counts(self._counts.expected(self._editing.root))
        self._saying.start()
        self.rule_changed.emit()

    def _json_toggled(self) -> None:
        """Into JSON with the rule as it stands; out of it only with a rule that can be shown."""
        if self._as_json.isChecked():
            self.clear_problems()
            self._json.show_rule(self._editing.rule())
            self._show()
            self._json.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        try:
            rule = self._json.rule()
        except InvalidRule as error:
            self._as_json.setChecked(True)
            self._json.show_problems(error.problems)
            return
        self.clear_problems()
        if rule != self._editing.rule():
            self._editing.replace(rule)
        self._show()
        self._told_of_change()

    # What is shown

    def _build(self) -> None:
        self._as_json.setCheckable(True)
        self._as_json.setAutoDefault(False)
        choice = QButtonGroup(self)
        choice.addButton(self._conditions)
        choice.addButton(self._everything)
        top = QHBoxLayout()
        top.addWidget(self._conditions)
        top.addWidget(self._everything)
        top.addStretch(1)
        for button in (self._undo, self._redo, self._as_json):
            top.addWidget(button)
        self._every_note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._every_note.setWordWrap(True)
        self._every_note.setTextFormat(Qt.TextFormat.PlainText)
        for page in (self._tree, self._every_note, self._json):
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

    def _connect(self) -> None:
        self._around.edited = self._row_edited
        self._around.asked = self._perform
        self._around.menu_asked = self._open_menu
        self._around.grabbed = self._drags.begin
        self._undo.clicked.connect(self.undo)
        self._redo.clicked.connect(self.redo)
        for button in (self._conditions, self._everything):
            button.clicked.connect(self._chosen)
        self._as_json.clicked.connect(self._json_toggled)
        self._json.edited.connect(self._told_of_change)

    def _open_menu(self, draft: Draft, place: QPoint) -> None:
        self._keys.open_menu(draft, place)

    def _show(self) -> list[Draft]:
        """Show the draft as it is now, on the page that goes with it. Gives the parts that look different."""
        as_json, everything = self._as_json.isChecked(), self._editing.everything
        (self._everything if everything else self._conditions).setChecked(True)
        self._as_json.setText("Back to conditions" if as_json else "Edit as JSON")
        for button in (self._conditions, self._everything):
            button.setEnabled(not as_json)
        touched = self._tree.show_root(self._editing.root)
        self._pages.setCurrentIndex(2 if as_json else 1 if everything else 0)
        self._show_undo()
        self._say()
        return touched

    def _show_undo(self) -> None:
        back, forth = self._editing.can_undo() if not self._as_json.isChecked() else (False, False)
        self._undo.setEnabled(back)
        self._redo.setEnabled(forth)

    def _say(self) -> None:
        try:
            rule = self.rule()
        except InvalidRule:
            self._sentence.setText("")
            return
        sentence = describe(rule, self._record_type)
        cut = len(sentence) > LONGEST_SENTENCE
        self._sentence.setText(f"{sentence[:LONGEST_SENTENCE]}…" if cut else sentence)
