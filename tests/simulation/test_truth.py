"""The true event log hangs together: whole tables, possible stories, and a system that never knows the future."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.records.tables import DRAWN_UP_LATER, TABLES
from analysis.reference.calendar import bank_holidays
from analysis.reference.codes import codes
from analysis.reference.project import UsageError, authority
from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.days import birthday, number
from analysis.simulation.parameters import apportion, load
from analysis.simulation.rows import team_names
from analysis.simulation.system import keys_as_text
from analysis.simulation.truth import carried, expected, simulate, statuses, system_on

NOT_YET = {"cin_plans", "worker_episodes", "deprivations_of_liberty"}
LAST = pd.Timestamp("2018-09-30")


@pytest.fixture(scope="module")
def truth():
    return simulate(scale=0.03, seed=11)


@pytest.fixture(scope="module")
def wanted(truth):
    return expected(truth)


def born(truth, children):
    return children.map(truth.tables["children"].set_index("child_id")["date_of_birth"])


# --- tables ----------------------------------------------------------------------------------------


def test_every_table_that_a_return_of_2018_carries_has_rows(truth):
    assert {name for name, frame in truth.tables.items() if len(frame)} == set(TABLES) - NOT_YET


@pytest.mark.parametrize("name", sorted(set(TABLES) - NOT_YET))
def test_frames_are_canonical_and_recorded_no_earlier_than_they_start(truth, name):
    table, frame, recorded = TABLES[name], truth.tables[name], truth.recorded[name]
    pd.testing.assert_frame_equal(table.conform(frame), frame)
    assert len(recorded) == len(frame)
    assert recorded.notna().all()
    if table.start and table.start != "as_at":
        lag = recorded - frame[table.start]
        # What an assessment finds is recorded when it is authorised.
        longest = 85 if name == "assessment_factors" else 60
        assert lag.between(pd.Timedelta(0), pd.Timedelta(days=longest)).all()
    if table.end:
        assert (frame[table.end].isna() | (frame[table.end] >= frame[table.start])).all()


@pytest.mark.parametrize("name", sorted(set(TABLES) - NOT_YET))
def test_codes_are_valid_in_the_year_of_the_last_quarter(truth, name):
    for column in TABLES[name].columns:
        if not column.codes:
            continue
        collection, _, listed = column.codes.partition(":")
        used = set(truth.tables[name][column.name].dropna())
        if (name, column.name) in (("health_outcomes", "year"), ("care_leaver_outcomes", "accommodation")):
            continue
        valid = set(codes(collection, listed, None if column.name == "reason_ended" else 2019))
        assert used <= valid, (column.name, used - valid)


def test_children_bear_the_mark_of_simulated_ones(truth):
    for frame in truth.tables.values():
        if "child_id" in frame.columns:
            assert frame["child_id"].str.fullmatch(r"SIM\d{6}").all()
        if "worker" in frame.columns:
            assert frame["worker"].str.fullmatch(r"SW99\d{8}").all()
    assert truth.tables["adopters"]["adopter_id"].str.fullmatch(r"SIMA\d{5}").all()


def test_teams_are_those_of_the_settings():
    assert set(team_names(load(Quarter(2018, 2), 1.0))) == set(authority("929").teams)


# --- chance ------------------------------------------------------------------------------------------


def test_the_same_seed_tells_the_same_story_and_another_seed_another():
    told = quarters(Quarter(2015, 1), Quarter(2015, 2))
    one, again, other = (simulate(quarters=told, scale=0.03, seed=seed) for seed in (11, 11, 12))
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, again.tables[name])
        pd.testing.assert_series_equal(one.recorded[name], again.recorded[name])
    pd.testing.assert_frame_equal(one.corrections, again.corrections)
    assert not one.tables["contacts"].equals(other.tables["contacts"])


@given(st.integers(0, 5000), st.lists(st.floats(0.01, 100), min_size=1, max_size=12))
def test_apportioned_parts_add_up_and_are_near_their_share(total, weights):
    parts = apportion(total, weights)
    assert sum(parts) == total
    exact = np.asarray(weights) / sum(weights) * total
    assert (np.abs(np.asarray(parts) - exact) < 1).all()


def test_birthdays():
    births = np.asarray([number(pd.Timestamp(d).date()) for d in ("2000-02-29", "2001-12-31")])
    assert list(pd.to_datetime(birthday(births, 18), unit="D").strftime("%Y-%m-%d")) == ["2018-03-01", "2019-12-31"]


def test_quarters_must_follow_each_other():
    with pytest.raises(UsageError, match="consecutive"):
        simulate(quarters=[Quarter(2015, 1), Quarter(2015, 3)], scale=0.03)


# --- a possible story ------------------------------------------------------------------------------------


def test_stock_of_plans_is_the_last_stock_and_starts_less_ends(truth):
    plans = truth.tables["protection_plans"]

    def stock(day):
        return int(((plans["start_date"] <= day) & ~(plans["end_date"] <= day).fillna(False)).sum())

    for quarter in truth.quarters:
        first, last = pd.Timestamp(quarter.start) - pd.Timedelta(days=1), pd.Timestamp(quarter.end)
        starts = ((plans["start_date"] > first) & (plans["start_date"] <= last)).sum()
        ends = ((plans["end_date"] > first) & (plans["end_date"] <= last)).sum()
        assert stock(last) == stock(first) + starts - ends


def test_conferences_are_on_working_days_and_not_before_their_enquiry(truth):
    enquiries = truth.tables["section47_enquiries"].dropna(subset=["conference_date"])
    held = pd.concat([enquiries["conference_date"], truth.tables["transfer_in_conferences"]["date"]])
    assert np.is_busday(held.to_numpy().astype("datetime64[D]"), holidays=bank_holidays()).all()
    assert (enquiries["conference_date"] > enquiries["start_date"]).all()


def test_every_plan_of_the_period_starts_at_a_conference_that_led_to_it(truth):
    enquiries = truth.tables["section47_enquiries"]
    led = enquiries[enquiries["led_to_plan"].fillna(False)].rename(columns={"conference_date": "day"})[
        ["child_id", "day"]
    ]
    moved = truth.tables["transfer_in_conferences"].rename(columns={"date": "day"})[["child_id", "day"]]
    plans = truth.tables["protection_plans"]
    plans = plans[plans["start_date"] >= "2013-04-01"].rename(columns={"start_date": "day"})[["child_id", "day"]]
    held = pd.concat([led, moved]).sort_values(["child_id", "day"], ignore_index=True)
    pd.testing.assert_frame_equal(held, plans.sort_values(["child_id", "day"], ignore_index=True))


@pytest.mark.parametrize(
    ("name", "end", "apart"),
    [("protection_plans", "end_date", 180), ("care_periods", "end_date", 120), ("episodes_of_need", "closure_date", 1)],
)
def test_a_childs_periods_lie_apart(truth, name, end, apart):
    frame = truth.tables[name].sort_values(["child_id", "start_date"])
    before = frame.groupby("child_id")[end].shift(1)
    again = frame.groupby("child_id").cumcount() > 0
    assert before[again].notna().all()
    assert (frame["start_date"] - before)[again].ge(pd.Timedelta(days=apart)).all()


@pytest.mark.parametrize(("name", "day"), [("assessments", "start_date"), ("section47_enquiries", "start_date"),
                                           ("protection_plans", "start_date")])  # fmt: skip
def test_casework_lies_within_its_episode_of_need(truth, name, day):
    episodes = truth.tables["episodes_of_need"].rename(columns={"start_date": "referral_date"})
    frame = truth.tables[name].merge(episodes, on=["child_id", "referral_date"], how="left", indicator=True)
    assert (frame["_merge"] == "both").all()
    assert (frame[day] >= frame["referral_date"]).all()
    assert (frame["closure_date"].isna() | (frame[day] <= frame["closure_date"])).all()


def test_only_plans_may_begin_before_birth(truth):
    care, plans = truth.tables["care_episodes"], truth.tables["protection_plans"]
    assert (care["start_date"] >= born(truth, care["child_id"])).all()
    ahead = born(truth, plans["child_id"]) - plans["start_date"]
    assert ahead.max() <= pd.Timedelta(days=120)
    adult = born(truth, care["child_id"]) + pd.DateOffset(years=18)
    assert (care["end_date"].isna() | (care["end_date"] <= adult + pd.Timedelta(days=1))).all()


# --- SSDA903's logic ---------------------------------------------------------------------------------------


def test_episodes_of_care_follow_the_logic_of_the_return(truth):
    care = truth.tables["care_episodes"].sort_values(["child_id", "start_date"], ignore_index=True)
    same = care["child_id"].eq(care["child_id"].shift(-1))
    onward = care["reason_ended"].eq("X1").fillna(False)
    following = care.shift(-1)
    assert same[onward].all()
    assert (care["end_date"] == following["start_date"])[onward].all()
    assert (following["reason_new"] != "S")[onward].all()
    # Whatever doesn't go on ends the period, and the next row of the child starts another.
    assert (following["reason_new"] == "S")[same & ~onward].all()
    assert care.loc[~care["child_id"].eq(care["child_id"].shift(1)), "reason_new"].eq("S").all()
    assert care["end_date"].isna().eq(care["reason_ended"].isna()).all()
    moved = following["reason_new"].isin(["P", "T", "B", "U"]) & onward
    assert care["reason_change"].notna().eq(moved).all()
    status_changed = care["legal_status"] != following["legal_status"]
    assert status_changed[onward].eq(following["reason_new"].isin(["L", "B", "U"])[onward]).all()
    starts, ends = care["reason_new"].eq("S"), ~onward & care["end_date"].notna()
    assert not care.loc[starts | ends, "placement"].str.startswith("T").any()
    adoptive = care["placement"].isin(["A5", "A6"])
    assert care.loc[adoptive, "legal_status"].eq("E1").all()
    assert care.loc[care["placement"].eq("A5"), "reason_new"].isin(["S", "T", "U", "L"]).all()


def test_need_stays_within_a_period(truth):
    care = truth.tables["care_episodes"].sort_values(["child_id", "start_date"], ignore_index=True)
    period = care["reason_new"].eq("S").astype(int).cumsum()
    assert care.groupby(["child_id", period])["need"].nunique().eq(1).all()


def test_special_guardianship_changed_its_codes_on_1_april_2018(truth):
    periods = truth.tables["care_periods"]
    old = periods[periods["reason_ended"].isin(["E43", "E44"])]["end_date"]
    new = periods[periods["reason_ended"].isin(["E45", "E46", "E47", "E48"])]["end_date"]
    assert (old < "2018-04-01").all()
    assert (new >= "2018-04-01").all()


# --- the system on a day -----------------------------------------------------------------------------------


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1278), st.integers(1, 200))
def test_the_system_only_grows_and_never_knows_the_future(truth, offset, later):
    day = pd.Timestamp("2015-04-01") + pd.Timedelta(days=offset)
    now, then = system_on(truth, day), system_on(truth, day + pd.Timedelta(days=later))
    for name, frame in now.items():
        table = TABLES[name]
        if frame.empty:
            continue
        assert set(keys_as_text(table, frame)) <= set(keys_as_text(table, then[name]))
        for column in table.columns:
            if column.kind == "date" and column.name not in ("date_of_birth", "conference_target"):
                known_to = day + pd.DateOffset(months=DRAWN_UP_LATER.get(name, 0) * column.ends)
                assert not (frame[column.name] > known_to).any(), (name, column.name)
        for ending in table.ending if table.end else ():
            assert frame.loc[frame[table.end].isna(), ending].isna().all(), (name, ending)


def test_an_unborn_child_has_an_expected_date_and_no_sex_yet(truth):
    children = truth.tables["children"]
    recorded = truth.recorded["children"]
    unborn = children[(recorded < children["date_of_birth"]).to_numpy()]
    assert len(unborn)
    one = unborn.iloc[0]
    before = system_on(truth, one["date_of_birth"] - pd.Timedelta(days=1))["children"].set_index("child_id")
    after = system_on(truth, one["date_of_birth"])["children"].set_index("child_id")
    assert (before.at[one["child_id"], "sex"], after.at[one["child_id"], "sex"]) == ("U", one["sex"])
    assert before.at[one["child_id"], "date_of_birth"] == one["date_of_birth"]


def test_a_corrected_value_was_different_until_its_day(truth):
    assert len(truth.corrections)
    for _, was in truth.corrections.groupby("table").head(1).iterrows():
        table = TABLES[was["table"]]
        for day, corrected in ((was["corrected_on"] - pd.Timedelta(days=1), False), (was["corrected_on"], True)):
            frame = system_on(truth, day)[table.name]
            value = frame.loc[keys_as_text(table, frame) == was["key"], was["column"]].iloc[0]
            assert (value != was["earlier"]) == corrected


def test_statuses_are_those_of_the_day(truth):
    day = statuses(truth, Quarter(2017, 4))
    assert set(day) == {"protection_status", "need_status", "care_status", "care_leaver_status", "reported_counts"}
    periods = truth.tables["care_periods"]
    end = pd.Timestamp("2018-03-31")
    open_then = periods[(periods["start_date"] <= end) & ~(periods["end_date"] <= end).fillna(False)]["child_id"]
    assert set(open_then) <= set(day["care_status"]["child_id"])
    cared = day["need_status"].loc[day["need_status"]["case_status"].eq("LAC"), "child_id"]
    assert set(cared) <= set(open_then)


def test_list_7_can_name_one_team_and_worker_for_the_plan_and_the_day(truth):
    status, plans = truth.tables["protection_status"], truth.tables["protection_plans"]
    both = status.merge(plans.rename(columns={"start_date": "plan_start"}), on=["child_id", "plan_start"])
    assert len(both) == len(status)
    assert (both["team_x"] == both["team_y"]).all()
    assert (both["worker_x"] == both["worker_y"]).all()


# --- what returns carry --------------------------------------------------------------------------------------


def test_a_reading_gives_nothing_that_the_truth_lacks(truth, wanted):
    known = system_on(truth, LAST)
    for name, frame in wanted.items():
        if name in NOT_YET:
            assert frame.empty
            continue
        key = list(TABLES[name].key)
        both = frame.merge(known[name], on=key, how="left", suffixes=("", "_true"), indicator=True)
        assert both["_merge"].eq("both").all(), name
        for column in set(TABLES[name].names) - set(key):
            told, true = both[column], both[f"{column}_true"]
            same = (told == true).fillna(False).astype(bool)
            # A child who was last heard of unborn stays of unknown sex.
            unborn = told.astype("string").eq("U").fillna(False).astype(bool)
            assert (told.isna() | same | unborn).all(), (name, column)


@pytest.mark.parametrize("name", ["contacts", "referrals", "episodes_of_need", "assessments", "assessment_factors",
                                  "section47_enquiries", "transfer_in_conferences", "protection_plans", "care_episodes",
                                  "care_reviews", "missing_episodes", "complaints", "early_help_referrals"])  # fmt: skip
def test_everything_of_the_period_is_carried_whole(truth, wanted, name):
    table, known = TABLES[name], system_on(truth, LAST)[name]
    period = known[known[table.start] >= "2015-04-01"].reset_index(drop=True)
    told = wanted[name]
    told = told[told[table.start] >= "2015-04-01"].reset_index(drop=True)
    pd.testing.assert_frame_equal(told, period)


def test_a_delivery_has_the_returns_of_its_quarter(truth):
    second, fourth = carried(truth, Quarter(2017, 2)), carried(truth, Quarter(2017, 4))
    assert "workforce_census" in second
    assert "workforce_census" not in fourth
    assert "health_outcomes" in fourth["ssda903"]
    assert "health_outcomes" not in second["ssda903"]
    for kind in ("annex_a", "ssda903", "cin_census", "local"):
        assert any(len(frame) for frame in second[kind].values())


def test_a_shorter_run_is_told_too():
    told = quarters(Quarter(2015, 1), Quarter(2015, 3))
    short = simulate(quarters=told, scale=0.02, seed=3)
    assert short.quarters == tuple(told)
    assert expected(short)["referrals"]["date"].max() <= pd.Timestamp("2015-12-31")
