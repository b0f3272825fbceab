"""Projections of the number of plans, told and tested against what came."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.charts import describe_fan, fan
from analysis.charts.style import render
from analysis.findings import Review
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter, quarters
from analysis.reviews.growth import in_short, projection

NOW = Quarter(2017, 4)
CHILDREN = 20


def plans(per_month: dict[int, int], lasts: int = 300, until: str = "2018-03-31") -> pd.DataFrame:
    """So many begin through each month, by financial year (0: any other), each lasting as long."""
    rows = []
    for month in pd.date_range("2012-04-01", until, freq="MS"):
        year = month.year - (month.month < 4)
        number = per_month.get(year, per_month[0])
        for n in range(number):
            start = month + pd.Timedelta(days=n * 30 // number)
            if start <= pd.Timestamp(until):
                end = start + pd.Timedelta(days=lasts)
                rows.append({"child_id": f"SIM{month:%y%m}{n:03d}", "start_date": start, "end_date": end})
    table = pd.DataFrame(rows)
    table["end_date"] = table["end_date"].where(table["end_date"] <= until)
    return table.assign(team="A", referral_date=table["start_date"], worker=table.index.astype("str"))


class Deliveries:
    """A history in memory: each quarter's delivery knows everything up to its own last day."""

    def __init__(self, per_month: dict[int, int]):
        self.quarters = tuple(quarters(Quarter(2015, 4), NOW))
        self.per_month = per_month

    def known_by(self, quarter: Quarter) -> Known:
        return Known.from_tables({"protection_plans": plans(self.per_month, until=str(quarter.end))}, kinds=["annex_a"])


@pytest.fixture
def review():
    def make(audience: str, per_month: dict[int, int] | None, history: bool = True) -> Review:
        tables = {} if per_month is None else {"protection_plans": plans(per_month)}
        known = Known.from_tables(tables, kinds=["annex_a"], quarter=NOW)
        told = Deliveries(per_month) if history and per_month is not None else None
        return Review("tiny", project.authority("929"), NOW, audience, known, history=told, show=lambda data: None)

    return make


def test_a_steady_number_is_projected_to_stay_and_the_back_test_holds(review):
    one = review("public", {0: CHILDREN})
    found = projection.from_review(one)
    last = found.fans["as_now"].iloc[-1]
    assert last["median"] == pytest.approx(found.open, rel=0.06)
    assert last["lower_95"] < found.open < last["upper_95"]
    tested = projection.back_test(one)
    assert tested["made"].dt.strftime("%Y-%m").tolist() == ["2016-03", "2016-06", "2016-09", "2016-12", "2017-03"]
    made, _ = projection.performance(tested)
    assert made.within == made.number == 5
    assert made.mean_absolute_error < 0.06 * CHILDREN * 10
    words = projection.tested_in_words(one, tested)
    assert words.startswith(
        "Made from 5 earlier quarters with what was known then, the same projection would have been out by "
    )
    assert "in 5 of 5" in words
    assert "too narrow" not in words


def test_a_change_that_no_projection_could_know_is_owned_up_to(review):
    one = review("public", {0: CHILDREN, 2017: 3 * CHILDREN})
    tested = projection.back_test(one)
    # What was known then knows nothing of what came: the projection of March 2017 is that of a steady number.
    assert tested["projected"].iloc[-1] == pytest.approx(tested["open"].iloc[-1], rel=0.08)
    assert tested["came"].iloc[-1] == pytest.approx(3 * tested["open"].iloc[-1], rel=0.03)
    assert "the limits are too narrow" in projection.tested_in_words(one, tested)
    words = projection.in_words(one, projection.from_review(one))
    assert "With starts as in the year before, it would be 2" in words


