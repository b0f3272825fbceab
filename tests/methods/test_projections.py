"""Projections: what must hold at the limits, and that their intervals hold what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods import projections

EDGES = (0, 90, np.inf)
NOTHING = projections.Arrivals(0, 12, np.array([]))


def test_what_a_run_of_starts_says():
    """Seven starts in four families over three months: two, none and two families."""
    coming = projections.arrivals(["a", "a", "b", "c", "c", "c", "d"], 3, [0, 0, 0, 2, 2, 2, 2], 3)
    assert (coming.groups, coming.over, coming.sizes.tolist()) == (4, 3, [2, 1, 3, 1])
    assert coming.dispersion == pytest.approx(1)
    assert projections.arrivals(list("abcdef"), 3, [0, 0, 0, 0, 0, 2], 3).dispersion == pytest.approx(7 / 2)
    assert projections.arrivals([], 3, [], 3).groups == 0


@given(st.lists(st.floats(0, 900), max_size=20), st.integers(1, 40))
def test_where_nothing_ends_starts_are_only_added(ages, groups):
    coming = projections.Arrivals(groups, 365.0, np.array([1.0, 2.0]))
    drawn = projections.project(ages, ages, np.zeros((30, 2)), EDGES, coming, 12, 365 / 12, seed=1)
    assert (np.diff(drawn, axis=1) >= 0).all()
    assert (drawn >= len(ages)).all()
    stayed = projections.project(ages, ages, np.zeros((30, 2)), EDGES, NOTHING, 12, 365 / 12, seed=1)
    assert (stayed == len(ages)).all()


@given(st.lists(st.floats(0, 900), min_size=1, max_size=20))
def test_where_nothing_starts_the_stock_only_falls(ages):
    drawn = projections.project(ages, ages, np.full((30, 2), 0.004), EDGES, NOTHING, 12, 365 / 12, seed=1)
    assert (np.diff(drawn, axis=1) <= 0).all()


def test_a_stock_in_balance_stays_there():
    """One start a day, one end in two hundred a day: two hundred open, for ever."""
    coming = projections.Arrivals(365, 365.0, np.array([1.0]))
    drawn = projections.project(
        np.zeros(200), np.arange(200), np.full((2000, 2), 1 / 200), EDGES, coming, 12, 365 / 12, seed=1
    )
    assert drawn.mean(axis=0) == pytest.approx(np.full(12, 200), abs=2)
    # What is open at the end is Poisson about 200 (14), and the rate of arrival isn't known better than 1 in 19.
    assert drawn[:, -1].std() == pytest.approx(
        np.sqrt(200 + (200 * (1 - np.exp(-365 / 200)) / np.sqrt(365)) ** 2), rel=0.1
    )


def test_families_and_uneven_months_widen_the_fan():
    def spread(coming):
        return projections.project([], [], np.full((2000, 2), 0.004), EDGES, coming, 1, 365, seed=1).std()

    alone = spread(projections.Arrivals(400, 365, np.array([1.0])))
    families = spread(projections.Arrivals(200, 365, np.array([2.0])))
    uneven = spread(projections.Arrivals(400, 365, np.array([1.0]), dispersion=4))
    assert families > 1.2 * alone
    assert uneven > 1.5 * alone


def test_the_fan_is_of_quantiles():
    table = projections.fan(np.arange(101.0)[:, None].repeat(2, axis=1), (0.5, 0.8))
    assert table.iloc[1].to_dict() == pytest.approx(
        {"median": 50, "lower_50": 25, "upper_50": 75, "lower_80": 10, "upper_80": 90}
    )


def test_how_projections_did_by_hand():
    found = projections.performance([100, 120, 90], [90, 110, 85], [110, 130, 95], [104, 100, 95])
    assert (found.number, found.mean_error, found.within) == (3, pytest.approx(-11 / 3), 2)
    assert found.mean_absolute_error == pytest.approx((4 + 20 + 5) / 3)
    assert projections.performance([], [], [], []).number == 0
