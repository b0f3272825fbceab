"""At full size, what happens in each year is what the parameter files say, and that is what was published."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from analysis.reference.quarters import Quarter
from analysis.simulation.days import number
from analysis.simulation.truth import live

SEEDS = (20181231, 2)


@pytest.fixture(scope="module", params=SEEDS)
def story(request):
    return live(Quarter(2018, 2), request.param, 1.0)


def day(year, month, of_month):
    return number(dt.date(year, month, of_month))


def in_year(days, year):
    """Those in the financial year, or in the half of 2018-19 that is lived."""
    days = np.asarray(days).astype(np.int64)
    return (days >= day(year, 4, 1)) & (days <= (day(year + 1, 3, 31) if year < 2018 else day(2018, 9, 30)))


def known(story, year):
    """Ends that the system had by the 31 March after the year: of plans, as dates; far ahead for the others."""
    plans = story.plans
    end, last = plans["end"].astype(np.int64), day(year + 1, 3, 31)
    waits = plans["unrecorded"].astype(bool) & (end > last - 31) & (end <= last)
    return np.where(waits, last + 1000, end)


# Referrals, conferences, plans that start, of them repeat: DfE children in need, C1, C4, D1, D3.
PUBLISHED = {2015: (5002, 431, 396, 36), 2016: (3286, 451, 367, 25), 2017: (3584, 606, 511, 82)}


@pytest.mark.parametrize("year", PUBLISHED)
def test_a_years_events_are_the_published_ones(story, year):
    starts = in_year(story.plans["start"], year)
    counted = (
        in_year(story.referrals["day"], year).sum(),
        in_year(story.conferences["day"], year).sum(),
        starts.sum(),
        (starts & (story.plans["previous"] > 0)).sum(),
    )
    assert counted == PUBLISHED[year]


# Open on 31 March, ended in the year; open and ended after two years: DfE children in need, D1, D5, D7.
PLANS = {2015: (361, 389, 29, 39), 2016: (234, 487, 9, 43), 2017: (391, 350, 0, 12)}


@pytest.mark.parametrize("year", PLANS)
def test_plans_as_known_each_march_are_the_published_ones(story, year):
    stock, ended, long_open, long_ended = PLANS[year]
    start, end, last = story.plans["start"].astype(np.int64), known(story, year), day(year + 1, 3, 31)
    open_then = (start <= last) & (end > last)
    assert open_then.sum() == stock
    assert in_year(end, year).sum() == ended
    assert (open_then & (last - start >= 730)).sum() == long_open
    # Whoever turns eighteen ends when they do, so a band may be a plan or two short.
    assert abs((in_year(end, year) & (end - start >= 730)).sum() - long_ended) <= 2


def test_the_published_identity_leaves_its_residuals(story):
    """Opening stock and starts less ends, each as known that March, miss the closing stock by the ends of the March
    before that were recorded late: 1, 7 and 4."""
    start = story.plans["start"].astype(np.int64)
    stock = {
        year: ((start <= day(year, 3, 31)) & (known(story, year - 1) > day(year, 3, 31))).sum()
        for year in (2015, 2016, 2017, 2018)
    }
    left = [
        stock[year + 1] - (stock[year] + in_year(start, year).sum() - in_year(known(story, year), year).sum())
        for year in (2015, 2016, 2017)
    ]
    assert left == [-1, -7, -4]


def test_half_of_the_rise_of_2017_18_is_the_exit_rate_falling_back(story):
    starts = [in_year(story.plans["start"], year).sum() for year in (2016, 2017)]
    ends = [in_year(known(story, year), year).sum() for year in (2016, 2017)]
    assert (starts[1] - starts[0], ends[0] - ends[1]) == (144, 137)


def test_neglect_starts_rose_by_about_two_thirds(story):
    neglect = [
        (in_year(story.plans["start"], year) & (story.plans["category"] == "NEG")).sum() for year in (2016, 2017)
    ]
    assert neglect == [163, 267]


def test_no_plan_is_two_years_old_in_september_2018(story):
    start, end, last = story.plans["start"].astype(np.int64), story.plans["end"].astype(np.int64), day(2018, 9, 30)
    assert not ((start <= last - 730) & (end > last)).any()
    open_now = ((start <= last) & (end > last)).sum()
    assert open_now > 391


# Children in need on the day, of them awaiting assessment: DfE children in need, B1; 2.5 per 10,000 in September 2018.
NEED = {(2016, 3, 31): (2900, 4), (2017, 3, 31): (2485, 14), (2018, 3, 31): (2692, 15), (2018, 9, 30): (2526, 15)}


@pytest.mark.parametrize("date", NEED)
def test_open_cases_and_those_that_wait_for_an_assessment(story, date):
    start, close, assessed = (story.episodes[name].astype(np.int64) for name in ("start", "close", "assessed"))
    open_then = (start <= day(*date)) & (close > day(*date))
    assert (open_then.sum(), (open_then & (assessed > day(*date))).sum()) == NEED[date]


@pytest.mark.parametrize(("year", "published"), [(2015, 1480), (2016, 781), (2017, 619)])
def test_referrals_within_twelve_months_of_another_are_the_published_ones(story, year, published):
    order = np.lexsort((story.referrals["day"].astype(int), story.referrals["child"].astype(int)))
    child, when = (story.referrals[name].astype(np.int64)[order] for name in ("child", "day"))
    again = np.zeros(len(child), dtype=bool)
    again[1:] = (child[1:] == child[:-1]) & (when[1:] - when[:-1] <= 365)
    assert (again & in_year(when, year)).sum() == published


@pytest.mark.parametrize(("year", "published"), [(2015, 1416), (2016, 986), (2017, 1087)])
def test_assessed_as_not_in_need_by_the_years_end(story, year, published):
    episodes = story.episodes
    refused = in_year(episodes["start"], year) & episodes["not_in_need"].astype(bool) & in_year(episodes["close"], year)
    # Some of them go on to be looked after before their assessment is done.
    assert published - 20 <= refused.sum() <= published


def test_referrals_of_each_month_are_those_of_the_census(story):
    months = [248, 230, 302, 161, 267, 352, 318, 335, 260, 400, 339, 372]
    when = story.referrals["day"].astype("datetime64[D]").astype("datetime64[M]")
    first = np.datetime64("2017-04")
    assert [(when == first + n).sum() for n in range(12)] == months


def test_looked_after_children_on_each_day(story):
    start, end = (story.periods[name].astype(np.int64) for name in ("start", "end"))
    days = [(2016, 3, 31), (2017, 3, 31), (2018, 3, 31), (2018, 9, 30)]
    assert [((start <= day(*d)) & (end > day(*d))).sum() for d in days] == [386, 406, 386, 370]
