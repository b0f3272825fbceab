"""Moves month by month, for every 100 children looked after: usual variation, or a change?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.charts.control import Limits
from analysis.disclosure.wording import number
from analysis.findings.variation import RECENT_MONTHS, Judged
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import episodes
from analysis.methods import control_charts
from analysis.methods.rates import ratio
from analysis.reference.quarters import Quarter
from analysis.reviews.stability import moves
from analysis.reviews.stability.moves import Window
from analysis.reviews.stability.placements_now import PER, care_time

_COLUMNS = {"month": "datetime64[us]", "n": "Int64", "children": "float64", "per_hundred": "float64"}


def monthly(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Moves of each month known whole up to the quarter's end: month, n, children (the mean number looked after),
    per_hundred (moves for every 100 children)."""
    begins = evidence.begins("care_episodes")
    rows = evidence.once(episodes)
    if begins is None and len(rows):
        begins = (rows["end_date"].min() if rows["end_date"].notna().any() else rows["start_date"].min()).date()
    if begins is None or begins > quarter.end or not evidence.covers("care_episodes", begins, quarter.end):
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _COLUMNS.items()})
    months = pd.period_range(pd.Period(begins, "M") + int(begins.day > 1), pd.Period(quarter.end, "M"), freq="M")
    seen = Window(months[0].start_time.date(), quarter.end)
    counted = moves.within(evidence, seen)["date"].dt.to_period("M").value_counts().reindex(months, fill_value=0)
    time = evidence.once(care_time, seen)
    opening = np.datetime64(seen.first)
    days = (np.datetime64(seen.last) - opening).astype(int) + 1
    offset = [(time[name].to_numpy("datetime64[D]") - opening).astype(int) for name in ("start", "end")]
    there = np.cumsum(np.bincount(offset[0], minlength=days + 1) - np.bincount(offset[1], minlength=days + 1))[:days]
    month = pd.period_range(seen.first, seen.last, freq="D").asfreq("M")
    children = pd.Series(there).groupby(month).mean().reindex(months)
    found = {"month": months.to_timestamp(), "n": counted.to_numpy(), "children": children.to_numpy(float)}
    return pd.DataFrame({**found, "per_hundred": PER * ratio(counted.to_numpy(), children)}).astype(_COLUMNS)


def judge(review) -> Judged:
    """The control chart of `monthly`, released, with what it says of the last six months."""
    months = monthly(review.evidence, review.quarter)
    rates = months["per_hundred"].to_numpy(float)
    derived = {"children": (), "per_hundred": ("n",)}
    if len(months) < 2 or np.isnan(rates).any():
        data = review.release(months.assign(special=""), counts=["n"], derived=derived)
        return Judged(data, None, "There are too few months of moves to judge.")
    chart = control_charts.xmr(rates)
    special = np.where(chart.special, np.where(chart.side >= 0, "higher", "lower"), "")
    limits = Limits(float(chart.mean[-1]), float(max(0.0, chart.lower[-1])), float(chart.upper[-1]))
    data = review.release(months.assign(special=special), counts=["n"], derived=derived)
    small = control_charts.small_counts(months["n"].to_numpy(float))
    return Judged(data, limits, _verdict(limits, special, bool(chart.trial[-1]), small, months["month"].iloc[0]))


def _verdict(limits: Limits, special: np.ndarray, trial: bool, small: bool, since: pd.Timestamp) -> str:
    ways = sorted(set(special[-RECENT_MONTHS:]) - {""})
    mean, unit = number(limits.mean, "mean"), "moves a month for every 100 children"
    if ways:
        way = ways[0] if len(ways) == 1 else "both higher and lower"
        said = (
            f"In the last six months moves have been {way} than usual, beside an average of {mean} {unit} since {since:%B %Y}: "
            "something has changed."
        )
    else:
        said = (
            f"In the last six months moves have stayed within usual variation; the average since {since:%B %Y} is {mean} {unit}. "
            "There is no sign of a change."
        )
    caution = ["With fewer than 13 months the limits are a first trial."] if trial else []
    caution += ["The numbers are too small for this chart to be trusted."] if small else []
    return " ".join([said, *caution])
