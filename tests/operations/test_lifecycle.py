"""The action table of the domain, row by row."""

from __future__ import annotations

from datetime import timedelta

import apsw
import pytest

from segment_manager.domain.errors import (
    BackupFailed,
    Cancelled,
    FactsChanged,
    InvalidRule,
    NameTaken,
    NothingToUndo,
    NotPermitted,
    UndoConflict,
    UnknownSegment,
)
from segment_manager.domain.plans import Action, Obstacle
from segment_manager.domain.rules import from_json
from segment_manager.domain.segments import NAME_LIMIT, Role
from segment_manager.operations import care, computation, history, segments, settings
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries, segment_rows
from segment_manager.storage.workspace import Workspace
from tests.operations import scenes

LEADS = [("L1", "Berlin"), ("L2", "Paris"), ("L3", "Berlin")]


@pytest.fixture
def world(workspace):
    """Leads of Berlin and Paris, a segment for each, one running sequence on Berlin."""
    scenes.add_leads(workspace, LEADS)
    scenes.add_segment(workspace, "Berlin", scenes.city_is("Berlin"))
    scenes.add_segment(workspace, "Paris", scenes.city_is("Paris"))
    scenes.use(workspace, ("sequence", "Win-back", "live", "Berlin"))
    return workspace


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


def test_nothing_is_deleted_without_a_backup(world, monkeypatch):
    """Where the backup fails, the deletion does not begin."""
    world.path.with_name(world.path.stem + " backups").write_text("a file is in the way")
    with pytest.raises(BackupFailed, match="Nothing was deleted"):
        scenes.do(world, Action.DELETE, "Paris")
    assert scenes.status(world, "Paris") == ("active", None)


@pytest.mark.parametrize("looks", [1, 2, 4])
@pytest.mark.parametrize("action", [Action.DEACTIVATE, Action.DELETE])
def test_a_bulk_action_that_is_cancelled_leaves_all_as_it_was(workspace, action, looks):
    """Wherever it was, during the backup, the change or its activity: no status, no row and no file is left of it."""
    with workspace.change("fill") as change:
        for number in range(6000):
            segment_rows.insert_segment(change, 1, f"S{number}", '{"everything":true}')
    made = segments.plan(workspace, action, [each.id for each in queries.summaries(workspace)])
    asked = iter(range(1, 1000))
    with pytest.raises(Cancelled):
        segments.carry_out(workspace, made, lambda: next(asked) >= looks)
    assert {each.status for each in queries.summaries(workspace)} == {"active"}
    assert len(queries.summaries(workspace)) == 6000
    assert queries.activity(workspace) == []
    assert care.backups(workspace) == []
    assert care.check(workspace) == []
    assert len(segments.carry_out(workspace, made).changed or made.ids) == 6000


def test_what_a_backup_cannot_be_verified_of_is_not_deleted(world):
    """The deletion is taken back, though the damage lies where it never looks, and no file pretends to be a backup."""
    root = world.connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'records_4_changed'").get
    world.close()
    with world.path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 64)
    again = Workspace.open(world.path, login="ada")
    with pytest.raises(BackupFailed, match=r"Nothing was deleted\. The backup could not be verified"):
        scenes.do(again, Action.DELETE, "Paris")
    assert scenes.status(again, "Paris") == ("active", None)
    assert list((world.path.parent / f"{world.path.stem} backups").iterdir()) == []
    again.close()


def test_a_deletion_that_is_asked_about_again_leaves_no_backup(world):
    """What was not done needs none; the next deletion makes its own."""
    made = scenes.plan(world, Action.DELETE, "Paris")
    scenes.use(world, ("campaign", "Spring", "live", "Paris"))
    with pytest.raises(FactsChanged):
        segments.carry_out(world, made)
    assert care.backups(world) == []
    assert scenes.do(world, Action.DELETE, "Berlin").backup == str(care.backups(world)[0])


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


def test_what_changed_between_plan_and_commit_is_asked_again(world):
    """A campaign that goes live meanwhile stops the deletion; the error carries the new plan."""
    made = scenes.plan(world, Action.DELETE, "Paris")
    scenes.use(world, ("campaign", "Spring", "live", "Paris"))
    with pytest.raises(FactsChanged) as caught:
        segments.carry_out(world, made)
    assert [each.name for each in caught.value.plan.blocked] == ["Paris"]
    assert scenes.status(world, "Paris") == ("active", None)


@pytest.mark.parametrize("own", [True, False], ids=["on the same connection", "by another program"])
def test_what_was_written_past_the_program_is_asked_again(world, own):
    """Whoever writes to the file after the plan was made, however it is done, is noticed."""
    made = scenes.plan(world, Action.DEACTIVATE, "Paris", "Berlin")
    other = world.connection if own else apsw.Connection(str(world.path))
    other.execute("UPDATE segment SET status = 'inactive', reason = 'unused' WHERE name = 'Paris'")
    if not own:
        other.close()
    with pytest.raises(FactsChanged) as caught:
        segments.carry_out(world, made)
    assert [each.name for each in caught.value.plan.skipped] == ["Paris"]
    assert scenes.status(world, "Berlin") == ("active", None)


