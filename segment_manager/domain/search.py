"""The search language of the segment list: words, phrases, and fields such as `status:inactive` or `unused:>90d`.

Stands apart because the window filters its table by it on every key, and the command line by the same text.

Words are AND; `-` excludes; "a phrase" may hold blanks, and `""` inside one means one quote. Every other character
means itself. Nothing a person can type is an error: what is not understood is searched as text, with a hint.
"""

# Annotations are evaluated here, not kept as texts: each text of a named tuple's field is compiled at every start.

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from segment_manager.domain.records import fold
from segment_manager.domain.segments import Reason, SegmentSummary, Status

CHOICES: dict[str, tuple[str, ...]] = {
    "status": tuple(status.value for status in Status),
    "reason": tuple(reason.value for reason in Reason),
    "is": ("broken", "stale", "pinned", "unlinked"),
}
"""Fields with a few known values; the beginning of a value is enough."""

EXAMPLES: dict[str, str] = {
    "status": "status:active or status:inactive",
    "reason": 'reason:unused, reason:deactivated or reason:"not activated"',
    "type": "type:lead",
    "sequence": 'sequence:"Win-back"',
    "tag": "tag:vip",
    "unused": "unused:>90d",
    "members": "members:>100",
    "is": "is:broken, is:stale, is:pinned or is:unlinked",
}
"""Every field of the language with an example, in the order in which a person is told of them."""

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
}
UNIT_DAYS = {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}

_CONTROLS = dict.fromkeys((*range(32), 127)) | dict.fromkeys(range(9, 14), " ")
_FIELD = r"([^\W\d_]+):"
_NUMBER = r"(>=|<=|>|<|=)?([0-9][0-9,]{0,17})([a-z]?)"
"""Compiled when something is searched: no start needs them."""


class Filter(NamedTuple):
    """One `field:value`. `value` is folded, or spelled out where a list is closed; numbers have `sign` and `number`."""

    field: str
    value: str
    excluded: bool = False
    sign: str = ""
    number: int = 0


class Search(NamedTuple):
    """A parsed text. `words` and `excluded` are folded needles that a haystack must and must not hold."""

    words: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def only_text(self) -> bool:
        """Whether `words` alone decide, so that a haystack is all that has to be looked at."""
        return not self.excluded and not self.filters

    @property
    def everything(self) -> bool:
        """Whether every segment is a hit."""
        return not self.words and self.only_text

    def narrows(self, previous: "Search") -> bool:
        """Whether every hit of this search is a hit of the previous one, so that only those need to be looked at."""
        return (
            all(any(old in new for new in self.words) for old in previous.words)
            and all(any(new in old for new in self.excluded) for old in previous.excluded)
            and set(previous.filters) <= set(self.filters)
        )

    def accepts(
        self,
        haystack: str,
        summary: SegmentSummary,
        record_type_name: str,
        sequence_names: tuple[str, ...],
        now: datetime,
    ) -> bool:
        """Whether a segment is a hit. Takes its haystack, the names of its linked sequences, and the time (aware)."""
        if any(word in haystack for word in self.excluded) or not all(word in haystack for word in self.words):
            return False
        return all(
            _holds(wanted, summary, record_type_name, sequence_names, now) != wanted.excluded for wanted in self.filters
        )


def haystack(summary: SegmentSummary) -> str:
    """What the words of a search are looked for in: folded name, description and tags, one a line."""
    return haystacks([(summary.name, summary.description, summary.tags)])[0]


def haystacks(searched: Iterable[tuple[str, str, tuple[str, ...]]]) -> list[str]:
    """The same of many names with their descriptions and tags."""
    # Names and tags are kept without odd white space; this runs once for each of a million rows before they show.
    texts = [
        "\n".join((name, " ".join(description.split()), *tags)) if description or tags else f"{name}\n"
        for name, description, tags in searched
    ]
    return [text.lower() if text.isascii() else fold(text) for text in texts]


def quoted(text: str) -> str:
    """A text as a phrase of the language that finds it, whatever characters it holds."""
    return '"' + text.replace('"', '""') + '"'


def parse(text: str) -> Search:
    """The search that a person means by a text. Never raises."""
    words: dict[str, None] = {}
    excluded: dict[str, None] = {}
    filters: dict[Filter, None] = {}
    hints: dict[str, None] = {}
    for minus, field, value in _tokens(text.translate(_CONTROLS)):
        wanted, hint = _filter(field, value, minus) if field else (None, None)
        if hint:
            hints[hint] = None
        if wanted:
            filters[wanted] = None
            continue
        if field in EXAMPLES and (not needle(value) or value in COMPARISONS):
            continue  # still being typed
        word = needle(f"{field}:{value}" if field else value)
        if word:
            (excluded if minus else words)[word] = None
    return Search(tuple(words), tuple(excluded), tuple(filters), tuple(hints))


