"""The editor of segments: it saves what was typed, and loses nothing of it when something is wrong."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QTableWidget, QWidget

from segment_manager.domain.errors import DiskTrouble
from segment_manager.domain.plans import Action
from segment_manager.domain.rules import from_json, to_json
from segment_manager.domain.segments import Status
from segment_manager.operations import computation, segments
from segment_manager.operations.imports import import_records
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries
from segment_manager.ui.edit_segment import EditSegment
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.rule_builder import RuleBuilder

BERLIN = from_json('{"field":"city","op":"equals","value":"berlin"}')


@pytest.fixture
def furnished(workspace, tmp_path):
    """Four leads and one segment, 'Berliners'."""
    leads = tmp_path / "leads.csv"
    leads.write_text("Id,City,Employees\n1,Berlin,5\n2,Paris,60\n3,Berlin,70\n4,Oslo,80\n", encoding="utf-8")
    finish(import_records(workspace, leads, "Lead"))
    segments.create(workspace, "Lead", "Berliners", BERLIN, description="From the fair.", tags=["fair", "vip"])
    return workspace


@pytest.fixture
def jobs(qtbot):
    made = Jobs()
    yield made
    made.close()


@pytest.fixture
def opened(qtbot, furnished, jobs):
    """Opens the editor: of the segment, or for a new one."""

    def open_editor(segment_name: str | None) -> EditSegment:
        record_type = queries.record_type(furnished, "Lead")
        detail = None
        if segment_name is not None:
            detail = queries.segment_detail(furnished, queries.segment_ids(furnished, "Lead", [segment_name])[0])
        dialog = EditSegment(furnished, jobs, record_type, detail)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return open_editor


def part(dialog: QDialog, kind: type, name: str):
    return next(each for each in dialog.findChildren(kind) if each.accessibleName() == name)


def button(dialog: QDialog, text: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if each.text() == text)


def errors(dialog: QDialog) -> list[str]:
    labels = [each for each in dialog.findChildren(QLabel) if each.property("role") == "error" and each.isVisible()]
    return [each.text() for each in labels]


def names(workspace) -> list[str]:
    return queries.all_segment_names(workspace, queries.record_type(workspace, "Lead").id)


def test_a_new_segment_is_created(qtbot, opened, furnished, jobs):
    """Name, description, tags and rule become a segment, Active as the box says."""
    dialog = opened(None)
    assert dialog.windowTitle() == "New segment"
    qtbot.keyClicks(part(dialog, QLineEdit, "Name"), "Large firms")
    qtbot.keyClicks(part(dialog, QPlainTextEdit, "Description"), "Sixty and more.")
    qtbot.keyClicks(part(dialog, QLineEdit, "Tags"), "size, firms,size")
    dialog.findChild(RuleBuilder).set_rule(from_json('{"field":"employees","op":"at_least","value":60}'))
    with qtbot.waitSignals([jobs.changed, dialog.accepted]):
        button(dialog, "Create").click()
    made = queries.segment_detail(furnished, min(dialog.change.added))
    assert made.summary.name == "Large firms"
    assert made.summary.description == "Sixty and more."
    assert made.summary.tags == ("firms", "size")
    assert made.summary.status is Status.ACTIVE
    assert from_json(made.rule_json) == from_json('{"field":"employees","op":"at_least","value":60}')


def test_a_new_segment_can_wait(qtbot, opened, furnished):
    """Without 'Activate at once' it is Inactive."""
    dialog = opened(None)
    part(dialog, QLineEdit, "Name").setText("Later")
    dialog.findChild(RuleBuilder).set_rule(BERLIN)
    next(each for each in dialog.findChildren(QCheckBox) if each.text() == "Activate at once").setChecked(False)
    with qtbot.waitSignal(dialog.accepted):
        button(dialog, "Create").click()
    assert queries.segment_detail(furnished, min(dialog.change.added)).summary.status is Status.INACTIVE


def test_a_segment_is_edited(qtbot, opened, furnished):
    """What is changed is saved; what is not stays to the last character."""
    dialog = opened("Berliners")
    assert dialog.windowTitle() == "Edit segment"
    assert part(dialog, QLineEdit, "Tags").text() == "fair, vip"
    part(dialog, QLineEdit, "Name").setText("  Berliners   2026 ")
    with qtbot.waitSignal(dialog.accepted):
        button(dialog, "Save").click()
    found = queries.segment_detail(furnished, queries.segment_ids(furnished, "Lead", ["Berliners 2026"])[0])
    assert found.rule_json == to_json(BERLIN)
    assert found.summary.tags == ("fair", "vip")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("BERLINERS", "A segment named “BERLINERS” exists already. Choose another name."),
        ("", "A segment needs a name."),
        ("x" * 201, "The name has 201 characters; at most 200 are possible."),
    ],
)
def test_a_name_that_cannot_be_is_told_beside_it(qtbot, opened, furnished, name, said):
    """The dialog stays, the reason stands by the name, and everything typed is there still."""
    dialog = opened(None)
    part(dialog, QLineEdit, "Name").setText(name)
    part(dialog, QPlainTextEdit, "Description").setPlainText("kept")
    dialog.findChild(RuleBuilder).set_rule(BERLIN)
    button(dialog, "Create").click()
    qtbot.waitUntil(lambda: errors(dialog) == [said])
    assert dialog.isVisible()
    assert part(dialog, QPlainTextEdit, "Description").toPlainText() == "kept"
    assert dialog.findChild(RuleBuilder).rule() == BERLIN
    assert names(furnished) == ["Berliners"]


def test_a_tag_that_cannot_be_is_told_beside_it(qtbot, opened):
    """A tag of more than 60 characters is refused by its own line."""
    dialog = opened("Berliners")
    part(dialog, QLineEdit, "Tags").setText("y" * 61)
    button(dialog, "Save").click()
    qtbot.waitUntil(lambda: len(errors(dialog)) == 1)
    assert errors(dialog)[0].startswith("The tag “yyy")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('{"all":[{"field":"employees","op":"at_least","value":"many"}]}', "The value must be a number."),
        ('{"all":[]}', "The group is empty. Add a condition, or take every record with “everything”."),
        ('{"op":"in_segment","value":"nowhere"}', "There is no segment “nowhere”."),
    ],
)
def test_a_rule_that_cannot_be_is_told_in_its_row(qtbot, opened, furnished, rule, said):
    """The operation's reason stands where the rule is wrong, and nothing is saved."""
    dialog = opened("Berliners")
    dialog.findChild(RuleBuilder).set_rule(from_json(rule))
    dialog.findChild(RuleBuilder)._given = None  # as if it had been typed
    button(dialog, "Save").click()
    qtbot.waitUntil(lambda: errors(dialog) == [said])
    assert dialog.isVisible()
    detail = queries.segment_detail(furnished, queries.segment_ids(furnished, "Lead", ["Berliners"])[0])
    assert detail.rule_json == to_json(BERLIN)


