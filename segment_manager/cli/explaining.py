"""Why a record is or is not a member.

Stands apart because it answers with a tree, which is told to people as an indented list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from segment_manager.cli.options import AsOf, Formatted, Ids, Names, OfType, opened, selection
from segment_manager.cli.output import Format, shown, tame, write_one
from segment_manager.cli.segments import only_one


def add_to(app: typer.Typer) -> None:
    """Add the command to the group of segment commands."""
    app.command("explain")(_explain)


def _explain(
    context: typer.Context,
    record: Annotated[str, typer.Option("--record", metavar="KEY", help="The record, by its key.")],
    names: Names = None,
    ids: Ids = None,
    record_type: OfType = None,
    as_of: AsOf = None,
    form: Formatted = Format.TABLE,
) -> None:
    """Tell why a record is or is not a member, condition by condition."""
    from segment_manager.operations.computation import explain

    with opened(context, as_of) as workspace:
        found = explain(workspace, only_one(selection(workspace, record_type, names, ids)), record)
    document = {"member": found.member, "matches": found.matches, "because": found.because}
    member, matches = ("a" if found.member else "no"), ("matches" if found.matches else "does not match")
    write_one(document, form, [f"It is {member} member, and it {matches} the rule now:", *_lines(found.because, 0)])


def _lines(node: object, depth: int) -> Iterator[str]:
    """The tree of an explanation for people: ✓ where a node is true, ✗ where it is not."""
    if not isinstance(node, dict):
        return
    words = [str(node.get("field") or ""), str(node.get("op") or ""), shown(node.get("value"))]
    has = ""
    if node.get("field") and "record_value" in node:
        has = f"  (record: {shown(node['record_value']) or 'empty'})"
    mark = "✓" if node.get("true") else "✗"
    yield f"{'  ' * depth}{mark} {tame(' '.join(word for word in words if word))}{has}"
    children = node.get("children")
    for child in children if isinstance(children, list | tuple) else ():
        yield from _lines(child, depth + 1)
