"""EditSegment: make a segment, or change one: name, description, tags and rule, with a live count.

Stands apart because nothing that was typed may be lost: what an operation refuses is told beside the thing that is
wrong, and the dialog stays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.changes import Change
from segment_manager.domain.errors import InvalidRule, NameInvalid, NameTaken, RuleChanged, SegmentManagerError
from segment_manager.domain.questions import Answer, Button, ButtonKind, Paragraph, Question
from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import Rule, from_json
from segment_manager.domain.segments import NAME_LIMIT, SegmentDetail, Status
from segment_manager.operations import segments
from segment_manager.operations.rule_counts import RuleCount
from segment_manager.storage import queries
from segment_manager.ui.details.header import text_label
from segment_manager.ui.dialogs import open_question, show_error
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there
from segment_manager.ui.rule_builder import RuleBuilder
from segment_manager.ui.rule_builder.live_counts import LiveCounts
from segment_manager.ui.rule_builder.parts import ErrorLine
from segment_manager.ui.rule_builder.preview import RulePreview, change_said

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

DISCARD = Question(
    "Discard changes",
    "Discard the changes you made?",
    (Paragraph("What you typed here is not saved."),),
    (
        Button("Keep editing", Answer.CANCEL, ButtonKind.CANCEL),
        Button("Discard changes", Answer.PROCEED, ButtonKind.DESTRUCTIVE),
    ),
)


class EditSegment(QDialog):
    """Edits `segment`, or makes a new one of `record_type` where it is None. Saves by itself, through `jobs`.

    Accepted means saved; `change` is then the Change that came of it.
    """

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        record_type: RecordType,
        segment: SegmentDetail | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._jobs = jobs
        self._record_type = record_type
        self._segment = segment
        self._saving = False
        self._rule_seen = segment.rule_json if segment else None
        self.change: Change | None = None
        title = "Edit segment" if segment else "New segment"
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setObjectName("edit_segment")
        self.setSizeGripEnabled(True)
        self.resize(900, 720)
        self._name = QLineEdit()
        self._name_error = ErrorLine()
        self._description = QPlainTextEdit()
        self._tags = QLineEdit()
        self._tags_error = ErrorLine()
        self._active = QCheckBox("Activate at once")
        self._builder = RuleBuilder(record_type)
        self._preview = RulePreview(record_type, workspace.zone)
        self._counts = LiveCounts(workspace, jobs, record_type.name, segment.summary.id if segment else None, self)
        self._builder.set_suggestions(self._counts)
        self._error = ErrorLine()
        self._save = QPushButton("Save" if segment else "Create")
        self._cancel = QPushButton("Cancel")
        self._build()
        self._fill()
        self._builder.rule_changed.connect(self._count_soon)
        self._counts.counted.connect(self._counted)
        self._counts.failed.connect(self._preview.say)
        self._read_names()
        self._count_soon()

    def _build(self) -> None:
        self._name.setMaxLength(4 * NAME_LIMIT)  # longer ones are refused with a reason, not cut in silence
        self._description.setFixedHeight(3 * self.fontMetrics().lineSpacing() + 18)
        self._description.setTabChangesFocus(True)
        self._tags.setPlaceholderText("Separated by commas")
        for widget, name in ((self._name, "Name"), (self._description, "Description"), (self._tags, "Tags")):
            widget.setAccessibleName(name)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setHorizontalSpacing(14)
        form.addRow("Record type", text_label(self._record_type.name))
        form.addRow("&Name", _with_error(self._name, self._name_error))
        form.addRow("&Description", self._description)
        form.addRow("&Tags", _with_error(self._tags, self._tags_error))
        if self._segment is None:
            self._active.setChecked(True)
            self._active.setToolTip("Its members are computed at once, and linked live sequences are fed.")
            form.addRow("", self._active)
        self._save.setProperty("kind", "primary")
        self._save.setDefault(True)
        self._save.clicked.connect(self._save_now)
        self._cancel.setAutoDefault(False)
        self._cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self._error, 1)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._save)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(12)
        whole.addLayout(form)
        whole.addWidget(self._builder, 1)
        whole.addWidget(self._preview)
        whole.addLayout(buttons)
        self._name.textChanged.connect(lambda _text: self._name_error.say(""))
        self._tags.textChanged.connect(lambda _text: self._tags_error.say(""))

    def _fill(self) -> None:
        if self._segment is not None:
            summary = self._segment.summary
            self._name.setText(summary.name)
            self._name.setCursorPosition(0)
            self._description.setPlainText(summary.description)
            self._tags.setText(", ".join(summary.tags))
            self._builder.set_rule(_rule_of(self._segment.rule_json))
        self._given = self._typed()
        self._name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed(self) -> tuple[str, str, tuple[str, ...], bool]:
        return self._name.text(), self._description.toPlainText(), self.tags(), self._active.isChecked()

    def tags(self) -> tuple[str, ...]:
        """The tags as typed, each once."""
        return tuple(dict.fromkeys(tag.strip() for tag in self._tags.text().split(",") if tag.strip()))

    def is_changed(self) -> bool:
        """Whether anything was typed that would be lost."""
        return self._typed() != self._given or self._builder.is_changed()

    def _read_names(self) -> None:
        workspace, record_type = self._workspace, self._record_type
        own = self._segment.summary.name if self._segment else None
        self._jobs.read(
            lambda: [name for name in queries.all_segment_names(workspace, record_type.id) if name != own],
            while_there(self, self._builder.set_segment_names),
            key="segment names for the editor",
        )

    def _count_soon(self) -> None:
        self._error.say("")
        self._preview.expect(self._builder.is_finished())
        self._counts.count(self._builder.rule_so_far())

    def _counted(self, found: RuleCount) -> None:
        """Show counts and what saving the changed rule would do. A rule that is as it was says nothing of the kind."""
        self._builder.show_counts(found.parts)
        change = ""
        if self._segment is not None and found.difference is not None and self._builder.is_changed():
            change = change_said(found.difference, self._segment.summary.status is Status.ACTIVE)
        self._preview.show_count(found, change)

    def _save_now(self) -> None:
        if self._saving:
            return
        for line in (self._name_error, self._tags_error, self._error):
            line.say("")
        self._builder.clear_problems()
        try:
            rule = self._builder.rule()
        except InvalidRule as error:
            self._refused(error)
            return
        self._hold(True)
        name = self._name.text().strip() or "the segment"
        self._jobs.run(
            self._work(rule),
            title=f"Saving “{name}”",
            done=self._saved,
            failed=self._refused,
            cancellable=False,
        )

    def _work(self, rule: Rule) -> Callable[[], Change]:
        """What the worker does, with everything it needs taken from the widgets before."""
        workspace, record_type, segment = self._workspace, self._record_type.name, self._segment
        name, description, tags, active = self._typed()
        if segment is None:
            return lambda: segments.create(
                workspace, record_type, name, rule, description=description, tags=tags, active=active
            )
        changed_rule, seen = (rule, self._rule_seen) if self._builder.is_changed() else (None, None)
        return lambda: segments.edit(
            workspace, segment.summary.id,
            name=name, rule=changed_rule, in_place_of=seen, description=description, tags=tags,
        )  # fmt: skip

    def _saved(self, change: object) -> None:
        self._hold(False)
        self.change = change if isinstance(change, Change) else None
        self.accept()

    def _refused(self, error: BaseException) -> None:
        """Say what is wrong beside it; everything typed stays."""
        self._hold(False)
        if isinstance(error, RuleChanged):
            self._rule_seen = error.rule_json  # who saves again knows it
        if isinstance(error, InvalidRule):
            self._builder.show_problems(error.problems)
        elif isinstance(error, NameInvalid) and str(error).startswith("The tag"):
            self._tags_error.say(str(error))
            self._tags.setFocus(Qt.FocusReason.OtherFocusReason)
        elif isinstance(error, NameTaken | NameInvalid):
            self._name_error.say(str(error))
            self._name.setFocus(Qt.FocusReason.OtherFocusReason)
        elif isinstance(error, SegmentManagerError):
            self._error.say(str(error))
        else:
            show_error(self, error)

    def _hold(self, saving: bool) -> None:
        self._saving = saving
        self._save.setEnabled(not saving)
        self._builder.setEnabled(not saving)

    def done(self, result: int) -> None:
        """However it ends, nothing more is counted for it."""
        self._counts.close()
        super().done(result)

    def reject(self) -> None:
        """Cancel, Esc or the window's cross: with something typed, ask first."""
        if self._saving:
            return
        if not self.is_changed():
            super().reject()
            return
        open_question(self, DISCARD, self._answered)

    def _answered(self, answer: Answer, _button: Button | None) -> None:
        if answer is Answer.PROCEED:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter saves from anywhere."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._save_now()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.isVisible() and (self._saving or self.is_changed()):
            event.ignore()
            self.reject()
            return
        super().closeEvent(event)


def _rule_of(text: str) -> Rule | None:
    try:
        return from_json(text)
    except InvalidRule:
        return None


def _with_error(widget: QWidget, error: ErrorLine) -> QWidget:
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(widget)
    column.addWidget(error)
    both.setFocusProxy(widget)
    return both
