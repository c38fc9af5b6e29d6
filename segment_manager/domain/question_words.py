"""The sentences that several confirmations share: counts, names, lists of what uses the segments.

Stands apart so that each question file reads as its dialog does, and number and grammar are right in one place.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from segment_manager.domain.plans import LinkedSequence, LiveAsset, Named, Obstacle, Plan
from segment_manager.domain.question_parts import Answer, Button, ButtonKind, NameList, Paragraph

STATES_SHOWN = {"live": "running"}
"""How a sequence's state is told where another word than the stored one is usual."""

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})


def grouped(number: int) -> str:
    """A number with group separators: 1,204."""
    return f"{number:,}"


def count(number: int, one: str, many: str | None = None) -> str:
    """'1 segment', '1,204 segments'."""
    return f"{grouped(number)} {one if number == 1 else many or one + 's'}"


def plural(word: str, number: int) -> str:
    """The word alone, in the form that fits the number."""
    return word if number == 1 else f"{word}s"


def shown(name: str) -> str:
    """A name on one line; one with right-to-left text is isolated, so that it cannot turn its surroundings around."""
    line = " ".join(name.split())
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in line):
        return f"\u2068{line}\u2069"
    return line


def quoted(name: str) -> str:
    return f"“{shown(name)}”"


def listed(parts: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    *firsts, last = parts
    return f"{', '.join(firsts)} and {last}" if firsts else last


def touched(plan: Plan) -> tuple[Named, ...]:
    """The segments an action is about: those it will do and those that are blocked, in id order."""
    blocked = [Named(segment.id, segment.name) for segment in plan.blocked]
    return tuple(sorted([*plan.will_do, *blocked], key=lambda segment: segment.id))


def in_live_use(plan: Plan) -> tuple[int, ...]:
    """Ids of the touched segments in live use by a campaign, journey, message or test list, blocked or accepted."""
    ids = {segment.id for segment in plan.in_live_use}
    ids.update(segment.id for segment in plan.blocked if segment.obstacle is Obstacle.LIVE_USE)
    return tuple(sorted(ids))


def others(plan: Plan) -> tuple[int, ...]:
    """Ids of the touched segments that stand in nobody's way: what remains if those in live use are left out."""
    if plan.blocked:
        return plan.ids
    live = set(in_live_use(plan))
    return tuple(segment.id for segment in touched(plan) if segment.id not in live)


def live_kinds(assets: Iterable[LiveAsset]) -> str:
    """'2 live campaigns', '1 live campaign and 2 live journeys'."""
    kinds = Counter(asset.asset_type for asset in assets)
    return listed(count(number, f"live {kind}") for kind, number in sorted(kinds.items()))


def these(assets: tuple[LiveAsset, ...]) -> str:
    """'this campaign', 'these campaigns', 'these uses' where several kinds meet."""
    kinds = {asset.asset_type for asset in assets}
    word = kinds.pop() if len(kinds) == 1 else "use"
    return f"this {word}" if len(assets) == 1 else f"these {word}s"


def live_list(plan: Plan, several: bool) -> NameList:
    """The live assets with their state; their kind where kinds are mixed, their number of segments where `several`."""
    kinds = {asset.asset_type for asset in plan.live_assets}
    lines = []
    for asset in plan.live_assets:
        state = asset.state if len(kinds) == 1 else f"{asset.asset_type}, {asset.state}"
        line = f"{shown(asset.name)} ({state})"
        lines.append(f"{line}, {count(asset.segments, 'segment')}" if several else line)
    return NameList(tuple(lines), f"{kinds.pop()}s" if len(kinds) == 1 else "live uses")


def sequence_line(sequence: LinkedSequence) -> str:
    """'Win-back Q4 (running)'."""
    return f"{shown(sequence.name)} ({STATES_SHOWN.get(sequence.state, sequence.state)})"


def sequence_list(plan: Plan, several: bool) -> NameList:
    """The linked sequences with their state, and with their number of segments where `several`."""
    lines = (
        f"{sequence_line(sequence)}, {count(sequence.segments, 'segment')}" if several else sequence_line(sequence)
        for sequence in plan.sequences
    )
    return NameList(tuple(lines), "sequences")


def sequences_use(plan: Plan, whole: str = "these segments") -> str:
    """'40 sequences use 163 of these segments. The other 87 are not used by any sequence.'"""
    total, used = len(touched(plan)), plan.used_by_sequences
    number = len(plan.sequences)
    if not number:
        return f"No sequence uses {whole}."
    use = f"{count(number, 'sequence')} {'uses' if number == 1 else 'use'}"
    if used >= total:
        return f"{use} {whole}:"
    rest = total - used
    others = "The other one is" if rest == 1 else f"The other {grouped(rest)} are"
    return f"{use} {grouped(used)} of {whole}. {others} not used by any sequence."


def sequences_also_use(plan: Plan) -> tuple[Paragraph | NameList, ...]:
    """For one segment in live use: 'One sequence also uses the segment: …', in line or as a list."""
    number = len(plan.sequences)
    if not number:
        return ()
    if number == 1:
        return (Paragraph(f"1 sequence also uses the segment: {sequence_line(plan.sequences[0])}."),)
    return (Paragraph(f"{grouped(number)} sequences also use the segment:"), sequence_list(plan, several=False))


def being(why: str, number: int = 1) -> str:
    """What a reason ('It is inactive: resume it first.') says of some segments: 'inactive: resume them first'."""
    said = why.removeprefix("It is ").removesuffix(".")
    return said if number == 1 else said.replace(" it ", " them ")


def skipped(plan: Plan) -> tuple[Paragraph, ...]:
    """'70 of the 250 selected segments are already inactive and stay as they are.', one paragraph a reason."""
    selected = grouped(plan.selected)
    return tuple(
        Paragraph(
            f"1 of the {selected} selected segments is {being(why)} and stays as it is."
            if number == 1
            else f"{grouped(number)} of the {selected} selected segments are {being(why, number)} and stay as they are."
        )
        for why, number in Counter(segment.why for segment in plan.skipped).items()
    )


def the_others(number: int) -> str:
    """On buttons: 'the other 168', 'the other segment'."""
    return "the other segment" if number == 1 else f"the other {grouped(number)}"


def show_segments(ids: tuple[int, ...]) -> Button:
    """The link that filters the list to these segments."""
    text = "Show the segment" if len(ids) == 1 else f"Show the {count(len(ids), 'segment')}"
    return Button(text, Answer.SHOW_SEGMENTS, ButtonKind.LINK, ids)


def replace(plan: Plan, where: str = "") -> Button:
    """The button that lets another segment take the place of these: 'Replace in campaigns…', 'Replace…'."""
    ids = tuple(segment.id for segment in touched(plan))
    return Button(f"Replace in {where}…" if where else "Replace…", Answer.REPLACE, ButtonKind.SAFER, ids)


def replace_in_live_use(plan: Plan) -> Button:
    """The same, named for what is in live use where that is all of one kind and one segment is meant."""
    kinds = {asset.asset_type for asset in plan.live_assets}
    one = len(touched(plan)) == 1 and len(kinds) == 1
    return replace(plan, f"{kinds.pop()}s" if one else "")


def all_of(number: int) -> str:
    """'all 250 segments', 'both segments'."""
    return "both segments" if number == 2 else f"all {grouped(number)} segments"


def all_or_none(number: int, done: str) -> str:
    """'All 250 are deactivated in one step, or none.'"""
    if number == 2:
        return f"Both are {done} in one step, or neither."
    return f"All {grouped(number)} are {done} in one step, or none."


def cannot(number: int, others: bool) -> str:
    """The subject after '12 of the 180 segments.': 'These 12 can't', where `others` are left that can."""
    if number == 1:
        return "It can't"
    return f"These {grouped(number)} can't" if others else "They can't"


def what_is_it(number: int) -> str:
    """The question after '12 of the 180 segments': 'What should happen to these 12?'"""
    return "What should happen to it?" if number == 1 else f"What should happen to these {grouped(number)}?"
