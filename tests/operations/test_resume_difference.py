"""Before a resume the plan tells how long the segment rested, who would join and leave, and what would get them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from segment_manager.domain.plans import Action
from segment_manager.operations import segments
from segment_manager.storage import resume_difference
from tests.operations import scenes


@pytest.fixture
def world(workspace, clock):
    """Berlin and Paris rest since ten days; one joined each meanwhile, and one left Berlin."""
    scenes.add_leads(workspace, [("L1", "Berlin"), ("L2", "Berlin"), ("L3", "Paris")])
    for city in ("Berlin", "Paris"):
        scenes.add_segment(workspace, city, scenes.city_is(city))
    scenes.use(
        workspace,
        ("sequence", "Win-back", "live", "Berlin"),
        ("sequence", "Survey", "paused", "Berlin"),
        ("sequence", "Win-back", "live", "Paris"),
        ("campaign", "Spring", "live", "Paris"),
    )
    scenes.do(workspace, Action.DEACTIVATE, "Berlin")
    clock.now += timedelta(days=4)
    scenes.do(workspace, Action.DEACTIVATE, "Paris", anyway=True)
    clock.now += timedelta(days=6)
    scenes.add_leads(workspace, [("L2", "Paris"), ("L4", "Berlin")])
    return workspace


def test_one_segment(world):
    """Its days of rest, who joins and leaves, and the sequence that gets the new one."""
    plan = scenes.plan(world, Action.RESUME, "Berlin")
    assert (plan.inactive_days, plan.joining, plan.leaving) == (10, 1, 1)
    assert [(each.name, each.by_now) for each in plan.sequences] == [("Win-back", 1), ("Survey", 0)]


def test_several_segments_count_a_record_once(world):
    """The one that rested longest is told; a record that moves from one to the other joins and leaves once."""
    plan = scenes.plan(world, Action.RESUME, "Berlin", "Paris")
    assert (plan.inactive_days, plan.joining, plan.leaving) == (10, 2, 1)
    # L2 is in the sequence already, through Berlin
    assert [(each.name, each.by_now) for each in plan.sequences] == [("Win-back", 1), ("Survey", 0)]
    assert [(each.name, each.by_now) for each in plan.live_assets] == [("Spring", 1)]
    before = scenes.connected(world)
    scenes.do(world, Action.RESUME, "Berlin", "Paris")
    assert scenes.connected(world).keys() - before.keys() == {("Win-back", "L4")}
    assert scenes.member_keys(world, "Berlin") == ["L1", "L4"]


def test_a_segment_never_computed_brings_all_that_match(world):
    """Nobody was a member, so everybody joins."""
    scenes.add_segment(world, "Everyone", '{"everything":true}', active=False)
    plan = scenes.plan(world, Action.ACTIVATE, "Everyone")
    assert (plan.inactive_days, plan.joining, plan.leaving) == (0, 4, 0)


def test_a_broken_segment_keeps_its_members(world):
    """It is not computed on resume, so nobody moves."""
    with world.change("damage") as change:
        change.connection.execute("UPDATE segment SET rule = '{\"all\": []}' WHERE name = 'Berlin'")
    plan = scenes.plan(world, Action.RESUME, "Berlin")
    assert (plan.joining, plan.leaving) == (0, 0)


def test_large_selections_and_other_actions_are_not_worked_out(world, monkeypatch):
    """More than a person would wait for stays unknown; plans that take nobody in have no difference."""
    monkeypatch.setattr(resume_difference, "MOST_SEGMENTS", 1)
    assert scenes.plan(world, Action.RESUME, "Berlin", "Paris").joining is None
    assert scenes.plan(world, Action.CLONE, "Berlin").joining is None
    assert scenes.plan(world, Action.DELETE, "Berlin").inactive_days is None


def test_the_difference_is_no_fact_that_a_plan_rests_on(world):
    """Records that come between question and answer stop nothing; inside the transaction it is not worked out."""
    plan = scenes.plan(world, Action.RESUME, "Berlin")
    scenes.add_leads(world, [("L9", "Berlin")])
    now = scenes.plan(world, Action.RESUME, "Berlin")
    assert (now.joining, plan.joining) == (2, 1)
    assert plan.same_facts(now)
    assert plan.same_facts(replace(now, joining=None, leaving=None, inactive_days=None))
    with world.change("look"):
        assert scenes.plan(world, Action.RESUME, "Berlin").joining is None
    assert segments.carry_out(world, plan).changed == frozenset(plan.ids)
