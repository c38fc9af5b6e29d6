"""Usage files of other programs: what their columns and words mean, found out or said by a mapping."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from segment_manager.domain.errors import FileUnreadable, ImportRefused, InvalidMapping
from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.domain.usage_mapping import UsageMapping
from segment_manager.operations import settings, usage
from segment_manager.operations.jobs import finish
from segment_manager.operations.usage_preview import preview_usage
from segment_manager.storage import queries
from tests.operations import scenes

EXPORT = (
    "Programme;Ref;Title;Where it stands;Audience list;Begins;Finishes;Owner\n"
    "Drip;7;Win-back;On air;S;03/04/2026;31/12/2026;ada\n"
    "Landing page;8;Welcome;On air;S;;;ada\n"
)
HEADER = "asset_type,asset_id,asset_name,state,record_type,segment\n"
SAID = {
    "delimiter": ";",
    "fields": {
        "Programme": {"name": "asset_type"},
        "ref": "asset_id",
        "Title": "asset_name",
        "Where it stands": "state",
        "Audience list": {"name": "segment"},
        "Begins": "started_on",
        "Finishes": "ended_on",
        "Owner": None,
    },
    "states": {"On air": "live"},
    "asset_types": {"Drip": "sequence", "Landing page": None},
}


@pytest.fixture
def world(workspace):
    """One segment, S; no automatic scan."""
    settings.change_setting(workspace, "auto_scan", False)
    scenes.add_segment(workspace, "S", '{"everything":true}')
    return workspace


def run(workspace, path, text, said=None, **options):
    path.write_text(text, encoding="utf-8")
    mapping = None if said is None else UsageMapping.from_json(json.dumps(said))
    return finish(usage.import_usage(workspace, path, mapping=mapping, **options))


def stored(workspace):
    segment_id = scenes.ids(workspace, "S")[0]
    return [
        (str(each.asset_type), each.asset_id, each.asset_name, str(each.state), each.started_on, each.ended_on)
        for each in queries.references(workspace, segment_id)
    ]


def test_a_mapping_says_columns_and_words(world, tmp_path):
    """Their headers and words become ours; lines of an asset type that is left out are counted, not refused."""
    report = run(world, tmp_path / "u.csv", EXPORT, SAID)
    assert (report.read, report.added, report.rejected) == (2, 1, 0)
    assert stored(world) == [("sequence", "7", "Win-back", "live", date(2026, 4, 3), date(2026, 12, 31))]
    assert "Left out: 1 line with the asset type “Landing page”." in report.notes


def test_a_mapping_survives_being_kept(world):
    """What is written as JSON reads back the same, with nothing that was not said."""
    said = UsageMapping.from_dict(SAID | {"dates": "D/M/Y", "null_words": ["n/a"]})
    assert UsageMapping.from_dict(json.loads(json.dumps(said.to_dict()))) == said
    assert UsageMapping().to_dict() == {}
    assert UsageMapping.from_dict({"fields": None, "states": None}) == UsageMapping()


@pytest.mark.parametrize(
    "header",
    [
        "Asset Type,Asset ID,Asset Name,Status,Record Type,Segment name,Start date,End date",
        "ASSET-TYPE,asset id,AssetName,STATE,recordType,segment,startedOn,Ended on",
        "type,id,name,status,record type,audience,start,end",
        "Kind,Asset number,Used by,Current status,Record type,Target segment,Launched on,Completed on",
    ],
)
def test_headers_are_recognised_by_meaning(world, tmp_path, header):
    """Case, spaces, underscores and the usual other names make no difference."""
    run(world, tmp_path / "u.csv", f"{header}\nSequences,1,One,Running,Lead,S,2026-01-01,\n")
    assert stored(world) == [("sequence", "1", "One", "live", date(2026, 1, 1), None)]


def test_the_surest_header_wins_and_the_other_is_left_out(world, tmp_path):
    """'Asset name' means it more than 'Name' does, wherever each stands."""
    text = "Name,Type,Asset type,Asset ID,Asset name,Status,Segment\nada,x,campaign,1,One,live,S\n"
    report = run(world, tmp_path / "u.csv", text)
    assert stored(world)[0][:3] == ("campaign", "1", "One")
    assert "Columns left out: Name, Type." in report.notes


def test_what_is_said_of_one_column_frees_its_usual_one(world, tmp_path):
    """A column that a mapping chooses takes the place of the one that would have been found."""
    text = "asset_type,asset_id,Code,state,segment\ncampaign,1,C-1,live,S\n"
    run(world, tmp_path / "u.csv", text, {"fields": {"Code": "asset_id"}})
    assert stored(world)[0][1] == "C-1"


@pytest.mark.parametrize("header", ["Campaign ID,Campaign Name,Status,Segment", "Campaign,Campaign Key,State,Audience"])
def test_an_export_of_one_asset_type_needs_no_column_for_it(world, tmp_path, header):
    """'Campaign ID' says what every line is, and so does the mapping of a file that does not say it."""
    line = "1,1,Planned,S"
    report = run(world, tmp_path / "u.csv", f"{header}\n{line}\n")
    assert stored(world)[0][:4] == ("campaign", "1", "1", "scheduled")
    assert "Every line is taken for a campaign." in report.notes
    run(world, tmp_path / "u.csv", "ID,Name,Status,Segment\n9,Nine,live,S\n", {"asset_type": "test list"})
    assert ("test list", "9") in [each[:2] for each in stored(world)]


def test_a_complete_file_of_one_asset_type_ends_assets_of_that_type_alone(world, tmp_path):
    """What it does not tell of is not gone."""
    scenes.use(world, ("campaign", "1", "live", "S"), ("campaign", "2", "live", "S"), ("sequence", "3", "live", "S"))
    run(world, tmp_path / "u.csv", "Campaign ID,Status,Segment\n1,live,S\n", complete=True)
    assert {each[1]: each[3] for each in stored(world)} == {"1": "live", "2": "ended", "3": "live"}


def test_a_complete_file_holds_what_its_bad_lines_name(world, tmp_path):
    """An asset whose line cannot be read is left as it is, with its uses; one that no line names is ended."""
    scenes.add_segment(world, "T", '{"everything":true}')
    for segment in ("S", "T"):
        scenes.use(world, *((("campaign", each, "live", segment)) for each in "1234"))
    text = HEADER + "campaign,1,1,odd,Lead,S\ncampaign,2,2,live,Lead,S\ncampaign,2,2,live,Lead,Typo\n"
    text += "campaign,3,3,live,Lead,S\n"
    run(world, tmp_path / "u.csv", text, complete=True, skip_bad_rows=True)
    assert {each[1]: each[3] for each in stored(world)} == {"1": "live", "2": "live", "3": "live", "4": "ended"}
    ended = {each.asset_id: each.ended_on for each in queries.references(world, scenes.ids(world, "T")[0])}
    assert (ended["1"], ended["2"], ended["3"] is not None) == (None, None, True)


def test_the_words_of_a_mapping_win_over_the_usual_ones(world, tmp_path):
    """Where 'Active' means paused, it does, however it is written."""
    text = "asset_type,asset_id,state,segment\ncampaign,1,ACTIVE,S\nemail,2,Active,S\n"
    said = {"states": {"active": "paused"}, "asset_types": {"E-mail": "message", "Email": "journey"}}
    run(world, tmp_path / "u.csv", text, said)
    assert {(each[0], each[3]) for each in stored(world)} == {("campaign", "paused"), ("journey", "paused")}


@pytest.mark.parametrize(
    ("dates", "said", "expected"),
    [
        (("03/04/2026", "31/12/2026"), None, date(2026, 4, 3)),
        (("03/04/2026", "12/31/2026"), None, date(2026, 3, 4)),
        (("3.4.2026", ""), None, date(2026, 4, 3)),
        (("03/04/2026", ""), "M/D/Y", date(2026, 3, 4)),
        (("03/04/2026", "NULL"), "D/M/Y", date(2026, 4, 3)),
        (("2026-04-03 23:30", "-"), None, date(2026, 4, 3)),
    ],
)
def test_the_order_of_dates_is_proved_or_said(world, tmp_path, dates, said, expected):
    """A day above 12 in either column settles both; what settles nothing can be said."""
    settings.change_setting(world, "time_zone", "UTC")
    text = f"asset_type,asset_id,state,segment,started_on,ended_on\nreport,1,live,S,{dates[0]},{dates[1]}\n"
    run(world, tmp_path / "u.csv", text, {"dates": said} if said else None)
    assert stored(world)[0][4] == expected


def test_dates_that_may_be_read_in_two_ways_are_refused(world, tmp_path):
    """Nothing is guessed: the line is bad, and the reason says what would settle it."""
    text = "asset_type,asset_id,state,segment,Begins on\nreport,1,live,S,03/04/2026\n"
    with pytest.raises(ImportRefused) as caught:
        run(world, tmp_path / "u.csv", text)
    (bad,) = caught.value.report.bad_rows
    assert (bad.line, bad.column) == (2, "Begins on")
    assert "“dates”" in bad.reason


def test_bad_lines_name_the_columns_of_the_file(world, tmp_path):
    """And the rejects file has the file's own columns, so that it can be mended and imported with the same mapping."""
    with pytest.raises(ImportRefused) as caught:
        run(world, tmp_path / "u.csv", EXPORT.replace("On air", "Off"), SAID)
    report = caught.value.report
    assert [(bad.line, bad.column) for bad in report.bad_rows] == [(2, "Where it stands")]
    mended = report.rejects_file.read_text(encoding="utf-8").replace("Off", "On air")
    assert run(world, tmp_path / "mended.csv", mended, {**SAID, "delimiter": ","}).added == 1


