"""The review of unused segments: its sentences, and that it says of every day what the scan would do."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segment_manager.domain.errors import InvalidSetting
from segment_manager.domain.plans import Action
from segment_manager.domain.rules import from_json
from segment_manager.operations import history, review, segments, usage
from segment_manager.operations.settings import change_setting
from segment_manager.storage import checks, queries
from segment_manager.storage.workspace import Workspace
from tests.conftest import Clock
from tests.operations import scenes

EVERYTHING = '{"everything":true}'


@pytest.fixture
def world(workspace, clock):
    """One segment made on 1 January 2026 at noon; no automatic scan."""
    clock.now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    change_setting(workspace, "time_zone", "UTC")
    change_setting(workspace, "auto_scan", False)
    scenes.add_segment(workspace, "S", EVERYTHING)
    return workspace


def of(workspace, name="S"):
    [segment_id] = scenes.ids(workspace, name)
    return review.evidence(workspace, [segment_id])[segment_id]


def test_an_ended_campaign_is_named_with_its_days(world, clock):
    """The sentence of a finding, its days, its moment."""
    scenes.use(world, ("campaign", "Spring renewal", "live", "S", "2026-01-01", "2026-02-10"))
    clock.now = datetime(2026, 5, 15, 9, tzinfo=UTC)
    made = of(world)
    assert made.last_use == "last used by campaign “Spring renewal”, ended 94 days ago"
    assert made.other == "no other live use"
    assert made.days == 94
    assert made.last_used_at == queries.summaries(world)[0].last_used
    assert made.becomes_unused_in == 0


def test_one_that_nothing_used(world, clock):
    """Its creation counts; drafts and reports are told as what does not."""
    clock.now += timedelta(days=40)
    scenes.use(world, ("campaign", "D", "draft", "S"), ("report", "R", "live", "S"), ("cohort", "C", "live", "S"))
    made = of(world)
    assert made.last_use == "never used since its creation 40 days ago"
    assert made.other == "no live use (not counted: 1 draft, 1 cohort, 1 report)"
    assert made.becomes_unused_in == 6


def test_a_rule_that_stopped_counting(world, clock):
    """The end of the use by an Active segment's rule."""
    scenes.add_segment(world, "B", '{"op":"in_segment","value":"S"}')
    assert of(world).last_use == "in use by the rule of “B”"
    scenes.do(world, Action.DEACTIVATE, "B")
    clock.now += timedelta(days=60)
    made = of(world)
    assert made.last_use == "its last use by the rule of an active segment or by a removed asset ended 60 days ago"
    assert made.other == "no other live use (not counted: 1 rule of an inactive segment)"


def test_an_activation(world, clock):
    """Resuming begins the grace period again."""
    clock.now += timedelta(days=10)
    scenes.do(world, Action.DEACTIVATE, "S")
    assert of(world).becomes_unused_in is None
    clock.now += timedelta(days=10)
    scenes.do(world, Action.RESUME, "S")
    clock.now += timedelta(days=44)
    made = of(world)
    assert (made.last_use, made.other, made.days) == ("activated 44 days ago", "no live use", 44)
    assert made.becomes_unused_in == 2


@pytest.mark.parametrize(
    ("line", "days", "sentence"),
    [
        (("journey", "J", "paused", "S"), 1, "last used by journey “J”, paused yesterday"),
        (("journey", "J", "ended", "S"), 30, "last used by journey “J”, ended 30 days ago"),
        (("journey", "J", "draft", "S"), 0, "last used by journey “J”, set back to draft today"),
    ],
)
def test_an_end_that_the_workspace_learned_of(world, clock, line, days, sentence):
    """Without a date, it counts by the moment of the import."""
    scenes.use(world, ("journey", "J", "live", "S"))
    clock.now += timedelta(days=5)
    scenes.use(world, line)
    learned = clock.now
    clock.now += timedelta(days=days)
    made = of(world)
    assert (made.last_use, made.last_used_at) == (sentence, learned)
    assert made.becomes_unused_in == 46 - days


def test_one_that_arrived_ended_counts_by_its_start(world, clock):
    """Only the start is known."""
    clock.now += timedelta(days=20)
    scenes.use(world, ("message", "M", "ended", "S", "2026-01-11"))
    assert of(world).last_use == "last used by message “M”, started 10 days ago"


