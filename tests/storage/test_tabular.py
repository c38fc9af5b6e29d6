"""Reading files of rows as they come from the world."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from segment_manager.domain.errors import FileUnreadable
from segment_manager.domain.mapping import Mapping
from segment_manager.storage import text_files
from segment_manager.storage.tabular import open_table
from segment_manager.storage.text_files import split_lines

REAL = Path(__file__).parents[3] / "shared" / "data"


def read(path, **said):
    """The labels, the rows with their lines, and the bad rows of a file."""
    table = open_table(path, Mapping(**said))
    rows, bad = [], []
    for batch in table.batches():
        rows += zip(batch.lines, *batch.columns, strict=True)
        bad += [(each.line, each.reason) for each in batch.bad]
    return table, rows, bad


@pytest.fixture
def file(tmp_path):
    def write(content, name="f.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
def test_encodings_are_found_out(file, encoding):
    """The encoding is found out, and a byte order mark is no part of the first header."""
    table, rows, _ = read(file("Id,City,Nr\n1,Zürich,5\n2,Orléans,6\n", encoding=encoding))
    assert table.labels == ["Id", "City", "Nr"]
    assert rows == [(2, "1", "Zürich", "5"), (3, "2", "Orléans", "6")]


def test_one_strange_byte_at_the_end_decides_the_encoding(file):
    """The whole file decides whether it is UTF-8, not its beginning."""
    table, rows, _ = read(file(b"Id,Name\n" + b"1,abc\n" * 300_000 + b"2,M\xfcller\n"))
    assert table.encoding == "cp1252"
    assert rows[-1] == (300_002, "2", "Müller")


def test_another_alphabet_is_not_taken_for_western(file):
    """Big5 and Cyrillic bytes, which decode as latin-1 without an error, are refused; a mapping reads them."""
    for encoding, text in (
        ("big5", "姓名,城市\n王小明,臺北市\n陳大文,高雄市\n"),
        ("cp1251", "Имя,Город\nИван,Москва\n"),
    ):
        path = file(text, encoding=encoding)
        with pytest.raises(FileUnreadable, match="encoding"):
            open_table(path)
        assert read(path, encoding=encoding)[1][0][1:] == tuple(text.split("\n")[1].split(","))


def test_a_wrong_encoding_is_said(file):
    """A mapping's encoding that does not fit is a clear error."""
    with pytest.raises(FileUnreadable, match="utf-8"):
        read(file("Id,Name\n1,Müller\n", encoding="cp1252"), encoding="utf-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_out(file, delimiter):
    """The delimiter is found out although others stand within quotes."""
    text = 'Id,Name,Note\n1,"Grimes, Madden; and | Huff",x\n2,Bob,"a, b, c; d"\n'
    text = "\n".join(
        delimiter.join(cells)
        for cells in [["Id", "Name", "Note"], ["1", '"Grimes, Madden;\tand | Huff"', "x"], ["2", "Bob", '"a, b"']]
    )
    table, rows, bad = read(file(text))
    assert (table.delimiter, bad) == (delimiter, [])
    assert rows == [(2, "1", "Grimes, Madden;\tand | Huff", "x"), (3, "2", "Bob", "a, b")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_by_every_end(file, end):
    """LF, CR LF and CR alone end lines; lines in quoted cells count."""
    text = end.join(["a,b", "1,2", f'"x{end}y",3', "4", "5,6", ""])
    _, rows, bad = read(file(text))
    assert rows == [(2, "1", "2"), (3, f"x{end}y", "3"), (6, "5", "6")]
    assert bad == [(5, "1 cell instead of 2")]


def test_mixed_line_ends(file):
    """Line ends may be mixed in one file."""
    _, rows, bad = read(file("id,name\n1,A\r\n2,B\r3,C"))
    assert rows == [(2, "1", "A"), (3, "2", "B"), (4, "3", "C")]
    assert not bad


def test_line_numbers_across_blocks(file, monkeypatch):
    """Line numbers stay right where blocks cut through quoted cells and CR LF."""
    monkeypatch.setattr(text_files, "BLOCK", 7)
    _, rows, bad = read(file('id,name\r\n1,"a\r\nb"\r\n2,c\r\n\r\n3\r\n4,"d ""e"""\r\n'))
    assert rows == [(2, "1", "a\r\nb"), (4, "2", "c"), (7, "4", 'd "e"')]
    assert bad == [(6, "1 cell instead of 2")]


def test_ragged_rows_are_bad_never_shifted(file):
    """Rows with too many or too few cells are reported with their line; the others stay as they are."""
    _, rows, bad = read(file("id,name,mail\n1,A,a@x.de\n2,B\n3,C,c@x.de,more\n4,D,d@x.de\n"))
    assert [row[1] for row in rows] == ["1", "4"]
    assert bad == [(3, "2 cells instead of 3"), (4, "4 cells instead of 3")]


def test_an_unclosed_quote_does_not_swallow_the_file(file):
    """The line on which a quote opened is reported, and the rows after it are read."""
    many = "".join(f"{number},ok,fine\n" for number in range(3, 90_000))
    _, rows, bad = read(file(f'id,name,note\n1,A,"Started\n2,B,ok\n{many}'))
    assert bad == [(2, "a quote opens on line 2 and is not closed properly")]
    assert [row[1] for row in rows] == [str(number) for number in range(2, 90_000)]
    assert rows[-1][0] == 90_000


def test_an_unclosed_quote_before_quoted_cells(file):
    """A quote that seems to close at the next quoted cell is still reported where it opened."""
    _, rows, bad = read(file('id,name,note\n1,A,"Started\n2,B,"fine"\n3,C,ok\n'))
    assert [line for line, _ in bad] == [2]
    assert [row[1] for row in rows] == ["2", "3"]


def test_quotes_that_are_not_doubled(file):
    """A stray quote inside a quoted cell makes its row bad, and that row alone."""
    _, rows, bad = read(file('id,note\n1,"He said "clean" it"\n2,fine\n'))
    assert bad == [(2, "a quote inside a quoted cell is not doubled")]
    assert rows == [(3, "2", "fine")]


def test_bad_cells(file):
    """NUL characters, cells over 1 MB and rows inside one pair of quotes are bad rows."""
    big = "x" * ((1 << 20) + 1)
    _, rows, bad = read(file(f'id,note\n1,a\0b\n2,{big}\n3,"{big}"\n"4,b"\n5,{"y" * 200_000}\n6,ok\n'))
    assert [row[1] for row in rows] == ["5", "6"]
    assert [line for line, _ in bad] == [2, 3, 4, 5]
    assert "NUL" in bad[0][1]
    assert "characters" in bad[1][1]
    assert "quotes" in bad[3][1]


def test_blank_lines_and_empty_rows_are_left_out(file):
    """Lines with nothing in them are no rows."""
    table, rows, bad = read(file("\n\nid,name\n\n1,A\n,\n2,B\n\n"))
    assert rows == [(5, "1", "A"), (7, "2", "B")]
    assert not bad
    assert sum(batch.empty for batch in table.batches()) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b" \n\n", "no rows"),
        ("a.csv", b"PK\x03\x04rest", "zip"),
        ("a.csv", gzip.compress(b"a,b\n1,2\n", mtime=0), "compressed"),
        ("a.csv", b"<!DOCTYPE html><html><body>Please log in</body></html>", "web page"),
        ("a.csv", b"\xef\xbb\xbf\n<html>", "web page"),
        ("a.csv", b"%PDF-1.7", "PDF"),
        ("a.csv", ",".join(f"c{number}" for number in range(501)).encode() + b"\n", "501 columns"),
        ("a.csv", b'"id,name,mail"\n"1,A,a"\n"2,B,b"\n"3,C,c"\n', "inside quotes"),
        ("a.csv", b"Report of May\n\nid,name,mail\n1,A,a\n2,B,b\n3,C,c\n", "above the header"),
        ("a.csv", b"1,Alice,alice@example.com\n2,Bob,bob@example.com\n", "no header"),
        ("a.csv", b'id,"name\n1,2\n', "header"),
        ("a.xlsx", b"id,name\n1,2\n", "workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted"),
        ("a.json", b"{\n", "no records"),
        ("a.json", b'[{"a": 1}, {"a": 2', "not valid JSON"),
        ("a.json", b"[]", "no records"),
        ("a.jsonl", b"\xff\xfe\xff", "not written in"),
    ],
)
def test_what_is_no_file_of_rows_is_refused(file, name, content, said):
    """Files that cannot be read as rows are refused with a sentence that says why."""
    with pytest.raises(FileUnreadable, match=said):
        read(file(content, name))


