"""Assessments: how many are completed, how quickly, with what outcome, and how many open ones are past their time."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import (
    COUNT,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    MEAN,
    PERCENT,
    RATE,
    ROLLING_YEAR,
    STOCK,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.reference.calendar import working_days_between
from analysis.reference.codes import codes

# Statutory timescale, Working Together to Safeguard Children.
ASSESSMENT_WORKING_DAYS = 45
# Returns hold assessments by when they began: with a year of beginnings known, those still open at a date are.
LONGEST_OPEN_MONTHS = 12
# DfE's bands of working days (C2).
_BANDS = {"Up to 10": 10, "11 to 20": 20, "21 to 30": 30, "31 to 40": 40, "41 to 45": 45, "46 to 50": 50,
          "51 to 60": 60, "61 or more": 10_000}  # fmt: skip

_CENSUS = "DfE, Children in need"
_POPULATION = "children aged 0 to 17 in the area at the preceding mid-year"


# --- made once ---------------------------------------------------------------------------------------------------


def assessments(evidence: Evidence) -> pd.DataFrame:
    """Completed assessments, with `working_days` from start to authorisation and their band, `duration`."""
    rows = evidence.table("assessments")
    rows = rows[rows["authorised_date"].notna()].reset_index(drop=True)
    days = working_days_between(rows["start_date"], rows["authorised_date"])
    # Whole working days, none before the start.
    band = pd.cut(days.astype("Float64").to_numpy(float, na_value=-1.0), [-1, *_BANDS.values()], labels=list(_BANDS))
    rows = rows.assign(date=rows["authorised_date"], working_days=days, duration=band)
    return _in_order(rows, "date")


def factors(evidence: Evidence) -> pd.DataFrame:
    """What completed assessments found, a row a factor, with `factor` in words."""
    done = evidence.once(assessments)[["child_id", "start_date", "date", "team"]]
    rows = done.merge(evidence.table("assessment_factors"), on=["child_id", "start_date"])
    words = codes("cin", "AssessmentFactors")
    named = pd.Categorical(rows["factor"].map(dict(words)), list(dict.fromkeys(words.values())))
    return _in_order(rows.assign(factor=named), "date")


def _in_order(rows: pd.DataFrame, date: str) -> pd.DataFrame:
    return rows.sort_values([date, "child_id"], kind="stable", ignore_index=True)


# --- the units counted ---------------------------------------------------------------------------------------------


def assessment_units(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(assessments), "date").assign(counts=True)


def assessments_in_time(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(assessments), "date")
    return rows.assign(counts=certain(rows["working_days"] <= ASSESSMENT_WORKING_DAYS))


def assessments_not_in_need(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(assessments), "date")
    rows = rows[rows["requires_support"].notna()]
    return rows.assign(counts=~certain(rows["requires_support"]))


def assessment_days(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(assessments), "date")
    return rows.assign(value=rows["working_days"])


def factors_found(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(factors), "date").assign(counts=True)


def open_assessments(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Assessments begun by the date and not authorised by it; `counts` where more working days than the timescale's
    have gone by."""
    rows = evidence.table("assessments")
    rows = rows[certain(rows["start_date"] <= period.last) & ~certain(rows["authorised_date"] <= period.last)]
    rows = rows.reset_index(drop=True)
    days = working_days_between(rows["start_date"], pd.Series(period.last, index=rows.index))
    return rows.assign(counts=certain(days > ASSESSMENT_WORKING_DAYS))


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about assessments."""
    child, team = OF_A_CHILD, ("team", "locality")
    assessment = {"needs": ("assessments",), "period_type": ROLLING_YEAR, "breakdowns": (*child, *team)}
    timed = {**assessment, "breakdowns": (*child, *team, "duration")}
    unfinished = {"needs": ("assessments",), "period_type": STOCK, "breakdowns": (*child, *team),
                  "lookback_months": LONGEST_OPEN_MONTHS}  # fmt: skip
    return (
        Indicator(
            "assessment_count", "Assessments completed",
            "Social work assessments authorised in the twelve months, whenever they began.",
            "assessments authorised in the period", "", COUNT, None, source=f"{_CENSUS}: assessments (C2)",
            function=assessment_units, **timed,
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
            "assessment_duration_mean", "Working days that assessments took (mean)",
            "Mean number of working days from the start to the authorisation of the assessments completed in the "
            "twelve months.",
            "working days from start to authorisation, added up", "assessments authorised in the period", MEAN, None,
            source=f"{_CENSUS}: assessments (C2) has the median", function=assessment_days, **assessment,
        ),
        Indicator(
            "assessment_factor_count", "Factors found by assessments",
            "Factors recorded at the end of the assessments completed in the twelve months. An assessment may find "
            "several.",
            "factors of the assessments authorised in the period", "", COUNT, None, ROLLING_YEAR,
            f"{_CENSUS}: factors (C3), which counts each once an episode", factors_found,
            ("assessments", "assessment_factors"), breakdowns=("factor", *child, *team),
        ),
        Indicator(
            "assessments_overdue_count", "Open assessments past 45 working days",
            f"Assessments not yet authorised at the end of the quarter that began more than {ASSESSMENT_WORKING_DAYS} "
            "working days before.",
            f"open assessments begun more than {ASSESSMENT_WORKING_DAYS} working days before the date", "", COUNT,
            LOWER_IS_BETTER, source="Local (Annex A list 4)", function=open_assessments, **unfinished,
        ),
        Indicator(
            "assessments_overdue_percent", "Open assessments past 45 working days (of open assessments)",
            "Share of the assessments not yet authorised at the end of the quarter that began more than "
            f"{ASSESSMENT_WORKING_DAYS} working days before.",
            f"open assessments begun more than {ASSESSMENT_WORKING_DAYS} working days before the date",
            "assessments begun by the date and not authorised by it", PERCENT, LOWER_IS_BETTER,
            source="Local (Annex A list 4)", function=open_assessments, **unfinished,
        ),
    )  # fmt: skip
