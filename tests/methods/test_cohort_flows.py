"""Cohort flows: two clocks at once, who goes on, who joins, and what becomes of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods import cohort_flows
from analysis.methods.projections import Arrivals

AGES, SINCE = (13.0, 16.0, 18.0), (0.0, 1.0, 100.0)


def test_a_stay_runs_through_both_clocks():
    """From 15.5, half a year in, watched for a year and ended: half a year before 16 and in the first year, half after."""
    seen = cohort_flows.watch([15.5], [0.5], [1.0], [True], AGES, SINCE)
    assert seen.exposure[0].tolist() == [[0.5, 0.0], [0.0, 0.5]]
    assert seen.events[0].tolist() == [[0.0, 0.0], [0.0, 1.0]]


def test_time_before_the_first_age_counts_nowhere():
    seen = cohort_flows.watch([12.0], [3.0], [2.0], [False], AGES, SINCE)
    assert seen.exposure[0].tolist() == [[0.0, 1.0], [0.0, 0.0]]
    assert not seen.events.any()
    assert not cohort_flows.watch([11.0], [0.0], [1.0], [True], AGES, SINCE).events.any()


def test_a_watch_of_less_than_no_time_is_refused():
    with pytest.raises(ValueError, match="less than no time"):
        cohort_flows.watch([14], [0], [-1], [False], AGES, SINCE)


@given(st.lists(st.tuples(st.floats(13, 18), st.floats(0, 5), st.floats(0, 4), st.booleans()), min_size=1, max_size=30))
def test_time_and_ends_within_the_edges_are_neither_lost_nor_counted_twice(stays):
    age, since, watched, ended = (np.array(x) for x in zip(*stays, strict=True))
    seen = cohort_flows.watch(age, since, watched, ended, AGES, SINCE)
    assert seen.exposure.sum(axis=(1, 2)) == pytest.approx(np.minimum(watched, np.maximum(18 - age, 0)))
    assert (seen.events.sum(axis=(1, 2)) <= ended).all()


def test_the_pace_is_ends_over_time_and_borrows_where_there_was_none():
    """Before 16: 2 ends in 4 years of the first year in, none watched later, so that takes the age's own half a year. After
    16 nothing was watched: the pace of all ages."""
    seen = cohort_flows.Watched(
        np.array([[[3.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 0.0]]]), np.array([[[1.0, 0.0], [0.0, 0.0]]] * 2)
    )
    found = cohort_flows.pace(seen, AGES, SINCE, np.array([[1.0, 1.0], [2.0, 0.0]]))
    assert found.hazard[0].tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert found.hazard[1] == pytest.approx(np.full((2, 2), 1 / 3))


def going(hazard, draws=4000):
    return cohort_flows.Pace(np.tile(np.asarray(hazard, float), (draws, 1, 1)), np.array(AGES), np.array(SINCE))


def test_where_nobody_leaves_everyone_stays_until_the_last_age():
    found = cohort_flows.forward(
        [13.0, 16.5, 17.9], [-2.0, -0.1, -4.0], going(np.zeros((2, 2)), 3), 2.0, np.random.default_rng(1)
    )
    assert found.left.reshape(3, 3)[0].tolist() == pytest.approx([np.inf, 1.5, 0.1])
    assert found.age_left[found.left < np.inf] == pytest.approx(18)
    assert found.count(found.left < 1).tolist() == [1, 1, 1]


def test_the_share_that_stays_is_what_the_hazards_add_up_to():
    """From 15, half a year in: half a year at 1, half at 0.4, then a year at 0.2 after 16: exp(-0.9) stay for two years."""
    found = cohort_flows.forward([15.0], [-0.5], going([[1.0, 0.4], [9.0, 0.2]]), 2.5, np.random.default_rng(1))
    stay = [float((found.left > at).mean()) for at in (0.5, 1.0, 2.0)]
    assert stay == pytest.approx([np.exp(-0.5), np.exp(-0.7), np.exp(-0.9)], abs=0.02)


def test_those_who_join_later_leave_only_after_joining():
    found = cohort_flows.forward(
        [14.0] * 5, [1.0] * 5, going([[2.0, 2.0], [2.0, 2.0]], 5), 3.0, np.random.default_rng(1), draw=[0, 1, 2, 3, 4]
    )
    assert (found.left > 1.0).all()
    assert found.draws == 5
    later = cohort_flows.forward([17.5], [1.0], going(np.full((2, 2), 5.0), 1), 3.0, np.random.default_rng(1), draw=[0])
    assert later.left[0] < later.joined[0], "grown up before joining would have begun: inside at no time"


def test_as_many_join_as_did_each_like_one_of_those_seen():
    coming = Arrivals(30, 3.0, np.ones(30))
    draw, like, age, when = cohort_flows.joining(
        coming, np.repeat([13.0, 17.0], 15), 2.0, 3000, np.random.default_rng(1)
    )
    assert len(draw) / 3000 == pytest.approx(20, abs=0.5)
    assert ((when >= 0) & (when <= 2)).all()
    assert age + when == pytest.approx(np.repeat([13.0, 17.0], 15)[like])
    # Poisson about a rate that is itself known only from thirty.
    each = np.bincount(draw, minlength=3000)
    assert each.var() == pytest.approx(20 + 20**2 / 30, rel=0.1)


def test_nobody_joins_where_nobody_did():
    found = cohort_flows.joining(Arrivals(0, 3.0, np.array([])), [], 2.0, 10, np.random.default_rng(1))
    assert [len(part) for part in found] == [0, 0, 0, 0]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), min_size=2, max_size=5))
def test_everyone_is_shared_out_once(numbers):
    seen = np.array([[3, 1, 0], [0, 0, 2]])
    found = cohort_flows.shared_out(np.array(numbers), seen, np.random.default_rng(1))
    assert found.sum(axis=1).tolist() == [sum(one) for one in numbers]


def test_each_kind_goes_the_way_of_its_like():
    """A hundred of a kind of which three in four went left: about 75, and wider than throws alone, since only 40 were seen."""
    seen = np.array([[300, 100], [0, 400]])
    found = cohort_flows.shared_out(np.tile([100, 0], (4000, 1)), seen, np.random.default_rng(1), pooled=0.001)
    assert found[:, 0].mean() == pytest.approx(75, abs=0.5)
    few = cohort_flows.shared_out(np.tile([100, 0], (4000, 1)), seen / 10, np.random.default_rng(1), pooled=0.001)
    assert few[:, 0].std() > 1.4 * found[:, 0].std()


def test_without_anything_seen_nothing_is_shared_out():
    with pytest.raises(ValueError, match="nothing was seen"):
        cohort_flows.shared_out(np.array([[1]]), np.zeros((1, 2)), np.random.default_rng(1))
