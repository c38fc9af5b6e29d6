"""Rule versions: which rule a segment had when, what changed from one to the next, and taking one up again.

Stands apart as one of the two pages of the History tab.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import describe, from_json
from segment_manager.operations.timeline import RuleVersion, version_difference
from segment_manager.ui.details.changes_said import DONE
from segment_manager.ui.details.formats import counted, moment_text
from segment_manager.ui.details.header import text_label

BEFORE, NOW = "the version before", "the rule now"


class VersionsPage(QWidget):
    """`use_wanted(version)`: the person wants the segment to have this rule again."""

    use_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._versions: Sequence[RuleVersion] = ()
        self._record_type: RecordType | None = None
        self._why_not = ""
        self._said = text_label()
        self._list = QTreeWidget()
        self._against = QComboBox()
        self._difference = QPlainTextEdit()
        self.use_button = QPushButton("Use this version again")
        self._problem = text_label(role="error")
        self._problem.setObjectName("version_problem")
        self._build()

    def _build(self) -> None:
        table = self._list
        table.setObjectName("rule_versions")
        table.setAccessibleName("Rule versions")
        table.setHeaderLabels(["Version", "Since", "By", "How"])
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setStyleSheet("QTreeView::item { padding: 3px 4px; }")
        table.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for section, width in enumerate((84, 150, 90)):
            table.header().resizeSection(section, width)
        self._against.addItems([BEFORE, NOW])
        self._against.setAccessibleName("Compare with")
        self._against.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._against.setMinimumContentsLength(8)
        self._difference.setReadOnly(True)
        self._difference.setTabChangesFocus(True)
        self._difference.setObjectName("rule_difference")
        self._difference.setAccessibleName("Difference")
        compare = QLabel("Compared with")
        compare.setBuddy(self._against)
        line = QHBoxLayout()
        line.addWidget(compare)
        line.addWidget(self._against, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._said)
        column.addWidget(table, 2)
        column.addLayout(line)
        column.addWidget(self._difference, 3)
        column.addWidget(self._problem)
        column.addWidget(self.use_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._problem.hide()
        table.currentItemChanged.connect(lambda _item, _before: self._show())
        self._against.currentIndexChanged.connect(lambda _index: self._show())
        self.use_button.clicked.connect(lambda _checked: self._use())

    def show_versions(
        self, versions: Sequence[RuleVersion], record_type: RecordType, zone: tzinfo, today: date
    ) -> None:
        """Show other versions, newest first; the newest is chosen."""
        self._versions, self._record_type = versions, record_type
        self._said.setText(f"{counted(len(versions), 'version')} of the rule, the newest first.")
        self._list.blockSignals(True)
        self._list.clear()
        for version in versions:
            mark = f"{version.number} (now)" if version.current else str(version.number)
            how = DONE.get(version.action, version.action.capitalize())
            item = QTreeWidgetItem([mark, moment_text(version.at, zone, today), version.who, how])
            if version.current:
                font = item.font(0)
                font.setBold(True)
                item.setFont(0, font)
            self._list.addTopLevelItem(item)
        newest = self._list.topLevelItem(0)
        if newest is not None:
            self._list.setCurrentItem(newest)
        self._list.blockSignals(False)
        self._show()

    def allow_editing(self, allowed: bool, why_not: str) -> None:
        """Whether a version may be taken up again; else the tooltip says why not."""
        self._why_not = "" if allowed else why_not
        self._show()

    def tell_problem(self, problem: str) -> None:
        """Why a version could not be used again."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def _chosen(self) -> RuleVersion | None:
        item = self._list.currentItem()
        row = -1 if item is None else self._list.indexOfTopLevelItem(item)
        return self._versions[row] if 0 <= row < len(self._versions) else None

    def _show(self) -> None:
        self.tell_problem("")
        version = self._chosen()
        if version is None or self._record_type is None:
            self._difference.clear()
            self.use_button.setEnabled(False)
            return
        self._difference.setPlainText("\n".join(self._lines(version, self._record_type)))
        why_not = self._why_not or ("This is the rule it has now." if version.current else "")
        self.use_button.setEnabled(not why_not)
        self.use_button.setToolTip(why_not)

    def _lines(self, version: RuleVersion, record_type: RecordType) -> list[str]:
        other = self._other(version)
        try:
            whole = f"The whole rule: {describe(from_json(version.rule_json), record_type)}."
            if other is None:
                return ["This is the first version.", "", whole]
            found = version_difference(other.rule_json, version.rule_json, record_type)
        except InvalidRule as error:
            return [f"This rule cannot be read: {error}"]
        said = [each.said for each in found] or ["Both select the same."]
        return [*said, "", whole]

    def _other(self, version: RuleVersion) -> RuleVersion | None:
        if self._against.currentText() == NOW:
            return self._versions[0]
        return next((each for each in self._versions if each.number == version.number - 1), None)

    def _use(self) -> None:
        version = self._chosen()
        if version is not None and self.use_button.isEnabled():
            self.use_wanted.emit(version)
