"""Permutation tests: how often dealing the same values to two groups at random would set them as far apart."""

from __future__ import annotations

import numpy as np

DEALS = 999
SEED = 20181231


def medians_apart(one, other, deals: int = DEALS, seed: int = SEED) -> float:
    """Two-sided p-value of the difference between two groups' medians.

    Question: could two medians differ so much if it were chance which group a value is in?
    Method: the values are dealt to two groups of the same sizes `deals` times; p is the share of deals, this one included, with
    medians at least as far apart. Source: Good, Permutation, Parametric and Bootstrap Tests of Hypotheses (2005), chapter 3.
    Trap: it takes values to be independent, and a difference in spread alone may move it a little.

    `one` and `other`: arrays of numbers. The same seed gives the same p. 1 where either is empty.
    """
    one, other = np.asarray(one, float), np.asarray(other, float)
    if not len(one) or not len(other):
        return 1.0
    together = np.concatenate([one, other])
    dealt = np.random.default_rng(seed).permuted(np.tile(together, (deals, 1)), axis=1)
    gaps = np.abs(np.median(dealt[:, : len(one)], axis=1) - np.median(dealt[:, len(one) :], axis=1))
    apart = abs(np.median(one) - np.median(other))
    # Medians of the same values may differ in their last digit.
    return float((1 + (gaps >= apart - 1e-9).sum()) / (1 + deals))
