"""Where a stock goes from here, if things begin and end in a stated way; and how well that would have done before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.methods import hazards
from analysis.methods.counterfactuals import thrown
from analysis.methods.intervals import CONFIDENCE


@dataclass(frozen=True)
class Arrivals:
    """How things begin: so many groups (families) for each unit of time, of these sizes.

    groups, over: how many groups were seen, in how much time; sizes: theirs; dispersion: how much more the groups of
    equal spans vary than chance alone (1 or more).
    """

    groups: int
    over: float
    sizes: np.ndarray
    dispersion: float = 1.0


def arrivals(clusters, over: float, spans=None, number: int = 0) -> Arrivals:
    """What a run of starts says of those to come.

    `clusters`: a label a start, the same for those who came together. `over`: how long the run lasted. `spans`: which
    of its `number` equal spans (months) each start lies in, numbered from 0; from them comes the dispersion, variance
    over mean of the groups in a span, never below 1.
    """
    labels = np.asarray(clusters)
    _, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    dispersion = 1.0
    if spans is not None and len(first):
        counted = np.bincount(np.asarray(spans, int)[first], minlength=number)
        if counted.size > 1 and counted.mean() > 0:
            dispersion = max(1.0, float(counted.var(ddof=1) / counted.mean()))
    return Arrivals(len(first), over, sizes.astype(float), dispersion)


def project(ages, clusters, hazard: np.ndarray, edges: Sequence[float], coming: Arrivals, steps: int, step: float,
            seed: int) -> np.ndarray:  # fmt: skip
    """A stock at each of the coming steps, drawn many times.

    Question: if things ended as at these ages they did, and began as they did, how many would there be?
    Method: each draw takes one row of a bootstrap's hazards and one rate of arrival (gamma, about what was seen, wider
    by its dispersion); what is open goes or stays by its age; groups arrive at random through the time ahead, with
    sizes like those seen, and stay or go likewise; a group is thrown for as one. So the spread holds what isn't known
    of the rates, chance, and that families come and go together.
    Trap: it doesn't hold that rates change. Set it beside its back-test.

    `ages`, `clusters`: of what is open now; `hazard`: (draws, bands), in the unit of `step` and `ages`. Gives
    (draws, steps).
    """
    draws = len(hazard)
    generator = np.random.default_rng(seed)
    when = step * np.arange(1, steps + 1)
    found = np.zeros((draws, steps))
    age = np.asarray(ages, float)
    if age.size:
        throw = thrown(clusters, draws, generator)
        run_up = hazards.cumulative(hazard, edges, age)
        for position, time in enumerate(when):
            chance = np.exp(run_up - hazards.cumulative(hazard, edges, age + time))
            found[:, position] = (throw < chance).sum(axis=1)
    return found + _arriving(coming, hazard, edges, when, generator)


def _arriving(coming: Arrivals, hazard: np.ndarray, edges: Sequence[float], when: np.ndarray, generator) -> np.ndarray:
    draws, horizon = len(hazard), float(when[-1])
    if not coming.groups:
        return np.zeros((draws, when.size))
    wide = coming.dispersion
    rate = generator.gamma(coming.groups / wide, wide, size=draws) / coming.over
    # With a wider gamma rather than a Poisson where the spans of time varied more than chance.
    ahead = rate * horizon
    number = generator.poisson(ahead if wide <= 1 else generator.gamma(ahead / (wide - 1), wide - 1))
    draw = np.repeat(np.arange(draws), number)
    begins = generator.random(draw.size) * horizon
    size = generator.choice(coming.sizes, size=draw.size)
    throw = generator.random(draw.size)
    found = np.empty((draws, when.size))
    bounds = np.asarray(edges, float)
    # The hazard run up by the beginning of each band, so that an age needs its own band alone.
    before = np.concatenate([np.zeros((draws, 1)), np.cumsum(hazard[:, :-1] * np.diff(bounds)[:-1], axis=1)], axis=1)
    for position, time in enumerate(when):
        there = begins <= time
        age, of = time - begins[there], draw[there]
        band = np.clip(np.searchsorted(bounds, age, side="left") - 1, 0, hazard.shape[1] - 1)
        run_up = before[of, band] + hazard[of, band] * (age - bounds[band])
        stays = throw[there] < np.exp(-run_up)
        found[:, position] = np.bincount(of[stays], size[there][stays], minlength=draws)
    return found


def fan(drawn: np.ndarray, levels: Sequence[float] = (0.5, CONFIDENCE)) -> pd.DataFrame:
    """What draws (draws, steps) say at each step: median, and lower_<per cent> and upper_<per cent> for each level."""
    columns = {"median": np.quantile(drawn, 0.5, axis=0)}
    for level in levels:
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
        columns |= {f"lower_{round(100 * level)}": low, f"upper_{round(100 * level)}": high}
    return pd.DataFrame(columns)


@dataclass(frozen=True)
class Performance:
    """How projections did against what came: how many there were, the mean error (came - projected), its mean size,
    and how many lay within the interval."""

    number: int
    mean_error: float
    mean_absolute_error: float
    within: int


def performance(projected, lower, upper, came) -> Performance:
    """Question: had we made these projections before, how far out would they have been, and would the intervals have held?

    Method: error = came - projected. Trap: projections made from successive quarters for a year ahead overlap, so seven of
    them are not seven independent trials.
    """
    middle, low, high, real = (np.asarray(x, float) for x in (projected, lower, upper, came))
    error = real - middle
    if not error.size:
        return Performance(0, float("nan"), float("nan"), 0)
    return Performance(
        error.size, float(error.mean()), float(np.abs(error).mean()), int(((low <= real) & (real <= high)).sum())
    )
