"""Rules as the workspace holds them: every segment's rule by name, what is broken, what refers to what.

Stands apart because saving, computing and previewing must all look up other segments' rules the same way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import Context, Rule, broken_because, segments_used, stored_rule
from segment_manager.domain.segments import folded_name
from segment_manager.storage.change import OpenChange
from segment_manager.storage.ids import json_ids
from segment_manager.storage.record_tables import read_record_types
from segment_manager.storage.segment_rows import link_rule, mark_rule_stale
from segment_manager.storage.workspace import Workspace

RuleOf = Callable[[str], Rule | None]


class SegmentNames:
    """The folded names of a record type's segments, looked up as they are asked for, and those added here."""

    def __init__(self, workspace: Workspace, record_type_id: int) -> None:
        self._connection, self._record_type_id = workspace.connection, record_type_id
        self._added: set[str] = set()

    def add(self, folded: str) -> None:
        """Count a name as there."""
        self._added.add(folded)

    def __contains__(self, folded: object) -> bool:
        if folded in self._added:
            return True
        found = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM segment WHERE record_type_id = ? AND name_folded = ?)",
            (self._record_type_id, folded),
        )
        return bool(found.get)

    def __iter__(self) -> Iterator[str]:
        yield from self._added
        yield from (
            row[0]
            for row in self._connection.execute(
                "SELECT name_folded FROM segment WHERE record_type_id = ? ORDER BY name_folded", (self._record_type_id,)
            )
        )


def rules_by_name(workspace: Workspace, record_type_id: int) -> RuleOf:
    """A look-up of the rules of a record type's segments by name (folded), each read and parsed once."""
    connection = workspace.connection
    known: dict[str, Rule | None] = {}

    def rule_of(name: str) -> Rule | None:
        folded = folded_name(name)
        if folded not in known:
            row = connection.execute(
                "SELECT rule FROM segment WHERE record_type_id = ? AND name_folded = ?", (record_type_id, folded)
            ).fetchone()
            known[folded] = stored_rule(row[0]) if row else None
        return known[folded]

    return rule_of


def context(workspace: Workspace, record_type_id: int) -> Context:
    """What a rule of a record type is evaluated with, now."""
    return Context(
        now=workspace.now(),
        zone=workspace.zone,
        week_start=int(str(workspace.setting("week_start"))),
        rule_of=rules_by_name(workspace, record_type_id),
    )


def heal_broken(workspace: Workspace, change: OpenChange) -> list[int]:
    """Look again at every broken segment: what its rule misses may be there now. Gives the ids of those looked at."""
    broken = change.connection.execute(
        "SELECT segment.id, record_type_id, rule FROM segment JOIN segment_result ON segment_id = segment.id"
        " WHERE missing <> '[]'"
    ).fetchall()
    for segment_id, record_type_id, rule in broken:
        link_rule(change, segment_id, record_type_id, segments_used(stored_rule(rule)))
    ids = [row[0] for row in broken]
    if ids:
        refresh_missing(workspace, change, ids)
        mark_rule_stale(change, ids)
    return ids


def refresh_missing(workspace: Workspace, change: OpenChange, ids: Iterable[int] | None = None) -> None:
    """Find out anew what the rules of `ids`, and of those that refer to them, miss; None: of all segments."""
    of_found = "" if ids is None else "WHERE segment.id IN (SELECT id FROM found)"
    types: dict[int, RecordType] = {each.id: each for each in read_record_types(change.connection)}
    lookups = {record_type_id: rules_by_name(workspace, record_type_id) for record_type_id in types}
    rows = change.connection.execute(
        "WITH RECURSIVE found(id) AS (SELECT value FROM json_each(:ids) UNION SELECT segment_id FROM rule_reference"
        " JOIN found ON referred_id = found.id)"
        " SELECT segment.id, record_type_id, name, rule, missing FROM segment"
        f" JOIN segment_result ON segment_id = segment.id {of_found}",
        {"ids": None if ids is None else json_ids(ids)},
    ).fetchall()
    changed = []
    for segment_id, record_type_id, name, rule, missing in rows:
        now_missing = json.dumps(
            broken_because(name, stored_rule(rule), types[record_type_id], lookups[record_type_id]), ensure_ascii=False
        )
        if now_missing != missing:
            changed.append((now_missing, segment_id))
    change.connection.executemany("UPDATE segment_result SET missing = ? WHERE segment_id = ?", changed)
