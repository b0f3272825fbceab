"""Resampling clusters: whole clusters are kept, the mean is kept, and the spread is that of clusters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods.resampling import cluster_weights, percentile_interval

GROUPS = ["a", "a", "b", "c", "c", "c", "b", "d"]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(0, 1000))
def test_rows_of_a_cluster_are_drawn_equally_often_and_as_many_clusters_as_there_are(groups, seed):
    weights = cluster_weights(groups, draws=7, seed=seed)
    assert weights.shape == (7, len(groups))
    labels, first = np.unique(groups, return_index=True)
    for label in labels:
        mine = weights[:, np.asarray(groups) == label]
        assert (mine == mine[:, :1]).all()
    assert (weights[:, first].sum(axis=1) == len(labels)).all()


def test_a_seed_always_draws_the_same():
    assert (cluster_weights(GROUPS, 20, seed=3) == cluster_weights(GROUPS, 20, seed=3)).all()
    assert not (cluster_weights(GROUPS, 20, seed=3) == cluster_weights(GROUPS, 20, seed=4)).all()


def test_the_spread_of_a_total_is_that_of_its_clusters():
    # 200 clusters of 4 rows that are all the same: a total has 4 times the standard error that rows alone would have
    # if each were drawn for itself and counted once a cluster.
    values = np.repeat(np.random.default_rng(0).normal(size=200), 4)
    together = (cluster_weights(np.repeat(np.arange(200), 4), 2000, seed=1) @ values).std()
    apart = (cluster_weights(np.arange(800), 2000, seed=1) @ values).std()
    assert together / apart == pytest.approx(2.0, rel=0.06)
    assert together == pytest.approx(4 * np.sqrt(200) * values[::4].std(), rel=0.06)


def test_what_cant_be_drawn_says_so():
    assert cluster_weights([], 5).shape == (5, 0)
    with pytest.raises(ValueError, match="needs a cluster"):
        cluster_weights([1.0, np.nan])
    with pytest.raises(ValueError, match="at least 1"):
        cluster_weights([1], draws=0)


def test_limits_leave_out_draws_that_came_to_nothing():
    lower, upper = percentile_interval(np.arange(101.0), 0.90)
    assert (lower, upper) == pytest.approx((5.0, 95.0))
    mixed = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])
    lower, upper = percentile_interval(mixed, 0.5)
    assert (lower[0], upper[0]) == (1.5, 2.5)
    assert np.isnan([lower[1], upper[1]]).all()
