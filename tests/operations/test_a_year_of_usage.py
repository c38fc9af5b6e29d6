"""A year of simulated usage against an answer worked out apart, day by day, in any order of lines."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from segment_manager.domain.plans import Action
from segment_manager.operations import care, settings, usage
from segment_manager.storage import queries
from tests.operations import scenes

FIRST = date(2025, 1, 1)
GRACE = 45
KINDS = ("sequence", "campaign", "journey", "message", "test list", "funnel", "report")
ANALYTICS = ("funnel", "report")


@dataclass
class Use:
    """One asset and its one reference, as its owner knows it."""

    kind: str
    name: str
    segment: str
    state: str
    started: date
    ended: date | None = None
    lost: date | None = None

    def live(self, today: date) -> bool:
        return self.state in ("live", "scheduled") and (self.ended is None or self.ended >= today)


@dataclass
class Known:
    """One segment, as the answer has it; all days, since everything happens at noon."""

    active: bool = True
    reason: str | None = None
    activated: date = FIRST
    pinned: bool = False
    uses: list[Use] = field(default_factory=list)

    def last_used(self, today: date) -> date:
        days = [self.activated]
        for use in self.uses:
            if use.kind in ANALYTICS or use.live(today):
                continue
            if use.lost:
                days.append(use.lost)
            if use.state == "draft" and not use.lost:
                continue
            if use.ended and use.ended < today:
                days.append(use.ended)
            elif not use.lost:
                days.append(use.started)
        return max(days)

    def unused(self, today: date) -> bool:
        in_use = any(use.live(today) and use.kind not in ANALYTICS for use in self.uses)
        return self.active and not self.pinned and not in_use and (today - self.last_used(today)).days > GRACE


def line(use: Use) -> tuple[str, ...]:
    return (
        use.kind,
        use.name,
        use.state,
        use.segment,
        use.started.isoformat(),
        use.ended.isoformat() if use.ended else "",
    )


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_day_of_a_year_has_the_known_statuses(workspace, clock, seed):
    """New assets, changed states, persons' deeds and the scan: the workspace agrees on every day."""
    dice, order = random.Random(seed), random.Random(seed + 100)
    clock.now = datetime(2025, 1, 1, 12, tzinfo=UTC)
    settings.change_setting(workspace, "time_zone", "UTC")
    settings.change_setting(workspace, "auto_scan", bool(seed % 2))
    known = {f"S{number}": Known() for number in range(12)}
    for name in known:
        scenes.add_segment(workspace, name, '{"everything":true}')
    reasons = set()
    for day_number in range(1, 366, 3):
        clock.now = datetime(2025, 1, 1, 12, tzinfo=UTC) + timedelta(days=day_number)
        today = clock.now.date()
        news = _news(dice, known, day_number, today)
        if news:
            order.shuffle(news)
            scenes.use(workspace, *[line(use) for use in news])
        _deeds(dice, workspace, known, today)
        usage.scan(workspace)
        for each in known.values():
            if each.unused(today):
                each.active, each.reason = False, "unused"
        found = {
            each.name: (str(each.status), each.reason and str(each.reason)) for each in queries.summaries(workspace)
        }
        wanted = {name: ("active" if each.active else "inactive", each.reason) for name, each in known.items()}
        assert found == wanted, today
        reasons |= {each.reason for each in known.values()}
    assert reasons >= {"unused", "deactivated", None}
    assert care.check(workspace) == []


def _news(dice: random.Random, known: dict[str, Known], day_number: int, today: date) -> list[Use]:
    """What the day's usage file holds, and what it does to the answer."""
    uses = [use for each in known.values() for use in each.uses]
    was_live = {id(use): use.live(today) for use in uses}
    was_over = {id(use): use.ended for use in uses if use.state in ("live", "scheduled") and not use.live(today)}
    was_ended = {id(use): use.ended for use in uses}
    news = []
    for name, each in known.items():
        for use in each.uses:
            if dice.random() < 0.06:
                use.state = dice.choice(["live", "paused", "ended", "draft", "scheduled"])
                use.ended = dice.choice([None, None, today - timedelta(days=3), today + timedelta(days=9)])
                news.append(use)
        if dice.random() < 0.03:
            state = dice.choice(["draft", "live", "live", "scheduled", "paused", "ended"])
            started = today - timedelta(days=dice.randint(0, 30))
            ended = dice.choice([None, None, today + timedelta(days=5)])
            use = Use(dice.choice(KINDS), f"{name} {day_number}", name, state, started, ended)
            each.uses.append(use)
            news.append(use)
    for each in known.values():
        for use in each.uses:
            if use not in news:
                continue
            before, now = was_live.get(id(use), False), use.live(today)
            if now:
                use.lost = None
            elif before and (use.ended is None or use.ended >= today):
                use.lost = today
            elif use.ended != was_ended.get(id(use)) and use.ended is not None and use.ended < today:
                use.lost = None
            ended = was_over.get(id(use))
            if ended and (use.state == "draft" or (use.state not in ("live", "scheduled") and not _past(use, today))):
                use.lost = ended
            if now and not before and use.kind not in ANALYTICS and not each.active:
                each.active, each.reason, each.activated = True, None, today
    return news


def _past(use: Use, today: date) -> bool:
    return use.ended is not None and use.ended < today


def _deeds(dice: random.Random, workspace, known: dict[str, Known], today: date) -> None:
    name = dice.choice(sorted(known))
    each = known[name]
    deed = dice.random()
    if deed < 0.15 and each.active:
        scenes.do(workspace, Action.DEACTIVATE, name, anyway=True)
        each.active, each.reason = False, "deactivated"
    elif deed < 0.3 and not each.active:
        scenes.do(workspace, Action.RESUME, name)
        each.active, each.reason, each.activated = True, None, today
    elif deed < 0.4 and each.active and not each.pinned:
        scenes.do(workspace, Action.KEEP_ACTIVE, name)
        each.pinned = True
    elif deed < 0.5 and each.pinned:
        scenes.do(workspace, Action.ALLOW_SCAN, name)
        each.pinned = False
