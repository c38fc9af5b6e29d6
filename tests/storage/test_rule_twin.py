"""A rule's two faces, Python and SQL, give the same answer for every record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from segment_manager.domain.operators import OPERATORS, Takes, element_kind, operators_for
from segment_manager.domain.periods import CALENDAR_UNITS, CLOCK_UNITS, PERIODS
from segment_manager.domain.records import Field, FieldType, RecordType, column, folded_column
from segment_manager.domain.rules import (
    All,
    Any,
    Condition,
    Context,
    Duration,
    Everything,
    InSegment,
    Not,
    broken_because,
    check,
    describe,
    explain,
    from_json,
    matches,
    predicate,
    to_json,
)
from segment_manager.domain.segments import folded_name
from segment_manager.domain.stored_values import folded, to_stored
from segment_manager.storage.rule_sql import (
    RuleTooLarge,
    combine,
    compile_condition,
    compile_rule,
    distinct_conditions,
    register_functions,
)

T = FieldType
FIELDS = (
    Field("city", "City", T.TEXT),
    Field("stage", "Stage", T.CHOICE, ("New", "Won")),
    Field("tags", "Tags", T.CHOICES, ("a", "ß")),
    Field("size", "Size", T.INTEGER),
    Field("score", "Score", T.DECIMAL, places=2),
    Field("rate", "Rate", T.DECIMAL, places=0),
    Field("born", "Born", T.DATE),
    Field("seen", "Seen", T.DATETIME),
    Field("vip", "VIP", T.BOOLEAN),
)
LEAD = RecordType(1, "Lead", FIELDS)
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "America/St_Johns")]
NOWS = [
    datetime(2024, 2, 29, 12, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2018, 11, 4, 3, 0, tzinfo=UTC),
    datetime(2011, 12, 30, 9, 59, tzinfo=UTC),
]

PIECES = [
    "", " ", "\u00a0", "\u2003\t", "É", "é", "e\u0301", "E\u0301", "ß", "SS", "ss", "İ", "i\u0307", "ı", "I",
    "ǰ", "J\u030c", "J", "Σ", "ς", "ﬁ", "fi", "%", "_", "*", "\\", "'", '"', "?", "Berlin", "berlin", "BERLIN",
    "New York", "C++", "a.b", "😀", "👩\u200d👩\u200d👧", "שלום", "مرحبا", "हिन्दी", "हि", "\x1f", "\n", "1", "10", "-",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=4).map("".join) | st.text(
    st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=6
)
rule_texts = texts.filter(lambda text: "\x1f" not in text)
words = st.sampled_from(["Berlin", "berlin", "é", "É", "ss", "ß", "a", "A", "İ", " "])
EDGE = 2**63 - 1
whole = st.integers(-3, 3) | st.sampled_from([10**17, -(10**17), EDGE, -EDGE - 1, 150, -150])
exacts = st.decimals(-5, 5, places=2) | st.sampled_from(
    [Decimal("9999999999999999.99"), Decimal("-9999999999999999.99")]
)
FAR = [2**63, -(2**63), -(2**64), 10**60, EDGE]
FINE = ["1.005", "-1.005", "1e30", "-1e400", "1e-400", "9223372036854775807.5", "9999999999999999.99", "2.50"]
numbers = (
    st.integers(-4, 4)
    | st.decimals(-5, 5, places=3)
    | st.decimals(-5, 5, places=1)
    | st.sampled_from(FAR)
    | st.sampled_from(FINE).map(Decimal)
)
DAYS = [
    date.min,
    date.max,
    date(2024, 2, 29),
    date(2023, 12, 31),
    date(2024, 1, 1),
    date(2011, 12, 30),
    date(2018, 11, 4),
]
days = st.sampled_from(DAYS) | st.builds(
    lambda now, off: now.date() + timedelta(days=off), st.sampled_from(NOWS), st.integers(-40, 40)
)
OFFSETS = [timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1), timedelta(hours=1), timedelta(hours=-2)]
moments = st.builds(
    lambda now, off, extra: now + timedelta(days=off) + extra,
    st.sampled_from(NOWS), st.integers(-40, 40) | st.just(0), st.sampled_from(OFFSETS),
) | st.sampled_from(
    [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), datetime(2026, 3, 28, 23, tzinfo=UTC)]
)  # fmt: skip
WORDINGS = [
    lambda moment: moment.isoformat(),
    lambda moment: moment.replace(tzinfo=None).isoformat(),
    lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0"),
    lambda moment: moment.date().isoformat(),
    lambda moment: moment.replace(tzinfo=None).isoformat() + "+05:30",
    lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0") + ".123456789+00",
]
time_words = st.builds(lambda moment, wording: wording(moment), moments, st.sampled_from(WORDINGS))
counts = st.sampled_from([0, 1, 2, 12, 30, 31, 400, 10**6, 10**30])
PATTERNS = [
    "b.rl", "^é", "ss$", "[[:alpha:]]+", r"\d", "(a|b)*$", "e\u0301", r"\\", "^$", "", ".", "(?i)É", r"\bc\+\+", "İ",
    "ﬁ",
]  # fmt: skip
patterns = st.sampled_from(PATTERNS)
RECORD_VALUES = {
    T.TEXT: texts, T.CHOICE: texts, T.CHOICES: st.lists(words, max_size=3).map(tuple),
    T.INTEGER: whole, T.DECIMAL: exacts, T.DATE: days, T.DATETIME: moments, T.BOOLEAN: st.booleans(),
}  # fmt: skip
RULE_VALUES = {
    "text": rule_texts, "number": numbers, "date": days.map(date.isoformat), "datetime": time_words,
    "boolean": st.booleans(),
}  # fmt: skip


def record_values(field):
    if field.name == "rate":
        return st.none() | st.integers(-5, 5).map(Decimal)
    return st.none() | RECORD_VALUES[field.type]


records = st.fixed_dictionaries({field.name: record_values(field) for field in FIELDS})


@st.composite
def conditions(draw):
    field = draw(st.sampled_from(FIELDS))
    operator = draw(st.sampled_from(operators_for(field.type)))
    kind = element_kind(field.type)
    item = words if field.type is T.CHOICES else RULE_VALUES[kind]
    match operator.takes:
        case Takes.NOTHING:
            value = None
        case Takes.LIST:
            value = tuple(draw(st.lists(item, min_size=1, max_size=4)))
            value *= draw(st.sampled_from([1, 1, 1, 70]))
        case Takes.RANGE:
            value = (draw(item), draw(item))
        case Takes.DURATION:
            units = CALENDAR_UNITS if field.type is T.DATE else (*CALENDAR_UNITS, *CLOCK_UNITS)
            value = Duration(draw(counts), draw(st.sampled_from(units)))
        case Takes.PERIOD:
            value = draw(st.sampled_from(PERIODS))
        case Takes.PATTERN:
            value = draw(patterns)
        case _:
            value = draw(item)
    exact = kind == "text" and field.type is not T.CHOICES and value is not None and draw(st.booleans())
    return Condition(field.name, operator.name, value, exact)


SEGMENTS = ("EMEA", "Straße", "Gone")
leaves = (
    conditions() | st.builds(InSegment, st.sampled_from(["emea", "STRASSE"]), st.booleans()) | st.just(Everything())
)
groups = st.recursive(
    leaves,
    lambda inner: (
        st.builds(All, st.lists(inner, min_size=1, max_size=4).map(tuple))
        | st.builds(Any, st.lists(inner, min_size=1, max_size=4).map(tuple))
        | st.builds(Not, inner)
    ),
    max_leaves=8,
)
contexts = st.builds(
    Context, st.sampled_from(NOWS), st.sampled_from(ZONES), st.integers(0, 6),
    st.tuples(conditions(), conditions()).map(
        lambda pair: {"emea": pair[0], "strasse": Any((pair[1], InSegment("EMEA", negative=True)))}.get
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def connection():
    connection = apsw.Connection(":memory:")
    register_functions(connection)
    kinds = {T.INTEGER: "INTEGER", T.DECIMAL: "INTEGER", T.DATETIME: "INTEGER", T.BOOLEAN: "INTEGER"}
    columns = [f"{column(field)} {kinds.get(field.type, 'TEXT')}" for field in FIELDS]
    columns += [f"{folded_column(field)} TEXT" for field in FIELDS]
    connection.execute(f"CREATE TABLE lead (id INTEGER PRIMARY KEY, {', '.join(columns)}) STRICT")
    yield connection
    connection.close()


def fill(connection, rows):
    connection.execute("DELETE FROM lead")
    for number, record in enumerate(rows):
        values = [to_stored(field, record.get(field.name)) for field in FIELDS]
        values += [folded(field, record.get(field.name)) for field in FIELDS]
        marks = ", ".join("?" * (1 + len(values)))
        connection.execute(f"INSERT INTO lead VALUES ({marks})", (number, *values))


def answers(connection, compiled):
    sql, parameters = compiled
    return [row[0] for row in connection.execute(f"SELECT {sql} FROM lead ORDER BY id", parameters)]


relaxed = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)


@settings(relaxed, max_examples=400)
@given(st.lists(records, min_size=1, max_size=12), conditions(), contexts)
def test_condition_twin(connection, rows, condition, context):
    """Every condition is 0 or 1 in SQL, as in Python, and its twin operator is its exact complement."""
    check(condition, LEAD)
    fill(connection, rows)
    truths = [matches(condition, record, LEAD, context) for record in rows]
    assert answers(connection, compile_condition(condition, LEAD, context)) == [int(truth) for truth in truths]
    for other in OPERATORS.values():
        if condition.op in (other.positive, other.name) and other.positive:
            twin = other.positive if condition.op == other.name else other.name
            twin_condition = Condition(condition.field, twin, condition.value, condition.case_sensitive)
            assert answers(connection, compile_rule(twin_condition, LEAD, context)) == [int(not one) for one in truths]


@settings(relaxed, max_examples=250)
@given(st.lists(records, min_size=1, max_size=8), groups, contexts)
def test_rule_twin(connection, rows, rule, context):
    """A whole rule gives the same in SQL, in Python, from bitmaps of its conditions and in its explanation."""
    check(rule, LEAD, {"emea", "strasse"})
    assert from_json(to_json(rule)) == rule
    assert describe(rule, LEAD)
    fill(connection, rows)
    test = predicate(rule, LEAD, context)
    truths = [test(record) for record in rows]
    assert answers(connection, compile_rule(rule, LEAD, context)) == [int(truth) for truth in truths]
    assert [explain(rule, record, LEAD, context)["true"] for record in rows] == truths
    ids = {
        condition: BitMap(
            n for n, one in enumerate(answers(connection, compile_condition(condition, LEAD, context))) if one
        )
        for condition in distinct_conditions([rule], context)
    }
    everyone = BitMap(range(len(rows)))
    combined = combine(rule, LEAD, context, ids.__getitem__, everyone)
    assert list(combined) == [n for n, truth in enumerate(truths) if truth]


def test_every_operator_is_drawn():
    """The twin test draws from every operator that compares a field."""
    drawn = {operator.name for field in FIELDS for operator in operators_for(field.type)}
    assert drawn == {name for name, operator in OPERATORS.items() if not operator.for_segments}


NOW = Context(datetime(2025, 6, 15, 12, tzinfo=UTC), ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("text", "pattern", "found"),
    [("İ", "İ", True), ("İ", "i", False), ("İ", "^.$", True), ("ß", "SS", False), ("É", "é", True), ("Ab", "aB", True)],
)
def test_a_pattern_looks_at_the_text_as_it_stands(connection, text, pattern, found):
    """A letter that folds to two is one for a pattern, in Python as in SQL; upper and lower case are still one."""
    condition = Condition("city", "matches", pattern, False)
    fill(connection, [{"city": text}])
    assert matches(condition, {"city": text}, LEAD, NOW) is found
    assert answers(connection, compile_condition(condition, LEAD, NOW)) == [int(found)]


@pytest.mark.parametrize(
    "rule",
    [
        Not(Any(())),
        Not(Condition("gone", "equals", "x")),
        Not(Condition("size", "equals", "text")),
        Not(Condition("city", "matches", "(")),
        Not(InSegment("nowhere")),
        InSegment("nowhere", negative=True),
        Any((Everything(), Not(All(())))),
        Not(Condition("city", "contains", "\ud800")),
    ],
)
def test_broken_matches_nobody(connection, rule):
    """A broken rule matches nobody in either face, not even under not."""
    fill(connection, [{"city": "Berlin"}, {}])
    assert broken_because(None, rule, LEAD, NOW.rule_of)
    assert answers(connection, compile_rule(rule, LEAD, NOW)) == [0, 0]
    assert not matches(rule, {"city": "Berlin"}, LEAD, NOW)
    assert explain(rule, {"city": "Berlin"}, LEAD, NOW)["true"] is False


def test_broken_through_another(connection):
    """A rule that refers to a broken segment, even through a third, is broken itself."""
    rules = {"b": InSegment("C", negative=True), "c": Condition("gone", "is_empty")}
    context = Context(NOW.now, NOW.zone, 0, rules.get)
    rule = Any((Everything(), InSegment("B")))
    assert broken_because("a", rule, LEAD, rules.get) == ("field “gone” (of segment “C”)",)
    fill(connection, [{}])
    assert answers(connection, compile_rule(rule, LEAD, context)) == [0]


def test_circle_is_broken():
    """Segments that refer to each other in a circle match nobody and do not hang."""
    rules = {"a": InSegment("b", negative=True), "b": InSegment("a")}
    context = Context(NOW.now, NOW.zone, 0, rules.get)
    assert compile_rule(rules["a"], LEAD, context) == ("0", [])
    assert not matches(rules["a"], {}, LEAD, context)


def test_largest_rule(connection):
    """A group of a thousand conditions and a nesting of fifty groups run in one statement."""
    fill(connection, [{"size": 999}, {"size": 1000}, {}])
    wide = Any(tuple(Condition("size", "equals", number) for number in range(1000)))
    assert answers(connection, compile_rule(wide, LEAD, NOW)) == [1, 0, 0]
    deep = Condition("size", "equals", 999)
    for _ in range(25):
        deep = All((Not(deep), Everything()))
    assert answers(connection, compile_rule(deep, LEAD, NOW)) == [0, 1, 1]


def test_long_chain_of_segments(connection):
    """A chain of 300 segments runs; one that doubles at each step is refused in SQL and still answered by combine."""
    rules = {folded_name(f"s{n}"): InSegment(f"S{n - 1}", negative=True) for n in range(1, 301)}
    rules["s0"] = Condition("size", "equals", 1)
    context = Context(NOW.now, NOW.zone, 0, rules.get)
    fill(connection, [{"size": 1}, {}])
    assert answers(connection, compile_rule(InSegment("S300"), LEAD, context)) == [1, 0]
    for number in range(1, 41):
        rules[f"s{number}"] = All((InSegment(f"s{number - 1}"), InSegment(f"S{number - 1}")))
    with pytest.raises(RuleTooLarge):
        compile_rule(InSegment("s40"), LEAD, context)
    ids = {rules["s0"]: BitMap([0])}
    assert combine(InSegment("s40"), LEAD, context, ids.__getitem__, BitMap([0, 1])) == BitMap([0])
    assert matches(InSegment("s40"), {"size": 1}, LEAD, context)


def test_no_text_in_sql():
    """No text of a rule becomes part of the SQL."""
    evil = "x'); DROP TABLE lead; --"
    for operator in operators_for(T.TEXT):
        value = None if operator.takes is Takes.NOTHING else (evil,) if operator.takes is Takes.LIST else "DROP.TABLE"
        sql, _ = compile_rule(Condition("city", operator.name, value), LEAD, NOW)
        assert "DROP" not in sql
