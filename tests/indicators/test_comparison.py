"""A local figure beside published ones: the year, the mismatch in words, and what is refused."""

import datetime as dt
import re

import pandas as pd
import pytest

from analysis.indicators import comparable, comparison, registry
from analysis.indicators.comparison import ENGLAND, NEIGHBOURS, REGION, compare
from analysis.reference import benchmarks
from analysis.reference.project import UsageError
from analysis.reference.quarters import Quarter

THEN, NOW = 58_994, 58_657  # mid-2017, on the estimate of 2018 and since the census of 2021


def row(
    indicator="referral_rate", unit="rate_per_10000", start="2017-10-01", end="2018-09-30", denominator=THEN, **more
):
    return {"authority": "929", "quarter": "2018-19-Q2", "indicator": indicator, "breakdown": "all", "value": 616.2,
            "unit": unit, "denominator": denominator,
            "period_start": pd.Timestamp(start), "period_end": pd.Timestamp(end)} | more  # fmt: skip


def stock(indicator, unit="rate_per_10000", day="2018-09-30", **more):
    return row(indicator, unit, day, day, **more)


# --- the year, and the words ------------------------------------------------------------------------------------


def test_the_latest_year_that_was_out_with_its_mismatch_in_words():
    found = compare(row("rereferral_percent", "percent"), ENGLAND)
    assert (found.value, found.year) == (21.9, 2018)
    assert found.words == "England 2017-18; ours to 30 September 2018"


def test_the_same_year_needs_no_excuse():
    found = compare(row("rereferral_percent", "percent", "2017-04-01", "2018-03-31"), ENGLAND, year=2018)
    assert found.words == "England 2017-18"


def test_turning_the_year_by_one_makes_it_say_so():
    """The document of 2018 set England's 10% of 2017 beside a local figure of 2018, and nobody could see it."""
    local = stock("lac_three_placements_percent", "percent")
    words = {year: compare(local, ENGLAND, year=year).words for year in (2016, 2017, 2018)}
    assert words[2018] == "England at 31 March 2018; ours at 30 September 2018"
    assert words[2017] == "England at 31 March 2017; ours at 30 September 2018"
    assert len(set(words.values())) == 3
    assert [compare(local, ENGLAND, year=year).value for year in (2017, 2018)] == [10, 11]


@pytest.mark.parametrize(
    ("indicator", "unit", "end", "year"),
    [
        ("rereferral_percent", "percent", "2018-09-30", 2018),  # out in October 2018: in time for December
        ("rereferral_percent", "percent", "2018-06-30", 2017),  # a document of September 2018 can't know it
        ("rereferral_percent", "percent", "2018-03-31", 2017),
        ("rereferral_percent", "percent", "2019-03-31", 2018),
    ],
)
def test_a_year_that_was_not_out_yet_is_not_used(indicator, unit, end, year):
    start = (pd.Timestamp(end) + pd.Timedelta(days=1) - pd.DateOffset(years=1)).date().isoformat()
    assert compare(row(indicator, unit, start, end), ENGLAND).year == year


def test_workforce_figures_of_a_september_come_the_february_after():
    found = compare(stock("vacancy_percent", "percent"), ENGLAND)
    assert found.words == "England at 30 September 2017; ours at 30 September 2018"
    later = compare(stock("vacancy_percent", "percent", "2019-03-31"), ENGLAND)
    assert later.year == 2018


def test_outcomes_of_looked_after_children_come_a_year_later():
    assert compare(stock("lac_dental_check_percent", "percent", "2019-03-31"), ENGLAND).year == 2018
    early = compare(stock("lac_dental_check_percent", "percent"), ENGLAND)
    assert early.refused == "nothing had been published by then"


# --- the population ---------------------------------------------------------------------------------------------


def test_a_rate_of_2018_stands_beside_the_rate_printed_in_2018():
    found = compare(row(denominator=THEN), ENGLAND)
    assert (found.value, found.release) == (553, "first-published")
    assert found.words == "England 2017-18; ours to 30 September 2018; as first published"


