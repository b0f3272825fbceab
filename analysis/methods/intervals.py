"""Confidence intervals for what is counted: Wilson for proportions, exact Poisson for counts and rates."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaincinv, ndtri

CONFIDENCE = 0.95


def wilson(successes, trials, confidence: float = CONFIDENCE) -> tuple[np.ndarray, np.ndarray]:
    """Interval for a proportion.

    Question: between which proportions does the true one lie, having seen `successes` out of `trials`?
    Method: Wilson's score interval. Trap: the textbook interval (Wald) gives nothing at 0 and 100 per cent,
    and leaves [0, 1]; this doesn't. Source: Wilson, J. Am. Stat. Assoc. 22 (1927), 209-212.

    Takes arrays or scalars; gives (lower, upper) as proportions, NaN where trials are 0 or missing.
    Raises ValueError where successes are negative or exceed trials.
    """
    k, n = np.broadcast_arrays(np.asarray(successes, float), np.asarray(trials, float))
    if np.any(k < 0) or np.any(k > n):
        raise ValueError("successes must lie between 0 and trials")
    z = ndtri(0.5 + confidence / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(n > 0, k / n, np.nan)
        centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    # At the ends the formula is 0 or 1 exactly; floating point would miss it by a hair.
    lower = np.where(k == 0, np.where(n > 0, 0.0, np.nan), centre - half)
    upper = np.where(k == n, np.where(n > 0, 1.0, np.nan), centre + half)
    return lower, upper


def poisson(counts, exposure=1.0, confidence: float = CONFIDENCE) -> tuple[np.ndarray, np.ndarray]:
    """Exact interval for an event rate: events per unit of `exposure`.

    Question: what underlying rates are compatible with the count that was seen?
    Method: Garwood's, half of chi-squared quantiles on 2n and 2n + 2 degrees of freedom, over the exposure.
    Trap: it supposes independent events; siblings who enter together make the truth wider.
    Source: Garwood, Biometrika 28 (1936), 437-442.

    Takes arrays or scalars; gives (lower, upper), NaN where the exposure is 0 or missing.
    Raises ValueError for negative counts.
    """
    n, e = np.broadcast_arrays(np.asarray(counts, float), np.asarray(exposure, float))
    if np.any(n < 0):
        raise ValueError("counts can't be negative")
    tail = (1 - confidence) / 2
    # Half a chi-squared quantile on 2n degrees of freedom is a gamma quantile of shape n.
    lower = np.where(n > 0, gammaincinv(np.where(n > 0, n, 1.0), tail), np.where(np.isnan(n), np.nan, 0.0))
    upper = gammaincinv(n + 1, 1 - tail)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(e > 0, lower / e, np.nan), np.where(e > 0, upper / e, np.nan)


def mean(values, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval for the mean of a sample, by Student's t.

    Trap: with few and skewed values (days, say) it is too narrow. NaN below two values.
    """
    from scipy.special import stdtrit

    found = np.asarray(values, float)
    found = found[~np.isnan(found)]
    if found.size < 2:
        return float("nan"), float("nan")
    half = stdtrit(found.size - 1, 0.5 + confidence / 2) * found.std(ddof=1) / np.sqrt(found.size)
    return float(found.mean() - half), float(found.mean() + half)
