"""Care leavers, schooling, homes and the workforce: whole people, and as many of them as the parameters say."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods.rates import round_half_up
from analysis.reference.calendar import age_at
from analysis.reference.quarters import Quarter, quarters
from analysis.simulation import care_leavers, homes, roster, schooling, workforce
from analysis.simulation.days import FAR, number
from analysis.simulation.parameters import load
from analysis.simulation.rows import numbers_of
from analysis.simulation.truth import live

LAST = Quarter(2018, 2)
DAY = number(LAST.end)


@pytest.fixture(scope="module")
def story():
    return live(LAST, 4, 1.0)


@pytest.fixture(scope="module")
def parameters():
    return load(LAST, 1.0)


# --- care leavers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "busy", "suited"), [(2015, 52, 94), (2016, 51, 91), (2017, 58, 91)])
def test_outcomes_of_19_to_21s_are_the_published_percentages(story, year, busy, suited):
    rows = care_leavers.outcomes(story, year)
    born = dict(zip(story.population.identifier, story.population.born, strict=True))
    births = pd.to_datetime(rows["child_id"].map(born).astype(int), unit="D")
    rows = rows[(age_at(births, dt.date(year + 1, 3, 31)) >= 19) & (rows["in_touch"] != "RHOM")]
    assert len(rows) > 60
    assert round_half_up(100 * rows["activity"].str[0].isin(["F", "P"]).mean()) == busy
    assert round_half_up(100 * rows["accommodation"].str.endswith("1").mean()) == suited
    # Nothing is known of those out of touch.
    assert set(rows.loc[rows["in_touch"] != "YES", "activity"]) == {"0"}


def test_nobody_is_a_care_leaver_before_sixteen_after_adoption_or_without_thirteen_weeks(story):
    who = care_leavers.left_care(story)
    assert len(np.unique(who.child)) == len(who)
    assert ((who.left - who.born) >= 16 * 365).all()
    periods = story.periods
    adopted = periods["child"][np.isin(periods["reason"], ["E11", "E12"])]
    assert not np.isin(who.child, adopted.astype(int)).any()


def test_list_9_says_nothing_of_those_out_of_touch_and_ends_at_22(story):
    rows = care_leavers.statuses(story, [LAST])
    away = rows["in_touch"] != "YES"
    assert away.any()
    assert rows.loc[away, ["activity", "accommodation", "suitable"]].isna().all(axis=None)
    assert rows.loc[~away, ["activity", "accommodation", "suitable"]].notna().all(axis=None)
    born = story.population.born[care_leavers.listed(story, DAY).child]
    ages = (DAY - born) / 365.25
    assert ages.min() >= 16 - 0.01
    assert ages.max() < 22.01
    assert len(rows) == len(born)


def test_as_many_are_in_touch_and_have_plans_as_the_parameters_say(story, parameters):
    rows = care_leavers.statuses(story, [Quarter(2017, 2), LAST])
    who = {q: care_leavers.listed(story, number(q.end)) for q in (Quarter(2017, 2), LAST)}
    for quarter, listed in who.items():
        here = rows[rows["as_at"] == pd.Timestamp(quarter.end)]
        grown = (number(quarter.end) - listed.born) / 365.25 >= 19
        touched = (here["in_touch"] == "YES").to_numpy() & grown
        assert abs(touched.sum() - parameters.count(quarter, "care_leavers", "in_touch")) <= 1  # a birthday on the day
    plans = care_leavers.pathway_plans(story, LAST)
    in_quarter = plans["plan_date"].between(pd.Timestamp(LAST.start), pd.Timestamp(LAST.end))
    assert in_quarter.sum() == parameters.count(LAST, "care_leavers", "pathway_plans")
    assert not plans.duplicated(["child_id", "plan_date"]).any()


@given(st.integers(20, 200), st.integers(0, 100), st.integers(0, 100))
def test_a_cohort_that_whole_people_can_divide_is_found_if_there_is_one(count, busy, suited):
    size = care_leavers._whole(count, [busy, suited])
    assert count - 3 <= size <= count
    fits = [all(round_half_up(100 * care_leavers._share(n, p) / n) == p for p in (busy, suited))
            for n in range(size, count + 1)]  # fmt: skip
    assert not any(fits[1:])
    assert fits[0] or size == count


# --- schooling and homes ---------------------------------------------------------------------------------------------


def test_results_are_the_years_percentages_with_whole_children(story, parameters):
    results = schooling.schooling(story, DAY)["education_results"]
    assert not results.duplicated(["child_id", "academic_year", "measure"]).any()
    shares = results.groupby(["academic_year", "measure"])["achieved"].mean()
    for year, label in ((2017, "2016-17"), (2018, "2017-18")):
        for measure in ("early_years_good_level", "key_stage_1", "key_stage_2", "gcse_english_maths_4"):
            wanted = parameters.years[year]["education"][measure]
            assert round_half_up(100 * shares[label, measure]) == wanted, (label, measure)


def test_exclusions_fall_on_school_days_to_pupils_who_were_looked_after(story):
    rows = schooling.schooling(story, DAY)["school_exclusions"]
    assert set(rows["kind"]) == {"fixed"}
    assert not rows.duplicated(["child_id", "date"]).any()
    assert not rows["date"].dt.month.isin([8]).any()
    assert (rows["date"].dt.day_of_week < 5).all()
    for first, last, count in (("2016-09-01", "2017-08-31", 38), ("2017-09-01", "2018-08-31", 128)):
        assert rows["date"].between(first, last).sum() == count
    child = pd.Series(np.arange(len(story.population)), index=story.population.identifier)[rows["child_id"]].to_numpy()
    day = rows["date"].to_numpy().astype("datetime64[D]").astype(int)
    start, end, who = (story.periods[name].astype(int) for name in ("start", "end", "child"))
    assert all(((who == c) & (start <= d) & (end > d)).any() for c, d in zip(child, day, strict=True))


def test_homes_and_interventions(story, parameters):
    told = quarters(Quarter(2015, 1), LAST)
    made = homes.homes(story, told)
    inspections, held = made["homes"], made["physical_interventions"]
    latest = inspections.sort_values("inspection_date").drop_duplicates("home_urn", keep="last")
    own = latest[latest["in_house"]]
    assert sorted(own["judgement"]) == ["good", "outstanding", "outstanding"]
    for quarter in told:
        here = held["month"].between(pd.Timestamp(quarter.start), pd.Timestamp(quarter.end))
        assert held.loc[here, "incidents"].sum() == parameters.count(quarter, "homes", "interventions")


# --- the workforce -----------------------------------------------------------------------------------------------


# Turnover, vacancy, agency, absence, caseload: DfE's children's social work workforce, September.
PUBLISHED = {
    2016: (13.9, 9.1, 10.2, 7.0, 20.3),
    2017: (6.9, 0.0, 4.4, 3.2, 19.3),
    2018: (15.9, 7.7, 6.6, 3.5, 18.9),
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_census_gives_each_years_published_figures(story, year):
    made = workforce.workforce(story, DAY)
    rows, vacancies = made["social_workers"], made["vacancies"].set_index("year")["vacancies_fte"]
    rows = rows[rows["year"] == year]
    employed = rows[~rows["agency"].astype(bool)]
    post, cover = employed["fte_30_september"].sum(), rows.loc[rows["agency"].astype(bool), "fte_30_september"].sum()
    holders = rows[rows["cases_30_september"] > 0]
    found = (
        100 * employed.loc[employed["role_end"].notna(), "fte"].sum() / post,
        100 * vacancies[year] / (vacancies[year] + post),
        100 * cover / (cover + post),
        100 * employed["days_lost"].sum() / (post * 253),
        holders["cases_30_september"].sum() / holders["fte_30_september"].sum(),
    )
    assert tuple(round_half_up(value, 1) for value in found) == PUBLISHED[year]


def test_eight_newly_qualified_workers_start_in_august_2018(parameters):
    people = roster.roster(parameters)
    first, last = number(dt.date(2018, 8, 1)), number(dt.date(2018, 8, 31))
    assert (people["newly_qualified"] & people["hired"].between(first, last)).sum() == 8


def test_nobody_has_a_case_before_starting_or_after_leaving(story, parameters):
    people = roster.roster(parameters)
    assert people["worker_id"].is_unique
    assert people["worker_id"].str.fullmatch(r"SW99\d{8}").all()
    held = people[people["team"] >= 0]
    assert (held["hired"] <= held["holds_from"]).all()
    assert (held["holds_to"] <= held["left"]).all()
    team = np.full(500, roster.team_names(parameters)[4], dtype=object)
    child = numbers_of(story.population.identifier[:500])
    for day in (number(dt.date(2016, 1, 4)), DAY):
        names = roster.workers(parameters, team, child, day)
        spans = people.set_index("worker_id").loc[names]
        assert (spans["holds_from"] <= day).all()
        assert (spans["holds_to"] > day).all()


def test_who_leaves_gives_up_their_cases_and_hardly_anyone_else_does(parameters, story):
    names = roster.team_names(parameters)
    team, child = np.full(3000, names[4], dtype=object), numbers_of(story.population.identifier[:3000])
    people = roster.roster(parameters)
    leaver = people[(people["team"] == 4) & (people["left"] < FAR) & (people["left"] > DAY - 300)].iloc[0]
    before, after = (roster.workers(parameters, team, child, int(leaver["left"]) + n) for n in (-1, 0))
    mine = before == leaver["worker_id"]
    assert mine.any()
    assert not (after == leaver["worker_id"]).any()
    # A few change worker on any day because theirs is due to change.
    assert (before[~mine] == after[~mine]).mean() > 0.99


@given(st.lists(st.sampled_from([0.6, 0.8, 1.0]), min_size=1, max_size=40), st.floats(0.3, 1.0))
def test_hours_add_up(hours, share):
    total = round(len(hours) * share, 2)
    made = workforce.adding_up(np.asarray(hours), total)
    assert made.sum() == pytest.approx(total)
    assert made.min() >= 0.05
    assert made.max() <= 1
