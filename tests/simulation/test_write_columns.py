"""Text columns lose nothing, and windows include their first and last day."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analysis.reference.quarters import Quarter
from analysis.simulation.write_columns import (
    choices,
    iso_dates,
    plain_numbers,
    recoded,
    six_months_before,
    starting,
    touching,
    uk_dates,
)

DAYS = some.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))
FIRST, LAST = dt.date(2018, 4, 1), dt.date(2018, 9, 30)


@given(some.lists(some.one_of(some.none(), DAYS)))
def test_dates_come_back_from_both_shapes(days):
    column = pd.Series(pd.to_datetime(pd.Series(days, dtype=object)).array).astype("datetime64[us]")
    for written, shape in ((uk_dates(column), "%d/%m/%Y"), (iso_dates(column), "%Y-%m-%d")):
        assert [dt.datetime.strptime(text, shape).date() if text else None for text in written] == days


@given(some.lists(some.floats(-1e12, 1e12)))
def test_numbers_come_back_whole_and_never_as_an_exponent(numbers):
    written = plain_numbers(pd.Series(numbers, dtype="Float64"))
    assert [float(text) for text in written] == numbers
    assert not any("e" in text for text in written)


def test_blanks_are_blank():
    assert plain_numbers(pd.Series([1, None], dtype="Int64")) == ["1", ""]
    assert choices(pd.Series([True, False, None], dtype="boolean"), "Yes", "No") == ["Yes", "No", ""]
    assert recoded(pd.Series(["M", None, "X"], dtype="string"), {"M": "1"}) == ["1", "", "X"]


@pytest.mark.parametrize(
    ("quarter", "day"),
    [
        (Quarter(2018, 1), "2017-12-30"),
        (Quarter(2018, 2), "2018-03-30"),
        (Quarter(2018, 3), "2018-06-30"),
        (Quarter(2018, 4), "2018-09-30"),
    ],
)
def test_six_months_before_a_quarters_end(quarter, day):
    assert str(six_months_before(quarter)) == day


@given(DAYS, some.one_of(some.none(), some.integers(0, 2000)))
def test_a_period_touches_the_window_if_it_has_a_day_in_it(start, length):
    end = None if length is None else start + dt.timedelta(days=length)
    starts = pd.Series([pd.Timestamp(start)])
    ends = pd.Series([pd.NaT if end is None else pd.Timestamp(end)])
    assert touching(starts, ends, FIRST, LAST).tolist() == [start <= LAST and (end is None or end >= FIRST)]
    assert starting(starts, FIRST, LAST).tolist() == [FIRST <= start <= LAST]


def test_a_missing_start_is_in_no_window():
    blank = pd.Series([pd.NaT], dtype="datetime64[us]")
    assert not touching(blank, blank, FIRST, LAST).any()
    assert not starting(blank, FIRST, LAST).any()
