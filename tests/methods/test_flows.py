"""Flows: published stocks and flows close with their residuals, and every split adds up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods import flows

POSITIVE = st.floats(0.01, 1e5)


def test_northumberlands_plans_close_with_the_residuals_that_were_published():
    table = flows.identity([361, 234, 391, 415, 471], [367, 511, 577, 618], [487, 350, 553, 562])
    assert table["residual"].tolist() == [-7, -4, 0, 0]
    assert table["change"].tolist() == [-127, 157, 24, 56]


def test_the_turn_of_2018_is_half_more_starts_and_half_fewer_ends():
    before, after = flows.StockChange(361, 367, 487, 234), flows.StockChange(234, 511, 350, 391)
    parts = flows.change_in_growth(before, after)
    assert parts == {"starts": 144, "ends": 137, "residual": 3, "total": 284}


def test_the_log_mean_of_a_hand_worked_pair():
    assert flows.log_mean(np.e, 1) == pytest.approx(np.e - 1)
    assert flows.log_mean(5, 5) == 5
    assert flows.log_mean(5, 5 * (1 + 1e-12)) == pytest.approx(5)


def test_a_hand_worked_product():
    # 2 x 3 = 6 to 4 x 3 = 12: all of the 6 is the first factor's.
    assert flows.product_change({"a": 2, "b": 3}, {"a": 4, "b": 3}) == pytest.approx({"a": 6, "b": 0, "total": 6})
    # Both doubled: shared equally.
    assert flows.product_change({"a": 1, "b": 1}, {"a": 2, "b": 2}) == pytest.approx({"a": 1.5, "b": 1.5, "total": 3})


def test_the_funnel_of_2017_to_2018():
    parts = flows.funnel_change(
        {"referrals": 3286, "section 47": 991, "conferences": 451, "plans": 367},
        {"referrals": 3584, "section 47": 1229, "conferences": 606, "plans": 511},
    )
    assert list(parts) == ["referrals", "section 47 per referrals", "conferences per section 47",
                           "plans per conferences", "total"]  # fmt: skip
    assert parts["total"] == pytest.approx(144)
    # By hand: L(511, 367) = 144 / ln(511 / 367) = 435.03, and x ln(3584 / 3286) = 37.76.
    assert parts["referrals"] == pytest.approx(37.76, abs=0.01)


def test_littles_law_split():
    # Stock 100 to 150 with entries steady: all of it is duration.
    parts = flows.entry_and_duration_change(100, 200, 150, 200)
    assert parts == pytest.approx({"entries": 0, "duration": 50, "total": 50})


def test_a_hand_worked_kitagawa():
    before = pd.DataFrame({"events": [10, 10], "exposure": [100, 50]}, index=["a", "b"])
    after = pd.DataFrame({"events": [10, 20], "exposure": [50, 100]}, index=["a", "b"])
    split = flows.rate_and_mix_change(before, after)
    # Rates: a 0.1 to 0.2, b 0.2 to 0.2; shares: a 2/3 to 1/3, b 1/3 to 2/3.
    assert split["rate"].tolist() == pytest.approx([0.05, 0])
    assert split["mix"].tolist() == pytest.approx([-0.05, 1 / 15])
    assert split.to_numpy().sum() == pytest.approx(30 / 150 - 20 / 150)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=12), st.integers(0, 900),
       st.lists(st.integers(-20, 20), min_size=12, max_size=12))  # fmt: skip
def test_the_identity_always_closes(pairs, opening, residuals):
    stocks = [opening]
    for (start, end), residual in zip(pairs, residuals, strict=False):
        stocks.append(stocks[-1] + start - end + residual)
    table = flows.identity(stocks, [p[0] for p in pairs], [p[1] for p in pairs])
    assert table["residual"].tolist() == residuals[: len(pairs)]
    assert ((table["opening"] + table["starts"] - table["ends"] + table["residual"]) == table["closing"]).all()


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=6))
def test_parts_of_a_product_sum_to_its_change_and_turn_with_time(pairs):
    before = {str(i): a for i, (a, _) in enumerate(pairs)}
    after = {str(i): b for i, (_, b) in enumerate(pairs)}
    parts, back = flows.product_change(before, after), flows.product_change(after, before)
    total = parts.pop("total")
    size = max(np.prod(list(before.values())), np.prod(list(after.values())))
    assert sum(parts.values()) == pytest.approx(total, rel=1e-6, abs=1e-6 * size)
    assert all(parts[name] == pytest.approx(-back[name], rel=1e-6, abs=1e-9 * size) for name in parts)


@given(st.lists(st.integers(1, 5000), min_size=2, max_size=6).flatmap(
    lambda first: st.tuples(st.just(first), st.lists(st.integers(1, 5000), min_size=len(first), max_size=len(first)))))  # fmt: skip
def test_parts_of_a_funnel_sum_to_the_change_in_its_last_stage(stages):
    first, last = ({f"stage {i}": n for i, n in enumerate(counts)} for counts in stages)
    parts = flows.funnel_change(first, last)
    total = parts.pop("total")
    change = stages[1][-1] - stages[0][-1]
    assert total == pytest.approx(change, abs=1e-6)
    assert sum(parts.values()) == pytest.approx(change, abs=1e-6)


GROUP = st.tuples(st.integers(0, 50), st.integers(50, 500), st.integers(0, 50), st.integers(50, 500))


@given(st.lists(GROUP, min_size=1, max_size=6), st.booleans())
def test_rate_and_mix_sum_to_the_change_in_the_rate(groups, one_leaves):
    before = pd.DataFrame([(g[0], g[1]) for g in groups], columns=["events", "exposure"])
    after = pd.DataFrame([(g[2], g[3]) for g in groups], columns=["events", "exposure"])
    if one_leaves and len(groups) > 1:
        after = after.iloc[1:]
    split = flows.rate_and_mix_change(before, after)
    change = after["events"].sum() / after["exposure"].sum() - before["events"].sum() / before["exposure"].sum()
    assert split.to_numpy().sum() == pytest.approx(change, abs=1e-12)


def test_what_has_no_decomposition_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        flows.funnel_change({"a": 1, "b": 0}, {"a": 1, "b": 1})
    with pytest.raises(ValueError, match="same factors"):
        flows.product_change({"a": 1}, {"b": 1})
    with pytest.raises(ValueError, match="one value more"):
        flows.identity([1, 2], [1, 1], [1, 1])


def test_parts_in_whole_numbers_by_hand():
    # 1.4 + 2.4 + 3.2 = 7: rounded down 1 + 2 + 3 = 6, and the one that is missing goes to the first of those cut most.
    assert flows.whole_parts({"a": 1.4, "b": 2.4, "c": 3.2}) == {"a": 2, "b": 2, "c": 3}
    assert flows.whole_parts({"a": -1.5, "b": 1.5}) == {"a": -1, "b": 1}
    with pytest.raises(ValueError, match="finite"):
        flows.whole_parts({"a": float("nan")})


@given(st.dictionaries(st.text(min_size=1), st.floats(-1e5, 1e5), min_size=1, max_size=8))
def test_parts_in_whole_numbers_add_up_and_stay_near(parts):
    found = flows.whole_parts(parts)
    assert sum(found.values()) == int(np.floor(sum(parts.values()) + 0.5)) or abs(sum(parts.values()) % 1 - 0.5) < 1e-6
    assert all(abs(found[name] - value) <= 1 for name, value in parts.items())


def test_many_products_at_once_are_split_as_one_by_one():
    before, after = np.array([[2, 3.0], [1, 1], [1, 0]]), np.array([[4, 3.0], [2, 2], [1, 1]])
    found = flows.product_changes(before, after)
    assert found[:2] == pytest.approx(np.array([[6, 0], [1.5, 1.5]]))
    assert np.isnan(found[2]).all()


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=5))
def test_the_parts_of_many_products_add_up(factors):
    before, after = (np.array([factors, factors])[:, :, one] for one in (0, 1))
    found = flows.product_changes(before, after).sum(axis=-1)
    assert found == pytest.approx(after.prod(axis=-1) - before.prod(axis=-1), rel=1e-6, abs=1e-6)
