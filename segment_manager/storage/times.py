"""Instants as the workspace keeps them: UTC, ISO 8601 of one fixed width, so that text order is time order."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path


def stamp(moment: datetime) -> str:
    """An aware datetime as '2026-11-22T13:52:37.123456Z'."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def moment(stamped: str) -> datetime:
    """The aware UTC datetime behind a stamp."""
    return datetime.fromisoformat(stamped)


def end_of_day(day: str, zone: tzinfo) -> str:
    """The stamp of the last instant of an ISO day in a zone."""
    return stamp(datetime.combine(date.fromisoformat(day), time.max, zone).astimezone(UTC))


def local_zone_name() -> str:
    """The IANA name of this machine's time zone; 'UTC' where it cannot be told."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # not for the first paint

    candidates = [os.environ.get("TZ", "").removeprefix(":")]
    localtime = Path("/etc/localtime")
    if localtime.is_symlink():
        candidates.append(str(localtime.resolve()).partition("zoneinfo/")[2])
    for name in candidates:
        try:
            if name:
                return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return "UTC"
