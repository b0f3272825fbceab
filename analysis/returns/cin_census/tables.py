"""Canonical tables from the CIN census's typed records.

One CINdetails is one referral, and one episode of need unless the referral led to no further action: DfE counts such
a referral, and no child in need (its rules 8815, 8831 and 8832).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.records.delivery import NOTED
from analysis.records.tables import TABLES
from analysis.returns.cin_census.elements import ACTIVITY
from analysis.returns.cin_census.records import Part

NO_DISABILITY = "NONE"


def canonical_tables(parts: Mapping[str, Part], *, need_plans: bool) -> dict[str, pd.DataFrame]:
    """The canonical tables that the census carries; `need_plans` says whether this one carries CIN plans."""
    details = parts["CINdetails"].kept()
    plans = parts["ChildProtectionPlans"].kept()
    frames = {
        "children": _children(parts),
        "referrals": details[["child_id", "date", "source", "no_further_action"]],
        "episodes_of_need": _episodes(parts),
        "assessments": parts["Assessments"].kept()[
            ["child_id", "start_date", "authorised_date", "internal_review_date", "referral_date"]
        ],
        "assessment_factors": parts["AssessmentFactors"].kept()[["child_id", "start_date", "factor"]],
        "section47_enquiries": parts["Section47"].kept().drop(columns="details"),
        "transfer_in_conferences": _transfers(parts["CINdetails"]),
        "protection_plans": plans.drop(columns="details"),
        "protection_reviews": parts["CPPreviewDate"].kept(),
    }
    if need_plans:
        frames["cin_plans"] = parts["CINPlanDates"].kept().drop(columns="details")
    return {name: TABLES[name].conform(frame, partial=True) for name, frame in frames.items()}


def _children(parts: Mapping[str, Part]) -> pd.DataFrame:
    child = parts["Child"].kept()
    codes = parts["Disability"].kept()
    answered = child.index.isin(codes["child"])
    named: dict[int, str] = {}
    for owner, code in zip(codes["child"], codes["code"], strict=True):
        if code != NO_DISABILITY:
            named[owner] = f"{named[owner]} {code}" if owner in named else code
    disabled = pd.Series(child.index.isin(list(named)), index=child.index, dtype="boolean").where(answered)
    return child.drop(columns=["born", "expected"]).assign(
        disabled=disabled, disabilities=pd.Series(named, dtype="string").reindex(child.index)
    )


def has_activity(parts: Mapping[str, Part]) -> pd.Series:
    """For each CINdetails, whether it holds anything that follows a referral."""
    details = parts["CINdetails"].typed
    active = details["closure_date"].notna() | details["transfer_in"].notna()
    for kind in ACTIVITY:
        active = active | details.index.isin(parts[kind.name].typed["details"])
    return active


def _episodes(parts: Mapping[str, Part]) -> pd.DataFrame:
    details = parts["CINdetails"].kept()
    ended_there = details["no_further_action"].fillna(False).astype(bool)
    episodes = details[~ended_there | has_activity(parts).reindex(details.index)]
    return episodes[["child_id", "date", "primary_need", "closure_date", "closure_reason"]].rename(
        columns={"date": "start_date"}
    )


def _transfers(details: Part) -> pd.DataFrame:
    held = details.kept().dropna(subset=["transfer_in"])
    twice = held.duplicated(["child_id", "transfer_in"])
    details.ledger.flag(
        twice.reindex(details.typed.index, fill_value=False), NOTED, "conference-repeated",
        "another episode of this child has the same transfer-in conference; it counts once",
        "record the conference in the episode that it opened", "DateOfInitialCPC",
    )  # fmt: skip
    return held[~twice][["child_id", "transfer_in", "date"]].rename(
        columns={"transfer_in": "date", "date": "referral_date"}
    )
