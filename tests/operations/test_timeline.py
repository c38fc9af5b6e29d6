"""Looking back: counts, members on past days, and the versions of a rule."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from segment_manager.domain.errors import InvalidRule, NotPermitted, UnknownRecordType, UnknownSegment
from segment_manager.domain.plans import Action
from segment_manager.domain.rules import from_json
from segment_manager.operations import exports, history, segments, settings, timeline
from segment_manager.operations.jobs import finish
from segment_manager.operations.segment_import import import_segments
from segment_manager.storage import queries
from tests.operations import scenes

BERLIN, PARIS, ROME = (scenes.city_is(city) for city in ("Berlin", "Paris", "Rome"))


@pytest.fixture
def world(workspace, clock):
    """Four leads move in and out of Berlin on the 2nd, 3rd and 5th of March."""
    scenes.add_leads(workspace, [("L1", "Berlin"), ("L2", "Berlin"), ("L3", "Paris")])
    scenes.add_segment(workspace, "Berlin", BERLIN)
    clock.now += timedelta(days=1)
    scenes.add_leads(workspace, [("L2", "Paris"), ("L4", "Berlin")])
    clock.now += timedelta(days=2)
    scenes.add_leads(workspace, [("L1", "Rome"), ("L2", "Berlin")])
    return workspace


def keys_on(workspace, day: int, **how) -> list[str] | None:
    (berlin,) = scenes.ids(workspace, "Berlin")
    found = timeline.members_on(workspace, berlin, date(2026, 3, day), **how)
    return None if found is None else found.page.keys


def test_count_over_time_tells_every_computation(world):
    """Oldest first, with who joined and who left."""
    points = timeline.count_over_time(world, *scenes.ids(world, "Berlin"))
    assert [(each.members, each.joined, each.left) for each in points] == [(2, 2, 0), (2, 1, 1), (2, 1, 1)]
    assert [each.at.day for each in points] == [2, 3, 5]


def test_members_on_a_past_day(world):
    """At the end of each day stand those whom the last computation until then had found."""
    assert keys_on(world, 1) is None
    assert keys_on(world, 2) == ["L1", "L2"]
    assert keys_on(world, 3) == ["L1", "L4"]
    assert keys_on(world, 4) == ["L1", "L4"]
    assert keys_on(world, 5) == ["L2", "L4"]
    assert keys_on(world, 9) == ["L2", "L4"]


def test_members_on_a_past_day_can_be_searched_and_come_in_pages(world):
    """The search looks into key and fields as they are now; total counts what it leaves."""
    assert keys_on(world, 3, search="l4") == ["L4"]
    assert keys_on(world, 3, search="rome") == ["L1"]
    assert keys_on(world, 3, offset=1, limit=1) == ["L4"]
    (berlin,) = scenes.ids(world, "Berlin")
    found = timeline.members_on(world, berlin, date(2026, 3, 3), limit=1)
    assert (found.page.total, found.computed_at.day) == (2, 3)


def test_who_joined_and_left_in_each_computation(world):
    """Each computation lists both, in pages, searched by what the records hold now."""
    (berlin,) = scenes.ids(world, "Berlin")

    def moved(computation, move, **how) -> list[str]:
        return timeline.moved_members(world, computation.id, move, **how).keys

    points = timeline.count_over_time(world, berlin)
    found = [(moved(each, queries.Move.JOINED), moved(each, queries.Move.LEFT)) for each in points]
    assert found == [(["L1", "L2"], []), (["L4"], ["L2"]), (["L2"], ["L1"])]
    assert moved(points[0], queries.Move.JOINED, search="rome") == ["L1"]
    assert moved(points[0], queries.Move.JOINED, offset=1, limit=1) == ["L2"]
    assert timeline.moved_members(world, points[0].id, queries.Move.JOINED, limit=1).total == 2
    exported = [(each["at"].day, each["moved"], each["key"]) for each in exports.moves(world, berlin).rows()]
    assert exported == [
        (2, "joined", "L1"), (2, "joined", "L2"), (3, "joined", "L4"), (3, "left", "L2"), (5, "joined", "L2"),
        (5, "left", "L1"),
    ]  # fmt: skip
    scenes.do(world, Action.DELETE, "Berlin")
    with pytest.raises(UnknownRecordType):
        moved(points[0], queries.Move.JOINED)


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Kiritimati", 2), ("Pacific/Pago_Pago", 1)])
def test_days_end_at_midnight_of_the_workspace(world, zone, day):
    """09:30 in UTC is late on the same day in the far east, and late on the day before in the far west."""
    settings.change_setting(world, "time_zone", zone)
    assert keys_on(world, day) == ["L1", "L2"]
    assert keys_on(world, day + 1) == ["L1", "L4"]
    (berlin,) = scenes.ids(world, "Berlin")
    assert timeline.members_on(world, berlin, date(2026, 2, 28)) is None


def said(workspace, name: str) -> list[tuple[int, str, str, bool]]:
    versions = timeline.rule_versions(workspace, *scenes.ids(workspace, name))
    return [(each.number, each.action, from_json(each.rule_json).value, each.current) for each in versions]


def test_versions_of_a_rule_that_was_edited(world):
    """The newest first, each with what made it; edits that leave the rule alone are no versions."""
    (berlin,) = scenes.ids(world, "Berlin")
    segments.edit(world, berlin, rule=from_json(PARIS))
    segments.edit(world, berlin, description="Was Berlin")
    scenes.do(world, Action.DEACTIVATE, "Berlin")
    segments.edit(world, berlin, rule=from_json(ROME))
    assert said(world, "Berlin") == [
        (3, "edit", "Rome", True),
        (2, "edit", "Paris", False),
        (1, "create", "Berlin", False),
    ]
    assert [each.who for each in timeline.rule_versions(world, berlin)] == ["ada"] * 3


def test_versions_know_what_undo_put_back(world):
    """What undo put back stands under the undo, what redo brought again under the redo."""
    (berlin,) = scenes.ids(world, "Berlin")
    segments.edit(world, berlin, rule=from_json(PARIS))
    history.undo(world)
    assert [each[1:3] for each in said(world, "Berlin")] == [
        ("undo", "Berlin"),
        ("edit", "Paris"),
        ("create", "Berlin"),
    ]
    segments.edit(world, berlin, rule=from_json(ROME))
    assert [each[1:3] for each in said(world, "Berlin")] == [
        ("edit", "Rome"), ("undo", "Berlin"), ("edit", "Paris"), ("create", "Berlin"),
    ]  # fmt: skip
    history.undo(world)
    history.redo(world)
    assert [each[1:] for each in said(world, "Berlin")[:2]] == [("redo", "Rome", True), ("undo", "Berlin", False)]


def test_versions_of_clones_imports_and_replacements(world, tmp_path):
    """A clone begins with its original's rule; an import and a replacement make versions."""
    scenes.add_segment(world, "Through", '{"op":"in_segment","value":"Berlin"}')
    scenes.add_segment(world, "Paris", PARIS)
    scenes.do(world, Action.CLONE, "Berlin")
    assert said(world, "Berlin (copy)") == [(1, "clone", "Berlin", True)]
    (copy,) = scenes.ids(world, "Berlin (copy)")
    segments.edit(world, copy, rule=from_json(ROME))
    assert [each[1:3] for each in said(world, "Berlin (copy)")] == [("edit", "Rome"), ("clone", "Berlin")]
    ids = scenes.ids(world, "Berlin", "Paris")
    segments.carry_out(world, segments.plan(world, Action.DELETE, ids[:1], replace_with=ids[1]))
    (through,) = scenes.ids(world, "Through")
    assert [each.action for each in timeline.rule_versions(world, through)] == ["replace", "create"]
    file = tmp_path / "s.jsonl"
    file.write_text(f'{{"record_type":"Lead","name":"Paris","rule":{ROME}}}', encoding="utf-8")
    finish(import_segments(world, file))
    assert [each[1:3] for each in said(world, "Paris")] == [("import segments", "Rome"), ("create", "Paris")]


