"""Child protection plans: how many, starting and ending, again, for how long, for what, and reviewed in time."""

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

# DfE's two years: longer than 729 days.
TWO_YEARS_DAYS = 729
# A second plan within two years: the plan before ended at most so long before the new one began.
REPEAT_MONTHS = 24
# Working Together: first review within three months of the plan's start, then at most six months apart. DfE
# doesn't publish its day arithmetic; calendar months are ours.
FIRST_REVIEW_MONTHS, LATER_REVIEW_MONTHS = 3, 6
NEGLECT = "NEG"

_CENSUS = "DfE, Children in need"
_POPULATION = "children aged 0 to 17 in the area at the preceding mid-year"


# --- made once ---------------------------------------------------------------------------------------------------


def plans(evidence: Evidence) -> pd.DataFrame:
    """Plans in order, with `days` (of ended plans), `repeat` (an earlier plan ever) and `repeat_within_two_years`.

    `repeat` is what the return says (NumberOfPreviousCPP); where it says nothing, whether the records hold an
    earlier plan. `category` is the initial one.
    """
    rows = evidence.table("protection_plans")
    rows = rows.sort_values(["child_id", "start_date"], kind="stable", ignore_index=True)
    by_child = rows.groupby("child_id")
    last_end = by_child["end_date"].shift()
    earlier = by_child.cumcount() > 0
    repeat = (rows["previous_plans"] > 0).astype("boolean").fillna(earlier)
    recent = _true(last_end >= rows["start_date"] - pd.DateOffset(months=REPEAT_MONTHS))
    return rows.assign(
        days=(rows["end_date"] - rows["start_date"]).dt.days,
        repeat=repeat.astype(bool),
        repeat_within_two_years=recent,
        category=rows["initial_category"],
    )


