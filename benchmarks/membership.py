"""From a rule to its members: previews, stored computations, many segments, and what changed alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from peewee import IntegerField, Model, TextField

from benchmarks import data
from benchmarks.measure import Benchmark, Goal, Result, Run, Way, compare, in_process, peak_memory
from segment_manager.domain.records import column
from segment_manager.domain.rules import Context, Rule, from_json, predicate
from segment_manager.domain.stored_values import Value, from_stored
from segment_manager.operations.computation import compute
from segment_manager.operations.computation import preview as preview_rule
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries
from segment_manager.storage.record_tables import next_change_number
from segment_manager.storage.rule_sql import compile_condition, compile_rule, distinct_conditions
from segment_manager.storage.segment_rules import context
from segment_manager.storage.workspace import Workspace

SAMPLE = 10_000


def preview(run: Run) -> Iterator[Result]:
    """How many records a rule selects and the first of them, for rules of 1, 3 and 8 conditions."""
    path = data.with_records(run.file("records"), run.size)
    workspace = data.opened(path)
    for conditions in data.RULES:
        rule = data.rule(conditions)
        by_hand = _Count(workspace, conditions)
        ours = preview_rule(workspace, data.TYPE, rule).count
        if ours != by_hand():
            raise AssertionError(f"{ours} records were selected, and by hand {by_hand()}.")
        yield compare(
            run, f"preview, {_conditions(conditions)}", Goal("limit", 1.3),
            ours=Way(partial(preview_rule, workspace, data.TYPE, rule)),
            limit=Way(by_hand), note=f"{ours:,} members",
        )  # fmt: skip
    workspace.close()


def _conditions(number: int) -> str:
    return f"{number} condition{'s' if number > 1 else ''}"


class _Count:
    """Counts the records of a rule with a statement written by hand."""

    def __init__(self, workspace: Workspace, conditions: int) -> None:
        self.connection = workspace.connection
        self.statement = f"SELECT count(*) FROM records_1 WHERE {data.BY_HAND[conditions]}"

    def __call__(self) -> int:
        return int(self.connection.execute(self.statement).get)


class _Stored:
    """Computes segments of one workspace, after making it so that there is something to compute."""

    def __init__(self, workspace: Workspace, ids: Sequence[int]) -> None:
        self.workspace, self.ids = workspace, ids

    def __call__(self) -> None:
        outcomes = finish(compute(self.workspace, self.ids))
        if any(each.error for each in outcomes) or len(outcomes) != len(self.ids):
            raise AssertionError(f"Not computed: {outcomes[:3]}")

    def as_new_rules(self) -> None:
        """Let the rules count as changed."""
        marks = ",".join(map(str, self.ids))
        self.workspace.connection.execute(f"UPDATE segment_result SET rule_stale = 1 WHERE segment_id IN ({marks})")
        self.workspace.tidy()  # as the window does between two jobs

    def as_changed(self, share: float) -> None:
        """Let a share of the records, from all over the table, count as changed since."""
        every = round(1 / share)
        with self.workspace.change("make") as change:
            number = next_change_number(change, 1)
            change.connection.execute("UPDATE records_1 SET changed = ? WHERE id % ? = 0", (number, every))
        self.workspace.tidy()


def stored(run: Run) -> Iterator[Result]:
    """A computation, all of it stored, against counting alone and against Peewee objects."""
    path = data.with_records(run.file("records"), run.size)
    workspace = data.opened(data.copied(path, "stored"))
    ids = data.add_rules(workspace, list(data.RULES.values()))
    surroundings, sample = context(workspace, 1), min(SAMPLE, run.size)
    model = record_model(workspace)
    workspace.connection.execute("CREATE TABLE naive_member (id INTEGER PRIMARY KEY, segment_id, record_id)")
    for segment_id, conditions in zip(ids, data.RULES, strict=True):
        one = _Stored(workspace, [segment_id])
        one()
        loop = _Loop(workspace, model, conditions, surroundings)
        yield compare(
            run, f"compute, {_conditions(conditions)}", Goal("limit", 2),
            ours=Way(one, one.as_new_rules), limit=Way(_Count(workspace, conditions)),
        )  # fmt: skip
        if not run.growth:
            yield compare(
                run, f"compute, {_conditions(conditions)}, by loop", Goal("naive", 50),
                ours=Way(one, one.as_new_rules),
                naive=Way(partial(loop, sample), done=sample, whole=run.size),
            )  # fmt: skip
    workspace.close()


class _Loop:
    """Members by Peewee objects: all rows as models, the rule asked in Python, members inserted."""

    def __init__(self, workspace: Workspace, model: type[Model], conditions: int, surroundings: Context) -> None:
        self.workspace, self.model = workspace, model
        self.fields = data.record_type(workspace).fields
        self.matches = predicate(data.rule(conditions), data.record_type(workspace), surroundings)
        self.members = _member_model(workspace)

    def __call__(self, number: int) -> None:
        rows = islice(self.model.select().iterator(), number)
        found = [{"segment_id": 1, "record_id": row.id} for row in rows if self.matches(self._values(row))]
        with self.workspace.db.atomic():
            for start in range(0, len(found), 500):
                self.members.insert_many(found[start : start + 500]).execute()

    def _values(self, row: Model) -> dict[str, Value]:
        return {field.name: from_stored(field, getattr(row, column(field))) for field in self.fields}


def record_model(workspace: Workspace) -> type[Model]:
    """The table of records as a Peewee model, as one would write it first."""
    columns: dict[str, TextField | IntegerField] = {"key": TextField()}
    columns |= {column(each): TextField(null=True) for each in data.RECORD_FIELDS[:5]}
    columns |= {column(each): IntegerField(null=True) for each in data.RECORD_FIELDS[5:]}
    columns["f_signed_up"] = TextField(null=True)
    return _model(workspace, "records_1", columns)


def _member_model(workspace: Workspace) -> type[Model]:
    return _model(workspace, "naive_member", {"segment_id": IntegerField(), "record_id": IntegerField()})


def _model(workspace: Workspace, table: str, columns: Mapping[str, TextField | IntegerField]) -> type[Model]:
    meta = type("Meta", (), {"table_name": table, "database": workspace.db})
    return type("Row", (Model,), {**columns, "Meta": meta})


def many(run: Run) -> Iterator[Result]:
    """1,000 segments that share 121 conditions, computed and stored."""
    path = data.with_records(run.file("records"), run.size)
    workspace = data.opened(data.copied(path, "many"))
    rules = data.thousand_rules(min(1000, run.size))
    every = _Stored(workspace, data.add_rules(workspace, rules))
    every()
    surroundings, of_type = context(workspace, 1), data.record_type(workspace)
    parsed = [from_json(each) for each in rules]
    sample = _SelectEach(workspace, parsed[: max(1, len(rules) // 10)], surroundings)
    distinct = [compile_condition(each, of_type, surroundings) for each in distinct_conditions(parsed, surroundings)]

    def each_condition() -> None:
        for text, parameters in distinct:
            asked = f"SELECT json_group_array(id) FROM records_1 WHERE {text}"
            workspace.connection.execute(asked, parameters).fetchall()

    result = compare(
        run, "compute 1,000 segments", Goal("naive", 6),
        ours=Way(every, every.as_new_rules),
        naive=Way(sample, sample.empty, len(sample.rules), len(rules)),
        limit=Way(each_condition),
        note=f"limit: each of {len(distinct)} conditions asked once, nothing stored",
    )  # fmt: skip
    size = workspace.connection.execute("SELECT sum(octet_length(members)) FROM segment_result").get or 0
    result.note += f"; members {size / 2**20:,.1f} MB"
    yield result
    workspace.close()


class _SelectEach:
    """A table of members, filled by one INSERT … SELECT a segment."""

    def __init__(self, workspace: Workspace, rules: Sequence[Rule], surroundings: Context) -> None:
        self.workspace, self.rules, self.surroundings = workspace, rules, surroundings

    def empty(self) -> None:
        self.workspace.connection.execute(
            "DROP TABLE IF EXISTS member_row; CREATE TABLE member_row (segment_id INTEGER, record_id INTEGER,"
            " PRIMARY KEY (segment_id, record_id)) WITHOUT ROWID"
        )

    def __call__(self) -> None:
        of_type = data.record_type(self.workspace)
        with self.workspace.connection as connection:
            for place, rule in enumerate(self.rules):
                where, parameters = compile_rule(rule, of_type, self.surroundings)
                insert = f"INSERT INTO member_row SELECT {place}, id FROM records_1 WHERE {where}"
                connection.execute(insert, parameters)


def changed(run: Run) -> Iterator[Result]:
    """Computing again after one record in a hundred changed, against computing the whole again."""
    path = data.with_records(run.file("records"), run.size)
    workspace = data.opened(data.copied(path, "changed"))
    rules = [data.RULES[3], *data.thousand_rules(min(100, run.size))]
    ids = data.add_rules(workspace, rules)
    for name, some in (("1 segment", ids[:1]), ("100 segments", ids[1:])):
        these = _Stored(workspace, some)
        these()
        yield compare(
            run, f"1 % changed, {name}", Goal("naive", 10),
            ours=Way(these, partial(these.as_changed, 0.01)), naive=Way(these, these.as_new_rules),
            note="naive: the whole again",
        )  # fmt: skip
    workspace.close()


def memory(run: Run) -> Iterator[Result]:
    """The most memory that previews, computations and what changed take."""
    path = data.with_records(run.file("records"), run.size)
    copy = data.copied(path, "memory")
    workspace = data.opened(copy)
    data.add_rules(workspace, list(data.RULES.values()))
    workspace.close()
    yield compare(
        run, "records: peak memory", Goal("value", 1024),
        ours=Way(partial(in_process, "membership", copy)), unit="MB", file=path,
    )  # fmt: skip


def _work_on(path: Path) -> None:
    workspace = data.opened(path)
    for conditions in data.RULES:
        preview_rule(workspace, data.TYPE, data.rule(conditions))
    every = _Stored(workspace, [each.id for each in queries.summaries(workspace)])
    every()
    every.as_changed(0.01)
    every()
    workspace.close()


BENCHMARKS = (
    Benchmark("preview", preview, (1_000_000,), growth=(10_000, 100_000, 1_000_000, 5_000_000), most=5_000_000),
    Benchmark("compute", stored, (1_000_000,), growth=(10_000, 100_000, 1_000_000, 5_000_000), most=5_000_000),
    Benchmark("many", many),
    Benchmark("changed", changed, (1_000_000,)),
    Benchmark("memory", memory, (5_000_000,), growth=(10_000, 100_000, 1_000_000, 5_000_000), most=5_000_000),
)

if __name__ == "__main__":
    _work_on(Path(sys.argv[1]))
    print(peak_memory())
