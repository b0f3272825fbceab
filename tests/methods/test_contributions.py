"""Parts in a rise: they add up, they agree with Kitagawa, and chance is called chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods import flows
from analysis.methods.contributions import among_cuts, contributions, rate_and_mix
from analysis.methods.rate_changes import share_change
from analysis.methods.resampling import cluster_weights

rows = st.lists(
    st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans(), st.integers(0, 9)), min_size=4, max_size=60
)


def of_one_cut(group, later, clusters, **options) -> pd.DataFrame:
    return contributions(pd.get_dummies(pd.Series(group)), later, clusters, **options)


def test_a_hand_worked_rise():
    # 10 a and 10 b become 30 a and 10 b: the total doubles, so each would have added 10; a added 20.
    group = ["a"] * 10 + ["b"] * 10 + ["a"] * 30 + ["b"] * 10
    later = np.arange(60) >= 20
    found = of_one_cut(group, later, np.arange(60))
    assert found.loc["a", ["before", "after", "change", "in_proportion", "excess"]].tolist() == [10, 30, 20, 10, 10]
    assert found.loc["b", ["change", "in_proportion", "excess"]].tolist() == [0, 10, -10]
    assert found.loc["a", "share_after"] == 0.75
    # With rows that stand alone it is the plain pooled score test.
    assert found.loc["a", "p"] == pytest.approx(share_change(10, 20, 30, 40).p)
    assert (found["change_lower"] <= found["change"]).all()
    assert (found["change"] <= found["change_upper"]).all()


def test_clusters_make_the_same_rise_less_certain():
    group = ["a"] * 12 + ["b"] * 12 + ["a"] * 30 + ["b"] * 12
    later = np.arange(66) >= 24
    alone, threes = of_one_cut(group, later, np.arange(66)), of_one_cut(group, later, np.arange(66) // 3)
    assert threes.loc["a", "p"] > alone.loc["a", "p"]
    width = [one.loc["a", "excess_upper"] - one.loc["a", "excess_lower"] for one in (alone, threes)]
    assert width[1] > 1.4 * width[0]


def test_rows_that_nobody_knows_are_left_out_and_small_groups_arent_tested():
    members = pd.DataFrame({"a": [True, False, True, True], "b": [False, True, False, False]})
    known = pd.DataFrame({"a": [True, True, True, True], "b": [True, True, True, False]})
    found = contributions(members, [False, False, True, True], [1, 2, 3, 4], known=known)
    assert found.loc["b", "known_after"] == 1
    assert found["p"].isna().all()
    with pytest.raises(ValueError, match="not be known"):
        contributions(~members, [False, False, True, True], [1, 2, 3, 4], known=known)
    with pytest.raises(ValueError, match="for each unit"):
        contributions(members, [True], [1, 2, 3, 4])


@given(rows)
def test_parts_add_up(drawn):
    group, later, passed, cluster = (list(column) for column in zip(*drawn, strict=True))
    found = of_one_cut(group, later, cluster, draws=5)
    assert found["change"].sum() == sum(later) - (len(later) - sum(later))
    if 0 < sum(later) < len(later):
        assert found["excess"].sum() == pytest.approx(0, abs=1e-9)
        split = rate_and_mix(group, passed, later, cluster_weights(cluster, 5))
        whole = sum(p for p, now in zip(passed, later, strict=True) if now) - sum(
            p for p, now in zip(passed, later, strict=True) if not now
        )
        assert split.parts.loc["change", "value"] == pytest.approx(whole, abs=1e-9)
        assert split.parts["value"][["volume", "rate", "mix"]].sum() == pytest.approx(whole, abs=1e-9)
        assert split.table["rate"].sum() == pytest.approx(split.parts.loc["rate", "value"], abs=1e-9)
        assert split.table["mix"].sum() == pytest.approx(split.parts.loc["mix", "value"], abs=1e-9)


@given(rows)
def test_rate_and_mix_are_kitagawas(drawn):
    group, later, passed, cluster = (np.asarray(column) for column in zip(*drawn, strict=True))
    if not (later.any() and (~later).any()):
        return
    split = rate_and_mix(group, passed, later, cluster_weights(cluster, 5))
    sides = [
        pd.DataFrame({"events": passed[side], "exposure": 1, "group": group[side]}).groupby("group").sum()
        for side in (~later, later)
    ]
    kitagawa = flows.rate_and_mix_change(*sides)
    size = len(later) / 2
    assert split.table["rate"].sort_index().to_numpy() == pytest.approx(size * kitagawa["rate"].sort_index().to_numpy())
    assert split.parts.loc["mix", "value"] == pytest.approx(size * kitagawa["mix"].sum(), abs=1e-9)


def test_hand_worked_volume_rate_and_mix():
    # 100 and 100 come, half and a tenth pass: 60. Then 200 and 100 come and pass as before: 110, none of it rate.
    def side(first, second, later):
        group = ["high"] * first + ["low"] * second
        passed = [i < first // 2 for i in range(first)] + [i < second // 10 for i in range(second)]
        return list(zip(group, passed, [later] * len(group), strict=True))

    group, passed, later = zip(*(side(100, 100, False) + side(200, 100, True)), strict=True)
    split = rate_and_mix(group, passed, later, cluster_weights(range(500), 5))
    assert split.parts.loc["change", "value"] == pytest.approx(50)
    assert split.parts.loc["rate", "value"] == pytest.approx(0)
    # 100 more at a mean rate of (0.3 + 11/30) / 2; the rest is mix.
    assert split.parts.loc["volume", "value"] == pytest.approx(100 / 3)
    assert split.parts.loc["mix", "value"] == pytest.approx(50 - 100 / 3)
    assert (split.table["mix"] > 0).all()
    with pytest.raises(ValueError, match="both periods"):
        rate_and_mix(["a"], [True], [True], cluster_weights([1], 5))
    with pytest.raises(ValueError, match="needs a group"):
        rate_and_mix(["a", None], [True, True], [True, False], cluster_weights([1, 2], 5))


def test_when_nothing_changes_little_stands_out():
    """Families of one to four in 40 groups of four cuts; everything rises by a third alike."""
    alarms = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        families = rng.integers(1, 5, 350)
        later = np.repeat(rng.random(350) < 4 / 7, families)
        cuts = [np.repeat(rng.integers(0, 10, 350), families) for _ in range(4)]
        members = pd.concat([pd.get_dummies(pd.Series(cut)).add_prefix(f"{n} ") for n, cut in enumerate(cuts)], axis=1)
        found = contributions(members, later, np.repeat(np.arange(350), families), draws=2)
        alarms += bool((among_cuts(found, found.index.str[0])["p_of_many"] < 0.05).any())
    assert alarms <= 10


def test_many_looks_are_allowed_for():
    found = pd.DataFrame(
        {
            "before": [100.0, 100, 100, 100, 50],
            "after": [150.0, 50, 100, 100, 20],
            "design": 1.0,
            "p": [1e-4, 1e-4, 0.9, 0.9, 0.02],
        },
        index=list("abcde"),
    )
    many = among_cuts(found, ["one", "one", "two", "two", "three"], overlapping=("three",))
    # The third cut has one group: its p times 1, and second in Holm's order of three cuts.
    assert many.loc["e", "p_of_cut"] == pytest.approx(0.04)
    # 100, 100 against 150, 50: chi-squared 26.7; the smallest of three. Within the cut: 1e-4 twice over.
    assert many.loc["a", "p_of_cut"] < 1e-6
    assert many.loc["a", "p_of_many"] == pytest.approx(2e-4)
    assert many.loc["c", "p_of_many"] == 1
