"""Help and protection: visits and reviews counted by hand, children in need plans followed through lists, what comes after a plan."""

from __future__ import annotations

import pandas as pd
import pytest
from growth_worlds import AUTHORITY
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.findings import changed
from analysis.findings.review import Review
from analysis.records.history import Known
from analysis.reference.quarters import Quarter
from analysis.reviews.protection import afterwards, audited, follow_up, lengths, open_cases, reviews_due, visits

NOW = Quarter(2018, 2)  # July to September 2018
DAY = pd.Timestamp(NOW.end)


def review(tables: dict[str, pd.DataFrame], audience: str = "internal") -> Review:
    known = Known.from_tables(tables, kinds=("annex_a",), quarter=NOW)
    return Review("help-and-protection", AUTHORITY, NOW, audience, known, show=lambda _: None)


def dated(names: list[str], rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=names)
    for name in names:
        if name in (
            "start_date",
            "end_date",
            "plan_start",
            "date",
            "as_at",
            "latest_visit",
            "last_seen",
            "closure_date",
        ):
            frame[name] = pd.to_datetime(frame[name])
    return frame


def plans(*rows: tuple) -> pd.DataFrame:
    return dated(["child_id", "start_date", "end_date", "initial_category"], list(rows)).assign(team="North Team")


def lists(*rows: tuple) -> pd.DataFrame:
    """child, day of the list, kind of case, worker."""
    frame = dated(["child_id", "as_at", "case_status", "worker"], list(rows))
    return frame.assign(start_date=pd.Timestamp("2015-01-01"), last_seen=frame["as_at"], team="North Team")


def visited(*days_ago: int | None, audience: str = "internal") -> Review:
    rows = [(f"C{n}", "2018-01-10", None, "NEG") for n in range(len(days_ago))]
    seen = [(f"C{n}", "2018-01-10", NOW.end, None if ago is None else DAY - pd.Timedelta(days=ago)) for n, ago in enumerate(days_ago)]  # fmt: skip
    said = dated(["child_id", "plan_start", "as_at", "latest_visit"], seen).assign(seen_alone=True)
    return review({"protection_plans": plans(*rows), "protection_status": said}, audience)


def test_each_child_is_in_the_band_of_the_last_visit():
    here = visited(0, 13, 14, 27, 28, 41, 42, None)
    table = visits.last_visits(here)
    assert table.frame["now"].tolist() == [2, 2, 2, 1, 1]
    assert "2 had been visited less than two weeks before, 2 two to four weeks before" in visits.in_words(here, table)
    assert visits.in_words(here, table).endswith("of 1 no visit was recorded.")
    every = visited(0, 13)
    assert visits.in_words(every, visits.last_visits(every)).endswith("every one has a visit on record.")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 400)), min_size=1, max_size=12))
def test_the_bands_hold_every_child_once(days):
    assert visits.last_visits(visited(*days)).frame["now"].sum() == len(days)


def test_small_bands_are_withheld_from_the_public_in_words_too():
    here = visited(*[3] * 20, *[20] * 2, audience="public")
    table = visits.last_visits(here)
    assert table.frame["now"].isna().sum() >= 2
    assert "c two to four weeks before" in visits.in_words(here, table)


PLANS = plans(
    ("A", "2018-01-10", None, "NEG"),  # reviewed on its day and once since, a day late
    ("B", "2018-06-20", None, "EMO"),  # first review due
    ("C", "2018-09-01", None, "EMO"),  # new
    ("D", "2017-05-01", None, "NEG"),  # last reviewed in January: overdue
)
REVIEWS = dated(
    ["child_id", "plan_start", "date"],
    [
        ("A", "2018-01-10", "2018-04-10"),
        ("A", "2018-01-10", "2018-10-01"),
        ("D", "2017-05-01", "2017-08-20"),
        ("D", "2017-05-01", "2018-01-15"),
    ],
)


def test_reviews_due_are_counted_from_the_last_one_or_the_plans_start():
    here = review({"protection_plans": PLANS, "protection_reviews": REVIEWS})
    due = reviews_due.next_due(here.evidence, NOW).set_index("child_id")["due"]
    # A review after the quarter's end isn't known yet.
    assert due.to_dict() == {
        "A": pd.Timestamp("2018-10-10"), "B": pd.Timestamp("2018-09-20"), "C": pd.Timestamp("2018-12-01"), "D": pd.Timestamp("2018-07-15"),
    }  # fmt: skip
    table = reviews_due.due_now(here)
    assert table.frame["now"].tolist() == [2, 1, 1, 0]
    assert reviews_due.due_in_words(here, table) == (
        "On 30 September 2018 the next review of 2 of the open plans was overdue; the next review of 1 falls due within four weeks."
    )


