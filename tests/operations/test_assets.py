"""Assets and references made, changed, ended and removed by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from segment_manager.domain.errors import (
    AssetExists,
    AssetKept,
    InvalidDates,
    NameInvalid,
    NotPermitted,
    UnknownAsset,
    UnknownSegment,
)
from segment_manager.domain.plans import Action
from segment_manager.domain.segments import Role
from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.operations import assets, history, settings, usage
from segment_manager.storage import queries
from segment_manager.storage.change import UNDOABLE_TABLES
from segment_manager.storage.workspace import Workspace
from tests.operations import scenes

EVERYTHING = '{"everything":true}'
LIVE, DRAFT, PAUSED, ENDED = AssetState.LIVE, AssetState.DRAFT, AssetState.PAUSED, AssetState.ENDED
CAMPAIGN, SEQUENCE = AssetType.CAMPAIGN, AssetType.SEQUENCE


@pytest.fixture
def world(workspace, clock):
    """Three leads, segments S and T made on 1 January 2026 at noon; no automatic scan."""
    clock.now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    settings.change_setting(workspace, "time_zone", "UTC")
    settings.change_setting(workspace, "auto_scan", False)
    scenes.add_leads(workspace, [("L1", "Rome"), ("L2", "Oslo"), ("L3", "Rome")])
    scenes.add_segment(workspace, "S", EVERYTHING)
    scenes.add_segment(workspace, "T", scenes.city_is("Rome"))
    return workspace


def add(workspace, name="Spring", kind=CAMPAIGN, state=LIVE, *, uses=(), **dates) -> int:
    """Add an asset that uses segments by name; gives its row id."""
    assets.add_asset(workspace, kind, None, name, state)
    row_id = max(line.id for line in queries.asset_lines(workspace))
    if uses:
        assets.add_reference(workspace, row_id, scenes.ids(workspace, *uses), **dates)
    return row_id


def live(workspace, name) -> int:
    return queries.summaries(workspace, ids=scenes.ids(workspace, name))[0].live_references


def lost_at(workspace, row_id) -> list[object]:
    rows = workspace.connection.execute("SELECT lost_at FROM reference WHERE asset_id = ?", (row_id,))
    return [row[0] for row in rows]


def steps(workspace) -> dict:
    """Everything that can be done by hand, on assets made for it; each is (do, row id)."""
    one, two = scenes.ids(workspace, "S", "T")
    kept = add(workspace, "Kept", uses=("S",), started_on=date(2025, 12, 1))
    free = add(workspace, "Free", AssetType.JOURNEY, DRAFT)
    over = add(workspace, "Over", uses=("T",), ended_on=date(2025, 12, 31))
    return {
        "add": lambda: assets.add_asset(workspace, CAMPAIGN, None, "New", DRAFT),
        "add with uses": lambda: assets.add_asset(workspace, SEQUENCE, None, "New", LIVE, segment_ids=[one, two]),
        "rename": lambda: assets.edit_asset(workspace, kept, name="Renamed"),
        "pause": lambda: assets.edit_asset(workspace, kept, state=PAUSED),
        "start": lambda: assets.edit_asset(workspace, free, state=LIVE),
        "end": lambda: assets.end_asset(workspace, [kept, free]),
        "remove": lambda: assets.remove_assets(workspace, [kept, over]),
        "link": lambda: assets.add_reference(workspace, kept, [one, two], started_on=date(2026, 1, 1)),
        "begin again": lambda: assets.add_reference(workspace, over, [two]),
        "dates": lambda: assets.edit_reference(workspace, kept, one, started_on=None, ended_on=date(2026, 5, 1)),
        "end use": lambda: assets.end_reference(workspace, kept, [one]),
        "remove use": lambda: assets.remove_reference(workspace, kept, [one]),
    }


STEPS = (
    "add", "add with uses", "rename", "pause", "start", "end", "remove", "link", "begin again", "dates", "end use",
    "remove use",
)  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("inactive", [False, True])
@pytest.mark.parametrize("scan", [False, True])
def test_every_step_can_be_undone_and_redone(world, clock, name, inactive, scan):
    """Undo brings back every row that can be undone, redo every row that was made, with reuse and scan or without."""
    settings.change_setting(world, "auto_scan", scan)
    todo = steps(world)
    if inactive:
        scenes.do(world, Action.DEACTIVATE, "S", "T", anyway=True)
    clock.now += timedelta(days=50)
    before = scenes.dump(world, UNDOABLE_TABLES)
    change = todo[name]()
    after = scenes.dump(world, UNDOABLE_TABLES)
    assert after != before
    assert change
    assert change.undo_label == queries.undo_labels(world)[0]
    history.undo(world)
    assert scenes.dump(world, UNDOABLE_TABLES) == before
    history.redo(world)
    assert scenes.dump(world, UNDOABLE_TABLES) == after


@pytest.mark.parametrize("name", STEPS)
def test_a_viewer_may_do_none_of_it(world, name):
    """The role is checked below the window."""
    todo = steps(world)
    path = world.path
    settings.set_role(world, "vera", Role.VIEWER)
    guest = Workspace.open(path, login="vera", clock=world.now)
    before = scenes.dump(world, UNDOABLE_TABLES)
    world.login = "vera"
    with pytest.raises(NotPermitted, match="You can't"):
        todo[name]()
    assert scenes.dump(guest, UNDOABLE_TABLES) == before
    guest.close()


def test_an_id_is_made_from_the_name_and_is_unique_within_the_type(world):
    """Another type may have the same id; a given id that is taken is refused."""
    for kind in (CAMPAIGN, CAMPAIGN, SEQUENCE):
        assets.add_asset(world, kind, "", " Été  à Łódź! ", LIVE)
    assets.add_asset(world, CAMPAIGN, None, "!!!", LIVE)
    made = [(line.asset_type, line.asset_id, line.name) for line in queries.asset_lines(world)]
    assert made == [
        ("campaign", "été-à-łódź", "Été à Łódź!"),
        ("campaign", "été-à-łódź-2", "Été à Łódź!"),
        ("sequence", "été-à-łódź", "Été à Łódź!"),
        ("campaign", "campaign", "!!!"),
    ]
    with pytest.raises(AssetExists, match="Choose another id"):
        assets.add_asset(world, CAMPAIGN, "campaign", "Other", LIVE)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b"])
def test_a_name_that_cannot_be_is_refused(world, name):
    """On adding as on renaming, and nothing is changed."""
    row_id = add(world)
    with pytest.raises(NameInvalid):
        assets.add_asset(world, CAMPAIGN, None, name, LIVE)
    with pytest.raises(NameInvalid):
        assets.edit_asset(world, row_id, name=name)
    assert [line.name for line in queries.asset_lines(world)] == ["Spring"]


def test_a_use_that_becomes_live_makes_the_segment_active_again(world):
    """Reuse by linking, by a new state and by new dates; the notice and the activity name the asset."""
    (one,) = scenes.ids(world, "S")
    row_id = add(world, state=DRAFT)
    scenes.do(world, Action.DEACTIVATE, "S")
    assets.add_reference(world, row_id, [one])
    assert scenes.status(world, "S") == ("inactive", "deactivated")
    change = assets.edit_asset(world, row_id, state=AssetState.SCHEDULED)
    assert scenes.status(world, "S") == ("active", None)
    assert "Active again: “S” (“Spring” began to use it)." in change.message
    assert [entry.action for entry in queries.activity(world, segment_id=one, limit=2)] == ["reuse", "asset changed"]
    scenes.do(world, Action.DEACTIVATE, "S", anyway=True)
    assets.edit_reference(world, row_id, one, started_on=None, ended_on=date(2025, 12, 1))
    assert scenes.status(world, "S") == ("inactive", "deactivated")
    assets.edit_reference(world, row_id, one, started_on=None, ended_on=None)
    assert scenes.status(world, "S") == ("active", None)


def test_reports_never_make_a_segment_active(world):
    """Analytics use the rule alone."""
    scenes.do(world, Action.DEACTIVATE, "S")
    add(world, "Board", AssetType.REPORT, LIVE, uses=("S",))
    assert scenes.status(world, "S") == ("inactive", "deactivated")


def test_ending_an_asset_ends_the_live_use_at_this_moment(world, clock):
    """The grace period begins then, not at the creation of the segment."""
    row_id = add(world, uses=("S",))
    assert (live(world, "S"), lost_at(world, row_id)) == (1, [None])
    clock.now += timedelta(days=100)
    assert assets.end_asset(world, [row_id]).message == "Ended campaign “Spring”."
    assert live(world, "S") == 0
    assert lost_at(world, row_id) == ["2026-04-11T12:00:00.000000Z"]
    assert "S" not in [each.name for each in usage.plan_scan(world).will_do]
    assert assets.end_asset(world, [row_id]).undo_label is None


def test_ending_a_use_makes_yesterday_its_last_day(world, clock):
    """What was live is lost now; a use that began today ends no earlier than it starts."""
    (one,) = scenes.ids(world, "S")
    row_id = add(world, uses=("S",), started_on=date(2026, 1, 1))
    assets.end_reference(world, row_id, [one])
    (use,) = queries.uses_of_asset(world, row_id)
    assert (use.started_on, use.ended_on, use.live, use.over) == (date(2025, 12, 31), date(2025, 12, 31), False, True)
    assert lost_at(world, row_id) == ["2026-01-01T12:00:00.000000Z"]
    assert "ended these uses already" in assets.end_reference(world, row_id, [one]).message
    draft = add(world, "Draft", state=DRAFT, uses=("S",))
    assets.end_reference(world, draft, [one])
    assert lost_at(world, draft) == [None]


def test_linking_again_begins_a_use_anew_and_leaves_the_others(world):
    """A use that was over keeps its first day; one that is open is left alone and told."""
    one, two = scenes.ids(world, "S", "T")
    row_id = add(world, uses=("S", "T"), started_on=date(2025, 12, 1))
    assets.end_reference(world, row_id, [one])
    change = assets.add_reference(world, row_id, [one, two])
    assert change.message == "“Spring” now uses “S”. 1 was linked already."
    assert [(use.started_on, use.ended_on) for use in queries.uses_of_asset(world, row_id)] == [
        (date(2025, 12, 1), None), (date(2025, 12, 1), None),
    ]  # fmt: skip
    assert lost_at(world, row_id) == [None, None]
    assert assets.add_reference(world, row_id, [one, two]).undo_label is None


def test_a_sequence_gets_connected_and_then_cannot_be_removed(world):
    """Connections come with the live use, stay when it goes, and keep the sequence in the list."""
    (one,) = scenes.ids(world, "T")
    row_id = add(world, "Win-back", SEQUENCE, DRAFT, uses=("T",))
    assert scenes.connected(world) == {}
    assets.edit_asset(world, row_id, state=LIVE)
    there = {("Win-back", "L1"): "T", ("Win-back", "L3"): "T"}
    assert scenes.connected(world) == there
    with pytest.raises(AssetKept, match="End it instead"):
        assets.remove_assets(world, [row_id, add(world)])
    assets.remove_reference(world, row_id, [one])
    assert scenes.connected(world) == there
    with pytest.raises(AssetKept):
        assets.remove_assets(world, [row_id])
    assets.end_asset(world, [row_id])
    assert scenes.connected(world) == there


def test_a_segment_whose_members_are_out_of_date_is_to_be_computed(world):
    """The change names it, so that its members reach the sequence."""
    scenes.do(world, Action.DEACTIVATE, "T")
    scenes.add_leads(world, [("L4", "Rome")])
    change = assets.add_reference(world, add(world, "Win-back", SEQUENCE), scenes.ids(world, "T"))
    assert change.to_compute == set(scenes.ids(world, "T"))


def test_removing_a_use_does_not_make_the_segment_unused_at_once(world, clock):
    """Its last use counts on: now for a live one, its last day for one that ended; a draft never counted."""
    clock.now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    rows = [
        add(world, "A", uses=("S",)),
        add(world, "B", uses=("T",), started_on=date(2026, 1, 2), ended_on=date(2026, 5, 10)),
    ]
    assets.remove_assets(world, rows)
    assert queries.asset_lines(world) == []

    def unused(day: datetime) -> list[str]:
        clock.now = day
        found = [each.name for each in usage.plan_scan(world).will_do]
        assert usage.unused_number(world) == len(found)
        return found

    assert unused(datetime(2026, 6, 24, 23, tzinfo=UTC)) == []
    assert unused(datetime(2026, 6, 25, 0, 1, tzinfo=UTC)) == ["T"]
    assert unused(datetime(2026, 7, 16, 13, tzinfo=UTC)) == ["S", "T"]


def test_removing_a_draft_leaves_no_trace_of_use(world, clock):
    """It never ran."""
    clock.now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assets.remove_assets(world, [add(world, state=DRAFT, uses=("S",), started_on=date(2026, 5, 20))])
    assert [each.name for each in usage.plan_scan(world).will_do] == ["S", "T"]


def test_removing_a_use_that_does_not_count_leaves_no_trace_of_use(world, clock):
    """Which types of assets count is the workspace's setting."""
    settings.change_setting(world, "counted_types", ["sequence"])
    clock.now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assets.remove_assets(world, [add(world, "A", uses=("S",)), add(world, "B", SEQUENCE, PAUSED)])
    assert [each.name for each in usage.plan_scan(world).will_do] == ["S", "T"]