def test_a_version_can_be_used_again_as_an_undoable_edit(world):
    """It is an edit like any other: logged, undoable, and the members wait to be computed."""
    (berlin,) = scenes.ids(world, "Berlin")
    segments.edit(world, berlin, rule=from_json(PARIS))
    first = timeline.rule_versions(world, berlin)[-1]
    change = timeline.use_version_again(world, berlin, first)
    assert change.to_compute == {berlin}
    assert said(world, "Berlin")[0] == (3, "edit", "Berlin", True)
    history.undo(world)
    assert said(world, "Berlin")[0][2] == "Paris"


def test_a_version_whose_segments_are_gone_is_refused(world):
    """What an old rule referred to may have been deleted; then it is not taken up again."""
    scenes.add_segment(world, "Leaning", '{"op":"in_segment","value":"Berlin"}')
    (leaning,) = scenes.ids(world, "Leaning")
    segments.edit(world, leaning, rule=from_json(PARIS))
    scenes.do(world, Action.DELETE, "Berlin")
    with pytest.raises(InvalidRule, match=r"segment “Berlin” was deleted since\. Bring it back from a backup, or"):
        timeline.use_version_again(world, leaning, timeline.rule_versions(world, leaning)[-1])
    world.login = "eve"
    with pytest.raises(NotPermitted):
        timeline.use_version_again(world, leaning, timeline.rule_versions(world, leaning)[0])


