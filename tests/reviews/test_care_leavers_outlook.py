"""Care leavers: who counts as one, how they fare, and what the outlook makes of small worlds that can be counted by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.findings import Review
from analysis.indicators.evidence import evidence_of
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter, quarters
from analysis.reviews.care_leavers import back_test, dashboard, demand, forecast, outlook, profile, stays

NOW = Quarter(2018, 2)
DAY = NOW.end


def episode(
    child: str, start: str, end: str | None = None, placement: str = "U4", status: str = "C2", provider: str = "PR1"
) -> dict:
    return {"child_id": child, "start_date": start, "end_date": end, "placement": placement, "provider": provider,
            "legal_status": status, "reason_new": "S", "reason_ended": None if end is None else "E8", "need": "N1"}  # fmt: skip


def listed(
    child: str, day: str, home: str | None, activity: str | None, touch: str = "YES", suitable: bool = True
) -> dict:
    return {"child_id": child, "as_at": day, "accommodation": home, "activity": activity, "in_touch": touch, "suitable": suitable,
            "eligibility": "FORMER_RELEVANT"}  # fmt: skip


def known(
    episodes: list[dict], born: dict[str, str], lists: list[dict] = (), plans: list[dict] = (), quarter: Quarter = NOW
) -> Known:
    tables = {
        "care_episodes": pd.DataFrame(episodes),
        "children": pd.DataFrame({"child_id": list(born), "date_of_birth": list(born.values())}),
    }
    if lists:
        tables["care_leaver_status"] = pd.DataFrame(list(lists))
    if plans:
        tables["pathway_plans"] = pd.DataFrame(list(plans))
    return Known.from_tables(tables, kinds=["ssda903", "annex_a"], quarter=quarter)


def review_of(found: Known, audience: str = "internal", history: object = None) -> Review:
    return Review(
        "care-leavers", project.authority("929"), NOW, audience, found, history=history, show=lambda data: None
    )


@pytest.mark.parametrize(
    ("left", "joined", "is_one"),
    [(18.0, 17.8, False), (18.0, 17.7, True), (15.99, 10.0, False), (16.0, 10.0, True), (16.1, 15.9, False)],
)
def test_a_care_leaver_was_looked_after_past_16_and_for_13_weeks_since_14(left, joined, is_one):
    assert stays.entitled(np.array([left]), np.array([joined])).tolist() == [is_one]


def test_who_left_care_in_a_span_is_counted_once():
    born = dict.fromkeys(("A", "B", "C"), "2000-05-01")
    rows = evidence_of(known([
        episode("A", "2012-01-01", "2016-06-01"), episode("A", "2016-08-01", "2018-05-01"),
        episode("B", "2018-03-01", "2018-05-01"), episode("C", "2012-01-01", "2017-03-01"),
    ], born)).once(stays.stays)  # fmt: skip
    left = stays.left_care(rows, dt.date(2016, 5, 31), DAY)
    assert left["child_id"].tolist() == ["C", "A"], "B was in care for two months only"
    assert left["age_left"].round().tolist() == [17, 18]
    assert stays.left_care(rows, dt.date(2018, 5, 1), DAY).empty


def test_the_dashboard_parts_under_18_from_over():
    born = {"Y": "2001-01-01", "O": "1998-01-01", "P": "1998-01-01", "Q": "1999-01-01"}
    day = str(DAY)
    lists = [listed("Y", day, "B", "F2"), listed("O", day, "U", "F5"), listed("P", day, None, None, touch="NO", suitable=False),
             listed("Q", day, "W", "G5", suitable=False)]  # fmt: skip
    plans = [{"child_id": "O", "plan_date": "2018-04-01"}, {"child_id": "Q", "plan_date": "2018-03-31"}]
    shown = dashboard.dashboard(review_of(known([episode("Y", "2015-01-01", "2018-01-01")], born, lists, plans))).frame
    now = shown.set_index(["measure", "group"])[["now_part", "now_whole"]]
    told = {
        measure: now.loc[measure].astype("Int64").to_numpy(na_value=0).tolist()
        for measure in dict.fromkeys(shown["measure"])
    }
    assert told == {
        "Young people": [[0, 1], [0, 3]], "In touch": [[1, 1], [2, 3]],
        "In education, employment or training": [[1, 1], [1, 3]], "In suitable accommodation": [[1, 1], [1, 3]],
        dashboard.PLANNED: [[0, 1], [1, 3]],
    }  # fmt: skip
    assert shown["year_ago_whole"].isna().all(), "no list of that day"
    public = dashboard.dashboard(
        review_of(known([episode("Y", "2015-01-01", "2018-01-01")], born, lists, plans), "public")
    )
    assert public.frame["now"].isna().all()


def test_staying_put_asks_after_those_who_turned_18_in_foster_care():
    born = {"A": "2000-05-01", "B": "1999-05-01", "C": "2000-06-01", "D": "2000-07-01"}
    episodes = [
        episode("A", "2012-01-01", "2018-05-01"), episode("B", "2012-01-01", "2017-05-01", "U1"),
        episode("C", "2012-01-01", "2018-06-01", "K2"), episode("D", "2012-01-01", "2017-07-01"),
    ]  # fmt: skip
    lists = [listed("A", str(DAY), "Z", "F1"), listed("B", str(DAY), "U", "F5"), listed("C", str(DAY), "Z", "F5")]
    found = dashboard.staying_put(evidence_of(known(episodes, born, lists)), DAY)
    assert found == (1, 2), "C was in a children's home, D left at 17"
    assert dashboard.staying_put(evidence_of(known(episodes, born)), DAY) is None


def test_those_inside_stay_where_nobody_ever_left_before_growing_up():
    """Ten of 13 and a half, ten of 15 and a half; of 20 who grew up in the last three years all stayed to 18, and nobody came."""
    born = {f"Y{n}": "2005-03-31" for n in range(10)} | {f"O{n}": "2003-03-31" for n in range(10)}
    episodes = [episode(child, "2010-01-01") for child in born]
    grown = {f"G{n}": "1999-06-01" for n in range(20)}
    episodes += [episode(child, "2010-01-01", "2017-06-01") for child in grown]
    found = outlook.outlook(evidence_of(known(episodes, born | grown)), DAY, draws=20)
    assert found.rests_on == (20, 20, 0, 0)
    assert [int(np.median(found.leaving(year, year + 1))) for year in range(5)] == [0, 0, 10, 0, 10]
    assert (found.reaching(18, found.origin == outlook.PROFILE) == 20).all()
    told = profile.today(review_of(known(episodes, born | grown)), found).frame
    assert told.set_index("age").loc[["13", "14", "15", "All"], "children"].tolist() == [10, 0, 10, 20]
    assert told.set_index("age").loc["All", ["still_16", "still_18"]].tolist() == [100, 100]


def turning_world(until: Quarter = NOW) -> Known:
    """Each month one child of 14 comes, and leaves on the 18th birthday; of every four, one leaves after two months. What
    is after the quarter isn't known."""
    rows, born = [], {}
    for number, month in enumerate(pd.date_range("2008-01-15", str(until.end), freq="MS")):
        child = f"C{number:03d}"
        birthday = month - pd.DateOffset(years=14, months=3)
        end = month + pd.DateOffset(months=2) if number % 4 == 0 else birthday + pd.DateOffset(years=18)
        born[child] = str(birthday.date())
        rows.append(episode(child, str(month.date()), str(end.date()) if end.date() <= until.end else None))
    return known(rows, born, quarter=until)