def test_a_draft_that_was_live_counts_by_its_end(world, clock):
    """Set back on 6 January with an end on the 20th: the end comes later, so it counts, 45 whole days."""
    scenes.use(world, ("campaign", "C", "live", "S", "", "2026-01-20"))
    clock.now += timedelta(days=5)
    scenes.use(world, ("campaign", "C", "draft", "S", "", "2026-01-20"))
    assert of(world).becomes_unused_in == 60
    clock.now += timedelta(days=59)
    assert (of(world).becomes_unused_in, usage.plan_scan(world).ids) == (1, ())
    assert of(world).last_use == "last used by campaign “C”, ended 45 days ago"
    clock.now += timedelta(days=1)
    assert (of(world).becomes_unused_in, len(usage.plan_scan(world).ids)) == (0, 1)


def test_live_use_is_counted(world):
    """Sequences first; nothing to count down."""
    scenes.use(world, *((kind, kind.upper(), "live", "S") for kind in ("campaign", "message", "sequence")))
    made = of(world)
    assert (made.last_use, made.other) == ("in use by sequence “SEQUENCE”", "2 other live uses")
    assert (made.last_used_at, made.days, made.becomes_unused_in) == (None, 0, None)


def test_only_the_types_that_count_keep_a_segment(world, clock):
    """A setting, undoable; what does not count is told, does not keep a segment active and does not reactivate it."""
    scenes.use(world, ("test list", "Seed list", "live", "S"), ("report", "Board", "live", "S"))
    clock.now += timedelta(days=50)
    assert usage.plan_scan(world).ids == ()
    change_setting(world, "counted_types", "sequence, campaign")
    assert [each.name for each in usage.plan_scan(world).will_do] == ["S"]
    assert of(world).other == "no live use (not counted: 1 test list, 1 report)"
    assert queries.summaries(world)[0].last_used == datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert queries.summaries(world)[0].live_references == 1
    usage.scan(world)
    scenes.use(world, ("test list", "Second list", "live", "S"))
    assert scenes.status(world, "S") == ("inactive", "unused")
    scenes.use(world, ("campaign", "Spring", "live", "S"))
    assert scenes.status(world, "S") == ("active", None)
    change_setting(world, "counted_types", ["report"])
    assert of(world).last_use == "in use by report “Board”"
    history.undo(world)
    assert of(world).last_use == "in use by campaign “Spring”"
    assert checks.problems(world) == []


@pytest.mark.parametrize("value", ["", [], "sequence, newsletters", 7])
def test_types_that_cannot_count_are_refused(world, value):
    """Unknown ones by name; none at all would make everything unused."""
    with pytest.raises(InvalidSetting, match="asset type"):
        change_setting(world, "counted_types", value)


def test_evidence_of_many_and_of_none(world):
    """Ids that are gone are left out."""
    scenes.add_segment(world, "T", EVERYTHING)
    assert [each.name for each in review.evidence(world, [*scenes.ids(world, "T", "S"), 999]).values()] == ["S", "T"]
    assert review.evidence(world, []) == {}


def test_what_if_is_the_scan_by_grace_period(world, clock):
    """Each number of days as a scan with it."""
    for day in (10, 40, 50):
        clock.now = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
        scenes.add_segment(world, f"Day {day}", EVERYTHING)
    clock.now = datetime(2026, 4, 2, 13, tzinfo=UTC)
    table = review.what_if(world)
    assert {days: len(ids) for days, ids in table.items()} == {7: 4, 30: 4, 45: 3, 60: 2, 90: 1}
    assert table == {days: usage.plan_scan(world, days).ids for days in table}


