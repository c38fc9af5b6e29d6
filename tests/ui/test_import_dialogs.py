"""The import dialogs: what is found in a file is shown and can be changed, and bad rows never go in unnoticed."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLabel, QLineEdit, QPushButton, QTableWidget

from segment_manager.domain.changes import Change, Progress
from segment_manager.domain.mapping import FieldMapping, Mapping
from segment_manager.domain.records import FieldType
from segment_manager.domain.rules import from_json
from segment_manager.domain.segments import Status
from segment_manager.operations import segments
from segment_manager.operations.imports import import_records
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries
from segment_manager.ui.imports import ImportRecords, ImportSegments, ImportUsage
from segment_manager.ui.imports.kept_mappings import KEPT, keep_mapping, kept_mapping, key_of

QUIRKY = (
    "Id;Name;Score;Joined;Opt in;Notes\n"
    '1;"Müller; Jörg";1,5;31/12/2025;yes;"line one\nline two"\n'
    "2;O'Neil;2,25;01/02/2026;no;\n"
    "3;Zoë;n/a;15/03/2026;yes;ok\n"
)
FOREIGN = (
    "Type;Ref;Title;Standing;Segment;Start\n"
    "Drip;1;Win-back;On air;All;03/04/2026\n"
    "Drip;2;Two;Paused;All;\n"
    "Page;3;Welcome;On air;All;\n"
)
BAD = "Id;Score\n1;10\n2;many\n3;30\n"


@pytest.fixture
def records(qtbot, workspace, jobs):
    """Opens 'Import records' on a file."""

    def open_dialog(path=None, record_type=None) -> ImportRecords:
        dialog = ImportRecords(workspace, jobs, path, record_type)
        qtbot.addWidget(dialog)
        dialog.open()
        if path is not None:
            qtbot.waitUntil(button(dialog, "Import").isEnabled)
        return dialog

    return open_dialog


def part(dialog: QDialog, kind: type, name: str):
    return next(each for each in dialog.findChildren(kind) if each.accessibleName() == name)


def button(dialog: QDialog, text: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if each.text() == text)


def choose(combo: QComboBox, text: str) -> None:
    """Choose an entry as a person does."""
    index = combo.findText(text)
    assert index >= 0, [combo.itemText(n) for n in range(combo.count())]
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def heading(dialog: QDialog) -> str:
    label = dialog.findChild(QLabel, "outcome_heading")
    return label.text() if label.isVisible() else ""


def outcome(dialog: QDialog) -> str:
    return dialog.findChild(QLabel, "outcome").text().splitlines()[0]


def seen(qtbot, dialog: ImportRecords, test) -> None:
    """Wait until the preview of the newest choices is shown and satisfies."""
    qtbot.waitUntil(lambda: dialog._preview is not None and test(dialog._preview))


def types(dialog: ImportRecords) -> dict[str, str]:
    table = part(dialog, QTableWidget, "Columns of the file")
    headers = [table.horizontalHeaderItem(n).text() for n in range(table.columnCount())]
    return {header: table.cellWidget(0, n).currentText() for n, header in enumerate(headers)}


def test_a_quirky_file_is_imported_as_arranged(qtbot, records, workspace, tmp_path, jobs):
    """Semicolons, decimal commas, quoted line ends and day-first dates go in as what they mean."""
    file = tmp_path / "quirky.csv"
    file.write_bytes(QUIRKY.encode("cp1252"))
    dialog = records(file, queries.record_type(workspace, "Lead"))
    assert types(dialog)["Id (key)"] == "Key"
    part(dialog, QLineEdit, "Words for an empty value").setText("n/a")
    part(dialog, QLineEdit, "Words for an empty value").editingFinished.emit()
    seen(qtbot, dialog, lambda found: dialog._mapping.null_words == ("n/a",))
    choose(part(dialog, QComboBox, "Decimal sign"), "Comma: 1,5")
    choose(part(dialog, QComboBox, "Order of dates"), "D/M/Y")
    seen(qtbot, dialog, lambda found: found.columns[2].type is FieldType.DECIMAL)
    choose(part(dialog, QComboBox, "Type of Notes"), "Leave out")
    seen(qtbot, dialog, lambda found: found.columns[5].left_out)
    label = part(dialog, QLineEdit, "Label of Score")
    label.selectAll()
    qtbot.keyClicks(label, "Points")
    label.editingFinished.emit()
    seen(qtbot, dialog, lambda found: found.columns[2].label == "Points")
    with qtbot.waitSignal(jobs.changed):
        button(dialog, "Import").click()
    assert heading(dialog) == "Imported 3 records"
    assert outcome(dialog) == "3 added, 0 updated, 0 unchanged, 0 rejected, of 3 rows read."
    lead = queries.record_type(workspace, "Lead")
    assert "Points" in [field.label for field in lead.fields]
    assert lead.field("notes") is None
    _, first = queries.record_by_key(workspace, lead, "1")
    assert first["name"] == "Müller; Jörg"
    assert first[next(field.name for field in lead.fields if field.label == "Points")] == Decimal("1.5")
    assert first["joined"].isoformat() == "2025-12-31"
    assert first["opt_in"] is True
    assert button(dialog, "Close").isEnabled()


def test_a_new_record_type_is_made(qtbot, records, workspace, tmp_path, jobs):
    """A name that is not there yet becomes a record type."""
    file = tmp_path / "partners.csv"
    file.write_text("Id,City\nA,Berlin\nB,Oslo\n", encoding="utf-8")
    dialog = records(file)
    part(dialog, QComboBox, "Import into record type").setCurrentText("Partner")
    assert any(each.text() == "A new record type is made." for each in dialog.findChildren(QLabel))
    with qtbot.waitSignal(jobs.changed):
        button(dialog, "Import").click()
    partner = queries.record_type(workspace, "Partner")
    assert queries.record_count(workspace, partner) == 2


def test_bad_rows_stop_it_and_the_good_ones_can_go_alone(qtbot, records, workspace, tmp_path, jobs):
    """A refused import names line, column and reason and changes nothing; one press imports the rest."""
    first = tmp_path / "first.csv"
    first.write_text("Id;Score\n1;5\n", encoding="utf-8")
    finish(import_records(workspace, first, "Lead"))
    lead = queries.record_type(workspace, "Lead")
    file = tmp_path / "bad.csv"
    file.write_text(BAD, encoding="utf-8")
    dialog = records(file, lead)
    button(dialog, "Import").click()
    qtbot.waitUntil(lambda: heading(dialog) == "1 row cannot be imported")
    table = part(dialog, QTableWidget, "Rows that cannot be imported")
    rows = [each for each in dialog.findChildren(QTableWidget, "bad_rows") if each.isVisible()]
    assert table is not None
    assert [rows[0].item(0, n).text() for n in range(2)] == ["3", "Score"]
    assert "many" in rows[0].item(0, 2).text()
    assert queries.record_count(workspace, lead) == 1
    with qtbot.waitSignal(jobs.changed):
        button(dialog, "Import the good rows only").click()
    assert outcome(dialog) == "1 added, 1 updated, 0 unchanged, 1 rejected, of 3 rows read."
    assert button(dialog, "Open the file of rejected rows").isVisible()
    assert (tmp_path / "bad.rejects.csv").is_file()
    assert queries.record_count(workspace, lead) == 2


def test_skip_bad_rows_does_so_at_once(qtbot, records, workspace, tmp_path, jobs):
    """With the box ticked the good rows go in and the bad ones are counted."""
    first = tmp_path / "first.csv"
    first.write_text("Id;Score\n1;5\n", encoding="utf-8")
    finish(import_records(workspace, first, "Lead"))
    file = tmp_path / "bad.csv"
    file.write_text(BAD, encoding="utf-8")
    dialog = records(file, queries.record_type(workspace, "Lead"))
    next(each for each in dialog.findChildren(QCheckBox) if each.text() == "Skip bad rows").setChecked(True)
    with qtbot.waitSignal(jobs.changed):
        button(dialog, "Import").click()
    assert "1 rejected" in outcome(dialog)


def test_what_was_said_is_kept_for_the_next_file(qtbot, records, workspace, tmp_path, jobs):
    """A file with the same columns opens with the types and labels of the last time."""
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("Id,Phone\n1,0301234\n2,0305678\n", encoding="utf-8")
    lead = queries.record_type(workspace, "Lead")
    dialog = records(tmp_path / "one.csv", lead)
    choose(part(dialog, QComboBox, "Type of Phone"), "Text")
    seen(qtbot, dialog, lambda found: found.columns[1].type is FieldType.TEXT)
    with qtbot.waitSignal(jobs.changed):
        button(dialog, "Import").click()
    again = records(tmp_path / "two.csv", queries.record_type(workspace, "Account"))
    qtbot.waitUntil(lambda: again._mapping.fields.get("Phone") == FieldMapping(type=FieldType.TEXT))
    seen(qtbot, again, lambda found: found.columns[1].type is FieldType.TEXT)


def test_a_file_can_be_dropped(qtbot, records, tmp_path):
    """A file dropped on the dialog is the chosen one."""
    file = tmp_path / "dropped.csv"
    file.write_text("Id,City\n1,Berlin\n", encoding="utf-8")
    dialog = records()
    assert not button(dialog, "Import").isEnabled()
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(file))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    dialog.dropEvent(QDropEvent(QPointF(10, 10), copy, carried, left, none))
    qtbot.waitUntil(button(dialog, "Import").isEnabled)
    assert dialog.file() == file


@pytest.mark.parametrize(
    ("name", "content"), [("gone.csv", None), ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0"), ("empty.csv", b"")]
)
def test_a_file_that_cannot_be_read_is_told(qtbot, records, tmp_path, name, content):
    """A missing, foreign or empty file gives a sentence, and Import stays grey."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    dialog = records()
    dialog.set_file(tmp_path / name)
    qtbot.waitUntil(lambda: name in dialog.error.text())
    assert not button(dialog, "Import").isEnabled()


