"""How figures, dates and periods are written."""

import datetime as dt

import pytest

from analysis.disclosure import wording


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234, "count", "1,234"), (0, "count", "0"), (-12, "count", "−12"), (-0.2, "count", "0"),
        (82.5, "percent", "83%"), (12.5, "percent", "13%"), (66.65, "rate_per_10000", "66.7"), (66.65, "rate_whole", "67"),
        (5, "mean", "5.0"), (91, "days", "91 days"), (None, "count", "not available"), (float("nan"), "percent", "not available"),
    ],
)  # fmt: skip
def test_figures(value, unit, text):
    assert wording.number(value, unit) == text


def test_withheld_is_c_whatever_it_was():
    assert wording.number(3, "count", withheld=True) == "c"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ((2018, 9, 30), (2018, 9, 30), "30 September 2018"),
        ((2017, 10, 1), (2018, 9, 30), "the year to 30 September 2018"),
        ((2018, 7, 1), (2018, 9, 30), "July to September 2018"),
        ((2017, 12, 1), (2018, 2, 28), "December 2017 to February 2018"),
        ((2018, 9, 1), (2018, 9, 30), "September 2018"),
        ((2018, 9, 3), (2018, 9, 30), "3 September 2018 to 30 September 2018"),
    ],
)
def test_periods(start, end, text):
    assert wording.period(dt.date(*start), dt.date(*end)) == text


def test_lists():
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"
