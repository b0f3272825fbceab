"""Ratios that change are told from those that hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.hazard_regression import PHReg

from analysis.methods import changing_hazards


def fitted(x: np.ndarray, time, ended, entry) -> PHReg:
    return PHReg(time, x, status=ended.astype(int), entry=entry, ties="breslow").fit()


def drawn(seed: int, n: int = 300):
    rng = np.random.default_rng(seed)
    x = (rng.random((n, 3)) < [0.3, 0.5, 0.2]).astype(float)
    time = rng.exponential(300 / np.exp(x @ [0.8, 0.0, -0.5]))
    entry = np.where(rng.random(n) < 0.4, rng.uniform(0, 200, n), 0.0)
    seen = time > entry
    x, time, entry = x[seen], time[seen], entry[seen]
    censor = entry + rng.exponential(300, len(time))
    return x, np.ceil(np.minimum(time, censor)) + 0.5, time <= censor, np.floor(entry)


def test_the_residuals_are_those_of_statsmodels():
    x, time, ended, entry = drawn(1)
    theirs = fitted(x, time, ended, entry)
    residuals = np.asarray(theirs.schoenfeld_residuals)[ended]
    number = len(residuals)
    covariance = np.linalg.inv(-theirs.model.hessian(theirs.params))
    rank = pd.Series(time[ended]).rank().to_numpy()
    rank = rank - rank.mean()
    slope = rank @ (residuals @ covariance) * number
    from scipy.stats import chi2

    expected = chi2.sf(slope**2 / (number * np.diag(covariance) * (rank**2).sum()), 1)
    assert np.allclose(changing_hazards.changing(x, time, ended, entry, theirs.params), expected, atol=1e-5)


def test_a_ratio_that_changes_is_told_from_one_that_holds():
    rng = np.random.default_rng(3)
    n = 3000
    with_it = rng.random(n) < 0.5
    # Four times the hazard of those without at first, and a quarter of it later.
    early = rng.exponential(25, n)
    time = np.where(with_it, np.where(early < 30, early, 30 + rng.exponential(400, n)), rng.exponential(100, n))
    x = np.column_stack([with_it, rng.random(n) < 0.5]).astype(float)
    everyone = np.ones(n, bool)
    p = changing_hazards.changing(x, time, everyone, np.zeros(n), fitted(x, time, everyone, np.zeros(n)).params)
    assert p[0] < 1e-6
    assert p[1] > 0.01


def test_p_values_are_even_where_nothing_changes():
    low = 0
    for seed in range(40):
        data = drawn(seed)
        low += (changing_hazards.changing(*data, fitted(*data).params) < 0.1).sum()
    assert 3 <= low <= 24  # 12 of 120 are expected


def test_nothing_ended():
    with pytest.raises(ValueError, match="nothing ended"):
        changing_hazards.changing([[1.0]], [2], [False], [0], [0.0])