def test_a_running_import_can_be_cancelled(qtbot, records, workspace, tmp_path, monkeypatch, jobs):
    """Cancel stops it at its next step; the dialog stays, says so, and nothing was changed."""
    file = tmp_path / "leads.csv"
    file.write_text("Id,City\n1,Berlin\n", encoding="utf-8")
    dialog = records(file)

    def endless():
        done = 0
        while True:
            done += 1
            yield Progress(done % 100, 100, "Reading the rows")

    monkeypatch.setattr(dialog, "work", lambda path, skip: endless)
    button(dialog, "Import").click()
    qtbot.waitUntil(lambda: any(each.text() == "Reading the rows" for each in dialog.findChildren(QLabel)))
    dialog.close()
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: dialog.error.text() == "Cancelled. Nothing was changed.")
    assert button(dialog, "Import").isVisible()


def test_usage_is_imported_and_what_is_missing_ended(qtbot, workspace, tmp_path, jobs):
    """'This file is complete' ends the assets that the file does not hold."""
    segment_id = min(segments.create(workspace, "Lead", "All", from_json('{"everything":true}')).added)
    for name, assets in (("one.jsonl", ("s1", "s2")), ("two.jsonl", ("s1",))):
        rows = [
            {"asset_type": "sequence", "asset_id": each, "asset_name": each.upper(), "state": "live",
             "record_type": "Lead", "segment": "All"}
            for each in assets
        ]  # fmt: skip
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for name in ("one.jsonl", "two.jsonl"):
        dialog = ImportUsage(workspace, jobs, tmp_path / name)
        qtbot.addWidget(dialog)
        dialog.open()
        assert dialog.windowTitle() == "Import usage"
        box = next(each for each in dialog.findChildren(QCheckBox) if each.text().startswith("This file is complete"))
        box.setChecked(name == "two.jsonl")
        qtbot.waitUntil(button(dialog, "Import").isEnabled)
        with qtbot.waitSignal(jobs.changed):
            button(dialog, "Import").click()
    states = {each.asset_name: each.state for each in queries.references(workspace, segment_id)}
    assert states == {"S1": "live", "S2": "ended"}


