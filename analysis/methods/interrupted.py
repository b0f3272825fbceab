"""Interrupted time series: did the level, or the slope, of a series change at a dated event?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Points on either side without which nothing can be said, and with which the answer isn't tentative any more.
FEWEST, FIRM = 8, 12
# Further back than this many points, a straight line before the event is a story of its own.
LOOK_BACK = 24
# Two years before the event: the least that a yearly pattern can be told from.
FEWEST_FOR_SEASONS = 24
CONFIDENCE = 0.95
# Redraws under no change at all. With 999 the least p-value is one in a thousand.
DRAWS = 499
_BURN_IN = 30
_CORRELATIONS = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9])


@dataclass(frozen=True)
class Interruption:
    """What changed at an event. `level` is the jump at once, `slope` the change in each point's rise, `mean` the average
    distance since the event from what the line before would have given; each with its interval `(lower, upper)`.

    `p_value` is of no change in level nor slope. `start` is the position in the series at which the fit begins; `fitted`
    and `counterfactual` go from there on. `correlation` is that of neighbouring points. `tentative` where a side has
    fewer than FIRM points.
    """

    start: int
    at: int
    before: int
    after: int
    level: float
    level_interval: tuple[float, float]
    slope: float
    slope_interval: tuple[float, float]
    mean: float
    mean_interval: tuple[float, float]
    p_value: float
    fitted: np.ndarray
    counterfactual: np.ndarray
    correlation: float
    seasonal: bool
    tentative: bool


def too_few(before: int, after: int) -> str:
    """Why an event can't be judged with so many points on either side; blank where it can."""
    if before < FEWEST:
        return f"{_so_many(before)} before it, and at least {FEWEST} are needed"
    if after < FEWEST:
        return f"{_so_many(after)} since, and at least {FEWEST} are needed"
    return ""


def _so_many(points: int) -> str:
    return "there are none" if points < 1 else "there is only one" if points == 1 else f"there are only {points}"


def segmented(values, at: int, *, look_back: int | None = LOOK_BACK, period: int = 12, lags: int | None = None,
              confidence: float = CONFIDENCE, draws: int = DRAWS, seed: int = 0) -> Interruption:  # fmt: skip
    """A segmented regression about an event.

    Question: after the event, was the series where the line before it was heading?
    Method: least squares on a line whose level and slope may change at `at`, with one yearly wave where two years
    come before the event; errors that allow for autocorrelation (Newey and West, with `lags`, by default
    4 (n / 100)^(2/9), and the small-sample factor n / (n - terms)). With a few dozen points those errors are too small by
    half, so critical values and the p-value come from `draws` series without a change, redrawn with the correlation
    of neighbouring points that the residuals imply, and judged in the same way.
    Traps: a coincidence of dates is no cause, and whatever else happened then moves the series too. A date that was picked
    because the series moved there proves nothing. Points further back than `look_back` are left out, and the line
    before is taken to have gone on straight.
    Source: Bernal, Cummins and Gasparrini, International Journal of Epidemiology 46 (2017), 348-355; Newey and West,
    Econometrica 55 (1987), 703-708. statsmodels' OLS with HAC covariance gives the same estimates and errors; it is done
    here for all redraws at once.

    `values`: numbers in order of time, none missing; `at`: the position of the first point after the event. Raises
    ValueError for missing values, and where `too_few` has a reason.
    """
    y = np.asarray(values, float)
    if np.isnan(y).any():
        raise ValueError("an interrupted series can't have missing values; fill or leave out those periods first")
    if why := too_few(at, y.size - at):
        raise ValueError(f"the event can't be judged: {why}")
    start = 0 if look_back is None else max(0, at - look_back)
    y, event = y[start:], at - start
    seasonal = event >= FEWEST_FOR_SEASONS
    terms = design(y.size, event, period if seasonal else None)
    lags = default_lags(y.size) if lags is None else lags
    after = y.size - event
    contrasts = np.zeros((3, terms.shape[1]))
    contrasts[0, 2] = contrasts[1, 3] = contrasts[2, 2] = 1
    contrasts[2, 3] = (after - 1) / 2
    estimates, errors, wald, residuals = _fit(y[:, None], terms, contrasts, lags)
    correlation = _correlation(residuals[:, 0], terms, draws, seed)
    null = _redrawn(y.size, correlation, draws, seed)
    null_estimates, null_errors, null_wald, _ = _fit(null, terms, contrasts, lags)
    reach = np.quantile(np.abs(null_estimates / null_errors), confidence, axis=1) * errors[:, 0]
    found = estimates[:, 0]
    intervals = [(float(one - half), float(one + half)) for one, half in zip(found, reach, strict=True)]
    fitted = y - residuals[:, 0]
    shift = terms[:, 2] * found[0] + terms[:, 3] * found[1]
    return Interruption(
        start, at, event, after, float(found[0]), intervals[0], float(found[1]), intervals[1], float(found[2]), intervals[2],
        float((1 + (null_wald >= wald[0]).sum()) / (1 + draws)), fitted, fitted - shift, correlation, seasonal,
        min(event, after) < FIRM,
    )  # fmt: skip


