"""Reads DfE's children's social work workforce census: vacancies and workers as at 30 September.

A worker is known by the Social Work England number (before December 2019 the HCPC's). A worker without one is set
aside and counted: no identifier is invented, since nothing would hold it to the same person next year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from analysis.records.delivery import NOTED, Problem, Return
from analysis.records.tables import TABLES
from analysis.reference.calendar import age_at, words
from analysis.reference.codes import codes
from analysis.returns.census import Gathered, Kind, RecordLedger
from analysis.returns.census_checks import (
    Refusal,
    about,
    check_codes,
    check_no_null,
    check_quarter,
    check_required,
    check_shape,
    header_date,
    oddities,
    refused,
)
from analysis.returns.reading import Context, Reader
from analysis.returns.sources import Sheet, XmlDocument
from analysis.returns.xml import mentions

KIND, TITLE = "workforce_census", "Social work workforce census"
ROOT, COLLECTION = "Message", "CSWW"

# What only later years have, and no canonical table holds: known, and left unread.
_PAY = ("RecruitmentBonus", "RetentionBonus", "PerformanceAward", "CarAllowance", "RelocationPackage",
        "RegionalWeighting", "CostSWE", "CostDBS", "OtherAllowances")  # fmt: skip
VACANCIES = Kind(
    "LALevelVacancies",
    "vacancies",
    fields=("NumberOfVacancies", "NoAgencyFTE", "NoAgencyHeadcount", *_PAY),
    required=("NumberOfVacancies",),
)
WORKER = Kind(
    "CSWWWorker",
    "social workers",
    fields=("AgencyWorker", "SWENo", "FTE", "PersonBirthDate", "GenderCurrent", "Sex", "Ethnicity", "QualInst",
            "QualLevel", "StepUpGrad", "OrgRole", "RoleStartDate", "StartOrigin", "RoleEndDate", "LeaverDestination",
            "ReasonLeave", "FTE30", "Cases30", "WorkingDaysLost", "ContractWeeks", "FrontlineGrad", "Absat30Sept",
            "ReasonAbsence", "CFKSSstatus", "BaseSalary", "RRPayments", "OtherPayments"),
    required=("AgencyWorker", "SWENo"),
)  # fmt: skip
CODED = {
    "GenderCurrent": "workforce:GenderCurrent",
    "Sex": "workforce:Sex",
    "Ethnicity": "canonical:ethnicity",
    "QualLevel": "workforce:QualLevel",
    "OrgRole": "workforce:OrgRole",
    "StartOrigin": "workforce:StartOrigin",
    "LeaverDestination": "workforce:LeaverDestination",
    "ReasonLeave": "workforce:ReasonLeave",
    "ReasonAbsence": "workforce:ReasonAbsence",
    "CFKSSstatus": "workforce:CFKSSstatus",
}
SEX_OF_GENDER = {"1": "M", "2": "F", "0": "U", "9": "U"}
YES, NO = frozenset(("1", "true", "yes")), frozenset(("0", "false", "no"))
# Two letters and up to ten digits: Social Work England's numbers, and the HCPC's before them.
NUMBER_SHAPE = r"[A-Za-z]{2}\d{1,10}"
WITHOUT_CASES = "6"
YOUNGEST, OLDEST = 18, 90


def claims(piece: Sheet | XmlDocument) -> bool:
    """An XML file with the census's own elements in it, well formed or not, whatever its root."""
    return isinstance(piece, XmlDocument) and mentions(piece.data, WORKER.name, VACANCIES.name)


def read(pieces: Sequence[Sheet | XmlDocument], context: Context) -> tuple[Return, ...]:
    """A return for each census file. Two files of one year can't both be whole, so the second is refused."""
    returns: list[Return] = []
    for piece in pieces:
        if isinstance(piece, XmlDocument):
            returns.append(_read(piece, context, {r.end.year: r.files[0].name for r in returns if r.tables}))
    return tuple(returns)


