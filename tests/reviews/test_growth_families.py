"""Families inferred from plans: what is linked and what isn't, and how near that comes to the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.records.history import Known
from analysis.records.tables import TABLES
from analysis.reference.quarters import Quarter
from analysis.reviews.growth.families import family_groups, group_sizes, sibling_groups
from analysis.simulation.days import number
from analysis.simulation.parameters import load
from analysis.simulation.population import draw_population
from analysis.simulation.truth import simulate

SCALE, SEED = 0.3, 11

PLANS = """
child  start       team   referral    worker
A      2017-05-01  North  2017-04-10  W1
B      2017-05-01  North  2017-04-10  W2
C      2017-05-01  North  2017-04-12  W1
D      2017-05-01  South  2017-04-10  W1
A      2018-02-01  North  2018-01-15  W1
E      2018-02-01  North  2018-01-15  W3
F      2018-06-01  North  -           W1
G      2018-06-01  North  -           W1
H      2018-06-01  North  -           W2
"""


def plans_of(text: str) -> pd.DataFrame:
    rows = [line.split() for line in text.strip().splitlines()[1:]]
    names = ["child_id", "start_date", "team", "referral_date", "worker"]
    frame = pd.DataFrame(rows, columns=names).replace("-", None)
    dates = {name: pd.to_datetime(frame[name]) for name in ("start_date", "referral_date")}
    return frame.astype("string").assign(**dates)


def test_brothers_and_sisters_begin_together_from_one_referral():
    assert sibling_groups(plans_of(PLANS)).tolist() == [0, 0, 1, 2, 3, 3, 4, 4, 5]
    assert group_sizes(sibling_groups(plans_of(PLANS))).tolist() == [2, 2, 1, 1, 2, 2, 2, 2, 1]


def test_a_family_is_whatever_its_children_link():
    assert family_groups(plans_of(PLANS)).tolist() == [0, 0, 1, 2, 0, 0, 3, 3, 4]


def test_a_missing_referral_is_looked_up():
    referrals = pd.DataFrame(
        {"child_id": ["F", "H", "G"], "date": pd.to_datetime(["2018-05-01", "2018-05-01", "2018-06-02"])}
    )
    known = Known.from_tables({"referrals": TABLES["referrals"].conform(referrals)})
    groups = sibling_groups(plans_of(PLANS), known).tolist()
    assert groups[6] == groups[8] != groups[7]
    enquiries = pd.DataFrame(
        {
            "child_id": ["F", "G"],
            "start_date": pd.to_datetime(["2018-05-20", "2018-05-20"]),
            "conference_date": pd.to_datetime(["2018-06-01", "2018-06-01"]),
        }
    )
    known = Known.from_tables({"section47_enquiries": TABLES["section47_enquiries"].conform(enquiries)})
    other_worker = plans_of(PLANS.replace("G      2018-06-01  North  -           W1", "G 2018-06-01 North - W9"))
    groups = sibling_groups(other_worker, known).tolist()
    assert groups[6] == groups[7] != groups[8]


def test_a_child_has_one_plan_in_a_group_and_the_index_is_kept():
    twice = plans_of("h\nA 2017-05-01 North 2017-04-10 W1\nA 2017-05-01 North 2017-04-10 W1").set_axis([7, 3])
    assert sibling_groups(twice).to_dict() == {7: 0, 3: 1}
    assert family_groups(twice).to_dict() == {7: 0, 3: 0}
    assert family_groups(twice.iloc[:0]).empty


@pytest.fixture(scope="module")
def truth_and_plans():
    told = simulate(seed=SEED, scale=SCALE)
    last = told.quarters[-1]
    people = draw_population(load(Quarter(last.year, last.number), SCALE), number(last.end), SEED)
    plans = told.tables["protection_plans"].reset_index(drop=True)
    family = pd.Series(people.family, index=people.identifier).reindex(plans["child_id"])
    assert family.notna().all()
    return told, plans, family.to_numpy()


def agreement(groups: pd.Series, family: np.ndarray) -> tuple[float, float]:
    """Of pairs put together, the share that belong together; of pairs that belong together, the share put together."""

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1) / 2).sum())

    table = pd.crosstab(groups.to_numpy(), family).to_numpy()
    both = pairs(table)
    return both / pairs(table.sum(axis=1)), both / pairs(table.sum(axis=0))


def test_how_near_the_inferred_families_come_to_the_true_ones(truth_and_plans):
    told, plans, family = truth_and_plans
    known = Known.from_tables({name: told.tables[name] for name in ("referrals", "section47_enquiries")})
    right, found = agreement(family_groups(plans, known), family)
    print(f"families: {right:.0%} of linked pairs are true, {found:.0%} of true pairs are linked")
    assert right > 0.95
    assert found > 0.6
    # Without referral dates in the plans (Annex A has none), they are looked up, and it does as well.
    blank = plans.assign(referral_date=pd.NaT)
    assert agreement(family_groups(blank, known), family) == pytest.approx((right, found), abs=0.03)
