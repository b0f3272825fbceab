"""Dealing values out at random: medians that are apart, medians that aren't, and the p counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.methods.permutation import medians_apart


def test_two_like_groups_are_no_further_apart_than_chance():
    values = np.arange(40.0)
    assert medians_apart(values[::2], values[1::2]) > 0.5


def test_groups_that_do_not_overlap_are_apart():
    assert medians_apart(np.arange(20.0), np.arange(100.0, 120.0)) == pytest.approx(1 / 1000)


def test_p_comes_near_to_what_every_deal_would_give():
    # Of the six ways to deal 1, 2, 3, 4 into pairs, two set the medians two apart: {1, 2} | {3, 4} and the other way round.
    assert medians_apart([1, 2], [3, 4], deals=20_000) == pytest.approx(1 / 3, abs=0.02)


def test_the_same_values_give_the_same_p_whichever_comes_first():
    one, other = [3.0, 9, 14, 20], [1.0, 2, 8]
    assert medians_apart(one, other) == medians_apart(one, other)
    assert medians_apart(one, other) == pytest.approx(medians_apart(other, one), abs=0.06)


def test_nothing_to_compare_is_no_difference():
    assert medians_apart([], [1.0]) == 1.0
