"""The review of unused segments: the evidence for each, the what-if table, and what becomes unused soon.

Stands apart from the scan because it explains what the scan decides. It weighs the same facts in Python, one by one,
and tests/operations/test_review.py holds both together for random worlds. Source of the rules: docs/decisions/0003.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.operations.usage import clock_doubt
from segment_manager.storage import queries, scan
from segment_manager.storage.queries import AssetUse, UseFacts
from segment_manager.storage.workspace import Workspace

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a segment counts as used or unused.

    `last_use` is a sentence without its full stop ('last used by campaign “Spring renewal”, ended 94 days ago');
    `other` what else there is ('no other live use'). `last_used_at`: None while it is in live use; `days`: calendar
    days since (0 while it is in use). `becomes_unused_in`: in how many days a scan first marks it, if nothing changes;
    0: it would now; None: it is Inactive, kept active or in live use.
    """

    segment_id: int
    name: str
    last_use: str
    other: str
    last_used_at: datetime | None
    days: int
    becomes_unused_in: int | None


@dataclass(frozen=True, slots=True)
class _Moment:
    """What the days are counted from."""

    now: datetime
    today: date
    zone: tzinfo
    grace_days: int

    def day_after(self, days: int) -> date:
        """The calendar day after so many times 24 hours."""
        return (self.now + days * _DAY).astimezone(self.zone).date()

    def days_since(self, when: datetime) -> int:
        return (self.today - when.astimezone(self.zone).date()).days


def evidence(workspace: Workspace, ids: Iterable[int]) -> dict[int, Evidence]:
    """The evidence for those of `ids` that are there, by id. Reads all of them at once."""
    with workspace.snapshot():
        at = _Moment(workspace.now(), workspace.today(), workspace.zone, int(str(workspace.setting("grace_days"))))
        return {segment_id: _evidence(facts, at) for segment_id, facts in queries.use_facts(workspace, ids).items()}


def what_if(workspace: Workspace, days: Sequence[int] = (7, 30, 45, 60, 90)) -> dict[int, tuple[int, ...]]:
    """The ids that a scan would mark now, by grace period in days. None where the clock is not believed."""
    with workspace.snapshot():
        if clock_doubt(workspace):
            return dict.fromkeys(days, ())
        return {grace: tuple(row[0] for row in scan.unused_segments(workspace, grace)) for grace in days}


def soon_unused(workspace: Workspace, within_days: int = 14) -> list[Evidence]:
    """The Active segments that the scan marks within so many days if nothing changes, the first ones first.

    Those that it would mark now are not among them. None where the clock is not believed.
    """
    with workspace.snapshot():
        if clock_doubt(workspace):
            return []
        grace = int(str(workspace.setting("grace_days")))
        found = evidence(workspace, scan.unused_later(workspace, grace, within_days)).values()
    soon = [(each.becomes_unused_in, each) for each in found if each.becomes_unused_in]
    return [each for days, each in sorted(soon, key=lambda pair: (pair[0], pair[1].name)) if days <= within_days]


def _evidence(facts: UseFacts, at: _Moment) -> Evidence:
    live = [f"{use.asset_type} “{use.name}”" for use in facts.uses if use.live]
    live += [f"the rule of “{name}”" for name in facts.rules_active]
    if live:
        others = len(live) - 1
        other = "no other live use" if not others else f"{others:,} other live use{'s' if others > 1 else ''}"
        return Evidence(facts.id, facts.name, f"in use by {live[0]}", other, None, 0, None)
    last_used_at, sentence, by_other = max(_uses(facts, at), key=lambda use: use[0])
    return Evidence(
        facts.id,
        facts.name,
        sentence,
        ("no other live use" if by_other else "no live use") + _not_counted(facts),
        last_used_at,
        max(at.days_since(last_used_at), 0),
        _becomes_unused_in(facts, at) if facts.active and not facts.keep_active else None,
    )