def test_a_rate_worked_out_today_stands_beside_todays():
    found = compare(row(denominator=NOW), ENGLAND)
    assert (found.value, found.release) == (559.6, "lait-2026")
    assert "population" not in found.words


def test_rates_on_different_estimates_say_so():
    now = compare(stock("cpp_rate", denominator=THEN), REGION)
    assert now.value == 66.4
    assert "on a later population estimate than ours" in now.words
    then = compare(row(denominator=NOW), ENGLAND, release="first-published")
    assert "on the population estimate of the time, ours on a later one" in then.words
    strange = compare(stock("cpp_rate", denominator=58_000), REGION)
    assert "ours on a population estimate that we don't hold" in strange.words


def test_two_vintages_that_agree_need_no_words():
    """Releases of 2024 and 2025 differ from mid-2022 on only."""
    assert comparable.same_population("mye-2024", "mye-2023", 2017)
    assert not comparable.same_population("mye-2024", "mye-2023", 2022)
    assert comparable.same_population("implied-2018", "in-force", 2017)
    assert not comparable.same_population("implied-2018", "mye-2024", 2017)


# --- neighbours -------------------------------------------------------------------------------------------------


def test_neighbours_say_their_edition_and_how_many_had_a_figure():
    all_ten = compare(stock("lac_three_placements_percent", "percent"), NEIGHBOURS)
    assert all_ten.words.startswith("mean of the 10 statistical neighbours (April 2021) at 31 March 2018")
    some = compare(stock("cpp_two_years_open_percent", "percent"), NEIGHBOURS)
    assert re.match(
        r"mean of \d of the 10 statistical neighbours \(April 2021\) with a figure at 31 March 2018", some.words
    )
    other = compare(stock("lac_three_placements_percent", "percent"), NEIGHBOURS, edition="may-2025")
    assert "May 2025" in other.words
    assert other.value != all_ten.value


def test_an_authority_that_an_edition_lacks_has_no_neighbours_to_compare_with():
    """Cumberland began in 2023."""
    local = row("rereferral_percent", "percent", "2024-01-01", "2024-12-31", authority="942")
    found = compare(local, NEIGHBOURS, edition="apr-2021")
    assert (found.value, found.refused) == (None, "nothing is held for 2023-24")
    assert compare(local, NEIGHBOURS, edition="may-2025").value > 0
    assert compare(local, REGION).name == "North West"


# --- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("local", "against", "why"),
    [
        (row("contact_count", "count"), ENGLAND, "no published figure of this measure is held"),
        (row("assessments_not_in_need_percent", "percent"), ENGLAND, "DfE's share is of referrals, the local one of assessments"),
        (stock("lac_within_20_miles_percent", "percent"), ENGLAND, "the local one of all within 20 miles"),
        (row("cpp_repeat_within_two_years_percent", "percent"), REGION, "DfE counts an earlier plan at any time"),
        (row(start="2018-07-01"), ENGLAND, "isn't set beside a year's, annualised or not"),
        (row(start="2018-09-30"), ENGLAND, "the local figure is of a day, the published one of a year"),
        (row("cpp_rate"), ENGLAND, "the local figure is of a period, the published one of a day"),
        (row("referral_rate", "percent"), ENGLAND, "the published figure is in another unit"),
        (row("referral_count", "count"), ENGLAND, "numbers of areas of different sizes"),
        (row("rereferral_percent", "percent", breakdown="age"), ENGLAND, "what is published is of all children"),
    ],
)  # fmt: skip
def test_unlike_things_are_refused_and_say_why(local, against, why):
    found = compare(local, against)
    assert found.value is None
    assert why in found.refused
    assert found.words.startswith("not compared with ")


