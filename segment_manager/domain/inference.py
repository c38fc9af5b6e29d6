"""What a column holds: its type, how it writes numbers and dates, its choices.

Stands apart because it is pure: cells go in, batch by batch, and a verdict on the whole column comes out. Memory stays
bounded whatever the file's size: of each column are kept the kinds of texts seen, a few extremes (digits, places, the
largest day or month), and at most `_KNOWN` distinct short texts; nothing grows with the rows. Every cell is looked at:
a column has a type only if all its cells fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from segment_manager.domain.records import FieldType, fold
from segment_manager.domain.stored_values import MAX_DIGITS
from segment_manager.domain.values import FALSE_WORDS, GROUPING, MAX_INTEGER, NULL_WORDS, TRUE_WORDS, Cell

_KNOWN = 4_000
MAX_CHOICES = 60
_ENOUGH = 100
_CHOICE_LENGTH = 80
_END = "\0"

_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:[Tt]|\ +)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s*(?:[AaPp][Mm])?\s*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?"
_KIND = re.compile(
    rf"""(?P<integer>-?(?:0|[1-9]\d{{0,18}}))
    |(?P<point3>-?[1-9]\d{{0,2}}\.\d{{3}})
    |(?P<comma3>-?[1-9]\d{{0,2}},\d{{3}})
    |(?P<point>-?(?:0|[1-9]\d*)?\.\d+)
    |(?P<comma>-?(?:0|[1-9]\d*)?,\d+)
    |(?P<commas>-?[1-9]\d{{0,2}}(?:(?:,\d{{3}})+\.\d+|(?:,\d{{3}}){{2,}}))
    |(?P<points>-?[1-9]\d{{0,2}}(?:(?:\.\d{{3}})+,\d+|(?:\.\d{{3}}){{2,}}))
    |(?P<boolean>(?i:true|false|yes|no))
    |(?P<iso>\d{{4}}-(?:0[1-9]|1[0-2])-{_DAY}|\d{{4}}(?P<s>[/.])(?:0?[1-9]|1[0-2])(?P=s)(?:0?[1-9]|[12]\d|3[01]))(?P<at>{_TIME})?
    |(?P<first>\d{{1,2}})(?P<t>[-/.])(?P<second>\d{{1,2}})(?P=t)\d{{4}}(?P<clock>{_TIME})?""",
    re.ASCII | re.VERBOSE,
)
_SWEEPS = {
    "integer": re.compile(r"(?:-?(?:0|[1-9][0-9]{0,17})\0)*+"),
    "point": re.compile(r"(?:-?(?:0|[1-9][0-9]*)\.[0-9]+\0)*+"),
    "date": re.compile(r"(?:[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\0)*+"),
    "time": re.compile(
        r"(?:[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])[T ][0-9]{2}:[0-9]{2}:[0-9]{2}"
        r"(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?\0)*+"
    ),
}
_WHOLES = re.compile(r"([0-9]+)\.")
_FRACTIONS = re.compile(r"\.([0-9]+)")
_POINT3 = re.compile(r"(?<![0-9])[1-9][0-9]{0,2}\.[0-9]{3}\0")
_ENGLISH = {"integer", "point", "point3", "comma3", "commas"}
_EUROPEAN = {"integer", "comma", "comma3", "point3", "points"}
_NUMBERS = _ENGLISH | _EUROPEAN
_SCIENTIFIC = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_CODE = re.compile(r"[\d\s.,+()/#-]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a column holds. `scientific`: see Format. `note` says what could not be decided."""

    type: FieldType
    places: int = 0
    decimal: str = "."
    dates: str | None = None
    choices: tuple[str, ...] = ()
    empty: bool = False
    note: str = ""
    scientific: bool = False


