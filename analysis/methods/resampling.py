"""Resampling whole clusters: intervals for any figure when units that hang together are kept together."""

from __future__ import annotations

import numpy as np
import pandas as pd

DRAWS = 400
SEED = 20181231


def cluster_weights(groups, draws: int = DRAWS, seed: int | np.random.Generator = SEED) -> np.ndarray:
    """How often each row is drawn when clusters are drawn with replacement.

    Question: how uncertain is a figure, when rows of one cluster (a family, a child) go together?
    Method: the cluster bootstrap: as many clusters as there are, drawn with replacement, each bringing all its rows.
    A weighted sum over rows is then one product: `weights @ x`.
    Trap: with fewer than about 30 clusters the intervals come out too narrow.
    Source: Davison and Hinkley, Bootstrap Methods and their Application (1997), section 3.8.

    `groups`: a label for each row. Gives whole numbers as floats, draws x rows; the same seed, the same weights.
    Raises ValueError for a row without a label, or draws below 1.
    """
    if draws < 1:
        raise ValueError("draws must be at least 1")
    code, labels = pd.factorize(np.asarray(groups))
    if np.any(code < 0):
        raise ValueError("every row needs a cluster")
    count = len(labels)
    if not count:
        return np.empty((draws, 0))
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, count, (draws, count)) + count * np.arange(draws)[:, None]
    times = np.bincount(drawn.ravel(), minlength=draws * count).reshape(draws, count)
    return times[:, code].astype(float)


def percentile_interval(values, confidence: float = 0.95, axis: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The middle `confidence` of bootstrap values along an axis, as (lower, upper); draws that came to nothing (NaN)
    are left out, and where all did the limits are NaN."""
    tail = 50 * (1 - confidence)
    found = np.ma.masked_invalid(np.asarray(values, float))
    if np.ma.is_masked(found):
        filled = found.filled(np.nan)
        empty = np.all(np.isnan(filled), axis=axis, keepdims=True)
        # nanpercentile warns of columns without a number; they are put back as NaN.
        lower, upper = np.nanpercentile(np.where(empty, 0.0, filled), [tail, 100 - tail], axis=axis)
        none = np.squeeze(empty, axis=axis)
        return np.where(none, np.nan, lower), np.where(none, np.nan, upper)
    lower, upper = np.percentile(found.data, [tail, 100 - tail], axis=axis)
    return lower, upper
