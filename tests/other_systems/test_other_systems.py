"""What other segmentation and query systems test in themselves, asked of this one.

Each JSON file beside this one holds records, rules and results that the system it names takes as given, put into the
rule format of this program; where rules mean something else here, the result is that of this program. A file has
`source`, `record_type`, `records` (JSON lines) or `csv` (lines), `fields` (types said by a mapping), `settings` of the
workspace, `segments` to refer to, and `cases`: a `rule`, perhaps `as_of`, and the `keys` that match, or keys that match
(`in`) and do not (`out`), or words of its refusal (`refused`).
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from segment_manager.cli.main import main
from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.mapping import Mapping
from segment_manager.domain.rules import explain, from_json, predicate
from segment_manager.operations import computation, settings
from segment_manager.operations.imports import import_records
from segment_manager.operations.jobs import finish
from segment_manager.operations.segment_import import import_segments
from segment_manager.storage import queries
from segment_manager.storage.segment_rules import context
from segment_manager.storage.workspace import Workspace

FILES = sorted(Path(__file__).parent.glob("*.json"))
Case = dict[str, Any]


class World:
    """The workspace of one file: its records imported, its segments created."""

    def __init__(self, folder: Path, told: dict[str, Any]) -> None:
        self.told = told
        self.now = datetime.fromisoformat("2026-03-02T09:30:00+00:00")
        self.path = folder / "w.segments"
        self.workspace = Workspace.create(self.path, login="ada", clock=lambda: self.now)
        for name, value in {"time_zone": "UTC", **told.get("settings", {})}.items():
            settings.change_setting(self.workspace, name, value)
        lines = told["csv"] if "csv" in told else map(json.dumps, told["records"])
        file = folder / ("records.csv" if "csv" in told else "records.jsonl")
        file.write_text("\n".join(lines), encoding="utf-8")
        types = {column: {"type": kind} for column, kind in told["fields"].items()}
        mapping = Mapping.from_dict({"key": "key", "fields": types})
        finish(import_records(self.workspace, file, told["record_type"], mapping=mapping))
        self.record_type = queries.record_type(self.workspace, told["record_type"])
        self.bring_in([(each["name"], each["rule"]) for each in told.get("segments", ())])
        self.keys = list(
            computation.preview_keys(self.workspace, self.record_type.name, from_json({"everything": True}))
        )

    def bring_in(self, rules: Sequence[tuple[str, object]]) -> list[int]:
        """Import segments of these names and rules, Inactive as imported ones are; gives their ids."""
        if not rules:
            return []
        kind = self.record_type.name
        lines = [json.dumps({"record_type": kind, "name": name, "rule": rule}) for name, rule in rules]
        file = self.path.with_name("segments.jsonl")
        file.write_text("\n".join(lines), encoding="utf-8")
        finish(import_segments(self.workspace, file))
        return queries.segment_ids(self.workspace, kind, [name for name, _ in rules])

    def at(self, as_of: str | None) -> None:
        """Let it be that time, read as --as-of is read."""
        if as_of:
            moment = datetime.fromisoformat(as_of)
            self.now = moment if moment.tzinfo else moment.replace(tzinfo=self.workspace.zone)

    @property
    def cases(self) -> list[Case]:
        """The cases whose rules can be."""
        return [case for case in self.told["cases"] if "refused" not in case]


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def world(request, tmp_path_factory) -> Iterator[World]:
    """The world of one file, for all its tests: none of them changes records."""
    made = World(tmp_path_factory.mktemp(request.param.stem), json.loads(request.param.read_text(encoding="utf-8")))
    yield made
    made.workspace.close()


def fits(case: Case, keys: list[str]) -> bool:
    """Whether these keys are what the case takes as given."""
    if "keys" in case:
        return keys == case["keys"]
    return set(case["in"]) <= set(keys) and not set(case["out"]) & set(keys)


def test_preview_selects_what_other_systems_select(world):
    """Every rule selects the records it should, in the order of their import, and a rule that cannot be is refused."""
    wrong = []
    for case in world.told["cases"]:
        world.at(case.get("as_of"))
        try:
            found = list(computation.preview_keys(world.workspace, world.record_type.name, from_json(case["rule"])))
        except InvalidRule as refusal:
            if "refused" not in case or case["refused"] not in str(refusal):
                wrong.append((case, str(refusal)))
            continue
        if "refused" in case or not fits(case, found):
            wrong.append((case, found))
    assert not wrong


def test_python_and_explanations_say_the_same(world):
    """The Python face of a rule and the explanation of every record give what the file takes as given."""
    records = {key: queries.record_by_key(world.workspace, world.record_type, key)[1] for key in world.keys}
    for case in world.cases:
        world.at(case.get("as_of"))
        rule, now = from_json(case["rule"]), context(world.workspace, world.record_type.id)
        test = predicate(rule, world.record_type, now)
        matching = [key for key, record in records.items() if test(record)]
        assert fits(case, matching), case
        explained = [key for key, record in records.items() if explain(rule, record, world.record_type, now)["true"]]
        assert explained == matching, case


def test_segments_hold_the_same(world):
    """Saved as segments and computed together, the rules have the members; `explain` tells of one record so, too."""
    timeless = [case for case in world.cases if "as_of" not in case]
    made = world.bring_in([(f"case {number}", case["rule"]) for number, case in enumerate(timeless)])
    finish(computation.compute(world.workspace, made))
    for segment, case in zip(made, timeless, strict=True):
        members = list(queries.member_keys(world.workspace, segment))
        assert fits(case, [key for key in world.keys if key in members]), case
        key = world.keys[segment % len(world.keys)]
        told = computation.explain(world.workspace, segment, key)
        assert (told.member, told.matches) == (key in members,) * 2, (case, key)


def test_the_command_line_says_the_same(world, capsys, monkeypatch):
    """`preview --ids --as-of` prints the keys; a rule that is refused ends with exit code 1 and its path."""
    cases = world.told["cases"]
    chosen = [
        cases[0],
        *[case for case in cases if "as_of" in case][-1:],
        *[case for case in cases if "refused" in case][:1],
    ]
    for case in chosen:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(case["rule"]).encode())))
        as_of = ["--as-of", case["as_of"]] if "as_of" in case else []
        options = ["--record-type", world.record_type.name, "--rule", "-", "--ids", "--format", "json", *as_of]
        code = main(["--workspace", str(world.path), "preview", *options])
        said = capsys.readouterr()
        if "refused" in case:
            assert (code, case["refused"] in said.err) == (1, True), (case, said)
        else:
            document = json.loads(said.out)
            assert fits(case, document["keys"]), (case, document)
            assert document["count"] == len(document["keys"])
