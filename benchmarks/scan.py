"""Finding the unused segments, and reading the list of all: what a start and every change of usage wait for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, islice
from typing import Any

from peewee import Model

from benchmarks import data
from benchmarks.measure import Benchmark, Goal, Result, Run, Way, compare
from segment_manager.operations import usage
from segment_manager.storage import queries
from segment_manager.storage.scan import unused_segments
from segment_manager.storage.states import ACTIVE, STATES
from segment_manager.storage.tables import (
    ROWS,
    AssetRow,
    RecordTypeRow,
    ReferenceRow,
    RuleReferenceRow,
    SegmentResultRow,
    SegmentRow,
    SegmentStateRow,
)
from segment_manager.storage.times import stamp
from segment_manager.storage.workspace import Workspace

_ROW: Any = SegmentRow  # Peewee adds `id` where type checkers do not see it
GRACE_DAYS = 45
SAMPLE = 2000


def scan(run: Run) -> Iterator[Result]:
    """Which segments are unused, ten references to each segment."""
    path = data.with_segments(run.file("segments"), run.size)
    workspace = data.opened(path)
    sample = min(SAMPLE, run.size)
    ours, by_hand = len(unused_segments(workspace, GRACE_DAYS)), len(_by_hand(workspace))
    if ours != by_hand:
        raise AssertionError(f"{ours} unused segments were found, and by hand {by_hand}.")
    yield compare(
        run, "scan", Goal("naive", 200),
        ours=Way(lambda: unused_segments(workspace, GRACE_DAYS)),
        naive=Way(lambda: _unused_by_loop(workspace, sample), done=sample, whole=run.size),
        limit=Way(lambda: _by_hand(workspace)),
        note=f"{run.size * 10:,} references, {ours:,} unused", file=path,
    )  # fmt: skip
    yield compare(run, "scan: plan", None, ours=Way(lambda: usage.plan_scan(workspace, GRACE_DAYS)))
    workspace.close()


def _days(workspace: Workspace) -> tuple[str, str, str]:
    """The moment and the day at which the grace period begins, and today."""
    today = workspace.today()
    begin = workspace.now() - timedelta(days=GRACE_DAYS)
    return stamp(begin), (today - timedelta(days=GRACE_DAYS)).isoformat(), today.isoformat()


def _unused_by_loop(workspace: Workspace, number: int) -> list[int]:
    """Segment by segment, each asked for its references and its uses in rules."""
    begin, first_day, today = _days(workspace)
    with workspace.db.bind_ctx(ROWS):
        return [
            segment.id
            for segment in _with_states().order_by(_ROW.id).limit(number)
            if segment.life.state == STATES[None]
            and not segment.life.keep_active
            and max(segment.created_at, segment.life.activated_at or "", segment.life.rule_used_until or "") < begin
            and not _in_use(segment, first_day, today)
        ]


def _with_states() -> Any:
    return _ROW.select(_ROW, SegmentStateRow).join(SegmentStateRow, attr="life")


def _in_use(segment: SegmentRow, first_day: str, today: str) -> bool:
    references = ReferenceRow.select(ReferenceRow, AssetRow).join(AssetRow).where(ReferenceRow.segment == segment)
    for reference in references:
        ended, state = reference.ended_on, reference.asset.state
        if reference.asset.asset_type == "report":
            continue
        if state in ("scheduled", "live") and (ended is None or ended >= today):
            return True
        if state != "draft" and (ended if ended and ended < today else reference.started_on or "") >= first_day:
            return True
    others = RuleReferenceRow.select().join(SegmentStateRow, on=(SegmentStateRow.segment == RuleReferenceRow.segment))
    return others.where(RuleReferenceRow.referred == segment, SegmentStateRow.state == STATES[None]).exists()


def _by_hand(workspace: Workspace) -> list[tuple[Any, ...]]:
    """The question of the loop as one statement over the references themselves."""
    begin, first_day, today = _days(workspace)
    return workspace.connection.execute(
        "SELECT id, name FROM segment JOIN segment_state AS own ON own.segment_id = id"
        f" WHERE state = {ACTIVE} AND keep_active = 0"
        " AND max(created_at, coalesce(activated_at, ''), coalesce(rule_used_until, '')) < :begin"
        " AND NOT EXISTS (SELECT 1 FROM reference JOIN asset ON asset.id = reference.asset_id"
        "  WHERE reference.segment_id = segment.id AND asset_type <> 'report'"
        "  AND (state IN ('scheduled', 'live') AND (ended_on IS NULL OR ended_on >= :today)"
        "   OR state <> 'draft'"
        "    AND CASE WHEN ended_on < :today THEN ended_on ELSE coalesce(started_on, '') END >= :day))"
        " AND NOT EXISTS (SELECT 1 FROM rule_reference"
        "  JOIN segment_state AS other ON other.segment_id = rule_reference.segment_id"
        f"  WHERE referred_id = segment.id AND other.state = {ACTIVE})",
        {"begin": begin, "day": first_day, "today": today},
    ).fetchall()


def list_load(run: Run) -> Iterator[Result]:
    """All rows of the segment list, as the window reads them."""
    path = data.with_segments(run.file("segments"), run.size)
    workspace = data.opened(path)
    sample = min(20_000, run.size)
    yield compare(
        run, "list", Goal("limit", 1.2),
        ours=Way(lambda: list(chain.from_iterable(queries.summary_rows(workspace)))),
        naive=Way(lambda: _as_models(workspace, sample), done=sample, whole=run.size),
        limit=Way(lambda: workspace.connection.execute(_ROWS).fetchall()),
        note="limit: the same columns, as tuples of texts",
    )  # fmt: skip
    workspace.close()


_ROWS = """
    SELECT segment.id, record_type_id, segment.name, status, reason, since, count, computed_at, rule_stale, missing,
        keep_active, sequences, live_sequences, live_references, draft_references, ended_references,
        analytics_references, coalesce(uses, 0), used_lost_at, used_on, created_at, modified_at, description,
        (SELECT json_group_array(tag) FROM segment_tag WHERE segment_tag.segment_id = segment.id)
    FROM segment JOIN segment_state ON segment_state.segment_id = segment.id
    JOIN record_type ON record_type.id = record_type_id
    LEFT JOIN segment_result ON segment_result.segment_id = segment.id
    LEFT JOIN (SELECT referred_id, count(*) AS uses FROM rule_reference GROUP BY referred_id)
        ON referred_id = segment.id
    ORDER BY segment.id
"""


def _as_models(workspace: Workspace, number: int) -> list[Model]:
    with workspace.db.bind_ctx(ROWS):
        rows = (
            _ROW.select(_ROW, SegmentStateRow, SegmentResultRow, RecordTypeRow)
            .join(SegmentStateRow, attr="life")
            .switch(_ROW)
            .join(SegmentResultRow, on=(SegmentResultRow.segment == _ROW.id), attr="result")
            .switch(_ROW)
            .join(RecordTypeRow)
            .order_by(_ROW.id)
        )
        return list(islice(rows.iterator(), number))


BENCHMARKS = (
    Benchmark("scan", scan),
    Benchmark("list", list_load),
)
