"""The definitions against Northumberland's published numerators and denominators (DfE, Children in need, 2013 to 2024
release): records with as many children, put through the indicator, give the published value."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.indicators import registry
from analysis.methods.rates import round_half_up
from analysis.records.history import Known
from analysis.records.tables import TABLES
from analysis.reference.quarters import Quarter

MARCH_2018, MARCH_2017, MARCH_2016 = Quarter(2017, 4), Quarter(2016, 4), Quarter(2015, 4)
# The release that those rates stand on, rebased after the census of 2021.
REBASED = "mye-2023"


def many(count: int, first: int = 0, **columns) -> pd.DataFrame:
    """So many children's rows, all alike."""
    names = [f"C{n:05d}" for n in range(first, first + count)]
    return pd.DataFrame({"child_id": names, **{name: [value] * count for name, value in columns.items()}})


def known(**tables: pd.DataFrame | list[pd.DataFrame]) -> Known:
    found = {}
    for name, frames in tables.items():
        rows = pd.concat(frames if isinstance(frames, list) else [frames], ignore_index=True)
        for column in rows.columns:
            if TABLES[name].column(column).kind == "date":
                rows[column] = pd.to_datetime(rows[column])
        found[name] = rows
    return Known.from_tables(found)


def value(one: Known, indicator: str, quarter: Quarter = MARCH_2018, vintage: str | None = None) -> tuple:
    row = registry.compute(one, quarter, [indicator], authority="929", vintage=vintage).iloc[0]
    return row["numerator"], row["denominator"], round_half_up(row["value"], 1)


def enquiries(*conferences: tuple[int, str | None]) -> pd.DataFrame:
    """Enquiries of 4 September 2017, so many with each conference date."""
    parts, first = [], 0
    for count, date in conferences:
        parts.append(many(count, first, start_date="2017-09-04", conference_date=date))
        first += count
    return pd.concat(parts, ignore_index=True)


def test_referrals_are_611_per_10000():
    one = known(referrals=many(3584, date="2017-06-01"))
    assert value(one, "referral_rate", vintage=REBASED) == (3584, 58_657, 611.0)


def test_referrals_were_608_per_10000_on_the_estimate_of_the_time():
    one = known(referrals=many(3584, date="2017-06-01"))
    assert (
        round_half_up(registry.compute(one, MARCH_2018, ["referral_rate"], authority="929")["value"].iloc[0], 0) == 608
    )


@pytest.mark.parametrize(
    ("quarter", "again", "all_of_them", "percent"),
    [(MARCH_2018, 619, 3584, 17.3), (MARCH_2017, 781, 3286, 23.8), (MARCH_2016, 1480, 5002, 29.6)],
)
def test_rereferrals(quarter, again, all_of_them, percent):
    day = pd.Timestamp(quarter.end)
    one = known(referrals=[many(all_of_them, date=day), many(again, date=day - pd.DateOffset(months=12))])
    # The earlier ones fall on the last day of the year before.
    assert value(one, "rereferral_percent", quarter) == (again, all_of_them, percent)


def test_children_referred_again_are_16_7_percent():
    one = known(referrals=[many(3267, date="2017-06-01"), many(547, date="2017-03-01")])
    assert value(one, "rereferral_children_percent") == (547, 3267, 16.7)


def test_referrals_with_no_further_action_are_2_2_percent():
    one = known(
        referrals=[many(79, date="2017-06-01", no_further_action=True), many(3505, 79, date="2017-06-01", no_further_action=False)]
    )  # fmt: skip
    assert value(one, "referrals_no_further_action_percent") == (79, 3584, 2.2)


@pytest.mark.parametrize(
    ("quarter", "refused", "all_of_them", "percent"),
    [(MARCH_2018, 1087, 3584, 30.3), (MARCH_2017, 986, 3286, 30.0), (MARCH_2016, 1416, 5002, 28.3)],
)
def test_assessed_as_not_in_need_is_a_share_of_referrals(quarter, refused, all_of_them, percent):
    day = pd.Timestamp(quarter.end) - pd.DateOffset(months=3)
    need = {"start_date": day, "closure_date": day + pd.DateOffset(months=1)}
    one = known(
        referrals=many(all_of_them, date=day),
        episodes_of_need=[
            many(refused, closure_reason="RC8", **need), many(all_of_them - refused, refused, closure_reason="RC7", **need),
        ],
    )  # fmt: skip
    assert value(one, "assessed_not_in_need_percent", quarter) == (refused, all_of_them, percent)