def _read(document: XmlDocument, context: Context, taken: dict[int, str]) -> Return:
    found = Gathered.read(document.data, (VACANCIES, WORKER), ())
    try:
        check_shape(found, ROOT, COLLECTION, TITLE)
        check_required(found)
        check_no_null(found, [(WORKER.name, column) for column in CODED])
        end = _reference_date(found)
        check_quarter(end, context)
        if end.year in taken:
            raise Refusal("census-twice", f"{taken[end.year]} is a workforce census of {end.year} too",
                          "deliver one file with all the workers")  # fmt: skip
        if not found.records[WORKER.name].rows:
            raise Refusal("census-empty", "it holds no worker", "export the census again")
        return _return(document, found, end)
    except Refusal as refusal:
        return refused(KIND, TITLE, document, found, context, refusal)


def _reference_date(found: Gathered) -> dt.date:
    year, date = found.header.get("Year", ""), found.header.get("ReferenceDate", "")
    reference = header_date(date)
    if date and reference is None:
        raise Refusal("date-unreadable", f"its ReferenceDate is '{date}', which is no date",
                      "write it yyyy-mm-dd in the header")  # fmt: skip
    if reference and year and year != str(reference.year):
        raise Refusal("header-contradicts-itself", f"its header says Year {year} and ReferenceDate {date}",
                      "correct the one that is wrong at the source")  # fmt: skip
    if reference:
        return reference
    if year.isdigit() and 2000 <= int(year) <= 2099:
        return dt.date(int(year), 9, 30)
    raise Refusal("date-missing", "its header gives neither ReferenceDate nor Year, so nothing says what it is as at",
                  "fill in the header at the source")  # fmt: skip


def _return(document: XmlDocument, found: Gathered, end: dt.date) -> Return:
    ledgers = {name: RecordLedger(document.file, records, TITLE) for name, records in found.records.items()}
    workers, vacancies = ledgers[WORKER.name], ledgers[VACANCIES.name]
    frames = {
        "social_workers": _workers(workers, end.year),
        "vacancies": _vacancies(vacancies, end.year),
    }
    _checks(workers, frames["social_workers"], end)
    problems = [*_header_doubts(found, document, end), *oddities(found, document.file)]
    problems += [problem for ledger in ledgers.values() for problem in ledger.problems]
    kept = {"social_workers": workers.kept(), "vacancies": vacancies.kept()}
    return Return(
        KIND,
        f"{TITLE}, {words(end)}",
        dt.date(end.year - 1, 10, 1),  # the day after the last census: leavers since then are in this one
        end,
        {name: TABLES[name].conform(frame[kept[name]], partial=True) for name, frame in frames.items()},
        problems=tuple(problems),
        counts=tuple(ledger.count() for ledger in ledgers.values()),
        files=(document.file,),
        about={**about(found), "collection_year": str(end.year)},
    )


def _header_doubts(found: Gathered, document: XmlDocument, end: dt.date) -> list[Problem]:
    if (end.month, end.day) == (9, 30) and found.header.get("ReferenceDate"):
        return []
    said = found.header.get("ReferenceDate") or "nothing"
    return [
        Problem(NOTED, "date-unusual", document.file.name,
                f"the header's ReferenceDate says {said}; the census is taken at 30 September, and is read as of {words(end)}",
                "check the header")
    ]  # fmt: skip


def _vacancies(ledger: RecordLedger, year: int) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "year": pd.Series(year, index=ledger.rows.index),
            "vacancies_fte": ledger.numbers("NumberOfVacancies", lowest=0),
            "agency_vacancy_fte": ledger.numbers("NoAgencyFTE", lowest=0),
            "agency_vacancy_headcount": ledger.integers("NoAgencyHeadcount"),
        }
    )
    ledger.once(frame[["year"]])
    return frame


