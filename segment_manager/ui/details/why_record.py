"""Why a record is in a segment or not: every condition with its answer.

Stands apart because it is asked of one record at a time, also of records that are no members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import describe, from_json
from segment_manager.operations.computation import Explanation, explain
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.header import text_label
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.lifetime import while_there

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

YES, NO = "✓", "✗"
_GROUPS = {"all": "All of these hold:", "any": "Any of these holds:", "not": "This does not hold:"}


def answer_said(found: Explanation, key: str, name: str) -> str:
    """Whether the record is a member, and whether the rule agrees."""
    member = f"“{key}” is {'' if found.member else 'not '}a member of “{name}”."
    if found.member == found.matches:
        return f"{member} The rule selects it{' now' if found.matches else ' not'}."
    if found.matches:
        return f"{member} The rule selects it now: it becomes a member when the segment is computed."
    return f"{member} The rule no longer selects it: it stops being one when the segment is computed."


def because_said(tree: dict[str, Any], record_type: RecordType, depth: int = 0) -> list[str]:
    """The tree of an explanation as indented lines, each with its mark."""
    mark = YES if tree["true"] else NO
    lost = f" (broken: lacks {', '.join(tree['broken'])})" if tree.get("broken") else ""
    lines = [f"{'    ' * depth}{mark}  {_node_said(tree, record_type)}{lost}"]
    for child in tree.get("children") or []:
        lines += because_said(child, record_type, depth + 1)
    return lines


def _node_said(tree: dict[str, Any], record_type: RecordType) -> str:
    op = tree["op"]
    if op in _GROUPS:
        return _GROUPS[op]
    if op == "everything":
        return "Every record"
    written = {name: tree[name] for name in ("field", "op", "value", "case_sensitive") if tree.get(name) is not None}
    try:
        sentence = describe(from_json(written), record_type)
    except InvalidRule:
        sentence = f"{tree['field'] or ''} {op} {tree['value']}".strip()
    sentence = sentence[:1].upper() + sentence[1:]
    return sentence if tree["field"] is None else f"{sentence}: the record has {_held(tree['record_value'])}"


def _held(value: object) -> str:
    if value in (None, "", []):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(f"“{item}”" for item in value)
    return f"“{value}”" if isinstance(value, str) else str(value)


class WhyRecord(QDialog):
    """Asks for a key and explains; `key` is explained at once."""

    def __init__(
        self, workspace: Workspace, jobs: Jobs, facts: Facts, key: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._jobs, self._facts = workspace, jobs, facts
        self.setWindowTitle("Why is a record a member?")
        self.setAccessibleName(self.windowTitle())
        self.setObjectName("why_record")
        self.resize(620, 420)
        self._key = QLineEdit(key)
        self._key.setAccessibleName(f"{facts.record_type.key_label} of the record")
        self._key.setPlaceholderText(f"{facts.record_type.key_label} of the record")
        ask = QPushButton("Explain")
        ask.setDefault(True)
        self._answer = text_label()
        self._answer.setObjectName("why_answer")
        self._because = QPlainTextEdit()
        self._because.setReadOnly(True)
        self._because.setTabChangesFocus(True)
        self._because.setAccessibleName("Conditions and their answers")
        self._because.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        close = QPushButton("Close")
        close.setAutoDefault(False)
        top = QHBoxLayout()
        top.addWidget(self._key, 1)
        top.addWidget(ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self._answer)
        column.addWidget(self._because, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        ask.clicked.connect(self._ask)
        close.clicked.connect(self.accept)
        if key:
            self._ask()

    def _ask(self) -> None:
        key = self._key.text().strip()
        if not key:
            return
        workspace, segment_id = self._workspace, self._facts.summary.id
        self._jobs.read(
            lambda: explain(workspace, segment_id, key),
            while_there(self, lambda found: self._show(key, found)),
            key="why a record",
            failed=while_there(self, self._failed),
        )

    def _show(self, key: str, found: Explanation) -> None:
        self._answer.setText(answer_said(found, key, self._facts.summary.name))
        self._because.setPlainText("\n".join(because_said(found.because, self._facts.record_type)))

    def _failed(self, error: BaseException) -> None:
        self._answer.setText(str(error))
        self._because.clear()