def test_soon_unused_are_those_within_the_days(world, clock):
    """The nearest first; not those that are unused already, kept active or in use."""
    clock.now += timedelta(days=20)
    for name in ("Later", "Pinned", "In use"):
        scenes.add_segment(world, name, EVERYTHING)
    clock.now -= timedelta(hours=6)
    scenes.do(world, Action.KEEP_ACTIVE, "Pinned")
    scenes.use(world, ("sequence", "Q", "live", "In use"))
    clock.now += timedelta(days=20)
    assert [(each.name, each.becomes_unused_in) for each in review.soon_unused(world)] == [("S", 6)]
    assert [each.name for each in review.soon_unused(world, 30)] == ["S", "Later"]
    assert [each.name for each in review.soon_unused(world, 26)] == ["S", "Later"]
    assert [each.name for each in review.soon_unused(world, 25)] == ["S"]
    clock.now += timedelta(days=6)
    assert review.soon_unused(world) == []


# The scan and the evidence, held together.

START = datetime(2026, 3, 20, 22, 40, tzinfo=UTC)  # the clocks change within the days that follow
DAYS = st.sampled_from([None, None, None, *range(-80, 51, 13), *range(-7, 8)])
NAMES = st.sampled_from(["A", "A", "B", "C"])  # often the same one, so that one use follows another
uses = st.tuples(
    st.integers(0, 40),
    st.just("use"),
    NAMES,
    st.sampled_from(["sequence", "sequence", "campaign", "report"]),
    st.sampled_from(["draft", "scheduled", "live", "live", "paused", "ended"]),
    DAYS,
    DAYS,
)
deeds = st.tuples(
    st.integers(0, 40),
    st.sampled_from(["deactivate", "resume", "pin", "unpin", "rule", "scan"]),
    NAMES,
    *[st.none()] * 4,
)
steps = st.lists(uses | uses | deeds, min_size=1, max_size=10)
ACTIONS = {
    "deactivate": Action.DEACTIVATE,
    "resume": Action.RESUME,
    "pin": Action.KEEP_ACTIVE,
    "unpin": Action.ALLOW_SCAN,
}
REST = {"A": "B", "B": "C", "C": "C"}


def lived(workspace, clock, story):
    """Three segments, and what a story says happens to them."""
    for name in "CBA":
        segments.create(workspace, "Lead", name, from_json(EVERYTHING))
    for hours, deed, name, kind, state, started, ended in story:
        clock.now += timedelta(hours=13 * hours)
        if deed == "use":
            day: list[date | None] = [
                None if offset is None else workspace.today() + timedelta(days=offset) for offset in (started, ended)
            ]
            if all(day):
                day.sort()
            scenes.use(workspace, (kind, f"{kind} {name}", state, name, *(str(each or "") for each in day)))
        elif deed == "rule":
            other = REST[name]
            rule = EVERYTHING if other == name else f'{{"op":"in_segment","value":"{other}"}}'
            segments.edit(workspace, scenes.ids(workspace, name)[0], rule=from_json(rule))
        elif deed == "scan":
            usage.scan(workspace)
        else:
            scenes.do(workspace, ACTIONS[deed], name)


@settings(max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    steps,
    st.sampled_from([0, 1, 7, 45]),
    st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo"]),
    st.sampled_from([["sequence", "campaign"], ["sequence"], ["campaign", "report"]]),
)
def test_the_evidence_says_of_every_day_what_the_scan_would_do(story, grace_days, zone, counted):
    """A segment without live use is first in the scan's plan on the day that becomes_unused_in says; no other is."""
    clock = Clock()
    clock.now = START
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.create(Path(folder) / "w.segments", login="ada", clock=clock)
        for key, value in (("time_zone", zone), ("auto_scan", False), ("grace_days", grace_days)):
            change_setting(workspace, key, value)
        lived(workspace, clock, story)
        change_setting(workspace, "counted_types", counted)
        assert checks.problems(workspace) == []
        now = clock.now
        summaries = {each.id: each for each in queries.summaries(workspace)}
        told = review.evidence(workspace, summaries)
        assert {each.segment_id: each.last_used_at for each in told.values()} == {
            each.id: each.last_used for each in summaries.values()
        }
        soon = {each.segment_id for each in review.soon_unused(workspace, 14)}
        table = review.what_if(workspace, (0, 7, 45))
        assert table == {days: usage.plan_scan(workspace, days).ids for days in table}
        first: dict[int, int] = {}
        for day in range(160):
            clock.now = now + timedelta(days=day)
            for segment_id in usage.plan_scan(workspace).ids:
                first.setdefault(segment_id, day)
        clock.now = now
        for segment_id, each in told.items():
            if each.last_used_at is None:  # in use: its end may come by the calendar, but not today
                assert each.becomes_unused_in is None
                assert first.get(segment_id) != 0
            else:
                days = each.becomes_unused_in
                assert first.get(segment_id) == (days if days is None or days < 160 else None)
                assert (segment_id in soon) == (days is not None and 0 < days <= 14)
        workspace.close()


