"""The action table of the domain, row by row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from segment_manager.domain.errors import (
    InvalidRule,
    NameTaken,
    NothingToUndo,
    NotPermitted,
    UnknownSegment,
)
from segment_manager.domain.plans import Action, Obstacle
from segment_manager.domain.rules import from_json
from segment_manager.domain.segments import NAME_LIMIT, Role
from segment_manager.operations import care, computation, history, segments, settings, usage
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace
from tests.operations import scenes


@pytest.fixture
def world(workspace):
    return scenes.two_cities(workspace)


def test_members_of_an_active_segment_are_connected_to_its_running_sequence(world):
    """A new member is connected through the segment that brought it."""
    scenes.add_leads(world, [("L4", "berlin")])
    assert scenes.connected(world) == {("Win-back", key): "Berlin" for key in ("L1", "L3", "L4")}


def test_deactivating_keeps_members_links_and_connections_and_takes_in_nothing_new(world):
    """Deactivate stops growth and loses nothing."""
    before = scenes.connected(world)
    scenes.do(world, Action.DEACTIVATE, "Berlin")
    scenes.add_leads(world, [("L4", "Berlin")])
    assert scenes.status(world, "Berlin") == ("inactive", "deactivated")
    assert scenes.member_keys(world, "Berlin") == ["L1", "L3"]
    assert scenes.connected(world) == before
    assert [each.asset_name for each in queries.references(world, *scenes.ids(world, "Berlin"))] == ["Win-back"]


def test_resuming_brings_in_what_came_meanwhile(world):
    """Resume computes again and connects the new members."""
    scenes.do(world, Action.DEACTIVATE, "Berlin")
    scenes.add_leads(world, [("L4", "Berlin")])
    resumption = scenes.plan(world, Action.RESUME, "Berlin")
    assert [(each.name, each.new_records) for each in resumption.sequences] == [("Win-back", 0)]
    scenes.do(world, Action.RESUME, "Berlin")
    assert scenes.status(world, "Berlin") == ("active", None)
    assert scenes.member_keys(world, "Berlin") == ["L1", "L3", "L4"]
    assert scenes.connected(world)["Win-back", "L4"] == "Berlin"


def test_a_record_that_no_longer_matches_leaves_but_its_connection_stays(world):
    """Membership follows the rule; the sequence goes on."""
    scenes.add_leads(world, [("L1", "Rome")])
    assert scenes.member_keys(world, "Berlin") == ["L3"]
    assert ("Win-back", "L1") in scenes.connected(world)


def test_deleting_removes_the_segment_and_keeps_connections_and_activity(world):
    """Delete takes segment, rule and members; connections keep the name as text."""
    deletion = scenes.do(world, Action.DELETE, "Berlin")
    assert deletion.backup is not None
    with pytest.raises(UnknownSegment):
        scenes.ids(world, "Berlin")
    assert scenes.connected(world) == {("Win-back", "L1"): "Berlin", ("Win-back", "L3"): "Berlin"}
    newest = queries.activity(world)[0]
    assert (newest.action, newest.segments) == ("delete", ("Berlin",))
    assert "Berlin" in str(newest.before["rule"])
    restored = Workspace.open(world.path.parent / deletion.backup, login="ada")
    assert scenes.member_keys(restored, "Berlin") == ["L1", "L3"]
    restored.close()


def test_deletion_is_not_an_undo_step(world):
    """Undo after a deletion takes back what came before it, never the deletion."""
    scenes.do(world, Action.DEACTIVATE, "Paris")
    scenes.do(world, Action.DELETE, "Berlin")
    assert history.undo(world).message == "Undone: deactivation of “Paris”."
    with pytest.raises(UnknownSegment):
        scenes.ids(world, "Berlin")


@pytest.mark.parametrize("state", ["active", "inactive"])
def test_a_clone_has_the_rule_but_neither_references_nor_members_nor_pin(world, state):
    """Clone copies rule, description and tags; an Inactive original gives a copy that was not activated."""
    (berlin,) = scenes.ids(world, "Berlin")
    segments.edit(world, berlin, description="All of Berlin", tags=["city", "vip"])
    scenes.do(world, Action.KEEP_ACTIVE, "Berlin")
    if state == "inactive":
        scenes.do(world, Action.DEACTIVATE, "Berlin")
    scenes.do(world, Action.CLONE, "Berlin")
    copy = queries.summaries(world, ids=scenes.ids(world, "Berlin (copy)"))[0]
    assert (copy.description, copy.tags, copy.keep_active, copy.sequences) == (
        "All of Berlin",
        ("city", "vip"),
        False,
        0,
    )
    assert scenes.status(world, "Berlin (copy)") == (
        ("active", None) if state == "active" else ("inactive", "not activated")
    )
    assert copy.members == (2 if state == "active" else None)


def test_copies_are_numbered_at_the_first_free_number_also_copies_of_copies(world):
    """'(copy)', '(copy 2)', '(copy 3)', whatever was cloned."""
    scenes.do(world, Action.CLONE, "Paris")
    scenes.do(world, Action.CLONE, "Paris (copy)")
    scenes.do(world, Action.CLONE, "Paris")
    scenes.do(world, Action.DELETE, "Paris (copy 2)")
    scenes.do(world, Action.CLONE, "Paris (copy 3)")
    names = queries.all_segment_names(world, 1)
    assert sorted(names) == ["Berlin", "Paris", "Paris (copy 2)", "Paris (copy 3)", "Paris (copy)"]


def test_the_name_of_a_copy_stays_within_the_limit(world):
    """A name of 200 characters is cut so that the suffix fits."""
    scenes.add_segment(world, "x" * NAME_LIMIT, scenes.city_is("Rome"))
    scenes.do(world, Action.CLONE, "x" * NAME_LIMIT)
    assert "x" * (NAME_LIMIT - 7) + " (copy)" in queries.all_segment_names(world, 1)


def test_names_are_unique_in_their_record_type_case_folded(world):
    """BERLIN is taken among leads and free among contacts."""
    with pytest.raises(NameTaken):
        segments.create(world, "Lead", "BERLIN", from_json('{"everything":true}'))
    segments.create(world, "Contact", "BERLIN", from_json('{"everything":true}'))


def test_a_selection_where_some_do_not_apply_is_skipped_with_why(world):
    """Already inactive ones are skipped and told; the rest is done."""
    scenes.do(world, Action.DEACTIVATE, "Paris")
    made = scenes.plan(world, Action.DEACTIVATE, "Berlin", "Paris")
    assert [each.name for each in made.will_do] == ["Berlin"]
    assert [(each.name, each.why) for each in made.skipped] == [("Paris", "It is already inactive.")]
    assert [(each.name, each.state, each.segments) for each in made.sequences] == [("Win-back", "live", 1)]
    segments.carry_out(world, made)
    assert scenes.status(world, "Berlin")[0] == "inactive"


def test_a_segment_in_live_use_of_a_campaign_needs_the_stronger_form(world):
    """Live campaigns block until 'anyway'; draft, paused and ended ones, and funnels, never do."""
    scenes.use(
        world,
        ("campaign", "Spring", "live", "Paris"),
        ("campaign", "Draft", "draft", "Berlin"),
        ("journey", "Over", "ended", "Berlin"),
        ("funnel", "Funnel", "live", "Berlin"),
    )
    for action in (Action.DEACTIVATE, Action.DELETE):
        made = scenes.plan(world, action, "Berlin", "Paris")
        assert [each.name for each in made.will_do] == ["Berlin"]
        assert [(each.name, each.obstacle, each.by) for each in made.blocked] == [
            ("Paris", Obstacle.LIVE_USE, ("Spring",))
        ]
        assert [(each.asset_type, each.name) for each in made.live_assets] == [("campaign", "Spring")]
        assert [each.name for each in scenes.plan(world, action, "Berlin", "Paris", anyway=True).will_do] == [
            "Berlin",
            "Paris",
        ]


def test_a_setting_turns_anyway_off(world):
    """With the setting off, not even 'anyway' touches what is in live use."""
    scenes.use(world, ("message", "Hello", "scheduled", "Paris"))
    settings.change_setting(world, "anyway_allowed", False)
    made = scenes.plan(world, Action.DELETE, "Paris", anyway=True)
    assert (made.will_do, made.anyway_allowed) == ((), False)


def test_what_rules_refer_to_is_deleted_only_together_to_a_fixpoint(world):
    """C uses B uses A: A and B stay while C does; all three go together."""
    scenes.add_segment(world, "B", '{"op":"in_segment","value":"Berlin"}')
    scenes.add_segment(world, "C", '{"not":{"op":"not_in_segment","value":"B"}}')
    made = scenes.plan(world, Action.DELETE, "Berlin", "B")
    assert [(each.name, each.by) for each in made.blocked] == [("Berlin", ("B",)), ("B", ("C",))]
    assert [(each.name, each.direct) for each in made.dependents] == [("C", True)]
    scenes.do(world, Action.DELETE, "Berlin", "B", "C")
    assert queries.all_segment_names(world, 1) == ["Paris"]


@pytest.mark.parametrize("action", list(Action)[:7])
def test_a_viewer_may_change_nothing(world, action):
    """Every action is refused below the window, and the sentence names the roles that may."""
    scenes.do(world, Action.DEACTIVATE, "Paris")
    viewer = Workspace.open(world.path, login="vi")
    name = "Paris" if action in (Action.RESUME, Action.ACTIVATE) else "Berlin"
    if action is Action.ALLOW_SCAN:
        scenes.do(world, Action.KEEP_ACTIVE, "Berlin")
    with pytest.raises(NotPermitted, match="Sequence Manager or System Administrator"):
        segments.carry_out(viewer, scenes.plan(viewer, action, name))
    viewer.close()


def test_a_sequence_manager_may_delete_but_not_change_settings(world):
    """Roles are read from the file at each change."""
    settings.set_role(world, "sam", Role.SEQUENCE_MANAGER)
    sam = Workspace.open(world.path, login="sam")
    scenes.do(sam, Action.DELETE, "Paris")
    with pytest.raises(NotPermitted):
        settings.change_setting(sam, "grace_days", 7)
    sam.close()


def test_undo_and_redo_survive_a_restart(world):
    """Steps are kept in the file, newest first; a new change ends the redo branch."""
    scenes.do(world, Action.DEACTIVATE, "Berlin", "Paris")
    again = Workspace.open(world.path, login="ada")
    assert queries.undo_labels(again) == ("deactivation of 2 segments", None)
    history.undo(again)
    assert (scenes.status(again, "Berlin"), scenes.status(again, "Paris")) == (("active", None), ("active", None))
    history.redo(again)
    assert scenes.status(again, "Berlin") == ("inactive", "deactivated")
    history.undo(again)
    scenes.do(again, Action.CLONE, "Paris")
    with pytest.raises(NothingToUndo):
        history.redo(again)
    again.close()


def test_renaming_carries_the_name_into_the_rules_that_refer_to_it(world):
    """Other rules keep their meaning, and undo gives them their old text."""
    scenes.add_segment(world, "Not Berlin", '{"op":"not_in_segment","value":"berlin"}')
    segments.edit(world, *scenes.ids(world, "Berlin"), name="Berliners")
    assert "Berliners" in queries.rule_of(world, *scenes.ids(world, "Not Berlin"))
    assert scenes.member_keys(world, "Not Berlin") == ["L2"]
    history.undo(world)
    assert "berlin" in queries.rule_of(world, *scenes.ids(world, "Not Berlin"))


def test_a_changed_rule_makes_all_that_rest_on_it_out_of_date(world):
    """Editing queues the segment and those whose rules refer to it."""
    scenes.add_segment(world, "Not Berlin", '{"op":"not_in_segment","value":"Berlin"}')
    edited = segments.edit(world, *scenes.ids(world, "Berlin"), rule=from_json(scenes.city_is("Paris")))
    assert edited.to_compute == frozenset(scenes.ids(world, "Berlin", "Not Berlin"))


@pytest.mark.parametrize(
    "rule",
    ['{"all":[]}', '{"field":"town","op":"equals","value":"x"}', '{"op":"in_segment","value":"Nowhere"}',
     '{"op":"in_segment","value":"berlin"}', '{"field":"city","op":"at_least","value":3}'],
)  # fmt: skip
def test_a_rule_that_cannot_hold_is_refused_on_saving(world, rule):
    """Empty groups, unknown fields and segments, a circle to itself, operators of other types."""
    with pytest.raises(InvalidRule):
        segments.edit(world, *scenes.ids(world, "Berlin"), rule=from_json(rule))


def test_a_circle_of_segments_is_refused_and_shown(world):
    """A → B → A is told with its names."""
    scenes.add_segment(world, "B", '{"op":"in_segment","value":"Berlin"}')
    with pytest.raises(InvalidRule, match="“Berlin” → “B” → “Berlin”"):
        segments.edit(world, *scenes.ids(world, "Berlin"), rule=from_json('{"op":"in_segment","value":"B"}'))


def test_every_changed_segment_has_one_activity_row_with_the_values_before(world):
    """Who, when, what, before: one row a segment, in the same transaction."""
    scenes.do(world, Action.DEACTIVATE, "Berlin", "Paris")
    rows = [each for each in queries.activity(world) if each.action == "deactivate"]
    assert sorted(each.segments for each in rows) == [("Berlin",), ("Paris",)]
    assert {(each.who, each.before["status"], each.after["reason"]) for each in rows} == {
        ("ada", "active", "deactivated")
    }
    assert care.check(world) == []


def test_the_grace_period_counts_from_the_copys_own_creation(world, clock):
    """A clone of an old segment is not unused at once."""
    clock.now += timedelta(days=40)
    scenes.do(world, Action.CLONE, "Paris")
    clock.now += timedelta(days=10)

    assert [each.name for each in usage.plan_scan(world).will_do] == ["Paris"]


def test_another_time_zone_makes_all_members_out_of_date_and_so_does_its_undo(world):
    """Conditions on dates are decided by it."""
    assert queries.stale_ids(world) == []
    settings.change_setting(world, "time_zone", "Asia/Tokyo")
    assert queries.stale_ids(world) == scenes.ids(world, "Berlin", "Paris")
    finish(computation.compute(world))
    history.undo(world)
    assert queries.stale_ids(world) == scenes.ids(world, "Berlin", "Paris")
