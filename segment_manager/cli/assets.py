"""The assets group: which assets there are, and which segments each uses (what changes them is in asset_verbs.py).

Stands apart because an asset is found by its own id or its name, and either may stand for several.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from segment_manager.cli.options import AsOf, Formatted, opened
from segment_manager.cli.output import Format, tame, write_one, write_rows
from segment_manager.domain.usage import AssetState, AssetType

if TYPE_CHECKING:
    from segment_manager.storage.queries import AssetLine, SegmentUse
    from segment_manager.storage.workspace import Workspace

app = typer.Typer(help="Assets and the segments they use.", rich_markup_mode=None, no_args_is_help=True)


def _known_type(given: str | None) -> str | None:
    if given is not None and plain(given) not in set(AssetType):
        raise typer.BadParameter(f"“{given}” is no asset type. There are: {', '.join(AssetType)}.")
    return None if given is None else plain(given)


def _known_state(given: str | None) -> str | None:
    if given is not None and plain(given) not in set(AssetState):
        raise typer.BadParameter(f"“{given}” is no state. There are: {', '.join(AssetState)}.")
    return None if given is None else plain(given)


def plain(given: str) -> str:
    """A word as the domain writes it: 'Test-List' is 'test list'."""
    return " ".join(given.casefold().replace("-", " ").replace("_", " ").split())


Asset = Annotated[str, typer.Argument(metavar="ASSET", help="By its id, else by its name.", show_default=False)]
Assets = Annotated[
    list[str], typer.Argument(metavar="ASSET…", help="Each by its id, else by its name.", show_default=False)
]
AssetKind = Annotated[
    str | None, typer.Option("--type", metavar="TYPE", callback=_known_type, help="The asset type, such as sequence.")
]
InState = Annotated[
    str | None, typer.Option("--state", metavar="STATE", callback=_known_state, help="The state, such as live.")
]

COLUMNS = {
    "asset_type": "Type",
    "asset_id": "Asset ID",
    "asset_name": "Name",
    "state": "State",
    "segments": "Segments",
    "started_on": "Started on",
    "ended_on": "Ended on",
}


def asset_row(line: AssetLine) -> dict[str, object]:
    """An asset as `assets list` tells it."""
    return {
        "asset_type": str(line.asset_type),
        "asset_id": line.asset_id,
        "asset_name": line.name,
        "state": str(line.state),
        "segments": line.segments,
        "started_on": line.started_on,
        "ended_on": line.ended_on,
    }


def found(workspace: Workspace, names: list[str], asset_type: str | None) -> list[AssetLine]:
    """The assets that a command names, each once: by id, else by name. Raises UnknownAsset where one is none, or
    several.
    """
    from segment_manager.domain.errors import UnknownAsset
    from segment_manager.storage import queries

    lines = [each for each in queries.asset_lines(workspace) if asset_type in (None, each.asset_type)]
    chosen: dict[int, AssetLine] = {}
    for name in names:
        fitting = [each for each in lines if each.asset_id == name]
        fitting = fitting or [each for each in lines if each.name.casefold() == name.strip().casefold()]
        if not fitting:
            kind = asset_type or "asset"
            raise UnknownAsset(f"There is no {kind} “{name}”. “assets list” shows what there is.")
        if len(fitting) > 1:
            which = ", ".join(f"{each.asset_type} {each.asset_id}" for each in fitting[:5])
            raise UnknownAsset(
                f"“{name}” may be {len(fitting):,} assets: {which}. Name it by its id, with --type if need be."
            )
        chosen[fitting[0].id] = fitting[0]
    return list(chosen.values())


@app.command("list")
def _list(
    context: typer.Context,
    asset_type: AssetKind = None,
    state: InState = None,
    search: Annotated[str | None, typer.Option("--search", metavar="TEXT", help="What name or id hold.")] = None,
    form: Formatted = Format.TABLE,
) -> None:
    """List the assets by type and name."""
    from segment_manager.storage import queries

    wanted = (search or "").strip().casefold()
    with opened(context) as workspace:
        lines = [
            each
            for each in queries.asset_lines(workspace)
            if asset_type in (None, each.asset_type)
            and state in (None, each.state)
            and wanted in f"{each.name}\n{each.asset_id}".casefold()
        ]
    lines.sort(key=lambda each: (each.asset_type, each.name.casefold(), each.asset_id))
    if lines or form is not Format.TABLE:
        write_rows(map(asset_row, lines), COLUMNS, form)
    else:
        print("There is no such asset.")


@app.command("show")
def _show(
    context: typer.Context,
    asset: Asset,
    asset_type: AssetKind = None,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Tell an asset's state and the segments it uses or used."""
    from segment_manager.storage import queries

    with opened(context, as_of) as workspace:
        (line,) = found(workspace, [asset], asset_type)
        uses = queries.uses_of_asset(workspace, line.id)
    document = {**asset_row(line), "segments": [_use_row(each) for each in uses]}
    write_one(document, form, [tame(each) for each in _lines(line, uses)])


def _use_row(use: SegmentUse) -> dict[str, object]:
    return {
        "id": use.segment_id,
        "name": use.name,
        "record_type": use.record_type,
        "status": "active" if use.active else "inactive",
        "live": use.live,
        "started_on": use.started_on,
        "ended_on": use.ended_on,
    }


def _lines(line: AssetLine, uses: list[SegmentUse]) -> Iterator[str]:
    yield f"{str(line.asset_type).capitalize()} “{line.name}” ({line.asset_id}), {line.state}"
    yield f"Segments: {len(uses) or 'none'}"
    for use in uses:
        now = "in use" if use.live else "ended" if use.over else "not in use"
        days = [f"{word} {day}" for word, day in (("from", use.started_on), ("to", use.ended_on)) if day]
        status = "active" if use.active else "inactive"
        yield f" • {use.name} ({use.record_type}, {status}): {' '.join([now, *days])}"
