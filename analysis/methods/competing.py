"""Several ways to end, of which each rules out the others: Aalen and Johansen's curves, with left truncation.

statsmodels' CumIncidenceRight gives the same without left truncation; the tests hold the two to each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.methods.intervals import CONFIDENCE


@dataclass(frozen=True)
class Incidence:
    """The share that has ended in each way by each time at which anything ended.

    `times`, and `at_risk` at each; by cause (a row) and time (a column): `events`, `share`, `se`, `lower`, `upper`
    (95%, log-log). `spells`: how many went in. `seen`: the longest that any was watched. `entries` and `ends`: when
    watching of each began and stopped, in order.
    """

    causes: tuple
    times: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    share: np.ndarray
    se: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    spells: int
    seen: float
    entries: np.ndarray
    ends: np.ndarray

    @property
    def table(self) -> pd.DataFrame:
        """A row a cause and time, in order: time, cause, at_risk, events, share, se, lower, upper."""
        every = {name: getattr(self, name).ravel() for name in ("events", "share", "se", "lower", "upper")}
        whole = {"time": np.tile(self.times, len(self.causes)), "cause": np.repeat(np.asarray(self.causes, object), len(self.times)),
                 "at_risk": np.tile(self.at_risk, len(self.causes)), **every}  # fmt: skip
        return pd.DataFrame(whole).astype({"at_risk": int, "events": int})

    def at(self, times: Sequence[float]) -> pd.DataFrame:
        """The curves at these times, a row a cause and time: time, cause, at_risk (still watched just before the
        time), ended (so far, of the cause), share, lower, upper. Times after the last that anything was watched are
        left out: nothing is known of them."""
        wanted = np.asarray([time for time in times if time <= self.seen], float)
        # Place 0 is what holds before anything ended.
        place = np.searchsorted(self.times, wanted, side="right")
        ways = len(self.causes)

        def read(values: np.ndarray) -> np.ndarray:
            return np.column_stack([np.zeros(ways), values])[:, place].ravel()

        return pd.DataFrame(
            {
                "time": np.tile(wanted, ways),
                "cause": np.repeat(np.asarray(self.causes, object), len(wanted)),
                "at_risk": np.tile(_watched(self.ends, self.entries, wanted), ways),
                "ended": read(np.cumsum(self.events, axis=1)).astype(int),
                "share": read(self.share),
                "lower": read(self.lower),
                "upper": read(self.upper),
            }
        )


def aalen_johansen(duration, cause, entry=None, causes: Sequence | None = None,
                   confidence: float = CONFIDENCE) -> Incidence:  # fmt: skip
    """The cumulative incidence of each cause.

    Question: by each time, what share has ended in each way, where ending one way rules out the others?
    Method: at each time at which something ends, the share still going just before is multiplied by each cause's
    ends over those at risk (Aalen and Johansen); a spell with an `entry` above nought is at risk only after it. The
    variance is the delta method's (as statsmodels'), the limits stand on the log-log scale and stay within 0 and 1.
    Trap: one minus Kaplan-Meier of a single cause overstates it, since it supposes that the others don't exist.
    With left truncation and few at risk early on, one early end weighs a great deal, and once nobody is left at
    risk the curves stay where they are. Clusters (brothers and sisters) make the truth wider than these limits.
    Source: Aalen and Johansen, Scand. J. Statist. 5 (1978), 141-150; Marubini and Valsecchi, Analysing Survival Data
    (1995), section 10.2.3.

    `duration`, `entry`: times from each spell's own start, entry before duration; `cause`: what ended it, missing or
    blank while it goes on. `causes` gives their order, and those that nothing ended by. Raises ValueError where there
    is no spell, where one enters after it stops, and for a cause that isn't in `causes`.
    """
    time = np.asarray(duration, float)
    late = np.zeros(len(time)) if entry is None else np.asarray(entry, float)
    if not time.size:
        raise ValueError("there are no spells to draw curves from")
    if np.any(late >= time):
        raise ValueError("each spell must be watched for some time: its entry lies before its end")
    labels = np.asarray(cause, object)
    blank = pd.isna(labels) | (labels == "")
    occurring = list(dict.fromkeys(labels[~blank]))
    names = tuple(sorted(occurring, key=str) if causes is None else causes)
    if strange := [name for name in occurring if name not in names]:
        raise ValueError(f"{strange[0]} is not one of the causes {', '.join(map(str, names))}")
    place = {name: number for number, name in enumerate(names)}
    code = np.array([-1 if no else place[one] for one, no in zip(labels, blank, strict=True)])
    when = np.unique(time[code >= 0])
    entries, ends = np.sort(late), np.sort(time)
    at_risk = _watched(ends, entries, when)
    d = (
        np.stack([_count(time[code == number], when) for number in range(len(names))])
        if names
        else np.zeros((0, len(when)))
    )
    all_ends = d.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        still = np.cumprod(1 - all_ends / at_risk)
        before = np.r_[1.0, still[:-1]] / at_risk
        share = np.cumsum(before * d, axis=1)
        # Where everyone at risk ends, nothing after can move: the term is nought and not infinite.
        spread = np.where(at_risk > all_ends, all_ends / (at_risk * (at_risk - all_ends)), 0.0)
        own = before * d / at_risk
        variance = (
            share**2 * np.cumsum(spread)
            - 2 * share * np.cumsum(share * spread, axis=1)
            + np.cumsum(share**2 * spread, axis=1)
            + np.cumsum(before**2 * (at_risk - d) * d / at_risk, axis=1)
            - 2 * share * np.cumsum(own, axis=1)
            + 2 * np.cumsum(share * own, axis=1)
        )
        error = np.sqrt(np.clip(variance, 0.0, None))
        reach = ndtri(0.5 + confidence / 2) * error / (share * np.abs(np.log(share)))
        lower, upper = share ** np.exp(reach), share ** np.exp(-reach)
    inside = (share > 0) & (share < 1)
    lower, upper = np.where(inside, lower, share), np.where(inside, upper, share)
    return Incidence(names, when, at_risk, d, share, error, lower, upper, len(time), float(time.max()), entries, ends)


def _watched(ends: np.ndarray, entries: np.ndarray, when: np.ndarray) -> np.ndarray:
    """How many are at risk at each time: entered before it, and not stopped before it. Both arrays in order."""
    return np.searchsorted(entries, when, side="left") - np.searchsorted(ends, when, side="left")


def _count(times: np.ndarray, when: np.ndarray) -> np.ndarray:
    return np.bincount(np.searchsorted(when, times), minlength=len(when)).astype(float)
