"""Random sequences of actions against a small model of the domain, and undo of everything."""

from __future__ import annotations

import copy
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from segment_manager.domain.plans import Action
from segment_manager.domain.segments import copy_name, folded_name
from segment_manager.operations import care, history, segments, usage
from segment_manager.storage import queries
from segment_manager.storage.change import UNDOABLE_TABLES
from segment_manager.storage.workspace import Workspace
from tests.conftest import Clock
from tests.operations import scenes

CITIES = ("Berlin", "Paris", "Rome")
KEYS = ("L1", "L2", "L3", "L4")
SEQUENCES = ("Win-back", "Survey")


@dataclass
class Known:
    """What the model knows of one segment."""

    city: str
    status: str = "active"
    reason: str | None = None
    pinned: bool = False
    members: set[str] | None = field(default_factory=set)


class ReferenceModel(RuleBasedStateMachine):
    """The domain in a page: statuses, members, links and connections, beside the real workspace."""

    @initialize()
    def open(self):
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.workspace = Workspace.create(Path(self.folder.name) / "w.segments", login="ada", clock=self.clock)
        from segment_manager.operations import settings as workspace_settings

        workspace_settings.change_setting(self.workspace, "auto_scan", False)
        scenes.add_leads(self.workspace, [("L1", "Berlin")])
        self.records = {"L1": "Berlin"}
        self.segments: dict[str, Known] = {}
        self.links: dict[str, tuple[str, str]] = {}  # sequence → (state, segment)
        self.connections: dict[tuple[str, str], str] = {}
        self.done: list[tuple[dict, dict]] = []
        self.undone: list[tuple[dict, dict]] = []
        self.first = scenes.dump(self.workspace, UNDOABLE_TABLES)
        self.steps_at_start = 1  # the setting above
        self.deleted = False

    def teardown(self):
        if hasattr(self, "workspace"):
            assert care.check(self.workspace) == []
            if not self.deleted:
                for _ in range(len(self.done)):
                    history.undo(self.workspace)
                assert scenes.dump(self.workspace, UNDOABLE_TABLES) == self.first
            self.workspace.close()
            self.folder.cleanup()

    def step(self):
        """Remember the state before an undoable step."""
        self.done.append((copy.deepcopy(self.segments), dict(self.links)))
        self.undone.clear()

    def settle(self):
        """What computations bring: Active segments take in what matches, and feed their live sequences."""
        for known in self.segments.values():
            if known.status == "active":
                known.members = {key for key, city in self.records.items() if city == known.city}
        order = sorted(self.segments, key=lambda name: scenes.ids(self.workspace, name))
        for sequence, (state, linked) in self.links.items():
            for name in order:
                if name == linked and state in ("live", "scheduled") and self.segments[name].status == "active":
                    for key in self.segments[name].members or ():
                        self.connections.setdefault((sequence, key), name)

    @rule(city=st.sampled_from(CITIES), active=st.booleans())
    def create(self, city, active):
        name = f"S{len(self.segments)} {city}"
        if folded_name(name) in {folded_name(each) for each in self.segments}:
            return
        self.step()
        scenes.add_segment(self.workspace, name, scenes.city_is(city), active=active)
        self.segments[name] = Known(city) if active else Known(city, "inactive", "not activated", members=None)
        self.settle()

    @rule(key=st.sampled_from(KEYS), city=st.sampled_from(CITIES))
    def import_record(self, key, city):
        scenes.add_leads(self.workspace, [(key, city)])
        self.records[key] = city
        self.settle()

    @precondition(lambda self: self.segments)
    @rule(data=st.data(), sequence=st.sampled_from(SEQUENCES), state=st.sampled_from(["live", "paused", "draft"]))
    def link(self, data, sequence, state):
        name = data.draw(st.sampled_from(sorted(self.segments)))
        if self.links.get(sequence) == (state, name) or (sequence in self.links and self.links[sequence][1] != name):
            return
        self.step()
        was_live = self.links.get(sequence, ("", ""))[0] == "live"
        scenes.use(self.workspace, ("sequence", sequence, state, name))
        self.links[sequence] = (state, name)
        if state == "live" and not was_live:
            self.segments[name].status, self.segments[name].reason = "active", None
        self.settle()

    @precondition(lambda self: self.segments)
    @rule(
        data=st.data(),
        action=st.sampled_from([Action.DEACTIVATE, Action.RESUME, Action.KEEP_ACTIVE, Action.ALLOW_SCAN]),
    )
    def act(self, data, action):
        names = data.draw(st.sets(st.sampled_from(sorted(self.segments)), min_size=1))
        made = scenes.plan(self.workspace, action, *names)
        applies = {
            Action.DEACTIVATE: lambda known: known.status == "active",
            Action.RESUME: lambda known: known.status == "inactive",
            Action.KEEP_ACTIVE: lambda known: known.status == "active" and not known.pinned,
            Action.ALLOW_SCAN: lambda known: known.pinned,
        }[action]
        expected = {name for name in names if applies(self.segments[name])}
        assert {each.name for each in made.will_do} == expected
        assert {each.name for each in made.skipped} == names - expected
        if not expected:
            return
        self.step()
        scenes.do(self.workspace, action, *names)
        for name in expected:
            known = self.segments[name]
            if action is Action.DEACTIVATE:
                known.status, known.reason = "inactive", "deactivated"
            elif action is Action.RESUME:
                known.status, known.reason = "active", None
            else:
                known.pinned = action is Action.KEEP_ACTIVE
        self.settle()

    @precondition(lambda self: self.segments)
    @rule(data=st.data())
    def clone(self, data):
        name = data.draw(st.sampled_from(sorted(self.segments)))
        expected = copy_name(name, {folded_name(each) for each in self.segments})
        self.step()
        scenes.do(self.workspace, Action.CLONE, name)
        original = self.segments[name]
        active = original.status == "active"
        self.segments[expected] = Known(
            original.city, original.status, None if active else "not activated", members=set() if active else None
        )
        self.settle()

    @precondition(lambda self: self.segments)
    @rule(data=st.data())
    def delete(self, data):
        name = data.draw(st.sampled_from(sorted(self.segments)))
        scenes.do(self.workspace, Action.DELETE, name)
        del self.segments[name]
        self.links = {sequence: link for sequence, link in self.links.items() if link[1] != name}
        self.deleted = True
        self.done.clear()
        self.undone.clear()

    @precondition(lambda self: self.segments)
    @rule(days=st.integers(1, 60))
    def days_pass_and_the_scan_runs(self, days):
        self.clock.now += timedelta(days=days)
        marked = {each.name for each in usage.plan_scan(self.workspace).will_do}
        for name in marked:
            known = self.segments[name]
            assert known.status == "active"
            assert not known.pinned
            assert all(link != ("live", name) for link in self.links.values())
        if marked:
            self.step()
        usage.scan(self.workspace)
        for name in marked:
            self.segments[name].status, self.segments[name].reason = "inactive", "unused"

    @precondition(lambda self: self.done and not self.deleted)
    @rule()
    def undo(self):
        self.undone.append((copy.deepcopy(self.segments), dict(self.links)))
        self._go_to(self.done.pop(), history.undo)

    @precondition(lambda self: self.undone and not self.deleted)
    @rule()
    def redo(self):
        self.done.append((copy.deepcopy(self.segments), dict(self.links)))
        self._go_to(self.undone.pop(), history.redo)

    def _go_to(self, state, verb):
        present = self.segments
        self.segments, self.links = copy.deepcopy(state[0]), dict(state[1])
        for name, known in self.segments.items():
            known.members = present[name].members if name in present else None
        # A sequence whose first import is undone was never known; with it go its connections.
        self.connections = {pair: name for pair, name in self.connections.items() if pair[0] in self.links}
        change = verb(self.workspace)
        if change.to_compute:
            from segment_manager.operations import computation
            from segment_manager.operations.jobs import finish

            finish(computation.compute(self.workspace, sorted(change.to_compute)))
        self.settle()

    @invariant()
    def the_workspace_is_as_the_model_says(self):
        if not hasattr(self, "workspace"):
            return
        found = {each.name: each for each in queries.summaries(self.workspace)}
        assert found.keys() == self.segments.keys()
        for name, known in self.segments.items():
            row = found[name]
            assert (str(row.status), row.reason and str(row.reason), row.keep_active) == (
                known.status, known.reason, known.pinned,
            )  # fmt: skip
            assert row.members == (None if known.members is None else len(known.members))
            assert set(scenes.member_keys(self.workspace, name)) == (known.members or set())
        assert scenes.connected(self.workspace).keys() == self.connections.keys()


