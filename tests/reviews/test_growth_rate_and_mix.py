"""Volume, rate and mix of enquiries: a rise that is all rate, all volume, or all mix is called that."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from growth_worlds import AUTHORITY, NOW, review

from analysis.indicators.evidence import Evidence
from analysis.records.history import Known
from analysis.reviews.growth import rate_and_mix

SPANS = ((NOW.shift(-7).start, NOW.shift(-4).end), (NOW.shift(-3).start, NOW.end))


def world(young: tuple[int, int], old: tuple[int, int], rates: tuple[float, float], rate_before: tuple[float, float]):
    """Enquiries about children of two ages in two years, of which a share leads to a plan a fortnight later."""
    enquiries, plans, children = [], [], []
    for late in (0, 1):
        for age, count, rate in (
            ("young", young[late], (rate_before, rates)[late][0]),
            ("old", old[late], (rate_before, rates)[late][1]),
        ):
            for number in range(count):
                child = f"{age}{late}{number:04d}"
                day = SPANS[late][0] + dt.timedelta(days=number * 330 // count)
                leads = number < round(count * rate)
                meeting = day + dt.timedelta(days=14) if leads else None
                born = day - dt.timedelta(days=365 * (2 if age == "young" else 12) + 20)
                enquiries.append((child, day, day, meeting, "North Team", f"W{child}"))
                children.append((child, born))
                if leads:
                    plans.append((child, meeting, "NEG", "North Team"))
    frames = {
        "section47_enquiries": pd.DataFrame(enquiries, columns=["child_id", "start_date", "referral_date", "conference_date", "team", "worker"]),
        "protection_plans": pd.DataFrame(plans, columns=["child_id", "start_date", "initial_category", "team"]),
        "children": pd.DataFrame(children, columns=["child_id", "date_of_birth"]),
    }  # fmt: skip
    for frame in frames.values():
        for name in frame.columns[frame.columns.str.contains("date")]:
            frame[name] = pd.to_datetime(frame[name])
    return frames


def split(tables) -> rate_and_mix.Split:
    evidence = Evidence(Known.from_tables(tables, kinds=("annex_a",)))
    told = rate_and_mix.enquiries_told(evidence, AUTHORITY)
    return rate_and_mix.split(evidence, AUTHORITY, told, NOW.shift(-4), NOW)


def test_a_rise_that_is_all_rate():
    # The first and last enquiries lie outside the years that are taken three weeks early; none of the rest do.
    found = split(world((100, 100), (100, 100), (0.5, 0.5), (0.3, 0.3)))
    parts = found.cuts["age"].parts["value"]
    assert parts["change"] == found.totals[3] - found.totals[2]
    assert parts["rate"] == pytest.approx(parts["change"] - parts["volume"] - parts["mix"])
    assert parts["rate"] > 0.8 * parts["change"] > 0
    assert abs(parts["mix"]) < 2


def test_a_rise_that_is_all_mix():
    # As many enquiries; the young, of whom three times as many go on to a plan, have taken the place of the old.
    found = split(world((60, 140), (140, 60), (0.6, 0.2), (0.6, 0.2)))
    parts = found.cuts["age"].parts
    assert parts.loc["mix", "lower"] > 0
    assert abs(parts.loc["rate", "value"]) < 5
    words = rate_and_mix.in_words(review(world((60, 140), (140, 60), (0.6, 0.2), (0.6, 0.2))), found)
    assert "The mix is beyond chance by age" in words


def test_small_counts_and_what_gives_them_back_are_withheld():
    tables = world((100, 120), (8, 9), (0.5, 0.5), (0.5, 0.5))
    found = split(tables)
    shown = rate_and_mix.table(review(tables, "public"), found)
    age = shown.frame.iloc[: shown.frame["group"].tolist().index("All of these") + 1].set_index("group")
    assert pd.isna(age.loc["10 to 15", "plans_before"])
    assert pd.isna(age.loc["1 to 4", "plans_before"])
    assert age.loc["10 to 15", "rate_limits"] == "c"
    officers = rate_and_mix.table(review(tables), found)
    assert not officers.anything_withheld


def test_no_enquiries_says_so():
    tables = world((100, 100), (100, 100), (0.5, 0.5), (0.3, 0.3))
    nothing = split({**tables, "section47_enquiries": tables["section47_enquiries"].iloc[:0]})
    assert "can't be said" in rate_and_mix.in_words(review(tables), nothing)
    assert rate_and_mix.table(review(tables), nothing).frame.empty