def test_json_lines_and_workbooks_are_mapped_likewise(world, tmp_path):
    """The keys of JSON lines and the header of a sheet are columns as any other."""
    line = {"Type": "Drip", "Ref": 1, "Status": "Stopped", "Segment": ["S"]}
    said = {"fields": {"Ref": "asset_id"}, "asset_types": {"Drip": "sequence"}}
    run(world, tmp_path / "u.jsonl", json.dumps(line), said)
    assert stored(world) == [("sequence", "1", "1", "ended", None, None)]
    book = xlsxwriter.Workbook(tmp_path / "u.xlsx")
    sheet = book.add_worksheet()
    for row, cells in enumerate((("Type", "Ref", "Status", "Segment"), ("Drip", 1, "Running", "S"))):
        sheet.write_row(row, 0, cells)
    book.close()
    finish(usage.import_usage(world, tmp_path / "u.xlsx", mapping=UsageMapping.from_dict(said)))
    assert stored(world)[0][3] == "live"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{", "not valid JSON"),
        ("[]", "must be a JSON object"),
        ('{"states": []}', "“states” in the mapping must be a JSON object"),
        ('{"colour": 1}', "“colour”"),
        ('{"key": "Ref"}', "“key”"),
        ('{"fields": {"Ref": "asset_no"}}', "cannot become “asset_no”"),
        ('{"fields": {"Ref": 7}}', "cannot become “7”"),
        ('{"fields": {"Ref": {}}}', "needs a name"),
        ('{"fields": {"Ref": {"name": "state", "type": "text"}}}', "there is only name"),
        ('{"fields": {"Ref": "state", "Title": {"name": "State"}}}', "both to become state"),
        ('{"asset_type": "sequence", "fields": {"Ref": "asset_type"}}', "Choose one"),
        ('{"asset_type": "boat"}', "“boat”"),
        ('{"states": {"On": "alive"}}', "“alive”"),
        ('{"states": {"On": null}}', "“null”"),
        ('{"states": {"On": "live", "on": "ended"}}', "two things of “on”"),
        ('{"dates": "D.M.Y"}', "cannot be the dates"),
        ('{"encoding": "klingon"}', "no encoding “klingon”"),
    ],
)
def test_a_wrong_mapping_is_told_in_one_line(said, told):
    """Each wrong part is named, with what there is."""
    with pytest.raises(InvalidMapping) as caught:
        UsageMapping.from_json(said)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_column_that_is_not_there_is_told(world, tmp_path):
    """With those that are; to leave out what is not there is no mistake."""
    text = "asset_type,asset_id,state,segment\ncampaign,1,live,S\n"
    with pytest.raises(InvalidMapping, match="“Ref”, which the file does not have"):
        run(world, tmp_path / "u.csv", text, {"fields": {"Ref": "asset_id"}})
    assert run(world, tmp_path / "u.csv", text, {"fields": {"Ref": None}}).added == 1
    with pytest.raises(FileUnreadable, match="no column state"):
        run(world, tmp_path / "u.csv", text, {"fields": {"state": None}})