@pytest.fixture
def foreign(qtbot, workspace, jobs, tmp_path):
    """Opens 'Import usage' on a file of another program, with one segment, All, to refer to."""
    segments.create(workspace, "Lead", "All", from_json('{"everything":true}'))

    def open_dialog(name: str = "foreign.csv", text: str = FOREIGN) -> ImportUsage:
        (tmp_path / name).write_text(text, encoding="utf-8")
        dialog = ImportUsage(workspace, jobs, tmp_path / name)
        qtbot.addWidget(dialog)
        dialog.open()
        qtbot.waitUntil(lambda: dialog._preview is not None)
        return dialog

    return open_dialog


def meanings(dialog: ImportUsage) -> list[str]:
    table = part(dialog, QTableWidget, "Columns of the file")
    return [table.cellWidget(0, n).currentText() for n in range(table.columnCount())]


def words(dialog: ImportUsage) -> dict[str, str]:
    table = part(dialog, QTableWidget, "Words of the file")
    return {table.item(row, 0).text(): table.cellWidget(row, 3).currentText() for row in range(table.rowCount())}


def needs(dialog: ImportUsage) -> str:
    label = dialog.findChild(QLabel, "usage_needs")
    return label.text() if label.isVisible() else ""


def uses(workspace) -> list[tuple[str, str, str]]:
    return [(str(each.asset_type), each.name, str(each.state)) for each in queries.assets(workspace)]


