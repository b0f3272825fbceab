"""Hazards by age against hand-worked tables, and what must hold of any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods import hazards

EDGES = (0, 10, 30, np.inf)


def test_time_at_risk_is_shared_out_by_age():
    """One watched from birth to its end at 40; one that came under watch at 5 and ended at 10; one at 20, still going."""
    seen = hazards.at_risk([0, 5, 20], [40, 10, 35], [True, True, False], EDGES)
    assert seen.exposure.tolist() == [[10, 20, 10], [5, 0, 0], [0, 10, 5]]
    assert seen.events.tolist() == [[0, 0, 1], [1, 0, 0], [0, 0, 0]]
    assert hazards.hazards(seen) == pytest.approx([1 / 15, 0, 1 / 15])
    assert hazards.rate(seen) == pytest.approx(2 / 60)


def test_an_age_that_nothing_reached_takes_the_hazard_of_the_band_before():
    assert hazards.hazards(hazards.at_risk([0, 0], [4, 6], [True, True], EDGES)).tolist() == [0.2, 0.2, 0.2]
    assert hazards.hazards(hazards.at_risk([12], [22], [True], EDGES)).tolist() == [0.1, 0.1, 0.1]
    assert hazards.hazards(hazards.at_risk([], [], [], EDGES)).tolist() == [0, 0, 0]


def test_lasting_by_hand():
    """Hazards of 0.1 a day to age 10 and 0.01 after: from 5 to 20 is 5 x 0.1 + 10 x 0.01 = 0.6."""
    found = hazards.lasting(np.array([0.1, 0.01, 0.01]), EDGES, [0, 5, 50], [0, 20, 150])
    assert found == pytest.approx([1, np.exp(-0.6), np.exp(-1)])
    both = hazards.lasting(np.array([[0.1, 0.01, 0.01], [0, 0, 0]]), EDGES, [5, 50], [20, 150])
    assert both == pytest.approx(np.array([[np.exp(-0.6), np.exp(-1)], [1, 1]]))


def test_a_weighted_hazard_is_that_of_the_rows_repeated():
    seen = hazards.at_risk([0, 5, 20], [40, 10, 35], [True, True, False], EDGES)
    twice = hazards.at_risk([0, 0, 20], [40, 40, 35], [True, True, False], EDGES)
    assert hazards.hazards(seen, np.array([2, 0, 1])) == pytest.approx(np.atleast_2d(hazards.hazards(twice)))


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="before it enters"):
        hazards.at_risk([5], [4], [True], EDGES)
    with pytest.raises(ValueError, match="rising order"):
        hazards.at_risk([0], [4], [True], [0, 10, 10])
    with pytest.raises(ValueError, match="before the earlier"):
        hazards.lasting(np.array([1.0, 1, 1]), EDGES, [5], [4])


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 900), st.booleans()), min_size=1, max_size=30))
def test_no_time_and_no_end_is_lost(spells):
    entry, length, ended = map(np.array, zip(*spells, strict=True))
    seen = hazards.at_risk(entry, entry + length, ended, EDGES)
    assert seen.exposure.sum() == pytest.approx(length.sum(), abs=1e-6)
    assert seen.events.sum() == ended.sum()


@given(st.lists(st.floats(0, 0.2), min_size=3, max_size=3), st.lists(st.floats(0, 500), min_size=3, max_size=3))
def test_lasting_from_one_age_to_a_third_is_lasting_to_the_second_and_on(hazard, ages):
    first, second, third = sorted(ages)
    chance = hazards.lasting(np.array(hazard), EDGES, [first, second, first], [second, third, third])
    assert chance[0] * chance[1] == pytest.approx(chance[2], abs=1e-12)
    assert ((chance >= 0) & (chance <= 1)).all()
