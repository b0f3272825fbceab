"""Time until something ends: Kaplan-Meier with left truncation, competing ways to end, log-rank.

statsmodels gives the same curves and the tests hold the two to each other; it brings all of scipy.stats with it, which
takes longer to load than all curves of a review to make, so that the curve is worked out here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Survival:
    """A survival curve. `table`: columns time, at_risk, events, survival, lower, upper (95%, log-log)."""

    table: pd.DataFrame

    def at(self, time: float) -> float:
        """The share still going after `time`; NaN past the last time seen at risk with nothing left to say."""
        before = self.table[self.table["time"] <= time]
        return 1.0 if before.empty else float(before["survival"].iloc[-1])

    def quantile(self, share_ended: float) -> float:
        """The first time by which that share has ended; NaN where the curve never gets there."""
        reached = self.table[self.table["survival"] <= 1 - share_ended + 1e-12]
        return float(reached["time"].iloc[0]) if len(reached) else float("nan")


def spells(starts, ends, window_start, window_end) -> pd.DataFrame:
    """Spells as they are seen through a window of observation: what a survival curve takes in.

    Question: of spells that were already going, or still are, what do we really know?
    Method: a spell begun before the window is at risk only from its age when the window opened (left
    truncation); one going at its close is censored there. Trap: to leave truncation out counts only the long
    ones among the early spells, and makes everything look longer.

    Dates as arrays; columns duration and entry in days, ended (bool), index of `starts` where it is a Series.
    Spells that never touch the window, or take no time inside it, are left out.
    """
    index = starts.index if isinstance(starts, pd.Series) else None
    first = pd.Series(pd.to_datetime(np.asarray(starts)), index=index)
    last = pd.Series(pd.to_datetime(np.asarray(ends)), index=index)
    opens, closes = pd.Timestamp(window_start), pd.Timestamp(window_end)
    ended = last.notna() & (last <= closes)
    stop = last.where(ended, closes)
    found = pd.DataFrame(
        {
            "duration": (stop - first).dt.days,
            "entry": (opens - first).dt.days.clip(lower=0),
            "ended": ended,
        }
    )
    return found[first.notna() & (found["duration"] > found["entry"])]


def kaplan_meier(duration, ended, entry=None) -> Survival:
    """The Kaplan-Meier curve.

    Question: how long do they last, when some are still going and some had begun before we looked?
    Method: at each time at which any end, the share is multiplied by one less ends over those at risk (after `entry`, up
    to `duration`); Greenwood's variance; 95% limits on the log-log scale, so that they stay within 0 and 1.
    Trap: with left truncation and few at risk early on, one early end drops the curve to the ground.
    Raises ValueError for nothing to work on.
    """
    time, status = np.asarray(duration, float), np.asarray(ended).astype(bool)
    if time.size == 0:
        raise ValueError("there are no spells to draw a curve from")
    late = np.zeros(len(time)) if entry is None else np.asarray(entry, float)
    when, events = np.unique(time[status], return_counts=True)
    # Those who have not stopped by the time, less those who had not entered before it.
    at_risk = np.searchsorted(np.sort(-time), -when, side="right") - np.searchsorted(
        np.sort(-late), -when, side="right"
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.cumprod(1 - events / at_risk)
        error = s * np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
    with np.errstate(divide="ignore", invalid="ignore"):
        width = 1.959963984540054 * error / (s * np.abs(np.log(s)))
        lower, upper = s ** np.exp(width), s ** np.exp(-width)
    inside = (s > 0) & (s < 1)
    table = pd.DataFrame(
        {
            "time": when,
            "at_risk": at_risk.astype(int),
            "events": events.astype(int),
            "survival": s,
            "lower": np.where(inside, lower, s),
            "upper": np.where(inside, upper, s),
        }
    )
    return Survival(table)


def cumulative_incidence(duration, cause) -> pd.DataFrame:
    """The share that has ended in each way by each time, where ending one way rules out the others.

    Method: statsmodels' CumIncidenceRight. Trap: one minus Kaplan-Meier of a single cause overstates it,
    since it supposes that the other causes don't exist. No left truncation: give it an entry cohort.

    `cause`: 0 or blank for still going, else any label. Columns: time, then one a cause (in sorted order).
    """
    from statsmodels.duration.survfunc import CumIncidenceRight

    labels = pd.Series(np.asarray(cause, object)).where(lambda c: c.notna() & (c != 0) & (c != ""))
    names = sorted(labels.dropna().unique(), key=str)
    if not names:
        return pd.DataFrame({"time": []})
    numbers = labels.map({name: i + 1 for i, name in enumerate(names)}).fillna(0).astype(int)
    found = CumIncidenceRight(np.asarray(duration, float), numbers.to_numpy())
    return pd.DataFrame({"time": found.times, **{str(n): found.cinc[i] for i, n in enumerate(names)}})


def log_rank(duration, ended, group, entry=None) -> tuple[float, float]:
    """Whether groups' curves differ: (chi-squared, p), by statsmodels' survdiff.

    Trap: it sees differences that hold throughout; curves that cross can cancel out.
    """
    from statsmodels.duration.survfunc import survdiff

    late = None if entry is None else np.asarray(entry, float)
    chi, p = survdiff(np.asarray(duration, float), np.asarray(ended).astype(int), np.asarray(group), entry=late)
    return float(chi), float(p)