def _workers(ledger: RecordLedger, year: int) -> pd.DataFrame:
    coded = {column: _coded(ledger, column, year) for column in CODED}
    frame = pd.DataFrame(
        {
            "year": pd.Series(year, index=ledger.rows.index),
            "worker_id": ledger.identifier("SWENo"),
            "agency": ledger.flags("AgencyWorker", YES, NO),
            "fte": ledger.numbers("FTE", lowest=0),
            "date_of_birth": ledger.dates("PersonBirthDate", iso=True),
            "sex": coded["Sex"].fillna(coded["GenderCurrent"].map(SEX_OF_GENDER).astype("string")),
            "ethnicity": coded["Ethnicity"],
            "qualified_at": ledger.text("QualInst"),
            "qualification": coded["QualLevel"],
            "step_up": ledger.flags("StepUpGrad", YES, NO),
            "role": coded["OrgRole"],
            "role_start": ledger.dates("RoleStartDate", iso=True),
            "origin": coded["StartOrigin"],
            "role_end": ledger.dates("RoleEndDate", iso=True),
            "destination": coded["LeaverDestination"],
            "leaving_reason": coded["ReasonLeave"],
            "fte_30_september": ledger.numbers("FTE30", lowest=0),
            "cases_30_september": ledger.integers("Cases30"),
            "days_lost": ledger.numbers("WorkingDaysLost", lowest=0),
            "contract_weeks": ledger.numbers("ContractWeeks", lowest=0),
            "frontline": ledger.flags("FrontlineGrad", YES, NO),
            "absent_30_september": ledger.flags("Absat30Sept", YES, NO),
            "absence_reason": coded["ReasonAbsence"],
            "career_stage": coded["CFKSSstatus"],
        }
    )
    ledger.once(frame[["year", "worker_id"]])
    return frame


def _coded(ledger: RecordLedger, column: str, year: int) -> pd.Series:
    collection, name = CODED[column].split(":")
    known = codes(collection, name, year)
    found = ledger.coded(column, lambda text: c if (c := text.upper()) in known else None, expected=", ".join(known))
    check_codes(ledger, column, found)
    return found


def _checks(ledger: RecordLedger, worker: pd.DataFrame, end: dt.date) -> None:
    """Notes what can't be right of a worker, or is right for few. Nothing is changed."""
    day = pd.Timestamp(end)
    left = worker["role_end"].notna()
    employed = ~worker["agency"].fillna(False).astype(bool)
    absent = worker["absent_30_september"].fillna(False).astype(bool)
    age = age_at(worker["date_of_birth"], end)
    for column, fte in (("FTE", worker["fte"]), ("FTE30", worker["fte_30_september"])):
        ledger.flag(fte > 1, NOTED, "fte-above-one", "more than one full-time equivalent in one worker",
                    "write full time as 1", column)  # fmt: skip
    ledger.flag(~worker["worker_id"].str.fullmatch(NUMBER_SHAPE).fillna(True).astype(bool), NOTED, "number-shape",
                "not two letters and up to ten digits, as Social Work England's numbers are", "check the number",
                "SWENo")  # fmt: skip
    ledger.flag((age < YOUNGEST) | (age > OLDEST), NOTED, "age-unlikely",
                f"younger than {YOUNGEST} or older than {OLDEST} at {words(end)}", "check the date of birth",
                "PersonBirthDate")  # fmt: skip
    ledger.flag(worker["role_end"] < worker["role_start"], NOTED, "end-before-start",
                "left the role before starting it", "correct the wrong date", "RoleEndDate")  # fmt: skip
    for column, dates in (("RoleStartDate", worker["role_start"]), ("RoleEndDate", worker["role_end"])):
        ledger.flag(dates > day, NOTED, "date-after-reference", f"after {words(end)}, the census's own date",
                    "correct the date, or leave it to the next census", column)  # fmt: skip
    ledger.flag(left & employed & worker["leaving_reason"].isna(), NOTED, "leaver-without-reason",
                "left, without a reason", "fill in the reason", "ReasonLeave")  # fmt: skip
    ledger.flag(~left & (worker["leaving_reason"].notna() | worker["destination"].notna()), NOTED,
                "reason-without-leaving", "a reason or a destination for leaving, without the date",
                "fill in RoleEndDate, or take them out", "RoleEndDate")  # fmt: skip
    ledger.flag((worker["role"] == WITHOUT_CASES) & (worker["cases_30_september"] > 0), NOTED,
                "cases-without-case-holding", "the role is 'qualified without cases', yet cases are held",
                "correct the role or the cases", "Cases30")  # fmt: skip
    ledger.flag(absent & worker["absence_reason"].isna(), NOTED, "absence-without-reason",
                "absent at the census, without a reason", "fill in the reason", "ReasonAbsence")  # fmt: skip
    ledger.flag(~absent & worker["absence_reason"].notna(), NOTED, "reason-without-absence",
                "a reason for absence, yet not absent at the census", "correct one of the two", "ReasonAbsence")  # fmt: skip


READER = Reader(KIND, TITLE, claims, read)