def test_a_preview_tells_columns_words_and_dates(world, tmp_path):
    """What is not known comes first; nothing is stored and nothing refused."""
    path = tmp_path / "u.csv"
    path.write_text(EXPORT.replace("Programme", "Type"), encoding="utf-8")
    seen = preview_usage(path)
    assert [each.meaning for each in seen.columns] == ["asset_type", None, "asset_name"] + [None] * 5
    assert seen.lacking == ("asset_id", "state")
    said = UsageMapping.from_dict(
        {"fields": {"Ref": "asset_id", "Where it stands": "state", "Begins": "started_on", "Finishes": "ended_on"},
         "asset_types": {"Drip": "sequence"}}
    )  # fmt: skip
    seen = preview_usage(path, said)
    assert [(each.word, each.lines, each.ours) for each in seen.words] == [
        ("Landing page", 1, None), ("On air", 2, None), ("Drip", 1, AssetType.SEQUENCE),
    ]  # fmt: skip
    assert (seen.row_count, seen.complete, seen.lacking) == (2, True, ())
    assert (seen.dates, seen.ambiguous) == ("D/M/Y", False)
    assert seen.rows[0][:3] == ("Drip", "7", "Win-back")
    known = preview_usage(path, UsageMapping.from_dict(SAID | {"fields": {"Where it stands": "state"}}))
    assert [(each.word, each.ours, each.left_out) for each in known.words] == [
        ("Drip", AssetType.SEQUENCE, False), ("Landing page", None, True), ("On air", AssetState.LIVE, False),
    ]  # fmt: skip


def test_the_mapping_of_the_documentation_is_one():
    """What docs/usage-file.md shows can be used as it stands."""
    text = (Path(__file__).parents[2] / "docs" / "usage-file.md").read_text(encoding="utf-8")
    said = UsageMapping.from_json(text.split("```json")[1].split("```")[0])
    assert said.to_dict()["states"] == {"On air": "live", "Halted": "paused"}
