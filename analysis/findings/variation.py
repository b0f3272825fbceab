"""Is it a change? Monthly counts, the control chart's limits and signals, and the verdict in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.charts.control import Limits
from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import NOT_AVAILABLE, number, period
from analysis.findings.measures import table_at_moments, values_of
from analysis.findings.values import make_value
from analysis.methods import control_charts
from analysis.reference.quarters import words

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
    begins = review.evidence.begins(table)
    if begins is None and dates.empty:
        return pd.DataFrame({"month": pd.Series(dtype="datetime64[us]"), "n": pd.Series(dtype="Int64")})
    # Records that don't say from when they are whole are taken to be so from their first month.
    first = dates.min().to_period("M") if begins is None else pd.Period(begins, "M") + int(begins.day > 1)
    months = pd.period_range(first, pd.Period(review.quarter.end, "M"), freq="M")
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


def monthly_values(review: Review, judged: Judged, name: str, title: str) -> dict[str, dict]:
    """The chart's mean, limits and latest month as values: `<name>.mean` and so on."""
    limits, rows = judged.limits, judged.data.frame
    span = f"{period(rows['month'].iloc[0], review.quarter.end)}" if len(rows) else ""
    usual = sum(rows["n"].dropna()) if len(rows) else None
    found = {
        part: make_value(review.audience, getattr(limits, field, None), unit="mean" if part == "mean" else "count",
                         rests_on=[usual], title=f"{title}, {words}", period=span)
        for part, field, words in (("mean", "mean", "mean"), ("lower_limit", "lower", "lower limit"), ("upper_limit", "upper", "upper limit"))
    }  # fmt: skip
    latest = rows["n"].iloc[-1] if len(rows) else None
    hidden = bool(judged.data.is_withheld("n").iloc[-1]) if len(rows) else False
    # What is withheld in the chart's data is withheld here: any count from 1 to 5 stands for it.
    found["latest"] = make_value(review.audience, latest, rests_on=[1 if hidden else latest], title=f"{title}, latest",
                                 period=f"{review.quarter.end:%B %Y}")  # fmt: skip
    return {f"{name}.{part}": value for part, value in found.items()}


def records_begin(review: Review, table: str) -> str:
    """From when measures over twelve months can be computed, in a sentence."""
    begins = review.evidence.begins(table)
    if begins is None:
        return "The records don't say from when they are whole."
    first = begins if begins.day == 1 else (pd.Period(begins, "M") + 1).start_time.date()
    ends = (pd.Timestamp(first) + pd.DateOffset(years=1) - pd.Timedelta(days=1)).date()
    return f"The records are whole from {words(begins)}, so measures over twelve months begin with the year to {words(ends)}."


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


def compared(review: Review, indicator: str, earlier: str = "year_ago") -> str:
    """A sentence on a percentage now and at an earlier moment: higher, lower, or within what chance alone gives.

    The test is Newcombe's: chance suffices where the 95% limits of the difference, made of each share's Wilson
    limits, have nought between them. Source: Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10.
    """
    table = table_at_moments(review, [indicator])
    values = values_of(review, table, {indicator: indicator})
    texts = [values[f"{indicator}.{moment}"]["text"] for moment in ("now", earlier)]
    now, then = (table.set_index("moment").loc[moment] for moment in ("now", earlier))
    days = [words(row["period_end"]) for row in (now, then)]
    opening = f"The share was {texts[0]} on {days[0]}"
    if texts[0] == NOT_AVAILABLE:
        return f"The share on {days[0]} is not available."
    if texts[1] == NOT_AVAILABLE:
        return f"{opening}; there is no figure for {days[1]} to compare it with."
    if CONFIDENTIAL in texts:
        return f"{opening} and {texts[1]} on {days[1]} (c: withheld), which are too few to compare."
    gap = now["value"] - then["value"]
    down = np.hypot(now["value"] - now["lower"], then["upper"] - then["value"])
    up = np.hypot(now["upper"] - now["value"], then["value"] - then["lower"])
    if gap - down <= 0 <= gap + up:
        return f"{opening} and {texts[1]} on {days[1]}: the difference is within what chance alone would give."
    return f"{opening} and {texts[1]} on {days[1]}: {'higher' if gap > 0 else 'lower'}, by more than chance alone would give."
