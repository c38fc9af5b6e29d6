"""A search has two faces, one for a summary and one for many plain rows; they find the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from segment_manager.domain.search import haystack, parse
from segment_manager.domain.segments import Reason, SegmentSummary, Status
from segment_manager.storage.queries import plain_of, row_tests

NOW = datetime(2026, 3, 29, 12, 30, tzinfo=UTC)
TYPES = {1: "Lead", 2: "Contact", 3: "Straße"}
SEQUENCES = {1: ("Win-back Q4", "Ärger"), 2: ("win",), 3: ()}
FILTERS = [
    *("status:active", "status:in", "reason:unused", "reason:not-activated", "reason:d", "type:lead", "type:STRASSE"),
    *("type:c", "sequence:win", 'sequence:"back q4"', "sequence:ÄRGER", "tag:vip", 'tag:"trial users"', "tag:x"),
    *(f"members:{sign}{number}" for sign in ("", ">", ">=", "<", "<=", "=") for number in (0, 7)),
    *(f"unused:{sign}{days}" for sign in ("", ">", ">=", "<", "<=", "=") for days in ("0", "1", "90d", "2w")),
    *("unused:999999999y", "unused:=999999999y", "unused:<9999999", "unused:>800000d"),
    *("is:broken", "is:stale", "is:pinned", "is:unlinked"),
]
USES = [
    NOW - timedelta(days=days) + timedelta(microseconds=tick)
    for days in (-2, -1, 0, 1, 2, 14, 15, 90, 91, 700_000)
    for tick in (-1, 0, 1)
]
booleans = st.booleans()


@st.composite
def summaries(draw) -> SegmentSummary:
    active = draw(booleans)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return SegmentSummary(
        draw(st.sampled_from(sorted(SEQUENCES))), draw(st.sampled_from(sorted(TYPES))), "Berlin",
        Status.ACTIVE if active else Status.INACTIVE, None if active else draw(st.sampled_from(Reason)), at,
        draw(st.sampled_from([None, 0, 1, 7, 8])), at, draw(booleans), draw(booleans), draw(booleans),
        draw(st.integers(0, 1)), 0, 0, 0, 0, 0, 0, draw(st.sampled_from([None, *USES])), at, at, "",
        draw(st.sampled_from([(), ("VIP",), ("x", "Trial users")])),
    )  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from(["", "-"]), st.sampled_from(FILTERS)).map("".join), min_size=1, max_size=3),
    st.lists(summaries(), min_size=1, max_size=12),
)
def test_many_rows_are_searched_as_one_is(filters: list[str], rows: list[SegmentSummary]) -> None:
    """Whatever fields are asked, plain rows in bulk and a summary on its own give the same answer."""
    search = parse(" ".join(filters))
    assert search.filters
    assert not search.words
    asked = row_tests(search, TYPES, SEQUENCES.__getitem__, NOW)
    plain = list(map(plain_of, rows))
    in_bulk = [all(answers) for answers in zip(*(test(plain) for test in asked), strict=True)]
    one_by_one = [search.accepts(haystack(row), row, TYPES[row.record_type_id], SEQUENCES[row.id], NOW) for row in rows]
    assert in_bulk == one_by_one
