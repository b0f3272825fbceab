"""Events that come again: a table worked by hand, what simulation knows, and one person against himself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.methods import recurrent


def test_a_hand_worked_mean():
    # A is watched to 10 with events at 2 and 6; B to 5 with one at 3; C from 4 to 10 with none.
    # 2: two at risk, 1/2. 3: two, 1/2 -> 1. 6: A and C, 1/2 -> 3/2.
    found = recurrent.mean_cumulative(
        ["A", "A", "A", "B", "B", "C"],
        [0, 2, 6, 0, 3, 4],
        [2, 6, 10, 3, 5, 10],
        [1, 1, 0, 1, 0, 0],
        [1, 2, 3, 6, 10, 11],
    )
    assert found["time"].tolist() == [1, 2, 3, 6, 10]
    assert found["mean"].tolist() == pytest.approx([0, 0.5, 1, 1.5, 1.5])
    assert found["at_risk"].tolist() == [2, 2, 2, 2, 2]
    assert found["events"].tolist() == [0, 1, 2, 3, 3]
    # At 2: A departs by 1/2 - 1/4, B by -1/4, so the variance is 1/8.
    error = np.sqrt(1 / 8)
    assert found["upper"].iloc[1] == pytest.approx(0.5 * np.exp(1.959964 * error / 0.5), rel=1e-5)


def test_limits_hold_where_some_people_have_many_events():
    """Rates differ between people: the limits must cover the truth nonetheless, where Poisson's would not."""
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(200):
        rate = rng.gamma(0.5, 2.0, 80)  # mean 1, and some far above
        number = rng.poisson(rate * 2)
        person, start, stop, event = [], [], [], []
        for who, n in enumerate(number):
            times = np.sort(rng.uniform(0, 2, n))
            marks = np.r_[0, times, 2]
            person += [who] * (n + 1)
            start += marks[:-1].tolist()
            stop += marks[1:].tolist()
            event += [1] * n + [0]
        row = recurrent.mean_cumulative(person, start, stop, event, [2.0]).iloc[0]
        held += row["lower"] <= 2 <= row["upper"]
    assert held >= 180


def test_the_ratio_within_one_kind_of_time():
    # All alike: 10 in 100 days inside, 20 in 400 outside, for each of 30 people: twice as often.
    found = recurrent.within_ratio([10] * 30, [100] * 30, [20] * 30, [400] * 30)
    assert found.ratio == pytest.approx(2)
    assert (found.people, found.inside, found.outside) == (30, 300, 600)


def test_what_differs_between_people_cancels_out():
    """Restless people have many events and much marked time; compared with others they'd show a ratio; with
    themselves, none."""
    rng = np.random.default_rng(2)
    restless = rng.random(4000) < 0.3
    inside_time = np.where(restless, 80.0, 10.0)
    rate = np.where(restless, 0.05, 0.005)
    x, y = rng.poisson(rate * inside_time), rng.poisson(rate * (100 - inside_time))
    naive = x.sum() / inside_time.sum() / (y.sum() / (100 - inside_time).sum())
    found = recurrent.within_ratio(x, inside_time, y, 100 - inside_time)
    assert naive > 2
    assert found.lower < 1 < found.upper
    assert found.ratio == pytest.approx(1, abs=0.15)


def test_all_on_one_side():
    assert recurrent.within_ratio([0], [5], [3], [5]).ratio == 0
    assert recurrent.within_ratio([2], [5], [0], [5]).ratio == float("inf")
    assert np.isnan(recurrent.within_ratio([0], [5], [0], [5]).ratio)
    assert recurrent.within_ratio([1], [0], [4], [5]).people == 0  # no time inside: it can't tell


people = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 90), st.integers(0, 6), st.integers(1, 900)), min_size=2, max_size=30
)


@given(people)
@settings(max_examples=60, deadline=None)
def test_marked_and_other_time_exchanged_turn_the_ratio_over(rows):
    x, a, y, b = (np.array(column, float) for column in zip(*rows, strict=True))
    one, other = recurrent.within_ratio(x, a, y, b), recurrent.within_ratio(y, b, x, a)
    if one.inside and one.outside:
        assert one.ratio == pytest.approx(1 / other.ratio, rel=1e-6)
        assert one.lower == pytest.approx(1 / other.upper, rel=1e-6)
        # Given how many events each had, as many are expected inside as there were.
        chance = one.ratio * a / (one.ratio * a + b)
        assert ((x + y) * chance).sum() == pytest.approx(x.sum(), rel=1e-6)


def test_what_it_refuses():
    with pytest.raises(ValueError, match="no stretches"):
        recurrent.mean_cumulative([], [], [], [], [1])
    with pytest.raises(ValueError, match="take some time"):
        recurrent.mean_cumulative(["A"], [2], [2], [0], [1])
    with pytest.raises(ValueError, match="negative"):
        recurrent.within_ratio([-1], [1], [1], [1])
