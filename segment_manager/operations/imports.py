"""Bringing records into a workspace from a file, and looking at the file before.

Stands apart as the one door through which records come. Nothing of the workspace is locked while the file is read; its
rows then go in within one transaction, all or none.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC
from pathlib import Path

from segment_manager.domain.changes import Change, Progress
from segment_manager.domain.column_plan import ColumnPlan, plan_columns
from segment_manager.domain.errors import FileUnreadable, ImportRefused, UnknownRecordType
from segment_manager.domain.mapping import Mapping
from segment_manager.domain.records import FieldType, RecordType
from segment_manager.domain.values import Cell
from segment_manager.operations.import_reading import FileSurvey, RowReader
from segment_manager.operations.import_report import FilePreview, ImportReport, PreviewColumn
from segment_manager.operations.import_steps import ImportUnderWay, gather, settle_keys
from segment_manager.operations.jobs import Job
from segment_manager.storage import queries
from segment_manager.storage.batches import BadRow
from segment_manager.storage.change import OpenChange
from segment_manager.storage.faults import classified
from segment_manager.storage.record_import import Staging, has_records, merge
from segment_manager.storage.record_tables import (
    ensure_fields,
    ensure_record_type,
    next_change_number,
    record_type_named,
    set_choices,
    set_key_label,
)
from segment_manager.storage.rejects import RejectsFile
from segment_manager.storage.segment_rules import heal_broken
from segment_manager.storage.tabular import Table, open_table
from segment_manager.storage.workspace import Workspace

ACTION = "import records"
_PREVIEW_ROWS = 50
_LOOKED_AT = 5_000


def import_records(
    workspace: Workspace,
    path: Path,
    record_type: str,
    *,
    mapping: Mapping | None = None,
    skip_bad_rows: bool = False,
    dry_run: bool = False,
) -> Job[ImportReport]:
    """Import a file (CSV, workbook, JSON) into a record type, made if it is new. A job: closing it changes nothing.

    Records are found by their key: added, updated where a value differs, or unchanged; none is ever removed. Bad rows
    stop the whole import (ImportRefused, whose report names them) unless `skip_bad_rows`; they are written to a rejects
    file either way. `dry_run` counts and changes nothing. Raises FileUnreadable, InvalidMapping, NotPermitted.
    """
    path = Path(path)
    mapping = mapping or Mapping()
    workspace.check_permission(ACTION)  # before a long file is read
    table = open_table(path, mapping)
    known = _known_record_type(workspace, record_type)
    in_use = known is not None and has_records(workspace.connection, known)
    task = ImportUnderWay(
        workspace, table, known, mapping, in_use, ImportReport(dry_run=dry_run), RejectsFile(path, table.labels)
    )
    report = task.report
    try:
        with classified(workspace.path), Staging(workspace.connection) as staging:
            yield from gather(task, staging)
            yield from settle_keys(task, staging)
            task.rejects.close()
            report.rejects_file = task.rejects.path
            if report.rejected and not skip_bad_rows:
                raise ImportRefused(_refusal(path, report), report)
            yield from _put(task, path, record_type, staging)
    except ImportRefused:
        raise
    except MemoryError:
        task.rejects.discard()
        raise FileUnreadable(f"There is not enough memory to import “{path.name}”. Nothing was imported.") from None
    except BaseException:
        task.rejects.discard()
        raise
    return report


def preview(path: Path, mapping: Mapping | None = None, record_type: RecordType | None = None) -> FilePreview:
    """What the beginning of a file holds and how it would be imported; `record_type` is the one it would go into.

    Raises FileUnreadable and InvalidMapping as the import would.
    """
    mapping = mapping or Mapping()
    table = open_table(Path(path), mapping)
    new_type = record_type is None or not record_type.fields
    survey = FileSurvey(table, record_type, mapping, find_key=mapping.key is None and new_type)
    rows: list[tuple[str, ...]] = []
    problems: list[BadRow] = []
    done = empty = 0
    complete = True
    for batch in table.batches():
        if survey.rows + survey.bad >= _LOOKED_AT:
            complete = False
            break
        survey.add(batch)
        problems += batch.bad
        done, empty = batch.done, empty + batch.empty
        rows += map(_as_texts, list(zip(*batch.columns, strict=True))[: _PREVIEW_ROWS - len(rows)])
    looked = survey.rows + survey.bad
    plan = plan_columns(
        table.labels,
        survey.surveys,
        record_type,
        mapping,
        zone=UTC,
        delimiter=table.delimiter,
        has_records=not new_type,
        unique=survey.unique(),
    )
    return FilePreview(
        table.encoding,
        table.delimiter,
        _preview_columns(table, plan),
        plan.key_label,
        tuple(rows),
        looked if complete or not done else round(looked * table.size / done),
        complete,
        tuple(problems[:_PREVIEW_ROWS]),
        (*table.notes, *plan.notes),
    )


def _as_texts(row: tuple[Cell, ...]) -> tuple[str, ...]:
    return tuple("; ".join(cell) if isinstance(cell, tuple) else cell or "" for cell in row)


def _preview_columns(table: Table, plan: ColumnPlan) -> tuple[PreviewColumn, ...]:
    planned = {column.position: column for column in plan.columns}
    shown = []
    for position, label in enumerate(table.labels):
        column = planned.get(position)
        if column is None:
            shown.append(PreviewColumn(label, "", label, FieldType.TEXT, left_out=True))
        else:
            field = column.field
            shown.append(PreviewColumn(label, field.name, field.label, field.type, field.choices, not column.new))
    return tuple(shown)


def _known_record_type(workspace: Workspace, name: str) -> RecordType | None:
    try:
        return record_type_named(workspace.connection, name)
    except UnknownRecordType:
        return None


def _put(task: ImportUnderWay, path: Path, name: str, staging: Staging) -> Generator[Progress, None, None]:
    """Put the staged rows into the records, in one transaction."""
    workspace, known, plan, report = task.workspace, task.known, task.plan, task.report
    staged = staging.count
    with workspace.change(ACTION) as change:
        record_type = ensure_record_type(change, name)
        if known is not None and (record_type.id, record_type.fields) != (known.id, known.fields):
            raise ImportRefused(f"The fields of “{name}” changed meanwhile. Nothing was imported: try again.", report)
        grown = _furnish(change, record_type, plan, task.reader)
        record_type = ensure_fields(change, record_type, plan.fields)
        heal_broken(workspace, change)
        steps = merge(change, record_type, staging, lambda: next_change_number(change, record_type.id))
        for report.added, report.updated, share in steps:
            yield task.progress(0.7 + 0.3 * share, "Storing the records")
        report.unchanged += staged - report.added - report.updated
        new_fields = [column.field.label for column in plan.columns if column.new]
        if _to_undo(report, bool(new_fields) or grown):
            change.take_back()
            return
        done = _logged(change, path, record_type, report, new_fields)
        report.change = done._replace(to_compute=frozenset(queries.stale_ids(workspace)))


def _to_undo(report: ImportReport, structure_changed: bool) -> bool:
    """Whether a transaction is to be rolled back because it was a trial, or changed nothing."""
    return report.dry_run or not (report.added or report.updated or structure_changed)


def _furnish(change: OpenChange, record_type: RecordType, plan: ColumnPlan, reader: RowReader) -> bool:
    """Remember the key's column and let choices grow; whether anything did."""
    if record_type.key_label != plan.key_label:
        set_key_label(change, record_type.id, plan.key_label)
    grown = False
    for column, column_reader in zip(plan.columns, reader.readers, strict=True):
        field = column.field
        if column_reader.grown and not column.new:
            set_choices(change, record_type, field, (*field.choices, *column_reader.grown))
            grown = True
    return grown


def _logged(
    change: OpenChange, path: Path, record_type: RecordType, report: ImportReport, new_fields: list[str]
) -> Change:
    counts = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
    }
    after: dict[str, object] = {"file": path.name, "record_type": record_type.name, **counts}
    if new_fields:
        after["new_fields"] = new_fields
    change.log(after=after)
    parts = [f"{count:,} {what}" for what, count in counts.items() if count or what == "added"]
    return Change(f"Imported records of {record_type.name}: {', '.join(parts)}.", everything=True)


def _refusal(path: Path, report: ImportReport) -> str:
    rows = "1 row" if report.rejected == 1 else f"{report.rejected:,} rows"
    where = f" All of them are in {report.rejects_file}." if report.rejects_file else ""
    return (
        f"Nothing was imported from “{path.name}”: {rows} of {report.read:,} cannot be ({report.first_problem()})."
        f"{where} Mend the file, or leave bad rows out (--skip-bad-rows)."
    )
