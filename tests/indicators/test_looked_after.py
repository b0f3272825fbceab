"""Children looked after: distances by band, thresholds by year, and who is in a live count and not in the published one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worked import CASES
from written_records import known

from analysis.indicators import permanence
from analysis.indicators.distance import BANDS
from analysis.indicators.registry import compute
from analysis.reference.quarters import Quarter

QUARTER = Quarter(2017, 4)
DISTANCE = next(case for case in CASES if case.title.startswith("distance"))


def test_each_distance_is_in_one_band():
    table = compute(known(DISTANCE.records), QUARTER, ["lac_distance_known_count"], by=["distance"], authority="929")
    bands = table[table["breakdown"] == "distance"].set_index("category")["value"]
    # A; D, just over the border; B; C.
    assert bands.to_dict() == dict.fromkeys(BANDS, 1)


@pytest.mark.parametrize(
    ("indicator", "year", "days"),
    [
        ("adoption_a1_days", 2010, None), ("adoption_a1_days", 2012, 639), ("adoption_a1_days", 2014, 547),
        ("adoption_a1_days", 2015, 487), ("adoption_a1_days", 2016, 426), ("adoption_a1_days", 2018, 426),
        ("adoption_a2_days", 2012, 213), ("adoption_a2_days", 2014, 152), ("adoption_a2_days", 2018, 121),
    ],
)  # fmt: skip
def test_thresholds_of_the_adoption_scorecard(indicator, year, days):
    assert permanence.threshold(indicator, year) == days


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["V2", "V3", "V4", "C1", "C2", "E1"]), min_size=1, max_size=12))
def test_the_live_count_is_the_published_one_and_the_short_breaks(statuses):
    rows = "\n".join(f"{n} 2018-03-30 S {status} K2 PR1 -" for n, status in enumerate(statuses))
    records = known(f"care_episodes\nchild_id start_date reason_new legal_status placement provider end_date\n{rows}")
    ids = ["lac_live_count", "lac_count", "lac_section20_count", "lac_section20_live_percent"]
    found = compute(records, QUARTER, ids, authority="929").set_index("indicator")
    breaks = sum(status in ("V3", "V4") for status in statuses)
    assert found.at["lac_live_count", "value"] == found.at["lac_count", "value"] + breaks
    agreed = found.at["lac_section20_live_percent", "numerator"]
    assert agreed == found.at["lac_section20_count", "value"] + breaks


def test_adoption_timescales_need_three_years_of_records():
    assert permanence.COHORT_MONTHS == 36
    timed = [one for one in permanence.indicators() if one.source == "DfE, Adoption scorecards"]
    assert {one.lookback_months for one in timed} == {24}
