"""What to clean: segments grouped by what is doubtful about them, and how a few segments overlap.

Stands apart because it only points: whatever is done about a group goes through plans like everything else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from segment_manager.domain.changes import Progress
from segment_manager.domain.errors import CannotCompare, UnknownSegment
from segment_manager.domain.normal_form import normal_form
from segment_manager.domain.rules import from_json, to_json
from segment_manager.domain.segments import Reason
from segment_manager.operations.jobs import Job, Result
from segment_manager.operations.review import what_if
from segment_manager.storage import overlap as overlapping
from segment_manager.storage import queries
from segment_manager.storage.overlap import MemberSet
from segment_manager.storage.queries import CleanupFact
from segment_manager.storage.workspace import Workspace

FEWEST, MOST = 2, 6
"""How many segments an overlap can show: every further one doubles the combinations."""

_STEPS_A_SIGN = 25  # sets between two signs of life: some milliseconds, so that cancelling is quick


@dataclass(frozen=True, slots=True)
class Group:
    """Segments of which one thing is doubtful.

    `kind` is 'unused', 'never computed', 'empty', 'broken', 'same rule', 'same members', 'near duplicates', 'contained'
    or 'sequences on inactive'; `title` and `explanation` are for people. `sets` are the segments that belong together,
    with a word for each set in `labels` ('' where there is none); `ids` are all that a list of the group shows, each
    once, in id order.
    """

    kind: str
    title: str
    explanation: str
    sets: tuple[tuple[int, ...], ...] = ()
    labels: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlap:
    """How 2 to 6 segments overlap, by their stored members; everything in the order of `ids`.

    `rows` are the records in exactly these segments and in none of the others, the largest first; together they are
    `total`. `jaccard[a][b]` is the share of the members of either that both have: 1.0 is the same, 0.0 nothing.
    """

    ids: tuple[int, ...]
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    rows: tuple[tuple[frozenset[int], int], ...]
    jaccard: tuple[tuple[float, ...], ...]
    total: int


def groups(workspace: Workspace, record_type_id: int | None = None, *, similarity: float = 0.9) -> Job[list[Group]]:
    """All segments, or those of a record type, grouped by what is doubtful about them; a job that changes nothing.

    Always every group, in the same order, also where nothing is in it. `similarity`: the share of common members
    (Jaccard) from which two segments count as near duplicates. Compares members as last computed; the cost is the
    square of the number of segments of a record type at worst, see storage/overlap.py. Raises CannotCompare.
    """
    if not 0 < similarity <= 1:
        raise CannotCompare("The similarity is a share above 0 % and at most 100 %. Choose another.")
    yield Progress(0, None, "Reading segments")
    with workspace.snapshot():
        facts = queries.cleanup_facts(workspace, record_type_id)
        grace = int(str(workspace.setting("grace_days")))
        unused = set(what_if(workspace, [grace])[grace])
        sequences = queries.sequences_on_inactive(workspace, record_type_id)
        of_types = _member_sets(workspace, facts)
        everyone = queries.record_counts(workspace)
    same_rule = yield from _same_rule(workspace, facts)
    found = [_unused(facts, unused), *_plain(facts), _by_rule(same_rule), _by_members(of_types, same_rule)]
    near: list[tuple[tuple[int, ...], str]] = []
    inside: list[tuple[int, ...]] = []
    total, done = 2 * sum(map(len, of_types.values())), 0
    for type_id, sets in of_types.items():
        alike = yield from _told(overlapping.alike(sets, similarity), done, total, "Comparing members")
        near += [(_ids(sets, (each.leader, *each.others)), _shares(each)) for each in alike]
        done += len(sets)
        looking = overlapping.contained(sets, everyone[type_id])
        holding = yield from _told(looking, done, total, "Looking for contained segments")
        inside += [(sets[around].ids[0], *_ids(sets, places)) for around, places in holding.items()]
        done += len(sets)
    found += [_near(near, similarity), _contained(inside, {fact.id: fact.name for fact in facts})]
    found.append(_on_inactive(sequences))
    return found


def _member_sets(workspace: Workspace, facts: Sequence[CleanupFact]) -> dict[int, list[MemberSet]]:
    """The different sets of members by record type. Those of broken segments are of former days and left out."""
    by_type: defaultdict[int, list[int]] = defaultdict(list)
    for fact in facts:
        if fact.members and not fact.broken:
            by_type[fact.record_type_id].append(fact.id)
    return {type_id: overlapping.distinct(queries.member_sets(workspace, ids)) for type_id, ids in by_type.items()}


def _told(steps: Generator[int, None, Result], before: int, total: int, text: str) -> Job[Result]:
    """A generator of steps as a job."""
    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        if step % _STEPS_A_SIGN == 0:
            yield Progress(before + step, total, text)


def _same_rule(workspace: Workspace, facts: Sequence[CleanupFact]) -> Job[list[tuple[int, ...]]]:
    types = {each.id: each for each in queries.record_types(workspace)}
    found: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for done, fact in enumerate(facts):
        if done % _STEPS_A_SIGN == 0:
            yield Progress(done, len(facts), "Comparing rules")
        if not fact.broken:
            rule = normal_form(from_json(fact.rule), types[fact.record_type_id])
            found[fact.record_type_id, to_json(rule)].append(fact.id)
    return [tuple(ids) for ids in found.values() if len(ids) > 1]


def _unused(facts: Sequence[CleanupFact], unused: set[int]) -> Group:
    marked = tuple(fact.id for fact in facts if fact.reason is Reason.UNUSED)
    would_be = tuple(fact.id for fact in facts if fact.id in unused)
    return _group(
        "unused",
        "Unused",
        "Nothing live uses them, and the grace period is over: marked by the scan, or would be now.",
        [(ids, label) for ids, label in ((marked, "marked unused"), (would_be, "would be marked now")) if ids],
    )


def _plain(facts: Sequence[CleanupFact]) -> Iterator[Group]:
    """The groups of segments that stand for themselves."""
    yield _alone(
        "never computed",
        "Never computed",
        "Nobody has seen who their members are.",
        (fact.id for fact in facts if fact.members is None),
    )
    yield _alone(
        "empty",
        "Empty",
        "They had no members when they were last computed.",
        (fact.id for fact in facts if fact.members == 0 and not fact.broken),
    )
    yield _alone(
        "broken",
        "Broken",
        "Their rules refer to a field or a segment that is gone, so they match nobody.",
        (fact.id for fact in facts if fact.broken),
    )


def _by_rule(same_rule: Sequence[tuple[int, ...]]) -> Group:
    return _group(
        "same rule",
        "Same rule",
        "Their rules say the same, whatever the order of conditions and the way values are written.",
        [(ids, "") for ids in same_rule],
    )


def _by_members(of_types: dict[int, list[MemberSet]], same_rule: Iterable[tuple[int, ...]]) -> Group:
    rules = {segment_id: number for number, ids in enumerate(same_rule) for segment_id in ids}
    sets = [one.ids for sets in of_types.values() for one in sets if len(one.ids) > 1]
    different = [ids for ids in sets if len({rules.get(each, -each) for each in ids}) > 1]
    return _group(
        "same members",
        "Same members",
        "Different rules that selected exactly the same records when they were last computed.",
        [(ids, "") for ids in different],
    )


def _near(found: Sequence[tuple[tuple[int, ...], str]], similarity: float) -> Group:
    return _group(
        "near duplicates",
        "Near duplicates",
        f"Each has at least {_percent(similarity)} of the members in common with the first of its set, counted over the"
        " members of both.",
        found,
    )


def _shares(each: overlapping.Alike) -> str:
    least, most = _percent(each.least), _percent(each.most)
    return f"{least} alike" if least == most else f"{least} to {most} alike"


def _percent(share: float) -> str:
    """A share below the whole never reads as 100 %."""
    return f"{int(share * 1000) / 10:g} %"


def _contained(inside: Sequence[tuple[int, ...]], names: dict[int, str]) -> Group:
    return _group(
        "contained",
        "Contained in another",
        "All their members are also in the segment that stands first in the set, which has more. The list shows the"
        " contained ones.",
        [(ids, f"in “{names[ids[0]]}”") for ids in inside],
        {segment_id for ids in inside for segment_id in ids[1:]},
    )


def _on_inactive(sequences: Sequence[queries.SequenceOnInactive]) -> Group:
    return _group(
        "sequences on inactive",
        "Sequences on inactive segments",
        "These sequences are linked to Inactive segments, from which no new records reach them.",
        [(each.ids, f"“{each.name}” ({each.state})") for each in sequences],
    )


def _ids(sets: Sequence[MemberSet], places: Iterable[int]) -> tuple[int, ...]:
    """The ids of the segments behind some sets, in their order."""
    return tuple(segment_id for place in places for segment_id in sets[place].ids)


def _alone(kind: str, title: str, explanation: str, ids: Iterable[int]) -> Group:
    return Group(kind, title, explanation, ids=tuple(ids))


def _group(
    kind: str,
    title: str,
    explanation: str,
    sets: Sequence[tuple[tuple[int, ...], str]],
    ids: Iterable[int] | None = None,
) -> Group:
    listed = {each for members, _ in sets for each in members} if ids is None else set(ids)
    return Group(
        kind,
        title,
        explanation,
        tuple(members for members, _ in sets),
        tuple(label for _, label in sets),
        tuple(sorted(listed)),
    )


def overlap(workspace: Workspace, ids: Sequence[int]) -> Overlap:
    """How 2 to 6 segments of one record type overlap, by their stored members. Raises CannotCompare, UnknownSegment."""
    wanted = list(dict.fromkeys(ids))
    if not FEWEST <= len(wanted) <= MOST:
        raise CannotCompare(
            f"An overlap is shown for {FEWEST} to {MOST} segments, and {len(wanted)} are chosen. Choose others."
        )
    with workspace.snapshot():
        summaries = {each.id: each for each in queries.summaries(workspace, ids=wanted)}
        if len(summaries) < len(wanted):
            raise UnknownSegment("Some of these segments are gone: somebody deleted them. Choose others.")
        types = {each.record_type_id for each in summaries.values()}
        if len(types) > 1:
            named = ", ".join(each.name for each in queries.record_types(workspace) if each.id in types)
            raise CannotCompare(f"The segments are of several record types ({named}). Choose some of the same one.")
        for each in summaries.values():
            if each.members is None:
                why = f"“{each.name}” was never computed, so its members are not known. Compute it first."
                raise CannotCompare(why)
        members = dict(queries.member_sets(workspace, wanted))
    rows = overlapping.combinations([(segment_id, members[segment_id]) for segment_id in wanted])
    order = {segment_id: place for place, segment_id in enumerate(wanted)}
    ranked = sorted(rows.items(), key=lambda row: (-row[1], len(row[0]), sorted(order[each] for each in row[0])))
    return Overlap(
        tuple(wanted),
        tuple(summaries[each].name for each in wanted),
        tuple(len(members[each]) for each in wanted),
        tuple(ranked),
        tuple(tuple(overlapping.jaccard(members[one], members[other]) for other in wanted) for one in wanted),
        sum(rows.values()),
    )