def test_the_scan_follows_where_the_workspace_wants_it(world, clock):
    """What is unused by the change is marked in the same step, and undone with it."""
    settings.change_setting(world, "auto_scan", True)
    (one,) = scenes.ids(world, "S")
    row_id = add(world, uses=("S",))
    clock.now += timedelta(days=60)
    change = assets.edit_reference(world, row_id, one, started_on=None, ended_on=date(2026, 1, 5))
    assert "2 segments were marked unused." in change.message
    assert scenes.status(world, "S") == ("inactive", "unused")
    history.undo(world)
    assert scenes.status(world, "S") == ("active", None)


def test_dates_in_the_wrong_order_are_refused(world):
    """A use cannot end before it starts."""
    (one,) = scenes.ids(world, "S")
    row_id = add(world, uses=("S",))
    wrong = {"started_on": date(2026, 2, 2), "ended_on": date(2026, 2, 1)}
    with pytest.raises(InvalidDates, match="before it starts"):
        assets.edit_reference(world, row_id, one, **wrong)
    with pytest.raises(InvalidDates):
        assets.add_reference(world, row_id, [one], **wrong)


def test_what_is_gone_is_told(world):
    """An asset, a segment and a use that somebody removed meanwhile."""
    (one,) = scenes.ids(world, "S")
    row_id = add(world)
    for call in (
        lambda: assets.edit_asset(world, 999, name="X"),
        lambda: assets.end_asset(world, [row_id, 999]),
        lambda: assets.remove_assets(world, []),
        lambda: assets.end_reference(world, row_id, [one]),
        lambda: assets.edit_reference(world, row_id, one, started_on=None, ended_on=None),
    ):
        with pytest.raises(UnknownAsset):
            call()
    with pytest.raises(UnknownSegment):
        assets.add_reference(world, row_id, [one, 999])


