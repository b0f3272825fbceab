"""A control chart after a rebase: each stretch has limits of its own, over its own months."""

from __future__ import annotations

import pandas as pd

from analysis.charts import control
from analysis.disclosure import release

MONTHS = pd.date_range("2016-04-01", periods=24, freq="MS")


def drawn(stretches):
    data = release(
        pd.DataFrame({"month": MONTHS, "n": [30, 34] * 6 + [50, 54] * 6, "special": ""}), "public", counts=["n"]
    )
    return control.chart(
        data, "month", "n", stretches[-1].limits, special="special", floor=None, stretches=stretches
    ).axes[0]


def test_limits_are_drawn_over_their_own_months():
    old, new = control.Limits(32, -5, 43), control.Limits(52, 41, 63)
    axes = drawn([control.Stretch(MONTHS[0], old), control.Stretch(MONTHS[12], new)])
    levels = {
        float(line.get_ydata()[0]): line
        for line in axes.lines
        if len(set(line.get_ydata())) == 1 and len(line.get_xdata()) == 2
    }
    assert {32, -5, 43, 52, 41, 63} <= set(levels)
    begins = pd.Timestamp(levels[52].get_xdata()[0])
    assert pd.Timestamp(levels[32].get_xdata()[1]) == begins
    assert MONTHS[11] < begins < MONTHS[12]
    assert "new limits" in [text.get_text() for text in axes.texts]


def test_one_stretch_is_a_plain_chart_and_minus_is_a_minus():
    axes = drawn([control.Stretch(MONTHS[0], control.Limits(42, -5, 63))])
    told = [text.get_text() for text in axes.texts]
    assert "new limits" not in told
    assert "lower limit\n\u22125" in told
