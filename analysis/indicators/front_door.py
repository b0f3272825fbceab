"""Front door: contacts, referrals, assessments, section 47 enquiries, conferences, children in need."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import (
    COUNT,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    PERCENT,
    RATE,
    ROLLING_YEAR,
    STOCK,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence
from analysis.records.linkage import SHORT_BREAKS
from analysis.reference.calendar import working_days_between

# A contact is decided on within a working day; a week allows for late recording without reaching the next contact.
CONTACT_TO_REFERRAL_DAYS = 7
REREFERRAL_MONTHS = 12
# Statutory timescales, Working Together to Safeguard Children.
ASSESSMENT_WORKING_DAYS = 45
CONFERENCE_WORKING_DAYS = 15
# A plan starts with its conference; up to this many days later it is taken to be that conference's.
CONFERENCE_TO_PLAN_DAYS = 15

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
    repeat = _true(before >= rows["date"] - pd.DateOffset(months=REREFERRAL_MONTHS))
    return _in_order(rows.assign(repeat=repeat), "date")


def assessments(evidence: Evidence) -> pd.DataFrame:
    """Completed assessments, with `working_days` from start to authorisation."""
    rows = evidence.table("assessments")
    rows = rows[rows["authorised_date"].notna()].reset_index(drop=True)
    days = working_days_between(rows["start_date"], rows["authorised_date"])
    return _in_order(rows.assign(date=rows["authorised_date"], working_days=days), "date")


def enquiries(evidence: Evidence) -> pd.DataFrame:
    """Section 47 enquiries in order of their start."""
    rows = evidence.table("section47_enquiries")
    return _in_order(rows.assign(date=rows["start_date"]), "date")


def conferences(evidence: Evidence) -> pd.DataFrame:
    """Initial child protection conferences, one row a child and date, transferred-in children's included.

    `working_days` runs from the start of the enquiry (the latest not after the conference, where several led to
    it); it is negative or missing where no enquiry came first. `planned`: a plan followed.
    """
    enquiries = evidence.table("section47_enquiries")
    own = enquiries[enquiries["conference_date"].notna()]
    own = own.assign(date=own["conference_date"], _after=_true(own["start_date"] > own["conference_date"]))
    own = own.sort_values(["child_id", "date", "_after", "start_date"], kind="stable")
    before = own[~own["_after"]].drop_duplicates(["child_id", "date"], keep="last")
    late = own[own["_after"]].drop_duplicates(["child_id", "date"], keep="first")
    moved_in = evidence.table("transfer_in_conferences")[["child_id", "date"]]
    kept = [frame for frame in (before, late, moved_in) if len(frame)]
    columns = ["child_id", "date", "start_date", "team"]
    if not kept:
        empty = own[columns].iloc[:0]
        return empty.assign(working_days=pd.array([], "Int64"), planned=pd.array([], bool))
    rows = pd.concat([frame.reindex(columns=columns) for frame in kept], ignore_index=True)
    rows = rows.drop_duplicates(["child_id", "date"]).sort_values("date", kind="stable", ignore_index=True)
    rows["start_date"] = pd.to_datetime(rows["start_date"])
    plans = evidence.table("protection_plans")[["child_id", "start_date"]].rename(columns={"start_date": "plan_start"})
    linked = pd.merge_asof(
        rows, plans.sort_values("plan_start", kind="stable"), left_on="date", right_on="plan_start", by="child_id",
        direction="forward", tolerance=pd.Timedelta(days=CONFERENCE_TO_PLAN_DAYS),
    )  # fmt: skip
    return linked.assign(
        working_days=working_days_between(linked["start_date"], linked["date"]), planned=linked["plan_start"].notna()
    )


def episodes_of_need(evidence: Evidence) -> pd.DataFrame:
    """Episodes of need without those that ended at referral with no further action, with `assessment_began`: when
    the first assessment inside the episode began."""
    rows = evidence.table("episodes_of_need")
    ended = evidence.table("referrals")
    ended = ended[_true(ended["no_further_action"])]
    none = pd.MultiIndex.from_frame(rows[["child_id", "start_date"]]).isin(
        pd.MultiIndex.from_frame(ended[["child_id", "date"]])
    )
    rows = rows[~none].reset_index(drop=True)
    begun = evidence.table("assessments")[["child_id", "start_date"]].rename(columns={"start_date": "began"})
    inside = rows.reset_index()[["index", "child_id", "start_date", "closure_date"]].merge(begun, on="child_id")
    inside = inside[(inside["began"] >= inside["start_date"]) & ~_true(inside["began"] > inside["closure_date"])]
    first = inside.groupby("index")["began"].min().reindex(rows.index)
    return rows.assign(assessment_began=first, need=rows["primary_need"])


def _in_order(rows: pd.DataFrame, date: str) -> pd.DataFrame:
    return rows.sort_values([date, "child_id"], kind="stable", ignore_index=True)


def _true(mask: pd.Series) -> pd.Series:
    return mask.fillna(False).astype(bool)


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
    return rows.assign(counts=_true(rows["no_further_action"]))


def assessment_units(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(assessments), "date").assign(counts=True)


def assessments_in_time(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(assessments), "date")
    return rows.assign(counts=_true(rows["working_days"] <= ASSESSMENT_WORKING_DAYS))


def assessments_not_in_need(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(assessments), "date")
    rows = rows[rows["requires_support"].notna()]
    return rows.assign(counts=~_true(rows["requires_support"]))


def enquiry_units(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(enquiries), "date").assign(counts=True)


def enquiries_to_conference(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(enquiries), "date")
    return rows.assign(counts=rows["conference_date"].notna())


def conference_units(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(conferences), "date").assign(counts=True)


def conferences_in_time(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(conferences), "date")
    return rows.assign(counts=_true(rows["working_days"].between(0, CONFERENCE_WORKING_DAYS)))


def conferences_to_plan(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(conferences), "date")
    return rows.assign(counts=rows["planned"])


def need_units(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(episodes_of_need)
    return rows[_open_at(rows, period, "closure_date")].assign(counts=True)


def awaiting_assessment(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Episodes open at the date, counting those in which no assessment had begun by it.

    An episode that began before assessments are known can't be judged, and a child who is on a plan or looked
    after has been assessed, whatever the records lack: neither counts.
    """
    rows = evidence.once(episodes_of_need)
    rows = rows[_open_at(rows, period, "closure_date")]
    since = evidence.begins("assessments")
    judged = True if since is None else rows["start_date"] >= pd.Timestamp(since)
    served = rows["child_id"].isin(_children_served(evidence, period))
    unassessed = ~_true(rows["assessment_began"] <= period.last)
    return rows.assign(counts=unassessed & ~served & judged)


