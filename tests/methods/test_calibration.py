"""Chances: statsmodels' model without penalty, scores worked by hand, and chances known to be right or useless."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.methods import calibration


def drawn(seed: int, n: int = 1500):
    rng = np.random.default_rng(seed)
    x = (rng.random((n, 4)) < [0.2, 0.4, 0.1, 0.5]).astype(float)
    truth = 1 / (1 + np.exp(2 - x @ [1.2, 0.5, 2.0, 0.0]))
    return x, (rng.random(n) < truth).astype(float), truth


def test_without_penalty_it_is_statsmodels_model():
    import statsmodels.api as sm

    x, y, _ = drawn(1)
    ours = calibration.logistic(x, y, penalty=0)
    theirs = sm.Logit(y, sm.add_constant(x)).fit(disp=0).params
    assert ours.intercept == pytest.approx(theirs[0], abs=1e-6)
    assert np.allclose(ours.coefficients, theirs[1:], atol=1e-6)


def test_a_column_that_settles_the_outcome_stays_finite():
    x = np.array([[1.0], [1], [1], [0], [0], [0]])
    found = calibration.logistic(x, x[:, 0] > 0)
    assert 0 < found.coefficients[0] < 5
    assert calibration.logistic(np.column_stack([x, np.ones(6)]), x[:, 0] > 0).coefficients[1] == 0


@given(st.integers(0, 10_000), st.floats(0, 50))
@settings(max_examples=40, deadline=None)
def test_chances_add_up_to_what_happened(seed, penalty):
    x, y, _ = drawn(seed, 200)
    if 0 < y.sum() < 200:
        assert calibration.logistic(x, y, penalty).chance(x).sum() == pytest.approx(y.sum(), abs=1e-5)


def test_brier_by_hand():
    # (0.8-1)^2 = 0.04, (0.3-0)^2 = 0.09: mean 0.065; base 0.5 scores 0.25 each.
    found = calibration.skill([0.8, 0.3], [1, 0], 0.5)
    assert (found.brier, found.base) == pytest.approx((0.065, 0.25))
    assert found.skill == pytest.approx(1 - 0.065 / 0.25)
    assert found.discrimination == 1


def test_right_chances_have_skill_and_random_ones_have_none():
    _, y, truth = drawn(4, 6000)
    right = calibration.skill(truth, y, y.mean())
    assert right.lower > 0
    assert right.discrimination > 0.6
    noise = np.random.default_rng(9).permutation(truth)
    useless = calibration.skill(noise, y, y.mean())
    assert useless.upper < 0.005
    assert useless.discrimination == pytest.approx(0.5, abs=0.03)


def test_people_who_count_several_times_widen_the_limits():
    _, y, truth = drawn(6, 500)
    once = calibration.skill(truth, y, 0.3, np.arange(500))
    four = calibration.skill(np.tile(truth, 4), np.tile(y, 4), 0.3, np.tile(np.arange(500), 4))
    assert (four.lower, four.upper) == pytest.approx((once.lower, once.upper))
    assert calibration.skill(np.tile(truth, 4), np.tile(y, 4), 0.3).lower > once.lower


def test_bands_hold_everyone_once():
    _, y, truth = drawn(8)
    found = calibration.table(truth, y, 5)
    assert found["n"].sum() == 1500
    assert found["happened"].sum() == y.sum()
    assert found["expected"].sum() == pytest.approx(truth.sum())
    assert found["expected_share"].is_monotonic_increasing
    assert ((found["lower"] <= found["expected_share"]) & (found["expected_share"] <= found["upper"])).sum() >= len(
        found
    ) - 1
    assert calibration.table([], [], 5).empty
    assert calibration.table([0.2] * 7, [0, 1, 0, 0, 0, 0, 1])["n"].tolist() == [7]


def test_what_it_refuses():
    with pytest.raises(ValueError, match="same for every row"):
        calibration.logistic([[1.0], [0.0]], [True, True])
    with pytest.raises(ValueError, match="no chances"):
        calibration.skill([], [], 0.5)
    with pytest.raises(ValueError, match="within 0 and 1"):
        calibration.skill([1.2], [1], 0.5)
