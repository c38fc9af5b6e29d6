"""Exports to CSV, against a loop over Peewee's rows and against what SQLite gives, written unchanged."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks import data
from benchmarks.measure import Benchmark, Goal, Result, Run, Way, compare, in_process, peak_memory
from benchmarks.membership import record_model
from segment_manager.domain.records import column
from segment_manager.domain.stored_values import from_stored
from segment_manager.operations import exports
from segment_manager.operations.computation import compute
from segment_manager.operations.export_files import as_csv, write_file
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries
from segment_manager.storage.tables import ROWS, SegmentRow, SegmentStateRow
from segment_manager.storage.workspace import Workspace

SAMPLE = 1_000
_DEFINITIONS = """
SELECT 'Lead', name, rule, description,
    (SELECT group_concat(tag, '; ') FROM segment_tag WHERE segment_tag.segment_id = segment.id), status, created_at,
    activated_at, segment.id, reason, since, count, computed_at, keep_active,
    (SELECT group_concat(asset.name, '; ') FROM reference JOIN asset ON asset.id = reference.asset_id
     WHERE reference.segment_id = segment.id AND asset_type = 'sequence')
FROM segment JOIN segment_state ON segment_state.segment_id = segment.id
JOIN segment_result ON segment_result.segment_id = segment.id ORDER BY segment.id
"""


def definitions(run: Run) -> Iterator[Result]:
    """All segments with their rules, states and sequences."""
    workspace = data.opened(data.with_segments(run.file("listed"), run.size, references=1))
    target = run.file("exported")
    sample = min(SAMPLE, run.size)

    def ours() -> None:
        finish(write_file(workspace, exports.segments(workspace), target, as_csv))

    def naive() -> None:
        with target.open("w", newline="", encoding="utf-8") as file, workspace.db.bind_ctx(ROWS):
            out = csv.DictWriter(file, exports.SEGMENT_COLUMNS)
            for row in islice(SegmentRow.select().iterator(), sample):
                told = {**vars(row)["__data__"], **vars(SegmentStateRow.get_by_id(row.id))["__data__"]}
                told["sequences"] = [each.asset_name for each in queries.references(workspace, row.id)]
                out.writerow({key: value for key, value in told.items() if key in exports.SEGMENT_COLUMNS})

    def limit() -> None:
        with target.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(workspace.connection.execute(_DEFINITIONS))

    yield compare(
        run, "export segments", Goal("limit", 2), ours=Way(ours), naive=Way(naive, done=sample, whole=run.size),
        limit=Way(limit), note="limit: one SELECT of the same, its rows written as they are",
    )  # fmt: skip
    workspace.close()


def members(run: Run) -> Iterator[Result]:
    """The members of a segment that holds every record, with their twelve fields."""
    workspace, segment_id = _everybody(data.with_records(run.file("records"), run.size))
    target, sample = run.file("exported"), min(10 * SAMPLE, run.size)
    model = record_model(workspace)
    fields = data.record_type(workspace).fields

    def naive() -> None:
        with target.open("w", newline="", encoding="utf-8") as file:
            out = csv.DictWriter(file, ["key", *(field.name for field in fields)])
            for row in islice(model.select().iterator(), sample):
                values = {field.name: from_stored(field, getattr(row, column(field))) for field in fields}
                out.writerow({"key": row.key, **values})

    def limit() -> None:
        columns = ", ".join(("key", *map(column, fields)))
        with target.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(workspace.connection.execute(f"SELECT {columns} FROM records_1"))

    yield compare(
        run, "export members", Goal("limit", 3), ours=Way(lambda: _export(workspace, segment_id, target)),
        naive=Way(naive, done=sample, whole=run.size), limit=Way(limit),
        note="limit: the table's rows written as they are",
    )  # fmt: skip
    workspace.close()


def members_memory(run: Run) -> Iterator[Result]:
    """The most memory that the export of members takes, against that of half of them; either fills SQLite's cache."""
    whole, half = (data.with_records(run.folder / f"records-{size}", size) for size in (run.size, run.size // 2))
    yield compare(
        run, "export members: peak memory", Goal("limit", 1.2), ours=Way(lambda: in_process("exports", whole)),
        limit=Way(lambda: in_process("exports", half)), unit="MB", note="limit: half of the members",
    )  # fmt: skip


def _everybody(path: Path) -> tuple[Workspace, int]:
    """A copy with a segment of all records, and the segment's id."""
    workspace = data.opened(data.copied(path, "everybody"))
    [segment_id] = data.add_rules(workspace, ['{"everything": true}'])
    finish(compute(workspace, [segment_id]))
    return workspace, segment_id


def _export(workspace: Workspace, segment_id: int, target: Path) -> None:
    finish(write_file(workspace, exports.members(workspace, segment_id), target, as_csv))


BENCHMARKS = (
    Benchmark("export", definitions),
    Benchmark("export-members", members, sizes=(1_000_000,)),
    Benchmark("export-memory", members_memory, sizes=(1_000_000,), growth=()),
)

if __name__ == "__main__":
    source = Path(sys.argv[1])
    memory_workspace, everybody = _everybody(source)
    _export(memory_workspace, everybody, source.with_name("exported"))
    print(peak_memory())
