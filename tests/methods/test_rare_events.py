"""Charts for rare events: Montgomery's worked example, exact limits, and runs that allow for skew."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.methods import rare_events

# Hours between failures of a valve: Montgomery's example of Nelson's power, with the transformed values that he prints.
VALVE = [286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96]
PRINTED = [4.80986, 6.70903, 5.72650, 3.81367, 6.43541, 6.23705, 1.46958, 3.96768]


def test_montgomery_s_valve_is_in_control():
    assert np.power(VALVE[:8], 0.2777) == pytest.approx(PRINTED, abs=0.001)
    chart = rare_events.time_chart(VALVE)
    assert not (chart.sooner | chart.later).any()
    assert chart.mean == pytest.approx(np.mean(np.power(VALVE, 1 / 3.6)) ** 3.6)
    assert chart.lower == 0
    assert chart.upper > max(VALVE)


def test_events_that_come_thick_and_fast_are_marked_sooner():
    rng = np.random.default_rng(4)
    chart = rare_events.time_chart([*rng.exponential(60, 25) + 1, *rng.exponential(4, 12) + 0.5])
    assert chart.sooner[-7:].any()
    assert not chart.later[-7:].any()


@pytest.mark.parametrize(("mean", "expected"), [(0.5, (0, 4)), (2.0, (0, 7)), (10.0, (2, 21)), (0.0, (0, 0))])
def test_exact_limits(mean, expected):
    assert rare_events.poisson_limits(mean) == expected
    lower, upper = expected
    if mean:
        assert stats.poisson.sf(upper, mean) <= rare_events.TAIL < stats.poisson.sf(upper - 1, mean)
        assert stats.poisson.cdf(lower - 1, mean) <= rare_events.TAIL < stats.poisson.cdf(lower, mean)


def test_a_count_beyond_the_limit_is_marked_and_skew_alone_is_not():
    quiet = [2, 1, 0, 3, 2, 1, 4, 2, 0, 1, 3, 2, 1, 2, 5, 1]
    assert not rare_events.count_chart(quiet).special.any()
    loud = rare_events.count_chart([*quiet, 12])
    assert loud.outside.nonzero()[0].tolist() == [16]
    assert not loud.trial.any()


def test_a_run_must_be_longer_on_the_likelier_side():
    """With a mean of .5, six months in ten have none: seven in a row without are nothing; ten are (.607^10 < 1/128)."""
    seven = [1, 0, 1, *[0] * 7, 1, 0, 1, 1, 0, 1, 1, 0]
    assert not rare_events.count_chart(seven).shift.any()
    ten = [1, 2, 1, 1, *[0] * 10, 1, 1, 2, 1, 0, 1]
    chart = rare_events.count_chart(ten)
    assert chart.shift[4:14].all()


def test_a_rebase_gives_limits_of_its_own():
    chart = rare_events.count_chart([1] * 8 + [4] * 8, rebase_at=[8])
    assert (chart.mean[0], chart.mean[-1]) == (1, 4)
    assert chart.trial.all()


@pytest.mark.parametrize(
    ("values", "chart"), [([5, 6, 7], "xmr"), ([2, 1, 3], "counts"), ([0, 1, 0], "times"), ([], "xmr")]
)
def test_the_chart_that_suits(values, chart):
    assert rare_events.suited(values) == chart


def test_days_on_which_several_happened_count_once():
    days = ["2018-03-10", "2018-03-01", "2018-03-01", "2018-04-01"]
    assert rare_events.times_between(days).tolist() == [9, 22]


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="missing or negative"):
        rare_events.count_chart([1, -1])
    with pytest.raises(ValueError, match="inside the series"):
        rare_events.count_chart([1, 2], rebase_at=[2])
    with pytest.raises(ValueError, match="above 0"):
        rare_events.time_chart([3, 0])
    assert rare_events.time_chart([]).trial


@given(st.floats(0.05, 60), st.integers(1, 3))
def test_limits_grow_with_the_mean(mean, more):
    lower, upper = rare_events.poisson_limits(mean)
    assert lower <= mean <= upper + 1
    higher = rare_events.poisson_limits(mean + more)
    assert higher[0] >= lower
    assert higher[1] >= upper
