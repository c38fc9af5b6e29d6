"""Deactivating and deleting many segments at once, against a loop over Peewee rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import data
from benchmarks.measure import Benchmark, Goal, Result, Run, Way, compare
from benchmarks.plain_tables import PlainTables
from segment_manager.domain.plans import Action, Plan
from segment_manager.domain.segments import Reason
from segment_manager.operations import segments
from segment_manager.storage.activity_log import newest_number
from segment_manager.storage.states import ACTIVE, STATES
from segment_manager.storage.tables import ROWS, ActivityRow, SegmentRow, SegmentStateRow
from segment_manager.storage.workspace import Workspace

_ROW: Any = SegmentRow  # Peewee adds `id` where type checkers do not see it
_DEACTIVATED = STATES[Reason.DEACTIVATED]


def deactivate(run: Run) -> Iterator[Result]:
    """All segments of the workspace, each with its activity entry."""
    path = data.copied(data.with_segments(run.file("used-once"), run.size, references=1), "deactivate")
    tables = PlainTables(path)
    workspace, plain = data.opened(path), data.opened_plainly(path)
    ids = list(range(1, run.size + 1))
    sample = ids[:2000]
    plans: list[Plan] = []

    def reset() -> None:
        workspace.tidy()  # what our turn before left for when nobody waits
        plain.connection.execute(f"UPDATE segment_state SET state = {ACTIVE}")

    def planned() -> None:
        reset()
        plans[:] = [segments.plan(workspace, Action.DEACTIVATE, ids, anyway=True)]

    yield compare(
        run, "deactivate", Goal("naive", 150),
        ours=Way(lambda: segments.carry_out(workspace, plans[0]), planned),
        naive=Way(lambda: tables.deactivate(sample), tables.activate, len(sample), run.size),
        limit=Way(lambda: _one_statement(plain, ids), reset),
        note="with the check of the plan, activity and undo step; naive: on the tables that one writes first",
    )  # fmt: skip
    yield compare(
        run, "deactivate: plan", None,
        ours=Way(lambda: segments.plan(workspace, Action.DEACTIVATE, ids, anyway=True), reset),
    )  # fmt: skip
    workspace.close()
    plain.close()
    tables.close()


def _with_states(ids: Sequence[int]) -> Any:
    return _ROW.select(_ROW, SegmentStateRow).join(SegmentStateRow, attr="life").where(_ROW.id.in_(ids))


def _log(seq: int, segment: Any, before: Mapping[str, object]) -> None:
    ActivityRow.create(
        seq=seq, first_seq=seq, operation="1", at=data.OLD, who="ada", action="bulk", first_id=segment.id,
        last_id=segment.id, after="{}", hash=b"", entries=json.dumps([[segment.id, segment.name, before]]),
    )  # fmt: skip


def _next_entry(workspace: Workspace) -> int:
    return newest_number(workspace.connection) + 1


_LOG_ALL = (
    "INSERT INTO activity (seq, first_seq, operation, at, who, action, first_id, last_id, after, hash, entries)"
    " SELECT :seq + max(id), :seq + min(id), '1', :at, 'ada', 'bulk', min(id), max(id), '{}', x'',"
    " json_group_array(json_array(id, name, json_object('status', status))) FROM segment"
    " JOIN segment_state ON segment_id = id WHERE id IN (SELECT value FROM json_each(:ids)) GROUP BY id / 1000"
)


def _one_statement(workspace: Workspace, ids: Sequence[int]) -> None:
    binding = {"ids": json.dumps(ids), "at": data.OLD, "seq": _next_entry(workspace)}
    with workspace.connection as connection:
        connection.execute(_LOG_ALL, binding)
        connection.execute(
            f"UPDATE segment_state SET state = {_DEACTIVATED}, since = :at"
            " WHERE segment_id IN (SELECT value FROM json_each(:ids))",
            binding,
        )


def delete(run: Run) -> Iterator[Result]:
    """A tenth of the segments, each with ten references."""
    source = data.with_segments(run.file("segments"), run.size)
    ids = list(range(3, run.size + 1, 10))
    sample = ids[: max(2, len(ids) // 20)]
    with_copy = _OnCopy(source, ids)
    backup = "with the backup that goes before every deletion"
    yield compare(
        run, "delete", Goal("naive", 9),
        ours=Way(with_copy.ours, with_copy.anew),
        naive=Way(lambda: _delete_each(with_copy.workspace, sample), with_copy.anew_plainly, len(sample), len(ids)),
        limit=Way(lambda: _delete_all(with_copy.workspace, ids), with_copy.anew_plainly),
        note=f"{len(ids):,} of them, {backup}",
    )  # fmt: skip
    with_copy.workspace.close()


class _OnCopy:
    """A workspace that each turn begins anew, with the plan that is carried out."""

    def __init__(self, source: Path, ids: Sequence[int]) -> None:
        self.source, self.ids = source, ids
        self.workspace = data.opened(data.copied(source, "delete"))

    def anew(self) -> None:
        self.workspace.close()
        self.workspace = data.opened(data.copied(self.source, "delete"))
        self.plan = segments.plan(self.workspace, Action.DELETE, self.ids, anyway=True)

    def anew_plainly(self) -> None:
        self.workspace.close()
        self.workspace = data.opened_plainly(data.copied(self.source, "delete"))

    def ours(self) -> None:
        done = segments.carry_out(self.workspace, self.plan)
        if len(done.removed) != len(self.ids):
            raise AssertionError(f"{len(done.removed)} of {len(self.ids)} segments were deleted.")


def _delete_each(workspace: Workspace, ids: Sequence[int]) -> None:
    with workspace.db.bind_ctx(ROWS), workspace.db.atomic():
        for seq, segment in enumerate(list(_with_states(ids)), _next_entry(workspace)):
            _log(seq, segment, {"state": segment.life.state, "rule": segment.rule})
            segment.delete_instance(recursive=True)


def _delete_all(workspace: Workspace, ids: Sequence[int]) -> None:
    binding = {"ids": json.dumps(ids), "at": data.OLD, "seq": _next_entry(workspace)}
    with workspace.connection as connection:
        connection.execute(_LOG_ALL, binding)
        connection.execute("DELETE FROM segment WHERE id IN (SELECT value FROM json_each(:ids))", binding)


BENCHMARKS = (
    Benchmark("deactivate", deactivate),
    Benchmark("delete", delete),
)
