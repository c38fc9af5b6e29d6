"""Which column of a file goes into which field, how it is read, and which column names the records.

Stands apart because it is a pure decision over three things (what the file holds, what the record type has, what a
person said), made alike for the preview and for the import.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, replace
from datetime import tzinfo

from segment_manager.domain.errors import FileUnreadable, InvalidMapping
from segment_manager.domain.headers import ROW_KEY_LABEL, field_name, key_rank, near
from segment_manager.domain.inference import MAX_CHOICES, ColumnSurvey
from segment_manager.domain.mapping import FieldMapping, Mapping
from segment_manager.domain.records import Field, FieldType, RecordType, fold
from segment_manager.domain.values import Format

MAX_FIELDS = 900
_TEXTS = (FieldType.TEXT, FieldType.CHOICE, FieldType.CHOICES)


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """A column that is imported: its position in the file, its label there, its field, how cells are read, whether the
    field is new and whether a person gave its type."""

    position: int
    label: str
    field: Field
    format: Format
    new: bool
    given: bool = False


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """`key` is the position of the key column; None: keys are made from the rows' content."""

    columns: tuple[PlannedColumn, ...]
    key: int | None
    key_label: str
    notes: tuple[str, ...] = ()

    @property
    def fields(self) -> list[Field]:
        return [column.field for column in self.columns]

    def grown(self, more: Sequence[Iterable[str]]) -> ColumnPlan:
        """The plan with further values of its new choice fields, by column; one that has too many is a text."""
        return replace(
            self, columns=tuple(_grown(each, tuple(values)) for each, values in zip(self.columns, more, strict=True))
        )

    def reads_like(self, other: ColumnPlan) -> bool:
        """Whether rows read by the other plan are stored just as by this one: text or choice makes no difference."""
        return self._reading == other._reading

    @property
    def _reading(self) -> object:
        columns = [
            (each.position, each.field.name, _stored_as(each.field.type), each.field.places, each.format)
            for each in self.columns
        ]
        return self.key, columns


def _grown(column: PlannedColumn, more: tuple[str, ...]) -> PlannedColumn:
    if not more or not column.new:
        return column
    field = column.field
    choices = tuple(sorted({*field.choices, *more}, key=lambda text: (fold(text), text)))
    if field.type is FieldType.CHOICE and len(choices) > MAX_CHOICES and not column.given:
        return replace(column, field=field._replace(type=FieldType.TEXT, choices=()))
    return replace(column, field=field._replace(choices=choices))


def _stored_as(kind: FieldType) -> FieldType:
    return FieldType.TEXT if kind is FieldType.CHOICE else kind


def said_of(label: str, fields: AnyMapping[str, FieldMapping | None]) -> tuple[bool, FieldMapping | None]:
    """Whether a mapping says something of a column, and what."""
    named = label if label in fields else near(label, fields)
    return named is not None, fields[named] if named is not None else None


def known_field(label: str, said: FieldMapping | None, record_type: RecordType | None) -> Field | None:
    """The field that a record type has for a column already: by the name that was said, else by its label, else by
    name.
    """
    if record_type is None:
        return None
    if said is not None and said.name is not None:
        return record_type.field(said.name)
    same = near(label, [field.label for field in record_type.fields])
    by_label = [field for field in record_type.fields if field.label == same]
    return by_label[0] if len(by_label) == 1 else record_type.field(field_name(label, 0))


def surveys_for(
    labels: Sequence[str],
    texts_only: frozenset[int],
    lists_possible: bool,
    record_type: RecordType | None,
    mapping: Mapping,
) -> list[ColumnSurvey | None]:
    """What is to be found out about each column; None where all is known: texts, and columns that are left out."""
    surveys: list[ColumnSurvey | None] = []
    for position, label in enumerate(labels):
        is_said, said = said_of(label, mapping.fields)
        known = known_field(label, said, record_type)
        given = known.type if known else said.type if said else None
        if (is_said and said is None) or (known is not None and given in _TEXTS):
            surveys.append(None)
        else:
            surveys.append(
                ColumnSurvey(
                    mapping.null_words,
                    texts_only=position in texts_only and given is None,
                    thorough=given is not None or lists_possible,
                )
            )
    return surveys