def needle(text: str) -> str:
    """The form in which a text is looked for, or compared with what is."""
    return fold(" ".join(text.split()))


def _tokens(text: str) -> Iterator[tuple[bool, str, str]]:
    """(excluded, field or '', value) of each token."""
    position = 0
    while True:
        while position < len(text) and text[position].isspace():
            position += 1
        if position == len(text):
            return
        minus = text[position] == "-"
        position += minus
        field = ""
        if found := re.compile(_FIELD).match(text, position):
            field, position = found[1], found.end()
        value, position = _value(text, position)
        known = field.casefold()
        yield minus, known if known in EXAMPLES else field, value


def _value(text: str, start: int) -> tuple[str, int]:
    """The phrase or word that starts here, and where it ends. A phrase that is not closed goes to the end."""
    if not text.startswith('"', start):
        end = start
        while end < len(text) and not text[end].isspace():
            end += 1
        return text[start:end], end
    parts: list[str] = []
    position = start + 1
    while (quote := text.find('"', position)) >= 0:
        parts.append(text[position:quote])
        if not text.startswith('"', quote + 1):
            return "".join(parts), quote + 1
        parts.append('"')
        position = quote + 2
    return "".join([*parts, text[position:]]), len(text)


def _filter(field: str, value: str, minus: bool) -> tuple[Filter | None, str | None]:
    """The filter that `field:value` means, or None and, where it deserves one, a hint."""
    if field not in EXAMPLES:
        return None, _unknown(field) if value else None
    wanted = needle(value)
    if not wanted:
        return None, f"“{field}:” needs a value right after the colon, as in {EXAMPLES[field]}."
    if field in CHOICES:
        spaced = re.sub(r"[-_]", " ", wanted)
        for choice in CHOICES[field]:
            if choice.startswith(spaced):
                return Filter(field, choice, minus), None
    elif field in ("unused", "members"):
        if found := re.fullmatch(_NUMBER, wanted.replace(" ", "")):
            sign, digits, unit = found.groups()
            number = int(digits.replace(",", ""))
            if field == "unused" and unit in UNIT_DAYS:
                return Filter(field, "", minus, sign or ">=", number * UNIT_DAYS[unit]), None
            if field == "members" and not unit:
                return Filter(field, "", minus, sign or "=", number), None
        elif wanted in COMPARISONS:
            return None, f"“{field}:{wanted}” needs a number, as in {EXAMPLES[field]}."
    else:
        return Filter(field, wanted, minus), None
    return None, f"“{field}:{value}” is searched as text. Write {EXAMPLES[field]}."


def _unknown(field: str) -> str:
    import difflib  # for who mistypes

    near = difflib.get_close_matches(field.casefold()[:40], EXAMPLES, n=1)
    offer = f"Did you mean “{near[0]}:”?" if near else f"Fields are {', '.join(f'{known}:' for known in EXAMPLES)}."
    return f"There is no field “{field}”, so it is searched as text. {offer}"


def _holds(
    wanted: Filter, summary: SegmentSummary, record_type_name: str, sequence_names: tuple[str, ...], now: datetime
) -> bool:
    match wanted.field:
        case "status":
            return summary.status == wanted.value
        case "reason":
            return summary.reason == wanted.value
        case "type":
            return needle(record_type_name).startswith(wanted.value)
        case "sequence":
            return any(wanted.value in needle(name) for name in sequence_names)
        case "tag":
            return any(wanted.value == needle(tag) for tag in summary.tags)
        case "members":
            return summary.members is not None and COMPARISONS[wanted.sign](summary.members, wanted.number)
        case "unused":
            return _unused_for(wanted, summary, now)
        case _:
            return _is(wanted.value, summary)


def _unused_for(wanted: Filter, summary: SegmentSummary, now: datetime) -> bool:
    """Days of 24 hours since the last use; a segment in use is never a hit, one never used counts by its creation."""
    if summary.last_used is None:
        return False
    days = (now - summary.last_used) / timedelta(days=1)
    return COMPARISONS[wanted.sign](int(days) if wanted.sign == "=" else days, wanted.number)


def _is(trait: str, summary: SegmentSummary) -> bool:
    match trait:
        case "broken":
            return summary.broken
        case "stale":
            return summary.stale
        case "pinned":
            return summary.keep_active
        case _:
            return summary.sequences == 0
