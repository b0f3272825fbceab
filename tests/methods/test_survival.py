"""Survival: hand-worked curves, and statsmodels asked the same question directly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from analysis.methods import survival


def test_a_hand_worked_curve():
    # Ends at 1 and 3, one still going at 2, one at 4: 1 - 1/4 = 0.75, then x (1 - 1/2) = 0.375.
    curve = survival.kaplan_meier([1, 2, 3, 4], [True, False, True, False])
    assert curve.at(0.5) == 1
    assert curve.at(1) == pytest.approx(0.75)
    assert curve.at(3.5) == pytest.approx(0.375)
    assert curve.quantile(0.5) == 3
    assert np.isnan(curve.quantile(0.9))


def test_left_truncation_by_hand():
    # The second spell is seen only from 2 on, so one alone is at risk at 1... and two at 3.
    curve = survival.kaplan_meier([3, 4, 1.5], [True, False, True], entry=[0, 2, 0])
    at = dict(zip(curve.table["time"], curve.table["at_risk"], strict=True))
    assert at[1.5] == 2
    assert at[3] == 2
    assert curve.at(3) == pytest.approx(0.5 * 0.5)


def test_it_agrees_with_statsmodels():
    rng = np.random.default_rng(7)
    time, entry = rng.integers(20, 400, 150).astype(float), rng.integers(0, 20, 150).astype(float)
    status = rng.random(150) < 0.7
    ours = survival.kaplan_meier(time, status, entry)
    theirs = SurvfuncRight(time, status.astype(int), entry=entry)
    assert np.allclose(ours.table["survival"], theirs.surv_prob)
    assert ours.quantile(0.5) == theirs.quantile(0.5)
    inside = ours.table[(ours.table["survival"] > 0) & (ours.table["survival"] < 1)]
    assert ((inside["lower"] < inside["survival"]) & (inside["survival"] < inside["upper"])).all()


def test_spells_through_a_window():
    starts = pd.Series(pd.to_datetime(["2017-01-01", "2018-01-01", "2018-06-01", "2016-01-01", "2018-02-01"]))
    ends = pd.Series(pd.to_datetime(["2018-02-01", None, "2019-06-01", "2017-01-01", "2018-02-01"]))
    found = survival.spells(starts, ends, "2018-01-01", "2018-12-31")
    assert found.index.tolist() == [0, 1, 2]
    assert found["entry"].tolist() == [365, 0, 0]
    assert found["duration"].tolist() == [396, 364, 213]
    assert found["ended"].tolist() == [True, False, False]


def test_competing_ends_share_out_what_has_ended():
    found = survival.cumulative_incidence([1, 2, 3, 4], ["home", "adopted", "home", None])
    assert found["home"].iloc[-1] == pytest.approx(0.5)
    assert found["adopted"].iloc[-1] == pytest.approx(0.25)


def test_log_rank_sees_a_difference_and_no_difference():
    slow, fast = np.arange(1, 61) * 10.0, np.arange(1, 61) * 3.0
    group = np.repeat([0, 1], 60)
    assert survival.log_rank(np.r_[slow, fast], np.ones(120), group)[1] < 0.001
    assert survival.log_rank(np.r_[slow, slow], np.ones(120), group)[1] > 0.9


def test_nothing_gives_no_curve():
    with pytest.raises(ValueError, match="no spells"):
        survival.kaplan_meier([], [])
