"""Front door: contacts and referrals, and what became of them."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import (
    COUNT,
    LOWER_IS_BETTER,
    PERCENT,
    RATE,
    ROLLING_YEAR,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence
from analysis.indicators.need import NOT_IN_NEED
from analysis.methods.masks import certain

# A contact is decided on within a working day; a week allows for late recording without reaching the next contact.
CONTACT_TO_REFERRAL_DAYS = 7
REREFERRAL_MONTHS = 12
# An assessment begins within days of a referral; later ones are about something else.
REFERRAL_TO_ASSESSMENT_DAYS = 30

_TEAM = ("team", "locality")
_CENSUS = "DfE, Children in need"


# --- made once ---------------------------------------------------------------------------------------------------


def contacts(evidence: Evidence) -> pd.DataFrame:
    """Contacts, with `followed`: the child was referred on the day or within a week."""
    rows = evidence.table("contacts").sort_values("date", kind="stable", ignore_index=True)
    referred = evidence.table("referrals")[["child_id", "date"]].rename(columns={"date": "referred"})
    linked = pd.merge_asof(
        rows, referred.sort_values("referred", kind="stable"), left_on="date", right_on="referred", by="child_id",
        direction="forward", tolerance=pd.Timedelta(days=CONTACT_TO_REFERRAL_DAYS),
    )  # fmt: skip
    return linked.assign(followed=linked["referred"].notna())


def referrals(evidence: Evidence) -> pd.DataFrame:
    """Referrals, with `repeat`: the same child was referred at most twelve months before."""
    rows = evidence.table("referrals").sort_values(["child_id", "date"], kind="stable", ignore_index=True)
    before = rows.groupby("child_id")["date"].shift()
    repeat = certain(before >= rows["date"] - pd.DateOffset(months=REREFERRAL_MONTHS))
    return _in_order(rows.assign(repeat=repeat), "date")


def referrals_assessed(evidence: Evidence) -> pd.DataFrame:
    """Referrals, with `assessed`: an assessment of the child began on the day or within a month."""
    rows = evidence.once(referrals)
    begun = evidence.table("assessments")[["child_id", "start_date"]].rename(columns={"start_date": "began"})
    linked = pd.merge_asof(
        rows, begun.sort_values("began", kind="stable"), left_on="date", right_on="began", by="child_id",
        direction="forward", tolerance=pd.Timedelta(days=REFERRAL_TO_ASSESSMENT_DAYS),
    )  # fmt: skip
    return linked.assign(assessed=linked["began"].notna())


def referrals_closed(evidence: Evidence) -> pd.DataFrame:
    """Referrals, with `refused`: the day on which the case was closed because the child was assessed as not in need."""
    rows = evidence.once(referrals)
    ended = evidence.table("episodes_of_need")
    ended = ended[certain(ended["closure_reason"] == NOT_IN_NEED)].set_index(["child_id", "start_date"])["closure_date"]
    ended = ended[~ended.index.duplicated()]
    return rows.assign(refused=ended.reindex(pd.MultiIndex.from_frame(rows[["child_id", "date"]])).to_numpy())


def _in_order(rows: pd.DataFrame, date: str) -> pd.DataFrame:
    return rows.sort_values([date, "child_id"], kind="stable", ignore_index=True)


# --- the units counted ---------------------------------------------------------------------------------------------


def contact_units(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(contacts), "date").assign(counts=True)


def contacts_followed(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(contacts), "date")
    return rows.assign(counts=rows["followed"])


def referral_units(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(referrals), "date").assign(counts=True)


def rereferrals(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(referrals), "date")
    return rows.assign(counts=rows["repeat"])


def referrals_ended(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(referrals), "date")
    return rows.assign(counts=certain(rows["no_further_action"]))


def children_rereferred(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Each child referred in the period once, by the last referral; `counts` where any of them was a repeat."""
    rows = period.of(evidence.once(referrals), "date")
    again = rows.groupby("child_id")["repeat"].any()
    rows = rows.drop_duplicates("child_id", keep="last")
    return rows.assign(counts=rows["child_id"].map(again).astype(bool))


def referrals_to_assessment(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(referrals_assessed), "date")
    return rows.assign(counts=rows["assessed"])


