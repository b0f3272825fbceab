"""What each audience may see, at the edges of the rule."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure import policy
from analysis.disclosure.policy import AUDIENCES, may_show, release


def one(count, audience, **more):
    frame = pd.DataFrame({"children": pd.array([count], dtype="Int64"), **{k: [v] for k, v in more.items()}})
    return frame, audience


@pytest.mark.parametrize(
    ("count", "hidden"),
    [(0, False), (1, True), (2, True), (5, True), (6, False), (600, False), (-3, True), (-6, False)],
)
@pytest.mark.parametrize("audience", ["board", "public"])
def test_counts_from_one_to_five_are_withheld(count, hidden, audience):
    frame, _ = one(count, audience)
    out = release(frame, audience, counts=["children"])
    assert bool(out.is_withheld("children")[0]) is hidden
    assert bool(pd.isna(out.frame["children"][0])) is hidden


def test_internal_sees_everything():
    frame, _ = one(3, "internal")
    out = release(frame, "internal", counts=["children"])
    assert out.frame["children"][0] == 3
    assert not out.anything_withheld


@pytest.mark.parametrize(
    ("numerator", "denominator", "hidden"),
    [(0, 40, False), (3, 40, True), (6, 40, False), (0, 5, True), (0, 0, False), (6, 6, False), (5, 5, True)],
)
def test_a_percentage_is_withheld_where_either_of_its_counts_is_small(numerator, denominator, hidden):
    frame = pd.DataFrame({"n": [numerator], "d": [denominator], "percent": [12.5]})
    out = release(frame, "public", counts=["n", "d"], derived={"percent": ["n", "d"]})
    assert bool(out.is_withheld("percent")[0]) is hidden


def test_missing_is_missing_and_not_withheld():
    frame = pd.DataFrame({"n": pd.array([pd.NA], dtype="Int64")})
    assert not release(frame, "public", counts=["n"]).anything_withheld


def test_a_number_that_nobody_classified_is_refused():
    with pytest.raises(ValueError, match="say how to release age"):
        release(pd.DataFrame({"n": [9], "age": [3]}), "internal", counts=["n"])


def test_unknown_audiences_and_columns_are_refused():
    with pytest.raises(ValueError, match="'everyone' is not an audience; it is one of internal, board, public"):
        release(pd.DataFrame({"n": [9]}), "everyone", counts=["n"])
    with pytest.raises(ValueError, match="no such columns to release: m"):
        release(pd.DataFrame({"n": [9]}), "public", counts=["m"])


def test_places():
    assert may_show("internal", "team")
    assert may_show("board", "locality")
    assert not may_show("board", "team")
    assert not may_show("public", "locality")
    assert set(policy.PLACES) == set(AUDIENCES)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8), st.sampled_from(AUDIENCES))
def test_no_small_count_survives_and_the_input_is_left_alone(rows, audience):
    frame = pd.DataFrame(rows, columns=["n", "d"]).astype("Int64")
    frame["percent"] = (100 * frame["n"] / frame["d"].where(frame["d"] > 0)).astype("Float64")
    before = frame.copy()
    out = release(frame, audience, counts=["n", "d"], derived={"percent": ["n", "d"]})
    pd.testing.assert_frame_equal(frame, before)
    if audience != "internal":
        shown = out.frame[["n", "d"]].stack().dropna()
        assert not shown.between(1, 5).any()
        assert out.frame["percent"][frame["n"].between(1, 5) | frame["d"].between(1, 5)].isna().all()


@given(
    st.lists(st.one_of(st.none(), st.floats(-20, 20), st.integers(-20, 20)), min_size=1, max_size=4),
    st.sampled_from(AUDIENCES),
)
def test_a_number_by_itself_is_hidden_where_a_release_of_it_alone_withholds_it(counts, audience):
    names = [f"count{place}" for place in range(len(counts))]
    alone = pd.DataFrame({name: pd.Series([count], dtype="Float64") for name, count in zip(names, counts, strict=True)})
    out = release(alone.assign(value=1.5), audience, counts=names, derived={"value": names})
    assert policy.hides(audience, counts) is bool(out.is_withheld("value").iloc[0])


def test_what_counts_nobody_is_shown_however_few_there_are():
    """Three children's homes, whose judgements are published one by one, beside three children."""
    frame = pd.DataFrame({"what": ["homes", "children"], "good": [2, 2], "share": [66.7, 66.7]})
    out = release(frame, "public", counts=["good"], derived={"share": ["good"]}, of_things=frame["what"] == "homes")
    assert out.is_withheld("good").tolist() == out.is_withheld("share").tolist() == [False, True]
    assert out.frame["good"].isna().tolist() == [False, True]
