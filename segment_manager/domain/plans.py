"""Plans: what an action will do, skip and may not do, and all that it touches, before anything happens.

Stands apart because the dialog, the command line's --dry-run and the result all speak from the same plan,
and because a plan made again inside the transaction must equal the one that was confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple


class Action(StrEnum):
    ACTIVATE = "activate"
    RESUME = "resume"
    DEACTIVATE = "deactivate"
    CLONE = "clone"
    DELETE = "delete"
    KEEP_ACTIVE = "keep-active"
    ALLOW_SCAN = "allow-scan"  # takes Keep active away
    SCAN = "scan"


class Named(NamedTuple):
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A selected segment to which the action does not apply."""

    id: int
    name: str
    why: str


class Obstacle(StrEnum):
    LIVE_USE = "live use"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class Blocked:
    """A selected segment that the action may not touch; `by` names the assets or segments in the way."""

    id: int
    name: str
    obstacle: Obstacle
    why: str
    by: tuple[str, ...]
    active: bool = True


@dataclass(frozen=True, slots=True)
class LinkedSequence:
    """A sequence that uses some of the segments the plan touches (will do or blocked). `new_records`: how many could be
    connected after a resume, by the last members; None where not known. `by_now`: how many will be (Plan.joining)."""

    name: str
    state: str
    segments: int
    new_records: int | None = None
    by_now: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LiveAsset:
    """A campaign, journey, message or test list in live use of some of the segments. `by_now`: how many records would
    join those segments, see Plan.joining."""

    asset_type: str
    name: str
    state: str
    segments: int
    by_now: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Dependent:
    """A segment outside the selection whose rule refers to one inside, directly or through others."""

    id: int
    name: str
    status: str
    direct: bool = True


@dataclass(frozen=True, slots=True)
class RewrittenRule:
    """The rule of a segment outside the selection, before and after the replacement, as JSON."""

    id: int
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class MovedUse:
    """An asset that uses the replacement instead of `segment` afterwards."""

    asset_type: str
    name: str
    state: str
    segment: str


@dataclass(frozen=True, slots=True)
class Plan:
    """See the module. All tuples are in a stable order, so that equal facts make equal plans.

    `will_do` is what happens when the plan is carried out as it stands; `blocked` stays out. `anyway` says that live
    use was accepted (then those segments stand in will_do and in `in_live_use`); `anyway_allowed` is the workspace's
    setting.
    `active`, `inactive`, `unused` count the segments of will_do by status (unused: inactive with that reason).
    `used_by_sequences` counts the segments of will_do + blocked that any sequence uses.
    `inactive_ids` are the Inactive ones of will_do. `members`: the members of will_do + blocked, summed.
    `members_kept`: members of will_do that stay members. `connections_kept`: sequence connections that stay.
    `joining`, `leaving`: the records that would join and leave the segments of a resume by now, each counted once, and
    `inactive_days` how long the one that rested longest did; None where that was not worked out (large selections).
    `seen`: what the workspace was before the plan was made; while it is the same, so is the plan.
    """

    action: Action
    will_do: tuple[Named, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    sequences: tuple[LinkedSequence, ...] = ()
    used_by_sequences: int = 0
    live_assets: tuple[LiveAsset, ...] = ()
    in_live_use: tuple[Named, ...] = ()
    dependents: tuple[Dependent, ...] = ()
    active: int = 0
    inactive: int = 0
    unused: int = 0
    inactive_ids: tuple[int, ...] = ()
    members: int = 0
    members_kept: int = 0
    connections_kept: int = 0
    anyway: bool = False
    anyway_allowed: bool = True
    replacement: Named | None = None  # takes the place of the selected segments in rules and assets
    rewritten: tuple[RewrittenRule, ...] = ()
    moved: tuple[MovedUse, ...] = ()
    new_names: tuple[str, ...] = ()  # clone: the copies' names, in the order of will_do
    grace_days: int = field(default=45, compare=False)
    joining: int | None = field(default=None, compare=False)
    leaving: int | None = field(default=None, compare=False)
    inactive_days: int | None = field(default=None, compare=False)
    seen: object = field(default=None, compare=False, repr=False)

    @property
    def selected(self) -> int:
        """How many segments were selected."""
        return len(self.will_do) + len(self.skipped) + len(self.blocked)

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple([segment.id for segment in self.will_do])

    @property
    def all_ids(self) -> tuple[int, ...]:
        """The whole selection, in id order."""
        return tuple(sorted([s.id for s in self.will_do] + [s.id for s in self.skipped] + [s.id for s in self.blocked]))

    def same_facts(self, other: Plan) -> bool:
        """Whether another plan of the same selection rests on the same facts; counts of records may move."""
        return _still(self) == _still(other)


def _still(plan: Plan) -> Plan:
    sequences = tuple(replace(sequence, new_records=None) for sequence in plan.sequences)
    return replace(plan, sequences=sequences, members=0, members_kept=0, connections_kept=0)
