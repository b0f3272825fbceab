"""Funnel plots: which units differ from a target by more than chance, and by more than units usually differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

RATE, PROPORTION = "rate", "proportion"
# About two and three standard errors, as Spiegelhalter draws them.
LEVELS = (0.95, 0.998)
# The share of units at each end that is pulled in before dispersion is estimated, so that the units we look for
# don't widen the limits that should find them.
WINSORISED = 0.1
# Fewer units than this say nothing of how much units usually differ.
FEWEST_FOR_DISPERSION = 20
_FURTHEST_SCORE = 37.0


@dataclass(frozen=True)
class Funnel:
    """A funnel plot, an entry a unit in each array.

    `value`: observed / size. `score`: the unit's exact mid-p as a standard normal deviate. `beyond` and
    `beyond_adjusted`: 0 inside the inner limits, 1 or -1 above or below them, 2 or -2 beyond the outer ones; by chance
    alone, and with the differences between units allowed for. `dispersion` is the mean square of the winsorised scores
    (about 1 where there is only chance; NaN for too few units), `between` the standard deviation between units on the
    transformed scale (square root for rates, arcsine of the square root for proportions; 0 where not overdispersed).
    """

    kind: str
    target: float
    levels: tuple[float, ...]
    observed: np.ndarray
    size: np.ndarray
    value: np.ndarray
    score: np.ndarray
    dispersion: float
    between: float
    overdispersed: bool
    beyond: np.ndarray
    beyond_adjusted: np.ndarray

    def limits(self, sizes, *, adjusted: bool = False) -> np.ndarray:
        """Lower and upper limit for each level at each size: an array (levels, 2, sizes)."""
        exact = exact_limits(self.kind, sizes, self.target, self.levels)
        if not adjusted or not self.between > 0:
            return exact
        wide = additive_limits(self.kind, sizes, self.target, self.between, self.levels)
        return np.stack([np.minimum(exact[:, 0], wide[:, 0]), np.maximum(exact[:, 1], wide[:, 1])], axis=1)

    def beyond_at(self, value, size, *, adjusted: bool = False) -> np.ndarray:
        """Where values of those sizes would lie, which need not be of any of the units: as `beyond`, or `beyond_adjusted`."""
        value, size = np.broadcast_arrays(np.atleast_1d(np.asarray(value, float)), np.asarray(size, float))
        return _beyond(value, self.limits(size, adjusted=adjusted))


def funnel(
    kind: str, observed, size, *, target: float | None = None, levels: Sequence[float] = LEVELS, adjust: bool = True
) -> Funnel:
    """A funnel plot of units against a target.

    Question: which units' rates, or proportions, can't be chance about the target; and which can't be chance on top
    of the differences that units like these usually have?
    Method: exact Poisson or binomial limits (`exact_limits`). Dispersion is the mean square of the units' scores,
    winsorised at a tenth; where it exceeds 1 by twice its standard error (1 + 2 sqrt(2 / units)) the limits are widened by
    a variance between units, DerSimonian and Laird's estimate on a scale on which the variance hangs on size alone.
    That is additive, not multiplicative: real differences between areas don't shrink as areas grow.
    Traps: being inside isn't being right, and a unit outside the chance limits of a very overdispersed measure is
    only like the many others that are. Units that are missing because their count is small bias dispersion up
    (`adjust=False` leaves it out). The target is taken as known.
    Source: Spiegelhalter, Statistics in Medicine 24 (2005), 1185-1202; DerSimonian and Laird, Controlled Clinical
    Trials 7 (1986), 177-188.

    `kind`: RATE (counts, with exposure as size) or PROPORTION (successes, with trials as size). `target`: per unit of
    size; without one, the pooled value. Raises ValueError for another kind, sizes that aren't above 0, counts that
    are missing, negative or above their trials, and a target that can't be.
    """
    n, size = np.broadcast_arrays(np.asarray(observed, float), np.asarray(size, float))
    _check(kind, n, size)
    target = float(n.sum() / size.sum()) if target is None and size.size else float("nan") if target is None else target
    if size.size and (not target > 0 or (kind == PROPORTION and not target < 1)):
        raise ValueError("the target must be above 0, and below 1 for a proportion")
    score = scores(kind, n, size, target)
    found = dispersion(score) if adjust else float("nan")
    over = bool(found > 1 + 2 * np.sqrt(2 / n.size)) if n.size else False
    between = between_units(found, size) if over else 0.0
    value = n / size
    empty = np.zeros(n.size, int)
    plain = Funnel(kind, target, tuple(levels), n, size, value, score, found, between, over, empty, empty)
    beyond, adjusted = (_beyond(value, plain.limits(size, adjusted=way)) for way in (False, True))
    return Funnel(kind, target, tuple(levels), n, size, value, score, found, between, over, beyond, adjusted)


def exact_limits(kind: str, sizes, target: float, levels: Sequence[float] = LEVELS) -> np.ndarray:
    """Limits between which a share `level` of units of a size would lie by chance: an array (levels, 2, sizes).

    Method: the quantile of the Poisson or binomial distribution, interpolated between the counts on either side of
    it: with r the least count that has P(R <= r) > p, limit = (r - (P(R <= r) - p) / P(R = r)) / size. Lower limits
    stop at 0, upper ones of proportions at 1. Source: Spiegelhalter (2005), appendix A.1.
    """
    size = np.atleast_1d(np.asarray(sizes, float))
    found = np.empty((len(levels), 2, size.size))
    for position, level in enumerate(levels):
        for side, p in enumerate(((1 - level) / 2, (1 + level) / 2)):
            r = _quantile(kind, p, size, target)
            at, below = _below(kind, r, size, target), _below(kind, r - 1, size, target)
            found[position, side] = (r - (at - p) / (at - below)) / size
    return np.clip(found, 0.0, 1.0 if kind == PROPORTION else np.inf)


def additive_limits(kind: str, sizes, target: float, between: float, levels: Sequence[float] = LEVELS) -> np.ndarray:
    """Limits with a standard deviation `between` units on the transformed scale: an array (levels, 2, sizes)."""
    size = np.atleast_1d(np.asarray(sizes, float))
    centre = np.sqrt(target) if kind == RATE else np.arcsin(np.sqrt(target))
    spread = np.sqrt(_error(size) ** 2 + between**2)
    reach = special.ndtri(0.5 + np.asarray(levels, float) / 2)[:, None, None] * spread * np.array([[-1.0], [1.0]])
    if kind == RATE:
        return np.maximum(centre + reach, 0.0) ** 2
    return np.sin(np.clip(centre + reach, 0.0, np.pi / 2)) ** 2


def scores(kind: str, observed, size, target: float) -> np.ndarray:
    """Each unit's exact mid-p under the target, as a standard normal deviate (positive above the target).

    Unlike the square root and arcsine transformations it stays true for small counts and for none at all.
    """
    n, size = np.broadcast_arrays(np.asarray(observed, float), np.asarray(size, float))
    half = 0.5 * (_below(kind, n, size, target) - _below(kind, n - 1, size, target))
    lower = _below(kind, n - 1, size, target) + half
    upper = _above(kind, n, size, target) + half
    found = np.where(lower < upper, special.ndtri(lower), -special.ndtri(upper))
    return np.clip(found, -_FURTHEST_SCORE, _FURTHEST_SCORE)


def dispersion(score, share: float = WINSORISED, *, consistent: bool = True) -> float:
    """The mean square of scores, with the `share` of them at each end pulled in to the next; NaN for too few.

    `consistent` divides by what pulling in leaves of normal scores (.679 for a tenth), so that chance alone gives 1;
    Spiegelhalter (2005) doesn't, and his limits come out narrower.
    """
    z = np.sort(np.asarray(score, float))
    if z.size < FEWEST_FOR_DISPERSION:
        return float("nan")
    ends = int(share * z.size)
    found = float((np.clip(z, z[ends], z[z.size - 1 - ends]) ** 2).mean())
    return found / _left_of_normal(share) if consistent else found


def _left_of_normal(share: float) -> float:
    """The mean square of a standard normal that is cut to its `share` and 1 - `share` quantiles."""
    if not share > 0:
        return 1.0
    cut = special.ndtri(1 - share)
    density = np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi)
    return float(1 - 2 * share - 2 * cut * density + 2 * share * cut**2)


def between_units(dispersion: float, size) -> float:
    """DerSimonian and Laird's standard deviation between units, on the transformed scale; 0 where there is none."""
    weight = 1 / _error(np.asarray(size, float)) ** 2
    excess = weight.size * dispersion - (weight.size - 1)
    return float(np.sqrt(max(0.0, excess / (weight.sum() - (weight**2).sum() / weight.sum()))))


