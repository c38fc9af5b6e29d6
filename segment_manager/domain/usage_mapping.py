"""The mapping of a usage file: which column means what, and which of its words mean our states and asset types.

Stands apart from the mapping of records, whose columns become fields: here what a column can mean is fixed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from segment_manager.domain.errors import InvalidMapping
from segment_manager.domain.mapping import Mapping, json_object, known_parts, parsed
from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.domain.usage_words import MEANINGS, asset_type_called, plain_word, state_called

Word = TypeVar("Word", bound=StrEnum)

_FILE_PARTS = ("encoding", "delimiter", "dates", "sheet", "null_words")
_PARTS = (*_FILE_PARTS, "fields", "states", "asset_types", "asset_type")


@dataclass(frozen=True, slots=True)
class UsageMapping:
    """What is said about a usage file; what is not said is found out.

    `file`: encoding, delimiter, order of dates, sheet, empty words. `fields`: column header → one of MEANINGS, None
    leaves the column out. `states` and `asset_types`: words of the file for ours; an asset type of None leaves the
    lines with that word out. `asset_type`: of every line, for a file without a column for it.
    """

    file: Mapping = field(default_factory=Mapping)
    fields: AnyMapping[str, str | None] = field(default_factory=dict)
    states: AnyMapping[str, AssetState] = field(default_factory=dict)
    asset_types: AnyMapping[str, AssetType | None] = field(default_factory=dict)
    asset_type: AssetType | None = None

    @classmethod
    def from_json(cls, text: str) -> UsageMapping:
        """Read the JSON of a mapping file. Raises InvalidMapping naming the part that is wrong."""
        return cls.from_dict(parsed(text))

    @classmethod
    def from_dict(cls, parts: object) -> UsageMapping:
        """A mapping from its parsed JSON. Raises InvalidMapping."""
        parts = known_parts(parts, _PARTS)
        said = json_object(_part(parts, "fields"), "“fields” in the mapping")
        fields = _one_column_each({header: _meaning(header, each) for header, each in said.items()})
        said_type = parts.get("asset_type")
        if said_type is not None and "asset_type" in fields.values():
            raise InvalidMapping("The mapping gives one asset type to every line and a column for it. Choose one.")
        return cls(
            Mapping.from_dict({name: parts[name] for name in _FILE_PARTS if name in parts}),
            fields,
            _words(parts, "states", AssetState),
            _words(parts, "asset_types", AssetType, leave_out=True),
            None if said_type is None else _ours(said_type, "asset_type", AssetType),
        )

    def to_dict(self) -> dict[str, object]:
        """The JSON form, without the parts that are left to be found out."""
        plain = self.file.to_dict()
        said: dict[str, AnyMapping[str, str | None]] = {
            "fields": self.fields,
            "states": {word: str(state) for word, state in self.states.items()},
            "asset_types": {word: None if kind is None else str(kind) for word, kind in self.asset_types.items()},
        }
        plain |= {name: dict(words) for name, words in said.items() if words}
        if self.asset_type is not None:
            plain["asset_type"] = str(self.asset_type)
        return plain

    def state_of(self, word: str) -> AssetState | None:
        """The state that a word of the file means; None where it is not known."""
        return _said(self.states).get(plain_word(word)) or state_called(word)

    def leaves_out(self, word: str) -> bool:
        """Whether the lines with this asset type are left out."""
        return _said(self.asset_types).get(plain_word(word), word) is None

    def asset_type_of(self, word: str) -> AssetType | None:
        """The asset type that a word of the file means; None where it is not known, or left out."""
        said = _said(self.asset_types)
        return said[plain_word(word)] if plain_word(word) in said else asset_type_called(word)


def _said(words: AnyMapping[str, Any]) -> dict[str, Any]:
    return {plain_word(word): ours for word, ours in words.items()}


def _meaning(header: str, said: object) -> str | None:
    if isinstance(said, dict):
        if unknown := sorted(set(said) - {"name"}):
            raise InvalidMapping(f"“{header}” in the mapping has a part “{unknown[0]}”; for usage there is only name.")
        said = said.get("name")
        if said is None:
            raise InvalidMapping(
                f"“{header}” in the mapping needs a name: {', '.join(MEANINGS)}; or null to leave out."
            )
    if said is None:
        return None
    meaning = "_".join(plain_word(said).split()) if isinstance(said, str) else ""
    if meaning not in MEANINGS:
        raise InvalidMapping(
            f"“{header}” in the mapping cannot become {_shown(said)}. There are: {', '.join(MEANINGS)}."
        )
    return meaning


def _one_column_each(fields: dict[str, str | None]) -> dict[str, str | None]:
    taken: dict[str, str] = {}
    for header, meaning in fields.items():
        if meaning is None:
            continue
        if meaning in taken:
            raise InvalidMapping(f"“{taken[meaning]}” and “{header}” are both to become {meaning}. Choose one of them.")
        taken[meaning] = header
    return fields


def _words(parts: dict[str, Any], name: str, ours: type[Word], *, leave_out: bool = False) -> dict[str, Any]:
    words = json_object(_part(parts, name), f"“{name}” in the mapping")
    seen: dict[str, object] = {}
    result: dict[str, Word | None] = {}
    for word, said in words.items():
        result[word] = None if said is None and leave_out else _ours(said, f"{name}: {word}", ours)
        if seen.setdefault(plain_word(word), result[word]) != result[word]:
            raise InvalidMapping(f"“{name}” in the mapping says two things of “{word}”.")
    return result


def _ours(said: object, what: str, ours: type[Word]) -> Word:
    word = plain_word(said) if isinstance(said, str) else ""
    if word not in set(ours):
        raise InvalidMapping(f"{_shown(said)} in the mapping (“{what}”) is none of: {', '.join(ours)}.")
    return ours(word)


def _part(parts: dict[str, Any], name: str) -> object:
    said = parts.get(name)
    return {} if said is None else said


def _shown(said: object) -> str:
    return f"“{said}”" if isinstance(said, str) else f"“{json.dumps(said)[:60]}”"
