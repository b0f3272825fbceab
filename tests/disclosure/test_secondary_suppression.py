"""What an attacker can say of a withheld count: tables worked by hand, and an attacker's linear programme on any table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.disclosure import Structure, policy, release


def shown(released, column="n"):
    """A column as its reader sees it."""
    return [
        "c" if hidden else value
        for value, hidden in zip(released.frame[column], released.is_withheld(column), strict=True)
    ]


def table(*figures, name="n"):
    return pd.DataFrame({"what": [f"row {n}" for n in range(len(figures))], name: list(figures)})


@pytest.mark.parametrize(
    ("parts", "seen"),
    [
        ([40, 30, 20], [40, 30, 20]),
        # One small part: the least of the others goes with it.
        ([40, 3, 20], [40, "c", "c"]),
        # Two small parts protect each other where they may both be anything from 1 to 5.
        ([40, 3, 4], [40, "c", "c"]),
        # 2 + 2 can't: with 4 known, neither is 4 or 5.
        ([40, 2, 2], ["c", "c", "c"]),
        # Noughts are shown and protect nothing.
        ([40, 0, 1], ["c", 0, "c"]),
        # Six ones beside a known six would all be known; only the noughts can say otherwise.
        ([1, 1, 1, 1, 1, 1, 0], ["c"] * 7),
        # A total that is small is withheld where it is shown, and gives nothing back.
        ([3, 0, 0], ["c", 0, 0]),
    ],
)
def test_parts_beside_a_total_that_is_shown_elsewhere(parts, seen):
    out = release(table(*parts), "public", counts=["n"], adds=Structure(totals={"n": sum(parts)}))
    assert shown(out) == seen


def test_internal_sees_every_part():
    out = release(table(40, 3, 20), "internal", counts=["n"], adds=Structure(totals={"n": 63}))
    assert shown(out) == [40, 3, 20]


def test_a_total_row_is_found_by_itself_and_is_the_last_to_go():
    assert shown(release(table(63, 40, 3, 20), "public", counts=["n"])) == [63, 40, "c", "c"]
    frame = table(40, 3, 20, 63)
    frame["what"] = ["North", "West", "East", "all"]
    assert shown(release(frame, "public", counts=["n"], adds=Structure(margins={"what": "all"}))) == [40, "c", "c", 63]


def test_a_rectangle_protects_a_cell_of_a_table_with_both_margins():
    frame = pd.DataFrame({"place": ["North", "West", "East", "all"], "girls": [3, 20, 30, 53], "boys": [20, 8, 20, 48],
                          "both": [23, 28, 50, 101]})  # fmt: skip
    counts = ["girls", "boys", "both"]
    out = release(
        frame, "public", counts=counts, adds=Structure(columns={"both": ["girls", "boys"]}, margins={"place": "all"})
    )
    assert out.withheld.to_numpy().tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0]]
    # The same is found without being told.
    pd.testing.assert_frame_equal(release(frame, "public", counts=counts).withheld, out.withheld)


def test_percentages_go_with_whatever_they_rest_on():
    frame = table(40, 3, 20).assign(percent=[63.5, 4.8, 31.7])
    out = release(frame, "public", counts=["n"], derived={"percent": ["n"]}, adds=Structure(totals={"n": 63}))
    assert shown(out, "percent") == [63.5, "c", "c"]


FLOWS = pd.DataFrame({
    "quarter": ["Q1", "Q2", "Q3", "Q4"],
    "opening": [300, 310, 322, 330], "starts": [40, 41, 3, 50], "ends": [30, 31, 12, 40],
    "residual": [0, 2, 17, -1], "closing": [310, 322, 330, 339],
})  # fmt: skip
ALL_FLOWS = ["opening", "starts", "ends", "residual", "closing"]


def test_a_flow_isnt_given_back_by_the_stocks_before_and_after_it():
    out = release(FLOWS, "public", counts=ALL_FLOWS)
    assert shown(out, "starts") == [40, 41, "c", 50]
    # The corrections are taken to be known, so that another flow or a stock must go too; a stock of one quarter's end
    # is the next one's opening.
    assert shown(out, "ends") == [30, 31, "c", 40]
    assert shown(out, "opening") == [300, 310, 322, 330]
    assert shown(out, "closing") == [310, 322, 330, 339]


def test_a_small_difference_between_shown_counts_is_no_secret_and_one_of_withheld_ones_is():
    assert shown(release(FLOWS, "public", counts=ALL_FLOWS), "residual") == [0, 2, "c", -1]
    alone = table(12, -3, 0)
    assert shown(release(alone, "public", counts=["n"])) == [12, "c", 0]


def test_a_sum_is_found_among_many_columns():
    more = FLOWS.assign(change=FLOWS["closing"] - FLOWS["opening"], seen=[7, 90, 31, 8], told=[70, 12, 60, 9])
    out = release(more.assign(heard=[6, 8, 99, 17]), "public", counts=[*ALL_FLOWS, "change", "seen", "told", "heard"])
    assert shown(out, "ends") == [30, 31, "c", 40]
    assert shown(out, "residual") == [0, 2, "c", -1]


def test_the_same_children_cut_in_two_ways_give_nothing_back():
    frame = pd.DataFrame({"cut": ["Age", "", "", "Sex", ""], "group": ["Under 5", "5 to 9", "10 and over", "Girls", "Boys"],
                          "n": [3, 30, 40, 35, 38]})  # fmt: skip
    out = release(frame, "public", counts=["n"])
    assert shown(out) == ["c", "c", 40, 35, 38]


def test_each_group_of_rows_may_be_the_parts_of_a_whole_that_is_shown_elsewhere():
    frame = pd.DataFrame({"cut": ["Age"] * 3 + ["Need"] * 2, "group": list("abcde"), "n": [3, 30, 40, 35, 36]})
    out = release(frame, "public", counts=["n"], adds=Structure(within=["cut"]))
    assert shown(out) == ["c", "c", 40, 35, 36]
    assert shown(release(frame, "public", counts=["n"])) == ["c", 30, 40, 35, 36]


def test_a_stock_that_opens_the_next_quarter_goes_with_the_one_that_closed_the_last():
    frame = pd.DataFrame({"q": ["Q1", "Q2"], "opening": [20, 4], "closing": [4, 20]})
    out = release(frame.assign(starts=[10, 20], ends=[26, 4]), "public", counts=["opening", "starts", "ends", "closing"],
                  adds=Structure(columns={"closing": ["opening", "starts", "-ends"]}, carried={"opening": "closing"}))  # fmt: skip
    assert shown(out, "opening") == [20, "c"]
    assert shown(out, "closing") == ["c", 20]


def test_columns_shown_elsewhere_arent_withheld_in_vain():
    frame = pd.DataFrame({"q": ["Q1"], "a": [3], "b": [10], "c": [90], "all": [103]})
    adds = Structure(columns={"all": ["a", "b", "c"]}, elsewhere=["all", "b"])
    out = release(frame, "public", counts=["a", "b", "c", "all"], adds=adds)
    assert out.withheld.iloc[0].to_dict() == {"a": True, "b": False, "c": True, "all": False}


def test_parts_that_overlap_give_nothing_back():
    out = release(table(40, 3, 20), "public", counts=["n"], adds=Structure(totals={"n": 50}))
    assert shown(out) == [40, "c", 20]


def test_what_adds_up_is_named_among_the_counts():
    with pytest.raises(ValueError, match="must be among the counts; these aren't: all"):
        release(table(9), "public", counts=["n"], adds=Structure(columns={"n": ["all"]}))


def test_nothing_is_searched_where_nothing_is_small(monkeypatch):
    monkeypatch.setattr(policy, "sums_of", None)
    release(table(*range(6, 1000)), "public", counts=["n"])
    release(table(1, 2, 3), "internal", counts=["n"])


# The attacker: knows what is shown, what adds up, and that whatever is withheld is at least 1 (noughts are shown). Where
# a nought is withheld with the rest, not even that is certain.
def attack(figures, hidden, equations, cell):
    at = np.flatnonzero(hidden)
    least = 0 if (figures[at] == 0).any() else 1
    known = equations @ np.where(hidden, 0, figures)
    ends = []
    for way in (1, -1):
        aim = np.where(at == cell, way, 0)
        found = linprog(aim, A_eq=equations[:, at], b_eq=-known, bounds=(least, None), method="highs")
        ends.append(np.inf if found.status == 3 else way * found.fun)
    return ends


def test_the_attacker_finds_what_primary_suppression_leaves_open():
    figures = np.array([40, 3, 20, 63])
    assert attack(figures, np.array([0, 1, 0, 0], bool), np.array([[1, 1, 1, -1]]), 1) == [3, 3]


small_or_large = st.one_of(st.integers(0, 8), st.integers(0, 60))


@settings(deadline=None, max_examples=40)
@given(
    st.integers(2, 4).flatmap(
        lambda wide: st.lists(st.lists(small_or_large, min_size=wide, max_size=wide), min_size=2, max_size=4)
    )
)
def test_no_withheld_count_of_a_table_with_margins_is_known_to_a_narrower_range_than_the_rule(rows):
    inner = pd.DataFrame(rows).add_prefix("c")
    names = list(inner.columns)
    frame = pd.concat([inner, inner.sum().to_frame().T], ignore_index=True)
    frame["total"] = frame[names].sum(axis=1)
    frame.insert(0, "row", [*(f"r{n}" for n in range(len(rows))), "all"])
    counts = [*names, "total"]
    before = frame.copy()
    out = release(frame, "public", counts=counts, adds=Structure(columns={"total": names}, margins={"row": "all"}))
    pd.testing.assert_frame_equal(frame, before)
    figures, hidden = frame[counts].to_numpy(), out.withheld.to_numpy()
    assert hidden[(figures >= 1) & (figures <= 5)].all()
    grid = np.arange(figures.size).reshape(figures.shape)
    equations = []
    for lines in (grid, grid.T):
        for line in lines:
            equations.append(np.isin(np.arange(figures.size), line[:-1]) - 1.0 * (np.arange(figures.size) == line[-1]))
    for cell in np.flatnonzero(hidden).tolist():
        lower, upper = attack(figures.ravel(), hidden.ravel(), np.array(equations), cell)
        figure = figures.ravel()[cell]
        assert upper - lower >= 4 - 1e-6 or figure > 5 or figure == 0
        if 1 <= figure <= 5:
            assert upper >= 5 - 1e-6
            assert lower <= 1 + 1e-6 or cell in grid[-1] or cell in grid[:, -1]


@settings(deadline=None, max_examples=40)
@given(st.lists(small_or_large, min_size=1, max_size=8))
def test_no_part_of_a_known_total_is_known_to_a_narrower_range_than_the_rule(parts):
    out = release(table(*parts), "public", counts=["n"], adds=Structure(totals={"n": sum(parts)}))
    hidden, figures = out.withheld["n"].to_numpy(), np.array(parts)
    if sum(parts) <= 5:
        assert hidden.sum() == (figures > 0).sum()
        return
    if hidden.all():  # nothing more can be withheld
        return
    for cell in np.flatnonzero(hidden).tolist():
        lower, upper = attack(
            np.append(figures, sum(parts)), np.append(hidden, False), np.array([[1] * len(parts) + [-1]]), cell
        )
        assert lower <= 1
        assert upper >= 5
        assert upper - lower >= 4
