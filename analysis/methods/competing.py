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
    """The share that has ended in each way by each time.

    `table`: a row a time and cause, in order: time, cause, at_risk (all causes), events (of the cause at the time),
    share, se, lower, upper (95%, log-log). `spells`: how many went in. `seen`: the longest that any was watched.
    `entries` and `ends`: when watching of each began and stopped, in order.
    """

    table: pd.DataFrame
    causes: tuple
    spells: int
    seen: float
    entries: np.ndarray
    ends: np.ndarray

    def at(self, times: Sequence[float]) -> pd.DataFrame:
        """The curves at these times, a row a time and cause: time, cause, at_risk (still watched just before the
        time), ended (so far, of the cause), share, lower, upper. Times after the last that anything was watched are
        left out: nothing is known of them."""
        wanted = np.asarray([time for time in times if time <= self.seen], float)
        found = []
        for cause in self.causes:
            mine = self.table[self.table["cause"] == cause]
            # Row 0 is what holds before the first end.
            place = np.searchsorted(mine["time"].to_numpy(), wanted, side="right")
            first = {"share": 0.0, "lower": 0.0, "upper": 0.0}
            columns = {name: np.r_[before, mine[name].to_numpy()][place] for name, before in first.items()}
            ended = np.r_[0, mine["events"].cumsum().to_numpy()][place]
            found.append(pd.DataFrame({"time": wanted, "cause": cause, "ended": ended, **columns}))
        if not found:
            return pd.DataFrame(columns=["time", "cause", "at_risk", "ended", "share", "lower", "upper"])
        whole = pd.concat(found, ignore_index=True)
        return whole.assign(at_risk=_watched(self.ends, self.entries, whole["time"].to_numpy()))


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
    labels = pd.Series(np.asarray(cause, object))
    labels = labels.where(labels.notna() & (labels.astype(str) != ""))
    occurring = list(dict.fromkeys(labels.dropna()))
    names = tuple(sorted(occurring, key=str) if causes is None else causes)
    if strange := [name for name in occurring if name not in names]:
        raise ValueError(f"{strange[0]} is not one of the causes {', '.join(map(str, names))}")
    code = pd.Categorical(labels, categories=list(names)).codes
    when = np.unique(time[code >= 0])
    entries, ends = np.sort(late), np.sort(time)
    at_risk = _watched(ends, entries, when)
    d = np.stack([_count(time[code == number], when) for number in range(len(names))]) if names else np.zeros((0, 0))
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
    table = pd.DataFrame(
        {
            "time": np.tile(when, len(names)),
            "cause": np.repeat(np.asarray(names, object), len(when)),
            "at_risk": np.tile(at_risk.astype(int), len(names)),
            "events": d.astype(int).ravel(),
            "share": share.ravel(),
            "se": error.ravel(),
            "lower": np.where(inside, lower, share).ravel(),
            "upper": np.where(inside, upper, share).ravel(),
        }
    )
    return Incidence(table, names, len(time), float(time.max()), entries, ends)


def _watched(ends: np.ndarray, entries: np.ndarray, when: np.ndarray) -> np.ndarray:
    """How many are at risk at each time: entered before it, and not stopped before it. Both arrays in order."""
    return np.searchsorted(entries, when, side="left") - np.searchsorted(ends, when, side="left")


def _count(times: np.ndarray, when: np.ndarray) -> np.ndarray:
    return np.bincount(np.searchsorted(when, times), minlength=len(when)).astype(float)
