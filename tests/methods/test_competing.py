"""Competing ways to end: statsmodels without truncation, tables worked by hand with it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from analysis.methods import competing, survival


def test_it_agrees_with_statsmodels_where_nothing_began_before_we_looked():
    rng = np.random.default_rng(3)
    time = rng.integers(1, 60, 300).astype(float)
    status = rng.choice([0, 1, 2, 3], 300, p=[0.3, 0.4, 0.2, 0.1])
    theirs = CumIncidenceRight(time, status)
    ours = competing.aalen_johansen(time, np.array(["", "a", "b", "c"])[status])
    for number, name in enumerate("abc"):
        mine = ours.table[ours.table["cause"] == name].set_index("time")
        there = np.isin(theirs.times, mine.index)
        assert np.allclose(mine["share"], theirs.cinc[number][there])
        inside = mine["se"].to_numpy() > 0
        assert np.allclose(mine["se"].to_numpy()[inside], theirs.cinc_se[number][there][inside])


def test_left_truncation_by_hand():
    # Watched from: two from 0, one from 2, one from 4. At 1 two are at risk and one moves: 1/2. At 3 two are at risk
    # (the second and the third) and one leaves: 1/2 x 1/2 = 1/4 by leaving. At 5 two are at risk (the second or third
    # still going, and the fourth) and one moves: 1/4 x 1/2 = 1/8 more by moving.
    found = competing.aalen_johansen([1, 3, 5, 6], ["move", "leave", "move", None], [0, 0, 2, 4])
    shares = found.table.pivot(index="time", columns="cause", values="share")
    assert shares.loc[1].tolist() == pytest.approx([0, 1 / 2])
    assert shares.loc[3].tolist() == pytest.approx([1 / 4, 1 / 2])
    assert shares.loc[5].tolist() == pytest.approx([1 / 4, 5 / 8])
    assert found.table.drop_duplicates("time")["at_risk"].tolist() == [2, 2, 2]


def test_read_off_at_times():
    found = competing.aalen_johansen(
        [1, 3, 5, 6], ["move", "leave", "move", None], [0, 0, 2, 4], ["move", "leave", "die"]
    )
    at = found.at([0.5, 4, 5, 7])
    assert at["time"].unique().tolist() == [0.5, 4, 5]  # nobody was watched as long as 7
    moves = at[at["cause"] == "move"]
    assert moves["share"].tolist() == pytest.approx([0, 1 / 2, 5 / 8])
    assert moves["ended"].tolist() == [0, 1, 2]
    assert moves["at_risk"].tolist() == [2, 1, 2]
    assert at.loc[at["cause"] == "die", "share"].tolist() == [0, 0, 0]


def test_to_ignore_left_truncation_is_to_see_longer_lives():
    rng = np.random.default_rng(5)
    length, age = rng.exponential(100, 4000), rng.uniform(0, 300, 4000)
    seen = length > age
    right = competing.aalen_johansen(length[seen], ["end"] * int(seen.sum()), age[seen]).at([100])["share"].iloc[0]
    wrong = competing.aalen_johansen(length[seen], ["end"] * int(seen.sum())).at([100])["share"].iloc[0]
    assert right == pytest.approx(1 - np.exp(-1), abs=0.08)
    assert wrong < right - 0.2


spells = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 30), st.sampled_from(["", "a", "b", "c"])), min_size=1, max_size=40
)


@given(spells)
@settings(max_examples=60, deadline=None)
def test_the_ways_to_end_and_still_going_add_up_to_the_whole(rows):
    entry = np.array([row[0] for row in rows], float)
    time = entry + [row[1] for row in rows]
    cause = [row[2] for row in rows]
    found = competing.aalen_johansen(time, cause, entry, ["a", "b", "c"])
    if not any(cause):
        assert found.table.empty
        return
    together = found.table.groupby("time")["share"].sum()
    curve = survival.kaplan_meier(time, [bool(one) for one in cause], entry).table.set_index("time")["survival"]
    assert np.allclose(together, 1 - curve.reindex(together.index))
    assert (
        (found.table["lower"] <= found.table["share"] + 1e-12) & (found.table["upper"] >= found.table["share"] - 1e-12)
    ).all()
    assert (found.table.groupby("cause")["share"].diff().dropna() >= -1e-12).all()


def test_what_it_refuses():
    with pytest.raises(ValueError, match="no spells"):
        competing.aalen_johansen([], [])
    with pytest.raises(ValueError, match="entry lies before"):
        competing.aalen_johansen([3], ["a"], [3])
    with pytest.raises(ValueError, match="b is not one of the causes a"):
        competing.aalen_johansen([3], ["b"], causes=["a"])


def test_nothing_ended():
    found = competing.aalen_johansen([3, 4], pd.Series([None, None]), causes=["a"])
    assert found.at([1, 4])["share"].tolist() == [0, 0]
