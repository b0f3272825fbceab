"""indicators.csv: whose rows, what is withheld with what, and how it is written."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest

from analysis.indicators.engine import COLUMNS
from analysis.publishing import indicators_csv, reading
from analysis.reference.quarters import Quarter

NOW = Quarter.parse("2018-19-Q2")


def row(indicator, breakdown, category, numerator, denominator=np.nan, quarter="2018-19-Q2", symbol=""):
    value = numerator if np.isnan(denominator) else 100 * numerator / denominator
    unit = "count" if np.isnan(denominator) else "percent"
    found = dict(zip(COLUMNS, ["929", quarter, pd.Timestamp("2017-10-01"), pd.Timestamp("2018-09-30"), "2018-19-Q2", indicator,
                               breakdown, category, numerator, denominator, value, value - 1, value + 1, unit, symbol], strict=True))  # fmt: skip
    return found


TABLE = pd.DataFrame([
    row("referral_count", "all", "all", 63, quarter="2018-19-Q1"),
    row("referral_count", "all", "all", 4, quarter="2017-18-Q4"),
    row("referral_count", "sex", "Female", 40),
    row("referral_count", "sex", "Male", 20),
    row("referral_count", "sex", "Not stated", 3),
    row("referral_count", "locality", "North", 63),
    row("referral_count", "team", "=cmd", 63),
    row("referral_count", "all", "all", 63),
    row("rereferral_percent", "all", "all", 30, 63),
    row("rereferral_percent", "sex", "Female", 18, 40),
    row("rereferral_percent", "sex", "Male", 10, 20),
    row("rereferral_percent", "sex", "Not stated", 2, 3),
])  # fmt: skip


def seen(audience):
    table = indicators_csv.released(TABLE, audience, NOW)
    return {
        (one.indicator, one.category, one.quarter): (one.numerator, one.denominator, one.value, one.symbol)
        for one in table.itertuples()
    }


def test_officers_see_every_figure_and_every_place():
    table = indicators_csv.released(TABLE, "internal", NOW)
    assert len(table) == len(TABLE)
    assert (table["symbol"] == "").all()
    assert list(table.columns) == list(COLUMNS)


def test_each_audience_has_the_places_that_it_may_see():
    places = {name: set(indicators_csv.released(TABLE, name, NOW)["breakdown"]) for name in ("board", "public")}
    assert places == {"board": {"all", "sex", "locality"}, "public": {"all", "sex"}}


@pytest.mark.parametrize("audience", ["board", "public"])
def test_no_category_is_given_back_by_the_total_nor_by_another_indicator(audience):
    found = seen(audience)
    hidden = {key for key, (*_, symbol) in found.items() if symbol == "c"}
    # Not stated is small; Male goes with it, and so do both as what re-referrals are a share of.
    assert hidden == {
        ("referral_count", "all", "2017-18-Q4"),
        ("referral_count", "Male", "2018-19-Q2"), ("referral_count", "Not stated", "2018-19-Q2"),
        ("rereferral_percent", "Male", "2018-19-Q2"), ("rereferral_percent", "Not stated", "2018-19-Q2"),
    }  # fmt: skip
    for key in hidden:
        assert all(pd.isna(figure) for figure in found[key][:3])
    assert found["referral_count", "all", "2018-19-Q2"][0] == 63
    assert found["rereferral_percent", "Female", "2018-19-Q2"][:2] == (18, 40)


def test_a_rare_category_in_a_returns_own_words_isnt_named():
    own = pd.DataFrame([
        row("complaint_count", "all", "all", 30),
        row("complaint_count", "theme", "Delay", 18),
        row("complaint_count", "theme", "Attitude", 8),
        row("complaint_count", "theme", "What Ms Example did", 2),
        row("complaint_count", "theme", "The Example family", 2),
    ])  # fmt: skip
    assert set(indicators_csv.released(own, "public", NOW)["category"]) == {"all", "Delay", "Withheld"}
    assert len(indicators_csv.released(own, "public", NOW)) == 3
    assert len(indicators_csv.released(own, "internal", NOW)) == 5


def test_it_is_written_for_machines_and_runs_in_none(tmp_path):
    path = tmp_path / indicators_csv.FILE
    indicators_csv._put(path, indicators_csv.released(TABLE, "internal", NOW))
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(COLUMNS)
    assert rows[0]["indicator"] == "referral_count"
    assert (rows[0]["period_start"], rows[0]["numerator"], rows[0]["denominator"]) == ("2017-10-01", "4", "")
    assert [one["category"] for one in rows if one["breakdown"] == "team"] == ["'=cmd"]
    assert b"\r" not in path.read_bytes()
    # What a gate reads for names leaves out columns of nothing but figures.
    assert not any("63" in text.split() for text in reading.said(path))
    assert any("Female" in text for text in reading.said(path))


def test_the_metadata_names_every_column_and_indicator():
    about = indicators_csv.metadata(indicators_csv.released(TABLE, "public", NOW))
    assert list(about["col_name"]) == [*COLUMNS, "referral_count", "rereferral_percent"]
    found = about.set_index("col_name").loc["rereferral_percent"]
    assert (found["col_type"], found["indicator_unit"], found["indicator_dp"]) == ("Indicator", "%", "0")
    assert found["label"]
    assert (about["indicator_grouping"] != "").sum() == 2
