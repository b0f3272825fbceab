"""Fed the published aggregates alone, the decomposition gives what a pencil gives; with any authority's it closes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.findings import Review
from analysis.records.history import Known
from analysis.reference import benchmarks, project
from analysis.reference.project import UserError
from analysis.reference.quarters import Quarter
from analysis.reviews.growth import published_series

# Northumberland as published (DfE, Children in need, 31 March of each year): the table that the hand-worked one is of.
PRINTED = pd.DataFrame(
    {
        "stock": [289, 354, 355, 361, 234, 391, 415, 471],
        "starts": [327, 355, 326, 396, 367, 511, 577, 618],
        "ends": [243, 290, 324, 389, 487, 350, 553, 562],
        "enquiries": [849, 1074, 1189, 1325, 991, 1229, 1343, 1358],
        "conferences": [349, 411, 358, 431, 451, 606, 685, 719],
    },
    index=pd.Index(range(2013, 2021), name="year"),
    dtype=float,
)
# By pencil. residual = closing - opening - starts + ends; from_starts = starts - last year's; from_ends = last year's ends
# less this year's; conversions in per cent to one decimal.
WORKED = {
    #      change residual from_starts from_ends  ICPC/S47  plans/ICPC
    2014: (65, 0, None, None, 38.3, 86.4),
    2015: (1, -1, -29, -34, 30.1, 91.1),
    2016: (6, -1, 70, -65, 32.5, 91.9),
    2017: (-127, -7, -29, -98, 45.5, 81.4),
    2018: (157, -4, 144, 137, 49.3, 84.3),
    2019: (24, 0, 66, -203, 51.0, 84.2),
    2020: (56, 0, 41, -9, 52.9, 86.0),
}


def test_the_published_aggregates_give_the_hand_worked_table():
    found = published_series.arithmetic(PRINTED)
    assert list(found.index) == list(WORKED)
    for year, (change, residual, starts, ends, to_conference, to_plan) in WORKED.items():
        row = found.loc[year]
        assert (row["change"], row["residual"]) == (change, residual), year
        if starts is None:
            assert row[list(published_series.TURN)].isna().all()
        else:
            assert (row["from_starts"], row["from_ends"]) == (starts, ends), year
        assert round(row["conferences_per_100_enquiries"], 1) == to_conference, year
        assert round(row["plans_per_100_conferences"], 1) == to_plan, year


def test_half_of_the_rise_of_2018_is_fewer_ending_and_two_thirds_is_entry_by_the_other_cut():
    """234 to 391: L = 157 / ln(391 / 234) = 305.80; entries 305.80 x ln(511 / 367) = 101.2; duration the other 55.8."""
    row = published_series.arithmetic(PRINTED).loc[2018]
    assert (row["from_starts"], row["from_ends"], row["from_residual"]) == (144, 137, 3)
    assert (row["from_entries"], row["from_duration"]) == (101, 56)


def test_what_is_held_is_what_was_printed():
    held = published_series.series("929").loc[2013:2020]
    pd.testing.assert_frame_equal(held, PRINTED, check_names=False)


def test_only_what_was_out_by_a_day():
    assert published_series.series("929", out_by=dt.date(2018, 12, 31)).index.max() == 2018
    assert published_series.series("929", out_by=dt.date(2018, 9, 30)).index.max() == 2017


@pytest.mark.parametrize("code", ["929", "330", "840", "E92000001"])
def test_any_area_closes(code):
    found = published_series.arithmetic(published_series.series(code))
    assert len(found) >= 5
    assert (found["opening"] + found["starts"] - found["ends"] + found["residual"] == found["closing"]).all()
    both = found.dropna(subset=list(published_series.LENGTH))
    assert (both["from_entries"] + both["from_duration"] == both["change"]).all()
    turned = found.dropna(subset=list(published_series.TURN))
    parts = turned[list(published_series.TURN)].sum(axis=1)
    assert parts.tolist() == (turned["change"] - found["change"].shift().reindex(turned.index)).tolist()


def test_an_area_that_is_not_there_is_refused():
    with pytest.raises(UserError):
        published_series.series("no such place")


counts = st.integers(1, 5000)


@given(st.lists(st.tuples(counts, counts, counts), min_size=2, max_size=8))
def test_parts_are_the_whole_whatever_is_published(years):
    table = pd.DataFrame(years, columns=["stock", "starts", "ends"], index=range(2010, 2010 + len(years)), dtype=float)
    found = published_series.arithmetic(table)
    assert (found["from_entries"] + found["from_duration"] == found["change"]).all()
    assert found["change"].tolist() == np.diff(table["stock"]).tolist()
    assert found["conferences_per_100_enquiries"].isna().all()


def test_a_year_that_is_not_printed_breaks_the_run():
    table = PRINTED.copy()
    table.loc[2016, "ends"] = np.nan
    found = published_series.arithmetic(table)
    assert 2016 not in found.index
    assert found.loc[2017, ["from_starts"]].isna().all()
    assert found.loc[2017, "change"] == -127


@pytest.fixture
def review():
    def make(audience: str, quarter: str) -> Review:
        known = Known.from_tables({}, quarter=Quarter.parse(quarter))
        return Review("tiny", project.authority("929"), Quarter.parse(quarter), audience, known, show=lambda data: None)

    return make


def test_the_latest_year_that_was_out_in_words(review):
    one = review("public", "2018-19-Q2")
    found = published_series.out_by_edition(one)
    assert published_series.in_words(one, found) == (
        "The published figures alone say: between 31 March 2017 and 31 March 2018 the number of plans rose by 157, to 391, with 511 "
        "starting, 350 ending and a residual of −4. Beside the year before, 144 more started and 137 fewer ended. Conferences "
        "for each 100 enquiries went from 45.5 to 49.3. Plans starting for each 100 conferences went from 81.4 to 84.3."
    )
    shown = published_series.table(one, found).frame
    assert shown["year_to"].dt.year.tolist() == [2014, 2015, 2016, 2017, 2018]
    assert shown["residual"].tolist() == [0, -1, -1, -7, -4]


def test_with_nothing_published_it_says_so(review, monkeypatch):
    one = review("public", "2018-19-Q2")
    monkeypatch.setattr(benchmarks, "years", lambda name, place: ())
    found = published_series.out_by_edition(one)
    assert published_series.in_words(one, found).startswith("No published figures on child protection plans")
    assert published_series.table(one, found).frame.empty
