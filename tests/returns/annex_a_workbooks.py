"""Writes small Annex A workbooks for tests: one good row a list, to be changed as a test needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analysis.records.delivery import Return
from analysis.reference.calendar import Quarter
from analysis.returns.annex_a import READER
from analysis.returns.annex_a.layout import LISTS
from analysis.returns.reading import Context
from analysis.returns.sources import open_files

QUARTER = Quarter.parse("2018-19-Q2")
_CHILD = {"Child Unique ID": 1001.0, "Gender": "b) Female", "Ethnicity": "a) WBRI",
          "Date of Birth": dt.date(2010, 5, 4), "Age of Child (Years)": 8}  # fmt: skip
_ALLOCATED = {"Allocated Team": "North Locality Team", "Allocated Worker": "A Worker"}
_DISABLED = {"Does the Child have a Disability": "b) No"}

# List number -> one good row, by the template's headings.
ROW: Mapping[int, dict[str, object]] = {
    1: {**_CHILD, "Date of Contact": dt.date(2018, 7, 2), "Contact Source": "q) 6: Police"},
    2: {**_CHILD, "Assessment start date": dt.date(2018, 7, 2), "Assessment completion date": dt.date(2018, 8, 2),
        "Organisation completing assessment": "Early Help"},
    3: {**_CHILD, "Date of referral": dt.date(2018, 7, 3), "Referral Source": "e) 2A: Schools", "Referral NFA?": "b) No",
        "Number of Referrals in Last 12 Months": 1, **_ALLOCATED},
    4: {**_CHILD, **_DISABLED, "Continuous Assessment Start Date": dt.date(2018, 7, 4),
        "Child Seen During Continuous Assessment": "a) Yes",
        "Continuous Assessment Date of Authorisation": dt.date(2018, 8, 14),
        "Was the child assessed as requiring LA children’s social care support": "a) Yes", **_ALLOCATED},
    5: {**_CHILD, **_DISABLED,
        "Strategy discussion initiating Section 47 Enquiry Start Date": dt.date(2018, 7, 5),
        "Was an Initial Child Protection Conference deemed unnecessary?": "b) No",
        "Date of Initial Child Protection Conference": dt.date(2018, 7, 20),
        "Did the Initial Child Protection Conference Result in a Child Protection Plan": "a) Yes",
        "Number of Section 47 Enquiries in the last 12 months": 0, "Number of ICPCs in the last 12 months": 0,
        **_ALLOCATED},
    6: {**_CHILD, **_DISABLED, "CIN Start Date": dt.date(2018, 7, 3), "Primary Need Code": "N1 - Abuse or neglect",
        "Date Child Was Last Seen": dt.date(2018, 9, 20), "CIN Closure Date": None, "Reason for Closure": None,
        "Case status": "b) Child Protection plan", **_ALLOCATED},
    7: {**_CHILD, **_DISABLED, "Child Protection Plan Start Date": dt.date(2018, 7, 20),
        "Initial Category of Abuse": "a) Neglect", "Latest Category of Abuse": "d) Emotional abuse",
        "Date of the Last Statutory Visit": dt.date(2018, 9, 20), "Was the Child Seen Alone?": "a) Yes",
        "Date of latest review conference": dt.date(2018, 9, 25), "Child Protection Plan End Date": None,
        "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)": "b) No",
        "Number of Previous Child Protection Plans": 2, **_ALLOCATED},
    8: {**_CHILD, "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)": "a) Yes", **_DISABLED,
        "Date Started to be Looked After": dt.date(2017, 3, 1), "Child's Category of Need": "N1 - Abuse or neglect",
        "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)": "b) No",
        "Start date of current legal status": dt.date(2017, 9, 1), "Child's Legal Status": "C2: FCO",
        "Date of Latest Statutory Review": dt.date(2018, 6, 1), "Date of Last Social Work Visit": dt.date(2018, 9, 3),
        "What is the permanence plan for this child?": "f) Long-term fostering",
        "Date of Last IRO Visit / Contact to the Child": dt.date(2018, 5, 28),
        "Date of Last Health Assessment": dt.date(2018, 1, 9), "Date of Last Dental Check": dt.date(2018, 2, 9),
        "Number of Placements in the Last 12 months": 2, "Date Ceased to be Looked After ": None,
        "Reason Ceased to be Looked After": None, "Start Date of Most Recent Placement": dt.date(2018, 4, 2),
        "Placement Type": "f) U6: Foster placement - not FFA", "Placement Provider": "b) PR1: Own provision",
        "Placement postcode": "ne61 1aa", "URN of Placement": "SC012345", "Placement Location": "a) In",
        "LA of Placement": "NORTHUMBERLAND COUNTY COUNCIL",
        "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months": 3,
        "Number of Episodes the Child has been ‘Absent’ from their Placement in the last 12 months": 0,
        "Was the child offered a Return Interview after their last missing episode (Y/N)?": "a) Yes",
        "Did the child accept a Return Interview after their last missing episode (Y/N)?": "c) Unknown", **_ALLOCATED},
    9: {**_CHILD, **_DISABLED, **_ALLOCATED, "Eligibility Category": "b) Former relevant child", "LA In Touch ": "a) Yes",
        "Type of Accommodation": "U: Independent living", "Suitability of Accommodation": "a) Suitable",
        "Activity Status": "F2: Full time in education other than higher"},
    10: {**_CHILD, "Family identifier": 77.0, **_DISABLED, "Date the Child Entered Care": dt.date(2017, 3, 1),
         "Date of Decision that Child Should be Placed for Adoption": dt.date(2017, 10, 1),
         "Date of Placement Order": dt.date(2017, 12, 1),
         "Date of Matching Child and Prospective Adopters": dt.date(2018, 3, 1),
         "Date Placed for Adoption": dt.date(2018, 4, 1), "Date of Adoption Order ": None,
         "Date of Decision that Child Should No Longer be Placed for Adoption": dt.date(2018, 8, 1),
         "Reason Why Child No Longer Placed for Adoption": "RD2 - The Court did not make a placement order",
         "Date the child was placed for fostering in FFA or concurrent planning placement": None},
    11: {"Individual adopter identifier": 5001.0, "Family identifier": 77.0, "Gender": "a) Male", "Ethnicity": "k) APKN",
         "Disability": "b) No", "Is the (prospective) adopter fostering for adoption?": "Yes",
         "Date enquiry received": dt.date(2017, 1, 1), "Date Stage 1 started": dt.date(2017, 2, 1),
         "Date Stage 1 ended": dt.date(2017, 4, 1), "Date Stage 2 started": dt.date(2017, 4, 2),
         "Date Stage 2 ended": dt.date(2017, 8, 1), "Date application submitted": None,
         "Date application approved": None, "Date adopter matched with child(ren)": dt.date(2018, 3, 1),
         "Date child/children placed with adopter(s)": dt.date(2018, 4, 1), "No. of children placed": 2,
         "Date of Adoption Order": None, "Date of leaving adoption process": dt.date(2018, 9, 1),
         "Reason for leaving adoption process": "1 - Adopter withdrew from process"},
}  # fmt: skip
Rows = Mapping[int, Sequence[Mapping[str, object]]]


def row(number: int, **changed: object) -> dict[str, object]:
    """The good row of a list with some cells changed; `changed` is by the name that the column is read to."""
    headings = {h.reads: h.text for h in next(x for x in LISTS if x.number == number).headings}
    return ROW[number] | {headings[name]: value for name, value in changed.items()}


def cells(rows: Sequence[Mapping[str, object]], header: Callable[[str], str] = str) -> list[list]:
    names = list(dict.fromkeys(name for one in rows for name in one))
    return [[header(name) for name in names], *([one.get(name) for name in names] for one in rows)]


def write_xlsx(path: Path, sheets: Mapping[str, list[list]]) -> Path:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})
    for name, lines in sheets.items():
        sheet = book.add_worksheet(name)
        for number, line in enumerate(lines):
            for place, value in enumerate(line):
                if value is not None:
                    sheet.write(number, place, value)
    book.close()
    return path


def write_xls(path: Path, sheets: Mapping[str, list[list]]) -> Path:
    import xlwt

    book, dated = xlwt.Workbook(), xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for name, lines in sheets.items():
        sheet = book.add_sheet(name)
        for number, line in enumerate(lines):
            for place, value in enumerate(line):
                if isinstance(value, dt.date):
                    sheet.write(number, place, value, dated)
                elif value is not None:
                    sheet.write(number, place, value)
    book.save(str(path))
    return path


def workbook(path: Path, rows: Rows, sheet: str = "List_{}", titled: bool = False,
             header: Callable[[str], str] = str) -> Path:  # fmt: skip
    """A workbook with the lists of `rows`, each with its rows by heading."""
    sheets = {}
    for number, lines in rows.items():
        title = [[f"List {number}: {LISTS[number - 1].title}"]] if titled else []
        sheets[sheet.format(number)] = title + cells(lines, header)
    return (write_xls if path.suffix == ".xls" else write_xlsx)(path, sheets)


def read(*paths: Path, quarter: Quarter | None = QUARTER) -> Return:
    """What the reader makes of the files; asserts what must hold of any reading."""
    opened = open_files(paths)
    (found,) = READER.read([piece for piece in opened.sheets if READER.claims(piece)], Context(quarter))
    assert all(count.read == count.kept + count.set_aside for count in found.counts)
    assert all(problem.why and problem.remedy and problem.file for problem in found.problems)
    return found
