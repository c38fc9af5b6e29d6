"""The verbs on segments: activate, resume, deactivate, clone, delete, keep-active.

Stands apart from the other segment commands because these all go one way: plan, ask, carry out, compute, tell.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from segment_manager.cli.jobs import compute_quietly, outcome_lines
from segment_manager.cli.options import AsOf, DryRun, Formatted, Ids, Names, OfType, Yes, opened, selection
from segment_manager.cli.output import Format, note, write_one
from segment_manager.cli.plan_report import plan_document, refusal, write_plan
from segment_manager.domain.errors import ActionBlocked
from segment_manager.domain.plans import Action
from segment_manager.domain.questions import Answer, Button, NameList, Question, after, before, nothing_to_do

if TYPE_CHECKING:
    from segment_manager.storage.workspace import Workspace

Anyway = Annotated[bool, typer.Option("--anyway", help="Also what is in live use.")]
SkipBlocked = Annotated[bool, typer.Option("--skip-blocked", help="Leave out what is blocked and do the others.")]

ReplaceWith = Annotated[
    str | None,
    typer.Option("--replace-with", metavar="NAME", help="A segment that takes their place in rules and assets."),
]

LINES_SHOWN = 10


def add_to(app: typer.Typer) -> None:
    """Add the verbs to the group of segment commands."""
    app.command("activate")(_activate)
    app.command("resume")(_resume)
    app.command("deactivate")(_deactivate)
    app.command("clone")(_clone)
    app.command("delete")(_delete)
    app.command("keep-active")(_keep_active)


def _activate(
    context: typer.Context,
    names: Names = None,
    ids: Ids = None,
    record_type: OfType = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Make segments Active for the first time or again; their members are computed."""
    with opened(context, as_of) as workspace:
        _act(workspace, Action.ACTIVATE, selection(workspace, record_type, names, ids), form, dry_run=dry_run)


def _resume(
    context: typer.Context,
    names: Names = None,
    ids: Ids = None,
    record_type: OfType = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Resume the computation of Inactive segments."""
    with opened(context, as_of) as workspace:
        _act(workspace, Action.RESUME, selection(workspace, record_type, names, ids), form, dry_run=dry_run)


def _clone(
    context: typer.Context,
    names: Names = None,
    ids: Ids = None,
    record_type: OfType = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Copy segments: same rule, description and tags under the name 'NAME (copy)'."""
    with opened(context, as_of) as workspace:
        _act(workspace, Action.CLONE, selection(workspace, record_type, names, ids), form, dry_run=dry_run)


def _keep_active(
    context: typer.Context,
    names: Names = None,
    ids: Ids = None,
    record_type: OfType = None,
    off: Annotated[bool, typer.Option("--off", help="Let the scan mark them unused again.")] = False,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Pin Active segments, so that the scan leaves them alone."""
    action = Action.ALLOW_SCAN if off else Action.KEEP_ACTIVE
    with opened(context, as_of) as workspace:
        _act(workspace, action, selection(workspace, record_type, names, ids), form, dry_run=dry_run)


def _deactivate(
    context: typer.Context,
    names: Names = None,
    ids: Ids = None,
    record_type: OfType = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    anyway: Anyway = False,
    skip_blocked: SkipBlocked = False,
    replace_with: ReplaceWith = None,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Stop computing segments: members, sequences and connections stay. Asks first."""
    with opened(context, as_of) as workspace:
        _act(
            workspace,
            Action.DEACTIVATE,
            selection(workspace, record_type, names, ids),
            form,
            dry_run=dry_run,
            ask=not yes,
            anyway=anyway,
            skip_blocked=skip_blocked,
            replace_with=replace_with,
        )


def _delete(
    context: typer.Context,
    names: Names = None,
    ids: Ids = None,
    record_type: OfType = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    anyway: Anyway = False,
    skip_blocked: SkipBlocked = False,
    replace_with: ReplaceWith = None,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Delete segments permanently, after a backup of the workspace. Asks first."""
    with opened(context, as_of) as workspace:
        _act(
            workspace,
            Action.DELETE,
            selection(workspace, record_type, names, ids),
            form,
            dry_run=dry_run,
            ask=not yes,
            anyway=anyway,
            skip_blocked=skip_blocked,
            replace_with=replace_with,
        )


def _act(
    workspace: Workspace,
    action: Action,
    ids: list[int],
    form: Format,
    *,
    dry_run: bool = False,
    ask: bool = False,
    anyway: bool = False,
    skip_blocked: bool = False,
    replace_with: str | None = None,
) -> None:
    from segment_manager.operations import segments

    other = _replacement(workspace, ids, replace_with) if replace_with is not None else None
    plan = segments.plan(workspace, action, ids, anyway=anyway, replace_with=other)
    if dry_run:
        write_plan(plan, form)
        return
    if idle := nothing_to_do(plan):
        write_one({**plan_document(plan), "done": 0}, form, idle)
        return
    if plan.blocked and not (skip_blocked and plan.will_do):
        if form is Format.JSON:
            write_one({**plan_document(plan), "done": 0}, form, "")
        raise ActionBlocked(refusal(plan, anyway))
    if ask and (question := before(plan)):
        confirm(question)
    change = segments.carry_out(workspace, plan)
    computed = compute_quietly(workspace, change.to_compute, str(action))
    if form is Format.CSV:
        write_plan(plan, form)
        return
    document = {**plan_document(plan), "done": len(plan.will_do), "computed": computed}
    if change.backup:
        document["backup"] = change.backup
    followed = [change.followed] if change.followed else []
    write_one(document, form, [after(plan, backup=change.backup), *followed, *outcome_lines(computed)])


def _replacement(workspace: Workspace, ids: list[int], name: str) -> int:
    """The id of the segment of this name in the record type of the selection."""
    from segment_manager.storage import queries

    of_type = queries.segment_detail(workspace, ids[0]).record_type
    return queries.segment_ids(workspace, of_type, [name])[0]


def confirm(question: Question) -> None:
    """Ask on the terminal. Anything but a clear yes, or the typed count, leaves everything as it is."""
    if not sys.stdin.isatty():
        raise ActionBlocked(
            f"{question.heading} Nothing was done, because there is no terminal to ask on."
            " Add --yes to go on without being asked, or --dry-run to see what would happen."
        )
    note(question.heading)
    for part in question.body:
        if isinstance(part, NameList):
            for line in part.lines[:LINES_SHOWN]:
                note(f" • {line}")
            if len(part.lines) > LINES_SHOWN:
                note(f" and {len(part.lines) - LINES_SHOWN:,} more (--dry-run shows all)")
        else:
            note(part.text)
    button = _proceeding(question)
    wanted = f"Type {button.count:,} to confirm: " if button.count is not None else f"{button.text}? [y/N] "
    print(wanted, end="", file=sys.stderr, flush=True)
    said = sys.stdin.readline().strip()
    if button.count is not None:
        agreed = re.sub(r"[\s,.'’]", "", said) == str(button.count)
    else:
        agreed = said.casefold() in ("y", "yes")
    if not agreed:
        raise ActionBlocked("Nothing was done.")


def _proceeding(question: Question) -> Button:
    """The button that carries out the plan as it stands."""
    buttons = {button.answer: button for button in question.buttons}
    return buttons[Answer.PROCEED] if Answer.PROCEED in buttons else buttons[Answer.OTHERS]