def _not_counted(facts: UseFacts) -> str:
    """What refers to a segment without keeping it in use; '' where there is nothing."""
    drafts = sum(use.state is AssetState.DRAFT for use in facts.uses)
    kinds = (
        (drafts, "draft", "drafts"),
        *((facts.uncounted[kind], str(kind), f"{kind}s") for kind in AssetType),
        (len(facts.rules_inactive), "rule of an inactive segment", "rules of inactive segments"),
    )
    parts = [f"{count:,} {one if count == 1 else many}" for count, one, many in kinds if count]
    return f" (not counted: {', '.join(parts)})" if parts else ""


def _uses(facts: UseFacts, at: _Moment) -> Iterator[tuple[datetime, str, bool]]:
    """Every last use of a segment that nothing uses now: when, the sentence, and whether something else used it."""
    for use in facts.uses:
        by = f"last used by {use.asset_type} “{use.name}”"
        if use.lost_at is not None:
            how = {AssetState.PAUSED: "paused", AssetState.DRAFT: "set back to draft"}.get(use.state, "ended")
            yield use.lost_at, f"{by}, {how} {_ago(at.days_since(use.lost_at))}", True
        if (day := _day_of_use(use, at.today)) is not None:
            days = (at.today - day).days
            how = "ended" if day == use.ended_on and days > 0 else "started" if days >= 0 else "to start"
            yield _end_of_day(day, at.zone), f"{by}, {how} {_ago(days)}", True
    if facts.rule_used_until is not None:
        ago = _ago(at.days_since(facts.rule_used_until))
        yield (
            facts.rule_used_until,
            f"its last use by the rule of an active segment or by a removed asset ended {ago}",
            True,
        )
    if facts.activated_at is not None and facts.activated_at > facts.created_at:
        yield facts.activated_at, f"activated {_ago(at.days_since(facts.activated_at))}", False
    yield facts.created_at, f"never used since its creation {_ago(at.days_since(facts.created_at))}", False


def _day_of_use(use: AssetUse, today: date) -> date | None:
    """The calendar day that counts of a reference that is not live; None: it says no day, or was a draft all along."""
    if use.state is AssetState.DRAFT and use.lost_at is None:
        return None
    if use.ended_on is not None and use.ended_on < today:
        return use.ended_on
    return use.started_on if use.lost_at is None else None


def _ago(days: int) -> str:
    if days < 0:
        return "tomorrow" if days == -1 else f"in {-days:,} days"
    return ("today", "yesterday")[days] if days < 2 else f"{days:,} days ago"


def _end_of_day(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.max, zone).astimezone(UTC)


def _becomes_unused_in(facts: UseFacts, at: _Moment) -> int | None:
    """The first number of days after which a scan marks an Active segment without live use; None: not in this era."""
    grace = timedelta(days=at.grace_days)
    moments = [facts.created_at, facts.activated_at, facts.rule_used_until, *(use.lost_at for use in facts.uses)]
    latest = max(moment for moment in moments if moment is not None)
    out_of_grace = at.now - grace if at.grace_days else at.now + timedelta(microseconds=1)
    try:
        days = 0 if latest < out_of_grace else (latest - out_of_grace) // _DAY + 1
        for first, last in sorted(period for use in facts.uses for period in _in_grace(use, grace)):
            if first <= at.day_after(days) <= last:
                days = _first_after(last, at, days)
    except OverflowError:
        return None
    return days


def _in_grace(use: AssetUse, grace: timedelta) -> Iterator[tuple[date, date]]:
    """The calendar days (first, last) on which a reference that is not live keeps its segment from being unused.

    An end that is still to come counts when it is past; until then its start does.
    """
    if use.state is AssetState.DRAFT and use.lost_at is None:
        return
    if use.started_on is not None and use.lost_at is None:
        last = use.started_on + grace
        yield date.min, last if use.ended_on is None else min(last, use.ended_on)
    if use.ended_on is not None:
        yield use.ended_on + _DAY, use.ended_on + grace


def _first_after(last: date, at: _Moment, days: int) -> int:
    """The first number of days, at least `days`, after which it is later than the day `last`."""
    days = max(days, (last - at.today).days - 1)  # the clocks may have changed meanwhile
    while at.day_after(days) <= last:
        days += 1
    return days
