"""Writes the CIN census as DfE's XML, year to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd

from analysis.reference.calendar import Quarter, age_at
from analysis.simulation.write_columns import (
    choices,
    iso_dates,
    plain_numbers,
    recoded,
    starting,
    table,
    texts,
    touching,
)

# When the census took in plans for children in need, and when it renamed GenderCurrent.
PLAN_DATES_FROM, SEX_FROM = 2022, 2025
GENDERS = {"M": "1", "F": "2", "U": "0", "N": "9"}
SEXES = {"N": "U"}
# DfE's reasons for having no UPN: too young for school, and not known for a child in need.
UPN_TOO_YOUNG, UPN_UNKNOWN = "UN1", "UN6"
SCHOOL_AGE = 5
SOFTWARE = "selfassess simulation"

Nested = Mapping[tuple[str, pd.Timestamp], str]


def write_cin_census(tables: Mapping[str, pd.DataFrame], quarter: Quarter, path: Path, authority: str) -> Path:
    """Writes the census from 1 April to the quarter's end, which is its reference date, and gives the path.

    A child for each child with an episode of need that touches the period or a referral in it that led to no
    further action; within it the episodes, each with its whole story: assessments and enquiries name the episode by
    its referral date. No clock: the header's DateTime is the start of the reference date.
    """
    details = _details(tables, quarter)
    children = table(tables, "children")
    children = children[children["child_id"].isin(details)]
    with open(path, "w", encoding="utf-8", newline="\n") as stream:
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n<Message>\n')
        stream.write(_header(quarter, authority))
        stream.write("<Children>\n")
        for child, identity in zip(children["child_id"], _identities(children, quarter), strict=True):
            stream.write(f"<Child>\n{identity}{''.join(details[child])}</Child>\n")
        stream.write("</Children>\n</Message>\n")
    return path


def _header(quarter: Quarter, authority: str) -> str:
    return (
        "<Header>\n<CollectionDetails><Collection>CIN</Collection>"
        f"<Year>{quarter.year + 1}</Year><ReferenceDate>{quarter.end:%Y-%m-%d}</ReferenceDate></CollectionDetails>\n"
        f"<Source><SourceLevel>L</SourceLevel><LEA>{escape(authority)}</LEA><SoftwareCode>{SOFTWARE}</SoftwareCode>"
        f"<Release>1</Release><SerialNo>1</SerialNo><DateTime>{quarter.end:%Y-%m-%d}T00:00:00</DateTime></Source>\n"
        "</Header>\n"
    )


def element(name: str, values: Iterable[str]) -> list[str]:
    """An element for each value; nothing where the value is blank. Values are escaped."""
    return [f"<{name}>{escape(value)}</{name}>" if value else "" for value in values]


def rows(*parts: list[str]) -> list[str]:
    return ["".join(row) for row in zip(*parts, strict=True)]


def _gathered(frame: pd.DataFrame, key: tuple[str, str], fragments: list[str]) -> Nested:
    """Fragments joined by (child, date), in row order. Rows without a date belong to nothing."""
    found: dict = defaultdict(list)
    for child, date, fragment in zip(frame[key[0]], frame[key[1]], fragments, strict=True):
        found[child, date].append(fragment)
    return {place: "".join(parts) for place, parts in found.items()}


def _placed(frame: pd.DataFrame, date: str, nested: Nested) -> list[str]:
    return [nested.get(place, "") for place in zip(frame["child_id"], frame[date], strict=True)]


def _identities(children: pd.DataFrame, quarter: Quarter) -> list[str]:
    born = children["date_of_birth"]
    unborn = (born > pd.Timestamp(quarter.end)).fillna(False)
    sex = ("GenderCurrent", GENDERS) if quarter.year + 1 < SEX_FROM else ("Sex", SEXES)
    young = (age_at(born, quarter.end) < SCHOOL_AGE).fillna(True).astype(bool)
    stand_in = young.map({True: UPN_TOO_YOUNG, False: UPN_UNKNOWN}).where(children["upn"].isna())
    identifiers = rows(
        element("LAchildID", texts(children["child_id"])),
        element("UPN", texts(children["upn"])),
        element("UPNunknown", texts(stand_in)),
        element("PersonBirthDate", iso_dates(born.mask(unborn))),
        element("ExpectedPersonBirthDate", iso_dates(born.where(unborn))),
        element(sex[0], recoded(children["sex"], sex[1])),
        element("PersonDeathDate", iso_dates(children["date_of_death"])),
    )
    return [
        f"<ChildIdentifiers>{identifier}</ChildIdentifiers>\n"
        f"<ChildCharacteristics>{ethnicity}{disabilities}</ChildCharacteristics>\n"
        for identifier, ethnicity, disabilities in zip(
            identifiers, element("Ethnicity", texts(children["ethnicity"])), _disabilities(children), strict=True
        )
    ]


def _disabilities(children: pd.DataFrame) -> list[str]:
    none = (~children["disabled"]).fillna(False).map({True: "NONE", False: ""})
    named = children["disabilities"].fillna(none)
    return [
        f"<Disabilities>{''.join(element('Disability', codes.split()))}</Disabilities>" if codes else ""
        for codes in texts(named)
    ]


def _details(tables: Mapping[str, pd.DataFrame], quarter: Quarter) -> dict[str, list[str]]:
    """Each child's CINdetails, oldest first."""
    first, last = quarter.year_start, quarter.end
    episodes = table(tables, "episodes_of_need")
    episodes = episodes[touching(episodes["start_date"], episodes["closure_date"], first, last)]
    referrals = table(tables, "referrals").drop(columns=["team", "worker"])
    ended_there = referrals["no_further_action"].fillna(False).astype(bool)
    refused = referrals[ended_there & starting(referrals["date"], first, last)]
    joined = episodes.merge(
        referrals, how="left", left_on=["child_id", "start_date"], right_on=["child_id", "date"]
    ).assign(date=lambda frame: frame["start_date"])
    alone = refused.merge(joined[["child_id", "date"]], how="left", indicator=True)
    alone = alone[alone["_merge"] == "left_only"].drop(columns="_merge")
    every = pd.concat([joined, alone]).sort_values(["child_id", "date"], kind="stable", ignore_index=True)
    if every.empty:
        return {}
    fragments = rows(
        element("CINreferralDate", iso_dates(every["date"])),
        element("ReferralSource", texts(every["source"])),
        element("PrimaryNeedCode", texts(every["primary_need"])),
        element("CINclosureDate", iso_dates(every["closure_date"])),
        element("ReasonForClosure", texts(every["closure_reason"])),
        _placed(every, "date", _transfers(tables)),
        _placed(every, "date", _assessments(tables)),
        _placed(every, "date", _need_plans(tables) if quarter.year + 1 >= PLAN_DATES_FROM else {}),
        _placed(every, "date", _enquiries(tables)),
        element("ReferralNFA", choices(every["no_further_action"], "true", "false", "false")),
        _placed(every, "date", _plans(tables)),
    )
    found: dict[str, list[str]] = defaultdict(list)
    for child, fragment in zip(every["child_id"], fragments, strict=True):
        found[child].append(f"<CINdetails>{fragment}</CINdetails>\n")
    return found


