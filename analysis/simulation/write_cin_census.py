"""Writes the CIN census as DfE's XML, year to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
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


def write_cin_census(tables: Mapping[str, pd.DataFrame], quarter: Quarter, path: Path, authority: str) -> Path:
    """Writes the census from 1 April to the quarter's end, which is its reference date, and gives the path.

    A child for each child with an episode of need that touches the period or a referral in it that led to no
    further action; within it the episodes, each with its assessments and enquiries (which name the episode by its
    referral date) and the plans of the year. No clock: the header's DateTime is the start of the reference date.
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
    values = list(values)
    # Dates and codes repeat: each is made once.
    made = {value: f"<{name}>{escape(value)}</{name}>" if value else "" for value in set(values)}
    return [made[value] for value in values]


def around(name: str, contents: list[str]) -> list[str]:
    """A grouping element around contents that are elements already; nothing around nothing."""
    return [f"<{name}>{content}</{name}>" if content else "" for content in contents]


def lines(name: str, contents: list[str]) -> list[str]:
    """A record a line."""
    return [f"<{name}>{content}</{name}>\n" for content in contents]


def rows(*parts: list[str]) -> list[str]:
    return ["".join(row) for row in zip(*parts, strict=True)]


def _nested(frame: pd.DataFrame, date: str, parents: pd.DataFrame, parent_date: str) -> tuple[pd.DataFrame, np.ndarray]:
    """The rows of `frame` that lie in a row of `parents` (the same child, the dates given), and in which: its position."""
    within = pd.MultiIndex.from_frame(parents[["child_id", parent_date]])
    place = within.get_indexer(pd.MultiIndex.from_frame(frame[["child_id", date]]))
    return frame[place >= 0], place[place >= 0]


def _gathered(fragments: list[str], place: np.ndarray, size: int) -> list[str]:
    """The fragments of each of `size` parents, joined in row order; "" where a parent has none."""
    found = [""] * size
    for position, fragment in zip(place.tolist(), fragments, strict=True):
        found[position] += fragment
    return found


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
    no_plans = [""] * len(every)
    fragments = rows(
        element("CINreferralDate", iso_dates(every["date"])),
        element("ReferralSource", texts(every["source"])),
        element("PrimaryNeedCode", texts(every["primary_need"])),
        element("CINclosureDate", iso_dates(every["closure_date"])),
        element("ReasonForClosure", texts(every["closure_reason"])),
        _transfers(tables, every),
        _assessments(tables, every),
        _need_plans(tables, every) if quarter.year + 1 >= PLAN_DATES_FROM else no_plans,
        _enquiries(tables, every),
        element("ReferralNFA", choices(every["no_further_action"], "true", "false", "false")),
        _plans(tables, every, quarter),
    )
    found: dict[str, list[str]] = defaultdict(list)
    for child, fragment in zip(every["child_id"], fragments, strict=True):
        found[child].append(f"<CINdetails>{fragment}</CINdetails>\n")
    return found


def _transfers(tables: Mapping[str, pd.DataFrame], every: pd.DataFrame) -> list[str]:
    frame, place = _nested(table(tables, "transfer_in_conferences"), "referral_date", every, "date")
    return _gathered(element("DateOfInitialCPC", iso_dates(frame["date"])), place, len(every))


def _assessments(tables: Mapping[str, pd.DataFrame], every: pd.DataFrame) -> list[str]:
    frame, place = _nested(table(tables, "assessments"), "referral_date", every, "date")
    factors, named = _nested(table(tables, "assessment_factors"), "start_date", frame, "start_date")
    found = _gathered(element("AssessmentFactors", texts(factors["factor"])), named, len(frame))
    parts = rows(
        element("AssessmentActualStartDate", iso_dates(frame["start_date"])),
        element("AssessmentInternalReviewDate", iso_dates(frame["internal_review_date"])),
        element("AssessmentAuthorisationDate", iso_dates(frame["authorised_date"])),
        around("FactorsIdentifiedAtAssessment", found),
    )
    return _gathered(lines("Assessments", parts), place, len(every))


def _need_plans(tables: Mapping[str, pd.DataFrame], every: pd.DataFrame) -> list[str]:
    frame, place = _nested(table(tables, "cin_plans"), "referral_date", every, "date")
    parts = rows(
        element("CINPlanStartDate", iso_dates(frame["start_date"])),
        element("CINPlanEndDate", iso_dates(frame["end_date"])),
    )
    return _gathered(lines("CINPlanDates", parts), place, len(every))


def _enquiries(tables: Mapping[str, pd.DataFrame], every: pd.DataFrame) -> list[str]:
    frame, place = _nested(table(tables, "section47_enquiries"), "referral_date", every, "date")
    parts = rows(
        element("S47ActualStartDate", iso_dates(frame["start_date"])),
        element("InitialCPCtarget", iso_dates(frame["conference_target"])),
        element("DateOfInitialCPC", iso_dates(frame["conference_date"])),
        element("ICPCnotRequired", choices(frame["conference_not_required"], "true", "false")),
    )
    return _gathered(lines("Section47", parts), place, len(every))


def _plans(tables: Mapping[str, pd.DataFrame], every: pd.DataFrame, quarter: Quarter) -> list[str]:
    """Plans that ended before the year are last year's census's."""
    plans = table(tables, "protection_plans")
    plans = plans[touching(plans["start_date"], plans["end_date"], quarter.year_start, quarter.end)]
    frame, place = _nested(plans, "referral_date", every, "date")
    reviews, held = _nested(table(tables, "protection_reviews"), "plan_start", frame, "start_date")
    dates = _gathered(element("CPPreviewDate", iso_dates(reviews["date"])), held, len(frame))
    parts = rows(
        element("CPPstartDate", iso_dates(frame["start_date"])),
        element("CPPendDate", iso_dates(frame["end_date"])),
        element("InitialCategoryOfAbuse", texts(frame["initial_category"])),
        element("LatestCategoryOfAbuse", texts(frame["latest_category"])),
        element("NumberOfPreviousCPP", plain_numbers(frame["previous_plans"])),
        around("Reviews", dates),
    )
    return _gathered(lines("ChildProtectionPlans", parts), place, len(every))