# The clock.


@pytest.fixture
def used(world, clock):
    """S is out of grace; the newest activity is of 1 March 2026, 9:00."""
    clock.now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    segments.edit(world, scenes.ids(world, "S")[0], description="seen")
    return world


@pytest.mark.parametrize(
    ("away", "believed"),
    [
        (timedelta(minutes=-5), True),
        (timedelta(minutes=-5, microseconds=-1), False),
        (timedelta(days=60), True),
        (timedelta(days=400), True),
        (timedelta(days=400, microseconds=1), False),
        (timedelta(days=-365 * 50), False),
        (timedelta(days=365 * 70), False),
    ],
)
def test_a_clock_that_jumped_marks_nothing_and_says_so(used, clock, away, believed):
    """Neither the scan nor its preview nor the table; the sentence says what the clock says, and against what."""
    clock.now += away
    assert (usage.clock_doubt(used) is None) is believed
    assert usage.unused_number(used) == len(usage.plan_scan(used).will_do)
    assert [each.name for each in usage.plan_scan(used).will_do] == (["S"] if believed else [])
    assert any(review.what_if(used).values()) is believed
    change = usage.scan(used)
    assert bool(change) is believed
    assert scenes.status(used, "S")[0] == ("inactive" if believed else "active")
    if not believed:
        assert change.message == usage.clock_doubt(used)
        assert f"the clock says {clock.now:%Y-%m-%d %H:%M}" in change.message
        assert change.undo_label is None
        assert queries.activity(used)[0].action == "edit"
        assert review.soon_unused(used) == []


def test_an_import_of_usage_goes_on_and_its_scan_does_not(used, clock):
    """The references come in, nothing is marked, and the message says why; by then the clock is vouched for."""
    change_setting(used, "auto_scan", True)
    clock.now += timedelta(days=500)
    change = scenes.use(used, ("report", "R", "live", "S"))
    assert "1 references added" in change.message
    assert "Nothing was marked unused: the clock says 2027-07-14 09:00, 500 days after" in change.message
    assert scenes.status(used, "S") == ("active", None)
    assert usage.scan(used).changed == set(scenes.ids(used, "S"))


def test_reuse_in_the_same_import_does_not_vouch_for_the_clock(used, clock):
    """What the import itself logs is no ground to believe the clock."""
    scenes.add_segment(used, "T", EVERYTHING)
    scenes.do(used, Action.DEACTIVATE, "T")
    change_setting(used, "auto_scan", True)
    clock.now += timedelta(days=500)
    scenes.use(used, ("sequence", "Q", "live", "T"))
    assert scenes.status(used, "T") == ("active", None)
    assert scenes.status(used, "S") == ("active", None)


def test_one_change_under_a_wrong_clock_does_not_stop_the_scan_for_ever(used, clock):
    """The newest activity counts, not the latest: the next change under the right clock sets it right."""
    right = clock.now
    clock.now += timedelta(days=365 * 70)
    segments.edit(used, scenes.ids(used, "S")[0], description="in the year 2096")
    clock.now = right + timedelta(days=1)
    assert "before the last activity" in usage.scan(used).message
    segments.edit(used, scenes.ids(used, "S")[0], description="back again")
    assert usage.scan(used)


def test_a_year_lived_day_by_day_never_jumps(world, clock):
    """What happens is logged by the same clock, so that every scan believes it."""
    for _ in range(30):
        clock.now += timedelta(days=30)
        segments.edit(world, scenes.ids(world, "S")[0], description=f"{clock.now}")
        assert usage.clock_doubt(world) is None


def test_a_workspace_without_activity_has_nothing_to_doubt(workspace):
    """It has no segments either."""
    assert usage.clock_doubt(workspace) is None
    assert usage.scan(workspace).message == "No segment is unused."
