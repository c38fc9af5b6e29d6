"""Importing records from CSV, against csv.DictReader with insert_many and against rows put in unchecked."""

from __future__ import annotations

import csv
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

from peewee import IntegerField, Model, TextField

from benchmarks import data
from benchmarks.measure import Benchmark, Goal, Result, Run, Way, compare, in_process, megabytes, peak_memory
from segment_manager.domain.records import FOLDED_TYPES, FieldType, column, folded_column
from segment_manager.operations.imports import import_records
from segment_manager.operations.jobs import finish
from segment_manager.storage.record_tables import ensure_fields
from segment_manager.storage.workspace import Workspace

SAMPLE = 50_000


def import_csv(run: Run) -> Iterator[Result]:
    """A file of twelve columns into an empty workspace, all checks on."""
    path = data.csv_file(run.folder / f"records-{run.size}.csv", run.size)
    target = _Target(run.file("import"), path)
    sample = min(SAMPLE, run.size)
    result = compare(
        run, "import", Goal("naive", 7),
        ours=Way(target.ours, target.empty),
        naive=Way(lambda: target.insert_many(sample), target.furnished, sample, run.size),
        limit=Way(target.unchecked, target.furnished),
        note=f"CSV of {megabytes(path):,.0f} MB, 12 columns",
    )  # fmt: skip
    target.empty()
    target.ours()
    target.workspace.close()
    result.file_mb = megabytes(target.path)
    yield result


def import_memory(run: Run) -> Iterator[Result]:
    """The most memory that an import takes, against a file of a tenth the size."""
    whole = data.csv_file(run.folder / f"records-{run.size}.csv", run.size)
    tenth = data.csv_file(run.folder / f"records-{run.size // 10}.csv", run.size // 10)
    yield compare(
        run, "import: peak memory", Goal("limit", 1.3),
        ours=Way(lambda: in_process("imports", whole, run.folder)),
        limit=Way(lambda: in_process("imports", tenth, run.folder)),
        unit="MB", note="limit: a file of a tenth the size",
    )  # fmt: skip


class _Target:
    """The workspace that the rows of `source` go into; each turn has a new one."""

    def __init__(self, path: Path, source: Path) -> None:
        self.path, self.source = path, source
        self.workspace = data.create(path)

    def empty(self) -> None:
        self.workspace.close()
        for part in ("", "-wal", "-shm"):
            Path(f"{self.path}{part}").unlink(missing_ok=True)
        self.workspace = data.create(self.path)

    def furnished(self) -> None:
        """Empty, with the table of records that the import would make."""
        self.empty()
        with self.workspace.change("make") as change:
            ensure_fields(change, data.record_type(self.workspace), data.RECORD_FIELDS)

    def ours(self) -> None:
        report = finish(import_records(self.workspace, self.source, data.TYPE))
        if report.rejected:
            raise AssertionError(f"{report.rejected} rows were rejected.")

    def insert_many(self, number: int) -> None:
        model = _record_model(self.workspace)
        fields = {each.label: column(each) for each in data.RECORD_FIELDS}
        numbers = [column(each) for each in data.RECORD_FIELDS if each.type is FieldType.INTEGER]
        with self.source.open(newline="", encoding="utf-8") as file, self.workspace.db.atomic():
            rows = itertools.islice(csv.DictReader(file), number)
            while batch := [_as_values(row, fields, numbers) for row in itertools.islice(rows, 500)]:
                model.insert_many(batch).execute()

    def unchecked(self) -> None:
        """Rows as they stand in the file, many to a statement, on the raw connection."""
        names = ["key", "changed", *map(column, data.RECORD_FIELDS)]
        folding = [place for place, each in enumerate(data.RECORD_FIELDS, 2) if each.type in FOLDED_TYPES]
        names += [folded_column(data.RECORD_FIELDS[place - 2]) for place in folding]
        mark = f"({', '.join('?' * len(names))})"
        head = f"INSERT INTO records_1 ({', '.join(names)}) VALUES "
        with self.source.open(newline="", encoding="utf-8") as file, self.workspace.connection as connection:
            rows = csv.reader(file)
            next(rows)
            # dropped and made again at the end, as a bulk load does
            connection.execute("DROP INDEX records_1_changed")
            while batch := list(itertools.islice(rows, 500)):
                for row in batch:
                    row.insert(1, "1")
                    row[7] = row[7].replace(".", "")
                    row[12] = "1" if row[12] == "yes" else "0"
                    row += [row[place].lower() for place in folding]
                connection.execute(head + ", ".join([mark] * len(batch)), list(itertools.chain.from_iterable(batch)))
            connection.execute("CREATE INDEX records_1_changed ON records_1 (changed)")


def _as_values(row: dict[str, str], fields: dict[str, str], numbers: list[str]) -> dict[str, object]:
    values: dict[str, object] = {name: row[label] or None for label, name in fields.items()}
    for name in numbers:
        values[name] = int(str(values[name]))
    values["f_revenue"] = round(float(row["Revenue"]) * 100)
    values["f_opted_in"] = int(row["Opted in"] == "yes")
    for field in data.RECORD_FIELDS:
        if field.type in FOLDED_TYPES:
            values[folded_column(field)] = row[field.label].casefold()
    return {"key": row["Id"], "changed": 1, **values}


def _record_model(workspace: Workspace) -> type[Model]:
    """The table of records as a Peewee model, as one would write it."""
    texts = (FieldType.TEXT, FieldType.CHOICE, FieldType.DATE)
    columns: dict[str, object] = {"key": TextField(), "changed": IntegerField()}
    for field in data.RECORD_FIELDS:
        columns[column(field)] = TextField(null=True) if field.type in texts else IntegerField(null=True)
        if field.type in FOLDED_TYPES:
            columns[folded_column(field)] = TextField(null=True)
    meta = type("Meta", (), {"table_name": "records_1", "database": workspace.db})
    return type("RecordRow", (Model,), {**columns, "Meta": meta})


BENCHMARKS = (
    Benchmark("import", import_csv, sizes=(1_000_000,)),
    Benchmark("import-memory", import_memory, sizes=(1_000_000,)),
)

if __name__ == "__main__":
    source, folder = map(Path, sys.argv[1:])
    target_file = folder / f"import-memory-{source.stem}"
    target_file.unlink(missing_ok=True)
    memory_target = _Target(target_file, source)
    memory_target.ours()
    print(peak_memory())
