"""The verbs on assets and their uses of segments: add, edit, end, remove, use, edit-use, stop-using.

Stands apart because these change usage, and all end alike: reuse, connections and the scan follow, and are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from segment_manager.cli.assets import COLUMNS, Asset, AssetKind, Assets, InState, asset_row, found
from segment_manager.cli.jobs import compute_quietly, outcome_lines
from segment_manager.cli.lifecycle import confirm
from segment_manager.cli.options import AsOf, DryRun, Formatted, OfType, Yes, opened
from segment_manager.cli.output import Format, write_one, write_rows
from segment_manager.domain.question_words import count
from segment_manager.domain.questions import Answer, Button, ButtonKind, NameList, Paragraph, Question
from segment_manager.domain.usage import AssetState, AssetType

if TYPE_CHECKING:
    from segment_manager.domain.changes import Change
    from segment_manager.storage.queries import AssetLine
    from segment_manager.storage.workspace import Workspace


def _iso_day(given: str | None) -> str | None:
    if given is not None:
        try:
            date.fromisoformat(given)
        except ValueError:
            raise typer.BadParameter(f"“{given}” is no day such as 2026-03-01.") from None
    return given


StartedOn = Annotated[
    str | None, typer.Option("--started-on", metavar="DAY", callback=_iso_day, help="The first day of the use.")
]
EndedOn = Annotated[
    str | None, typer.Option("--ended-on", metavar="DAY", callback=_iso_day, help="The last day of the use.")
]
SegmentNames = Annotated[
    list[str], typer.Argument(metavar="SEGMENT…", help="The segments by name.", show_default=False)
]


def add_to(app: typer.Typer) -> None:
    """Add the verbs to the group of asset commands."""
    app.command("add")(_add)
    app.command("edit")(_edit)
    app.command("end")(_end)
    app.command("remove")(_remove)
    app.command("use")(_use)
    app.command("edit-use")(_edit_use)
    app.command("stop-using")(_stop_using)


def _add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.", show_default=False)],
    asset_type: AssetKind = None,
    state: InState = "draft",
    asset_id: Annotated[
        str | None, typer.Option("--asset-id", metavar="ID", help="Its id; made from the name if left out.")
    ] = None,
    segments: Annotated[
        list[str] | None, typer.Option("--segment", metavar="SEGMENT", help="A segment it uses; may be repeated.")
    ] = None,
    record_type: OfType = None,
    started_on: StartedOn = None,
    ended_on: EndedOn = None,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Add an asset, and perhaps the segments it uses."""
    from segment_manager.operations.assets import add_asset
    from segment_manager.storage import queries

    if asset_type is None:
        raise typer.BadParameter(f"Say which --type it is: {', '.join(AssetType)}.")
    if not segments and (started_on or ended_on):
        raise typer.BadParameter("--started-on and --ended-on are the days of a use: add --segment.")
    with opened(context, as_of) as workspace:
        ids = queries.segment_ids(workspace, record_type, segments) if segments else []
        before = {each.id for each in queries.asset_lines(workspace)}
        change = add_asset(
            workspace,
            AssetType(asset_type),
            asset_id,
            name,
            AssetState(state or "draft"),
            segment_ids=ids,
            started_on=_day(started_on),
            ended_on=_day(ended_on),
        )
        added = [each.id for each in queries.asset_lines(workspace) if each.id not in before]
        _tell(workspace, change, added, form)


def _edit(
    context: typer.Context,
    asset: Asset,
    asset_type: AssetKind = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="What it is called from now on.")] = None,
    state: InState = None,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Give an asset another name or state."""
    from segment_manager.operations.assets import edit_asset

    if name is None and state is None:
        raise typer.BadParameter("Say what to change: --name or --state.")
    with opened(context, as_of) as workspace:
        (line,) = found(workspace, [asset], asset_type)
        change = edit_asset(workspace, line.id, name=name, state=AssetState(state) if state else None)
        _tell(workspace, change, [line.id], form)


def _end(
    context: typer.Context,
    assets: Assets,
    asset_type: AssetKind = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """End assets: they keep no segment active any more, and stay in the list."""
    from segment_manager.operations.assets import end_asset

    with opened(context, as_of) as workspace:
        lines = found(workspace, assets, asset_type)
        if dry_run:
            ended = [line for line in lines if line.state is AssetState.ENDED]
            _foretell(
                "end assets", "ended", [line for line in lines if line not in ended], ended, "ended already", form
            )
            return
        change = end_asset(workspace, [line.id for line in lines])
        _tell(workspace, change, [line.id for line in lines], form)


def _remove(
    context: typer.Context,
    assets: Assets,
    asset_type: AssetKind = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Remove assets with all their uses of segments. Asks first."""
    from segment_manager.operations.assets import remove_assets

    with opened(context, as_of) as workspace:
        lines = found(workspace, assets, asset_type)
        if dry_run:
            kept = [line for line in lines if _has_connections(workspace, line)]
            why = "records are connected to it, and connections are kept for ever"
            _foretell("remove assets", "removed", [line for line in lines if line not in kept], kept, why, form)
            return
        if not yes:
            confirm(_before_removing(lines))
        change = remove_assets(workspace, [line.id for line in lines])
        computed = compute_quietly(workspace, change.to_compute, "usage")
    document = {"action": "remove assets", "assets": [asset_row(line) for line in lines], "done": len(lines)}
    write_one({**document, "computed": computed}, form, [change.message, *outcome_lines(computed)])