def in_order_of_start(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.once(plans)
    return rows.assign(date=rows["start_date"]).sort_values("date", kind="stable", ignore_index=True)


def in_order_of_end(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.once(plans)
    rows = rows.assign(date=rows["end_date"], category=rows["latest_category"].fillna(rows["initial_category"]))
    return rows.sort_values("date", kind="stable", ignore_index=True)


def reviews(evidence: Evidence) -> pd.DataFrame:
    """Review conferences: child_id, plan_start, date, from the census and from what each Annex A calls the latest."""
    listed = evidence.table("protection_reviews")[["child_id", "plan_start", "date"]]
    seen = evidence.table("protection_status")[["child_id", "plan_start", "latest_review"]]
    seen = seen.rename(columns={"latest_review": "date"}).dropna()
    frames = [frame for frame in (listed, seen) if len(frame)]
    rows = pd.concat(frames, ignore_index=True).drop_duplicates() if frames else listed
    return rows.sort_values(["child_id", "plan_start", "date"], kind="stable", ignore_index=True)


def _true(mask: pd.Series) -> pd.Series:
    return mask.fillna(False).astype(bool)


# --- the units counted ---------------------------------------------------------------------------------------------


def _open(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Plans open at the date, with the category as it stood latest, and no `date`: age is taken at the period's end."""
    rows = evidence.once(plans)
    rows = rows[_true(rows["start_date"] <= period.last) & ~_true(rows["end_date"] <= period.last)]
    return rows.assign(category=rows["latest_category"].fillna(rows["initial_category"]))


def _started(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(in_order_of_start), "date")


def _ended(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(in_order_of_end), "date")


def open_plans(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _open(evidence, period).assign(counts=True)


def plans_started(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _started(evidence, period).assign(counts=True)


def plans_ended(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _ended(evidence, period).assign(counts=True)


def repeat_plans(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = _started(evidence, period)
    return rows.assign(counts=rows["repeat"])


def repeat_plans_within_two_years(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = _started(evidence, period)
    return rows.assign(counts=rows["repeat_within_two_years"])


def neglect_plans(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = _started(evidence, period)
    return rows.assign(counts=_true(rows["category"] == NEGLECT))


def long_plans_open(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = _open(evidence, period)
    return rows.assign(counts=(period.last - rows["start_date"]).dt.days > TWO_YEARS_DAYS)


def long_plans_ended(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = _ended(evidence, period)
    return rows.assign(counts=rows["days"] > TWO_YEARS_DAYS)


def reviewed_in_time(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Plans open at the date for three months or more; `counts` where no review was late and none is overdue.

    A plan that began before reviews are known is followed from then, and allowed six months to its first known one.
    """
    rows = _open(evidence, period)
    began = rows["start_date"]
    rows = rows[_true(began <= period.last - pd.DateOffset(months=FIRST_REVIEW_MONTHS))].reset_index(drop=True)
    since = evidence.begins("protection_reviews") or evidence.begins("protection_status")
    known_from = rows["start_date"] if since is None else rows["start_date"].clip(lower=pd.Timestamp(since))
    whole = known_from == rows["start_date"]
    held = rows[["child_id", "start_date"]].reset_index().merge(
        evidence.once(reviews), left_on=["child_id", "start_date"], right_on=["child_id", "plan_start"]
    )[["index", "date"]]  # fmt: skip
    held = held[(held["date"] > known_from.reindex(held["index"]).to_numpy()) & (held["date"] <= period.last)]
    ends = pd.DataFrame({"index": rows.index, "date": period.last})
    steps = pd.concat([held, ends.astype({"date": rows["start_date"].dtype})], ignore_index=True)
    steps = steps.sort_values(["index", "date"], kind="stable", ignore_index=True)
    before = steps.groupby("index")["date"].shift()
    first = before.isna()
    before = before.where(~first, known_from.reindex(steps["index"]).set_axis(steps.index))
    soon = first & whole.reindex(steps["index"]).to_numpy()
    due = (before + pd.DateOffset(months=FIRST_REVIEW_MONTHS)).where(
        soon, before + pd.DateOffset(months=LATER_REVIEW_MONTHS)
    )
    late = (steps["date"] > due).groupby(steps["index"]).any()
    return rows.assign(counts=~late.reindex(rows.index, fill_value=False))


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about child protection plans."""
    by = (*OF_A_CHILD, "category", "team", "locality")
    stock = {"period_type": STOCK, "needs": ("protection_plans",)}
    flow = {"period_type": ROLLING_YEAR, "needs": ("protection_plans",)}
    return (
        Indicator(
            "cpp_count", "Children subject to a child protection plan",
            "Child protection plans open at the end of the quarter, unborn children's included.",
            "plans open at the date", "", COUNT, None, source=f"{_CENSUS}: plans at 31 March (D1)",
            function=open_plans, breakdowns=by, **stock,
        ),
        Indicator(
            "cpp_rate", "Child protection plans per 10,000 children",
            "Child protection plans open at the end of the quarter for each 10,000 children who live in the area.",
            "plans open at the date", _POPULATION, RATE, None, source=f"{_CENSUS}: plans at 31 March (D1)",
            function=open_plans, **stock,
        ),
        Indicator(
            "cpp_start_count", "Child protection plans started",
            "Child protection plans that began in the twelve months. A child with two is counted twice.",
            "plans begun in the period", "", COUNT, None, source=f"{_CENSUS}: plans starting (D1)",
            function=plans_started, breakdowns=by, **flow,
        ),
        Indicator(
            "cpp_start_rate", "Child protection plans started per 10,000 children",
            "Child protection plans begun in the twelve months for each 10,000 children who live in the area.",
            "plans begun in the period", _POPULATION, RATE, None, source=f"{_CENSUS}: plans starting (D1)",
            function=plans_started, **flow,
        ),
        Indicator(
            "cpp_end_count", "Child protection plans ended",
            "Child protection plans that ended in the twelve months. A child with two is counted twice.",
            "plans ended in the period", "", COUNT, None, source=f"{_CENSUS}: plans ending (D1)",
            function=plans_ended, breakdowns=by, **flow,
        ),
        Indicator(
            "cpp_repeat_percent", "Plans started for children with an earlier plan (ever)",
            "Share of plans begun in the twelve months whose child had had a plan in this authority before, however "
            "long ago.",
            "plans begun in the period with an earlier plan in this authority", "plans begun in the period", PERCENT,
            LOWER_IS_BETTER, source=f"{_CENSUS}: second or subsequent plans (D3)", function=repeat_plans,
            breakdowns=by, **flow,
        ),
        Indicator(
            "cpp_repeat_within_two_years_percent", "Plans started for children with an earlier plan (within two years)",
            "Share of plans begun in the twelve months whose child's plan before ended at most two years earlier.",
            f"plans begun in the period at most {REPEAT_MONTHS} months after the child's plan before ended",
            "plans begun in the period", PERCENT, LOWER_IS_BETTER, source="Local (many authorities use it)",
            function=repeat_plans_within_two_years, breakdowns=by, lookback_months=REPEAT_MONTHS, **flow,
        ),
        Indicator(
            "cpp_two_years_open_percent", "Open plans that have lasted two years or more",
            "Share of the plans open at the end of the quarter that began two years or more before.",
            f"plans open at the date for more than {TWO_YEARS_DAYS} days", "plans open at the date", PERCENT,
            LOWER_IS_BETTER, source=f"{_CENSUS}: plans at 31 March by length (D5)", function=long_plans_open,
            breakdowns=by, **stock,
        ),
        Indicator(
            "cpp_two_years_ended_percent", "Plans that ended after two years or more",
            "Share of the plans that ended in the twelve months that had lasted two years or more.",
            f"plans ended in the period after more than {TWO_YEARS_DAYS} days", "plans ended in the period", PERCENT,
            LOWER_IS_BETTER, source=f"{_CENSUS}: plans ending by length (D7)", function=long_plans_ended,
            breakdowns=by, **flow,
        ),
        Indicator(
            "cpp_reviews_in_time_percent", "Plans reviewed in time",
            "Share of plans open at the end of the quarter for three months or more whose first review was within "
            f"{FIRST_REVIEW_MONTHS} months of the start and each later one within {LATER_REVIEW_MONTHS} months of the "
            "one before, with none overdue.",
            "those plans with every review in time", f"plans open at the date for at least {FIRST_REVIEW_MONTHS} months",
            PERCENT, HIGHER_IS_BETTER, STOCK, f"{_CENSUS}: reviews (D6)", reviewed_in_time,
            ("protection_plans", "protection_reviews"), or_needs=("protection_plans", "protection_status"),
            breakdowns=by,
        ),
        Indicator(
            "neglect_start_count", "Plans started for neglect",
            "Child protection plans begun in the twelve months with neglect as the initial category of abuse.",
            "plans begun in the period for neglect", "", COUNT, None,
            source=f"{_CENSUS}: plans starting by category (D2)", function=neglect_plans,
            breakdowns=(*OF_A_CHILD, "team", "locality"), **flow,
        ),
        Indicator(
            "cpp_starts_neglect_percent", "Share of started plans that are for neglect",
            "Share of the plans begun in the twelve months with neglect as the initial category of abuse.",
            "plans begun in the period for neglect", "plans begun in the period", PERCENT, None,
            source=f"{_CENSUS}: plans starting by category (D2)", function=neglect_plans,
            breakdowns=(*OF_A_CHILD, "team", "locality"), **flow,
        ),
    )  # fmt: skip
