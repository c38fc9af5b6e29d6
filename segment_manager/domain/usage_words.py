"""What the headers and words of usage exports mean: 'Segment name', 'Running', 'Test lists' in terms of ours.

Stands apart because it is a list of habits of other programs, to be added to, with no rule of ours in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from segment_manager.domain.errors import InvalidMapping
from segment_manager.domain.headers import field_name, near
from segment_manager.domain.usage import AssetState, AssetType

MEANINGS = ("asset_type", "asset_id", "asset_name", "state", "record_type", "segment", "started_on", "ended_on")
NEEDED = ("asset_type", "asset_id", "state")

_HEADERS: dict[str, tuple[str, ...]] = {
    "asset_type": ("type", "asset_kind", "kind", "usage_type", "object_type", "entity_type", "used_in_type"),
    "asset_id": (
        "id",
        "sf_id",
        "asset_key",
        "asset_number",
        "object_id",
        "entity_id",
        "record_id",
        "uuid",
        "guid",
        "key",
    ),
    "asset_name": ("asset", "name", "asset_title", "object_name", "entity_name", "title", "used_by", "used_in"),
    "state": ("asset_state", "asset_status", "status", "current_state", "current_status"),
    "record_type": ("segment_record_type", "segment_object", "record_types"),
    "segment": (
        *("segment_name", "used_segment", "target_segment", "segment_title", "segments", "audience_name", "audience"),
        "target_audience",
    ),
    "started_on": (
        *("start_date", "start", "started", "started_at", "starts_on", "start_time", "start_day", "begin_date"),
        *("begins_on", "begin", "launched_on", "launch_date", "live_since", "active_from", "used_since", "from"),
    ),
    "ended_on": (
        *("end_date", "end", "ended", "ended_at", "ends_on", "end_time", "end_day", "finished_on", "finish_date"),
        *("completed_on", "completion_date", "stopped_on", "active_until", "used_until", "until", "to"),
    ),
}
"""By meaning, the headers that mean it too, the surest first."""

_OF_TYPE = {"asset_id": ("id", "key", "number"), "asset_name": ("name", "title", ""), "state": ("status", "state")}
"""'Campaign ID' and 'Campaign name' are the asset's, and where nothing else says so, every line is a campaign."""

_STATES = {
    AssetState.DRAFT: ("draft", "drafts", "in draft", "in preparation"),
    AssetState.SCHEDULED: ("scheduled", "planned", "queued", "upcoming"),
    AssetState.LIVE: (
        *("live", "running", "active", "activated", "in progress", "started", "sending", "ongoing", "enabled"),
        "published",
    ),
    AssetState.PAUSED: ("paused", "on hold", "suspended"),
    AssetState.ENDED: (
        *("ended", "completed", "complete", "stopped", "finished", "done", "sent", "closed", "expired", "archived"),
        *("cancelled", "canceled", "aborted", "terminated"),
    ),
}
_TYPES = {
    AssetType.SEQUENCE: ("cadence",),
    AssetType.CAMPAIGN: ("email campaign", "marketing campaign"),
    AssetType.MESSAGE: ("email", "sms", "push notification", "in app message"),
    AssetType.TEST_LIST: ("testlist",),
    AssetType.REPORT: ("dashboard",),
}


_LEAST_SURE = 100


class Columns(NamedTuple):
    """By position what each column means, None where it is left out; and the asset type that every line has."""

    meanings: tuple[str | None, ...]
    asset_type: AssetType | None


def plain_word(word: str) -> str:
    """A word without what its writing adds: case, hyphens, underscores, more than one space."""
    return " ".join(word.casefold().replace("_", " ").replace("-", " ").split())


_STATE_CALLED = {word: state for state, words in _STATES.items() for word in words}
_TYPE_CALLED = {
    name: kind for kind in AssetType for word in (str(kind), *_TYPES.get(kind, ())) for name in (word, f"{word}s")
}


def state_called(word: str) -> AssetState | None:
    """The state that a word means; None where it is not known."""
    return _STATE_CALLED.get(plain_word(word))


def asset_type_called(word: str) -> AssetType | None:
    """The asset type that a word means; None where it is not known."""
    return _TYPE_CALLED.get(plain_word(word))


def columns_of(labels: Sequence[str], said: Mapping[str, str | None], asset_type: AssetType | None = None) -> Columns:
    """What the columns of a file mean: what is said of them, else what their headers say, each meaning once.

    `asset_type`: of every line, if said. Raises InvalidMapping where a column that is said to mean something is not
    there.
    """
    meanings: list[str | None] = [None] * len(labels)
    settled: set[int] = set()
    for header, given in said.items():
        label = near(header, labels)
        if label is not None:
            meanings[labels.index(label)] = given
            settled.add(labels.index(label))
        elif given is not None:
            raise InvalidMapping(
                f"The mapping names a column “{header}”, which the file does not have. There are: {', '.join(labels)}."
            )
    found: list[tuple[int, int, str]] = []
    kinds: set[AssetType] = set()
    for position, label in enumerate(labels):
        if position in settled:
            continue
        name = field_name(label, position + 1)
        found += [(rank, position, meaning) for meaning in MEANINGS if (rank := _rank(name, meaning)) is not None]
        for kind in AssetType:
            for sure, meaning in _of_type(name, kind):
                found.append((sure, position, meaning))
                kinds |= {kind} if meaning == "asset_id" else set()
    for _, position, each in sorted(found):
        if meanings[position] is None and each not in meanings:
            meanings[position] = each
    if "asset_type" in meanings and asset_type is None:
        return Columns(tuple(meanings), None)
    alone = next(iter(kinds)) if len(kinds) == 1 else None
    plain = tuple(None if each == "asset_type" else each for each in meanings)
    return Columns(plain, asset_type or alone)


def _rank(name: str, meaning: str) -> int | None:
    """How surely a header has a meaning, 0 the surest; None: it has not."""
    names = (meaning, *_HEADERS[meaning])
    return names.index(name) if name in names else None


def _of_type(name: str, kind: AssetType) -> Iterator[tuple[int, str]]:
    """What 'campaign_id' is for campaigns, and how surely; nothing where a header does not begin with the type."""
    prefix = kind.replace(" ", "_")
    if name.startswith(prefix):
        rest = name.removeprefix(prefix).removeprefix("_")
        for meaning, endings in _OF_TYPE.items():
            if rest in endings:
                yield _LEAST_SURE + endings.index(rest), meaning
