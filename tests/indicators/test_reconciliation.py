"""Local values beside published ones, and why they differ: the pairs that the document of 2018 and DfE have."""

import pandas as pd
import pytest

from analysis.indicators import comparison, reconciliation
from analysis.indicators.reconciliation import Pair, reconcile, why
from analysis.records.history import Known
from analysis.reference import benchmarks
from analysis.reference.quarters import Quarter

THEN = 58_994  # children at mid-2017, on the estimate of 2018


def pair(
    indicator, unit, value, numerator, denominator=float("nan"), year=2018, measure=None, statutory=None, stock=False
):
    end = pd.Timestamp(year, 3, 31)
    start = end if stock else pd.Timestamp(year - 1, 4, 1)
    row = {"authority": "929", "indicator": indicator, "unit": unit, "value": value, "numerator": float(numerator),
           "denominator": float(denominator), "period_start": start, "period_end": end}  # fmt: skip
    base = comparison.population_base(row) if unit == "rate_per_10000" else ""
    name = measure or indicator
    first = benchmarks.figure(name, "929", year, benchmarks.FIRST)
    return Pair(row, benchmarks.figure(name, "929", year), base, statutory, first)


def words(one):
    return [told.words for told in why(one)]


def test_a_rate_on_the_estimate_of_the_time_is_re_based_with_its_arithmetic():
    """608 in the document, 611.0 in today's file: the same 3,584 referrals."""
    one = pair("referral_rate", "rate_per_10000", 3584 / THEN * 10_000, 3584, THEN)
    assert not one.agrees
    assert words(one) == [
        "the population estimate has been re-based since: 3,584 among 58,994 children is 607.5 for every 10,000, and among "
        "58,657, on which DfE now stands, 611.0"
    ]


def test_a_rate_with_another_count_says_both():
    """210 in the document (1,238 enquiries would give it), 209.5 of 1,229 in the file."""
    one = pair("section47_rate", "rate_per_10000", 1238 / THEN * 10_000, 1238, THEN)
    assert words(one) == [
        "the population estimate has been re-based since: 1,238 among 58,994 children is 209.9 for every 10,000, and among "
        "58,657, on which DfE now stands, 211.1",
        "our records hold 9 more than the 1,229 published; records entered late or amended since can do this",
    ]


def test_a_live_count_is_not_the_statutory_one():
    """400 in the document, 386 published for the same day."""
    one = pair("lac_live_count", "count", 400, 400, measure="lac_count", statutory=386.0, stock=True)
    assert words(one) == [
        "ours is the live count, which has children in a series of short breaks (V3 and V4); the statutory return leaves them "
        "out: 14 of them"
    ]
    other = pair("lac_live_count", "count", 400, 400, measure="lac_count", statutory=389.0, stock=True)
    assert words(other)[0].endswith("11 of them")
    assert words(other)[1].startswith("our records hold 3 more than the 386 published")


def test_a_share_of_other_numbers():
    """13% in the document, 15% published: 56 children."""
    one = pair("lac_three_placements_percent", "percent", 100 * 50 / 386, 50, 386, stock=True)
    assert not one.agrees
    assert words(one) == [
        "our records hold 6 fewer than the 56 published; records amended or taken out since can do this"
    ]
    of = pair("cpp_repeat_percent", "percent", 100 * 82 / 500, 82, 500)
    assert words(of) == ["ours is of 500, the published share of 511"]


def test_a_number_printed_to_the_nearest_five():
    """90 care leavers' 45 in work or education in 2016: numbers of those years end in 0 or 5."""
    one = pair("care_leavers_eet_percent", "percent", 100 * 47 / 90, 47, 90, year=2016)
    rounded = reconciliation.to_nearest_five(one)
    assert "to the nearest 5 until 2019" in rounded.words
    assert reconciliation.more_or_fewer(one) is None
    exact = pair("lac_count", "count", 387, 387, year=2018, stock=True)
    assert reconciliation.to_nearest_five(exact) is None