# Of 2017-18: same day, 1 to 10, 11 to 20, 21 to 30, 31 to 40, 41 to 45, 46 to 50, 51 to 60, 61 or more working days.
BANDS = {0: 8, 10: 588, 20: 435, 30: 1206, 40: 350, 45: 1306, 50: 237, 60: 136, 61: 67}


@pytest.fixture(scope="module")
def assessments():
    days = pd.bdate_range("2017-05-30", periods=90)
    days = days[days != "2017-08-28"]
    frames, first = [], 0
    for working_days, count in BANDS.items():
        frames.append(many(count, first, start_date=days[0], authorised_date=days[working_days]))
        first += count
    return known(assessments=frames)


def test_assessments_are_738_7_per_10000(assessments):
    assert value(assessments, "assessment_rate", vintage=REBASED) == (4333, 58_657, 738.7)


def test_assessments_in_time_are_89_8_percent(assessments):
    assert value(assessments, "assessments_within_45_days_percent") == (3893, 4333, 89.8)


def test_assessments_by_how_long_they_took(assessments):
    table = registry.compute(assessments, MARCH_2018, ["assessment_count"], by=["duration"], authority="929")
    found = table[table["breakdown"] == "duration"]["numerator"].tolist()
    assert found == [8 + 588, 435, 1206, 350, 1306, 237, 136, 67]


@pytest.fixture(scope="module")
def conferences():
    """606: 77 within ten working days, 426 within fifteen, 49 within twenty, 54 later; of these 511 led to a plan."""
    held = ((77, "2017-09-14"), (426, "2017-09-25"), (49, "2017-09-29"), (54, "2017-10-13"), (623, None))
    return known(section47_enquiries=enquiries(*held), protection_plans=many(511, start_date="2017-10-02"))


@pytest.mark.parametrize(
    ("indicator", "published"),
    [
        ("section47_rate", (1229, 58_657, 209.5)),
        ("icpc_rate", (606, 58_657, 103.3)),
        ("icpc_within_15_days_percent", (503, 606, 83.0)),
        ("icpc_per_section47_percent", (606, 1229, 49.3)),
        ("plans_per_icpc_percent", (511, 606, 84.3)),
    ],
)
def test_enquiries_and_conferences_of_2017_18(conferences, indicator, published):
    assert value(conferences, indicator, vintage=REBASED) == published


@pytest.mark.parametrize(
    ("quarter", "enquiries", "conferences", "plans", "percents"),
    [(MARCH_2017, 991, 451, 367, (45.5, 81.4)), (MARCH_2018, 1229, 606, 511, (49.3, 84.3))],
)
def test_both_conversions_rose_in_2017_18(quarter, enquiries, conferences, plans, percents):
    day = pd.Timestamp(quarter.end) - pd.DateOffset(months=2)
    one = known(
        section47_enquiries=[
            many(conferences, start_date=day, conference_date=day + pd.DateOffset(days=14)),
            many(enquiries - conferences, conferences, start_date=day),
        ],
        protection_plans=many(plans, start_date=day + pd.DateOffset(days=14)),
    )
    found = (value(one, "icpc_per_section47_percent", quarter)[2], value(one, "plans_per_icpc_percent", quarter)[2])
    assert found == percents


def test_children_in_need_are_458_9_per_10000_and_2_6_wait_for_their_assessment():
    one = known(
        episodes_of_need=many(2692, start_date="2018-03-28"), assessments=many(2677, 15, start_date="2018-03-29")
    )
    assert value(one, "cin_rate", vintage=REBASED) == (2692, 58_657, 458.9)
    assert value(one, "cin_awaiting_assessment_rate", vintage=REBASED) == (15, 58_657, 2.6)


# By how long they had lasted: up to 3 months, to 6, under a year, under two, two or more (D5, D7).
OPEN = {MARCH_2016: (79, 104, 87, 62, 29), MARCH_2017: (85, 66, 55, 19, 9), MARCH_2018: (165, 99, 102, 25, 0)}
ENDED = {MARCH_2016: (63, 28, 142, 117, 39), MARCH_2017: (70, 60, 209, 105, 43), MARCH_2018: (78, 40, 165, 55, 12)}
LASTED = (91, 182, 364, 729, 730)


