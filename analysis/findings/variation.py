"""Is it a change? Monthly counts, the control chart's limits and signals, and the verdict in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.charts.control import Limits
from analysis.disclosure import Released
from analysis.disclosure.wording import number
from analysis.indicators.evidence import evidence_of
from analysis.methods import control_charts

if TYPE_CHECKING:
    from analysis.findings.review import Review

# A signal older than this is history, and the verdict is about now.
RECENT_MONTHS = 6


@dataclass(frozen=True)
class Judged:
    """Monthly counts with their limits. `data` has month, n and special (`higher`, `lower` or blank)."""

    data: Released
    limits: Limits | None
    verdict: str


def monthly(review: Review, table: str, date: str) -> pd.DataFrame:
    """Rows of a canonical table by month of `date`, from the first month that is known whole to the quarter's end.

    Columns month (its first day) and n; months with none are there, as nought.
    """
    rows = review.known.table(table)
    dates = rows[date].dropna()
    begins = evidence_of(review.known).begins(table) or (dates.min() if len(dates) else None)
    last = pd.Period(review.quarter.end, "M")
    if begins is None:
        return pd.DataFrame({"month": pd.Series(dtype="datetime64[us]"), "n": pd.Series(dtype="Int64")})
    first = pd.Period(begins, "M") + (0 if pd.Timestamp(begins).day == 1 else 1)
    months = pd.period_range(first, last, freq="M")
    counted = dates.dt.to_period("M").value_counts().reindex(months, fill_value=0)
    return pd.DataFrame({"month": months.to_timestamp().astype("datetime64[us]"), "n": counted.to_numpy()}).astype(
        {"n": "Int64"}
    )


def judge(review: Review, months: pd.DataFrame, what: str) -> Judged:
    """An XmR chart of monthly counts (`monthly`) and what it says of the last six months.

    `what` names what is counted, in the plural: "referrals".
    """
    if len(months) < 2:
        return Judged(
            review.release(months.assign(special=""), counts=["n"]),
            None,
            f"There are too few months of {what} to judge.",
        )
    chart = control_charts.xmr(months["n"].to_numpy(float))
    special = np.where(chart.special, np.where(chart.side >= 0, "higher", "lower"), "")
    limits = Limits(float(chart.mean[-1]), float(max(0.0, chart.lower[-1])), float(chart.upper[-1]))
    data = review.release(months.assign(special=special), counts=["n"])
    return Judged(data, limits, _verdict(chart, special, what))


def _verdict(chart: control_charts.XmR, special: np.ndarray, what: str) -> str:
    recent = special[-RECENT_MONTHS:]
    caution = []
    if chart.trial[-1]:
        caution.append("With fewer than 13 months the limits are a first trial.")
    if control_charts.small_counts(chart.values):
        caution.append("The numbers are too small for this chart to be trusted.")
    mean = number(float(chart.mean[-1]), "mean")
    if set(recent) <= {""}:
        said = (
            f"Over the last six months {what} have varied as usual around {mean} a month: there is no sign of a change."
        )
    else:
        ways = sorted(set(recent) - {""})
        way = f"{ways[0]} than" if len(ways) == 1 else "both higher and lower than"
        said = f"Over the last six months {what} have been {way} usual variation around {mean} a month: something has changed."
    return " ".join([said, *caution])
