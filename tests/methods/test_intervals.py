"""Intervals and rates, against published tables and scipy's own quantiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, norm

from analysis.methods import intervals, rates


def test_wilson_on_a_published_example():
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81/263, 15/148, 0/20, 1/29.
    for (k, n), (low, high) in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        lower, upper = intervals.wilson(k, n)
        assert (round(float(lower), 4), round(float(upper), 4)) == (low, high)


def test_poisson_is_chi_squared_quantiles():
    counts = np.array([1, 2, 10, 391, 3584])
    lower, upper = intervals.poisson(counts)
    assert lower == pytest.approx(chi2.ppf(0.025, 2 * counts) / 2)
    assert upper == pytest.approx(chi2.ppf(0.975, 2 * counts + 2) / 2)
    zero = intervals.poisson(0)
    assert (float(zero[0]), float(zero[1])) == (0, pytest.approx(3.6889, abs=1e-4))


def test_nothing_to_divide_by_gives_nothing():
    for lower, upper in (intervals.wilson(0, 0), intervals.poisson(3, 0), intervals.poisson(np.nan)):
        assert np.isnan(lower)
        assert np.isnan(upper)
    assert np.isnan(rates.percent(0, 0))


def test_the_impossible_is_refused():
    with pytest.raises(ValueError, match="between 0 and trials"):
        intervals.wilson(5, 4)
    with pytest.raises(ValueError, match="negative"):
        intervals.poisson(-1)


def test_mean_interval():
    lower, upper = intervals.mean([1, 2, 3, 4, 5])
    assert (round(lower, 3), round(upper, 3)) == (1.037, 4.963)
    assert np.isnan(intervals.mean([1])[0])


@given(st.integers(0, 400), st.integers(0, 400))
def test_wilson_holds_the_proportion_and_mirrors(k, more):
    n = k + more
    if not n:
        return
    lower, upper = intervals.wilson(k, n)
    assert 0 <= lower <= k / n <= upper <= 1
    other = intervals.wilson(n - k, n)
    assert float(lower) == pytest.approx(1 - float(other[1]), abs=1e-12)


@given(st.integers(1, 500), st.integers(501, 3000))
def test_wilson_limits_are_where_the_score_test_turns(k, n):
    z = norm.ppf(0.975)
    for limit in intervals.wilson(k, n):
        assert abs(k / n - limit) == pytest.approx(z * np.sqrt(limit * (1 - limit) / n), rel=1e-9)


@pytest.mark.parametrize(
    ("value", "places", "rounded"), [(2.5, 0, 3), (66.65, 1, 66.7), (-2.5, 0, -3), (0.05, 1, 0.1), (2.4, 0, 2)]
)
def test_a_half_goes_up(value, places, rounded):
    assert rates.round_half_up(value, places) == pytest.approx(rounded)
