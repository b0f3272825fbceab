"""Alternative text says what the chart shows, and nothing that is withheld."""

from __future__ import annotations

import pandas as pd

from analysis.charts import describe
from analysis.charts.control import Limits
from analysis.disclosure import release

DATES = pd.to_datetime(["2017-03-31", "2017-06-30", "2017-09-30", "2017-12-31"])


def released(audience="public", **columns):
    frame = pd.DataFrame({"end": DATES, **columns})
    return release(frame, audience, counts=["n"], derived={"rate": ["n"]})


def test_a_line_says_where_from_and_to_and_its_highest_and_lowest():
    data = released(rate=[60.0, 75.5, 58.0, 66.7], n=90)
    assert describe.lines(data, "end", "rate", "rate_per_10000", "plans") == (
        "Line chart of plans. It rose from 60.0 at March 2017 to 66.7 at December 2017; "
        "highest 75.5 (June 2017), lowest 58.0 (September 2017)."
    )


def test_a_withheld_point_is_counted_and_not_told():
    data = released(rate=[60.0, 75.5, 58.0, 66.7], n=[90, 3, 90, 90])
    text = describe.lines(data, "end", "rate", "rate_per_10000", "plans")
    assert "75.5" not in text
    assert text.endswith("One point is withheld.")
    assert "It fell from 90" not in describe.lines(released(rate=[60.0] * 4, n=3), "end", "rate", "percent", "plans")
    assert describe.lines(released(rate=[60.0] * 4, n=3), "end", "rate", "percent", "plans") == (
        "Line chart of plans. It has no values that can be shown."
    )


def test_bars_are_read_out_with_c_for_the_withheld():
    frame = pd.DataFrame({"source": ["Police", "Health"], "n": [1200, 4]})
    text = describe.bars(release(frame, "board", counts=["n"]), "source", "n", "count", "referrals")
    assert text == "Bar chart of referrals: Police 1,200; Health c (c: withheld to protect small numbers)."
    assert "Health 4" in describe.bars(release(frame, "internal", counts=["n"]), "source", "n", "count", "referrals")


def test_steps_have_signs():
    frame = pd.DataFrame({"l": ["Was", "Fewer"], "v": [234, -12]})
    assert describe.waterfall(release(frame, "public", counts=["v"]), "l", "v", "plans") == (
        "Waterfall chart of plans: Was 234; Fewer −12."
    )


def test_a_survival_curve_is_read_at_its_marks():
    frame = pd.DataFrame({"t": [100.0, 300.0, 800.0], "s": [80.0, 55.0, 20.0], "n": 90})
    data = release(frame, "public", counts=["n"], derived={"t": [], "s": ["n"]})
    text = describe.survival(
        data, "t", "s", "placements", [(365.25, "one year"), (730.5, "two years"), (900, "later")], None
    )
    assert text == "Survival curve of placements. Still going on: 55% at one year and 55% at two years."


def test_a_control_chart_says_how_many_months_are_withheld():
    months = pd.DataFrame({"m": pd.date_range("2018-01-01", periods=4, freq="MS"), "n": [20, 3, 22, 21]})
    data = release(months, "public", counts=["n"])
    text = describe.control(data, "m", "n", Limits(16.5, 5.0, 28.0), "Nothing.", "referrals")
    assert text == (
        "Control chart of referrals, 4 months, 1 of them withheld. The mean is 16.5 a month and usual variation lies "
        "between 5 and 28. The latest, April 2018, is 21. Nothing."
    )
    assert describe.control(data, "m", "n", None, "", "referrals").endswith("There is nothing to show.")
