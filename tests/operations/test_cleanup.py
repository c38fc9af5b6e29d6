"""What to clean: the groups in a small workspace, and the bitmap algebra against the plain definition."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from segment_manager.domain.changes import Progress
from segment_manager.domain.errors import CannotCompare, UnknownSegment
from segment_manager.domain.plans import Action
from segment_manager.operations import segments
from segment_manager.operations.cleanup import groups, overlap
from segment_manager.operations.jobs import finish
from segment_manager.storage import overlap as overlapping
from tests.operations import scenes

KINDS = [
    "unused", "never computed", "empty", "broken", "same rule", "same members", "near duplicates", "contained",
    "sequences on inactive",
]  # fmt: skip
CITIES = ["Berlin"] * 9 + ["Bern"] + ["Paris"] * 5 + ["Rome"]


def cities(*names):
    return json.dumps({"field": "city", "op": "in", "value": names})


@pytest.fixture
def world(workspace):
    """16 leads in four cities."""
    scenes.add_leads(workspace, [(f"L{number:02}", city) for number, city in enumerate(CITIES)])
    return workspace


def found(workspace, kind, **options):
    """The group of a kind: its sets and ids as names."""
    group = next(each for each in finish(groups(workspace, **options)) if each.kind == kind)
    names = {each.id: each.name for each in scenes.queries.summaries(workspace)}
    assert len(group.labels) == len(group.sets)
    return [tuple(names[each] for each in ids) for ids in group.sets], [names[each] for each in group.ids]


def test_every_group_is_there_in_order_even_where_it_is_empty(world):
    """Nine kinds, each with a title and an explanation; nothing in them."""
    made = finish(groups(world))
    assert [each.kind for each in made] == KINDS
    assert all(each.title and each.explanation and not each.ids and not each.sets for each in made)


def test_unused_are_those_marked_and_those_that_would_be(world, clock):
    """Inactive with that reason, and Active out of grace; deactivated ones are neither."""
    scenes.add_segment(world, "Marked", scenes.city_is("Berlin"))
    clock.now += timedelta(days=46)
    scenes.do(world, Action.KEEP_ACTIVE, "Marked")
    scenes.add_segment(world, "By hand", scenes.city_is("Paris"))
    scenes.do(world, Action.ALLOW_SCAN, "Marked")
    from segment_manager.operations.usage import scan

    scan(world)
    scenes.add_segment(world, "Would be", scenes.city_is("Rome"))
    scenes.do(world, Action.DEACTIVATE, "By hand")
    clock.now += timedelta(days=46)
    sets, ids = found(world, "unused")
    assert sets == [("Marked",), ("Would be",)]
    assert ids == ["Marked", "Would be"]


def test_never_computed_and_empty(world):
    """One without a computation is not empty; one that found nobody is."""
    scenes.add_segment(world, "New", scenes.city_is("Berlin"), active=False)
    scenes.add_segment(world, "Nobody", scenes.city_is("Atlantis"))
    assert found(world, "never computed") == ([], ["New"])
    assert found(world, "empty") == ([], ["Nobody"])


def test_broken_ones_stand_in_their_own_group_alone(world):
    """A rule that lost its segment matches nobody: it is neither empty nor a duplicate by its former members."""
    scenes.add_segment(world, "Base", scenes.city_is("Berlin"))
    scenes.add_segment(world, "Rests on it", '{"op":"in_segment","value":"Base"}')
    scenes.add_segment(world, "Same", cities("Berlin"))
    lost = '["segment “Base”"]'
    world.connection.execute(
        "UPDATE segment_result SET missing = ? WHERE segment_id = ?", (lost, *scenes.ids(world, "Rests on it"))
    )
    assert found(world, "broken") == ([], ["Rests on it"])
    assert found(world, "same rule") == ([("Base", "Same")], ["Base", "Same"])
    assert found(world, "same members") == ([], [])


def test_the_same_rule_in_other_words(world):
    """Order, case and nesting do not matter; another record type does."""
    scenes.add_leads(world, [("C1", "Berlin")], "Contact")
    scenes.add_segment(world, "One", cities("Berlin", "Paris"))
    scenes.add_segment(world, "Two", f'{{"any":[{scenes.city_is("PARIS")},{{"all":[{scenes.city_is("berlin")}]}}]}}')
    scenes.add_segment(world, "Other", cities("Berlin", "Paris"), record_type="Contact")
    assert found(world, "same rule") == ([("One", "Two")], ["One", "Two"])
    assert found(world, "same members") == ([], [])


def test_the_same_members_by_different_rules(world):
    """'Not Rome' in two ways that are no same rule."""
    scenes.add_segment(world, "Listed", cities("Berlin", "Bern", "Paris"))
    scenes.add_segment(world, "Without", '{"field":"city","op":"not_equals","value":"Rome"}')
    scenes.add_segment(world, "Listed again", cities("paris", "bern", "berlin"))
    assert found(world, "same rule")[0] == [("Listed", "Listed again")]
    assert found(world, "same members")[0] == [("Listed", "Without", "Listed again")]


def test_near_duplicates_by_a_chosen_similarity(world):
    """9 of 10 members in common are 90 %; at 95 % they are no near duplicates."""
    scenes.add_segment(world, "Nine", scenes.city_is("Berlin"))
    scenes.add_segment(world, "Ten", cities("Berlin", "Bern"))
    scenes.add_segment(world, "Ten again", '{"field":"city","op":"starts_with","value":"Ber"}')
    scenes.add_segment(world, "Five", scenes.city_is("Paris"))
    assert found(world, "near duplicates")[0] == [("Ten", "Ten again", "Nine")]
    made = {each.kind: each for each in finish(groups(world))}
    assert made["near duplicates"].labels == ("90 % alike",)
    assert found(world, "near duplicates", similarity=0.95) == ([], [])


def test_contained_names_the_smallest_segment_around(world):
    """Each contained one once, under the smallest that holds it; the segment of everybody does not count."""
    scenes.add_segment(world, "All", '{"everything":true}')
    scenes.add_segment(world, "B", cities("Berlin", "Bern"))
    scenes.add_segment(world, "B and P", cities("Berlin", "Bern", "Paris"))
    scenes.add_segment(world, "Berlin", scenes.city_is("Berlin"))
    scenes.add_segment(world, "Paris", scenes.city_is("Paris"))
    sets, ids = found(world, "contained")
    assert sorted(sets) == [("B", "Berlin"), ("B and P", "Paris", "B")]
    assert ids == ["B", "Berlin", "Paris"]
    labels = next(each.labels for each in finish(groups(world)) if each.kind == "contained")
    assert set(labels) == {"in “B”", "in “B and P”"}


def test_sequences_on_inactive_segments_are_named(world):
    """Those that run, wait or are planned; not what is over, nor campaigns."""
    for name, city in (("X", "Berlin"), ("Y", "Paris"), ("Z", "Rome")):
        scenes.add_segment(world, name, scenes.city_is(city))
    scenes.use(
        world,
        ("sequence", "Draft", "draft", "X"),
        ("sequence", "Win-back", "live", "X"), ("sequence", "Win-back", "live", "Y"),
        ("sequence", "Old", "ended", "X"), ("sequence", "Fine", "live", "Z"), ("campaign", "C", "draft", "Y"),
    )  # fmt: skip
    scenes.do(world, Action.DEACTIVATE, "X", "Y")
    group = finish(groups(world))[-1]
    assert group.labels == ("“Win-back” (live)", "“Draft” (draft)")
    assert found(world, "sequences on inactive") == ([("X", "Y"), ("X",)], ["X", "Y"])


def test_one_record_type_alone(world):
    """Groups of a record type hold none of another."""
    scenes.add_leads(world, [("C1", "Berlin")], "Contact")
    scenes.add_segment(world, "Lead", scenes.city_is("Atlantis"))
    other = scenes.add_segment(world, "Contact", scenes.city_is("Atlantis"), record_type="Contact")
    record_type = scenes.queries.record_type(world, "Contact").id
    assert [each.ids for each in finish(groups(world, record_type)) if each.ids] == [(other,)]
    assert found(world, "empty")[1] == ["Lead", "Contact"]


def test_the_job_tells_how_far_it_is_and_can_be_stopped(world):
    """Progress to the end; closed at any moment it changes nothing and leaves no transaction open."""
    scenes.add_segment(world, "S", scenes.city_is("Berlin"))
    seen: list[Progress] = []
    finish(groups(world), seen.append)
    assert len(seen) >= 3
    assert all(each.total is None or each.done <= each.total for each in seen)
    for stop_after in range(1, len(seen) + 1):
        job = groups(world)
        for _ in range(stop_after):
            next(job)
        job.close()
        assert not world.connection.in_transaction


@pytest.mark.parametrize("similarity", [0, -1, 1.01])
def test_a_similarity_is_a_share(world, similarity):
    """Nothing else is compared by."""
    with pytest.raises(CannotCompare, match="above 0 %"):
        finish(groups(world, similarity=similarity))


def test_overlap_counts_every_combination_once(world):
    """Sizes, exact combinations from the largest, and the shares of pairs."""
    one = scenes.add_segment(world, "Ber", '{"field":"city","op":"starts_with","value":"Ber"}')
    two = scenes.add_segment(world, "Mixed", cities("Berlin", "Paris"))
    three = scenes.add_segment(world, "Nobody", scenes.city_is("Atlantis"))
    made = overlap(world, [two, one, three])
    assert made.names == ("Mixed", "Ber", "Nobody")
    assert made.sizes == (14, 10, 0)
    assert made.rows == ((frozenset({one, two}), 9), (frozenset({two}), 5), (frozenset({one}), 1))
    assert made.total == 15
    assert made.jaccard[0] == pytest.approx((1.0, 9 / 15, 0.0))
    assert made.jaccard[1][0] == made.jaccard[0][1]


def test_overlap_refuses_what_it_cannot_show(world):
    """Too few, too many, several record types, never computed, gone: each with its sentence."""
    scenes.add_leads(world, [("C1", "Berlin")], "Contact")
    ids = [scenes.add_segment(world, f"S{number}", scenes.city_is("Berlin")) for number in range(7)]
    contact = scenes.add_segment(world, "C", scenes.city_is("Berlin"), record_type="Contact")
    new = scenes.add_segment(world, "New", scenes.city_is("Berlin"), active=False)
    for chosen, words in (
        ([], "2 to 6"), (ids[:1] * 2, "1 are|1 is"), (ids, "7 are chosen"), ([ids[0], contact], "Lead, Contact"),
        ([ids[0], new], "“New” was never computed"),
    ):  # fmt: skip
        with pytest.raises(CannotCompare, match=words):
            overlap(world, chosen)
    with pytest.raises(UnknownSegment):
        overlap(world, [ids[0], 999])
    assert len(overlap(world, ids[:6]).rows) == 1


def test_overlap_reads_what_is_stored(world):
    """A segment deactivated since keeps its members, and so its overlap."""
    ids = [scenes.add_segment(world, name, scenes.city_is("Berlin")) for name in ("A", "B")]
    segments.carry_out(world, segments.plan(world, Action.DEACTIVATE, ids))
    assert overlap(world, ids).jaccard[0][1] == 1.0


# The algebra against the plain definition.

member_sets = st.lists(st.frozensets(st.integers(0, 30), max_size=12), max_size=12)
relaxed = settings(max_examples=100, deadline=None, database=None)


def run(generator):
    while True:
        try:
            next(generator)
        except StopIteration as stop:
            return stop.value


def share(one, other):
    return len(one & other) / len(one | other)


def plainly_checked(sets, least, everyone):
    """Whether alike and contained say of some sets what their definitions say."""
    made = overlapping.distinct(enumerate(BitMap(each) for each in sets))
    assert sorted(each for one in made for each in one.ids) == [place for place, each in enumerate(sets) if each]
    plain = [frozenset(one.members) for one in made]
    assert len(set(plain)) == len(plain)
    found = run(overlapping.alike(made, least))
    for each in found:
        shares = [share(plain[each.leader], plain[other]) for other in each.others]
        assert (min(shares), max(shares)) == pytest.approx((each.least, each.most))
        assert each.least >= least
    near = {
        place
        for place, one in enumerate(plain)
        for other, two in enumerate(plain)
        if place != other and share(one, two) >= least
    }
    assert {place for each in found for place in (each.leader, *each.others)} == near
    inside = run(overlapping.contained(made, everyone))
    around = {place: holder for holder, places in inside.items() for place in places}
    for place, one in enumerate(plain):
        holders = [other for other, two in enumerate(plain) if one < two and len(two) < everyone]
        assert around.get(place) == (min(holders) if holders else None)


@relaxed
@given(member_sets, st.sampled_from([0.3, 0.5, 0.75, 0.9, 1.0]))
def test_small_sets(sets, least):
    """Every share is exact, nothing alike is left out, and each set lies in the smallest around it."""
    plainly_checked(sets, least, 31)


@pytest.mark.parametrize("least", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("counted_singly", [0, 10**9])
def test_large_sets(least, counted_singly, monkeypatch):
    """The same for sets so large that samples are drawn, counted one by one or bit by bit."""
    monkeypatch.setattr(overlapping, "COUNTED_SINGLY", counted_singly)
    dice = random.Random(7)
    everyone = range(20_000)
    origins = [set(dice.sample(everyone, dice.choice([300, 900, 2500, 6000]))) for _ in range(6)]
    sets = []
    for origin in origins:
        for _ in range(4):
            kept = set(dice.sample(sorted(origin), int(len(origin) * dice.uniform(0.75, 1))))
            sets.append(kept | set(dice.sample(everyone, dice.choice([0, 0, 20, 200]))))
    plainly_checked(sets, least, len(everyone))


@relaxed
@given(member_sets.filter(lambda sets: 2 <= len(sets) <= 6))
def test_combinations(sets):
    """Every record is counted in the one combination it is in."""
    expected: dict[frozenset[int], int] = {}
    for record in set().union(*sets):
        inside = frozenset(place for place, each in enumerate(sets) if record in each)
        expected[inside] = expected.get(inside, 0) + 1
    assert overlapping.combinations([(place, BitMap(each)) for place, each in enumerate(sets)]) == expected


@relaxed
@given(st.lists(st.integers(0, 2**20 - 1), max_size=20), st.integers(1, 20))
def test_counting_bit_by_bit(masks, enough):
    """The bits that are set in at least so many masks."""
    reached = overlapping.reaching(overlapping.column_sums(masks), enough)
    expected = [bit for bit in range(20) if sum(mask >> bit & 1 for mask in masks) >= enough]
    assert list(overlapping.bits_of(reached)) == expected


def test_what_a_sample_may_miss():
    """All of a sample must be there where all is asked for; a small sample rules out nothing that is possible."""
    assert overlapping.lowest_plausible(50, 1.0) == 50
    assert overlapping.lowest_plausible(3, 0.5) == 0
    assert 40 < overlapping.lowest_plausible(100, 0.9) < 70
