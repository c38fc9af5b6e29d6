"""The segments group: list, show, create, edit (the verbs are in lifecycle.py, explain in explaining.py).

Stands apart because these name, describe and make segments, and ask nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segment_manager.cli.jobs import compute_quietly, outcome_lines
from segment_manager.cli.options import AsOf, Formatted, Ids, Names, OfType, opened, rule_from, selection
from segment_manager.cli.output import Format, as_json, local, note, shown, tame, write_one, write_rows

if TYPE_CHECKING:
    from segment_manager.domain.changes import Change
    from segment_manager.domain.segments import SegmentSummary
    from segment_manager.storage.workspace import Workspace

app = typer.Typer(help="List, show, make and change segments.", rich_markup_mode=None, no_args_is_help=True)

ReadOf = Annotated[str | None, typer.Option("--rule", metavar="FILE", help="The rule as JSON; - reads standard input.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="A tag; may be repeated.")]


class StatusShown(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    ALL = "all"


COLUMNS = {
    "id": "ID",
    "name": "Name",
    "record_type": "Record type",
    "status": "Status",
    "reason": "Reason",
    "since": "Since",
    "members": "Members",
    "computed_at": "Computed",
    "stale": "Out of date",
    "broken": "Broken",
    "keep_active": "Kept active",
    "tags": "Tags",
    "sequences": "Sequences",
    "live_references": "Live uses",
    "last_used": "Last used",
}
TABLE_COLUMNS = (
    "id",
    "name",
    "record_type",
    "status",
    "reason",
    "members",
    "sequences",
    "live_references",
    "last_used",
)


def segment_row(summary: SegmentSummary, record_type: str, sequences: Sequence[str]) -> dict[str, Any]:
    """A segment as `segments list` tells it."""
    return {
        "id": summary.id,
        "record_type": record_type,
        "name": summary.name,
        "status": str(summary.status),
        "reason": None if summary.reason is None else str(summary.reason),
        "since": summary.since,
        "members": summary.members,
        "computed_at": summary.computed_at,
        "stale": summary.stale,
        "broken": summary.broken,
        "keep_active": summary.keep_active,
        "tags": list(summary.tags),
        "sequences": list(sequences),
        "live_references": summary.live_references,
        "last_used": summary.last_used,
        "rule_uses": summary.rule_uses,
        "created_at": summary.created_at,
        "modified_at": summary.modified_at,
    }


@app.command("list")
def _list(
    context: typer.Context,
    record_type: OfType = None,
    status: Annotated[StatusShown, typer.Option("--status", help="Which segments.")] = StatusShown.ALL,
    search: Annotated[str, typer.Option("--search", metavar="TEXT", help="As in the window: words, tag:vip, …")] = "",
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """List segments."""
    with opened(context, as_of) as workspace:
        rows = _found(workspace, record_type, status, search)
        if form is Format.TABLE:
            people = ({**local(row, workspace.zone), "sequences": len(row["sequences"])} for row in rows)
            write_rows(people, {key: COLUMNS[key] for key in TABLE_COLUMNS}, form)
        else:
            write_rows(rows, COLUMNS, form)


def _found(workspace: Workspace, record_type: str | None, status: StatusShown, search: str) -> Iterator[dict[str, Any]]:
    from segment_manager.domain import search as searching
    from segment_manager.domain.records import fold
    from segment_manager.storage import queries

    wanted = searching.parse(search)
    for hint in wanted.hints:
        note(hint)
    chosen = queries.record_type(workspace, record_type).id if record_type is not None else None
    now = workspace.now()
    with workspace.snapshot():
        types = {each.id: each.name for each in queries.record_types(workspace)}
        sequences = queries.sequence_names_by_segment(workspace)
        summaries = queries.summaries(workspace, chosen)
    order = {type_id: position for position, type_id in enumerate(types)}
    for summary in sorted(summaries, key=lambda each: (order[each.record_type_id], fold(each.name), each.id)):
        if status is not StatusShown.ALL and summary.status != status.value:
            continue
        type_name, linked = types[summary.record_type_id], sequences.get(summary.id, ())
        if wanted.everything or wanted.accepts(searching.haystack(summary), summary, type_name, linked, now):
            yield segment_row(summary, type_name, linked)


def segment_documents(workspace: Workspace, ids: Iterable[int]) -> list[dict[str, object]]:
    """Segments as `segments show` tells them, in the order of `ids`."""
    from segment_manager.storage import queries

    documents = []
    with workspace.snapshot():
        for segment_id in ids:
            detail = queries.segment_detail(workspace, segment_id)
            linked = queries.sequence_names_by_segment(workspace, [segment_id]).get(segment_id, ())
            documents.append(
                {
                    **segment_row(detail.summary, detail.record_type, linked),
                    "rule": json.loads(detail.rule_json),
                    "description": detail.summary.description,
                    "references": [
                        {
                            "asset_type": str(each.asset_type),
                            "asset_id": each.asset_id,
                            "asset_name": each.asset_name,
                            "state": str(each.state),
                            "started_on": each.started_on,
                            "ended_on": each.ended_on,
                        }
                        for each in queries.references(workspace, segment_id)
                    ],
                    "activated_at": detail.activated_at,
                    "created_by": detail.created_by,
                    "missing": list(detail.missing),
                }
            )
    return documents


@app.command("show")
def _show(
    context: typer.Context,
    names: Names = None,
    ids: Ids = None,
    record_type: OfType = None,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Show segments with their rule and what uses them. Of one segment the JSON is an object, of several a list."""
    with opened(context, as_of) as workspace:
        wanted = selection(workspace, record_type, names, ids)
        documents = segment_documents(workspace, wanted)
        if form is Format.JSON:
            print(as_json(documents[0] if len(documents) == 1 else documents))
        elif form is Format.CSV:
            columns = {key: key for key in documents[0]}
            write_rows(documents, columns, form)
        else:
            for position, document in enumerate(documents):
                if position:
                    print()
                _show_to_people(workspace, document)


