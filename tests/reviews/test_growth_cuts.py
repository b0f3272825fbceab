"""How plans are told apart: each cut worked by hand on a handful of plans."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from growth_worlds import AUTHORITY, plans

from analysis.indicators.evidence import Evidence
from analysis.records.history import Known
from analysis.reviews.growth import cuts
from analysis.reviews.growth.cuts import AGAIN, ALONE, FIRST, LATER, TWO, WITHIN_TWO, WITHIN_YEAR

SPANS = [(dt.date(2016, 4, 1), dt.date(2017, 3, 31)), (dt.date(2017, 4, 1), dt.date(2018, 3, 31))]
PLANS = plans([
    {"child_id": "A", "start_date": "2016-05-01", "end_date": "2016-12-01", "initial_category": "NEG", "team": "North Team", "referral_date": "2016-04-20"},
    {"child_id": "A", "start_date": "2017-08-01", "initial_category": "EMO", "team": "South Team", "referral_date": "2017-07-01", "previous_plans": 1},
    {"child_id": "B", "start_date": "2016-05-01", "end_date": "2016-07-01", "initial_category": "NEG", "team": "North Team", "referral_date": "2016-04-20"},
    {"child_id": "B", "start_date": "2018-03-01", "initial_category": "SAB", "team": "County Team", "referral_date": "2018-02-01", "previous_plans": 1},
    {"child_id": "C", "start_date": "2017-09-01", "initial_category": "MUL", "team": "North Team", "referral_date": "2017-08-01", "previous_plans": 2},
])  # fmt: skip
TABLES = {
    "protection_plans": PLANS,
    "children": pd.DataFrame({"child_id": ["A", "B", "C"], "date_of_birth": pd.to_datetime(["2016-01-01", "2016-08-01", "2001-01-01"])}),
    "referrals": pd.DataFrame({"child_id": ["A", "A", "B"], "date": pd.to_datetime(["2016-04-20", "2017-07-01", "2016-04-20"]), "source": ["6", "2A", "3C"]}),
    "assessments": pd.DataFrame({"child_id": ["A"], "start_date": pd.to_datetime(["2016-04-22"])}),
    "assessment_factors": pd.DataFrame({"child_id": ["A", "A", "B", "C"], "start_date": pd.to_datetime(["2016-04-22", "2016-04-22", "2018-02-03", "2017-08-10"]), "factor": ["1B", "16A", "16A", "20"]}),
}  # fmt: skip


def labelled(tables=TABLES, places=("locality", "team")) -> dict[str, cuts.Labelled]:
    known = Known.from_tables(tables, kinds=("annex_a",))
    evidence = Evidence(known)
    return {one.cut.id: one for one in cuts.label(evidence, AUTHORITY, SPANS, places)}


def groups(one: cuts.Labelled) -> list[str]:
    return [next((name for name in one.members if row[name]), "?") for _, row in one.members.iterrows()]


def test_every_cut_by_hand():
    # Plans in order: A first, A again, B first, B again, C.
    found = labelled()
    assert groups(found["category"]) == [
        "Neglect",
        "Emotional abuse",
        "Neglect",
        "Sexual abuse",
        "Multiple or not recommended",
    ]
    assert groups(found["age"]) == ["Under 1", "1 to 4", "Unborn", "1 to 4", "16 and over"]
    assert groups(found["siblings"]) == [TWO, ALONE, TWO, ALONE, ALONE]
    assert groups(found["repeat"]) == [FIRST, AGAIN, FIRST, AGAIN, AGAIN]
    assert groups(found["since"]) == [FIRST, WITHIN_YEAR, FIRST, WITHIN_TWO, LATER]
    assert groups(found["source"]) == ["Police", "Schools and education", "Health", "Health", "?"]
    assert groups(found["locality"]) == ["North", "South", "North", "?", "North"]


def test_factors_are_of_the_last_assessment_within_a_year():
    found = labelled()["factors"]
    assert found.members["Alcohol misuse by a parent or carer"].tolist() == [True, False, False, False, False]
    assert found.members["Neglect"].tolist() == [True, False, False, True, False]
    # A's second plan began more than a year after the assessment, B's first before its own.
    assert found.known["Neglect"].tolist() == [True, False, False, True, True]


def test_teams_that_are_localities_of_their_own_are_looked_at_once():
    two = {**TABLES, "protection_plans": PLANS[PLANS["team"].isin(["North Team", "South Team"])]}
    assert "team" not in labelled(two)
    assert "team" in labelled()


def test_what_cant_be_shown_or_told_is_left_out_with_a_reason():
    found = labelled({"protection_plans": PLANS}, places=())
    assert not {"locality", "team"} & set(found)
    assert "referrals" in found["source"].why
    assert "assessments" in found["factors"].why
    nameless = labelled({**TABLES, "protection_plans": PLANS.assign(team=None)})
    assert nameless["locality"].why == "the returns don't say it of most plans"


@pytest.mark.parametrize("cut", cuts.CUTS, ids=lambda cut: cut.id)
def test_every_group_has_words(cut):
    for one in labelled().values():
        if one.cut is cut:
            for group in one.members:
                assert cuts.describe(cut, group).startswith(("for ", "from ", "in ", "with ", "whose "))
