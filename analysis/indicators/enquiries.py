"""Section 47 enquiries and initial child protection conferences: how many, in time, and what each led to."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import (
    COUNT,
    HIGHER_IS_BETTER,
    PERCENT,
    RATE,
    ROLLING_YEAR,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.reference.calendar import working_days_between

# Statutory timescale, Working Together to Safeguard Children.
CONFERENCE_WORKING_DAYS = 15
# A plan starts with its conference; up to this many days later it is taken to be that conference's.
CONFERENCE_TO_PLAN_DAYS = 15

_CENSUS = "DfE, Children in need"
_POPULATION = "children aged 0 to 17 in the area at the preceding mid-year"


# --- made once ---------------------------------------------------------------------------------------------------


def enquiries(evidence: Evidence) -> pd.DataFrame:
    """Section 47 enquiries in order of their start."""
    rows = evidence.table("section47_enquiries")
    return _in_order(rows.assign(date=rows["start_date"]), "date")


def conferences(evidence: Evidence) -> pd.DataFrame:
    """Initial child protection conferences, one row a child and date, transferred-in children's included.

    `working_days` runs from the start of the enquiry (the latest not after the conference, where several led to
    it); it is negative or missing where no enquiry came first. `planned`: a plan followed. `moved_in`: transferred in.
    """
    enquiries = evidence.table("section47_enquiries")
    own = enquiries[enquiries["conference_date"].notna()]
    own = own.assign(date=own["conference_date"], _after=certain(own["start_date"] > own["conference_date"]))
    own = own.sort_values(["child_id", "date", "_after", "start_date"], kind="stable")
    before = own[~own["_after"]].drop_duplicates(["child_id", "date"], keep="last")
    late = own[own["_after"]].drop_duplicates(["child_id", "date"], keep="first")
    moved_in = evidence.table("transfer_in_conferences")[["child_id", "date"]]
    frames = (before.assign(moved_in=False), late.assign(moved_in=False), moved_in.assign(moved_in=True))
    kept = [frame for frame in frames if len(frame)]
    columns = ["child_id", "date", "start_date", "team", "moved_in"]
    if not kept:
        empty = own[columns[:-1]].iloc[:0]
        return empty.assign(moved_in=pd.array([], bool), working_days=pd.array([], "Int64"), planned=pd.array([], bool))
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


def _in_order(rows: pd.DataFrame, date: str) -> pd.DataFrame:
    return rows.sort_values([date, "child_id"], kind="stable", ignore_index=True)


# --- the units counted ---------------------------------------------------------------------------------------------


def enquiry_units(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(enquiries), "date").assign(counts=True)


def enquiries_to_conference(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(enquiries), "date")
    return rows.assign(counts=rows["conference_date"].notna())


def conference_units(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(conferences), "date").assign(counts=True)


def conferences_in_time(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(conferences), "date")
    return rows.assign(counts=certain(rows["working_days"].between(0, CONFERENCE_WORKING_DAYS)))


def conferences_to_plan(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(conferences), "date")
    return rows.assign(counts=rows["planned"])


def enquired_children(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Each child of the period's enquiries once, by the first of them."""
    rows = period.of(evidence.once(enquiries), "date")
    return rows.drop_duplicates("child_id").assign(counts=True)


def conferences_moved_in(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(conferences), "date")
    return rows[rows["moved_in"]].assign(counts=True)


def conferences_per_enquiry(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Both counts of the period, each row with what it adds to either: they needn't be of the same children."""
    return _counts_over_counts(enquiry_units(evidence, period), conference_units(evidence, period))


def plans_per_conference(evidence: Evidence, period: Period) -> pd.DataFrame:
    plans = evidence.table("protection_plans")
    plans = plans.assign(date=plans["start_date"]).sort_values("date", kind="stable", ignore_index=True)
    return _counts_over_counts(conference_units(evidence, period), period.of(plans, "date"))


def _counts_over_counts(under: pd.DataFrame, over: pd.DataFrame) -> pd.DataFrame:
    columns = ["child_id", "date", "team"]
    frames = [
        over.reindex(columns=columns).assign(amount=1.0, base=0.0),
        under.reindex(columns=columns).assign(amount=0.0, base=1.0),
    ]
    return pd.concat(frames, ignore_index=True)


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about enquiries and conferences, in the order in which they follow each other."""
    by = (*OF_A_CHILD, "team", "locality")
    enquiry = {"needs": ("section47_enquiries",), "period_type": ROLLING_YEAR, "breakdowns": by}
    return (
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
            "section47_children_count", "Children with a section 47 enquiry",
            "Children about whom an enquiry under section 47 began in the twelve months, each counted once.",
            "children with an enquiry begun in the period", "", COUNT, None,
            source=f"{_CENSUS}: section 47, children (C4)", function=enquired_children, **enquiry,
        ),
        Indicator(
            "icpc_transfer_in_count", "Conferences for children who moved in on a plan",
            "Initial child protection conferences in the twelve months for children who came from another authority "
            "while the subject of a plan there. They are among all conferences, and have no enquiry here.",
            "transfer-in conferences held in the period", "", COUNT, None, ROLLING_YEAR,
            f"{_CENSUS}: conferences (C4)", conferences_moved_in, ("transfer_in_conferences",), breakdowns=OF_A_CHILD,
        ),
        Indicator(
            "icpc_per_section47_percent", "Conferences for each hundred section 47 enquiries (two counts of the period)",
            "Initial child protection conferences in the twelve months divided by the enquiries begun in them, as a "
            "percentage. The conferences needn't be of the same children, and those of children who moved in have no "
            "enquiry.",
            "conferences held in the period", "enquiries begun in the period", PERCENT, None,
            source=f"{_CENSUS}: conferences and enquiries (C4)", function=conferences_per_enquiry, **enquiry,
        ),
        Indicator(
            "plans_per_icpc_percent", "Plans started for each hundred conferences (two counts of the period)",
            "Child protection plans begun in the twelve months divided by the initial conferences held in them, as a "
            "percentage. They needn't be of the same children.",
            "plans begun in the period", "conferences held in the period", PERCENT, None,
            source=f"{_CENSUS}: plans starting and conferences (D1, C4)", function=plans_per_conference,
            **{**enquiry, "needs": ("section47_enquiries", "protection_plans")},
        ),
    )  # fmt: skip
