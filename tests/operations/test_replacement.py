"""Replacing segments by another while deleting or deactivating them."""

from __future__ import annotations

import pytest

from segment_manager.domain.errors import CannotReplace, CircularRule, FactsChanged
from segment_manager.domain.plans import Action
from segment_manager.operations import care, computation, history, segments
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries
from segment_manager.storage.change import UNDOABLE_TABLES
from tests.operations import scenes


@pytest.fixture
def world(workspace):
    """'Old' is used by a rule, a live campaign and a running sequence; 'New' is Inactive."""
    scenes.add_leads(workspace, [("L1", "Berlin"), ("L2", "Paris"), ("L3", "Rome")])
    scenes.add_segment(workspace, "Old", scenes.city_is("Berlin"))
    scenes.add_segment(workspace, "New", scenes.city_is("Paris"))
    scenes.add_segment(workspace, "Rest", '{"all":[{"op":"not_in_segment","value":"old"},{"everything":true}]}')
    scenes.use(
        workspace,
        ("campaign", "Spring", "live", "Old", "2026-02-01"),
        ("sequence", "Win-back", "live", "Old"),
        ("sequence", "Both", "live", "Old"),
        ("sequence", "Both", "live", "New"),
        ("journey", "Over", "ended", "Old"),
    )
    scenes.do(workspace, Action.DEACTIVATE, "New")
    return workspace


def planned(workspace, action, *names, by):
    (other,) = scenes.ids(workspace, by)
    return segments.plan(workspace, action, scenes.ids(workspace, *names), replace_with=other)


def carried_out(workspace, plan):
    change = segments.carry_out(workspace, plan)
    finish(computation.compute(workspace, sorted(change.to_compute)))
    return change


def test_the_plan_shows_before_and_after_of_every_rule_and_asset(world):
    """Nothing blocks any more; what is over stays as it is."""
    plan = planned(world, Action.DELETE, "Old", by="New")
    assert (plan.blocked, [each.name for each in plan.will_do]) == ((), ["Old"])
    assert [(each.name, each.after) for each in plan.rewritten] == [
        ("Rest", '{"all":[{"op":"not_in_segment","value":"New"},{"everything":true}]}')
    ]
    assert [(each.asset_type, each.name, each.segment) for each in plan.moved] == [
        ("sequence", "Both", "Old"), ("sequence", "Win-back", "Old"), ("campaign", "Spring", "Old"),
    ]  # fmt: skip


def test_deleting_with_a_replacement_moves_uses_and_rules_and_revives_it(world):
    """The campaign goes on with the replacement, which is Active again; members and connections follow."""
    carried_out(world, planned(world, Action.DELETE, "Old", by="New"))
    assert queries.all_segment_names(world, 1) == ["New", "Rest"]
    assert scenes.status(world, "New") == ("active", None)
    used = {each.asset_name: each.started_on for each in queries.references(world, *scenes.ids(world, "New"))}
    assert used.keys() == {"Spring", "Win-back", "Both"}
    assert used["Spring"].isoformat() == "2026-02-01"
    assert scenes.member_keys(world, "Rest") == ["L1", "L3"]
    assert scenes.connected(world)["Win-back", "L2"] == "New"
    assert care.check(world) == []


def test_the_result_says_that_the_replacement_is_active_again(world):
    """With the asset that did it, as for every reuse."""
    change = carried_out(world, planned(world, Action.DEACTIVATE, "Old", by="New"))
    assert change.followed == "Active again: “New” (“Spring” began to use it)."


def test_an_asset_that_once_used_the_replacement_uses_it_again(world):
    """Its old use of it is over, so it would be left without an audience; what had no end has none."""
    scenes.add_segment(world, "Older", scenes.city_is("Rome"))
    scenes.use(
        world,
        ("campaign", "Spring", "live", "Older", "", "2099-01-01"),
        ("campaign", "Spring", "live", "New", "2025-01-01", "2025-02-01"),
    )
    carried_out(world, planned(world, Action.DELETE, "Old", "Older", by="New"))
    uses = {each.asset_name: each for each in queries.references(world, *scenes.ids(world, "New"))}
    assert (uses["Spring"].started_on.isoformat(), uses["Spring"].ended_on) == ("2025-01-01", None)


def test_deactivating_with_a_replacement_is_one_step_that_can_be_undone(world):
    """Undo brings back rules, uses and both statuses."""
    before = scenes.dump(world, UNDOABLE_TABLES)
    carried_out(world, planned(world, Action.DEACTIVATE, "Old", by="New"))
    assert scenes.status(world, "Old") == ("inactive", "deactivated")
    assert "New" in queries.rule_of(world, *scenes.ids(world, "Rest"))
    history.undo(world)
    assert scenes.dump(world, UNDOABLE_TABLES) == before


def test_a_replacement_that_would_make_a_circle_is_refused(world):
    """'Rest' rests on 'Old', so it cannot take its place."""
    with pytest.raises(CircularRule):
        planned(world, Action.DELETE, "Old", by="Rest")


def test_a_replacement_must_stay_and_be_of_the_record_type(world):
    """Neither one of the selection nor a segment of contacts."""
    with pytest.raises(CannotReplace, match="selected itself"):
        planned(world, Action.DELETE, "Old", "New", by="New")
    segments.create(world, "Contact", "People", queries_rule())
    with pytest.raises(CannotReplace, match="another record type"):
        planned(world, Action.DELETE, "Old", by="People")


def queries_rule():
    from segment_manager.domain.rules import Everything

    return Everything()


def test_a_use_that_came_meanwhile_is_asked_about_again(world):
    """The plan is made again inside the transaction, replacement included."""
    plan = planned(world, Action.DELETE, "Old", by="New")
    scenes.use(world, ("message", "Hello", "live", "Old"))
    with pytest.raises(FactsChanged):
        segments.carry_out(world, plan)
    scenes.do(world, Action.DELETE, "New")
    with pytest.raises(FactsChanged) as caught:
        segments.carry_out(world, plan)
    assert caught.value.plan.replacement is None