TestReferenceModel = ReferenceModel.TestCase
TestReferenceModel.settings = settings(
    max_examples=25, stateful_step_count=14, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_undoing_everything_restores_every_table_that_can_be_undone(workspace):
    """Create, edit, tag, clone, deactivate, resume, pin, usage and a setting: backwards, nothing of them is left."""
    scenes.add_leads(workspace, [("L1", "Berlin"), ("L2", "Paris")])
    first = scenes.dump(workspace, UNDOABLE_TABLES)
    states = []

    def remember():
        states.append(scenes.dump(workspace, UNDOABLE_TABLES))

    remember()
    scenes.add_segment(workspace, "A", scenes.city_is("Berlin"))
    remember()
    scenes.add_segment(workspace, "B", '{"op":"in_segment","value":"A"}')
    remember()
    segments.edit(workspace, *scenes.ids(workspace, "A"), name="AA", description="x", tags=["t"])
    remember()
    segments.tag(workspace, scenes.ids(workspace, "AA", "B"), ["u", "v"], ["t"])
    remember()
    scenes.do(workspace, Action.CLONE, "AA", "B")
    remember()
    scenes.use(workspace, ("sequence", "S", "live", "AA"), ("campaign", "C", "draft", "B"), ("report", "R", "live", ""))
    remember()
    scenes.do(workspace, Action.DEACTIVATE, "AA", "B")
    remember()
    scenes.do(workspace, Action.RESUME, "B")
    remember()
    scenes.do(workspace, Action.KEEP_ACTIVE, "B")
    for state in reversed(states):
        history.undo(workspace)
        assert scenes.dump(workspace, UNDOABLE_TABLES) == state
    assert scenes.dump(workspace, UNDOABLE_TABLES) == first
    for state in [*states[1:]]:
        history.redo(workspace)
        assert scenes.dump(workspace, UNDOABLE_TABLES) == state
    assert care.check(workspace) == []
