"""Segments: the light rows of lists, one segment in full, and how they refer to each other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Any

from segment_manager.domain.errors import UnknownSegment
from segment_manager.domain.segments import Reason, SegmentDetail, SegmentSummary, Status, folded_name
from segment_manager.storage.ids import json_ids
from segment_manager.storage.record_tables import record_type_named
from segment_manager.storage.sql import Connection
from segment_manager.storage.states import ACTIVE
from segment_manager.storage.times import end_of_day, moment, stamp
from segment_manager.storage.usage_tally import COLUMNS, VALID, expired
from segment_manager.storage.workspace import Workspace

if TYPE_CHECKING:
    from segment_manager.domain.plans import Dependent

PlainSummary = tuple[Any, ...]
"""The fields of a SegmentSummary in their order, as the file has them: status and reason as texts, times as stamps.

Nothing is made of what nobody looks at, and Python's collector need not visit it.
"""

_AT_ONCE = 4096
_MANY_TIMES = 100_000
_LOOKED_AT = 20_000  # names among which the first with a status are looked for: 30 ms
_moment = datetime.fromisoformat  # what times.moment does, without a Python call for each of five million
_NO_TAGS: tuple[str, ...] = ()
_REASONS: dict[str | None, Reason | None] = {None: None, **{reason.value: reason for reason in Reason}}

STALE = (
    "CASE WHEN computed_at IS NULL OR rule_stale THEN 1"
    " WHEN segment_result.change_number < record_type.change_number THEN 1 WHEN NOT moves_with_time THEN 0"
    " ELSE computed_at < :day_start OR computed_at > strftime('%Y-%m-%dT%H:%M:%S', :day_start, '+25 hours') END"
)
"""Whether stored members are out of date; :day_start is the first instant of today in the workspace's zone. Seen from a
day gone by, what was computed later is, too; the longest day has 25 hours. In steps, because OR asks all of it of every
row."""


def _kept_or(column: str) -> str:
    """A column of the tally: the kept one where it holds for today, else the one counted anew."""
    return f"iif({VALID}, segment_result.{column}, expired.{column})"


def _statement(chosen: str, of_uses: str, of_expired: str, *, all_kept: bool = False) -> str:
    """The light rows of the segments for which `chosen` holds, streamed by id: nothing is sorted or kept aside.

    `of_uses` and `of_expired` say of which segments the uses by rules, and expired tallies, are needed; `all_kept` that
    no tally is expired, which spares a choice for every number. Texts that follow from others are not given, the status
    and a creation at the time `since`: making the text is most of what a column costs.
    """
    value = "segment_result.{}".format if all_kept else _kept_or
    numbers = COLUMNS[: COLUMNS.index("used_lost_at")]
    counts = ", ".join(f"coalesce({value(column)}, 0)" for column in numbers if column != "counted_references")
    expired_tally = "" if all_kept else f"expired AS MATERIALIZED ({expired(of_expired)}), "
    return f"""
WITH {expired_tally}rule_uses AS MATERIALIZED (
    SELECT referred_id, count(*) AS uses, sum(other.status = 'active') AS active_uses
    FROM rule_reference JOIN segment_state AS other ON other.segment_id = rule_reference.segment_id
    WHERE {of_uses} GROUP BY referred_id
)
SELECT segment.id, segment.record_type_id, segment.name, reason, since, segment_result.count, computed_at,
    {STALE}, missing <> '[]', keep_active, {counts}, coalesce(uses, 0),
    CASE WHEN {value("counted_references")} > 0 OR active_uses > 0 THEN NULL ELSE
        max(segment.created_at, coalesce(activated_at, ''), coalesce(rule_used_until, ''),
            coalesce({value("used_lost_at")}, '')) END,
    nullif(segment.created_at, since), modified_at, description, {value("used_on")}
