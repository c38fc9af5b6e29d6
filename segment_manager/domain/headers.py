"""From the header of a file to the labels and names of fields, and to the columns that could be the key.

Stands apart because names must come out alike at every import of the same header: rules rest on them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence

NAME_LENGTH = 60
ROW_KEY_LABEL = "Row"

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
    | {"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "&": " and ", "%": " percent ", "#": " number "}
)
_EXACT_KEYS = ("id", "sf_id", "key", "record_id", "uuid", "guid")


def labels(header: Sequence[str | None]) -> list[str]:
    """What columns are called: trimmed, on one line, without a byte order mark; a repeated one gets ' 2', ' 3' … at the
    first free number, a blank one is 'Column 7' by its position."""
    plain = [" ".join((text or "").replace("\ufeff", "").replace("\0", "").split()) for text in header]
    taken = {text.casefold() for text in plain if text}
    seen: set[str] = set()
    result = []
    for position, text in enumerate(plain, 1):
        label = text or f"Column {position}"
        if label.casefold() in (seen if text else taken | seen):
            number = 2
            while f"{label} {number}".casefold() in taken | seen:
                number += 1
            label = f"{label} {number}"
        seen.add(label.casefold())
        result.append(label)
    return result


def field_name(label: str, position: int, taken: Container[str] = ()) -> str:
    """A snake_case name for a label: ASCII, at most 60 characters, beginning with a letter, none of `taken`;
    'field_7' where nothing is left of it."""
    text = unicodedata.normalize("NFKD", label.translate(_LETTERS)).encode("ascii", "ignore").decode()
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", text)
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    if not name:
        name = f"field_{position}"
    elif not name[0].isalpha():
        name = f"field_{name}"
    name = name[:NAME_LENGTH].rstrip("_")
    stem, number = name, 2
    while name in taken:
        suffix = f"_{number}"
        name = stem[: NAME_LENGTH - len(suffix)].rstrip("_") + suffix
        number += 1
    return name


def key_rank(label: str, position: int) -> tuple[int, int]:
    """How likely a column is the key, the smallest first: Id and its like, then '… ID', Number, Email, Index, the
    rest.
    """
    name = field_name(label, position)
    if name in _EXACT_KEYS:
        return _EXACT_KEYS.index(name), position
    words = name.split("_")
    if words[-1] in ("id", "uuid", "guid", "key"):
        return 10, position
    if words[-1] in ("number", "no", "nr") and not {"phone", "telephone", "mobile", "fax"} & set(words):
        return 20, position
    if "email" in words or name == "e_mail":
        return 30, position
    if name in ("index", "row", "row_number"):
        return 40, position
    return (50 if words[-1] == "name" else 60), position


def near(label: str, labels_there: Iterable[str]) -> str | None:
    """The label that means the same: equal but for case, or with the same field name."""
    there = list(labels_there)
    for each in there:
        if each == label:
            return each
    matches = [each for each in there if each.casefold() == label.strip().casefold()]
    matches = matches or [each for each in there if field_name(each, 0) == field_name(label, 0) != "field_0"]
    return matches[0] if len(matches) == 1 else None