def referrals_not_in_need(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """Only the census carries cases that were closed after assessment: Annex A's list 6 leaves them out."""
    if evidence.known.kinds and "cin_census" not in evidence.known.kinds:
        return None
    rows = period.of(evidence.once(referrals_closed), "date")
    return rows.assign(counts=certain(rows["refused"] <= period.last))


# --- definitions -----------------------------------------------------------------------------------------------------

_POPULATION = "children aged 0 to 17 in the area at the preceding mid-year"


def indicators() -> tuple[Indicator, ...]:
    """The front door's definitions, in the order of a child's way through it."""
    child = OF_A_CHILD
    referral = {"needs": ("referrals",), "period_type": ROLLING_YEAR, "breakdowns": (*child, "source", *_TEAM)}
    return (
        Indicator(
            "contact_count", "Contacts",
            "Contacts about a child received at the front door in the twelve months. A contact about three children "
            "is three; a child may be the subject of several.",
            "contacts received in the period", "", COUNT, None, ROLLING_YEAR, "Local (Annex A list 1)", contact_units,
            ("contacts",), breakdowns=(*child, "source"),
        ),
        Indicator(
            "contact_to_referral_percent", "Contacts that led to a referral",
            "Share of contacts after which the same child was referred to social care on that day or within the "
            f"{CONTACT_TO_REFERRAL_DAYS} days after it.",
            f"contacts followed by a referral of the child within {CONTACT_TO_REFERRAL_DAYS} days",
            "contacts received in the period", PERCENT, None, ROLLING_YEAR, "Local (Annex A lists 1 and 3)",
            contacts_followed, ("contacts", "referrals"), breakdowns=(*child, "source"),
        ),
        Indicator(
            "referral_count", "Referrals",
            "Referrals to children's social care accepted in the twelve months, each counted. A request about a "
            "child whose case is already open isn't one.",
            "referrals received in the period", "", COUNT, None, source=f"{_CENSUS}: referrals (C1)",
            function=referral_units, **referral,
        ),
        Indicator(
            "referral_rate", "Referrals per 10,000 children",
            "Referrals in the twelve months for each 10,000 children who live in the area.",
            "referrals received in the period", _POPULATION, RATE, None, source=f"{_CENSUS}: referrals (C1)",
            function=referral_units, **{**referral, "breakdowns": ()},
        ),
        Indicator(
            "rereferral_percent", "Referrals within 12 months of an earlier one",
            "Share of referrals in the twelve months of a child who had been referred before, at most twelve months "
            "earlier. The earlier referral may lie before the period, so 24 months of records are needed.",
            "referrals with an earlier referral of the same child at most 12 months before",
            "referrals received in the period", PERCENT, LOWER_IS_BETTER,
            source=f"{_CENSUS}: re-referrals (C1)", function=rereferrals, lookback_months=REREFERRAL_MONTHS, **referral,
        ),
        Indicator(
            "referrals_no_further_action_percent", "Referrals that ended in no further action (of referrals)",
            "Share of referrals in the twelve months that were closed at referral, without an assessment.",
            "referrals recorded as needing no further action", "referrals received in the period", PERCENT, None,
            source=f"{_CENSUS}: referrals (C1)", function=referrals_ended, **referral,
        ),
        Indicator(
            "rereferral_children_percent", "Children referred again within 12 months (of children referred)",
            "Share of the children referred in the twelve months of whom any of these referrals came at most twelve "
            "months after an earlier one. Each child is counted once.",
            "children with a referral at most 12 months after an earlier one",
            "children with a referral received in the period", PERCENT, LOWER_IS_BETTER,
            source=f"{_CENSUS}: re-referrals, children (C1)", function=children_rereferred,
            lookback_months=REREFERRAL_MONTHS, **referral,
        ),
        Indicator(
            "referral_to_assessment_percent", "Referrals that led to an assessment",
            "Share of referrals in the twelve months after which an assessment of the child began on that day or within "
            f"the {REFERRAL_TO_ASSESSMENT_DAYS} days after it.",
            f"referrals followed by an assessment of the child begun within {REFERRAL_TO_ASSESSMENT_DAYS} days",
            "referrals received in the period", PERCENT, None, source="Local (CIN census)",
            function=referrals_to_assessment, **{**referral, "needs": ("referrals", "assessments")},
        ),
        Indicator(
            "assessed_not_in_need_percent", "Referrals assessed as not in need (of referrals)",
            "Share of referrals in the twelve months whose case was closed by the end of them because an assessment "
            "found that the child was not in need: assessments that ended in no further action, over all referrals.",
            "referrals whose case was closed after assessment with the child not in need (reason RC8)",
            "referrals received in the period", PERCENT, None, source=f"{_CENSUS}: assessed not in need (C1)",
            function=referrals_not_in_need, **{**referral, "needs": ("referrals", "episodes_of_need")},
        ),
    )  # fmt: skip