FROM segment NOT INDEXED CROSS JOIN segment_state ON segment_state.segment_id = segment.id
CROSS JOIN record_type ON record_type.id = segment.record_type_id
LEFT JOIN segment_result ON segment_result.segment_id = segment.id
{"" if all_kept else "LEFT JOIN expired ON expired.segment_id = segment.id"}
LEFT JOIN rule_uses ON rule_uses.referred_id = segment.id
WHERE {chosen} ORDER BY segment.id
"""


_OF_TYPE = "(:record_type IS NULL OR segment.record_type_id = :record_type)"
_ALL = _statement(_OF_TYPE, "TRUE", "TRUE")
_ALL_KEPT = _statement(_OF_TYPE, "TRUE", "TRUE", all_kept=True)
_ANY_EXPIRED = f"SELECT EXISTS (SELECT 1 FROM segment_result WHERE NOT ({VALID}))"
_COUNTS = f"""
SELECT record_type_id, sum(state = {ACTIVE}), count(*) FROM segment INDEXED BY segment_by_type
CROSS JOIN segment_state ON segment_id = segment.id GROUP BY record_type_id
"""
"""Both are walked in the order of ids within a record type: from wide rows of segments a million took 3 s."""
_IDS = "IN (SELECT value FROM json_each(:ids))"
_SOME = _statement(
    f"segment.id {_IDS} AND (:record_type IS NULL OR segment.record_type_id = :record_type)",
    f"referred_id {_IDS}",
    f"segment_id {_IDS}",
)


def summaries(
    workspace: Workspace, record_type_id: int | None = None, ids: Iterable[int] | None = None
) -> list[SegmentSummary]:
    """The light rows of all segments, of one record type, or of `ids`, in id order."""
    return [summary_of(plain) for batch in summary_rows(workspace, record_type_id, ids) for plain in batch]


def summary_rows(
    workspace: Workspace, record_type_id: int | None = None, ids: Iterable[int] | None = None
) -> Iterator[list[PlainSummary]]:
    """The same as plain tuples, some thousand at a time: a million of them cost little to make and to keep."""
    connection = workspace.connection
    binding = {
        "record_type": record_type_id,
        "ids": None if ids is None else json_ids(ids),
        "today": workspace.today().isoformat(),
        "day_start": day_start(workspace),
    }
    if ids is not None:
        statement = _SOME
    else:
        statement = _ALL if connection.execute(_ANY_EXPIRED, {"today": binding["today"]}).get else _ALL_KEPT
    tags = _tags(connection, binding["ids"])
    ends = _DayEnds(workspace.zone)
    share: dict[str, str] = {}
    rows = connection.execute(statement, binding)
    while batch := _plain(islice(rows, _AT_ONCE), tags, ends, share):
        yield batch
        if len(share) > _MANY_TIMES:
            share.clear()


def _tags(connection: Connection, ids: object) -> dict[int, tuple[str, ...]]:
    """The tags of those segments that have some; equal ones are there once."""
    read: dict[str, tuple[str, ...]] = {}
    rows = connection.execute(
        "SELECT segment_id, json_group_array(tag) FROM (SELECT segment_id, tag FROM segment_tag"
        f" {'' if ids is None else 'WHERE segment_id IN (SELECT value FROM json_each(?))'} ORDER BY segment_id, tag)"
        " GROUP BY segment_id",
        () if ids is None else (ids,),
    ).fetchall()
    for text in {text for _, text in rows}:
        read[text] = tuple(json.loads(text))
    return {segment_id: read[text] for segment_id, text in rows}


class _DayEnds(dict[str, str]):
    """The stamp of the last instant of each ISO day in a zone."""

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, day: str) -> str:
        end = self[day] = end_of_day(day, self._zone)
        return end


def _plain(
    rows: Iterable[tuple[Any, ...]], tags: dict[int, tuple[str, ...]], ends: _DayEnds, share: dict[str, str]
) -> list[PlainSummary]:
    """What the statement gave with status and tags, equal times there once, and the day of the last use as an instant.

    One expression for all of a row, because this is most of what a long list costs beside SQLite.
    """
    once, tags_of = share.setdefault, tags.get
    return [
        (
            segment_id, type_id, name, "active" if reason is None else "inactive", reason,
            begun := once(since, since), members, computed and once(computed, computed), stale, broken, kept,
            sequences, live_sequences, live, draft, ended, analytics, uses,
            used and (end if used_on and (end := ends[used_on]) > used else once(used, used)),
            begun if created is None else once(created, created), once(modified, modified), description,
            tags_of(segment_id, _NO_TAGS),
        )
        for segment_id, type_id, name, reason, since, members, computed, stale, broken, kept, sequences,
            live_sequences, live, draft, ended, analytics, uses, used, created, modified, description, used_on in rows
    ]  # fmt: skip


def summary_of(plain: PlainSummary) -> SegmentSummary:
    """A plain tuple with its fields named and read."""
    (
        segment_id, type_id, name, status, reason, since, members, computed, stale, broken, kept, sequences,
        live_sequences, live, draft, ended, analytics, uses, used, created, modified, description, tags,
    ) = plain  # fmt: skip
    return SegmentSummary(
        segment_id, type_id, name, Status.ACTIVE if status == "active" else Status.INACTIVE, _REASONS[reason],
        _moment(since), members, computed and _moment(computed), bool(stale), bool(broken), bool(kept), sequences,
        live_sequences, live, draft, ended, analytics, uses, used and _moment(used), _moment(created),
        _moment(modified), description, tags,
    )  # fmt: skip


def plain_of(summary: SegmentSummary) -> PlainSummary:
    """The plain tuple of a summary."""
    return tuple(stamp(each) if isinstance(each, datetime) else _PLAIN.get(type(each), _same)(each) for each in summary)


def _same(value: Any) -> Any:
    return value


_PLAIN: dict[type, Any] = {Status: str, Reason: str, bool: int}


def first_by_name(
    workspace: Workspace, record_type_ids: Sequence[int], status: Status | None, most: int, *, reverse: bool = False
) -> list[int]:
    """The ids of the first segments by name, or of the last, with a status (None: any), in no order.

    It takes a few milliseconds however many there are, and gives fewer than `most` where those ahead are mostly others.
    """
    direction = "DESC" if reverse else "ASC"
    found: list[tuple[str, int]] = []
    for record_type_id in record_type_ids:
        found += workspace.connection.execute(
            "SELECT name_folded, id FROM (SELECT name_folded, id FROM segment WHERE record_type_id = ?"
            f" ORDER BY name_folded {direction} LIMIT {_LOOKED_AT}) AS ahead WHERE ? IS NULL OR ? ="
            " (SELECT status FROM segment_state WHERE segment_id = ahead.id) LIMIT ?",
            (record_type_id, status, status, most),
        ).fetchall()
    return [segment_id for _, segment_id in sorted(found, reverse=reverse)[:most]]


def has_many(workspace: Workspace, record_type_id: int | None, many: int) -> bool:
    """Whether there are more than `many` segments, of one record type or (None) of all."""
    of_type = "" if record_type_id is None else "WHERE record_type_id = :record_type"
    [(number,)] = workspace.connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM segment {of_type} LIMIT :most)",
        {"record_type": record_type_id, "most": many + 1},
    ).fetchall()
    return int(number) > many


def segment_detail(workspace: Workspace, segment_id: int) -> SegmentDetail:
    """One segment in full. Raises UnknownSegment."""
    with workspace.snapshot() as connection:
        found = summaries(workspace, ids=[segment_id])
        if not found:
            raise UnknownSegment("This segment is gone: somebody deleted it.")
        rule, record_type, activated_at, created_by, missing = connection.execute(
            "SELECT rule, record_type.name, activated_at, created_by, missing FROM segment"
            " JOIN segment_state ON segment_state.segment_id = segment.id"
            " JOIN record_type ON record_type.id = record_type_id"
            " LEFT JOIN segment_result ON segment_result.segment_id = segment.id WHERE segment.id = ?",
            (segment_id,),
        ).fetchall()[0]
    return SegmentDetail(
        found[0],
        record_type,
        rule,
        moment(activated_at) if activated_at else None,
        created_by,
        tuple(json.loads(missing or "[]")),
    )


def filled_record_types(workspace: Workspace) -> frozenset[int]:
    """The record types that have segments; told at once, however many those are."""
    return frozenset(
        row[0]
        for row in workspace.connection.execute(
            "SELECT id FROM record_type WHERE EXISTS (SELECT 1 FROM segment WHERE record_type_id = record_type.id)"
        )
    )


def segment_counts(workspace: Workspace) -> dict[int, tuple[int, int]]:
    """How many Active and Inactive segments each record type has, by its id."""
    with workspace.snapshot() as connection:
        counts = {row[0]: (row[1], row[2] - row[1]) for row in connection.execute(_COUNTS)}
        types = [row[0] for row in connection.execute("SELECT id FROM record_type ORDER BY id")]
    return {each: counts.get(each, (0, 0)) for each in types}


def segment_ids(workspace: Workspace, record_type: str | None, names: Sequence[str]) -> list[int]:
    """The ids of segments by name, of one record type or, where a name stands in one alone, of any.

    Raises UnknownSegment for names that are not there (telling near ones) or stand in several record types.
    """
    found = []
    for name in names:
        rows = workspace.connection.execute(
            "SELECT segment.id, record_type.name FROM record_type CROSS JOIN segment"
            " ON segment.record_type_id = record_type.id AND segment.name_folded = ?"
            " WHERE ? IS NULL OR record_type.id = ?",
            (folded_name(name), *[record_type and _record_type_id(workspace, record_type)] * 2),
        ).fetchall()
        if not rows:
            raise UnknownSegment(_not_there(workspace, record_type, name))
        if len(rows) > 1:
            types = ", ".join(row[1] for row in rows)
            raise UnknownSegment(f"“{name}” stands for several segments ({types}). Say which record type you mean.")
        found.append(int(rows[0][0]))
    return found


def _record_type_id(workspace: Workspace, name: str) -> int:
    return record_type_named(workspace.connection, name).id


def _not_there(workspace: Workspace, record_type: str | None, name: str) -> str:
    of_type = f" of {record_type}" if record_type else ""
    folded = {
        row[1]: row[0] for row in workspace.connection.execute("SELECT name, name_folded FROM segment LIMIT 20000")
    }
    import difflib

    near = difflib.get_close_matches(folded_name(name), folded, n=3, cutoff=0.75)
    hint = f" Did you mean {' or '.join(f'“{folded[each]}”' for each in near)}?" if near else ""
    return f"There is no segment “{name}”{of_type}.{hint}"


def all_segment_names(workspace: Workspace, record_type_id: int) -> list[str]:
    """The names of a record type's segments, in alphabetical order."""
    return [
        row[0]
        for row in workspace.connection.execute(
            "SELECT name FROM segment WHERE record_type_id = ? ORDER BY name_folded", (record_type_id,)
        )
    ]


