"""Interrupted time series: statsmodels' estimates and errors, known effects found, and no change not called one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods import interrupted

RNG = np.random.default_rng(3)
NOISE = RNG.normal(0, 5, 60)


@pytest.mark.parametrize("period", [None, 12])
@pytest.mark.parametrize("lags", [1, 3])
def test_estimates_and_errors_are_those_of_statsmodels(period, lags):
    from statsmodels.regression.linear_model import OLS

    y = 40 + 0.3 * np.arange(40) + np.where(np.arange(40) >= 26, 9, 0) + NOISE[:40]
    terms = interrupted.design(40, 26, period)
    contrasts = np.zeros((3, terms.shape[1]))
    contrasts[0, 2] = contrasts[1, 3] = contrasts[2, 2] = 1
    contrasts[2, 3] = 6.5
    theirs = OLS(y, terms).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    estimates, errors, wald, residuals = interrupted._fit(y[:, None], terms, contrasts, lags)
    test = theirs.t_test(contrasts)
    assert estimates[:, 0] == pytest.approx(test.effect)
    assert errors[:, 0] == pytest.approx(test.sd.ravel())
    assert residuals[:, 0] == pytest.approx(theirs.resid)
    assert wald[0] == pytest.approx(float(theirs.wald_test(contrasts[:2], use_f=False, scalar=True).statistic))


def test_a_known_jump_and_slope_are_found_to_the_last_digit_without_noise():
    t = np.arange(40)
    y = 20 + 0.5 * t + np.where(t >= 24, 7 + 2 * (t - 24), 0)
    found = interrupted.segmented(y, 24)
    assert (found.level, found.slope) == (pytest.approx(7), pytest.approx(2))
    assert found.mean == pytest.approx(7 + 2 * 7.5)
    assert found.counterfactual[24:] == pytest.approx(20 + 0.5 * t[24:])
    assert found.p_value < 0.01


def test_a_known_jump_is_found_through_noise_and_its_interval_holds_it():
    y = 40 + NOISE[:48] + np.where(np.arange(48) >= 24, 20, 0)
    found = interrupted.segmented(y, 24)
    assert found.p_value < 0.05
    assert found.mean_interval[0] < 20 < found.mean_interval[1]
    assert found.mean_interval[0] > 0
    assert not found.tentative


def test_a_yearly_wave_is_no_change():
    t = np.arange(48)
    y = 100 + 15 * np.sin(2 * np.pi * t / 12) + NOISE[:48] / 5
    found = interrupted.segmented(y, 30)
    assert found.seasonal
    assert abs(found.mean) < 2


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_no_change_is_seldom_called_one_even_with_eight_points_after(correlation):
    """Newey and West's own errors would call a third of these a change (see the docstring)."""
    rng = np.random.default_rng(11)
    called = 0
    for _ in range(120):
        e = rng.normal(size=52)
        for step in range(1, 52):
            e[step] += correlation * e[step - 1]
        called += interrupted.segmented(40 + 6 * e[20:], 24, draws=199).p_value <= 0.05
    assert called <= 15


def test_too_few_points_are_refused_in_words():
    assert interrupted.too_few(24, 8) == ""
    assert interrupted.too_few(24, 7) == "there are only 7 since, and at least 8 are needed"
    assert interrupted.too_few(1, 20) == "there is only one before it, and at least 8 are needed"
    assert interrupted.too_few(24, -3) == "there are none since, and at least 8 are needed"
    with pytest.raises(ValueError, match="only 4 since"):
        interrupted.segmented(NOISE[:24], 20)
    with pytest.raises(ValueError, match="missing"):
        interrupted.segmented([1.0, np.nan] * 12, 12)


def test_what_lies_further_back_is_left_out():
    y = np.concatenate([np.full(20, 500.0), 40 + NOISE[:32]])
    found = interrupted.segmented(y, 44)
    assert (found.start, found.before, found.after, found.tentative) == (20, 24, 8, True)
    assert found.counterfactual.size == 32
    assert abs(found.level) < 30


def test_a_flat_series_has_no_change():
    found = interrupted.segmented(np.full(30, 7.0), 15)
    assert found.p_value == 1
    assert found.level_interval == (pytest.approx(0), pytest.approx(0))


@given(
    st.lists(st.integers(0, 200), min_size=20, max_size=40),
    st.integers(-100, 100),
    st.integers(1, 9),
    st.integers(-5, 5),
)
def test_shifting_tilting_and_stretching_the_whole_series_changes_no_verdict(values, up, scale, tilt):
    y = np.asarray(values, float)
    plain = interrupted.segmented(y, 10, draws=39)
    moved = interrupted.segmented(scale * y + up + tilt * np.arange(y.size), 10, draws=39)
    assert moved.level == pytest.approx(scale * plain.level, abs=1e-6)
    assert moved.slope == pytest.approx(scale * plain.slope, abs=1e-6)
    if np.ptp(y - plain.fitted) > 1e-6:
        assert moved.p_value == pytest.approx(plain.p_value, abs=0.03)
