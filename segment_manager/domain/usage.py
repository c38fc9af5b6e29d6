"""Assets, references, and when a segment counts as used.

Stands apart because the scan (one SQL statement), the window and the explanations all rest on these few facts.
Source of the rules: 'Unused segments' of the project's domain description.
"""

# Annotations are evaluated here, not kept as texts: each text of a named tuple's field is compiled at every start.

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class AssetType(StrEnum):
    SEQUENCE = "sequence"
    CAMPAIGN = "campaign"
    JOURNEY = "journey"
    MESSAGE = "message"
    TEST_LIST = "test list"
    FUNNEL = "funnel"
    COHORT = "cohort"
    REPORT = "report"


ENGAGEMENT = frozenset(
    {AssetType.SEQUENCE, AssetType.CAMPAIGN, AssetType.JOURNEY, AssetType.MESSAGE, AssetType.TEST_LIST}
)
ANALYTICS = frozenset({AssetType.FUNNEL, AssetType.COHORT, AssetType.REPORT})


class AssetState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


LIVE_STATES = frozenset({AssetState.SCHEDULED, AssetState.LIVE})


class Reference(NamedTuple):
    """'Asset A uses segment S', with the asset's state. `lost_at`: when the workspace learned that it is over."""

    asset_type: AssetType
    asset_id: str
    asset_name: str
    state: AssetState
    segment_id: int
    segment_name: str
    started_on: date | None
    ended_on: date | None
    lost_at: datetime | None = None


def is_live(state: AssetState, ended_on: date | None, today: date) -> bool:
    """Whether a reference is in use: scheduled or live, and its end, if given, not past `today`."""
    return state in LIVE_STATES and (ended_on is None or ended_on >= today)