def _use(
    context: typer.Context,
    asset: Asset,
    segments: SegmentNames,
    asset_type: AssetKind = None,
    record_type: OfType = None,
    started_on: StartedOn = None,
    ended_on: EndedOn = None,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Let an asset use segments; one that is Inactive and comes into live use becomes Active again."""
    from segment_manager.operations.assets import add_reference
    from segment_manager.storage import queries

    with opened(context, as_of) as workspace:
        (line,) = found(workspace, [asset], asset_type)
        ids = queries.segment_ids(workspace, record_type, segments)
        change = add_reference(workspace, line.id, ids, started_on=_day(started_on), ended_on=_day(ended_on))
        _tell(workspace, change, [line.id], form)


def _edit_use(
    context: typer.Context,
    asset: Asset,
    segment: Annotated[str, typer.Argument(metavar="SEGMENT", help="The segment by name.", show_default=False)],
    asset_type: AssetKind = None,
    record_type: OfType = None,
    started_on: StartedOn = None,
    ended_on: EndedOn = None,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Give a use its first and last day; a day that is left out is taken away."""
    from segment_manager.operations.assets import edit_reference
    from segment_manager.storage import queries

    with opened(context, as_of) as workspace:
        (line,) = found(workspace, [asset], asset_type)
        (segment_id,) = queries.segment_ids(workspace, record_type, [segment])
        days = {"started_on": _day(started_on), "ended_on": _day(ended_on)}
        change = edit_reference(workspace, line.id, segment_id, **days)
        _tell(workspace, change, [line.id], form)


def _stop_using(
    context: typer.Context,
    asset: Asset,
    segments: SegmentNames,
    asset_type: AssetKind = None,
    record_type: OfType = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take the use away, as if it had been a mistake; else it ended yesterday.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """End the use of segments by an asset. With --remove it asks first."""
    from segment_manager.operations.assets import end_reference, remove_reference
    from segment_manager.storage import queries

    with opened(context, as_of) as workspace:
        (line,) = found(workspace, [asset], asset_type)
        ids = queries.segment_ids(workspace, record_type, segments)
        uses = {each.segment_id: each for each in queries.uses_of_asset(workspace, line.id)}
        if dry_run:
            there = [uses[each] for each in ids if each in uses and (remove or not uses[each].over)]
            names = [each.name for each in there]
            said = "removed" if remove else "ended"
            document = {"action": "stop using", "asset": asset_row(line), "will_do": names}
            told = f"“{line.name}”: {count(len(names), 'use')} would be {said}."
            write_one(document, form, [told, *(f" • {name}" for name in names)])
            return
        going = [uses[each].name for each in ids if each in uses]
        if remove and going and not yes:
            confirm(_before_forgetting(line, going))
        change = (remove_reference if remove else end_reference)(workspace, line.id, ids)
        _tell(workspace, change, [line.id], form)


# What is told and asked


def _tell(workspace: Workspace, change: Change, ids: Sequence[int], form: Format) -> None:
    """What was done, what followed from it, and how the assets are now."""
    from segment_manager.storage import queries

    computed = compute_quietly(workspace, change.to_compute, "usage")
    rows = [asset_row(line) for line in queries.asset_lines(workspace, ids)]
    if form is Format.CSV:
        write_rows(rows, COLUMNS, form)
        return
    document = {"assets": rows, "message": change.message, "done": len(rows) if change else 0, "computed": computed}
    write_one(document, form, [change.message, *outcome_lines(computed)])


def _foretell(
    action: str, done: str, going: Sequence[AssetLine], staying: Sequence[AssetLine], why: str, form: Format
) -> None:
    """What a dry run tells: which assets it would be, and which not."""
    if form is Format.CSV:
        write_rows([asset_row(line) for line in going], COLUMNS, form)
        return
    document: Mapping[str, object] = {
        "action": action,
        "will_do": [asset_row(line) for line in going],
        "skipped": [{"name": line.name, "why": why} for line in staying],
    }
    lines = [f"{count(len(going), 'asset')} would be {done}."]
    lines += [f" • {_named(line)}, {count(line.segments, 'use')} of segments" for line in going]
    lines += [f"Not {_named(line)}: {why}." for line in staying]
    write_one(document, form, lines)


def _named(line: AssetLine) -> str:
    return f"{line.asset_type} “{line.name}” ({line.asset_id})"


def _before_removing(lines: Sequence[AssetLine]) -> Question:
    uses = sum(line.segments for line in lines)
    what = _named(lines[0]) if len(lines) == 1 else count(len(lines), "asset")
    its = "its" if len(lines) == 1 else "their"
    heading = f"Remove {what} and {its} {count(uses, 'use')} of segments?" if uses else f"Remove {what}?"
    text = "The segments stay, and “undo” brings everything back. To keep the history of use, end instead."
    names = (NameList(tuple(map(_named, lines)), "assets"),) if len(lines) > 1 else ()
    return _question("Remove assets", heading, (*names, Paragraph(text)), "Remove")


def _before_forgetting(line: AssetLine, segments: Sequence[str]) -> Question:
    heading = f"Remove {count(len(segments), 'use')} of segments by {_named(line)}?"
    text = "The segments stay, and “undo” brings it back. Without --remove the use ends, and its history stays."
    return _question("Remove uses", heading, (NameList(tuple(segments), "segments"), Paragraph(text)), "Remove")


def _question(title: str, heading: str, body: tuple[NameList | Paragraph, ...], verb: str) -> Question:
    buttons = (Button("Cancel", Answer.CANCEL, ButtonKind.CANCEL), Button(verb, Answer.PROCEED, ButtonKind.ACTION))
    return Question(title, heading, body, buttons)


def _has_connections(workspace: Workspace, line: AssetLine) -> bool:
    from segment_manager.storage import queries

    if line.asset_type is not AssetType.SEQUENCE:
        return False
    found_any = queries.connections(workspace, sequence=line.asset_id)
    return next(iter(found_any), None) is not None


def _day(given: str | None) -> date | None:
    return None if given is None else date.fromisoformat(given)
