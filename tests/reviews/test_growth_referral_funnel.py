"""The funnel's parts add up and say how far chance reaches; cases are followed; what lacks a step before is counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_worlds import reviews

from analysis.indicators import registry
from analysis.reference.quarters import Quarter
from analysis.reviews.growth import case_links, referral_funnel

NOW = Quarter.parse("2018-19-Q2")
# (referrals, enquiries, conferences, plans) of the year to each of March 2017, March 2018 and September 2018: the middle
# of each year, so that the last two don't share a case.
YEARS = ("2016-10-03", "2017-05-01", "2018-06-01")


def authority(*stages: tuple[int, int, int, int], start_no_later: int = 0) -> dict[str, pd.DataFrame]:
    """Tables with so many cases a year, each child's own, all steps within three weeks, spread over ninety days."""
    frames: dict[str, list] = {"referrals": [], "section47_enquiries": [], "protection_plans": []}
    for year, (first, counts) in enumerate(zip(YEARS, stages, strict=True)):
        referred, enquired, met, planned = counts
        for n in range(referred):
            child, day = f"SIM{year}{n:05d}", pd.Timestamp(first) + pd.Timedelta(days=n % 90)
            frames["referrals"].append({"child_id": child, "date": day})
            if n < enquired:
                held = day + pd.Timedelta(days=14) if n < met else pd.NaT
                frames["section47_enquiries"].append(
                    {"child_id": child, "start_date": day + pd.Timedelta(days=2), "conference_date": held}
                )
            if n < planned:
                frames["protection_plans"].append({"child_id": child, "start_date": day + pd.Timedelta(days=14)})
    return {name: pd.DataFrame(rows) for name, rows in frames.items()}


@pytest.fixture
def review():
    return reviews("tiny", "annex_a", "cin_census")


def test_counts_are_those_of_the_indicators(review):
    one = review(**authority((400, 120, 60, 50), (440, 180, 80, 64), (300, 90, 70, 66)))
    found = referral_funnel.funnel(one)
    ids = {
        "referrals": "referral_count",
        "enquiries": "section47_count",
        "conferences": "icpc_count",
        "plans": "cpp_start_count",
    }
    at = [Quarter(2016, 4), Quarter(2017, 4), NOW]
    table = registry.series(one.known, ids.values(), at, authority=one.authority).pivot(
        index="indicator", columns="quarter", values="value"
    )
    for stage, indicator in ids.items():
        assert found.counts.loc[stage].tolist() == table.loc[indicator].tolist()


def test_parts_add_up_and_a_step_that_did_not_move_has_none(review):
    """Twice the referrals, and every share after them as it was: all of the 50 more is the referrals'."""
    one = review(**authority((400, 120, 60, 50), (800, 240, 120, 100), (300, 90, 45, 20)))
    part = referral_funnel.funnel(one).changes["last_year"]["part"]
    assert part[["referrals", "enquiries", "conferences", "plans"]].tolist() == [50, 0, 0, 0]
    words = referral_funnel.in_words(one, referral_funnel.funnel(one), "last_year")
    assert words.startswith(
        "Plans starting in a year rose by 50, from 50 to 100, between the years to 31 March 2017 and 31 March 2018."
    )
    assert words.endswith("Beyond what chance would give: from referrals.")


stage_counts = st.tuples(st.integers(100, 200), st.integers(60, 99), st.integers(30, 59), st.integers(10, 29))


@given(stage_counts, stage_counts)
def test_the_parts_of_any_funnel_are_the_whole(before, after):
    counts = pd.DataFrame(
        {"year_end_before": (50_000, *before), "last_year_end": (50_100, *after)}, index=list(referral_funnel.STAGES)
    )
    counts["now"] = counts["last_year_end"]
    drawn = np.stack([np.array([before, after, after], float)] * 3)
    change = referral_funnel._change(counts.astype("Int64"), drawn, 0, 1)
    assert change["part"].sum() == after[-1] - before[-1]
    # Where every draw is what was seen, the limits close in on the parts.
    assert (change["lower"] - change["upper"]).abs().max() < 1e-9
    assert (change["part"] - change["lower"]).abs().max() <= 1


