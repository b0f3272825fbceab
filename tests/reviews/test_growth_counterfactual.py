"""What the number of plans would have been: on cases whose answer is known beforehand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.findings import Review
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter
from analysis.reviews.growth import counterfactual

BASE, DAY = dt.date(2017, 3, 31), dt.date(2018, 3, 31)


def steady(per_month: dict[int, int], lasts: dict[int, int]) -> pd.DataFrame:
    """So many plans begin in the four weeks from the first of each month of a financial year, each lasting so many days by year of start, from
    2012-13 to 2017-18, known to the end of March 2018."""
    rows = []
    for month in pd.date_range("2012-04-01", "2018-03-01", freq="MS"):
        year = month.year - (month.month < 4)
        number = per_month.get(year, per_month[0])
        for n in range(number):
            start = month + pd.Timedelta(days=n * 30 // number)
            end = start + pd.Timedelta(days=lasts.get(year, lasts[0]))
            rows.append({"child_id": f"SIM{month:%y%m}{n:03d}", "start_date": start, "end_date": end})
    table = pd.DataFrame(rows)
    table["end_date"] = table["end_date"].where(table["end_date"] <= "2018-03-31")
    return table.assign(siblings=np.arange(len(table)), family=np.arange(len(table)))


def stocks(plans: pd.DataFrame) -> counterfactual.Had:
    return counterfactual.worked_out(plans, BASE, DAY, known_before=True)


def test_where_nothing_changed_nothing_would_be_otherwise():
    found = stocks(steady({0: 20}, {0: 300}))
    now = found.stocks["actual"].expected
    for name in ("exits", "starts", "both", "exits_earlier"):
        one = found.stocks[name]
        assert one.expected == pytest.approx(now, rel=0.06)
        assert one.lower <= now <= one.upper


def test_where_only_starts_rose_level_starts_bring_back_the_number_and_ends_do_not():
    found = stocks(steady({0: 20, 2017: 40}, {0: 300}))
    before, now = found.paths["actual"].iloc[0], found.stocks["actual"].expected
    assert now == pytest.approx(2 * before, rel=0.03)
    assert found.stocks["starts"].expected == pytest.approx(before, rel=0.06)
    assert found.stocks["both"].expected == pytest.approx(before, rel=0.06)
    assert found.stocks["exits"].expected == pytest.approx(now, rel=0.06)
    assert found.stocks["starts"].upper < now


def test_where_only_ends_slowed_the_earlier_pace_brings_back_the_number_and_starts_do_not():
    found = stocks(steady({0: 20}, {0: 200, 2016: 420, 2017: 420}))
    now = found.stocks["actual"].expected
    assert found.stocks["exits_earlier"].expected < 0.75 * now
    assert found.stocks["exits_earlier"].upper < now
    assert found.stocks["starts"].expected == pytest.approx(now, rel=0.1)


def test_families_that_hang_together_widen_the_limits():
    alone = steady({0: 20}, {0: 300})
    together = alone.assign(
        family=alone.groupby(alone["start_date"].dt.to_period("M")).cumcount() // 5
        + 100 * pd.factorize(alone["start_date"].dt.to_period("M"))[0]
    )
    wide, narrow = (stocks(one).stocks["exits"] for one in (together, alone))
    assert wide.expected == pytest.approx(narrow.expected)
    assert wide.upper - wide.lower > 1.3 * (narrow.upper - narrow.lower)


def test_the_paths_begin_where_things_were():
    found = stocks(steady({0: 20, 2017: 40}, {0: 300}))
    assert found.paths.index[0] == pd.Timestamp(BASE)
    assert found.paths.iloc[0].nunique() == 1
    assert found.paths.iloc[-1].round(6).to_dict() == {
        name: round(one.expected, 6) for name, one in found.stocks.items()
    }


@pytest.fixture
def review():
    def make(audience: str, plans: pd.DataFrame | None) -> Review:
        tables = {} if plans is None else {"protection_plans": plans[["child_id", "start_date", "end_date"]]}
        known = Known.from_tables(tables, kinds=["annex_a"], quarter=Quarter(2017, 4))
        return Review("tiny", project.authority("929"), Quarter(2017, 4), audience, known, show=lambda data: None)

    return make


def test_in_words_values_and_table_for_the_public(review):
    one = review("public", steady({0: 20, 2017: 40}, {0: 300}))
    found = counterfactual.had(one)
    assert found.base == dt.date(2016, 3, 31)
    words, now = counterfactual.in_words(one, found), round(found.stocks["actual"].expected)
    assert words.startswith(
        f"{now} plans were open on 31 March 2018. Had plans gone on ending as fast as in the year to 31 March 2016, there"
    )
    told = counterfactual.values(one, found)
    assert told["stock_had.starts"]["value"] == round(found.stocks["starts"].expected)
    table = counterfactual.table(one, found).frame
    assert table["scenario"].tolist()[0] == "As it was"
    assert (table["less"].dropna() == (table["plans"].round() - now).iloc[1:]).all()
    assert set(counterfactual.paths(one, found).frame["series"]) == {
        "As it was",
        "Ends as then",
        "Starts as then",
        "Both as then",
    }


def test_small_counts_are_withheld(review):
    one = review("public", steady({0: 20, 2015: 0}, {0: 300}).query("start_date != '2016-02-01'").head(0))
    assert "can't be worked out" in counterfactual.in_words(one, counterfactual.had(one))
    few = steady({0: 1}, {0: 100})
    few["end_date"] = few["end_date"].where(few.index % 3 > 0)
    small = review("public", few[few["start_date"] > "2015-12-01"])
    found = counterfactual.had(small)
    if found.stocks:
        words = counterfactual.in_words(small, found)
        assert ("is withheld" in words) == (min(found.rests_on) in range(1, 6))


def test_without_records_it_says_so(review):
    one = review("internal", None)
    found = counterfactual.had(one)
    assert "can't be worked out" in counterfactual.in_words(one, found)
    assert counterfactual.table(one, found).frame.empty
    assert counterfactual.paths(one, found).frame.empty
    assert {value["text"] for value in counterfactual.values(one, found).values()} == {"not available"}
