"""Invented authorities with a known cause: the change is there, in its year, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.reference.project import UsageError
from analysis.reference.quarters import Quarter
from analysis.simulation.days import FAR, draw_groups, number
from analysis.simulation.plan_ends import BANDS, FROM
from analysis.simulation.scenarios import names, scenario
from analysis.simulation.truth import live

LAST, YEARS = Quarter(2017, 4), (2015, 2016, 2017)
SCALE = 0.5


@pytest.fixture(scope="module", params=names())
def told(request):
    return scenario(request.param), live(LAST, 5, SCALE, scenario=scenario(request.param))


def _year(day, year):
    return (day >= number(Quarter(year, 1).start)) & (day <= number(Quarter(year, 4).end))


def _starts(story, locality=None):
    start, child = story.plans["start"].astype(int), story.plans["child"].astype(int)
    here = np.ones(len(start), bool) if locality is None else story.population.locality[child] == locality
    return [int((_year(start, year) & here).sum()) for year in YEARS]


def _chance_a_month(story, year):
    """Of plans of six months to two years: how many ended a month at risk."""
    start, end = story.plans["start"].astype(int), story.plans["end"].astype(int)
    first, last = number(Quarter(year, 1).start), number(Quarter(year, 4).end)
    middle = FROM[BANDS.index("year")], FROM[BANDS.index("longer")] - 1
    low, high = np.maximum(first, start + middle[0]), np.minimum(np.minimum(end, last), start + middle[1])
    ended = (end >= low) & (end <= high) & (end < FAR)
    return ended.sum() / (np.maximum(high - low, 0).sum() / 30.4375)


def test_starts_are_level_but_for_what_the_scenario_adds(told):
    made, story = told
    steady = 380 * SCALE
    more = made.times.get("plans.starts", 1.0) * steady + SCALE * sum(made.more_in.get("starts", [0]))
    assert _starts(story) == [steady, steady, int(more + 0.5)]


def test_the_chance_of_ending_is_level_but_for_what_the_scenario_changes(told):
    made, story = told
    by = made.times.get("plans.monthly_chance_of_ending_percent", 1.0)
    for year in YEARS:
        changed = by if made.first <= year <= made.last else 1.0
        # About ten in a hundred, in either of the two bands; some 110 ends, many of them of brothers and sisters.
        assert _chance_a_month(story, year) == pytest.approx(0.111 * changed, rel=0.4)


def test_a_change_in_one_locality_leaves_the_others_as_they_were():
    made = scenario("one-locality")
    changed, steady = (live(LAST, 6, SCALE, scenario=one) for one in (made, scenario("nothing-changes")))
    others = [one for one in set(steady.population.locality) if one != made.locality]
    # The first quarters' extra plans change who is left to be chosen later: near, not the same.
    assert _starts(changed, made.locality)[2] == pytest.approx(_starts(steady, made.locality)[2] + 106, abs=15)
    assert sum(_starts(changed, one)[2] for one in others) == pytest.approx(
        sum(_starts(steady, one)[2] for one in others), abs=15
    )


def test_nothing_differs_before_the_change():
    made = [live(Quarter(2016, 4), 7, 0.1, scenario=scenario(name)) for name in ("more-start", "nothing-changes")]
    for column in ("child", "start", "end", "category"):
        assert (made[0].plans[column] == made[1].plans[column]).all()


def test_half_a_change_is_half_as_much():
    half = scenario("both").strengthened(0.5)
    assert half.times["plans.starts"] == pytest.approx(1.25)
    assert half.times["plans.monthly_chance_of_ending_percent"] == pytest.approx(0.8)
    assert scenario("one-locality").strengthened(0.5).more_in == {
        "locality": "South East", "starts": [26.5] * 4, "repeat": [2.5] * 4,
    }  # fmt: skip


def test_an_unknown_scenario_and_another_authority_are_refused():
    with pytest.raises(UsageError, match="there is no scenario 'x'; there are: both, "):
        scenario("x")
    with pytest.raises(UsageError, match="numbers of its own"):
        live(LAST, 1, 0.1, authority="420", scenario=scenario("both"))


def test_groups_are_drawn_as_by_sorting_everybody():
    for seed in range(40):
        rng = np.random.default_rng(seed)
        size = int(rng.integers(1, 400))
        group, weight = rng.integers(0, size, size), rng.choice([0.0, 1.0, 5.0], size)
        group, count = (np.sort(group) if seed % 2 else group), int(rng.integers(0, size + 5))
        again = np.random.default_rng(seed)
        _, place = np.unique(group, return_inverse=True)
        heaviest = np.zeros(place.max() + 1)
        np.maximum.at(heaviest, place, weight)
        waiting = again.exponential(size=len(heaviest)) / np.maximum(heaviest, 1e-12)
        plain = np.sort(np.lexsort((again.random(size), place, waiting[place]))[:count])
        assert (draw_groups(np.random.default_rng(seed), group, weight, count) == plain).all()