class Deliveries:
    quarters = tuple(quarters(Quarter(2015, 4), NOW))

    def known_by(self, quarter: Quarter) -> Known:
        return turning_world(quarter)


def test_a_world_that_turns_steadily_is_projected_to_go_on_and_the_back_test_holds():
    review = review_of(turning_world(), history=Deliveries())
    found = outlook.outlook(review.evidence, DAY)
    # Twelve come each year, nine stay until 18.
    for year in range(5):
        low, middle, high = np.quantile(found.leaving(year, year + 1), (0.025, 0.5, 0.975))
        assert low <= 9 <= high, year
        assert middle == pytest.approx(9, abs=2), year
    assert forecast.past_years(review).frame["value"].tolist()[-4:] == [9, 9, 9, 9]
    tried = back_test.tried(review)
    mine = tried[tried["measure"] == back_test.LEAVING]
    assert len(mine) == 4
    assert ((mine["lower"] <= mine["came"]) & (mine["came"] <= mine["upper"])).all()
    assert "4 earlier quarters" in back_test.in_words(review, tried)
    coming = forecast.coming_years(review, found).frame
    parts = coming[["older", "profile", "coming"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(coming["n"].to_numpy(), abs=2), (
        "medians of parts need not add up, but nearly do"
    )


def test_recent_leavers_are_known_by_where_they_lived_at_16_and_the_first_word_of_them():
    born = {"A": "2000-05-01", "B": "2000-05-01", "C": "2000-05-01"}
    # One period of care: the home at 16, and a move at 17.
    first = episode("A", "2012-01-01", "2017-06-01", "K2") | {"reason_ended": "X1"}
    second = episode("A", "2017-06-01", "2018-05-01", "P2") | {"reason_new": "P"}
    episodes = [
        first,
        second,
        episode("B", "2012-01-01", "2018-05-01"),
        episode("C", "2012-01-01", "2018-05-01"),
        episode("I", "2012-01-01"),
    ]
    lists = [listed("A", "2018-03-31", "B", "F2"), listed("A", "2018-06-30", "D", "G5"), listed("A", "2018-09-30", "U", "F5"),
             listed("B", "2018-06-30", None, None)]  # fmt: skip
    evidence = evidence_of(known(episodes, born | {"I": "2004-01-01"}, lists))
    found = outlook.outlook(evidence, DAY, draws=20)
    seen = demand.recent(evidence, found).set_index("child_id")
    assert seen.loc["A"].tolist() == [stays.IN_A_HOME, demand.SUPPORTED, "Not in work or learning: other reasons"]
    assert seen.loc["B"].tolist() == [stays.FOSTERED, demand.NOT_KNOWN, demand.NOT_KNOWN]
    assert "C" not in seen.index, "no list has C"
    needed = demand.demand(found, seen.reset_index(), "home")
    assert needed.seen.sum() == 2
    assert (needed.everyone.sum(axis=1) == found.leaving(-1, 3)).all()


def test_without_a_year_of_records_or_anybody_inside_it_says_so():
    nobody = review_of(known([episode("A", "2012-01-01", "2014-01-01")], {"A": "2000-05-01"}))
    found = forecast.from_review(nobody)
    assert found is None
    coming, past = forecast.coming_years(nobody, found), forecast.past_years(nobody)
    assert "can't be projected" in forecast.in_words(nobody, found, coming, past)
    assert "can't be told" in profile.in_words(profile.today(nobody, found), found)
    assert demand.recent_of(nobody.evidence, found).empty
    items = forecast.need_values(nobody, None, None)
    assert {one["text"] for one in items.values()} == {"not available"}
    assert forecast.occupation_in_words(items).endswith("can't be told.")
    assert forecast.homes_in_words(forecast.needs_table(nobody, None)).startswith("Where the care leavers to come")
