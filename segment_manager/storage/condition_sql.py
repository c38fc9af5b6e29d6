"""One condition as SQL: each field type has its columns, and its way to be exact and fast on them.

Stands apart because this is where the forms of stored values matter. No text of a rule enters the SQL: values travel as
parameters, lists as one JSON parameter. SQLite's LIKE and NOCASE know only ASCII, so texts are compared on the folded
column.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from segment_manager.domain.operands import positive_of
from segment_manager.domain.operators import NUMBERS, OPERATORS, TEXTS, TIMES, Operator
from segment_manager.domain.periods import Span, spans
from segment_manager.domain.records import Field, FieldType, RecordType, column, fold, folded_column
from segment_manager.domain.rule_tree import Condition, Context
from segment_manager.domain.stored_values import CHOICES_MARK, Stored
from segment_manager.domain.texts import nfc
from segment_manager.storage.expressions import NEVER, Sql, all_of, any_of, negated

LEAST, MOST = -(2**63), 2**63 - 1
MAX_ALTERNATIVES = 60  # values of one condition written out; more travel as one JSON parameter


def condition_sql(condition: Condition, record_type: RecordType, context: Context) -> Sql:
    """The expression of a condition that is whole (see rules.missing)."""
    field = record_type.field(condition.field)
    if field is None:
        return NEVER
    positive = positive_of(condition)
    made = _positive(positive, condition, field, context)
    return negated(made) if OPERATORS[condition.op].positive else made


def _positive(operator: Operator, condition: Condition, field: Field, context: Context) -> Sql:
    plain, folded = _quoted(column(field)), _quoted(folded_column(field))
    if operator.name == "is_empty":
        return Sql(f"{folded if field.type in (*TEXTS, FieldType.CHOICES) else plain} IS NULL")
    if field.type in TEXTS:
        if condition.case_sensitive or operator.name == "matches":
            return _exact_text(condition, operator.name, plain, folded)
        return _folded_text(condition, operator.name, folded)
    if field.type in NUMBERS:
        return _number(operator.name, condition.value, field, plain)
    if field.type in TIMES:
        return _times(spans(operator.name, condition.value, field.type, context), field.type, plain)
    if field.type is FieldType.CHOICES:
        return _choices(operator.name, condition.value, folded)
    wanted = condition.value if isinstance(condition.value, tuple) else (operator.name == "is_true",)
    return any_of([Sql(f"{plain} IS ?", (int(bool(one)),)) for one in sorted(set(wanted))])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _folded_text(condition: Condition, name: str, folded: str) -> Sql:
    """Comparisons of the folded column, which is NULL for empty texts; IS makes them two-valued at no cost."""
    value = condition.value
    if isinstance(value, tuple):
        return _listed(folded, [fold(str(one)) for one in value])
    text = fold(str(value))
    match name:
        case "equals":
            return Sql(f"{folded} IS ?", (text,))
        case "contains":
            return Sql(f"(instr({folded}, ?) > 0 AND {folded} IS NOT NULL)", (text,))
        case "contains_word":
            return Sql(f"(instr({folded}, ?) > 0 AND rule_word({folded}, ?))", (text, text))
        case "starts_with":
            return Sql(f"substr({folded}, 1, ?) IS ?", (len(text), text))
        case _:
            return _ends(folded, text)


def _ends(expression: str, text: str) -> Sql:
    if not text:  # substr(x, 0) is the whole text
        return Sql(f"{expression} IS NOT NULL")
    return Sql(f"substr({expression}, ?) IS ?", (-len(text), text))


def _exact_text(condition: Condition, name: str, plain: str, folded: str) -> Sql:
    """Comparisons of the text itself in NFC; a text of ASCII alone, told by its length in bytes, is in NFC already."""
    value = condition.value
    exact = f"CASE WHEN octet_length({plain}) = length({plain}) THEN {plain} ELSE rule_nfc({plain}) END"
    filled = Sql(f"{folded} IS NOT NULL")
    if isinstance(value, tuple):
        inside = Sql(f"({exact}) IN (SELECT value FROM json_each(?))", (_json([nfc(str(one)) for one in value]),))
        return all_of([filled, inside])
    text = nfc(str(value))
    match name:
        case "matches":
            return all_of([filled, Sql(f"rule_regex(?, ?, {plain})", (str(value), int(condition.case_sensitive)))])
        case "equals":
            return all_of([Sql(f"{folded} IS ?", (fold(text),)), Sql(f"({exact}) IS ?", (text,))])
        case "contains":
            return all_of([filled, Sql(f"instr({exact}, ?) > 0", (text,))])
        case "contains_word":
            both = Sql(f"(instr({exact}, ?) > 0 AND rule_word({exact}, ?))", (text, text))
            return all_of([filled, both])
        case "starts_with":
            return all_of([filled, Sql(f"substr({exact}, 1, ?) IS ?", (len(text), text))])
        case _:
            return all_of([filled, _ends(exact, text)])


def _listed(plain: str, values: Sequence[Stored]) -> Sql:
    """Whether a column holds one of the values; SQLite makes an index of them once a statement."""
    return Sql(f"({plain} IN (SELECT value FROM json_each(?)) AND {plain} IS NOT NULL)", (_json(values),))


def _json(values: Sequence[object]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _number(name: str, value: object, field: Field, plain: str) -> Sql:
    """Comparisons of whole numbers: the rule's number times 10**places, rounded so that the answer is exact."""
    if name == "in" and isinstance(value, tuple):
        pairs = [_around(one, field.places) for one in value]
        whole = sorted({low for low, high in pairs if low == high and LEAST <= low <= MOST})
        return _listed(plain, whole)
    ends = value if isinstance(value, tuple) else (value, value)
    (below, above), (last_below, _) = _around(ends[0], field.places), _around(ends[-1], field.places)
    limits: dict[str, Span] = {
        "equals": (above, last_below),
        "between": (above, last_below),
        "less_than": (None, above - 1),
        "at_most": (None, below),
        "greater_than": (below + 1, None),
        "at_least": (above, None),
    }
    return _range(plain, *limits[name])


