"""Control charts: NHS Making Data Count's published values and rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods import control_charts

# The series with which NHSRplotthedots shows what screening does, and the limits that it prints.
PUBLISHED = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
SERIES = st.lists(st.integers(-1000, 1000), min_size=2, max_size=40)


@pytest.mark.parametrize(("screen", "upper", "mean", "lower"), [(True, 4.6, 1.94, -0.72), (False, 6.95, 1.94, -3.06)])
def test_published_limits(screen, upper, mean, lower):
    chart = control_charts.xmr(PUBLISHED, screen_outliers=screen)
    assert [round(float(x[0]), 2) for x in (chart.upper, chart.mean, chart.lower)] == [upper, mean, lower]
    assert chart.outside.nonzero()[0].tolist() == [4]


def test_a_run_on_one_side_of_the_mean_marks_every_member():
    chart = control_charts.xmr([*[10, 12] * 4, *[20, 22, 20, 22, 20, 22, 20]])
    assert chart.shift.tolist() == [True] * 15
    short = control_charts.xmr([10, 20] * 4 + [20, 20, 10, 20, 20, 20, 20, 20, 20, 10])
    assert not short.shift.any()


def test_seven_points_rising_are_a_trend_and_six_are_not():
    seven = control_charts.xmr([5, 9, 4, 8, 1, 2, 3, 4, 5, 6, 7, 2, 9])
    assert seven.trend.nonzero()[0].tolist() == [4, 5, 6, 7, 8, 9, 10]
    six = control_charts.xmr([5, 9, 4, 8, 1, 2, 3, 4, 5, 6, 2, 9, 3])
    assert not six.trend.any()
    level = control_charts.xmr([5, 9, 4, 8, 1, 2, 3, 3, 4, 5, 6, 7, 2])
    assert not level.trend.any()


def test_two_of_three_marks_only_points_beyond_the_near_limit():
    values = np.array([1, -1] * 10 + [5, 1, 5] + [-1, 1] * 10)
    chart = control_charts.xmr(values)
    assert chart.near_upper[0] < 5 < chart.upper[0]
    assert chart.two_of_three.nonzero()[0].tolist() == [20, 22]
    assert set(chart.rule) == {"", "two of three near a limit"}


def test_the_stricter_two_of_three_wants_the_third_point_on_that_side():
    values = [1, -1] * 10 + [5, -1, 5] + [-1, 1] * 10
    assert control_charts.xmr(values).two_of_three.nonzero()[0].tolist() == [20, 22]
    assert not control_charts.xmr(values, whole_three_on_one_side=True).two_of_three.any()


def test_a_rebase_starts_limits_and_runs_afresh():
    values = [10, 12, 10, 12, 10, 12, 10, 12, 30, 32, 30, 32, 30, 32, 30, 32]
    whole, rebased = control_charts.xmr(values), control_charts.xmr(values, rebase_at=[8])
    assert whole.special.all()
    assert not rebased.special.any()
    assert (rebased.mean[0], rebased.mean[-1]) == (11, 31)
    assert rebased.trial.all()


def test_limits_can_be_fixed_on_the_first_points():
    chart = control_charts.xmr([10, 12] * 7 + [40], fix_after=14)
    assert chart.mean[0] == 11
    assert chart.outside[-1]
    assert not chart.trial.any()


def test_fewer_than_thirteen_points_are_on_trial():
    assert control_charts.xmr([1, 2] * 6).trial.all()
    assert not control_charts.xmr([1, 2] * 6 + [1]).trial.any()


def test_a_flat_series_has_nothing_special():
    chart = control_charts.xmr([0.1 + 0.2] * 20)
    assert not chart.special.any()
    assert chart.upper[0] == chart.lower[0]


def test_variation_and_assurance():
    chart = control_charts.xmr(PUBLISHED)
    assert set(control_charts.variation(chart, False)) == {"common cause", "concern"}
    assert control_charts.variation(chart, None)[4] == "high"
    assert control_charts.assurance(chart, 3, False) == "hit or miss"
    assert control_charts.assurance(chart, 8, False) == "passes"
    assert control_charts.assurance(chart, 8, True) == "fails"


def test_missing_values_and_stray_rebases_are_refused():
    with pytest.raises(ValueError, match="missing values"):
        control_charts.xmr([1, float("nan"), 2])
    with pytest.raises(ValueError, match="inside the series"):
        control_charts.xmr([1, 2, 3], rebase_at=[3])


@given(SERIES, st.integers(-50, 50), st.integers(1, 9))
def test_charts_move_and_stretch_with_their_data(values, shift, scale):
    plain, moved = control_charts.xmr(values), control_charts.xmr(np.array(values) * scale + shift)
    assert np.allclose(moved.upper, plain.upper * scale + shift)
    assert (plain.outside == moved.outside).all()
    assert (plain.trend == moved.trend).all()


@given(SERIES)
def test_upside_down_is_the_same_chart(values):
    plain, turned = control_charts.xmr(values), control_charts.xmr(-np.array(values))
    assert (plain.special == turned.special).all()
    assert (plain.side == -turned.side).all()


def test_a_step_that_stays_is_proposed_where_it_is():
    rng = np.random.default_rng(1)
    values = [*rng.normal(30, 4, 20), *rng.normal(45, 4, 15)]
    found = control_charts.propose_rebase(values)
    assert found.at == 20
    assert found.before == pytest.approx(np.mean(values[:20]))
    assert (found.points, found.firm) == (15, True)
    assert found.steady


def test_no_rebase_for_a_passing_burst_or_too_short_a_stretch():
    assert control_charts.propose_rebase([10, 12] * 8 + [40, 41, 42] + [10, 12] * 5) is None
    assert control_charts.propose_rebase([10, 12] * 8 + [40, 41, 42, 40, 41, 40]) is None
    assert control_charts.propose_rebase([10, 12] * 6) is None
    assert control_charts.propose_rebase([7.0] * 30) is None


def test_a_level_that_is_not_steady_since_is_said_so():
    values = [10, 12, 11, 10, 12, 11] * 3 + [30, 31, 32, 33, 34, 35, 36, 37, 38, 39]
    found = control_charts.propose_rebase(values)
    assert found is not None
    assert not found.steady
    assert not found.firm


def test_once_made_it_is_not_proposed_again():
    rng = np.random.default_rng(1)
    values = [*rng.normal(30, 4, 20), *rng.normal(45, 4, 15)]
    assert control_charts.propose_rebase(values, rebase_at=[20]) is None


def test_chance_alone_is_seldom_proposed():
    rng = np.random.default_rng(8)
    assert sum(control_charts.propose_rebase(rng.poisson(30, 42)) is not None for _ in range(600)) <= 12


# Which points NHSRplotthedots' own tests mark, for the same patterns (it marks the end of a run first and then its
# members; here members are marked at once).
@pytest.mark.parametrize(
    ("sides", "marked"),
    [
        ([1] * 6, []),
        ([1] * 6 + [-1], []),
        ([1] * 8 + [-1], range(8)),
        ([-1] * 8 + [1], range(8)),
        ([-1, *[1] * 8, -1], range(1, 9)),
    ],
)
def test_runs_on_one_side_as_published(sides, marked):
    assert control_charts._runs(np.array(sides)).nonzero()[0].tolist() == list(marked)


@pytest.mark.parametrize(
    ("values", "marked"),
    [(range(1, 7), []), ([1, 2, 3, 3, 4, 5, 6], []), (range(1, 8), range(7)), ([2, *range(1, 8), 3], range(1, 8)),
     (range(7, 0, -1), range(7)), ([2, *range(7, 0, -1), 3], range(1, 8))],
)  # fmt: skip
def test_trends_as_published(values, marked):
    assert control_charts._trend(np.array(list(values), float)).nonzero()[0].tolist() == list(marked)


@pytest.mark.parametrize(
    ("near", "marked"),
    [([1, 0, 1], [0, 2]), ([0, 1, 1], [1, 2]), ([1, 1, 0], [0, 1]), ([0, 0, 1, 0, 1, 0, 0], [2, 4]),
     ([0, 0, 1, 1, 0, 0, 0], [2, 3]), ([1, 0, 0, 1], []), ([1, 0, 0, 1, 1], [3, 4])],
)  # fmt: skip
def test_two_of_three_as_published(near, marked):
    beyond, side = np.array(near, bool), np.ones(len(near), int)
    for whole in (False, True):
        assert control_charts._two_of_three(beyond, side, whole).nonzero()[0].tolist() == marked
