"""Importing records: types, keys, counts, bad rows, all or nothing."""

from __future__ import annotations

import csv
import json
import stat
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from segment_manager.domain.errors import FileUnreadable, ImportRefused, InvalidMapping, NotPermitted
from segment_manager.domain.mapping import Mapping
from segment_manager.domain.records import column
from segment_manager.domain.stored_values import from_stored
from segment_manager.operations import import_reading
from segment_manager.operations.imports import import_records, preview
from segment_manager.operations.jobs import finish
from segment_manager.storage.record_tables import record_type_named, table_name
from segment_manager.storage.workspace import Workspace

REAL = Path(__file__).parents[3] / "shared" / "data"
LEADS = "Id,Name,Score,City\nL1,Ann,5,Berlin\nL2,Bob,,Paris\nL3,Cy,7,Rome\n"


@pytest.fixture
def bring(workspace, tmp_path):
    """Import a text as a file; gives the report."""

    def run(text, record_type="Lead", name="leads.csv", said=None, **options):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return finish(import_records(workspace, path, record_type, mapping=Mapping.from_dict(said or {}), **options))

    return run


def records(workspace, record_type="Lead"):
    """All records by key, as values by field name."""
    kind = record_type_named(workspace.connection, record_type)
    names = ", ".join(["key", *map(column, kind.fields)])
    rows = workspace.connection.execute(f"SELECT {names} FROM {table_name(kind.id)} ORDER BY id")
    return {
        row[0]: {field.name: from_stored(field, cell) for field, cell in zip(kind.fields, row[1:], strict=True)}
        for row in rows
    }


def types(workspace, record_type="Lead"):
    return {field.name: str(field.type) for field in record_type_named(workspace.connection, record_type).fields}


def counts(report):
    return report.read, report.added, report.updated, report.unchanged, report.rejected


def test_the_first_import_makes_fields(bring, workspace):
    """A first import adds typed fields and all records, named by the unique Id."""
    report = bring(LEADS)
    assert counts(report) == (3, 3, 0, 0, 0)
    assert report.key == "Id"
    assert report.change.everything
    assert types(workspace) == {"id": "text", "name": "text", "score": "integer", "city": "text"}
    assert records(workspace)["L2"] == {"id": "L2", "name": "Bob", "score": None, "city": "Paris"}
    assert record_type_named(workspace.connection, "Lead").key_label == "Id"


def test_importing_again_changes_nothing(bring, workspace):
    """The same file again leaves the workspace as it is."""
    bring(LEADS)
    before = workspace.connection.execute("SELECT change_number FROM record_type WHERE name = 'Lead'").get
    report = bring(LEADS)
    assert counts(report) == (3, 0, 0, 3, 0)
    assert report.change is None
    assert workspace.connection.execute("SELECT change_number FROM record_type WHERE name = 'Lead'").get == before


def test_updates_touch_only_what_differs(bring, workspace):
    """Changed rows are updated, new ones added, others and absent columns left, and the change is numbered."""
    bring(LEADS)
    report = bring("Id,Score\nL1,5\nL2,6\nL9,1\n")
    assert counts(report) == (3, 1, 1, 1, 0)
    assert records(workspace)["L2"] == {"id": "L2", "name": "Bob", "score": 6, "city": "Paris"}
    table = table_name(record_type_named(workspace.connection, "Lead").id)
    changed = dict(workspace.connection.execute(f"SELECT key, changed FROM {table}"))
    assert changed["L2"] == changed["L9"] > changed["L1"] == changed["L3"]


def test_a_new_record_type_and_new_columns(bring, workspace):
    """An unknown record type is made; later columns become fields."""
    bring("Id,A\n1,x\n", record_type="Partner")
    bring("Id,B\n1,7\n", record_type="partner")
    assert records(workspace, "Partner") == {"1": {"id": 1, "a": "x", "b": 7}}


def test_types_stay_what_they_are(bring, workspace):
    """A later file never changes a field's type: leading zeros, words and fractions in numbers are bad rows."""
    bring("Id,Zip,Score\na,01234,1\nb,99999,2\n")
    bring("Id,Zip\nc,12345\n")
    assert types(workspace)["zip"] == "text"
    assert records(workspace)["c"]["zip"] == "12345"
    with pytest.raises(ImportRefused) as refused:
        bring("Id,Score\na,3\nd,high\ne,4.5\nf,007\n")
    bad = refused.value.report.bad_rows
    assert [(each.line, each.column) for each in bad] == [(3, "Score"), (4, "Score"), (5, "Score")]
    assert "high" in bad[0].reason
    assert records(workspace)["a"]["score"] == 1


def test_one_bad_row_stops_all_unless_left_out(bring, workspace, tmp_path):
    """With a bad row nothing is imported; with leave to skip, the others are; both write the rejects file."""
    text = "Id,Name\n1,A\n2\n3,=cmd()\n,nobody\n"
    with pytest.raises(ImportRefused) as refused:
        bring(text)
    assert "line 3" in str(refused.value)
    assert types(workspace) == {}
    report = bring(text, skip_bad_rows=True, said={"key": "Id"})
    assert counts(report) == (4, 2, 0, 0, 2)
    assert report.rejects_file == tmp_path / "leads.rejects.csv"
    assert stat.S_IMODE(report.rejects_file.stat().st_mode) == 0o600
    with report.rejects_file.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["line", "column", "reason", "Id", "Name"],
            ["3", "", "1 cell instead of 2", "2"],
            ["5", "Id", "the key is empty", "", "nobody"],
        ]


