"""The window's only modal questions: confirmations, errors, notices, and long lists of names.

Stands apart because a confirmation must be right everywhere at once: Cancel is default and Esc, Enter never deletes,
every text is plain, and nothing irreversible can be pressed before its count is typed.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.errors import SegmentManagerError
from segment_manager.domain.questions import Answer, Button, ButtonKind, NameList, Paragraph, Question, Rewritten
from segment_manager.ui.long_lists import NamesDialog, RewrittenView

Answered = Callable[[Answer, Button | None], None]

SHOWN_LINES = 10
_WIDTH = 520
_LONGEST_NAME = 64
_KINDS = {ButtonKind.DESTRUCTIVE: "destructive", ButtonKind.LINK: "link", ButtonKind.ACTION: "primary"}


def ask(parent: QWidget | None, question: Question) -> tuple[Answer, Button | None]:
    """Show a question and wait for its answer; closing the dialog in any other way is Cancel."""
    dialog = QuestionDialog(question, parent)
    dialog.exec()
    answer = dialog.answer, dialog.pressed
    dialog.deleteLater()
    return answer


def open_question(parent: QWidget | None, question: Question, answered: Answered) -> QuestionDialog:
    """Show a question over its window and tell the answer when it comes; the event loop goes on meanwhile."""
    dialog, waiting = QuestionDialog(question, parent), [answered]

    def told() -> None:
        dialog.deleteLater()
        tell = waiting.pop()  # so that the dialog keeps nothing of what the answer is about
        tell(dialog.answer, dialog.pressed)

    dialog.finished.connect(told)
    dialog.open()
    return dialog


def notice(parent: QWidget | None, title: str, heading: str, text: str = "") -> QuestionDialog:
    """Tell something that needs no answer."""
    close = Button("Close", Answer.CANCEL, ButtonKind.CANCEL)
    body = tuple(Paragraph(part) for part in text.split("\n\n") if part)
    return open_question(parent, Question(title, heading, body, (close,)), lambda answer, pressed: None)


def open_review_again(parent: QWidget | None, review: Callable[[], None]) -> QuestionDialog:
    """The facts moved while a question was open: offer to look at the new ones."""
    question = Question(
        "Review again",
        "The selection changed while this was open.",
        (Paragraph("Segments or what uses them were changed meanwhile. Nothing was done."),),
        (
            Button("Review again", Answer.PROCEED, ButtonKind.ACTION),
            Button("Cancel", Answer.CANCEL, ButtonKind.CANCEL),
        ),
        Answer.PROCEED,
    )
    return open_question(parent, question, lambda answer, button: review() if answer is Answer.PROCEED else None)


def open_still_running(parent: QWidget | None, title: str, stop: Callable[[], None]) -> QuestionDialog:
    """A job runs while the window is to be closed: go on, or stop it and close."""
    question = Question(
        "A job is running",
        f"“{title}” is still running.",
        (Paragraph("Stopped, it leaves the workspace as it was after its last finished step."),),
        (
            Button("Keep running", Answer.CANCEL, ButtonKind.CANCEL),
            Button("Stop and close", Answer.PROCEED, ButtonKind.ACTION),
        ),
    )
    return open_question(parent, question, lambda answer, button: stop() if answer is Answer.PROCEED else None)


def show_error(parent: QWidget | None, error: BaseException) -> QDialog:
    """Tell why something was not done: a known reason in its own words, anything else as a fault with its details."""
    if isinstance(error, SegmentManagerError):
        heading, rest = first_sentence(str(error) or "This could not be done.")
        return notice(parent, "Not done", heading, rest)
    details = "".join(traceback.format_exception(error))
    return show_crash(parent, details)


def show_crash(parent: QWidget | None, details: str) -> QDialog:
    """Tell of a fault in the program. What was being changed has been rolled back, and work goes on."""
    dialog = TextDialog(
        "Something went wrong",
        "The program met a fault of its own",
        "What it was doing was not carried out; the workspace is as it was before. You can go on working. "
        "With the details below the fault can be reported.",
        details,
        parent,
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def first_sentence(text: str) -> tuple[str, str]:
    """A message as heading and rest."""
    found = re.match(r"(.{1,160}?[.!?:])\s+(?=\S)", text, re.DOTALL)
    return (found[1], text[found.end() :]) if found else (text, "")


def shortened(text: str) -> str:
    """A text whose very long quoted names are cut in the middle, so that a dialog keeps its shape."""
    return re.sub(r"“([^“”]+)”", lambda found: f"“{middle(found[1])}”", text)


def middle(name: str, limit: int = _LONGEST_NAME) -> str:
    """A name of at most `limit` characters, cut in the middle."""
    if len(name) <= limit:
        return name
    half = (limit - 1) // 2
    return f"{name[:half]}…{name[-half:]}"


def label(text: str, role: str = "", parent: QWidget | None = None) -> QLabel:
    """A label that shows plain text, wraps, and can be copied from."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    made.setText(text)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        made.setProperty("role", role)
    return made


def plain_question(question: Question) -> str:
    """The whole text of a question, as a screen reader hears it."""
    lines = [question.heading]
    for part in question.body:
        lines.extend(part.lines[:SHOWN_LINES] if isinstance(part, NameList) else [part.text])
        if isinstance(part, NameList) and len(part.lines) > SHOWN_LINES:
            lines.append(f"and {len(part.lines) - SHOWN_LINES:,} more")
    return "\n".join(lines)


