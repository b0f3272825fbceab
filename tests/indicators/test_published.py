"""Published figures beside computed ones: each statistic and each way of putting a figure, on small records."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from analysis.indicators import published
from analysis.indicators.registry import series
from analysis.records.history import Known
from analysis.reference.project import UserError
from analysis.reference.quarters import Quarter

HEADER = ("figure,topic,measure,indicator,breakdown,category,quarter,period_start,period_end,statistic,"
          "against_quarter,published,numerator,denominator,decimals,agreement,comparator,comparator_value,note\n")  # fmt: skip
Q2 = Quarter(2018, 2)


@pytest.fixture
def known() -> Known:
    """Plans starting: one in June 2017, one in January 2018, and three (two for neglect) in August 2018."""
    starts = pd.to_datetime(["2017-06-01", "2018-01-10", "2018-08-01", "2018-08-20", "2018-08-21"])
    plans = pd.DataFrame({
        "child_id": list("ABCDE"), "start_date": starts, "end_date": pd.NaT, "previous_plans": [0, 0, 0, 1, 0],
        "initial_category": ["EMO", "NEG", "NEG", "NEG", "PHY"],
    })  # fmt: skip
    return Known.from_tables({"protection_plans": plans}, kinds=("cin_census",), quarter=Q2)


def row(tmp_path, known, text: str, england=lambda *_: None) -> pd.Series:
    (tmp_path / "929-trial.csv").write_text(HEADER + f"F1,t,m,{text}\n", encoding="utf-8")
    return published.table(known, "929", "trial", england, tmp_path).iloc[0]


@pytest.mark.parametrize(
    ("text", "computed", "agrees"),
    [
        # Four plans began in the year to September 2018, one of them a repeat.
        ("cpp_start_count,,,2018-19-Q2,,,value,,4,,,0,exact,,,", 4, True),
        ("cpp_start_count,,,2018-19-Q2,,,value,,5,,,0,exact,,,", 4, False),
        ("cpp_repeat_percent,,,2018-19-Q2,,,value,,25,1,4,0,exact,,,", 25, True),
        ("cpp_repeat_percent,,,2018-19-Q2,,,value,,25,2,8,0,exact,,,", 25, False),
        ("cpp_repeat_percent,,,2018-19-Q2,,,numerator,,1,,,0,exact,,,", 1, True),
        ("cpp_start_count,category,Neglect|Physical abuse,2018-19-Q2,,,value,,4,,,0,exact,,,", 4, True),
        ("cpp_start_count,category,Neglect,2018-19-Q2,2018-08-01,2018-08-31,value,,2,,,0,exact,,,", 2, True),
        ("cpp_count,,,2018-19-Q2,,,ratio,2017-18-Q1,5,,,1,exact,,,", 5, True),
        ("cpp_count,,,2018-19-Q2,,,change_percent,2017-18-Q1,400,,,0,exact,,,", 400, True),
        ("cpp_count,,,2018-19-Q2,,,change_percent,2017-18-Q1,390,,,0,over,,,", 400, True),
        ("cpp_count,,,2018-19-Q2,,,change_percent,2017-18-Q1,200,,,0,over,,,", 400, False),
        ("cpp_repeat_percent,,,2018-19-Q2,,,value,,24,,,0,just_over,,,", 25, True),
        ("cpp_repeat_percent,,,2018-19-Q2,,,value,,25,,,0,just_over,,,", 25, False),
        ("cpp_repeat_percent,,,2018-19-Q2,,,value,,27,,,0,almost,,,", 25, True),
        ("cpp_repeat_percent,,,2018-19-Q2,,,value,,25,,,0,almost,,,", 25, False),
        ("cpp_repeat_percent,,,2018-19-Q2,,,value,,24,,,0,well_over,,,", 25, True),
        ("cpp_repeat_percent,,,2018-19-Q2,,,value,,24.9,,,0,well_over,,,", 25, False),
    ],
)
def test_a_figure_agrees_at_its_precision_or_in_kind(tmp_path, known, text, computed, agrees):
    found = row(tmp_path, known, text)
    assert (found["computed"], found["agrees"]) == (computed, agrees)


def test_a_direction_needs_the_line_and_its_ends(tmp_path, known):
    rising = row(tmp_path, known, "cpp_count,,,2018-19-Q2,,,trend,2017-18-Q1,,,,0,rising,,,")
    falling = row(tmp_path, known, "cpp_count,,,2018-19-Q2,,,trend,2017-18-Q1,,,,0,falling,,,")
    assert (rising["agrees"], falling["agrees"]) == (True, False)
    assert published._slope([3, 9, 9, 3]) == 0


def test_high_and_in_line_are_said_of_a_comparator(tmp_path, known):
    high = "cpp_repeat_percent,,,2018-19-Q2,,,value,,,,,0,high,,,"
    in_line = "cpp_repeat_percent,,,2018-19-Q2,,,value,,,,,0,in_line,,,"
    assert row(tmp_path, known, high)["agrees"] is pd.NA
    assert row(tmp_path, known, high, lambda *_: 20.2)["agrees"]
    assert not row(tmp_path, known, high, lambda *_: 30.0)["agrees"]
    # One in four: Wilson's interval is 4.6 to 69.9.
    assert row(tmp_path, known, in_line, lambda *_: 69.0)["agrees"]
    assert not row(tmp_path, known, in_line, lambda *_: 71.0)["agrees"]


def test_the_year_of_a_comparator_that_was_printed_is_found_out(tmp_path, known):
    # 20.2% of plans that began in England in 2017-18 were a second or later one; no other year rounds to 20.
    found = row(tmp_path, known, "cpp_repeat_percent,,,2018-19-Q2,,,value,,25,,,0,exact,England,20,")
    assert found["comparator"] == "England 20: that of 2017-18"
    none = row(tmp_path, known, "cpp_repeat_percent,,,2018-19-Q2,,,value,,25,,,0,exact,England,99,")
    assert none["comparator"] == "England 99: of no year that is held"


def test_what_was_not_delivered_is_not_said_to_differ(tmp_path, known):
    found = row(tmp_path, known, "lac_count,,,2018-19-Q2,,,value,,370,,,0,exact,,,")
    assert found["agrees"] is pd.NA
    assert "not delivered" in found["note"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cpp_count,,,2018-19-Q2,,,guess,,370,,,0,exact,,,", "line 2: 'guess' is no statistic"),
        ("cpp_count,,,2018-19-Q2,,,value,,370,,,0,roughly,,,", "line 2: 'roughly' is no kind of agreement"),
        ("cpp_count,,,2018-Q2,,,value,,370,,,0,exact,,,", "line 2: "),
    ],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path, known, text, said):
    with pytest.raises(UserError, match=said):
        row(tmp_path, known, text)


def test_an_edition_that_is_not_held_is_refused(tmp_path):
    with pytest.raises(UserError, match="no published figures of '1999'"):
        published.figures("929", "1999", tmp_path)


def test_an_explicit_period_takes_the_place_of_the_indicators_own(known):
    august = (dt.date(2018, 8, 1), dt.date(2018, 8, 31))
    found = series(known, ["cpp_start_count"], [Q2], period=august).iloc[0]
    assert (found["value"], found["period_start"], found["period_end"]) == (3, *map(pd.Timestamp, august))