def test_rejects_are_harmless_in_a_spreadsheet(bring):
    """Cells of rejected rows that look like formulas are disarmed; negative numbers are not."""
    report = bring("Id,A,B\n1,x,y\n=1+1,-5,@x,+\n", skip_bad_rows=True)
    with report.rejects_file.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1][3:] == ["'=1+1", "-5", "'@x", "'+"]


def test_repeated_keys(bring, workspace):
    """An equal repetition counts as unchanged; a differing one is a bad row that names the first line."""
    text = "Id,Name\n1,A\n2,B\n1,A\n2,C\n 2 ,B\n"
    with pytest.raises(ImportRefused, match=r"line 5.*line 3"):
        bring(text, said={"key": "Id", "fields": {"Id": None}})
    report = bring(text, said={"key": "Id", "fields": {"Id": None}}, skip_bad_rows=True)
    assert counts(report) == (5, 2, 0, 2, 1)
    assert records(workspace)["2"] == {"name": "B"}


def test_without_a_key_nothing_doubles(bring, workspace):
    """Rows without any unique column get keys from their content, so importing again adds nothing."""
    text = "Name,City\nAnn,Rome\nBob,Rome\nAnn,Rome\n"
    assert counts(bring(text)) == (3, 3, 0, 0, 0)
    report = bring(text)
    assert (counts(report), report.key) == ((3, 0, 0, 3, 0), "Row")
    assert counts(bring("City,Name\nRome,Bob\nOslo,Cy\n")) == (2, 1, 0, 1, 0)
    assert len(records(workspace)) == 4


def test_the_key_column_of_before_is_used_again(bring):
    """A later file is matched by the same column, and refused without it."""
    bring(LEADS, said={"key": "Name"})
    report = bring("Id,Name\nX1,Ann\n")
    assert (report.key, report.updated) == ("Name", 1)
    with pytest.raises(FileUnreadable, match="Name"):
        bring("Id,Score\nL1,5\n")
    with pytest.raises(InvalidMapping, match="Nope"):
        bring(LEADS, said={"key": "Nope"})


def test_a_dry_run_counts_and_changes_nothing(bring, workspace):
    """A dry run gives the counts of the real one and leaves no trace in the workspace."""
    bring(LEADS)
    before = (records(workspace), types(workspace), workspace.connection.execute("SELECT count(*) FROM activity").get)
    text = "Id,Score,New\nL1,6,x\nL7,1,y\n"
    trial = bring(text, dry_run=True)
    after = (records(workspace), types(workspace), workspace.connection.execute("SELECT count(*) FROM activity").get)
    assert after == before
    assert trial.change is None
    assert counts(bring(text)) == counts(trial) == (2, 1, 1, 0, 0)


def test_cancelling_changes_nothing(workspace, tmp_path):
    """Closing the job at any step leaves the workspace as it was, and it can be changed again."""
    path = tmp_path / "leads.csv"
    path.write_text("Id,Name\n" + "".join(f"{number},n{number % 7}\n" for number in range(30_000)))
    for steps in range(1000):
        job = import_records(workspace, path, "Lead")
        progress = list(islice(job, steps))
        job.close()
        assert all(0 <= each.done <= each.total for each in progress)
        if len(progress) < steps:
            break
        assert types(workspace) == {}
    assert steps > 2
    assert len(records(workspace)) == 30_000


def test_what_the_mapping_says(bring, workspace):
    """A mapping names fields, types, null words, dates and decimals, and leaves columns out."""
    said = {
        "null_words": ["kein Wert"],
        "decimal": ",",
        "dates": "D/M/Y",
        "fields": {
            "Ort": {"name": "city", "label": "City", "type": "text"},
            "Notiz": None,
            "Stufe": {"type": "choice"},
        },
    }
    report = bring(
        "Id;Ort;Summe;Tag;Notiz;Stufe\n1;Rom;1.234,5;3/4/2020;x;A\n2;kein Wert;2,25;4/4/2020;y;B\n", said=said
    )
    assert report.added == 2
    assert types(workspace) == {"id": "integer", "city": "text", "summe": "decimal", "tag": "date", "stufe": "choice"}
    first, second = records(workspace).values()
    assert (first["summe"], first["tag"].isoformat()) == (Decimal("1234.5"), "2020-04-03")
    assert second["city"] is None
    with pytest.raises(InvalidMapping, match="integer"):
        bring("Id;Ort\n1;Rom\n", said={"fields": {"Id": {"type": "text"}}})


