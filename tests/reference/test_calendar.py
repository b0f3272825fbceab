"""Quarters, collection years and working days, on dates worked out by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.reference import calendar
from analysis.reference.calendar import Quarter

DAYS = st.dates(dt.date(2005, 1, 1), dt.date(2035, 12, 31))


def working_days(start: str, end: str) -> int:
    return int(calendar.working_days_between([start], [end])[0])


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2018-09-28", "2018-10-01", 1),  # Friday to Monday
        ("2018-09-28", "2018-09-28", 0),
        ("2018-09-29", "2018-10-01", 1),  # Saturday to Monday
        ("2018-03-29", "2018-04-03", 1),  # over Easter: Good Friday and Easter Monday don't count
        ("2018-12-24", "2018-12-27", 1),  # Christmas Day and Boxing Day don't count
        ("2017-12-29", "2018-01-02", 1),  # New Year's Day doesn't count
        ("2018-10-01", "2018-09-28", -1),
        ("2018-09-03", "2018-09-24", 15),
    ],
)
def test_working_days_between(start, end, days):
    assert working_days(start, end) == days


def test_missing_dates_give_missing_days():
    counted = calendar.working_days_between(pd.Series(["2018-01-02", None]), pd.Series([None, "2018-01-02"]))
    assert counted.isna().all()


@given(st.dates(dt.date(1999, 1, 1), dt.date(2041, 12, 31)), st.integers(0, 900))
def test_days_are_counted_without_any_of_the_bank_holidays(start, length):
    """By decade or all at once, the same."""
    end = start + dt.timedelta(days=length)
    every = pd.Series(pd.date_range(start + dt.timedelta(days=1), end))
    free = pd.to_datetime(pd.Series(calendar.bank_holidays()))
    working = every[(every.dt.day_of_week < 5) & ~every.isin(free)]
    assert calendar.working_days_between([start], [end]).iloc[0] == len(working)


@given(DAYS, st.integers(1, 60))
def test_adding_working_days_and_counting_them_agree(day, number):
    moved = calendar.add_working_days([day], number)[0]
    assert calendar.working_days_between([day], [moved])[0] == number


@given(DAYS)
def test_a_day_is_in_its_own_quarter(day):
    quarter = Quarter.containing(day)
    assert quarter.start <= day <= quarter.end
    assert Quarter.parse(str(quarter)) == quarter


@given(DAYS, st.integers(-40, 40))
def test_shifting_quarters_and_back(day, number):
    quarter = Quarter.containing(day)
    assert quarter.shift(number).shift(-number) == quarter
    assert quarter.shift(1).start == quarter.end + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "start", "end", "words"),
    [
        ("2018-19-Q2", dt.date(2018, 7, 1), dt.date(2018, 9, 30), "July to September 2018"),
        ("2017-18-Q4", dt.date(2018, 1, 1), dt.date(2018, 3, 31), "January to March 2018"),
    ],
)
def test_quarters(text, start, end, words):
    quarter = Quarter.parse(text)
    assert (quarter.start, quarter.end, quarter.words) == (start, end, words)


@pytest.mark.parametrize("text", ["2018-20-Q2", "2018-19-Q5", "Q2 2018", ""])
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(ValueError, match="write it like 2018-19-Q2"):
        Quarter.parse(text)


def test_the_collection_year_is_the_one_it_ends_in():
    assert [calendar.collection_year(dt.date(*d)) for d in ((2017, 6, 30), (2018, 3, 31), (2018, 4, 1))] == [
        2018,
        2018,
        2019,
    ]


def test_age():
    births = pd.Series(pd.to_datetime(["2010-09-30", "2010-10-01", "2019-01-01", None, "2016-02-29"]))
    assert calendar.age_at(births, dt.date(2018, 9, 30)).tolist()[:3] == [8, 7, -1]
    assert calendar.age_at(births, dt.date(2018, 9, 30)).isna().tolist() == [False, False, False, True, False]
    assert calendar.age_at(births, dt.date(2018, 2, 28))[4] == 1
