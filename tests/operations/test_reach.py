"""What an action on one segment reads: nothing that grows with the number of the others."""

from __future__ import annotations

from collections import Counter

import apsw
import pytest

from benchmarks import data
from segment_manager.domain.plans import Action
from segment_manager.domain.rules import from_json
from segment_manager.operations import computation, exports, history, segments
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries

FEW, MANY = 300, 1500
EVERYTHING = from_json('{"everything": true}')
OF_NEW = from_json('{"op": "in_segment", "value": "New"}')
LOOKED_THROUGH = ("INSERT OR IGNORE INTO usage_moved", "SELECT segment.id, record_type_id, rule FROM segment JOIN")
"""Whether a tally of uses is of a day gone by, and what is broken, is asked of all; a million take a tenth of a second.

Of the broken ones, which may be mended by any change, the latter gives the rules.
"""


def do(action):
    def work(workspace):
        plan = segments.plan(workspace, action, queries.segment_ids(workspace, "Lead", ["New"]), anyway=True)
        segments.carry_out(workspace, plan)

    return work


def new(workspace):
    segments.create(workspace, "Lead", "New", EVERYTHING, tags=["x"])


def edited(**values):
    return lambda workspace: segments.edit(workspace, queries.segment_ids(workspace, None, ["New"])[0], **values)


STEPS = {
    "create": new,
    "compute": lambda workspace: finish(computation.compute(workspace, queries.segment_ids(workspace, None, ["New"]))),
    "preview": lambda workspace: computation.preview(workspace, "Lead", OF_NEW),
    "edit": edited(rule=from_json('{"not": {"everything": true}}')),
    "rename": edited(name="Newer"),
    "undo of a name": history.undo,
    "deactivate": do(Action.DEACTIVATE),
    "undo of a status": history.undo,
    "clone": do(Action.CLONE),
    "undo of a copy": history.undo,
    "redo of a copy": history.redo,
    "export": lambda workspace: list(
        exports.segments(workspace, ids=queries.segment_ids(workspace, None, ["New"])).rows()
    ),
    "show": lambda workspace: queries.segment_detail(workspace, queries.segment_ids(workspace, None, ["New"])[0]),
    "delete": do(Action.DELETE),
}  # fmt: skip


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    """How many steps of SQLite's machine each statement of each action took, with few segments and with many."""
    found = {}
    for number in (FEW, MANY):
        workspace = data.opened(data.with_segments(tmp_path_factory.mktemp("reach") / "w", number, references=1))
        connection = workspace.connection
        connection.execute("UPDATE person SET role = 'System Administrator'")
        connection.execute("UPDATE segment_result SET missing = '[]'")  # there are no records, and so no fields
        for name, step in STEPS.items():
            counted = found.setdefault(name, {}).setdefault(number, Counter())

            def count(event, counted=counted):
                counted[" ".join(event["sql"].split())] += event["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"]

            connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, count)
            step(workspace)
            connection.trace_v2(0)
        workspace.close()
    return found


@pytest.mark.parametrize("name", STEPS)
def test_others_are_left_alone(steps, name):
    """Five times as many segments are no more work."""
    few, many = steps[name][FEW], steps[name][MANY]
    assert sum(many.values()) > 100
    growing = [each for each in many if many[each] - few[each] > MANY - FEW and not each.startswith(LOOKED_THROUGH)]
    assert growing == []
