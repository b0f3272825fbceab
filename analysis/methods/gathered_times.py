"""A chart for rare events that shows no single one: the time that each so many of them took to come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, ndtr

from analysis.methods.rare_events import TAIL

# With fewer points than this the rate isn't known well enough for limits to be more than a trial.
FEWEST_FOR_FIRM_LIMITS = 13


@dataclass(frozen=True)
class GatheredTimes:
    """`times`, in order, in the unit given; the mean and limits are alike for all points. `sooner` and `later` mark times
    shorter or longer than chance gives."""

    times: np.ndarray
    mean: float
    lower: float
    upper: float
    sooner: np.ndarray
    later: np.ndarray
    trial: bool


def chart(days, many: int) -> GatheredTimes:
    """A t_r chart.

    Question: are rare events coming more or less often, asked without showing when any one of them came?
    Method: the time until each `many`th event, from the one before it (the first from nought). Of events that come at
    random at a steady rate it follows a gamma distribution; beyond each limit lies `rare_events.TAIL` of it.
    Traps: a change shows only once `many` more have come; events that come together (brothers and sisters) are more
    scattered than chance, and are marked too often; the time since the last point isn't on the chart.
    Source: Xie, Goh and Ranjan, Reliability Engineering and System Safety 77 (2002), 143-150.

    `days`: when each event came, counted from the beginning of watching, in order, none missing or negative. Raises
    ValueError otherwise, and for fewer than one event a point.
    """
    at = np.asarray(days, float)
    if many < 1:
        raise ValueError("gather at least one event to a point")
    if np.isnan(at).any() or (at < 0).any() or (np.diff(at) < 0).any():
        raise ValueError("events must be in order of time, none missing, none before watching began")
    times = np.diff(np.concatenate([[0.0], at[many - 1 :: many]]))
    if not times.size or not times.sum():
        none = np.zeros(times.size, bool)
        return GatheredTimes(times, float("nan"), float("nan"), float("nan"), none, none, True)
    mean = float(times.mean())
    lower, upper = (float(gammaincinv(many, share) * mean / many) for share in (TAIL, 1 - TAIL))
    return GatheredTimes(times, mean, lower, upper, times < lower, times > upper, times.size < FEWEST_FOR_FIRM_LIMITS)


def trend(days, over: float) -> tuple[float, float]:
    """Whether events came more and more often, or less and less: Laplace's score, above 0 where they did, and its two-sided p.

    Method: of events at a steady rate the days are spread evenly over the time watched, so that their mean lies in the
    middle but for chance. Trap: it sees one direction over the whole time, not a rise followed by a fall.
    Source: Cox and Lewis, The Statistical Analysis of Series of Events (1966), chapter 3.

    `days`: as for `chart`; `over`: how long was watched. Score 0 and p 1 for fewer than two events.
    """
    at = np.asarray(days, float)
    if at.size < 2 or not over > 0:
        return 0.0, 1.0
    score = float((at.mean() / over - 0.5) * np.sqrt(12 * at.size))
    return score, float(2 * ndtr(-abs(score)))
