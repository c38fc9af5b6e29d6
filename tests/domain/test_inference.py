"""Finding out what a column holds, what it is called, and which one is the key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segment_manager.domain.errors import InvalidMapping
from segment_manager.domain.headers import field_name, key_rank, labels
from segment_manager.domain.inference import ColumnSurvey
from segment_manager.domain.keys import Uniqueness, content_keys
from segment_manager.domain.mapping import Mapping


def verdict(*cells, said=None, **more):
    survey = ColumnSurvey(**more)
    for start in range(0, len(cells), 50):
        survey.add(cells[start : start + 50])
    return survey.verdict(**(said or {}))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "", "-22"], "integer"),
        (["01234", "2"], "text"),
        (["12345678901", "1"], "integer"),
        (["9223372036854775807"], "integer"),
        (["9223372036854775808"], "text"),
        (["20140102"], "integer"),
        (["4.5", "10"], "decimal"),
        (["1", "x"], "text"),
        (["2020-01-31", ""], "date"),
        (["2020-01-31", "2020-01-31T10:00:00Z"], "datetime"),
        (["2020-13-31"], "text"),
        (["Yes", "no", ""], "boolean"),
        (["true", "FALSE"], "boolean"),
        (["yes", "1", "TRUE", "0", "n/a", ""], "boolean"),
        (["yes", "2"], "text"),
        (["0", "1"], "integer"),
        (["2022-04-05 12:34:11+00", "2022-04-05T12:34:11.5-03:30"], "datetime"),
        (["1", "n/a", "2"], "integer"),
        (["1"] + ["unknown"] * 30, "choice"),
        (["red", "green"] * 10, "choice"),
        (["unknown", "red"] * 10, "choice"),
        (["01", "02"] * 10, "text"),
        ([f"name {number}" for number in range(200)], "text"),
        (["", None], "text"),
        ([("a", "b"), ("a",), None], "choices"),
        (["1e5", "2"], "text"),
        (["1.5", "1e-05", "2E+3"], "decimal"),
        (["+5", "-3", "0"], "integer"),
        (["+4917012345", "+5"], "text"),
        (["1.23457E+11", "170123"], "text"),
        (["12,000,000 USD", "5"], "text"),
        (["0.1", "12345678901234567.5"], "decimal"),
        (["0.12", "12345678901234567.5"], "text"),
    ],
)
def test_the_type_is_what_every_cell_fits(cells, kind):
    """A column has a type only if all of its cells fit it."""
    assert verdict(*cells).type == kind


def test_one_late_cell_decides():
    """A cell after thousands of others still makes a text of a column of numbers."""
    assert verdict(*map(str, range(20_000))).type == "integer"
    assert verdict(*map(str, range(20_000)), "n.n.").type == "text"
    assert verdict(*(f"{number}.25" for number in range(20_000)), "1.125").places == 3


def test_dates_by_evidence():
    """Day and month are told apart by a number above 12; without one the column stays text until somebody says."""
    assert verdict("1/2/2017", "10/20/2016").dates == "M/D/Y"
    assert verdict("1/2/2017", "20/10/2016").dates == "D/M/Y"
    assert verdict("13/1/2017", "1/13/2017").type == "text"
    unsure = verdict("1/2/2017", "3/4/2016")
    assert (unsure.type, bool(unsure.note)) == ("text", True)
    assert verdict("1/2/2017", said={"dates": "D/M/Y"}).type == "date"
    assert verdict("1.2.2017").dates == "D/M/Y"


def test_decimal_and_thousands_separators():
    """Commas and points are told apart by the whole column; what may be both is a text unless the file says more."""
    assert verdict("1,234.50", "7").decimal == "."
    assert verdict("1.234,50", "7").decimal == ","
    assert (verdict("0,5").decimal, verdict("0,5").places) == (",", 1)
    assert verdict("1,234", "22").type == "text"
    assert verdict("1,234", "22", said={"style": "."}).type == "integer"
    assert verdict("1,234", "22", said={"decimal": ","}).places == 3


def test_texts_of_json_stay_texts():
    """A column that the file itself calls texts holds no numbers."""
    assert verdict("70174", "12227", texts_only=True).type == "text"
    assert verdict("2020-01-01", texts_only=True).type == "date"


def test_choices_are_listed():
    """A choice field knows its values, in the order of the alphabet."""
    assert verdict(*["b", "A", "b", "A", "A", "b"]).choices == ("A", "b")


@given(st.lists(st.one_of(st.text(max_size=6), st.none(), st.integers().map(str)), max_size=60), st.integers(1, 60))
def test_batches_make_no_difference(cells, size):
    """The verdict is the same however the cells are cut into batches."""
    survey = ColumnSurvey()
    for start in range(0, len(cells), size):
        survey.add(cells[start : start + size])
    whole = ColumnSurvey()
    whole.add(cells)
    assert survey.verdict() == whole.verdict()


def test_labels_of_strange_headers():
    """Headers are trimmed and made unique; blank ones are called by their position."""
    header = ["\ufeff Id ", "Email", "Email", "", "First\n name", None]
    assert labels(header) == ["Id", "Email", "Email 2", "Column 4", "First name", "Column 6"]
    assert labels(["Email", "Email", "Email 2"]) == ["Email", "Email 3", "Email 2"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("First Name", "first_name"),
        ("npo02__AverageAmount__c", "npo02_average_amount_c"),
        ("HTTPServer", "http_server"),
        ("Größe (m²)", "grosse_m2"),
        ("日本", "field_7"),
        ("1st", "field_1st"),
        ("x" * 100, "x" * 60),
        ("a'; DROP TABLE--", "a_drop_table"),
    ],
)
def test_names_are_plain(label, name):
    """A field's name is made of small ASCII letters, digits and underscores."""
    assert field_name(label, 7) == name