def _transfers(tables: Mapping[str, pd.DataFrame]) -> Nested:
    frame = table(tables, "transfer_in_conferences")
    return _gathered(frame, ("child_id", "referral_date"), element("DateOfInitialCPC", iso_dates(frame["date"])))


def _assessments(tables: Mapping[str, pd.DataFrame]) -> Nested:
    frame, factors = table(tables, "assessments"), table(tables, "assessment_factors")
    named = _gathered(factors, ("child_id", "start_date"), element("AssessmentFactors", texts(factors["factor"])))
    found = [f"<FactorsIdentifiedAtAssessment>{factor}</FactorsIdentifiedAtAssessment>" if factor else ""
             for factor in _placed(frame, "start_date", named)]  # fmt: skip
    parts = rows(
        element("AssessmentActualStartDate", iso_dates(frame["start_date"])),
        element("AssessmentInternalReviewDate", iso_dates(frame["internal_review_date"])),
        element("AssessmentAuthorisationDate", iso_dates(frame["authorised_date"])),
        found,
    )
    return _gathered(frame, ("child_id", "referral_date"), [f"<Assessments>{part}</Assessments>\n" for part in parts])


def _need_plans(tables: Mapping[str, pd.DataFrame]) -> Nested:
    frame = table(tables, "cin_plans")
    parts = rows(
        element("CINPlanStartDate", iso_dates(frame["start_date"])),
        element("CINPlanEndDate", iso_dates(frame["end_date"])),
    )
    return _gathered(frame, ("child_id", "referral_date"), [f"<CINPlanDates>{part}</CINPlanDates>\n" for part in parts])


def _enquiries(tables: Mapping[str, pd.DataFrame]) -> Nested:
    frame = table(tables, "section47_enquiries")
    parts = rows(
        element("S47ActualStartDate", iso_dates(frame["start_date"])),
        element("InitialCPCtarget", iso_dates(frame["conference_target"])),
        element("DateOfInitialCPC", iso_dates(frame["conference_date"])),
        element("ICPCnotRequired", choices(frame["conference_not_required"], "true", "false")),
    )
    return _gathered(frame, ("child_id", "referral_date"), [f"<Section47>{part}</Section47>\n" for part in parts])


def _plans(tables: Mapping[str, pd.DataFrame]) -> Nested:
    frame, reviews = table(tables, "protection_plans"), table(tables, "protection_reviews")
    held = _gathered(reviews, ("child_id", "plan_start"), element("CPPreviewDate", iso_dates(reviews["date"])))
    parts = rows(
        element("CPPstartDate", iso_dates(frame["start_date"])),
        element("CPPendDate", iso_dates(frame["end_date"])),
        element("InitialCategoryOfAbuse", texts(frame["initial_category"])),
        element("LatestCategoryOfAbuse", texts(frame["latest_category"])),
        element("NumberOfPreviousCPP", plain_numbers(frame["previous_plans"])),
        [f"<Reviews>{dates}</Reviews>" if dates else "" for dates in _placed(frame, "start_date", held)],
    )
    return _gathered(
        frame,
        ("child_id", "referral_date"),
        [f"<ChildProtectionPlans>{part}</ChildProtectionPlans>\n" for part in parts],
    )
