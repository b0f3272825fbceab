"""Early help, the edge of care, quality, participation and proceedings: events that hang together, in the numbers that
the parameters give."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.records.history import Known
from analysis.records.tables import TABLES
from analysis.reference.quarters import Quarter
from analysis.simulation.parameters import load
from analysis.simulation.proceedings import _in_care
from analysis.simulation.truth import carried, simulate

LAST = Quarter(2018, 2)
SCALE = 0.06


@pytest.fixture(scope="module")
def truth():
    return simulate(scale=SCALE, seed=21)


@pytest.fixture(scope="module")
def parameters():
    return load(LAST, SCALE)


def in_quarter(rows, date, quarter):
    return rows[rows[date].between(pd.Timestamp(quarter.start), pd.Timestamp(quarter.end))]


# --- early help ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quarter", [Quarter(2016, 3), Quarter(2017, 1), Quarter(2018, 2)])
def test_early_help_has_the_quarters_numbers(truth, parameters, quarter):
    referrals = in_quarter(truth.tables["early_help_referrals"], "date", quarter)
    for route in ("family_work", "locality_hub", "step_down"):
        assert (referrals["route"] == route).sum() == parameters.count(quarter, "early_help", route)
    started = in_quarter(truth.tables["early_help_programmes"], "start_date", quarter)
    for programme in ("freedom", "incredible_years"):
        assert (started["programme"] == programme).sum() == parameters.count(
            quarter, "early_help.programmes", programme
        )


def test_who_is_stepped_up_is_referred_to_social_work_on_that_day(truth):
    stepped = truth.tables["early_help_referrals"].query("closure_outcome == 'stepped_up'")
    assert len(stepped) > 10
    referrals = truth.tables["referrals"][["child_id", "date"]]
    held = pd.MultiIndex.from_frame(referrals)
    assert pd.MultiIndex.from_frame(stepped[["child_id", "closure_date"]]).isin(held).all()


def test_children_are_handed_down_soon_after_their_case_closed(truth):
    down = truth.tables["early_help_referrals"].query("route == 'step_down'").sort_values("date")
    closed = truth.tables["episodes_of_need"][["child_id", "closure_date"]].dropna().sort_values("closure_date")
    linked = pd.merge_asof(down, closed.rename(columns={"closure_date": "before"}), left_on="date", right_on="before",
                           by="child_id")  # fmt: skip
    assert (linked["date"] - linked["before"]).dt.days.between(0, 45).mean() > 0.95


def test_a_parent_starts_a_programme_once(truth):
    assert not truth.tables["early_help_programmes"].duplicated(["person_id", "programme"]).any()


# --- the edge of care ---------------------------------------------------------------------------------------------


def test_the_edge_of_care_list_has_the_ends_of_two_more_months_and_a_view_hides_them(truth):
    later = 0
    for quarter in truth.quarters:
        listed = carried(truth, quarter)["local"]["edge_of_care"]
        day = pd.Timestamp(quarter.end)
        assert (listed["start_date"] <= day).all()
        assert not (listed["closure_date"] > day + pd.DateOffset(months=2)).any()
        whole = truth.tables["edge_of_care"].merge(listed[["child_id", "service", "start_date"]])
        due = whole[whole["closure_date"] <= day + pd.DateOffset(months=2)]
        assert len(due) == listed["closure_date"].notna().sum()
        ahead = listed[listed["closure_date"] > day]
        later += len(ahead)
        view = Known.from_tables({"edge_of_care": listed}).as_at(quarter.end).table("edge_of_care")
        assert view["closure_date"].isna().sum() == listed["closure_date"].isna().sum() + len(ahead)
        assert view.loc[view["closure_date"].isna(), "outcome"].isna().all()
    assert later > 3


def test_a_service_that_was_launched_supported_nobody_before(truth, parameters):
    begun = truth.tables["edge_of_care"].groupby("service")["start_date"].min()
    for name, about in parameters.common["edge_of_care"].items():
        if "launched" in about:
            assert begun[name] >= pd.Timestamp(about["launched"])


def test_a_service_supports_one_child_of_a_family(truth):
    assert not truth.tables["edge_of_care"].duplicated(["service", "family_id"]).any()


# --- quality ------------------------------------------------------------------------------------------------------


def test_decisions_at_the_right_level_are_the_months_share_of_its_audits(truth, parameters):
    asked = truth.tables["case_audits"].query("theme == 'Management oversight'")
    assert not (asked["answer"] == "not_applicable").any()
    for quarter in (Quarter(2016, 1), Quarter(2017, 4), Quarter(2018, 2)):
        rows = in_quarter(asked, "date", quarter)
        counts = parameters.by_month(quarter, "quality", "audits")
        shares = parameters.percent(quarter, "quality", "decisions_at_right_level_percent")
        months = rows.groupby(rows["date"].dt.month)["answer"].agg(["size", lambda given: (given == "yes").sum()])
        wanted = [(n, int(np.floor(n * share + 0.5))) for n, share in zip(counts, shares, strict=True) if n]
        assert sorted(map(tuple, months.to_numpy().tolist())) == sorted(wanted)


def test_families_asked_are_those_of_audited_cases(truth):
    audited = truth.tables["case_audits"][["date", "team", "service"]].drop_duplicates()
    asked = truth.tables["family_feedback"][["date", "team", "service"]]
    assert asked.merge(audited, how="left", indicator=True)["_merge"].eq("both").all()


def test_a_complaint_goes_on_after_it_was_answered(truth):
    complaints = truth.tables["complaints"]
    first, second = (complaints[complaints["stage"] == stage].set_index("complaint_id") for stage in ("1", "2"))
    assert len(second)
    both = second.join(first.add_suffix("_first"))
    assert (both["received_date"] > both["response_date_first"]).all()
    assert not (both["outcome_first"] == "withdrawn").any()


def test_accounts_grow_to_the_count_of_each_quarters_end(truth, parameters):
    counts = truth.tables["participation"].set_index(["measure", "date"])["value"]
    for quarter in truth.quarters[1:]:
        wanted = parameters.of(quarter)["quality"]["young_people_accounts"][quarter.number - 1]
        assert counts["app_accounts_young_people", pd.Timestamp(quarter.end)] == parameters.scaled(wanted)


# --- proceedings --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cases(truth):
    rows = truth.tables["care_proceedings"]
    assert rows.groupby("case_id")["application_date"].nunique().eq(1).all()
    return rows.groupby("case_id").agg(applied=("application_date", "min"), ended=("conclusion_date", "max"))


@pytest.mark.parametrize("year", [2015, 2016, 2017])
def test_a_years_applications_are_the_parameters(cases, parameters, year):
    inside = cases["applied"].between(f"{year}-04-01", f"{year + 1}-03-31").sum()
    assert inside == parameters.year_count(year, "proceedings", "applications")


def test_every_interim_order_followed_an_application(truth):
    care = truth.tables["care_episodes"].sort_values(["child_id", "start_date"])
    before = care.groupby("child_id")["legal_status"].shift()
    begun = (before != "C1").fillna(True) | (care["reason_new"] == "S")
    interim = care[((care["legal_status"] == "C1") & begun).astype(bool)]
    applied = truth.tables["care_proceedings"][["child_id", "application_date"]].sort_values("application_date")
    linked = pd.merge_asof(interim.sort_values("start_date"), applied, left_on="start_date",
                           right_on="application_date", by="child_id")  # fmt: skip
    assert linked["application_date"].notna().all()


def test_brothers_and_sisters_are_one_case_and_a_child_is_in_it_once():
    people = SimpleNamespace(identifier=np.asarray(["A", "B", "C"], dtype=object), family=np.asarray([1, 1, 2]))
    episodes = pd.DataFrame(
        [
            ("A", "2016-01-04", "S", "C1", "2016-03-01", "E4A"),
            ("A", "2016-06-01", "S", "C1", "2016-11-01", "X1"),
            ("A", "2016-11-01", "L", "C2", None, None),
            ("B", "2016-02-01", "S", "C1", None, None),
            ("C", "2016-02-01", "S", "C1", "2016-09-01", "E46"),
        ],
        columns=["child_id", "start_date", "reason_new", "legal_status", "end_date", "reason_ended"],
    ).astype({"start_date": "datetime64[us]", "end_date": "datetime64[us]"})
    found = _in_care(SimpleNamespace(population=people), np.random.default_rng(1), episodes)
    assert [sorted(children) for _, children in found.groupby("case")["child"]] == [[0, 1], [2]]
    outcome = found.set_index("child")["outcome"]
    assert outcome[0] == "care_order"
    assert outcome[2] == "special_guardianship"
    assert pd.isna(outcome[1])


def test_proceedings_end_after_they_begin(truth):
    rows = truth.tables["care_proceedings"]
    assert not (rows["conclusion_date"] <= rows["application_date"]).any()
    assert not (rows["pre_proceedings_date"] >= rows["application_date"]).any()
    assert TABLES["care_proceedings"].end == "conclusion_date"
    assert rows["outcome"].notna().eq(rows["conclusion_date"].notna()).all()
