"""At full size, what happens in each year is what the parameter files say."""

import time

import pandas as pd
import pytest

from analysis.reference.quarters import Quarter
from analysis.simulation.parameters import load
from analysis.simulation.truth import live


@pytest.fixture(scope="module")
def story():
    return live(Quarter(2018, 2), 20181231, 1.0)


def in_year(days, year):
    found = pd.to_datetime(pd.Series(days.astype("int64")).clip(-30_000, 60_000), unit="D")
    last = f"{year + 1}-03-31" if year < 2018 else "2018-09-30"
    return found.between(f"{year}-04-01", last)


# Referrals, conferences, plans that start, of them repeat, plans that end, care that starts, care that ends.
PUBLISHED = {
    2015: (5002, 431, 396, 36, 389, 207, 191),
    2016: (3286, 451, 367, 25, 487, 246, 226),
    2017: (3584, 606, 511, 82, 350, 177, 197),
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_a_years_events_are_those_of_the_parameters(story, year):
    starts = in_year(story.plans["start"], year)
    counted = (
        in_year(story.referrals["day"], year).sum(),
        in_year(story.conferences["day"], year).sum(),
        starts.sum(),
        (starts & (story.plans["previous"] > 0)).sum(),
        in_year(story.plans["end"], year).sum(),
        in_year(story.periods["start"], year).sum(),
        in_year(story.periods["end"], year).sum(),
    )
    assert counted == PUBLISHED[year]


def test_half_of_2018_19_has_its_quarters_of_the_years_counts(story):
    assert in_year(story.referrals["day"], 2018).sum() == sum((309, 299, 299, 359, 221, 315))
    parameters = load(Quarter(2018, 2), 1.0)
    halves = [sum(parameters.count(Quarter(2018, q), "plans", name) for q in (1, 2)) for name in ("starts", "ends")]
    assert [in_year(story.plans[name], 2018).sum() for name in ("start", "end")] == halves


def test_the_stock_of_plans_and_of_looked_after_children(story):
    def stock(log, day):
        number = pd.Timestamp(day).toordinal() - pd.Timestamp("1970-01-01").toordinal()
        return int(((log["start"] <= number) & (log["end"] > number)).sum())

    assert [stock(story.plans, f"{year}-03-31") for year in (2015, 2016, 2017, 2018)] == [355, 362, 242, 403]
    days = ("2015-03-31", "2016-03-31", "2017-03-31", "2018-03-31", "2018-09-30")
    assert [stock(story.periods, day) for day in days] == [370, 386, 406, 386, 370]


def test_the_clear_out_leaves_no_plan_of_two_years(story):
    plans = story.plans
    day = pd.Timestamp("2018-03-31").toordinal() - pd.Timestamp("1970-01-01").toordinal()
    assert not ((plans["start"] <= day - 730) & (plans["end"] > day)).any()
    cleared = in_year(plans["end"], 2016)
    assert ((plans["end"] - plans["start"])[cleared.to_numpy()] >= 730).sum() >= 20


def test_telling_the_story_takes_seconds():
    began = time.process_time()
    live(Quarter(2018, 2), 5, 0.03)
    assert time.process_time() - began < 20
