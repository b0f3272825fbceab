"""Looked after children, worked by hand: who came and who left, how long under section 20, who provides, whose score."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from care_worlds import NOW, evidence
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure import policy
from analysis.reviews.looked_after import flows, placed, section20, wellbeing


def review(audience):
    return SimpleNamespace(
        audience=audience, quarter=NOW, release=lambda frame, **how: policy.release(frame, audience, **how)
    )


def test_a_year_adds_up_and_its_first_day_belongs_to_the_year_before():
    """A is there throughout; B came on the first day of the year and C on the last; D left on the last day, E came and
    left within it, F left on the day before it began. A came back: two periods."""
    held = evidence(
        ("A", "2016-01-01", {}),
        ("B", "2017-04-01", {}),
        ("C", "2018-03-31", {}),
        ("D", "2016-01-01", {"end_date": "2018-03-31", "reason_ended": "E4A"}),
        ("E", "2017-06-01", {"end_date": "2017-07-01", "reason_ended": "E4A"}),
        ("F", "2016-01-01", {"end_date": "2017-03-31", "reason_ended": "E4A"}),
        ("E", "2017-09-01", {}),
    )  # fmt: skip
    row = flows.years(held, NOW).iloc[-1]
    assert row[["opening", "started", "ended", "closing"]].tolist() == [2, 4, 2, 4]


@given(st.lists(st.tuples(st.integers(0, 1400), st.one_of(st.none(), st.integers(1, 900))), min_size=1, max_size=25))
def test_every_year_ends_with_what_it_began_with_and_what_came_less_what_left(spans):
    first = pd.Timestamp("2014-06-01")
    episodes = [
        (f"C{n}", first + pd.Timedelta(days=start),
         {} if length is None else {"end_date": first + pd.Timedelta(days=start + length), "reason_ended": "E4A"})
        for n, (start, length) in enumerate(spans)
    ]  # fmt: skip
    years = flows.years(evidence(*episodes), NOW)
    assert (years["opening"] + years["started"] - years["ended"] == years["closing"]).all()
    assert years["opening"].tolist()[1:] == years["closing"].tolist()[:-1]


def test_months_begin_with_the_first_and_hold_noughts():
    held = evidence(("A", "2018-01-05", {}), ("B", "2018-03-31", {}), ("C", "2018-03-01", {}))
    months = flows.monthly(held, flows.STARTED, NOW)
    assert months["n"].tolist() == [1, 0, 2]
    assert months["month"].iloc[0] == pd.Timestamp("2018-01-01")


def test_how_long_under_section_20_is_counted_without_a_break():
    """A: six months to the day is no longer under six; B changed placement and stays under agreement; C had a care order
    between; D is 16, E has no date of birth and is taken as younger; F isn't under section 20."""
    v2 = {"legal_status": "V2"}
    held = evidence(
        ("A", "2017-09-30", v2),
        ("B", "2016-01-01", {**v2, "end_date": "2017-12-01", "reason_ended": "X1"}),
        ("B", "2017-12-01", {**v2, "reason_new": "P"}),
        ("C", "2015-01-01", {**v2, "end_date": "2017-01-01", "reason_ended": "X1"}),
        ("C", "2017-01-01", {"reason_new": "L", "end_date": "2018-02-01", "reason_ended": "X1"}),
        ("C", "2018-02-01", {**v2, "reason_new": "L"}),
        ("D", "2016-06-01", v2),
        ("E", "2018-03-01", v2),
        ("F", "2016-01-01", {}),
        children=[("A", "2010-01-01"), ("B", "2010-01-01"), ("C", "2010-01-01"), ("D", "2002-03-31")],
    )  # fmt: skip
    rows = section20.now(held, NOW).set_index("length")
    assert rows["children"].to_dict() == {
        "Under 6 months": 2, "6 months, under a year": 1, "A year, under two": 1, "Two years or more": 1,
    }  # fmt: skip
    assert rows["older"].to_dict()["A year, under two"] == 1
    assert (rows["under_16"] + rows["older"] == rows["children"]).all()


@pytest.mark.parametrize(("audience", "says"), [("internal", "Of the 5 children"), ("public", "withheld (c)")])
def test_what_is_said_of_agreement_is_what_may_be_shown(audience, says):
    held = evidence(*[(name, "2016-01-01", {"legal_status": "V2"}) for name in "ABCDE"])
    shown = section20.release(review(audience), section20.now(held, NOW))
    assert says in section20.in_words(review(audience), shown)


def test_kinds_and_providers_add_up_to_everyone():
    held = evidence(
        ("A", "2016-01-01", {}),
        ("B", "2016-01-01", {"provider": "PR4"}),
        ("C", "2016-01-01", {"placement": "K2", "provider": "PR2"}),
        ("D", "2016-01-01", {"placement": "P1", "provider": "PR0"}),
        ("E", "2016-01-01", {"placement": None, "provider": None}),
    )  # fmt: skip
    rows = placed.by_provider(held, NOW).set_index("kind")
    assert rows.loc["Residential", ["own", "others", "parents", "children"]].tolist() == [0, 1, 0, 1]
    assert rows.loc["Not known", "parents"] == 1
    assert rows["children"].sum() == 5


def test_scores_fall_into_their_bands_at_the_edges():
    """13 is usual, 14 and 16 borderline, 17 a cause for concern; E has no score, F is too young to be asked."""
    names = "ABCDEF"
    told = pd.DataFrame({"child_id": list(names), "year": 2018, "sdq_score": [13, 14, 16, 17, None, None]})
    told = told.astype({"child_id": "string", "year": "Int64", "sdq_score": "Int64"})
    held = evidence(
        *[(name, "2016-01-01", {}) for name in names],
        children=[*[(name, "2008-01-01") for name in "ABCDE"], ("F", "2015-01-01")], health_outcomes=told,
    )  # fmt: skip
    row = wellbeing.scores(held, NOW).iloc[-1]
    assert row[["usual", "borderline", "concern", "no_score", "children"]].tolist() == [1, 2, 1, 1, 5]
    assert row["concern_percent"] == 25
