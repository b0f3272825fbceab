"""Events that can happen to one person again and again: how many by a time, and their rate before something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.methods.intervals import CONFIDENCE

# Newton's method for one number: it settles in a handful of steps, or there is nothing to settle on.
_STEPS, _CLOSE = 60, 1e-10


def mean_cumulative(person, start, stop, event, times: Sequence[float],
                    confidence: float = CONFIDENCE) -> pd.DataFrame:  # fmt: skip
    """How many events a person who is still there has had, on average, by each of `times`.

    Question: for somebody who stays, how many events add up?
    Method: Nelson and Aalen's estimator for recurrent events: at each time, events over those at risk, added up. Its
    variance sums each person's own departures (Lawless and Nadeau), so that people with many events widen it as they
    should. Trap: those who leave are taken to be like those who stay; if the ones who move most leave soonest, it
    speaks of a person who doesn't exist. Source: Lawless and Nadeau, Technometrics 37 (1995), 158-168.

    A row a stretch at risk, (start, stop] on the person's own clock, `event` where one happened at its stop; a person
    may have many, and come in late. Columns: time, at_risk, events (so far), mean, lower, upper. Times after the last
    at which anyone was at risk are left out. Raises ValueError where there is no stretch, or one takes no time.
    """
    first, last = np.asarray(start, float), np.asarray(stop, float)
    happened = np.asarray(event, bool)
    if not first.size:
        raise ValueError("there are no stretches of time to count events in")
    if np.any(last <= first):
        raise ValueError("each stretch must take some time: its start lies before its stop")
    who, people = pd.factorize(np.asarray(person, object))
    asked = np.asarray([time for time in times if time <= last.max()], float)
    opened, closed = np.sort(first), np.sort(last)

    def at_risk(when: np.ndarray) -> np.ndarray:
        return np.searchsorted(opened, when, side="left") - np.searchsorted(closed, when, side="left")

    when, number = np.unique(last[happened], return_counts=True)
    risk = at_risk(when)
    rise, drift = np.r_[0.0, np.cumsum(number / risk)], np.r_[0.0, np.cumsum(number / risk**2)]
    # Each person's departure by each time: own events over those at risk, less what their time at risk owed.
    share = np.zeros(len(last))
    share[happened] = 1 / at_risk(last[happened])
    by = np.minimum(last[:, None], asked)
    owed = (
        drift[np.searchsorted(when, by, side="right")]
        - drift[np.searchsorted(when, np.minimum(first[:, None], by), "right")]
    )
    part = np.where(last[:, None] <= asked, share[:, None], 0.0) - owed
    departures = np.zeros((len(people), len(asked)))
    np.add.at(departures, who, part)
    mean = rise[np.searchsorted(when, asked, side="right")]
    error = np.sqrt((departures**2).sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.exp(ndtri(0.5 + confidence / 2) * error / mean)
        lower, upper = np.where(mean > 0, mean / reach, 0.0), np.where(mean > 0, mean * reach, np.nan)
    return pd.DataFrame(
        {
            "time": asked,
            "at_risk": at_risk(asked),
            "events": np.r_[0, np.cumsum(number)][np.searchsorted(when, asked, side="right")],
            "mean": mean,
            "lower": lower,
            "upper": upper,
        }
    )


@dataclass(frozen=True)
class WithinRatio:
    """How many times as often something happens in some of a person's time as in the rest of the same person's.

    `people`: those who count (they had an event, and time of both kinds); `inside`, `outside`: their events; `ratio`
    with 95% limits. NaN where it can't be worked out.
    """

    ratio: float
    lower: float
    upper: float
    people: int
    inside: int
    outside: int


def within_ratio(inside, inside_time, outside, outside_time, confidence: float = CONFIDENCE) -> WithinRatio:
    """The rate of events in marked time over the rate in the same people's other time.

    Question: is something more frequent just before an event, for the same people?
    Method: given how many events a person had, each falls into the marked time with odds ratio x time: the conditional
    Poisson likelihood, maximised by Newton's method. Whatever doesn't change for a person (history, temperament, who
    looks after them) cancels out. The variance is the sandwich over people, so that one with many events widens it, and
    the model's own at least.
    Trap: what changes with time does not cancel: age, a hard year, how well things are written down. People without
    any event, or with time of one kind only, say nothing. Source: Farrington, Biometrics 51 (1995), 228-235.

    Arrays of one length, a row a person: events and time inside the marked time, and outside it. The ratio is 0 or
    infinite, without limits, where all events lie on one side. Raises ValueError for negative numbers.
    """
    x, a, y, b = (np.asarray(values, float) for values in (inside, inside_time, outside, outside_time))
    if min(values.min(initial=0.0) for values in (x, a, y, b)) < 0:
        raise ValueError("events and time can't be negative")
    tells = (x + y > 0) & (a > 0) & (b > 0)
    x, a, y, b = x[tells], a[tells], y[tells], b[tells]
    n, nothing = x + y, float("nan")
    counted = (int(tells.sum()), int(x.sum()), int(y.sum()))
    if not n.sum():
        return WithinRatio(nothing, nothing, nothing, *counted)
    if not x.sum() or not y.sum():
        return WithinRatio(0.0 if y.sum() else float("inf"), nothing, nothing, *counted)
    beta = np.log(x.sum() / a.sum() / (y.sum() / b.sum()))
    for _ in range(_STEPS):
        share = _chance(beta, a, b)
        information = (n * share * (1 - share)).sum()
        # A step of more than 2 would overshoot where nearly all lie on one side.
        step = float(np.clip((x - n * share).sum() / information, -2, 2))
        beta += step
        if abs(step) < _CLOSE:
            break
    share = _chance(beta, a, b)
    information = (n * share * (1 - share)).sum()
    people = len(n)
    between = ((x - n * share) ** 2).sum() / information**2 * (people / (people - 1) if people > 1 else 0.0)
    # People can widen what chance alone gives, never narrow it.
    error = np.sqrt(max(between, 1 / information))
    reach = ndtri(0.5 + confidence / 2) * error
    return WithinRatio(float(np.exp(beta)), float(np.exp(beta - reach)), float(np.exp(beta + reach)), *counted)


def _chance(beta: float, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    marked = np.exp(beta) * a
    return marked / (marked + b)
