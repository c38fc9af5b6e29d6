"""Replace, through the real window: choose a segment, see what changes, carry it out, undo it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTextEdit

from segment_manager.domain.questions import Rewritten
from segment_manager.domain.rules import from_json
from segment_manager.operations import segments
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace
from segment_manager.ui.long_lists import RewrittenView
from tests.ui.window_scene import button, make_workspace, text_of


@pytest.fixture
def path(tmp_path):
    made = make_workspace(tmp_path / "w.segments")
    workspace = Workspace.open(made)
    segments.create(workspace, "Lead", "Rests on dormant", from_json('{"op":"in_segment","value":"Dormant leads"}'))
    workspace.close()
    return made


def read(path, question):
    """An answer of the workspace to another program."""
    workspace = Workspace.open(path)
    try:
        return question(workspace)
    finally:
        workspace.close()


def users(path, name):
    """The assets that use a segment, by name."""

    def ask(workspace):
        (segment_id,) = queries.segment_ids(workspace, "Lead", [name])
        return [each.asset_name for each in queries.references(workspace, segment_id)]

    return read(path, ask)


def choose(driver, text):
    """Type into the chooser and go on."""
    dialog = driver.dialog("Replace")
    driver.qtbot.keyClicks(dialog.search, text)
    driver.press(dialog, "Continue")
    return dialog


def test_deactivating_with_a_replacement_shows_what_changes_and_can_be_undone(driver, path):
    """The campaign goes over to the other segment, said beforehand; Undo gives it back."""
    driver.select("Dormant leads")
    driver.act("deactivate")
    driver.press(driver.dialog("Deactivate segment"), "Replace in campaigns…")
    choose(driver, "free")
    question = driver.dialog("Deactivate segment")
    said = text_of(question)
    assert "Replace “Dormant leads” by “Free plan” and deactivate it?" in said
    assert "Spring renewal (campaign, live)" in said
    assert "before: is in segment “Dormant leads”" in said
    assert "after: is in segment “Free plan”" in said
    assert button(question, "Cancel").isDefault()
    driver.press(question, "Replace and deactivate")
    driver.until(lambda: users(path, "Free plan") == ["Spring renewal"])
    driver.until(lambda: driver.window.result_bar.message == "“Dormant leads” replaced by “Free plan” and deactivated.")
    driver.press(driver.window, "Undo deactivation")
    driver.until(lambda: users(path, "Free plan") == [])
    assert users(path, "Dormant leads") == ["Spring renewal"]


def test_deleting_what_rules_refer_to(driver, path):
    """A segment that cannot be deleted because of a rule goes once the rule refers to another."""
    driver.select("Dormant leads")
    driver.act("delete_permanently")
    driver.press(driver.dialog("Segment can't be deleted"), "Replace…")
    choose(driver, "churn")
    driver.press(driver.dialog("Delete segment"), "Replace and delete permanently")
    driver.until(lambda: "Dormant leads" not in driver.shown())
    assert users(path, "Churn risk") == ["Annual survey", "Spring renewal"]

    def rule(workspace):
        return queries.rule_of(workspace, *queries.segment_ids(workspace, "Lead", ["Rests on dormant"]))

    assert "Churn risk" in read(path, rule)
    assert "Backup: today" in driver.window.result_bar.message


def test_what_would_make_a_circle_is_refused_where_another_can_be_chosen(driver):
    """The chooser stays, says why, and takes another choice; it offers no selected segment and no Contact."""
    driver.select("Dormant leads")
    driver.act("delete_permanently")
    driver.press(driver.dialog("Segment can't be deleted"), "Replace…")
    dialog = driver.dialog("Replace")
    names = [each.name for each in dialog.table.rows]
    assert "Dormant leads" not in names
    assert "Contacts" not in names
    assert "Old webinar" in names
    driver.qtbot.keyClicks(dialog.search, "rests on")
    driver.press(dialog, "Continue")
    assert dialog.isVisible()
    assert dialog.problem.text()
    dialog.search.setText("nobody has this name")
    assert not dialog.action.isEnabled()
    dialog.search.setText("free")
    driver.press(dialog, "Continue")
    question = driver.dialog("Delete segment")
    driver.press(question, "Choose another…")
    driver.qtbot.keyClick(driver.dialog("Replace"), Qt.Key.Key_Escape)
    driver.settle()
    assert driver.dialogs() == []
    assert "Dormant leads" in driver.shown()


def test_segments_of_several_record_types_cannot_be_replaced_together(driver):
    """The refusal says what to select instead."""
    driver.window.filter_bar.record_type.setCurrentText("All record types")
    driver.until(lambda: "Contacts" in driver.shown())
    driver.select("Dormant leads", "Contacts")
    driver.act("delete_permanently")
    driver.press(driver.dialog("Segments can't be deleted"), "Replace…")
    assert "several record types" in text_of(driver.dialog("Not done"))


def test_before_and_after_is_plain_text(qtbot):
    """Markup in names and rules is just text, and a long list scrolls instead of growing the dialog."""
    view = RewrittenView(Rewritten((("<b>A</b>", "x\ny", "<i>z</i>"),) * 400))
    qtbot.addWidget(view)
    assert isinstance(view, QTextEdit)
    assert view.toPlainText().startswith("<b>A</b>\nBefore: x y\nAfter: <i>z</i>")
    assert view.height() <= 240
