"""From contact to plan, and what is past its time: small records worked by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written_records import NOW, review, review_of

from analysis.findings.review import Review
from analysis.indicators.evidence import evidence_of
from analysis.records.tables import TABLES
from analysis.reviews.front_door import answers, conversion, past_time

# Contacts of the year to 31 March 2018. A goes all the way; B's plan comes seven months on; C isn't assessed in time; D's
# referral comes on the eighth day; E is only a contact; F's contact is of the year after; G has two contacts and one referral.
STORY = """
contacts
child_id date source
A 2017-05-01 6
B 2017-05-01 6
C 2017-05-01 6
D 2017-05-01 6
E 2017-05-01 6
F 2018-04-01 6
G 2017-06-01 6
G 2017-06-03 6

referrals
child_id date source no_further_action
A 2017-05-08 6 False
B 2017-05-01 6 False
C 2017-05-02 6 False
D 2017-05-09 6 False
F 2018-04-01 6 False
G 2017-06-05 6 False

assessments
child_id start_date authorised_date
A 2017-05-10 2017-06-10
B 2017-05-31 2017-07-10
C 2017-06-02 2017-07-10
G 2017-06-05 2017-07-05

protection_plans
child_id start_date end_date
A 2017-11-08 -
B 2017-12-01 -
C 2017-06-10 -
G 2017-05-01 2017-05-02
G 2017-08-01 -
"""


def test_a_contact_is_followed_by_its_child_and_by_days():
    rows = conversion.followed(evidence_of(review(STORY).known)).set_index(["child_id", "date"])
    steps = {child: tuple(rows.loc[child].iloc[0][list(conversion.STEPS)]) for child in "ABCDEF"}
    assert steps == {
        "A": (True, True, True), "B": (True, True, False), "C": (True, False, False), "D": (False, False, False),
        "E": (False, False, False), "F": (True, False, False),
    }  # fmt: skip
    # Both of G's contacts lead to the one referral, and to the plan after it.
    assert rows.loc["G", list(conversion.STEPS)].all(axis=None)


def test_the_funnel_counts_contacts_that_have_all_been_followed():
    one = review(STORY)
    assert conversion.span(NOW) == (dt.date(2017, 4, 1), dt.date(2018, 3, 31))
    assert conversion.counts(one.evidence, NOW).tolist() == [7, 5, 4, 3]
    released = conversion.years(one)
    assert released.frame["referred_share"].iloc[-1] == pytest.approx(100 * 5 / 7)
    assert released.frame["plan_share"].iloc[-1] == 75.0
    cells, headings = conversion.table(released)
    assert headings["year2"] == "Mar 2018"
    assert cells["year2"].tolist() == ["7", "5 (71%)", "4 (80%)", "3 (75%)"]
    values = conversion.values(one, released)
    assert [values[f"funnel.{name}.now"]["text"] for name in ("contacts", "plan", "plan_percent")] == ["7", "3", "75%"]
    assert values["funnel.contacts.year_ago"]["text"] == "0"


def test_few_contacts_are_not_told_to_the_board():
    one = review(STORY, "board")
    released = conversion.years(one)
    assert conversion.in_words(one, released) == (
        "So few contacts of the year to 31 March 2018 led to a plan that the numbers can't be shown."
    )
    assert {v["text"] for k, v in conversion.values(one, released).items() if k.endswith(".now")} == {"7", "c"}
    assert not conversion.over_time(one).frame["value"].iloc[-1] > 0


def many(now: int, before: int) -> str:
    """Of 100 contacts in each of two years so many were referred."""
    blocks = {"contacts": ["child_id date source"], "referrals": ["child_id date source no_further_action"]}
    for year, led in ((2016, before), (2017, now)):
        blocks["contacts"] += [f"{year}-{n} {year}-05-01 6" for n in range(100)]
        blocks["referrals"] += [f"{year}-{n} {year}-05-02 6 False" for n in range(led)]
    blocks["assessments"] = ["child_id start_date authorised_date", "X 2015-01-01 2015-02-01"]
    blocks["protection_plans"] = ["child_id start_date end_date", "X 2015-01-01 2015-02-01"]
    return "\n\n".join("\n".join([name, *lines]) for name, lines in blocks.items())


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [(60, 40, "of contacts that led to a referral was higher, by more than chance"), (42, 40, "No step differs"),
     (20, 50, "of contacts that led to a referral was lower")],
)  # fmt: skip
def test_a_step_is_called_changed_only_beyond_chance(now, before, said):
    one = review(many(now, before))
    assert said in conversion.in_words(one, conversion.years(one))


def test_a_referral_without_a_contact_in_the_week_before_is_told():
    one = review(STORY)
    # F's has one; nothing else was referred in the year to September 2018.
    assert conversion.unlinked_in_words(one).startswith(
        "Of 1 referrals in the year to 30 September 2018, 0 had no contact"
    )


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 40), st.integers(0, 300)), max_size=12))
def test_no_step_has_more_than_the_one_before(children):
    start = pd.Timestamp("2017-05-01")
    rows = [(f"C{n}", start, start + pd.Timedelta(days=a), start + pd.Timedelta(days=a + b), start + pd.Timedelta(days=a + c))
            for n, (a, b, c) in enumerate(children)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["child_id", "contact", "referral", "assessment", "plan"])
    frame = frame.astype({"child_id": "str", **dict.fromkeys(frame.columns[1:], "datetime64[us]")})

    def of(name: str, date: str) -> pd.DataFrame:
        return TABLES[name].empty().reindex(frame.index).assign(child_id=frame["child_id"], **{date[0]: frame[date[1]]})

    tables = {"contacts": of("contacts", ("date", "contact")), "referrals": of("referrals", ("date", "referral")),
              "assessments": of("assessments", ("start_date", "assessment")),
              "protection_plans": of("protection_plans", ("start_date", "plan"))}  # fmt: skip
    found = conversion.counts(review_of(tables).evidence, NOW)
    assert found.is_monotonic_decreasing
    assert found.iloc[0] == len(children)
    assert found["referred"] == sum(a <= 7 for a, _, _ in children)


# Working days to Friday 28 September 2018 (the 30th is a Sunday), bank holidays left out: from 27 July 45 (one holiday).
OPEN = """
assessments
child_id start_date authorised_date team
A 2018-09-24 - North
B 2018-07-27 - North
C 2018-07-26 - South
D 2018-05-01 - South
E 2018-07-01 2018-08-01 South
F 2018-07-26 2018-10-05 -