def leaning_on(workspace, rule: str) -> int:
    """A segment of this rule that has another one since."""
    leaning = scenes.add_segment(workspace, "Leaning", rule)
    segments.edit(workspace, leaning, rule=from_json(PARIS))
    return leaning


def first_again(workspace, segment_id: int) -> str:
    """Use the first version of a segment again; gives what is said."""
    return timeline.use_version_again(workspace, segment_id, timeline.rule_versions(workspace, segment_id)[-1]).message


IN_BERLIN = '{"op":"in_segment","value":"Berlin"}'


def test_a_version_follows_the_segments_that_were_renamed_since(world):
    """The one that was meant then is meant again, also where another segment has its former name now."""
    (berlin,) = scenes.ids(world, "Berlin")
    leaning = leaning_on(world, f'{{"not":{{"any":[{IN_BERLIN}]}}}}')
    segments.edit(world, berlin, name="Capital")
    assert first_again(world, leaning) == "Saved “Leaning”. “Berlin” is called “Capital” now."
    assert queries.rule_of(world, leaning) == '{"not":{"any":[{"op":"in_segment","value":"Capital"}]}}'
    segments.edit(world, leaning, rule=from_json(PARIS))
    scenes.add_segment(world, "berlin", ROME)
    first_again(world, leaning)
    assert queries.rule_of(world, leaning) == '{"not":{"any":[{"op":"in_segment","value":"Capital"}]}}'


def test_a_version_follows_segments_that_swapped_their_names(world):
    """Each of the two is the one that it was when the version was written, also if by a renaming."""
    (berlin,) = scenes.ids(world, "Berlin")
    rome = scenes.add_segment(world, "Rome", ROME)
    leaning = scenes.add_segment(world, "Leaning", f'{{"all":[{IN_BERLIN},{{"op":"not_in_segment","value":"Rome"}}]}}')
    for segment, name in ((berlin, "Other"), (rome, "Berlin"), (berlin, "Rome")):
        segments.edit(world, segment, name=name)
    segments.edit(world, leaning, rule=from_json(PARIS))
    swapped = '{"all":[{"op":"in_segment","value":"Rome"},{"op":"not_in_segment","value":"Berlin"}]}'
    for version in timeline.rule_versions(world, leaning)[1:]:
        timeline.use_version_again(world, leaning, version)
        assert queries.rule_of(world, leaning) == swapped
    history.undo(world)


def test_a_version_follows_a_renaming_that_was_undone(world):
    """What is called as before is found as before."""
    (berlin,) = scenes.ids(world, "Berlin")
    leaning = leaning_on(world, IN_BERLIN)
    segments.edit(world, berlin, name="Capital")
    history.undo(world)
    assert first_again(world, leaning) == "Saved “Leaning”."
    assert queries.rule_of(world, leaning) == IN_BERLIN


def test_a_version_takes_another_segment_of_the_name_of_one_that_is_gone(world):
    """As any rule does, that names a segment which is there again."""
    leaning = leaning_on(world, IN_BERLIN)
    scenes.do(world, Action.DELETE, "Berlin")
    scenes.add_segment(world, "BERLIN", ROME)
    first_again(world, leaning)
    assert queries.rule_of(world, leaning) == '{"op":"in_segment","value":"BERLIN"}'


def test_a_segment_that_is_gone_has_no_versions(world):
    """The log outlives it, but there is nothing to go back to."""
    (berlin,) = scenes.ids(world, "Berlin")
    scenes.do(world, Action.DELETE, "Berlin")
    with pytest.raises(UnknownSegment):
        timeline.rule_versions(world, berlin)
    assert queries.segment_log(world, berlin)[-1].action == "delete"


def test_the_difference_of_two_versions_in_words(world):
    """It is told with the labels of the fields."""
    lead = queries.record_type(world, "Lead")
    assert [each.said for each in timeline.version_difference(BERLIN, PARIS, lead)] == [
        "Changed: City is “Berlin” → City is “Paris”"
    ]
    assert timeline.version_difference(BERLIN, f'{{"all":[{BERLIN}]}}', lead) == ()
