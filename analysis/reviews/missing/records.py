"""Incidents, concerns and plans as this review looks at them: from home or from care, over a year, and by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from analysis.findings.measures import year_to
from analysis.indicators import exploitation
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain

if TYPE_CHECKING:
    from analysis.findings.review import Review

INCIDENTS, CONCERNS, PLANS = "missing_incidents", "exploitation_concerns", "protection_plans"
HOME, CARE = "From home", "From care"
MONTHS_SHOWN = 12


def incidents(evidence: Evidence) -> pd.DataFrame:
    """Incidents in order of their start, with `place` (from home, from care) and `nights` away (missing while away)."""
    rows = evidence.once(exploitation.incidents)
    nights = (rows["end_date"].dt.normalize() - rows["date"].dt.normalize()).dt.days
    place = rows["looked_after"].map({"Looked after": CARE, "Not looked after": HOME}).astype("object")
    return rows.assign(nights=nights, place=place)


def of_year(review: Review, table: str, rows: pd.DataFrame, back: int = 0) -> pd.DataFrame | None:
    """Rows whose `date` lies in the twelve months to the quarter's end, or to so many years before; None where the table
    isn't known whole for them."""
    first, last = year_to(review.quarter.shift(-4 * back))
    if not review.evidence.covers(table, first.date(), last.date()):
        return None
    return rows[certain(rows["date"].between(first, last))]


def by_month(review: Review, table: str, days: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Days of each kind counted by month: `month`, a column a kind, `quarter`, and `twelve` (which twelve months, counted
    back from the quarter's end, since their sums are shown elsewhere). Months from the first that is known whole."""
    every = pd.concat([one.dropna() for one in days.values()]) if days else pd.Series(dtype="datetime64[us]")
    begins = review.evidence.begins(table)
    last = pd.Period(review.quarter.end, "M")
    if not review.known.carries(table) or (begins is None and every.empty):
        months = pd.period_range(last, periods=0, freq="M")
    else:
        first = every.min().to_period("M") if begins is None else pd.Period(begins, "M") + int(begins.day > 1)
        months = pd.period_range(first, last, freq="M")
    counted = {
        name: one.dropna().dt.to_period("M").value_counts().reindex(months, fill_value=0).to_numpy()
        for name, one in days.items()
    }
    frame = pd.DataFrame({"month": months.to_timestamp().astype("datetime64[us]"), **counted})
    frame = frame.astype(dict.fromkeys(days, "Int64"))
    back = [(last - month).n for month in months]
    return frame.assign(
        quarter=pd.Series([f"{month.year} {month.quarter}" for month in months], dtype="str"),
        twelve=pd.Series([f"{number // 12} back" for number in back], dtype="str"),
    )
