"""With `vary` the numbers of events scatter around the calibration as chance would; without, they don't scatter."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.reference.quarters import Quarter
from analysis.simulation.days import number
from analysis.simulation.parameters import Parameters, load
from analysis.simulation.truth import live, simulate

SCALE, SEEDS, YEARS = 0.1, range(1, 11), (2014, 2015, 2016, 2017)


def counts(seed: int, vary: bool) -> list[int]:
    """Referrals, conferences, plans that start and plans that end, in each year."""
    story = live(Quarter(2017, 4), seed, SCALE, vary)
    found = []
    for days in (story.referrals["day"], story.conferences["day"], story.plans["start"], story.plans["end"]):
        days = np.asarray(days).astype(np.int64)
        for year in YEARS:
            first, last = number(dt.date(year, 4, 1)), number(dt.date(year + 1, 3, 31))
            found.append(int(((days >= first) & (days <= last)).sum()))
    return found


@pytest.fixture(scope="module")
def varied():
    return np.array([counts(seed, True) for seed in SEEDS])


@pytest.fixture(scope="module")
def fixed():
    return np.array([counts(seed, False) for seed in (1, 2)])


def test_without_it_every_seed_has_as_many_of_each(fixed):
    assert (fixed == fixed[0]).all()


def test_the_means_are_those_of_the_calibration(varied, fixed):
    away = (varied.mean(axis=0) - fixed[0]) / np.sqrt(fixed[0] / len(SEEDS))
    # Sixteen counts: one beyond three and a half standard errors would be rare.
    assert np.abs(away).max() < 3.5
    assert abs(away.mean()) < 1.0


def test_the_variance_is_of_the_order_of_the_mean(varied, fixed):
    ratio = varied.var(axis=0, ddof=1) / fixed[0]
    assert (ratio > 0.1).all()
    # Each count has nine degrees of freedom and there are sixteen: 99.9% of averages lie between these.
    assert 0.65 < ratio.mean() < 1.4


def test_the_same_seed_varies_the_same():
    assert counts(5, True) == counts(5, True) != counts(6, True)


def test_leaving_it_out_is_leaving_it_off():
    one, two = simulate(seed=4, scale=0.03), simulate(seed=4, scale=0.03, vary=False)
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, two.tables[name])


def test_it_reaches_the_tables():
    one, two = (simulate(seed=4, scale=0.03, vary=vary) for vary in (False, True))
    assert len(one.tables["referrals"]) != len(two.tables["referrals"])


PARAMETERS = load(Quarter(2018, 2), 1.0)
COUNTED = [("plans", "starts"), ("plans", "ends"), ("plans", "repeat"), ("conferences", "total"),
           ("section47", "enquiries"), ("assessments", "completed"), ("contacts", "total")]  # fmt: skip


@given(
    seed=st.integers(0, 2**32),
    year=st.sampled_from((2015, 2016, 2017, 2018)),
    which=st.sampled_from(COUNTED),
    scale=st.floats(0.01, 2.0),
)
def test_a_years_count_is_its_quarters_added_up(seed, year, which, scale):
    for varied_by in (None, seed):
        parameters = Parameters(PARAMETERS.common, PARAMETERS.years, scale, varied_by)
        quarters = [parameters.count(Quarter(year, n), *which) for n in (1, 2, 3, 4)]
        assert sum(quarters) == parameters.year_count(year, *which)
        assert min(quarters) >= 0