def plans(quarter: Quarter) -> Known:
    last, frames, first = pd.Timestamp(quarter.end), [], 0
    for days, count, ended in zip(LASTED, OPEN[quarter], ENDED[quarter], strict=True):
        frames.append(many(count, first, start_date=last - pd.Timedelta(days=days)))
        day = last - pd.Timedelta(days=30)
        frames.append(many(ended, first + count, start_date=day - pd.Timedelta(days=days), end_date=day))
        first += count + ended
    return known(protection_plans=frames)


@pytest.mark.parametrize(
    ("quarter", "indicator", "published"),
    [
        (MARCH_2018, "cpp_rate", (391, 58_657, 66.7)),
        (MARCH_2018, "cpp_end_rate", (350, 58_657, 59.7)),
        (MARCH_2016, "cpp_two_years_open_percent", (29, 361, 8.0)),
        (MARCH_2017, "cpp_two_years_open_percent", (9, 234, 3.8)),
        (MARCH_2018, "cpp_two_years_open_percent", (0, 391, 0.0)),
        (MARCH_2016, "cpp_two_years_ended_percent", (39, 389, 10.0)),
        (MARCH_2017, "cpp_two_years_ended_percent", (43, 487, 8.8)),
        (MARCH_2018, "cpp_two_years_ended_percent", (12, 350, 3.4)),
    ],
)
def test_plans_open_and_ended(quarter, indicator, published):
    assert value(plans(quarter), indicator, quarter, REBASED) == published


@pytest.mark.parametrize("quarter", OPEN)
def test_plans_by_how_long_they_lasted(quarter):
    table = registry.compute(plans(quarter), quarter, ["cpp_count", "cpp_end_count"], by=["duration"], authority="929")
    table = table[table["breakdown"] == "duration"]
    for indicator, published in (("cpp_count", OPEN), ("cpp_end_count", ENDED)):
        assert table.loc[table["indicator"] == indicator, "numerator"].tolist() == list(published[quarter])


@pytest.mark.parametrize(
    ("quarter", "again", "started", "percent"),
    [(MARCH_2018, 82, 511, 16.0), (MARCH_2017, 25, 367, 6.8), (MARCH_2016, 36, 396, 9.1)],
)
def test_second_or_later_plans(quarter, again, started, percent):
    day = pd.Timestamp(quarter.end)
    one = known(
        protection_plans=[
            many(again, start_date=day, previous_plans=1), many(started - again, again, start_date=day, previous_plans=0),
        ]
    )  # fmt: skip
    assert value(one, "cpp_repeat_percent", quarter) == (again, started, percent)


@pytest.mark.parametrize(
    ("quarter", "in_time", "judged", "percent"),
    [(MARCH_2018, 219, 226, 96.9), (MARCH_2017, 143, 149, 96.0), (MARCH_2016, 254, 282, 90.1)],
)
def test_plans_reviewed_in_time(quarter, in_time, judged, percent):
    start = pd.Timestamp(quarter.end) - pd.DateOffset(months=5)
    on_time, late = start + pd.DateOffset(months=3), start + pd.DateOffset(months=3, days=1)
    one = known(
        # Plans younger than three months aren't judged.
        protection_plans=[many(judged, start_date=start), many(165, judged, start_date=pd.Timestamp(quarter.end))],
        protection_reviews=[
            many(in_time, plan_start=start, date=on_time), many(judged - in_time, in_time, plan_start=start, date=late),
        ],
    )  # fmt: skip
    assert value(one, "cpp_reviews_in_time_percent", quarter) == (in_time, judged, percent)


def test_neglect_starts_rose_by_about_two_thirds():
    one = known(
        protection_plans=[
            many(163, start_date="2016-06-01", initial_category="NEG"),
            many(267, 163, start_date="2017-06-01", initial_category="NEG"),
            many(244, 600, start_date="2017-06-01", initial_category="EMO"),
        ]
    )
    assert value(one, "neglect_start_count", MARCH_2017)[0] == 163
    assert value(one, "cpp_starts_neglect_percent") == (267, 511, 52.3)
