"""The tidy table: its columns, symbols, intervals, breakdowns, and what it says where records don't reach."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from worked import CASES
from written_records import known

from analysis.indicators import registry
from analysis.indicators.breakdowns import AGE_GROUPS, BREAKDOWNS
from analysis.indicators.definition import (
    CENSUS_DAY,
    CENSUS_YEAR,
    COHORT,
    COUNT,
    MEAN,
    PERCENT,
    ROLLING_YEAR,
    SCHOOL_YEAR,
    STOCK,
    YEAR,
    period,
)
from analysis.indicators.engine import COLUMNS, _measure
from analysis.indicators.evidence import Evidence
from analysis.methods import intervals
from analysis.records.delivery import Coverage
from analysis.records.history import Known
from analysis.records.tables import TABLES
from analysis.reference.project import Authority, UsageError
from analysis.reference.quarters import Quarter

QUARTER = Quarter(2017, 4)
PLACE = Authority("929", "E06000057", "Northumberland", "Board", localities=("North", "West"),
                  teams={"North Team": "North", "Front Door": ""})  # fmt: skip
EVERYTHING = "\n\n".join(case.records for case in CASES if case.title.startswith(("enquiries", "looked after")))


def test_the_columns_and_the_total():
    table = registry.compute(known(CASES[0].records), QUARTER, ids=["contact_to_referral_percent"], authority="929")
    assert tuple(table.columns) == COLUMNS
    row = table.iloc[0]
    assert (row["authority"], row["quarter"], row["known_by"]) == ("929", "2017-18-Q4", "2017-18-Q4")
    assert (row["period_start"], row["period_end"]) == (pd.Timestamp(2017, 4, 1), pd.Timestamp(2018, 3, 31))
    assert (row["breakdown"], row["category"], row["unit"], row["symbol"]) == ("all", "all", "percent", "")
    lower, upper = intervals.wilson(2, 4)
    assert (row["lower"], row["upper"]) == (pytest.approx(float(lower) * 100), pytest.approx(float(upper) * 100))


def test_periods():
    assert period(ROLLING_YEAR, Quarter(2018, 2)).start == dt.date(2017, 10, 1)
    assert period(STOCK, Quarter(2018, 2)).start == period(STOCK, Quarter(2018, 2)).end == dt.date(2018, 9, 30)
    assert period(YEAR, Quarter(2018, 2)).end == dt.date(2018, 3, 31)
    assert period(YEAR, Quarter(2017, 4)).end == dt.date(2018, 3, 31)


def test_school_years_and_census_days_are_the_latest_that_have_come():
    school = [period(SCHOOL_YEAR, Quarter(2018, q)) for q in (1, 2, 3)]
    assert [(p.start.year, p.end.year) for p in school] == [(2016, 2017), (2017, 2018), (2017, 2018)]
    assert (school[1].start, school[1].end) == (dt.date(2017, 9, 1), dt.date(2018, 8, 31))
    assert [period(CENSUS_DAY, Quarter(2018, q)).start for q in (1, 2, 4)] == [
        dt.date(2017, 9, 30), dt.date(2018, 9, 30), dt.date(2018, 9, 30)
    ]  # fmt: skip
    assert period(CENSUS_YEAR, Quarter(2018, 2)).start == dt.date(2017, 10, 1)


@pytest.mark.parametrize(("unit", "value"), [(PERCENT, 25.0), (MEAN, 0.25)])
def test_amounts_are_divided_by_amounts_without_an_interval(unit, value):
    found = _measure(unit, pd.DataFrame({"amount": [0.5, 0.0], "base": [1.4, 0.6]}), np.nan)
    assert (found["numerator"], found["denominator"], found["value"]) == (0.5, 2.0, pytest.approx(value))
    assert np.isnan(found["lower"])
    assert _measure(unit, pd.DataFrame({"amount": [], "base": []}), np.nan)["symbol"] == "z"


def test_an_absent_return_is_x_and_nothing_to_divide_by_is_z():
    nothing = registry.compute(Known.from_tables({}), QUARTER, authority="929")
    assert set(nothing["symbol"]) == {"x"}
    assert nothing[["numerator", "denominator", "value", "lower", "upper"]].isna().all(axis=None)
    empty = Known.from_tables({name: table.empty() for name, table in TABLES.items()})
    table = registry.compute(empty, QUARTER, authority="929").set_index("indicator")
    assert table.loc["cpp_count", ["value", "symbol"]].tolist() == [0, ""]
    assert table.loc["cpp_repeat_percent", "symbol"] == "z"
    assert np.isnan(table.loc["cpp_repeat_percent", "value"])
    assert table.loc["cpp_rate", "value"] == 0


def test_a_rate_stands_on_the_vintage_asked_for():
    records = known(CASES[0].records)
    new = registry.compute(records, QUARTER, ids=["referral_rate"], authority="929", vintage="mye-2024")
    old = registry.compute(records, QUARTER, ids=["referral_rate"], authority="929")
    assert (new["denominator"][0], old["denominator"][0]) == (58_657, 58_994)
    none = registry.compute(records, Quarter(2014, 4), ids=["referral_rate"], authority="929", vintage="implied-2018")
    assert none["symbol"][0] == "x"
    assert none["numerator"][0] == 0


def test_unknown_identifiers_and_breakdowns_are_refused_in_a_sentence():
    records = known(CASES[0].records)
    with pytest.raises(UsageError, match="did you mean cpp_count"):
        registry.compute(records, QUARTER, ids=["cp_count"])
    with pytest.raises(UsageError, match="no breakdown 'shoe_size'"):
        registry.compute(records, QUARTER, by=["shoe_size"])
    with pytest.raises(UsageError, match="broken down by category"):
        registry.compute(records, QUARTER, ids=["contact_count"], by=["category"])


def test_breakdowns_name_every_category_and_what_is_not_known():
    records = known("""
        children
        child_id sex ethnicity date_of_birth disabled
        A F WBRI 2018-02-01 yes
        B M BAFR 2002-03-31 no
        C F - 2018-06-01 -

        protection_plans
        child_id start_date end_date latest_category team
        A 2018-03-01 - NEG North_Team
        B 2018-03-01 - NEG Front_Door
        C 2018-03-01 - EMO -
        D 2018-03-01 - - Gone
    """)  # fmt: skip
    place = Authority("929", "E06000057", "N", "B", localities=("North", "West"),
                      teams={"North Team": "North", "Front Door": ""})  # fmt: skip
    table = registry.compute(records, QUARTER, ids=["cpp_count", "cpp_rate"], by=["sex", "age", "ethnicity", "locality",
                             "category", "disability", "team"], authority=place)  # fmt: skip
    counts = table[table["indicator"] == "cpp_count"]
    by = {name: dict(zip(g["category"], g["numerator"], strict=True)) for name, g in counts.groupby("breakdown")}
    assert by["sex"] == {"Female": 2, "Male": 1, "Neither": 0, "Not stated": 0, "Not known": 1}
    assert list(by["age"]) == [*AGE_GROUPS, "Not known"]
    assert [by["age"][g] for g in ("Unborn", "Under 1", "16 and over", "Not known")] == [1, 1, 1, 1]
    assert by["ethnicity"]["White"] == by["ethnicity"]["Black"] == 1
    assert by["locality"] == {"North": 1, "West": 0, "Teams for the whole area": 1, "Not known": 2}
    assert by["category"]["Neglect"] == 2
    assert by["disability"] == {"Disabled": 1, "Not disabled": 1, "Not known": 2}
    assert by["team"] == {"Front Door": 1, "Gone": 1, "North Team": 1, "Not known": 1}
    assert set(table.loc[table["indicator"] == "cpp_rate", "breakdown"]) == {"all"}


BROKEN_DOWN = [case for case in CASES if any(registry.indicators()[one].breakdowns for one in case.expected)]


@pytest.mark.parametrize("case", BROKEN_DOWN, ids=lambda case: case.title[:40])
def test_categories_always_add_up_to_the_total(case):
    ids = [one for one in case.expected if registry.indicators()[one].breakdowns]
    by = sorted({name for one in ids for name in registry.indicators()[one].breakdowns})
    table = registry.compute(known(case.records), QUARTER, ids=ids, by=by, authority=PLACE)
    assert set(table["breakdown"]) == {"all", *by}
    for (_, _), rows in table.groupby(["indicator", "breakdown"]):
        total = table[(table["indicator"] == rows["indicator"].iloc[0]) & (table["breakdown"] == "all")].iloc[0]
        assert rows["numerator"].sum() == pytest.approx(total["numerator"])
        if total["unit"] != COUNT:
            assert rows["denominator"].sum() == pytest.approx(total["denominator"])


def test_every_breakdown_belongs_to_some_indicator():
    assert {name for one in registry.indicators().values() for name in one.breakdowns} == set(BREAKDOWNS)


# --- how far the records reach ----------------------------------------------------------------------------------


class Promised(Known):
    """Records in memory with promises: table, start, end, basis."""

    def __init__(self, *coverage: Coverage):
        ret = SimpleNamespace(coverage=coverage, tables={c.table: None for c in coverage}, kind="cin_census")
        super().__init__(QUARTER, (SimpleNamespace(returns=(ret,), simulated=True),))

    def table(self, name):
        return TABLES[name].empty()


def promise(start, end, basis="touching", table="protection_plans"):
    return Coverage(table, dt.date.fromisoformat(start), dt.date.fromisoformat(end), basis)


def symbol(records: Known, indicator: str, quarter: Quarter = QUARTER) -> str:
    return registry.compute(records, quarter, ids=[indicator], authority="929")["symbol"][0]


def test_a_period_that_the_records_cover_in_pieces_is_covered():
    records = Promised(promise("2017-04-01", "2017-09-30"), promise("2017-10-01", "2018-03-31"))
    assert symbol(records, "cpp_start_count") == ""
    assert symbol(records, "cpp_count") == ""


def test_a_gap_in_the_records_gives_no_value_rather_than_a_low_one():
    records = Promised(promise("2017-04-01", "2017-09-30"), promise("2017-10-02", "2018-03-31"))
    assert symbol(records, "cpp_start_count") == "x"
    assert symbol(records, "cpp_count") == ""


def test_the_first_quarters_of_records_have_stocks_and_no_years():
    records = Promised(promise("2017-04-01", "2017-12-31"))
    assert symbol(records, "cpp_count", Quarter(2017, 3)) == ""
    assert symbol(records, "cpp_start_count", Quarter(2017, 3)) == "x"
    assert symbol(records, "cpp_count", Quarter(2017, 4)) == "x"


def test_a_cohort_ended_a_year_ago_and_is_followed_to_the_quarters_end():
    one = period(COHORT, Quarter(2018, 2))
    assert (one.start, one.end) == (dt.date(2016, 10, 1), dt.date(2017, 9, 30))
    helped = promise("2016-04-01", "2017-03-31", table="early_help_referrals")
    known = Promised(helped, promise("2016-04-01", "2018-03-31", table="referrals"))
    short = Promised(helped, promise("2016-04-01", "2017-12-31", table="referrals"))
    wanted = ["early_help_hub_to_referral_percent"]
    assert registry.compute(known, QUARTER, wanted)["symbol"].tolist() == ["z"]
    assert registry.compute(short, QUARTER, wanted)["symbol"].tolist() == ["x"]


def test_a_lookback_reaches_further():
    year = Promised(promise("2017-04-01", "2018-03-31"))
    assert symbol(year, "cpp_repeat_percent") == "z"
    assert symbol(year, "cpp_repeat_within_two_years_percent") == "x"
    three = Promised(promise("2015-04-01", "2018-03-31"))
    assert symbol(three, "cpp_repeat_within_two_years_percent") == "z"
    placements = Promised(promise("2017-04-01", "2018-03-31", table="care_episodes"))
    assert symbol(placements, "lac_three_placements_percent") == "z"


def test_assessments_still_open_are_known_from_a_year_of_beginnings():
    year = Promised(promise("2017-04-01", "2018-03-31", "starting", table="assessments"))
    assert symbol(year, "assessments_overdue_count") == ""
    half = Promised(promise("2017-10-01", "2018-03-31", "starting", table="assessments"))
    assert symbol(half, "assessments_overdue_count") == "x"


def test_what_is_open_at_a_date_says_nothing_of_other_dates():
    records = Promised(promise("2018-03-31", "2018-03-31", "open"))
    assert symbol(records, "cpp_count") == ""
    assert symbol(records, "cpp_count", Quarter(2017, 3)) == "x"
    assert symbol(records, "cpp_end_count") == "x"


def test_a_table_that_is_only_looked_up_in_need_not_hold_what_was_open():
    need = promise("2017-04-01", "2018-03-31", table="episodes_of_need")
    assert symbol(Promised(need), "cin_awaiting_assessment_rate") == "x"
    begun = promise("2017-04-01", "2018-03-31", "starting", table="assessments")
    assert symbol(Promised(need, begun), "cin_awaiting_assessment_rate") == ""
    assert (
        symbol(Promised(promise("2017-04-01", "2018-03-31", "starting", table="episodes_of_need")), "cin_count") == "x"
    )


def test_frames_are_made_once():
    evidence, made = Evidence(known(CASES[0].records)), []
    make = lambda e: made.append(e) or pd.DataFrame()  # noqa: E731
    assert evidence.once(make) is evidence.once(make)
    assert len(made) == 1


# --- at the size of a real authority ------------------------------------------------------------------------------


def test_a_series_is_its_quarters_one_by_one():
    records = known(EVERYTHING)
    some = [Quarter(2017, 3), Quarter(2017, 4)]
    whole = registry.series(records, ["lac_count", "cpp_start_count"], some, authority="929")
    parts = pd.concat(
        [registry.compute(records, q, ids=["lac_count", "cpp_start_count"], authority="929") for q in some],
        ignore_index=True,
    )
    pd.testing.assert_frame_equal(whole, parts)