def test_an_unfinished_row_is_told(qtbot, opened):
    """Without a field nothing is sent; the row says what is missing."""
    dialog = opened(None)
    part(dialog, QLineEdit, "Name").setText("Half")
    button(dialog, "Create").click()
    assert errors(dialog) == ["Choose a field, or remove this condition."]


def test_the_count_follows_the_rule(qtbot, opened):
    """A moment after the last change stands how many of all records match, and some of them on demand."""
    dialog = opened("Berliners")
    count = dialog.findChild(QLabel, "rule_count")
    qtbot.waitUntil(lambda: count.text() == "Matches 2 of 4 records")
    dialog.findChild(RuleBuilder).set_rule(from_json('{"everything":true}'))
    dialog.findChild(RuleBuilder).rule_changed.emit()
    qtbot.waitUntil(lambda: count.text() == "Matches 4 of 4 records")
    button(dialog, "Preview").click()
    table = part(dialog, QTableWidget, "Some matching records")
    assert [table.item(row, 0).text() for row in range(table.rowCount())] == ["1", "2", "3", "4"]


def test_saving_says_before_what_it_will_change(qtbot, opened, furnished):
    """Beside the count of a changed rule stands who joins, leaves and stays; a rule as it was says nothing."""
    finish(computation.compute(furnished))
    dialog = opened("Berliners")
    change, count = dialog.findChild(QLabel, "rule_change"), dialog.findChild(QLabel, "rule_count")
    qtbot.waitUntil(lambda: count.text() == "Matches 2 of 4 records")
    assert not change.isVisible()
    value = part(dialog, QLineEdit, "Value")
    value.setFocus()
    value.selectAll()
    qtbot.keyClicks(value, "paris")
    assert not count.isEnabled()
    qtbot.waitUntil(lambda: change.text() == "When saved: 1 join, 2 leave, 0 stay.")
    assert count.isEnabled()
    with qtbot.waitSignal(dialog.accepted):
        button(dialog, "Save").click()
    (done,) = finish(computation.compute(furnished))
    assert (done.joined, done.left) == (1, 2)


