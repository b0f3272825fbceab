"""Child protection plans: how many, starting and ending, again, for how long, for what, and reviewed in time."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import (
    COUNT,
    LOWER_IS_BETTER,
    PERCENT,
    RATE,
    ROLLING_YEAR,
    STOCK,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import periods_of_care
from analysis.methods.masks import certain

# DfE's two years: longer than 729 days.
TWO_YEARS_DAYS = 729
# A second plan within two years: the plan before ended at most so long before the new one began.
REPEAT_MONTHS = 24
# A plan that has lasted so long is near two years: there are two more reviews at most.
NEARING_MONTHS = 18
# DfE's bands of how long a plan has lasted (D5, D7), by their last day.
_BANDS = {"3 months or less": 91, "Over 3 to 6 months": 182, "Over 6 months, under 1 year": 364,
          "1 year, under 2 years": TWO_YEARS_DAYS, "2 years or more": 100_000}  # fmt: skip
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
    recent = certain(last_end >= rows["start_date"] - pd.DateOffset(months=REPEAT_MONTHS))
    return rows.assign(
        days=(rows["end_date"] - rows["start_date"]).dt.days,
        repeat=repeat.astype(bool),
        repeat_within_two_years=recent,
        category=rows["initial_category"],
    )


def in_order_of_start(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.once(plans)
    return rows.assign(date=rows["start_date"]).sort_values("date", kind="stable", ignore_index=True)


def as_it_stands(evidence: Evidence) -> pd.DataFrame:
    """Plans in order, with the category as it stood latest."""
    rows = evidence.once(plans)
    return rows.assign(category=rows["latest_category"].fillna(rows["initial_category"]))


def in_order_of_end(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.once(as_it_stands)
    rows = rows.assign(date=rows["end_date"], duration=_band(rows["days"]))
    return rows.sort_values("date", kind="stable", ignore_index=True)


# --- the units counted ---------------------------------------------------------------------------------------------


def open_at(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Plans open at the date, with the category as it stood latest, and no `date`: age is taken at the period's end."""
    rows = evidence.once(as_it_stands)
    rows = rows[certain(rows["start_date"] <= period.last) & ~certain(rows["end_date"] <= period.last)]
    return rows.assign(duration=_band((period.last - rows["start_date"]).dt.days))


def _band(days: pd.Series) -> pd.Series:
    """DfE's band of a number of days; a plan that ended before it began has none."""
    cut = pd.cut(days.astype("Float64").to_numpy(float, na_value=-1.0), [-0.5, *_BANDS.values()], labels=list(_BANDS))
    return pd.Series(cut, index=days.index)


def _started(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(in_order_of_start), "date")


def _ended(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(in_order_of_end), "date")


def open_plans(evidence: Evidence, period: Period) -> pd.DataFrame:
    return open_at(evidence, period).assign(counts=True)


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
    return rows.assign(counts=certain(rows["category"] == NEGLECT))


def long_plans_open(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = open_at(evidence, period)
    return rows.assign(counts=(period.last - rows["start_date"]).dt.days > TWO_YEARS_DAYS)


def long_plans_ended(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = _ended(evidence, period)
    return rows.assign(counts=rows["days"] > TWO_YEARS_DAYS)


def nearing_two_years(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = open_at(evidence, period)
    late = rows["start_date"] <= period.last - pd.DateOffset(months=NEARING_MONTHS)
    return rows.assign(counts=certain(late) & ((period.last - rows["start_date"]).dt.days <= TWO_YEARS_DAYS))


def children_started(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _started(evidence, period).drop_duplicates("child_id").assign(counts=True)


def children_ended(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _ended(evidence, period).drop_duplicates("child_id").assign(counts=True)


def plans_to_care(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Plans open at any time in the period; `counts` where the child started to be looked after in the period while
    the plan was open, or on the day on which it ended."""
    rows = evidence.once(plans)
    rows = rows[certain(rows["start_date"] <= period.last) & ~certain(rows["end_date"] < period.first)]
    rows = rows.reset_index(drop=True)
    begun = periods_of_care(evidence, period)[["child_id", "start_date"]].rename(columns={"start_date": "began"})
    begun = begun[certain(begun["began"] >= period.first) & certain(begun["began"] <= period.last)]
    met = rows.reset_index()[["index", "child_id", "start_date", "end_date"]].merge(begun, on="child_id")
    met = met[certain(met["began"] >= met["start_date"]) & ~certain(met["began"] > met["end_date"])]
    return rows.assign(counts=rows.index.isin(met["index"]))


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about child protection plans."""
    by = (*OF_A_CHILD, "category", "latest_category", "team", "locality")
    lasting = {"breakdowns": (*by, "duration")}
    stock = {"period_type": STOCK, "needs": ("protection_plans",)}
    flow = {"period_type": ROLLING_YEAR, "needs": ("protection_plans",)}
    return (
        Indicator(
            "cpp_count", "Children subject to a child protection plan",
            "Child protection plans open at the end of the quarter, unborn children's included.",
            "plans open at the date", "", COUNT, None, source=f"{_CENSUS}: plans at 31 March (D1)",
            function=open_plans, **lasting, **stock,
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
            function=plans_ended, **lasting, **flow,
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
        Indicator(
            "cpp_end_rate", "Child protection plans ended per 10,000 children",
            "Child protection plans ended in the twelve months for each 10,000 children who live in the area.",
            "plans ended in the period", _POPULATION, RATE, None, source=f"{_CENSUS}: plans ending (D1)",
            function=plans_ended, **flow,
        ),
        Indicator(
            "cpp_start_children_count", "Children whose child protection plan started",
            "Children who became the subject of a child protection plan in the twelve months, each counted once.",
            "children with a plan begun in the period", "", COUNT, None,
            source=f"{_CENSUS}: plans starting, children (D1)", function=children_started, breakdowns=by, **flow,
        ),
        Indicator(
            "cpp_end_children_count", "Children whose child protection plan ended",
            "Children whose child protection plan ended in the twelve months, each counted once.",
            "children with a plan ended in the period", "", COUNT, None,
            source=f"{_CENSUS}: plans ending, children (D1)", function=children_ended, breakdowns=by, **flow,
        ),
        Indicator(
            "cpp_nearing_two_years_count", "Open plans nearing two years",
            f"Child protection plans open at the end of the quarter for {NEARING_MONTHS} months or more, and not yet for "
            "two years.",
            f"plans open at the date for at least {NEARING_MONTHS} months and at most {TWO_YEARS_DAYS} days", "", COUNT,
            LOWER_IS_BETTER, source="Local (CIN census)", function=nearing_two_years, breakdowns=by, **stock,
        ),
        Indicator(
            "cpp_to_lac_percent", "Plans during which the child started to be looked after",
            "Share of the child protection plans open at any time in the twelve months during which, in those months, "
            "the child started to be looked after.",
            "those plans with a period of care begun in the period while the plan was open",
            "plans open at any time in the period", PERCENT, None, source="Local (CIN census and SSDA903)",
            function=plans_to_care, breakdowns=by, period_type=ROLLING_YEAR,
            needs=("protection_plans", "care_episodes"), or_needs=("protection_plans", "care_periods"),
        ),
    )  # fmt: skip
