"""'Bring back segments', through the real window: what was deleted for good is there again, and that can be undone."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog

from segment_manager.domain.rules import from_json
from segment_manager.operations import segments
from segment_manager.storage.workspace import Workspace
from tests.ui.window_scene import button, named


def delete(driver, name):
    """Delete one segment for good."""
    driver.select(name)
    driver.act("delete_permanently")
    driver.press(driver.dialog("Delete segment"), "Delete permanently")
    driver.until(lambda: name not in driver.shown())
    driver.settle()


def test_a_deleted_segment_comes_back(driver, path):
    """From the backup made before its deletion, found without asking; undo takes it away again."""
    delete(driver, "Churn risk")
    driver.window.on_workspace.bring_back.trigger()
    dialog = driver.dialog("Bring back segments")
    driver.until(lambda: dialog.table.rowCount() == 1)
    assert dialog.backups.currentText().endswith("before deletion")
    driver.press(dialog, "Bring back 1 segment")
    driver.until(lambda: "Churn risk" in driver.shown())
    assert "Churn risk" in named(path)
    assert "Brought back “Churn risk”." in driver.window.result_bar.message
    driver.window.menus.undo.trigger()
    driver.until(lambda: "Churn risk" not in driver.shown())


def test_a_name_that_is_taken_is_said(driver, path):
    """Nothing can be brought back under a name that another segment has by now."""
    delete(driver, "Churn risk")
    workspace = Workspace.open(path)
    segments.create(workspace, "Lead", "CHURN RISK", from_json('{"everything":true}'))
    workspace.close()
    driver.window.on_workspace.bring_back.trigger()
    dialog = driver.dialog("Bring back segments")
    driver.until(lambda: dialog.table.rowCount() == 1)
    assert "Another segment is called “Churn risk” now." in dialog.problem.text()
    assert not button(dialog, "Bring back 1 segment").isEnabled()
    dialog.reject()


def test_without_a_backup_a_file_can_be_chosen(driver, path, monkeypatch):
    """A file that is no workspace is refused with the reason, and the dialog stays."""
    driver.window.on_workspace.bring_back.trigger()
    dialog = driver.dialog("Bring back segments")
    driver.settle()
    other = path.with_name("notes.txt")
    other.write_text("not a workspace")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (str(other), ""))
    driver.press(dialog, "Another file…")
    driver.until(lambda: "notes.txt" in dialog.problem.text())
    assert dialog.isVisible()
    assert not button(dialog, "Bring back").isEnabled()
    dialog.reject()
