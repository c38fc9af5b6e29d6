"""Records by themselves: finding them, the segments each is in, and how it reached its sequences.

Stands apart because these ask about a record; all other commands ask about segments.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from segment_manager.cli.options import AsOf, Formatted, opened
from segment_manager.cli.output import Format, shown, tame, write_one, write_rows

if TYPE_CHECKING:
    from datetime import tzinfo

    from segment_manager.operations.record_search import RecordPlace

app = typer.Typer(help="Records, their segments and sequences.", rich_markup_mode=None, no_args_is_help=True)

RecordsOf = Annotated[str, typer.Option("--record-type", metavar="NAME", help="The record type of the record.")]


@app.command("show")
def _show(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The record, by its key.", show_default=False)],
    record_type: RecordsOf,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Tell which segments a record is in, since when, and through which it reached its sequences."""
    from segment_manager.operations.record_search import record_place

    with opened(context, as_of) as workspace:
        place = record_place(workspace, record_type, key)
        zone = workspace.zone
    document: dict[str, object] = {
        "key": place.key,
        "record_type": place.record_type.name,
        "record": place.values,
        "segments": [
            {
                "id": each.id,
                "name": each.name,
                "status": str(each.status),
                "reason": each.reason and str(each.reason),
                "member_since": each.member_since,
            }
            for each in place.segments
        ],
        "sequences": [
            {
                "name": each.name,
                "state": str(each.state),
                "segment_id": each.segment_id,
                "segment_name": each.segment_name,
                "connected_at": each.connected_at,
            }
            for each in place.sequences
        ],
    }
    write_one(document, form, list(_lines(place, zone)))


def _lines(place: RecordPlace, zone: tzinfo) -> Iterator[str]:
    """A record for people: its values, then its segments and sequences."""
    yield f"{place.record_type.name} {place.key}"
    for field in place.record_type.fields:
        value = place.values.get(field.name)
        if value is not None:
            yield f"  {field.label}: {shown(value)}"
    yield f"Segments: {len(place.segments) or 'none'}"
    for each in place.segments:
        since = f", member since {shown(each.member_since.astimezone(zone))}" if each.member_since else ""
        yield f" • {each.name} ({each.status}{since})"
    yield f"Sequences: {len(place.sequences) or 'none'}"
    for sequence in place.sequences:
        gone = "" if sequence.segment_id is not None else " (deleted since)"
        at = shown(sequence.connected_at.astimezone(zone))
        yield f" • {sequence.name} ({sequence.state}) since {at} through “{sequence.segment_name}”{gone}"


@app.command("find")
def _find(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What key or fields hold.", show_default=False)],
    record_type: RecordsOf,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10000, help="How many to give at most.")] = 100,
    form: Formatted = Format.TABLE,
) -> None:
    """Find records by key or by what their fields hold; the one of this very key first."""
    from segment_manager.operations.record_search import find_records

    with opened(context) as workspace:
        found = find_records(workspace, record_type, text, limit=limit)
    fields = found.record_type.fields
    rows = [
        {"key": key, **{field.name: value for field, value in zip(fields, row, strict=True)}}
        for key, row in zip(found.keys, found.rows, strict=True)
    ]
    if rows or form is not Format.TABLE:
        write_rows(rows, {"key": found.record_type.key_label, **{field.name: field.label for field in fields}}, form)
    else:
        print(tame(f"No {found.record_type.name} holds “{text}”."))
    if found.more and form is Format.TABLE:
        print(f"These are the first {limit:,}; --limit gives more.")