def test_missing_files_and_folders(tmp_path):
    """A missing file and a folder are refused."""
    with pytest.raises(FileUnreadable, match="no file"):
        open_table(tmp_path / "none.csv")
    with pytest.raises(FileUnreadable, match="folder"):
        open_table(tmp_path)


def test_a_line_without_an_end_is_refused_in_bounded_memory(file, monkeypatch):
    """A gigabyte without line ends is refused long before it is read."""
    monkeypatch.setattr(text_files, "MAX_LINE", 1 << 19)
    with pytest.raises(FileUnreadable, match="more than"):
        read(file("id,name\n" + "x" * (1 << 21)))


def test_memory_is_flat(file):
    """Reading a file of 10 MB takes a small part of that."""
    path = file("id,name,note\n" + "".join(f'{number},"Name, {number}",{"z" * 60}\n' for number in range(120_000)))
    tracemalloc.start()
    for batch in open_table(path).batches():
        del batch
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6_000_000


@given(st.text(alphabet="a\r\n\x0b\x85\u2028", max_size=30))
def test_only_cr_and_lf_end_lines(text):
    """Lines are what CR, LF and CR LF end, and nothing is lost."""
    lines = split_lines(text)
    assert "".join(lines) == text
    assert len(lines) == text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + (
        text[-1:] not in ("", "\r", "\n")
    )


