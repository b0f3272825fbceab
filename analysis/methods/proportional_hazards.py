"""How much faster some spells end than others, all else alike: Cox's model, with left truncation and clusters.

statsmodels' PHReg gives the same and the tests hold the two to each other; it brings all of scipy.stats with it, which
takes longer to load than the model to fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtr, ndtri

from analysis.methods.intervals import CONFIDENCE

_STEPS, _CLOSE = 40, 1e-9
# A ratio of e to the fifth for a column's usual spread is no effect: the likelihood has no highest point.
_FARTHEST = 5


@dataclass(frozen=True)
class Cox:
    """A fitted model: `coefficients` (log hazard ratios) with their cluster-robust `covariance`, in the order of `names`."""

    names: tuple
    coefficients: np.ndarray
    covariance: np.ndarray
    rows: int
    events: int
    clusters: int

    def ratios(self, confidence: float = CONFIDENCE) -> pd.DataFrame:
        """Columns ratio, lower, upper, p (two-sided, of a ratio of 1); index `names`."""
        error = np.sqrt(np.clip(np.diag(self.covariance), 0, None))
        with np.errstate(divide="ignore", invalid="ignore"):
            p = 2 * ndtr(-np.abs(self.coefficients / error))
        reach = ndtri(0.5 + confidence / 2) * error
        found = {
            "ratio": np.exp(self.coefficients),
            "lower": np.exp(self.coefficients - reach),
            "upper": np.exp(self.coefficients + reach),
            "p": p,
        }
        return pd.DataFrame(found, index=list(self.names))

    def joint(self, names: Sequence) -> float:
        """The p-value of all of these coefficients being nought (Wald's test). NaN for none."""
        place = [self.names.index(name) for name in names]
        if not place:
            return float("nan")
        some = self.coefficients[place]
        inside = self.covariance[np.ix_(place, place)]
        return float(chdtrc(len(place), float(some @ np.linalg.pinv(inside) @ some)))


def cox(design: pd.DataFrame, duration, ended, entry=None, clusters=None) -> Cox:
    """Hazard ratios of the columns of `design`, each holding the others.

    Question: do some end faster than others, when all else that we know of them is alike?
    Method: Cox's partial likelihood with Breslow's ties, by Newton's method; a spell is at risk after `entry` and up to
    `duration`. The covariance is Lin and Wei's sandwich, with score residuals summed by cluster.
    Trap: one ratio is taken to hold at every length (`over_time` asks whether it does); what goes with a faster end
    needn't be what made it. Few events a column (under about 10) make the ratios wild.
    Source: Cox, J. R. Stat. Soc. B 34 (1972), 187-220; Lin and Wei, J. Am. Stat. Assoc. 84 (1989), 1074-1078.

    `design`: a row a spell, a column a factor (numbers or yes and no), none constant; one spell may be cut into rows of
    one cluster. Raises ValueError where there are no events, a spell ends by its entry, or a column can't be told from
    the others or from who ends.
    """
    x = design.to_numpy(float)
    stop, over = np.asarray(duration, float), np.asarray(ended, bool)
    start = np.zeros(len(stop)) if entry is None else np.asarray(entry, float)
    if not over.any():
        raise ValueError("nothing ended, so nothing ended faster")
    if np.any(start >= stop):
        raise ValueError("each spell must be watched for some time: its entry lies before its end")
    group = np.arange(len(stop)) if clusters is None else pd.factorize(np.asarray(clusters))[0]
    times, deaths, risk = _at_risk(start, stop, over)
    centre = x.mean(axis=0)
    x = x - centre
    total = x[over].sum(axis=0)
    beta = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        score, information, *_ = _derivatives(x, beta, deaths, risk, total)
        step = _solved(information, score)
        beta += np.clip(step, -2, 2)
        if np.abs(beta * x.std(axis=0)).max(initial=0) > _FARTHEST:
            place = int(np.abs(beta).argmax())
            raise ValueError(f"the column {design.columns[place]} says alone who ends; leave it out")
        if np.abs(step).max(initial=0) < _CLOSE:
            break
    _, information, weight, mean, baseline = _derivatives(x, beta, deaths, risk, total)
    residuals = _score_residuals(x, weight, mean, baseline, times, risk, stop, over)
    summed = np.zeros((group.max() + 1, x.shape[1]))
    np.add.at(summed, group, residuals)
    bread = _solved(information, np.eye(x.shape[1]))
    return Cox(tuple(design.columns), beta, bread @ (summed.T @ summed) @ bread, len(x), int(over.sum()), len(summed))


def log_rank(group, duration, ended, entry=None, clusters=None) -> tuple[float, float]:
    """Whether groups' curves differ, where spells come in clusters: (chi-squared, p).

    Method: Cox's score test of no difference (without ties the log-rank test), its variance between clusters.
    Trap: it sees differences that hold throughout; curves that cross can cancel out. Source: Lin and Wei (1989).
    Raises ValueError for fewer than two groups.
    """
    labels, names = pd.factorize(np.asarray(group, object), sort=True)
    if len(names) < 2:
        raise ValueError("a comparison needs two groups")
    x = np.eye(len(names))[labels][:, 1:]
    stop, over = np.asarray(duration, float), np.asarray(ended, bool)
    start = np.zeros(len(stop)) if entry is None else np.asarray(entry, float)
    times, deaths, risk = _at_risk(start, stop, over)
    beta = np.zeros(x.shape[1])
    score, _, weight, mean, baseline = _derivatives(x, beta, deaths, risk, x[over].sum(axis=0))
    residuals = _score_residuals(x, weight, mean, baseline, times, risk, stop, over)
    together = np.arange(len(stop)) if clusters is None else pd.factorize(np.asarray(clusters))[0]
    summed = np.zeros((together.max() + 1, x.shape[1]))
    np.add.at(summed, together, residuals)
    chi = float(score @ np.linalg.pinv(summed.T @ summed) @ score)
    return chi, float(chdtrc(len(names) - 1, chi))


def over_time(design: pd.DataFrame, duration, ended, entry=None, clusters=None, *, cut: float) -> Cox:
    """The model with a second coefficient for each column, of how it differs after `cut`: names `(column, "later")`.

    Question: does a ratio hold throughout, as Cox's model takes it to?
    Method: each spell is split at `cut`, and its later part has the columns twice over. `joint` of the later ones tests
    proportional hazards, clusters allowed for. Trap: a change that isn't about the cut can be missed.
    """
    stop, over = np.asarray(duration, float), np.asarray(ended, bool)
    start = np.zeros(len(stop)) if entry is None else np.asarray(entry, float)
    group = np.arange(len(stop)) if clusters is None else np.asarray(clusters)
    early, late = start < cut, stop > cut
    x = design.to_numpy(float)
    both = np.vstack([np.hstack([x[early], 0 * x[early]]), np.hstack([x[late], x[late]])])
    names = [*design.columns, *((name, "later") for name in design.columns)]
    frame = pd.DataFrame(both, columns=pd.Index(names, tupleize_cols=False))
    varies = frame.to_numpy().std(axis=0) > 0
    return cox(
        frame.loc[:, varies],
        np.r_[np.minimum(stop[early], cut), stop[late]],
        np.r_[over[early] & (stop[early] <= cut), over[late]],
        np.r_[start[early], np.maximum(start[late], cut)],
        np.r_[group[early], group[late]],
    )


@dataclass(frozen=True)
class _Risk:
    """For summing over who was at risk at each time: rows in order of stop and of entry, the place of each time in those,
    and the number of times up to each row's entry (`first`) and stop (`last`)."""

    by_stop: np.ndarray
    by_start: np.ndarray
    stopped: np.ndarray
    entered: np.ndarray
    first: np.ndarray
    last: np.ndarray


def _at_risk(start, stop, over) -> tuple[np.ndarray, np.ndarray, _Risk]:
    """Times at which something ended, how many did, and who was at risk."""
    times, deaths = np.unique(stop[over], return_counts=True)
    by_stop, by_start = np.argsort(stop, kind="stable"), np.argsort(start, kind="stable")
    first, last = (np.searchsorted(times, when, side="right") for when in (start, stop))
    stopped = np.searchsorted(stop[by_stop], times, side="left")
    entered = np.searchsorted(start[by_start], times, side="left")
    return times, deaths, _Risk(by_stop, by_start, stopped, entered, first, last)


def _over_risk_sets(values: np.ndarray, risk: _Risk) -> np.ndarray:
    """The sum of rows over those at risk at each time: those not yet stopped, less those not yet entered."""

    def still(order, place):
        whole = np.cumsum(values[order], axis=0)
        before = np.vstack([np.zeros((1, values.shape[1])), whole])
        return whole[-1] - before[place]

    return still(risk.by_stop, risk.stopped) - still(risk.by_start, risk.entered)


def _derivatives(x, beta, deaths, risk, total):
    """Score, information, weights, means over risk sets and baseline hazard. The information's first term is summed over
    rows rather than times: each row's square counts for the baseline hazard that it was at risk of."""
    weight = np.exp(x @ beta)
    sums = _over_risk_sets(weight[:, None] * np.hstack([np.ones((len(x), 1)), x]), risk)
    mean, baseline = sums[:, 1:] / sums[:, :1], deaths / sums[:, 0]
    hazard = np.r_[0.0, np.cumsum(baseline)]
    faced = weight * (hazard[risk.last] - hazard[risk.first])
    information = (x * faced[:, None]).T @ x - (deaths[:, None] * mean).T @ mean
    return total - deaths @ mean, information, weight, mean, baseline


def _score_residuals(x, weight, mean, baseline, times, risk, stop, over):
    """What each row adds to the score: Lin and Wei's terms, whose sum by cluster makes the sandwich."""
    hazard = np.r_[0.0, np.cumsum(baseline)]
    drift = np.vstack([np.zeros((1, x.shape[1])), np.cumsum(baseline[:, None] * mean, axis=0)])
    first, last = risk.first, risk.last
    expected = x * (hazard[last] - hazard[first])[:, None] - (drift[last] - drift[first])
    own = np.zeros_like(x)
    own[over] = x[over] - mean[np.searchsorted(times, stop[over])]
    return own - weight[:, None] * expected


def _solved(information, target):
    try:
        return np.linalg.solve(information, target)
    except np.linalg.LinAlgError:
        raise ValueError("two columns say the same; leave one out") from None