def _children_served(evidence: Evidence, period: Period) -> set[str]:
    found: set[str] = set()
    for table in ("protection_plans", "care_episodes", "care_periods"):
        rows = evidence.table(table)
        open_rows = rows[_open_at(rows, period, "end_date")]
        if table == "care_episodes":
            open_rows = open_rows[~_true(open_rows["legal_status"].isin(SHORT_BREAKS))]
        found.update(open_rows["child_id"])
    return found


def _open_at(rows: pd.DataFrame, period: Period, end: str) -> pd.Series:
    return _true(rows["start_date"] <= period.last) & ~_true(rows[end] <= period.last)


# --- definitions -----------------------------------------------------------------------------------------------------

_POPULATION = "children aged 0 to 17 in the area at the preceding mid-year"


def indicators() -> tuple[Indicator, ...]:
    """The front door's definitions, in the order of a child's way through it."""
    child = OF_A_CHILD
    referral = {"needs": ("referrals",), "period_type": ROLLING_YEAR, "breakdowns": (*child, "source", *_TEAM)}
    assessment = {"needs": ("assessments",), "period_type": ROLLING_YEAR, "breakdowns": (*child, *_TEAM)}
    enquiry = {"needs": ("section47_enquiries",), "period_type": ROLLING_YEAR, "breakdowns": (*child, *_TEAM)}
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
            "assessment_count", "Assessments completed",
            "Social work assessments authorised in the twelve months, whenever they began.",
            "assessments authorised in the period", "", COUNT, None, source=f"{_CENSUS}: assessments (C2)",
            function=assessment_units, **assessment,
        ),
        Indicator(
            "assessment_rate", "Assessments completed per 10,000 children",
            "Social work assessments authorised in the twelve months for each 10,000 children who live in the area.",
            "assessments authorised in the period", _POPULATION, RATE, None,
            source=f"{_CENSUS}: assessments (C2)", function=assessment_units, **{**assessment, "breakdowns": ()},
        ),
        Indicator(
            "assessments_within_45_days_percent", "Assessments completed within 45 working days",
            f"Share of assessments completed in the twelve months that took at most {ASSESSMENT_WORKING_DAYS} working "
            "days from their start to their authorisation.",
            f"assessments authorised at most {ASSESSMENT_WORKING_DAYS} working days after they began",
            "assessments authorised in the period", PERCENT, HIGHER_IS_BETTER,
            source=f"{_CENSUS}: assessments (C2)", function=assessments_in_time, **assessment,
        ),
        Indicator(
            "assessments_not_in_need_percent", "Assessments that found no need for social care (of assessments)",
            "Share of completed assessments, of those whose outcome is recorded, that found that the child needs no "
            "support from children's social care.",
            "assessments found not to require social care support",
            "assessments authorised in the period with an outcome recorded", PERCENT, None,
            source="Local (Annex A list 4)", function=assessments_not_in_need, **assessment,
        ),
        Indicator(
            "section47_count", "Section 47 enquiries",
            "Enquiries under section 47 of the Children Act 1989 that began in the twelve months, each counted.",
            "enquiries begun in the period", "", COUNT, None, source=f"{_CENSUS}: section 47 (C4)",
            function=enquiry_units, **enquiry,
        ),
        Indicator(
            "section47_rate", "Section 47 enquiries per 10,000 children",
            "Section 47 enquiries begun in the twelve months for each 10,000 children who live in the area.",
            "enquiries begun in the period", _POPULATION, RATE, None, source=f"{_CENSUS}: section 47 (C4)",
            function=enquiry_units, **{**enquiry, "breakdowns": ()},
        ),
        Indicator(
            "section47_to_icpc_percent", "Section 47 enquiries that led to a conference (the same enquiries)",
            "Share of the enquiries begun in the twelve months that led to an initial child protection conference "
            "of that child.",
            "those enquiries with a conference date", "enquiries begun in the period", PERCENT, None,
            source="Local (CIN census)", function=enquiries_to_conference, **enquiry,
        ),
        Indicator(
            "icpc_count", "Initial child protection conferences",
            "Initial child protection conferences held in the twelve months, one for each child, those for children "
            "who moved in on a plan included.",
            "conferences held in the period", "", COUNT, None, source=f"{_CENSUS}: conferences (C4)",
            function=conference_units, **enquiry,
        ),
        Indicator(
            "icpc_rate", "Initial child protection conferences per 10,000 children",
            "Initial child protection conferences in the twelve months for each 10,000 children who live in the area.",
            "conferences held in the period", _POPULATION, RATE, None, source=f"{_CENSUS}: conferences (C4)",
            function=conference_units, **{**enquiry, "breakdowns": ()},
        ),
        Indicator(
            "icpc_within_15_days_percent", "Conferences within 15 working days of the enquiry's start",
            f"Share of conferences in the twelve months held at most {CONFERENCE_WORKING_DAYS} working days after the "
            "section 47 enquiry began. A conference without an enquiry before it stays in the denominator.",
            f"conferences held 0 to {CONFERENCE_WORKING_DAYS} working days after the enquiry began",
            "all conferences held in the period", PERCENT, HIGHER_IS_BETTER,
            source=f"{_CENSUS}: conferences (C4)", function=conferences_in_time, **enquiry,
        ),
        Indicator(
            "icpc_to_plan_percent", "Conferences that led to a plan (the same children)",
            "Share of conferences in the twelve months after which the child became the subject of a child "
            f"protection plan, on the day or within {CONFERENCE_TO_PLAN_DAYS} days.",
            f"conferences with a plan of the child begun at most {CONFERENCE_TO_PLAN_DAYS} days later",
            "conferences held in the period", PERCENT, None, source="Local (CIN census)",
            function=conferences_to_plan, **{**enquiry, "needs": ("section47_enquiries", "protection_plans")},
        ),
        Indicator(
            "cin_count", "Children in need",
            "Episodes of need open at the end of the quarter: every child with an open case, on any kind of plan, "
            "looked after or being assessed. Cases closed at referral aren't counted.",
            "episodes of need open at the date", "", COUNT, None, STOCK, f"{_CENSUS}: episodes at 31 March (B1)",
            need_units, ("episodes_of_need",), breakdowns=(*child, "need"),
        ),
        Indicator(
            "cin_rate", "Children in need per 10,000 children",
            "Episodes of need open at the end of the quarter for each 10,000 children who live in the area.",
            "episodes of need open at the date", _POPULATION, RATE, None, STOCK,
            f"{_CENSUS}: episodes at 31 March (B1)", need_units, ("episodes_of_need",),
        ),
        Indicator(
            "cin_awaiting_assessment_rate", "Children in need awaiting assessment per 10,000 children",
            "Open cases in which no assessment had begun by the end of the quarter, for each 10,000 children who live "
            "in the area. Children on a plan or looked after aren't waiting.",
            "episodes of need open at the date in which no assessment had begun", _POPULATION, RATE, LOWER_IS_BETTER,
            STOCK, f"{_CENSUS}: awaiting assessment (B1)", awaiting_assessment, ("episodes_of_need", "assessments"),
        ),
    )  # fmt: skip
