"""Reads a CIN census: recognises it by content, refuses one that can't be trusted, and accounts for every record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from analysis.records.delivery import NOTED, Coverage, Problem, Return
from analysis.reference.calendar import collection_year, words
from analysis.returns.census import Gathered
from analysis.returns.census_checks import (
    Refusal,
    about,
    check_no_null,
    check_quarter,
    check_required,
    check_shape,
    header_date,
    oddities,
    refused,
)
from analysis.returns.cin_census import rules
from analysis.returns.cin_census.elements import CHILD, CODED, COLLECTION, CONTAINERS, ROOT, TITLE, YEARS
from analysis.returns.cin_census.records import typed_parts
from analysis.returns.cin_census.tables import canonical_tables
from analysis.returns.reading import Context, Reader
from analysis.returns.sources import Sheet, XmlDocument
from analysis.returns.xml import mentions

KIND = "cin_census"


def claims(piece: Sheet | XmlDocument) -> bool:
    """An XML file with CINdetails in it, well formed or not, whatever its root: a wrong root is to be refused with
    a sentence, which is more use than being passed over."""
    return isinstance(piece, XmlDocument) and mentions(piece.data, "CINdetails")


def read(pieces: Sequence[Sheet | XmlDocument], context: Context) -> tuple[Return, ...]:
    """A return for each census file. Two files as at one date can't both be whole, so the second is refused."""
    returns: list[Return] = []
    for piece in pieces:
        if isinstance(piece, XmlDocument):
            returns.append(_read(piece, context, {r.end: r.files[0].name for r in returns if r.tables}))
    return tuple(returns)


def _read(document: XmlDocument, context: Context, taken: dict[dt.date, str]) -> Return:
    found = Gathered.read(document.data, (CHILD,), CONTAINERS)
    try:
        check_shape(found, ROOT, COLLECTION, TITLE)
        check_required(found)
        check_no_null(found, tuple(CODED))
        end, doubts = _reference_date(found, context, document)
        check_quarter(end, context)
        if end in taken:
            raise Refusal("census-twice", f"{taken[end]} is a CIN census as at {words(end)} too",
                          "deliver one file with all the children")  # fmt: skip
        if not found.records[CHILD.name].rows:
            raise Refusal("census-empty", "it holds no child", "export the census again")
        return _return(document, found, end, doubts)
    except Refusal as refusal:
        return refused(KIND, TITLE, document, found, context, refusal)


def _reference_date(found: Gathered, context: Context, document: XmlDocument) -> tuple[dt.date, list[Problem]]:
    """The census's own date, from its header; by the quarter or the year, with a note, where the header has none."""
    year, date = found.header.get("Year", ""), found.header.get("ReferenceDate", "")
    reference = header_date(date)
    if date and reference is None:
        raise Refusal("date-unreadable", f"its ReferenceDate is '{date}', which is no date",
                      "write it yyyy-mm-dd in the header")  # fmt: skip
    if reference:
        if year and year not in (str(collection_year(reference)), str(reference.year)):
            raise Refusal(
                "header-contradicts-itself",
                f"its header says Year {year} and ReferenceDate {date}, which lies in {collection_year(reference)}",
                "correct the one that is wrong at the source; every figure's period depends on it",
            )
        return reference, []
    if year.isdigit() and 2000 <= int(year) <= 2099:
        supposed, because = dt.date(int(year), 3, 31), f"its Year {year}"
    elif context.quarter:
        supposed, because = context.quarter.end, f"the quarter {context.quarter} that it is delivered for"
    else:
        raise Refusal("date-missing", "its header gives neither ReferenceDate nor Year, so nothing says what it is as at",
                      "fill in the header, or name the quarter when you deliver it")  # fmt: skip
    note = Problem(NOTED, "date-supposed", document.file.name,
                   f"the header has no ReferenceDate; {words(supposed)} is taken from {because}",
                   "fill in ReferenceDate")  # fmt: skip
    return supposed, [note]


def _return(document: XmlDocument, found: Gathered, end: dt.date, doubts: list[Problem]) -> Return:
    year = collection_year(end)
    start = dt.date(year - 1, 4, 1)
    parts = typed_parts(found, document.file, year)
    tables = canonical_tables(parts, need_plans=_carries_need_plans(found, year))
    rules.replay(parts, start, end)
    problems = [
        *doubts,
        *oddities(found, document.file),
        *_elements_of_other_years(found, document, year),
        *(problem for part in parts.values() for problem in part.ledger.problems),
    ]
    return Return(
        KIND,
        f"{TITLE} {year - 1}-{year % 100:02d}, as at {words(end)}",
        start,
        end,
        tables,
        coverage=_coverage(tables, start, end, year),
        problems=tuple(problems),
        counts=tuple(part.ledger.count() for part in parts.values()),
        files=(document.file,),
        about={**about(found), "collection_year": str(year)},
    )


def _carries_need_plans(found: Gathered, year: int) -> bool:
    return year >= YEARS["CINPlanDates"][0] or bool(found.records["CINPlanDates"].rows)


def _coverage(tables: dict, start: dt.date, end: dt.date, year: int) -> tuple[Coverage, ...]:
    """The census holds every referral, assessment, enquiry and transfer-in conference of its year to date, with all
    factors of an assessment, and every episode and plan open in it. It promises no reviews: those of a plan that ended
    before the year aren't in it."""
    bases = {
        "referrals": "starting",
        "assessments": "starting",
        "assessment_factors": "starting",
        "section47_enquiries": "starting",
        "transfer_in_conferences": "starting",
        "episodes_of_need": "touching",
        "protection_plans": "touching",
    }
    if year >= YEARS["CINPlanDates"][0]:
        bases["cin_plans"] = "touching"
    return tuple(Coverage(table, start, end, basis) for table, basis in bases.items() if table in tables)


def _elements_of_other_years(found: Gathered, document: XmlDocument, year: int) -> list[Problem]:
    problems = []
    for name, (first, last) in YEARS.items():
        if (first is None or year >= first) and (last is None or year <= last):
            continue
        lines = [
            line
            for records in found.records.values()
            for row, line in zip(records.rows, records.lines, strict=True)
            if name in row or records.kind.name == name
        ]
        if lines:
            span = f"from {first} on" if last is None else f"up to {last}"
            problems.append(
                Problem(NOTED, "element-of-another-year", document.file.name,
                        f"'{name}' belongs to the census {span}, and this one is of {year}; it is read all the same "
                        f"({len(lines)} times, first on line {lines[0]})", "check that the export is the right year's",
                        row=lines[0], column=name)
            )  # fmt: skip
    return problems


READER = Reader(KIND, TITLE, claims, read)
