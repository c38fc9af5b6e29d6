"""The steps by which the rows of a file reach the staging table, each key once.

Stands apart from imports.py, where they become records: up to here nothing of the workspace is locked or changed.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

from segment_manager.domain.changes import Progress
from segment_manager.domain.column_plan import ColumnPlan, plan_columns
from segment_manager.domain.errors import FileUnreadable
from segment_manager.domain.mapping import Mapping
from segment_manager.domain.records import RecordType
from segment_manager.domain.values import shown
from segment_manager.operations.import_reading import FileSurvey, RowReader
from segment_manager.operations.import_report import ImportReport
from segment_manager.storage.batches import BadRow, Batch
from segment_manager.storage.record_import import Staging, staged_rows
from segment_manager.storage.rejects import RejectsFile
from segment_manager.storage.tabular import Table
from segment_manager.storage.workspace import Workspace


@dataclass(slots=True)
class ImportUnderWay:
    """What the steps of one import share.

    `plan` and `reader` are set by `start`; `unfit` counts rows that are whole but whose values do not fit.
    """

    workspace: Workspace
    table: Table
    known: RecordType | None
    mapping: Mapping
    in_use: bool
    report: ImportReport
    rejects: RejectsFile
    plan: ColumnPlan = field(default_factory=lambda: ColumnPlan((), None, ""))
    survey: FileSurvey = field(init=False)
    reader: RowReader = field(init=False)
    unfit: int = 0

    @property
    def finds_key(self) -> bool:
        """Whether the key column is found out from the file."""
        return self.mapping.key is None and not self.in_use

    def fresh_survey(self) -> FileSurvey:
        return FileSurvey(self.table, self.known, self.mapping, find_key=self.finds_key)

    def make_plan(self) -> ColumnPlan:
        """The plan by all that was seen so far."""
        return plan_columns(
            self.table.labels,
            self.survey.surveys,
            self.known,
            self.mapping,
            zone=self.workspace.zone,
            delimiter=self.table.delimiter,
            has_records=self.in_use,
            unique=self.survey.unique(),
        )

    def progress(self, share: float, text: str) -> Progress:
        return Progress(round(self.table.size * share), self.table.size, text)

    def take(self, batch: Batch, staging: Staging) -> None:
        """Bring the rows of a batch into the staging table, the bad ones into the report and the rejects file."""
        rows = self.reader.read(batch)
        self.unfit += len(rows.bad) - len(batch.bad)
        for bad in rows.bad:
            self.reject(bad)
        self.report.read += len(rows.numbers) + len(rows.bad)
        staging.add(staged_rows(rows.numbers, rows.lines, rows.keys, rows.values, rows.folded))

    def reject(self, bad: BadRow) -> None:
        """Report a bad row."""
        self.report.reject(bad)
        self.rejects.write(bad)

    def start(self, plan: ColumnPlan, staging: Staging) -> None:
        """Begin reading by a plan, forgetting what was read before."""
        self.plan = plan
        self.reader = RowReader(self.table, plan)
        self.rejects.discard()
        self.report.read = self.report.rejected = self.unfit = 0
        self.report.bad_rows.clear()
        staging.start(plan.fields)


def gather(task: ImportUnderWay, staging: Staging) -> Generator[Progress, None, None]:
    """Bring all rows into the staging table, by the types and the key that the whole file has.

    The beginning of the file makes a plan, by which the rest is read. Only where a later row overthrows it (a value
    does not
    fit, a key comes twice) is the whole file looked at first and then read anew. Raises FileUnreadable without any row.
    """
    whole, holds = yield from _read_likely(task, staging)
    if holds:
        yield from _find_repeats(task, staging)
        holds = whole or not (task.finds_key and task.plan.key is not None and staging.has_repeats)
    if not holds:
        yield from _read_surely(task, staging)
        yield from _find_repeats(task, staging)
    if not task.report.read:
        raise FileUnreadable("The file has a header but no rows: there is nothing to import.")
    task.report.key = task.plan.key_label
    task.report.notes = [*task.table.notes, *task.plan.notes]
    if task.reader.empty:
        task.report.notes.append(f"{task.reader.empty:,} rows without any value left out")


def _find_repeats(task: ImportUnderWay, staging: Staging) -> Generator[Progress, None, None]:
    """Index the keys and find out whether any stands twice, with a moment to cancel between: of a million each takes
    part of a second."""
    staging.index()
    yield task.progress(0.65, "Comparing the keys")
    staging.find_repeats()
    yield task.progress(0.65, "Comparing the keys")


def _read_likely(task: ImportUnderWay, staging: Staging) -> Generator[Progress, None, tuple[bool, bool]]:
    """Read by what the beginning shows; whether that was the whole file, and whether the plan holds."""
    task.survey = task.fresh_survey()
    batches = task.table.batches()
    held: list[Batch] = []
    whole = True
    for batch in batches:
        task.survey.add(batch)
        held.append(batch)
        yield task.progress(0.2 * batch.done / max(task.table.size, 1), "Looking at the columns")
        if task.survey.likely:
            whole = False
            break
    task.start(task.make_plan(), staging)
    for batch in held:
        task.take(batch, staging)
    if whole:
        return True, True
    held.clear()
    task.survey.freeze()
    for batch in batches:
        if task.unfit:
            return False, False
        task.survey.add(batch)
        task.take(batch, staging)
        yield task.progress(0.6 * batch.done / max(task.table.size, 1), "Reading the rows")
    final = task.make_plan()
    if task.unfit or not final.reads_like(task.plan):
        return False, False
    task.plan = final.grown([reader.grown for reader in task.reader.readers])
    return False, True


def _read_surely(task: ImportUnderWay, staging: Staging) -> Generator[Progress, None, None]:
    """Look at the whole file, then read it."""
    task.survey = task.fresh_survey()
    for batch in task.table.batches():
        task.survey.add(batch)
        yield task.progress(0.4 * batch.done / max(task.table.size, 1), "Looking at the columns")
    task.start(task.make_plan(), staging)
    for batch in task.table.batches():
        task.take(batch, staging)
        yield task.progress(0.4 + 0.25 * batch.done / max(task.table.size, 1), "Reading the rows")


def settle_keys(task: ImportUnderWay, staging: Staging) -> Generator[Progress, None, None]:
    """Make every key stand once: equal rows count as unchanged, differing ones are bad."""
    if not staging.has_repeats:
        return
    if task.plan.key is None:
        staging.number_repeats()
        return
    task.report.unchanged += staging.drop_equal_repeats()
    wanted = (
        (number, f"the key “{shown(key)}” stands on line {first} already, with other values")
        for number, _, key, first in staging.conflicts()
    )
    for bad in task.reader.rows_numbered(wanted):
        task.reject(bad)
        yield task.progress(0.65, "Reading the rows")
    task.report.bad_rows.sort(key=lambda each: each.line)
    staging.drop_conflicts()
