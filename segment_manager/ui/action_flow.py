"""How an action goes: plan, ask, carry out, tell, offer Undo.

Stands apart so that every verb takes the same way, and no verb can skip its question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from segment_manager.domain.changes import Change
from segment_manager.domain.errors import Cancelled, FactsChanged, NothingToUndo
from segment_manager.ui.chosen_rows import MANY, ChosenRows
from segment_manager.ui.jobs import Jobs
from segment_manager.ui.result_bar import ResultBar
from segment_manager.ui.slices import LettingGo
from segment_manager.ui.wording import count

if TYPE_CHECKING:
    from segment_manager.domain.plans import Action, Plan
    from segment_manager.domain.questions import Answer, Button, Question
    from segment_manager.domain.records import RecordType
    from segment_manager.operations.computation import Computed
    from segment_manager.operations.jobs import Job
    from segment_manager.storage.workspace import Workspace

    _Outcome = tuple[int, list[Computed]]

# Plans, questions, dialogs and operations are imported where the first action needs them: the first paint does not.

_TITLES = {
    "deactivate": "Deactivating", "delete": "Deleting", "resume": "Resuming", "clone": "Cloning",
    "activate": "Activating", "keep-active": "Keeping active", "allow-scan": "Allowing the scan for",
    "scan": "Marking unused",
}  # fmt: skip


_WORDED_AT_ONCE = 5000
_LISTED = 1000  # problems in a dialog
_LOOKING = "Looking at what uses"

Ids = Sequence[int] | ChosenRows


class ActionFlow(QObject):
    """Carries actions of one window from the click to the result. `show_segments(ids)` asks the list to show some."""

    show_segments = Signal(list)
    cloned = Signal(list)

    def __init__(self, workspace: Workspace, jobs: Jobs, bar: ResultBar, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._jobs, self._bar, self._window = workspace, jobs, bar, window
        self._labels: RecordType | None = None  # of the segments that are being replaced
        self._gone = LettingGo(self)
        self.hidden: Callable[[], Callable[[Iterable[int]], int]] = lambda: lambda ids: 0

    def start(self, action: Action, ids: Ids) -> None:
        """Plan an action on segments, and go on from there."""
        self._plan(action, ids, self._planned)

    def carry_out_plan(self, plan: Plan) -> None:
        """Carry out a plan that has been confirmed."""
        from segment_manager.operations import segments

        title = f"{_TITLES[plan.action.value]} {count(len(plan.will_do), 'segment')}"
        self._jobs.run(
            lambda: segments.carry_out(self._workspace, plan, self._jobs.is_cancelled, self._jobs.teller(title)),
            title=title,
            done=lambda change: self._done(change, plan),
            failed=self.failed,
        )

    def follow(self, change: Change) -> None:
        """Say what any job changed, offer Undo, and compute what has to be computed now."""
        self._tell(change, None)
        self._show_reused(change)
        self.compute(change.to_compute)

    def _show_reused(self, change: Change) -> None:
        """Where the change made segments Active again because something uses them, offer to show them."""
        from segment_manager.storage.queries import history

        def take(ids: tuple[int, ...]) -> None:
            shown = [each for each in ids if each in change.changed]
            if shown and self._bar.message.startswith(change.message):
                self._tell(change, None, ("Show", lambda: self.show_segments.emit(shown)))

        self._jobs.read(lambda: history.reused(self._workspace), take, key="reused")

    def _done(self, change: Change, plan: Plan) -> None:
        """What only the plan knows: what was left alone, and what to look at now."""
        if plan.skipped or plan.blocked or plan.replacement:
            self._tell(change, plan)
        if plan.action.value == "clone" and change.added:
            self.cloned.emit(sorted(change.added))
        self._is_over(plan)

    def _is_over(self, plan: Plan) -> None:
        """Let go of a plan: what one for a million segments names takes long to go."""
        self._gone.take(plan.will_do, plan.skipped, plan.blocked, plan.in_live_use)

    def _tell(self, change: Change, plan: Plan | None, *more: tuple[str, Callable[[], None]]) -> None:
        done = change.message
        if plan is not None and plan.replacement is not None:
            from segment_manager.domain import questions

            done = questions.done(plan)
        text = " ".join(filter(None, [done, change.followed, *_left_alone(plan)]))
        links: list[tuple[str, Callable[[], None]]] = list(more)
        if change.backup:
            saved = Path(change.backup)
            text += f" Backup: {_made_at(saved)}."
            links.append(("Show backup", lambda: _show_file(saved)))
        elif change.undo_label:
            links.append((f"Undo {change.undo_label.split(' of ')[0]}", self.undo))
        self._bar.tell(text, *links)

    def compute(self, ids: Collection[int]) -> None:
        """Compute the members of segments in the background."""
        from segment_manager.operations import computation

        if ids:
            self._jobs.run(
                lambda: _sifted(computation.compute(self._workspace, sorted(ids), cause="after a change")),
                title=f"Computing {count(len(ids), 'segment')}",
                done=self._tell_problems,
                failed=self.failed,
            )

    def recompute(self, ids: Sequence[int] | None) -> None:
        """Compute segments, or all that are out of date, because somebody asked for it."""

        from segment_manager.operations import computation

        def done(outcome: _Outcome) -> None:
            number = outcome[0]
            if not self._tell_problems(outcome):
                self._bar.tell(f"Computed {count(number, 'segment')}." if number else "Nothing is out of date.")

        self._jobs.run(
            lambda: _sifted(computation.compute(self._workspace, ids)),
            title="Computing segments", done=done, failed=self.failed,
        )  # fmt: skip

    def undo(self) -> None:
        """Undo the newest step."""
        from segment_manager.operations import history

        stop = self._jobs.is_cancelled
        self._jobs.run(lambda: history.undo(self._workspace, stop), title="Undoing", failed=self.failed)

    def redo(self) -> None:
        """Do the step undone last again."""
        from segment_manager.operations import history

        stop = self._jobs.is_cancelled
        self._jobs.run(lambda: history.redo(self._workspace, stop), title="Redoing", failed=self.failed)

    def failed(self, error: BaseException) -> None:
        """Tell why something was not done; where only the facts moved, offer to look again."""
        from segment_manager.domain.plans import Plan
        from segment_manager.ui import dialogs

        if isinstance(error, FactsChanged) and isinstance(error.plan, Plan):
            plan = error.plan
            dialogs.open_review_again(self._front(), lambda: self._planned(plan))
        elif isinstance(error, Cancelled | NothingToUndo):
            self._bar.tell(str(error), kind="note")
        else:
            dialogs.show_error(self._front(), error)

    def _plan(
        self,
        action: Action,
        ids: Ids,
        then: Callable[[Plan], None],
        *,
        anyway: bool = False,
    ) -> None:
        from segment_manager.operations import segments

        if not ids:
            return
        are_many = len(ids) > MANY

        def answered(tell: Callable[[Any], None]) -> Callable[[Any], None]:
            def take(answer: Any) -> None:
                if self._bar.message.startswith(_LOOKING):
                    self._bar.hide()
                tell(answer)

            return take

        self._jobs.read(
            lambda: segments.plan(self._workspace, action, list(ids), anyway=anyway),
            answered(then),
            key="plan",
            failed=answered(self.failed),
            long=are_many,
        )
        if are_many:
            self._bar.tell(
                f"{_LOOKING} {count(len(ids), 'segment')}…",
                ("Cancel", lambda: self._jobs.forget("plan")),
                kind="note",
                lasting=True,
            )

    def _planned(self, plan: Plan, record_type: RecordType | None = None) -> None:
        from segment_manager.domain import questions
        from segment_manager.ui import dialogs

        self._labels = record_type or self._labels
        nothing = questions.nothing_to_do(plan)
        if nothing:
            self._bar.tell(nothing, kind="note")
            return
        hidden, labels = self.hidden(), self._labels

        def ask(question: Question | None) -> None:
            if question is None:
                self.carry_out_plan(plan)
            else:
                front = self._front()
                dialogs.open_question(front, question, lambda answer, button: self._answered(plan, answer, button))

        def word() -> Question | None:
            return questions.before(plan, hidden=hidden(plan.all_ids), record_type=labels)

        if len(plan.will_do) + len(plan.skipped) + len(plan.blocked) <= _WORDED_AT_ONCE:
            ask(word())
        else:  # the words for a million segments take a second
            self._jobs.read(word, ask, key="plan", failed=self.failed)

    def _answered(self, plan: Plan, answer: Answer, button: Button | None) -> None:
        from segment_manager.domain.plans import Action
        from segment_manager.domain.questions import Answer

        if answer is Answer.PROCEED:
            self.carry_out_plan(plan)
            return
        ids = button.ids if button is not None and button.ids else plan.all_ids
        match answer:
            case Answer.OTHERS:
                self._plan(plan.action, ids, lambda others: self._confirmed(others, plan))
            case Answer.ANYWAY:
                self._plan(plan.action, plan.all_ids, lambda all_: self._confirmed(all_, plan), anyway=True)
            case Answer.DEACTIVATE_INSTEAD:
                self.start(Action.DEACTIVATE, ids)
            case Answer.ONLY_INACTIVE:
                self.start(Action.DELETE, ids)
            case Answer.WITH_DEPENDENTS:
                self.start(plan.action, sorted({*plan.all_ids, *ids, *(each.id for each in plan.dependents)}))
            case Answer.SHOW_SEGMENTS:
                self.show_segments.emit(list(ids))
            case Answer.REPLACE:
                self._ask_replacement(plan.action, ids)
            case _:
                self._is_over(plan)

    def _ask_replacement(self, action: Action, ids: Sequence[int]) -> None:
        """Ask which segment takes the place of some in rules and assets, plan with it, and ask about that."""
        from segment_manager.operations import segments
        from segment_manager.ui.choose_replacement import Choices, ChooseReplacement, choices

        wanted = list(ids)

        def plan(replacement_id: int) -> Plan:
            return segments.plan(self._workspace, action, wanted, replace_with=replacement_id)

        def ask(found: Choices) -> None:
            ChooseReplacement(self._jobs, found, plan, self._planned, self._front()).open()

        self._jobs.read(lambda: choices(self._workspace, wanted), ask, key="replacement", failed=self.failed)

    def _front(self) -> QWidget:
        """Where a question belongs: over the tool window that the person works in, else over the main window."""
        active = QApplication.activeWindow()
        if isinstance(active, QDialog) and not active.isModal() and active.parentWidget() is self._window:
            return active
        return self._window

    def _confirmed(self, plan: Plan, asked: Plan) -> None:
        """Carry out a plan made after the answer, unless it rests on other facts than those that were shown."""
        known = {each.name for each in asked.sequences}, {each.name for each in asked.live_assets}
        new = {each.name for each in plan.sequences} - known[0] or {each.name for each in plan.live_assets} - known[1]
        if new or plan.blocked or not plan.will_do:
            self.failed(FactsChanged(plan))
        else:
            self.carry_out_plan(plan)
        self._is_over(asked)

    def _tell_problems(self, outcome: _Outcome) -> bool:
        """Tell of segments that could not be computed; whether there were any."""
        _, bad = outcome
        if bad:
            verb = "could not be computed. It keeps its" if len(bad) == 1 else "could not be computed. They keep their"
            self._bar.tell(
                f"{count(len(bad), 'segment')} {verb} former members.",
                ("Details", lambda: _show_problems(self._window, bad)),
                kind="problem",
            )
        return bool(bad)


def _sifted(job: Job[list[Computed]]) -> Job[_Outcome]:
    """A computation that gives what there is to tell: how many there were, and those that could not be computed. Of a
    million segments that is found out where nobody waits."""
    outcome = yield from job
    return len(outcome), [each for each in outcome if each.error]


def _left_alone(plan: Plan | None) -> list[str]:
    if plan is None:
        return []
    told = Counter(map(attrgetter("why"), plan.skipped))
    said = [f"{number:,} {_were(why.rstrip('.'), number)}." for why, number in told.items()]
    if plan.blocked:
        said.append(f"{len(plan.blocked):,} left alone, because something uses them.")
    return said


def _were(why: str, number: int) -> str:
    """'were already inactive', from 'already inactive' or 'It is already inactive'; other reasons as they are."""
    state = why.removeprefix("It is ")
    if state == why and why[:1].isupper():
        return f"left alone: {why[:1].lower()}{why[1:]}"
    return f"{'was' if number == 1 else 'were'} {state}"


def _made_at(saved: Path) -> str:
    from PySide6.QtCore import QDateTime

    made = QDateTime.fromSecsSinceEpoch(int(saved.stat().st_mtime)) if saved.is_file() else QDateTime.currentDateTime()
    return f"today {made.toString('HH:mm')}"


def _show_file(path: Path) -> None:
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _show_problems(window: QWidget, bad: Sequence[Computed]) -> None:
    from segment_manager.ui import dialogs

    lines = "\n".join(f"{each.name}: {each.error}" for each in bad[:_LISTED])
    if len(bad) > _LISTED:
        lines += f"\n… and {len(bad) - _LISTED:,} more"
    dialog = dialogs.TextDialog("Not computed", "These segments keep their former members", "", lines, window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
