"""Health of children looked after for a year or more: checks in time, immunisations, emotional wellbeing."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import (
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    MEAN,
    PERCENT,
    STOCK,
    YEAR,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import looked_after, periods_of_care, status
from analysis.methods.masks import certain
from analysis.reference.calendar import age_at

# DfE asks about children looked after for at least twelve months without a break.
CARE_MONTHS = 12
# A health assessment is due every twelve months, under five every six; a dental check every twelve.
CHECK_MONTHS, YOUNG_MONTHS, YOUNG_AGE = 12, 6, 5
# Strengths and Difficulties Questionnaire: for those aged 4 to 16.
SDQ_AGES = (4, 16)

_OC2 = "DfE, Children looked after in England: outcomes (OC2)"


# --- made once ---------------------------------------------------------------------------------------------------


def settled(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children looked after at the date, and without a break for the twelve months to it."""
    rows = evidence.once(looked_after, period)
    periods = periods_of_care(evidence, period)
    there = periods[certain(periods["start_date"] <= period.last - pd.DateOffset(months=CARE_MONTHS))]
    there = there[~certain(there["end_date"] <= period.last)]
    return rows[rows["child_id"].isin(there["child_id"])]


def ages(evidence: Evidence, rows: pd.DataFrame, day: dt.date) -> pd.Series:
    born = evidence.table("children").set_index("child_id")["date_of_birth"].reindex(rows["child_id"])
    return age_at(born.set_axis(rows.index), day)


def outcomes(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """`settled` with the year's answers (OC2), where the date is a 31 March that they were given for; None where
    they weren't. A child without an answer has blanks."""
    year = period.end.year
    told = evidence.table("health_outcomes")
    told = told[certain(told["year"] == year)]
    if (period.end.month, period.end.day) != (3, 31) or told.empty:
        return None
    rows = evidence.once(settled, period)
    answers = told.drop_duplicates("child_id", keep="last").set_index("child_id").reindex(rows["child_id"])
    return rows.assign(**{name: answers[name].to_numpy() for name in answers.columns if name != "year"})


# --- the units counted ---------------------------------------------------------------------------------------------


def answered(evidence: Evidence, period: Period, column: str) -> pd.DataFrame | None:
    rows = evidence.once(outcomes, period)
    return None if rows is None else rows.assign(counts=certain(rows[column].astype("boolean")))


def checked(evidence: Evidence, period: Period, column: str, latest: str, young_months: int) -> pd.DataFrame | None:
    """By the year's answers where they are for this very date; otherwise by the date of the latest check that Annex
    A's list for the date gives."""
    rows = answered(evidence, period, column)
    if rows is not None:
        return rows
    said = evidence.once(status)
    said = said[certain(said["as_at"] == period.last)].drop_duplicates("child_id", keep="last").set_index("child_id")
    if said.empty:
        return None
    rows = evidence.once(settled, period)
    day = said[latest].reindex(rows["child_id"]).set_axis(rows.index)
    young = certain(ages(evidence, rows, period.end) < YOUNG_AGE)
    long_ago, lately = (period.last - pd.DateOffset(months=months) for months in (CHECK_MONTHS, young_months))
    return rows.assign(counts=certain((day > long_ago) & (~young | (day > lately))))


def asked_for_score(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """Children aged 4 to 16 at the date with `value`, the score, and `counts`: they have one."""
    rows = evidence.once(outcomes, period)
    if rows is None:
        return None
    age = ages(evidence, rows, period.end)
    rows = rows[certain(age.between(*SDQ_AGES))]
    return rows.assign(value=rows["sdq_score"], counts=rows["sdq_score"].notna())


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about health. All are about children looked after for twelve months or more."""
    by = (*OF_A_CHILD, "need", "legal_status", "placement", "provider", "team", "locality")
    there = "children looked after at the date, and for the twelve months to it"
    yearly = {"needs": ("care_episodes", "health_outcomes"), "breakdowns": by, "source": _OC2}
    either = {"period_type": STOCK, "or_needs": ("care_periods", "care_status"), **yearly}

    def up_to_date(id: str, title: str, words: str, column: str, latest: str, young_months: int) -> Indicator:
        return Indicator(
            id, title,
            f"Of children looked after at the end of the quarter and for at least twelve months, the share who had {words}. "
            f"On 31 March as the year's return says; at the end of any other quarter by the date of the latest one in "
            f"Annex A.",
            "those who had it in time", there, PERCENT, HIGHER_IS_BETTER,
            function=partial(checked, column=column, latest=latest, young_months=young_months), **either,
        )  # fmt: skip

    return (
        up_to_date("lac_health_assessment_percent", "Health assessment in time",
                   "a health assessment in the twelve months before, or in the six months before where under five",
                   "health_assessment", "latest_health_assessment", YOUNG_MONTHS),
        up_to_date("lac_dental_check_percent", "Dental check in time",
                   "their teeth checked in the twelve months before", "teeth_check", "latest_dental_check",
                   CHECK_MONTHS),
        Indicator(
            "lac_immunisations_percent", "Immunisations up to date",
            "Of children looked after on the latest 31 March and for at least twelve months, the share whose "
            "immunisations were up to date.",
            "those whose immunisations were up to date", there, PERCENT, HIGHER_IS_BETTER, YEAR,
            function=partial(answered, column="immunisations"), **yearly,
        ),
        Indicator(
            "sdq_mean", "Emotional wellbeing: mean score of difficulties",
            "Mean score in the Strengths and Difficulties Questionnaire of children aged 4 to 16 on the latest 31 March, "
            "looked after for at least twelve months, who have one. 0 to 13 is usual, 14 to 16 borderline, 17 to 40 a "
            "cause for concern.",
            "sum of their scores", "children with a score", MEAN, LOWER_IS_BETTER, YEAR, function=asked_for_score,
            **yearly,
        ),
        Indicator(
            "sdq_completed_percent", "Emotional wellbeing: children with a score",
            "Of children aged 4 to 16 on the latest 31 March, looked after for at least twelve months, the share with a "
            "score in the Strengths and Difficulties Questionnaire.",
            "those with a score", f"{there}, aged 4 to 16", PERCENT, HIGHER_IS_BETTER, YEAR, function=asked_for_score,
            **yearly,
        ),
    )  # fmt: skip
