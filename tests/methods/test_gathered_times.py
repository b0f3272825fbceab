"""Times until so many rare events had come, and counts too even for chance: worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, gamma

from analysis.methods import gathered_times, regularity


def test_each_point_is_the_time_until_so_many_more_had_come():
    found = gathered_times.chart([1, 4, 10, 12, 13, 40, 41], 3)
    assert found.times.tolist() == [10, 30]
    assert found.mean == 20
    assert found.trial


def test_limits_are_those_of_a_gamma_distribution():
    found = gathered_times.chart(np.arange(1, 61) * 5.0, 6)
    assert found.times.tolist() == [30] * 10
    assert found.lower == pytest.approx(gamma.ppf(0.00135, 6, scale=5))
    assert found.upper == pytest.approx(gamma.ppf(0.99865, 6, scale=5))
    assert not found.sooner.any()
    assert not found.later.any()


def test_events_that_come_ten_times_as_fast_are_sooner_and_a_long_pause_is_later():
    slow, fast = np.arange(1, 91) * 100.0, 9000 + np.arange(1, 7) * 2.0
    assert gathered_times.chart(np.concatenate([slow, fast]), 6).sooner.tolist() == [False] * 15 + [True]
    pause = np.concatenate([slow, slow[-1] + 3000 + np.arange(1, 7)])
    assert gathered_times.chart(pause, 6).later.tolist() == [False] * 15 + [True]


@pytest.mark.parametrize("days", [[3, 1], [-1, 2], [1, np.nan]])
def test_days_out_of_order_before_watching_or_missing_are_refused(days):
    with pytest.raises(ValueError, match="in order of time"):
        gathered_times.chart(days, 1)


def test_too_few_events_for_one_point_give_no_limits():
    found = gathered_times.chart([1, 2], 3)
    assert found.times.size == 0
    assert np.isnan(found.mean)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60), st.integers(1, 6))
def test_times_add_up_to_the_last_event_that_was_gathered(days, many):
    at = sorted(days)
    found = gathered_times.chart(at, many)
    last = len(at) // many * many
    assert found.times.sum() == (at[last - 1] if last else 0)


def test_evenness_by_hand():
    # Mean 10, squared deviations 4 * 1: 4/10 on three degrees of freedom.
    assert regularity.too_regular([9, 11, 9, 11]) == pytest.approx(chi2.cdf(0.4, 3))
    assert regularity.too_regular([22, 23, 22, 23] * 6) < 1e-6
    assert regularity.too_regular([2, 30, 11, 25]) > 0.99
    assert regularity.too_regular([5]) == 1
    assert regularity.too_regular([0, 0, 0]) == 1


def test_a_direction_by_hand():
    # Mean 30 of 40 watched: a quarter beyond the middle, times the root of 12 * 3.
    score, p = gathered_times.trend([20, 30, 40], 40)
    assert score == pytest.approx(0.25 * 6)
    assert p == pytest.approx(0.1336, abs=1e-4)
    assert gathered_times.trend([10, 20, 30], 40) == (0.0, 1.0)
    assert gathered_times.trend([3], 40) == (0.0, 1.0)