section47_enquiries
child_id start_date conference_date conference_not_required
A 2018-09-24 - False
B 2018-08-01 - False
C 2018-08-01 - True
D 2018-08-01 2018-08-20 False
E 2018-08-01 - -
"""


def test_open_assessments_by_how_long_they_have_run():
    one = review(OPEN)
    rows = past_time.open_now(one)
    assert rows["days"].tolist() == [4, 44, 45, 105, 45]
    table = past_time.by_length(one, rows)
    assert dict(zip(table.frame["band"], table.frame["value"], strict=True)) == {
        past_time.IN_TIME: 1, past_time.SOON: 3, past_time.LATE[0]: 0, past_time.LATE[1]: 0, past_time.LATE[2]: 1,
    }  # fmt: skip
    teams = past_time.by_team(one, rows).frame.set_index("team")
    assert teams.loc["South", ["open", "soon", "late", "longest"]].tolist() == [2, 1, 1, 105]
    assert teams.loc["Not known", "open"] == 1
    values = past_time.values(one, rows, table)
    assert {name.removeprefix("past_time."): made["text"] for name, made in values.items()} == {
        "open": "5", "soon": "3", "late": "1", "late_percent": "20%", "longest_days": "105", "conferences_awaited": "1",
    }  # fmt: skip
    assert past_time.in_words(values) == (
        "Of 5 assessments open on 30 September 2018, 1 had run past 45 working days, for 105; 3 more come to 45 "
        "working days within the next ten."
    )


def late_ones(bands: tuple[int, ...], audience: str) -> Review:
    """So many open assessments of each band: 10, 40, 48, 55 and 70 working days old."""
    days = pd.bdate_range(end="2018-09-28", periods=75)[::-1]
    rows = [
        (f"C{age}-{n}", days[age]) for age, count in zip((10, 40, 48, 55, 70), bands, strict=True) for n in range(count)
    ]
    frame = pd.DataFrame(rows, columns=["child_id", "start_date"]).astype(
        {"child_id": "str", "start_date": "datetime64[us]"}
    )
    empty = TABLES["assessments"].empty().reindex(frame.index)
    return review_of(
        {"assessments": empty.assign(child_id=frame["child_id"], start_date=frame["start_date"])}, audience
    )


def test_what_is_late_gives_no_small_number_back():
    """12 are late and 100 open, which is told: a band of 2 is hidden, and another beside it."""
    one = late_ones((60, 28, 10, 2, 0), "public")
    rows = past_time.open_now(one)
    table = past_time.by_length(one, rows)
    values = past_time.values(one, rows, table)
    assert values["past_time.late"]["text"] == "12"
    assert table.is_withheld("value").tolist() == [False, False, True, True, False]
    few = late_ones((60, 28, 0, 2, 0), "public")
    table = past_time.by_length(few, past_time.open_now(few))
    values = past_time.values(few, past_time.open_now(few), table)
    assert values["past_time.late"]["text"] == values["past_time.soon"]["text"] == "c"
    assert values["past_time.late"]["value"] is None
    assert values["past_time.longest_days"]["text"] == "c"


def test_no_assessment_at_all_is_said_in_a_sentence():
    one = review_of({"assessments": TABLES["assessments"].empty()})
    rows = past_time.open_now(one)
    values = past_time.values(one, rows, past_time.by_length(one, rows))
    assert past_time.in_words(values) == "No assessment was open on 30 September 2018."


@pytest.mark.parametrize(
    ("again", "before", "said"),
    [(40, 20, "40% in the year to 30 September 2018 and 20% the year before: higher, by more than chance"),
     (22, 20, "22% in the year to 30 September 2018 and 20% the year before, no more apart")],
)  # fmt: skip
def test_a_share_beside_the_year_before(again, before, said):
    rows = []
    for year, ended in ((2017, before), (2018, again)):
        rows += [f"{year}-{n} {year}-05-01 6 {n < ended}" for n in range(100)]
    one = review("\n".join(["referrals", "child_id date source no_further_action", *rows]))
    found = answers.beside_a_year_ago(one, {"referrals_no_further_action_percent": "of referrals that ended at once"})
    assert said in found["referrals_no_further_action_percent"]
