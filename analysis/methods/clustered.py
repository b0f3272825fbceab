"""Rates and shares where events come in clusters: one child's moves, one family's children."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from analysis.methods import intervals

RATE_COLUMNS = ("group", "clusters", "events", "exposure", "rate", "design", "lower", "upper")


def rates(events, exposure, cluster, group=None, confidence: float = intervals.CONFIDENCE) -> pd.DataFrame:
    """Events for each unit of exposure by group, with intervals that allow for clusters.

    Question: at which rates may events really happen, where some clusters have many and others none?
    Method: the rate's variance between clusters over what independent events would give is the design effect (1 at
    least); events and exposure are divided by it, and Garwood's exact interval is taken of what is left.
    Trap: the design effect of a handful of clusters is itself a guess, and one cluster has none.
    Source: Rao and Scott, Statistics in Medicine 18 (1999), 1373-1385.

    Arrays of one length, a row a stretch of exposure with its events; a cluster may have many rows and be in several
    groups. Columns: RATE_COLUMNS, a row a group in order of first occurrence (one row where `group` is None); `lower`
    and `upper` are NaN where there is no exposure. Raises ValueError for negative events or exposure.
    """
    x, n, names = _by_cluster(events, exposure, cluster, group)
    return _with_intervals(x, n, names, _poisson_variance, intervals.poisson, confidence)


def shares(successes, trials, cluster, group=None, confidence: float = intervals.CONFIDENCE) -> pd.DataFrame:
    """The share of trials that succeed by group, with intervals that allow for clusters.

    As `rates`, with the variance of independent trials and Wilson's interval.
    Source: Rao and Scott, Biometrics 48 (1992), 577-585. Raises ValueError where successes exceed trials.
    """
    x, n, names = _by_cluster(successes, trials, cluster, group)
    if np.any(x > n):
        raise ValueError("successes can't exceed trials")
    return _with_intervals(x, n, names, _binomial_variance, intervals.wilson, confidence)


def against_rest(events, exposure, cluster, group) -> pd.DataFrame:
    """Each group's rate over the rate of all the others, with 95% limits and a p-value.

    Method: the logarithm of the ratio, linearised; each cluster's part in it is summed, so that one that is in a group
    and in the rest counts as one; the variance is that of independent events at least. `p_of_many` allows
    for looking at every group (`holm`). Trap: groups of few events (under 10, say) are approximate.
    Columns: group, ratio, lower, upper, p, p_of_many; NaN where either side has no events.
    """
    x, n, names = _by_cluster(events, exposure, cluster, group)
    m = len(x)
    xg, ng = x.sum(axis=0), n.sum(axis=0)
    xo, no = xg.sum() - xg, ng.sum() - ng
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, other = xg / ng, xo / no
        rest_x, rest_n = x.sum(axis=1, keepdims=True) - x, n.sum(axis=1, keepdims=True) - n
        part = (x - rate * n) / xg - (rest_x - other * rest_n) / xo
        independent = 1 / xg + 1 / xo
        # Clusters can widen what chance gives, never narrow it.
        variance = np.maximum((part**2).sum(axis=0) * (m / (m - 1) if m > 1 else np.nan), independent)
        ratio, error = rate / other, np.sqrt(np.where(np.isfinite(independent), variance, np.nan))
        p = 2 * ndtr(-np.abs(np.log(ratio)) / error)
        reach = ndtri(0.5 + intervals.CONFIDENCE / 2) * error
        found = {
            "group": names,
            "ratio": ratio,
            "lower": ratio * np.exp(-reach),
            "upper": ratio * np.exp(reach),
            "p": p,
        }
    table = pd.DataFrame(found)
    table.loc[table["p"].isna(), ["ratio"]] = np.nan
    return table.assign(p_of_many=holm(p))


def holm(p) -> np.ndarray:
    """p-values that allow for having looked at all of them: Holm's step-down. NaN stays NaN, and isn't a look.

    Source: Holm, Scandinavian Journal of Statistics 6 (1979), 65-70. By hand, since statsmodels' brings all of
    scipy.stats with it; a test holds the two together.
    """
    found = np.asarray(p, float).copy()
    known = np.flatnonzero(~np.isnan(found))
    order = known[np.argsort(found[known], kind="stable")]
    stepped = found[order] * np.arange(len(order), 0, -1)
    found[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return found


def _by_cluster(events, exposure, cluster, group) -> tuple[np.ndarray, np.ndarray, list]:
    """Events and exposure summed, clusters down and groups across."""
    x, n = np.asarray(events, float), np.asarray(exposure, float)
    if np.any(x < 0) or np.any(n < 0):
        raise ValueError("events and exposure can't be negative")
    rows, clusters = pd.factorize(np.asarray(cluster))
    columns, names = (np.zeros(len(x), int), [""]) if group is None else pd.factorize(np.asarray(group))
    shape = (len(clusters), len(names))
    flat = rows * len(names) + columns
    size = shape[0] * shape[1]
    return (
        np.bincount(flat, x, minlength=size).reshape(shape),
        np.bincount(flat, n, minlength=size).reshape(shape),
        list(names),
    )


def _poisson_variance(rate: np.ndarray, n: np.ndarray) -> np.ndarray:
    return rate / n


def _binomial_variance(rate: np.ndarray, n: np.ndarray) -> np.ndarray:
    return rate * (1 - rate) / n


def _with_intervals(x: np.ndarray, n: np.ndarray, names: list, variance, interval, confidence: float) -> pd.DataFrame:
    xs, ns, there = x.sum(axis=0), n.sum(axis=0), (n > 0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(ns > 0, xs / ns, np.nan)
        between = ((x - rate * n) ** 2).sum(axis=0) / ns**2 * there / (there - 1)
        design = between / variance(rate, ns)
    design = np.where(np.isfinite(design), np.maximum(design, 1.0), 1.0)
    lower, upper = interval(xs / design, ns / design, confidence)
    found = {"group": names, "clusters": there, "events": xs, "exposure": ns, "rate": rate, "design": design}
    return pd.DataFrame({**found, "lower": lower, "upper": upper}, columns=list(RATE_COLUMNS))