def test_an_inactive_segment_changes_later(qtbot, opened, furnished):
    """Of an Inactive segment it says that nobody joins or leaves for now."""
    finish(computation.compute(furnished))
    ids = queries.segment_ids(furnished, "Lead", ["Berliners"])
    segments.carry_out(furnished, segments.plan(furnished, Action.DEACTIVATE, ids))
    dialog = opened("Berliners")
    value = part(dialog, QLineEdit, "Value")
    value.setFocus()
    value.clear()
    qtbot.keyClicks(value, "oslo")
    said = "Once it is active again: 1 join, 2 leave, 0 stay. While it is inactive, all stay."
    qtbot.waitUntil(lambda: dialog.findChild(QLabel, "rule_change").text() == said)


def test_each_condition_has_its_count(qtbot, opened):
    """A number stands beside every finished condition, also while another one is not finished."""
    dialog = opened("Berliners")
    builder = dialog.findChild(RuleBuilder)
    shown = builder.findChildren(QLabel, "part_count")
    qtbot.waitUntil(lambda: [each.text() for each in shown] == ["2"])
    next(each for each in builder.findChildren(QPushButton) if each.text() == "Add condition").click()
    qtbot.waitUntil(lambda: [each.text() for each in builder.findChildren(QLabel, "part_count")] == ["2", ""])
    assert dialog.findChild(QLabel, "rule_count").text() == "The rule is not finished yet"
    assert shown[0].accessibleName() == "2 records match this condition"


def test_a_count_that_fails_hinders_nothing(qtbot, opened, furnished, monkeypatch):
    """When records cannot be counted the editor says so, and saves all the same."""

    def fail(*_given):
        raise DiskTrouble("The disk reported an error.")

    monkeypatch.setattr(queries, "matching_ids", fail)
    dialog = opened("Berliners")
    said = "The matching records cannot be counted: The disk reported an error."
    qtbot.waitUntil(lambda: dialog.findChild(QLabel, "rule_count").text() == said)
    part(dialog, QLineEdit, "Value").setText("Oslo")
    with qtbot.waitSignal(dialog.accepted):
        button(dialog, "Save").click()


def test_values_come_from_the_records(qtbot, opened):
    """The value of a text is completed from what the records hold."""
    dialog = opened("Berliners")
    value = part(dialog, QLineEdit, "Value")
    value.setFocus()
    value.clear()
    qtbot.waitUntil(lambda: value.completer() is not None and value.completer().model().rowCount() == 3)
    qtbot.keyClicks(value, "os")
    popup = value.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert value.text() == "Oslo"


