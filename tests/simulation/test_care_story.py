"""Children looked after, of a seed that nobody chose: the published figures come out of what happens to the children."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.indicators.registry import compute
from analysis.methods.rates import round_half_up
from analysis.records.history import Known
from analysis.reference.calendar import age_at
from analysis.reference.quarters import Quarter
from analysis.simulation import yearly
from analysis.simulation.children import children
from analysis.simulation.days import number
from analysis.simulation.looked_after import looked_after
from analysis.simulation.parameters import load
from analysis.simulation.places import Gazetteer, miles, postcode
from analysis.simulation.rows import final
from analysis.simulation.truth import live

LAST = Quarter(2018, 2)


@pytest.fixture(scope="module")
def story():
    return live(LAST, 41, 1.0)


@pytest.fixture(scope="module")
def tables(story):
    found = looked_after(story, number(LAST.end))
    found |= yearly.outcomes(story, number(LAST.end))
    found["children"] = children(story, found)
    return {name: final(name, frame)[0] for name, frame in found.items()}


@pytest.fixture(scope="module")
def known(tables):
    return Known.from_tables(tables, kinds=("annex_a", "ssda903", "local"))


# Published, each to its own precision: DfE and LAIT for 31 March, the self-assessment of December 2018 for the rest.
PUBLISHED = {
    "2015-16-Q4": {"lac_count": 386, "lac_start_count": 207, "adopted_percent": 21, "lac_three_placements_percent": 10,
                   "lac_over_20_miles_out_of_area_percent": 11, "lac_missing_percent": 7},
    "2016-17-Q4": {"lac_count": 406, "lac_start_count": 246, "lac_cease_count": 228, "adopted_percent": 15,
                   "lac_three_placements_percent": 8, "lac_over_20_miles_out_of_area_percent": 11,
                   "lac_missing_percent": 5},
    "2017-18-Q4": {"lac_count": 386, "lac_start_count": 177, "lac_cease_count": 200, "adopted_percent": 15,
                   "lac_live_count": 400, "lac_section20_live_percent": 21, "lac_three_placements_percent": 13,
                   "lac_long_term_stability_percent": 72, "lac_over_20_miles_out_of_area_percent": 10,
                   "lac_missing_percent": 8, "lac_health_assessment_percent": 96, "lac_dental_check_percent": 92},
    "2018-19-Q2": {"lac_count": 370, "lac_live_count": 370, "lac_section20_count": 60, "lac_section20_percent": 16,
                   "lac_care_order_percent": 75, "lac_placement_order_count": 33, "adopted_percent": 17,
                   "sgo_percent": 18, "lac_three_placements_percent": 9, "lac_within_20_miles_percent": 67},
}  # fmt: skip


@pytest.mark.parametrize("quarter", PUBLISHED)
def test_what_happens_to_the_children_gives_the_published_figures(known, quarter):
    table = compute(known, Quarter.parse(quarter), list(PUBLISHED[quarter])).set_index("indicator")
    found = {name: round_half_up(table.at[name, "value"], 0) for name in PUBLISHED[quarter]}
    assert found == PUBLISHED[quarter]


@pytest.mark.parametrize(("quarter", "mean"), [("2015-16-Q4", 14.8), ("2016-17-Q4", 16.1), ("2017-18-Q4", 14.6)])
def test_the_mean_score_is_that_published(known, quarter, mean):
    value = compute(known, Quarter.parse(quarter), ["sdq_mean"])["value"].iloc[0]
    assert round_half_up(value, 1) == mean


def test_adoption_is_quicker_than_in_england(known):
    found = compute(known, Quarter.parse("2017-18-Q4"), ["adoption_a1_days", "adoption_a10_days", "adoption_a2_days"])
    value = found.set_index("indicator")["value"]
    # England's mean from entering care to moving in was 486 days, of children adopted from 2015 to 2018.
    assert value["adoption_a10_days"] < value["adoption_a1_days"] < 486
    assert 0 < value["adoption_a2_days"] < value["adoption_a1_days"]


# --- the logic of it ---------------------------------------------------------------------------------------------


def test_a_placement_order_comes_before_adoption_and_after_proceedings(tables):
    adoptions = tables["adoptions"]
    done = adoptions[adoptions["order_date"].notna()]
    assert ((done["order_date"] - done["placement_order_date"]).dt.days >= 210).all()
    assert ((done["order_date"] - done["placed_date"]).dt.days >= 70).all()
    assert (done["matched_date"] <= done["placed_date"]).all()
    assert ((adoptions["placement_order_date"] - adoptions["entered_care"]).dt.days >= 150).all()
    assert not (adoptions["order_date"].notna() & adoptions["reversed_date"].notna()).any()


def test_every_child_who_is_adopted_had_an_order_until_then(tables):
    episodes = tables["care_episodes"]
    adopted = episodes[episodes["reason_ended"].isin(["E11", "E12"]).fillna(False)]
    assert len(adopted)
    assert adopted["legal_status"].eq("E1").all()
    assert adopted["placement"].isin(["A5", "A6"]).all()


def test_short_breaks_are_weekends_of_disabled_children_who_are_not_looked_after(tables):
    episodes, people = tables["care_episodes"], tables["children"].set_index("child_id")
    breaks = episodes[episodes["legal_status"].eq("V3")]
    others = episodes[~episodes["legal_status"].eq("V3")]
    assert not set(breaks["child_id"]) & set(others["child_id"])
    assert not set(breaks["child_id"]) & set(tables["care_periods"]["child_id"])
    assert (breaks["start_date"].dt.day_of_week == 4).all()
    assert (breaks["end_date"] - breaks["start_date"]).eq(pd.Timedelta(days=2)).all()
    # DfE's rule 365: no stay under V3 lasts longer than 17 days.
    assert people.loc[breaks["child_id"], "disabled"].all()
    age = age_at(
        people["date_of_birth"].reindex(breaks["child_id"]).reset_index(drop=True),
        breaks["start_date"].reset_index(drop=True),
    )
    assert age.between(5, 16).all()
    # Easter Saturday of 2018, and an ordinary Sunday night.
    for day, there in (("2018-03-31", 14), ("2018-09-30", 0)):
        assert ((breaks["start_date"] <= day) & (breaks["end_date"] > day)).sum() == there


def test_every_postcode_of_the_episodes_is_in_the_directory(tables):
    episodes, directory = tables["care_episodes"], tables["postcodes"]
    used = set(episodes["home_postcode"].dropna()) | set(episodes["placement_postcode"])
    assert used == set(directory["postcode"])
    assert directory["authority"].nunique() > 5


def test_children_who_came_alone_have_no_home_here_and_no_others_lack_one(tables):
    episodes = tables["care_episodes"]
    alone = tables["children"].set_index("child_id")["unaccompanied"].reindex(episodes["child_id"])
    assert (episodes["home_postcode"].isna().to_numpy() == alone.fillna(False).to_numpy(bool)).all()


def test_children_at_home_are_at_home(tables):
    episodes = tables["care_episodes"]
    home = episodes[episodes["placement"].eq("P1")]
    assert len(home)
    assert (home["home_postcode"] == home["placement_postcode"]).all()


def test_children_who_go_missing_are_looked_after_then(tables):
    periods, missing = tables["care_periods"], tables["missing_episodes"]
    both = missing.reset_index().merge(periods, on="child_id", suffixes=("", "_care"))
    inside = (both["start_date"] >= both["start_date_care"]) & ~(both["start_date"] > both["end_date_care"]).fillna(
        False
    )
    assert set(both.loc[inside, "index"]) == set(range(len(missing)))


# --- places ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer(load(LAST, 1.0))


def test_a_postcode_is_always_at_the_same_point_near_its_district(gazetteer):
    name = postcode("NE63", 0.42)
    first, again = gazetteer.points([name, name])
    assert (first == again).all()
    assert miles(first.reshape(1, 2), np.asarray([[427_000, 588_000]]))[0] < 2.3


def test_districts_belong_to_the_authorities_of_the_parameters(gazetteer):
    assert gazetteer.authority_of("DH1 1AA") == "Durham"
    assert gazetteer.authority_of("NE63 1AA") == gazetteer.own


def test_twenty_miles_in_metres():
    assert miles(np.asarray([[0, 0]]), np.asarray([[32_186, 0]]))[0] == pytest.approx(20)