def test_reviews_held_are_late_by_what_the_one_before_allows():
    held = reviews_due.held(review({"protection_plans": PLANS, "protection_reviews": REVIEWS}).evidence)
    late = (held["date"] - held["due"]).dt.days
    # D's first was due on 1 August 2017 and its second, six months after the late first, on 20 February 2018.
    assert dict(zip(held["date"].dt.strftime("%Y-%m-%d"), late, strict=True)) == {
        "2018-04-10": 0, "2018-10-01": -9, "2017-08-20": 19, "2018-01-15": -36,
    }  # fmt: skip
    here = review({"protection_plans": PLANS, "protection_reviews": REVIEWS})
    table = reviews_due.lateness(here).frame
    assert table["now"].tolist() == [2, 0, 0]
    assert table["year_ago"].tolist() == [0, 0, 1]


ENDS = ["2017-06-30", "2017-09-30", "2017-12-31", "2018-03-31", "2018-06-30", "2018-09-30"]


def test_a_child_in_need_plan_is_followed_back_through_lists_without_a_gap():
    rows = [("A", day, "CIN", "w1") for day in ENDS]  # all along: at least 15 months
    rows += [("B", day, "CIN", "w1") for day in ENDS[-2:]]  # three months
    rows += [("C", ENDS[0], "CIN", "w1"), ("C", ENDS[1], "CPP", "w1")]  # a plan of protection came between
    rows += [("C", day, "CIN", "w1") for day in ENDS[2:]]  # nine months
    rows += [("D", ENDS[0], "CIN", "w1"), ("D", ENDS[-1], "CIN", "w1")]  # off the lists between: just begun
    here = review({"need_status": lists(*rows), "protection_plans": PLANS})
    since = open_cases.need_plans(here.evidence, NOW.end).set_index("child_id")["since"]
    assert since.dt.strftime("%Y-%m-%d").to_dict() == {"A": ENDS[0], "B": ENDS[4], "C": ENDS[2], "D": ENDS[5]}
    assert open_cases.need_plan_lengths(here).frame["now"].tolist() == [1, 1, 1, 1, 0]
    assert open_cases.long_need_plans(here, NOW) == (1, 4)
    # A year ago the lists reached back three months only.
    assert open_cases.long_need_plans(here, NOW.shift(-4)) is None


def test_the_censuss_own_plans_go_before_lists():
    own = dated(["child_id", "start_date", "end_date"], [("A", "2018-07-15", None), ("B", "2016-01-01", "2018-08-01")])
    here = review({"cin_plans": own, "need_status": lists(("A", ENDS[-1], "CIN", "w1")), "protection_plans": PLANS})
    assert open_cases.need_plans(here.evidence, NOW.end)["since"].tolist() == [pd.Timestamp("2018-07-15")]


def test_a_worker_is_another_when_two_lists_one_after_the_other_differ():
    rows = [("A", ENDS[-2], "CPP", "w1"), ("A", ENDS[-1], "CPP", "w2"), ("B", ENDS[-2], "ASSESSMENT", "w1"), ("B", ENDS[-1], "CPP", "w1"),
            ("C", ENDS[-3], "CPP", "w1"), ("C", ENDS[-1], "CPP", "w3"), ("D", ENDS[-2], "CPP", None), ("D", ENDS[-1], "CPP", "w1")]  # fmt: skip
    here = review({"need_status": lists(*rows), "protection_plans": PLANS})
    assert open_cases.workers_changed(here, NOW) == (1, 2)
    assert "50% had another social worker than on that list" in open_cases.workers_in_words(here)


def test_open_cases_add_up_and_those_without_a_worker_are_told():
    rows = [("A", ENDS[-1], "CPP", None), ("B", ENDS[-1], "CIN", "w1"), ("C", ENDS[-1], "CIN", "w1"), ("D", ENDS[-1], "CLOSED", "w1")]  # fmt: skip
    here = review({"need_status": lists(*rows), "protection_plans": PLANS})
    table = open_cases.by_kind(here)
    counts = table.frame.set_index("kind")["cases"]
    assert counts[open_cases.ALL] == 3 == counts.drop(open_cases.ALL).sum()
    assert open_cases.by_kind_in_words(here, table).endswith("1 of them had no social worker named.")


