"""How numbers, times and a segment's state are said on the screen: short in the table, exact in the tooltip.

Stands apart so that table, details and dialogs say the same thing with the same words.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from segment_manager.domain.segments import Reason, SegmentSummary, Status

NOTHING = "–"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONGEST_AGO = 120  # days that are still told as 'N days ago'; older ones by their date

ACTIVE_SHAPE, INACTIVE_SHAPE, UNUSED_SHAPE = "●", "○", "◌"


def number(value: int | None) -> str:
    """'1,204'; a dash where there is none."""
    return NOTHING if value is None else f"{value:,}"


def count(value: int, one: str, many: str | None = None) -> str:
    """'1 segment', '1,204 segments'."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def day(when: datetime, now: datetime, zone: tzinfo) -> str:
    """'12 Nov', with the year where it is not this one."""
    local, today = when.astimezone(zone), now.astimezone(zone)
    text = f"{local.day} {_MONTHS[local.month - 1]}"
    return text if local.year == today.year else f"{text} {local.year}"


def exact(when: datetime, zone: tzinfo) -> str:
    """'12 Nov 2026, 14:32'."""
    local = when.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def relative(when: datetime | None, now: datetime, zone: tzinfo, *, clock: bool = False) -> str:
    """'today', 'yesterday', '94 days ago', older: the date. With `clock`, today's times are told as 'today 14:32'."""
    if when is None:
        return NOTHING
    local = when.astimezone(zone)
    days = (now.astimezone(zone).date() - local.date()).days
    if days == 0:
        return f"today {local:%H:%M}" if clock else "today"
    if days == 1:
        return "yesterday"
    if 1 < days <= _LONGEST_AGO:
        return f"{days} days ago"
    if days == -1:
        return "tomorrow"
    return day(when, now, zone)


def shape(summary: SegmentSummary) -> str:
    """The mark before a status: a full, an empty or a dotted circle."""
    if summary.status is Status.ACTIVE:
        return ACTIVE_SHAPE
    return UNUSED_SHAPE if summary.reason is Reason.UNUSED else INACTIVE_SHAPE


def status_word(summary: SegmentSummary) -> str:
    """'Active' or 'Inactive'."""
    return "Active" if summary.status is Status.ACTIVE else "Inactive"


def status_reason(summary: SegmentSummary, now: datetime, zone: tzinfo) -> str:
    """What stands after the status: why and since when, kept active, rule broken; '' where there is nothing to say."""
    parts = []
    if summary.broken:
        parts.append("rule is broken")
    if summary.status is Status.INACTIVE and summary.reason is not None:
        parts.append(f"{summary.reason.value} since {day(summary.since, now, zone)}")
    elif summary.keep_active:
        parts.append("kept active")
    return " · ".join(parts)


def status(summary: SegmentSummary, now: datetime, zone: tzinfo) -> str:
    """'● Active', '◌ Inactive · unused since 12 Nov'."""
    said = f"{shape(summary)} {status_word(summary)}"
    reason = status_reason(summary, now, zone)
    return f"{said} · {reason}" if reason else said


def used_by(summary: SegmentSummary) -> str:
    """What uses a segment, live uses first: '2 live · 1 rule · 1 draft or paused · 3 ended · 1 analytics'."""
    kinds = (
        (summary.live_references, "live", "live"),
        (summary.rule_uses, "rule", "rules"),
        (summary.draft_references, "draft or paused", "draft or paused"),
        (summary.ended_references, "ended", "ended"),
        (summary.analytics_references, "analytics", "analytics"),
    )
    return " · ".join(f"{number:,} {one if number == 1 else many}" for number, one, many in kinds if number) or NOTHING


def used_by_in_full(summary: SegmentSummary) -> str:
    """The tooltip of the same: every kind of use on a line of its own."""
    lines = [
        f"{count(summary.sequences, 'sequence')} linked, {summary.live_sequences:,} of them live",
        f"{count(summary.live_references, 'live use')} by sequences, campaigns, journeys, messages, test lists",
        f"{summary.draft_references:,} draft or paused, {summary.ended_references:,} ended",
        f"{count(summary.analytics_references, 'use')} by funnels, cohorts, reports",
        f"Rules of {count(summary.rule_uses, 'other segment')} refer to it",
    ]
    return "\n".join(lines)


def last_used(summary: SegmentSummary, now: datetime, zone: tzinfo) -> str:
    """'in use', or when it was used last."""
    if summary.last_used is None:
        return "in use"
    return relative(summary.last_used, now, zone)


def plain_tooltip(text: str) -> str:
    """A tooltip that Qt shows as it is: what could pass for HTML is escaped."""
    import html  # not for the first paint

    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if "<" in text or "&" in text else text


def menu_text(text: str) -> str:
    """A text for menus and buttons in which `&` means itself."""
    return text.replace("&", "&&")