def test_starts_and_ends_of_the_year_before_move_it_their_way(review):
    found = projection.from_review(review("internal", {0: CHILDREN, 2017: 3 * CHILDREN}))
    ends = {name: one["median"].iloc[-1] for name, one in found.fans.items()}
    assert ends["starts_back"] < 0.5 * ends["as_now"]
    assert ends["ends_back"] == pytest.approx(ends["as_now"], rel=0.25)


def test_every_draw_is_the_same_again(review):
    one, two = (projection.from_review(review("internal", {0: CHILDREN})) for _ in range(2))
    for name, drawn in one.fans.items():
        pd.testing.assert_frame_equal(drawn, two.fans[name])


def test_it_is_drawn_and_described(review):
    one = review("public", {0: CHILDREN})
    found = projection.from_review(one)
    past = pd.DataFrame({"period_end": pd.to_datetime(["2017-12-31", "2018-03-31"]), "value": [205.0, 200.0]})
    data = projection.paths(one, found, past)
    told = {"lower": "lower", "upper": "upper", "banded": projection.CALLED["as_now"]}
    words = describe_fan.fan(data, "date", "n", "series", what="plans", **told)
    assert words.startswith("Projection of plans. 200 at March 2018; As the last 12 months: ")
    assert "by March 2019, with limits of " in words
    svg = render(fan.fan(data, "date", "n", "series", words="Plans", **told), "one")
    again = render(fan.fan(data, "date", "n", "series", words="Plans", **told), "one")
    assert svg == again
    nothing = projection.paths(one, projection.Outlook(found.day, 0, {}, ()), past.iloc[:0])
    assert (
        describe_fan.fan(nothing, "date", "n", "series", what="plans", **told)
        == "Projection of plans. There is nothing to show."
    )
    assert "No values" in render(fan.fan(nothing, "date", "n", "series", words="Plans", **told), "nothing")


def test_values_and_tables_are_withheld_where_they_rest_on_few(review):
    one = review("public", {0: 0, 2017: 3, 2016: 3, 2015: 3})
    found = projection.from_review(one)
    few = projection.Outlook(found.day, found.open, found.fans, (found.open, 4))
    assert "is withheld" in projection.in_words(one, few)
    assert {value["text"] for value in projection.values(one, few).values()} == {"c"}
    assert projection.table(one, few).frame["in_12"].isna().all()
    tested = pd.DataFrame(
        {
            "made": pd.to_datetime(["2017-03-31"]),
            "open": [4],
            "projected": [9.0],
            "lower": [5.0],
            "upper": [12.0],
            "came": [30],
        }
    )
    assert "is withheld" in projection.tested_in_words(one, tested.astype({"open": "Int64", "came": "Int64"}))


def test_without_records_it_says_so(review):
    one = review("internal", None)
    found = projection.from_review(one)
    assert "can't be projected" in projection.in_words(one, found)
    assert projection.table(one, found).frame.empty
    tested = projection.back_test(one)
    assert tested.empty
    assert "can't be tested" in projection.tested_in_words(one, tested)
    made, nothing = projection.performance(tested)
    assert made.number == nothing.number == 0
    assert np.isnan(made.mean_error)


# --- in short, and what the board could ask --------------------------------------------------------------------------


def test_in_short_and_the_questions_follow_what_was_found(review):
    from analysis.reviews.growth import arithmetic, exits, verdict

    one = review("public", {0: CHILDREN, 2016: 3 * CHILDREN}, history=False)
    edges = [quarter.end for quarter in (Quarter(2015, 4), Quarter(2016, 4), NOW)]
    rise, since = (arithmetic.rise_between(one, "protection_plans", *edges[place : place + 2]) for place in (0, 1))
    words = in_short.summary(one, rise, since)
    assert words.startswith(f"The number of child protection plans rose by {rise.total}")
    assert "Since then the number of child protection plans fell by" in words
    found = verdict.reached(one, NOW)
    asked = " ".join(in_short.questions(one, exits.at_moments(one), found))
    assert asked.endswith("was the support in between enough?")
