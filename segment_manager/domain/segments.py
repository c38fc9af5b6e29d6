"""Segments: status, reason, names, and the light summary every list shows.

Stands apart as the words of the subject; what may be done to segments is in plans.py.
"""

# Annotations are evaluated here, not kept as texts: each text of a named tuple's field is compiled at every start.

import re
import unicodedata
from collections.abc import Container
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from segment_manager.domain.errors import NameInvalid

NAME_LIMIT = 200


class Status(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"


class Reason(StrEnum):
    """Why a segment is Inactive."""

    NOT_ACTIVATED = "not activated"
    DEACTIVATED = "deactivated"
    UNUSED = "unused"


class Role(StrEnum):
    SYSTEM_ADMINISTRATOR = "System Administrator"
    SEQUENCE_MANAGER = "Sequence Manager"
    VIEWER = "Viewer"


class SegmentSummary(NamedTuple):
    """One row of a list: what it shows, sorts and searches. Times are aware UTC datetimes or None."""

    id: int
    record_type_id: int
    name: str
    status: Status
    reason: Reason | None
    since: datetime
    members: int | None  # None: never computed
    computed_at: datetime | None
    stale: bool  # members are older than the rule or the records
    broken: bool
    keep_active: bool
    sequences: int  # linked, whatever their state
    live_sequences: int
    live_references: int  # of engagement assets, all types
    draft_references: int  # draft or paused
    ended_references: int
    analytics_references: int
    rule_uses: int  # segments whose rules refer to it
    last_used: datetime | None  # None: in use now by what keeps a segment active; never used: its creation
    created_at: datetime
    modified_at: datetime
    description: str
    tags: tuple[str, ...]


class SegmentDetail(NamedTuple):
    """Everything about one segment but its lists: the summary with its rule as JSON text and what the rule lacks."""

    summary: SegmentSummary
    record_type: str
    rule_json: str
    activated_at: datetime | None
    created_by: str
    missing: tuple[str, ...]  # what a broken rule refers to and is not there


def clean_name(name: str) -> str:
    """A name as it is kept: NFC, trimmed, inner white space and line ends as single blanks.

    Raises NameInvalid where it is empty, longer than NAME_LIMIT or holds control characters or lone surrogates.
    """
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise NameInvalid("The name contains a character that cannot be stored. Remove it.") from None
    cleaned = re.sub(r"\s+", " ", unicodedata.normalize("NFC", name)).strip()
    if not cleaned:
        raise NameInvalid("A segment needs a name.")
    if any(unicodedata.category(character) == "Cc" for character in cleaned):
        raise NameInvalid("The name contains a control character. Remove it.")
    if len(cleaned) > NAME_LIMIT:
        raise NameInvalid(f"The name has {len(cleaned)} characters; at most {NAME_LIMIT} are possible.")
    return cleaned


def folded_name(name: str) -> str:
    """The form by which names are unique: NFKC and case folding."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def copy_name(name: str, taken: Container[str]) -> str:
    """'NAME (copy)', then 'NAME (copy 2)' at the first free number, cut to NAME_LIMIT. `taken` holds folded names.

    A copy of 'NAME (copy)' or 'NAME (copy 7)' is numbered in the same series.
    """
    stem = re.sub(r" \(copy(?: \d+)?\)$", "", name)
    number = 1
    while True:
        suffix = " (copy)" if number == 1 else f" (copy {number})"
        candidate = stem[: NAME_LIMIT - len(suffix)].rstrip() + suffix
        if folded_name(candidate) not in taken:
            return candidate
        number += 1