def _error(size: np.ndarray) -> np.ndarray:
    """The standard error of the square root of a rate, and of the arcsine of the root of a proportion: the same."""
    return 1 / (2 * np.sqrt(size))


def _below(kind: str, r, size: np.ndarray, target: float) -> np.ndarray:
    """P(R <= r)."""
    whole = np.maximum(r, 0)
    found = special.pdtr(whole, size * target) if kind == RATE else special.bdtr(whole, size.astype(int), target)
    return np.where(np.asarray(r) < 0, 0.0, found)


def _above(kind: str, r, size: np.ndarray, target: float) -> np.ndarray:
    """P(R > r)."""
    return special.pdtrc(r, size * target) if kind == RATE else special.bdtrc(r, size.astype(int), target)


def _quantile(kind: str, p: float, size: np.ndarray, target: float) -> np.ndarray:
    """The least count with P(R <= count) > p. (scipy.stats has it too, and takes half a second to import.)"""
    near = special.pdtrik(p, size * target) if kind == RATE else special.bdtrik(p, size, target)
    r = np.maximum(np.nan_to_num(np.ceil(near)) - 1, 0.0)
    # Between whole counts the continuous inverse is only near: step to the exact one.
    for _ in range(3):
        r = np.where((r > 0) & (_below(kind, r - 1, size, target) > p), r - 1, r)
    for _ in range(6):
        r = np.where(_below(kind, r, size, target) > p, r, r + 1)
    return r


def _beyond(value: np.ndarray, limits: np.ndarray) -> np.ndarray:
    above, below = (value > limits[:, 1]).sum(axis=0), (value < limits[:, 0]).sum(axis=0)
    return (above - below).astype(int)


def _check(kind: str, observed: np.ndarray, size: np.ndarray) -> None:
    if kind not in (RATE, PROPORTION):
        raise ValueError(f"a funnel is of a {RATE} or a {PROPORTION}, not of '{kind}'")
    if not (size > 0).all():
        raise ValueError("every size must be above 0; leave out units that have none")
    if not (observed >= 0).all():
        raise ValueError("counts can't be missing or negative; leave out units that have none")
    if kind == PROPORTION and ((observed > size).any() or (size % 1).any()):
        raise ValueError("trials must be whole numbers, and successes can't exceed them")