def test_what_comes_after_a_plan_is_what_the_next_list_says():
    ended = plans(
        *((one, "2017-06-01", "2018-05-10", "NEG") for one in "ABCD"), ("E", "2017-06-01", "2018-09-29", "NEG")
    )
    rows = [("A", "2018-06-30", "CIN", "w1"), ("A", "2018-09-30", "CLOSED", "w1"), ("B", "2018-06-30", "CLOSED", "w1"),
            ("C", "2018-06-30", "LAC", "w1"), ("E", "2018-09-30", "CIN", "w1")]  # fmt: skip
    here = review({"protection_plans": ended, "need_status": lists(*rows)})
    table = afterwards.table(here)
    assert table.frame["now"].tolist() == [2, 1, 1, 0, 1]
    assert table.frame["percent"].sum() == pytest.approx(100)
    assert "40% were followed by a child in need plan" in afterwards.in_words(here, table)


def test_categories_add_up_and_long_plans_are_of_fifteen_months():
    open_ = plans(("A", "2017-06-30", None, "NEG"), ("B", "2017-07-01", None, "NEG"), ("C", "2018-09-01", None, "EMO"))
    here = review({"protection_plans": open_})
    table = lengths.by_category(here)
    assert table.frame.set_index("category").loc["All", ["plans", "long"]].tolist() == [3, 1]
    assert table.frame.set_index("category").loc["Neglect", "long_percent"] == 50
    assert lengths.in_words(here, table).startswith("Most plans open on 30 September 2018 were under “neglect” (67%).")
    assert lengths.two_years(here) == 0


def audits(*rows: tuple[str, str]) -> pd.DataFrame:
    frame = dated(["date", "answer"], list(rows))
    return frame.assign(audit_id=[f"A{n}" for n in range(len(frame))], theme="Management", service="protection", team="North Team",
                        question="Was each decision made at the right level?", grade="good")  # fmt: skip


def test_rounds_of_audits_are_the_first_of_the_calendar_year_and_the_latest():
    held = [("2017-11-02", "no")] + [("2018-02-05", "no"), ("2018-02-06", "yes")] + [("2018-08-05", "yes")] * 3
    values = audited.values(review({"case_audits": audits(*held), "protection_plans": PLANS}))
    assert values["decisions_at_level.first_of_year"]["text"] == "50%"
    assert values["decisions_at_level.first_of_year_month"]["text"] == "February 2018"
    assert (values["decisions_at_level.latest"]["text"], values["decisions_at_level.latest"]["period"]) == (
        "100%",
        "August 2018",
    )


def test_without_audits_the_values_are_there_and_say_so():
    here = review({"protection_plans": PLANS})
    assert {item["text"] for item in audited.values(here).values()} == {"not available"}
    assert audited.in_words(here).startswith("No case file audit held has asked")


def test_only_children_for_whom_something_is_due_are_listed_with_what_it_is():
    status = dated(["child_id", "plan_start", "as_at", "latest_visit"], [
        ("A", "2018-01-10", NOW.end, "2018-09-20"), ("B", "2018-06-20", NOW.end, "2018-08-01"), ("C", "2018-09-01", NOW.end, "2018-09-29"),
        ("D", "2017-05-01", NOW.end, "2018-09-29")]).assign(seen_alone=True)  # fmt: skip
    here = review({"protection_plans": PLANS, "protection_reviews": REVIEWS, "protection_status": status})
    told = follow_up.children(here).set_index("child_id")["reasons"]
    assert told.to_dict() == {
        "B": "last visited on 1 August 2018; review was due by 20 September 2018",
        "D": "review was due by 15 July 2018; on the plan since 1 May 2017",
    }


def test_a_change_is_told_from_chance_in_words():
    many = [(f"N{n}", "2018-01-10", None, "NEG") for n in range(80)] + [(f"E{n}", "2018-01-10", None, "EMO") for n in range(20)]  # fmt: skip
    few = [(f"M{n}", "2016-12-10", "2017-12-01", "NEG") for n in range(30)] + [(f"F{n}", "2016-12-10", "2017-12-01", "EMO") for n in range(70)]  # fmt: skip
    here = review({"protection_plans": plans(*many, *few)})
    said = changed.sentence(here, "cpp_starts_neglect_percent", "The share")
    assert said == (
        "The share was 80% in the year to 30 September 2018 and 30% in the year to 30 September 2017: higher, by more than chance alone "
        "would give."
    )
    assert "no figure" in changed.sentence(
        here, "cpp_starts_neglect_percent", "The share", earlier="year_end_before_that"
    )
