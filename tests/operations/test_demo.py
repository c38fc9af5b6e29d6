"""The demonstration workspace: full of records, segments in every status, and every case a dialog can be asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segment_manager.domain.errors import WorkspaceExists
from segment_manager.domain.plans import Action, Obstacle, Plan
from segment_manager.domain.rule_format import from_json
from segment_manager.domain.segments import Reason, SegmentSummary, Status
from segment_manager.operations import demo
from segment_manager.operations.computation import preview
from segment_manager.operations.segments import plan
from segment_manager.operations.usage import plan_scan
from segment_manager.paths import resource
from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
EMPTY = "empty on purpose"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The demonstration, made once; the tests only look."""
    path = tmp_path_factory.mktemp("demo") / "demo.segments"
    demo.make_demo(path, login="tester", now=NOW)
    workspace = Workspace.open(path, login="tester", clock=lambda: NOW)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def segments(workspace: Workspace) -> dict[str, SegmentSummary]:
    """All segments by name; names are unique across the demonstration."""
    return {summary.name: summary for summary in queries.summaries(workspace)}


def planned(workspace: Workspace, action: Action, *segments: SegmentSummary) -> Plan:
    return plan(workspace, action, [segment.id for segment in segments])


def test_every_record_type_has_records_and_segments(workspace: Workspace) -> None:
    """Leads, opportunities, accounts and contacts are there, each with active and inactive segments."""
    records = queries.record_counts(workspace)
    counts = queries.segment_counts(workspace)
    found = {each.name: (records[each.id], *counts[each.id]) for each in queries.record_types(workspace)}
    assert {name: count for name, (count, _, _) in found.items()} == {
        "Lead": 4110,
        "Opportunity": 102,
        "Account": 115,
        "Contact": 225,
    }
    assert all(active and inactive for _, active, inactive in found.values())
    assert sum(active + inactive for _, active, inactive in found.values()) >= 48


def test_every_status_and_reason_exists(segments: dict[str, SegmentSummary]) -> None:
    """There are active segments, and inactive ones for each reason."""
    found = {(summary.status, summary.reason) for summary in segments.values()}
    assert found == {(Status.ACTIVE, None), *((Status.INACTIVE, reason) for reason in Reason)}


def test_every_rule_selects_what_it_should(workspace: Workspace, segments: dict[str, SegmentSummary]) -> None:
    """Every rule selects some records, but for those that are empty on purpose."""
    assert any(EMPTY in summary.tags for summary in segments.values())
    types = {each.id: each.name for each in queries.record_types(workspace)}
    for summary in segments.values():
        found = preview(
            workspace, types[summary.record_type_id], from_json(queries.rule_of(workspace, summary.id)), sample=1
        )
        assert (found.count == 0) is (EMPTY in summary.tags), summary.name


def test_active_segments_are_computed(segments: dict[str, SegmentSummary]) -> None:
    """The members of every active segment are up to date and none is broken."""
    for summary in segments.values():
        assert not summary.broken
        if summary.status is Status.ACTIVE:
            assert summary.members is not None, summary.name
            assert not summary.stale, summary.name


def test_deactivation_cases(workspace: Workspace, segments: dict[str, SegmentSummary]) -> None:
    """There are segments with no, one and three sequences, with shared sequences, and with two live campaigns."""
    none = planned(workspace, Action.DEACTIVATE, segments["Callable leads without any loan"])
    assert none.will_do
    assert not none.sequences
    one = planned(workspace, Action.DEACTIVATE, segments["Recurring gifts"])
    assert [sequence.name for sequence in one.sequences] == ["Recurring giving thank-you"]
    three = planned(workspace, Action.DEACTIVATE, segments["Callable leads"])
    shown = {(sequence.name, sequence.state) for sequence in three.sequences}
    assert shown >= {("Win-back Q4", "live"), ("Price change notice", "live"), ("Annual survey", "paused")}
    campaigns = planned(workspace, Action.DEACTIVATE, segments["Major donors"])
    assert {asset.name for asset in campaigns.live_assets} == {
        "Annual Fund",
        "NMH Transitional Housing Capital Campaign",
    }
    assert [blocked.obstacle for blocked in campaigns.blocked] == [Obstacle.LIVE_USE]


def test_bulk_cases(workspace: Workspace, segments: dict[str, SegmentSummary]) -> None:
    """All segments together share sequences, some are inactive or in live use, and 25 or more are free to delete."""
    everything = tuple(segments.values())
    deactivation = planned(workspace, Action.DEACTIVATE, *everything)
    assert deactivation.skipped
    assert deactivation.blocked
    assert len(deactivation.sequences) > 10
    assert max(sequence.segments for sequence in deactivation.sequences) >= 4
    unlinked = [summary for summary in everything if not summary.rule_uses and not summary.live_references]
    deletion = planned(workspace, Action.DELETE, *unlinked)
    assert len(deletion.will_do) >= 25
    assert deletion.inactive > deletion.unused > 0


