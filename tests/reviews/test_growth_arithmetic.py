"""Sums that close, as each delivery knew them; a rise split two ways; and whether the year before was usual."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_worlds import reviews

from analysis.methods.resampling import cluster_weights
from analysis.records.history import Known
from analysis.reference.quarters import Quarter
from analysis.reviews.growth import arithmetic, entry_and_duration, exits

NOW = Quarter.parse("2018-19-Q2")
COUNTS = st.integers(6, 5000)


def days(*texts: str | None) -> pd.Series:
    return pd.to_datetime(pd.Series(texts))


@pytest.fixture
def review():
    return reviews("tiny", "annex_a")


class Deliveries:
    """A history of tables in memory: what each quarter's delivery knew."""

    def __init__(self, **plans_by_quarter: pd.DataFrame):
        self.known = {
            Quarter.parse(name): Known.from_tables({"protection_plans": plans}, kinds=["annex_a"])
            for name, plans in plans_by_quarter.items()
        }
        self.quarters = tuple(sorted(self.known))

    def known_by(self, quarter: Quarter) -> Known:
        return self.known[max(one for one in self.quarters if one <= quarter)]


def plans(*spans: tuple[str, str | None]) -> pd.DataFrame:
    return pd.DataFrame({
        "child_id": [f"SIM{n:06d}" for n in range(len(spans))], "start_date": days(*[s for s, _ in spans]),
        "end_date": days(*[e for _, e in spans]),
    })  # fmt: skip


def test_stocks_and_flows_close(review):
    one = review(
        protection_plans=plans(
            ("2018-01-01", "2018-08-01"), ("2018-06-30", None), ("2018-07-01", "2018-09-30"), ("2018-09-30", None)
        )
    )
    sums = arithmetic.flows_between(one, "protection_plans", [dt.date(2018, 6, 30), dt.date(2018, 9, 30)])
    assert sums[list(arithmetic.FLOWS)].iloc[0].to_dict() == {
        "opening": 2,
        "starts": 2,
        "ends": 2,
        "residual": 0,
        "closing": 2,
        "change": 0,
    }


def many(start: str, end: str | None, number: int) -> list:
    return [(start, end)] * number


def test_a_rise_is_split_into_more_starts_and_fewer_ends_exactly(review):
    """In 2016-17, 10 start and 30 end; in 2017-18, 25 start and 12 end: 15 from starts, 18 from ends."""
    spans = many("2016-01-01", "2016-09-01", 30) + many("2016-01-01", "2017-09-01", 12) + many("2016-01-01", None, 20)
    spans += many("2016-10-01", None, 10) + many("2017-10-01", None, 25)
    one = review(protection_plans=plans(*spans))
    rise = arithmetic.rise_between(one, "protection_plans", dt.date(2017, 3, 31), dt.date(2018, 3, 31))
    assert (rise.opening, rise.closing, rise.total) == (42, 55, 13)
    assert (rise.as_before, rise.from_starts, rise.from_ends, rise.residual) == (-20, 15, 18, 0)
    assert arithmetic.in_words(one, rise, "plans") == (
        "The number of plans rose by 13, from 42 on 31 March 2017 to 55 on 31 March 2018. Compared with the same months a "
        "year before, 15 more started and 18 fewer ended."
    )
    found = arithmetic.values(one, rise, "rise", "Plans")
    assert {name: value["text"] for name, value in found.items()} == {
        "rise.total": "13", "rise.as_before": "−20", "rise.from_starts": "15", "rise.from_ends": "18", "rise.residual": "0",
        "rise.share_from_ends_percent": "55%",
    }  # fmt: skip
    steps = arithmetic.steps([rise])
    assert steps["value"].tolist() == [42, -20, 15, 18, 55]


