"""Days, moments, names and values of records as the details, the editor and the import dialogs show them.

Stands apart from ui/wording.py, which has the short forms of the list: here there is room to be exact.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from segment_manager.domain.stored_values import Value
from segment_manager.ui import wording

DASH = wording.NOTHING
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: int) -> str:
    """1204 → '1,204'."""
    return wording.number(value)


def counted(count: int, one: str, many: str | None = None) -> str:
    """'1 member', '1,204 members'."""
    return wording.count(count, one, many)


def day(value: date) -> str:
    """'12 Nov 2026'."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def clock(moment: datetime) -> str:
    """'14:32', of a moment that is in the zone already."""
    return f"{moment:%H:%M}"


def moment_text(moment: datetime | None, zone: tzinfo, today: date) -> str:
    """'today, 14:32', 'yesterday, 09:10' or '12 Nov 2026, 14:32'; a dash for None."""
    if moment is None:
        return DASH
    local = moment.astimezone(zone)
    return f"{day_text(local.date(), today)}, {clock(local)}"


def day_text(value: date | None, today: date) -> str:
    """'today', 'yesterday' or '12 Nov 2026'; a dash for None."""
    if value is None:
        return DASH
    if value == today:
        return "today"
    if value == today - timedelta(days=1):
        return "yesterday"
    return day(value)


def listed(names: list[str] | tuple[str, ...], limit: int = 3) -> str:
    """'“A”, “B” and “C”'; '“A”, “B”, “C” and 4 more' beyond the limit."""
    quoted = [f"“{name}”" for name in names[:limit]]
    if len(names) > limit:
        return f"{', '.join(quoted)} and {number(len(names) - limit)} more"
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def value_text(value: Value, zone: tzinfo) -> str:
    """One value of a record as a table cell shows it; '' for empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return f"{day(local.date())}, {clock(local)}"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)
