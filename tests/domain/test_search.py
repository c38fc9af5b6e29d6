"""The search language: what is typed, what it finds, and that nothing typed is ever an error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segment_manager.domain.errors import NameInvalid
from segment_manager.domain.search import Search, haystack, parse, quoted
from segment_manager.domain.segments import Reason, SegmentSummary, Status, clean_name

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def segment(name: str = "Berlin trials", **changes: object) -> SegmentSummary:
    """A summary with ordinary facts, and what a test changes of them."""
    ordinary = SegmentSummary(
        id=1,
        record_type_id=1,
        name=name,
        status=Status.ACTIVE,
        reason=None,
        since=NOW,
        members=1204,
        computed_at=NOW,
        stale=False,
        broken=False,
        keep_active=False,
        sequences=2,
        live_sequences=1,
        live_references=1,
        draft_references=0,
        ended_references=0,
        analytics_references=0,
        rule_uses=0,
        last_used=None,
        created_at=NOW - timedelta(days=400),
        modified_at=NOW,
        description="Started a trial at the Messe",
        tags=("VIP", "trial users"),
    )
    return ordinary._replace(**changes)


def finds(
    text: str, summary: SegmentSummary, record_type: str = "Lead", sequences: tuple[str, ...] = ("Win-back Q4",)
) -> bool:
    return parse(text).accepts(haystack(summary), summary, record_type, sequences, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "berlin",
        "BERLIN messe",
        "vip",
        '"berlin trials"',
        '"berlin   trials"',
        '"trial users"',
        "-webinar",
        '-"trials berlin"',
        "-",
        '"',
        '""',
        '"berlin tri',
        "status:active",
        "STATUS:act",
        "-status:inactive",
        "type:lead",
        "-type:contact",
        'sequence:"Win-back"',
        "sequence:win",
        "tag:vip",
        'tag:"Trial Users"',
        "members:>100",
        "members:>=1,204",
        "members:1204",
        "members:<2000",
        "-is:broken",
        "-is:unlinked",
        "berlin status:active -old members:>0",
        "status:",
        "unused:>",
        "ber\x00lin",
        "berlin\ttrials",
    ],
)
def test_finds(text: str) -> None:
    """The ordinary segment is a hit."""
    assert finds(text, segment())


@pytest.mark.parametrize(
    "text",
    [
        "hamburg",
        "berlin hamburg",
        '"trials berlin"',
        "-berlin",
        '-"berlin trials"',
        "status:inactive",
        "-status:active",
        "reason:unused",
        "type:contact",
        "sequence:loyalty",
        "tag:vi",
        "members:>1204",
        "members:0",
        "unused:>0d",
        "is:broken",
        "is:stale",
        "is:pinned",
        "is:unlinked",
        "b%rlin",
        "b_rlin",
        "b*rlin",
        "berlin\\",
        "colour:red",
        "status:sleeping",
        "members:>many",
        "members:>" + "9" * 5000,
    ],
)
def test_does_not_find(text: str) -> None:
    """The ordinary segment is no hit."""
    assert not finds(text, segment())


@pytest.mark.parametrize(
    "name", ["100% sure", "a_b", "5* hotels", "C:\\leads", "Q4 [old]", "(x|y)?", 'the "best"', "-10 %"]
)
def test_wildcards_mean_themselves(name: str) -> None:
    """Every character of a name is literal."""
    assert finds(quoted(name), segment(name))
    assert not finds(quoted(name), segment("Berlin"))


def test_folds_unicode() -> None:
    """É is é and ß is ss, composed or not."""
    summary = segment("Straße CAFÉ")
    assert finds("STRASSE cafe\u0301", summary)
    assert finds('"strasse café"', summary)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("reason:unused", Reason.UNUSED),
        ("reason:deactivated", Reason.DEACTIVATED),
        ('reason:"not activated"', Reason.NOT_ACTIVATED),
        ("reason:not-activated", Reason.NOT_ACTIVATED),
    ],
)
def test_reason(text: str, reason: Reason) -> None:
    """A reason finds the segments that are Inactive for it, and no others."""
    assert finds(text, segment(status=Status.INACTIVE, reason=reason))
    others = [other for other in Reason if other is not reason]
    assert not any(finds(text, segment(status=Status.INACTIVE, reason=other)) for other in others)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unused:>90d", True),
        ("unused:>94d", False),
        ("unused:>=94d", True),
        ("unused:94", True),
        ("unused:=94d", True),
        ("unused:<95d", True),
        ("unused:>13w", True),
        ("unused:>3m", True),
        ("unused:>1y", False),
        ("-unused:>90d", False),
    ],
)
def test_unused(text: str, expected: bool) -> None:
    """Days since the last use are compared, in days, weeks, months or years."""
    assert finds(text, segment(live_references=0, last_used=NOW - timedelta(days=94))) is expected


def test_unused_without_a_last_use() -> None:
    """A segment in use is never unused, whatever uses it."""
    assert not finds("unused:>0d", segment())
    assert not finds("unused:>0d", segment(live_references=0))


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("is:broken", {"broken": True}),
        ("is:stale", {"stale": True}),
        ("is:pinned", {"keep_active": True}),
        ("is:unlinked", {"sequences": 0}),
    ],
)
def test_traits(text: str, facts: dict[str, object]) -> None:
    """`is:` finds the segments that have the trait."""
    assert finds(text, segment(**facts))


def test_never_computed_has_no_count() -> None:
    """A segment without members on record is neither above nor below a count."""
    assert not finds("members:<1", segment(members=None))
    assert not finds("members:>0", segment(members=None))


def test_unknown_field_is_text_with_a_hint() -> None:
    """An unknown field is searched as text, and the hint names the nearest field."""
    search = parse("statsu:active")
    assert search.words == ("statsu:active",)
    assert not search.filters
    assert len(search.hints) == 1
    assert "“status:”" in search.hints[0]
    assert finds("mail:may", segment("Direct mail:May"))


def test_hints_only_where_something_is_odd() -> None:
    """What is understood gives no hint."""
    assert parse('berlin -old "a phrase" status:inactive unused:>90d -tag:vip 10:30 Mail: January').hints == ()
    assert len(parse("status: members:> status:odd colour:red").hints) == 4


def test_only_text() -> None:
    """Only words and phrases go the bulk way."""
    assert parse('berlin "a b"').only_text
    assert not parse("-berlin").only_text
    assert not parse("status:active").only_text
    assert parse("").everything
    assert not parse("x").everything


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ("berlin", "ber", True),
        ("berlin tri", "berlin", True),
        ("anything", "", True),
        ("ber", "berlin", False),
        ("tri", "berlin", False),
        ("berlin -o", "berlin -old", True),
        ("berlin -old", "berlin -o", False),
        ("berlin -old", "berlin", True),
        ("berlin", "berlin -old", False),
        ("b status:inactive", "b status:in", True),
        ("b status:active", "b status:inactive", False),
        ("b", "b status:inactive", False),
    ],
)
def test_narrows(new: str, old: str, expected: bool) -> None:
    """A longer text is looked for among the previous hits only where it can find no others."""
    assert parse(new).narrows(parse(old)) is expected


@given(st.text())
def test_parse_never_raises(text: str) -> None:
    """Whatever is typed is a search without control characters."""
    search = parse(text)
    assert isinstance(search, Search)
    assert not any(ord(character) < 32 for needle in search.words + search.excluded for character in needle)


FRAGMENTS = [
    "-",
    '"',
    ":",
    "status:",
    "members:",
    "unused:",
    "is:",
    ">",
    "<=",
    "90d",
    "inactive",
    "b",
    "%",
    "É",
    " ",
    "\x07",
]


@given(st.lists(st.sampled_from(FRAGMENTS)).map("".join), st.lists(st.sampled_from(FRAGMENTS)).map("".join))
def test_what_narrows_finds_no_more(first: str, second: str) -> None:
    """Where a search narrows another, its hits are hits of the other."""
    old, new = parse(first), parse(first + second)
    summaries = [
        segment(),
        segment("b - 90d", status=Status.INACTIVE, reason=Reason.UNUSED),
        segment("É%:", members=None),
    ]
    for summary in summaries:
        row = (haystack(summary), summary, "Lead", (), NOW)
        if new.narrows(old) and new.accepts(*row):
            assert old.accepts(*row)


@given(st.text(min_size=1, max_size=60))
def test_a_name_finds_itself_quoted(text: str) -> None:
    """Any name that can be kept is found by itself as a phrase, and excluded by it."""
    try:
        name = clean_name(text)
    except NameInvalid:
        return
    summary = segment(name)
    assert finds(quoted(name), summary)
    assert not finds("-" + quoted(name), summary)
