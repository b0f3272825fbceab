"""Care proceedings: applications, how long they take, and how they end. Brothers and sisters are one case."""

from __future__ import annotations

import pandas as pd

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
from analysis.indicators.early_help import in_words
from analysis.indicators.evidence import Evidence

# Children and Families Act 2014, section 14: within 26 weeks of the application.
WEEKS = 26
_LOCAL = "Local return"
_CAFCASS = "Cafcass, care demand: applications under section 31 of the Children Act 1989"


# --- made once ---------------------------------------------------------------------------------------------------


def cases(evidence: Evidence) -> pd.DataFrame:
    """A row a case: the first of its children's dates, the last conclusion (missing while any child's proceedings go
    on) with its `outcome` in words, `weeks` from application to conclusion and `weeks_before` from the letter."""
    rows = evidence.table("care_proceedings")
    rows = rows.sort_values(["case_id", "conclusion_date", "child_id"], kind="stable", ignore_index=True)
    by_case = rows.groupby("case_id", sort=True)
    found = by_case.agg(
        pre_proceedings_date=("pre_proceedings_date", "min"),
        application_date=("application_date", "min"),
        conclusion_date=("conclusion_date", "max"),
        going_on=("conclusion_date", lambda days: days.isna().any()),
        outcome=("outcome", "last"),
    ).reset_index()
    concluded = found["conclusion_date"].mask(found["going_on"].astype(bool))
    days = (concluded - found["application_date"]).dt.days
    before = (found["application_date"] - found["pre_proceedings_date"]).dt.days
    return found.assign(
        conclusion_date=concluded,
        outcome=in_words(found["outcome"], "proceedings_outcome"),
        weeks=days / 7,
        weeks_before=before / 7,
    )


def in_order_of_application(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.once(cases)
    rows = rows[rows["application_date"].notna()]
    return rows.assign(date=rows["application_date"]).sort_values("date", kind="stable", ignore_index=True)


def in_order_of_conclusion(evidence: Evidence) -> pd.DataFrame:
    """Cases concluded after an application was made, in order of the conclusion."""
    rows = evidence.once(cases)
    rows = rows[rows["application_date"].notna() & rows["conclusion_date"].notna()]
    return rows.assign(date=rows["conclusion_date"]).sort_values("date", kind="stable", ignore_index=True)


# --- the units counted ---------------------------------------------------------------------------------------------


def applications(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(in_order_of_application), "date").assign(counts=True)


def children(evidence: Evidence, period: Period) -> pd.DataFrame:
    """A row a child whose application was made in the period."""
    rows = evidence.table("care_proceedings")
    rows = rows[rows["application_date"].notna()]
    rows = rows.assign(date=rows["application_date"]).sort_values("date", kind="stable", ignore_index=True)
    return period.of(rows, "date").assign(counts=True)


def concluded(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(in_order_of_conclusion), "date").assign(counts=True)


def weeks_taken(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(in_order_of_conclusion), "date")
    return rows.assign(value=rows["weeks"])


def within_26_weeks(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(in_order_of_conclusion), "date")
    return rows.assign(counts=rows["weeks"] <= WEEKS)


def weeks_before_application(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Applications of the period that pre-proceedings work came before."""
    rows = period.of(evidence.once(in_order_of_application), "date")
    return rows.assign(value=rows["weeks_before"])


def open_cases(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(in_order_of_application)
    begun = rows["application_date"] <= period.last
    over = (rows["conclusion_date"] <= period.last).fillna(False).astype(bool)
    # What a case came to is known when it ends.
    return rows[begun & ~over].drop(columns=["date", "outcome"]).assign(counts=True)


def open_beyond_26_weeks(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = open_cases(evidence, period)
    return rows.assign(counts=(period.last - rows["application_date"]).dt.days > WEEKS * 7)


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about care proceedings."""
    year = {"period_type": ROLLING_YEAR, "needs": ("care_proceedings",)}
    stock = {"period_type": STOCK, "source": _LOCAL, "needs": ("care_proceedings",)}
    return (
        Indicator(
            "care_application_count", "Care applications",
            "Applications for care proceedings issued in the twelve months. Brothers and sisters in one case are one "
            "application.",
            "applications issued in the period", "", COUNT, None, source=_CAFCASS, function=applications, **year,
        ),
        Indicator(
            "care_application_rate", "Care applications (families) per 10,000 children",
            "Applications for care proceedings issued in the twelve months for each 10,000 children who live in the "
            "area. Applications are counted, one for a family's case, not the children in them.",
            "applications issued in the period", "children aged 0 to 17 in the area at the preceding mid-year", RATE,
            None, source=_CAFCASS, function=applications, **year,
        ),
        Indicator(
            "care_application_child_count", "Children in care applications",
            "Children whose application for care proceedings was issued in the twelve months.",
            "children in applications issued in the period", "", COUNT, None, source=_LOCAL, function=children,
            breakdowns=("sex", "age", "ethnicity", "disability"), **year,
        ),
        Indicator(
            "proceedings_concluded_count", "Care proceedings concluded",
            "Cases whose last final order was made in the twelve months, by the order.",
            "cases concluded in the period", "", COUNT, None, source=_LOCAL, function=concluded,
            breakdowns=("outcome",), **year,
        ),
        Indicator(
            "proceedings_weeks_mean", "Weeks that care proceedings take",
            "Mean weeks from the application to the last final order, of the cases concluded in the twelve months.",
            "weeks from application to conclusion", "cases concluded in the period", MEAN, LOWER_IS_BETTER,
            source="Cafcass, care application duration", function=weeks_taken, breakdowns=("outcome",), **year,
        ),
        Indicator(
            "proceedings_within_26_weeks_percent", f"Care proceedings concluded within {WEEKS} weeks",
            f"Share of the cases concluded in the twelve months whose last final order came at most {WEEKS} weeks "
            "after the application.",
            f"cases concluded within {WEEKS} weeks", "cases concluded in the period", PERCENT, HIGHER_IS_BETTER,
            source="Children and Families Act 2014, section 14", function=within_26_weeks, breakdowns=("outcome",),
            **year,
        ),
        Indicator(
            "pre_proceedings_weeks_mean", "Weeks from the letter before proceedings to the application",
            "Mean weeks from the letter before proceedings to the application, of the applications issued in the "
            "twelve months that a letter came before.",
            "weeks from letter to application", "applications issued in the period after a letter", MEAN, None,
            source=_LOCAL, function=weeks_before_application, **year,
        ),
        Indicator(
            "proceedings_open_count", "Care proceedings going on",
            "Cases with an application and no last final order at the end of the quarter.",
            "cases going on at the date", "", COUNT, None, function=open_cases, **stock,
        ),
        Indicator(
            "proceedings_open_beyond_26_weeks_percent", f"Care proceedings going on for more than {WEEKS} weeks",
            f"Share of the cases going on at the end of the quarter whose application is more than {WEEKS} weeks old.",
            f"cases with an application more than {WEEKS} weeks old", "cases going on at the date", PERCENT,
            LOWER_IS_BETTER, function=open_beyond_26_weeks, **stock,
        ),
    )  # fmt: skip
