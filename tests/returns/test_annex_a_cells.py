"""Cells without a value: formulas never calculated, and spreadsheet errors, are seen and said."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from annex_a_workbooks import ROW, read, row, write_xlsx

from analysis.records.delivery import BLANKED, REFUSED
from analysis.returns.sources import UNCALCULATED, open_files


def with_formulas(path, number, formulas, lines=3):
    """A list as a program writes it: formulas, and no values for them. openpyxl calculates nothing."""
    book = openpyxl.Workbook()
    sheet = book.active
    names = list(ROW[number])
    sheet.append(names)
    for n in range(lines):
        one = row(number, child_id=float(n)) | {name: formula.format(n + 2) for name, formula in formulas.items()}
        sheet.append([one[name] for name in names])
    book.save(path)
    return path


def test_formulas_never_calculated_in_an_essential_column_refuse_the_list(tmp_path):
    found = read(with_formulas(tmp_path / "a.xlsx", 1, {"Date of Contact": "=D{}+20"}))
    (problem,) = [p for p in found.problems if p.outcome == REFUSED]
    assert problem.why.startswith("the workbook was never calculated: 3 cells of 'Date of Contact'")
    assert "open the workbook in Excel, save it again" in problem.remedy


def test_formulas_never_calculated_elsewhere_are_blank_and_reported(tmp_path):
    found = read(
        with_formulas(tmp_path / "a.xlsx", 6, {"Date Child Was Last Seen": "=G{}+20", "Age of Child (Years)": "=1"})
    )
    reported = [(p.reason, p.column, p.row) for p in found.problems if p.outcome == BLANKED]
    assert reported == [("formula-uncalculated", "Date Child Was Last Seen", n) for n in (2, 3, 4)]
    assert found.tables["need_status"]["last_seen"].isna().all()


def test_calculated_formulas_are_values(tmp_path):
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("List 1")
    sheet.write_row(0, 0, list(ROW[1]))
    dated = book.add_format({"num_format": "dd/mm/yyyy"})
    for place, value in enumerate(ROW[1].values()):
        sheet.write(1, place, f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else value)
    sheet.write_formula(1, 5, "=DATE(2018,7,2)", dated, 43283)
    book.close()
    found = read(tmp_path / "a.xlsx")
    assert found.tables["contacts"]["date"].dt.strftime("%Y-%m-%d").tolist() == ["2018-07-02"]


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!"])
def test_cells_in_error_are_reported(tmp_path, error):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(ROW[1]))
    line = row(1)
    sheet.append([error if name == "Contact Source" else value for name, value in line.items()])
    sheet.append([error if name == "Date of Contact" else value for name, value in row(1, child_id=7.0).items()])
    for place in ("G2", "F3"):
        sheet[place].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    found = read(tmp_path / "a.xlsx")
    assert [(p.column, p.row, p.value) for p in found.problems if p.reason == "spreadsheet-error"] == [
        ("Date of Contact", 3, error), ("Contact Source", 2, error)]  # fmt: skip
    assert [(c.read, c.kept) for c in found.counts] == [(2, 1)]


def test_only_cells_without_a_value_are_marked(tmp_path):
    xml = (
        '<row r="1"><c r="A1" s="2"/><c r="B1"><f>1+1</f><v></v></c><c r="C1"><f>1+1</f><v>2</v></c></row>'
        '<row r="2"><c r="A2" t="str"><f>""</f><v></v></c><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="C2"><f t="shared" si="0"/></c></row><row r="5"><c r="AB5"><f>1</f></c></row>'
    )
    source = write_xlsx(tmp_path / "a.xlsx", {"S": [["x"]]})
    changed = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                head, _, rest = data.partition(b"<sheetData>")
                data = head + b"<sheetData>" + xml.encode() + b"</sheetData>" + rest.partition(b"</sheetData>")[2]
            new.writestr(entry, data)
    source.write_bytes(changed.getvalue())
    (sheet,) = open_files([source]).sheets
    assert sheet.rows[0][:3] == ["", UNCALCULATED, 2.0]
    assert sheet.rows[1][:3] == ["", "#DIV/0!", UNCALCULATED]
    assert sheet.rows[4][27] == UNCALCULATED
    assert sum(cell == UNCALCULATED for line in sheet.rows for cell in line) == 3


def test_workbook_with_hostile_or_broken_xml_is_refused(tmp_path):
    source = write_xlsx(tmp_path / "a.xlsx", {"S": [["x"]]})
    changed = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "xl/workbook.xml":
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>'
            new.writestr(entry, data)
    source.write_bytes(changed.getvalue())
    opened = open_files([source])
    assert not opened.sheets
    assert [p.outcome for p in opened.problems] == [REFUSED]
