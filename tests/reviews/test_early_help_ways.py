"""Early help's ways up, down and in, its programmes and the edge of care: small records worked by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written_records import NOW, review

from analysis.reviews.early_help import both_ways, referrals, spans

# The year to 30 September 2017 is followed: A and B were referred to social work within twelve months, C a day after them.
STEPS = """
early_help_referrals
referral_id child_id date route accepted closure_date closure_outcome
1 A 2017-01-10 family_work True 2017-03-01 outcomes_achieved
2 B 2017-01-10 step_down True 2018-02-01 disengaged
3 C 2017-01-10 locality_hub True 2018-03-01 outcomes_achieved
4 D 2017-01-10 locality_hub False - -
5 E 2018-06-15 step_down True - -
6 F 2018-06-15 step_down True - -
7 G 2018-06-15 step_down True - -
8 H 2018-06-15 step_down True - -

early_help_assessments
child_id start_date completion_date organisation
A 2017-01-01 2017-02-01 School

referrals
child_id date source no_further_action
A 2017-06-01 6 False
B 2018-01-10 6 False
C 2018-01-11 6 False
X 2017-05-01 6 False
Y 2017-12-01 6 False

episodes_of_need
child_id start_date closure_date
B 2016-11-01 2016-12-31
X 2016-12-01 2017-05-01
Y 2017-01-01 2017-05-01
E 2018-01-01 2018-06-05
F 2018-02-01 2018-05-16
G 2018-01-01 2018-02-01
H 2018-05-01 -
"""


def test_who_was_referred_on_within_a_year():
    one = review(STEPS)
    assert (both_ways.cohort(one).start, both_ways.cohort(one).end) == (dt.date(2016, 10, 1), dt.date(2017, 9, 30))
    up = both_ways.step_up(one).frame.set_index("start")
    assert up[["followed", "again"]].to_numpy().tolist() == [[1, 1], [2, 0], [1, 1], [4, 2], [1, 1]]
    assert up.loc[both_ways.EVERY_REFERRAL, "share"] == 50.0
    assert both_ways.step_up_in_words(one, both_ways.step_up(one)) == (
        "Of 4 referrals to early help in the year to 30 September 2017, 2 (50%) were followed by a referral of the same child to "
        "social work within 12 months. Of those who had just come down from social work it was 100%."
    )


def test_who_came_down_and_who_went_back():
    one = review(STEPS)
    down = both_ways.step_down(one)
    # B came to early help ten days after closing. X's referral on the day of closing belongs to the case; Y's is seven months on.
    # B's next referral came more than a year after its case had closed.
    assert down.frame["closed"].tolist() == [1, 2, 3]
    assert down.frame["again"].tolist() == [0, 1, 1]


def test_days_from_closing_to_early_help():
    one = review(STEPS)
    rows = both_ways.days_to_early_help(one.evidence).set_index("child_id")["days"]
    # G's case closed more than three months before; H's is open.
    assert {name: None if pd.isna(days) else days for name, days in rows.items()} == {
        "B": 10,
        "E": 10,
        "F": 30,
        "G": None,
        "H": 0,
    }
    values = both_ways.wait_values(one)
    assert values["step_down_wait.children.now"]["text"] == "3"
    assert values["step_down_wait.median_days.now"]["text"] == "10 days"
    assert values["step_down_wait.median_days.year_ago"]["text"] == "10 days"
    board = both_ways.wait_values(review(STEPS, "board"))
    assert {one["text"] for one in board.values()} == {"c"}
    assert both_ways.wait_in_words(board).endswith("too few children came down.")


def closed(down: tuple[int, int], rest: tuple[int, int]) -> str:
    """Cases closed on 1 May 2017, so many (first) that came to early help and so many not; the second, those referred again."""
    helped = ["early_help_referrals", "referral_id child_id date route accepted"]
    need, again = (
        ["episodes_of_need", "child_id start_date closure_date"],
        ["referrals", "child_id date source no_further_action"],
    )
    for name, (count, back) in (("D", down), ("R", rest)):
        need += [f"{name}{n} 2017-01-01 2017-05-01" for n in range(count)]
        again += [f"{name}{n} 2017-08-01 6 False" for n in range(back)]
        helped += [f"{n} {name}{n} 2017-05-20 step_down True" for n in range(count) if name == "D"]
    return "\n\n".join("\n".join(lines) for lines in (helped, need, again))


@pytest.mark.parametrize(
    ("down", "rest", "said"),
    [((50, 30), (200, 60), "60% of them and 30% of the others were referred to social work again within 12 months of closing: "
      "more of them, by more than chance would give."),
     ((50, 16), (200, 60), "no more apart than chance would give."), ((50, 5), (200, 60), "fewer of them")],
)  # fmt: skip
def test_going_back_is_compared_with_chance_in_mind(down, rest, said):
    one = review(closed(down, rest))
    assert said in both_ways.step_down_in_words(one, both_ways.step_down(one))


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(st.sampled_from(("family_work", "locality_hub", "step_down")), st.booleans()), min_size=1, max_size=30
    )
)
def test_the_ways_in_add_up_and_give_no_small_number_back(ways):
    lines = ["early_help_referrals", "referral_id child_id date route accepted"]
    lines += [f"{n} C{n} 2017-05-01 {route} True" for n, (route, _) in enumerate(ways)]
    lines += ["", "referrals", "child_id date source no_further_action", "Z 2015-01-01 6 False"]
    lines += [f"C{n} 2017-06-01 6 False" for n, (_, back) in enumerate(ways) if back]
    up = both_ways.step_up(review("\n".join(lines))).frame
    assert up[["followed", "again"]].iloc[:3].sum().tolist() == up[["followed", "again"]].iloc[3].tolist()
    assert up["followed"].iloc[3] == len(ways)
    public = both_ways.step_up(review("\n".join(lines), "public"))
    for name in ("followed", "again"):
        hidden = public.is_withheld(name).iloc[:4]
        assert hidden.sum() != 1
        assert not ((up[name].iloc[:4].between(1, 5)) & ~hidden).any()


PROGRAMMES = """
early_help_referrals
referral_id child_id date route accepted
1 A 2017-05-01 family_work True
2 B 2018-05-01 family_work True
3 C 2017-03-31 family_work True
4 D 2017-10-01 locality_hub True
5 D 2018-01-01 locality_hub True
6 D 2016-12-01 locality_hub True