def test_json_lines(file):
    """Keys are columns wherever they first come; null and '' stay apart; lists, nested objects and numbers are read."""
    lines = [
        '{"Id": 1, "Name": "", "Tags": ["a", "b"], "At": {"City": "Rome", "Zip": "00100"}}',
        "",
        '{"Id": 12345678901234567890, "Name": null, "Score": 1.10, "attributes": {"type": "X"}}',
        "[1]",
        '{"Id": 3',
        '{"Id": 1e3, "Yes": true, "Name": "\\ud800"}',
        '{"Id": 2.5e-3}',
    ]
    table, rows, bad = read(file("\n".join(lines), "f.jsonl"))
    assert table.labels == ["Id", "Name", "Tags", "At.City", "At.Zip", "Score"]
    assert rows == [
        (1, "1", "", ("a", "b"), "Rome", "00100", None),
        (3, "12345678901234567890", None, None, None, None, "1.10"),
        (7, "0.0025", None, None, None, None, None),
    ]
    assert [line for line, _ in bad] == [4, 5, 6]
    assert table.texts_only == {1, 2, 3, 4}


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": "x"},\n{"a": "y"}]',
        '{"records": [\n{"a": "x"}, {"a": "y"}]}',
        '{"totalSize": 2, "records":[{"a": "x"},{"a":"y"}]}',
    ],
)
def test_json_documents(file, text, monkeypatch):
    """A list of objects, bare or under 'records', is read piece by piece."""
    monkeypatch.setattr(text_files, "BLOCK", 60)
    assert [row[1] for row in read(file(text, "f.json"))[1]] == ["x", "y"]


def test_workbooks(tmp_path):
    """Numbers lose their binary dust, dates are dates, texts keep their zeros, rows keep their numbers."""
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("One")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["Id", "Sum", "Day", "Share", "Ok"])
        sheet.write_row(1, 0, ["007", 274.65999999999997])
        sheet.write_number(1, 2, 43832, day)
        sheet.write_number(1, 3, 0.25, book.add_format({"num_format": "0%"}))
        sheet.write_boolean(1, 4, True)
        sheet.write_row(3, 0, ["12345678901", 12345678901])
        book.add_worksheet("Two").write_row(0, 0, ["a", "b"])
    table, rows, _ = read(path)
    assert rows == [
        (2, "007", "274.66", "2020-01-02", "0.25", "true"),
        (4, "12345678901", "12345678901", None, None, None),
    ]
    assert 0 in table.texts_only
    assert read(path, sheet="Two")[0].labels == ["a", "b"]
    with pytest.raises(FileUnreadable, match="Three"):
        open_table(path, Mapping(sheet="Three"))


def test_a_zip_that_is_no_workbook(tmp_path):
    """A zip archive named .xlsx is refused."""
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "hello")
    with pytest.raises(FileUnreadable, match="workbook"):
        open_table(path)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")
def test_real_files_with_a_known_truth():
    """The files of csv-spectrum read as their JSON says."""
    for truth in sorted((REAL / "csv-spectrum" / "json").glob("*.json")):
        if truth.stem == "location_coordinates":
            continue  # its JSON has another phone number than its CSV
        table, rows, bad = read(REAL / "csv-spectrum" / "csvs" / f"{truth.stem}.csv")
        assert not bad
        records = [dict(zip(table.labels, row[1:], strict=True)) for row in rows]
        expected = json.loads(truth.read_text(encoding="utf-8"))
        if truth.stem.endswith("crlf"):
            records = [{name: cell.replace("\r\n", "\n") for name, cell in record.items()} for record in records]
            expected = [{name: cell.replace("\r\n", "\n") for name, cell in record.items()} for record in expected]
        assert records == expected


@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")
def test_real_broken_files_lose_and_shift_nothing():
    """Of the broken files every row is either read as its mended form has it, or reported."""
    for fixed in sorted((REAL / "broken_csv" / "expected-fixed").glob("*.csv")):
        _, rows, bad = read(REAL / "broken_csv" / fixed.name)
        truth = [row[1:] for row in read(fixed)[1]]
        good = [row[1:] for row in rows]
        assert len(good) + len(bad) >= len(truth)
        if not bad:
            assert good == truth


def test_a_number_that_a_workbook_rounds_is_refused(tmp_path):
    """Past 15 digits a workbook keeps no exact number: the row is named instead of a wrong number taken."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Id", "Sum"])
        for row, number in enumerate([12345678901234567, 123456789012345678, 0.1 + 0.2, 10**18, -1234567890123456], 1):
            sheet.write_row(row, 0, [str(row), number])
    _, rows, bad = read(path)
    assert [line for line, _ in bad] == [2, 3]
    assert "more than 15 digits" in bad[0][1]
    assert [row[2] for row in rows] == ["0.3", "1" + 18 * "0", "-1234567890123456"]
