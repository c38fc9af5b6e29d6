"""Record types and their typed fields.

Stands apart from stored_values.py, which knows what the fields hold: lists of segments need no values of records.
"""

# Annotations are evaluated here, not kept as texts: each text of a named tuple's field is compiled at every start.

import unicodedata
from enum import StrEnum
from typing import NamedTuple


class FieldType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"


FOLDED_TYPES = frozenset({FieldType.TEXT, FieldType.CHOICE, FieldType.CHOICES})
"""Types that have a second, folded column beside the one with the value as it came."""


class Field(NamedTuple):
    """One typed field. `name` is the stable snake_case name rules use, `label` what a person sees.

    `places` is for decimals alone: digits after the point. `choices` lists the known values of choice and choices.
    """

    name: str
    label: str
    type: FieldType
    choices: tuple[str, ...] = ()
    places: int = 0


class RecordType(NamedTuple):
    """A kind of customer record. `id` names its table of records; `key_label` is the column its keys came from."""

    id: int
    name: str
    fields: tuple[Field, ...] = ()
    key_label: str = "Key"

    def field(self, name: str) -> Field | None:
        """The field of this name, or None."""
        for field in self.fields:
            if field.name == name:
                return field
        return None


def fold(text: str) -> str:
    """The form in which texts are compared: Unicode full case folding over NFC ('É' = 'é', 'ß' = 'ss')."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def column(field: Field | str) -> str:
    """The name of the column that holds a field's value."""
    return f"f_{field if isinstance(field, str) else field.name}"


def folded_column(field: Field | str) -> str:
    """The name of the column that holds a text's folded form: NULL where the text is empty or white space alone."""
    return f"c_{field if isinstance(field, str) else field.name}"
