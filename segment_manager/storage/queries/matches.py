"""Which records match single conditions, several conditions to one reading of the table.

Stands apart because an editor counts the parts of a rule while a person types: SQLite gathers the ids into one text
without leaving C, so that Python's lock is free meanwhile, and the statement can be interrupted.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TypeAlias

import msgspec
from pyroaring import BitMap

from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import Condition, Context, Rule
from segment_manager.domain.stored_values import Stored
from segment_manager.storage.record_tables import table_name
from segment_manager.storage.rule_sql import compile_condition, compile_rule
from segment_manager.storage.workspace import Workspace

Ids: TypeAlias = BitMap

_LIST = msgspec.json.Decoder(list[int])


def matching_ids(
    workspace: Workspace, conditions: Sequence[Condition], record_type: RecordType, context: Context
) -> list[Ids]:
    """The row ids of the records that match each of some conditions, in their order; none for a broken one."""
    wanted: list[str] = []
    parameters: list[Stored] = []
    for condition in conditions:
        where, values = compile_condition(condition, record_type, context)
        wanted.append(f"json_group_array(id) FILTER (WHERE {where})")
        parameters.extend(values)
    if len(wanted) == 1:  # a WHERE spares SQLite the rows that do not match
        sql = f"SELECT json_group_array(id) FROM {table_name(record_type.id)} WHERE {where}"
    else:
        sql = f"SELECT {', '.join(wanted)} FROM {table_name(record_type.id)}"
    row = workspace.connection.execute(sql, tuple(parameters)).fetchone() if wanted else ()
    return [_bitmap(text) for text in row or ()]


def all_ids(workspace: Workspace, record_type: RecordType) -> Ids:
    """The row ids of all records of a type."""
    table = table_name(record_type.id)
    row = workspace.connection.execute(f"SELECT count(*), min(id), max(id) FROM {table}").fetchone()
    count, first, last = row or (0, None, None)
    if not count:
        return BitMap()
    if last - first + 1 == count:
        return BitMap(range(first, last + 1))
    return _bitmap(workspace.connection.execute(f"SELECT json_group_array(id) FROM {table}").get)


def matching_count(workspace: Workspace, rule: Rule, record_type: RecordType, context: Context) -> int:
    """How many records a rule selects, in one reading of the table. Raises RuleTooLarge."""
    where, parameters = compile_rule(rule, record_type, context)
    counted = f"SELECT count(*) FROM {table_name(record_type.id)} WHERE {where}"
    return int(workspace.connection.execute(counted, tuple(parameters)).get)


def change_number(workspace: Workspace, record_type: RecordType) -> int:
    """The number of the last change of a type's records: while it stands, so do all answers about them."""
    found = workspace.connection.execute("SELECT change_number FROM record_type WHERE id = ?", (record_type.id,)).get
    return int(found or 0)


def _bitmap(text: str) -> Ids:
    return BitMap(array("I", _LIST.decode(text)))