def design(points: int, at: int, period: int | None = None) -> np.ndarray:
    """The terms of the regression: constant, time, level change, slope change, and a wave of `period` points."""
    t = np.arange(points, dtype=float)
    since = t >= at
    terms = [np.ones(points), t, since.astype(float), np.where(since, t - at, 0.0)]
    if period:
        terms += [np.sin(2 * np.pi * t / period), np.cos(2 * np.pi * t / period)]
    return np.column_stack(terms)


def default_lags(points: int) -> int:
    """Newey and West's rule of thumb."""
    return int(4 * (points / 100) ** (2 / 9))


def _fit(y: np.ndarray, terms: np.ndarray, contrasts: np.ndarray, lags: int):
    """Least squares of each column of `y`: contrasts, their errors, the Wald statistic of the first two, residuals."""
    points, number = terms.shape
    bread = np.linalg.inv(terms.T @ terms)
    coefficients = bread @ terms.T @ y
    # What floating point leaves of a perfect fit is neither noise nor change.
    least = 1e-10 * np.maximum(1.0, np.abs(y).max(axis=0))
    residuals = _without_dust(y - terms @ coefficients, least)
    scores = terms[:, :, None] * residuals[:, None, :]
    meat = np.einsum("tis,tjs->sij", scores, scores)
    for lag in range(1, lags + 1):
        cross = np.einsum("tis,tjs->sij", scores[lag:], scores[:-lag])
        meat += (1 - lag / (lags + 1)) * (cross + cross.transpose(0, 2, 1))
    covariance = bread @ meat @ bread * points / (points - number)
    spread = contrasts @ covariance @ contrasts.T
    estimates = _without_dust(contrasts @ coefficients, least)
    errors = np.sqrt(np.diagonal(spread, axis1=1, axis2=2).T)
    pair, both = estimates[:2].T, spread[:, :2, :2]
    # A series that fits perfectly has no spread to invert: any change in it is beyond doubt.
    exact = np.linalg.det(both) <= 0
    both = np.where(exact[:, None, None], np.eye(2), both)
    wald = np.einsum("si,si->s", pair, np.linalg.solve(both, pair[:, :, None])[:, :, 0])
    perfect = np.where(np.abs(pair).max(axis=1) > 1e-9, np.inf, 0.0)
    return estimates, errors, np.where(exact, perfect, wald), residuals


def _without_dust(numbers: np.ndarray, least: np.ndarray) -> np.ndarray:
    return np.where(np.abs(numbers) < least, 0.0, numbers)


def _correlation(residuals: np.ndarray, terms: np.ndarray, draws: int, seed: int) -> float:
    """The correlation of neighbouring points that would leave residuals as these are. Residuals' own understates it."""
    if not (residuals**2).sum() > 0:
        return 0.0
    keep = np.eye(len(terms)) - terms @ np.linalg.inv(terms.T @ terms) @ terms.T
    usual = np.array([
        _neighbouring(keep @ _redrawn(len(terms), float(one), draws, seed)).mean() for one in _CORRELATIONS
    ])  # fmt: skip
    seen = float(_neighbouring(residuals[:, None])[0])
    return float(np.interp(seen, usual, _CORRELATIONS))


def _neighbouring(residuals: np.ndarray) -> np.ndarray:
    return (residuals[1:] * residuals[:-1]).sum(axis=0) / (residuals**2).sum(axis=0)


def _redrawn(points: int, correlation: float, draws: int, seed: int) -> np.ndarray:
    """Series without a change, a column each, whose neighbouring points are so correlated."""
    noise = np.random.default_rng(seed).standard_normal((points + _BURN_IN, draws))
    series = noise.copy()
    for step in range(1, len(series)):
        series[step] += correlation * series[step - 1]
    return series[_BURN_IN:]
