"""The mapping of an import: what a person says about a file instead of letting it be found out.

Stands apart because `--mapping`, the import dialog and what it saves for the next time share this one JSON.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any

from segment_manager.domain.errors import InvalidMapping
from segment_manager.domain.records import FieldType

DATE_ORDERS = ("D/M/Y", "M/D/Y", "Y/M/D")
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_PARTS = ("key", "null_words", "encoding", "delimiter", "decimal", "dates", "sheet", "fields")
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """What is said about one column; None is found out."""

    name: str | None = None
    label: str | None = None
    type: FieldType | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """What is said about a file. `fields` is by column header, None there leaves the column out.

    `sheet` names the sheet of a workbook.
    """

    key: str | None = None
    null_words: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    dates: str | None = None
    sheet: str | None = None
    fields: AnyMapping[str, FieldMapping | None] = field(default_factory=dict)

    @classmethod
    def from_json(cls, text: str) -> Mapping:
        """Read the JSON of a mapping file. Raises InvalidMapping naming the part that is wrong."""
        return cls.from_dict(parsed(text))

    @classmethod
    def from_dict(cls, parts: object) -> Mapping:
        """A mapping from its parsed JSON. Raises InvalidMapping."""
        parts = known_parts(parts, _PARTS)
        words = parts.get("null_words") or []
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise InvalidMapping("“null_words” in the mapping must be a list of texts.")
        fields = json_object(parts.get("fields") or {}, "“fields” in the mapping")
        return cls(
            key=_text(parts, "key"),
            null_words=tuple(words),
            encoding=_encoding(_text(parts, "encoding")),
            delimiter=_one_of(parts, "delimiter", tuple(DELIMITERS)),
            decimal=_one_of(parts, "decimal", (".", ",")),
            dates=_one_of(parts, "dates", DATE_ORDERS),
            sheet=_text(parts, "sheet"),
            fields={header: _field(header, said) for header, said in fields.items()},
        )

    def to_dict(self) -> dict[str, object]:
        """The JSON form, without the parts that are left to be found out."""
        plain: dict[str, object] = {
            name: getattr(self, name)
            for name in ("key", "encoding", "delimiter", "decimal", "dates", "sheet")
            if getattr(self, name) is not None
        }
        if self.null_words:
            plain["null_words"] = list(self.null_words)
        if self.fields:
            plain["fields"] = {header: _field_dict(said) for header, said in self.fields.items()}
        return plain

    def to_json(self) -> str:
        """The text of a mapping file."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)


def parsed(text: str) -> object:
    """What the JSON text of a mapping says. Raises InvalidMapping where it is none."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidMapping(f"The mapping is not valid JSON: {error}.") from None
    except RecursionError:
        raise InvalidMapping("The mapping is nested too deeply.") from None


def known_parts(parts: object, known: Iterable[str]) -> dict[str, Any]:
    """A parsed mapping as its parts. Raises InvalidMapping where it is no object or has others than the known ones."""
    found = json_object(parts, "The mapping")
    if unknown := sorted(found.keys() - set(known)):
        raise InvalidMapping(
            f"The mapping has a part “{unknown[0]}”, which is not known. There are: {', '.join(sorted(known))}."
        )
    return found


def _field(header: str, said: object) -> FieldMapping | None:
    if said is None:
        return None
    parts = json_object(said, f"“{header}” in the mapping")
    if unknown := sorted(set(parts) - {"name", "label", "type"}):
        raise InvalidMapping(f"“{header}” in the mapping has a part “{unknown[0]}”; there are name, label and type.")
    name = _text(parts, "name")
    if name is not None and not FIELD_NAME.fullmatch(name):
        raise InvalidMapping(
            f"“{name}” cannot be the name of a field: up to 60 small letters, digits and _, beginning with a letter."
        )
    kind = _one_of(parts, "type", tuple(FieldType))
    return FieldMapping(name, _text(parts, "label"), FieldType(kind) if kind else None)


def _field_dict(said: FieldMapping | None) -> dict[str, str] | None:
    if said is None:
        return None
    parts = {"name": said.name, "label": said.label, "type": said.type}
    return {name: str(value) for name, value in parts.items() if value is not None}


def json_object(value: object, what: str) -> dict[str, Any]:
    """A parsed value that must be a JSON object. Raises InvalidMapping, which says `what` it is."""
    if not isinstance(value, dict):
        raise InvalidMapping(f"{what} must be a JSON object.")
    return value


def _text(parts: dict[str, Any], name: str) -> str | None:
    value = parts.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise InvalidMapping(f"“{name}” in the mapping must be a text.")
    return value


def _one_of(parts: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str | None:
    value = _text(parts, name)
    if value is not None and value not in allowed:
        shown = ", ".join("tab" if each == "\t" else each if each.isalnum() else f"“{each}”" for each in allowed)
        raise InvalidMapping(f"“{value}” cannot be the {name} in the mapping. There are: {shown}.")
    return value


def _encoding(name: str | None) -> str | None:
    if name is None:
        return None
    try:
        codec = codecs.lookup(name)
        "a".encode(codec.name)  # not a text encoding: LookupError
    except (LookupError, ValueError):
        raise InvalidMapping(
            f"There is no encoding “{name}”. Known are for instance utf-8, utf-16, cp1252, big5."
        ) from None
    return codec.name