def test_deletion_blocked_by_rules(workspace: Workspace, segments: dict[str, SegmentSummary]) -> None:
    """A segment is referred to by several others, active and inactive ones, directly and through others."""
    blocked = planned(workspace, Action.DELETE, segments["Reachable by email"])
    assert [each.obstacle for each in blocked.blocked] == [Obstacle.RULES]
    assert {each.status for each in blocked.dependents} == {"active", "inactive"}
    chain = planned(workspace, Action.DELETE, segments["Callable leads"])
    assert {each.name: each.direct for each in chain.dependents}["Callable homeowners, high balance"] is False


def test_resume_cases(workspace: Workspace, segments: dict[str, SegmentSummary]) -> None:
    """Inactive segments are linked to no, some and running sequences, and to live campaigns."""
    inactive = [summary for summary in segments.values() if summary.status is Status.INACTIVE]
    resumption = planned(workspace, Action.RESUME, *inactive)
    assert any(sequence.state == "live" for sequence in resumption.sequences)
    assert [asset.name for asset in resumption.live_assets if asset.asset_type == "campaign"] == ["Annual Fund"]
    assert any(not summary.sequences for summary in inactive)
    assert resumption.unused < resumption.inactive == len(inactive)
    mixed = planned(workspace, Action.RESUME, *segments.values())
    assert len(mixed.skipped) == len(segments) - len(inactive)


def test_unused_and_nearly_unused(workspace: Workspace, segments: dict[str, SegmentSummary]) -> None:
    """A sequence ended 94 days ago and its segment is unused; for another the grace period is nearly over."""
    old = segments["Blue-collar and services"]
    assert old.reason is Reason.UNUSED
    assert old.last_used is not None
    assert (NOW - old.last_used).days in (93, 94)
    near = segments["Management, tertiary"]
    assert near.status is Status.ACTIVE
    assert not plan_scan(workspace).will_do
    assert near.name in {each.name for each in plan_scan(workspace, grace_days=30).will_do}


def test_pinned_segments_stay_active(segments: dict[str, SegmentSummary]) -> None:
    """Segments that nothing uses are active because somebody keeps them so."""
    pinned = segments["Matching gift employers"]
    assert pinned.keep_active
    assert pinned.status is Status.ACTIVE
    assert not pinned.live_references


def test_history_is_spread_over_the_year(workspace: Workspace, segments: dict[str, SegmentSummary]) -> None:
    """The activity log begins more than a year ago, never runs into the future, and knows scan, reuse and people."""
    entries = queries.activity(workspace, limit=100_000)
    moments = [entry.at for entry in entries]
    assert max(moments) < NOW
    assert min(moments) < NOW - timedelta(days=400)
    reused = segments["Summer callers"]
    assert reused.status is Status.ACTIVE
    assert len({entry.action for entry in queries.activity(workspace, segment_id=reused.id)}) >= 3
    counts = {entry.members for entry in queries.computations(workspace, segments["Callable leads"].id)}
    assert len(counts) == 3


def test_running_sequences_have_connections(workspace: Workspace) -> None:
    """Records are connected to running sequences, and those of an ended one still are."""
    for sequence in ("Win-back Q4", "Spring reactivation", "Monthly newsletter"):
        assert any(True for _ in queries.connections(workspace, sequence=sequence)), sequence


def test_same_moment_makes_the_same_workspace(tmp_path: Path, segments: dict[str, SegmentSummary]) -> None:
    """Two demonstrations of one moment hold the same segments."""
    path = tmp_path / "again.segments"
    demo.make_demo(path, login="tester", now=NOW)
    workspace = Workspace.open(path, login="tester", clock=lambda: NOW)
    again = queries.summaries(workspace)
    workspace.close()
    assert again == list(segments.values())


def test_an_existing_file_stays(tmp_path: Path) -> None:
    """Where there is a file already it is left as it is."""
    path = tmp_path / "mine.segments"
    path.write_text("mine")
    with pytest.raises(WorkspaceExists):
        demo.make_demo(path, now=NOW)
    assert path.read_text() == "mine"


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration that cannot be finished leaves no file."""

    def failing(*_: object, **__: object) -> None:
        raise OSError("no more")

    monkeypatch.setattr(demo, "scan", failing)
    with pytest.raises(OSError, match="no more"):
        demo.make_demo(tmp_path / "half.segments", now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_files_are_small_and_their_days_are_known() -> None:
    """All demonstration files together stay below 1.5 MB, and every day in them is one on which something happens."""
    assert sum(file.stat().st_size for file in resource("demo").iterdir()) < 1_500_000
    for line in resource("demo/segments.jsonl").read_text(encoding="utf-8").splitlines():
        assert json.loads(line)["created_on"] in demo.DAYS
    for line in resource("demo/assets.jsonl").read_text(encoding="utf-8").splitlines():
        assert {day for day, _ in json.loads(line)["states"]} <= set(demo.DAYS)
