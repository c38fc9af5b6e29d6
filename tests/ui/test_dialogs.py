"""Confirmations as widgets: defaults, keys, counts to type, long lists, plain text."""

from __future__ import annotations

import weakref

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListWidget, QPushButton

from segment_manager.domain import questions
from segment_manager.domain.errors import NameTaken
from segment_manager.domain.plans import Action, LinkedSequence, Named, Plan
from segment_manager.domain.questions import Answer
from segment_manager.ui import dialogs
from segment_manager.ui.dialogs import QuestionDialog, middle, shortened, typed_count
from tests.ui.window_scene import button


def plan(action=Action.DELETE, number=1, sequences=0):
    return Plan(
        action,
        will_do=tuple(Named(each, f"Segment {each}") for each in range(1, number + 1)),
        sequences=tuple(LinkedSequence(f"Sequence {each}", "live", 1) for each in range(sequences)),
        used_by_sequences=min(number, sequences),
        active=number,
    )


def dialog_of(qtbot, made):
    question = questions.before(made)
    assert question is not None
    dialog = QuestionDialog(question)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.parametrize("made", [plan(), plan(number=3), plan(sequences=2), plan(Action.DEACTIVATE, 2, 1)])
def test_keys_cancel(qtbot, made, key):
    """Esc and Enter are Cancel whenever the action cannot be undone, has links or is plural."""
    dialog = dialog_of(qtbot, made)
    qtbot.keyClick(dialog, key)
    assert not dialog.isVisible()
    assert dialog.answer is Answer.CANCEL


def test_a_single_unlinked_deactivation_is_the_default(qtbot):
    """Only the harmless case has the action as default."""
    dialog = dialog_of(qtbot, plan(Action.DEACTIVATE))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.answer is Answer.PROCEED
    again = dialog_of(qtbot, plan(Action.DEACTIVATE))
    qtbot.keyClick(again, Qt.Key.Key_Escape)
    assert again.answer is Answer.CANCEL


@pytest.mark.parametrize(
    ("typed", "opens"), [("250", True), ("2 50", True), ("25", False), ("", False), ("2500", False)]
)
def test_a_large_deletion_wants_its_count(qtbot, typed, opens):
    """The destructive button of a large deletion opens when the count is typed, in whatever grouping."""
    dialog = dialog_of(qtbot, plan(number=250))
    wanted = button(dialog, "Delete 250 segments permanently")
    assert not wanted.isEnabled()
    field = dialog.findChild(QLineEdit, "count_to_confirm")
    qtbot.keyClicks(field, typed)
    assert wanted.isEnabled() is opens
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.answer is Answer.CANCEL


@pytest.mark.parametrize(
    ("text", "number"), [("1,250", 1250), ("1.250", 1250), ("1 250", 1250), ("1’250", 1250), ("x1", None), ("", None)]
)
def test_typed_counts_may_be_grouped(text, number):
    """Group separators of any kind are accepted, other characters are not."""
    assert typed_count(text) == number


def test_long_lists_are_cut_and_can_be_shown_whole(qtbot):
    """Ten names are shown, the rest is one click away, searchable."""
    dialog = dialog_of(qtbot, plan(Action.DEACTIVATE, 40, 40))
    said = "\n".join(each.text() for each in dialog.findChildren(QLabel))
    assert said.count("•") == 10
    assert "and 30 more" in said
    qtbot.mouseClick(button(dialog, "Show all 40 sequences…"), Qt.MouseButton.LeftButton)
    names = next(each for each in dialog.findChildren(QListWidget))
    assert names.count() == 40
    assert dialog.answer is Answer.CANCEL
    names.window().close()


def test_every_text_is_plain(qtbot):
    """Names are never taken for HTML, and & is no mnemonic."""
    made = Plan(Action.DELETE, will_do=(Named(1, "<img src=x>&Co"),), active=1)
    dialog = dialog_of(qtbot, made)
    assert all(each.textFormat() == Qt.TextFormat.PlainText for each in dialog.findChildren(QLabel))
    assert "<img src=x>&Co" in dialog.accessibleDescription()


def test_very_long_names_are_cut_in_the_middle():
    """A name of 200 characters keeps beginning and end."""
    name = "a" * 150 + "z" * 50
    assert len(middle(name)) <= 64
    assert middle(name).startswith("aaa")
    assert middle(name).endswith("zzz")
    assert len(shortened(f"Delete “{name}”?")) < 90


def test_ask_waits_for_the_answer(qtbot):
    """`ask` gives the answer and the button that was pressed."""
    question = questions.before(plan(Action.DEACTIVATE))

    def press():
        dialog = QApplication.activeModalWidget()
        qtbot.mouseClick(button(dialog, "Deactivate"), Qt.MouseButton.LeftButton)

    QTimer.singleShot(50, press)
    answer, pressed = dialogs.ask(None, question)
    assert answer is Answer.PROCEED
    assert pressed is not None
    assert pressed.text == "Deactivate"


def test_known_errors_are_told_in_their_own_words(qtbot):
    """A known error shows its sentence; a fault shows its details to copy."""
    dialog = dialogs.show_error(None, NameTaken("VIP"))
    assert "A segment named “VIP” exists already." in dialog.accessibleDescription()
    dialog.close()
    crash = dialogs.show_error(None, ZeroDivisionError("x"))
    assert any(each.text() == "Copy details" for each in crash.findChildren(QPushButton))
    crash.close()


def test_what_an_answer_is_about_goes_before_the_dialog_does(qtbot):
    """Once it is answered, a dialog that is still to be deleted holds nothing of the one who asked."""

    class Asker:
        def take(self, answer, pressed):
            assert answer is Answer.CANCEL

    asker = Asker()
    dialog = dialogs.open_question(None, questions.before(plan()), lambda *told, asker=asker: asker.take(*told))
    gone = weakref.ref(asker)
    del asker
    dialog.reject()
    assert gone() is None
