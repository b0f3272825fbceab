"""tables.xlsx read back: one table a sheet, numbers as numbers, symbols explained, nothing that runs."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from analysis.publishing import reading, workbook
from analysis.publishing.findings_folders import Review
from analysis.publishing.promote import Promoted

SUMMARY = {
    "caption": "The front door", "columns": ["Measure", "Sep 2017", "Sep 2018", "Sep 2018"], "align": ["left", "right", "right", "right"],
    "rows": [["Referrals", "1,234", "c", "–"], ["In time", "83%", "7.5%", "−12"]],
}  # fmt: skip
HOSTILE = {
    "caption": "=HYPERLINK(\"http://x\")", "columns": ["=1+1", "Team"], "align": ["right", "left"],
    "rows": [["5 days", "=cmd|' /C calc'!A0"], ["12 days", "[here](https://example.org) $$note$$"], ["c", "+44"]],
}  # fmt: skip
CHART = {
    "caption": "Referrals",
    "data": {"columns": ["period_end", "value"], "rows": [["2018-09-30", 12.5], ["2018-12-31", "c"]]},
}


def promoted(**tables):
    review = Review(
        name="front-door", folder=Path(), title="Front door", authority="929", quarter="2018-19-Q2", audience="public",
        simulated=True, tables=tables, figures={"fig-front-door-a": CHART}, story=tuple({"table": name} for name in tables),
    )  # fmt: skip
    return Promoted(Path(), {"front-door": review}, "929", "2018-19-Q2", "public", True)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    workbook.write(folder, promoted(**{"tbl-front-door-summary": SUMMARY, "tbl-front-door-bad": HOSTILE}))
    return folder / workbook.FILE


def links(sheet):
    return [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]


def rows(made, name):
    sheet = openpyxl.load_workbook(made)[name]
    return [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]


def test_it_opens_with_a_cover_contents_and_notes_and_has_one_table_a_sheet(made):
    book = openpyxl.load_workbook(made)
    assert book.sheetnames == ["Cover", "Contents", "Notes", "Table_1", "Table_2", "Figure_1"]
    assert [len(sheet.tables) for sheet in book] == [0, 1, 1, 1, 1, 1]
    assert [link.location for link in links(book["Contents"])] == [
        "'Notes'!A1", "'Table_1'!A1", "'Table_2'!A1", "'Figure_1'!A1"
    ]  # fmt: skip
    assert not any(sheet.merged_cells.ranges for sheet in book)
    assert rows(made, "Cover")[0] == ["Northumberland: tables, July to September 2018 (2018-19-Q2)"]
    assert rows(made, "Notes")[-2][0] == "[c]"


def test_every_sheet_says_that_the_children_are_invented(made):
    for name in openpyxl.load_workbook(made).sheetnames:
        assert ["Simulated data: invented children"] in rows(made, name) or name == "Contents"
        assert openpyxl.load_workbook(made)[name].oddHeader.center.text == "Simulated data: invented children"


def test_figures_are_numbers_in_the_documents_own_format(made):
    assert rows(made, "Table_1")[-3:] == [
        ["Measure", "Sep 2017", "Sep 2018", "Sep 2018 (column 4)"],
        ["Referrals", 1234, "[c]", "[x]"],
        ["In time", 83, 7.5, -12],
    ]
    sheet = openpyxl.load_workbook(made)["Table_1"]
    last = [cell.number_format for cell in list(sheet.rows)[-1]]
    assert last[1:] == ['#,##0"%"', '#,##0.0"%"', "#,##0"]
    assert ["[c]: " + dict(workbook.NOTES)["[c]"]] in rows(made, "Table_1")
    assert rows(made, "Figure_1")[-3:] == [["Period end", "Value"], ["2018-09-30", 12.5], ["2018-12-31", "[c]"]]


def test_nothing_in_it_runs_or_leads_elsewhere(made):
    for sheet in openpyxl.load_workbook(made):
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        assert all(link.target is None for link in links(sheet))
    assert rows(made, "Table_2")[-3:] == [
        [5, "=cmd|' /C calc'!A0"],
        [12, "[here] (https://example.org) $ $note$ $"],
        ["[c]", "+44"],
    ]


def test_the_same_findings_give_the_same_bytes_and_no_clock(made, tmp_path):
    time.sleep(2.1)  # a zip counts in steps of two seconds
    workbook.write(tmp_path, promoted(**{"tbl-front-door-summary": SUMMARY, "tbl-front-door-bad": HOSTILE}))
    assert (tmp_path / workbook.FILE).read_bytes() == made.read_bytes()
    with zipfile.ZipFile(made) as book:
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        assert b"2018-09-30T00:00:00Z" in book.read("docProps/core.xml")


def test_the_gate_for_identifiers_can_read_it(made):
    assert any("Referrals" in text for text in reading.said(made))
    assert any("cmd|" in text for text in reading.everything(made))


def test_no_table_no_workbook(tmp_path):
    empty = Promoted(Path(), {}, "929", "2018-19-Q2", "public", True)
    assert workbook.write(tmp_path, empty) is None
    assert not list(tmp_path.iterdir())