def test_a_rise_on_small_counts_is_withheld_in_words_values_and_table(review):
    one = review(
        "public",
        protection_plans=plans(
            *many("2016-01-01", "2016-09-01", 30), *many("2016-01-01", None, 20), *many("2017-10-01", None, 3)
        ),
    )
    rise = arithmetic.rise_between(one, "protection_plans", dt.date(2017, 3, 31), dt.date(2018, 3, 31))
    assert "is withheld" in arithmetic.in_words(one, rise, "plans")
    assert {
        v["text"] for v in arithmetic.values(one, rise, "rise", "Plans").values() if v["text"] != "not available"
    } == {"c"}
    assert arithmetic.table(one, [rise]).frame[["opening", "from_starts", "closing"]].isna().all(axis=None)


# --- as known then -------------------------------------------------------------------------------------------------


def test_a_plan_whose_end_came_in_late_is_a_correction(review):
    """Ten open in March 2017, one of which had really ended in March; four start and two end in the year after."""
    then = plans(*many("2016-01-01", None, 10))
    now = plans(
        ("2016-01-01", "2017-03-20"), *many("2016-01-01", "2017-06-01", 2), *many("2016-01-01", None, 7),
        *many("2017-09-01", None, 4),
    )  # fmt: skip
    one = review(history=Deliveries(**{"2016-17-Q4": then, "2017-18-Q4": now}), protection_plans=now)
    sums = arithmetic.flows_between(one, "protection_plans", [dt.date(2017, 3, 31), dt.date(2018, 3, 31)])
    assert sums[list(arithmetic.FLOWS)].iloc[0].tolist() == [10, 4, 2, -1, 11, 1]
    earlier = arithmetic.flows_between(one, "protection_plans", [dt.date(2016, 12, 31), dt.date(2017, 3, 31)])
    assert earlier[["closing", "closing_now", "ends", "ends_now"]].iloc[0].tolist() == [10, 9, 0, 1]
    released = arithmetic.released(one, earlier)
    assert arithmetic.corrections_in_words(released, "plans") == (
        "The figures are what each period's own delivery knew, as they were published. Records corrected since would change "
        "them: 10 on 31 March 2017 has become 9. One end in these periods was recorded only after it."
    )


def test_what_nothing_has_changed_is_said_and_so_is_what_is_not_known(review):
    one = review(protection_plans=plans(*many("2016-01-01", None, 10)))
    sums = arithmetic.flows_between(one, "protection_plans", [dt.date(2017, 3, 31), dt.date(2018, 3, 31)])
    released = arithmetic.released(one, sums)
    assert arithmetic.corrections_in_words(released, "plans").startswith("No later delivery has changed")
    nothing = arithmetic.released(one, sums.iloc[:0])
    assert "don't reach back" in arithmetic.corrections_in_words(nothing, "plans")


# --- entry and duration ----------------------------------------------------------------------------------------------


def balance(stock, starts, population=None, day=dt.date(2018, 3, 31)):
    return entry_and_duration.Balance(day, stock, starts, population)


def test_entry_and_duration_by_hand():
    """234 = 367 x 0.6376 to 391 = 511 x 0.7652: L = 157 / ln(391 / 234) = 305.80, and x ln(511 / 367) = 101.2."""
    parts = entry_and_duration.split(balance(234, 367), balance(391, 511))
    assert parts == {"population": 0, "entry_rate": 101, "duration": 56}
    doubled = entry_and_duration.split(balance(100, 50, 1000), balance(200, 100, 2000))
    assert doubled == {"population": 100, "entry_rate": 0, "duration": 0}
    assert entry_and_duration.split(balance(234, 0), balance(391, 511)) is None


@given(COUNTS, COUNTS, COUNTS, COUNTS, st.integers(1000, 100_000), st.integers(1000, 100_000))
def test_the_parts_of_entry_and_duration_are_the_whole_to_the_unit(s0, a0, s1, a1, people0, people1):
    parts = entry_and_duration.split(balance(s0, a0, people0), balance(s1, a1, people1))
    assert sum(parts.values()) == s1 - s0


