"""Overview: why the segment is as it is, and its facts at a glance.

Stands apart as one of the tabs; what it says comes from reasons.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from segment_manager.domain.usage import Reference
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.formats import DASH, moment_text, number
from segment_manager.ui.details.header import text_label
from segment_manager.ui.details.reasons import members_line, stale_line, why, why_heading

SHOWN_SEQUENCES = 5


class OverviewTab(QScrollArea):
    """Reads nothing itself: it is given the facts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overview_tab")
        self.setAccessibleName("Overview")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._broken = text_label(role="error")
        self._heading = _heading("")
        self._why = text_label()
        self._why.setObjectName("why")
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(18)
        self._form.setVerticalSpacing(7)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._values: dict[str, QLabel] = {}
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(14, 12, 14, 14)
        column.setSpacing(6)
        column.addWidget(self._broken)
        column.addWidget(self._heading)
        column.addWidget(self._why)
        column.addSpacing(12)
        column.addWidget(_heading("Facts"))
        column.addLayout(self._form)
        column.addStretch(1)
        self.setWidget(inside)

    def show_facts(self, facts: Facts) -> None:
        """Show a segment's facts."""
        missing = facts.detail.missing
        self._broken.setVisible(facts.summary.broken)
        lost = f" It lacks: {', '.join(missing)}." if missing else ""
        self._broken.setText(
            f"The rule is broken.{lost} The segment keeps its members but is not computed until the rule is changed."
        )
        self._heading.setText(why_heading(facts))
        self._why.setText("\n".join(why(facts)))
        for label, value in _rows(facts):
            self._show_row(label, value)

    def _show_row(self, label: str, value: str) -> None:
        if label not in self._values:
            shown = text_label()
            name = text_label(label, "muted")
            name.setWordWrap(False)
            name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            self._form.addRow(name, shown)
            self._values[label] = shown
        self._values[label].setText(value)


def _heading(text: str) -> QLabel:
    label = text_label(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _rows(facts: Facts) -> list[tuple[str, str]]:
    summary, zone, today = facts.summary, facts.zone, facts.today
    members = members_line(facts)
    stale = stale_line(facts)
    created = moment_text(summary.created_at, zone, today)
    return [
        ("Members", f"{members}\n{stale}" if stale else members),
        ("Sequences", _sequences(facts.sequences)),
        ("Keep active", "On: the scan leaves it alone" if summary.keep_active else "Off"),
        ("Last used", _last_used(facts)),
        ("Created", f"{created} by {facts.detail.created_by}" if facts.detail.created_by else created),
        ("Activated", moment_text(facts.detail.activated_at, zone, today)),
        ("Modified", moment_text(summary.modified_at, zone, today)),
        ("Tags", ", ".join(summary.tags) or DASH),
        ("Description", summary.description or DASH),
    ]


def _last_used(facts: Facts) -> str:
    if facts.summary.last_used is None:
        return "In use now"
    return moment_text(facts.summary.last_used, facts.zone, facts.today)


def _sequences(sequences: Sequence[Reference]) -> str:
    lines = [f"{reference.asset_name} ({reference.state})" for reference in sequences[:SHOWN_SEQUENCES]]
    if len(sequences) > SHOWN_SEQUENCES:
        lines.append(f"and {number(len(sequences) - SHOWN_SEQUENCES)} more, see Usage")
    return "\n".join(lines) or "None"