class ColumnSurvey:
    """Takes the cells of one column and says what they are.

    `null_words`: what a person said means no value. `texts_only`: the file itself says that these are texts (JSON,
    workbooks), so what looks like a number is none. `thorough`: go on looking when the column can only be text; for
    columns whose type is given or that may hold lists.
    """

    def __init__(self, null_words: Iterable[str] = (), *, texts_only: bool = False, thorough: bool = False) -> None:
        self._null_words = frozenset(null_words)
        self._texts_only = texts_only
        self._thorough = thorough
        self.kinds: set[str] = set()
        self.filled = 0
        self._nulls = 0
        self._digits = {".": 0, ",": 0}
        self._places = {".": 0, ",": 0}
        self._fitting = {".": 0, ",": 0}
        self._scientific = self._proven = False
        self._first = self._second = 0
        self._points_in_dates = False
        self._only_codes = True
        self._known: set[str] | None = set()
        self._null_spellings: set[str] = set()
        self._choice = True

    @property
    def sealed(self) -> bool:
        """Whether more cells could not change the verdict."""
        return "text" in self.kinds and not self._choice and not self._thorough

    @property
    def settled(self) -> bool:
        """Whether what was seen will do, as long as all further cells fit the verdict."""
        return self.filled >= _ENOUGH and bool(self.kinds) and not self.verdict().note

    def add(self, cells: Sequence[Cell]) -> None:
        """Take the next cells of the column."""
        if self.sealed:
            return
        distinct = set(cells)
        blanks = cells.count("") if "" in distinct else 0
        blanks += cells.count(None) if None in distinct else 0
        self.filled += len(cells) - blanks
        distinct -= {"", None}
        lists = {cell for cell in distinct if isinstance(cell, tuple)} if not self._all_texts(distinct) else set()
        if lists:
            self.kinds.add("list")
            distinct = (distinct - lists) | {item for cell in lists for item in cell}
        self._look_at(distinct, cells)  # type: ignore[arg-type]

    @staticmethod
    def _all_texts(distinct: set[Cell]) -> bool:
        return set(map(type, distinct)) <= {str}

    def _look_at(self, distinct: set[str], cells: Sequence[Cell]) -> None:
        for word in self._null_spellings & distinct:
            self._nulls += cells.count(word)
        new = distinct - self._known if self._known else distinct
        if not new:
            return
        if self._known is not None:
            self._known |= {text for text in new if len(text) <= 100}
            if len(self._known) > _KNOWN:
                self._known = None
        if self._choice and (self._known is None or len(self._known) > MAX_CHOICES + len(NULL_WORDS)):
            self._choice = False
        if self._choice and any(len(text) > _CHOICE_LENGTH or "\n" in text for text in new):
            self._choice = False
        if not self._sweep(new):
            self._classify(new, cells)

    def _sweep(self, new: set[str]) -> bool:
        """Whether all the texts are of the one kind seen so far, found out in one go."""
        kinds = self.kinds - {"text"} or {"integer"}
        name = "point" if "point" in kinds else next(iter(kinds))
        pattern = _SWEEPS.get(name)
        if pattern is None or "text" in self.kinds or len(new) < 16:
            return False
        joined = _END.join(new) + _END
        if pattern.fullmatch(joined) is None:
            return False
        self.kinds.add(name)
        self._proven |= name == "point" or (name == "integer" and "-" in joined)
        if name == "integer":
            self._extremes(".", max(map(len, new)), 0)
            self._extremes(",", max(map(len, new)), 0)
        elif name == "point":
            wholes, fractions = _WHOLES.findall(joined), _FRACTIONS.findall(joined)
            sizes = [(max(map(len, wholes)), max(map(len, fractions)))]
            if sum(sizes[0]) > MAX_DIGITS:
                sizes = list(zip(map(len, wholes), map(len, fractions), strict=True))
            for digits, places in sizes:
                self._extremes(".", digits, places)
            if _POINT3.search(joined):
                self.kinds.add("point3")
        return True

    def _classify(self, new: set[str], cells: Sequence[Cell]) -> None:
        for text in new:
            if "text" in self.kinds and not self._thorough and not (self._choice and self._only_codes):
                return
            trimmed = text.strip()
            if trimmed in self._null_words or not trimmed:
                continue
            if self._only_codes and not _CODE.fullmatch(trimmed):
                self._only_codes = False
            if trimmed.casefold() in NULL_WORDS:
                if text not in self._null_spellings:
                    self._null_spellings.add(text)
                    self._nulls += cells.count(text)
                continue
            self._take(trimmed, _KIND.fullmatch(trimmed))

    def _take(self, text: str, match: re.Match[str] | None) -> None:
        if match is None and _SCIENTIFIC.fullmatch(text):
            self._take_scientific(Decimal(text), "." in text)
        elif match is None or (
            match["integer"] and len(text) >= 19 and not -MAX_INTEGER - 1 <= int(text) <= MAX_INTEGER
        ):
            self.kinds.add("text")
        elif match["iso"]:
            self.kinds.add("time" if match["at"] else "date")
        elif match["first"]:
            first, second = int(match["first"]), int(match["second"])
            if not (1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12):
                self.kinds.add("text")
                return
            self._first, self._second = max(first, self._first), max(second, self._second)
            self._points_in_dates |= match["t"] == "."
            self.kinds |= {"ordered", "time" if match["clock"] else "date"}
        else:
            kind = match.lastgroup or "text"
            self.kinds.add(kind)
            if kind in _NUMBERS:
                self._proven |= text[0] == "-" or kind in ("point", "comma")
                self._measure(text.lstrip("-"))

    def _take_scientific(self, number: Decimal, with_point: bool) -> None:
        """A number with a plus sign or an exponent; '+4917012345' and '12E4' are numbers only beside others."""
        self._scientific = True
        self.kinds.add("point" if with_point else "integer")
        exponent = int(number.as_tuple().exponent)
        for decimal in GROUPING:
            self._extremes(decimal, max(number.adjusted() + 1, 1), max(-exponent, 0))

    def _measure(self, text: str) -> None:
        for decimal, grouping in ((".", ","), (",", ".")):
            whole, _, fraction = text.replace(grouping, "").partition(decimal)
            self._extremes(decimal, len(whole), len(fraction))

    def _extremes(self, decimal: str, digits: int, places: int) -> None:
        self._digits[decimal] = max(self._digits[decimal], digits)
        self._places[decimal] = max(self._places[decimal], places)
        if digits + places <= MAX_DIGITS + (digits == 1):  # a leading zero does not count
            self._fitting[decimal] = max(self._fitting[decimal], places)

    @property
    def style(self) -> str | None:
        """The decimal separator that the column proves by itself: '.', ',' or None where both are possible."""
        kinds = self.kinds
        if not kinds or not kinds <= _NUMBERS:
            return None
        english, european = kinds <= _ENGLISH, kinds <= _EUROPEAN
        if english != european:
            return "." if english else ","
        return None

    def verdict(self, *, decimal: str | None = None, dates: str | None = None, style: str | None = None) -> Verdict:
        """What the column holds. `decimal` and `dates` are what a person said; `style` is the separator that the
        rest of the file suggests for what may be read in two ways (None: leave it a text)."""
        kinds = self.kinds
        if "list" in kinds:
            return Verdict(FieldType.CHOICES, choices=self._choices() if self._choice else ())
        if not kinds:
            return Verdict(FieldType.TEXT, empty=not self.filled)
        few = self.filled and self._nulls > self.filled * 0.9
        if few or "text" in kinds or (self._scientific and not self._proven):
            return self._texts()
        if kinds == {"boolean"} or (kinds == {"boolean", "integer"} and self._all_truths):
            return Verdict(FieldType.BOOLEAN)
        if kinds <= {"date", "time", "ordered"}:
            return self._date(dates)
        if kinds <= _NUMBERS and not self._texts_only:
            return self._number(decimal, style)
        return self._texts()

    @property
    def _all_truths(self) -> bool:
        """Whether the numbers beside yes, no, true or false are 1 and 0 alone."""
        words = TRUE_WORDS | FALSE_WORDS | NULL_WORDS | {""}
        seen = None if self._known is None else {text.strip() for text in self._known} - self._null_words
        return seen is not None and all(text.casefold() in words for text in seen)

    def writing(self, *, decimal: str | None, dates: str | None, style: str | None) -> tuple[str, str | None, int]:
        """How a column whose type is given writes values: decimal separator, order of dates, most decimal places. Cells
        that fit no reading, or have too many digits by themselves, are left aside."""
        numbers = self.kinds & _NUMBERS
        english, european = numbers <= _ENGLISH, numbers <= _EUROPEAN
        own = "," if european and not english else "." if english and not european else None
        if own is None and numbers <= {"integer", "point3"}:
            own = style or "."
        separator = decimal or own or style or "."
        day_first, month_first = self._second <= 12, self._first <= 12 and not self._points_in_dates
        order = "D/M/Y" if day_first and not month_first else "M/D/Y" if month_first and not day_first else None
        return separator, (dates if dates in ("D/M/Y", "M/D/Y") else order) or order, self._fitting[separator]

    def _number(self, said: str | None, style: str | None) -> Verdict:
        kinds = self.kinds
        decimal = said or self.style
        if decimal is None and kinds <= {"integer", "point3"}:
            decimal = style or "."
        elif decimal is None:
            decimal = style
        if decimal is None:
            return self._texts("its numbers can be read in two ways (1,234): say what the decimal separator is")
        if not kinds <= (_ENGLISH if decimal == "." else _EUROPEAN):
            return self._texts()
        places = self._places[decimal]
        if self._digits[decimal] + places > MAX_DIGITS and places:
            return self._texts(f"its numbers have more than {MAX_DIGITS} digits, which would not be kept exactly")
        if self._digits[decimal] > MAX_DIGITS + 1:
            return self._texts()
        kind = FieldType.DECIMAL if places else FieldType.INTEGER
        return Verdict(kind, places, decimal, scientific=self._scientific)

    def _date(self, said: str | None) -> Verdict:
        kind = FieldType.DATETIME if "time" in self.kinds else FieldType.DATE
        if "ordered" not in self.kinds:
            return Verdict(kind)
        day_first, month_first = self._second <= 12, self._first <= 12 and not self._points_in_dates
        order = "D/M/Y" if day_first and not month_first else "M/D/Y" if month_first and not day_first else None
        if order is None and day_first and month_first:
            order = said if said in ("D/M/Y", "M/D/Y") else None
            if order is None:
                return self._texts("its dates may be day/month or month/day: say which")
        return Verdict(kind, dates=order) if order else self._texts()

    def _texts(self, note: str = "") -> Verdict:
        choices = self._choices() if self._choice and not self._only_codes and not note else ()
        if choices and len(choices) * 3 <= self.filled:
            return Verdict(FieldType.CHOICE, choices=choices)
        return Verdict(FieldType.TEXT, note=note)

    @property
    def choices(self) -> tuple[str, ...]:
        """The distinct texts seen, sorted; none where there are too many."""
        return self._choices() if self._choice else ()

    def _choices(self) -> tuple[str, ...]:
        known = {text for text in self._known or () if text.strip() and text.strip() not in self._null_words}
        return tuple(sorted(known, key=lambda text: (fold(text), text))) if len(known) <= MAX_CHOICES else ()