def test_what_the_calendar_changed_meanwhile_is_asked_again(world, clock):
    """A use that ended at midnight between plan and commit is no live use any more, though nobody wrote anything."""
    scenes.use(world, ("campaign", "Spring", "live", "Paris", "2026-01-01", "2026-03-02"))
    made = scenes.plan(world, Action.DEACTIVATE, "Paris", "Berlin")
    clock.now += timedelta(days=1)
    with pytest.raises(FactsChanged) as caught:
        segments.carry_out(world, made)
    assert not caught.value.plan.blocked


def test_a_plan_that_rests_on_what_was_taken_back_is_asked_again(world):
    """What was never committed is no fact."""
    with world.change("trial") as trial:
        world.connection.execute("UPDATE segment SET status = 'inactive', reason = 'unused' WHERE name = 'Paris'")
        made = scenes.plan(world, Action.DEACTIVATE, "Paris", "Berlin")
        trial.take_back()
    with pytest.raises(FactsChanged):
        segments.carry_out(world, made)


def test_an_unrelated_write_meanwhile_asks_nothing(world):
    """The plan is made again, found to be the same, and carried out."""
    made = scenes.plan(world, Action.DEACTIVATE, "Paris")
    segments.tag(world, [made.ids[0]], ["vip"])
    segments.carry_out(world, made)
    assert scenes.status(world, "Paris") == ("inactive", "deactivated")


def test_a_segment_deleted_meanwhile_is_asked_again(world):
    """A plan about a segment that is gone does nothing."""
    made = scenes.plan(world, Action.DEACTIVATE, "Paris", "Berlin")
    scenes.do(world, Action.DELETE, "Paris")
    with pytest.raises(FactsChanged):
        segments.carry_out(world, made)
    assert scenes.status(world, "Berlin") == ("active", None)


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


_STATUSES = "SELECT id, status, reason, since, activated_at, keep_active, rule_used_until FROM segment ORDER BY id"


@pytest.mark.parametrize("action", [Action.DEACTIVATE, Action.RESUME, Action.KEEP_ACTIVE, Action.ALLOW_SCAN])
def test_undoing_and_redoing_a_bulk_action_restores_every_value_exactly(world, clock, action):
    """Segments that were as they were for different reasons and since different moments are so again, one after a
    restart, and what their rules refer to is told the former end of its use."""
    scenes.add_segment(world, "Uses both", '{"any":[{"op":"in_segment","value":"Berlin"},{"everything":true}]}')
    for name in ("Paris", "Berlin", "Uses both"):
        clock.now += timedelta(hours=1)
        scenes.do(world, Action.DEACTIVATE if action is Action.RESUME else Action.KEEP_ACTIVE, name)
        if action in (Action.DEACTIVATE, Action.KEEP_ACTIVE):
            scenes.do(world, Action.ALLOW_SCAN, name)
    clock.now += timedelta(hours=1)
    before = world.connection.execute(_STATUSES).fetchall()
    scenes.do(world, action, "Paris", "Berlin", "Uses both")
    after = world.connection.execute(_STATUSES).fetchall()
    clock.now += timedelta(hours=1)
    world.close()
    again = Workspace.open(world.path, login="ada", clock=clock)
    for _ in range(2):
        assert len(history.undo(again).changed) == 3
        assert again.connection.execute(_STATUSES).fetchall() == before
        assert len(history.redo(again).changed) == 3
        assert again.connection.execute(_STATUSES).fetchall() == after
    assert care.check(again) == []
    again.close()


@pytest.mark.parametrize("meanwhile", ["status = 'active', reason = NULL", "since = '2020-01-01'", None])
def test_undoing_a_bulk_action_changes_nothing_where_one_segment_is_another_by_now(world, meanwhile):
    """One of them was changed, or deleted: none is undone, and the next step can be."""
    scenes.do(world, Action.KEEP_ACTIVE, "Berlin")
    scenes.do(world, Action.DEACTIVATE, "Berlin", "Paris")
    if meanwhile is None:
        scenes.do(world, Action.DELETE, "Paris")
    else:
        world.connection.execute(f"UPDATE segment SET {meanwhile} WHERE name = 'Paris'")
    with pytest.raises(UndoConflict, match="changed again since"):
        history.undo(world)
    assert scenes.status(world, "Berlin") == ("inactive", "deactivated")
    assert history.undo(world).message == "Undone: keep active of “Berlin”."


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
    from segment_manager.operations import usage

    assert [each.name for each in usage.plan_scan(world).will_do] == ["Paris"]


def test_another_time_zone_makes_all_members_out_of_date_and_so_does_its_undo(world):
    """Conditions on dates are decided by it."""
    assert queries.stale_ids(world) == []
    settings.change_setting(world, "time_zone", "Asia/Tokyo")
    assert queries.stale_ids(world) == scenes.ids(world, "Berlin", "Paris")
    finish(computation.compute(world))
    history.undo(world)
    assert queries.stale_ids(world) == scenes.ids(world, "Berlin", "Paris")
