"""Days in the numbers given, shares that come out exactly, children by what social work did with them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.reference.quarters import Quarter
from analysis.simulation.days import is_working, number
from analysis.simulation.drawing import Involvement, allot, allot_kinds, choose_followed, month_ends, spread_by_month
from analysis.simulation.truth import live


def chance(seed=1):
    return np.random.default_rng(seed)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.floats(0, 1), st.integers(0, 99))
def test_any_run_of_groups_has_the_share_but_for_rounding(sizes, share, seed):
    group = np.repeat(np.arange(len(sizes)), sizes)
    marked = allot(chance(seed), group, share)
    for first in range(len(sizes)):
        for last in range(first, len(sizes)):
            inside = (group >= first) & (group <= last)
            assert abs(marked[inside].sum() - share * inside.sum()) <= 1 + 1e-6


@given(st.lists(st.integers(0, 12), min_size=4, max_size=10), st.integers(0, 99))
def test_kinds_come_in_exactly_their_numbers_once_there_are_as_many_rows(sizes, seed):
    weights = {"home": 14, "back": 1, "away": 1}
    group = np.repeat(np.arange(len(sizes)), sizes)
    kinds = pd.Series(allot_kinds(chance(seed), group, weights))
    ends = np.cumsum(sizes)
    for end in ends[ends % 16 == 0]:
        if end:
            assert kinds[:end].value_counts().to_dict() == {k: v * end // 16 for k, v in weights.items()}


@given(st.integers(2013, 2019), st.integers(1, 4), st.tuples(*[st.integers(0, 9)] * 3))
def test_each_month_has_its_number_of_working_days(year, place, counts):
    quarter = Quarter(year, place)
    day = spread_by_month(chance(), quarter, counts)
    firsts, lasts = month_ends(quarter)
    found = tuple(int(((day >= a) & (day <= b)).sum()) for a, b in zip(firsts, lasts, strict=True))
    assert found == counts
    assert is_working(day).all()


@pytest.fixture(scope="module")
def story():
    return live(Quarter(2016, 4), 4, 0.05)


def test_children_who_are_to_be_followed_are_referred_in_time_and_the_others_are_not(story):
    day = np.arange(number(pd.Timestamp("2015-04-01").date()), number(pd.Timestamp("2016-01-01").date()), 9)
    wanted = np.arange(len(day)) % 3 == 0
    child, followed = choose_followed(story, chance(), day, wanted, (5, 360), 372)
    assert (followed == wanted).all()
    assert len(set(child)) == len(child)
    after = Involvement(story).next_referral(child, day) - day
    assert ((after[wanted] >= 5) & (after[wanted] <= 360)).all()
    assert (after[~wanted] > 372).all()
    assert not Involvement(story).open_case(child, day).any()


def test_where_nobody_can_be_followed_nobody_is(story):
    day = np.full(3, number(pd.Timestamp("2017-03-30").date()))
    child, followed = choose_followed(story, chance(), day, np.ones(3, dtype=bool), (5, 360), 372)
    assert not followed.any()
    assert (child >= 0).all()
