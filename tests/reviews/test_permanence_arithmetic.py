"""Permanence, worked by hand: routes, what came first, who came back, stages, who waits for a match or a family."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
from care_worlds import NOW, evidence

from analysis.disclosure import policy
from analysis.reviews.permanence import adoption, first_home, guardianship, matching, plans, routes, years


def table(columns, *rows):
    frame = pd.DataFrame(list(rows), columns=columns.split())
    for name in frame.columns:
        days = name.endswith("_date") or name == "as_at"
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]") if days else frame[name].astype("string")
    return frame


def left(day, reason):
    return {"end_date": day, "reason_ended": reason}


def test_each_reason_has_its_route_and_the_routes_add_up():
    held = evidence(
        ("A", "2016-01-01", left("2017-04-01", "E11")),
        ("B", "2016-01-01", left("2018-03-31", "E46")),
        ("C", "2016-01-01", left("2017-06-01", "E41")),
        ("D", "2016-01-01", left("2017-06-01", "E13")),
        ("E", "2016-01-01", left("2017-06-01", "E6")),
        ("F", "2016-01-01", left("2017-06-01", "E3")),
        ("G", "2016-01-01", left("2017-03-31", "E11")),
    )
    row = routes.by_year(held, NOW).iloc[-1]
    assert row[list(routes.WORDS)].tolist() == [1, 1, 1, 1, 1, 1]
    assert row["children"] == 6


def test_a_child_who_comes_back_within_twelve_months_is_counted_with_the_route_by_which_it_left():
    """A comes back twelve months later to the day, B a day after that, C on the day of leaving (one period, never left)."""
    held = evidence(
        ("A", "2015-01-01", left("2016-06-01", "E4A")),
        ("A", "2017-06-01", {}),
        ("B", "2015-01-01", left("2016-06-01", "E43")),
        ("B", "2017-06-02", {}),
        ("C", "2015-01-01", left("2016-07-01", "X1")),
        ("C", "2016-07-01", {"reason_new": "P"}),
    )
    rows = routes.came_back(held, NOW).set_index("route")
    assert rows.loc["All", ["left", "back", "percent"]].tolist() == [2, 1, 50]
    assert rows.loc["Home, or to family or friends", "back"] == 1
    assert rows.loc["Special guardianship", "back"] == 0


def test_what_came_first_ends_the_wait():
    """A is matched after 10 days, then adopted; B goes home after 31; C still waits, 90 days on; D was in care before the
    records; E is matched on the first day, which is taken as after one."""
    held = evidence(
        ("A", "2017-04-01", left("2017-04-11", "X1")),
        ("A", "2017-04-11", {"placement": "U4", "reason_new": "P", **left("2017-12-01", "E11")}),
        ("B", "2017-04-01", left("2017-05-02", "E4A")),
        ("C", "2017-12-31", {}),
        ("D", "2017-04-01", {"reason_new": "P"}),
        ("E", "2017-04-01", {"placement": "U1"}),
    )
    rows = first_home.journeys(held, NOW)
    assert rows["duration"].tolist() == [10, 31, 90, 1]
    assert rows["way"].fillna("waits").tolist() == [first_home.MATCHED, first_home.HOME, "waits", first_home.MATCHED]


def test_shares_of_what_came_first_and_of_those_who_wait_add_up_to_all():
    """Of 20 children, 5 went home after 30 days and 5 were adopted after 200; nobody is lost sight of before 365."""
    duration = pd.Series([30.0] * 5 + [200.0] * 5 + [400.0] * 10)
    way = pd.Series([first_home.HOME] * 5 + [first_home.ADOPTED] * 5 + [None] * 10, dtype="object")
    at_a_year = years.curve(duration, way, first_home.WAYS).query("months == 12").set_index("way")["share"]
    assert at_a_year.round(6).to_dict() == {
        first_home.HOME: 25, first_home.MATCHED: 0, first_home.ORDER: 0, first_home.ADOPTED: 25, first_home.OTHERWISE: 0,
    }  # fmt: skip
    assert years.curve(duration.iloc[1:], way.iloc[1:], first_home.WAYS).empty


def test_stages_are_of_children_whose_every_date_is_known_and_in_order():
    """A took 100, 20, 30, 10 and 200 days; B's match came before the order and is left out, as is C without a decision."""
    columns = "child_id entered_care decision_date placement_order_date matched_date placed_date order_date foster_carer_adopts"
    told = table(
        columns,
        ("A", "2016-01-01", "2016-04-10", "2016-04-30", "2016-05-30", "2016-06-09", "2016-12-26", None),
        ("B", "2016-01-01", "2016-04-10", "2016-04-30", "2016-04-20", "2016-06-09", "2016-12-26", None),
        ("C", "2016-01-01", None, "2016-04-30", "2016-05-30", "2016-06-09", "2016-12-26", None),
    ).assign(foster_carer_adopts=pd.array([None] * 3, dtype="boolean"), entered_care=pd.to_datetime(["2016-01-01"] * 3))
    rows = adoption.stages(evidence(("Z", "2016-01-01", {}), adoptions=told), NOW)
    assert rows["days"].tolist() == [100, 20, 30, 10, 200]
    assert set(rows["children"]) == {1}


