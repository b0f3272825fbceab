"""Rates and shares in clusters, against hand-worked tables, statsmodels, and simulated coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from analysis.methods import clustered, intervals


def test_one_row_a_cluster_without_scatter_is_the_exact_interval():
    found = clustered.rates([2, 2, 2, 2], [1, 1, 1, 1], ["a", "b", "c", "d"]).iloc[0]
    lower, upper = intervals.poisson(8, 4)
    assert (found["rate"], found["design"]) == (2, 1)
    assert (found["lower"], found["upper"]) == (pytest.approx(float(lower)), pytest.approx(float(upper)))


def test_a_design_effect_worked_by_hand():
    """Clusters of one year each with 0, 0, 0 and 8 events: rate 2; squares 4 + 4 + 4 + 36 = 48, over 16, times 4/3 is 4;
    independent events would give 2/4 = 0.5. So 8: the interval is that of one event in half a year."""
    found = clustered.rates([0, 0, 0, 8], [1, 1, 1, 1], list("abcd")).iloc[0]
    assert found["design"] == pytest.approx(8)
    lower, upper = intervals.poisson(1, 0.5)
    assert (found["lower"], found["upper"]) == (pytest.approx(float(lower)), pytest.approx(float(upper)))


def test_a_share_worked_by_hand():
    """Two families of two, both children or neither: squares 2 x (1)^2 = 2, over 16, times 2 is 0.25; four independent
    children would give 0.0625. So 4: the interval is that of one child of whom half did."""
    found = clustered.shares([1, 1, 0, 0], [1, 1, 1, 1], ["a", "a", "b", "b"]).iloc[0]
    assert (found["rate"], found["design"], found["clusters"]) == (0.5, pytest.approx(4), 2)
    lower, upper = intervals.wilson(0.5, 1)
    assert (found["lower"], found["upper"]) == (pytest.approx(float(lower)), pytest.approx(float(upper)))


def test_groups_without_exposure_or_events():
    found = clustered.rates([0, 3, 0], [0, 2, 5], ["a", "b", "b"], ["none", "some", "no events"]).set_index("group")
    assert np.isnan(found.at["none", "rate"])
    assert np.isnan(found.at["none", "upper"])
    assert found.at["some", "design"] == 1  # one cluster can't say how alike its events are
    assert (found.at["no events", "rate"], found.at["no events", "lower"]) == (0, 0)


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="negative"):
        clustered.rates([-1], [1], ["a"])
    with pytest.raises(ValueError, match="exceed"):
        clustered.shares([2], [1], ["a"])


def test_the_ratio_of_two_groups_of_independent_events():
    """20 events in 10 years against 10 in 10, a cluster each: twice, with the usual error sqrt(1/20 + 1/10) at least."""
    events = np.r_[np.full(20, 1.0), np.full(10, 1.0)]
    exposure = np.r_[np.full(20, 0.5), np.full(10, 1.0)]
    group = ["many"] * 20 + ["few"] * 10
    found = clustered.against_rest(events, exposure, np.arange(30), group).set_index("group")
    assert found.at["many", "ratio"] == pytest.approx(2)
    assert found.at["few", "ratio"] == pytest.approx(0.5)
    reach = 1.959964 * np.sqrt(1 / 20 + 1 / 10)
    assert found.at["many", "lower"] == pytest.approx(2 * np.exp(-reach), rel=1e-5)
    assert found.at["many", "p"] == pytest.approx(found.at["few", "p"])


def test_clusters_make_the_limits_of_a_ratio_wider():
    events = np.r_[np.full(20, 1.0), np.full(10, 1.0)]
    exposure, group = np.full(30, 1.0), ["many"] * 20 + ["few"] * 10
    apart = clustered.against_rest(events, exposure, np.arange(30), group).iloc[0]
    uneven = clustered.against_rest(np.r_[20.0, np.zeros(19), np.full(10, 1.0)], exposure, np.arange(30), group).iloc[0]
    assert uneven["ratio"] == pytest.approx(apart["ratio"])
    assert uneven["upper"] > 2 * apart["upper"]


# statsmodels collects garbage at each call, which takes it a tenth of a second.
@settings(max_examples=20)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_many_looks_agree_with_statsmodels(p):
    assert clustered.holm(p) == pytest.approx(multipletests(p, method="holm")[1])


def test_a_look_that_says_nothing_is_none():
    assert clustered.holm([0.01, np.nan, 0.04]) == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.floats(0.1, 5), st.integers(0, 6), st.sampled_from("xyz")), min_size=1, max_size=40)
)  # fmt: skip
def test_groups_add_up_to_the_whole_and_intervals_hold_the_rate(rows):
    events, exposure, cluster, group = zip(*rows, strict=True)
    parts = clustered.rates(events, exposure, cluster, group)
    whole = clustered.rates(events, exposure, cluster).iloc[0]
    assert parts["events"].sum() == whole["events"]
    assert parts["exposure"].sum() == pytest.approx(whole["exposure"])
    assert (parts["lower"] <= parts["rate"] + 1e-9).all()
    assert (parts["rate"] <= parts["upper"] + 1e-9).all()
    assert (parts["design"] >= 1).all()


def test_the_intervals_hold_the_truth_where_moves_come_in_clusters():
    """Families with rates of their own: the exact Poisson interval alone would hold the truth far less often."""
    draw = np.random.default_rng(4)
    held = plain = 0
    for _ in range(300):
        own = draw.gamma(0.5, 2.0, 60)
        events = draw.poisson(own * 2.0)
        found = clustered.rates(events, np.full(60, 2.0), np.arange(60)).iloc[0]
        held += found["lower"] <= 1 <= found["upper"]
        lower, upper = intervals.poisson(events.sum(), 120)
        plain += lower <= 1 <= upper
    assert held >= 0.9 * 300
    assert plain < 0.8 * 300
