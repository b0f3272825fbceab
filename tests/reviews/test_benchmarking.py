"""Benchmarking: every published measure is beside others once, and where a figure lies among all is worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.findings.funnels import Field
from analysis.indicators import registry
from analysis.indicators.comparison import Comparison
from analysis.indicators.definition import COUNT
from analysis.methods import funnel_plots
from analysis.reference import benchmarks
from analysis.reviews.benchmarking import beside, scale, standing, words


def test_every_indicator_that_is_a_published_rate_or_share_stands_in_one_part():
    wanted = {one.id for one in registry.indicators().values() if one.id in benchmarks.measures() and one.unit != COUNT}
    assert set(beside.every_measure()) == wanted
    assert len(beside.every_measure()) == len(wanted)
    shown = [part for parts in beside.FIGURES.values() for part in parts]
    assert sorted(shown) == sorted(part.id for part in beside.PARTS)


@pytest.fixture(scope="module")
def plot():
    """Thirty authorities of 10,000 children at the target of 100, so that only chance is between them."""
    observed = np.array([90.0, 95, 100, 105, 110] * 6)
    return funnel_plots.funnel(funnel_plots.RATE, observed, np.full(30, 10_000.0), target=0.01)


def test_where_another_figure_would_lie(plot):
    # Poisson about 100: the 99.8% limits are near 71 and 133, the 95% ones near 81 and 120.
    assert plot.beyond_at([0.0100, 0.0125, 0.0140, 0.0065], 10_000.0).tolist() == [0, 1, 2, -2]


def test_the_scale_ends_at_the_outer_limits_and_has_the_target_in_the_middle(plot):
    (low, high) = plot.limits([10_000.0], adjusted=True)[-1, :, 0]
    assert scale.part_of_the_way(plot, 0.01, 10_000)[0] == 0
    assert scale.part_of_the_way(plot, high, 10_000)[0] == pytest.approx(1)
    assert scale.part_of_the_way(plot, low, 10_000)[0] == pytest.approx(-1)
    assert scale.part_of_the_way(plot, 0.01 + (high - 0.01) / 2, 10_000) == pytest.approx((0.5, -1, 1)), (
        "chance is all there is"
    )


def row(value, lower, upper):
    return pd.Series({"value": value, "lower": lower, "upper": upper})


def england(value):
    return Comparison("x", "england", "England", (None, None), "percent", value=value)


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (row(90.0, 88.0, 92.0), 83.0, "above"), (row(90.0, 88.0, 92.0), 95.0, "below"), (row(90.0, 88.0, 92.0), 91.0, "in line with"),
        (row(90.0, np.nan, np.nan), 89.0, "above"), (row(90.0, np.nan, np.nan), 90.0, "in line with"), (row(np.nan, np.nan, np.nan), 90.0, ""),
    ],
)  # fmt: skip
def test_beside_england_by_more_than_our_own_chance(ours, theirs, said):
    assert standing.against(ours, england(theirs)) == said


def test_nothing_is_said_where_nothing_is_compared():
    refused = Comparison(
        "x", "england", "England", (None, None), "percent", refused="nothing had been published by then"
    )
    assert standing.against(row(90.0, 88.0, 92.0), refused) == ""


def one(indicator, *, value, usual=0):
    """A standing whose published figure lies `value` beyond chance and `usual` beyond usual differences."""
    rows = pd.DataFrame({"kind": ["this"] + ["other"] * 29})
    plot = funnel_plots.Funnel("rate", 0.01, (0.95, 0.998), np.ones(30), np.ones(30), np.ones(30), np.zeros(30), 5.0, 0.1, True,
                               np.array([value] + [0] * 29), np.array([usual] + [0] * 29))  # fmt: skip
    about = registry.indicators()[indicator]
    field = Field(indicator, about.title, about.unit, "Ours", label="2017-18", rows=rows, funnel=plot)
    return standing.Standing(about, row(1.0, 0.9, 1.1), england(1.0), field, "in line with", None, "1")


def test_outside_the_limits_is_told_by_side_and_never_as_good_or_bad_without_polarity():
    found = [
        one("referral_rate", value=2, usual=2),
        one("rereferral_percent", value=-2, usual=-2),
        one("cpp_rate", value=2),
        one("lac_rate", value=0),
    ]
    said = words.outside_usual(found, "Ours")
    assert "lies outside on 2 measures" in said
    assert "Above: referrals per 10,000 children (neither direction is better in itself)" in said
    assert "Below: referrals within 12 months of an earlier one (lower is better)" in said
    assert "child protection plans per 10,000 children" not in said
    assert "child protection plans per 10,000 children" in words.outside_chance(found)
    for told in (said, words.outside_chance(found)):
        assert not any(word in told for word in ("worst", "best ", "rank", "poor", "good"))


def test_positions_fit_a_cell():
    found = one("referral_rate", value=2, usual=0)
    assert [standing.position(found.field, beyond) for beyond in (None, (0, 0), (1, 0), (2, 0), (-2, -2))] == [
        "–", "within chance", "within chance", "above chance only", "below usual differences",
    ]  # fmt: skip