def test_entry_and_duration_in_words_table_and_values(review):
    one = review("public")
    pair = balance(234, 367, day=dt.date(2017, 3, 31)), balance(391, 511)
    assert entry_and_duration.in_words(one, *pair) == (
        "Between 31 March 2017 and 31 March 2018 the number of plans rose by 157: 101 because children came onto a plan more "
        "often and 56 because plans lasted longer."
    )
    told = entry_and_duration.values(one, *pair, "rise")
    assert {name: value["text"] for name, value in told.items()} == {
        "rise.from_population": "0", "rise.from_entry_rate": "101", "rise.from_duration": "56",
    }  # fmt: skip
    table = entry_and_duration.table(one, list(pair)).frame
    assert table["days"].round().tolist() == [233, 279]
    assert entry_and_duration.steps(list(pair))["value"].tolist() == [234, 101, 56, 391]
    assert "can't be worked out" in entry_and_duration.in_words(one, None, pair[1])
    small = balance(3, 60, day=dt.date(2017, 3, 31)), pair[1]
    assert "is withheld" in entry_and_duration.in_words(one, *small)
    assert {value["text"] for value in entry_and_duration.values(one, *small, "rise").values()} == {"c"}
    assert entry_and_duration.table(one, list(small)).frame["duration"].isna().all()


# --- was the year before usual? ----------------------------------------------------------------------------------------

YEARS = [(dt.date(year, 3, 31), dt.date(year + 1, 3, 31)) for year in (2015, 2016, 2017)]


def test_how_fast_plans_ended_by_hand():
    """Two plans open all of a year of 365 days, one that ends after 73 days of it: 1 end in 2.2 years of time."""
    table = plans(("2016-01-01", None), ("2016-02-01", None), ("2016-03-01", "2017-06-12"))
    pace = exits.paces(table, pd.Series([0, 1, 2]), YEARS[2:])[0]
    assert pace.ends == 1
    assert pace.open_on_average == pytest.approx(2.2)
    assert pace.pace == pytest.approx(100 * 365.25 / (2.2 * 365))


def test_every_end_is_counted_once_whatever_the_year():
    table = plans(*[(f"2016-0{month}-05", f"201{year}-0{month}-20") for month in range(1, 10) for year in (6, 7, 8)],
                  ("2017-05-05", "2017-05-05"))  # fmt: skip
    found = exits.paces(table, pd.Series(range(len(table))), YEARS)
    inside = [int(table["end_date"].between(str(a + dt.timedelta(1)), str(b)).sum()) for a, b in YEARS]
    assert [one.ends for one in found] == inside


def drawn(pace: float, year: int) -> exits.Pace:
    noise = cluster_weights(np.arange(400), exits.DRAWS, seed=year)[:, :100].mean(axis=1)
    draws = pace * (1 + 0.2 * (noise - 1))
    return exits.Pace(*YEARS[year], 100, 100.0, pace, *np.percentile(draws, [2.5, 97.5]), draws)


@pytest.mark.parametrize(
    ("paces", "found"),
    [
        ((100, 160, 102), exits.FELL_BACK),
        ((160, 160, 100), exits.FELL),
        ((130, 160, 100), exits.FELL),
        ((100, 100, 160), exits.SPED_UP),
        ((100, 160, 160), exits.SAME),
    ],
)
def test_a_return_to_the_usual_is_told_from_a_fall(paces, found):
    earlier, before, latest = (drawn(pace, year) for year, pace in enumerate(paces))
    assert exits.turn(latest, before, earlier) == found
    assert exits.turn(latest, before, None) in (found, exits.FELL)
    assert exits.turn(latest, None, None) == exits.UNKNOWN
    words = exits.turn_in_words(latest, before, earlier)
    assert ("fell back" in words) == (found == exits.FELL_BACK)
    assert ("chance" in words) == (found == exits.SAME)


def test_the_pace_at_each_moment(review):
    spans = [(f"2016-0{m}-01", f"2017-{m + 3:02d}-01") for m in range(1, 10)] * 4 + many("2016-01-01", None, 40)
    one = review("public", protection_plans=plans(*spans))
    found = exits.at_moments(one)
    assert found["last_year_end"].ends == 36
    assert exits.values(one, found)["ends_pace.last_year_end"]["value"] == pytest.approx(found["last_year_end"].pace)
    table = exits.table(one, found).frame
    assert table["year_to"].is_monotonic_increasing
    assert table["ends"].sum() == sum(one.ends for name, one in found.items() if name != "two_years_ago")
