"""One authority among all: published figures against the limits, left-out figures counted, and words that say it."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pytest

from analysis.charts import funnel as drawing
from analysis.disclosure import AUDIENCES
from analysis.findings import Review, bundle, funnels
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter

EDITION = dt.date(2018, 9, 30)


def test_the_year_is_the_latest_that_was_out_for_the_edition():
    assert funnels.field("cpp_start_rate", "929", EDITION).label == "2017-18"
    assert funnels.field("cpp_rate", "929", dt.date(2017, 6, 30)).label == "at 31 March 2016"


def test_every_authority_is_there_once_and_neighbours_are_marked():
    found = funnels.field("cpp_start_rate", "929", EDITION)
    assert found.rows["code"].is_unique
    assert (found.rows["kind"] == drawing.NEIGHBOUR).sum() == 10
    assert found.rows["kind"].value_counts()[drawing.THIS] == 1
    own = found.rows.iloc[found.place]
    assert (own["name"], own["numerator"], own["size"]) == ("Northumberland", 511, 58657)
    assert own["value"] == pytest.approx(87.1, abs=0.05)
    assert found.england == pytest.approx(58.7)


def test_counts_that_are_withheld_are_left_out_and_said():
    found = funnels.field("cpp_two_years_open_percent", "929", EDITION)
    assert found.withheld == 64
    assert np.isnan(found.funnel.dispersion)
    said = funnels.in_words(found)
    assert "64 authorities are left out because few children are behind the figure" in said
    assert "how much authorities usually differ can't be judged" in said


def test_trials_come_from_the_measure_that_counts_them():
    own = funnels.field("cpp_two_years_ended_percent", "929", EDITION)
    assert own.rows.iloc[own.place][["numerator", "size"]].tolist() == [12, 350]


def test_a_place_outside_chance_but_within_the_usual_is_said_so():
    said = funnels.in_words(funnels.field("cpp_start_rate", "929", EDITION))
    assert (
        "published figure is 87.1, England's 58.7. That is above what chance alone gives, within the usual differences"
        in said
    )
    assert "so to be outside them is nothing special" in said
    assert not re.search(r"\b(highest|lowest|rank\w*|best|worst|\d+(st|nd|rd|th))\b", said)


def test_an_authority_without_a_figure_is_told_why():
    said = funnels.in_words(funnels.field("cpp_repeat_percent", "420", EDITION))
    assert "no figure was published for Isles of Scilly" in said


@pytest.mark.parametrize(
    ("indicator", "why"),
    [("caseload_mean_census", "only rates and shares"), ("contact_count", "no published figures")],
)
def test_what_cannot_be_compared_says_why(indicator, why):
    assert why in funnels.in_words(funnels.field(indicator, "929", EDITION))


def test_nothing_too_old_stands_beside_now():
    assert "too old" in funnels.in_words(funnels.field("cpp_start_rate", "929", dt.date(2029, 9, 30)))


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("indicator", ["cpp_start_rate", "lac_three_placements_percent", "caseload_mean_census"])
def test_the_same_names_whatever_the_data(audience, indicator):
    shown = []
    now = Quarter.parse("2018-19-Q2")
    review = Review("tiny", project.authority("929"), now, audience, Known.from_tables({}, kinds=["annex_a"], quarter=now), show=shown.append)  # fmt: skip
    funnels.record(review, indicator, "fig-tiny-funnel", stem="it")
    items = [item for data in shown for item in data.get(bundle.FINDINGS, {"items": []})["items"]]
    assert {item.get("name") or item["label"] for item in items} == {
        "fig-tiny-funnel", "it_among_others", "it.among_others.authorities", "it.among_others.beyond_chance",
        "it.among_others.beyond_usual", "it.among_others.position",
    }  # fmt: skip
    # Authorities are counted, not children: two of them are told to everybody.
    texts = {item["name"]: item["text"] for item in items if item["kind"] == "value"}
    assert "c" not in texts.values()