def test_a_figure_that_was_amended_says_what_was_first_printed():
    """67 plans per 10,000 (393), provisional, in January 2019; 66.7 (391) since."""
    one = pair("cpp_rate", "rate_per_10000", 391 / 58_657 * 10_000, 391, 58_657, stock=True)
    assert one.agrees
    assert words(one) == ["DfE first printed 67 (393)"]


@pytest.mark.parametrize(
    ("indicator", "numerator", "denominator"),
    [
        ("icpc_within_15_days_percent", 503, 606),
        ("cpp_reviews_in_time_percent", 219, 226),
        ("assessments_within_45_days_percent", 3893, 4333),
    ],
)
def test_what_agrees_as_printed_needs_no_reason(indicator, numerator, denominator):
    one = pair(
        indicator, "percent", 100 * numerator / denominator, numerator, denominator, stock="reviews" in indicator
    )
    assert one.agrees
    assert words(one) == []


def test_what_nothing_explains_is_left_standing():
    """A mean that differs, with no numbers printed beside it."""
    one = pair("sdq_mean", "mean", 15.4, 1540, 100)
    assert words(one) == ["nothing that we hold explains it"]


def test_reasons_in_kind_give_no_count_away():
    for one in (
        pair("referral_rate", "rate_per_10000", 607.5, 3584, THEN),
        pair("section47_rate", "rate_per_10000", 209.9, 1238, THEN),
        pair("lac_live_count", "count", 400, 400, measure="lac_count", statutory=389.0, stock=True),
        pair("cpp_repeat_percent", "percent", 16.4, 82, 500),
    ):
        for told in why(one):
            digits = "".join(c for c in told.in_kind.replace("V3", "").replace("V4", "") if c.isdigit())
            assert digits == ""


# --- the table ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table():
    """Referrals only: 3,000 of them in 2017-18, each of another child, so none again within twelve months."""
    dates = pd.date_range("2017-04-01", "2018-03-31", periods=3000).normalize()
    early = pd.date_range("2015-04-01", "2017-03-31", periods=100).normalize()
    late = pd.date_range("2018-04-01", "2018-09-30", periods=50).normalize()
    every = [*early, *dates, *late]
    referrals = pd.DataFrame({"child_id": [f"SIM{n:06d}" for n in range(len(every))], "date": every})
    known = Known.from_tables({"referrals": referrals}, kinds=["annex_a"], quarter=Quarter.parse("2018-19-Q2"))
    return reconcile(
        known,
        Quarter.parse("2018-19-Q2"),
        "929",
        ["referral_rate", "referral_count", "rereferral_percent", "cpp_count"],
    )


def test_a_row_an_indicator_that_the_records_can_give(table):
    assert list(table.columns) == list(reconciliation.COLUMNS)
    assert list(table["indicator"]) == ["referral_count", "referral_rate", "rereferral_percent"]
    assert set(table["published_for"]) == {"2017-18"}
    assert set(table["quarter"]) == {"2017-18-Q4"}


def test_both_values_their_difference_and_the_reason(table):
    count = table.set_index("indicator").loc["referral_count"]
    assert (count["local"], count["published"], count["difference"], count["agrees"]) == (3000, 3584, -584, False)
    assert count["reason"].startswith("Our records hold 584 fewer than the 3,584 published")
    assert count["smallest"] == 3000
    rate = table.set_index("indicator").loc["referral_rate"]
    assert rate["local"] == pytest.approx(3000 / THEN * 10_000)
    assert (
        "3,000 among 58,994 children is 508.5 for every 10,000, and among 58,657, on which DfE now stands, 511.4"
        in rate["reason"]
    )


def test_a_quarter_before_the_year_was_out_is_reconciled_with_the_year_before():
    referrals = pd.DataFrame(
        {"child_id": ["SIM000001"] * 3, "date": pd.to_datetime(["2015-05-01", "2016-06-01", "2018-05-01"])}
    )
    known = Known.from_tables({"referrals": referrals}, kinds=["annex_a"], quarter=Quarter.parse("2018-19-Q1"))
    found = reconcile(known, Quarter.parse("2018-19-Q1"), "929", ["referral_count"])
    assert list(found["published_for"]) == ["2016-17"]
    assert list(found["published"]) == [3286]
