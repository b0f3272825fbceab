"""Children's homes that the authority runs: how they were judged, and how often staff held a child."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.definition import (
    COUNT,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    PERCENT,
    ROLLING_YEAR,
    STOCK,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence

GOOD = ("good", "outstanding")
# Ofsted inspects a home in full at least once a year: one without an inspection for two is taken as closed.
INSPECTED_MONTHS, CLOSED_AFTER_MONTHS = 12, 24


def own_homes(evidence: Evidence, period: Period) -> pd.DataFrame:
    """The authority's own homes with the latest judgement by the date; `counts` where it is good or better."""
    rows = evidence.table("homes").sort_values(["home_urn", "inspection_date"], kind="stable")
    since = period.last - pd.DateOffset(months=CLOSED_AFTER_MONTHS)
    judged = (rows["inspection_date"] > since) & (rows["inspection_date"] <= period.last) & rows["judgement"].notna()
    rows = rows[(judged & rows["in_house"]).fillna(False).astype(bool)].drop_duplicates("home_urn", keep="last")
    return rows.assign(counts=rows["judgement"].isin(GOOD).fillna(False).astype(bool))


def months(evidence: Evidence) -> pd.DataFrame:
    return evidence.table("physical_interventions").sort_values("month", kind="stable", ignore_index=True)


def interventions(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Homes' months in the period; `counts` is how many interventions each had."""
    rows = period.of(evidence.once(months), "month")
    return rows.assign(counts=rows["incidents"].fillna(0).astype(int))


def indicators() -> tuple[Indicator, ...]:
    """The definitions about the authority's own children's homes."""
    return (
        Indicator(
            "homes_good_percent", "The authority's children's homes judged good or outstanding",
            "Share of the children's homes that the authority runs whose latest judgement by the end of the quarter was "
            "good or outstanding.",
            "those of them whose latest judgement is good or outstanding",
            f"its own homes inspected in the last {CLOSED_AFTER_MONTHS} months", PERCENT, HIGHER_IS_BETTER, STOCK,
            "Local: Ofsted's inspections", own_homes, ("homes",), lookback_months=INSPECTED_MONTHS, of_things=True,
        ),
        Indicator(
            "home_interventions_count", "Physical interventions in the authority's children's homes",
            "Times in the twelve months that staff of a children's home held a child to keep someone safe.",
            "physical interventions in the period", "", COUNT, LOWER_IS_BETTER, ROLLING_YEAR,
            "Local: the homes' monthly returns", interventions, ("physical_interventions",),
        ),
    )  # fmt: skip