early_help_programmes
person_id programme start_date completed
P1 freedom 2017-04-01 True
P2 recovery_toolkit 2017-09-30 True
P3 freedom 2017-10-01 -
P4 incredible_years 2018-09-30 -
P5 incredible_years 2018-09-30 -
P6 incredible_years 2017-03-31 True
"""


def test_eighteen_months_in_two_parts_that_dont_overlap():
    one = review(PROGRAMMES)
    assert spans.half_and_year(NOW) == {"before": (dt.date(2017, 4, 1), dt.date(2017, 9, 30)),
                                        "year": (dt.date(2017, 10, 1), dt.date(2018, 9, 30))}  # fmt: skip
    table = spans.programmes(one)
    rows = table.frame.set_index("programme")
    assert rows.loc["Freedom Programme", ["before", "year", "both"]].tolist() == [1, 1, 2]
    assert rows.loc[spans.ALL, ["before", "year", "both"]].tolist() == [2, 3, 5]
    values = {name.split(".")[1]: value["text"] for name, value in spans.eighteen_months(one, table).items()}
    assert values == {"family_work_referrals": "2", "parent_drop_in_starts": "0", "freedom_starts": "2", "programme_starts": "5",
                      "recovery_toolkit_starts": "1", "incredible_years_starts": "2", "domestic_abuse_starts": "3"}  # fmt: skip
    assert referrals.hub_ratio(one)["hub_referrals_ratio"]["text"] == "2.0"


def test_a_part_that_is_withheld_takes_the_sum_with_it():
    one = review(PROGRAMMES, "board")
    values = spans.eighteen_months(one, spans.programmes(one))
    assert {value["text"] for value in values.values()} <= {"c", "0"}
    assert values["eighteen_months.domestic_abuse_starts"]["value"] is None


EDGE = """
edge_of_care
child_id service family_id start_date closure_date outcome
A Edge_of_Care_Team F1 2018-03-01 2018-04-01 at_home
B Edge_of_Care_Team F1 2018-03-01 2018-11-30 returned_home
C Edge_of_Care_Team F2 2018-03-01 2018-06-01 became_looked_after
D Edge_of_Care_Team F3 2018-03-01 2018-03-31 at_home
E Edge_of_Care_Team F4 2018-03-01 2018-12-01 at_home
G Befrienders F5 2017-01-01 2018-05-01 at_home
H Befrienders F5 2017-01-01 2018-07-01 returned_home
I Befrienders F6 2018-08-01 - -
"""


def test_the_edge_of_care_since_april_and_a_befriending_year():
    one = review(EDGE)
    assert spans.year_so_far(one) == (dt.date(2018, 4, 1), dt.date(2018, 11, 30))
    table = spans.edge_of_care(one)
    rows = table.frame.set_index("service")
    assert rows.loc["Edge of Care Team", ["families", "closed", "at_home"]].tolist() == [4, 3, 2]
    assert rows.loc["Befrienders", ["families", "closed", "at_home"]].tolist() == [2, 2, 2]
    assert rows.loc[spans.ALL, ["families", "closed", "at_home"]].tolist() == [6, 5, 4]
    team = {name.split(".")[1]: made["text"] for name, made in spans.edge_values(one, table).items()}
    assert team == {"closed": "3", "at_home": "2", "returned": "1", "away": "1", "home_percent": "67%",
                    "period": "April to November 2018"}  # fmt: skip
    friends = {name.removeprefix("befriending."): made["text"] for name, made in spans.befriending_values(one).items()}
    assert friends == {
        "families.now": "2", "families.quarter_ago": "1", "children_home.now": "2", "children_home.quarter_ago": "1",
        "period.now": "the year to 30 September 2018", "period.quarter_ago": "the year to 30 June 2018",
    }  # fmt: skip
    assert spans.edge_in_words(one, table) == (
        "From April to November 2018 support on the edge of care ended for 5 children; 4 of them (80%) then lived at home."
    )


def test_nothing_delivered_is_said_in_words():
    one = review("early_help_referrals\nreferral_id child_id date route accepted\n1 A 2018-05-01 family_work True")
    table, programmes = spans.edge_of_care(one), spans.programmes(one)
    assert spans.edge_in_words(one, table).startswith("Support on the edge of care needs its local return")
    assert "can't be counted" in spans.programmes_in_words(one, programmes)
    assert {made["text"] for name, made in spans.edge_values(one, table).items() if name != "edge_team.period"} == {
        "not available"
    }
