"""Caseloads in bands, why their average moved, weights that don't decide, and who came and went: by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small_worlds import reviews

from analysis.indicators import caseloads as indicator
from analysis.reference.quarters import Quarter
from analysis.reviews.workforce import caseloads, census, staying, weighing

NOW = Quarter.parse("2018-19-Q2")
DAYS = {"now": "2018-09-30", "then": "2017-09-30"}


@pytest.fixture
def review():
    return reviews("workforce", "annex_a")


def cases(**held: dict[str, int]) -> pd.DataFrame:
    """Children in need on the lists of now and a year ago: for each day, worker to how many cases."""
    rows = [
        {"child_id": f"{day}-{worker}-{n}", "as_at": DAYS[day], "case_status": "CIN", "team": f"Team {worker[0]}", "worker": worker}
        for day, workers in held.items() for worker, many in workers.items() for n in range(many)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"as_at": "datetime64[us]"})


def test_bands_hold_every_worker_once_at_their_edges(review):
    one = review(need_status=cases(now={"A1": 4, "A2": 5, "A3": 9, "A4": 10, "A5": 29, "A6": 30, "A7": 47}))
    found = caseloads.bands(one).frame.set_index("cases")["now"]
    assert found.to_dict() == {
        "1 to 4": 1, "5 to 9": 2, "10 to 14": 1, "15 to 19": 0, "20 to 24": 0, "25 to 29": 1, "30 or more": 2,
    }  # fmt: skip
    assert caseloads.bands(one).frame["year_ago"].isna().all()


def test_a_quartile_is_never_a_worker_s_own_caseload(review):
    few = review(need_status=cases(now={f"A{n}": 10 for n in range(caseloads.FEWEST_FOR_QUARTILES - 1)}))
    enough = review(need_status=cases(now={f"A{n}": n + 1 for n in range(13)}))
    assert caseloads.quartiles(few)["caseload_quartiles.median"]["value"] is None
    assert [
        caseloads.quartiles(enough)[f"caseload_quartiles.{part}"]["value"] for part in ("lower", "median", "upper")
    ] == [4, 7, 10]
    assert "Too few workers" in caseloads.spread_in_words(few)


def test_more_workers_for_the_same_cases_is_all_workers(review):
    one = review(need_status=cases(then={f"A{n}": 20 for n in range(6)}, now={f"A{n}": 15 for n in range(8)}))
    parts = caseloads.change(one)
    assert parts == pytest.approx({"from_cases": 0, "from_workers": -5, "total": -5})
    assert caseloads.why_in_words(one) == (
        "The average caseload moved by −5.0 since a year ago: 0.0 because open cases, care leavers among them, went from 120 to 120, and −5.0 because the "
        "workers who hold any went from 6 to 8."
    )


@pytest.mark.parametrize(("then", "now"), [([1], [1, 11, 1]), ([30, 2, 9], [4]), ([7, 7], [7, 7])])
def test_the_parts_of_a_change_add_up(review, then, now):
    held = cases(then={f"A{n}": k for n, k in enumerate(then)}, now={f"A{n}": k for n, k in enumerate(now)})
    parts = caseloads.change(review(need_status=held))
    assert parts["from_cases"] + parts["from_workers"] == pytest.approx(np.mean(now) - np.mean(then))
    assert parts["total"] == pytest.approx(np.mean(now) - np.mean(then))


def test_small_counts_behind_the_change_keep_it_from_the_public(review):
    one = review("public", need_status=cases(then={"A1": 20, "A2": 20}, now={"A1": 10, "A2": 10}))
    assert caseloads.change_values(one)["caseload_change.total"]["text"] == "c"
    assert "Too few" in caseloads.why_in_words(one)
    assert not any(figure in caseloads.why_in_words(one) for figure in "0123456789")


def test_weights_stretch_about_a_child_in_need():
    assert weighing.stretched(np.array([2.0, 1.0, 0.75]), 0.0) == pytest.approx([1, 1, 1])
    assert weighing.stretched(np.array([2.0, 1.0, 0.75]), 1.5) == pytest.approx([2.5, 1, 0.625])


def test_shares_of_the_work_follow_the_weights(review):
    rows = cases(now={"A1": 8})
    rows["case_status"] = ["CPP"] * 4 + ["CIN"] * 4
    found = weighing.table(review(need_status=rows)).frame.set_index("label")
    assert found.loc["Child protection plan", ["cases", "of_cases", "of_work"]].tolist() == pytest.approx(
        [4, 50, 200 / 3]
    )
    assert found["of_work"].sum() == pytest.approx(100)


def test_every_weight_has_a_reason_and_a_source():
    policy = indicator.policy()
    assert list(policy["case"]) == list(indicator.weights())
    assert policy[["why", "source"]].map(lambda text: bool(text.strip())).to_numpy().all()


def test_weights_can_decide_and_then_it_is_said(review):
    """Counted, the load falls from 20 to 19; weighed, plans that take the place of children in need make it rise."""
    then, now = cases(then={"A1": 20}), cases(now={"A1": 19})
    now["case_status"] = "CPP"
    one = review(need_status=pd.concat([then, now], ignore_index=True))
    assert weighing.changes(one)[0] == pytest.approx(-5)
    assert weighing.changes(one)[2] == pytest.approx(90)
    assert "depends on the weights" in weighing.in_words(one)


# --- the census --------------------------------------------------------------------------------------------------------


def workers(*rows: tuple) -> pd.DataFrame:
    """year, worker, role start, full-time equivalents on the day, agency, career stage."""
    frame = pd.DataFrame(
        rows, columns=["year", "worker_id", "role_start", "fte_30_september", "agency", "career_stage"]
    )
    blank = {"role": "5", "role_end": pd.NaT, "days_lost": 0.0, "fte": 1.0, "cases_30_september": 0}
    return frame.assign(**blank).astype({"role_start": "datetime64[us]", "role_end": "datetime64[us]"})


def test_who_came_and_who_went_closes(review):
    held = workers(
        *((2017, f"S{n}", "2010-01-01", 1.0, False, "2") for n in range(10)),
        *((2018, f"S{n}", "2010-01-01", 1.0, False, "2") for n in range(7)),  # three are gone
        *((2018, f"N{n}", "2018-08-01", 1.0, False, "1") for n in range(2)),
        (2018, "A1", "2018-01-01", 1.0, True, "2"),  # an agency worker isn't in post
        (2018, "S9", "2010-01-01", 0.0, False, "2"),  # left before the day
    )
    found = census.flows(review(social_workers=held))
    assert found.frame.to_dict("records") == [{"year": "2018", "opening": 10, "joined": 2, "left": 3, "closing": 9}]
    assert census.flows_in_words(found).startswith(
        "In the year to 30 September 2018, 2 social workers joined and 3 left"
    )


def test_a_year_without_the_census_before_it_has_no_flows(review):
    held = workers((2016, "S1", "2010-01-01", 1.0, False, "2"), (2018, "S1", "2010-01-01", 1.0, False, "2"))
    assert census.flows(review(social_workers=held)).frame.empty


def test_the_newest_cohort_is_the_month_in_which_most_began(review):
    starts = ["2017-10-02", "2018-08-01", "2018-08-20", "2018-08-31", "2018-02-01"]
    held = workers(*((2018, f"N{n}", day, 1.0, False, "1") for n, day in enumerate(starts)))
    found = census.cohort_values(review(social_workers=held))
    assert [found[f"newest_cohort.{part}"]["text"] for part in ("month", "starts")] == ["August 2018", "3"]
    assert census.cohort_values(review("public", social_workers=held))["newest_cohort.starts"]["text"] == "c"


# --- who stays ---------------------------------------------------------------------------------------------------------


def test_a_team_stands_out_only_beyond_chance():
    even = pd.DataFrame({"team": ["A"] * 8 + ["B"] * 8, "weight": [10.0, 20.0] * 8})
    odd = even.assign(weight=[30.0, 31, 32, 33, 30, 31, 32, 33, *[10.0, 12] * 4])
    tiny = pd.DataFrame({"team": ["A"] * 2 + ["B"] * 8, "weight": [90.0, 91, *[10.0, 12] * 4]})
    assert staying.standing_out(even, "weight") == ({}, 2)
    assert staying.standing_out(odd, "weight") == ({"A": True, "B": False}, 2)
    assert staying.standing_out(tiny, "weight") == ({}, 1)


def test_teams_are_told_to_officers_alone(review):
    held = cases(now={f"A{n}": 30 + n for n in range(6)} | {f"B{n}": 5 + n for n in range(6)})
    assert "Team A (heavier)" in staying.teams_in_words(review(need_status=held))
    assert "Team" not in staying.teams_in_words(review("board", need_status=held))


def test_different_workers_are_counted_over_five_lists(review):
    lists = ["2017-09-30", "2017-12-31", "2018-03-31", "2018-06-30", "2018-09-30"]
    had = {"P": "aaaaa", "Q": "aabba", "R": "abcde", "S": "aaaa-"}  # S has nobody on the last
    status = pd.DataFrame([
        {"child_id": child, "as_at": day, "worker": None if worker == "-" else worker, "team": "T"}
        for child, all_ in had.items() for day, worker in zip(lists, all_, strict=True)
    ]).astype({"as_at": "datetime64[us]"})  # fmt: skip
    periods = pd.DataFrame({"child_id": list(had), "start_date": pd.Timestamp("2016-01-01"), "end_date": pd.NaT})
    one = review(care_status=status, care_periods=periods)
    found = staying.workers_by_child(one)
    assert found.frame["children"].tolist() == [1, 1, 0, 1]
    assert found.frame["share"].sum() == pytest.approx(100)
    assert "33% had the same worker" in staying.workers_by_child_in_words(one, found)
    assert staying.childrens_workers(review(care_status=status.iloc[:4], care_periods=periods)) is None