def ids_by_name(workspace: Workspace) -> dict[tuple[int, str], int]:
    """The ids of all segments by record type id and folded name."""
    return {
        (row[0], row[1]): row[2]
        for row in workspace.connection.execute("SELECT record_type_id, name_folded, id FROM segment")
    }


def rules_and_activations(workspace: Workspace, ids: Iterable[int]) -> dict[int, tuple[str, str | None]]:
    """The rule as JSON and the stamp of the last activation of segments, by id."""
    rows = workspace.connection.execute(
        f"SELECT id, rule, activated_at FROM segment JOIN segment_state ON segment_id = id WHERE id {_IDS}",
        {"ids": json_ids(ids)},
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def rule_of(workspace: Workspace, segment_id: int) -> str:
    """The rule of a segment as JSON. Raises UnknownSegment."""
    row = workspace.connection.execute("SELECT rule FROM segment WHERE id = ?", (segment_id,)).fetchone()
    if row is None:
        raise UnknownSegment("This segment is gone: somebody deleted it.")
    return str(row[0])


def dependents(workspace: Workspace, segment_id: int) -> list[Dependent]:
    """The segments whose rules refer to a segment, directly or through others, direct ones first."""
    from segment_manager.domain.plans import Dependent  # not for the first paint

    rows = workspace.connection.execute(
        "WITH RECURSIVE found(id, direct) AS ("
        "  SELECT segment_id, 1 FROM rule_reference WHERE referred_id = ?"
        "  UNION SELECT rule_reference.segment_id, 0 FROM rule_reference JOIN found ON referred_id = found.id)"
        " SELECT segment.id, name, status, max(direct) FROM found CROSS JOIN segment USING (id)"
        " JOIN segment_state ON segment_id = segment.id GROUP BY segment.id ORDER BY max(direct) DESC, name_folded",
        (segment_id,),
    )
    return [Dependent(row[0], row[1], row[2], bool(row[3])) for row in rows]


def used_segments(workspace: Workspace, segment_id: int) -> list[Dependent]:
    """The segments that a segment's rule refers to directly."""
    from segment_manager.domain.plans import Dependent

    rows = workspace.connection.execute(
        "SELECT segment.id, name, status FROM rule_reference JOIN segment ON segment.id = referred_id"
        " JOIN segment_state ON segment_state.segment_id = referred_id"
        " WHERE rule_reference.segment_id = ? ORDER BY name_folded",
        (segment_id,),
    )
    return [Dependent(*row) for row in rows]


def stale_ids(workspace: Workspace, ids: Iterable[int] | None = None) -> list[int]:
    """Active, unbroken segments whose members are older than their rule or the records; of all, or of `ids`."""
    if ids is not None and not (ids := tuple(ids)):
        return []
    chosen = "" if ids is None else f"segment.id {_IDS} AND"
    return [
        row[0]
        for row in workspace.connection.execute(
            "SELECT segment.id FROM segment JOIN record_type ON record_type.id = record_type_id"
            " JOIN segment_state ON segment_state.segment_id = segment.id"
            " JOIN segment_result ON segment_result.segment_id = segment.id"
            f" WHERE {chosen} status = 'active' AND missing = '[]' AND ({STALE}) ORDER BY segment.id",
            {"ids": None if ids is None else json_ids(ids), "day_start": day_start(workspace)},
        )
    ]


def day_start(workspace: Workspace) -> str:
    """The first instant of today in the workspace's zone, as a stamp."""
    return stamp(datetime.combine(workspace.today(), time.min, workspace.zone))
