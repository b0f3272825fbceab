"""Time on a plan: cohorts with late entry, marks counted by hand, early ends, and what goes with ending sooner."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from growth_worlds import AUTHORITY, NOW, plans, review

from analysis.indicators.evidence import Evidence
from analysis.records.history import Known
from analysis.reviews.growth import duration, sooner


def steady(
    seed: int, years: tuple[int, ...] = (2014, 2015, 2016, 2017, 2018), pace: dict | None = None, count: int = 260
) -> pd.DataFrame:
    """Plans beginning evenly over financial years; each ends after an exponential time with a mean of 250 days divided by
    the pace of its year of start or of its category."""
    rng, rows = np.random.default_rng(seed), []
    for year in years:
        for number in range(count):
            day = dt.date(year, 4, 1) + dt.timedelta(days=int(rng.integers(0, 365)))
            category = ("NEG", "EMO")[number % 2]
            speed = (pace or {}).get(year, 1) * (pace or {}).get(category, 1)
            end = day + dt.timedelta(days=1 + int(rng.exponential(250 / speed)))
            rows.append({"child_id": f"C{year}{number:04d}", "start_date": day, "end_date": end if end <= NOW.end else None,
                         "initial_category": category, "referral_date": day - dt.timedelta(days=int(rng.integers(5, 60))), "team": "North Team"})  # fmt: skip
    return plans(rows)


def evidence_of(frame: pd.DataFrame) -> Evidence:
    return Evidence(Known.from_tables({"protection_plans": frame}, kinds=("annex_a",)))


def test_a_year_of_start_is_told_from_the_next():
    assert duration.financial_year(pd.Series(pd.to_datetime(["2017-03-31", "2017-04-01"]))).tolist() == [2016, 2017]
    assert duration.year_words(1999) == "1999-00"


def test_curves_are_by_year_of_start():
    frame = steady(1, pace={2018: 1.8})
    found = duration.cohorts(evidence_of(frame), NOW)
    assert found.years == (2014, 2015, 2016, 2017, 2018)
    assert len(found.spells) == len(frame[frame["end_date"].isna() | (frame["end_date"] > frame["start_date"])])
    here = review({"protection_plans": frame})
    words = duration.cohorts_in_words(here, found)
    assert "Plans of 2018-19 have ended sooner than those of 2017-18, by more than chance gives" in words
    table = duration.cohort_table(here, found).frame.set_index("year")
    whole = frame[frame["start_date"] < "2016-04-01"]
    lasted = (whole["end_date"].fillna(pd.Timestamp("2020-01-01")) - whole["start_date"]).dt.days
    first = whole["start_date"] < "2015-04-01"
    assert table.loc["2014-15", "one_year"] == pytest.approx(100 * (lasted[first] > 365).mean())
    # No plan of the latest year can have shown two years.
    assert pd.isna(table.loc["2018-19", "two_years"])
    same = duration.cohorts(evidence_of(steady(2)), NOW)
    assert "no more than chance gives" in duration.cohorts_in_words(here, same)


MARKED = plans([
    {"child_id": "A", "start_date": "2017-01-10"},  # two years and more
    {"child_id": "B", "start_date": "2017-05-01"},  # over 15 months; two years in the next quarter
    {"child_id": "C", "start_date": "2018-02-01"},  # 15 months in the next quarter
    {"child_id": "D", "start_date": "2018-02-01", "end_date": "2019-03-01"},  # ended
    {"child_id": "E", "start_date": "2019-01-01"},
    {"child_id": "F", "start_date": "2019-04-02"},  # not begun
])  # fmt: skip


def test_marks_and_ages_by_hand():
    here = review({"protection_plans": MARKED})
    marks = duration.nearing(here).frame.set_index("mark")
    assert marks.loc["15 months", ["already", "next_quarter"]].tolist() == [2, 1]
    assert marks.loc["two years", ["already", "next_quarter"]].tolist() == [1, 1]
    assert duration.ages_now(here).frame["now"].tolist() == [1, 1, 1, 1]
    public = review({"protection_plans": MARKED}, "public")
    shown = duration.nearing(public)
    assert shown.frame["already"].isna().all()
    assert duration.nearing_values(public, shown)["nearing_two_years.already"]["text"] == "c"
    assert "c more will have" in duration.nearing_in_words(public, shown)


def test_those_who_pass_a_mark_as_usual_are_fewer_than_if_none_ends():
    marks = duration.nearing(review({"protection_plans": steady(3)})).frame
    assert ((marks["as_usual"] < marks["next_quarter"]) & (marks["as_usual"] > 0.3 * marks["next_quarter"])).all()


def test_early_ends_are_of_plans_that_could_be_followed():
    frame = steady(4)
    here = review({"protection_plans": frame})
    found = duration.early_ends(here).frame.set_index("year")
    late = frame[frame["start_date"] >= "2018-04-01"]
    followed = late[late["start_date"] <= pd.Timestamp(NOW.end) - pd.Timedelta(days=91)]
    assert found.loc["2018-19", "plans"] == len(followed)
    assert found.loc["2018-19", "ended"] == ((followed["end_date"] - followed["start_date"]).dt.days <= 91).sum()
    assert (found["lower"] < found["percent"]).all()
    assert "can mean quick progress" in duration.early_in_words(here, duration.early_ends(here))


def test_the_model_finds_the_pace_that_was_built_in():
    frame = steady(5, pace={"EMO": 2.0})
    found = sooner.fit(evidence_of(frame), AUTHORITY, NOW)
    row = found.table[found.table["group"] == "Neglect"]
    against = found.table[found.table["group"] == "Emotional abuse"]
    ratio = 1 / row["ratio"].iloc[0] if len(row) else against["ratio"].iloc[0]
    assert ratio == pytest.approx(2, rel=0.15)
    here = review({"protection_plans": frame})
    words = sooner.in_words(here, found)
    assert "Beyond chance, after allowing for all groups looked at: category" in words
    assert "The ratios hold for the first six months and after" in words
    years = found.table[found.table["factor"] == sooner.FACTORS["year"]]
    assert (years["p_of_many"] > 0.01).all()
    assert set(sooner.table(here, found).frame["steady"]) == {"yes"}


def test_too_little_to_model_says_so():
    few = sooner.fit(evidence_of(steady(6, count=4)), AUTHORITY, NOW)
    assert few.table.empty
    here = review({"protection_plans": steady(6, count=4)})
    assert "can't be worked out" in sooner.in_words(here, few)
    assert sooner.table(here, few).frame.empty


def test_no_plans_at_all():
    here = review({"protection_plans": MARKED.iloc[:0]})
    found = duration.cohorts(here.evidence, NOW)
    assert duration.curves(found).empty
    assert "can't be compared" in duration.cohorts_in_words(here, found)
    assert duration.cohort_table(here, found).frame.empty
    assert duration.early_ends(here).frame.empty
    assert "can't be said" in duration.early_in_words(here, duration.early_ends(here))
    assert "none has lasted 15 months" in duration.nearing_in_words(here, duration.nearing(here))
    assert sooner.model(here).table.empty
