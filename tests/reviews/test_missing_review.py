"""Missing, exploitation and abuse: small records worked by hand, and what stays withheld."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from written_records import NOW, review

from analysis.findings.review import Review
from analysis.records.history import Known
from analysis.reference import project
from analysis.reviews.missing import abuse, after_return, again, monthly, questions, risk

# In the year to 30 September 2018: A goes three times from care, twice within four weeks of coming back; B once from home,
# watched for four weeks and gone again a day too late; C once from home, still away. D went the year before.
RECORDS = """
missing_incidents
child_id start_date kind end_date looked_after return_interview_offered return_interview_accepted
A 2018-01-01 missing 2018-01-01 True True True
A 2018-01-20 missing 2018-01-22 True True False
A 2018-02-10 absent 2018-02-13 True False False
B 2018-03-01 missing 2018-03-02 False True True
B 2018-03-31 missing 2018-03-31 False - -
C 2018-09-20 missing - False - -
D 2017-05-01 missing 2017-05-02 False True False

exploitation_concerns
child_id date concern risk
A 2017-12-01 sexual high
A 2018-04-01 criminal medium
E 2018-04-01 sexual low
B 2017-01-01 sexual low
"""


def test_incidents_by_nights_away_and_place():
    frame = after_return.lengths(review(RECORDS)).frame.set_index("nights")
    assert frame["home"].tolist() == [1, 1, 0, 0, 1]
    assert frame["care"].tolist() == [1, 0, 1, 1, 0]
    assert (frame["home"] + frame["care"]).tolist() == frame["all"].tolist()


def test_interviews_are_of_incidents_that_are_over_and_taken_up_of_those_offered():
    frame = after_return.interviews(review(RECORDS)).frame.set_index("place")
    assert frame.loc["From home", ["over", "offered", "taken_up"]].tolist() == [2, 1, 1]
    assert frame.loc["From care", ["over", "offered", "taken_up"]].tolist() == [3, 2, 1]
    assert frame.loc["From care", "taken_up_percent"] == 50


def test_children_by_how_often_they_went():
    frame = again.table(review(RECORDS)).frame
    assert frame["children"].tolist() == [1, 1, 1]
    assert frame["incidents"].tolist() == [1, 2, 3]
    values = again.values(review(RECORDS))
    assert values["repeat.percent"]["value"] == pytest.approx(200 / 3)
    assert values["repeat.incidents_percent"]["value"] == pytest.approx(500 / 6)


def test_gone_again_within_four_weeks_of_coming_back():
    # A: after the first (19 days) and the second (19 days), not the third. B: 2 March to 31 March is 29 days; after the second, none.
    assert again.soon(review(RECORDS)) == {"From home": (2, 0), "From care": (3, 2)}


def test_known_risk_is_of_the_same_twelve_months():
    # A has a sexual concern and went; B's concern is older; E didn't go.
    assert risk.known(review(RECORDS)) == (3, 1)


def test_concerns_by_kind_and_level_add_up():
    frame = risk.table(review(RECORDS)).frame.set_index("concern")
    assert frame.loc["Sexual exploitation", ["high", "medium", "low", "unsaid", "all"]].tolist() == [1, 0, 1, 0, 2]
    assert frame.loc["Criminal exploitation", "all"] == 1


def test_months_count_children_once_and_interviews_by_the_incident():
    frame = monthly.missing(review(RECORDS)).latest.frame.set_index("month")
    january = frame.loc[pd.Timestamp("2018-01-01")]
    assert january[["care", "care_children", "offered", "taken_up", "home"]].tolist() == [2, 1, 2, 1, 0]
    assert len(frame) == 12


def many(months: dict[str, int], looked_after: bool) -> pd.DataFrame:
    """So many incidents in each month, each of another child."""
    rows = [(f"{month}{n}{looked_after}", pd.Timestamp(f"{month}-05"), "missing", pd.Timestamp(f"{month}-06"), looked_after, True, True)
            for month, count in months.items() for n in range(count)]  # fmt: skip
    return pd.DataFrame(rows, columns=["child_id", "start_date", "kind", "end_date", "looked_after",
                                       "return_interview_offered", "return_interview_accepted"])  # fmt: skip


def test_chart_and_table_withhold_the_same_months_and_never_only_one():
    care = {f"2018-{month:02d}": 9 for month in range(1, 10)} | {"2017-10": 3, "2017-11": 8, "2017-12": 7}
    rows = pd.concat([many(care, True), many(dict.fromkeys(care, 12), False)])
    found = monthly.missing(_of(rows, "board"))
    chart = found.charts["care"].data
    table = found.latest
    hidden = set(chart.frame.loc[chart.is_withheld("n"), "month"])
    assert hidden == set(table.frame.loc[table.is_withheld("care"), "month"])
    # October's three alone would be the year's incidents from care less the other months'.
    assert pd.Timestamp("2017-10-01") in hidden
    assert len(hidden) == 2


def _of(rows: pd.DataFrame, audience: str) -> Review:
    known = Known.from_tables({"missing_incidents": rows.reset_index(drop=True)}, quarter=NOW)
    return Review("tiny", project.authority("929"), NOW, audience, known, show=lambda _: None)


def test_months_that_are_too_even_are_said_to_be_so():
    even = {str(month): 20 for month in pd.period_range("2016-10", "2018-09", freq="M")}
    found = monthly.missing(_of(many(even, False), "internal"))
    assert monthly.evenness(found) == ["home"]
    assert "from home vary less than chance" in monthly.too_regular(found)
    rng = np.random.default_rng(1)
    usual = {month: int(rng.poisson(20)) for month in even}
    assert monthly.evenness(monthly.missing(_of(many(usual, False), "internal"))) == []


def test_without_concerns_nothing_is_claimed_of_them():
    one = _of(many({"2018-01": 7}, True), "internal")
    assert risk.known(one) is None
    assert risk.values(one)["known_risk.percent"]["text"] == "not available"
    assert "can't be set side by side" in risk.in_words(one, risk.values(one))


def test_a_question_follows_a_finding_and_the_last_is_always_asked():
    one = review(RECORDS)
    months, worries = monthly.missing(one), monthly.concerns(one)
    asked = " ".join(questions.asked(one, months, worries, again.values(one), risk.values(one), 50.0))
    assert "turn down the interview" in asked
    assert "again and again" in asked
    assert "turn down" not in " ".join(questions.asked(one, months, worries, again.values(one), risk.values(one), 90.0))
    assert asked.endswith("how would we know that it helped?")


def plans(now: int, before: int) -> pd.DataFrame:
    """Plans for neglect begun in the latest year and the one before; as many for emotional abuse in both."""
    rows = [(f"n{n}", "2018-03-01", "NEG") for n in range(now)] + [
        (f"o{n}", "2017-03-01", "NEG") for n in range(before)
    ]
    rows += [(f"e{n}", day, "EMO") for day in ("2018-05-01", "2017-05-01") for n in range(30)]
    return pd.DataFrame(rows, columns=["child_id", "start_date", "initial_category"]).assign(
        start_date=lambda one: pd.to_datetime(one["start_date"])
    )


def _with_plans(frame: pd.DataFrame) -> Review:
    known = Known.from_tables({"protection_plans": frame}, quarter=NOW)
    return Review("tiny", project.authority("929"), NOW, "internal", known, show=lambda _: None)


def test_a_category_that_doubled_is_named_and_one_that_stayed_is_not():
    said = abuse.in_words(_with_plans(plans(100, 50)))
    assert "more plans began for neglect (100, after 50) than in the year before" in said
    assert "emotional" not in said
    assert "no category" in abuse.in_words(_with_plans(plans(52, 50)))


def sexual_abuse(days: list[int]) -> Review:
    rows = [(f"s{n}", pd.Timestamp("2015-10-01") + pd.Timedelta(days=day), "SAB") for n, day in enumerate(days)]
    return _with_plans(pd.DataFrame(rows, columns=["child_id", "start_date", "initial_category"]))


def test_plans_for_sexual_abuse_that_come_faster_and_faster_are_said_to():
    steady = abuse.sexual_abuse(sexual_abuse(list(range(10, 1090, 15))))
    assert "no sign of a change" in steady[2]
    assert steady[0].frame["plans"].tolist() == [6] * 12
    faster = abuse.sexual_abuse(sexual_abuse([round(1090 * (n / 72) ** 0.5) for n in range(1, 73)]))
    assert "sooner and sooner" in faster[2]


def test_too_few_plans_for_sexual_abuse_to_judge():
    data, limits, said = abuse.sexual_abuse(sexual_abuse([1, 2, 3]))
    assert limits is None
    assert data.frame.empty
    assert said.startswith("There are too few plans")