def test_who_waits_with_a_placement_order():
    """A's order is of the quarter and matched; B's is six months old to the day; C's a year; D is placed; E has none."""
    e1 = {"legal_status": "E1"}
    held = evidence(
        ("A", "2018-02-01", e1), ("B", "2017-09-30", e1), ("C", "2017-03-31", e1),
        ("D", "2017-03-31", {**e1, "placement": "A6"}), ("E", "2017-03-31", {}),
        adoptions=table("child_id placement_order_date matched_date", ("A", "2018-02-01", "2018-03-31"), ("B", None, "2018-04-01")),
    )  # fmt: skip
    rows = adoption.waiting(held, NOW).set_index("since")
    assert rows["children"].tolist() == [1, 0, 1, 1]
    assert rows["matched"].tolist() == [1, 0, 0, 0]
    assert (rows["matched"] + rows["unmatched"] == rows["children"]).all()


def test_guardians_who_had_fostered_and_the_middle_wait():
    """A waited 365 days, B 731 by Annex A's day, which lies before the records; C went to others, its start unknown."""
    held = evidence(
        ("A", "2016-06-01", left("2017-06-01", "E43")),
        ("B", "2016-09-01", {"reason_new": "P", **left("2017-06-01", "E45")}),
        ("C", "2016-09-01", {"reason_new": "P", **left("2017-06-01", "E44")}),
        care_periods=table("child_id start_date", ("B", "2015-06-01")),
    )
    row = guardianship.by_year(held, NOW).iloc[-1]
    assert row[["orders", "former_carers", "others", "timed"]].tolist() == [3, 2, 1, 2]
    assert round(row["months"], 1) == 18.0


def lists(*rows):
    return table("child_id as_at permanence_plan", *rows)


def test_who_waits_for_a_long_term_match():
    """A's plan is new; B's a year old to the day; C is matched; D's plan is another; E has left."""
    day = "2018-03-31"
    held = evidence(
        ("A", "2016-01-01", {}), ("B", "2016-01-01", {}), ("C", "2016-01-01", {"placement": "U4"}), ("D", "2016-01-01", {}),
        ("E", "2016-01-01", left("2018-01-31", "E4A")),
        care_status=lists(
            ("A", "2017-03-31", "RETURN"), ("A", day, "FOSTERING"), ("B", "2017-03-31", "FOSTERING"), ("B", day, "FOSTERING"),
            ("C", day, "FOSTERING"), ("D", day, "ADOPTION"), ("E", day, "FOSTERING"),
        ),
    )  # fmt: skip
    rows = matching.waiting(held, NOW).set_index("since")["children"].to_dict()
    assert rows == {"Under 6 months": 1, "6 months, under a year": 0, "A year, under two": 1, "Two years or more": 0}


def test_a_plan_is_due_after_four_months():
    """A and B have been looked after for four months (A to the day), C for a day less; B has no plan. Half have one."""
    day = "2018-03-31"
    held = evidence(
        ("A", "2017-11-30", {}), ("B", "2016-01-01", {}), ("C", "2017-12-01", {}),
        care_status=lists(("A", day, "RETURN"), ("B", day, None), ("C", day, None)),
    )  # fmt: skip
    found = plans.now(held, NOW)
    assert found.set_index("plan")["longer"].to_dict() == {"Return to family": 1, plans.NONE_YET: 1}
    for audience, says in (("internal", "50%"), ("public", "c")):
        review = SimpleNamespace(
            audience=audience,
            quarter=NOW,
            release=lambda frame, *, to=audience, **how: policy.release(frame, to, **how),
        )
        assert plans.values(review, found, plans.release(review, found))["plan_recorded.percent"]["text"] == says