def test_saving_what_is_there_already_changes_nothing(world):
    """No undo step, and the message says so."""
    (one,) = scenes.ids(world, "S")
    row_id = add(world, uses=("S",))
    label = queries.undo_labels(world)[0]
    assert "is as it was" in assets.edit_asset(world, row_id, name="Spring", state=LIVE).message
    assert "is as it was" in assets.edit_reference(world, row_id, one, started_on=None, ended_on=None).message
    assert queries.undo_labels(world)[0] == label


def test_activity_tells_what_was_before_and_after(world):
    """A row for each segment that the asset uses; one without a segment where it uses none."""
    (one,) = scenes.ids(world, "S")
    row_id = add(world, uses=("S",), started_on=date(2026, 1, 1))
    assets.edit_asset(world, row_id, state=PAUSED)
    assets.edit_reference(world, row_id, one, started_on=None, ended_on=date(2026, 3, 1))
    told = [(entry.action, entry.before, entry.after) for entry in queries.activity(world, segment_id=one, limit=3)]
    assert told == [
        ("use changed", {"started_on": "2026-01-01", "ended_on": None},
         {"campaign": "Spring", "started_on": None, "ended_on": "2026-03-01"}),
        ("asset changed", {"state": "live"}, {"campaign": "Spring", "state": "paused"}),
        ("use added", {}, {"campaign": "Spring", "started_on": "2026-01-01"}),
    ]  # fmt: skip
    lone = add(world, "Lone")
    assets.remove_assets(world, [lone])
    assert queries.activity(world, limit=1)[0].action == "asset removed"
    assert queries.activity(world, limit=1)[0].segments == ()