def test_names_are_unique():
    """A name that is taken gets a number, within the length."""
    assert field_name("City", 1, {"city", "city_2"}) == "city_3"
    assert field_name("x" * 70, 1, {"x" * 60}) == "x" * 58 + "_2"


def test_keys_are_preferred_by_name():
    """Id comes before '… ID', that before Number, Email, Index and anything else."""
    columns = ["Notes", "Index", "Work Email", "Lead Number", "Account Id", "Phone Number", "Id"]
    ranked = sorted(columns, key=lambda label: key_rank(label, columns.index(label)))
    assert ranked == ["Id", "Account Id", "Lead Number", "Work Email", "Index", "Notes", "Phone Number"]


def test_unique_columns():
    """A column with a repeated or an empty cell is not unique, however far apart."""
    for cells in (["a", "b", "a"], ["a", "", "b"]):
        uniqueness = Uniqueness()
        for cell in cells:
            uniqueness.add([cell])
        assert not uniqueness.possible
    uniqueness = Uniqueness()
    for start in range(0, 100_000, 1000):
        uniqueness.add([str(number) for number in range(start, start + 1000)])
    assert uniqueness.possible


def test_content_keys_do_not_depend_on_the_order_of_columns():
    """The same row has the same key when a file has its columns in another order."""
    assert content_keys(["a", "b"], [["1"], ["2"]]) == content_keys(["b", "a"], [["2"], ["1"]])
    assert content_keys(["a", "b"], [["1"], [""]]) != content_keys(["a", "b"], [[""], ["1"]])


def test_a_mapping_comes_back_as_it_was():
    """The JSON of a mapping is read and written without loss."""
    text = """{"key": "Id", "null_words": ["NULL"], "encoding": "cp1252", "delimiter": ";", "decimal": ",",
      "dates": "D/M/Y", "fields": {"City": {"name": "city", "label": "City", "type": "text"}, "Notes": null}}"""
    mapping = Mapping.from_json(text)
    assert Mapping.from_dict(mapping.to_dict()) == mapping
    assert mapping.fields["Notes"] is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[]", "object"),
        ("{", "JSON"),
        ('{"keys": "Id"}', "keys"),
        ('{"encoding": "klingon"}', "klingon"),
        ('{"encoding": "hex"}', "hex"),
        ('{"delimiter": "x"}', "delimiter"),
        ('{"dates": "Y"}', "dates"),
        ('{"fields": {"A": {"type": "number"}}}', "number"),
        ('{"fields": {"A": {"name": "A b"}}}', "A b"),
        ('{"fields": {"A": 1}}', "A"),
        ('{"null_words": "x"}', "null_words"),
    ],
)
def test_a_wrong_mapping_is_refused(text, named):
    """The message names the part of a mapping that is wrong."""
    with pytest.raises(InvalidMapping, match=named):
        Mapping.from_json(text)


def test_places_are_those_of_numbers_that_fit():
    """One number with too many digits does not take the places from the others of a column said to hold decimals."""
    survey = ColumnSurvey(thorough=True)
    survey.add(["1.5", "0.1234567890123456789", "12345678901234567.25", "2.25"])
    assert survey.writing(decimal=None, dates=None, style=None) == (".", None, 2)
    survey.add([f"{number}.12345" for number in range(40)] + ["0.12345678901234567890"])
    assert survey.writing(decimal=None, dates=None, style=None) == (".", None, 5)
