"""What a stock would have been: by hand, and at the ends of what is possible."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods import counterfactuals, hazards, resampling

EDGES = (0, np.inf)
begun = st.lists(st.floats(-900, 365), min_size=1, max_size=40)


def test_by_hand():
    """A constant hazard of 0.01 a day: whatever its age, what was open lasts 100 days with the chance 1/e."""
    found = counterfactuals.still_going([-400, -1, 50, 120], [0, 100], np.array([0.01]), EDGES)
    assert found == pytest.approx(np.array([[1, np.exp(-1)], [1, np.exp(-1)], [0, np.exp(-0.5)], [0, 0]]))
    assert counterfactuals.expected_path([-400, -1, 50, 120], [100], np.array([0.01]), EDGES) == pytest.approx(
        [2 * np.exp(-1) + np.exp(-0.5)]
    )


@given(begun)
def test_where_nothing_ends_all_that_has_begun_is_there(entered):
    path = counterfactuals.expected_path(entered, [0, 200, 365], np.array([0.0]), EDGES)
    assert path.tolist() == [sum(one <= day for one in entered) for day in (0, 200, 365)]
    stock = counterfactuals.stock_at(entered, entered, 365, np.zeros((20, 1)), EDGES, seed=1)
    assert (stock.expected, stock.lower, stock.upper) == (len(entered),) * 3


@given(begun, st.floats(0.0001, 0.01), st.floats(1.1, 3))
def test_more_ending_never_leaves_more(entered, hazard, times):
    few, many = (
        counterfactuals.expected_path(entered, [30, 365], np.array([one]), EDGES) for one in (hazard, hazard * times)
    )
    assert (many <= few + 1e-12).all()


def test_families_that_go_together_leave_more_to_chance():
    entered, drawn = np.full(200, -100.0), np.full((2000, 1), 0.01)
    alone = counterfactuals.stock_at(entered, np.arange(200), 69.3, drawn, EDGES, seed=1)
    together = counterfactuals.stock_at(entered, np.arange(200) // 4, 69.3, drawn, EDGES, seed=1)
    assert alone.expected == pytest.approx(together.expected) == pytest.approx(100, abs=0.1)
    # Half of 200 stay: a standard deviation of 7 one by one, of 14 four by four.
    assert (alone.upper - alone.lower) == pytest.approx(2 * 1.96 * np.sqrt(50), rel=0.1)
    assert (together.upper - together.lower) == pytest.approx(4 * 1.96 * np.sqrt(50), rel=0.1)


def test_the_same_seed_gives_the_same_interval():
    seen = hazards.at_risk(np.zeros(50), np.arange(1, 51), np.ones(50, bool), EDGES)
    drawn = hazards.hazards(seen, resampling.cluster_weights(np.arange(50), 100, seed=3))
    one, two = (counterfactuals.stock_at(-np.arange(50), np.arange(50), 30, drawn, EDGES, seed=5) for _ in range(2))
    assert one == two


def test_time_runs_forwards():
    with pytest.raises(ValueError, match="before the clock starts"):
        counterfactuals.still_going([0], [-1], np.array([0.1]), EDGES)
