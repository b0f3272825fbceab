"""Whether events became more or less frequent: rates in two periods, with strata, clusters, and many questions at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri

from analysis.methods.intervals import CONFIDENCE


@dataclass(frozen=True)
class RateChange:
    """A rate over an earlier one. `ratio` is NaN where the earlier period had no events, and `lower` and `upper` where
    either had none; `p` is two-sided, 1 where there was nothing at all.

    events, events_before: counts; expected: how many there would have been at the earlier period's rates.
    """

    events: float
    events_before: float
    expected: float
    ratio: float
    lower: float
    upper: float
    p: float
    dispersion: float

    @property
    def up(self) -> bool:
        return self.events > self.expected


def rate_change(events_before, exposure_before, events, exposure, dispersion: float = 1.0) -> RateChange:
    """Compares the rate of events in two periods, stratum by stratum.

    Question: did events become more frequent for those at risk, whatever became of how many were at risk, and of which
    kind they are?
    Method: the ratio of rates is Mantel and Haenszel's over the strata, with the limits of Greenland and Robins on the
    log scale. The p-value is of the score test: given each stratum's events in both periods, those of the later are
    binomial with its share of the exposure. Variances are multiplied by `dispersion` (quasi-likelihood). One
    stratum is the plain comparison of two counts.
    Trap: one ratio is taken to hold in all strata; a rise in some and a fall in others can cancel out.
    Source: Greenland and Robins, Biometrics 41 (1985), 55-68; McCullagh and Nelder, Generalized Linear Models (1989),
    section 9.2.

    Numbers or arrays of one length, a value a stratum; exposures in any one unit. A stratum without exposure in either
    period says nothing and is left out of the ratio. Raises ValueError for negative values, events without exposure, or
    a dispersion below 1.
    """
    d0, t0, d1, t1 = np.broadcast_arrays(*(np.atleast_1d(np.asarray(x, float)) for x in
                                           (events_before, exposure_before, events, exposure)))  # fmt: skip
    if np.any(np.stack([d0, t0, d1, t1]) < 0):
        raise ValueError("events and exposures can't be negative")
    if np.any((d0 > 0) & (t0 == 0)) or np.any((d1 > 0) & (t1 == 0)):
        raise ValueError("there can't be events without exposure")
    if dispersion < 1:
        raise ValueError("dispersion is 1 at least: that of independent events")
    both = (t0 > 0) & (t1 > 0)
    now, then = float(d1.sum()), float(d0.sum())
    d0, t0, d1, t1 = d0[both], t0[both], d1[both], t1[both]
    whole, d = t0 + t1, d0 + d1
    share = t1 / whole
    variance = dispersion * float((d * share * (1 - share)).sum())
    z = float((d1 - d * share).sum()) / np.sqrt(variance) if variance > 0 else 0.0
    over, under = float((d1 * t0 / whole).sum()), float((d0 * t1 / whole).sum())
    ratio = over / under if under > 0 else np.nan
    lower = upper = np.nan
    if over > 0 and under > 0:
        error = np.sqrt(dispersion * float((d * t0 * t1 / whole**2).sum()) / (over * under))
        reach = np.exp(float(ndtri(0.5 + CONFIDENCE / 2)) * error)
        lower, upper = ratio / reach, ratio * reach
    expected = float((d0 / t0 * t1).sum())
    return RateChange(now, then, expected, ratio, lower, upper, float(2 * ndtr(-abs(z))), dispersion)


@dataclass(frozen=True)
class ShareChange:
    """A share less an earlier one, as proportions, with 95% limits and the two-sided p of no change."""

    share_before: float
    share: float
    lower: float
    upper: float
    p: float

    @property
    def up(self) -> bool:
        return self.share > self.share_before


def share_change(
    part_before: float, whole_before: float, part: float, whole: float, dispersion: float = 1.0
) -> ShareChange:
    """Compares two shares.

    Method: the difference with Newcombe's limits, of Wilson's for each share; p of the pooled score test. Both
    are of counts divided by `dispersion`. Source: Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10.
    Trap: a part that isn't of the whole's own members can exceed it; then there is no share, and all is NaN.
    Raises ValueError for negative counts or a dispersion below 1.
    """
    from analysis.methods.intervals import wilson

    if min(part_before, whole_before, part, whole) < 0 or dispersion < 1:
        raise ValueError("counts can't be negative, nor the dispersion below 1")
    if part_before > whole_before or part > whole or not whole_before or not whole:
        return ShareChange(np.nan, np.nan, np.nan, np.nan, np.nan)
    k0, n0, k1, n1 = (x / dispersion for x in (part_before, whole_before, part, whole))
    before, after, pooled = k0 / n0, k1 / n1, (k0 + k1) / (n0 + n1)
    (low0, high0), (low1, high1) = (tuple(map(float, wilson(k, n))) for k, n in ((k0, n0), (k1, n1)))
    gap, error = after - before, np.sqrt(pooled * (1 - pooled) * (1 / n0 + 1 / n1))
    return ShareChange(
        before, after, float(gap - np.hypot(after - low1, high0 - before)),
        float(gap + np.hypot(high1 - after, before - low0)), float(2 * ndtr(-abs(gap) / error)) if error > 0 else 1.0,
    )  # fmt: skip


def homogeneity(events_before, events, dispersion: float = 1.0) -> float:
    """Whether groups' events changed alike between two periods: the p-value.

    Method: Pearson's chi-squared of the table of groups by period, divided by `dispersion`, on one degree of freedom
    fewer than there are groups with events. Trap: it says that groups differ, not which; and with fewer than about
    five expected in a cell it is rough.

    Arrays of one length, a value a group. 1 where fewer than two groups, or one period, have events.
    """
    table = np.stack([np.asarray(events_before, float), np.asarray(events, float)])
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or np.any(table.sum(axis=1) == 0):
        return 1.0
    expected = table.sum(axis=0) * table.sum(axis=1, keepdims=True) / table.sum()
    return float(chdtrc(table.shape[1] - 1, float(((table - expected) ** 2 / expected).sum()) / dispersion))


def cluster_dispersion(clusters) -> float:
    """By how much clusters widen the variance of a count: the sum of squared sizes over the sum of sizes.

    Question: when brothers and sisters come together, how much less do a hundred of them tell than a hundred strangers?
    Method: the variance of a compound Poisson count over its mean. `clusters`: a label an event; 1 where there are none.
    """
    sizes = np.unique(np.asarray(clusters), return_counts=True)[1].astype(float)
    return float((sizes**2).sum() / sizes.sum()) if sizes.size else 1.0


def successive_dispersion(counts) -> float:
    """By how much a run of counts varies from one to the next more than independent events would; 1 at least.

    Method: half the mean square of successive differences over the mean of their level (von Neumann's variance), which
    a trend or a step in the middle hardly touches. Source: von Neumann, Ann. Math. Stat. 12 (1941), 367-395.
    Trap: under a dozen counts say little, and a season, or months that take turns, look like variation.
    `counts`: in order, of equal stretches of time. 1 below three counts.
    """
    run = np.asarray(counts, float)
    level = (run[1:] + run[:-1]) if run.size > 2 else np.zeros(0)
    if not level.sum() > 0:
        return 1.0
    return max(1.0, float((np.diff(run) ** 2).sum() / level.sum()))


def seasonal_dispersion(counts, season: int = 12) -> float:
    """By how much counts vary about their season and their year's level more than independent events would; 1 at least.

    Method: Pearson's chi-squared of the table of years by months, over its degrees of freedom. Trap: a trend within a
    year looks like variation. `counts`: in order; only whole seasons from the last backwards are used. Infinite below
    two of them, since nothing is known then.
    """
    run = np.asarray(counts, float)
    years = run.size // season
    if years < 2:
        return float("inf")
    table = run[run.size - years * season :].reshape(years, season)
    expected = table.sum(axis=0) * table.sum(axis=1, keepdims=True) / max(table.sum(), 1.0)
    parts = np.divide((table - expected) ** 2, expected, out=np.zeros_like(table), where=expected > 0)
    return max(1.0, float(parts.sum()) / ((years - 1) * (season - 1)))
