"""Usage files, reuse, and the scan, with days counted out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from segment_manager.domain.errors import FileUnreadable, ImportRefused
from segment_manager.domain.plans import Action
from segment_manager.operations import history, settings, usage
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries
from tests.operations import scenes

EVERYTHING = '{"everything":true}'


@pytest.fixture
def world(workspace, clock):
    """One segment made on 1 January 2026 at noon; no automatic scan."""
    clock.now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    settings.change_setting(workspace, "time_zone", "UTC")
    settings.change_setting(workspace, "auto_scan", False)
    scenes.add_segment(workspace, "S", EVERYTHING)
    return workspace


def unused(workspace) -> list[str]:
    return [each.name for each in usage.plan_scan(workspace).will_do]


def test_a_segment_is_unused_more_than_the_grace_period_after_its_creation(world, clock):
    """Day 45 at noon is not more than 45 days; a second later is."""
    clock.now += timedelta(days=45)
    assert unused(world) == []
    clock.now += timedelta(seconds=1)
    assert unused(world) == ["S"]


@pytest.mark.parametrize(("offset", "expected"), [(45, []), (46, ["S"])])
@pytest.mark.parametrize("hour", [0, 12, 23])
def test_a_use_that_ended_on_a_day_counts_by_days(world, clock, offset, expected, hour):
    """An end on 10 March leaves the segment used for 45 whole days after it, at whatever time of day one asks."""
    scenes.use(world, ("campaign", "Spring", "live", "S", "2026-01-01", "2026-03-10"))
    clock.now = datetime(2026, 3, 10, hour, tzinfo=UTC) + timedelta(days=offset)
    assert unused(world) == expected


def test_a_reference_is_live_through_its_last_day(world, clock):
    """On ended_on it is still live; the day after, no grace period given, it is over."""
    settings.change_setting(world, "grace_days", 0)
    scenes.use(world, ("message", "Hello", "live", "S", "", "2026-01-20"))
    clock.now = datetime(2026, 1, 20, 23, 59, tzinfo=UTC)
    assert unused(world) == []
    clock.now = datetime(2026, 1, 21, 0, 1, tzinfo=UTC)
    assert unused(world) == ["S"]


def test_without_a_date_the_end_is_when_the_workspace_learned_of_it(world, clock):
    """live, then paused without a date: the grace period begins with that import."""
    scenes.use(world, ("journey", "Onboarding", "live", "S"))
    clock.now += timedelta(days=100)
    scenes.use(world, ("journey", "Onboarding", "paused", "S"))
    clock.now += timedelta(days=45)
    assert unused(world) == []
    clock.now += timedelta(days=1)
    assert unused(world) == ["S"]


def test_one_that_arrives_ended_without_a_date_counts_by_its_start_and_else_not_at_all(world, clock):
    """Only started_on is known; without any date it says nothing."""
    clock.now = datetime(2026, 4, 1, 12, tzinfo=UTC)
    scenes.use(world, ("campaign", "Old", "ended", "S", "2026-03-20"))
    assert unused(world) == []
    scenes.add_segment(world, "T", EVERYTHING)
    clock.now = datetime(2026, 5, 4, 12, tzinfo=UTC)
    scenes.use(world, ("campaign", "Older", "ended", "T"))
    assert unused(world) == []
    clock.now = datetime(2026, 5, 17, 12, tzinfo=UTC)
    assert unused(world) == ["S", "T"]


def test_drafts_and_analytics_keep_nothing_active(world, clock):
    """Drafts never ran; funnels, cohorts and reports use the rule alone."""
    scenes.use(world, ("campaign", "D", "draft", "S"), ("funnel", "F", "live", "S"), ("report", "R", "live", "S"))
    clock.now += timedelta(days=46)
    assert unused(world) == ["S"]


def test_an_active_segments_rule_is_a_use_and_its_end_begins_the_grace_period(world, clock):
    """B uses S: S stays while B does, and 45 days more."""
    scenes.add_segment(world, "B", '{"op":"in_segment","value":"S"}')
    clock.now += timedelta(days=50)
    assert unused(world) == ["B"]
    usage.scan(world)
    assert scenes.status(world, "B") == ("inactive", "unused")
    clock.now += timedelta(days=44)
    assert unused(world) == []
    clock.now += timedelta(days=2)
    assert unused(world) == ["S"]


def test_a_pinned_segment_is_left_alone(world, clock):
    """Keep active, until it is taken away."""
    scenes.do(world, Action.KEEP_ACTIVE, "S")
    clock.now += timedelta(days=400)
    assert unused(world) == []
    scenes.do(world, Action.ALLOW_SCAN, "S")
    assert unused(world) == ["S"]


def test_the_scan_marks_logs_and_can_be_undone(world, clock):
    """Reason unused, one activity row a segment, one undo step."""
    clock.now += timedelta(days=46)
    usage.scan(world)
    assert scenes.status(world, "S") == ("inactive", "unused")
    assert queries.activity(world)[0].action == "scan"
    history.undo(world)
    assert scenes.status(world, "S") == ("active", None)


@pytest.mark.parametrize("kind", ["sequence", "campaign", "test list"])
def test_a_reference_that_becomes_live_makes_the_segment_active_again(world, kind):
    """Reuse, whatever the reason was; the notice names the asset."""
    scenes.do(world, Action.DEACTIVATE, "S")
    scenes.use(world, (kind, "Autumn", "draft", "S"))
    assert scenes.status(world, "S") == ("inactive", "deactivated")
    change = scenes.use(world, (kind, "Autumn", "scheduled", "S"))
    assert scenes.status(world, "S") == ("active", None)
    assert "“Autumn” began to use it" in change.message
    assert queries.activity(world, segment_id=scenes.ids(world, "S")[0])[0].action == "reuse"


def test_references_live_already_when_a_person_deactivated_do_not_reactivate(world):
    """However often they are imported again."""
    line = ("sequence", "Win-back", "live", "S")
    scenes.use(world, line)
    scenes.do(world, Action.DEACTIVATE, "S")
    scenes.use(world, line)
    scenes.use(world, line)
    assert scenes.status(world, "S") == ("inactive", "deactivated")


def test_analytics_never_reactivate(world):
    """A live cohort uses the rule of an Inactive segment as it is."""
    scenes.do(world, Action.DEACTIVATE, "S")
    scenes.use(world, ("cohort", "C", "live", "S"))
    assert scenes.status(world, "S") == ("inactive", "deactivated")


def test_a_complete_file_ends_what_it_does_not_hold(world):
    """Assets that are gone are ended; so is a use that its asset no longer has."""
    scenes.add_segment(world, "T", EVERYTHING)
    scenes.use(world, ("sequence", "A", "live", "S"), ("sequence", "A", "live", "T"), ("campaign", "B", "live", "S"))
    scenes.use(world, ("sequence", "A", "live", "T"), complete=True)
    states = {(each.asset_type, each.name): str(each.state) for each in queries.assets(world)}
    assert states == {("sequence", "A"): "live", ("campaign", "B"): "ended"}
    live = {each.name: each.live_references for each in queries.summaries(world)}
    assert live == {"S": 0, "T": 1}


def test_a_complete_file_makes_no_use_of_what_was_none(world, clock):
    """A plan or a pause that the file dropped says no more of the last use than it did before."""
    scenes.use(world, ("campaign", "Plan", "draft", "S"), ("sequence", "Break", "paused", "S", "2025-12-01"))
    clock.now += timedelta(days=46)
    scenes.use(world, ("campaign", "Plan", "draft", ""), ("sequence", "Break", "paused", ""), complete=True)
    assert unused(world) == ["S"]


def test_a_use_that_ended_on_its_day_stays_known_when_the_day_is_dropped(world, clock):
    """Its asset is told as ended, or as a draft, without the day: it ended on that day all the same."""
    scenes.use(
        world,
        ("campaign", "A", "live", "S", "2025-06-01", "2026-03-01"),
        ("campaign", "B", "live", "S", "2025-06-01", "2026-03-01"),
    )
    clock.now = datetime(2026, 3, 20, 12, tzinfo=UTC)
    scenes.use(world, ("campaign", "A", "ended", "S", "2025-06-01"), ("campaign", "B", "draft", "S", "2025-06-01"))
    clock.now = datetime(2026, 4, 15, 23, tzinfo=UTC)
    assert unused(world) == []
    clock.now += timedelta(hours=2)
    assert unused(world) == ["S"]


def test_a_last_day_learned_later_counts_instead_of_the_moment_it_was_missed(world, clock):
    """First it is only known to be over, then since when."""
    scenes.use(world, ("campaign", "Spring", "live", "S"))
    clock.now = datetime(2026, 3, 20, 12, tzinfo=UTC)
    scenes.use(world, ("campaign", "Spring", "ended", "S"))
    scenes.use(world, ("campaign", "Spring", "ended", "S", "", "2026-01-31"))
    assert unused(world) == ["S"]


def test_the_order_of_several_files_does_not_matter(world, clock):
    """Each is followed by a scan; what a later one of the same day says was in use is not left marked."""
    for name, rule in (("T", EVERYTHING), ("U", EVERYTHING), ("V", '{"op":"in_segment","value":"U"}')):
        scenes.add_segment(world, name, rule)
    settings.change_setting(world, "auto_scan", True)
    clock.now += timedelta(days=100)
    files = (
        [("sequence", "One", "live", "S", "2026-01-01")],
        [("campaign", "Two", "ended", "T", "2026-01-01", "2026-04-01")],
        [("journey", "Three", "paused", "V", "2026-04-02")],
        [("message", "Four", "ended", "U", "2025-01-01", "2025-02-01")],
    )
    found, messages = [], []
    for order in (files, files[::-1], (files[1], files[3], files[0], files[2])):
        messages += [scenes.use(world, *file).message for file in order]
        found.append({each.name: str(each.status) for each in queries.summaries(world)})
        while queries.assets(world):
            history.undo(world)
    assert found == [dict.fromkeys("STUV", "active")] * 3
    assert "1 segment was marked unused earlier today and in use after all: Active again." in messages[1]


def test_what_was_marked_on_another_day_is_not_taken_back(world, clock):
    """Only a use that becomes live makes it Active again then."""
    clock.now += timedelta(days=100)
    usage.scan(world)
    clock.now += timedelta(days=1)
    scenes.use(world, ("campaign", "Two", "ended", "S", "2026-01-01", "2026-04-01"))
    assert scenes.status(world, "S") == ("inactive", "unused")


def test_importing_usage_scans_unless_the_setting_is_off(world, clock):
    """After references change, what is unused by now is marked in the same step."""
    settings.change_setting(world, "auto_scan", True)
    clock.now += timedelta(days=46)
    scenes.use(world, ("report", "R", "live", ""))
    assert scenes.status(world, "S") == ("inactive", "unused")
    history.undo(world)
    assert scenes.status(world, "S") == ("active", None)
    assert queries.assets(world) == []


def run(workspace, path, text, **options):
    path.write_text(text, encoding="utf-8")
    return finish(usage.import_usage(workspace, path, **options))


HEADER = "asset_type,asset_id,asset_name,state,record_type,segment,started_on,ended_on\n"


def test_bad_lines_are_told_with_line_column_and_reason(world, tmp_path):
    """One bad line stops the import; the good ones go in when asked."""
    text = HEADER + (
        "sequence,1,One,live,Lead,S,2026-01-01,\n"
        "spaceship,2,Two,live,Lead,S,,\n"
        "campaign,3,Three,alive,Lead,S,,\n"
        "campaign,4,Four,live,Lead,Nowhere,,\n"
        "campaign,5,Five,live,Lead,S,not a day,\n"
        "campaign,6,Six,live,Lead,S,2026-02-01,2026-01-01\n"
    )
    with pytest.raises(ImportRefused) as caught:
        run(world, tmp_path / "u.csv", text)
    assert [(bad.line, bad.column) for bad in caught.value.report.bad_rows] == [
        (3, "asset_type"), (4, "state"), (5, "segment"), (6, "started_on"), (7, "ended_on"),
    ]  # fmt: skip
    assert queries.assets(world) == []
    report = run(world, tmp_path / "u.csv", text, skip_bad_rows=True)
    assert (report.read, report.added, report.rejected) == (6, 1, 5)
    assert report.rejects_file.read_text(encoding="utf-8").count("\n") == 6


def test_importing_the_same_file_again_changes_nothing(world, tmp_path):
    """Counts say unchanged; a changed state says updated."""
    text = HEADER + "sequence,1,One,live,Lead,S,,\ncampaign,2,Two,draft,Lead,S,,\n"
    assert run(world, tmp_path / "u.csv", text).added == 2
    again = run(world, tmp_path / "u.csv", text)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 2)
    ended = run(world, tmp_path / "u.csv", text.replace("draft", "live"))
    assert (ended.added, ended.updated, ended.unchanged) == (0, 1, 1)


def test_lines_that_disagree_about_an_asset_are_all_bad_in_any_order(world, tmp_path):
    """The order of the lines never decides."""
    lines = ["sequence,1,One,live,Lead,S,,\n", "sequence,1,One,ended,Lead,S,,\n"]
    for order in (lines, lines[::-1]):
        with pytest.raises(ImportRefused) as caught:
            run(world, tmp_path / "u.csv", HEADER + "".join(order))
        assert [bad.line for bad in caught.value.report.bad_rows] == [2, 3]


def test_json_lines_and_a_dry_run(world, tmp_path):
    """JSON lines say the same as CSV; a dry run counts and stores nothing."""
    line = {"asset_type": "test_list", "asset_id": 7, "asset_name": "Seven", "state": "LIVE", "segment": "s"}
    report = run(world, tmp_path / "u.jsonl", json.dumps(line) + "\n", dry_run=True)
    assert (report.added, queries.assets(world)) == (1, [])
    run(world, tmp_path / "u.jsonl", json.dumps(line) + "\n")
    assert [(str(each.asset_type), each.asset_id) for each in queries.assets(world)] == [("test list", "7")]


def test_a_file_without_the_needed_columns_is_refused(world, tmp_path):
    """The sentence names what is missing."""
    with pytest.raises(FileUnreadable, match="asset_type"):
        run(world, tmp_path / "u.csv", "name,city\nx,y\n")