def _around(value: object, places: int) -> tuple[int, int]:
    """A rule's number times 10**places, rounded down and up; far beyond 64 bits it is only that, far beyond."""
    number = Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or not number:
        return 0, 0
    shift = exponent + places
    if number.adjusted() + places > 40:
        low = high = 10**41
    elif number.adjusted() + places < -2:
        low, high = 0, 1
    else:
        whole = int("".join(map(str, digits)))
        low, rest = (whole * 10**shift, 0) if shift >= 0 else divmod(whole, 10**-shift)
        high = low + (rest > 0)
    return (-high, -low) if sign else (low, high)


def _range(plain: str, low: Stored, high: Stored) -> Sql:
    """Values from `low` to `high`, both included; None: no limit. Integers are held to 64 bits."""
    if isinstance(low, int):
        if low > MOST:
            return NEVER
        low = None if low <= LEAST else low
    if isinstance(high, int):
        if high < LEAST:
            return NEVER
        high = None if high >= MOST else high
    if low is None or high is None:
        if low is None and high is None:
            return Sql(f"{plain} IS NOT NULL")
        sign, end = ("<=", high) if low is None else (">=", low)
        return Sql(f"({plain} {sign} ? AND {plain} IS NOT NULL)", (end,))
    if low == high:
        return Sql(f"{plain} IS ?", (low,))
    return Sql(f"({plain} BETWEEN ? AND ? AND {plain} IS NOT NULL)", (low, high))


def _times(wanted: Sequence[Span], kind: FieldType, plain: str) -> Sql:
    """Values in one of the spans. Many single values make one list, many spans one list of pairs."""
    pairs = sorted({pair for span in wanted if (pair := _stored(span, kind)) is not None}, key=repr)
    if len(pairs) <= MAX_ALTERNATIVES:
        return any_of([_range(plain, low, high) for low, high in pairs])
    single = [low for low, high in pairs if low == high]
    longer = [pair for pair in pairs if pair[0] != pair[1]]
    inside = Sql(
        f"EXISTS (SELECT 1 FROM json_each(?) AS span WHERE {plain} BETWEEN json_extract(span.value, '$[0]') "
        "AND json_extract(span.value, '$[1]'))",
        (_json(longer),),
    )
    return any_of([_listed(plain, single), *([inside] if longer else [])])


def _stored(span: Span, kind: FieldType) -> tuple[Stored, Stored] | None:
    """A span in the stored form of its field: days as 'YYYY-MM-DD', microseconds as they are. None: it is empty."""
    low, high = span
    if low is not None and high is not None and low > high:
        return None
    if kind is FieldType.DATETIME:
        return low, high
    last = date.max.toordinal()
    if (low is not None and low > last) or (high is not None and high < 1):
        return None
    first_day = None if low is None or low < 1 else date.fromordinal(low).isoformat()
    last_day = None if high is None or high > last else date.fromordinal(high).isoformat()
    return first_day, last_day


def _choices(name: str, value: object, folded: str) -> Sql:
    """The folded column holds every value between marks, so that a whole value is a piece of text."""
    given = value if isinstance(value, tuple) else ()
    wanted = sorted({CHOICES_MARK + fold(str(one)) + CHOICES_MARK for one in given})
    if len(wanted) <= MAX_ALTERNATIVES:
        parts = [Sql(f"instr({folded}, ?) > 0", (one,)) for one in wanted]
        found = any_of(parts) if name == "contains_any" else all_of(parts)
        return Sql(f"({found.text} AND {folded} IS NOT NULL)", found.parameters, found.depth + 1)
    listed = (_json(wanted),)
    if name == "contains_any":
        return Sql(f"EXISTS (SELECT 1 FROM json_each(?) WHERE instr({folded}, value) > 0)", listed)
    missing_one = f"EXISTS (SELECT 1 FROM json_each(?) WHERE instr({folded}, value) = 0)"
    return Sql(f"(NOT {missing_one} AND {folded} IS NOT NULL)", listed)