def test_an_annualised_quarter_is_never_set_beside_a_year():
    """Whatever the year asked for."""
    quarter = row(start="2018-07-01", value=4 * 150.0)
    assert all(compare(quarter, one, year=year).refused for one in comparison.AGAINST for year in (None, 2017, 2018))


def test_a_variant_is_carried_only_on_request_and_says_how_it_differs():
    found = compare(row("assessments_not_in_need_percent", "percent"), ENGLAND, as_variant=True)
    assert found.value == 28.5
    assert "DfE's share is of referrals, the local one of assessments" in found.words


def test_years_too_far_apart_are_refused():
    found = compare(row("rereferral_percent", "percent"), ENGLAND, year=2013)
    assert "is too far from the year to 30 September 2018" in found.refused
    assert compare(row("rereferral_percent", "percent"), ENGLAND, year=2018 - comparable.MOST_YEARS_APART + 1).value


def test_a_symbol_is_no_number():
    found = compare(stock("cpp_two_years_open_percent", "percent", "2022-09-30"), "929")
    assert (found.value, found.symbol) == (None, "c")


def test_one_area_by_code():
    found = compare(row("referral_count", "count", "2017-04-01", "2018-03-31"), "929", year=2018)
    assert (found.value, found.words) == (3584, "Northumberland 2017-18")
    with pytest.raises(UsageError, match="'Narnia' is nothing to compare with; use england, region, neighbours"):
        compare(row(), "Narnia")


def test_worked_out_figures_say_so():
    found = compare(stock("lac_section20_percent", "percent"), ENGLAND)
    assert round(found.value, 1) == 22.7
    assert found.words == (
        "England at 31 March 2017; ours at 30 September 2018; as first published; worked out from the numbers published"
    )


# --- a table ----------------------------------------------------------------------------------------------------


def test_a_table_beside_its_comparators():
    table = pd.DataFrame([row(), row("contact_count", "count"), row(breakdown="age")])
    found = comparison.beside(table, years={"referral_rate": 2017})
    assert list(found.columns) == list(comparison.COLUMNS)
    assert list(found["against"]) == [*comparison.AGAINST] * 2
    england = found.iloc[0]
    assert (england["published"], england["published_for"]) == (553.6, "2016-17")
    assert "England 2016-17; ours to 30 September 2018" in england["words"]
    assert set(found.iloc[3:]["refused"]) == {"no published figure of this measure is held"}


def test_englands_value_for_words_like_high_and_in_line():
    assert comparison.england("assessed_not_in_need_percent", dt.date(2018, 9, 30)) == 28.5
    assert comparison.england("lac_long_term_stability_percent", dt.date(2018, 9, 30)) == 69
    assert comparison.england("contact_count", dt.date(2018, 9, 30)) is None
    assert comparison.england("assessments_not_in_need_percent", dt.date(2018, 9, 30)) is None


def test_no_comparison_is_good_or_bad():
    assert not {"rank", "better", "worse", "polarity", "rag"} & {
        *comparison.COLUMNS,
        *comparison.Comparison.__annotations__,
    }


def test_periods_in_words():
    day = dt.date
    assert comparable.in_words(day(2018, 9, 30), day(2018, 9, 30)) == "30 September 2018"
    assert comparable.in_words(day(2017, 10, 1), day(2018, 9, 30)) == "the year to 30 September 2018"
    assert comparable.in_words(day(2018, 7, 1), day(2018, 9, 30)) == "1 July 2018 to 30 September 2018"


def test_a_measure_with_an_indicators_name_counts_in_the_same_unit_over_the_same_kind_of_period():
    ours = registry.indicators()
    shared = [one for name, one in benchmarks.measures().items() if name in ours]
    assert len(shared) >= 50
    assert [(one.id, one.unit) for one in shared if ours[one.id].unit != one.unit] == []
    spans = {one.id: ours[one.id].period(Quarter.parse("2018-19-Q2")) for one in shared}
    assert [(one.id, one.at) for one in shared if (spans[one.id].start == spans[one.id].end) != one.stock] == []