def test_the_lines_of_the_list(world):
    """First and last day over all uses; no last day while one of them has none."""
    row_id = add(world, uses=("S",), started_on=date(2026, 1, 5), ended_on=date(2026, 3, 1))
    (line,) = queries.asset_lines(world)
    assert (line.segments, line.started_on, line.ended_on) == (1, date(2026, 1, 5), date(2026, 3, 1))
    assets.add_reference(world, row_id, scenes.ids(world, "T"), started_on=date(2026, 1, 2))
    (line,) = queries.asset_lines(world)
    assert (line.segments, line.started_on, line.ended_on) == (2, date(2026, 1, 2), None)


def test_neighbours_in_the_web_of_rules(world):
    """One step at a time, either way, each with how many lie beyond it; the reach counts all of them once."""
    scenes.add_segment(world, "A", '{"op":"in_segment","value":"S"}')
    scenes.add_segment(
        world, "B", '{"all":[{"op":"in_segment","value":"A"},{"op":"in_segment","value":"S"}]}', active=False
    )
    one, a, b = scenes.ids(world, "S", "A", "B")
    assert [(each.name, each.active, each.further) for each in queries.rule_users(world, one)] == [
        ("A", True, 1), ("B", False, 0),
    ]  # fmt: skip
    assert [(each.name, each.further) for each in queries.rule_used(world, b)] == [("A", 1), ("S", 0)]
    assert queries.rule_reach(world, one) == (2, 0)
    assert queries.rule_reach(world, a) == (1, 1)
    assert queries.rule_reach(world, b) == (0, 2)
