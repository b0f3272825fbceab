"""Each definition against records worked by hand, and against values that were published."""

from __future__ import annotations

import pytest
from worked import CASES
from written_records import known

from analysis.indicators import catalogue, registry
from analysis.indicators.breakdowns import BREAKDOWNS
from analysis.indicators.definition import COUNT, MEAN, PERCENT, PERIOD_TYPES, RATE, UNITS
from analysis.indicators.engine import value
from analysis.methods.rates import round_half_up
from analysis.records.tables import TABLES
from analysis.reference.quarters import Quarter

QUARTER = Quarter(2017, 4)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title[:60])
def test_records_worked_by_hand(case):
    table = registry.compute(known(case.records), QUARTER, ids=case.expected, authority="929")
    found = {
        row.indicator: (row.numerator, None if row.denominator != row.denominator else row.denominator,
                        round_half_up(row.value, 1))
        for row in table.itertuples()
    }  # fmt: skip
    assert found == {name: pytest.approx(wanted) for name, wanted in case.expected.items()}


def test_every_indicator_is_worked_by_hand_somewhere():
    worked = {name for case in CASES for name, (numerator, *_) in case.expected.items() if numerator > 0}
    assert worked == set(registry.indicators())


def test_no_percentage_is_tested_only_where_everything_counts():
    partial = {n for case in CASES for n, (k, d, _) in case.expected.items() if d is not None and 0 < k < d}
    assert {one.id for one in registry.indicators().values() if one.unit == PERCENT} <= partial


@pytest.mark.parametrize(
    ("unit", "numerator", "denominator", "published"),
    [
        (RATE, 391, 58_657, 66.7),  # plans at 31 March 2018
        (RATE, 1229, 58_657, 209.5),  # section 47 enquiries 2017-18
        (RATE, 3584, 58_657, 611.0),  # referrals 2017-18
        (RATE, 606, 58_657, 103.3),  # conferences 2017-18
        (RATE, 4333, 58_657, 738.7),  # assessments 2017-18
        (PERCENT, 503, 606, 83.0),  # conferences in time
        (PERCENT, 3893, 4333, 89.8),  # assessments in time
        (PERCENT, 82, 511, 16.0),  # repeat plans
        (PERCENT, 219, 226, 96.9),  # reviews in time
        (PERCENT, 9, 234, 3.8),  # two years, open, March 2017
        (PERCENT, 12, 350, 3.4),  # two years, ended
        (PERCENT, 619, 3584, 17.3),  # re-referrals
        (PERCENT, 54, 93, 58.1),  # care leavers in education, employment or training 2017-18 (58)
        (PERCENT, 28.6, 180.3, 15.9),  # turnover, September 2018
        (PERCENT, 15, 15 + 180.3, 7.7),  # vacancies
        (PERCENT, 12.8, 12.8 + 180.3, 6.6),  # agency
        (PERCENT, 1595.3, 180.3 * 253, 3.5),  # absence
        (MEAN, 2380, 125.8, 18.9),  # caseload
        (COUNT, 391, None, 391),
    ],
)
def test_published_numerators_and_denominators_give_the_published_values(unit, numerator, denominator, published):
    assert round_half_up(float(value(unit, numerator, denominator)), 1) == published


@pytest.mark.parametrize("one", registry.indicators().values(), ids=lambda one: one.id)
def test_each_definition_is_whole(one):
    assert one.unit in UNITS
    assert one.period_type in PERIOD_TYPES
    assert one.definition.endswith(".")
    assert one.numerator
    assert one.source
    assert bool(one.denominator) == (one.unit != COUNT)
    assert set(one.breakdowns) <= set(BREAKDOWNS)
    assert set(one.needs) | set(one.or_needs) <= set(TABLES)
    assert one.needs
    # The people in each category aren't known, so a rate can't be broken down.
    assert not (one.unit == RATE and one.breakdowns)
    ending = {"count": "_count", "percent": "_percent", "rate_per_10000": "_rate", "mean": "_mean", "days": "_days"}
    # A spread is the mean of distances from a mean.
    assert ending[one.unit] in one.id or one.id == "caseload_spread"


def test_the_catalogue_is_up_to_date():
    assert catalogue.PAGE.read_text(encoding="utf-8") == catalogue.page(), "run python -m analysis.indicators.catalogue"


def test_the_identifiers_agreed_for_these_areas_are_there():
    agreed = """referral_rate rereferral_percent assessment_rate assessments_within_45_days_percent section47_rate
    icpc_rate icpc_within_15_days_percent cpp_count cpp_rate cpp_start_count cpp_end_count cpp_repeat_percent
    cpp_two_years_open_percent cpp_reviews_in_time_percent cin_awaiting_assessment_rate lac_count lac_rate
    lac_section20_count lac_section20_percent lac_care_order_percent lac_placement_order_count
    lac_three_placements_percent lac_long_term_stability_percent adopted_percent sgo_percent"""
    assert set(agreed.split()) <= set(registry.indicators())