def test_choices_grow(bring, workspace):
    """A choice field learns new values from later files."""
    bring("Id,Status\n" + "".join(f"{number},{'new' if number % 2 else 'won'}\n" for number in range(9)))
    bring("Id,Status\n1,lost\n")
    field = record_type_named(workspace.connection, "Lead").field("status")
    assert field.choices == ("new", "won", "lost")


def test_json_lines(bring, workspace):
    """JSON lines keep null and '' apart, lists become choices, texts stay texts."""
    lines = [{"Id": "7", "Tags": ["a", "b"], "Note": ""}, {"Id": "8", "Tags": [], "Note": None, "Sum": 1.5}]
    bring("\n".join(map(json.dumps, lines)), name="x.jsonl")
    assert types(workspace) == {"id": "text", "tags": "choices", "note": "text", "sum": "decimal"}
    first, second = records(workspace).values()
    assert (first["tags"], first["note"], second["note"], second["sum"]) == (("a", "b"), "", None, Decimal("1.5"))


def test_a_late_surprise_overthrows_the_plan(bring, workspace, monkeypatch):
    """Types and key are those of the whole file, also where the last rows differ from all before."""
    monkeypatch.setattr(import_reading, "_SURE_AFTER", 50)
    monkeypatch.setattr("segment_manager.storage.text_files.BLOCK", 1000)
    rows = [f"{number},n{number},{number}.5,c{number % 2}" for number in range(2000)]
    bring("Id,Name,Score,City\n" + "\n".join([*rows, "1999,x,high,c9"]))
    assert types(workspace) == {"id": "integer", "name": "text", "score": "text", "city": "choice"}
    assert record_type_named(workspace.connection, "Lead").key_label == "Name"
    assert record_type_named(workspace.connection, "Lead").field("city").choices == ("c0", "c1", "c9")
    assert len(records(workspace)) == 2001


def test_roles(workspace, tmp_path):
    """A Viewer may not import, and is told before the file is read."""
    other = Workspace.open(workspace.path, login="eve")
    with pytest.raises(NotPermitted):
        finish(import_records(other, tmp_path / "missing.csv", "Lead"))
    other.close()


def test_too_little_memory_is_said(bring, workspace, monkeypatch):
    """Where memory runs out nothing is imported, a clear sentence says so, and the next import works."""
    with monkeypatch.context() as patch:
        patch.setattr(import_reading.RowReader, "read", raise_memory_error)
        with pytest.raises(FileUnreadable, match="memory"):
            bring(LEADS)
    assert types(workspace) == {}
    assert bring(LEADS).added == 3


def raise_memory_error(self, batch):
    raise MemoryError


def test_a_header_alone_is_refused(bring):
    """There is nothing to import from a header."""
    with pytest.raises(FileUnreadable, match="no rows"):
        bring("Id,Name\n")


def test_a_preview_changes_nothing(tmp_path, workspace):
    """The preview shows columns, key, first rows and problems as the import will find them."""
    path = tmp_path / "leads.csv"
    path.write_text(LEADS + "L4\n")
    shown = preview(path)
    assert [(each.name, str(each.type)) for each in shown.columns] == [
        ("id", "text"),
        ("name", "text"),
        ("score", "integer"),
        ("city", "text"),
    ]
    assert (shown.key, shown.row_estimate, shown.complete, shown.rows[1]) == ("Id", 4, True, ("L2", "Bob", "", "Paris"))
    assert shown.problems[0].line == 5
    assert preview(path, Mapping.from_dict({"fields": {"City": None}})).columns[3].left_out


@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("name", "rows", "key", "some_types"),
    [
        ("npsp/Contact.csv", 166, "sf_id", {"do_not_call": "boolean"}),
        ("npsp/Opportunity.csv", 102, "sf_id", {"close_date": "date", "is_private": "boolean"}),
        ("maven/sales_pipeline.csv", 8800, "opportunity_id", {"engage_date": "date", "close_value": "integer"}),
        ("xeducation/Leads.csv", 9240, "Prospect ID", {"page_views_per_visit": "decimal", "specialization": "choice"}),
        ("uci/bank-full_reordered_comma.csv", 45211, "Row", {"job": "choice", "balance": "integer"}),
        ("datablist/leads-2000-duplicates-0.4.csv", 2000, "Index", {"phone_1": "text"}),
        ("datablist/messy-company-data-500.csv", 500, "Row ID", {"created_date": "text", "annual_revenue": "choice"}),
        ("chinook/customers.json", 59, "CustomerId", {"postal_code": "text", "support_rep_id": "integer"}),
        ("chinook/invoices.json", 412, "InvoiceId", {"invoice_date": "datetime", "total": "decimal"}),
        ("salesforce/dreamhouse_properties.json", 12, "Name", {"zip_c": "text", "location_latitude_s": "decimal"}),
    ],
)
def test_real_files(workspace, name, rows, key, some_types):
    """Real files come in whole, and again without any change."""
    report = finish(import_records(workspace, REAL / name, "Lead"))
    assert (counts(report), report.key) == ((rows, rows, 0, 0, 0), key)
    assert some_types.items() <= types(workspace).items()
    assert counts(finish(import_records(workspace, REAL / name, "Lead"))) == (rows, 0, 0, rows, 0)