class QuestionDialog(QDialog):
    """One question. `answer` and `pressed` hold what was chosen; Cancel until then."""

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = question
        self.answer = Answer.CANCEL
        self.pressed: Button | None = None
        self.setWindowTitle(question.title)
        self.setAccessibleName(question.title)
        self.setAccessibleDescription(plain_question(question))
        self.setMinimumWidth(_WIDTH)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(22, 20, 22, 16)
        self._layout.setSpacing(10)
        self._layout.addWidget(label(shortened(question.heading), "heading"))
        for part in question.body:
            if isinstance(part, Paragraph):
                self._layout.addWidget(label(shortened(part.text)))
            elif isinstance(part, Rewritten):
                self._layout.addWidget(RewrittenView(part, self))
            else:
                self._add_names(part)
        self._count_field: QLineEdit | None = None
        self._count_field = self._add_count_field()
        self._buttons = [(button, self._push_button(button)) for button in question.buttons]
        self._layout.addSpacing(6)
        self._layout.addStretch(1)
        self._layout.addLayout(self._button_row())
        self._count_typed()
        # wrapped texts ask for the height they would need when narrow; this is what they need as wide as they are
        width = max(_WIDTH, self._layout.minimumSize().width())
        self.resize(width, self._layout.heightForWidth(width))

    def _add_names(self, names: NameList) -> None:
        shown = names.lines[:SHOWN_LINES]
        lines = label("\n".join(f"•  {middle(line, 72)}" for line in shown))
        lines.setContentsMargins(10, 0, 0, 0)
        self._layout.addWidget(lines)
        if len(names.lines) <= SHOWN_LINES:
            return
        row = QHBoxLayout()
        row.setContentsMargins(10, 0, 0, 0)
        row.addWidget(label(f"and {len(names.lines) - SHOWN_LINES:,} more", "muted"))
        show = QPushButton(f"Show all {len(names.lines):,} {names.what}…", self)
        show.setProperty("kind", "link")
        show.setAutoDefault(False)
        show.clicked.connect(lambda: self._show_all(names))
        row.addWidget(show)
        row.addStretch(1)
        self._layout.addLayout(row)

    def _show_all(self, names: NameList) -> None:
        dialog = NamesDialog(f"All {len(names.lines):,} {names.what}", names.lines, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _add_count_field(self) -> QLineEdit | None:
        counts = self.question.counts_to_type
        if not counts:
            return None
        row = QHBoxLayout()
        wanted = label(f"Type {' or '.join(f'{each:,}' for each in counts)} to confirm")
        wanted.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        field = QLineEdit(self)
        field.setObjectName("count_to_confirm")
        field.setAccessibleName(f"Type {' or '.join(str(each) for each in counts)} to confirm")
        field.setMaximumWidth(140)
        field.setMaxLength(20)
        field.textChanged.connect(self._count_typed)
        field.installEventFilter(self)
        wanted.setBuddy(field)
        row.addWidget(wanted)
        row.addWidget(field)
        row.addStretch(1)
        self._layout.addLayout(row)
        return field

    def _push_button(self, button: Button) -> QPushButton:
        made = QPushButton(button.text.replace("&", "&&"), self)
        made.setAutoDefault(False)
        if button.kind in _KINDS:
            made.setProperty("kind", _KINDS[button.kind])
        if button.kind is ButtonKind.ACTION and self.question.default is not button.answer:
            made.setProperty("kind", "")
        made.clicked.connect(lambda: self._press(button))
        return made

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for button, made in self._buttons:
            if button.kind is ButtonKind.LINK:
                row.addWidget(made)
        row.addStretch(1)
        for button, made in self._buttons:
            if button.kind is not ButtonKind.LINK:
                row.addWidget(made)
        default = next((made for button, made in self._buttons if button.answer is self.question.default), None)
        if default is not None:
            default.setDefault(True)
            default.setFocus()
        return row

    def _count_typed(self) -> None:
        typed = typed_count(self._count_field.text()) if self._count_field else None
        for button, made in self._buttons:
            if button.count is not None:
                made.setEnabled(typed == button.count)

    def _press(self, button: Button) -> None:
        if button.answer is Answer.SHOW_SEQUENCES:
            names = next((part for part in self.question.body if isinstance(part, NameList)), None)
            if names is not None:
                self._show_all(names)
            return
        self.answer, self.pressed = button.answer, button
        self.done(QDialog.DialogCode.Rejected if button.answer is Answer.CANCEL else QDialog.DialogCode.Accepted)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter in the count's field neither deletes nor throws away what was typed."""
        typed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self._count_field
        if typed and isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return True
        return super().eventFilter(watched, event)


def typed_count(text: str) -> int | None:
    """The number that was typed, with or without group separators; None where it is none."""
    digits = re.sub(r"[\s,.'’_\u00a0\u202f]", "", text)
    return int(digits) if re.fullmatch(r"[0-9]{1,12}", digits) else None


class TextDialog(QDialog):
    """A heading, a paragraph and a long text that can be copied: details of a fault, the result of a check."""

    def __init__(self, title: str, heading: str, text: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleDescription(f"{heading}\n{text}")
        self.resize(640, 420)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 16)
        layout.setSpacing(10)
        layout.addWidget(label(heading, "heading"))
        if text:
            layout.addWidget(label(text))
        shown = QPlainTextEdit(details, self)
        shown.setReadOnly(True)
        shown.setAccessibleName("Details")
        layout.addWidget(shown, 1)
        row = QHBoxLayout()
        copy = QPushButton("Copy details", self)
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: QApplication.clipboard().setText(details))
        close = QPushButton("Close", self)
        close.setDefault(True)
        close.clicked.connect(self.reject)
        row.addWidget(copy)
        row.addStretch(1)
        row.addWidget(close)
        layout.addLayout(row)