def plan_columns(
    labels: Sequence[str],
    surveys: Sequence[ColumnSurvey | None],
    record_type: RecordType | None,
    mapping: Mapping,
    *,
    zone: tzinfo,
    delimiter: str | None,
    has_records: bool,
    unique: Sequence[int],
) -> ColumnPlan:
    """Decide. `unique`: positions of columns that could be the key; `has_records`: whether keys are in use already.

    Raises InvalidMapping where what was said cannot be, FileUnreadable where the key column of before is missing.
    """
    style = _style(surveys, delimiter)
    notes: list[str] = []
    absent = [header for header in mapping.fields if near(header, labels) is None]
    if absent:
        notes.append(f"the mapping names columns that the file does not have: {', '.join(absent)}")
    taken = {field.name for field in record_type.fields} if record_type else set()
    used: set[str] = set()
    columns = []
    for position, (label, survey) in enumerate(zip(labels, surveys, strict=True)):
        is_said, said = said_of(label, mapping.fields)
        if is_said and said is None:
            continue
        if not is_said and label == f"Column {position + 1}" and survey is not None and not survey.filled:
            notes.append(f"{label.lower()} has neither a header nor values and is left out")
            continue
        known = known_field(label, said, record_type)
        if known is not None and known.name in used and not (said and said.name):
            known = None
        field, writing, note = _decide(label, position, survey, known, said, mapping, style, zone, taken | used)
        if field.name in used:
            raise InvalidMapping(f"Two columns are to become the field “{field.name}”. Give each a name of its own.")
        used.add(field.name)
        if note:
            notes.append(f"“{label}” is taken as text: {note}")
        given = said is not None and said.type is not None
        columns.append(PlannedColumn(position, label, field, writing, known is None, given))
    if len(taken | used) > MAX_FIELDS:
        raise FileUnreadable(
            f"The record type would have {len(taken | used)} fields; at most {MAX_FIELDS} are possible."
        )
    key, key_label = _key(labels, record_type, mapping, has_records, unique, notes)
    return ColumnPlan(tuple(columns), key, key_label, tuple(notes))


def _style(surveys: Sequence[ColumnSurvey | None], delimiter: str | None) -> str | None:
    """The decimal separator that the file suggests for numbers that may be read in two ways; None: it suggests none.

    Only text files have a delimiter; in JSON and workbooks numbers are numbers, whatever their texts look like.
    """
    if delimiter is None:
        return "."
    styles = {survey.style for survey in surveys if survey is not None} - {None}
    return styles.pop() if len(styles) == 1 else None if styles or delimiter == ";" else "."


def _decide(
    label: str,
    position: int,
    survey: ColumnSurvey | None,
    known: Field | None,
    said: FieldMapping | None,
    mapping: Mapping,
    style: str | None,
    zone: tzinfo,
    taken: set[str],
) -> tuple[Field, Format, str]:
    words = frozenset(word.strip() for word in mapping.null_words)
    kind = said.type if said else None
    if known is not None and kind is not None and kind is not known.type:
        raise InvalidMapping(
            f"The field “{known.label}” holds {known.type} values, so “{label}” cannot be imported into it as {kind}."
        )
    if known is not None or (kind is not None and survey is not None):
        decimal, dates, places = (
            survey.writing(decimal=mapping.decimal, dates=mapping.dates, style=style) if survey else (".", None, 0)
        )
        writing = Format(decimal, dates, zone, words)
        if known is not None:
            return known, writing, ""
        assert kind is not None
        assert survey is not None
        choices = survey.choices if kind in (FieldType.CHOICE, FieldType.CHOICES) else ()
        places = places if kind is FieldType.DECIMAL else 0
        return _new_field(label, position, said, kind, choices, places, taken), writing, ""
    assert survey is not None
    verdict = survey.verdict(decimal=mapping.decimal, dates=mapping.dates, style=style)
    field = _new_field(label, position, said, verdict.type, verdict.choices, verdict.places, taken)
    return field, Format(verdict.decimal, verdict.dates, zone, words, verdict.scientific), verdict.note


def _new_field(
    label: str,
    position: int,
    said: FieldMapping | None,
    kind: FieldType,
    choices: tuple[str, ...],
    places: int,
    taken: set[str],
) -> Field:
    name = said.name if said and said.name else field_name(label, position + 1, taken)
    return Field(name, said.label if said and said.label else label, kind, choices, places)


def _key(
    labels: Sequence[str],
    record_type: RecordType | None,
    mapping: Mapping,
    has_records: bool,
    unique: Sequence[int],
    notes: list[str],
) -> tuple[int | None, str]:
    row_label = (
        ROW_KEY_LABEL if ROW_KEY_LABEL.casefold() not in map(str.casefold, labels) else f"{ROW_KEY_LABEL} content"
    )
    before = record_type.key_label if record_type and has_records else None
    if mapping.key is not None:
        label = near(mapping.key, labels)
        if label is None:
            raise InvalidMapping(
                f"There is no column “{mapping.key}” to take the key from. There are: {', '.join(labels)}."
            )
        if before is not None and near(before, [label]) is None:
            notes.append(
                f"keys came from “{before}” before, now from “{label}”: records of before are found by equal keys only"
            )
        return labels.index(label), label
    if before is not None:
        label = near(before, labels)
        if label is not None:
            return labels.index(label), label
        if before in (ROW_KEY_LABEL, f"{ROW_KEY_LABEL} content"):
            return None, before
        raise FileUnreadable(
            f"The file has no column “{before}”, from which the records got their keys. "
            "Name the column that holds the keys (--key, or “key” in the mapping)."
        )
    if unique:
        position = min(unique, key=lambda each: key_rank(labels[each], each))
        notes.append(f"key: “{labels[position]}”, which is unique and never empty")
        return position, labels[position]
    notes.append(
        "no column is unique, so each record's key is made from its whole row: a row that changes is a new record"
    )
    return None, row_label
