"""A notebook's comparators: the table, the values and their words, and what a pinned year does to them."""

import datetime as dt

import pandas as pd
import pytest

from analysis.findings import bundle, comparators
from analysis.findings.review import Review
from analysis.indicators.comparison import Comparison
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter

NOW = Quarter.parse("2018-19-Q2")
IDS = ["rereferral_percent", "referral_rate"]


def recorded(years=None, ids=IDS, audience="internal", rows=40):
    """What `record` records of that many referrals, one a month, each of another child: values by name, and the table."""
    dates = pd.date_range("2015-01-05", periods=rows, freq="MS") + pd.Timedelta(days=4)
    referrals = pd.DataFrame({"child_id": [f"SIM{n:06d}" for n in range(rows)], "date": dates})
    shown: list[dict] = []
    known = Known.from_tables({"referrals": referrals}, kinds=["annex_a"], quarter=NOW)
    review = Review("tiny", project.authority("929"), NOW, audience, known, show=shown.append)
    comparators.record(review, ids, "tbl-tiny-comparators", caption="Beside others", years=years)
    (data,) = shown
    items = data[bundle.FINDINGS]["items"]
    values = {item["name"]: item for item in items if item["kind"] == "value"}
    (table,) = [item for item in items if item["kind"] == "table"]
    return values, table


def test_a_row_for_each_measure_with_local_england_region_and_neighbours():
    _, table = recorded()
    assert table["columns"] == ["Measure", "Northumberland", "England", "North East", "Neighbours", "To be read with"]
    share, rate = table["rows"]
    assert share == [
        "Referrals within 12 months of an earlier one", "0% (year to Sep 2018)", "22% (2017-18)", "18% (2017-18)", "19% (2017-18)", "–",
    ]  # fmt: skip
    assert rate[2:5] == ["553.0 (2017-18)", "602.0 (2017-18)", "476.0 (2017-18)"]
    assert rate[5] == (
        "England and North East: as first published. Neighbours: on a later population estimate than ours."
    )
    assert table["caption"] == (
        "Beside others (what each figure is for stands in brackets, and where it differs the two are of different periods; "
        "neighbours: mean of the 10 statistical neighbours (April 2021))"
    )
    assert table["comparators"] == sorted([rate[5], table["caption"].removeprefix("Beside others (").removesuffix(")")])


def test_a_clause_that_holds_for_all_is_said_once():
    _, table = recorded(ids=["assessments_within_45_days_percent", "icpc_rate", "cpp_two_years_ended_percent"])
    within, rate, two_years = (row[-1] for row in table["rows"])
    assert (within, rate) == ("–", "–")
    assert two_years == "Neighbours: mean of 9 of the 10 statistical neighbours (April 2021) with a figure."


def test_a_table_of_which_nothing_need_be_said_has_no_column_for_it():
    _, table = recorded(ids=["assessments_within_45_days_percent", "icpc_within_15_days_percent"])
    assert table["columns"] == ["Measure", "Northumberland", "England", "North East", "Neighbours"]
    assert table["align"] == ["left", "right", "right", "right", "right"]
    assert {len(row) for row in table["rows"]} == {5}


def test_a_clause_that_is_true_of_all_is_said_of_all():
    day = dt.date(2018, 9, 30)
    later = "on a later population estimate than ours"
    pair = [
        Comparison(
            "cpp_rate",
            against,
            name,
            (day, day),
            "rate_per_10000",
            2018,
            "at 31 March 2018",
            45.9,
            clauses=(later, *more),
        )
        for against, name, more in (("england", "England", ()), ("region", "North East", ("as first published",)))
    ]
    assert comparators.note(pair) == f"All: {later}. North East: as first published."
    assert comparators.note(pair[:1]) == f"England: {later}."


def test_each_figure_has_its_words_beside_it():
    values, _ = recorded()
    assert set(values) == {
        f"{one}.{against}.{part}"
        for one in IDS for against in ("england", "region", "neighbours") for part in ("figure", "words")
    }  # fmt: skip
    figure = values["rereferral_percent.england.figure"]
    assert (figure["text"], figure["value"], figure["period"]) == ("22%", 21.9, "the year to 31 March 2018")
    assert figure["comparator"]["published"] == ["2017-04-01", "2018-03-31"]
    assert figure["comparator"]["local"] == ["2017-10-01", "2018-09-30"]
    assert values["rereferral_percent.england.words"]["text"] == ("England 2017-18; ours to 30 September 2018")


def test_turning_the_year_by_one_changes_the_words_the_cell_and_the_period():
    values, table = recorded(years={"rereferral_percent": 2017})
    assert values["rereferral_percent.england.words"]["text"].startswith("England 2016-17;")
    assert values["rereferral_percent.england.figure"]["period"] == "the year to 31 March 2017"
    assert table["rows"][0][2:5] == ["22% (2016-17)", "20% (2016-17)", "20% (2016-17)"]
    assert table["rows"][1][2] == "553.0 (2017-18)"


def test_what_is_not_compared_says_why():
    values, table = recorded(ids=["assessments_not_in_need_percent"])
    figure = values["assessments_not_in_need_percent.england.figure"]
    assert (figure["text"], figure["value"]) == ("not available", None)
    row = table["rows"][0]
    assert row[2:5] == ["–", "–", "–"]
    assert (
        row[5]
        == "Not compared: DfE's share is of referrals, the local one of assessments (assessed_not_in_need_percent)."
    )


def test_a_local_figure_that_is_withheld_stays_withheld_beside_others():
    """Three referrals in the year, for the public."""
    _, table = recorded(audience="public", rows=36)
    share, rate = table["rows"]
    assert (share[1], rate[1]) == ("c (year to Sep 2018)", "c (year to Sep 2018)")
    assert rate[2] == "553.0 (2017-18)"


@pytest.mark.parametrize(("symbol", "shown", "told"), [
    ("c", "c", "England: c: withheld, because few children are behind it."), ("-", "–", "England: not available or withheld."),
])  # fmt: skip
def test_a_symbol_is_explained(symbol, shown, told):
    day = dt.date(2018, 9, 30)
    found = Comparison("cpp_two_years_open_percent", "england", "England", (day, day), "percent", 2018, "at 31 March 2018", None, symbol)  # fmt: skip
    assert comparators.cell(found) == f"{shown} (Mar 2018)"
    assert comparators.note([found]) == told


def test_what_is_said_of_the_same_one_is_one_sentence():
    day = dt.date(2018, 9, 30)
    clauses = ("as first published", "worked out from the numbers published")
    found = [Comparison("cpp_two_years_open_percent", against, name, (day, day), "percent", 2018, "at 31 March 2018", 1.0, clauses=said)
             for against, name, said in (("england", "England", clauses), ("region", "North East", ()))]  # fmt: skip
    assert comparators.note(found) == "England: as first published, worked out from the numbers published."