def test_undo_in_the_rule_leaves_the_name_alone(qtbot, opened):
    """Ctrl+Z in the name undoes there; in the rule it undoes in the rule, and the editor is as it was opened."""
    dialog = opened("Berliners")
    value, name = part(dialog, QLineEdit, "Value"), part(dialog, QLineEdit, "Name")
    value.setFocus()
    qtbot.keyClicks(value, "x")
    name.setFocus()
    name.setText("")
    qtbot.keyClicks(name, "Other")
    qtbot.keyClick(name, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "x" in value.text()
    value.setFocus()
    qtbot.keyClick(value, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert value.text() == "berlin"
    assert not dialog.findChild(RuleBuilder).is_changed()


def question(dialog: EditSegment) -> QDialog | None:
    asked = [each for each in dialog.findChildren(QDialog) if each.windowTitle() == "Discard changes"]
    return next((each for each in asked if each.isVisible()), None)


def test_cancel_asks_when_something_would_be_lost(qtbot, opened, furnished):
    """Esc closes an untouched editor at once; with something typed it asks, and Keep editing keeps it."""
    untouched = opened("Berliners")
    untouched.reject()
    assert not untouched.isVisible()
    dialog = opened("Berliners")
    part(dialog, QLineEdit, "Name").setText("Other")
    dialog.reject()
    assert dialog.isVisible()
    button(question(dialog), "Keep editing").click()
    assert dialog.isVisible()
    assert part(dialog, QLineEdit, "Name").text() == "Other"
    dialog.close()
    assert dialog.isVisible()
    button(question(dialog), "Discard changes").click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert names(furnished) == ["Berliners"]


def test_a_viewer_is_refused_in_words(qtbot, opened, furnished):
    """The role is checked by the operation; the editor shows its sentence and stays."""
    dialog = opened("Berliners")
    furnished.login = "eve"
    part(dialog, QLineEdit, "Name").setText("Other")
    button(dialog, "Save").click()
    qtbot.waitUntil(lambda: len(errors(dialog)) == 1)
    assert "needs the role" in errors(dialog)[0]


def test_enter_in_a_value_does_not_save(qtbot, opened, furnished):
    """Enter inside the rule ends the typing there; Ctrl+Enter saves from anywhere."""
    dialog = opened("Berliners")
    value = part(dialog, QLineEdit, "Value")
    value.setFocus()
    value.setText("Oslo")
    qtbot.keyClick(value, Qt.Key.Key_Return)
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(value, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    detail = queries.segment_detail(furnished, queries.segment_ids(furnished, "Lead", ["Berliners"])[0])
    assert detail.rule_json == '{"field":"city","op":"equals","value":"Oslo"}'


def test_answers_after_closing_are_dropped(qtbot, furnished, jobs):
    """A count that comes when the editor has gone harms nobody."""
    record_type = queries.record_type(furnished, "Lead")
    dialog = EditSegment(furnished, jobs, record_type, None)
    dialog._counts.count(BERLIN)
    dialog._counts._ask()
    dialog.deleteLater()
    del dialog
    with qtbot.waitSignal(jobs.idle, raising=False, timeout=200):
        jobs.run(lambda: None, title="nothing")


@pytest.mark.parametrize("stop", ["Name", "Description", "Field", "Comparison", "Value"])
def test_ctrl_enter_saves_from_anywhere(qtbot, opened, furnished, stop):
    """Wherever the focus is, Ctrl+Enter means Save."""
    dialog = opened("Berliners")
    place = part(dialog, QWidget, stop)
    place.setFocus()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(place, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_a_rule_that_another_changed_is_not_overwritten_unasked(qtbot, opened, furnished):
    """The first Save says that the rule is another by now and keeps it; the second puts the typed one in its place."""
    dialog = opened("Berliners")
    qtbot.keyClicks(part(dialog, QLineEdit, "Value"), "s")
    own = from_json('{"field":"city","op":"equals","value":"sberlin"}')
    segment = queries.segment_ids(furnished, "Lead", ["Berliners"])[0]
    theirs = from_json('{"field":"city","op":"equals","value":"Paris"}')
    segments.edit(furnished, segment, rule=theirs)
    button(dialog, "Save").click()
    qtbot.waitUntil(lambda: "Somebody changed this segment's rule" in "".join(errors(dialog)))
    assert from_json(queries.rule_of(furnished, segment)) == theirs
    with qtbot.waitSignal(dialog.accepted):
        button(dialog, "Save").click()
    assert from_json(queries.rule_of(furnished, segment)) == own
