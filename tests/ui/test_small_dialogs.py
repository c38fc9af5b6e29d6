"""The smaller dialogs over a real window: tags, renaming, export, review of unused ones, settings, all commands."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QSpinBox, QTreeWidget

from segment_manager.operations import segments
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace
from segment_manager.ui.export_segments import export_job, safe_file_name
from tests.ui.window_scene import EVERYTHING, named, opened


def test_renaming(driver, path):
    """A name that is taken is said in the dialog, which stays; a free one is taken over."""
    driver.select("Free plan")
    driver.act("rename")
    dialog = driver.dialog("Rename segment")
    dialog.field.setText("BERLIN trials")
    driver.press(dialog, "Rename")
    assert dialog.isVisible()
    assert "exists already" in dialog.problem.text()
    dialog.field.setText("Paid plan")
    driver.press(dialog, "Rename")
    driver.until(lambda: "Paid plan" in driver.shown())
    assert driver.selected() == ["Paid plan"]
    assert "Paid plan" in named(path)


def test_tags_of_several(driver, path):
    """Added tags go to all; a tag that only some have stays where it is unless it is touched."""
    workspace = Workspace.open(path)
    segments.tag(workspace, [1], ["old"], [])
    workspace.close()
    driver.until(lambda: driver.list.table.rows[0].tags == ("old",))
    driver.select("Ärzte", "Free plan")
    driver.act("tags")
    dialog = driver.dialog("Tags")
    assert dialog.findChild(QCheckBox).checkState() == Qt.CheckState.PartiallyChecked
    dialog.findChild(QLineEdit).setText("vip, spring ")
    driver.press(dialog, "Save tags")
    driver.until(lambda: dict(named(path))["Free plan"].tags == ("spring", "vip"))
    assert named(path)["Ärzte"].tags == ("old", "spring", "vip")


def test_review_shows_and_marks(tmp_path, qtbot):
    """The review lists what the scan would mark for each grace period, and marks it when asked to."""
    path = tmp_path / "old.segments"
    long_ago = datetime.now(UTC) - timedelta(days=50)
    old = Workspace.create(path, clock=lambda: long_ago)
    segments.create(old, "Lead", "Forgotten", EVERYTHING)
    from segment_manager.operations.settings import change_setting

    change_setting(old, "auto_scan", False)
    old.close()
    with opened(path, qtbot) as driver:
        assert "Review unused (1)" in driver.window.tools.review_unused.iconText()
        driver.window.tools.review_unused.trigger()
        dialog = driver.dialog("Review unused segments")
        driver.until(lambda: dialog.table.rowCount() == 1)
        assert dialog.table.index(0, 0).data() == "Forgotten"
        driver.press(dialog, "Mark 1 segment unused")
        driver.until(lambda: named(path)["Forgotten"].reason == "unused")
        driver.until(lambda: driver.shown() == [])


def test_automatic_scan_tells_what_it_marked(tmp_path, qtbot):
    """The automatic scan marks unused segments at opening and says so, with Undo; the review begins with them."""
    path = tmp_path / "old.segments"
    long_ago = datetime.now(UTC) - timedelta(days=50)
    old = Workspace.create(path, clock=lambda: long_ago)
    segments.create(old, "Lead", "Forgotten", EVERYTHING)
    old.close()
    with opened(path, qtbot) as driver:
        driver.until(lambda: "marked unused" in driver.window.result_bar.message)
        driver.window.tools.review_unused.trigger()
        dialog = driver.dialog("Review unused segments")
        driver.until(lambda: dialog.table.rowCount() == 1)
        assert dialog.table.index(0, 0).data() == "Forgotten"
        dialog.reject()
        driver.press(driver.window, "Undo marking")
        driver.until(lambda: named(path)["Forgotten"].status == "active")


def test_export_writes_what_was_selected(driver, path, tmp_path):
    """CSV and JSON hold the selected segments; a cancelled export leaves no file."""
    workspace = Workspace.open(path)
    target = tmp_path / "out.csv"
    assert finish(export_job(workspace, "segments", [1, 2], target)) == 2
    with target.open(encoding="utf-8", newline="") as stream:
        assert [row["name"] for row in csv.DictReader(stream)] == ["Ärzte", "Berlin trials"]
    assert target.stat().st_mode & 0o777 == 0o600
    finish(export_job(workspace, "segments", [2], tmp_path / "out.json"))
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))[0]["name"] == "Berlin trials"
    job = export_job(workspace, "segments", list(range(1, 9)) * 100, tmp_path / "stopped.csv")
    next(job)
    job.close()
    assert not list(tmp_path.glob("stopped*"))
    workspace.close()


@pytest.mark.parametrize("name", ["../../x", "a/b\\c", "..", "\u202eabc", "x" * 300, ""])
def test_file_names_stay_in_their_folder(name):
    """A proposed file name holds no path, whatever the segment is called."""
    made = safe_file_name(name)
    assert made
    assert not set(made) & set('/\\:*?"<>|')
    assert made not in (".", "..")


def test_settings_are_saved(driver, path):
    """What a System Administrator changes in the settings is stored."""
    driver.window.on_workspace.settings.trigger()
    dialog = driver.dialog("Workspace settings")
    grace = dialog.findChild(QSpinBox)
    driver.until(lambda: grace.value() == 45)
    grace.setValue(30)
    checks = {check.text(): check for check in dialog.findChildren(QCheckBox)}
    assert [name for name in ("Sequences", "Test lists", "Reports") if checks[name].isChecked()] == [
        "Sequences",
        "Test lists",
    ]
    checks["Test lists"].setChecked(False)
    driver.press(dialog, "Save settings")
    workspace = Workspace.open(path)
    assert queries.settings(workspace)["grace_days"] == 30
    assert queries.settings(workspace)["counted_types"] == ["sequence", "campaign", "journey", "message"]
    workspace.close()


def test_all_commands_runs_one_and_says_why_others_cannot(driver):
    """The list of all commands runs what is chosen; greyed-out ones say why."""
    driver.list.selection.select_none()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_P, both)
    dialog = driver.dialog("All commands")
    tree = dialog.findChild(QTreeWidget)
    found = {tree.topLevelItem(each).text(0): tree.topLevelItem(each) for each in range(tree.topLevelItemCount())}
    assert "Select one or more segments first." in found["Clone"].text(2)
    driver.qtbot.keyClicks(dialog.search, "select all")
    driver.qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    driver.settle()
    assert len(driver.selected()) == 6