def test_a_foreign_usage_file_is_arranged_and_remembered(qtbot, foreign, workspace, jobs):
    """Columns and words that are not known are asked for, and the next file with the same columns needs no question."""
    dialog = foreign()
    assert meanings(dialog) == ["Asset type", "Leave out", "Asset name", "Leave out", "Segment", "Started on"]
    assert needs(dialog).startswith("No column is known to be the asset ID or the state")
    assert not button(dialog, "Import").isEnabled()
    part(dialog, QComboBox, "Meaning of Ref").setFocus()
    choose(part(dialog, QComboBox, "Meaning of Ref"), "Asset ID")
    seen(qtbot, dialog, lambda found: found.lacking == ("state",))
    assert dialog.focusWidget().accessibleName() == "Meaning of Ref"
    assert dialog.focusWidget().currentText() == "Asset ID"
    choose(part(dialog, QComboBox, "Meaning of Standing"), "State")
    seen(qtbot, dialog, lambda found: not found.lacking)
    assert words(dialog) == {"Drip": "Choose…", "Page": "Choose…", "On air": "Choose…", "Paused": "Paused"}
    assert "The dates may be day/month or month/day" in needs(dialog)
    choose(part(dialog, QComboBox, "Meaning of the word Drip"), "Sequence")
    seen(qtbot, dialog, lambda found: "“Drip”" not in needs(dialog))
    choose(part(dialog, QComboBox, "Meaning of the word Page"), "Leave its lines out")
    seen(qtbot, dialog, lambda found: "“Page”" not in needs(dialog))
    choose(part(dialog, QComboBox, "Meaning of the word On air"), "Live")
    choose(part(dialog, QComboBox, "Order of dates"), "D/M/Y")
    seen(qtbot, dialog, lambda found: not needs(dialog))
    with qtbot.waitSignal(jobs.changed):
        button(dialog, "Import").click()
    assert uses(workspace) == [("sequence", "Two", "paused"), ("sequence", "Win-back", "live")]
    again = foreign("again.csv", FOREIGN.replace("Paused", "On air"))
    seen(qtbot, again, lambda found: not found.lacking)
    assert words(again) == {"Drip": "Sequence", "Page": "Leave its lines out", "On air": "Live"}
    with qtbot.waitSignal(jobs.changed):
        button(again, "Import").click()
    assert ("sequence", "Two", "live") in uses(workspace)


def test_a_meaning_has_one_column(qtbot, foreign):
    """The column that had it is left out when another one is chosen, and so is it for an asset type of every line."""
    dialog = foreign(text="Type,ID,Code,Status,Segment\ncampaign,1,C-1,live,All\n")
    assert meanings(dialog) == ["Asset type", "Asset ID", "Leave out", "State", "Segment"]
    choose(part(dialog, QComboBox, "Meaning of Code"), "Asset ID")
    seen(qtbot, dialog, lambda found: found.columns[2].meaning == "asset_id")
    assert meanings(dialog) == ["Asset type", "Leave out", "Asset ID", "State", "Segment"]
    choose(part(dialog, QComboBox, "Asset type of every line"), "Every line: journey")
    seen(qtbot, dialog, lambda found: found.asset_type == "journey")
    assert meanings(dialog)[0] == "Leave out"
    assert words(dialog) == {"live": "Live"}
    choose(part(dialog, QComboBox, "Meaning of Type"), "Asset type")
    seen(qtbot, dialog, lambda found: found.asset_type is None)
    assert meanings(dialog)[0] == "Asset type"


def test_words_that_stay_unknown_are_rejects(qtbot, foreign, workspace, jobs):
    """Nobody has to answer: the lines with such words are refused by name, and the others can go alone."""
    dialog = foreign(text="Type,ID,Status,Segment\ncampaign,1,live,All\ncampaign,2,odd,All\n")
    button(dialog, "Import").click()
    qtbot.waitUntil(lambda: heading(dialog) == "1 row cannot be imported")
    with qtbot.waitSignal(jobs.changed):
        button(dialog, "Import the good rows only").click()
    assert uses(workspace) == [("campaign", "1", "live")]


def test_segments_are_imported(qtbot, workspace, tmp_path, jobs):
    """Definitions arrive Inactive, and the window is told what was added."""
    file = tmp_path / "segments.jsonl"
    file.write_text(json.dumps({"record_type": "Lead", "name": "All", "rule": {"everything": True}}), encoding="utf-8")
    dialog = ImportSegments(workspace, jobs, file)
    qtbot.addWidget(dialog)
    dialog.open()
    with qtbot.waitSignal(jobs.changed) as told:
        button(dialog, "Import").click()
    change = told.args[0]
    assert isinstance(change, Change)
    assert queries.segment_detail(workspace, min(change.added)).summary.status is Status.INACTIVE
    assert heading(dialog) == "Imported 1 segment"


def test_kept_mappings_are_bounded_and_survive_a_broken_file(tmp_path):
    """The newest hundred are kept; what cannot be read counts as nothing kept."""
    said = Mapping(decimal=",", fields={"Notes": None})
    for number in range(KEPT + 20):
        keep_mapping(key_of([str(number)]), said)
    assert kept_mapping(key_of(["0"])) is None
    assert kept_mapping(key_of([str(KEPT + 19)])) == said
    assert key_of(["a", "b"]) == key_of(["b", "a"])
    keep_mapping(key_of([str(KEPT + 19)]), Mapping())
    assert kept_mapping(key_of([str(KEPT + 19)])) is None
