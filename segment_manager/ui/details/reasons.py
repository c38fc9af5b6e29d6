"""Why a segment is as it is, in sentences.

Stands apart from the widgets so that the words can be tested as text.
"""

from __future__ import annotations

from datetime import date, timedelta

from segment_manager.domain.segments import Reason, Status
from segment_manager.domain.usage import AssetType
from segment_manager.ui import wording
from segment_manager.ui.details.facts import Facts
from segment_manager.ui.details.formats import counted, day, day_text, listed, moment_text, number

ORDER = (
    AssetType.SEQUENCE,
    AssetType.CAMPAIGN,
    AssetType.JOURNEY,
    AssetType.MESSAGE,
    AssetType.TEST_LIST,
    AssetType.FUNNEL,
    AssetType.COHORT,
    AssetType.REPORT,
)
"""The order in which usage is told: what keeps a segment active first."""


def status_line(facts: Facts) -> str:
    """'● Active since 3 Oct 2026' or '◌ Inactive, unused since yesterday'."""
    summary = facts.summary
    since = day_text(summary.since.astimezone(facts.zone).date(), facts.today)
    said = "Active" if summary.status is Status.ACTIVE else f"Inactive, {summary.reason}"
    return f"{wording.shape(summary)} {said} since {since}"


def why_heading(facts: Facts) -> str:
    """The question that `why` answers."""
    return "What keeps it active" if facts.summary.status is Status.ACTIVE else "Why it is inactive"


def why(facts: Facts) -> list[str]:
    """What keeps a segment active, or why it is inactive; each a whole sentence."""
    return _kept_active(facts) if facts.summary.status is Status.ACTIVE else _set_aside(facts)


def in_use(facts: Facts) -> list[str]:
    """What uses the segment now in a way that keeps it active; empty where nothing does."""
    said = []
    for kind in ORDER:
        names = [reference.asset_name for reference in facts.live_references if reference.asset_type is kind]
        if names:
            word = plural(kind, len(names))
            said.append(f"In live use by {'the' if len(names) == 1 else number(len(names))} {word} {listed(names)}.")
    dependents = [dependent.name for dependent in facts.active_dependents]
    if len(dependents) == 1:
        said.append(f"The rule of the active segment {listed(dependents)} refers to it.")
    elif dependents:
        said.append(f"The rules of {number(len(dependents))} active segments refer to it: {listed(dependents)}.")
    return said


def _kept_active(facts: Facts) -> list[str]:
    summary = facts.summary
    said = in_use(facts)
    if summary.keep_active:
        said.append("Keep active is on: the scan for unused segments leaves it alone.")
    if said:
        return said
    if summary.last_used is None:
        return ["Nothing uses it now."]
    last = summary.last_used.astimezone(facts.zone).date()
    due = last + timedelta(days=facts.grace_days)
    used = f"Nothing uses it now. It was last used, created or activated {_on(facts, last)}."
    if due < facts.today:
        return [used, f"The grace period of {counted(facts.grace_days, 'day')} is over: the next scan marks it unused."]
    scan = "the scan" if facts.auto_scan else "the next scan (it runs only by hand)"
    return [used, f"If nothing uses it until {day(due)}, {scan} marks it unused."]


def _set_aside(facts: Facts) -> list[str]:
    summary = facts.summary
    since = _on(facts, summary.since.astimezone(facts.zone).date())
    match summary.reason:
        case Reason.UNUSED:
            said = [f"The scan set it aside {since}: nothing had used it for longer than the grace period."]
        case Reason.DEACTIVATED:
            by = f"{facts.set_aside_by} deactivated it" if facts.set_aside_by else "A person deactivated it"
            said = [f"{by} {since}."]
        case _:
            said = ["It has never been activated."]
    if summary.members:
        said.append(
            f"Its {counted(summary.members, 'member')} {'stay' if summary.members != 1 else 'stays'} in it; "
            "no new or changed record becomes a member until it is resumed."
        )
    else:
        said.append("No record becomes a member until it is activated.")
    return said + in_use(facts)


def _on(facts: Facts, when: date) -> str:
    text = day_text(when, facts.today)
    return text if text in ("today", "yesterday") else f"on {text}"


def plural(kind: AssetType, count: int) -> str:
    """'sequence', 'sequences'; 'journey', 'journeys'."""
    return str(kind) if count == 1 else f"{kind}s"


def members_line(facts: Facts) -> str:
    """'1,204 members as of today, 14:32'."""
    summary = facts.summary
    if summary.members is None:
        return "Not computed yet"
    return f"{counted(summary.members, 'member')} as of {moment_text(summary.computed_at, facts.zone, facts.today)}"


def stale_line(facts: Facts) -> str:
    """Why the members are out of date, or ''."""
    summary = facts.summary
    if not summary.stale or summary.members is None:
        return ""
    if summary.broken:
        return "Out of date: the rule is broken, so it is not computed."
    if summary.status is Status.INACTIVE:
        return "Out of date: the rule or the records changed since. It is computed again when it is resumed."
    return "Out of date: the rule or the records changed since. It is waiting to be computed."