def _show_to_people(workspace: Workspace, document: dict[str, object]) -> None:
    from segment_manager.domain.rules import describe, from_json
    from segment_manager.storage import queries

    of_type = queries.record_type(workspace, str(document["record_type"]))
    here = local(document, workspace.zone)
    parts = {COLUMNS[key]: here[key] for key in COLUMNS if key in here}
    parts |= {"Description": document["description"], "Rule": describe(from_json(document["rule"]), of_type)}
    width = max(len(label) for label in parts)
    for label, value in parts.items():
        if value not in (None, "", []):
            print(f"{label:<{width}}  {shown(value)}")
    references = document["references"]
    if isinstance(references, list) and references:
        print("Used by")
        for each in references:
            print(tame(f" • {each['asset_type']} {each['asset_name']} ({each['state']})"))


@app.command("create")
def _create(
    context: typer.Context,
    record_type: Annotated[str, typer.Option("--record-type", metavar="NAME", help="The record type.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The segment's name.")],
    rule: Annotated[str, typer.Option("--rule", metavar="FILE", help="The rule as JSON; - reads standard input.")],
    inactive: Annotated[bool, typer.Option("--inactive", help="Do not activate it yet.")] = False,
    description: Annotated[str, typer.Option("--description", metavar="TEXT", help="What it is for.")] = "",
    tags: Tags = None,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Make a segment; an Active one is computed at once."""
    from segment_manager.operations import segments

    with opened(context, as_of) as workspace:
        read = rule_from(rule)
        change = segments.create(
            workspace, record_type, name, read, description=description, tags=tags or (), active=not inactive
        )
        _tell(workspace, change, change.added, form, "create")


@app.command("edit")
def _edit(
    context: typer.Context,
    names: Names = None,
    ids: Ids = None,
    record_type: OfType = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="The new name.")] = None,
    rule: ReadOf = None,
    description: Annotated[str | None, typer.Option("--description", metavar="TEXT", help="What it is for.")] = None,
    tags: Tags = None,
    no_tags: Annotated[bool, typer.Option("--no-tags", help="Take all tags away.")] = False,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Change name, rule, description or tags (those given replace the former) of one segment."""
    from segment_manager.operations import segments

    if tags and no_tags:
        raise typer.BadParameter("--tag and --no-tags exclude each other.")
    if name is None and rule is None and description is None and not tags and not no_tags:
        raise typer.BadParameter("Say what to change: --name, --rule, --description, --tag or --no-tags.")
    with opened(context, as_of) as workspace:
        wanted = only_one(selection(workspace, record_type, names, ids))
        read = None if rule is None else rule_from(rule)
        new_tags = [] if no_tags else tags or None
        change = segments.edit(workspace, wanted, name=name, rule=read, description=description, tags=new_tags)
        _tell(workspace, change, [wanted], form, "edit")


def only_one(wanted: list[int]) -> int:
    """The one segment that was named; several are wrong usage."""
    if len(wanted) != 1:
        raise typer.BadParameter("Name one segment.")
    return wanted[0]


def _tell(workspace: Workspace, change: Change, ids: Iterable[int], form: Format, cause: str) -> None:
    computed = compute_quietly(workspace, change.to_compute, cause)
    if form is Format.TABLE:
        print(tame(change.message))
        for line in outcome_lines(computed):
            print(tame(line))
    else:
        for document in segment_documents(workspace, ids):
            write_one(document, form)
