"""Hazards by age: how fast things end at each stage of their life, and the chance of lasting from one age to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class AtRisk:
    """What was seen of each spell: a row a spell, a column a band of age.

    exposure: time spent in the band while watched; events: 1 where the spell ended in it. Bands lie between
    successive `edges`, open at the left and closed at the right; the last edge may be infinite.
    """

    exposure: np.ndarray
    events: np.ndarray
    edges: np.ndarray


def at_risk(entry, stop, ended, edges: Sequence[float]) -> AtRisk:
    """Time at risk and ends, by band of age.

    Question: of the time that spells spent at each age while we watched, how much ended in an end?
    Method: each spell is watched from age `entry` (above 0 where it had begun before the watch: left truncation)
    to age `stop`, where it ended (`ended`) or the watch did. Trap: what ended before the watch began is not here,
    so hazards are of the time watched and of no earlier one.

    `entry`, `stop`, `ended`: arrays of one length; ages in any one unit. `edges`: ages in rising order.
    Raises ValueError where a spell stops before it enters, or the edges don't rise.
    """
    first, last, over = np.asarray(entry, float), np.asarray(stop, float), np.asarray(ended, bool)
    bounds = np.asarray(edges, float)
    if bounds.size < 2 or np.any(np.diff(bounds) <= 0):
        raise ValueError("edges must be at least two ages, in rising order")
    if np.any(last < first):
        raise ValueError("a spell can't stop before it enters")
    low, high = bounds[:-1], bounds[1:]
    exposure = np.clip(np.minimum(last[:, None], high) - np.maximum(first[:, None], low), 0.0, None)
    events = np.zeros_like(exposure)
    band = np.clip(np.searchsorted(bounds, last, side="left") - 1, 0, low.size - 1)
    events[np.flatnonzero(over), band[over]] = 1.0
    return AtRisk(exposure, events, bounds)


def hazards(seen: AtRisk, weights: np.ndarray | None = None) -> np.ndarray:
    """Ends for each unit of time at risk, by band.

    Method: events / exposure, the maximum likelihood estimate where the hazard is constant within a band. A band in
    which nothing was at risk takes the hazard of the one before it (or, at the start, after it): nothing better is
    known. Source: Holford, Biometrics 36 (1980), 299-305.

    `weights`: (draws, spells), how often each spell counts in each draw of a bootstrap. Gives (bands,), or
    (draws, bands) with weights.
    """
    by = np.ones((1, len(seen.exposure))) if weights is None else np.atleast_2d(weights)
    ends, time = by @ seen.events, by @ seen.exposure
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(time > 0, ends / time, np.nan)
    for bands in (range(1, found.shape[1]), range(found.shape[1] - 2, -1, -1)):
        for band in bands:
            beside = found[:, band - 1] if bands.step == 1 else found[:, band + 1]
            found[:, band] = np.where(np.isnan(found[:, band]), beside, found[:, band])
    found = np.nan_to_num(found, nan=0.0)
    return found[0] if weights is None else found


def cumulative(hazard: np.ndarray, edges: Sequence[float], ages) -> np.ndarray:
    """The hazard added up from age 0 to each of `ages`.

    `hazard`: (bands,) or (draws, bands); gives the shape of `ages`, with draws in front where there are any.
    Ages below the first edge have run up nothing; past the last edge the last band's hazard ends with it.
    """
    bounds, when = np.asarray(edges, float), np.asarray(ages, float)
    spent = np.clip(when[..., None] - bounds[:-1], 0.0, np.diff(bounds))
    return np.tensordot(np.asarray(hazard, float), spent, axes=([-1], [-1]))


def lasting(hazard: np.ndarray, edges: Sequence[float], now, then) -> np.ndarray:
    """The chance that what has reached age `now` is still going at age `then`: exp of minus the hazard between.

    Shapes as in `cumulative`. Raises ValueError where `then` lies before `now`.
    """
    first, last = np.broadcast_arrays(np.asarray(now, float), np.asarray(then, float))
    if np.any(last < first):
        raise ValueError("the later age lies before the earlier one")
    return np.exp(cumulative(hazard, edges, first) - cumulative(hazard, edges, last))


def rate(seen: AtRisk, weights: np.ndarray | None = None) -> np.ndarray:
    """Ends for each unit of time at risk, all ages together: one number, or one a draw. NaN where there was no time."""
    by = np.ones((1, len(seen.exposure))) if weights is None else np.atleast_2d(weights)
    ends, time = by @ seen.events.sum(axis=1), by @ seen.exposure.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(time > 0, ends / time, np.nan)
    return found[0] if weights is None else found