def test_without_referrals_the_chain_begins_with_enquiries(review):
    tables = authority((400, 120, 60, 50), (440, 180, 80, 64), (300, 90, 70, 66))
    tables.pop("referrals")
    change = referral_funnel.funnel(review(**tables)).changes["last_year"]
    assert change["part"].isna().tolist() == [True, True, False, False, False]
    assert change["part"].sum() == 14


def test_a_broken_chain_is_said(review):
    one = review(**authority((400, 120, 60, 50), (440, 180, 0, 0), (300, 90, 70, 66)))
    found = referral_funnel.funnel(one)
    assert found.changes["last_year"]["part"].isna().all()
    assert "can't be said" in referral_funnel.in_words(one, found, "last_year")
    assert referral_funnel.steps(one, found).frame.empty


def test_small_stages_withhold_the_parts(review):
    one = review("public", **authority((400, 120, 60, 3), (440, 180, 80, 64), (300, 90, 70, 66)))
    found = referral_funnel.funnel(one)
    assert "is withheld" in referral_funnel.in_words(one, found, "last_year")
    assert referral_funnel.stages(one, found).frame["part_last_year"].isna().all()
    assert referral_funnel.steps(one, found).is_withheld("value").all()


# --- the same children -------------------------------------------------------------------------------------------------


def test_cases_are_followed_as_long_in_every_year(review):
    one = review(**authority((400, 120, 60, 50), (440, 180, 80, 64), (300, 90, 70, 66)))
    table = case_links.cohorts(one).frame.set_index(["stage", "moment"])
    assert table.loc[("enquiries", "year_end_before"), ["cases", "led"]].tolist() == [120, 60]
    assert table.loc[("conferences", "last_year_end"), ["cases", "led"]].tolist() == [80, 64]
    assert table.loc[("referrals", "year_end_before"), "share"] == pytest.approx(30)
    # Enquiries of the last sixty days aren't asked for yet.
    assert table.loc[("enquiries", "now"), "year_to"] == pd.Timestamp(2018, 8, 1)


def test_a_share_of_the_same_children_that_rose_is_told_from_chance(review):
    rose = review(**authority((400, 200, 60, 50), (440, 200, 120, 100), (300, 90, 70, 66)))
    words = case_links.cohorts_in_words(case_links.cohorts(rose))
    assert (
        "led to a conference was 30% in the year to 30 January 2017 and 60% in the year to 30 January 2018: it rose"
        in words
    )
    assert "a plan was 83%" in words
    assert words.endswith("a difference that chance might give.")


def test_what_lacks_a_step_before_is_counted(review):
    tables = authority((400, 120, 60, 50), (440, 180, 80, 64), (300, 90, 70, 66))
    moved = pd.DataFrame({"child_id": ["SIM900001"], "date": [pd.Timestamp(2018, 7, 2)]})
    extra = pd.DataFrame({
        "child_id": ["SIM900001", "SIM900002"], "start_date": [pd.Timestamp(2018, 7, 2), pd.Timestamp(2018, 7, 3)],
    })  # fmt: skip
    tables["protection_plans"] = pd.concat([tables["protection_plans"], extra], ignore_index=True)
    one = review(**tables, transfer_in_conferences=moved)
    found = case_links.missing_links(one)
    assert found.frame["now"].tolist() == [68, 1, 1, 71, 0, 90, 0]
    assert case_links.missing_in_words(one, found) == (
        "68 plans started in the year to 30 September 2018. Children who moved here on a plan, who have no enquiry here, account "
        "for 1 of them, and plans without a conference in the records for 1."
    )
    hidden = review("board", **tables, transfer_in_conferences=moved)
    assert "account for c of them" in case_links.missing_in_words(hidden, case_links.missing_links(hidden))
